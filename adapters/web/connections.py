"""Who is connected: a bounded crowd, of which those leave first who keep us waiting longest.

A connection *waits* while something of it is awaited: its first request, the rest of one, or
the next. Of one address only so many may wait for longer than a moment, and of all only so many
at all; what is too much is closed, those first that were never answered and waited longest, of
whoever has most. So nobody is turned away at the door: whoever sends a whole request at once is
served, also from an address that holds hundreds of idle connections.

Whoever was answered may come again by the same connection, and loses a request that meets its
end: who keeps many uses the one that was idle longest next. So what was answered counts only
once it was idle for long. It is also why a reverse proxy in front needs no setting: all
connections are then its own, of which those that are in use do not count, and spare idle ones
may close. `X-Forwarded-For`, which anybody can write, is not asked.
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
from aiohttp import StreamReader, web
from aiohttp.client_exceptions import ClientError
from aiohttp.http_exceptions import HttpProcessingError

from bot.ports import Meter

log = structlog.get_logger(__name__)

WAITING_PER_ADDRESS = 50
WAITING_IN_ALL = 256
# What comes in a burst, as from a proxy, has this time to be a whole request.
MOMENT_SECONDS = 1.0
# What was answered is kept for so long, however many there are of an address.
KEPT_SECONDS = 10.0
# No look comes sooner after another, whatever a clock's fractions say.
_PAUSE_SECONDS = 0.01
# Whoever does not take an answer in this time is cut off.
UNREAD_SECONDS = 15.0
# aiohttp would tell its version.
SERVER = "threadbot"
# What is raised by a body that is no chunks, no gzip, or broken off.
UNREADABLE = (HttpProcessingError, ClientError, web.RequestPayloadError, ConnectionError)


@dataclass(frozen=True, slots=True)
class _Wait:
    """For whom a connection counts, since when by the loop's clock, and whether it was answered."""

    address: str
    since: float
    answered: bool

    @property
    def ripe_at(self) -> float:
        """Return when it may be closed for being too much."""
        return self.since + (KEPT_SECONDS if self.answered else MOMENT_SECONDS)

    @property
    def rank(self) -> tuple[bool, float]:
        """Return what orders those that are too much, the first to go first."""
        return self.answered, self.since


class Crowd:
    """Keep who waits."""

    def __init__(self, meter: Meter) -> None:
        self._meter = meter
        self._waiting: dict[web.RequestHandler, _Wait] = {}
        # The addresses that are looked at again in a moment.
        self._doubted: set[str] = set()

    @property
    def size(self) -> int:
        """Return how many wait."""
        return len(self._waiting)

    def wait(self, connection: web.RequestHandler, address: str, *, answered: bool = False) -> None:
        """Let a connection wait from now on; what is too much is closed, now or later."""
        now = asyncio.get_running_loop().time()
        self._waiting[connection] = _Wait(address, now, answered)
        if sum(each.address == address for each in self._waiting.values()) > WAITING_PER_ADDRESS:
            self._look_again(address, MOMENT_SECONDS)
        if len(self._waiting) > WAITING_IN_ALL:
            most = Counter(each.address for each in self._waiting.values()).most_common(1)
            self._close(self._of(most[0][0])[0])

    def stir(self, connection: web.RequestHandler) -> None:
        """Let a connection that begins another request have a moment for the whole of it."""
        wait = self._waiting.get(connection)
        if wait is not None and wait.answered:
            self.wait(connection, wait.address)

    def _look_again(self, address: str, seconds: float) -> None:
        if address not in self._doubted:
            self._doubted.add(address)
            asyncio.get_running_loop().call_later(seconds, self._thin, address)

    def _thin(self, address: str) -> None:
        """Close what an address has too much; what is not ripe for that has its time still."""
        self._doubted.discard(address)
        now = asyncio.get_running_loop().time()
        ripe_at = {one: self._waiting[one].ripe_at for one in self._of(address)}
        counted = [
            one for one, at in ripe_at.items() if at <= now or not self._waiting[one].answered
        ]
        for connection in counted[: max(len(counted) - WAITING_PER_ADDRESS, 0)]:
            if ripe_at[connection] <= now:
                del ripe_at[connection]
                self._close(connection)
        if len(ripe_at) > WAITING_PER_ADDRESS:
            next_at = min(at for at in ripe_at.values() if at > now)
            self._look_again(address, max(next_at - now, _PAUSE_SECONDS))

    def _of(self, address: str) -> list[web.RequestHandler]:
        """Return the connections of an address, the first to go first."""
        found = [(one, each.rank) for one, each in self._waiting.items() if each.address == address]
        return [one for one, _ in sorted(found, key=lambda ranked: ranked[1])]

    def leave(self, connection: web.RequestHandler) -> None:
        """Forget a connection that is gone."""
        self._waiting.pop(connection, None)

    @contextmanager
    def answering(self, connection: web.RequestHandler) -> Iterator[None]:
        """Let a connection not wait meanwhile: it is we who are awaited."""
        wait, answered = self._waiting.pop(connection, None), False
        try:
            yield
            answered = True
        finally:
            if wait is not None and connection.connected:
                self.wait(connection, wait.address, answered=answered)

    def _close(self, connection: web.RequestHandler) -> None:
        self.leave(connection)
        self._meter.count("http_refused", why="crowd")
        connection.force_close()


class Connection(web.RequestHandler):
    """aiohttp's side of a connection, that counts in the crowd and is cut off when it clogs.

    `header_seconds` is the time for a header; aiohttp's `keepalive_timeout` is that between an
    answer and the next request, and would be the one for headers too.
    """

    __slots__ = ("_body", "_crowd", "_head", "_header_seconds", "_meter", "_unread")

    def __init__(
        self, server: web.Server, crowd: Crowd, meter: Meter, header_seconds: float, **options: Any
    ) -> None:
        super().__init__(server, loop=asyncio.get_running_loop(), **options)
        self._crowd = crowd
        self._meter = meter
        self._header_seconds = header_seconds
        self._head: asyncio.TimerHandle | None = None
        self._body: StreamReader | None = None
        self._unread: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """See `asyncio.Protocol`."""
        super().connection_made(transport)
        peer = transport.get_extra_info("peername")
        if isinstance(transport, asyncio.Transport):
            # From the first byte that is not taken on, not only from the 64th KiB.
            transport.set_write_buffer_limits(high=0)
        self._crowd.wait(self, party_of(peer[0]) if peer else "")
        self._await_head()

    def data_received(self, data: bytes) -> None:
        """See `asyncio.Protocol`."""
        self._crowd.stir(self)
        heads = self._request_count
        is_head = self._body is None or self._body.is_eof()
        super().data_received(data)
        if self._request_count > heads:
            self._forget_head()
            self._body = self._messages[-1][1] if self._messages else None
        elif data and is_head and self._head is None:
            # aiohttp calls this with nothing, too.
            self._await_head()

    def _await_head(self) -> None:
        loop = asyncio.get_running_loop()
        self._head = loop.call_later(self._header_seconds, self._miss_head)

    def _forget_head(self) -> None:
        if self._head is not None:
            self._head.cancel()
            self._head = None

    def _miss_head(self) -> None:
        """Close a connection whose header took too long; the request before it ends first."""
        if self._waiter is None or self._waiter.done():
            self._await_head()
        else:
            self._head = None
            self.force_close()

    def connection_lost(self, exc: BaseException | None) -> None:
        """See `asyncio.Protocol`."""
        self._crowd.leave(self)
        self._forget_head()
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
