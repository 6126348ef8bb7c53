"""Who is connected: a bounded crowd, of which those leave first who keep us waiting longest.

A connection *waits* while something of it is awaited: its first request, the rest of one, or
the next. An address may have so many that wait, and all together so many; one more closes the
one that has waited longest. So nobody is turned away at the door: whoever sends a whole request
at once is served, also from an address that holds hundreds of idle connections. It is also why
a reverse proxy in front needs no setting: all connections are then its own, of which those that
are being answered do not count and spare idle ones may close. `X-Forwarded-For`, which anybody
can write, is not asked.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from ipaddress import IPv6Address, ip_address
from typing import Any

import structlog
from aiohttp import web
from aiohttp.client_exceptions import ClientError
from aiohttp.http_exceptions import HttpProcessingError

from bot.ports import Meter

log = structlog.get_logger(__name__)

WAITING_PER_ADDRESS = 50
WAITING_IN_ALL = 256
# Whoever does not take an answer in this time is cut off.
UNREAD_SECONDS = 15.0
# aiohttp would tell its version.
SERVER = "threadbot"
# What is raised by a body that is no chunks, no gzip, or broken off.
UNREADABLE = (HttpProcessingError, ClientError, web.RequestPayloadError, ConnectionError)


class Crowd:
    """Keep who waits, in the order in which they began to."""

    def __init__(
        self,
        meter: Meter,
        *,
        per_address: int = WAITING_PER_ADDRESS,
        in_all: int = WAITING_IN_ALL,
    ) -> None:
        self._meter = meter
        self._per_address = per_address
        self._in_all = in_all
        self._waiting: dict[web.RequestHandler, str] = {}

    @property
    def size(self) -> int:
        """Return how many wait."""
        return len(self._waiting)

    def wait(self, connection: web.RequestHandler, address: str) -> None:
        """Let a connection wait from now on; close another if there are too many."""
        self._waiting[connection] = address
        beside = [one for one, at in self._waiting.items() if at == address]
        if len(beside) > self._per_address:
            self._close(beside[0])
        elif len(self._waiting) > self._in_all:
            self._close(next(iter(self._waiting)))

    def leave(self, connection: web.RequestHandler) -> None:
        """Forget a connection that is gone."""
        self._waiting.pop(connection, None)

    @contextmanager
    def answering(self, connection: web.RequestHandler) -> Iterator[None]:
        """Let a connection not wait meanwhile: it is we who are awaited."""
        address = self._waiting.pop(connection, "")
        try:
            yield
        finally:
            if connection.connected:
                self.wait(connection, address)

    def _close(self, connection: web.RequestHandler) -> None:
        self.leave(connection)
        self._meter.count("http_refused", why="crowd")
        connection.force_close()


class Connection(web.RequestHandler):
    """aiohttp's side of a connection, that counts in the crowd and is cut off when it clogs."""

    __slots__ = ("_crowd", "_meter", "_unread")

    def __init__(self, server: web.Server, crowd: Crowd, meter: Meter, **options: Any) -> None:
        super().__init__(server, loop=asyncio.get_running_loop(), **options)
        self._crowd = crowd
        self._meter = meter
        self._unread: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """See `asyncio.Protocol`."""
        super().connection_made(transport)
        peer = transport.get_extra_info("peername")
        if isinstance(transport, asyncio.Transport):
            # From the first byte that is not taken on, not only from the 64th KiB.
            transport.set_write_buffer_limits(high=0)
        self._crowd.wait(self, party_of(peer[0]) if peer else "")

    def connection_lost(self, exc: BaseException | None) -> None:
        """See `asyncio.Protocol`."""
        self._crowd.leave(self)
        self._stop_waiting()
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        """See `asyncio.Protocol`: the other side does not read."""
        super().pause_writing()
        if self.transport is not None:
            loop = asyncio.get_running_loop()
            self._unread = loop.call_later(UNREAD_SECONDS, self._cut, self.transport)

    def resume_writing(self) -> None:
        """See `asyncio.Protocol`."""
        self._stop_waiting()
        super().resume_writing()

    def _stop_waiting(self) -> None:
        if self._unread is not None:
            self._unread.cancel()
            self._unread = None

    def _cut(self, transport: asyncio.Transport) -> None:
        self._meter.count("http_refused", why="unread")
        transport.abort()

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """Answer what aiohttp could not parse, without a trace in the log or its words back."""
        if request.writer.output_size > 0:
            raise ConnectionError("it is answered already, and cannot be answered again")
        if status >= 500:
            self._meter.count("http_refused", why="fault")
            log.error("request failed", exc_info=exc)
            return refusal(status, "this failed here")
        self._meter.count("http_refused", why="malformed")
        log.info("request not read", error=type(exc).__name__)
        return refusal(status, "this is not a request")

    def log_exception(self, *args: Any, **kw: Any) -> None:
        """Tell of what is our fault; aiohttp also tells so of a body that cannot be read."""
        if not isinstance(kw.get("exc_info"), UNREADABLE):
            super().log_exception(*args, **kw)


def refusal(status: int, sentence: str) -> web.Response:
    """Return the answer to a request that is not served; no other can follow it."""
    headers = {
        "Server": SERVER,
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-store",
    }
    response = web.json_response({"error": sentence}, status=status, headers=headers)
    response.force_close()
    return response


def party_of(address: str) -> str:
    """Return whom an address counts for: of IPv6 whoever has one has all of its /64."""
    try:
        parsed = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if not isinstance(parsed, IPv6Address):
        return str(parsed)
    if parsed.ipv4_mapped:
        return str(parsed.ipv4_mapped)
    return parsed.exploded[:19]
