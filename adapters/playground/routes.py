"""The page's own HTTP: its files, what it asks, and the stream of what happens."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from aiohttp import web

from adapters.playground import samples
from adapters.playground.asked import Asked, asked
from adapters.playground.feed import GOODBYE, Feed
from adapters.playground.process import BotProcess, Status
from adapters.playground.refusal import Refusal
from adapters.playground.weather import Weather

Json = dict[str, Any]

FOLDER = Path(__file__).parent / "page"
# Browsers refuse module scripts of any other type than JavaScript's.
TYPES = {
    ".css": "text/css",
    ".html": "text/html",
    ".js": "text/javascript",
    ".mjs": "text/javascript",
    ".svg": "image/svg+xml",
}


def describe_process(status: Status) -> Json:
    """Return the bot's process as the page shows it."""
    return {
        "state": status.state,
        "pid": status.pid,
        "code": status.code,
        "lines": list(status.lines),
        "missing": list(status.missing),
    }


class Page:
    """Answer the page but for what is a platform's own.

    `banner` says in one sentence what is simulated, `simulated` names it; `platforms` are the
    ids of those that have a view.
    """

    def __init__(
        self,
        feed: Feed,
        process: BotProcess,
        weather: Weather,
        platforms: Sequence[str],
        banner: str,
        simulated: Sequence[str],
    ) -> None:
        self._feed = feed
        self._process = process
        self._weather = weather
        self._platforms = list(platforms)
        self._banner = banner
        self._simulated = list(simulated)
        self._streams: set[asyncio.Task[Any]] = set()

    def routes(self) -> list[web.RouteDef]:
        """Return the routes to mount."""
        return [
            web.get("/", self._index),
            web.get("/page/state", self._state),
            web.get("/page/events", self._events),
            web.post("/page/process", asked(self._command)),
            web.post("/page/weather", asked(self._change)),
            web.get(r"/page/samples/{name:[\w-]+}.png", self._sample),
            web.get(r"/page/{name:(?:(?:vendor|discord|slack)/)?[\w-]+\.[\w.-]+}", self._file),
        ]

    async def close_streams(self, _app: web.Application) -> None:
        """End the event streams, which would otherwise hold up the server's shutdown."""
        for stream in tuple(self._streams):
            stream.cancel()

    # --- reading

    async def _index(self, _request: web.Request) -> web.StreamResponse:
        return _serve(FOLDER / "index.html")

    async def _file(self, request: web.Request) -> web.StreamResponse:
        path = FOLDER / request.match_info["name"]
        if path.suffix not in TYPES or not path.is_file():
            raise web.HTTPNotFound
        return _serve(path)

    async def _sample(self, request: web.Request) -> web.Response:
        name = request.match_info["name"]
        if name not in samples.SAMPLES:
            raise web.HTTPNotFound
        drawn = await asyncio.to_thread(samples.draw, name)
        return web.Response(body=drawn, content_type="image/png")

    async def _state(self, _request: web.Request) -> web.Response:
        # The position is taken first: what happens meanwhile is told again, which does no harm.
        return web.json_response(
            {
                "position": self._feed.position,
                "process": describe_process(self._process.status),
                "weather": self._weather.describe(),
                "banner": self._banner,
                "simulated": self._simulated,
                "platforms": self._platforms,
                "samples": samples.describe(),
            }
        )

    async def _events(self, request: web.Request) -> web.StreamResponse:
        position = request.headers.get("Last-Event-ID") or request.query.get("after")
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 - a handler always runs in a task
        self._streams.add(task)
        try:
            async for frame in self._feed.follow(position, request.query.getall("as", [])):
                await response.write(frame)
        except asyncio.CancelledError:  # we are closing, and say so: a fault would say nothing
            with contextlib.suppress(ConnectionError):
                await response.write(GOODBYE)
        except ConnectionError:  # the page went away
            pass
        finally:
            self._streams.discard(task)
        return response

    # --- what happens to the bot

    async def _command(self, wish: Asked) -> Json:
        match wish.text("do"):
            case "kill":
                await self._process.kill()
            case "start":
                await self._process.start()
            case other:
                raise Refusal(f"There is nothing called {other!r} to do with the bot.")
        return {}

    async def _change(self, wish: Asked) -> Json:
        said = self._weather.change(wish.body)
        self._feed.publish("weather", self._weather.describe())
        return {"said": said}


def _serve(path: Path) -> web.StreamResponse:
    return web.FileResponse(path, headers={"Content-Type": f"{TYPES[path.suffix]}; charset=utf-8"})
