"""Socket Mode: connections by ticket, envelopes to one of them, and their acks.

https://docs.slack.dev/apis/events-api/using-socket-mode
"""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from aiohttp import WSCloseCode, WSMsgType, web

from adapters.playground.history import History
from adapters.playground.slack import limits
from adapters.playground.witness import UNLOGGED

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Reply:
    """What the app made of a payload: acked (with a body) or not, and why not."""

    acked: bool
    body: Any = None
    reason: str = ""
    final: bool = False


class Sockets:
    """Hold the app's connections; each payload goes to one of them, in turn."""

    def __init__(self, now: Callable[[], int], history: History, app: str) -> None:
        self._now = now
        self._history = history
        self._app = app
        self._tickets: dict[str, int] = {}
        self._open: list[web.WebSocketResponse] = []
        self._waiting: dict[str, tuple[asyncio.Future[Reply], web.WebSocketResponse]] = {}
        self._turn = 0
        self.deaf = False

    @property
    def count(self) -> int:
        """Return how many connections there are."""
        return len(self._open)

    def ticket(self) -> str:
        """Return a ticket for one connection, soon."""
        made = secrets.token_hex(16)
        self._tickets[made] = self._now() + limits.TICKET_MS
        return made

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Serve a connection until it ends."""
        request[UNLOGGED] = True
        expires = self._tickets.pop(request.query.get("ticket", ""), 0)
        if self._now() > expires:
            raise web.HTTPForbidden(text="invalid_ticket")
        socket = web.WebSocketResponse(max_msg_size=0)
        await socket.prepare(request)
        if len(self._open) >= limits.SOCKETS:
            await self._disconnect(socket, "too_many_websockets")
            await socket.close()
            return socket
        self._open.append(socket)
        self._history.add("slack", "socket:hello", path="", status=0, effect="ok")
        try:
            await socket.send_str(json.dumps(self._hello()))
            async for message in socket:
                if message.type == WSMsgType.TEXT:
                    self._take(message.data)
        except ConnectionError:
            pass
        finally:
            self._forget(socket)
        return socket

    def _hello(self) -> Json:
        return {
            "type": "hello",
            "num_connections": len(self._open),
            "debug_info": {
                "host": "applink-playground",
                "build_number": 1,
                "approximate_connection_time": 18060,
            },
            "connection_info": {"app_id": self._app},
        }

    def _take(self, text: str) -> None:
        try:
            body = json.loads(text)
        except ValueError:
            return
        if self.deaf or not isinstance(body, dict):
            return
        future, _ = self._waiting.get(str(body.get("envelope_id")), (None, None))
        if future and not future.done():
            future.set_result(Reply(True, body.get("payload")))

    def _forget(self, socket: web.WebSocketResponse) -> None:
        if socket in self._open:
            self._open.remove(socket)
        for future, carrier in self._waiting.values():
            if carrier is socket and not future.done():
                future.set_result(Reply(False, reason="connection_failed"))

    async def send(
        self, kind: str, payload: Json, attempt: int, reason: str, seconds: float
    ) -> Reply:
        """Send a payload to one connection and wait for its ack."""
        if not self._open:
            return Reply(False, reason="connection_failed")
        self._turn += 1
        socket = self._open[self._turn % len(self._open)]
        id_ = f"{secrets.token_hex(4)}-{secrets.token_hex(2)}-{secrets.token_hex(6)}"
        envelope: Json = {
            "envelope_id": id_,
            "payload": payload,
            "type": kind,
            "accepts_response_payload": kind != "events_api",
        }
        if kind == "events_api":
            envelope |= {"retry_attempt": attempt, "retry_reason": reason}
        future: asyncio.Future[Reply] = asyncio.get_running_loop().create_future()
        self._waiting[id_] = (future, socket)
        try:
            async with asyncio.timeout(seconds):
                await socket.send_str(json.dumps(envelope))
                return await future
        except TimeoutError:
            return Reply(False, reason="http_timeout")
        except (ConnectionError, RuntimeError):
            return Reply(False, reason="connection_failed")
        finally:
            del self._waiting[id_]

    # --- what goes wrong

    def drop(self) -> int:
        """Cut all connections without a word; return how many."""
        cut = [*self._open]
        for socket in cut:
            self._forget(socket)
            transport = socket._req.transport if socket._req else None
            if transport:
                transport.abort()
        return len(cut)

    async def _disconnect(self, socket: web.WebSocketResponse, reason: str) -> None:
        told = {"type": "disconnect", "reason": reason, "debug_info": {"host": "applink"}}
        if not socket.closed:
            await socket.send_str(json.dumps(told))

    async def ask_reconnect(self, reason: str = "refresh_requested") -> None:
        """Tell all connections to go: "warning", "refresh_requested" or "link_disabled".

        After a warning they still work for a while, after the others they are closed.
        """
        for socket in [*self._open]:
            await self._disconnect(socket, reason)
            if reason != "warning":
                self._forget(socket)

    async def close(self) -> None:
        """Close all connections."""
        for socket in [*self._open]:
            await socket.close(code=WSCloseCode.GOING_AWAY)
