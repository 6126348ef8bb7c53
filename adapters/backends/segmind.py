"""Speak to Segmind: whole answers, queued and asked for by their id, or waited for.

A submit has no idempotency key: what may have been accepted is never submitted again, and
what was accepted is asked for by its id for as long as Segmind keeps it (an hour).
https://docs.segmind.com/
"""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from adapters.backends import body as bodies
from adapters.backends import failures, refusals
from adapters.backends import segmind_bodies as segmind
from adapters.backends.http import Answer, Http
from adapters.backends.rate import Rate
from bot.domain import ChatRequest
from bot.errors import BackendError, BackendFault, ConfigError
from bot.events import (
    Accepted,
    BackendEvent,
    Completed,
    Progress,
    Stage,
    Submitting,
    TextDelta,
)

TRIES_MAX = 3
DEADLINE_SECONDS = 600.0
POLL_FIRST_SECONDS = 1.0
POLL_MOST_SECONDS = 5.0
POLL_GROWTH = 1.3
# One poll; another can always follow.
GET_SECONDS = 30.0
# A fresh id may not be known everywhere at once; what stays unusable is not worth waiting for.
MISSING_MAX = 3
UNUSABLE_MAX = 5


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
        self._base = re.sub(r"(/v[12])?/*$", "", base_url.rstrip("/"))
        self._key = key.strip()
        self._http = http
        self._api = Api(api)
        self._rate = Rate(rpm, sleep=sleep)
        self._sleep = sleep
        self._now = now
        self._given_up: dict[str, frozenset[str]] = {}
        if not re.fullmatch(r"[\x21-\x7e]+", self._key):
            raise ConfigError(["the key of segmind has characters that no key has, or none"])

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
                raise failures.worded(failure, self._key, request)
            given_up |= extras
            if any(name in failure.detail for name in extras):
                self._given_up[slug] = given_up

    async def _attempt(
        self, request: ChatRequest, given_up: frozenset[str]
    ) -> AsyncGenerator[BackendEvent, None]:
        deadline = _time() + DEADLINE_SECONDS
        if request.resume:
            if not segmind.is_id(request.resume):
                raise _expired("this cannot be the id of a request")
            steps = self._polled(request, request.resume, deadline)
        else:
            steps = self._submitted(request, given_up, deadline)
        async with aclosing(steps) as events:
            async for event in events:
                yield event

    # --- submitting ----------------------------------------------------------------------

    async def _submitted(
        self, request: ChatRequest, given_up: frozenset[str], deadline: float
    ) -> AsyncGenerator[BackendEvent, None]:
        body = segmind.build(request, given_up)
        encoded = await bodies.encode(body)
        paced = False
        async with aclosing(self._rate.turns()) as turns:
            async for wait in turns:
                if _time() + wait >= deadline:
                    raise BackendError(BackendFault.BUSY, detail="our own limit per minute")
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
        async with aclosing(self._polled(request, id_, deadline, first)) as events:
            async for event in events:
                yield event

    async def _open(
        self, request: ChatRequest, encoded: bodies.Body, plain: bool, deadline: float
    ) -> Answer:
        """Return the answer to a submit once it is a 200; repeat only what was surely not run.

        `plain`: it has no extra field that may be why it is refused.
        """
        url = f"{self._base}/{self._api}/{request.model.name}"
        headers = {**self._headers(), "Content-Type": "application/json"}
        tries = 1
        while True:
            failure: BackendError
            try:
                answer = await self._http.post(
                    url, headers, encoded, deadline, self._patience(deadline)
                )
            except BackendError as error:
                if error.ambiguous or error.fault is BackendFault.INVALID:
                    raise
                failure = error
            else:
                if answer.status in (200, 201, 202):
                    return answer
                failure = await self._refused(answer)
            most = self._tries(failure, plain)
            wait = failure.retry_after or failures.backoff(tries, request.request_id)
            if tries >= most or _time() + wait >= deadline:
                raise failure
            tries += 1
            if failure.status == 429:
                self._rate.close_for(wait)
            else:
                await self._sleep(wait)
            async for _ in self._rate.turns():
                pass

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

    def _headers(self) -> dict[str, str]:
        return {"x-api-key": self._key, "Accept": "application/json"}

    async def _refused(self, answer: Answer) -> BackendError:
        return self._error(answer.status, answer, await refusals.read(answer))

    def _error(self, status: int, answer: Answer, body: Any) -> BackendError:
        """Return what a refusal means."""
        complaint = failures.read_complaint(body)
        error = failures.refusal(status, answer.headers, complaint, self._now())
        error.fault = segmind.classify(status, complaint)
        reset = answer.headers.get("x-rate-limit-reset-at-utc")
        error.retry_after = segmind.read_reset(reset, self._now()) or error.retry_after
        return error

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

    # --- polling -------------------------------------------------------------------------

    async def _polled(
        self, request: ChatRequest, id_: str, deadline: float, stage: Stage | None = None
    ) -> AsyncGenerator[BackendEvent, None]:
        """Yield the stages of an accepted request, and its answer."""
        # Built from the id: an address that was answered might lead the key elsewhere.
        result_url = f"{self._base}/v2/requests/{id_}"
        polls = _Polls(bool(request.resume))
        done = False
        while True:
            wait: float | None = None
            url = result_url if done else f"{result_url}/status"
            try:
                look = await self._look(url, polls.metrics, done, deadline)
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
            if _time() + wait >= deadline:
                raise polls.too_late()
            await self._sleep(wait)

    async def _look(self, url: str, metrics: dict[str, Any], done: bool, deadline: float) -> _Look:
        """Poll once. Raises what another poll may change."""
        status, answer, body = await self._get(url, deadline)
        # What ran and failed is answered with 422, so the body is read before the status.
        report = segmind.read_report(body)
        if report is not None:
            metrics |= report.metrics
            if report.failed is not None:
                return _Look(failed=segmind.fail(report.failed))
            if report.stage is not None:
                return _Look(report.stage)
        if status == 200 and isinstance(body, dict) and (done or "output" in body):
            try:
                return _Look(events=_ended(body, metrics, answer))
            except BackendError as error:
                if error.fault is BackendFault.PROTOCOL:
                    raise
                return _Look(failed=error)
        if report is None:
            raise self._error(status, answer, body)
        return _Look()

    async def _get(self, url: str, deadline: float) -> tuple[int, Answer, Any]:
        """Ask once, and read all of what is said."""
        deadline = min(deadline, _time() + GET_SECONDS)
        answer = await self._http.get(url, self._headers(), deadline)
        try:
            return answer.status, answer, refusals.decode(await answer.read_all())
        finally:
            answer.close()


