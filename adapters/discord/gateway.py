"""Stay connected: one discord.py client at a time, restarted whatever happens to it."""

from __future__ import annotations

import asyncio
import random
import sys
from collections.abc import Callable
from typing import Any, Protocol

import discord
import structlog
import yarl
from discord.gateway import DiscordWebSocket
from discord.http import HTTPClient, Route

from adapters.discord.calls import make_trace
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
MOST_REFUSED_RESUMES = 3
# Discord allows 1000 identifies a day, then it resets the token: 300 s keep far below.
FIRST_PAUSE_SECONDS = 1.0
LONGEST_PAUSE_SECONDS = 300.0
# A connection that held this long makes an earlier failure history.
STEADY_SECONDS = 600.0
IDENTIFY_SECONDS = 5.0

REFUSED = (
    "DISCORD_TOKEN: the Discord token was refused. Get a new one at "
    "https://discord.com/developers/applications (your application, Bot, Reset Token)."
)


class Listener(Protocol):
    """Take what the gateway brings. Called in order of arrival, without an await between."""

    def on_session(self, client: discord.Client) -> None:
        """A fresh session began; whatever happened before it was not heard."""

    def on_ready(self) -> None:
        """The servers' contents are known."""

    def on_guild(self, client: discord.Client, guild: discord.Guild, *, joined: bool) -> None:
        """A server's contents arrived; `joined`: the bot was just added to it."""

    def on_guild_gone(self, guild: discord.Guild) -> None:
        """The bot was removed from a server, or the server is no more."""

    def on_message(self, client: discord.Client, message: discord.Message) -> None:
        """A message was written."""

    def on_delete(
        self, payload: discord.RawMessageDeleteEvent | discord.RawBulkMessageDeleteEvent
    ) -> None:
        """Messages were deleted."""

    async def on_press(self, interaction: discord.Interaction) -> None:
        """A button was pressed."""


def point_at(api_base: str, gateway_url: str, cdn_base: str) -> None:
    """Set the addresses that discord.py talks to; they are the library's own globals."""
    Route.BASE = api_base.rstrip("/")
    DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(gateway_url)
    discord.asset.Asset.BASE = cdn_base.rstrip("/")


def make_intents(*, message_content: bool) -> discord.Intents:
    """Return what we need to hear, and nothing more."""
    intents = discord.Intents.none()
    intents.guilds = True
    intents.guild_messages = True
    intents.dm_messages = True
    intents.message_content = message_content
    return intents


