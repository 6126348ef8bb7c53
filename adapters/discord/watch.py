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


class Watch:
    """After long silence, compare what a server says its newest messages are with ours.

    One call per silent server and look; a quiet server costs one call in five minutes.
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
            rows = await self._calls.run(
                "channels", lambda: client.http.get_all_guild_channels(guild.id)
            )
        except PlatformError:
            return False
        newest = {int(row["id"]): int(row.get("last_message_id") or 0) for row in rows}
        await self._clock.sleep(GRACE_SECONDS)
        if self._gateway.client.heard_at > heard_at:
            return False
        for channel in guild.text_channels:
            if newest.get(channel.id, 0) > (channel.last_message_id or 0):
                return True
        return False
