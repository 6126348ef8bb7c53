"""Join the parts of the stand-in into one aiohttp application."""

from __future__ import annotations

import hmac
from collections.abc import Callable
from pathlib import Path

from aiohttp import web
from aiohttp.typedefs import Handler

from adapters.playground.control import Control
from adapters.playground.discord import bodies, buckets, message_payloads, records
from adapters.playground.discord.buckets import Buckets
from adapters.playground.discord.control import methods_of
from adapters.playground.discord.furniture import furnish
from adapters.playground.discord.gateway import Gateway
from adapters.playground.discord.interactions import Interactions
from adapters.playground.discord.limits import Settings
from adapters.playground.discord.messages import Messages
from adapters.playground.discord.people import People
from adapters.playground.discord.problems import Problem, not_found, unauthorized
from adapters.playground.discord.reactions import Reactions
from adapters.playground.discord.rest import Rest
from adapters.playground.discord.threads import Threads
from adapters.playground.discord.world import World
from adapters.playground.faults import FaultScript
from adapters.playground.history import History
from adapters.playground.witness import SAID, name_route, plain, witness

API = "/api/v10"
TOKEN = "playground"  # noqa: S105 - the stand-in's own, it opens nothing else

__all__ = ["API", "TOKEN", "DiscordStandIn", "records"]


class DiscordStandIn:
    """A Discord in small: a world, its REST API, gateway and files, and its people.

    `now` tells UTC milliseconds. With a `folder` the world outlives the process. `prefix`
    is the path that `app` is mounted under. `limits=False` switches rate limits off.
    `examples`, the bot's name, puts a thread of things to try with it into a new world.
    """

    def __init__(
        self,
        now: Callable[[], int],
        folder: Path | None = None,
        *,
        history: History | None = None,
        faults: FaultScript | None = None,
        token: str = TOKEN,
        prefix: str = "",
        limits: bool = True,
        examples: str = "",
    ) -> None:
        self.token = token
        self.prefix = prefix
        self._prefixes = (prefix + API, prefix)
        self.history = history or History(now)
        self.faults = faults or FaultScript()
        self.settings = Settings(enforce=limits)
        self.world = World(now, folder, self.settings)
        furnish(self.world, examples=examples)
        self.buckets = Buckets(now, self.settings)
        self.people = People(self.world, prefix)
        self.gateway = Gateway(self.world, self.history, self.settings, token, prefix)
        self.app = self._join()

    def rest_url(self, origin: str) -> str:
        """Return the REST base (discord.py's Route.BASE) at a server's origin."""
        return f"{origin}{self.prefix}{API}"

    def gateway_url(self, origin: str) -> str:
        """Return the gateway's address at a server's origin."""
        return f"{origin.replace('http', 'ws', 1)}{self.prefix}/gateway"

    def cdn_url(self, origin: str) -> str:
        """Return the address of files at a server's origin."""
        return f"{origin}{self.prefix}/cdn"

    def _join(self) -> web.Application:
        log_and_break = witness(
            "discord",
            self.history,
            self.faults,
            prefixes=self._prefixes,
            refusal=lambda status: {"message": f"{status}: Error", "code": 0},
            refusal_headers=buckets.VIA,
        )
        app = web.Application(middlewares=[self._guard, log_and_break, self._refuse])
        parts = (
            Rest(self.world, self.prefix),
            Messages(self.world, self.settings, self.buckets, self.prefix),
            Reactions(self.world),
            Threads(self.world, self.settings),
            Interactions(self.world, self.settings, self.prefix),
        )
        for part in parts:
            app.router.add_routes(part.routes(API))
        app.router.add_get("/gateway", self.gateway.handle)
        app.router.add_get("/gateway/", self.gateway.handle)
        for kind in ("attachments", "ephemeral-attachments"):
            at = f"/cdn/{kind}/{{channel_id}}/{{attachment_id}}/{{filename}}"
            app.router.add_get(at, self._file)
        methods = methods_of(self.people, self.gateway, self.world)
        control = Control(self.history, self.faults, self.settings, methods)
        app.router.add_routes(control.routes())
        app.on_shutdown.append(self._shut)
        app.on_cleanup.append(self._close)
        return app

    @web.middleware
    async def _guard(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Keep the remote control for local processes, out of history and fault script."""
        if not request.path.startswith(f"{self.prefix}/_control/"):
            return await handler(request)
        Control.check(request)
        try:
            return await request.match_info.handler(request)
        except Problem as refusal:
            return plain(refusal.status, refusal.body())
        except (KeyError, StopIteration, TypeError, ValueError) as error:
            return plain(400, {"message": repr(error)})

    @web.middleware
    async def _refuse(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Check token and rate limits, and put refusals into Discord's words."""
        route = name_route(request, self._prefixes)
        if not request.path.startswith(self.prefix + API + "/"):
            return await handler(request)
        headers = dict(buckets.VIA)
        try:
            if self.settings.enforce and self.buckets.banned():
                return plain(429, buckets.BAN_PAGE, content_type="text/html; charset=UTF-8")
            if not route.split(" ")[1].startswith(("/interactions/", "/webhooks/", "/gateway")):
                given = request.headers.get("Authorization", "")
                if not hmac.compare_digest(given.encode(), f"Bot {self.token}".encode()):
                    raise unauthorized()
            info = request.match_info
            major = info.get("channel_id") or info.get("webhook_token") or ""
            headers |= self.buckets.take(route, major)
            response = await handler(request)
        except Problem as refusal:
            headers |= refusal.headers
            response = plain(refusal.status, refusal.body())
        except web.HTTPNotFound:
            response = plain(404, not_found().body())
        except web.HTTPMethodNotAllowed:
            response = plain(405, {"message": "405: Method Not Allowed", "code": 0})
        response.headers.update(headers)
        scope = headers.get("X-RateLimit-Scope", "user")
        self.buckets.count_answer(response.status, scope)
        return response

    async def _file(self, request: web.Request) -> web.Response:
        """Serve an upload while its link is signed and has not expired."""
        info, query = request.match_info, request.query
        gone = web.Response(status=404, text="This content is no longer available.")
        try:
            expires = int(query.get("ex", ""), 16)
        except ValueError:
            return gone
        path = request.rel_url.raw_path.removeprefix(self.prefix)
        signature = message_payloads.sign(path, expires)
        if not hmac.compare_digest(query.get("hm", ""), signature):
            return gone
        if self.world.now() // 1000 > expires:
            return gone
        content = self.world.get_file(info["attachment_id"])
        if content is None:
            return gone
        request[SAID] = f"{len(content)} bytes"
        kind = bodies.type_of(info["filename"])
        return web.Response(body=content, headers={"Content-Type": kind})

    async def _shut(self, app: web.Application) -> None:
        await self.gateway.close()

    async def _close(self, app: web.Application) -> None:
        self.world.close()
