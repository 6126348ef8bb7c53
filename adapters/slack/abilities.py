"""What is known of workspaces: what they refuse and how long a text they take.

Some features depend on a workspace's plan, its admins and the app's scopes, and only a call
tells. What it told holds for a day, also over a restart; then it is tried again.
"""

from __future__ import annotations

import re
from enum import StrEnum

import structlog

from bot.errors import StoreError
from bot.ports import Clock, MemoStore

log = structlog.get_logger(__name__)

DAY_MS = 24 * 60 * 60 * 1000
_MEMO = re.compile(r"(\S{1,32}) ([0-9]{1,15})")
NO = "no"
YES = "yes"
# Refusals that are about the app in a workspace; others are about a place, or a moment.
OF_WORKSPACE = frozenset(
    {
        "app_not_agent",
        "deprecated_endpoint",
        "feature_disabled",
        "feature_not_enabled",
        "method_deprecated",
        "missing_scope",
        "not_allowed_token_type",
        "paid_teams_only",
        "unknown_method",
    }
)


class Ability(StrEnum):
    """What a workspace may or may not do.

    `STREAM`, `STATUS`, `FEEDBACK` are `no` where they were refused. `AGENT` is `yes` where
    the app is an agent, so that Slack shows a Stop button of its own. `POST` and `UPDATE` are
    the longest texts that such a call takes, where that is less than Slack's documents say.
    """

    STREAM = "stream"
    STATUS = "status"
    FEEDBACK = "feedback"
    AGENT = "agent"
    POST = "post"
    UPDATE = "update"


class Abilities:
    """Remember in memory and, as far as the store takes it, in memos."""

    def __init__(self, store: MemoStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._known: dict[tuple[str, Ability], tuple[str, int]] = {}
        self._loaded: set[str] = set()

    async def load(self, team: str) -> None:
        """Read what earlier processes learnt of a workspace, once."""
        if team in self._loaded:
            return
        try:
            for ability in Ability:
                memo = _MEMO.fullmatch(await self._store.memo(_name(team, ability)))
                if memo is not None:
                    self._known.setdefault((team, ability), (memo[1], int(memo[2])))
        except StoreError as error:
            log.warning("workspace's memos not read", team=team, error=str(error))
            return
        self._loaded.add(team)

    def get(self, team: str, ability: Ability) -> str:
        """Return what is known, or "": nothing, or nothing of this day."""
        value, since = self._known.get((team, ability), ("", 0))
        return value if self._clock.now() - since < DAY_MS else ""

    def refuses(self, team: str, ability: Ability) -> bool:
        """Tell whether a workspace refused something within the last day."""
        return self.get(team, ability) == NO

    def longest(self, team: str, ability: Ability, most: int) -> int:
        """Return the longest text that a workspace takes, `most` where nothing is known."""
        known = self.get(team, ability)
        return min(most, int(known)) if known.isdecimal() else most

    async def put(self, team: str, ability: Ability, value: str) -> None:
        """Remember what a call told."""
        log.info("workspace's ability learnt", team=team, ability=ability, value=value)
        now = self._clock.now()
        self._known[(team, ability)] = (value, now)
        try:
            await self._store.put_memo(_name(team, ability), f"{value} {now}")
        except StoreError as error:
            log.warning("workspace's memo not stored", team=team, error=str(error))


def _name(team: str, ability: Ability) -> str:
    return f"slack:{ability}:{team}"
