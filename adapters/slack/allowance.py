"""How many streams a workspace may begin: what is begun also has to be ended.

chat.startStream and chat.stopStream are allowed 20 times a minute each, in a whole workspace.
https://docs.slack.dev/apis/web-api/rate-limits
"""

from __future__ import annotations

from collections import deque

from bot.ports import Clock

STARTS_A_MINUTE = 18


class Allowance:
    """Count what was begun in the last minute; while paused nothing is."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._begun: dict[str, deque[float]] = {}
        self._paused: dict[str, float] = {}

    def is_left(self, team: str) -> bool:
        """Tell whether another stream may be begun now."""
        now = self._clock.monotonic()
        begun = self._begun.get(team)
        full = begun and len(begun) == STARTS_A_MINUTE and now - begun[0] < 60.0
        return not full and now >= self._paused.get(team, 0.0)

    def take(self, team: str) -> None:
        """Count one more."""
        begun = self._begun.setdefault(team, deque(maxlen=STARTS_A_MINUTE))
        begun.append(self._clock.monotonic())

    def pause(self, team: str, seconds: float) -> None:
        """Begin nothing for a while: Slack asked for that."""
        self._paused[team] = self._clock.monotonic() + seconds