class GatewayClient(discord.Client):
    """Forward events to a listener; keep no messages and no members."""

    def __init__(
        self,
        listener: Listener,
        clock: Clock,
        meter: Meter,
        *,
        message_content: bool,
        guild_ready_timeout: float,
        heartbeat_timeout: float,
    ) -> None:
        super().__init__(
            intents=make_intents(message_content=message_content),
            allowed_mentions=discord.AllowedMentions.none(),
            max_messages=None,
            member_cache_flags=discord.MemberCacheFlags.none(),
            chunk_guilds_at_startup=False,
            guild_ready_timeout=guild_ready_timeout,
            heartbeat_timeout=heartbeat_timeout,
            max_ratelimit_timeout=30.0,
            http_trace=make_trace(),
        )
        self._listener = listener
        self._clock = clock
        self._meter = meter
        self._member_of: set[int] = set()
        self._resumed_on: Any = None
        self.refused_resumes = 0
        self.resumes_refused = asyncio.Event()
        self.heard_at = clock.monotonic()
        self._guard_parsers()

    def _guard_parsers(self) -> None:
        """Let one malformed event be lost instead of the connection.

        An exception in a parser ends `Client.connect()`. READY is left as it is: without it
        there is no session, and the supervisor has to start over.
        """
        parsers = self._connection.parsers
        for event, parse in parsers.items():
            if event != "READY":
                parsers[event] = self._guarded(event, parse)

    def _guarded(self, event: str, parse: Callable[[Any], None]) -> Callable[[Any], None]:
        def guarded(data: Any) -> None:
            try:
                parse(data)
            except Exception as error:
                self._meter.count("discord_malformed", event=event.lower())
                log.error("event not understood", event_type=event, error=repr(error)[:200])

        return guarded

    def dispatch(self, event: str, /, *args: Any, **kwargs: Any) -> None:
        """Note that something was heard, and pass it on."""
        self.heard_at = self._clock.monotonic()
        super().dispatch(event, *args, **kwargs)

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """Keep Discord's distance between two identifies."""
        if not initial:
            await self._clock.sleep(IDENTIFY_SECONDS)

    async def on_error(self, event_method: str, /, *args: Any, **kwargs: Any) -> None:
        """Log a handler's fault; never the event, which holds people's words."""
        self._meter.count("discord_handler_errors", handler=event_method)
        error = sys.exception()
        log.error("handler failed", handler=event_method, exc_info=error)

    async def on_connect(self) -> None:
        """Handle READY."""
        self._forgive()
        self._member_of = {guild.id for guild in self.guilds}
        self._listener.on_session(self)

    async def on_resumed(self) -> None:
        """Handle RESUMED: Discord replayed what was missed."""
        self._forgive()
        self._meter.count("discord_gateway", outcome="resumed")

    async def on_disconnect(self) -> None:
        """Count resumes that were refused, which discord.py would repeat for ever.

        Only attempts that got as far as a socket count: without a network nothing was refused.
        """
        self._meter.count("discord_gateway", outcome="disconnected")
        if self.ws is self._resumed_on:
            return
        self._resumed_on = self.ws
        self.refused_resumes += 1
        if self.refused_resumes > MOST_REFUSED_RESUMES:
            self.resumes_refused.set()

    def _forgive(self) -> None:
        self.refused_resumes = 0
        self._resumed_on = None
        self.resumes_refused.clear()

    async def on_ready(self) -> None:
        """Handle the last server's arrival."""
        self._listener.on_ready()

    async def on_guild_available(self, guild: discord.Guild) -> None:
        """Handle a server's contents: at the start, after an outage, or of a new one."""
        self._tell_guild(guild)

    async def on_guild_join(self, guild: discord.Guild) -> None:
        """Handle what discord.py takes for a new server: its contents without `unavailable`."""
        self._tell_guild(guild)

    def _tell_guild(self, guild: discord.Guild) -> None:
        """New is what READY, which names servers in an outage too, did not name."""
        joined = guild.id not in self._member_of
        self._member_of.add(guild.id)
        self._listener.on_guild(self, guild, joined=joined)

    async def on_guild_remove(self, guild: discord.Guild) -> None:
        """Handle the bot's removal; an outage of a server is not one."""
        # Added again, it is new there: nothing that was said meanwhile was said to it.
        self._member_of.discard(guild.id)
        self._listener.on_guild_gone(guild)

    async def on_message(self, message: discord.Message) -> None:
        """Handle a message."""
        self._listener.on_message(self, message)

    async def on_raw_message_delete(self, payload: discord.RawMessageDeleteEvent) -> None:
        """Handle a deleted message."""
        self._listener.on_delete(payload)

    async def on_raw_bulk_message_delete(self, payload: discord.RawBulkMessageDeleteEvent) -> None:
        """Handle deleted messages."""
        self._listener.on_delete(payload)

    async def on_interaction(self, interaction: discord.Interaction) -> None:
        """Handle a press."""
        if interaction.type is discord.InteractionType.component:
            await self._listener.on_press(interaction)


class Gateway:
    """Own the client: log in, connect, and begin again after anything but a refused token.

    Connection losses are discord.py's own business (it resumes); this is for what it gives
    up on. `line` users get the client that is current at the time of their call.
    """

    def __init__(
        self,
        token: str,
        listener: Listener,
        clock: Clock,
        meter: Meter,
        *,
        guild_ready_timeout: float = 2.0,
        heartbeat_timeout: float = 60.0,
    ) -> None:
        self._token = token
        self._listener = listener
        self._clock = clock
        self._meter = meter
        self._guild_ready_timeout = guild_ready_timeout
        self._heartbeat_timeout = heartbeat_timeout
        self._client: GatewayClient | None = None
        self._logged_in = asyncio.Event()
        self._failures = 0
        self.degraded = False

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
        client._forgive()
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
