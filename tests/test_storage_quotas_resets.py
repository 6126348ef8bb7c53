"""What a reset forgives, and what is kept of it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain import Outcome, ThreadRef
from bot.ports import Conclusion, Scope, ScopeKind, Window
from storage.store import SqliteStore
from tests.quota_scene import (
    ANYWHERE,
    DAY,
    GUILD,
    HOLD,
    MEMBER,
    PERSON,
    QUOTA,
    ROLE,
    THREAD,
    change,
    extra,
    held,
    limit,
    put,
    refused,
    spend,
    store,
    use_of,
)
from tests.stored import ANN, BEN, NOW, mention, select

__all__ = ["store"]


async def test_a_reset_forgives_what_was_used_and_keeps_the_ledger(store: SqliteStore) -> None:
    await put(store, limit(amount=1), limit(GUILD, 2))
    await spend(store)
    assert await store.reset_use(PERSON, change("reset", at=NOW + 1))
    assert (await use_of(store)).left == 1
    await spend(store, now=NOW + 2)
    await refused(store)
    assert (await use_of(store, GUILD)).left == 0
    assert len(await select(store, "SELECT * FROM ledger")) == 2
    # Counters that are made later know of it.
    await put(store, limit(amount=9, window=Window.WEEK))
    uses = await store.uses_of(PERSON, QUOTA, NOW)
    assert sorted(use.spent for use in uses) == [1, 1]


@pytest.mark.parametrize("back", [1, 200, -1, -200])
async def test_a_reset_is_of_what_came_before_it_whatever_the_clock(
    store: SqliteStore, back: int
) -> None:
    await put(store, limit(amount=1))
    await spend(store, now=NOW)
    await store.reset_use(PERSON, change("reset", at=NOW - back))
    await spend(store, now=NOW - back - 1)
    await put(store, limit(amount=9, window=Window.EVER), limit(MEMBER, 9, window=Window.WEEK))
    assert [use.spent for use in await store.uses(THREAD, ANN, QUOTA, NOW)] == [1, 1, 1]
    # A second reset of the same forgives that as well, and nothing that comes after it.
    await store.reset_use(PERSON, change("reset", at=NOW - 2 * back))
    await store.reset_use(GUILD, change("reset", scope=GUILD, at=NOW - 2 * back))
    await spend(store, now=NOW - 3 * back)
    await put(store, limit(amount=7, window=Window.MONTH), limit(GUILD, 9, window=Window.EVER))
    assert [use.spent for use in await store.uses(THREAD, ANN, QUOTA, NOW)] == [1] * 5


async def test_a_reset_in_one_workspace_forgives_only_what_was_used_there(
    store: SqliteStore,
) -> None:
    quota = replace(QUOTA, defaults=(limit(ANYWHERE, 3, setting="LIMITS"),))
    await spend(store, quota=quota)
    await spend(store, quota=quota, of=ThreadRef("discord", "other", "c", "1"))
    await store.reset_use(PERSON, change("reset", at=NOW + 1))
    await store.reset_use(PERSON, change("reset", at=NOW + 1))
    (use,) = await store.uses(mention("1").thread, ANN, quota, NOW)
    assert use.spent == 1


async def test_a_reset_keeps_what_reservations_took_of_an_extra(store: SqliteStore) -> None:
    await put(store, limit(amount=1))
    await store.add_grant(extra(2), change("grant"))
    await spend(store)
    turns = [await held(store) for _ in range(2)]
    await store.reset_use(PERSON, change("reset", at=NOW + 1))
    use = await use_of(store)
    assert (use.reserved, use.spent, use.granted, use.left) == (2, 0, 2, 1)
    for turn in turns:
        await store.conclude(turn, Conclusion(Outcome.ANSWERED, "x", charge=HOLD), NOW + 2)
    await spend(store, now=NOW + 2)
    await refused(store)


async def test_a_reset_that_forgives_nothing_takes_no_extra_away(store: SqliteStore) -> None:
    quota = replace(QUOTA, defaults=(limit(ANYWHERE, 1, setting="LIMITS"),))
    anywhere = Scope(ScopeKind.USER, "discord", "", ANN.id)
    await store.add_grant(extra(3, anywhere), change("grant"))
    for thread in "123":
        await spend(store, quota=quota, of=ThreadRef("discord", "other", "c", thread))
    await store.reset_use(PERSON, change("reset", at=NOW + 1))
    (use,) = await store.uses(mention("1").thread, ANN, quota, NOW)
    assert (use.spent, use.granted, use.left) == (3, 4 - 1, 1)
    await held(store, quota=quota)


async def test_a_role_is_reset_for_who_had_it(store: SqliteStore) -> None:
    ann = replace(ANN, roles=("r1",))
    await put(store, limit(MEMBER, 1))
    await spend(store, author=ann)
    await spend(store, author=BEN)
    await store.reset_use(ROLE, change("reset", ROLE, at=NOW + 1))
    await held(store, ann)
    await refused(store, author=BEN)


async def test_a_reset_elsewhere_adds_to_what_a_role_was_forgiven(store: SqliteStore) -> None:
    """Of one who is counted wherever they ask."""
    ann = replace(ANN, roles=("r1",))
    there = [replace(THREAD, workspace="other", thread=str(n)) for n in range(2)]
    await put(store, limit(ANYWHERE, 20))
    for _ in range(3):
        await spend(store, author=ann)
    await store.reset_use(ROLE, change("reset", scope=ROLE))
    for each in there:
        await spend(store, author=ann, of=each)
    elsewhere = Scope(ScopeKind.USER, "discord", "other", ANN.id)
    await store.reset_use(elsewhere, change("reset", scope=elsewhere))
    await spend(store, author=ann)
    (use,) = await store.uses(THREAD, ann, QUOTA, NOW)
    assert use.spent == 1


async def test_a_command_delivered_twice_changes_once(store: SqliteStore) -> None:
    assert await store.set_limit(limit(amount=1), change(key="i1"))
    assert not await store.set_limit(limit(amount=2), change(key="i1"))
    assert await store.set_limit(limit(amount=3), change(key="i2"))
    assert await store.limits("discord", "guild") == [limit(amount=3)]
    assert [each.key for each in await store.audit("discord", "guild", 9)] == ["i2", "i1"]
    assert await store.audit("discord", "other", 9) == []


async def test_the_audit_log_is_kept(store: SqliteStore) -> None:
    await put(store, limit(amount=1))
    await store.purge(NOW + 4_000 * DAY)
    assert len(await store.audit("discord", "guild", 9)) == 1
