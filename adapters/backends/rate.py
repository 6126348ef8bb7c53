"""Hold our own requests to so many in a minute, in the order in which they were asked for."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Awaitable, Callable

WINDOW_SECONDS = 60.0
# How late a place that somebody gave up is noticed.
LOOK_SECONDS = 1.0


class Rate:
    """Let at most `most` requests begin in any 60 s; who waits is served in order."""

    def __init__(
        self,
        most: int,
        *,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
        clock: Callable[[], float] | None = None,
    ) -> None:
        self._most = max(1, most)
        self._sleep = sleep
        self._clock = clock or (lambda: asyncio.get_running_loop().time())
        self._begun: deque[float] = deque()
        self._waiting: deque[object] = deque()
        self._closed_until = 0.0

    async def turns(self) -> AsyncGenerator[float, None]:
        """Yield the seconds that are left, again and again; end when the request may begin.

        Giving up the iteration gives up the place.
        """
        ticket = object()
        self._waiting.append(ticket)
        try:
            while (wait := self._wait(self._waiting.index(ticket))) > 0:
                yield wait
                await self._sleep(min(wait, LOOK_SECONDS))
            self._begun.append(self._clock())
        finally:
            self._waiting.remove(ticket)

    def close_for(self, seconds: float) -> None:
        """Let nothing begin for a while, since the provider said so."""
        self._closed_until = max(self._closed_until, self._clock() + seconds)

    def _wait(self, place: int) -> float:
        """Return the seconds until the request at that place of the queue may begin."""
        now = self._clock()
        while self._begun and self._begun[0] <= now - WINDOW_SECONDS:
            self._begun.popleft()
        closed = self._closed_until - now
        over = len(self._begun) + place + 1 - self._most
        if over <= 0:
            return closed if place == 0 else max(closed, 0.0)
        rounds, at = divmod(over - 1, self._most)
        expires = self._begun[at] if at < len(self._begun) else now
        return max(closed, expires + WINDOW_SECONDS * (rounds + 1) - now)
