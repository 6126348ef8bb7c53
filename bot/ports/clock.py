"""Time."""

from __future__ import annotations

from typing import Protocol


class Clock(Protocol):
    """Tell the time; tests hand in a virtual one."""

    def now(self) -> int:
        """Return UTC milliseconds: data only, never used to measure."""

    def monotonic(self) -> float:
        """Return seconds that never jump: for leases, deadlines and pacing."""

    async def sleep(self, seconds: float) -> None:
        """Wait."""
