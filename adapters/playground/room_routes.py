"""What the page asks of the stand-in Discord."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from aiohttp import web

from adapters.playground.asked import Asked, Takes, asked
from adapters.playground.discord import limits
from adapters.playground.interactions import Interactions
from adapters.playground.refusal import Refusal
from adapters.playground.room import Room

Json = dict[str, Any]

TAKES = Takes("Discord", limits.FILES, limits.FILE_BYTES, limits.REQUEST_BYTES)


class RoomRoutes:
    """Answer for the server of `room` under /page/discord."""

    def __init__(self, room: Room, interactions: Interactions) -> None:
        self._room = room
        self._interactions = interactions

    def routes(self) -> list[web.RouteDef]:
        """Return the routes to mount."""
        return [
            web.get("/page/discord/world", self._world),
            web.get("/page/discord/messages", self._messages),
            web.get("/page/discord/commands", self._commands),
            web.get("/page/discord/menu", self._menu),
            web.post("/page/discord/messages", asked(self._post, files=TAKES)),
            web.post("/page/discord/edit", asked(self._edit)),
            web.post("/page/discord/delete", asked(self._delete)),
            web.post("/page/discord/posts", asked(self._open_post, files=TAKES)),
            web.post("/page/discord/threads", asked(self._start_thread)),
            web.post("/page/discord/thread", asked(self._change_thread)),
            web.post("/page/discord/press", asked(self._press)),
            web.post("/page/discord/command", asked(self._use, files=TAKES)),
            web.post("/page/discord/menu", asked(self._choose)),
            web.post("/page/discord/suggest", asked(self._suggest)),
            web.post("/page/discord/submit", asked(self._submit, files=TAKES)),
        ]

    # --- reading

    async def _world(self, request: web.Request) -> web.Response:
        person = self._room.find(request.query.get("as", ""))
        return web.json_response(self._room.describe(person))

    async def _messages(self, request: web.Request) -> web.Response:
        return _listed("messages", self._room.messages, request)

    async def _commands(self, request: web.Request) -> web.Response:
        return _listed("commands", self._interactions.commands, request)

    async def _menu(self, request: web.Request) -> web.Response:
        return _listed("menu", self._interactions.menus, request)

    # --- writing

    async def _post(self, wish: Asked) -> Json:
        reply_to = wish.optional("reply_to")
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

    async def _choose(self, wish: Asked) -> Json:
        return await self._interactions.menu(*wish.which(), wish.text("name"))

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
        files: dict[str, list[tuple[str, bytes]]] = {}
        for part, name, data in wish.files:
            files.setdefault(part, []).append((name, data))
        fields = wish.table("fields") | files
        return await self._interactions.submit(wish.text("as"), wish.text("interaction"), fields)


def _listed(
    name: str, read: Callable[[str, str], list[Json]], request: web.Request
) -> web.Response:
    """Answer with what a person sees of one kind in a channel."""
    try:
        found = read(request.query.get("as", ""), request.query.get("channel", ""))
    except Refusal as refusal:
        return web.json_response({"error": str(refusal)}, status=422)
    return web.json_response({name: found})
