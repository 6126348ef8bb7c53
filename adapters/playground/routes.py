"""The page's own HTTP: its files, what it asks, and the stream of what happens."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from aiohttp import web

from adapters.playground.feed import GOODBYE, Feed
from adapters.playground.process import BotProcess, Status
from adapters.playground.room import Refusal, Room
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
MOST_BYTES = 64 * 1024


def describe_process(status: Status) -> Json:
    """Return the bot's process as the page shows it."""
    return {
        "state": status.state,
        "pid": status.pid,
        "code": status.code,
        "lines": list(status.lines),
    }


class Page:
    """Answer the page. `banner` says in one sentence what is simulated."""

    def __init__(
        self, feed: Feed, process: BotProcess, room: Room, weather: Weather, banner: str
    ) -> None:
        self._feed = feed
        self._process = process
        self._room = room
        self._weather = weather
        self._banner = banner
        self._streams: set[asyncio.Task[Any]] = set()

    def routes(self) -> list[web.RouteDef]:
        """Return the routes to mount."""
        return [
            web.get("/", self._index),
            web.get("/page/world", self._world),
            web.get("/page/messages", self._messages),
            web.get("/page/events", self._events),
            web.post("/page/messages", _asked(self._post)),
            web.post("/page/edit", _asked(self._edit)),
            web.post("/page/delete", _asked(self._delete)),
            web.post("/page/press", _asked(self._press)),
            web.post("/page/process", _asked(self._command)),
            web.post("/page/weather", _asked(self._change)),
            web.get(r"/page/{name:(?:vendor/)?[\w.-]+}", self._file),
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

    async def _world(self, request: web.Request) -> web.Response:
        asked = request.query.get("as")
        people = self._room.people()
        person = asked if asked in people else people[0]
        # The position is taken first: what happens meanwhile is told again, which does no harm.
        state: Json = {"position": self._feed.position}
        state |= self._room.describe(person)
        state |= {
            "process": describe_process(self._process.status),
            "weather": self._weather.describe(),
            "banner": self._banner,
        }
        return web.json_response(state)

    async def _messages(self, request: web.Request) -> web.Response:
        try:
            found = self._room.messages(
                request.query.get("as", ""), request.query.get("channel", "")
            )
        except Refusal as refusal:
            return web.json_response({"error": str(refusal)}, status=422)
        return web.json_response({"messages": found})

    async def _events(self, request: web.Request) -> web.StreamResponse:
        position = request.headers.get("Last-Event-ID") or request.query.get("after")
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 - a handler always runs in a task
        self._streams.add(task)
        try:
            async for frame in self._feed.follow(position, request.query.get("as", "")):
                await response.write(frame)
        except asyncio.CancelledError:  # we are closing, and say so: a fault would say nothing
            with contextlib.suppress(ConnectionError):
                await response.write(GOODBYE)
        except ConnectionError:  # the page went away
            pass
        finally:
            self._streams.discard(task)
        return response

    # --- doing

    async def _post(self, body: Json) -> Json:
        message = self._room.post(_text(body, "as"), _text(body, "channel"), _text(body, "content"))
        return {"message": message}

    async def _edit(self, body: Json) -> Json:
        return {"message": self._room.edit(*_which(body), _text(body, "content"))}

    async def _delete(self, body: Json) -> Json:
        self._room.delete(*_which(body))
        return {}

    async def _press(self, body: Json) -> Json:
        await self._room.press(*_which(body), _text(body, "custom_id"))
        return {}

    async def _command(self, body: Json) -> Json:
        match _text(body, "do"):
            case "kill":
                await self._process.kill()
            case "start":
                await self._process.start()
            case other:
                raise Refusal(f"There is nothing called {other!r} to do with the bot.")
        return {}

    async def _change(self, body: Json) -> Json:
        said = self._weather.change(body)
        self._feed.publish("weather", self._weather.describe())
        return {"said": said}


def _text(body: Json, name: str) -> str:
    """Return a field of a request, which must be text."""
    value = body.get(name)
    if not isinstance(value, str):
        raise Refusal(f"{name} is missing.")
    return value


def _which(body: Json) -> tuple[str, str, str]:
    """Return as whom, where and with which message something is to be done."""
    return _text(body, "as"), _text(body, "channel"), _text(body, "message")


def _serve(path: Path) -> web.StreamResponse:
    return web.FileResponse(path, headers={"Content-Type": f"{TYPES[path.suffix]}; charset=utf-8"})


def _asked(
    do: Callable[[Json], Awaitable[Json]],
) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    """Wrap what is done with a JSON body; a refusal is answered as a sentence."""

    async def handle(request: web.Request) -> web.StreamResponse:
        # Only this type makes a browser ask before it sends it for another site's page.
        if request.content_type != "application/json":
            raise web.HTTPUnsupportedMediaType
        if (request.content_length or 0) > MOST_BYTES:
            raise web.HTTPRequestEntityTooLarge(MOST_BYTES, request.content_length or 0)
        try:
            body = await request.json()
        except ValueError:
            return web.json_response({"error": "That was no JSON."}, status=400)
        try:
            if not isinstance(body, dict):
                raise Refusal("A JSON object was expected.")
            return web.json_response(await do(body))
        except Refusal as refusal:
            return web.json_response({"error": str(refusal)}, status=422)

    return handle
