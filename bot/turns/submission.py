"""The one request of a turn's step: reserved, handed over, accepted, each stored as it happens."""

from __future__ import annotations

import structlog

from bot.domain import Amounts, ImageModel, Model, Turn
from bot.errors import BackendError, BackendFault, Fenced, StoreError
from bot.faults import transition
from bot.ports import Step
from bot.turns.account import Account
from bot.turns.services import Services

log = structlog.get_logger(__name__)


class Submission:
    """One turn's request on its way to a service.

    `submitted_at` is when a request that is not made twice was handed over (seconds of a clock
    that never jumps), None before; `accepted` the id that the service gave it, "" before;
    `resume` that of one which an earlier owner of the turn had handed over.
    """

    def __init__(self, turn: Turn, services: Services) -> None:
        self._turn = turn
        self._services = services
        self._step: Step | None = None
        self.submitted_at: float | None = None
        self.accepted = ""
        self.resume = ""

    @property
    def step(self) -> Step:
        """Return the step; before `start` there is none."""
        if self._step is None:
            raise StoreError("No call of a model was begun.")
        return self._step

    async def start(
        self,
        model: Model | ImageModel,
        backend: str,
        hold: Amounts,
        *,
        priced: bool,
        asks: bool = True,
    ) -> Step:
        """Reserve and start the step, unless the backend turns the bot away.

        This is the one gate: whatever asks a model comes through here. Raises `Refused` where a
        limit, a block or a missing price (not `priced`) forbids it.
        What was paid for is fetched, whether or not the backend would take anything new: so one
        that was under way when its process died, or that only fetches (not `asks`), goes on.
        """
        if asks and self._turn.attempt == 1:
            Account(backend, model.id, self._services).check()
        step = await self._start(model, hold, priced, anew=False)
        if step.repeats:
            self._services.meter.count("steps_repeated")
        return step

    async def start_anew(
        self, model: Model | ImageModel, backend: str, hold: Amounts, *, priced: bool
    ) -> Step:
        """Start the step once more, since its request surely came to nothing.

        Raises `Refused`: what it held before is then released with the turn.
        """
        Account(backend, model.id, self._services).check()
        return await self._start(model, hold, priced, anew=True)

    async def _start(
        self, model: Model | ImageModel, hold: Amounts, priced: bool, *, anew: bool
    ) -> Step:
        store, now = self._services.store, self._services.clock.now()
        quota = self._services.quotas.at(now, priced=priced)
        self._step = await transition(
            "start_step",
            store.start_step(self._turn, model, hold, now, anew=anew, quota=quota),
        )
        self.resume, self.submitted_at = "", None
        return self._step

    def take_up(self, backend: str, model: str, *, repeatable: bool) -> None:
        """Go on with the request that an earlier owner handed over, if there is one.

        Raises `BackendError(INTERRUPTED)` where nobody can tell what became of it, and what the
        backend turns the bot away with where a request is still to be made.
        """
        request_id = self.step.request_id
        if request_id is not None and not repeatable:
            self.lose()
        if request_id == "":
            raise BackendError(BackendFault.INTERRUPTED, ambiguous=True)
        if request_id is not None and not repeatable:
            self.resume = self.accepted = request_id
        elif self._turn.attempt > 1:
            Account(backend, model, self._services).check()

    def lose(self) -> None:
        """Know that a request was handed over of which nobody can be asked."""
        self.submitted_at = self._services.clock.monotonic()

    async def submit(self) -> None:
        """Note, before it leaves, that a request is made which is not made twice."""
        self.submitted_at = self._services.clock.monotonic()
        await transition("submit_step", self._services.store.accept_step(self._turn, self.step, ""))

    async def accept(self, request_id: str) -> None:
        """Note the provider's id of the call; without it the answer is as good."""
        self.accepted = request_id
        try:
            await transition(
                "accept_step",
                self._services.store.accept_step(self._turn, self.step, request_id),
            )
        except Fenced:
            raise
        except StoreError as error:
            log.warning("request id not stored", error=str(error))
