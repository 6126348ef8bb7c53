"""What the core needs from outside, as narrow protocols.

Every store method is one transaction, taken or refused as a whole. Methods that take a
`Turn` are fenced: they raise `Fenced` when the row's worker or attempt is no longer the
turn's (or the row's state does not allow the step), and change nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from bot.domain import (
    Amounts,
    Attachment,
    Author,
    ChatMessage,
    ChatRequest,
    InteractionRef,
    Model,
    Outcome,
    StoredFile,
    ThreadRef,
    Turn,
    Usage,
)
from bot.events import BackendEvent, Incoming, Post, Verdict


class Clock(Protocol):
    """Tell the time; tests hand in a virtual one."""

    def now(self) -> int:
        """Return UTC milliseconds: data only, never used to measure."""

    def monotonic(self) -> float:
        """Return seconds that never jump: for leases, deadlines and pacing."""

    async def sleep(self, seconds: float) -> None:
        """Wait."""


# --- stores ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Decision:
    """What `admit` made of an event. `turn` is set where one was created or touched.

    `thread` is the conversation that the event was found to belong to, which may have another
    key than the event's own (see `Asked`).
    """

    verdict: Verdict
    turn: str = ""
    thread: ThreadRef | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One call of a model, within a turn. `repeats` counts runs before this one.

    `request_id` is what `accept_step` last stored: None if nothing was, "" if a request was
    about to leave that may not be made twice, else the provider's id of it.
    """

    n: int
    repeats: int = 0
    request_id: str | None = None


@dataclass(frozen=True, slots=True)
class Conclusion:
    """Everything that is stored, in one transaction, when a turn's work is over."""

    outcome: Outcome
    answer: str = ""
    note: str = ""
    error: str = ""
    model: str = ""
    finish: str = ""
    usage: Usage = Usage()
    charge: Amounts = Amounts()
    estimated: bool = False


class TurnStore(Protocol):
    """Keep turns, their steps, reservations and ledger."""

    async def admit(self, event: Incoming, now: int, most_open: int) -> Decision:
        """Commit an event; the second time it is `DUPLICATE` and changes nothing.

        The message of a person who has `most_open` open turns in the workspace is admitted
        with the error `TOO_MANY`: it gets a notice, and no model.
        """

    async def claim(self, worker: str, now: int, most: int) -> list[Turn]:
        """Take up to `most` turns to run or deliver: the oldest open one of each thread in
        which no living worker has one, admitted or left by a dead worker. Their parts
        found `sending` become `unknown`.
        """

    async def read(self, turn: str) -> Turn | None:
        """Return a turn as it stands, whoever owns it."""

    async def set_place(self, turn: Turn, place: str) -> None:
        """Remember where this thread's messages are posted."""

    async def start_step(self, turn: Turn, model: Model, hold: Amounts, now: int) -> Step:
        """Reserve and start the turn's open step, or start it again after a takeover."""

    async def accept_step(self, turn: Turn, step: Step, request_id: str) -> None:
        """Remember the provider's id of a running step, or "" before its request leaves."""

    async def conclude(self, turn: Turn, end: Conclusion, now: int) -> None:
        """Store the result, settle or release the reservation, book it, add the answer to
        the conversation, and go on to `delivering`.
        """

    async def end(self, turn: Turn, outcome: Outcome, now: int) -> None:
        """Close a turn: everything that had to be seen has been seen."""

    async def count_open(self) -> dict[str, int]:
        """Return how many turns stand in each state but `ended`."""


class PartState(StrEnum):
    """Where a visible message stands. `planned`: surely not sent; `unknown`: look first."""

    PLANNED = "planned"
    SENDING = "sending"
    SENT = "sent"
    UNKNOWN = "unknown"


class Purpose(StrEnum):
    """What a visible message is for; each has keys (and nonces) of its own.

    `QUESTION` shows in a channel what was asked by command; its thread is started from it.
    """

    QUESTION = "question"
    ANSWER = "answer"
    NOTICE = "notice"
    FILE = "file"


