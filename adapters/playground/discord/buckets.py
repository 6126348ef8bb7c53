"""Rate limits: buckets with headers, the global limit, the limit on edits of old messages.

Windows are measured on the running loop's clock, which tests may make virtual. What
Discord does not publish is taken from what its clients see: create and edit 5 in 5 s each,
per channel. https://discord.com/developers/docs/topics/rate-limits
"""

from __future__ import annotations

import asyncio
import hashlib
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from adapters.playground.discord.limits import Settings
from adapters.playground.discord.problems import Problem, problem
from adapters.playground.faults import Fault

CREATE_MESSAGE = "POST /channels/{channel_id}/messages"
EDIT_MESSAGE = "PATCH /channels/{channel_id}/messages/{message_id}"
GLOBAL_PER_SECOND = 50
INVALID_ANSWERS = 10_000
INVALID_WINDOW_SECONDS = 600.0
VIA = {"Via": "1.1 google"}

_REACTION = "/channels/{channel_id}/messages/{message_id}/reactions/{emoji_name}/@me"
# Adding and taking away share one slow bucket.
_SHARED = {f"DELETE {_REACTION}": f"PUT {_REACTION}"}

Rules = dict[str, tuple[int, float]]


def default_rules() -> Rules:
    """Return how many calls of a route fit in how many seconds, per channel or webhook."""
    return {
        CREATE_MESSAGE: (5, 5.0),
        EDIT_MESSAGE: (5, 5.0),
        "DELETE /channels/{channel_id}/messages/{message_id}": (5, 1.0),
        "POST /channels/{channel_id}/typing": (5, 5.0),
        f"PUT {_REACTION}": (1, 0.3),
        "POST /webhooks/{webhook_id}/{webhook_token}": (5, 2.0),
        "PATCH /webhooks/{webhook_id}/{webhook_token}/messages/@original": (5, 2.0),
        "PATCH /webhooks/{webhook_id}/{webhook_token}/messages/{message_id}": (5, 2.0),
    }


@dataclass(slots=True)
class _Window:
    ends: float = 0.0
    used: int = 0


class Buckets:
    """Count requests and refuse those over a limit."""

    def __init__(self, now: Callable[[], int], settings: Settings) -> None:
        self.rules = default_rules()
        self.invalid = 0
        self._now = now
        self._settings = settings
        self._windows: dict[tuple[str, str], _Window] = {}
        self._invalid_ends = 0.0

    @staticmethod
    def _clock() -> float:
        return asyncio.get_running_loop().time()

    def _window(self, key: tuple[str, str], seconds: float) -> _Window:
        window = self._windows.setdefault(key, _Window())
        if self._clock() >= window.ends:
            window.ends = self._clock() + seconds
            window.used = 0
        return window

    def take(self, route: str, major: str) -> dict[str, str]:
        """Count a call and return its X-RateLimit headers; raises 429 when it is too much."""
        if not self._settings.enforce:
            return {}
        if not route.startswith(("POST /interactions", "POST /webhooks", "PATCH /webhooks")):
            window = self._window(("global", ""), 1.0)
            window.used += 1
            if window.used > GLOBAL_PER_SECOND:
                raise too_many(_millis_up(window.ends - self._clock()), scope="global")
        route = _SHARED.get(route, route)
        if route not in self.rules:
            return {}
        most, seconds = self.rules[route]
        window = self._window((route, major), seconds)
        window.used += 1
        after = _millis_up(window.ends - self._clock())
        headers = {
            "X-RateLimit-Limit": str(most),
            "X-RateLimit-Remaining": str(max(0, most - window.used)),
            "X-RateLimit-Reset": f"{self._now() / 1000 + after:.3f}",
            "X-RateLimit-Reset-After": f"{after:.3f}",
            "X-RateLimit-Bucket": hashlib.md5(route.encode(), usedforsecurity=False).hexdigest(),
        }
        if window.used > most:
            raise too_many(after, headers=headers)
        return headers

    def take_old_edit(self, channel: str) -> None:
        """Count an edit of a message older than an hour; too many are 429 with code 30046."""
        if not self._settings.enforce:
            return
        window = self._window(("old edits", channel), self._settings.old_edits_seconds)
        window.used += 1
        if window.used > self._settings.old_edits:
            after = _millis_up(window.ends - self._clock())
            refusal = problem(30046)
            refusal.extra = {"retry_after": round(after, 3), "global": False}
            refusal.headers = {
                "Retry-After": str(math.ceil(after)),
                "X-RateLimit-Scope": "user",
            }
            raise refusal

    def count_answer(self, status: int, scope: str) -> None:
        """Count 401, 403 and 429: ten thousand in ten minutes get an address banned."""
        if status in (401, 403) or (status == 429 and scope != "shared"):
            if self._clock() >= self._invalid_ends:
                self._invalid_ends = self._clock() + INVALID_WINDOW_SECONDS
                self.invalid = 0
            self.invalid += 1

    def banned(self) -> bool:
        """Tell whether this client is shut out for its many invalid requests."""
        return self.invalid >= INVALID_ANSWERS and self._clock() < self._invalid_ends


def _millis_up(seconds: float) -> float:
    """Return seconds to the millisecond above: who waits that long is not refused again."""
    return math.ceil(seconds * 1000) / 1000


def too_many(
    after: float, *, scope: str = "user", headers: dict[str, str] | None = None
) -> Problem:
    """Return a 429 as Discord itself sends it."""
    found = {
        "Retry-After": str(math.ceil(after)),
        "X-RateLimit-Scope": scope,
        **(headers or {}),
    }
    if scope == "global":
        found["X-RateLimit-Global"] = "true"
    return Problem(
        429,
        0,
        "You are being rate limited.",
        extra={"retry_after": round(max(after, 0.001), 3), "global": scope == "global"},
        headers=found,
    )


def throttle(
    route: str, after: float, *, scope: str = "user", nth: int = 1, times: int = 1
) -> Fault:
    """Return the fault "429 from Discord": JSON, with Via, to be waited out."""
    refusal = too_many(after, scope=scope)
    return Fault(
        route,
        "refuse",
        nth=nth,
        times=times,
        status=429,
        body=refusal.body(),
        headers=refusal.headers | VIA,
    )


BAN_PAGE = (
    "<!doctype html><html><head><title>Access denied | discord.com</title></head>"
    "<body><h1>Error 1015</h1><p>You are being rate limited</p></body></html>"
)


def ban(route: str = "*", *, nth: int = 1, times: int = 1) -> Fault:
    """Return the fault "429 from the proxy before Discord": HTML, without Via."""
    headers = {"Retry-After": "60", "Server": "cloudflare"}
    return Fault(
        route,
        "refuse",
        nth=nth,
        times=times,
        status=429,
        body=BAN_PAGE,
        headers=headers,
        content_type="text/html; charset=UTF-8",
    )


def refuse(route: str, code: int, *, nth: int = 1, times: int = 1) -> Fault:
    """Return the fault that refuses with one of Discord's JSON error codes."""
    refusal = problem(code)
    body: dict[str, Any] = refusal.body()
    if refusal.status == 429:
        body |= {"retry_after": 1.0, "global": False}
    return Fault(
        route,
        "refuse",
        nth=nth,
        times=times,
        status=refusal.status,
        body=body,
        headers=dict(VIA),
    )
