"""The Chat Completions client against servers that send any bytes at all."""

from __future__ import annotations

import asyncio
import gzip
import json
import traceback
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest

from adapters.backends.chat_completions import (
    AIMLAPI,
    OPENAI_COMPATIBLE,
    ChatCompletions,
    Preset,
)
from adapters.backends.chunks import Transcript
from adapters.backends.http import Bounds, Http
from adapters.backends.sse import Event
from bot.domain import ChatMessage, ChatRequest, Model, Role, Usage
from bot.errors import BackendError, BackendFault
from bot.events import Accepted, BackendEvent, Completed, Finish, ReasoningDelta, TextDelta
from tests.virtual import until

pytestmark = pytest.mark.virtual

KEY = "sk-canary-0123456789abcdefghij"
PROMPT = "a question that nobody else should ever read, in any log"
MODEL = Model("openai_compatible", "llama3:8b", efforts=("low",))
REQUEST = ChatRequest(MODEL, (ChatMessage(Role.USER, PROMPT),), 100, "r-1", "low")

Handler = Callable[[bytes, asyncio.StreamWriter], Awaitable[None]]


class Heard:
    def __init__(self) -> None:
        self.events: list[BackendEvent] = []
        self.error: BackendError | None = None
        self.slept: list[float] = []
        self.requests: list[bytes] = []

    @property
    def text(self) -> str:
        return "".join(e.text for e in self.events if isinstance(e, TextDelta))

    @property
    def reasoning(self) -> str:
        return "".join(e.text for e in self.events if isinstance(e, ReasoningDelta))

    @property
    def end(self) -> Completed:
        last = self.events[-1] if self.events else None
        assert isinstance(last, Completed), self.error
        assert self.error is None
        return last

    @property
    def failure(self) -> BackendError:
        assert self.error is not None, self.events
        assert not any(isinstance(event, Completed) for event in self.events)
        return self.error


class Wire:
    """A raw server whose nth connection is served by the nth handler (the last one again)."""

    def __init__(self) -> None:
        self.requests: list[bytes] = []
        self.ended = 0
        self.port = 0
        self._handlers: list[Handler] = []
        self._tasks: set[asyncio.Task[None]] = set()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
            self.requests.append(head + await reader.readexactly(length))
            handler = self._handlers[min(len(self.requests), len(self._handlers)) - 1]
            serving = asyncio.create_task(_call(handler, head, writer))
            watching = asyncio.create_task(reader.read())
            await asyncio.wait({serving, watching}, return_when=asyncio.FIRST_COMPLETED)
            for one in (serving, watching):
                one.cancel()
            await asyncio.gather(serving, watching, return_exceptions=True)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            self.ended += 1
            writer.close()
            self._tasks.discard(task)

    async def hear(
        self,
        *handlers: Handler,
        preset: Preset = OPENAI_COMPATIBLE,
        bounds: Bounds | None = None,
        request: ChatRequest = REQUEST,
        key: str | None = KEY,
    ) -> Heard:
        """Ask once and gather everything."""
        self._handlers = list(handlers)
        self.requests.clear()
        heard = Heard()

        async def sleep(seconds: float) -> None:
            heard.slept.append(seconds)

        http = Http(bounds=bounds)
        backend = ChatCompletions(
            preset, f"http://127.0.0.1:{self.port}/v1", key, http, sleep=sleep, now=lambda: 1.8e9
        )
        try:
            async for event in backend.stream(request):
                heard.events.append(event)
        except BackendError as error:
            heard.error = error
        finally:
            await http.close()
        heard.requests = list(self.requests)
        return heard


async def _call(handler: Handler, head: bytes, writer: asyncio.StreamWriter) -> None:
    await handler(head, writer)


@pytest.fixture
async def wire() -> AsyncIterator[Wire]:
    wire = Wire()
    server = await asyncio.start_server(wire.serve, "127.0.0.1", 0)
    wire.port = server.sockets[0].getsockname()[1]
    yield wire
    server.close()
    for task in list(wire._tasks):
        task.cancel()
    await asyncio.gather(*wire._tasks, return_exceptions=True)


def raw(*pieces: bytes | float, hang: bool = False) -> Handler:
    """Send pieces; a number is a pause in seconds. Then close, or hang."""

    async def handle(_head: bytes, writer: asyncio.StreamWriter) -> None:
        for piece in pieces:
            if isinstance(piece, bytes):
                writer.write(piece)
                await writer.drain()
            else:
                await asyncio.sleep(piece)
        if hang:
            await asyncio.sleep(100_000)

    return handle


