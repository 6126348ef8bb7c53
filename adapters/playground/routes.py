"""The page's own HTTP: its files, what it asks, and the stream of what happens."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from aiohttp import web

from adapters.playground.asked import Asked, asked
from adapters.playground.feed import GOODBYE, Feed
from adapters.playground.interactions import Interactions
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
    ".png": "image/png",
    ".svg": "image/svg+xml",
}
TEXTS = frozenset(TYPES) - {".png"}


def describe_process(status: Status) -> Json:
    """Return the bot's process as the page shows it."""
    return {
        "state": status.state,
        "pid": status.pid,
        "code": status.code,
        "lines": list(status.lines),
    }


class Page:
    """Answer the page. `banner` says in one sentence what is simulated, `simulated` names it."""

    def __init__(
        self,
        feed: Feed,
        process: BotProcess,
        room: Room,
        interactions: Interactions,
        weather: Weather,
        banner: str,
        simulated: Sequence[str],
    ) -> None:
        self._feed = feed
        self._process = process
        self._room = room
        self._interactions = interactions
        self._weather = weather
        self._banner = banner
        self._simulated = list(simulated)
        self._streams: set[asyncio.Task[Any]] = set()

    def routes(self) -> list[web.RouteDef]:
        """Return the routes to mount."""
        return [
            web.get("/", self._index),
            web.get("/page/world", self._world),
            web.get("/page/messages", self._messages),
            web.get("/page/commands", self._commands),
            web.get("/page/events", self._events),
            web.post("/page/messages", asked(self._post, files=True)),
            web.post("/page/edit", asked(self._edit)),
            web.post("/page/delete", asked(self._delete)),
            web.post("/page/posts", asked(self._open_post, files=True)),
            web.post("/page/threads", asked(self._start_thread)),
            web.post("/page/thread", asked(self._change_thread)),
            web.post("/page/press", asked(self._press)),
            web.post("/page/command", asked(self._use, files=True)),
            web.post("/page/suggest", asked(self._suggest)),
            web.post("/page/submit", asked(self._submit)),
            web.post("/page/process", asked(self._command)),
            web.post("/page/weather", asked(self._change)),
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
            "simulated": self._simulated,
        }
        return web.json_response(state)

    async def _messages(self, request: web.Request) -> web.Response:
        return _listed("messages", self._room.messages, request)

    async def _commands(self, request: web.Request) -> web.Response:
        return _listed("commands", self._interactions.commands, request)

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

    # --- writing

    async def _post(self, wish: Asked) -> Json:
        reply_to = wish.text("reply_to") if "reply_to" in wish.body else None
        content, files = wish.text("content"), wish.attached
        return {"message": self._room.post(*wish.where(), content, files=files, reply_to=reply_to)}

    async def _edit(self, wish: Asked) -> Json:
        return {"message": self._room.edit(*wish.which(), wish.text("content"))}

    async def _delete(self, wish: Asked) -> Json:
        self._room.delete(*wish.which())
        return {}

    async def _open_post(self, wish: Asked) -> Json:
        title, content = wish.text("title"), wish.text("content")
        return {"message": self._room.open_post(*wish.where(), title, content, wish.attached)}

    async def _start_thread(self, wish: Asked) -> Json:
        return {"thread": self._room.start_thread(*wish.which(), wish.text("name"))}

    async def _change_thread(self, wish: Asked) -> Json:
        self._room.change_thread(*wish.where(), wish.text("do"))
        return {}

    # --- using the bot

    async def _press(self, wish: Asked) -> Json:
        return await self._interactions.press(*wish.which(), wish.text("custom_id"))

    async def _use(self, wish: Asked) -> Json:
        files = {part: (name, data) for part, name, data in wish.files}
        options = wish.table("options") | files
        return await self._interactions.command(*wish.where(), wish.text("name"), options)

    async def _suggest(self, wish: Asked) -> Json:
        choices = await self._interactions.complete(
            *wish.where(),
            wish.text("name"),
            wish.table("options"),
            option=wish.text("option"),
            typed=wish.text("typed"),
        )
        return {"choices": choices}

    async def _submit(self, wish: Asked) -> Json:
        interaction, fields = wish.text("interaction"), wish.table("fields")
        return await self._interactions.submit(wish.text("as"), interaction, fields)

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


def _listed(
    name: str, read: Callable[[str, str], list[Json]], request: web.Request
) -> web.Response:
    """Answer with what a person sees of one kind in a channel."""
    try:
        found = read(request.query.get("as", ""), request.query.get("channel", ""))
    except Refusal as refusal:
        return web.json_response({"error": str(refusal)}, status=422)
    return web.json_response({name: found})


def _serve(path: Path) -> web.StreamResponse:
    charset = "; charset=utf-8" if path.suffix in TEXTS else ""
    return web.FileResponse(path, headers={"Content-Type": f"{TYPES[path.suffix]}{charset}"})
