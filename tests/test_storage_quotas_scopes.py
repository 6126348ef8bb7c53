"""Whose limit holds, and what extras add to it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain import Amounts, Outcome, ThreadRef
from bot.ports import Conclusion, Metric, RefusalKind, Scope, Window
from storage.store import SqliteStore
from tests.quota_scene import (
    ALL,
    ANYWHERE,
    CHANNEL,
    GUILD,
    HOUR,
    MEMBER,
    PERSON,
    QUOTA,
    ROLE,
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
from tests.stored import ANN, BEN, NOW

__all__ = ["store"]


@pytest.mark.parametrize("scope", [PERSON, MEMBER, ANYWHERE, CHANNEL, GUILD, ALL])
async def test_each_scope_holds(store: SqliteStore, scope: Scope) -> None:
    await put(store, limit(scope, 1))
    await held(store)
    await refused(store)


@pytest.mark.parametrize("scope", [PERSON, ANYWHERE, CHANNEL, GUILD, ALL], ids=str)
async def test_what_is_used_while_a_limit_is_gone_counts_when_it_is_back(
    store: SqliteStore, scope: Scope
) -> None:
    await put(store, limit(scope, 2))
    await spend(store)
    assert await store.unset_limit(limit(scope, 2), change("unset", scope))
    await spend(store)
    await put(store, limit(scope, 2))
    await refused(store)


async def test_each_member_has_their_own(store: SqliteStore) -> None:
    await put(store, limit(MEMBER, 1))
    await held(store, ANN)
    await held(store, BEN)
    await refused(store, author=BEN)


async def test_the_narrowest_holds_and_of_roles_the_most_generous(store: SqliteStore) -> None:
    ann = replace(ANN, roles=("r1", "r2"))
    other_role = replace(ROLE, id="r2")
    await put(store, limit(MEMBER, 0), limit(ROLE, 1), limit(other_role, 2))
    await held(store, ann)
    await held(store, ann)
    await refused(store, author=ann)
    await refused(store, author=BEN)
    await put(store, limit(PERSON, 3))
    await held(store, ann)
    await refused(store, author=ann)


async def test_several_hold_at_once_and_the_last_to_end_is_told(store: SqliteStore) -> None:
    await put(
        store,
        limit(GUILD, 1, window=Window.DAY),
        limit(PERSON, 1, window=Window.HOUR),
        limit(CHANNEL, 9, window=Window.WEEK),
    )
    await held(store)
    use = (await refused(store)).refusal.use
    assert use is not None
    assert use.limit.scope == GUILD
    assert (await use_of(store, CHANNEL)).reserved == 1, "nothing of a refusal stays"


async def test_defaults_hold_in_direct_messages_as_well(store: SqliteStore) -> None:
    default = limit(ANYWHERE, 2, setting="LIMITS")
    quota = replace(QUOTA, defaults=(default,))
    direct = ThreadRef("discord", "@me", "dm", "dm")
    await held(store, quota=quota)
    await held(store, quota=quota, of=replace(direct, thread="1"))
    await refused(store, quota=quota, of=replace(direct, thread="2"))
    # What an admin allows in a workspace holds in that workspace only, and counts everywhere.
    await put(store, limit(PERSON, 3))
    await held(store, quota=quota)
    await refused(store, quota=quota, of=replace(direct, thread="3"))


async def test_the_blocked_ask_nothing_and_the_exempt_everything(store: SqliteStore) -> None:
    await put(store, limit(MEMBER, 0), limit(CHANNEL, 0))
    assert await store.put_standing(PERSON, False, change("exempt"))
    await held(store)
    assert (await refused(store, author=BEN)).refusal.kind is RefusalKind.LIMIT
    assert await store.put_standing(PERSON, True, change("block"))
    assert (await refused(store)).refusal.kind is RefusalKind.BLOCKED
    assert [each.blocked for each in await store.standings("discord", "guild")] == [True]
    assert await store.put_standing(PERSON, None, change("unblock"))
    assert (await refused(store)).refusal.kind is RefusalKind.LIMIT


async def test_an_admin_lifts_nothing_for_everything(store: SqliteStore) -> None:
    await put(store, limit(ALL, 0))
    await store.put_standing(PERSON, False, change("exempt"))
    await refused(store)
    await store.put_standing(replace(PERSON, workspace=""), False, change("exempt"))
    await held(store)


async def test_money_needs_a_price(store: SqliteStore) -> None:
    await put(store, limit(MEMBER, 1_000, Metric.MONEY))
    free = Amounts(requests=1, tokens=1)
    refusal = (await refused(store, hold=free, quota=replace(QUOTA, priced=False))).refusal
    assert refusal.kind is RefusalKind.UNPRICED
    await held(store, hold=free)


# --- extras ----------------------------------------------------------------------------------


async def test_an_extra_is_used_after_what_the_limits_give(store: SqliteStore) -> None:
    await put(store, limit(amount=1), limit(amount=1, window=Window.HOUR))
    assert await store.add_grant(extra(1), change("grant"))
    await spend(store)
    assert [each.used for each in await store.grants("discord", "guild", NOW)] == [0]
    assert {use.left for use in await store.uses_of(PERSON, QUOTA, NOW)} == {1}
    turn = await held(store)
    assert await store.grants("discord", "guild", NOW) == []
    await refused(store)
    await store.conclude(turn, Conclusion(Outcome.FAILED, note="n"), NOW)
    assert [each.used for each in await store.grants("discord", "guild", NOW)] == [0], "given back"
    await spend(store)
    await refused(store)


async def test_an_extra_ends_and_is_of_one_kind_of_limit(store: SqliteStore) -> None:
    await put(store, limit(CHANNEL, 0))
    await store.add_grant(extra(5), change("grant"))
    await refused(store)
    await store.add_grant(extra(1, CHANNEL, "g2", NOW + HOUR), change("grant"))
    await held(store)
    await store.add_grant(extra(1, CHANNEL, "g3", NOW - 1), change("grant"))
    await refused(store)
