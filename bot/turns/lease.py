"""A worker's life: one heartbeat row per process, and how long it surely still holds."""

from __future__ import annotations

import structlog

from bot.errors import StoreError
from bot.ports import Clock, WorkerStore

log = structlog.get_logger(__name__)

# Longer than the worst stall of an event loop that was seen in the field (reports of 10 s
# and more), and than a platform call's own deadline, which must fit into what is left.
LEASE_SECONDS = 60.0
BEAT_SECONDS = 15.0
HOLD_SECONDS = 1.0


class Lease:
    """Keep this worker alive in the store and say how long that holds.

    Time left is measured on the monotonic clock from before the beat was sent, so a jump of
    the wall clock cannot lengthen it. (A machine put to sleep may stop that clock: what was
    taken over meanwhile is then noticed by the fence of the next write.)
    """

    def __init__(self, worker: str, store: WorkerStore, clock: Clock) -> None:
        self.worker = worker
        self._store = store
        self._clock = clock
        self._until = 0.0

    @property
    def left(self) -> float:
        """Return the seconds for which the lease surely holds."""
        return self._until - self._clock.monotonic()

    async def hold(self, seconds: float) -> None:
        """Return once the lease holds for so long.

        A call that is still under way when another worker takes over could not be undone.
        """
        while self.left < seconds:
            try:
                await self.beat()
            except StoreError as error:
                log.error("waiting for the heartbeat", error=str(error))
                await self._clock.sleep(HOLD_SECONDS)

    async def beat(self) -> None:
        """Extend the lease once."""
        start = self._clock.monotonic()
        now = self._clock.now()
        await self._store.beat(self.worker, now, now + int(LEASE_SECONDS * 1000))
        self._until = start + LEASE_SECONDS

    async def run(self) -> None:
        """Extend the lease for ever."""
        while True:
            await self._clock.sleep(BEAT_SECONDS)
            try:
                await self.beat()
            except StoreError as error:
                log.error("heartbeat not stored", error=str(error))
