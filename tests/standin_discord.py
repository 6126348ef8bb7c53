"""Serve the stand-in Discord on a free port and connect the real discord.py to it."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import discord
import yarl
from aiohttp import web
from discord.gateway import DiscordWebSocket

from adapters.playground.discord import DiscordStandIn
from tests import patience

START_MS = 1_790_000_000_000


class Time:
    """A wall clock that stands still until told."""

    def __init__(self) -> None:
        self.ms = START_MS

    def __call__(self) -> int:
        return self.ms


class Bot(discord.Client):
    """The real client; every event of interest is kept, in order."""

    def __init__(self, intents: discord.Intents | None = None, **options: Any) -> None:
        super().__init__(
            intents=intents or discord.Intents.all(), guild_ready_timeout=0.02, **options
        )
        self.got: list[tuple[str, Any]] = []
        self._more = asyncio.Event()

    def dispatch(self, event: str, /, *args: Any, **kwargs: Any) -> None:
        super().dispatch(event, *args, **kwargs)
        self.got.append((event, args[0] if args else None))
        self._more.set()

    async def wait_event(
        self, event: str, check: Callable[[Any], bool] = lambda thing: True, after: int = 0
    ) -> Any:
        """Return what came with the first such event, from now or from before."""
        async with asyncio.timeout(patience.SECONDS):
            while True:
                for name, thing in itertools.islice(self.got, after, None):
                    if name == event and check(thing):
                        return thing
                self._more.clear()
                await self._more.wait()


class Served:
    """A stand-in, its address, and a client of plain HTTP."""

    def __init__(self, standin: DiscordStandIn, origin: str, http: aiohttp.ClientSession) -> None:
        self.standin = standin
        self.origin = origin
        self.http = http
        self.time = Time()

    async def call(
        self, method: str, path: str, json: Any = None, **options: Any
    ) -> tuple[int, Any, aiohttp.ClientResponse]:
        """Call REST as the bot; returns status, decoded body and the response."""
        options.setdefault("headers", {"Authorization": f"Bot {self.standin.token}"})
        url = self.standin.rest_url(self.origin) + path
        async with self.http.request(method, url, json=json, **options) as response:
            raw = await response.read()
            decoded = None
            if raw and response.content_type == "application/json":
                decoded = await response.json(content_type=None)
            return response.status, decoded, response

    @asynccontextmanager
    async def bot(
        self, intents: discord.Intents | None = None, **options: Any
    ) -> AsyncIterator[Bot]:
        """Log in with discord.py and wait until it is ready."""
        client = Bot(intents, **options)
        running = asyncio.create_task(client.start(self.standin.token))
        ready = asyncio.create_task(client.wait_event("ready"))
        await asyncio.wait({running, ready}, return_when=asyncio.FIRST_COMPLETED)
        try:
            if running.done():
                ready.cancel()
                running.result()
            await ready
            yield client
        finally:
            await client.close()
            await asyncio.gather(running, return_exceptions=True)


@asynccontextmanager
async def serve(
    monkeypatch: Any = None, folder: Path | None = None, prefix: str = "/discord", **options: Any
) -> AsyncIterator[Served]:
    """Serve a stand-in; with `monkeypatch` discord.py is pointed at it."""
    time = Time()
    standin = DiscordStandIn(time, folder, prefix=prefix, **options)
    root = web.Application()
    if prefix:
        root.add_subapp(prefix, standin.app)
    runner = web.AppRunner(root if prefix else standin.app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    origin = f"http://127.0.0.1:{port}"
    if monkeypatch:
        monkeypatch.setattr(discord.http.Route, "BASE", standin.rest_url(origin))
        gateway = yarl.URL(standin.gateway_url(origin))
        monkeypatch.setattr(DiscordWebSocket, "DEFAULT_GATEWAY", gateway)
    async with aiohttp.ClientSession() as http:
        served = Served(standin, origin, http)
        served.time = time
        try:
            yield served
        finally:
            await runner.cleanup()