@dataclass(frozen=True, slots=True)
class Part:
    """One visible message of a turn."""

    purpose: Purpose
    index: int
    state: PartState
    place: str
    message: str | None = None
    sending_at: int = 0


class PartStore(Protocol):
    """Keep one row per visible message: the outbox."""

    async def parts(self, turn: str) -> list[Part]:
        """Return the turn's parts by purpose and index."""

    async def begin_part(
        self, turn: Turn, purpose: Purpose, index: int, place: str, nonce: str, now: int
    ) -> None:
        """Commit `sending` before the request leaves; from planned, unknown or nothing."""

    async def mark_part(
        self,
        turn: Turn,
        purpose: Purpose,
        index: int,
        state: PartState,
        message: str | None,
        now: int,
    ) -> None:
        """Record what became of a part; `sent` needs the platform's id in `message`."""

    async def drop_part(self, turn: Turn, purpose: Purpose, index: int) -> None:
        """Forget a part whose message was deleted or surely never was."""

    async def is_overtaken(self, turn: Turn, place: str) -> bool:
        """Tell whether another turn's message came to a place after this turn did."""

    async def known_messages(self, platform: str, workspace: str, place: str) -> set[str]:
        """Return the ids of our messages at a place that a row holds."""


@dataclass(frozen=True, slots=True)
class Overheard:
    """A message of somebody else's thread, read because the bot was called into it.

    `message` is its id, `position` its place among messages, `ours` true for our own.
    """

    message: str
    position: int
    author: Author
    text: str
    ours: bool = False
    attachments: tuple[Attachment, ...] = ()


class ConversationStore(Protocol):
    """Read and add to conversations."""

    async def history(self, turn: Turn, most: int) -> list[ChatMessage]:
        """Return the thread's visible messages up to and with the turn's prompt, oldest
        first, the newest `most` of them, each with its files and its quote.

        What was said before the conversation was last started afresh is not part of it.
        """

    async def heard_to(self, turn: Turn) -> int:
        """Return the highest position of the thread before the turn's that is stored, or 0."""

    async def add_overheard(self, turn: Turn, messages: Sequence[Overheard], now: int) -> None:
        """Add what was said in somebody else's thread; what is stored already stays."""

    async def put_file(self, turn: Turn, file: StoredFile) -> None:
        """Store what became of a file of this turn's conversation (by `position` and `n`)."""

    async def start_afresh(self, thread: ThreadRef, position: int, now: int) -> None:
        """Leave everything up to `position` out of the conversation from now on."""

    async def follow(self, thread: ThreadRef, followed: bool, now: int) -> None:
        """Answer, or no longer answer, in a thread without a mention."""

    async def recent_sources(
        self, platform: str, workspace: str, since: int, most: int
    ) -> dict[str, list[str]]:
        """Return place -> ids of people's stored, not erased messages received since a time.

        The newest `most` places; for finding out what was deleted while nobody listened.
        """

    async def is_followed(self, thread: ThreadRef) -> bool:
        """Tell whether a message in this thread is ours without a mention."""


class WatermarkStore(Protocol):
    """Remember how far each channel was read, so that a restart reads only what it missed."""

    async def watermarks(self, platform: str, workspace: str) -> dict[str, int]:
        """Return channel -> highest position seen. Key "" is the workspace's baseline:
        what was newest when the bot first came there.
        """

    async def raise_watermarks(
        self, platform: str, workspace: str, marks: Mapping[str, int]
    ) -> None:
        """Raise marks; a lower one than the stored changes nothing."""


class WorkerStore(Protocol):
    """Keep one heartbeat row per process."""

    async def beat(self, worker: str, now: int, alive_until: int) -> None:
        """Extend this worker's life."""

    async def retire(self, worker: str) -> None:
        """End this worker's life: its open turns may be taken at once."""

    async def bury_others(self, worker: str) -> None:
        """Declare every other worker dead (only where the caller knows that it is alone)."""


