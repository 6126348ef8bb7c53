"""Pictures on their way to models that see, over both protocols."""

from __future__ import annotations

import asyncio
import base64
import io
import json
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest
from aiohttp import web
from PIL import Image

from adapters.backends import body as bodies
from adapters.backends.chat_completions import AIMLAPI, ChatCompletions
from adapters.backends.http import Http
from adapters.backends.models import AIMLAPI_MODELS, SEGMIND_MODELS
from adapters.backends.segmind import Segmind
from adapters.backends.segmind_bodies import build
from adapters.playground.aimlapi import CHAT, AimlapiStandIn
from adapters.playground.faults import Fault, FaultScript
from adapters.playground.hearing import Words, read
from adapters.playground.history import History
from adapters.playground.segmind import SUBMIT, SegmindStandIn
from bot.domain import ChatMessage, ChatRequest, Picture, Role
from bot.errors import BackendError, BackendFault
from bot.events import TextDelta
from bot.ports import ChatBackend
from tests import patience
from tests.virtual import VirtualClock

pytestmark = pytest.mark.virtual

KEY = "SG_0123456789abcdef"


def picture(colour: str = "red", size: tuple[int, int] = (64, 32), kind: str = "PNG") -> Picture:
    held = io.BytesIO()
    Image.new("RGB", size, colour).save(held, kind)
    return Picture(held.getvalue(), f"image/{kind.lower()}")


