"""Remote control for tests in other processes: JSON under /_control, for loopback only.

GET    /_control/history?after=N
GET | POST | DELETE /_control/faults
POST   /_control/{people|gateway|world|settings}/{method}   {"argument": value, ...}

A file is {"name": ..., "base64": ...} there.
"""

from __future__ import annotations

import base64
import dataclasses
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from aiohttp import web

from adapters.playground.discord.gateway import Gateway
from adapters.playground.discord.limits import Settings
from adapters.playground.discord.people import People
from adapters.playground.discord.world import World
from adapters.playground.faults import Fault, FaultScript
from adapters.playground.history import History
from adapters.playground.witness import plain

_LOOPBACK = ("127.0.0.1", "::1")


class Control:
    """Let another process read the history, set faults, and act as people."""

    def __init__(
        self,
        history: History,
        faults: FaultScript,
        people: People,
        gateway: Gateway,
        settings: Settings,
    ) -> None:
        self._history = history
        self._faults = faults
        self._settings = settings
        self._methods = _methods(people, gateway, people.world)

    def routes(self) -> list[web.AbstractRouteDef]:
        """Return the routes."""
        return [
            web.get("/_control/history", self.read_history),
            web.get("/_control/faults", self.read_faults),
            web.post("/_control/faults", self.add_fault),
            web.delete("/_control/faults", self.clear_faults),
            web.post("/_control/settings", self.change_settings),
            web.post("/_control/{part}/{method}", self.call),
        ]

    @staticmethod
    def check(request: web.Request) -> None:
        """Let in local processes only, no web page, also none whose name was rebound."""
        named = request.url.host in (*_LOOPBACK, "localhost")
        if not named or request.remote not in _LOOPBACK or "Origin" in request.headers:
            raise web.HTTPForbidden

    async def read_history(self, request: web.Request) -> web.Response:
        """Return the entries after a number."""
        after = int(request.query.get("after", "0"))
        entries = [dataclasses.asdict(one) for one in self._history.entries if one.n > after]
        return plain(200, entries)

    async def read_faults(self, request: web.Request) -> web.Response:
        """Return the faults in force, with their hits."""
        return plain(200, [dataclasses.asdict(fault) for fault in self._faults.faults])

    async def add_fault(self, request: web.Request) -> web.Response:
        """Put one fault, or a list of them, in force."""
        data = await request.json()
        for one in data if isinstance(data, list) else [data]:
            self._faults.add(Fault(**one))
        return plain(200, {"faults": len(self._faults.faults)})

    async def clear_faults(self, request: web.Request) -> web.Response:
        """Take all faults out of force."""
        self._faults.clear()
        return plain(200, {"faults": 0})

    async def change_settings(self, request: web.Request) -> web.Response:
        """Change settings of the stand-in."""
        names = {one.name for one in dataclasses.fields(Settings)}
        for name, value in (await request.json()).items():
            if name not in names:
                raise web.HTTPNotFound(text=name)
            setattr(self._settings, name, value)
        return plain(200, dataclasses.asdict(self._settings))

    async def call(self, request: web.Request) -> web.Response:
        """Call a method with named arguments and return what it returns."""
        name = f"{request.match_info['part']}.{request.match_info['method']}"
        method = self._methods.get(name)
        if method is None:
            raise web.HTTPNotFound(text=name)
        arguments = await request.json() if request.body_exists else {}
        return plain(200, {"result": method(**arguments)})


def _methods(people: People, gateway: Gateway, world: World) -> dict[str, Callable[..., Any]]:
    named: dict[str, tuple[Any, tuple[str, ...]]] = {
        "people": (
            people,
            (
                *("everyone", "find", "channel", "channels", "read", "interaction", "mention"),
                *("edit", "delete", "type", "open_dm", "start_thread", "archive", "lock"),
                *("delete_channel", "press", "menu", "add", "close_dms"),
                *("commands", "complete", "forward", "forum_post", "poll", "purge"),
                *("show_preview", "kick_bot", "invite_bot", "examples"),
            ),
        ),
        "gateway": (
            gateway,
            (
                *("drop_connections", "ask_reconnect", "invalidate_sessions"),
                *("refuse_resumes", "silence", "replay_again", "send_event"),
            ),
        ),
        "world": (
            world,
            ("kick_bot", "set_available", "set_privileged"),
        ),
    }
    methods = {
        f"{part}.{name}": getattr(thing, name)
        for part, (thing, names) in named.items()
        for name in names
    }

    def post(person: str, channel: str, content: str, reply_to: str | None = None) -> Any:
        return people.post(person, channel, content, reply_to=reply_to)

    def deny_bot(channel: str, names: Sequence[str] = ()) -> None:
        world.deny_bot(channel, *names)

    def command(given: Any = (), **rest: Any) -> Any:
        return people.command(given=_with_files(given), **rest)

    def submit(fields: Mapping[str, Any], **rest: Any) -> Any:
        return people.submit(fields=_with_files(fields), **rest)

    methods |= {
        "people.post": post,
        "people.command": command,
        "people.submit": submit,
        "world.deny_bot": deny_bot,
    }
    return methods


def _with_files(value: Any) -> Any:
    """Return values with files in them: JSON has each as {"name": ..., "base64": ...}."""
    if isinstance(value, Mapping):
        if set(value) == {"name", "base64"}:
            return str(value["name"]), base64.b64decode(value["base64"], validate=True)
        return {key: _with_files(one) for key, one in value.items()}
    return [_with_files(one) for one in value] if isinstance(value, list) else value