class Level(StrEnum):
    """Where a setting was made; the narrowest that has one wins."""

    THREAD = "thread"
    CHANNEL = "channel"
    SERVER = "server"


class SettingName(StrEnum):
    """What people set from chat.

    `MENTIONS` (of a channel only) is `always` (every question needs a mention), `threads`
    (not in the bot's own threads: what holds where nothing is set) or `never` (every message
    of the channel is a question).
    """

    MODEL = "model"
    PERSONA = "persona"
    MENTIONS = "mentions"


@dataclass(frozen=True, slots=True)
class Chosen:
    """A setting as it was made."""

    level: Level
    name: SettingName
    value: str
    author: str = ""
    at: int = 0


class SettingStore(Protocol):
    """Keep what people set from chat."""

    async def chosen(self, thread: ThreadRef) -> list[Chosen]:
        """Return every setting that holds for a thread, the narrowest level first."""

    async def choose(self, thread: ThreadRef, choice: Chosen) -> None:
        """Store a setting of the thread, its channel or its workspace; "" takes it back."""

    async def listening(self, platform: str) -> set[tuple[str, str]]:
        """Return (workspace, channel) of all channels whose `MENTIONS` is `never`."""


class MemoStore(Protocol):
    """Keep single facts by name."""

    async def memo(self, name: str) -> str:
        """Return a fact, or ""."""

    async def put_memo(self, name: str, value: str) -> None:
        """Store a fact; "" forgets it."""


@dataclass(frozen=True, slots=True)
class Credit:
    """What was left on a provider's account when it last said so."""

    backend: str
    micros: int
    at: int


@dataclass(frozen=True, slots=True)
class Alert:
    """Something that an admin has yet to be told. `raised_at` tells it from an earlier one."""

    name: str
    text: str
    person: str
    raised_at: int


class OperatorStore(Protocol):
    """Keep what the people who run the bot are told."""

    async def note_credits(self, credit: Credit) -> None:
        """Remember what is left on an account."""

    async def credits(self) -> list[Credit]:
        """Return the newest figure of each backend."""

    async def raise_alert(self, name: str, text: str, people: Sequence[str], now: int) -> bool:
        """Raise an alert for these people, unless it stands already; tell whether it is new."""

    async def clear_alert(self, name: str) -> None:
        """End an alert: the next time it is raised, people are told again."""

    async def untold(self) -> list[Alert]:
        """Return what has yet to be told, to whom."""

    async def standing(self) -> list[Alert]:
        """Return the alerts that stand, each once (of nobody: `person` is empty), newest first."""

    async def mark_told(self, alert: Alert) -> None:
        """Remember that a person was told (or cannot be)."""

    async def purge(self, now: int) -> dict[str, int]:
        """Remove what is kept for a time only, and return how many rows went, by kind.

        Answers that could not be shown (a day), what workspaces left behind (30 days).
        Ledger rows stay: sums must stay right.
        """

    async def unused_blobs(self, among: Sequence[str]) -> set[str]:
        """Return those of these blobs that no file names any more."""


class Store(
    TurnStore,
    PartStore,
    ConversationStore,
    WatermarkStore,
    WorkerStore,
    SettingStore,
    MemoStore,
    OperatorStore,
    Protocol,
):
    """Everything that the turn machine remembers by."""


class Blobs(Protocol):
    """Keep bytes by their sha256, so that the same picture is kept once."""

    async def put(self, data: bytes) -> str:
        """Store bytes durably and return their sha256 in hex. Raises `StoreError`.

        Bytes that are kept already count as stored now.
        """

    async def get(self, blob: str) -> bytes | None:
        """Return the bytes, or None if they are not kept (any more)."""

    async def older_than(self, time: int, most: int) -> list[str]:
        """Return up to `most` blobs that were stored before a time (UTC milliseconds).

        The next call goes on where this one ended, and begins anew at the end.
        """

    async def delete(self, blob: str, before: int | None = None) -> None:
        """Forget bytes; not there is fine. With `before`: unless they were stored since."""


