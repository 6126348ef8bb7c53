"""What the commands about limits are handed: joined once, in the composition root."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import tzinfo
from typing import Protocol

from bot.domain import Author, ThreadRef
from bot.ports import (
    Change,
    Charts,
    Credit,
    Entry,
    Grant,
    Limit,
    Period,
    Quota,
    ReportBy,
    Scope,
    Spender,
    Standing,
    Use,
    Window,
)
from bot.quotas import Quotas, periods


class LimitStore(Protocol):
    """What commands about limits read and change; part of `bot.ports.Store`."""

    async def limits(self, platform: str, workspace: str) -> list[Limit]:
        """Return every limit that was made from chat for a workspace or beyond any."""

    async def set_limit(self, limit: Limit, change: Change) -> bool:
        """Make or change a limit."""

    async def unset_limit(self, limit: Limit, change: Change) -> bool:
        """Take a limit back."""

    async def add_grant(self, grant: Grant, change: Change) -> bool:
        """Give a one-off extra."""

    async def grants(self, platform: str, workspace: str, now: int) -> list[Grant]:
        """Return the grants that still have something left."""

    async def reset_use(self, scope: Scope, change: Change) -> bool:
        """Let what a scope has used count no more from now on."""

    async def put_standing(self, scope: Scope, blocked: bool | None, change: Change) -> bool:
        """Block, exempt (False), or neither (None)."""

    async def standings(self, platform: str, workspace: str) -> list[Standing]:
        """Return who is blocked or exempt in a workspace or beyond any."""

    async def uses(self, thread: ThreadRef, author: Author, quota: Quota, now: int) -> list[Use]:
        """Return every limit that holds for a person at a place, with its use."""

    async def uses_of(self, scope: Scope, quota: Quota, now: int) -> list[Use]:
        """Return every limit of a scope, with its use."""

    async def report(
        self,
        platform: str,
        workspace: str,
        by: ReportBy,
        since: int,
        until: int,
        most: int,
        *,
        days: Sequence[Period] = (),
    ) -> list[Spender]:
        """Return who used how much."""

    async def overruns(
        self, platform: str, workspace: str, since: int, until: int
    ) -> list[Spender]:
        """Return what providers billed beyond what was reserved, by model."""

    async def audit(self, platform: str, workspace: str, most: int) -> list[Change]:
        """Return the newest changes, newest first."""

    async def billed(self, since: int) -> int:
        """Return the most micro-dollars that attempts begun since a time may have cost."""

    async def ledger(self, platform: str, workspace: str, since: int, most: int) -> list[Entry]:
        """Return the newest entries of the ledger."""

    async def credits(self) -> list[Credit]:
        """Return the newest figure of each backend."""

    async def memo(self, name: str) -> str:
        """Return a fact, or ""."""

    async def put_memo(self, name: str, value: str) -> None:
        """Store a fact; "" forgets it."""


async def describe_nothing(scope: Scope) -> str | None:
    """Take every id for one that exists, where no platform can be asked."""
    return scope.id


@dataclass(frozen=True, slots=True)
class QuotaDesk:
    """The outside, as commands about limits see it.

    `rules` are what the settings say. `describe` is that of the scope's platform. `line` lets one
    change go before the next, so that each is written down with what it really changed.
    """

    store: LimitStore
    rules: Quotas = field(default_factory=Quotas)
    describe: Callable[[Scope], Awaitable[str | None]] = describe_nothing
    charts: Charts | None = None
    line: asyncio.Lock = field(default_factory=asyncio.Lock)

    @property
    def zone(self) -> tzinfo:
        """Return the zone in which periods begin."""
        return self.rules.zone

    @property
    def defaults(self) -> tuple[Limit, ...]:
        """Return the limits of the settings."""
        return self.rules.defaults

    def periods(self, now: int) -> Mapping[Window, Period]:
        """Return every window's period at a time."""
        return periods(now, self.rules.zone)

    def quota(self, now: int) -> Quota:
        """Return what limits are measured by at a time."""
        return self.rules.at(now)
