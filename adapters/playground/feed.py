"""What the page is told as it happens: numbered events that a reconnect can resume."""

from __future__ import annotations

import asyncio
import json
import secrets
from collections import deque
from collections.abc import AsyncIterator, Collection
from dataclasses import dataclass
from typing import Any

KEPT_EVENTS = 5000
HEARTBEAT_SECONDS = 15.0
# The last thing that a follower hears if the playground is stopped in order.
GOODBYE = b"event: closing\ndata: {}\n\n"


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened; `person` alone sees it, or everyone if None."""

    number: int
    kind: str
    data: Any
    person: str | None


class Feed:
    """The last events, each numbered within this run of the playground.

    Ids are `run-number`: one of another run, or one too old, cannot be resumed, and its
    follower is told to `reset`.
    """

    def __init__(self, keep: int = KEPT_EVENTS) -> None:
        self.run = secrets.token_hex(4)
        self._events: deque[Event] = deque(maxlen=keep)
        self._last = 0
        self._wake = asyncio.Event()

    @property
    def position(self) -> str:
        """Return the id of the latest event, to follow from here on."""
        return f"{self.run}-{self._last}"

    def publish(self, kind: str, data: Any, person: str | None = None) -> None:
        """Tell every follower, or those who look as `person`."""
        self._last += 1
        self._events.append(Event(self._last, kind, data, person))
        self._wake.set()
        self._wake = asyncio.Event()

    def since(self, position: str | None) -> int | None:
        """Return the number to go on after, or None if that is no longer known."""
        run, _, number = (position or "").partition("-")
        if run != self.run or not number.isdecimal() or int(number) > self._last:
            return None
        oldest = self._events[0].number if self._events else self._last + 1
        return int(number) if int(number) >= oldest - 1 else None

    async def follow(self, position: str | None, people: Collection[str]) -> AsyncIterator[bytes]:
        """Yield server-sent events for one who is all of `people`, from `position` on.

        There are heartbeats in between.
        """
        after = self.since(position)
        if after is None:
            after = self._last
            yield self._frame("reset", {}, after)
        while True:
            wake = self._wake
            if self.since(f"{self.run}-{after}") is None:  # this follower fell too far behind
                after = self._last
                yield self._frame("reset", {}, after)
            for event in [event for event in self._events if event.number > after]:
                after = event.number
                if event.person is None or event.person in people:
                    yield self._frame(event.kind, event.data, after)
            if wake.is_set():
                continue
            try:
                await asyncio.wait_for(wake.wait(), HEARTBEAT_SECONDS)
            except TimeoutError:
                yield b": still here\n\n"

    def _frame(self, kind: str, data: Any, number: int) -> bytes:
        text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
        return f"id: {self.run}-{number}\nevent: {kind}\ndata: {text}\n\n".encode()
