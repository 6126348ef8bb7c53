"""What the stream of a backend came to: its events, and the error that it ended with."""

from __future__ import annotations

from bot.errors import BackendError
from bot.events import Accepted, BackendEvent, Completed, Progress, ReasoningDelta, TextDelta


class Streamed:
    """The events of one request, in order."""

    def __init__(self) -> None:
        self.events: list[BackendEvent] = []
        self.error: BackendError | None = None

    @property
    def text(self) -> str:
        return "".join(e.text for e in self.events if isinstance(e, TextDelta))

    @property
    def reasoning(self) -> str:
        return "".join(e.text for e in self.events if isinstance(e, ReasoningDelta))

    @property
    def kinds(self) -> list[object]:
        return [e.stage if isinstance(e, Progress) else type(e) for e in self.events]

    @property
    def id(self) -> str:
        return next(e.request_id for e in self.events if isinstance(e, Accepted))

    @property
    def end(self) -> Completed:
        last = self.events[-1] if self.events else None
        assert isinstance(last, Completed), self.error
        assert self.error is None
        return last

    @property
    def failure(self) -> BackendError:
        assert self.error is not None, self.events
        assert not any(isinstance(event, Completed) for event in self.events)
        return self.error
