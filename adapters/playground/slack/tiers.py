"""How often a method may be called: per minute by its tier, and posts by their channel.

https://docs.slack.dev/apis/web-api/rate-limits
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable

from adapters.playground.slack import limits
from adapters.playground.slack.limits import Settings
from adapters.playground.slack.problems import RATELIMITED, Problem

_MINUTE_MS = 60_000
POST = "chat.postMessage"
STATUS = "assistant.threads.setStatus"


class Tiers:
    """Count calls per (method, workspace); no other app and no person counts."""

    def __init__(self, now: Callable[[], int], settings: Settings) -> None:
        self._now = now
        self._settings = settings
        self._calls: dict[tuple[str, ...], deque[int]] = {}
        self._posts: dict[tuple[str, str], tuple[float, int]] = {}

    def take(self, method: str, team: str, channel: str) -> None:
        """Count a call or refuse it with 429; a refused one does not count."""
        if method == POST:
            if self._settings.enforce_posts:
                self._take_post(team, channel)
        elif method == STATUS:
            if self._settings.enforce:
                self._take((method, team, channel), limits.STATUS_LINES_A_MINUTE)
        elif self._settings.enforce and (tier := self._tier(method)):
            self._take((method, team), limits.TIERS[tier])

    def _tier(self, method: str) -> int | None:
        if self._settings.unlisted and method in limits.HISTORY_METHODS:
            return limits.UNLISTED_TIER
        return limits.METHOD_TIERS.get(method)

    def _take(self, key: tuple[str, ...], most: int) -> None:
        now = self._now()
        calls = self._calls.setdefault(key, deque())
        while calls and calls[0] <= now - _MINUTE_MS:
            calls.popleft()
        if len(calls) >= most:
            wait = (calls[0] + _MINUTE_MS - now) / 1000
            raise Problem(RATELIMITED, retry_after=max(1, math.ceil(wait)))
        calls.append(now)

    def _take_post(self, team: str, channel: str) -> None:
        """Let a short burst into a channel, then one message a second."""
        now = self._now()
        left, at = self._posts.get((team, channel), (float(limits.POSTS_BURST), now))
        left = min(float(limits.POSTS_BURST), left + (now - at) / 1000)
        if left < 1:
            raise Problem(RATELIMITED, retry_after=max(1, math.ceil(1 - left)))
        self._take((POST, team), limits.POSTS_A_MINUTE)
        self._posts[team, channel] = (left - 1, now)
