"""How often Slack may be called: what it allows is kept to before it has to refuse.

Per minute, method and workspace by the method's tier; posts and statuses by their channel too.
https://docs.slack.dev/apis/web-api/rate-limits
"""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

MINUTE = 60.0
# Some room is left to each tier: Slack counts when a call arrives, and other processes' too.
_TIER_2, _TIER_3, _TIER_4 = 18, 45, 90
_TIERS = {
    "agents.sessions.setStatus": _TIER_3,
    "chat.appendStream": _TIER_4,
    "chat.delete": _TIER_3,
    "chat.postEphemeral": _TIER_4,
    "chat.startStream": _TIER_2,
    "chat.stopStream": _TIER_2,
    "chat.update": _TIER_3,
    "conversations.history": _TIER_3,
    "conversations.info": _TIER_3,
    "conversations.open": _TIER_3,
    "conversations.replies": _TIER_3,
    "files.completeUploadExternal": _TIER_4,
    "files.delete": _TIER_3,
    "files.getUploadURLExternal": _TIER_4,
    "files.info": _TIER_4,
    "reactions.add": _TIER_3,
    "reactions.remove": _TIER_2,
    "usergroups.list": _TIER_2,
    "usergroups.users.list": _TIER_2,
    "users.conversations": _TIER_3,
    "users.info": _TIER_4,
    "views.open": _TIER_4,
    "views.publish": _TIER_4,
    "views.update": _TIER_4,
}
# "1 per second per channel", in short bursts, and "several hundred per minute" in a workspace.
_POSTS, _POSTS_SECONDS, _POSTS_A_MINUTE = 4, 4.0, 240
_STATUSES_A_MINUTE = 50
# What only shows a text grow leaves this much to what begins and ends one.
SPARE_SHARE = 0.8
# What has to be ended again by the same method is begun only while less than this is used.
ROOMY_SHARE = 0.35
MOST_WINDOWS = 4_096


@dataclass(frozen=True, slots=True)
class Window:
    """What is counted together: so many calls at most in so many seconds."""

    name: tuple[str, ...]
    most: int
    seconds: float = MINUTE


@dataclass(slots=True)
class _Calls:
    """The calls of one window, oldest first, those that are let through later among them."""

    window: Window
    at: list[float] = field(default_factory=list)
    spare_at: float = float("-inf")
    held_until: float = float("-inf")


class Allowance:
    """Count calls. `now` is a clock that never jumps, in seconds."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._known: dict[tuple[str, ...], _Calls] = {}

    def is_left(self, method: str, team: str) -> bool:
        """Tell whether a method may be called at once."""
        return self.next_at(windows_of(method, team)) <= self._now()

    def is_roomy(self, method: str, team: str, channel: str = "") -> bool:
        """Tell whether what a method begins can be ended by it, too: little of it is used."""
        now = self._now()
        for window in windows_of(method, team, channel):
            known = self._known.get(window.name)
            if known is None:
                continue
            used = len(known.at) - bisect_right(known.at, now - window.seconds)
            if known.held_until > now or used >= window.most * ROOMY_SHARE:
                return False
        return True

    def next_at(self, windows: Sequence[Window], *, spare: bool = False) -> float:
        """Return when a call may leave next, behind those that wait; it is not counted yet.

        A `spare` call leaves room for others, and keeps its distance from the last like it.
        """
        at = now = self._now()
        for window in windows:
            known = self._known.get(window.name)
            if known is None:
                continue
            at = max(at, known.held_until, *known.at[-1:])
            most = max(1, int(window.most * SPARE_SHARE)) if spare else window.most
            if len(known.at) >= most:
                at = max(at, known.at[-most] + window.seconds)
            if spare:
                at = max(at, known.spare_at + window.seconds / window.most)
        return max(at, now)

    def take(self, windows: Iterable[Window], at: float, *, spare: bool = False) -> None:
        """Count a call that leaves at a time."""
        for window in windows:
            known = self._of(window)
            del known.at[: bisect_right(known.at, self._now() - window.seconds)]
            insort(known.at, at)
            if spare:
                known.spare_at = at

    def give_back(self, windows: Iterable[Window], at: float) -> None:
        """Count a call no more: it did not leave."""
        for window in windows:
            known = self._known.get(window.name)
            if known is not None and at in known.at:
                known.at.remove(at)

    def hold(self, windows: Sequence[Window], seconds: float) -> None:
        """Let nobody call for a while: Slack asked for that."""
        for window in windows[:1]:
            known = self._of(window)
            known.held_until = max(known.held_until, self._now() + seconds)

    def is_held(self, windows: Iterable[Window]) -> bool:
        """Tell whether nobody may call now."""
        known = (self._known.get(window.name) for window in windows)
        return any(each is not None and each.held_until > self._now() for each in known)

    def _of(self, window: Window) -> _Calls:
        if window.name not in self._known:
            if len(self._known) >= MOST_WINDOWS:
                self._forget()
            self._known[window.name] = _Calls(window)
        return self._known[window.name]

    def _forget(self) -> None:
        """Drop what says nothing any more."""
        now = self._now()
        self._known = {
            name: known
            for name, known in self._known.items()
            if known.held_until > now or (known.at and known.at[-1] + known.window.seconds > now)
        }


def windows_of(method: str, team: str, channel: str = "") -> tuple[Window, ...]:
    """Return what a call counts in, first what a refusal of it is about."""
    match method:
        case "chat.postMessage":
            posts = Window((method, team, channel), _POSTS, _POSTS_SECONDS)
            return posts, Window((method, team), _POSTS_A_MINUTE)
        case "assistant.threads.setStatus":
            return (Window((method, team, channel), _STATUSES_A_MINUTE),)
        case _:
            most = _TIERS.get(method)
            # Of other methods nothing is known until Slack refuses one.
            return (Window((method, team), most or 600),)
