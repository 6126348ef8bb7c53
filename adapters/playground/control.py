"""Remote control for tests in other processes: JSON under /_control, for loopback only.

GET    /_control/history?after=N
GET | POST | DELETE /_control/faults
POST   /_control/settings                 {"name": value, ...}
POST   /_control/{part}/{method}          {"argument": value, ...}
"""

from __future__ import annotations

import dataclasses
import inspect
from collections.abc import Callable, Mapping
from typing import Any

from aiohttp import web

from adapters.playground.faults import Fault, FaultScript
from adapters.playground.history import History
from adapters.playground.witness import plain

_LOOPBACK = ("127.0.0.1", "::1")


class Control:
    """Let another process read a stand-in's history, set faults, and call methods.

    `settings` is a dataclass; `methods` are the stand-in's by "part.method".
    """

    def __init__(
        self,
        history: History,
        faults: FaultScript,
        settings: Any,
        methods: Mapping[str, Callable[..., Any]],
    ) -> None:
        self._history = history
        self._faults = faults
        self._settings = settings
        self._methods = methods

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
        names = {one.name for one in dataclasses.fields(self._settings)}
        for name, value in (await request.json()).items():
            if name not in names:
                raise web.HTTPNotFound(text=name)
            listed = isinstance(value, list)
            setattr(self._settings, name, tuple(value) if listed else value)
        return plain(200, dataclasses.asdict(self._settings))

    async def call(self, request: web.Request) -> web.Response:
        """Call a method with named arguments and return what it returns."""
        name = f"{request.match_info['part']}.{request.match_info['method']}"
        method = self._methods.get(name)
        if method is None:
            raise web.HTTPNotFound(text=name)
        arguments = await request.json() if request.body_exists else {}
        result = method(**arguments)
        if inspect.isawaitable(result):
            result = await result
        return plain(200, {"result": result})