# --- files -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PictureRead:
    """A picture, decoded and encoded anew: upright, 8 bit, without metadata.

    `note` says to people what was done to it ("only its first frame is used"), or is empty.
    """

    data: bytes
    mime: str
    width: int
    height: int
    note: str = ""


@dataclass(frozen=True, slots=True)
class TextRead:
    """The text of a text file or PDF; `note` says what was cut."""

    text: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Unread:
    """A file that is not taken; `why` is one sentence for its sender, naming the file."""

    why: str


FileRead = PictureRead | TextRead | Unread


class FileReader(Protocol):
    """Turn a file's bytes into what a model can be given; content decides, not its name."""

    async def read(self, name: str, mime: str, data: bytes) -> FileRead:
        """Read a file. Never raises for what the bytes are."""


class Intake(Protocol):
    """Take events from a platform's handlers."""

    def listens(self, platform: str, workspace: str, channel: str) -> bool:
        """Tell whether every message of a channel is a question; costs nothing."""

    def put(self, event: Incoming) -> asyncio.Future[Decision]:
        """Queue an event without waiting, which keeps arrival order.

        The future resolves once the event is committed (an event that is not ours: once
        that is decided) and raises `StoreError` if it could not be, or if the queue is full.
        """


# --- platforms -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Limits:
    """What a platform allows.

    `text` is the longest message in the platform's own units, counted by `length`;
    `file_bytes` the largest file that may be posted.
    `edit_seconds` is the shortest time between two calls in one place, `call_seconds` the
    deadline of a call.
    """

    text: int
    length: Callable[[str], int]
    file_bytes: int = 10 * 1024 * 1024
    edit_seconds: float = 1.2
    requests_per_second: float = 45.0
    call_seconds: float = 20.0


@dataclass(frozen=True, slots=True)
class Found:
    """A message of ours, as found by looking. `turn` is the one that its buttons name."""

    message: str
    reply_to: str | None = None
    turn: str = ""


@dataclass(frozen=True, slots=True)
class Missing:
    """Permissions that the bot lacks, in the words of the platform's settings.

    Without `answer` nothing can be said where the answer belongs; without `thread` it stands
    in the channel.
    """

    answer: str = ""
    thread: str = ""


class Platform(Protocol):
    """Speak on one platform. Calls raise only `PlatformError`, each within its deadline."""

    name: str
    limits: Limits

    def missing(self, thread: ThreadRef, place: str | None) -> Missing:
        """Say what is known to be missing for an answer; costs nothing, may know nothing."""

    async def open_thread(self, thread: ThreadRef, title: str) -> str:
        """Start the thread (or find it started) and return the place to post to.

        Where a thread cannot be had, the channel itself is returned.
        """

    async def post(
        self, place: str, post: Post, nonce: str, interaction: InteractionRef | None = None
    ) -> str:
        """Post and return the message's id. With an interaction (of this place) whose token
        lives, its placeholder becomes the message.
        """

    async def edit(self, place: str, message: str, post: Post) -> None:
        """Replace a message's text and buttons."""

    async def delete(self, place: str, message: str) -> None:
        """Remove a message of ours; already gone is fine."""

    async def dismiss(self, interaction: InteractionRef) -> None:
        """Remove an interaction's placeholder: the answer stands elsewhere."""

    async def mark_queued(self, place: str, message: str, queued: bool) -> None:
        """Show on a person's message that it waits its turn (or take that mark away)."""

    async def find_ours(self, place: str, after: str) -> list[Found]:
        """Return our own messages at `place` newer than message id `after`, oldest first."""

    async def read_thread(self, place: str, after: int, before: int, most: int) -> list[Overheard]:
        """Return what was said in a thread between two positions, oldest first.

        The newest `most` messages; the one that the thread was started from is among them if
        it lies in between. Raises `Forbidden` (its `permission` named) where it may not.
        """

    async def download(self, attachment: Attachment, most: int) -> bytes:
        """Return a file's bytes; an expired link is had anew through its message, once.

        Raises `TooBig` beyond `most` bytes, `Gone` if it cannot be had any more, and
        `PlatformUnknown` or `Throttled` if it may be had later.
        """

    async def tell(self, person: str, post: Post, nonce: str) -> str:
        """Write to a person alone and return the message's id. Raises `Forbidden` if they
        take no messages from the bot.
        """


