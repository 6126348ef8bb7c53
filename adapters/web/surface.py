"""The HTTP surface: health, readiness, metrics, and the routes that other adapters hand in.

Without being told otherwise it listens on loopback, and it answers only to the names it goes
by: a page of another site that a browser was led to under a name of its own (DNS rebinding)
gets nothing. The world, which comes by PUBLIC_URL, is served what other adapters hand in and
`/healthz`; readiness and metrics are for this machine and its network.

A body is read before its handler begins, so that no handler waits for one: the deadline and the
cap are the same for all, and until a request is whole its connection counts as waiting
(`adapters.web.connections`).
"""

from __future__ import annotations

import asyncio
import errno
import socket
from collections.abc import Awaitable, Callable, Iterable, Mapping
from contextlib import suppress
from functools import partial
from typing import Protocol, cast
from urllib.parse import urlsplit

import structlog
from aiohttp import web

from adapters.web.connections import SERVER, UNREADABLE, Connection, Crowd, refusal
from adapters.web.gate import BODY_BYTES, Names, flaw_of, is_inside
from adapters.web.lag import LagSampler
from adapters.web.meter import CONTENT_TYPE
from bot.errors import BotError
from bot.ports import Clock, Meter

log = structlog.get_logger(__name__)

# A header is whole so long after its first byte, the first one after the connection began.
HEADER_SECONDS = 15.0
# A connection that was answered is kept longer than a reverse proxy keeps it, else a request
# meets its end: nginx does so for 60 seconds, Go's proxies for 90, Caddy for 120.
# https://nginx.org/en/docs/http/ngx_http_upstream_module.html#keepalive_timeout
IDLE_SECONDS = 125.0
# A body is there by then; what it lacks is waited for a second more, then the line is closed.
BODY_SECONDS = 10.0
# A handler takes no longer.
ANSWER_SECONDS = 15.0
MAX_HEADERS = 100
LINGER_SECONDS = 1.0

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
    """Serve. `problems` says, at any time, why the bot could not take a turn now.

    `bodies` are the bytes that a body may have, where it is not `BODY_BYTES`, by path's beginning.
    """

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
        bodies: Mapping[str, int] | None = None,
        header_seconds: float = HEADER_SECONDS,
        body_seconds: float = BODY_SECONDS,
        answer_seconds: float = ANSWER_SECONDS,
    ) -> None:
        self._host = host
        self._port = port
        self._meter = meter
        self._problems = problems
        self._names = Names(
            frozenset({"localhost", host.lower(), socket.gethostname().lower()} - {""}),
            urlsplit(public_url).hostname if public_url else None,
        )
        self._header_seconds = header_seconds
        self._body_seconds = body_seconds
        self._answer_seconds = answer_seconds
        self._crowd = Crowd(meter)
        self._lag = LagSampler(clock or LoopClock(), meter)
        self._routes = routes
        self._bodies = bodies or {}
        self._runner: web.AppRunner | None = None
        self._server: asyncio.Server | None = None
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
        self._runner = web.AppRunner(app, handle_signals=False, shutdown_timeout=2.0)
        await self._runner.setup()
        connect = partial(
            Connection,
            cast(web.Server, self._runner.server),  # set up just now
            self._crowd,
            self._meter,
            self._header_seconds,
            keepalive_timeout=IDLE_SECONDS,
            lingering_time=LINGER_SECONDS,
            max_headers=MAX_HEADERS,
            access_log=None,  # probes would fill it, and addresses may hold tokens
        )
        loop = asyncio.get_running_loop()
        try:
            self._server = await loop.create_server(connect, self._host, self._port)
        except OSError as error:
            await self.close()
            why = "is in use" if error.errno == errno.EADDRINUSE else "cannot be listened on"
            raise PortInUse(
                f"HTTP_PORT {self._port} on {self._host} {why} ({error.strerror});"
                " set HTTP_PORT or HTTP_HOST, or stop what listens there"
            ) from error
        self._port = self._server.sockets[0].getsockname()[1]
        self._sampler = asyncio.create_task(self._lag.run(), name="loop lag")

    async def close(self) -> None:
        """Stop listening; a second time nothing happens."""
        if self._sampler:
            self._sampler.cancel()
            with suppress(asyncio.CancelledError):
                await self._sampler
            self._sampler = None
        if self._server:
            self._server.close()
            self._server = None
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
        most = self._most_bytes(request.path)
        if flaw := flaw_of(request, self._names, most):
            return self._refuse(flaw.status, flaw.why, flaw.sentence)
        if request.path in _INSIDE and not is_inside(request, self._names):
            return self._refuse(404, "outside", "not found")
        try:
            # A route that there is not needs no body.
            if request.match_info.http_exception is None:
                request = request.clone(client_max_size=most)
                async with asyncio.timeout(self._body_seconds):
                    await request.read()
            response = await self._answer(request, handler)
        except web.HTTPException as answer:
            # 404, 405 and 413 are aiohttp's own; said in our words, with its headers.
            if answer.status < 400:
                raise
            response = self._refuse(
                answer.status, _WHYS.get(answer.status, "refused"), answer.reason.lower()
            )
            response.headers.update({k: v for k, v in answer.headers.items() if k == "Allow"})
        except TimeoutError:
            response = self._refuse(408, "slow", "the request took too long")
        except ConnectionError:
            # Nobody is there to be answered.
            response = self._refuse(400, "left", "the request broke off")
        except UNREADABLE:
            response = self._refuse(400, "malformed", "the body cannot be read")
        if not response.prepared:
            response.headers["Server"] = SERVER
            response.headers.setdefault("X-Content-Type-Options", "nosniff")
            response.headers.setdefault("Cache-Control", "no-store")
        return response

    def _most_bytes(self, path: str) -> int:
        """Return how many bytes the body of a request to a path may have."""
        return next(
            (most for begins, most in self._bodies.items() if path.startswith(begins)), BODY_BYTES
        )

    async def _answer(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Let the handler work; meanwhile nothing is awaited of whoever asked."""
        try:
            with self._crowd.answering(request.protocol):
                async with asyncio.timeout(self._answer_seconds):
                    return await handler(request)
        except web.HTTPException:
            raise
        except TimeoutError:
            # The path itself may hold the token of a link, which is nobody's to read in a log.
            resource = request.match_info.route.resource
            log.error("request not answered in time", path=resource and resource.canonical)
            return self._refuse(503, "late", "the answer takes too long")
        except Exception:
            log.exception("request failed")
            return self._refuse(500, "fault", "this failed here")

    def _refuse(self, status: int, why: str, sentence: str) -> web.Response:
        self._meter.count("http_refused", why=why)
        return refusal(status, sentence)


_INSIDE = frozenset({"/metrics", "/readyz"})
_WHYS = {404: "path", 405: "method", 413: "size"}
