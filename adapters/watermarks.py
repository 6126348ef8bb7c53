"""How far each channel was read: raised behind what is committed, written every few seconds."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

import structlog

from bot.errors import StoreError
from bot.ports import Clock, WatermarkStore

log = structlog.get_logger(__name__)

# A mark that lags only means that a restart reads a few messages twice, which is a no-op.
FLUSH_SECONDS = 3.0


@dataclass(slots=True)
class Reading:
    """One channel: the newest position seen, those not committed, and the gaps in between."""

    newest: int = 0
    written: int = 0
    open: set[int] = field(default_factory=set)
    gaps: set[int] = field(default_factory=set)

    @property
    def mark(self) -> int:
        """Return the highest position below which nothing is missing."""
        if self.gaps:
            return self.written
        return min(self.newest, min(self.open) - 1) if self.open else self.newest


class Watermarks:
    """Collect marks in memory and write them together; nothing else raises a mark.

    A message that could not be committed, and one that was not taken at all (a gap), holds
    its channel's mark down until catch-up has read it, at the latest after the next start.
    """

    def __init__(self, store: WatermarkStore, clock: Clock, platform: str) -> None:
        self._store = store
        self._clock = clock
        self._platform = platform
        self._readings: dict[tuple[str, str], Reading] = {}
        self._frozen: set[str] = set()
        self._last_gap = 0

    def saw(self, workspace: str, channel: str, position: int) -> None:
        """Note a message that needs nothing."""
        reading = self._reading(workspace, channel)
        reading.newest = max(reading.newest, position)

    def follow(
        self, workspace: str, channel: str, position: int, commit: asyncio.Future[Any]
    ) -> None:
        """Note a message that counts as read once `commit` has succeeded."""
        reading = self._reading(workspace, channel)
        reading.newest = max(reading.newest, position)
        reading.open.add(position)

        def settle(future: asyncio.Future[Any]) -> None:
            if not future.cancelled() and future.exception() is None:
                reading.open.discard(position)

        commit.add_done_callback(settle)

    def freeze(self, workspace: str, channel: str) -> int:
        """Raise this channel's mark no more, and name the gap that it now has."""
        self._last_gap += 1
        self._reading(workspace, channel).gaps.add(self._last_gap)
        return self._last_gap

    def gaps(self, workspace: str, channel: str) -> frozenset[int]:
        """Return the gaps of a channel."""
        reading = self._readings.get((workspace, channel))
        return frozenset(reading.gaps) if reading else frozenset()

    def close(self, workspace: str, channel: str, gaps: Collection[int]) -> None:
        """Note that what was missing in these gaps was read, or cannot be read by anybody."""
        self._reading(workspace, channel).gaps.difference_update(gaps)

    def freeze_all(self, workspace: str) -> None:
        """Raise no mark of this workspace any more: nobody knows what was missed there."""
        self._frozen.add(workspace)

    def thaw(self, workspace: str) -> None:
        """Raise marks again, where there is no gap: it is known what was missed."""
        self._frozen.discard(workspace)

    async def flush(self) -> None:
        """Write what has risen."""
        risen: dict[str, dict[str, int]] = {}
        for (workspace, channel), reading in self._readings.items():
            if reading.mark > reading.written and workspace not in self._frozen:
                risen.setdefault(workspace, {})[channel] = reading.mark
        for workspace, marks in risen.items():
            try:
                await self._store.raise_watermarks(self._platform, workspace, marks)
            except StoreError as error:
                log.warning("watermarks not written", error=str(error))
                continue
            for channel, mark in marks.items():
                if written := self._readings.get((workspace, channel)):
                    written.written = max(written.written, mark)
        self._forget_settled()

    async def run(self) -> None:
        """Write every few seconds, for ever."""
        while True:
            await self._clock.sleep(FLUSH_SECONDS)
            await self.flush()

    def _reading(self, workspace: str, channel: str) -> Reading:
        return self._readings.setdefault((workspace, channel), Reading())

    def _forget_settled(self) -> None:
        """Keep memory to the channels in which something is under way."""
        for key, reading in list(self._readings.items()):
            if not reading.open and not reading.gaps and reading.written == reading.newest:
                del self._readings[key]
