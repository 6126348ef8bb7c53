"""Ask for an accepted request until it is over.

Polls are free and always safe, so that they are repeated within the deadline whatever became
of the last one. https://docs.segmind.com/ (async inference)
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from adapters.backends import segmind_bodies as segmind
from adapters.backends.http import Answer, Oversized
from adapters.backends.segmind_calls import GET_SECONDS, SHORT_BYTES, Calls
from bot.errors import BackendError, BackendFault
from bot.events import Progress, Stage

E = TypeVar("E")
E_co = TypeVar("E_co", covariant=True)
Json = dict[str, Any]

DEADLINE_SECONDS = 600.0
POLL_FIRST_SECONDS = 1.0
POLL_MOST_SECONDS = 5.0
POLL_GROWTH = 1.3
# A fresh id may not be known everywhere at once; what stays unusable is not worth waiting for.
MISSING_MAX = 3
UNUSABLE_MAX = 5


class Reading(Protocol[E_co]):
    """Make events of what a request came to. Both raise `BackendError` if it is nothing usable.

    `most_bytes` is how large an answer may be, None for as much as usual.
    """

    @property
    def most_bytes(self) -> int | None:
        """Return how large an answer may be."""

    async def whole(self, said: bytes, answer: Answer) -> Sequence[E_co]:
        """Read an answer of v1, which is the model's own."""

    async def ended(self, body: Json, metrics: Json, answer: Answer) -> Sequence[E_co]:
        """Read a result of v2: its JSON, and what was measured until then."""


async def poll(
    calls: Calls,
    id_: str,
    reading: Reading[E],
    deadline: float,
    sleep: Callable[[float], Awaitable[object]],
    stage: Stage | None = None,
) -> AsyncGenerator[Progress | E, None]:
    """Yield the stages of an accepted request, and what it came to.

    `stage` is what was said of it when it was accepted; without one it is resumed.
    """
    clock = asyncio.get_running_loop().time
    # Built from the id: an address that was answered might lead the key elsewhere.
    path = f"v2/requests/{id_}"
    polls = _Polls(resumed=stage is None)
    done = False
    while True:
        wait: float | None = None
        asked = path if done else f"{path}/status"
        try:
            latest = min(deadline, clock() + GET_SECONDS)
            look = await _look(calls, asked, reading, polls.metrics, done, latest)
        except BackendError as error:
            wait = polls.judge(error)
        else:
            if look.failed is not None:
                raise look.failed
            if look.events:
                for event in look.events:
                    yield event
                return
            if look.stage is None:
                done = True
                continue
            done = False
            polls.went_well()
            if look.stage is not stage:
                stage = look.stage
                yield Progress(stage)
        wait = wait or polls.next_wait()
        if clock() + wait >= deadline:
            raise polls.too_late()
        await sleep(wait)


async def _look(
    calls: Calls, path: str, reading: Reading[E], metrics: Json, done: bool, deadline: float
) -> _Look[E]:
    """Poll once. Raises what another poll may change."""
    try:
        most = reading.most_bytes if done else SHORT_BYTES
        answer, body = await calls.get(path, deadline, most)
    except Oversized:
        if done:
            raise
        # Only what a request came to is as large; that is read from its own place.
        return _Look()
    # What ran and failed is answered with 422, so the body is read before the status.
    report = segmind.read_report(body)
    if report is not None:
        metrics |= report.metrics
        if report.failed is not None:
            return _Look(failed=segmind.fail(report.failed))
        if report.stage is not None:
            return _Look(report.stage)
    if answer.status == 200 and isinstance(body, dict) and (done or "output" in body):
        try:
            return _Look(events=await reading.ended(body, metrics, answer))
        except BackendError as error:
            if error.fault is BackendFault.PROTOCOL:
                raise
            return _Look(failed=error)
    if report is None or done:
        raise calls.error(answer, body)
    return _Look()


@dataclass(frozen=True, slots=True)
class _Look(Generic[E]):
    """What one poll said: a stage (None: done), how it failed, or its end."""

    stage: Stage | None = None
    failed: BackendError | None = None
    events: Sequence[E] | None = None


class _Polls:
    """How the polls of one request went, and when the next one is due."""

    def __init__(self, resumed: bool) -> None:
        self.failure: BackendError | None = None
        self.metrics: Json = {}
        self._resumed = resumed
        self._wait = POLL_FIRST_SECONDS
        self._missing = 0
        self._unusable = 0

    def next_wait(self) -> float:
        """Return the seconds until the next poll: they grow."""
        self._wait = min(self._wait * POLL_GROWTH, POLL_MOST_SECONDS)
        return self._wait

    def went_well(self) -> None:
        """Note that a poll was answered."""
        self.failure = None
        self._missing = self._unusable = 0

    def judge(self, error: BackendError) -> float | None:
        """Return how long to wait after a poll that failed, or raise what it means."""
        # Whatever it was, the request was accepted and may have been run.
        error.ambiguous = True
        self.failure = error
        match error.status:
            case 404:
                self._missing += 1
                if self._missing >= MISSING_MAX:
                    raise expired(error.detail) if self._resumed else _lost(error)
            case 408 | 425 | 429:
                return error.retry_after
            case status if 400 <= status < 500 or error.fault is BackendFault.INVALID:
                raise error
            case status if 0 < status < 400 or error.fault is BackendFault.PROTOCOL:
                self._unusable += 1
                if self._unusable >= UNUSABLE_MAX:
                    error.fault = BackendFault.PROTOCOL
                    raise error
        return None

    def too_late(self) -> BackendError:
        """Return the error of a request that did not end in time."""
        why = f"; last: {self.failure.detail}" if self.failure is not None else ""
        return BackendError(
            BackendFault.TIMEOUT,
            detail=f"not done after {DEADLINE_SECONDS:.0f} s{why}",
            ambiguous=True,
        )


def expired(why: str) -> BackendError:
    """Return the error of a request that was under way before a restart and is known no more."""
    return BackendError(
        BackendFault.INTERRUPTED,
        status=404,
        detail=f"the request is no longer known: {why}",
        ambiguous=True,
    )


def _lost(error: BackendError) -> BackendError:
    return BackendError(
        BackendFault.UPSTREAM,
        status=404,
        detail=f"an accepted request is not known: {error.detail}",
        ambiguous=True,
    )
