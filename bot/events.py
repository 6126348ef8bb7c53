"""Tagged unions: what comes in, what a backend yields, what a reply shows."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from bot.domain import Author, InteractionRef, ThreadRef, Usage

# --- what comes in -------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class MessageReceived:
    """A person wrote a message.

    `position` orders messages within a thread (Discord: the snowflake as an integer).
    `addressed`: it mentions the bot or is a direct message; otherwise it is ours only if
    the bot follows its thread. `opens_thread`: it stands in a channel, so its thread has
    yet to be started from it. `text` is normalised and has the bot's own mention removed.
    """

    thread: ThreadRef
    message: str
    position: int
    author: Author
    text: str
    addressed: bool
    opens_thread: bool
    sent_at: int


@dataclass(frozen=True, slots=True)
class MessageDeleted:
    """A person deleted a message; `channel` is where it stood (a thread's id in a thread)."""

    platform: str
    workspace: str
    channel: str
    message: str


class Action(StrEnum):
    """What a button asks for; with a turn's id it makes the button's `custom_id`."""

    STOP = "stop"
    RETRY = "retry"
    CONTINUE = "continue"


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


Incoming = MessageReceived | MessageDeleted | ButtonPressed


class Verdict(StrEnum):
    """What intake decided about an event, once that is committed."""

    IGNORED = "ignored"
    ADMITTED = "admitted"
    DUPLICATE = "duplicate"
    DONE = "done"
    DENIED = "denied"
    GONE = "gone"


# A turn that is admitted only to be told that its author asks too much at once.
TOO_MANY = "too_many"


# --- what a backend yields -----------------------------------------------------------


class Finish(StrEnum):
    """Why a model stopped, in neutral words."""

    STOP = "stop"
    LENGTH = "length"
    BLOCKED = "blocked"
    TOOL_CALLS = "tool_calls"
    UNKNOWN = "unknown"


@dataclass(slots=True)
class Accepted:
    """The provider took the request under this id; `resumable` if a restart may ask for it."""

    request_id: str
    resumable: bool = False


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
    """

    finish: Finish
    usage: Usage
    model: str = ""
    refusal: bool = False


BackendEvent = Accepted | TextDelta | ReasoningDelta | Completed


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
    """One visible message: its text fits the platform's limit, nothing in it pings."""

    text: str
    buttons: tuple[Button, ...] = ()
    reply_to: str | None = None
    files: tuple[File, ...] = ()
