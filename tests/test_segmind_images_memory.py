"""How much of an edit is held while the service works on it, and how much of an answer is read."""

from __future__ import annotations

import asyncio
import base64
import gc
import json
import threading
import tracemalloc
from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing, contextmanager
from typing import Any

import pytest
from aiohttp import web

from adapters.backends import long_json, strict_json
from adapters.backends.http import Http
from adapters.backends.segmind_images import SegmindImages
from adapters.backends.segmind_submissions import Account
from adapters.fetch import Fetcher
from bot.domain import EditOptions, EditRequest, Picture
from bot.errors import BackendError, BackendFault
from bot.events import Accepted, ImageEvent, PictureMade, Submitting
from tests.segmind_scene import EDITOR, KEY, PLAIN, Uncounted
from tests.virtual import VirtualClock

pytestmark = pytest.mark.virtual

PICTURE_BYTES = 6 * 1024 * 1024
# What a request holds besides: a client, an answer, frames.
MOST_BYTES = 1024 * 1024


class Service:
    """A service that keeps nothing of what it is sent, and works until it is told."""

    def __init__(self) -> None:
        self.base = ""
        self.received: list[int] = []
        self.done = asyncio.Event()
        self.submitted = asyncio.Event()
        self.refusals = 0
        self.accepts: bytes = json.dumps({"request_id": "r-1", "status": "QUEUED"}).encode()
        self.tells: bytes | None = None
        self.results: bytes = json.dumps(
            {"status": "COMPLETED", "images": [{"b64_json": base64.b64encode(PLAIN).decode()}]}
        ).encode()

    async def swallow(self, request: web.Request) -> None:
        size = 0
        async for piece in request.content.iter_any():
            size += len(piece)
        self.received.append(size)

    async def upload(self, request: web.Request) -> web.Response:
        await self.swallow(request)
        return web.json_response({"file_urls": ["https://images.segmind.com/assets/a.png"]})

    async def submit(self, request: web.Request) -> web.Response:
        await self.swallow(request)
        if self.refusals:
            self.refusals -= 1
            return web.json_response({"error": "rate_limit_exceeded"}, status=429)
        self.submitted.set()
        return web.Response(body=self.accepts, content_type="application/json")

    async def make(self, request: web.Request) -> web.Response:
        await self.swallow(request)
        self.submitted.set()
        await self.done.wait()
        return web.Response(body=PLAIN, content_type="image/png")

    async def status(self, request: web.Request) -> web.Response:
        if self.tells is not None:
            return web.Response(body=self.tells, content_type="application/json")
        return web.json_response({"status": "COMPLETED" if self.done.is_set() else "PROCESSING"})

    async def result(self, request: web.Request) -> web.Response:
        return web.Response(body=self.results, content_type="application/json")

    def images(self, api: str, *, uploads: bool) -> SegmindImages:
        clock = VirtualClock()
        self.http = Http()
        account = Account(
            self.base, KEY, self.http, api=api, rpm=100, upload_url=f"{self.base}/upload-asset",
            now=lambda: clock.now() / 1000,
        )  # fmt: skip
        return SegmindImages(account, Fetcher(Uncounted()), uploads=uploads)


@pytest.fixture
async def service() -> AsyncIterator[Service]:
    service = Service()
    app = web.Application(client_max_size=1)
    slug = EDITOR.name
    app.router.add_post("/upload-asset", service.upload)
    app.router.add_post(f"/v2/{slug}", service.submit)
    app.router.add_post(f"/v1/{slug}", service.make)
    app.router.add_get("/v2/requests/{id}/status", service.status)
    app.router.add_get("/v2/requests/{id}", service.result)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    service.base = site.name
    yield service
    await service.http.close()
    await runner.cleanup()


def asked(brought: list[int]) -> EditRequest:
    """Return a request whose picture is made each time that it is brought."""

    async def bring() -> tuple[Picture, ...]:
        brought.append(1)
        return (Picture(PLAIN + bytes(PICTURE_BYTES), "image/png"),)

    return EditRequest(EDITOR, "make it pink", bring, EditOptions(), "turn-1.step-1")


@contextmanager
def counted() -> Iterator[None]:
    tracemalloc.start()
    try:
        yield
    finally:
        tracemalloc.stop()


def held() -> int:
    """Return how many bytes are held of all that was allocated since counting began."""
    gc.collect()
    return tracemalloc.get_traced_memory()[0]


WAYS = [("v2", True), ("v2", False), ("v1", True), ("v1", False)]


