"""Limits of a workspace on a real file, and turns that are held to them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from bot.domain import Amounts, Author, Outcome, ThreadRef, Turn
from bot.errors import Refused
from bot.ports import (
    Change,
    Conclusion,
    Grant,
    Limit,
    Metric,
    Period,
    Quota,
    Scope,
    ScopeKind,
    Use,
    Window,
)
from storage.store import SqliteStore
from tests.stored import ANN, MODEL, NOW, mention, opened

HOUR = 3_600_000
DAY = 24 * HOUR
TODAY = Period(0, DAY)
PERIODS = {
    Window.MINUTE: Period(NOW - 1_000, NOW + 59_000),
    Window.HOUR: Period(0, HOUR),
    Window.DAY: TODAY,
    Window.WEEK: Period(-3 * DAY, 4 * DAY),
    Window.MONTH: Period(-10 * DAY, 20 * DAY),
    Window.EVER: Period(0, None),
}
QUOTA = Quota(PERIODS)
HOLD = Amounts(requests=1, tokens=1_000, micros=500)
ADMIN = Author("u-admin", "Ada", admin=True)
_numbers = count(1_000)
THREAD = mention("1").thread
PERSON = Scope(ScopeKind.USER, "discord", "guild", ANN.id)
MEMBER = Scope(ScopeKind.MEMBER, "discord", "guild")
ANYWHERE = Scope(ScopeKind.MEMBER)
ROLE = Scope(ScopeKind.ROLE, "discord", "guild", "r1")
CHANNEL = Scope(ScopeKind.CHANNEL, "discord", "guild", "chan")
GUILD = Scope(ScopeKind.WORKSPACE, "discord", "guild")
ALL = Scope(ScopeKind.EVERYTHING)


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqliteStore]:
    async with opened(tmp_path / "bot.db") as store:
        yield store
        assert await store.check_counters() == []


def change(what: str = "set", scope: Scope = PERSON, *, key: str = "", at: int = NOW) -> Change:
    return Change(
        at, ADMIN.id, ADMIN.name, "discord", "guild", what, scope, "", "", "", "", "", key
    )


def limit(
    scope: Scope = PERSON,
    amount: int = 1,
    metric: Metric = Metric.REQUESTS,
    window: Window = Window.DAY,
    **more: Any,
) -> Limit:
    return Limit(scope, metric, window, amount, **more)


async def put(store: SqliteStore, *limits: Limit) -> None:
    for each in limits:
        assert await store.set_limit(each, change(scope=each.scope))


async def asked(
    store: SqliteStore, author: Author = ANN, *, of: ThreadRef | None = None, now: int = NOW
) -> Turn:
    """Return a turn that was claimed, in a thread of its own."""
    await store.admit(mention(str(next(_numbers)), author=author, of=of), now)
    (turn,) = await store.claim("w1", now, 10)
    return turn


async def held(
    store: SqliteStore,
    author: Author = ANN,
    *,
    hold: Amounts = HOLD,
    quota: Quota = QUOTA,
    now: int = NOW,
    **more: Any,
) -> Turn:
    turn = await asked(store, author, now=now, **more)
    await store.start_step(turn, MODEL, hold, now, quota=quota)
    return turn


async def spend(store: SqliteStore, charge: Amounts = HOLD, *, now: int = NOW, **more: Any) -> None:
    turn = await held(store, now=now, **more)
    await store.conclude(turn, Conclusion(Outcome.ANSWERED, "x", charge=charge), now)


async def refused(store: SqliteStore, **more: Any) -> Refused:
    with pytest.raises(Refused) as caught:
        await held(store, **more)
    return caught.value


async def use_of(store: SqliteStore, scope: Scope = PERSON, quota: Quota = QUOTA) -> Use:
    (use,) = await store.uses_of(scope, quota, NOW)
    return use


def extra(amount: int, scope: Scope = PERSON, id: str = "g1", ends: int | None = None) -> Grant:
    return Grant(id, scope, Metric.REQUESTS, amount, ends, at=NOW, by=ADMIN.id)
