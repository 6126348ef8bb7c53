"""Stop asking a backend that turns the bot itself away, and try it again now and then.

A key that is not accepted or an account without credit fails every request alike: asking on
would only be slower, and some services lock out who keeps knocking.
"""

from __future__ import annotations

from dataclasses import dataclass

from bot.errors import BackendError, BackendFault

OPEN_SECONDS = 60.0
FAULTS = frozenset({BackendFault.AUTH, BackendFault.FUNDS})


def proves_key(error: BackendError) -> bool:
    """Tell whether who refuses like this has taken the bot's key first."""
    return error.fault not in FAULTS and 400 <= error.status < 500 and not error.ambiguous


@dataclass(slots=True)
class _Open:
    fault: BackendFault
    until: float


class Breakers:
    """Know which backends, and which of their models, are not to be asked just now.

    A backend as a whole only where its complaint is surely about the bot's account: otherwise
    one person who chooses a model that is not for us would take all others from everybody.
    Times are seconds of a clock that never jumps, always handed in.
    """

    def __init__(self) -> None:
        self._open: dict[str, _Open] = {}

    def check(self, backend: str, model: str, now: float) -> None:
        """Raise the fault that holds the breaker of a backend, or of its model, open.

        Once that has stood for its time one request passes, to try; until that one is
        answered the others wait for another such time.
        """
        breakers = [self._open[name] for name in (backend, model) if name in self._open]
        for held in breakers:
            if now < held.until:
                raise BackendError(held.fault, detail="not asked: the breaker is open")
        for held in breakers:
            held.until = now + OPEN_SECONDS

    def is_open(self, backend: str) -> bool:
        """Tell whether the backend's last word was that it turns the bot away."""
        return backend in self._open

    def failed(self, backend: str, model: str, error: BackendError, now: float) -> str | None:
        """Learn of a fault; return what is not to be asked from now on, if it opened a breaker.

        Any other refusal proves that the key was accepted, so that it closes them.
        """
        if error.fault in FAULTS:
            name = backend if error.of_account else model
            self._open[name] = _Open(error.fault, now + OPEN_SECONDS)
            return name
        if proves_key(error):
            self.worked(backend, model)
        return None

    def worked(self, backend: str, model: str) -> None:
        """Learn that the backend answered for the model."""
        for name in (backend, model):
            self._open.pop(name, None)
