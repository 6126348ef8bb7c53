"""The stand-in for AI/ML API: its chat completions, streamed, with everything that can go wrong.

https://docs.aimlapi.com/ says what it answers. In a fault script the action "answer" shapes
one answer: its options are the fields of `Wire`, and `kind`, one of `simulated.KINDS`.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Literal

from aiohttp import web

from adapters.playground import aimlapi_checks as checks
from adapters.playground.aimlapi_checks import Json, Refusal
from adapters.playground.faults import Fault, FaultScript
from adapters.playground.history import History
from adapters.playground.pictures import shorten
from adapters.playground.simulated import (
    TOKENS_PER_PICTURE,
    Plan,
    answer,
    as_kind,
    count_tokens,
    is_met,
    pieces,
)
from adapters.playground.witness import EFFECT, MET, SAID, SEEN, hang_up, plain, witness

MODEL = "openai/gpt-5-mini-2025-08-07"
WINDOW = 400_000
CHAT = "POST /v1/chat/completions"
TOKENS_PER_SECOND = 40.0
DRIP_SECONDS = 10.0

_CREDITS_PER_USD = 2_000_000
_REQUEST_ID = re.compile(r"[A-Za-z0-9._:-]{1,128}", re.ASCII)
_BODY_BYTES_MAX = 32 * 1024 * 1024
_SLEEP_SECONDS_MAX = 0.25  # how late it is noticed that nobody listens any more


@dataclass(frozen=True, slots=True)
class Wire:
    """How an answer goes over the wire; the defaults are how it usually does.

    `chunk` tokens make a frame; `cut_after` and `error_after` count frames, and `cut` is how it
    breaks off: the connection is reset, closed as if all was said, falls silent, or drips one
    byte per `DRIP_SECONDS` for ever. `meta` stands on the "usage" chunk, the "finish" chunk, a
    chunk of its "own", or nowhere (""). `usage` replaces what is reported, `error` what is said
    to have gone wrong. `before` and `after` are written around the frames, `body` instead.
    """

    chunk: int = 1
    silence: float | None = None
    meta: str = "usage"
    done: bool = True
    shape: str = "openai"
    usage: Any = None
    text: str | None = None
    finish: str | None = None
    comments: bool = False
    crlf: bool = False
    split: int = 0  # bytes per write, which cuts characters apart
    cut_after: int | None = None
    cut: Literal["reset", "close", "silence", "drip"] = "reset"
    error_after: int | None = None
    error: Any = None
    before: str = ""
    after: str = ""
    body: str | None = None


class AimlapiStandIn:
    """Serve `/v1/chat/completions` (and without `/v1`) and `/v1/models`.

    Mount it with `add_subapp(prefix, stand_in.app(prefix))`. With `key` only that key is
    accepted, else any. `tokens_per_second` 0 is as fast as it goes; `wire` is how answers go
    unless the fault script says otherwise. `open` counts the answers under way.
    """

    def __init__(
        self,
        now: Callable[[], int],
        history: History,
        faults: FaultScript,
        key: str | None = None,
        tokens_per_second: float = TOKENS_PER_SECOND,
        wire: Wire | None = None,
    ) -> None:
        self.now = now
        self.history = history
        self.faults = faults
        self.key = key
        self.tokens_per_second = tokens_per_second
        self.wire = wire or Wire()
        self.open = 0

    def app(self, prefix: str = "") -> web.Application:
        """Return the application to serve or to mount under `prefix`."""

        def refusal(status: int) -> Json:
            return checks.own_refusal(status, "Simulated", "/v1/chat/completions", self.now()).body

        keeper = witness("aimlapi", self.history, self.faults, prefixes=(prefix,), refusal=refusal)
        app = web.Application(middlewares=[keeper], client_max_size=_BODY_BYTES_MAX)
        app.router.add_post("/v1/chat/completions", self._chat)
        app.router.add_post("/chat/completions", self._chat)
        app.router.add_get("/v1/models", self._models)
        app.router.add_route("*", "/{path:.*}", self._nowhere)
        return app

    # --- routes --------------------------------------------------------------------------

    async def _nowhere(self, request: web.Request) -> web.StreamResponse:
        message = f"Cannot {request.method} {request.path}"
        refusal = checks.own_refusal(404, message, request.path, self.now())
        return plain(404, refusal.body, headers=_headers(request))

    async def _models(self, request: web.Request) -> web.StreamResponse:
        entry = {
            "id": MODEL,
            "type": "chat-completion",
            "info": {"name": "GPT-5 mini", "contextLength": WINDOW, "developer": "Open AI"},
        }
        return plain(200, {"object": "list", "data": [entry]}, headers=_headers(request))

    async def _chat(self, request: web.Request) -> web.StreamResponse:
        self.open += 1
        try:
            return await self._answered(request)
        except Refusal as refusal:
            return plain(refusal.status, refusal.body, headers=_headers(request))
        finally:
            self.open -= 1

    async def _answered(self, request: web.Request) -> web.StreamResponse:
        self._check_key(request)
        body = await self._read(request)
        heard = await checks.hear(body["messages"])
        plan, wire = self._shape(request, answer(heard))
        if is_met(plan.kind, heard):
            if plan.kind == "picture":
                raise checks.old_picture(heard, body["messages"])
            self._refuse(plan, request)
        prompt_tokens = sum(count_tokens(m.text) + 4 + TOKENS_PER_PICTURE * m.images for m in heard)
        if prompt_tokens > WINDOW:
            self._refuse(replace(plan, kind="full"), request)
        if plan.kind == "page":
            page = "<!DOCTYPE html><html><body><h1>Bad gateway</h1></body></html>"
            return plain(200, page, content_type="text/html", headers=_headers(request))
        if plan.kind == "cut" and wire.cut_after is None:
            wire = replace(wire, cut_after=len(pieces(plan.text)) // wire.chunk // 2)
        if plan.kind == "error" and wire.error_after is None:
            wire = replace(wire, error_after=len(pieces(plan.text)) // wire.chunk // 2)
        reply = _Reply(plan, wire, body, prompt_tokens, self.now())
        fault = request.get(MET)
        lost = isinstance(fault, Fault) and fault.action in ("lose_answer", "fail_after")
        if lost or not body.get("stream"):
            await self._pause(request, plan.silence if wire.silence is None else wire.silence)
            spent = {
                "x-aimlapi-credits-used": str(reply.credits),
                "x-aimlapi-usd-spent": str(reply.usd),
            }
            return plain(200, reply.whole(), headers={**_headers(request), **spent})
        return await self._stream(request, reply)

    # --- steps ---------------------------------------------------------------------------

    def _check_key(self, request: web.Request) -> None:
        scheme, _, key = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not key or (self.key and key != self.key):
            raise self._unauthorised(request)

    def _unauthorised(self, request: web.Request) -> Refusal:
        message = "Invalid API key. Check your key at https://aimlapi.com/app/keys"
        return checks.own_refusal(401, message, request.path, self.now())

    async def _read(self, request: web.Request) -> Json:
        if request.content_type != "application/json":
            raise self._invalid(request, "body: expected application/json")
        try:
            body = json.loads(await request.read())
        except (ValueError, RecursionError) as error:
            raise self._invalid(request, "body: expected JSON") from error
        request[SEEN] = shorten(body)
        if fault := checks.find_fault(body):
            raise self._invalid(request, fault)
        if refusal := checks.find_unsupported(body):
            raise refusal
        if body["model"] != MODEL:
            message = f"Model not found: {body['model']}"
            raise checks.own_refusal(404, message, request.path, self.now())
        return dict(body)

    def _invalid(self, request: web.Request, what: str) -> Refusal:
        message = f"Body validation error: {what}"
        return checks.own_refusal(400, message, request.path, self.now())

    def _shape(self, request: web.Request, plan: Plan) -> tuple[Plan, Wire]:
        """Apply the fault script's wishes to what would have been said."""
        fault = request.get(MET)
        options: dict[str, Any] = {}
        if isinstance(fault, Fault) and fault.action == "answer":
            options.update(fault.options)
        if kind := options.pop("kind", None):
            plan = as_kind(kind, plan)
        wire = replace(self.wire, **options)
        if wire.text is not None:
            plan = replace(plan, text=wire.text)
        if wire.finish is not None:
            plan = replace(plan, finish=wire.finish)
        return plan, wire

    def _refuse(self, plan: Plan, request: web.Request) -> None:
        """Raise the refusal that the plan asks for, if it does."""

        def own(status: int, message: str) -> Refusal:
            return checks.own_refusal(status, message, request.path, self.now())

        match plan.kind:
            case "busy":
                raise own(429, "Too many requests: the rate limit is reached, try again later.")
            case "overloaded":
                raise own(503, "The service is temporarily unavailable.")
            case "broken":
                raise own(500, "Internal server error")
            case "misconfigured":
                raise self._unauthorised(request)
            case "funds":
                raise checks.no_funds()
            case "gone":
                raise own(404, f"Model not found: {MODEL} was retired.")
            case "refused":
                message = "Your request was rejected: it violates our usage policies."
                raise checks.upstream(message, "content_policy_violation", "messages")
            case "full" | "crowded":
                message = (
                    f"This model's maximum context length is {WINDOW} tokens."
                    " Please reduce the length of the messages."
                )
                raise checks.upstream(message, "context_length_exceeded", "messages")

    async def _stream(self, request: web.Request, reply: _Reply) -> web.StreamResponse:
        response = web.StreamResponse(
            headers={
                **_headers(request),
                "Content-Type": "text/event-stream",
                "Cache-Control": "no-cache",
            }
        )
        said: Json = {"text": "", "finish": None, "frames": 0}
        request[SAID] = said
        wire, plan = reply.wire, reply.plan
        try:
            await response.prepare(request)
            if wire.comments or wire.shape == "openrouter":
                await self._send(response, wire, b": OPENROUTER PROCESSING\n\n")
            await self._pause(request, plan.silence if wire.silence is None else wire.silence)
            await self._send(response, wire, wire.before.encode())
            if wire.body is not None:
                await self._send(response, wire, wire.body.encode())
                await response.write_eof()
                return response
            if plan.kind != "empty":
                await self._send(response, wire, reply.opening())
            await self._speak(request, response, reply, said)
            if said["frames"] in (wire.cut_after, wire.error_after) and not reply.complete(said):
                if said["frames"] == wire.error_after:
                    said["error"] = True
                    await self._send(response, wire, reply.error())
                    await response.write_eof()
                else:
                    await self._break_off(request, response, reply)
                return response
            for frame in (*reply.ending(), wire.after.encode()):
                await self._send(response, wire, frame)
            said["finish"] = reply.finish
            await response.write_eof()
        except ConnectionError:
            said["gone"] = True
            request[EFFECT] = "unacked"
        return response

    async def _speak(
        self, request: web.Request, response: web.StreamResponse, reply: _Reply, said: Json
    ) -> None:
        """Send the text at its speed; stop where the script breaks it."""
        loop = asyncio.get_running_loop()
        speed = self.tokens_per_second / reply.plan.slowness
        due = loop.time()
        for text in reply.texts:
            if said["frames"] in (reply.wire.cut_after, reply.wire.error_after):
                return
            if speed > 0:
                due += reply.wire.chunk / speed
                await self._pause(request, due - loop.time())
            await self._send(response, reply.wire, reply.frame(text))
            said["text"] += text
            said["frames"] += 1

    async def _break_off(
        self, request: web.Request, response: web.StreamResponse, reply: _Reply
    ) -> None:
        """Say no more of an answer that is not whole, in the way that the script wants."""
        request[EFFECT] = "unacked"
        match reply.wire.cut:
            case "reset":
                hang_up(request)
            case "close":
                await response.write_eof()
            case "silence":
                while True:
                    await self._pause(request, DRIP_SECONDS)
            case "drip":
                for byte in itertools.cycle(reply.frame("…")):
                    await self._pause(request, DRIP_SECONDS)
                    await response.write(bytes((byte,)))

    async def _pause(self, request: web.Request, seconds: float) -> None:
        """Wait, but not for somebody who has gone."""
        while seconds > 0:
            _check_there(request)
            await asyncio.sleep(min(seconds, _SLEEP_SECONDS_MAX))
            seconds -= _SLEEP_SECONDS_MAX
        _check_there(request)

    async def _send(self, response: web.StreamResponse, wire: Wire, frame: bytes) -> None:
        if wire.crlf:
            frame = frame.replace(b"\n", b"\r\n")
        if not wire.split:
            if frame:
                await response.write(frame)
            return
        for i in range(0, len(frame), wire.split):
            await response.write(frame[i : i + wire.split])
            await asyncio.sleep(0)


