"""Join the parts of the stand-in into one aiohttp application."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from aiohttp import web
from aiohttp.typedefs import Handler

from adapters.playground.control import Control
from adapters.playground.faults import FaultScript
from adapters.playground.history import History
from adapters.playground.slack import files, furniture, responses
from adapters.playground.slack.arguments import ARGUMENTS, read
from adapters.playground.slack.control import methods_of
from adapters.playground.slack.deliveries import Deliveries
from adapters.playground.slack.limits import Settings
from adapters.playground.slack.people import People
from adapters.playground.slack.problems import Problem
from adapters.playground.slack.requests import Requests
from adapters.playground.slack.sockets import Sockets
from adapters.playground.slack.tiers import Tiers
from adapters.playground.slack.web_api import WebApi
from adapters.playground.slack.world import World
from adapters.playground.witness import EFFECT, SAID, name_route, plain, witness

# The stand-in's own, of Slack's shapes; they open nothing else.
BOT_TOKEN = "xoxb-playground"  # noqa: S105
APP_TOKEN = "xapp-1-playground"  # noqa: S105
SIGNING_SECRET = "playground0signing0secret0000000"  # noqa: S105

JSON = "application/json; charset=utf-8"

_ROUTES = {
    "link": "link",
    "upload": "upload",
    "files-pri": "download",
    "commands": "response_url",
    "actions": "response_url",
}


class SlackStandIn:
    """A Slack in small: a world, its Web API, Socket Mode and files, and its people.

    `now` tells UTC milliseconds. With a `folder` the world outlives the process. `prefix` is
    the path that `app` is mounted under. `limits=False` switches rate limits off. `teams`
    workspaces are there at first; the token of the nth ends in `-n`.
    """

    def __init__(
        self,
        now: Callable[[], int],
        folder: Path | None = None,
        *,
        history: History | None = None,
        faults: FaultScript | None = None,
        bot_token: str = BOT_TOKEN,
        app_token: str = APP_TOKEN,
        signing_secret: str = SIGNING_SECRET,
        prefix: str = "",
        limits: bool = True,
        teams: int = 1,
    ) -> None:
        self.bot_token = bot_token
        self.app_token = app_token
        self.signing_secret = signing_secret
        self.prefix = prefix
        self.origin = "http://127.0.0.1"
        self.history = history or History(now)
        self.faults = faults or FaultScript()
        self.settings = Settings(enforce=limits, enforce_posts=limits)
        self.world = World(now, folder, self.settings)
        furniture.furnish(self.world, teams, bot_token)
        self.tiers = Tiers(now, self.settings)
        self.sockets = Sockets(now, self.history, self.world.app)
        self.requests = Requests(now, self.settings, signing_secret)
        self.deliveries = Deliveries(
            self.world, self.history, self.faults, self.sockets, self.requests, self._base
        )
        self.people = People(self.world, prefix, self.deliveries.act, self._base)
        self.app = self._join()

    def api_url(self, origin: str) -> str:
        """Return the base of the Web API at a server's origin."""
        return f"{origin}{self.prefix}/api/"

    def token_of(self, team: str) -> str:
        """Return the bot token of a workspace."""
        return self.world.teams[team].token

    def _base(self) -> str:
        return f"{self.origin}{self.prefix}"

    def _join(self) -> web.Application:
        log_and_break = witness(
            "slack",
            self.history,
            self.faults,
            name=self._name,
            read=self._read,
            refusal=lambda status: {"ok": False, "error": "internal_error"},
        )
        app = web.Application(middlewares=[self._guard, log_and_break])
        api = WebApi(self.world, self.tiers, self.sockets, self.app_token, self._base)
        app.router.add_route("*", "/api/{method}", api.handle)
        app.router.add_get("/link", self.sockets.handle)
        app.router.add_get("/link/", self.sockets.handle)
        app.router.add_route("*", "/upload/v1/{team}/{file}", self._upload)
        app.router.add_get("/files-pri/{file}/{rest:.+}", self._download)
        app.router.add_get("/page-files/{team}/{file}/{name}", self._page_file)
        app.router.add_post("/commands/{team}/{act}/{secret}", self._respond)
        app.router.add_post("/actions/{team}/{act}/{secret}", self._respond)
        methods = methods_of(self.people, self.sockets, self.deliveries)
        control = Control(self.history, self.faults, self.settings, methods)
        app.router.add_routes(control.routes())
        app.on_shutdown.append(self._shut)
        app.on_cleanup.append(self._close)
        return app

    @web.middleware
    async def _guard(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Keep remote control and page out of history and faults; learn our own address."""
        path = request.path.removeprefix(self.prefix)
        if path.startswith("/page-files/"):
            return await request.match_info.handler(request)
        if path.startswith("/_control/"):
            Control.check(request)
            try:
                return await request.match_info.handler(request)
            except Problem as refusal:
                return plain(400, refusal.body())
            except (KeyError, StopIteration, TypeError, ValueError) as error:
                return plain(400, {"error": repr(error)})
        self.origin = str(request.url.origin())
        return await handler(request)

    def _name(self, request: web.Request) -> str:
        """Name a call by its Web API method, or by what it is beside the Web API."""
        route = name_route(request, (self.prefix,))
        family = route.partition("/")[2].partition("/")[0]
        return request.match_info.get("method") or _ROUTES.get(family, route)

    async def _read(self, request: web.Request) -> Any:
        """Take in what is asked: the arguments of a method, the JSON of a response_url."""
        path = request.path.removeprefix(self.prefix)
        if path.startswith(("/api/", "/commands/", "/actions/")):
            found = await read(request)
            shown = {name: value for name, value in found.items() if name != "token"}
            request[ARGUMENTS] = found
            return shown
        return None

    # --- files

    async def _upload(self, request: web.Request) -> web.Response:
        """Take an upload, as raw bytes or as the one file of a form."""
        content = b""
        if request.content_type == "multipart/form-data":
            for value in (await request.post()).values():
                if isinstance(value, web.FileField):
                    content = value.file.read()
        else:
            content = await request.read()
        info = request.match_info
        request[SAID] = f"{len(content)} bytes"
        try:
            said = files.take(self.world, info["team"], info["file"], content)
        except Problem as problem:
            return web.Response(status=404, text=problem.code)
        return web.Response(text=said)

    async def _download(self, request: web.Request) -> web.Response:
        """Serve a file to a token that may read it, to all others the sign-in page."""
        token = request.headers.get("Authorization", "").removeprefix("Bearer ").strip()
        team, _, id_ = request.match_info["file"].partition("-")
        found = files.download(self.world, token, team, id_)
        if found is None:
            request[SAID] = "sign-in page"
            request[EFFECT] = "refused"
            return web.Response(text=files.SIGN_IN, content_type="text/html", charset="utf-8")
        content, mime = found
        request[SAID] = f"{len(content)} bytes"
        return web.Response(body=content, headers={"Content-Type": mime})

    async def _page_file(self, request: web.Request) -> web.Response:
        """Serve a file to the page, whose person is signed in."""
        info = request.match_info
        content, mime = self.people.file(info["team"], info["file"])
        return web.Response(body=content, headers={"Content-Type": mime})

    async def _respond(self, request: web.Request) -> web.Response:
        """Take an answer by response_url."""
        info = request.match_info
        given = request[ARGUMENTS]
        try:
            responses.respond(self.world, info["team"], info["act"], info["secret"], dict(given))
        except Problem as problem:
            request[EFFECT] = "refused"
            gone = problem.code in ("expired_url", "used_url", "no_active_hooks")
            return plain(404 if gone else 400, problem.body(), content_type=JSON)
        return web.Response(text="ok")

    async def _shut(self, app: web.Application) -> None:
        await self.deliveries.close()
        await self.sockets.close()
        await self.requests.close()

    async def _close(self, app: web.Application) -> None:
        self.world.close()
