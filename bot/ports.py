"""What the core needs from outside, as narrow protocols.

Every store method is one transaction, taken or refused as a whole. Methods that take a
`Turn` are fenced: they raise `Fenced` when the row's worker or attempt is no longer the
turn's (or the row's state does not allow the step), and change nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from bot.domain import (
    Amounts,
    ChatMessage,
    ChatRequest,
    InteractionRef,
    Model,
    Outcome,
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
    """What `admit` made of an event. `turn` is set where one was created or touched."""

    verdict: Verdict
    turn: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """One call of a model, within a turn. `repeats` counts runs before this one."""

    n: int
    repeats: int = 0


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
        """Remember the provider's id of a running step."""

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
    """What a visible message is for; each has keys (and nonces) of its own."""

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


class ConversationStore(Protocol):
    """Read conversations."""

    async def history(self, turn: Turn, most: int) -> list[ChatMessage]:
        """Return the thread's visible messages up to and with the turn's prompt, oldest
        first, the newest `most` of them.
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


class Store(TurnStore, PartStore, ConversationStore, WatermarkStore, WorkerStore, Protocol):
    """Everything that the turn machine remembers by."""


class Intake(Protocol):
    """Take events from a platform's handlers."""

    def put(self, event: Incoming) -> asyncio.Future[Decision]:
        """Queue an event without waiting, which keeps arrival order.

        The future resolves once the event is committed (an event that is not ours: once
        that is decided) and raises `StoreError` if it could not be, or if the queue is full.
        """


# --- platforms -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Limits:
    """What a platform allows.

    `text` is the longest message in the platform's own units, counted by `length`.
    `edit_seconds` is the shortest time between two calls in one place, `call_seconds` the
    deadline of a call.
    """

    text: int
    length: Callable[[str], int]
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


# --- backends --------------------------------------------------------------------------


class ChatBackend(Protocol):
    """Answer a conversation."""

    def stream(self, request: ChatRequest) -> AsyncIterator[BackendEvent]:
        """Yield events; the last is `Completed`. Raises only `BackendError`.

        Closing the iterator closes the request. Nothing is repeated by itself once the
        request may have been run.
        """


class ChatModels(Protocol):
    """Find the model, and the backend that has it, by name."""

    def find(self, name: str | None) -> tuple[Model, ChatBackend]:
        """Return the named model, or the default. Raises `BackendError(NO_MODEL)`."""


# --- measures --------------------------------------------------------------------------


class Meter(Protocol):
    """Count. Labels are bounded words, never text of users."""

    def count(self, name: str, amount: float = 1, /, **labels: str) -> None:
        """Add to a counter."""

    def observe(self, name: str, value: float, /, **labels: str) -> None:
        """Add to a histogram."""

    def gauge(self, name: str, value: float, /, **labels: str) -> None:
        """Set a gauge."""
