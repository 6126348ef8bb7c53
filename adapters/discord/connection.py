"""One discord.py client: it forwards what it hears and keeps no messages and no members."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from typing import Any, Protocol

import discord
import structlog

from adapters.discord.calls import make_trace
from bot.ports import Clock, Meter

log = structlog.get_logger(__name__)

MOST_REFUSED_RESUMES = 3
IDENTIFY_SECONDS = 5.0

Deletes = discord.RawMessageDeleteEvent | discord.RawBulkMessageDeleteEvent


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

    def on_edit(self, message: discord.Message) -> None:
        """A message was sent anew, perhaps changed by its author."""

    def on_delete(self, payload: Deletes) -> None:
        """Messages were deleted."""

    def on_place_gone(self, guild: int, channel: int) -> None:
        """A channel or thread was deleted."""

    async def on_interaction(self, interaction: discord.Interaction) -> None:
        """A button, a command or a form was used."""


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
        """Note that an event came, and pass it on.

        A resume is no event: it says that the connection stands, not that anything is heard.
        """
        if event == "socket_event_type" and args != ("RESUMED",):
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
        self.forgive()
        self._member_of = {guild.id for guild in self.guilds}
        self._listener.on_session(self)

    async def on_resumed(self) -> None:
        """Handle RESUMED: Discord replayed what was missed."""
        self.forgive()
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

    def forgive(self) -> None:
        """Forget the resumes that were refused."""
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

    async def on_raw_message_edit(self, payload: discord.RawMessageUpdateEvent) -> None:
        """Handle a message that was sent anew."""
        self._listener.on_edit(payload.message)

    async def on_raw_message_delete(self, payload: discord.RawMessageDeleteEvent) -> None:
        """Handle a deleted message."""
        self._listener.on_delete(payload)

    async def on_raw_bulk_message_delete(self, payload: discord.RawBulkMessageDeleteEvent) -> None:
        """Handle deleted messages."""
        self._listener.on_delete(payload)

    async def on_raw_thread_delete(self, payload: discord.RawThreadDeleteEvent) -> None:
        """Handle a deleted thread."""
        self._listener.on_place_gone(payload.guild_id, payload.thread_id)

    async def on_guild_channel_delete(self, channel: discord.abc.GuildChannel) -> None:
        """Handle a deleted channel."""
        self._listener.on_place_gone(channel.guild.id, channel.id)

    async def on_interaction(self, interaction: discord.Interaction) -> None:
        """Handle the use of a button, a command or a form."""
        await self._listener.on_interaction(interaction)
