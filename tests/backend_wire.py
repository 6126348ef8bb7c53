"""A raw server that sends any bytes at all, and what a backend makes of them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest

from adapters.backends.chat_completions import (
    OPENAI_COMPATIBLE,
    ChatCompletions,
    Preset,
)
from adapters.backends.http import Bounds, Http
from bot.domain import ChatMessage, ChatRequest, Model, Role
from bot.errors import BackendError
from bot.ports import ChatBackend
from tests.streamed import Streamed

KEY = "sk-canary-0123456789abcdefghij"
PROMPT = "a question that nobody else should ever read, in any log"
MODEL = Model("openai_compatible", "llama3:8b", efforts=("low",))
REQUEST = ChatRequest(MODEL, (ChatMessage(Role.USER, PROMPT),), 100, "r-1", "low")

NOW = 1.8e9

Handler = Callable[[bytes, asyncio.StreamWriter], Awaitable[None]]
Sleep = Callable[[float], Awaitable[None]]
Speaks = Callable[[str, Http, Sleep], ChatBackend]


class Heard(Streamed):
    """What a stream came to, how long the client slept, and what it sent."""

    def __init__(self) -> None:
        super().__init__()
        self.slept: list[float] = []
        self.requests: list[bytes] = []


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
            _, given, length = head.lower().partition(b"content-length: ")
            body = await reader.readexactly(int(length.split(b"\r\n")[0])) if given else b""
            self.requests.append(head + body)
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
        speaks: Speaks | None = None,
    ) -> Heard:
        """Ask once and gather everything."""
        self._handlers = list(handlers)
        self.requests.clear()
        heard = Heard()

        async def sleep(seconds: float) -> None:
            heard.slept.append(seconds)

        http = Http(bounds=bounds)
        base = f"http://127.0.0.1:{self.port}/v1"
        if speaks is None:
            backend: ChatBackend = ChatCompletions(
                preset, base, key, http, sleep=sleep, now=lambda: NOW
            )
        else:
            backend = speaks(base, http, sleep)
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


def chunked(*parts: bytes) -> list[bytes]:
    return [b"%x\r\n%b\r\n" % (len(part), part) for part in parts]


CHUNKED = (
    b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
)

BOUNDS = Bounds(connect=1, headers=3, idle=5, total=30)

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
