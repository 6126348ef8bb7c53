"""The real Segmind client and the stand-in it talks to, over real sockets, on virtual time."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from aiohttp import web

from adapters.backends.http import Http
from adapters.backends.models import SEGMIND_IMAGE_MODELS, SEGMIND_MODELS
from adapters.backends.segmind import Segmind
from adapters.backends.segmind_images import SegmindImages
from adapters.backends.segmind_submissions import Account
from adapters.fetch import Fetcher
from adapters.playground.faults import Fault, FaultScript
from adapters.playground.history import History
from adapters.playground.segmind import SUBMIT, SYNC, SegmindStandIn
from bot.domain import ChatMessage, ChatRequest, EditOptions, EditRequest, Picture, Role
from bot.errors import BackendError
from bot.events import (
    Accepted,
    ImageEvent,
    PictureMade,
    Progress,
)
from tests.corpus import pictures
from tests.streamed import Streamed
from tests.virtual import VirtualClock

KEY = "SG_0123456789abcdef"
SLOW, QUICK = SEGMIND_MODELS
EDITOR = SEGMIND_IMAGE_MODELS[0]
PLAIN = pictures.saved(pictures.corners(256, 256), "PNG")


class Uncounted:
    """A meter for which nothing counts."""

    def count(self, name: str, amount: float = 1, /, **labels: str) -> None:
        pass

    def observe(self, name: str, value: float, /, **labels: str) -> None:
        pass

    gauge = observe


class Edited:
    """What an edit came to."""

    def __init__(self) -> None:
        self.events: list[ImageEvent] = []
        self.error: BackendError | None = None

    @property
    def kinds(self) -> list[object]:
        return [e.stage if isinstance(e, Progress) else type(e) for e in self.events]

    @property
    def id(self) -> str:
        return next(e.request_id for e in self.events if isinstance(e, Accepted))

    @property
    def made(self) -> PictureMade:
        last = self.events[-1] if self.events else None
        assert isinstance(last, PictureMade), self.error
        assert self.error is None
        return last

    @property
    def failure(self) -> BackendError:
        assert self.error is not None, self.events
        assert not any(isinstance(event, PictureMade) for event in self.events)
        return self.error


class Scene:
    """A client and the stand-in it talks to."""

    def __init__(self) -> None:
        self.clock = VirtualClock()
        self.history = History(self.clock.now)
        self.faults = FaultScript()
        self.stand_in = SegmindStandIn(self.clock.now, self.history, self.faults, key=KEY)
        self.http = Http()
        self.fetcher = Fetcher(Uncounted())
        self.base = ""

    def backend(self, api: str = "v2", rpm: int = 5, key: str = KEY) -> Segmind:
        now = self.clock.now
        return Segmind(self.base, key, self.http, api=api, rpm=rpm, now=lambda: now() / 1000)

    async def hear(
        self, request: ChatRequest, api: str = "v2", backend: Segmind | None = None
    ) -> Streamed:
        heard = Streamed()
        try:
            async for event in (backend or self.backend(api)).stream(request):
                heard.events.append(event)
        except BackendError as error:
            heard.error = error
        return heard

    def account(self, api: str = "v2", rpm: int = 100, key: str = KEY) -> Account:
        now = self.clock.now
        return Account(
            self.base, key, self.http, api=api, rpm=rpm, upload_url=f"{self.base}/upload-asset",
            now=lambda: now() / 1000,
        )  # fmt: skip

    def images(self, api: str = "v2", uploads: bool = True, rpm: int = 100) -> SegmindImages:
        return SegmindImages(self.account(api, rpm), self.fetcher, uploads=uploads)

    async def edit(
        self, request: EditRequest, api: str = "v2", backend: SegmindImages | None = None
    ) -> Edited:
        edited = Edited()
        try:
            async for event in (backend or self.images(api)).edit(request):
                edited.events.append(event)
        except BackendError as error:
            edited.error = error
        return edited

    def shape(self, **options: object) -> None:
        for route in (SUBMIT, SYNC):
            self.faults.add(Fault(route, "answer", times=100, options=dict(options)))

    def count(self, route: str) -> int:
        return len(list(self.history.of(route)))


def ask(*texts: str, **more: Any) -> ChatRequest:
    """Ask with texts that are in turn a person's and the model's."""
    roles = (Role.USER, Role.ASSISTANT)
    messages = tuple(ChatMessage(roles[i % 2], text) for i, text in enumerate(texts))
    return replace(ChatRequest(QUICK, messages, 4000, "turn-1.step-1"), **more)


def change(
    prompt: str = "make it pink", *pictures: bytes, mask: Picture | None = None, **more: Any
) -> EditRequest:
    """Ask for an edit of pictures, or of a usual one."""
    shown = tuple(Picture(data, "image/png") for data in pictures or (PLAIN,))
    if mask is not None:
        shown += (mask,)

    async def bring() -> tuple[Picture, ...]:
        return shown

    request = EditRequest(
        EDITOR, prompt, bring, EditOptions(), "turn-1.step-1", masked=mask is not None
    )
    return replace(request, **more)


@pytest.fixture
async def scene() -> AsyncIterator[Scene]:
    scene = Scene()
    app = web.Application()
    app.add_subapp("/segmind", scene.stand_in.app("/segmind"))
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    scene.base = f"{site.name}/segmind"
    yield scene
    await scene.http.close()
    await scene.fetcher.close()
    await runner.cleanup()


def at(scene: Scene, seconds: int) -> str:
    moment = scene.clock.now() // 1000 + seconds
    return datetime.fromtimestamp(moment, UTC).isoformat()
