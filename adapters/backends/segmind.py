"""Speak to the chat models of Segmind: whole answers, queued and asked for, or waited for."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import aclosing
from functools import partial

from adapters.backends import body as bodies
from adapters.backends import failures
from adapters.backends import segmind_bodies as segmind
from adapters.backends.http import Answer, Http
from adapters.backends.segmind_calls import decode
from adapters.backends.segmind_polls import Json
from adapters.backends.segmind_submissions import Account, Api, Submission, resume
from bot.domain import ChatRequest
from bot.errors import BackendError, BackendFault
from bot.events import BackendEvent, Completed, TextDelta


class Segmind:
    """Answer conversations through Segmind; implements `bot.ports.ChatBackend`.

    `rpm` are the submits that we allow ourselves in 60 s; whoever else asks with the same key
    shares `account`.
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
        account: Account | None = None,
    ) -> None:
        self.account = account or Account(
            base_url, key, http, api=api, rpm=rpm, sleep=sleep, now=now
        )
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
                raise failures.worded(failure, self.account.calls.key, request)
            given_up |= extras
            if any(name in failure.detail for name in extras):
                self._given_up[slug] = given_up

    async def _attempt(
        self, request: ChatRequest, given_up: frozenset[str]
    ) -> AsyncGenerator[BackendEvent, None]:
        steps: AsyncGenerator[BackendEvent, None]
        if request.resume:
            steps = resume(self.account, request.resume, _Answers())
        else:
            body = segmind.build(request, given_up)
            plain = body.keys().isdisjoint(segmind.EXTRAS)
            once = Submission(self.account, request.model.name, request.request_id, plain=plain)
            steps = once.run(partial(bodies.encode, body), _Answers())
        async with aclosing(steps) as events:
            async for event in events:
                yield event

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
        refused = error.status in (400, 406)
        refused |= error.status == 500 and self.account.api is Api.V2
        return frozenset(sent) if named or refused else frozenset()


class _Answers:
    """Read what chat models say, in the words of the provider behind the gateway, or as text."""

    most_bytes: int | None = None

    async def whole(self, said: bytes, answer: Answer) -> Sequence[TextDelta | Completed]:
        """Read an answer of v1: a provider's own JSON, or text."""
        value = await decode(said)
        media = answer.headers.get("Content-Type", "")
        if isinstance(value, str) and not media.startswith("text/p"):
            raise segmind.unusable("the answer is no JSON")
        return _events(*segmind.read_answer(value), {}, answer)

    async def ended(
        self, body: Json, metrics: Json, answer: Answer
    ) -> Sequence[TextDelta | Completed]:
        """Read a result of v2, which holds the provider's JSON as text."""
        return _events(*segmind.read_output(body), metrics, answer)


def _events(
    text: str, completed: Completed, metrics: Json, answer: Answer
) -> Sequence[TextDelta | Completed]:
    """Return the events of an answer that is whole, with its cost and what is left."""
    completed = segmind.settle(completed, metrics, answer.headers)
    return [TextDelta(text), completed] if text else [completed]
