"""Measure how late the event loop wakes: the sign of a blocked or overloaded process."""

from __future__ import annotations

from collections import deque

from bot.ports import Clock, Meter

EVERY_SECONDS = 0.25
# A loop this late on average over the window cannot answer an interaction in time
# (Discord gives 3 s, and its heartbeats follow).
ALARM_SECONDS = 1.0
WINDOW = 8


class LagSampler:
    """Sleep again and again, and note how much later than asked it woke."""

    def __init__(self, clock: Clock, meter: Meter) -> None:
        self._clock = clock
        self._meter = meter
        self._recent: deque[float] = deque(maxlen=WINDOW)

    async def run(self) -> None:
        """Sample until cancelled."""
        while True:
            before = self._clock.monotonic()
            await self._clock.sleep(EVERY_SECONDS)
            lag = max(0.0, self._clock.monotonic() - before - EVERY_SECONDS)
            self._recent.append(lag)
            self._meter.observe("loop_lag_seconds", lag)

    def problem(self) -> str | None:
        """Say so if the loop was late of late."""
        if not self._recent:
            return None
        lag = sum(self._recent) / len(self._recent)
        return f"loop: wakes {lag:.1f} s late" if lag >= ALARM_SECONDS else None
