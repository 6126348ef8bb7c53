"""Read history at low priority: pages one after another, spaced, tried again."""

from __future__ import annotations

import asyncio
from typing import Any

import discord

from adapters.discord.calls import Calls
from bot.errors import PlatformUnknown, Throttled
from bot.ports import Clock

# Discord's largest page.
MOST_MESSAGES = 100
TRIES = 4


class Pages:
    """Get pages, all workspaces together at most `per_second`."""

    def __init__(self, calls: Calls, clock: Clock, per_second: float) -> None:
        self._calls = calls
        self._clock = clock
        self._space = 1 / per_second
        self._turnstile = asyncio.Lock()
        self._next_call = 0.0

    async def get(self, client: discord.Client, channel: int, after: int | None) -> list[Any]:
        """Return the first page after a position, or the newest, in Discord's order."""
        last: PlatformUnknown = PlatformUnknown()
        for attempt in range(TRIES):
            await self._take_turn()
            try:
                return await self._calls.run(
                    "history",
                    lambda: client.http.logs_from(channel, MOST_MESSAGES, after=after),
                )
            except Throttled as error:
                last = PlatformUnknown(str(error))
                await self._clock.sleep(error.retry_after)
            except PlatformUnknown as error:
                last = error
                await self._clock.sleep(2.0**attempt)
        raise last

    async def get_one(self, client: discord.Client, channel: int, message: int) -> Any:
        """Return one message. Raises `PlatformError`."""
        await self._take_turn()
        return await self._calls.run("message", lambda: client.http.get_message(channel, message))

    async def _take_turn(self) -> None:
        """Space the calls of all workspaces."""
        async with self._turnstile:
            wait = self._next_call - self._clock.monotonic()
            if wait > 0:
                await self._clock.sleep(wait)
            self._next_call = self._clock.monotonic() + self._space
