"""Stores of turns, of their steps and of the messages that show them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from bot.domain import Amounts, ImageModel, Model, Outcome, ThreadRef, Turn, Usage
from bot.events import Incoming, Verdict
from bot.ports.pictures import Made
from bot.ports.quotas import Quota


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
    about to leave that may not be made twice, else the provider's id of it. `model` is the id
    of the model that was asked, which with a `request_id` may not be the one just named.
    `hold` is what is reserved for it, `limited`: a limit holds it, `capped`: one of tokens or
    money, so that no request of it may come to more.
    """

    n: int
    repeats: int = 0
    request_id: str | None = None
    model: str = ""
    hold: Amounts = Amounts()
    limited: bool = False
    capped: bool = False


@dataclass(frozen=True, slots=True)
class Spent:
    """What a turn's last step was and came to, for those who pay.

    `request_id` is None before its request leaves, "" while none is known. `charge` is what was
    booked for it, `estimated`: by our own figures. `ended_at` is None while it runs.
    """

    model: str
    request_id: str | None
    state: str
    usage: Usage
    charge: Amounts
    estimated: bool
    started_at: int
    ended_at: int | None


@dataclass(frozen=True, slots=True)
class Conclusion:
    """Everything that is stored, in one transaction, when a turn's work is over.

    `unsure`: a service may have run, and may bill, what nobody is charged for.
    """

    outcome: Outcome
    answer: str = ""
    note: str = ""
    error: str = ""
    model: str = ""
    finish: str = ""
    usage: Usage = Usage()
    charge: Amounts = Amounts()
    estimated: bool = False
    made: Made | None = None
    unsure: bool = False


class TurnStore(Protocol):
    """Keep turns, their steps, reservations and ledger."""

    async def admit(self, event: Incoming, now: int, most_open: int) -> Decision:
        """Commit an event; the second time it is `DUPLICATE` and changes nothing.

        The message of a person who has `most_open` open turns, wherever, is admitted
        with the error `TOO_MANY`: it gets a notice, and no model.
        """

    async def claim(
        self, worker: str, now: int, most: int, most_of_person: int = ...
    ) -> list[Turn]:
        """Take up to `most` turns to run or deliver: the oldest open one of each thread in
        which no living worker has one, admitted or left by a dead worker. Their parts
        found `sending` become `unknown`.

        Of a person at most `most_of_person` are under way at once, wherever they asked; a turn
        that is only told why it is none does not count.
        """

    async def read(self, turn: str) -> Turn | None:
        """Return a turn as it stands, whoever owns it."""

    async def set_place(self, turn: Turn, place: str) -> None:
        """Remember where this thread's messages are posted."""

    async def start_step(
        self,
        turn: Turn,
        model: Model | ImageModel,
        hold: Amounts,
        now: int,
        *,
        anew: bool = False,
        quota: Quota = ...,
    ) -> Step:
        """Reserve and start the turn's open step, or start it again after a takeover.

        A stored request stays with its model, unless it came to nothing (`anew`): then what it
        held is given back and all is reserved anew. A step that is taken over keeps what it
        holds; it is checked against the spend cap only. Raises `Refused`: nothing was started,
        and a step that had been is as it was.
        """

    async def accept_step(self, turn: Turn, step: Step, request_id: str) -> None:
        """Remember the provider's id of a running step, or "" before its request leaves."""

    async def conclude(self, turn: Turn, end: Conclusion, now: int) -> None:
        """Store the result, settle or release the reservation, book it, add the answer to
        the conversation, and go on to `delivering`.
        """

    async def end(self, turn: Turn, outcome: Outcome, now: int) -> None:
        """Close a turn: everything that had to be seen has been seen."""

    async def spent(self, turn: str) -> Spent | None:
        """Return what a turn's last step came to, or None if it had none."""

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
    `STOP` carries the Stop button where a growing answer takes none, and is deleted at the end.
    `STATUS` is no message: it stands for what is shown beside the thread, and is taken away.
    `PICTURE` shows pictures, once: it is posted whole and never edited.
    """

    QUESTION = "question"
    ANSWER = "answer"
    NOTICE = "notice"
    FILE = "file"
    STOP = "stop"
    STATUS = "status"
    PICTURE = "picture"


@dataclass(frozen=True, slots=True)
class Part:
    """One visible message of a turn.

    `again`: it may stand there twice, since nobody could look whether the first one came to be;
    the second says so.
    """

    purpose: Purpose
    index: int
    state: PartState
    place: str
    message: str | None = None
    sending_at: int = 0
    again: bool = False


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
        *,
        again: bool = False,
    ) -> None:
        """Record what became of a part; `sent` needs the platform's id in `message`.

        With `again` it is posted once more although an earlier one may be there; that stays
        known from then on.
        """

    async def drop_part(self, turn: Turn, purpose: Purpose, index: int) -> None:
        """Forget a part whose message was deleted or surely never was."""

    async def is_overtaken(self, turn: Turn, place: str) -> bool:
        """Tell whether another turn's message came to a place after this turn did."""

    async def known_messages(self, platform: str, workspace: str, place: str) -> set[str]:
        """Return the ids of our messages at a place that a row holds."""
