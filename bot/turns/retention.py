"""Remove, once an hour, what is kept for a time only."""

from __future__ import annotations

import structlog

from bot.turns.rounds import repeat
from bot.turns.services import Services

log = structlog.get_logger(__name__)

EVERY_SECONDS = 3_600.0
DAY_MS = 24 * 3_600 * 1_000
# A blob is put before the row that names it: what is younger may be about to be named.
BLOB_AGE_MS = DAY_MS
MOST_BLOBS = 500
# In one transaction.
MOST_PICTURES = 500


class Retention:
    """Purge rows, and the bytes that no row names any more."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def run(self) -> None:
        """Purge now, since a deletion may have waited for this start, and then for ever."""
        await repeat(self._services.clock, EVERY_SECONDS, self.purge, "not purged")

    async def purge(self) -> None:
        """Remove what is due."""
        services = self._services
        now = services.clock.now()
        for kind, rows in (await services.store.purge(now)).items():
            if rows:
                services.meter.count("purged", rows, kind=kind)
        await self._expire_pictures(now)
        before = now - BLOB_AGE_MS
        old = await services.blobs.older_than(before, MOST_BLOBS)
        unused = await services.store.unused_blobs(old) if old else set()
        for blob in sorted(unused):
            await services.blobs.delete(blob, before)
        if unused:
            services.meter.count("purged", len(unused), kind="blobs")

    async def _expire_pictures(self, now: int) -> None:
        """Forget the bytes of pictures whose time is over: the blobs go as no row names them."""
        services = self._services
        before = now - services.image_retention_days * DAY_MS
        while expired := await services.store.expire_pictures(before, MOST_PICTURES):
            services.meter.count("purged", expired, kind="pictures")
