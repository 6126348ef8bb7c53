"""Slack over sockets: two of them, so that one is there while the other is made anew.

https://docs.slack.dev/apis/events-api/using-socket-mode. Slack sends each payload to one of the
sockets that are open, and takes its acknowledgement by any.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from time import time
from typing import Any

import structlog
from slack_bolt.adapter.socket_mode.async_internals import send_async_response
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.async_client import AsyncBaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest

from adapters.slack.calls import Calls
from adapters.slack.door import Door, library_logger
from adapters.slack.failures import MISSING_SCOPE, REVOKED
from bot.errors import ConfigError, PlatformError, Throttled
from bot.ports import Clock, Meter

log = structlog.get_logger(__name__)

SOCKETS = 2
PING_SECONDS = 10.0
CONNECT_SECONDS = 20.0
# slack_sdk tries to reach an address that it was once given for ever, although a socket's is
# good for one try and a few seconds: after this long without a connection all begins anew.
# https://github.com/slackapi/python-slack-sdk/blob/main/slack_sdk/socket_mode/aiohttp/__init__.py
LOST_SECONDS = 30.0
LOOK_SECONDS = 10.0
LONGEST_PAUSE_SECONDS = 30.0
# What is being taken when the sockets close may still be acknowledged.
ACK_SECONDS = 1.0

_REFUSED = REVOKED | {MISSING_SCOPE, "not_allowed_token_type", "forbidden_team"}


class Sockets:
    """Keep sockets open and let in what they bring.

    `calls` speak with the app's own token. `on_open(silent)` is called whenever one has opened,
    with the seconds for which, as far as is known, none was open before.
    """

    def __init__(
        self,
        app_token: str,
        calls: Calls,
        door: Door,
        clock: Clock,
        meter: Meter,
        *,
        on_open: Callable[[float], None],
    ) -> None:
        self._app_token = app_token
        self._calls = calls
        self._door = door
        self._clock = clock
        self._meter = meter
        self._on_open = on_open
        self._clients: set[SocketModeClient] = set()
        self._taking: set[asyncio.Task[Any]] = set()
        self._open_at = clock.monotonic()

    @property
    def open(self) -> int:
        """Return how many sockets are open."""
        return sum(_is_open(client) for client in self._clients)

    async def run(self) -> None:
        """Keep the sockets open until cancelled. Raises `ConfigError` for a bad token."""
        tasks = [asyncio.create_task(self._keep()) for _ in range(SOCKETS)]
        try:
            await asyncio.gather(*tasks)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def close(self) -> None:
        """Close the sockets, once what they brought is acknowledged."""
        if self._taking:
            await asyncio.wait(self._taking, timeout=ACK_SECONDS)
        for client in list(self._clients):
            await self._end(client)

    async def _keep(self) -> None:
        """Open a socket again and again."""
        pause, refusable = 1.0, True
        while True:
            client = self._make()
            try:
                await self._open(client)
                pause, refusable = 1.0, False
                await self._watch(client)
            except PlatformError as error:
                if refusable and error.code in _REFUSED:
                    raise ConfigError(
                        [
                            f"SLACK_APP_TOKEN is refused by Slack ({error.code}); it is an"
                            " app-level token (xapp-...) with connections:write"
                        ]
                    ) from error
                self._meter.count("slack_sockets", outcome="failed")
                log.warning("no socket", code=error.code, error=str(error))
                if isinstance(error, Throttled):
                    pause = max(pause, error.retry_after)
            except TimeoutError:
                self._meter.count("slack_sockets", outcome="failed")
                log.warning("no socket", error="not open in time")
            finally:
                await self._end(client)
            await self._clock.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE_SECONDS)

    def _make(self) -> SocketModeClient:
        client = SocketModeClient(
            app_token=self._app_token,
            logger=library_logger(),
            web_client=self._calls.client,
            ping_interval=PING_SECONDS,
        )
        client.socket_mode_request_listeners.append(self._hear)
        self._clients.add(client)
        return client

    async def _open(self, client: SocketModeClient) -> None:
        answer = await self._calls.make("", "apps.connections.open")
        client.wss_uri = str(answer.get("url") or "")
        async with asyncio.timeout(CONNECT_SECONDS):
            await client.connect()  # type: ignore[no-untyped-call]
        self._meter.count("slack_sockets", outcome="opened")
        now = self._clock.monotonic()
        silent, self._open_at = now - self._open_at, now
        self._on_open(silent)

    async def _watch(self, client: SocketModeClient) -> None:
        """Return when a socket has been closed for too long to come back by itself."""
        lost: float | None = None
        while True:
            await self._clock.sleep(LOOK_SECONDS)
            now = self._clock.monotonic()
            if _is_open(client):
                self._open_at, lost = now, None
            elif lost is None:
                lost = now
            elif now - lost >= LOST_SECONDS:
                self._meter.count("slack_sockets", outcome="lost")
                return

    async def _hear(self, client: AsyncBaseSocketModeClient, request: SocketModeRequest) -> None:
        task = asyncio.current_task()
        if task:
            self._taking.add(task)
            task.add_done_callback(self._taking.discard)
        began = time()
        answer = await self._door.enter(request.payload)
        try:
            await send_async_response(client, request, answer, began)
        except (OSError, RuntimeError) as error:
            # Slack sends it again, and it is known then.
            self._meter.count("slack_sockets", outcome="unacknowledged")
            log.info("acknowledgement not sent", error=type(error).__name__)

    async def _end(self, client: SocketModeClient) -> None:
        """Close a socket for good: slack_sdk may be opening it anew at this moment."""
        with suppress(Exception):
            await client.close()  # type: ignore[no-untyped-call]
        # Whatever stopped that half-way: no connection outlives its session.
        await client.aiohttp_client_session.close()
        tasks = (client.message_processor, client.current_session_monitor, client.message_receiver)
        await asyncio.gather(*(task for task in tasks if task), return_exceptions=True)
        self._clients.discard(client)


def _is_open(client: SocketModeClient) -> bool:
    session = client.current_session
    return not client.closed and session is not None and not session.closed
