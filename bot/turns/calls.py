"""A platform's calls in the hands of one turn: within its lease, counted, tried again."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

import structlog

from bot.errors import Gone, PlatformError, PlatformUnknown, Throttled
from bot.faults import fault_point
from bot.ports import Platform
from bot.turns.services import Services

log = structlog.get_logger(__name__)

T = TypeVar("T")

# Waits between tries of a call whose outcome stayed unknown, and of one that was throttled.
BACKOFF_SECONDS = (0.5, 1.0, 2.0, 4.0, 8.0, 15.0, 30.0, 60.0)
# The whole thread is gone with the message that it began with.
THREAD_GONE = "thread_not_found"
# Discord's "Unknown Message": https://docs.discord.com/developers/topics/opcodes-and-status-codes
_TAKEN_AWAY = frozenset({"10008", THREAD_GONE})


def is_taken_away(error: PlatformError) -> bool:
    """Tell whether a person took away what was to be changed: that is not forced back."""
    return isinstance(error, Gone) and error.code in _TAKEN_AWAY


class Calls:
    """Make calls of one platform, for one turn."""

    def __init__(self, platform: Platform, services: Services) -> None:
        self._platform = platform
        self._services = services
        self._budget = services.budgets[platform.name]
        self._hurry = asyncio.Event()
        self._last_at = float("-inf")

    def hurry(self) -> None:
        """Try nothing twice from now on: the caller wants the end of what is under way."""
        self._hurry.set()

    def calm(self) -> None:
        """Be patient again."""
        self._hurry.clear()

    @property
    def hurries(self) -> bool:
        """Tell whether nothing is tried twice."""
        return self._hurry.is_set()

    def wait_seconds(self, place: str, urgent: bool) -> float:
        """Return how long the budget asks to wait before the next call."""
        now = self._services.clock.monotonic()
        return max(0.0, self._budget.next_at(place, self._last_at, now, urgent) - now)

    async def make(self, name: str, place: str, call: Callable[[], Awaitable[T]]) -> T:
        """Make a call that may be repeated: wait out throttling and unknown outcomes."""
        for wait in BACKOFF_SECONDS:
            try:
                return await self.once(name, call)
            except Throttled as error:
                await self.obey(place, error)
            except PlatformUnknown as error:
                await self.rest(wait, error)
        return await self.once(name, call)

    async def once(self, name: str, call: Callable[[], Awaitable[T]]) -> T:
        """Make a call, whatever comes of it."""
        services = self._services
        await services.lease.hold(self._platform.limits.call_seconds)
        fault_point(f"before:{name}")
        result = "ok"
        try:
            return await call()
        except PlatformError as error:
            result = type(error).__name__
            log.warning("platform call failed", call=name, error=str(error), code=error.code)
            raise
        finally:
            self._last_at = services.clock.monotonic()
            services.meter.count(
                "platform_calls", platform=self._platform.name, call=name, result=result
            )
            fault_point(f"after:{name}")

    async def obey(self, place: str, error: Throttled) -> None:
        """Wait as long as a refusal says, and go on more slowly at its place."""
        self.slow(place, error)
        await self.rest(error.retry_after, error)

    def slow(self, place: str, error: Throttled) -> None:
        """Let nobody call at a place for as long as a refusal says."""
        self._budget.throttled(place, error.retry_after, self._services.clock.monotonic())

    async def rest(self, seconds: float, error: PlatformError) -> None:
        """Wait before the next try; where the caller hurries there is none: raise the error."""
        try:
            async with asyncio.timeout(seconds):
                await self._hurry.wait()
        except TimeoutError:
            return
        raise error
