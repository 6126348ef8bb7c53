"""Stay connected: one discord.py client at a time, restarted whatever happens to it."""

from __future__ import annotations

import asyncio
import random
from typing import Any

import discord
import structlog
import yarl
from discord.gateway import DiscordWebSocket
from discord.http import HTTPClient, Route

from adapters.discord.connection import GatewayClient, Listener
from bot.errors import BotError, ConfigError
from bot.ports import Clock, Meter

log = structlog.get_logger(__name__)

# https://docs.discord.com/developers/topics/opcodes-and-status-codes#gateway-gateway-close-event-codes
AUTHENTICATION_FAILED = 4004
_HOPELESS = {
    4010: "Discord did not accept the shard numbers.",
    4011: "This bot is in too many servers for one connection (sharding is not built).",
    4012: "Discord no longer speaks this version of its gateway.",
    4013: "Discord did not accept the intents.",
}
# Discord allows 1000 identifies a day, then it resets the token: 300 s keep far below.
FIRST_PAUSE_SECONDS = 1.0
LONGEST_PAUSE_SECONDS = 300.0
# A connection that held this long makes an earlier failure history.
STEADY_SECONDS = 600.0

REFUSED = (
    "DISCORD_TOKEN: the Discord token was refused. Get a new one at "
    "https://discord.com/developers/applications (your application, Bot, Reset Token)."
)


def point_at(api_base: str, gateway_url: str, cdn_base: str) -> None:
    """Set the addresses that discord.py talks to; they are the library's own globals."""
    Route.BASE = api_base.rstrip("/")
    DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(gateway_url)
    discord.asset.Asset.BASE = cdn_base.rstrip("/")


