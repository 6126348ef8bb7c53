"""Submit a request to Segmind once, and ask for it until it is over; the same for every model.

A submit has no idempotency key: what may have been accepted is never submitted again, and
what was accepted is asked for by its id for as long as Segmind keeps it (an hour).
https://docs.segmind.com/
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from enum import StrEnum

from adapters.backends import body as bodies
from adapters.backends import failures, refusals
from adapters.backends import segmind_bodies as segmind
from adapters.backends.http import Answer, Http
from adapters.backends.rate import Rate
from adapters.backends.segmind_calls import SHORT_BYTES, UPLOAD_URL, Calls
from adapters.backends.segmind_polls import (
    DEADLINE_SECONDS,
    POLL_FIRST_SECONDS,
    E,
    Reading,
    expired,
    poll,
)
from bot.errors import BackendError, BackendFault
from bot.events import Accepted, Progress, Stage, Submitting

TRIES_MAX = 3
# How long a request may wait for our own limit; who would wait longer is told at once.
PACING_SECONDS = 300.0


class Api(StrEnum):
    """How an answer is had: `V2` queues and is asked, `V1` answers when it is done."""

    V2 = "v2"
    V1 = "v1"


class Account:
    """One key, whatever is asked with it: its calls, and how many submits may begin in 60 s."""

    def __init__(
        self,
        base_url: str,
        key: str,
        http: Http,
        *,
        api: str = Api.V2,
        rpm: int = 5,
        upload_url: str = UPLOAD_URL,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
        now: Callable[[], float] = time.time,
    ) -> None:
        self.calls = Calls(base_url, key, http, now, upload_url)
        self.api = Api(api)
        self.rate = Rate(rpm, sleep=sleep)
        self.sleep = sleep


async def resume(
    account: Account, id_: str, reading: Reading[E]
) -> AsyncGenerator[Progress | E, None]:
    """Yield the stages of a request that Segmind has, and what it comes to."""
    if not segmind.is_id(id_):
        raise expired("this cannot be the id of a request")
    deadline = _time() + DEADLINE_SECONDS
    async with aclosing(poll(account.calls, id_, reading, deadline, account.sleep)) as events:
        async for event in events:
            yield event


class Submission:
    """One request of one model, submitted once.

    It is repeated only where its answer proves that nothing was run: no connection, 429, 503,
    and once after 500 if it is `plain`, without a field that may be why it is refused. 502 and
    504 tell only that a gateway lost sight of it.
    """

    def __init__(self, account: Account, slug: str, request_id: str, *, plain: bool) -> None:
        self._account = account
        self._path = f"{account.api}/{slug}"
        self._request_id = request_id
        self._plain = plain

    async def run(
        self, make: Callable[[], Awaitable[bodies.Body]], reading: Reading[E]
    ) -> AsyncGenerator[Submitting | Accepted | Progress | E, None]:
        """Yield that it leaves, its id where it has one, its stages, and what it comes to.

        `make` is asked for the body each time that it is sent: it is large, and not kept.
        """
        account = self._account
        latest = _time() + PACING_SECONDS
        paced = False
        async with aclosing(account.rate.turns()) as turns:
            async for wait in turns:
                if _time() + wait >= latest:
                    raise BackendError(BackendFault.PACED, detail="our own limit per minute")
                if not paced:
                    paced = True
                    yield Progress(Stage.PACED)
        yield Submitting()
        deadline = _time() + DEADLINE_SECONDS
        if account.api is Api.V1:
            yield Progress(Stage.WORKING)
        answer = await self._open(make, deadline)
        most = reading.most_bytes if account.api is Api.V1 else SHORT_BYTES
        try:
            said = await answer.read_all(most=most)
        finally:
            answer.close()
        if account.api is Api.V1:
            for made in await reading.whole(said, answer):
                yield made
            return
        value = refusals.decode(said)
        id_ = segmind.read_submit(value)
        yield Accepted(id_, resumable=True)
        report = segmind.read_report(value)
        first = Stage.QUEUED if report is None or report.stage is None else report.stage
        yield Progress(first)
        await account.sleep(POLL_FIRST_SECONDS)
        polls = poll(account.calls, id_, reading, deadline, account.sleep, first)
        async with aclosing(polls) as events:
            async for event in events:
                yield event

    async def _open(self, make: Callable[[], Awaitable[bodies.Body]], deadline: float) -> Answer:
        """Return the answer once it is a 200; repeat only what was surely not run."""
        account = self._account
        tries = 1
        # A job that is accepted late would be given up in the middle, and paid for all the same.
        latest = _time() + PACING_SECONDS
        # v1 sends its headers when the model is done.
        patience = deadline - _time() if account.api is Api.V1 else None
        while True:
            failure: BackendError
            try:
                answer = await account.calls.post(self._path, await make(), deadline, patience)
            except BackendError as error:
                if error.ambiguous or error.fault is BackendFault.INVALID:
                    raise
                failure = error
            else:
                if answer.status in (200, 201, 202):
                    return answer
                failure = await account.calls.refused(answer)
            wait = failure.retry_after or failures.backoff(tries, self._request_id)
            if tries >= self._tries(failure) or _time() + wait >= latest:
                raise failure
            tries += 1
            if failure.status == 429:
                account.rate.close_for(wait)
            else:
                await account.sleep(wait)
            async with aclosing(account.rate.turns()) as turns:
                async for left in turns:
                    if _time() + left >= latest:
                        raise failure

    def _tries(self, failure: BackendError) -> int:
        """Return how often a submit that failed like this may be made in all."""
        match failure.fault, failure.status:
            case _, 0:  # there was no connection
                return TRIES_MAX
            case BackendFault.BUSY, 429 | 503:
                return TRIES_MAX
            case BackendFault.UPSTREAM, 500 if self._account.api is Api.V2 and self._plain:
                return 2
            case _:
                return 1


def _time() -> float:
    return asyncio.get_running_loop().time()
