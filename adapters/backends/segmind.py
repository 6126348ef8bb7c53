"""Speak to Segmind: whole answers, queued and asked for by their id, or waited for.

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
from adapters.backends.segmind_calls import Calls
from adapters.backends.segmind_polls import (
    DEADLINE_SECONDS,
    POLL_FIRST_SECONDS,
    expired,
    poll,
    read_events,
)
from bot.domain import ChatRequest
from bot.errors import BackendError, BackendFault
from bot.events import (
    Accepted,
    BackendEvent,
    Progress,
    Stage,
    Submitting,
)

TRIES_MAX = 3
# How long a request may wait for our own limit; who would wait longer is told at once.
PACING_SECONDS = 300.0


class Api(StrEnum):
    """How an answer is had: `V2` queues and is asked, `V1` answers when it is done."""

    V2 = "v2"
    V1 = "v1"


class Segmind:
    """Answer conversations through Segmind; implements `bot.ports.ChatBackend`.

    A submit is repeated only where its answer proves that nothing was run: no connection,
    429, 503, once after 500, or without the extra fields that were refused. 502 and 504 tell
    only that a gateway lost sight of it. `rpm` are the submits that we allow ourselves in 60 s.
    """

    name = "segmind"
    repeatable = False

    def __init__(
        self,
        base_url: str,
        key: str,
        http: Http,
        *,
        api: str = Api.V2,
        rpm: int = 5,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._calls = Calls(base_url, key, http, now)
        self._api = Api(api)
        self._rate = Rate(rpm, sleep=sleep)
        self._sleep = sleep
        self._given_up: dict[str, frozenset[str]] = {}

    async def stream(self, request: ChatRequest) -> AsyncGenerator[BackendEvent, None]:
        """Yield stages, then the whole answer at once; see `bot.ports.ChatBackend`."""
        slug = request.model.name
        if not segmind.is_slug(slug):
            raise BackendError(BackendFault.NO_MODEL, detail=f"{slug!r} cannot be a model's name")
        given_up = self._given_up.get(slug, frozenset())
        while True:
            try:
                async with aclosing(self._attempt(request, given_up)) as events:
                    async for event in events:
                        yield event
                return
            except BackendError as error:
                failure = error
            # Raised out here, so that the provider's own words are no context of what we say.
            if not (extras := self._refused_extras(request, given_up, failure)):
                raise failures.worded(failure, self._calls.key, request)
            given_up |= extras
            if any(name in failure.detail for name in extras):
                self._given_up[slug] = given_up

    async def _attempt(
        self, request: ChatRequest, given_up: frozenset[str]
    ) -> AsyncGenerator[BackendEvent, None]:
        if request.resume:
            if not segmind.is_id(request.resume):
                raise expired("this cannot be the id of a request")
            deadline = _time() + DEADLINE_SECONDS
            steps = poll(self._calls, request.resume, deadline, self._sleep)
        else:
            steps = self._submitted(request, given_up)
        async with aclosing(steps) as events:
            async for event in events:
                yield event

    # --- submitting ----------------------------------------------------------------------

    async def _submitted(
        self, request: ChatRequest, given_up: frozenset[str]
    ) -> AsyncGenerator[BackendEvent, None]:
        latest = _time() + PACING_SECONDS
        body = segmind.build(request, given_up)
        encoded = await bodies.encode(body)
        paced = False
        async with aclosing(self._rate.turns()) as turns:
            async for wait in turns:
                if _time() + wait >= latest:
                    raise BackendError(BackendFault.PACED, detail="our own limit per minute")
                if not paced:
                    paced = True
                    yield Progress(Stage.PACED)
        yield Submitting()
        deadline = _time() + DEADLINE_SECONDS
        if self._api is Api.V1:
            yield Progress(Stage.WORKING)
        plain = body.keys().isdisjoint(segmind.EXTRAS)
        answer = await self._open(request, encoded, plain, deadline)
        try:
            said = await answer.read_all()
        finally:
            answer.close()
        if self._api is Api.V1:
            for event in _whole(said, answer):
                yield event
            return
        value = refusals.decode(said)
        id_ = segmind.read_submit(value)
        yield Accepted(id_, resumable=True)
        report = segmind.read_report(value)
        first = Stage.QUEUED if report is None or report.stage is None else report.stage
        yield Progress(first)
        await self._sleep(POLL_FIRST_SECONDS)
        async with aclosing(poll(self._calls, id_, deadline, self._sleep, first)) as events:
            async for event in events:
                yield event

    async def _open(
        self, request: ChatRequest, encoded: bodies.Body, plain: bool, deadline: float
    ) -> Answer:
        """Return the answer to a submit once it is a 200; repeat only what was surely not run.

        `plain`: it has no extra field that may be why it is refused.
        """
        path = f"{self._api}/{request.model.name}"
        tries = 1
        # A job that is accepted late would be given up in the middle, and paid for all the same.
        latest = _time() + PACING_SECONDS
        while True:
            failure: BackendError
            try:
                answer = await self._calls.post(path, encoded, deadline, self._patience(deadline))
            except BackendError as error:
                if error.ambiguous or error.fault is BackendFault.INVALID:
                    raise
                failure = error
            else:
                if answer.status in (200, 201, 202):
                    return answer
                failure = await self._calls.refused(answer)
            most = self._tries(failure, plain)
            wait = failure.retry_after or failures.backoff(tries, request.request_id)
            if tries >= most or _time() + wait >= latest:
                raise failure
            tries += 1
            if failure.status == 429:
                self._rate.close_for(wait)
            else:
                await self._sleep(wait)
            async with aclosing(self._rate.turns()) as turns:
                async for left in turns:
                    if _time() + left >= latest:
                        raise failure

    def _tries(self, failure: BackendError, plain: bool) -> int:
        """Return how often a submit that failed like this may be made in all."""
        match failure.fault, failure.status:
            case _, 0:  # there was no connection
                return TRIES_MAX
            case BackendFault.BUSY, 429 | 503:
                return TRIES_MAX
            case BackendFault.UPSTREAM, 500 if self._api is Api.V2 and plain:
                return 2
            case _:
                return 1

    def _patience(self, deadline: float) -> float | None:
        """Return how long the headers may take, which v1 sends when the model is done."""
        return deadline - _time() if self._api is Api.V1 else None

    def _refused_extras(
        self, request: ChatRequest, given_up: frozenset[str], error: BackendError
    ) -> frozenset[str]:
        """Return the extra fields without which a refused request may be taken.

        Only where nothing was run: it was refused outright, or it failed naming one of them.
        """
        if request.resume or error.ambiguous or error.names_picture:
            return frozenset()
        if error.fault not in (BackendFault.INVALID, BackendFault.UPSTREAM):
            return frozenset()
        sent = segmind.build(request, given_up).keys() & set(segmind.EXTRAS)
        named = any(name in error.detail for name in sent)
        refused = error.status in (400, 406) or (error.status == 500 and self._api is Api.V2)
        return frozenset(sent) if named or refused else frozenset()


def _whole(body: bytes, answer: Answer) -> list[BackendEvent]:
    """Return the events of an answer of v1: a provider's own JSON, or text."""
    value = refusals.decode(body)
    if isinstance(value, str) and not answer.headers.get("Content-Type", "").startswith("text/p"):
        raise segmind.unusable("the answer is no JSON")
    return read_events(*segmind.read_answer(value), {}, answer)


def _time() -> float:
    return asyncio.get_running_loop().time()
