"""Notice a gateway that is connected but deaf: heartbeats are answered, events never come."""

from __future__ import annotations

import discord
import structlog

from adapters.discord.calls import Calls
from adapters.discord.gateway import Gateway
from bot.errors import PlatformError
from bot.ports import Clock, Meter

log = structlog.get_logger(__name__)

LOOK_SECONDS = 60.0
SILENCE_SECONDS = 300.0
# A message that was sent while we asked may be on its way still.
GRACE_SECONDS = 5.0


_Spoken = discord.TextChannel | discord.VoiceChannel | discord.StageChannel | discord.Thread


class Watch:
    """After long silence, compare what a server says its newest messages are with ours.

    Two calls per silent server and look; a quiet server costs them once in five minutes.
    """

    def __init__(self, gateway: Gateway, calls: Calls, clock: Clock, meter: Meter) -> None:
        self._gateway = gateway
        self._calls = calls
        self._clock = clock
        self._meter = meter
        self._looked_at = float("-inf")

    async def run(self) -> None:
        """Look every minute, for ever."""
        while True:
            await self._clock.sleep(LOOK_SECONDS)
            if self._gateway.open:
                self._meter.gauge("discord_latency_seconds", self._gateway.client.latency)
                await self._look()

    async def _look(self) -> None:
        now = self._clock.monotonic()
        since = max(self._gateway.client.heard_at, self._looked_at)
        if now - since < SILENCE_SECONDS:
            return
        self._looked_at = now
        client = self._gateway.client
        for guild in list(client.guilds):
            if await self._is_deaf(client, guild):
                log.warning("gateway is deaf; beginning a fresh session")
                self._meter.count("discord_gateway", outcome="deaf")
                await self._gateway.restart()
                return

    async def _is_deaf(self, client: discord.Client, guild: discord.Guild) -> bool:
        heard_at = self._gateway.client.heard_at
        try:
            channels = await self._calls.run(
                "channels", lambda: client.http.get_all_guild_channels(guild.id)
            )
            threads = await self._calls.run(
                "threads", lambda: client.http.get_active_threads(guild.id)
            )
        except PlatformError:
            return False
        rows = (*channels, *threads["threads"])
        newest = {int(row["id"]): int(row.get("last_message_id") or 0) for row in rows}
        await self._clock.sleep(GRACE_SECONDS)
        if self._gateway.client.heard_at > heard_at:
            return False
        # That of a forum names its newest post, of which nothing is heard as a message.
        places: list[_Spoken] = [
            *guild.text_channels,
            *guild.voice_channels,
            *guild.stage_channels,
            *guild.threads,
        ]
        return any(newest.get(one.id, 0) > (one.last_message_id or 0) for one in places)