@dataclass(frozen=True, slots=True)
class _Look:
    """What one poll said: a stage (None: done), how it failed, or its end."""

    stage: Stage | None = None
    failed: BackendError | None = None
    events: list[BackendEvent] | None = None


class _Polls:
    """How the polls of one request went, and when the next one is due."""

    def __init__(self, resumed: bool) -> None:
        self.failure: BackendError | None = None
        self.metrics: dict[str, Any] = {}
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
                    raise _expired(error.detail) if self._resumed else _lost(error)
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


# --- pure ----------------------------------------------------------------------------------


def _time() -> float:
    return asyncio.get_running_loop().time()


def _expired(why: str) -> BackendError:
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


def _whole(body: bytes, answer: Answer) -> list[BackendEvent]:
    """Return the events of an answer of v1: a provider's own JSON, or text."""
    value = refusals.decode(body)
    if isinstance(value, str) and not answer.headers.get("Content-Type", "").startswith("text/p"):
        raise segmind.unusable("the answer is no JSON")
    return _events(*segmind.read_answer(value), {}, answer)


def _ended(body: dict[str, Any], metrics: dict[str, Any], answer: Answer) -> list[BackendEvent]:
    return _events(*segmind.read_output(body), metrics, answer)


def _events(
    text: str, completed: Completed, metrics: dict[str, Any], answer: Answer
) -> list[BackendEvent]:
    completed = segmind.settle(
        completed,
        metrics,
        answer.headers.get("x-cost"),
        answer.headers.get("x-remaining-credits"),
    )
    return [TextDelta(text), completed] if text else [completed]
