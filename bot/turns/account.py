"""The bot's own account at a backend: whether it is turned away, and what is left of it."""

from __future__ import annotations

import structlog

from bot import notices_operators
from bot.breakers import proves_key
from bot.errors import BackendError, StoreError
from bot.ports import Credit
from bot.turns.services import Services

# Calls that end out of order report less, then more: only a real top-up ends the alert.
LOW_CREDITS_MARGIN = 4  # a quarter above the limit

log = structlog.get_logger(__name__)


class Account:
    """Learn from how calls of one model end, and tell its owners what only they can mend."""

    def __init__(self, backend: str, model: str, services: Services) -> None:
        self._backend = backend
        self._model = model
        self._services = services

    def check(self) -> None:
        """Raise what the backend turns the bot away with, unless it is time to try again."""
        services = self._services
        services.breakers.check(self._backend, self._model, services.clock.monotonic())

    async def failed(self, error: BackendError) -> None:
        """Learn from a call that failed."""
        services = self._services
        now = services.clock.monotonic()
        refused = services.breakers.failed(self._backend, self._model, error, now)
        if refused is not None:
            text = notices_operators.account_trouble(refused, error.fault)
            await services.alerts.raise_alert(f"account:{refused}", text)
        elif proves_key(error):
            await self._clear()

    async def worked(self, credits_micros: int | None) -> None:
        """Learn from a call that was answered, and what it said is left."""
        self._services.breakers.worked(self._backend, self._model)
        await self._clear()
        if credits_micros is not None:
            await self._note_credits(credits_micros)

    async def _clear(self) -> None:
        for name in (self._backend, self._model):
            await self._services.alerts.clear(f"account:{name}")

    async def _note_credits(self, left: int) -> None:
        services = self._services
        try:
            await services.store.note_credits(Credit(self._backend, left, services.clock.now()))
        except StoreError as error:
            log.warning("credits not stored", error=str(error))
        name, limit = f"low_credits:{self._backend}", services.low_credits_micros
        if left < limit:
            text = notices_operators.low_credits(self._backend, left, limit)
            await services.alerts.raise_alert(name, text)
        elif left >= limit + limit // LOW_CREDITS_MARGIN:
            await services.alerts.clear(name)