# --- backends --------------------------------------------------------------------------


class ChatBackend(Protocol):
    """Answer a conversation.

    `repeatable`: a request that was under way when the process died may be made again. Where
    it is not, `stream` yields `Submitting` before a request leaves and `Accepted` with a
    `resumable` id as soon as there is one; with `ChatRequest.resume` it asks for that one
    and submits nothing.
    """

    name: str
    repeatable: bool

    def stream(self, request: ChatRequest) -> AsyncIterator[BackendEvent]:
        """Yield events; the last is `Completed`. Raises only `BackendError`.

        Closing the iterator closes the request. Nothing is repeated by itself once the
        request may have been run.
        """


class ChatModels(Protocol):
    """Find the model, and the backend that has it, by name."""

    def find(self, name: str | None) -> tuple[Model, ChatBackend]:
        """Return the named model, or the default. Raises `BackendError(NO_MODEL)`."""

    def known(self) -> list[Model]:
        """Return every model that can be chosen, the default first."""


# --- commands --------------------------------------------------------------------------


class OptionKind(StrEnum):
    """The type of an option, which a platform checks where it can."""

    TEXT = "text"
    INTEGER = "integer"
    BOOLEAN = "boolean"
    FILE = "file"


@dataclass(frozen=True, slots=True)
class Option:
    """One option of a command.

    `choices` are (label, value); `least` and `most` bound an integer's value or a text's
    length; `completes`: the platform asks `Commands.complete` while the person types.
    """

    name: str
    kind: OptionKind
    description: str
    required: bool = False
    choices: tuple[tuple[str, str], ...] = ()
    least: int | None = None
    most: int | None = None
    completes: bool = False


@dataclass(frozen=True, slots=True)
class Command:
    """One row of the command table. `asks`: it becomes a turn (`Asked`) instead of a reply.

    Names are words that every platform takes: lower case, 1 to 32 letters.
    """

    name: str
    description: str
    options: tuple[Option, ...] = ()
    asks: bool = False


@dataclass(frozen=True, slots=True)
class CommandCall:
    """A person used a command.

    `in_thread`: it stands in a thread (or a direct channel, which is a conversation too), so
    `thread` names an existing conversation; else only its channel means something.
    `arguments` holds what was given, by option.
    """

    name: str
    arguments: Mapping[str, str | int | bool]
    thread: ThreadRef
    author: Author
    position: int
    in_thread: bool
    direct: bool = False


class Commands(Protocol):
    """Run the commands that are not turns; the same for every platform."""

    @property
    def table(self) -> Sequence[Command]:
        """Return every command, for registration."""

    async def run(self, call: CommandCall) -> str:
        """Check who may, do it, and return what to tell the person alone (never empty).

        Raises nothing: a failure is a sentence too.
        """

    async def complete(self, call: CommandCall, option: str, typed: str) -> list[tuple[str, str]]:
        """Return up to 25 (label, value) for a half-typed option."""


# --- measures --------------------------------------------------------------------------


class Meter(Protocol):
    """Count. Labels are bounded words, never text of users."""

    def count(self, name: str, amount: float = 1, /, **labels: str) -> None:
        """Add to a counter."""

    def observe(self, name: str, value: float, /, **labels: str) -> None:
        """Add to a histogram."""

    def gauge(self, name: str, value: float, /, **labels: str) -> None:
        """Set a gauge."""
