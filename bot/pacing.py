"""When to show: the first text at once, then within what the platform allows.

A platform allows a few calls in each place (Discord: five edits in five seconds and
channel, as its headers tell) and so many of the whole bot, in a second or in a minute. Middle
edits leave one call of a place and a share of the whole free, so that a first text or a final
text hardly ever waits.
"""

from __future__ import annotations

from collections import deque

from bot.ports import Limits

# Of these calls in a window of a place, middle edits use all but the last.
CALLS_PER_WINDOW = 5
# The window in units of the shortest time between edits: 1.2 s make it 5.1 s.
WINDOW_EDITS = 4.25
# What middle edits may use of the whole bot's calls.
MIDDLE_SHARE = 0.8
WIDEN = 1.5
WIDEST = 8.0
RELAX = 0.9


class _Place:
    """What is known of one place: who writes there, and when something was written."""

    __slots__ = ("blocked_until", "calls", "replies", "width")

    def __init__(self) -> None:
        self.replies = 0
        self.calls: deque[float] = deque(maxlen=CALLS_PER_WINDOW)
        self.blocked_until = float("-inf")
        self.width = 1.0


class Budget:
    """Share a platform's allowance among all replies that are being written.

    Times are seconds of a clock that never jumps, always handed in.
    """

    def __init__(
        self,
        edit_seconds: float = 1.2,
        requests_per_second: float = 45.0,
        burst_seconds: float = 1.0,
    ) -> None:
        self._edit_seconds = edit_seconds
        self._middle_rate = max(requests_per_second * MIDDLE_SHARE, 0.001)
        most = max(1, int(requests_per_second * burst_seconds))
        self._window = most / requests_per_second
        self._calls: deque[float] = deque(maxlen=most)
        self._middle = max(1, int(most * MIDDLE_SHARE))
        self._places: dict[str, _Place] = {}
        self._active = 0
        self._crowded = 64

    @classmethod
    def of(cls, limits: Limits) -> Budget:
        """Return the budget that a platform's limits allow."""
        return cls(limits.edit_seconds, limits.requests_per_second, limits.burst_seconds)

    def join(self, place: str) -> None:
        """Register a reply that is going to be written at a place."""
        self._places.setdefault(place, _Place()).replies += 1
        self._active += 1

    def leave(self, place: str) -> None:
        """End a reply's share."""
        known = self._places.get(place)
        if known is not None and known.replies > 0:
            known.replies -= 1
            self._active -= 1

    def next_at(self, place: str, last_call_at: float, now: float, urgent: bool = False) -> float:
        """Return when a reply whose last call was at `last_call_at` may make its next.

        A time not after `now` is leave to call at once and is counted as that call; a later
        one is when to ask again. `urgent` calls, a first or a final text, go before others.
        """
        known = self._places.get(place) or self._places.setdefault(place, _Place())
        at = max(
            known.blocked_until,
            self._when_place_allows(known, last_call_at, urgent),
            self._when_bot_allows(urgent),
        )
        if at <= now:
            self._count(known, now)
            return now
        return at

    def throttled(self, place: str, retry_after: float, now: float) -> None:
        """Obey a refusal: wait as long as it says, and go on more slowly for a while."""
        known = self._places.setdefault(place, _Place())
        known.blocked_until = max(known.blocked_until, now + max(0.0, retry_after))
        known.width = min(known.width * WIDEN, WIDEST)

    def _when_place_allows(self, known: _Place, last_call_at: float, urgent: bool) -> float:
        """Return when the place has room for one more call."""
        edit = self._edit_seconds * known.width
        calls = known.calls
        free = 0 if urgent else 1
        at = float("-inf")
        if len(calls) >= CALLS_PER_WINDOW - free:
            at = calls[free - CALLS_PER_WINDOW] + edit * WINDOW_EDITS
        if urgent:
            return at
        if calls:
            at = max(at, calls[-1] + edit)
        share = max(known.replies * edit, self._active / self._middle_rate)
        if share > edit:
            at = max(at, last_call_at + share)
        return at

    def _when_bot_allows(self, urgent: bool) -> float:
        """Return when the whole bot has room for one more call."""
        most = (self._calls.maxlen or 1) if urgent else self._middle
        if len(self._calls) < most:
            return float("-inf")
        return self._calls[-most] + self._window

    def _count(self, known: _Place, now: float) -> None:
        """Remember a call that is made now, and what else it tells."""
        known.calls.append(now)
        self._calls.append(now)
        known.width = max(1.0, known.width * RELAX)
        if len(self._places) > self._crowded:
            self._forget(now)
            self._crowded = 2 * len(self._places) + 64

    def _forget(self, now: float) -> None:
        """Drop the places where nobody writes and nothing was written lately."""
        window = self._edit_seconds * WINDOW_EDITS * WIDEST
        idle = [
            place
            for place, known in self._places.items()
            if known.replies == 0
            and known.blocked_until <= now
            and (not known.calls or known.calls[-1] + window <= now)
        ]
        for place in idle:
            del self._places[place]
