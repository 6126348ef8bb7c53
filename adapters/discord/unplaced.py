"""Ask what a channel is that the session does not know, and keep what is said there in order."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

import discord
import structlog

from adapters.discord.calls import Calls
from adapters.discord.held import Held, Item, whereabouts
from adapters.watermarks import Watermarks
from bot.errors import Forbidden, Gone, PlatformError, Throttled
from bot.ports import Clock

log = structlog.get_logger(__name__)

# Threads that came back to life unannounced are asked for once.
MOST_PLACED = 256
# Seconds between the tries, together four minutes: longer than a hiccup of Discord's.
ASK_AGAIN_SECONDS = (1.0, 2.0, 4.0, 8.0, 15.0, 30.0, 60.0, 60.0, 60.0)


class Unplaced:
    """Hold messages of unknown channels until Discord has said what those are.

    `fetch(channel)` asks; `release` takes what was held, in order; `start` runs the asking.
    """

    def __init__(
        self,
        marks: Watermarks,
        calls: Calls,
        clock: Clock,
        *,
        fetch: Callable[[int], Awaitable[Any]],
        release: Callable[[Item], None],
        start: Callable[[Coroutine[Any, Any, None]], None],
    ) -> None:
        self._marks = marks
        self._calls = calls
        self._clock = clock
        self._fetch = fetch
        self._release = release
        self._start = start
        self._held = Held(marks)
        self._asked_for: set[int] = set()
        self._placed: OrderedDict[int, Any] = OrderedDict()

    def place(self, message: discord.Message) -> bool:
        """Put a message where it stands if that is known; else ask first, keeping order."""
        workspace, channel = whereabouts(message)
        if channel not in self._asked_for:
            if known := self._placed.get(channel):
                message.channel = known
                return True
            self._asked_for.add(channel)
            self._start(self._ask(workspace, channel))
        self._held.add(message)
        return False

    def hold(self, item: Item) -> bool:
        """Keep what is about messages of a channel that is being asked for."""
        if whereabouts(item)[1] not in self._asked_for:
            return False
        self._held.add(item)
        return True

    async def _ask(self, workspace: str, channel: int) -> None:
        """Find out what a channel is, then let go what was said there meanwhile."""
        gap = self._marks.freeze(workspace, str(channel))
        try:
            place = await self._find(channel)
        except (Gone, Forbidden) as error:
            log.info("the channel is not ours to see", channel=channel, code=error.code)
            place = None
        except PlatformError as error:
            # The gap stays: the next start reads what is dropped here.
            log.error("unknown channel; the next start tries", channel=channel, code=error.code)
            self._take(workspace, channel)
            return
        items = self._take(workspace, channel)
        self._marks.close(workspace, str(channel), {gap})
        if place is None:
            return
        self._placed[channel] = place
        while len(self._placed) > MOST_PLACED:
            self._placed.popitem(last=False)
        for item in items:
            if isinstance(item, discord.Message):
                item.channel = place
            self._release(item)

    def _take(self, workspace: str, channel: int) -> list[Item]:
        self._asked_for.discard(channel)
        return self._held.take(workspace, channel)

    async def _find(self, channel: int) -> Any:
        """Ask again and again while Discord is busy or does not say."""

        async def fetch() -> Any:
            return await self._fetch(channel)

        for pause in ASK_AGAIN_SECONDS:
            try:
                return await self._calls.run("channel", fetch)
            except (Gone, Forbidden):
                raise
            except Throttled as error:
                await self._clock.sleep(error.retry_after)
            except PlatformError:
                await self._clock.sleep(pause)
        return await self._calls.run("channel", fetch)
