"""Speak Chat Completions: to AI/ML API, and to any server that is compatible with OpenAI's."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from adapters.backends import body as bodies
from adapters.backends import failures, refusals
from adapters.backends.chunks import Transcript, read_body
from adapters.backends.http import Answer, Http
from adapters.backends.sse import Parser
from bot.domain import ChatRequest
from bot.errors import BackendError, BackendFault, ConfigError
from bot.events import BackendEvent

TRIES_MAX = 3
# After the finish reason only usage is left to come.
TAIL_SECONDS_MAX = 10.0
# After [DONE] only the end is left, which gives the connection back for the next request.
END_SECONDS_MAX = 0.1

# https://docs.aimlapi.com/capabilities/request-tracing-and-cost: anything else is dropped.
_REQUEST_ID = re.compile(r"[A-Za-z0-9._:-]{1,128}", re.ASCII)
_SSE_FIELDS = (b"data", b"event", b"id:", b"retry", b":")
_ADAPTABLE = ("max_completion_tokens", "stream_options", "reasoning_effort")


@dataclass(frozen=True, slots=True)
class Preset:
    """How one kind of server differs. `path` follows the base URL."""

    name: str
    path: str
    correlates: bool = False  # takes X-Client-Request-Id
    adapts: bool = False  # may be an older server that refuses newer fields by name


AIMLAPI = Preset("aimlapi", "/v1/chat/completions", correlates=True)
OPENAI_COMPATIBLE = Preset("openai_compatible", "/chat/completions", adapts=True)


class ChatCompletions:
    """Answer conversations through one server; implements `bot.ports.ChatBackend`.

    A request is repeated only where the answer proves that nothing was run: no connection,
    429, 503, or a 400 that names a field which an older server does not know.
    """

    repeatable = True

    def __init__(
        self,
        preset: Preset,
        base_url: str,
        key: str | None,
        http: Http,
        *,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
        now: Callable[[], float] = time.time,
    ) -> None:
        self.name = preset.name
        self.url = join_url(base_url, preset.path)
        self._preset = preset
        self._key = (key or "").strip()
        self._http = http
        self._sleep = sleep
        self._now = now
        self._refused_fields: frozenset[str] = frozenset()
        if not re.fullmatch(r"[\x21-\x7e]*", self._key):
            raise ConfigError([f"the key of {preset.name} has characters that no key has"])

    async def stream(self, request: ChatRequest) -> AsyncGenerator[BackendEvent, None]:
        """Yield the answer as it comes; see `bot.ports.ChatBackend`."""
        deadline = asyncio.get_running_loop().time() + self._http.bounds.total
        answer = await self._open(request, deadline)
        try:
            transcript = Transcript(_id_of(answer))
            piece = await answer.read()
            if is_event_stream(answer.headers.get("Content-Type", ""), piece):
                parser = Parser()
                while piece:
                    transcript.add_piece(parser, piece)
                    for event in transcript.take():
                        yield event
                    if transcript.over:
                        break
                    piece = await _read_on(answer, transcript)
                transcript.end()
            else:
                body = await answer.read_all(piece)
                read_body(body, transcript, answer.headers.get("x-aimlapi-usd-spent"))
                for event in transcript.take():
                    yield event
            if transcript.failure is not None:
                raise failures.worded(transcript.failure, self._key, request)
            yield transcript.completed()
            if transcript.done:
                await _read_the_end(answer)
        finally:
            answer.close()

    # --- opening -------------------------------------------------------------------------

    async def _open(self, request: ChatRequest, deadline: float) -> Answer:
        """Return the answer once it is a 200; repeat only what was surely not run."""
        headers = self._headers(request)
        whole = build(request)
        given_up = self._refused_fields
        tries = 1
        while True:
            body = adapt(whole, given_up)
            failure: BackendError
            try:
                encoded = await bodies.encode(body)
                answer = await self._http.post(self.url, headers, encoded, deadline)
            except BackendError as error:
                if error.ambiguous or error.fault is BackendFault.INVALID:
                    raise
                failure = error
            else:
                if answer.status == 200:
                    self._refused_fields |= given_up
                    return answer
                complaint, failure = await self._refused(answer, request)
                if more := self._unknown_fields(body, answer.status, complaint):
                    given_up |= more
                    continue
                if failure.fault is not BackendFault.BUSY or failure.status not in (429, 503):
                    raise failure
            wait = failure.retry_after or failures.backoff(tries, request.request_id)
            if tries >= TRIES_MAX or asyncio.get_running_loop().time() + wait >= deadline:
                raise failure
            tries += 1
            await self._sleep(wait)

    def _headers(self, request: ChatRequest) -> dict[str, str]:
        headers = {
            "Content-Type": "application/json",
            "Accept": "text/event-stream, application/json",
            # Compression would hold tokens back.
            "Accept-Encoding": "identity",
        }
        if self._key:
            headers["Authorization"] = f"Bearer {self._key}"
        if self._preset.correlates and _REQUEST_ID.fullmatch(request.request_id):
            headers["X-Client-Request-Id"] = request.request_id
        return headers

    async def _refused(
        self, answer: Answer, request: ChatRequest
    ) -> tuple[failures.Complaint, BackendError]:
        """Read why the status is not 200."""
        complaint = failures.read_complaint(await refusals.read(answer))
        error = failures.refusal(answer.status, answer.headers, complaint, self._now())
        return complaint, failures.worded(error, self._key, request)

    def _unknown_fields(
        self, body: dict[str, Any], status: int, complaint: failures.Complaint
    ) -> frozenset[str]:
        """Return the fields of `body` that an older server refused by their name."""
        if not self._preset.adapts or status not in (400, 422):
            return frozenset()
        return frozenset(name for name in _ADAPTABLE if name in body and name in complaint.words)


# --- pure ----------------------------------------------------------------------------------


def build(request: ChatRequest) -> dict[str, Any]:
    """Return the body that asks for one streamed answer.

    `max_completion_tokens` counts the reasoning in; GPT-5 refuses `max_tokens` and sampling
    fields. https://platform.openai.com/docs/api-reference/chat/create
    """
    body: dict[str, Any] = {
        "model": request.model.name,
        "messages": [
            {"role": str(message.role), "content": bodies.content(message)}
            for message in request.messages
        ],
        "stream": True,
        "stream_options": {"include_usage": True},
        "max_completion_tokens": max(1, request.max_output_tokens),
    }
    if request.effort and request.effort in request.model.efforts:
        body["reasoning_effort"] = request.effort
    return body


def adapt(body: dict[str, Any], given_up: frozenset[str]) -> dict[str, Any]:
    """Return the body without the fields that this server does not know."""
    adapted = {name: value for name, value in body.items() if name not in given_up}
    if "max_completion_tokens" in given_up:
        adapted["max_tokens"] = body["max_completion_tokens"]
    return adapted


def join_url(base: str, path: str) -> str:
    """Join a base URL, with or without the version that `path` begins with, and a path."""
    base = base.rstrip("/")
    if base.endswith("/chat/completions"):
        return base
    if path.startswith("/v1/") and base.endswith("/v1"):
        base = base.removesuffix("/v1")
    return base + path


def is_event_stream(content_type: str, first: bytes) -> bool:
    """Tell from its label and its first bytes whether an answer streams events.

    Labels lie both ways; no line of a stream begins with a bracket, and no JSON with a field.
    """
    start = first.removeprefix(b"\xef\xbb\xbf").lstrip()
    if start[:1] in (b"{", b"[", b"<", b'"'):
        return False
    media = content_type.partition(";")[0].strip().lower()
    return media == "text/event-stream" or start.startswith(_SSE_FIELDS)


def _id_of(answer: Answer) -> str:
    return answer.headers.get("x-inference-id") or answer.headers.get("x-request-id") or ""


async def _read_on(answer: Answer, transcript: Transcript) -> bytes:
    """Return the next piece; once the answer is whole, what breaks is only its tail."""
    if transcript.finish is None:
        return await answer.read()
    answer.hurry(TAIL_SECONDS_MAX)
    try:
        return await answer.read()
    except BackendError:
        return b""


async def _read_the_end(answer: Answer) -> None:
    answer.hurry(END_SECONDS_MAX)
    try:
        while await answer.read():
            pass
    except BackendError:
        pass
