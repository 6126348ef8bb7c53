"""Stop asking a backend that turns the bot itself away, and try it again now and then.

A key that is not accepted or an account without credit fails every request alike: asking on
would only be slower, and some services lock out who keeps knocking.
"""

from __future__ import annotations

from dataclasses import dataclass

from bot.errors import BackendError, BackendFault

OPEN_SECONDS = 60.0
FAULTS = frozenset({BackendFault.AUTH, BackendFault.FUNDS})


@dataclass(slots=True)
class _Open:
    fault: BackendFault
    until: float


class Breakers:
    """Know which backends are not to be asked just now.

    Times are seconds of a clock that never jumps, always handed in.
    """

    def __init__(self) -> None:
        self._open: dict[str, _Open] = {}

    def check(self, backend: str, now: float) -> None:
        """Raise the fault that holds a backend's breaker open.

        Once that has stood for its time one request passes, to try; until that one is
        answered the others wait for another such time.
        """
        held = self._open.get(backend)
        if held is None:
            return
        if now < held.until:
            raise BackendError(held.fault, detail="not asked: the breaker is open")
        held.until = now + OPEN_SECONDS

    def is_open(self, backend: str) -> bool:
        """Tell whether the backend's last word was that it turns the bot away."""
        return backend in self._open

    def failed(self, backend: str, fault: BackendFault, now: float) -> None:
        """Learn of a fault; only those of the bot's own account open the breaker."""
        if fault in FAULTS:
            self._open[backend] = _Open(fault, now + OPEN_SECONDS)

    def worked(self, backend: str) -> bool:
        """Learn that the backend answered; tell whether that closed its breaker."""
        return self._open.pop(backend, None) is not None
