"""The nouns: who wrote what, where, and what answers it.

Ids are text, times are UTC milliseconds, amounts are integers (tokens, micro-dollars).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from enum import StrEnum

import msgspec


@dataclass(frozen=True, slots=True)
class ThreadRef:
    """Name one conversation.

    Discord: `workspace` is the guild (`@me` for a direct message), `channel` the parent
    channel, `thread` the thread's id, which is also the id of the message that it was
    started from, so it is known before the thread exists.
    Slack: `T1`, `T1/C1`, `T1/C1/1700000000.000100` (its first message's `ts`): Slack's own ids
    mean something only within a workspace and a channel, so ours name those too. A place to
    post to is a thread's id or a channel's, on both.
    """

    platform: str
    workspace: str
    channel: str
    thread: str


@dataclass(frozen=True, slots=True)
class Author:
    """Name a person: by Discord's id, on Slack as `T1/U1`.

    `moderator` (may touch other people's turns) and `admin` (may change settings of a channel
    or server) are what the platform itself said in the very event, or ADMIN_IDS. Where the platform
    did not say it in time both are False, and `rights_unknown`: nothing is allowed by that, and
    nothing is said to be forbidden. `roles` are the ids of the person's roles there (Discord), or
    of their user groups (Slack, `T1/S1`).
    """

    id: str
    name: str
    moderator: bool = False
    admin: bool = False
    roles: tuple[str, ...] = ()
    rights_unknown: bool = False


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that a person sent, as the platform describes it; nothing of it is proven.

    `message` stands at `place` and has the file: by it an expired `url` is had anew.
    """

    id: str
    name: str
    size: int
    mime: str
    url: str = field(repr=False)
    message: str = ""
    place: str = ""

    @property
    def is_gone(self) -> bool:
        """Tell whether only its place in a list is left, since its message was deleted."""
        return not (self.name or self.url or self.message)


class FileState(StrEnum):
    """What became of a file. `WAITING`: not fetched yet. `LOST`: it could not be had."""

    WAITING = "waiting"
    READ = "read"
    DECLINED = "declined"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file of a message of the conversation, by that message's `position` and its own `n`.

    A read picture has `blob` (the sha256 of its clean bytes), `mime` and its size in pixels;
    a read text has `text`. `note` says to people what was done or why it was not read.
    `excluded`: a model would not take it, so it goes to none any more. `omitted`: it has a text,
    which was not read from the store, since no model is given so much.
    """

    position: int
    n: int
    attachment: Attachment
    state: FileState = FileState.WAITING
    blob: str = ""
    mime: str = ""
    width: int = 0
    height: int = 0
    text: str = ""
    note: str = ""
    excluded: bool = False
    omitted: bool = False

    @property
    def is_picture(self) -> bool:
        """Tell whether it was read as a picture."""
        return self.state is FileState.READ and bool(self.blob)


LATE_AFTER_MS = 15 * 60 * 1000


class TurnState(StrEnum):
    """Where a turn stands: `admitted -> running -> delivering -> ended`.

    A refused turn goes from intake straight to `delivering` its notice.
    """

    ADMITTED = "admitted"
    RUNNING = "running"
    DELIVERING = "delivering"
    ENDED = "ended"


class Outcome(StrEnum):
    """What a turn came to; known from `delivering` on.

    `ANSWERED` and `STOPPED` show text, `FAILED` and `REFUSED` show a notice,
    `CANCELLED` shows nothing, `UNDELIVERABLE` could not be shown anywhere.
    """

    ANSWERED = "answered"
    STOPPED = "stopped"
    FAILED = "failed"
    REFUSED = "refused"
    CANCELLED = "cancelled"
    UNDELIVERABLE = "undeliverable"


class TurnKind(StrEnum):
    """What asked for the turn.

    `ASK` is a slash command or a form; `EDITED` only offers, by a notice, to answer a question
    again that was changed after its answer. `PICTURE` is about an earlier picture: a button under
    it, or a page opened from there.
    """

    PROMPT = "prompt"
    ASK = "ask"
    RETRY = "retry"
    CONTINUE = "continue"
    REGENERATE = "regenerate"
    EDITED = "edited"
    PICTURE = "picture"


@dataclass(frozen=True, slots=True)
class InteractionRef:
    """Let a reply replace a deferred interaction's placeholder while its token lives.

    `place` is where the placeholder stands: where the button was pressed.
    """

    id: str
    application: str
    token: str = field(repr=False)
    expires_at: int = 0
    place: str = ""


@dataclass(frozen=True, slots=True)
class Options:
    """What a person chose for one question; empty: whatever is set for the place."""

    model: str = ""
    effort: str = ""
    max_tokens: int | None = None


@dataclass(frozen=True, slots=True)
class EditOptions:
    """What a person chose for an edit of a picture; empty: what the service does by itself.

    The words are the service's own (`ImageModel` names them); `compression` is 1 to 100.
    """

    size: str = ""
    quality: str = ""
    background: str = ""
    format: str = ""
    compression: int | None = None
    moderation: str = ""


class MaskKind(StrEnum):
    """Where the mask of an edit comes from: what it leaves open is all that may change."""

    NONE = ""
    ATTACHED = "attached"
    TRANSPARENCY = "transparency"
    PAINTED = "painted"


@dataclass(frozen=True, slots=True)
class Edit:
    """What an edit of a picture is made of; its prompt is the turn's.

    Its pictures are those of the thread by `numbers` and the question's own files, in this
    order unless `files_first`; the first of all is the base, the others are references. None
    of either: the thread's latest. `mask_file` is the place of an attached mask among the
    question's files, `mask_blob` a painted one.
    Three ask no model: `shows` posts that picture of the thread once more, as its latest
    (Undo); `removes` deletes it with its message. `late_of` is the turn whose result came after
    it had been told that it may: it is fetched by the request id of that turn's step.
    `nearby`, of a draft: its files are what people posted last at its place, the newest first.
    """

    options: EditOptions = EditOptions()
    numbers: tuple[int, ...] = ()
    files_first: bool = False
    nearby: bool = False
    mask: MaskKind = MaskKind.NONE
    mask_file: int | None = None
    mask_blob: str = ""
    shows: int | None = None
    removes: int | None = None
    late_of: str = ""


@dataclass(frozen=True, slots=True)
class StoredPicture:
    """A picture of a conversation, numbered from 1 in the order in which it came to be known.

    `turn` brought it or made it; `made` tells which. A made one has `base`, the number of the
    picture that it was made from, `inputs` (all numbers, the base first), and what it was made
    by. `blob` is "" once its bytes are no longer kept; `removed`: a person took it away.
    """

    number: int
    turn: str
    blob: str
    mime: str
    width: int
    height: int
    made: bool = False
    base: int | None = None
    inputs: tuple[int, ...] = ()
    prompt: str = ""
    model: str = ""
    options: EditOptions = EditOptions()
    masked: bool = False
    author: str = ""
    name: str = ""
    created_at: int = 0
    removed: bool = False

    @property
    def is_kept(self) -> bool:
        """Tell whether it can still be worked on."""
        return bool(self.blob) and not self.removed


@dataclass(frozen=True, slots=True)
class Turn:
    """One request of a person and its one outcome, as claimed by a worker.

    `worker` and `attempt` fence every write: after a takeover the old owner's writes fail.
    `answer` and `note` are set from `delivering` on: the text shown is `answer`, a blank
    line, `note` (either may be empty).
    `about` is the turn that a button (or an edit) of which this one was made belongs to.
    `overhears`: it stands in somebody else's thread, which is read before it is answered.
    `edit`: it asks for a picture to be edited; its one step is of an image model.
    `by_admin`: its author was an admin there when they asked, which gives no right any more.
    `overtaken`: the bot heard of its message only when something newer of its thread was being
    answered, so its answer shows what it is to.
    """

    id: str
    thread: ThreadRef
    kind: TurnKind
    source: str
    position: int
    author: Author
    state: TurnState
    attempt: int
    worker: str
    received_at: int
    sent_at: int = 0
    place: str | None = None
    opens_thread: bool = False
    prompt: str = ""
    outcome: Outcome | None = None
    answer: str = ""
    note: str = ""
    error: str = ""
    stop_requested: bool = False
    cancel_requested: bool = False
    interaction: InteractionRef | None = None
    about: str = ""
    overhears: bool = False
    options: Options = Options()
    edit: Edit | None = None
    by_admin: bool = False
    overtaken: bool = False

    @property
    def is_late(self) -> bool:
        """Tell whether its words had waited long when the bot first heard of them."""
        return self.kind is TurnKind.PROMPT and self.received_at - self.sent_at > LATE_AFTER_MS


class Role(StrEnum):
    """Who speaks, in the words that every chat model knows."""

    SYSTEM = "system"
    USER = "user"
    ASSISTANT = "assistant"


@dataclass(frozen=True, slots=True)
class Quote:
    """What a person's message replies to or forwards: whose words, and the words.

    `message` is the id of the one replied to, which stands where the reply does.
    """

    author: str
    text: str
    message: str = ""


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture as a model is given it: clean bytes (PNG, JPEG or WebP) and their type."""

    data: bytes = field(repr=False)
    mime: str


# A struct, which is made 14 times as fast: every turn makes as many as its history has. None
# refers to another, so the garbage collector need not look through them.
class ChatMessage(msgspec.Struct, frozen=True, gc=False):
    """One message of a conversation.

    As stored it has `files`, `quote` and `position`; as a model is given it, all of that is
    in `text` and `pictures`. `bereft`: it had some of these, and all were taken back.
    """

    role: Role
    text: str
    author: str = ""
    position: int = 0
    quote: Quote | None = None
    files: tuple[StoredFile, ...] = ()
    pictures: tuple[Picture, ...] = ()
    bereft: bool = False


@dataclass(frozen=True, slots=True)
class Usage:
    """Count what a provider reported; every field may be unknown (None)."""

    prompt: int | None = None
    completion: int | None = None
    reasoning: int | None = None
    total: int | None = None
    cost_micros: int | None = None


@dataclass(frozen=True, slots=True)
class Amounts:
    """What a step holds or used: requests, tokens, images, micro-dollars (rounded up)."""

    requests: int = 0
    tokens: int = 0
    images: int = 0
    micros: int = 0


@dataclass(frozen=True, slots=True)
class Model:
    """One model of one backend: its limits, its prices, what it can take.

    `window` and `max_output` are tokens; prices are micro-dollars per million tokens,
    None where unknown (never shown as 0). `pictures` is the most that one request may carry,
    0 for a model that does not see. `usual_seconds` is what a whole answer usually takes,
    0 where that is unknown or nobody waits for the whole.
    """

    backend: str
    name: str
    window: int = 128_000
    max_output: int = 16_384
    input_price: int | None = None
    output_price: int | None = None
    efforts: tuple[str, ...] = ()
    pictures: int = 0
    usual_seconds: int = 0

    @property
    def id(self) -> str:
        """Return `backend:model`, the name that settings and people use."""
        return f"{self.backend}:{self.name}"


@dataclass(frozen=True, slots=True)
class ChatRequest:
    """Ask a model for one answer; `resume` is the id of a request that the provider has.

    `capped`: a person chose `max_output_tokens`, so that it is sent even where a server may
    not know such a limit.
    """

    model: Model
    messages: tuple[ChatMessage, ...]
    max_output_tokens: int
    request_id: str
    effort: str | None = None
    resume: str = ""
    capped: bool = False


@dataclass(frozen=True, slots=True)
class ImageModel:
    """One model that edits pictures: what it takes, what it can be told, what it costs.

    `prices` are micro-dollars an image, by (quality, size), the most that one may cost; None
    where unknown (never shown as 0). The first word of each tuple of choices is its default.
    `most_bytes` is that of one picture, `most_mask_bytes` that of a mask.
    """

    backend: str
    name: str
    most_pictures: int = 16
    most_prompt: int = 32_000
    most_bytes: int = 50 * 1024 * 1024
    most_mask_bytes: int = 4 * 1024 * 1024
    sizes: tuple[str, ...] = ()
    qualities: tuple[str, ...] = ()
    backgrounds: tuple[str, ...] = ()
    formats: tuple[str, ...] = ()
    moderations: tuple[str, ...] = ()
    usual_seconds: int = 40
    prices: tuple[tuple[str, str, int], ...] | None = None

    @property
    def id(self) -> str:
        """Return `backend:model`, the name that settings and people use."""
        return f"{self.backend}:{self.name}"


@dataclass(frozen=True, slots=True)
class EditRequest:
    """Ask an image model for one edit; `resume` is the id of a request that the provider has.

    `bring` returns the base, then references, and where it is `masked` the mask last: a PNG of
    the base's size, transparent where it may be changed. They are large, and an edit is long:
    they are brought when they are sent, and kept no longer; brought again where they must be
    sent again.
    """

    model: ImageModel
    prompt: str
    bring: Callable[[], Awaitable[tuple[Picture, ...]]]
    options: EditOptions
    request_id: str
    masked: bool = False
    resume: str = ""