class _Reply:
    """One answer in the words of the protocol."""

    def __init__(self, plan: Plan, wire: Wire, body: Json, prompt_tokens: int, now: int) -> None:
        self.plan = plan
        self.wire = wire
        self.finish = plan.finish
        tokens = pieces(plan.text)
        most = body.get("max_completion_tokens")
        if most is not None and len(tokens) > most:
            tokens = tokens[:most]
            self.finish = "length"
        self.texts = [
            "".join(tokens[i : i + wire.chunk]) for i in range(0, len(tokens), wire.chunk)
        ]
        self._wants_usage = bool(body.get("stream_options", {}).get("include_usage"))
        self._prompt = prompt_tokens
        self._completion = len(tokens)
        self.usd = round((prompt_tokens * 0.25 + self._completion * 2.0) / 1_000_000, 9)
        self.credits = round(self.usd * _CREDITS_PER_USD)
        gateway = wire.shape == "openrouter"
        self._base: Json = {
            "id": f"{'gen-' if gateway else 'chatcmpl-'}{uuid.uuid4().hex[:24]}",
            "object": "chat.completion.chunk",
            "created": now // 1000,
            "model": MODEL if gateway else MODEL.partition("/")[2],
            **({"provider": "OpenAI"} if gateway else {}),
        }
        self._field = "refusal" if plan.refusal else "content"
        before, after = self._chunk({self._field: "\0"}).split(b'"\\u0000"')
        self._before, self._after = before, after

    def complete(self, said: Json) -> bool:
        """Tell whether all the text was sent."""
        return bool(said["frames"] >= len(self.texts) and self.texts)

    def opening(self) -> bytes:
        """Return the frame that names the role."""
        return self._chunk({"role": "assistant", "content": ""})

    def frame(self, text: str) -> bytes:
        """Return a frame with more text."""
        return b"%b%b%b" % (
            self._before,
            json.dumps(text, ensure_ascii=False).encode(),
            self._after,
        )

    def ending(self) -> list[bytes]:
        """Return the frames after the text: finish, usage, cost, end."""
        last = self._chunk({}, self.finish, meta=self.wire.meta == "finish")
        frames = [last]
        if self._wants_usage:
            meta = self._meta() if self.wire.meta == "usage" else {}
            frames.append(_frame({**self._base, "choices": [], "usage": self.usage(), **meta}))
        if self.wire.meta == "own":
            frames.append(_frame({**self._base, "choices": [], **self._meta()}))
        if self.wire.done:
            frames.append(b"data: [DONE]\n\n")
        return frames

    def error(self) -> bytes:
        """Return the frame of an error inside the stream."""
        what = self.wire.error or {"message": "The provider failed.", "code": 502}
        if self.wire.shape == "openrouter":
            choice = {"index": 0, "delta": {"content": ""}, "finish_reason": "error"}
            return _frame({**self._base, "error": what, "choices": [choice]})
        return _frame({"error": what})

    def usage(self) -> Any:
        """Return the usage as reported."""
        if self.wire.usage is not None:
            return self.wire.usage
        if self.plan.usage is not None:
            return self.plan.usage
        reasoning = self.plan.reasoning
        completion = self._completion + reasoning
        return {
            "prompt_tokens": self._prompt,
            "completion_tokens": completion,
            "total_tokens": self._prompt + completion,
            "completion_tokens_details": {"reasoning_tokens": reasoning},
        }

    def whole(self) -> Json:
        """Return the answer as one object."""
        text = "".join(self.texts)
        message = {
            "role": "assistant",
            "content": None if self.plan.refusal else text,
            "refusal": text if self.plan.refusal else None,
        }
        choice = {"index": 0, "message": message, "finish_reason": self.finish}
        return {
            **self._base,
            "object": "chat.completion",
            "choices": [choice],
            "usage": self.usage(),
            **self._meta(),
        }

    def _meta(self) -> Json:
        return {"meta": {"usage": {"credits_used": self.credits, "usd_spent": self.usd}}}

    def _chunk(self, delta: Json, finish: str | None = None, *, meta: bool = False) -> bytes:
        choice: Json = {"index": 0, "delta": delta, "finish_reason": finish}
        if self.wire.shape == "openrouter":
            choice["native_finish_reason"] = "completed" if finish else None
            choice["delta"] = {**delta, "reasoning": None, "reasoning_details": []}
        extra = self._meta() if meta else {}
        return _frame({**self._base, "choices": [choice], "usage": None, **extra})


def _frame(value: Json) -> bytes:
    return f"data: {json.dumps(value, separators=(',', ':'))}\n\n".encode()


def _headers(request: web.Request) -> dict[str, str]:
    """Return the headers of every answer; an id of unusual form is dropped without a word."""
    headers = {"x-inference-id": str(uuid.uuid4())}
    given = request.headers.get("X-Client-Request-Id", "")
    if _REQUEST_ID.fullmatch(given):
        headers["x-client-request-id"] = given
    return headers


def _check_there(request: web.Request) -> None:
    if request.transport is None or request.transport.is_closing():
        raise ConnectionResetError("nobody listens any more")