def noise(size: int) -> Picture:
    """Return bytes that are no picture, since only their number matters."""
    return Picture(bytes(range(256)) * (size // 256), "image/png")


class Desk:
    """Both services, each with its client."""

    def __init__(self) -> None:
        clock = VirtualClock()
        self.history = History(clock.now)
        self.faults = FaultScript()
        self.aimlapi = AimlapiStandIn(clock.now, self.history, self.faults, tokens_per_second=0)
        self.segmind = SegmindStandIn(clock.now, self.history, self.faults)
        self.http = Http()
        self.base = ""

    def backend(self, name: str) -> tuple[ChatBackend, ChatRequest]:
        if name == "aimlapi":
            chat = ChatCompletions(AIMLAPI, f"{self.base}/aimlapi", KEY, self.http)
            return chat, ChatRequest(AIMLAPI_MODELS[0], (), 4000, "r-1")
        segmind = Segmind(f"{self.base}/segmind", KEY, self.http)
        return segmind, ChatRequest(SEGMIND_MODELS[1], (), 4000, "r-1")

    async def ask(self, name: str, *messages: ChatMessage) -> str:
        backend, request = self.backend(name)
        request = replace(request, messages=messages)
        events = [event async for event in backend.stream(request)]
        return "".join(event.text for event in events if isinstance(event, TextDelta))


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    desk = Desk()
    app = web.Application()
    app.add_subapp("/aimlapi", desk.aimlapi.app("/aimlapi"))
    app.add_subapp("/segmind", desk.segmind.app("/segmind"))
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    desk.base = site.name
    yield desk
    await desk.http.close()
    await runner.cleanup()


def person(text: str, *pictures: Picture) -> ChatMessage:
    return ChatMessage(Role.USER, text, pictures=pictures)


BACKENDS = pytest.mark.parametrize("name", ["aimlapi", "segmind"])


@BACKENDS
async def test_a_picture_is_seen(desk: Desk, name: str) -> None:
    seen = await desk.ask(
        name,
        person("before", picture("blue")),
        ChatMessage(Role.ASSISTANT, "an answer"),
        person("what is this?", picture(), picture("white", (10, 2000), "WebP")),
    )
    assert "- picture 1: PNG, 64 × 32 pixels, mostly red" in seen
    assert "- picture 2: WebP, 10 × 2000 pixels, mostly white" in seen
    assert "I still see 1 earlier picture." in seen


@BACKENDS
async def test_a_picture_needs_no_words(desk: Desk, name: str) -> None:
    assert "1 picture" in await desk.ask(name, person("", picture()))
    sent = desk.history.entries[0].request["messages"][0]["content"]
    assert [part["type"] for part in sent] == ["image_url"]


@BACKENDS
async def test_a_file_put_into_the_words_is_read(desk: Desk, name: str) -> None:
    seen = await desk.ask(name, person("sum up\n\nFile: notes.txt\n```\none two\nthree\n```"))
    assert "With it came 0 pictures and 1 file." in seen
    assert "- file `notes.txt`: 13 characters in 2 lines, “one two three”" in seen
    assert "> sum up\n" in seen


@BACKENDS
async def test_a_picture_that_is_none_is_named(desk: Desk, name: str) -> None:
    for bad in (b"no picture at all", picture().data[:40], b""):
        with pytest.raises(BackendError) as caught:
            await desk.ask(name, person("hi", Picture(bad, "image/png")))
        error = caught.value
        assert (error.fault, error.status) == (BackendFault.INVALID, 400)
        assert (error.names_picture, error.ambiguous) == (True, False)


@BACKENDS
async def test_an_old_picture_that_is_refused_is_named_and_left_out(desk: Desk, name: str) -> None:
    old, last = person("look", picture()), person("simulate bad picture", picture("blue"))
    with pytest.raises(BackendError) as caught:
        await desk.ask(name, old, last)
    assert caught.value.names_picture
    assert "mostly blue" in await desk.ask(name, person("look"), last)


@BACKENDS
async def test_other_refusals_name_no_picture(desk: Desk, name: str) -> None:
    route = CHAT if name == "aimlapi" else SUBMIT
    for pictures, message in (((picture(),), "no such role"), ((), "image is required")):
        desk.faults.clear()
        desk.faults.add(Fault(route, "refuse", status=400, body={"error": message}))
        with pytest.raises(BackendError) as caught:
            await desk.ask(name, person("hi", *pictures))
        assert not caught.value.names_picture


@BACKENDS
async def test_the_history_keeps_no_bytes_of_pictures(desk: Desk, name: str) -> None:
    await desk.ask(name, person("hi", picture(size=(900, 900))))
    assert len(json.dumps(desk.history.entries[0].request)) < 500


# --- the body --------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [0, 1, 2, 3, 98_303, 98_304, 98_305, 300_001])
async def test_pieces_joined_are_the_whole(size: int) -> None:
    data = (bytes(range(256)) * (size // 256 + 1))[:size]
    body: dict[str, Any] = {
        "a": [bodies.DataUri(Picture(data, "image/png")), "é\ud800", {"b": None}],
        "c": bodies.DataUri(Picture(b"x", "image/webp")),
    }
    pieces = await bodies.encode(body)
    encoded = base64.b64encode(data).decode()
    assert json.loads(b"".join(pieces)) == {
        "a": [f"data:image/png;base64,{encoded}", "é\ufffd", {"b": None}],
        "c": "data:image/webp;base64,eA==",
    }
    assert bodies.size(pieces) == sum(map(len, bodies.writes(pieces)))
    assert b"".join(bodies.writes(pieces)) == b"".join(pieces)


async def test_a_large_picture_does_not_hold_the_loop() -> None:
    message = person("hi", noise(10 * 1024 * 1024))
    request = ChatRequest(SEGMIND_MODELS[0], (message,), 100, "r-1")

    async def cost() -> float:
        started = time.thread_time()
        pieces = await bodies.encode(build(request))
        assert bodies.size(pieces) > 13_000_000
        return time.thread_time() - started

    used = [await cost() for _ in range(3)]
    assert min(used) < 0.003


async def test_a_large_body_is_sent_whole_and_with_its_length() -> None:
    got: list[tuple[int, int, bool]] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked = await reader.readuntil(b"\r\n\r\n")
        length = int(asked.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
        got.append((length, len(await reader.readexactly(length)), b"chunked" in asked.lower()))
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
    pieces = await bodies.encode({"a": bodies.DataUri(noise(3_000_000))})
    http = Http()
    deadline = asyncio.get_running_loop().time() + 60
    answer = await http.post(url, {}, pieces, deadline)
    assert await answer.read_all() == b"{}"
    answer.close()
    await http.close()
    server.close()
    size = bodies.size(pieces)
    assert got == [(size, size, False)]


# --- what the simulated model reads ----------------------------------------------------------


def test_a_message_is_taken_apart() -> None:
    text = (
        "Ada wrote:\n> first\n> second\n\nBen: and this?\n\n[Picture: a b.png]\n\n"
        "File my notes.txt:\n````\none ```x``` two\n````\n\n[File: c.bin, which you are not shown]"
    )
    assert read(text) == Words(
        "Ben",
        "and this?",
        "Ada: first second",
        (("my notes.txt", "one ```x``` two"),),
        ("c.bin",),
    )
    assert read("plain words: none") == Words("plain words", "none")
    assert read("```python\nx = 1\n```") == Words("", "```python\nx = 1\n```")
    assert read("") == Words("", "")


def test_a_long_message_is_read_in_linear_time() -> None:
    for text in (
        "`" * 50_000,
        "```x.py\n" * 6000,
        "[Picture: " * 6000,
        "> a\n" * 12_000,
        "a." * 25_000,
    ):
        with patience.linear(2.0):
            read(text)
            read(f"x wrote:\n{text}")
