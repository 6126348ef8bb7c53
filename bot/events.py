"""Tagged unions: what comes in, what a backend yields, what a reply shows."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from bot.domain import (
    Attachment,
    Author,
    Edit,
    InteractionRef,
    Options,
    Quote,
    ThreadRef,
    Usage,
)

# --- what comes in -------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class MessageReceived:
    """A person wrote a message.

    `position` orders messages within a thread (Discord: the snowflake as an integer).
    `addressed`: it mentions the bot or is a direct message; otherwise it is ours only if
    the bot follows its thread. `opens_thread`: it stands in a channel, so its thread has
    yet to be started from it. `text` is normalised and has the bot's own mention removed.
    `attachments` are its own and those of what it quotes. `reply_to` is the message of ours
    that it replies to, whose conversation it then belongs to. `roots`: it is the message that
    its thread was made of (a forum post). `unreadable`: the platform hid its text from us.
    `edit`: it asks for an edited picture, if `edit_replied` only where `reply_to` is a picture of
    ours; `remark`: where it is one, it asks for nothing. Intake finds both out from the text.
    """

    thread: ThreadRef
    message: str
    position: int
    author: Author
    text: str
    addressed: bool
    opens_thread: bool
    sent_at: int
    attachments: tuple[Attachment, ...] = ()
    quote: Quote | None = None
    reply_to: str = ""
    roots: bool = False
    unreadable: bool = False
    edit: Edit | None = None
    edit_replied: bool = False
    remark: bool = False

    @property
    def place(self) -> str:
        """Return where it stands: a channel, or a thread that is a channel of its own."""
        return self.thread.channel if self.opens_thread else self.thread.thread


@dataclass(frozen=True, slots=True)
class MessageEdited:
    """A person changed a message; `channel` is where it stands.

    `attachments` are the ids of the files that are still on it; `position` is that of the
    change itself, among messages.
    """

    platform: str
    workspace: str
    channel: str
    message: str
    author: Author
    text: str
    attachments: tuple[str, ...]
    position: int


@dataclass(frozen=True, slots=True)
class MessageDeleted:
    """A person deleted a message; `channel` is where it stood (a thread's id in a thread)."""

    platform: str
    workspace: str
    channel: str
    message: str


@dataclass(frozen=True, slots=True)
class PlaceDeleted:
    """A thread or channel, and everything that was said in it, is no more."""

    platform: str
    workspace: str
    channel: str


@dataclass(frozen=True, slots=True)
class WorkspaceLeft:
    """The bot was removed from a workspace: its turns end, its data is kept for a while."""

    platform: str
    workspace: str


@dataclass(frozen=True, slots=True)
class WorkspaceJoined:
    """The bot is in a workspace (again)."""

    platform: str
    workspace: str


@dataclass(frozen=True, slots=True)
class Asked:
    """A person asked by slash command, or by a form.

    In a channel (`opens_thread`) the thread has no id yet: `thread.thread` is the
    interaction's id, and the conversation is found by its place once that is known.
    `edit`: for an edited picture. `about` is the turn whose picture it goes on from, `draft` the
    form that was sent, which is used up by it.
    """

    thread: ThreadRef
    interaction: InteractionRef
    position: int
    author: Author
    text: str
    options: Options
    opens_thread: bool
    sent_at: int
    attachments: tuple[Attachment, ...] = ()
    edit: Edit | None = None
    about: str = ""
    draft: str = ""


class Action(StrEnum):
    """What a button asks for; with a turn's id it makes the button's `custom_id`.

    `GOOD` and `BAD` judge an answer; nothing is asked of a model. Those under an edited picture:
    `ADJUST` opens a form with its prompt, `VARY` makes another by the same, `UNDO` goes back to an
    earlier one, `BASE` makes it the one that later edits go on from, `PAINT` gives a link to paint
    a mask, `REMOVE` deletes it, `DETAILS` tells admins what it cost.
    """

    STOP = "stop"
    RETRY = "retry"
    CONTINUE = "continue"
    REGENERATE = "regenerate"
    GOOD = "good"
    BAD = "bad"
    ADJUST = "adjust"
    VARY = "vary"
    UNDO = "undo"
    BASE = "base"
    PAINT = "paint"
    REMOVE = "remove"
    DETAILS = "details"


# What these do is found out by `bot.ports.Forms`, before anything is put into the queue.
OPENING = frozenset({Action.ADJUST, Action.UNDO, Action.PAINT, Action.DETAILS})


@dataclass(frozen=True, slots=True)
class ButtonPressed:
    """A person pressed a button of ours, on `message`, about turn `turn`."""

    thread: ThreadRef
    interaction: InteractionRef
    position: int
    author: Author
    action: Action
    turn: str
    message: str
    place: str


def goes_on_from_picture(event: Incoming) -> bool:
    """Tell whether an event is about a picture of ours, which may be gone."""
    match event:
        case ButtonPressed(action=Action.VARY | Action.BASE | Action.REMOVE):
            return True
        case Asked(edit=edit, about=about, draft=draft):
            return edit is not None and (about != "" or draft != "")
        case _:
            return False


@dataclass(frozen=True, slots=True)
class StopAsked:
    """A person used the platform's own way to stop what is being written in a thread.

    `position` is that of the stop itself, among messages: it is about no later question, however
    late it is heard. `messages` are those that were being written, where the platform says so.
    """

    thread: ThreadRef
    author: Author
    position: int
    messages: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ReasonGiven:
    """A person said, in a form, why an answer was bad."""

    platform: str
    workspace: str
    turn: str
    author: Author
    text: str


@dataclass(frozen=True, slots=True)
class MaskPainted:
    """A person painted a mask on a page, and asked for the edit; this uses up the link.

    `draft` is the link's, which holds all else. `mask` is a blob.
    """

    platform: str
    workspace: str
    draft: str
    mask: str
    text: str
    sent_at: int


@dataclass(frozen=True, slots=True)
class ResultCame:
    """A service has the picture after all that turn `turn` gave up waiting for."""

    platform: str
    workspace: str
    turn: str


Incoming = (
    MessageReceived
    | MessageEdited
    | MessageDeleted
    | PlaceDeleted
    | WorkspaceLeft
    | WorkspaceJoined
    | Asked
    | ButtonPressed
    | StopAsked
    | ReasonGiven
    | MaskPainted
    | ResultCame
)


class Verdict(StrEnum):
    """What intake decided about an event, once that is committed.

    `RIGHTS_UNKNOWN`: nothing was done, as nobody could say whether its author may have it done.
    `AWAITED`: nothing was done, as what was ordered before may yet come.
    """

    IGNORED = "ignored"
    ADMITTED = "admitted"
    DUPLICATE = "duplicate"
    DONE = "done"
    DENIED = "denied"
    RIGHTS_UNKNOWN = "rights_unknown"
    GONE = "gone"
    AWAITED = "awaited"


class Aside(StrEnum):
    """What the bot says to a person alone about a press, a command or a form."""

    NOT_STORED = "not_stored"
    ALREADY_DONE = "already_done"
    NOT_YOURS = "not_yours"
    RIGHTS_UNKNOWN = "rights_unknown"
    OVER = "over"
    AWAITED = "awaited"
    UNKNOWN_BUTTON = "unknown_button"
    UNKNOWN_COMMAND = "unknown_command"
    COMMAND_FAILED = "command_failed"
    THANKS_GOOD = "thanks_good"
    THANKS_REASON = "thanks_reason"
    FORM_TITLE = "form_title"
    FORM_LABEL = "form_label"
    FORM_HINT = "form_hint"
    FORM_SEND = "form_send"
    FORM_CANCEL = "form_cancel"
    TOO_LATE = "too_late"
    TAKEN_LATE = "taken_late"
    BASE_CHOSEN = "base_chosen"
    REMOVED = "removed"
    PICTURE_GONE = "picture_gone"
    LOADING = "loading"
    EDIT_MENU = "edit_menu"
    NOT_INVITED = "not_invited"
    FORM_AGAIN = "form_again"
    FORM_READY = "form_ready"
    FORM_FLAWED = "form_flawed"
    ON_ITS_WAY = "on_its_way"
    CONFIRM = "confirm"
    FILES_SENT = "files_sent"
    FILES_LOST = "files_lost"
    BY_SLASH = "by_slash"
    CUT_OFF = "cut_off"


# Turns that are admitted only to be told something: that their author asks too much at once,
# and that the platform hides the words of whoever does not mention the bot.
TOO_MANY = "too_many"
UNREADABLE = "unreadable"


# --- what a backend yields -----------------------------------------------------------


class Finish(StrEnum):
    """Why a model stopped, in neutral words."""

    STOP = "stop"
    LENGTH = "length"
    BLOCKED = "blocked"
    TOOL_CALLS = "tool_calls"
    UNKNOWN = "unknown"


@dataclass(slots=True)
class Submitting:
    """The request is about to leave for a backend whose requests are never made twice."""


@dataclass(slots=True)
class Accepted:
    """The provider took the request under this id; `resumable` if a restart may ask for it."""

    request_id: str
    resumable: bool = False


class Stage(StrEnum):
    """Where a request stands that yields no text before its end.

    `PACED`: it waits for our own limit of requests per minute, and has not left yet.
    """

    PACED = "paced"
    QUEUED = "queued"
    WORKING = "working"


@dataclass(slots=True)
class Progress:
    """The request has come to a stage; yielded again only when that changes."""

    stage: Stage


@dataclass(slots=True)
class TextDelta:
    """More text of the answer."""

    text: str


@dataclass(slots=True)
class ReasoningDelta:
    """The model thinks; never shown as text."""

    text: str


@dataclass(slots=True)
class Completed:
    """The last event of every stream that did not raise.

    `refusal`: the model declined in its own words, which were yielded as text.
    `credits_micros`: what is left on the provider's account, if it said so.
    """

    finish: Finish
    usage: Usage
    model: str = ""
    refusal: bool = False
    credits_micros: int | None = None


@dataclass(slots=True)
class PictureMade:
    """The last event of every edit that did not raise: bytes as the service sent them."""

    data: bytes
    usage: Usage
    model: str = ""
    credits_micros: int | None = None


ImageEvent = Submitting | Accepted | Progress | PictureMade
BackendEvent = Submitting | Accepted | Progress | TextDelta | ReasoningDelta | Completed


# --- what a reply shows --------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Button:
    """A button under a message; it works for ever, since its state is its id."""

    action: Action
    turn: str
    label: str
    danger: bool = False


@dataclass(frozen=True, slots=True)
class File:
    """A file posted with a message."""

    name: str
    content: bytes
    description: str = ""


@dataclass(frozen=True, slots=True)
class Post:
    """One visible message: its text fits the platform's limit, nothing in it pings.

    `growing`: more will follow at its end; it is the text without the fence that `text` closes
    for the while, so that of two such texts the longer nearly always begins with the shorter.
    None: it is whole.
    `gallery`: its files are pictures, shown side by side within the message, above its buttons.
    Such a message is never edited.
    """

    text: str
    buttons: tuple[Button, ...] = ()
    reply_to: str | None = None
    files: tuple[File, ...] = ()
    growing: str | None = None
    gallery: bool = False