def head(status: int = 200, media: str = "text/event-stream", **headers: str) -> bytes:
    lines = [f"HTTP/1.1 {status} Whatever", f"Content-Type: {media}", "Connection: close"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode()


def answer(body: bytes, status: int = 200, media: str = "application/json", **h: str) -> Handler:
    return raw(head(status, media, Content_Length=str(len(body)), **h), body)


def refuse(status: int, body: Any, **headers: str) -> Handler:
    return answer(json.dumps(body).encode(), status, **headers)


def chunk(content: Any = None, finish: Any = None, **more: Any) -> bytes:
    delta = {} if content is None else {"content": content}
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    return frame({"id": "chatcmpl-1", "model": "m", "choices": [choice], **more})


def frame(value: Any) -> bytes:
    return b"data: " + json.dumps(value).encode() + b"\n\n"


def stream(*frames: bytes, media: str = "text/event-stream") -> Handler:
    return raw(head(media=media), *frames)


Pieces = list[bytes | float]
DRIP: Pieces = [4.0, b":\n"]
SPACES: Pieces = [4.0, b" "]
DONE = b"data: [DONE]\n\n"
STOP = chunk(finish="stop")
USAGE = {"prompt_tokens": 4, "completion_tokens": 70, "total_tokens": 74}


# --- answers ---------------------------------------------------------------------------------


async def test_a_plain_stream(wire: Wire) -> None:
    usage = {**USAGE, "completion_tokens_details": {"reasoning_tokens": 64}}
    meta = {"usage": {"credits_used": 283, "usd_spent": 0.0001415}}
    last = frame({"choices": [], "usage": usage, "meta": meta})
    heard = await wire.hear(stream(chunk("Hel"), chunk("lo"), STOP, last, DONE))
    assert heard.text == "Hello"
    assert heard.events[0] == Accepted("chatcmpl-1")
    assert heard.end == Completed(Finish.STOP, Usage(4, 70, 64, 74, 142), "m")
    head_, _, body = heard.requests[0].partition(b"\r\n\r\n")
    assert head_.startswith(b"POST /v1/chat/completions HTTP/1.1")
    assert f"Authorization: Bearer {KEY}".encode() in head_
    assert b"x-client-request-id" not in head_.lower()
    assert json.loads(body) == {
        "model": "llama3:8b",
        "messages": [{"role": "user", "content": PROMPT}],
        "stream": True,
        "stream_options": {"include_usage": True},
        "max_completion_tokens": 100,
        "reasoning_effort": "low",
    }


async def test_no_key_is_no_header_and_our_id_goes_to_aimlapi_only(wire: Wire) -> None:
    heard = await wire.hear(stream(chunk("x"), STOP, DONE), preset=AIMLAPI, key=None)
    assert b"authorization" not in heard.requests[0].lower()
    assert b"X-Client-Request-Id: r-1\r\n" in heard.requests[0]


@pytest.mark.parametrize(
    "content", [7, True, {"a": 1}, ["x", None, {"type": "text"}], [], None, ""]
)
async def test_content_that_is_no_text_is_nothing(wire: Wire, content: Any) -> None:
    choice = {"index": 0, "delta": {"content": content}, "finish_reason": None}
    heard = await wire.hear(stream(frame({"choices": [choice]}), chunk("ok"), STOP, DONE))
    assert heard.text == "ok"


ODD_CHUNKS: list[Any] = [
    {"choices": []},
    {"choices": None},
    {"choices": {}},
    {"choices": "no"},
    {"choices": [None, 3, "x", [], {}]},
    {"choices": [{"index": 0}]},
    {"choices": [{"index": 0, "delta": None, "finish_reason": None}]},
    {"choices": [{"index": 0, "delta": "x"}]},
    {"choices": [{"index": 0, "delta": {}, "finish_reason": 5}]},
    {"choices": [{"index": 1, "delta": {"content": "another answer"}, "finish_reason": "length"}]},
    {"choices": [{"index": -1, "delta": {"content": "no"}}]},
    {"choices": [{"index": "0", "delta": {"content": "no"}}]},
    {"choices": [{"index": True, "delta": {"content": "no"}}]},
    {"id": 5, "model": [], "created": "x"},
    {"type": "ping"},
    {"provider": "OpenAI", "native_finish_reason": None, "reasoning_details": [{"x": 1}]},
    {"usage": None, "meta": None, "error": None},
    {"usage": [], "meta": "x", "error": {}},
    {},
]


@pytest.mark.parametrize("odd", ODD_CHUNKS)
async def test_odd_chunks_change_nothing(wire: Wire, odd: Any) -> None:
    heard = await wire.hear(stream(frame(odd), chunk("a"), frame(odd), chunk("b"), STOP, DONE))
    assert (heard.text, heard.end.finish) == ("ab", Finish.STOP)


@pytest.mark.parametrize(
    "count", ["-1", "NaN", "Infinity", "true", "1e18", "9" * 5000, '"4"', "[]"]
)
async def test_usage_that_makes_no_sense_is_unknown(wire: Wire, count: str) -> None:
    odd = (
        b'data: {"choices":[],"usage":{"prompt_tokens":%b,"completion_tokens":2,"total_tokens":%b,'
    )
    odd += b'"completion_tokens_details":%b},"meta":{"usage":{"usd_spent":%b}}}\n\n'
    value = count.encode()
    heard = await wire.hear(stream(chunk("a"), STOP, odd % (value, value, value, value), DONE))
    assert heard.text == "a"
    assert (heard.end.usage.prompt, heard.end.usage.total) == (None, None)
    assert heard.end.usage.reasoning is None
    assert heard.end.usage.completion in (2, None)
    # "4" is an amount even as text; nothing else of these is one.
    assert heard.end.usage.cost_micros == (4_000_000 if count == '"4"' else None)


@pytest.mark.parametrize(
    ("usd", "micros"),
    [(0.00124, 1240), (0.0001415, 142), (1e-9, 1), (0, 0), (2, 2_000_000), ("0.5", 500_000)],
)
@pytest.mark.parametrize("place", ["usage", "finish", "own", "after finish"])
async def test_cost_is_found_wherever_it_stands(
    wire: Wire, usd: Any, micros: int, place: str
) -> None:
    meta = {"meta": {"usage": {"usd_spent": usd}}}
    usage = frame({"choices": [], "usage": USAGE, **(meta if place == "usage" else {})})
    own = [frame(meta)] if place in ("own", "after finish") else []
    stop = chunk(finish="stop", **(meta if place == "finish" else {}))
    order = [stop, usage, *own] if place != "own" else [*own, stop, usage]
    heard = await wire.hear(stream(chunk("a"), *order, DONE))
    assert heard.end.usage == Usage(4, 70, None, 74, micros)


@pytest.mark.parametrize(
    ("reason", "finish"),
    [
        ("stop", Finish.STOP),
        ("length", Finish.LENGTH),
        ("content_filter", Finish.BLOCKED),
        ("tool_calls", Finish.TOOL_CALLS),
        ("function_call", Finish.TOOL_CALLS),
        ("something new", Finish.UNKNOWN),
    ],
)
async def test_finish_reasons(wire: Wire, reason: str, finish: Finish) -> None:
    assert (await wire.hear(stream(chunk("a"), chunk(finish=reason), DONE))).end.finish is finish
    assert (await wire.hear(stream(chunk("a"), chunk(finish=reason)))).end.finish is finish
    assert (await wire.hear(stream(chunk("a"), DONE))).end.finish is Finish.UNKNOWN


async def test_refusal_and_reasoning(wire: Wire) -> None:
    frames = [
        frame({"choices": [{"delta": {"reasoning_content": "hm"}}]}),
        frame({"choices": [{"delta": {"reasoning": "m", "content": ""}}]}),
        frame({"choices": [{"delta": {"refusal": "I cannot"}}]}),
        frame({"choices": [{"delta": {"refusal": " do that."}}]}),
    ]
    heard = await wire.hear(stream(*frames, STOP, DONE))
    assert (heard.reasoning, heard.text) == ("hmm", "I cannot do that.")
    assert heard.end.refusal


async def test_what_follows_done_is_ignored(wire: Wire) -> None:
    after = (chunk("b"), frame({"error": "late"}), chunk("c", "length"), DONE)
    heard = await wire.hear(stream(chunk("a"), STOP, DONE, *after))
    assert (heard.text, heard.end.finish) == ("a", Finish.STOP)


EMPTY = [
    stream(chunk(""), STOP, DONE),
    stream(chunk(None), STOP, DONE),
    stream(frame({"choices": []}), DONE),
    stream(DONE),
    answer(b'{"choices":[]}'),
    answer(b'{"choices":[{"message":{"content":null},"finish_reason":"stop"}]}'),
]


@pytest.mark.parametrize("handler", EMPTY)
async def test_an_empty_answer_is_an_empty_answer(wire: Wire, handler: Handler) -> None:
    heard = await wire.hear(handler)
    assert heard.text == ""
    assert heard.end.usage == Usage()
    assert len(heard.requests) == 1


@pytest.mark.parametrize("size", [1, 2, 3, 5, 1000])
@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
async def test_any_cutting_of_the_bytes(wire: Wire, size: int, end: bytes) -> None:
    body = b"\xef\xbb\xbf: ping\n\nevent: x\nid: 4\nretry: 5\n" + "".join(
        frame({"choices": [{"delta": {"content": text}}]}).decode()
        for text in ("Grüße ", "你好", "😀", "\u2028\x85\x0b", "\ud800!", "\\n")
    ).encode("utf-8", "surrogatepass")
    utf8 = 'data: {"choices":[{"delta":{"content":"Ω\u2028\x85"}}]}\n\n'.encode()
    invalid = b'data: {"choices":[{"delta":{"content":"\xff\xe2\x82"}}]}\n\n'
    whole = (body + utf8 + invalid + STOP + DONE).replace(b"\n", end)
    pieces = [whole[i : i + size] for i in range(0, len(whole), size)]
    heard = await wire.hear(stream(*pieces, media="text/event-stream; charset=latin-1"))
    assert heard.text == "Grüße 你好😀\u2028\x85\x0b\ufffd!\\nΩ\u2028\x85\ufffd\ufffd"
    assert heard.end.finish is Finish.STOP


async def test_unknown_events_are_ignored(wire: Wire) -> None:
    others = (b"event: ping\ndata: not json\n\n", b"event: new\ndata: {}\n\n", b": c\n\n", b"x\n\n")
    heard = await wire.hear(stream(*others, chunk("a"), *others, STOP, DONE))
    assert heard.text == "a"


async def test_a_server_that_does_not_stream(wire: Wire) -> None:
    parts = [{"type": "text", "text": "hel"}, {"type": "text", "text": "lo"}, {"type": "image"}]
    meta = {"usage": {"usd_spent": 0.5}}
    body: dict[str, Any] = {}
    for content in ("hello", parts):
        message = {"role": "assistant", "content": content, "reasoning": "hm"}
        choice = {"index": 0, "message": message, "finish_reason": "length"}
        body = {"id": "x", "model": "m", "choices": [choice], "usage": USAGE, "meta": meta}
        for media in ("application/json", "text/plain", "text/event-stream"):
            heard = await wire.hear(answer(json.dumps(body).encode(), media=media))
            assert heard.text == "hello"
            assert heard.end == Completed(Finish.LENGTH, Usage(4, 70, None, 74, 500_000), "m")
    body.pop("meta")
    priced = answer(json.dumps(body).encode(), x_aimlapi_usd_spent="0.25")
    assert (await wire.hear(priced)).end.usage.cost_micros == 250_000
    refusal = {"choices": [{"message": {"content": None, "refusal": "No."}}]}
    heard = await wire.hear(answer(json.dumps(refusal).encode()))
    assert (heard.text, heard.end.refusal) == ("No.", True)


async def test_a_mislabelled_stream_is_still_read(wire: Wire) -> None:
    for media in ("application/json", "text/plain", "application/octet-stream"):
        heard = await wire.hear(stream(chunk("a"), STOP, DONE, media=media))
        assert heard.text == "a"


async def test_gzip_is_taken_though_not_asked_for(wire: Wire) -> None:
    body = gzip.compress(chunk("a") + STOP + DONE)
    heard = await wire.hear(raw(head(Content_Encoding="gzip"), body))
    assert heard.text == "a"
    assert b"Accept-Encoding: identity" in heard.requests[0]


# --- failures --------------------------------------------------------------------------------

UNUSABLE = [
    b"<!DOCTYPE html><html>Bad gateway</html>",
    b'{"choices": [{"mess',
    b'{"choices":[]}{"choices":[]}',
    b'{"choices":[]} trailing',
    b"{}",
    b"[]",
    b"null",
    b'"x"',
    b"5",
    b"",
    b"[" * 100_000 + b"]" * 100_000,
    b'{"choices":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    b'{"choices":[],"x":' + b"9" * 5000 + b"}",
    b'{"choices":[],"x":1e999}',
    b'{"choices":[],"x":NaN}',
    b'{"choices":[],"x":-Infinity}',
]


@pytest.mark.parametrize("body", UNUSABLE, ids=range(len(UNUSABLE)))
@pytest.mark.parametrize("media", ["application/json", "text/html"])
async def test_a_body_that_is_no_answer_is_unusable(wire: Wire, body: bytes, media: str) -> None:
    error = (await wire.hear(answer(body, media=media))).failure
    assert (error.fault, error.ambiguous) == (BackendFault.PROTOCOL, True)


@pytest.mark.parametrize(
    "data",
    [
        b"{bad", b"[]", b"null", b"5", b'"x"', b"[" * 100_000, b'{"a":' * 500 + b"1" + b"}" * 500,
        b'{"choices":[{"delta":{"content":"b"}}', b"<html>",
    ],
)  # fmt: skip
async def test_a_chunk_that_is_no_object_keeps_the_text_before_it(wire: Wire, data: bytes) -> None:
    heard = await wire.hear(stream(chunk("a") + b"data: " + data + b"\n\n" + chunk("c"), DONE))
    assert heard.text == "a"
    assert heard.failure.fault is BackendFault.PROTOCOL


async def test_brackets_in_text_are_no_nesting(wire: Wire) -> None:
    text = "[{" * 2000 + '\\"' * 100 + "}]"
    heard = await wire.hear(stream(chunk(text), STOP, DONE))
    assert heard.text == text


def chunked(*parts: bytes) -> list[bytes]:
    return [b"%x\r\n%b\r\n" % (len(part), part) for part in parts]


CHUNKED = (
    b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
)

CUTS = [
    stream(chunk("a"), chunk("b")),
    stream(chunk("a") + chunk("b")),
    stream(chunk("a"), chunk("b"), b'data: {"choices":[{"delta":{"conte'),
    raw(CHUNKED, *chunked(chunk("a"), chunk("b"))),
    raw(CHUNKED + b"".join(chunked(chunk("a"), chunk("b")))),
    raw(CHUNKED, *chunked(chunk("a"), chunk("b")), b"5"),
    raw(CHUNKED, *chunked(chunk("a"), chunk("b")), b"5\r\nab"),
    raw(CHUNKED, *chunked(chunk("a"), chunk("b")), b"0\r\n"),
    raw(CHUNKED, *chunked(chunk("a"), chunk("b")), b"0\r\n\r\n"),
    raw(head(Content_Length="100000"), chunk("a"), chunk("b")),
]


@pytest.mark.parametrize("handler", CUTS, ids=range(len(CUTS)))
async def test_a_cut_stream_keeps_its_text(wire: Wire, handler: Handler) -> None:
    heard = await wire.hear(handler)
    assert heard.text == "ab"
    assert (heard.failure.fault, heard.failure.ambiguous) == (BackendFault.CUT, True)
    assert len(heard.requests) == 1


async def test_a_reset_keeps_what_had_arrived(wire: Wire) -> None:
    async def reset(_head: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(head() + chunk("a"))
        await writer.drain()
        await asyncio.sleep(1)
        writer.transport.abort()

    heard = await wire.hear(reset)
    assert (heard.text, heard.failure.fault) == ("a", BackendFault.CUT)


async def test_a_slow_reader_loses_nothing_to_a_cut(wire: Wire) -> None:
    wire._handlers = [raw(CHUNKED, *chunked(chunk("a")), 1.0, *chunked(chunk("b"), chunk("c")))]
    http = Http()
    backend = ChatCompletions(OPENAI_COMPATIBLE, f"http://127.0.0.1:{wire.port}/v1", KEY, http)
    text = ""
    with pytest.raises(BackendError) as caught:
        async for event in backend.stream(REQUEST):
            text += event.text if isinstance(event, TextDelta) else ""
            await asyncio.sleep(5)  # storing what came
    assert text == "abc"
    assert caught.value.fault is BackendFault.CUT
    await http.close()


async def test_what_breaks_after_the_finish_costs_only_the_tail(wire: Wire) -> None:
    whole = (
        stream(chunk("a"), STOP),
        raw(CHUNKED, *chunked(chunk("a"), STOP)),
        raw(CHUNKED, *chunked(chunk("a"), STOP), 1.0, b"zz\r\n"),
        raw(head(), chunk("a"), STOP, hang=True),
    )
    loop = asyncio.get_running_loop()
    for handler in whole:
        started = loop.time()
        heard = await wire.hear(handler)
        assert (heard.text, heard.end.finish) == ("a", Finish.STOP)
        assert loop.time() - started <= 11


async def test_a_connection_held_open_after_done_delays_nothing(wire: Wire) -> None:
    started = asyncio.get_running_loop().time()
    heard = await wire.hear(raw(head(), chunk("a"), STOP, DONE, hang=True))
    assert heard.end.finish is Finish.STOP
    assert asyncio.get_running_loop().time() - started < 0.2


async def test_the_connection_is_kept_though_its_end_comes_late() -> None:
    connections = 0

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal connections
        connections += 1
        try:
            while asked := await reader.readuntil(b"\r\n\r\n"):
                await reader.readexactly(int(asked.split(b"Content-Length: ")[1].split()[0]))
                writer.write(CHUNKED + b"".join(chunked(chunk("a"), STOP, DONE)))
                await asyncio.sleep(0.05)
                writer.write(b"0\r\n\r\n")
        except asyncio.IncompleteReadError:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    base = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"
    http = Http()
    backend = ChatCompletions(OPENAI_COMPATIBLE, base, KEY, http)
    for _ in range(3):
        assert [event async for event in backend.stream(REQUEST)][-1].__class__ is Completed
    assert connections == 1
    await http.close()
    server.close()


BROKEN_HTTP = [
    raw(),
    raw(b"HTTP/1.1 200 OK\r\nContent-Ty"),
    raw(b"garbage garbage\r\n\r\n"),
    raw(b"HTTP/1.1 999999 OK\r\n\r\n"),
    raw(b"HTTP/1.1 200 OK\r\nX: " + b"y" * 100_000 + b"\r\n\r\n"),
    raw(CHUNKED, b"zz\r\n"),
    raw(CHUNKED, b"-5\r\nhello\r\n"),
    raw(CHUNKED, b"ffffffffffffffffffff\r\nhello\r\n"),
    raw(head(Content_Encoding="gzip"), b"this is no gzip"),
    raw(head(Content_Length="-7"), chunk("a")),
]


@pytest.mark.parametrize("handler", BROKEN_HTTP, ids=range(len(BROKEN_HTTP)))
async def test_broken_http_is_a_failure_of_ours_alone(wire: Wire, handler: Handler) -> None:
    heard = await wire.hear(handler)
    assert heard.failure.fault in (BackendFault.CUT, BackendFault.PROTOCOL)
    assert heard.failure.ambiguous
    assert len(heard.requests) == 1


async def test_an_event_over_the_cap(wire: Wire) -> None:
    heard = await wire.hear(stream(chunk("a"), b"data: " + b"x" * (2 << 20) + b"\n\n", DONE))
    assert (heard.text, heard.failure.fault) == ("a", BackendFault.PROTOCOL)


async def test_a_body_or_stream_without_end_is_stopped(wire: Wire) -> None:
    async def pour(_head: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(head(media="application/json") + b"[")
        while True:
            writer.write(b" " * 65536)
            await writer.drain()

    async def pour_events(_head: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(head())
        while True:
            writer.write(b": nothing\n\n" * 1000)
            await writer.drain()

    heard = await wire.hear(pour)
    assert (heard.failure.fault, heard.failure.ambiguous) == (BackendFault.PROTOCOL, True)
    heard = await wire.hear(pour_events, bounds=Bounds(stream_bytes=1 << 20))
    assert heard.failure.fault is BackendFault.PROTOCOL


def test_text_without_end_is_stopped() -> None:
    transcript = Transcript()
    taken = 0
    while not transcript.over:
        transcript.add_event(Event(chunk("x" * 900_000)[6:-2]))
        taken += 1
    assert taken == 10
    assert transcript.failure is not None
    assert transcript.failure.fault is BackendFault.PROTOCOL


ERRORS_WITHIN: list[tuple[Any, BackendFault]] = [
    ("it broke", BackendFault.UPSTREAM),
    ({"message": "overloaded", "type": "overloaded_error"}, BackendFault.BUSY),
    ({"message": "Rate limit reached", "code": "rate_limit_exceeded"}, BackendFault.BUSY),
    ({"message": "x", "code": 429}, BackendFault.BUSY),
    ({"message": "x", "code": "503"}, BackendFault.BUSY),
    ({"message": "x", "code": 502}, BackendFault.UPSTREAM),
    ({"message": "You exceeded your current quota"}, BackendFault.FUNDS),
    ({"message": "x", "code": "insufficient_quota"}, BackendFault.FUNDS),
    ({"message": "flagged by moderation", "code": 403}, BackendFault.BLOCKED),
    ({"message": "x", "code": "context_length_exceeded"}, BackendFault.TOO_LONG),
    ({"message": "generation timed out"}, BackendFault.TIMEOUT),
    ({"message": "x", "type": "server_error"}, BackendFault.UPSTREAM),
    ({"message": "x", "type": "invalid_request_error"}, BackendFault.INVALID),
    ({"message": 5, "code": [1], "type": {}}, BackendFault.UPSTREAM),
    (["x"], BackendFault.UPSTREAM),
    (True, BackendFault.UPSTREAM),
]


@pytest.mark.parametrize(("error", "fault"), ERRORS_WITHIN)
async def test_an_error_inside_a_stream_has_a_class(
    wire: Wire, error: Any, fault: BackendFault
) -> None:
    bare = error if isinstance(error, dict) else {"error": error}
    for piece in (
        frame({"error": error}),
        frame({"id": "gen-1", "error": error, "choices": [{"finish_reason": "error"}]}),
        b"event: error\n" + frame({"error": error}),
        b"event: error\n" + frame(bare),
    ):
        heard = await wire.hear(stream(chunk("a") + piece + chunk("b"), DONE))
        assert (heard.text, heard.failure.fault) == ("a", fault)
        assert heard.failure.ambiguous
    heard = await wire.hear(answer(json.dumps({"error": error}).encode()))
    assert heard.failure.fault is fault


REFUSALS: list[tuple[int, Any, BackendFault]] = [
    (400, {"message": "Body validation error", "statusCode": "400"}, BackendFault.INVALID),
    (400, {"error": {"message": "violates our usage policies"}}, BackendFault.BLOCKED),
    (400, {"error": {"message": "x", "code": "content_filter"}}, BackendFault.BLOCKED),
    (400, {"error": {"message": "maximum context length is 5"}}, BackendFault.TOO_LONG),
    (400, {"error": "the request exceeds the available context size"}, BackendFault.TOO_LONG),
    (400, {"error": {"message": "messages: content must be a string"}}, BackendFault.INVALID),
    (400, {"error": {"message": "The model `x` does not exist"}}, BackendFault.NO_MODEL),
    (401, {"message": "credit"}, BackendFault.AUTH),
    (402, {}, BackendFault.FUNDS),
    (403, {"title": "Forbidden", "message": "You have run out of funds."}, BackendFault.FUNDS),
    (403, {"title": "Insufficient balance"}, BackendFault.FUNDS),
    (403, {"error": "request blocked by content policy"}, BackendFault.BLOCKED),
    (403, {"error": "no"}, BackendFault.AUTH),
    (404, "<html>nothing here</html>", BackendFault.NO_MODEL),
    (406, {"error": "Insufficient credits: have 0.01"}, BackendFault.FUNDS),
    (408, {}, BackendFault.TIMEOUT),
    (410, {}, BackendFault.NO_MODEL),
    (413, {}, BackendFault.TOO_LONG),
    (418, {}, BackendFault.INVALID),
    (420, {}, BackendFault.BUSY),
    (422, [], BackendFault.INVALID),
    (429, {"error": {"message": "x", "code": "insufficient_quota"}}, BackendFault.FUNDS),
    (429, {"error": {"message": "You exceeded your current quota"}}, BackendFault.FUNDS),
    (429, {"message": "Rate limit reached; see billing to raise quota"}, BackendFault.BUSY),
    (429, None, BackendFault.BUSY),
    (451, {}, BackendFault.BLOCKED),
    (499, {}, BackendFault.TIMEOUT),
    (500, {"error": "partner"}, BackendFault.UPSTREAM),
    (502, "<html></html>", BackendFault.UPSTREAM),
    (503, "", BackendFault.BUSY),
    (504, {}, BackendFault.TIMEOUT),
    *[(status, {}, BackendFault.UPSTREAM) for status in (*range(520, 524), *range(525, 531))
      if status != 529],
    (524, {}, BackendFault.TIMEOUT),
    (529, {}, BackendFault.BUSY),
    *[(status, {}, BackendFault.PROTOCOL) for status in (201, 204, 206, 300, 304, 307)],
]  # fmt: skip


@pytest.mark.parametrize(("status", "body", "fault"), REFUSALS)
async def test_every_status_has_a_class(
    wire: Wire, status: int, body: Any, fault: BackendFault
) -> None:
    bodiless = status in (204, 304)
    heard = await wire.hear(raw(head(status)) if bodiless else refuse(status, body))
    assert (heard.failure.fault, heard.failure.status) == (fault, status)
    assert heard.failure.ambiguous == (status in (408, 499, 502, 504, 520, 524))
    tries = 3 if status in (429, 503) and fault is BackendFault.BUSY else 1
    assert (len(heard.requests), len(heard.slept)) == (tries, tries - 1)
    assert heard.events == []


async def test_no_redirect_is_followed(wire: Wire) -> None:
    for status in (301, 302, 303, 307, 308):
        elsewhere = f"http://127.0.0.1:{wire.port}/stolen"
        heard = await wire.hear(refuse(status, {}, Location=elsewhere), stream(chunk("x"), DONE))
        assert heard.failure.fault is BackendFault.PROTOCOL
        assert len(heard.requests) == 1


async def test_what_comes_before_the_answer_is_skipped(wire: Wire) -> None:
    early = b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n"
    heard = await wire.hear(raw(early, head(), chunk("a"), STOP, DONE))
    assert heard.text == "a"


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("0", 1), ("-5", 1), ("1e9", None), ("99999999999999999999", 30), ("2.5", 2.5), ("7", 7),
        ("soon", None), ("", None), ("NaN", None), ("٣", None),
        ("Wed, 21 Oct 2015 07:28:00 GMT", 1), ("Wed, 21 Oct 2099 07:28:00 GMT", 30),
        ("Fri, 15 Jan 2027 08:00:12 GMT", 12), ("Wed, 99 Foo 2015", None),
    ],
)  # fmt: skip
async def test_retry_after_is_held_to_sense(wire: Wire, value: str, seconds: float | None) -> None:
    busy = raw(
        b"HTTP/1.1 429 Slow\r\nRetry-After: " + value.encode() + b"\r\nConnection: close\r\n\r\n"
    )
    heard = await wire.hear(busy, stream(chunk("a"), STOP, DONE))
    assert heard.text == "a"
    if seconds is None:
        assert 1 <= heard.slept[0] <= 1.5
    else:
        assert heard.slept == [pytest.approx(seconds)]
    assert (await wire.hear(busy)).failure.retry_after == (
        None if seconds is None else pytest.approx(seconds)
    )


async def test_no_try_begins_after_the_deadline(wire: Wire) -> None:
    busy = refuse(503, {}, Retry_After="20")
    heard = await wire.hear(busy, bounds=Bounds(total=15))
    assert (len(heard.requests), heard.slept) == (1, [])
    assert heard.failure.fault is BackendFault.BUSY


async def test_no_connection_is_tried_again_and_surely_not_run() -> None:
    server = await asyncio.start_server(lambda r, w: w.close(), "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    server.close()
    await server.wait_closed()
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    http = Http()
    backend = ChatCompletions(
        OPENAI_COMPATIBLE, f"http://127.0.0.1:{port}/v1", KEY, http, sleep=sleep
    )
    with pytest.raises(BackendError) as caught:
        await anext(backend.stream(REQUEST))
    assert (caught.value.fault, caught.value.ambiguous) == (BackendFault.UPSTREAM, False)
    assert len(slept) == 2
    await http.close()


# --- time ------------------------------------------------------------------------------------

BOUNDS = Bounds(connect=1, headers=3, idle=5, total=30)


@pytest.mark.parametrize(
    ("handler", "after", "text"),
    [
        (raw(hang=True), 3, ""),
        (raw(head(), hang=True), 5, ""),
        (raw(head(), chunk("a"), 4.0, chunk("b"), hang=True), 9, "ab"),
        (raw(head(), chunk("a"), *(DRIP * 20)), 30, "a"),
        (raw(head(media="application/json"), *(SPACES * 20)), 30, ""),
    ],
    ids=["no headers", "no first byte", "falls silent", "drips", "drips a body"],
)
async def test_silence_ends_in_time(wire: Wire, handler: Handler, after: float, text: str) -> None:
    loop = asyncio.get_running_loop()
    started = loop.time()
    heard = await wire.hear(handler, bounds=BOUNDS)
    assert (heard.failure.fault, heard.failure.ambiguous) == (BackendFault.TIMEOUT, True)
    assert heard.text == text
    assert loop.time() - started == pytest.approx(after, abs=1.01)
    await until(lambda: wire.ended, within=1)


async def test_a_slow_reader_does_not_count_as_silence(wire: Wire) -> None:
    wire._handlers = [raw(head(), chunk("a"), 13.0, chunk("b"), STOP, DONE)]
    http = Http(bounds=BOUNDS)
    backend = ChatCompletions(OPENAI_COMPATIBLE, f"http://127.0.0.1:{wire.port}/v1", KEY, http)
    text = ""
    async for event in backend.stream(REQUEST):
        text += event.text if isinstance(event, TextDelta) else ""
        await asyncio.sleep(6)
    assert text == "ab"
    await http.close()


@pytest.mark.parametrize("reading", ["headers", "stream"])
async def test_cancelling_closes_the_request(wire: Wire, reading: str) -> None:
    pieces = (head(), chunk("a")) if reading == "stream" else ()
    task = asyncio.create_task(wire.hear(raw(*pieces, hang=True)))
    await until(lambda: wire.requests, within=1)
    await asyncio.sleep(1)
    assert not wire.ended
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert task.cancelled()
    await until(lambda: wire.ended, within=1)


# --- older servers ---------------------------------------------------------------------------


async def test_an_older_server_is_asked_in_its_own_words(wire: Wire) -> None:
    refusals = [
        refuse(400, {"error": {"message": "Unsupported parameter: 'max_completion_tokens'"}}),
        refuse(422, {"detail": [], "error": {"message": "x", "param": "stream_options"}}),
        refuse(400, {"error": "reasoning_effort: extra fields not permitted"}),
    ]
    wire._handlers = [*refusals, stream(chunk("a"), STOP, DONE)]
    http = Http()
    backend = ChatCompletions(OPENAI_COMPATIBLE, f"http://127.0.0.1:{wire.port}/v1", KEY, http)
    for _ in range(2):
        assert [e async for e in backend.stream(REQUEST)][-1] == Completed(
            Finish.STOP, Usage(), "m"
        )
    await http.close()
    bodies = [json.loads(request.partition(b"\r\n\r\n")[2]) for request in wire.requests]
    assert len(bodies) == 5
    plain = {"model": "llama3:8b", "messages": bodies[0]["messages"], "stream": True}
    assert bodies[3] == bodies[4] == {**plain, "max_tokens": 100}


async def test_a_refusal_that_only_names_a_field_is_not_remembered(wire: Wire) -> None:
    too_large = refuse(400, {"error": {"message": "max_completion_tokens is too large"}})
    wire._handlers = [too_large]
    http = Http()
    backend = ChatCompletions(OPENAI_COMPATIBLE, f"http://127.0.0.1:{wire.port}/v1", KEY, http)
    for _ in range(2):
        with pytest.raises(BackendError) as caught:
            await anext(backend.stream(REQUEST))
        assert caught.value.fault is BackendFault.INVALID
    await http.close()
    fields = [b'"max_completion_tokens"' in request for request in wire.requests]
    assert fields == [True, False, True, False]


async def test_aimlapi_is_not_asked_otherwise(wire: Wire) -> None:
    refusal = refuse(400, {"message": "Body validation error: max_completion_tokens"})
    heard = await wire.hear(refusal, preset=AIMLAPI)
    assert (heard.failure.fault, len(heard.requests)) == (BackendFault.INVALID, 1)


# --- secrets ---------------------------------------------------------------------------------


def told(error: BaseException | None) -> str:
    """Return everything that any printing of an error could show."""
    parts: list[str] = []
    seen: set[int] = set()
    todo = [error]
    while todo:
        one = todo.pop()
        if one is None or id(one) in seen:
            continue
        seen.add(id(one))
        parts += [str(one), repr(one), repr(one.args), repr(vars(one))]
        parts += traceback.format_exception(one)
        todo += [one.__cause__, one.__context__]
    return "\n".join(parts)


ECHO = f"Incorrect key {KEY} (Bearer {KEY}), for '{PROMPT}' {KEY[:12]}***{KEY[-9:]}"
LEAKS = [
    refuse(401, {"message": ECHO}),
    refuse(400, {"error": {"message": ECHO, "code": KEY}}),
    answer(ECHO.encode(), 500, "text/plain"),
    stream(frame({"error": {"message": ECHO}})),
    stream(b"event: error\ndata: " + ECHO.encode() + b"\n\n"),
    answer(json.dumps({"error": ECHO}).encode()),
    *BROKEN_HTTP,
    *CUTS,
    raw(hang=True),
    raw(head(), hang=True),
    refuse(302, {}, Location="http://127.0.0.1/"),
]


@pytest.mark.parametrize("handler", LEAKS, ids=range(len(LEAKS)))
async def test_no_error_tells_the_key_or_the_prompt(wire: Wire, handler: Handler) -> None:
    error = (await wire.hear(handler, bounds=BOUNDS)).failure
    shown = told(error)
    for secret in (KEY, PROMPT):
        for start in range(len(secret) - 23):
            assert secret[start : start + 24] not in shown
    assert KEY[:12] not in shown
    assert KEY[-9:] not in shown
    assert len(error.detail) <= 300
