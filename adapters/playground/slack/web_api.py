"""The Web API's front: token, scopes, tiers, and answers in Slack's form.

https://docs.slack.dev/apis/web-api
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from aiohttp import web

from adapters.playground.slack import (
    agents,
    chat,
    conversations,
    files,
    identity,
    streams,
    views,
)
from adapters.playground.slack.arguments import ARGUMENTS, Arguments
from adapters.playground.slack.calls import Call, Method
from adapters.playground.slack.problems import Problem
from adapters.playground.slack.records import Team
from adapters.playground.slack.sockets import Sockets
from adapters.playground.slack.tiers import Tiers
from adapters.playground.slack.world import World
from adapters.playground.witness import EFFECT

Json = dict[str, Any]

OPEN = "apps.connections.open"


class WebApi:
    """Answer the calls of every method there is."""

    def __init__(
        self,
        world: World,
        tiers: Tiers,
        sockets: Sockets,
        app_token: str,
        origin: Callable[[], str],
    ) -> None:
        self._world = world
        self._tiers = tiers
        self._sockets = sockets
        self._app_token = app_token
        self._origin = origin
        self._methods: dict[str, Method] = {
            **chat.methods(),
            **streams.methods(),
            **conversations.methods(),
            **identity.methods(),
            **files.methods(),
            **views.methods(),
            **agents.methods(),
        }

    @property
    def names(self) -> list[str]:
        """Return the methods that there are."""
        return [*self._methods, OPEN]

    async def handle(self, request: web.Request) -> web.Response:
        """Answer one call."""
        name = request.match_info["method"]
        arguments = request[ARGUMENTS]
        token = request.headers.get("Authorization", "").removeprefix("Bearer ").strip()
        token = token or str(arguments.pop("token", ""))
        arguments.pop("token", None)
        headers: dict[str, str] = {}
        team: Team | None = None
        try:
            if name == OPEN:
                body = self._open(token)
            else:
                team = self._team(token)
                headers = self._describe(name, team)
                body = self._call(name, team, arguments)
        except Problem as problem:
            request[EFFECT] = "refused"
            return _answer(problem.body(), problem.status, {**headers, **problem.headers})
        return _answer(body, 200, headers)

    def _team(self, token: str) -> Team:
        if not token:
            raise Problem("not_authed")
        team = self._world.team_of_token(token)
        if team is None:
            raise Problem("not_allowed_token_type" if token == self._app_token else "invalid_auth")
        if team.revoked:
            raise Problem(team.revoked)
        return team

    def _describe(self, name: str, team: Team) -> dict[str, str]:
        method = self._methods.get(name)
        found = {"x-oauth-scopes": ",".join(team.scopes), "x-slack-req-id": "playground"}
        if method and method.scopes:
            found["x-accepted-oauth-scopes"] = ",".join(method.scopes)
        return found

    def _call(self, name: str, team: Team, arguments: Arguments) -> Json:
        method = self._methods.get(name)
        if method is None:
            raise Problem("unknown_method", req_method=name)
        channel = arguments.get("channel") or arguments.get("channel_id") or ""
        self._tiers.take(name, team.id, str(channel))
        if "__unreadable__" in arguments:
            raise Problem(str(arguments["__unreadable__"]))
        call = Call(self._world, team, arguments, self._origin())
        if method.scopes:
            call.need_scope(*method.scopes)
        return method.run(call)

    def _open(self, token: str) -> Json:
        if not token:
            raise Problem("not_authed")
        if self._world.team_of_token(token):
            raise Problem("not_allowed_token_type")
        if token != self._app_token:
            raise Problem("invalid_auth")
        self._tiers.take(OPEN, "", "")
        if self._world.settings.transport != "socket":
            raise Problem("socket_mode_not_enabled")
        base = self._origin().replace("http", "ws", 1)
        ticket = self._sockets.ticket()
        return {"ok": True, "url": f"{base}/link/?ticket={ticket}&app_id={self._world.app}"}


def _answer(body: Json, status: int, headers: dict[str, str]) -> web.Response:
    raw = json.dumps(body, ensure_ascii=False).encode()
    kind = {"Content-Type": "application/json; charset=utf-8"}
    return web.Response(status=status, body=raw, headers={**headers, **kind})
