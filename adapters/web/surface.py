"""The HTTP surface: health, readiness, metrics, and the routes that other adapters hand in.

Without being told otherwise it listens on loopback, and it answers only to the names it goes
by: a page of another site that a browser was led to under a name of its own (DNS rebinding)
gets nothing.
"""

from __future__ import annotations

import asyncio
import errno
import socket
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from ipaddress import ip_address
from typing import Protocol
from urllib.parse import urlsplit

from aiohttp import web

from adapters.web.lag import LagSampler
from adapters.web.meter import CONTENT_TYPE
from bot.errors import BotError
from bot.ports import Clock, Meter

# A connection that has not sent a whole header, or nothing after an answer, is closed.
HEADER_SECONDS = 15.0
# A handler, with the reading of its request's body, takes no longer.
ANSWER_SECONDS = 15.0
BODY_BYTES = 1024 * 1024
MAX_HEADERS = 100

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class PortInUse(BotError):
    """The port of the HTTP surface cannot be listened on."""


class ExposedMeter(Meter, Protocol):
    """A meter whose counts can be shown."""

    def expose(self) -> bytes:
        """Return all metrics in Prometheus's text format."""


class LoopClock:
    """The running loop's clock."""

    def now(self) -> int:
        """Not asked for here."""
        raise NotImplementedError

    def monotonic(self) -> float:
        """Return the loop's time."""
        return asyncio.get_running_loop().time()

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        await asyncio.sleep(seconds)


class Surface:
    """Serve. `problems` says, at any time, why the bot could not take a turn now."""

    def __init__(
        self,
        host: str,
        port: int,
        meter: ExposedMeter,
        problems: Callable[[], list[str]],
        *,
        clock: Clock | None = None,
        public_url: str | None = None,
        routes: Iterable[web.AbstractRouteDef] = (),
        header_seconds: float = HEADER_SECONDS,
        answer_seconds: float = ANSWER_SECONDS,
    ) -> None:
        self._host = host
        self._port = port
        self._meter = meter
        self._problems = problems
        self._names = {"localhost", host.lower(), socket.gethostname().lower()}
        if public_url:
            self._names.add(urlsplit(public_url).hostname or "")
        self._answer_seconds = answer_seconds
        self._header_seconds = header_seconds
        self._lag = LagSampler(clock or LoopClock(), meter)
        self._routes = routes
        self._runner: web.AppRunner | None = None
        self._sampler: asyncio.Task[None] | None = None

    @property
    def port(self) -> int:
        """Return the port that is really listened on."""
        return self._port

    async def start(self) -> None:
        """Listen. Raises `PortInUse`."""
        app = web.Application(middlewares=[self._guard], client_max_size=BODY_BYTES)
        app.add_routes(
            [
                web.get("/healthz", self._alive),
                web.get("/readyz", self._ready),
                web.get("/metrics", self._metrics),
                *self._routes,
            ]
        )
        self._runner = web.AppRunner(
            app,
            handle_signals=False,
            access_log=None,  # probes would fill it, and addresses may hold tokens
            keepalive_timeout=self._header_seconds,
            lingering_time=1.0,
            max_headers=MAX_HEADERS,
            shutdown_timeout=2.0,
        )
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, self._host, self._port).start()
        except OSError as error:
            await self.close()
            why = "is in use" if error.errno == errno.EADDRINUSE else "cannot be listened on"
            raise PortInUse(
                f"HTTP_PORT {self._port} on {self._host} {why} ({error.strerror});"
                " set HTTP_PORT or HTTP_HOST, or stop what listens there"
            ) from error
        self._port = self._runner.addresses[0][1]
        self._sampler = asyncio.create_task(self._lag.run(), name="loop lag")

    async def close(self) -> None:
        """Stop listening; a second time nothing happens."""
        if self._sampler:
            self._sampler.cancel()
            with suppress(asyncio.CancelledError):
                await self._sampler
            self._sampler = None
        if self._runner:
            await self._runner.cleanup()
            self._runner = None

    # --- what is served --------------------------------------------------------------------

    async def _alive(self, request: web.Request) -> web.Response:
        return web.json_response({"status": "alive"})

    async def _ready(self, request: web.Request) -> web.Response:
        lag = self._lag.problem()
        reasons = [*self._problems(), *([lag] if lag else [])]
        if reasons:
            return web.json_response({"status": "not ready", "reasons": reasons}, status=503)
        return web.json_response({"status": "ready"})

    async def _metrics(self, request: web.Request) -> web.Response:
        return web.Response(body=self._meter.expose(), headers={"Content-Type": CONTENT_TYPE})

    # --- who is served ---------------------------------------------------------------------

    @web.middleware
    async def _guard(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        hosts = request.headers.getall("Host", [])
        if len(hosts) != 1:
            return _refusal(400, "one Host header is needed")
        if not self._is_ours(hosts[0]):
            return _refusal(403, "this host is not served here")
        try:
            async with asyncio.timeout(self._answer_seconds):
                response = await handler(request)
        except TimeoutError:
            response = _refusal(408, "the request took too long")
            response.force_close()
        except web.HTTPException as answer:
            # 404, 405 and 413 are aiohttp's own; said in our words, with its headers.
            if answer.status < 400:
                raise
            response = _refusal(answer.status, answer.reason.lower())
            response.headers.update({k: v for k, v in answer.headers.items() if k == "Allow"})
        if not response.prepared:
            response.headers.setdefault("X-Content-Type-Options", "nosniff")
            response.headers.setdefault("Cache-Control", "no-store")
        return response

    def _is_ours(self, host: str) -> bool:
        """Tell whether a Host header names us. An address always does: rebinding needs a name."""
        try:
            name = (urlsplit(f"//{host}").hostname or "").lower()
        except ValueError:
            return False
        if name in self._names:
            return True
        try:
            ip_address(name)
        except ValueError:
            return False
        return True


def _refusal(status: int, reason: str) -> web.Response:
    return web.json_response({"error": reason}, status=status)
