"""What the page asks of the stand-in Slack."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from adapters.playground.asked import Asked, Takes, asked
from adapters.playground.refusal import Refusal
from adapters.playground.workspace import FILE_BYTES, FILES, REQUEST_BYTES, Workspace
from adapters.playground.workspace_uses import WorkspaceUses

Json = dict[str, Any]

TAKES = Takes("Slack", FILES, FILE_BYTES, REQUEST_BYTES)


class WorkspaceRoutes:
    """Answer for `workspace` under /page/slack."""

    def __init__(self, workspace: Workspace, uses: WorkspaceUses) -> None:
        self._workspace = workspace
        self._uses = uses

    def routes(self) -> list[web.RouteDef]:
        """Return the routes to mount."""
        return [
            web.get("/page/slack/world", self._world),
            web.get("/page/slack/messages", self._messages),
            web.post("/page/slack/messages", asked(self._post, files=TAKES)),
            web.post("/page/slack/edit", asked(self._edit)),
            web.post("/page/slack/delete", asked(self._delete)),
            web.post("/page/slack/press", asked(self._press)),
            web.post("/page/slack/command", asked(self._command)),
            web.post("/page/slack/shortcut", asked(self._shortcut)),
            web.post("/page/slack/submit", asked(self._submit, files=TAKES)),
            web.post("/page/slack/close", asked(self._close)),
            web.post("/page/slack/home", asked(self._home)),
            web.post("/page/slack/stop", asked(self._stop)),
        ]

    # --- reading

    async def _world(self, request: web.Request) -> web.Response:
        person = self._workspace.find(request.query.get("as", ""))
        return web.json_response(self._workspace.describe(person))

    async def _messages(self, request: web.Request) -> web.Response:
        query = request.query
        try:
            found = self._workspace.messages(
                query.get("as", ""), query.get("channel", ""), query.get("thread")
            )
        except Refusal as refusal:
            return web.json_response({"error": str(refusal)}, status=422)
        return web.json_response({"messages": found})

    # --- writing

    async def _post(self, wish: Asked) -> Json:
        sent = self._workspace.post(
            *wish.where(), wish.optional("thread"), wish.text("text"), wish.attached
        )
        return {"message": sent}

    async def _edit(self, wish: Asked) -> Json:
        self._workspace.edit(*wish.which(), wish.text("text"))
        return {}

    async def _delete(self, wish: Asked) -> Json:
        self._workspace.delete(*wish.which())
        return {}

    # --- using the app

    async def _press(self, wish: Asked) -> Json:
        action, value = wish.text("action"), wish.text("value")
        if view := wish.optional("view"):
            return await self._uses.press_view(wish.text("as"), view, action, value)
        return await self._uses.press(*wish.which(), wish.text("block"), action, value)

    async def _command(self, wish: Asked) -> Json:
        thread, command = wish.optional("thread"), wish.text("command")
        return await self._uses.command(*wish.where(), thread, command, wish.text("text"))

    async def _shortcut(self, wish: Asked) -> Json:
        return await self._uses.shortcut(*wish.which(), wish.text("callback_id"))

    async def _submit(self, wish: Asked) -> Json:
        return await self._uses.submit(
            wish.text("as"), wish.text("view"), wish.table("values"), wish.files
        )

    async def _close(self, wish: Asked) -> Json:
        self._uses.close(wish.text("as"), wish.text("view"))
        return {}

    async def _home(self, wish: Asked) -> Json:
        self._workspace.open_home(wish.text("as"), wish.text("tab"))
        return {}

    async def _stop(self, wish: Asked) -> Json:
        self._uses.stop(*wish.where(), wish.text("thread"))
        return {}