@pytest.mark.parametrize(("api", "uploads"), WAYS)
async def test_no_picture_is_held_while_the_service_works(
    service: Service, api: str, uploads: bool
) -> None:
    brought: list[int] = []
    images = service.images(api, uploads=uploads)
    events: list[ImageEvent] = []

    async def edit() -> None:
        async with aclosing(images.edit(asked(brought))) as made:
            async for event in made:
                events.append(event)

    with counted():
        before = held()
        editing = asyncio.create_task(edit())
        await service.submitted.wait()
        # Virtual seconds: everything that was to be sent is.
        await asyncio.sleep(10)
        assert held() - before < MOST_BYTES
        service.done.set()
        await editing
    assert isinstance(events[-1], PictureMade)
    assert brought == [1]
    assert max(service.received) > PICTURE_BYTES


async def test_what_is_sent_again_is_brought_again(service: Service) -> None:
    brought: list[int] = []
    service.refusals = 2
    service.done.set()
    kinds = []
    async with aclosing(service.images("v2", uploads=False).edit(asked(brought))) as made:
        async for event in made:
            kinds.append(type(event))
    assert kinds[-1] is PictureMade
    assert (kinds.count(Submitting), kinds.count(Accepted)) == (1, 1)
    assert len(brought) == 3
    assert len(set(service.received)) == 1, "another body was sent"


# --- answers ------------------------------------------------------------------------------------

LARGE = 8 * 1024 * 1024
MANY = b'{"request_id": "r-1", "x": [' + b"{}," * (LARGE // 3) + b"{}]}"
STRING = json.dumps({"request_id": "r-1", "x": "y" * LARGE}).encode()


@pytest.fixture
def parsed(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, bool]]:
    """Return what was given to a parser: how much, and whether by the loop's own thread."""
    seen: list[tuple[int, bool]] = []
    loads = json.loads

    def listen(text: str, **more: Any) -> Any:
        seen.append((len(text), threading.current_thread() is threading.main_thread()))
        return loads(text, **more)

    for module in (strict_json, long_json):
        monkeypatch.setattr(module.json, "loads", listen)
    return seen


async def failure(images: SegmindImages) -> BackendError:
    with pytest.raises(BackendError) as caught:
        async with aclosing(images.edit(asked([]))) as made:
            async for _ in made:
                pass
    return caught.value


def check(parsed: list[tuple[int, bool]]) -> None:
    """See that the loop parsed only what is short, and no thread held the interpreter long."""
    assert all(size <= 256 * 1024 for size, _ in parsed), max(parsed)


@pytest.mark.parametrize("answer", [MANY, STRING], ids=["many", "string"])
async def test_a_submit_that_says_too_much_is_not_read(
    service: Service, parsed: list[tuple[int, bool]], answer: bytes
) -> None:
    service.accepts = answer
    error = await failure(service.images("v2", uploads=True))
    # It may have been taken.
    assert (error.fault, error.ambiguous) == (BackendFault.PROTOCOL, True)
    assert "over 262144 bytes" in error.detail
    check(parsed)


@pytest.mark.parametrize("answer", [MANY, STRING], ids=["many", "string"])
async def test_a_status_that_says_too_much_is_taken_for_an_end(
    service: Service, parsed: list[tuple[int, bool]], answer: bytes
) -> None:
    """What a request came to may be as large: it is asked for at its own place."""
    service.tells = answer
    images = service.images("v2", uploads=True)
    assert await images.is_done("r-1")
    async with aclosing(images.edit(asked([]))) as events:
        assert isinstance([event async for event in events][-1], PictureMade)
    check(parsed)


@pytest.mark.parametrize("answer", [MANY, STRING], ids=["many", "string"])
async def test_a_result_of_much_that_is_no_picture_is_refused(
    service: Service, parsed: list[tuple[int, bool]], answer: bytes
) -> None:
    service.results = answer
    service.done.set()
    error = await failure(service.images("v2", uploads=True))
    assert (error.fault, error.ambiguous) == (BackendFault.PROTOCOL, True)
    check(parsed)


@pytest.mark.parametrize("deep", [0, 1])
async def test_a_picture_within_a_large_answer_is_found(
    service: Service, parsed: list[tuple[int, bool]], deep: int
) -> None:
    """Also where its JSON is text within JSON, as chat models' answers are."""
    picture = PLAIN + bytes(range(256)) * 8192
    answer: Any = {"images": [{"b64_json": base64.encodebytes(picture).decode()}]}
    for _ in range(deep):
        answer = {"output": json.dumps(answer)}
    service.results = json.dumps({"status": "COMPLETED", **answer}).encode()
    service.done.set()
    async with aclosing(service.images("v2", uploads=True).edit(asked([]))) as events:
        made = [event async for event in events][-1]
    assert isinstance(made, PictureMade)
    assert made.data == picture
    check(parsed)
