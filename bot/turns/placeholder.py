"""The placeholder of an interaction: what it becomes, and when it is taken away instead."""

from __future__ import annotations

import structlog

from bot.domain import InteractionRef, Turn
from bot.errors import PlatformError
from bot.ports import Platform
from bot.turns.calls import Calls
from bot.turns.services import Services

log = structlog.get_logger(__name__)


class Placeholder:
    """What a platform shows of an interaction until a message of its turn takes the place.

    A turn that nobody asked for by an interaction has none.
    """

    def __init__(self, turn: Turn, services: Services, platform: Platform, calls: Calls) -> None:
        self._turn = turn
        self._services = services
        self._platform = platform
        self._calls = calls
        self._free = turn.interaction

    async def choose(self, place: str) -> None:
        """Decide, before the first message, whether it becomes that.

        One that stands elsewhere (the thread was opened since), or above what another turn
        said meanwhile, is removed: an answer does not begin above what came before it.
        """
        if self._free is None:
            return
        overtaken = await self._services.store.is_overtaken(self._turn, place)
        if self._free.place != place or overtaken:
            await self.dismiss()

    async def take(self, place: str) -> InteractionRef | None:
        """Return the interaction whose placeholder a message there becomes, if it can."""
        if self._free is not None and self._free.place != place:
            # An earlier owner had begun it elsewhere; its message surely is not there.
            await self.dismiss()
        return self._free

    async def dismiss(self) -> None:
        """Remove it; no message becomes it any more."""
        interaction = self._turn.interaction
        if interaction is None:
            return
        self._free = None
        try:
            await self._calls.make(
                "dismiss", interaction.place, lambda: self._platform.dismiss(interaction)
            )
        except PlatformError as error:
            log.info("placeholder not dismissed", error=str(error))
