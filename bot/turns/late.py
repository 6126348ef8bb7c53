"""Results that come after a turn was told that they may: looked for, and posted as they come.

The turn has ended with a notice, so the result is a turn of its own; its row is made by
`ResultCame`, at most once, however often the service is asked.
"""

from __future__ import annotations

from asyncio import Future
from collections.abc import Callable

import structlog

from bot.domain import Outcome, Turn, TurnState
from bot.errors import BackendError
from bot.events import Incoming, ResultCame
from bot.faults import fault_point, transition
from bot.ports import Decision
from bot.turns.editing import UNDECIDED
from bot.turns.originals import memo
from bot.turns.rounds import repeat
from bot.turns.services import Services

log = structlog.get_logger(__name__)

EVERY_SECONDS = 30.0
# What people were told, from when the turn gave up waiting.
WAIT_MS = 3_600 * 1_000


class LateResults:
    """Ask services for what is awaited; `put` hands an event to intake."""

    def __init__(self, services: Services, put: Callable[[Incoming], Future[Decision]]) -> None:
        self._services = services
        self._put = put

    async def run(self) -> None:
        """Look every half minute, for ever."""
        await repeat(self._services.clock, EVERY_SECONDS, self.look, "late results not looked for")

    async def look(self) -> None:
        """Look for everything that is awaited, once. Raises `StoreError`."""
        store = self._services.store
        for platform, workspace, turn, model, request_id, since in await store.awaited():
            now = await store.read(turn)
            if now is None or (now.state is TurnState.ENDED and not _gave_up_waiting(now)):
                await self._forget(turn)
            elif now.state is not TurnState.ENDED:
                continue
            elif await self._is_done(model, request_id):
                fault_point("before:result_came")
                await self._put(ResultCame(platform, workspace, turn))
                await transition("forget_awaited", store.forget_awaited(turn))
            elif self._services.clock.now() - since > WAIT_MS:
                log.warning("a late result never came", turn=turn, model=model)
                await self._forget(turn)

    async def _forget(self, turn: str) -> None:
        """Await nothing for a turn any more, and forget what its edit was to be made of."""
        await self._services.store.forget_awaited(turn)
        await self._services.store.put_memo(memo(turn), "")

    async def _is_done(self, model: str, request_id: str) -> bool:
        """Tell whether a service has come to an end with a request."""
        try:
            _, backend = self._services.image_models.find_begun(model)
            return await backend.is_done(request_id)
        except BackendError as error:
            log.info("late result not looked for", fault=error.fault, detail=error.detail)
            return False


def _gave_up_waiting(turn: Turn) -> bool:
    """Tell whether people were told that its result may come later.

    A turn whose process died as it gave up may have heard the end afterwards, and said it.
    """
    return turn.outcome is Outcome.FAILED and turn.error in UNDECIDED
