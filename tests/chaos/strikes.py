"""Kill the bot from outside, in the middle of one of its calls."""

from __future__ import annotations

from collections.abc import Callable

from adapters.playground.faults import Fault, FaultScript
from adapters.playground.history import Entry, History
from tests.chaos.venue import DONE, LANDING

# What was sent is done so long after it came; the bot is dead by then.
LANDING_SECONDS = 0.6


def _nobody(point: str) -> None:
    """Kill nobody."""


class Strikes:
    """Strike at the first call of a route: as it is done (its answer is never read), or as it
    comes, and it is done afterwards.
    """

    def __init__(self, service: str, history: History, faults: FaultScript) -> None:
        self.kill: Callable[[str], None] = _nobody
        self._service = service
        self._faults = faults
        self._point = ""
        self._late: Fault | None = None
        history.watchers.append(self._hear)

    def arm(self, point: str) -> None:
        """Wait for a call; "" for none."""
        self._point, self._late = point, None
        if point.startswith(LANDING):
            late = Fault(point.removeprefix(LANDING), "delay", seconds=LANDING_SECONDS)
            # First, so that no other fault takes the call.
            self._faults.faults.insert(0, late)
            self._late = late

    def _hear(self, entry: Entry) -> None:
        """Strike before the answer leaves."""
        done = entry.service == self._service and entry.effect != "refused"
        if done and self._point == f"{DONE}{entry.route}":
            self._strike()

    def look(self) -> None:
        """Strike if the call has come that is to be done after the bot's death."""
        if self._late is not None and self._late.hits:
            self._strike()

    def _strike(self) -> None:
        point, self._point, self._late = self._point, "", None
        self.kill(point)
