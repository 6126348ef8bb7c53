"""Who is connected: a bounded crowd, of which those leave first who keep us waiting longest.

A connection *waits* while something of it is awaited: its first request, the rest of one, or
the next. Of one address only so many may wait for longer than a moment, and of all only so many
at all; what is too much is closed, those first that waited longest, of whoever has most. So
nobody is turned away at the door: whoever sends a whole request at once is served, also from an
address that holds hundreds of idle connections. It is also why a reverse proxy in front needs no
setting: all connections are then its own, of which those that are being answered do not count
and spare idle ones may close. `X-Forwarded-For`, which anybody can write, is not asked.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
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
# What comes in a burst, as from a proxy, has this time to be a whole request.
MOMENT_SECONDS = 1.0
# Whoever does not take an answer in this time is cut off.
UNREAD_SECONDS = 15.0
# aiohttp would tell its version.
SERVER = "threadbot"
# What is raised by a body that is no chunks, no gzip, or broken off.
UNREADABLE = (HttpProcessingError, ClientError, web.RequestPayloadError, ConnectionError)


@dataclass(frozen=True, slots=True)
class _Wait:
    """For whom a connection counts, and since when by the loop's clock."""

    address: str
    since: float


class Crowd:
    """Keep who waits, in the order in which they began to."""

    def __init__(self, meter: Meter) -> None:
        self._meter = meter
        self._waiting: dict[web.RequestHandler, _Wait] = {}
        # The addresses that are looked at again in a moment.
        self._doubted: set[str] = set()

    @property
    def size(self) -> int:
        """Return how many wait."""
        return len(self._waiting)

    def wait(self, connection: web.RequestHandler, address: str) -> None:
        """Let a connection wait from now on; what is too much is closed, now or in a moment."""
        loop = asyncio.get_running_loop()
        self._waiting[connection] = _Wait(address, loop.time())
        if len(self._of(address)) > WAITING_PER_ADDRESS and address not in self._doubted:
            self._doubted.add(address)
            loop.call_later(MOMENT_SECONDS, self._thin, address)
        if len(self._waiting) > WAITING_IN_ALL:
            most = Counter(each.address for each in self._waiting.values()).most_common(1)
            self._close(self._of(most[0][0])[0])

    def _thin(self, address: str) -> None:
        """Close what an address has too much; what came just now has its moment still."""
        self._doubted.discard(address)
        loop = asyncio.get_running_loop()
        waiting = self._of(address)
        for connection in waiting[: max(len(waiting) - WAITING_PER_ADDRESS, 0)]:
            left = self._waiting[connection].since + MOMENT_SECONDS - loop.time()
            if left > 0:
                self._doubted.add(address)
                loop.call_later(left, self._thin, address)
                return
            self._close(connection)

    def _of(self, address: str) -> list[web.RequestHandler]:
        return [one for one, each in self._waiting.items() if each.address == address]

    def leave(self, connection: web.RequestHandler) -> None:
        """Forget a connection that is gone."""
        self._waiting.pop(connection, None)

    @contextmanager
    def answering(self, connection: web.RequestHandler) -> Iterator[None]:
        """Let a connection not wait meanwhile: it is we who are awaited."""
        wait = self._waiting.pop(connection, None)
        try:
            yield
        finally:
            if wait is not None and connection.connected:
                self.wait(connection, wait.address)

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