class Gateway:
    """Own the client: log in, connect, and begin again after anything but a refused token.

    Connection losses are discord.py's own business (it resumes); this is for what it gives
    up on. `line` users get the client that is current at the time of their call.
    """

    def __init__(
        self,
        token: str,
        clock: Clock,
        meter: Meter,
        *,
        guild_ready_timeout: float = 2.0,
        heartbeat_timeout: float = 60.0,
    ) -> None:
        self._token = token
        self._clock = clock
        self._meter = meter
        self._guild_ready_timeout = guild_ready_timeout
        self._heartbeat_timeout = heartbeat_timeout
        self._client: GatewayClient | None = None
        self._logged_in = asyncio.Event()
        self._failures = 0
        self.degraded = False

    def forward_to(self, listener: Listener) -> None:
        """Name who takes what is heard, before anything is."""
        self._listener = listener

    async def fetch_channel(self, channel: int) -> Any:
        """Ask Discord what a channel is."""
        await self.http()
        return await self.client.fetch_channel(channel)

    @property
    def client(self) -> GatewayClient:
        """Return the current client."""
        if self._client is None:
            self._client = self._make_client()
        return self._client

    async def http(self) -> HTTPClient:
        """Return what makes requests, once logged in."""
        await self._logged_in.wait()
        return self.client.http

    @property
    def open(self) -> bool:
        """Tell whether a session is open at this moment."""
        client = self._client
        return client is not None and client.is_ready() and has_socket(client)

    @property
    def logged_in(self) -> bool:
        """Tell whether calls can be made."""
        return self._logged_in.is_set()

    async def run(self) -> None:
        """Connect and stay connected until cancelled. Raises `ConfigError` if refused."""
        while True:
            try:
                await self._login()
                await self._stay()
            except discord.PrivilegedIntentsRequired:
                if self.degraded:
                    raise BotError("Discord refuses intents that were not asked for.") from None
                self._degrade()
                await self._discard()
                continue
            except Exception as error:
                fatal = explain(error)
                if fatal:
                    raise fatal from error
                log.error("discord connection failed", error=repr(error)[:200])
            await self._discard()
            await self._pause()

    async def disconnect(self) -> None:
        """Leave the gateway; calls can still be made."""
        client = self._client
        if client and has_socket(client):
            await client.ws.close(code=1000)

    async def close(self) -> None:
        """Leave Discord."""
        self._logged_in.clear()
        if self._client:
            await self._client.close()

    async def restart(self) -> None:
        """Drop the connection; the next one is a fresh session, which catches up."""
        self.client.resumes_refused.set()

    def _make_client(self) -> GatewayClient:
        return GatewayClient(
            self._listener,
            self._clock,
            self._meter,
            message_content=not self.degraded,
            guild_ready_timeout=self._guild_ready_timeout,
            heartbeat_timeout=self._heartbeat_timeout,
        )

    async def _login(self) -> None:
        await self.client.login(self._token)
        self._logged_in.set()

    async def _discard(self) -> None:
        """Close a client that cannot go on. Its successor logs in anew."""
        self._logged_in.clear()
        client, self._client = self._client, None
        if client:
            await client.close()

    async def _stay(self) -> None:
        """Connect the logged-in client again and again, as long as it can be."""
        client = self.client
        while True:
            started = self._clock.monotonic()
            try:
                await self._connect(client)
            except Exception as error:
                if client.is_closed() or isinstance(error, discord.PrivilegedIntentsRequired):
                    raise
                log.error("gateway failed", error=repr(reason(error))[:200])
            if client.is_closed():
                return
            if has_socket(client):
                await client.ws.close(code=4000)
            self._meter.count("discord_gateway", outcome="restarted")
            if self._clock.monotonic() - started > STEADY_SECONDS:
                self._failures = 0
            await self._pause()

    async def _connect(self, client: GatewayClient) -> None:
        """Connect with a fresh identify; return if resumes are being refused for ever."""
        client.forgive()
        connected = asyncio.create_task(client.connect(), name="discord gateway")
        refused = asyncio.create_task(client.resumes_refused.wait())
        try:
            await asyncio.wait({connected, refused}, return_when=asyncio.FIRST_COMPLETED)
            if connected.done():
                connected.result()
            else:
                log.warning("session given up; identifying afresh")
        finally:
            await end(connected)
            await end(refused)

    async def _pause(self) -> None:
        longest = min(LONGEST_PAUSE_SECONDS, FIRST_PAUSE_SECONDS * 2.0**self._failures)
        self._failures += 1
        await self._clock.sleep(longest * random.uniform(0.5, 1.0))

    def _degrade(self) -> None:
        self.degraded = True
        log.warning(
            "message content intent is off: people have to mention the bot each time; switch "
            "it on at https://discord.com/developers/applications (your application, Bot)"
        )


def reason(error: Exception) -> BaseException:
    """Return what happened: discord.py stumbles over its own handling of a first failure."""
    if isinstance(error, AttributeError) and error.__context__ is not None:
        return error.__context__
    return error


async def end(task: asyncio.Task[Any]) -> None:
    """Cancel a task until it is done, whatever came of it.

    Once is not enough: before Python 3.12 `asyncio.wait_for`, which discord.py connects
    through, forgets a cancellation that arrives together with its result.
    https://github.com/python/cpython/issues/86296
    """
    while not task.done():
        task.cancel()
        await asyncio.wait({task}, timeout=0.1)
    if not task.cancelled():
        task.exception()


def has_socket(client: discord.Client) -> bool:
    """Tell whether the client's socket is open; before the first one it has none."""
    return bool(getattr(client.ws, "open", False))


def explain(error: Exception) -> BotError | None:
    """Return what no restart can mend, None for everything else."""
    match error:
        case discord.LoginFailure():
            return ConfigError([REFUSED])
        case discord.ConnectionClosed(code=code) if code == AUTHENTICATION_FAILED:
            return ConfigError([REFUSED])
        case discord.ConnectionClosed(code=code) if code in _HOPELESS:
            return BotError(_HOPELESS[code])
        case _:
            return None
