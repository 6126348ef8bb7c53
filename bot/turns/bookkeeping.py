"""Look after the ledger, once a minute: what was never closed, what was billed, what is left."""

from __future__ import annotations

import structlog

from bot import notices_limits as words
from bot.domain import Amounts
from bot.quotas import add
from bot.turns.rounds import repeat
from bot.turns.services import Services

log = structlog.get_logger(__name__)

EVERY_SECONDS = 60.0
HOUR_MS = 3_600 * 1_000
DAY_MS = 24 * HOUR_MS
# Longer than any turn takes: its deadline, its waiting for a service's limit, and ten minutes.
LEAK_MS = 2 * 600 * 1_000 + 600 * 1_000


class Bookkeeping:
    """Give back what leaked, and tell the people who run the bot of it and of sudden costs."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def run(self) -> None:
        """Look every minute, for ever."""
        await repeat(self._services.clock, EVERY_SECONDS, self.look, "ledger not looked after")

    async def look(self) -> None:
        """Look once. Raises `StoreError`."""
        now = self._services.clock.now()
        await self._release(now)
        await self._watch_spending(now)
        await self._watch_overruns(now)
        for credit in await self._services.store.credits():
            self._services.meter.gauge("credits_micros", credit.micros, backend=credit.backend)

    async def _release(self, now: int) -> None:
        services = self._services
        leaked = await services.store.release_leaks(now - LEAK_MS, now)
        if leaked:
            services.meter.count("reservations_leaked", leaked)
            log.error("reservations leaked", count=leaked)
            text = words.leaked(leaked)
            await services.alerts.raise_alert("leaked_reservations", text, again_ms=DAY_MS)

    async def _watch_spending(self, now: int) -> None:
        services, most = self._services, self._services.spike_micros
        billed = await services.store.billed(now - HOUR_MS)
        services.meter.gauge("billed_micros", billed, span="hour")
        if most is not None:
            if billed > most:
                await services.alerts.raise_alert(
                    "spike", words.spike(billed, most), again_ms=HOUR_MS
                )
            else:
                await services.alerts.clear("spike")
        cap = services.quotas.spend_cap
        if cap is not None:
            period = services.quotas.at(now).periods[cap.window]
            billed = await services.store.billed(period.starts)
            services.meter.gauge("billed_micros", billed, span=cap.window)
            services.meter.gauge("spend_cap_micros", cap.amount)
            if billed < cap.amount:
                await services.alerts.clear("spend_cap")

    async def _watch_overruns(self, now: int) -> None:
        services = self._services
        overruns = await services.store.overruns("", "", now - DAY_MS, now + 1)
        beyond = add(each.amounts for each in overruns)
        services.meter.gauge("overrun_micros", beyond.micros)
        if beyond != Amounts():
            text = words.overrun(beyond, ", ".join(each.label for each in overruns))
            await services.alerts.raise_alert("overruns", text, again_ms=DAY_MS)
        else:
            await services.alerts.clear("overruns")
