"""Limits on a real file: reserve before, settle after, whatever happens in between."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from bot.domain import Amounts, Author, Model, Outcome, ThreadRef, Turn, Usage
from bot.errors import Refused
from bot.ports import (
    Change,
    Conclusion,
    Grant,
    Limit,
    Metric,
    Period,
    Quota,
    RefusalKind,
    ReportBy,
    Scope,
    ScopeKind,
    Use,
    Window,
)
from storage import purging
from storage.store import SqliteStore
from tests.stored import ANN, BEN, IMAGE_HOLD, IMAGE_MODEL, MODEL, NOW, mention, opened, select

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


# --- reserve and settle -------------------------------------------------------------------


async def test_a_limit_is_never_passed(store: SqliteStore) -> None:
    await put(store, limit(amount=2))
    await spend(store)
    turn = await held(store)

    refusal = (await refused(store)).refusal

    assert refusal.kind is RefusalKind.LIMIT
    assert refusal.use == Use(limit(amount=2), TODAY, reserved=1, spent=1)
    assert refusal.wanted == 1
    await store.conclude(turn, Conclusion(Outcome.FAILED, note="n"), NOW)
    await held(store)


async def test_a_refusal_starts_nothing(store: SqliteStore) -> None:
    await put(store, limit(amount=0))
    before = [await select(store, f"SELECT * FROM {table}") for table in ("step", "attempt")]
    await refused(store)
    for table in ("step", "reservation", "hold", "attempt", "ledger"):
        assert await select(store, f"SELECT * FROM {table}") == [], table
    assert before == [[], []]


async def test_a_settled_step_gives_back_what_it_did_not_use(store: SqliteStore) -> None:
    await put(store, limit(amount=1_500, metric=Metric.TOKENS))
    await spend(store, Amounts(requests=1, tokens=400, micros=1))
    assert (await use_of(store)).spent == 400
    await held(store)
    assert (await use_of(store)).left == 100


async def test_what_is_billed_beyond_is_booked_and_blocks(store: SqliteStore) -> None:
    await put(store, limit(amount=1_500, metric=Metric.TOKENS))
    await spend(store, Amounts(requests=1, tokens=2_000, micros=900))
    use = await use_of(store)
    assert (use.spent, use.left) == (2_000, 0)
    await refused(store, hold=Amounts(requests=1, tokens=1))
    (line,) = await store.overruns("", "", 0, NOW + 1)
    assert line.label == MODEL.id
    assert await store.overruns("discord", "guild", NOW, NOW + 1) == [line]
    assert await store.overruns("discord", "other", NOW, NOW + 1) == []
    assert await store.overruns("", "", NOW + 1, NOW + 2) == []
    assert line.amounts == Amounts(0, 1_000, 0, 400)


async def test_what_was_used_before_a_limit_counts_at_once(store: SqliteStore) -> None:
    await spend(store)
    under_way = await held(store)
    await put(store, limit(amount=2))
    assert (await use_of(store)).left == 0
    await refused(store)
    # What was under way is settled in the counter that was made since.
    await store.conclude(under_way, Conclusion(Outcome.FAILED, note="n"), NOW)
    await held(store)


async def test_a_lowered_limit_shows_no_negative_rest(store: SqliteStore) -> None:
    await put(store, limit(amount=5))
    await spend(store)
    await spend(store)
    await put(store, limit(amount=1))
    assert (await use_of(store)).left == 0
    await refused(store)
    await put(store, limit(amount=3))
    await held(store)
    assert await store.unset_limit(limit(), change("unset"))
    await held(store)


async def test_a_step_taken_over_keeps_its_reservation(store: SqliteStore) -> None:
    await put(store, limit(amount=1))
    await held(store)
    await put(store, limit(amount=0))
    await store.retire("w1")
    (turn,) = await store.claim("w2", NOW, 1)
    step = await store.start_step(turn, MODEL, replace(HOLD, tokens=9), NOW, quota=QUOTA)
    assert (step.hold, step.limited, step.capped) == (HOLD, True, False)
    await store.conclude(turn, Conclusion(Outcome.ANSWERED, "x", charge=HOLD), NOW)


async def test_a_step_begun_anew_is_reserved_anew(store: SqliteStore) -> None:
    dearer = Model("other", "dearer")
    await put(store, limit(amount=1_000, metric=Metric.TOKENS))
    turn = await held(store)
    less = Amounts(requests=1, tokens=900, micros=1)
    step = await store.start_step(turn, dearer, less, NOW, anew=True, quota=QUOTA)
    assert step.hold == less
    more = Amounts(requests=1, tokens=1_001, micros=1)
    with pytest.raises(Refused):
        await store.start_step(turn, dearer, more, NOW, anew=True, quota=QUOTA)
    assert (await use_of(store)).reserved == 900, "it is as it was"
    await store.conclude(turn, Conclusion(Outcome.REFUSED, note="n", error="limit"), NOW)
    assert (await use_of(store)).left == 1_000


async def test_a_limit_of_a_model_counts_that_alone(store: SqliteStore) -> None:
    await put(store, limit(amount=1, model=MODEL.id))
    await held(store)
    await refused(store)
    turn = await asked(store)
    await store.start_step(turn, Model("other", "model"), HOLD, NOW, quota=QUOTA)


async def test_pictures_are_held_by_the_same_gate(store: SqliteStore) -> None:
    await put(store, limit(amount=1, metric=Metric.IMAGES))
    turn = await asked(store)
    await store.start_step(turn, IMAGE_MODEL, IMAGE_HOLD, NOW, quota=QUOTA)
    other = await asked(store)
    with pytest.raises(Refused):
        await store.start_step(other, IMAGE_MODEL, IMAGE_HOLD, NOW, quota=QUOTA)
    await store.start_step(other, MODEL, HOLD, NOW, quota=QUOTA)


# --- whose limit ---------------------------------------------------------------------------


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


def extra(amount: int, scope: Scope = PERSON, id: str = "g1", ends: int | None = None) -> Grant:
    return Grant(id, scope, Metric.REQUESTS, amount, ends, at=NOW, by=ADMIN.id)


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


# --- reset -----------------------------------------------------------------------------------


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


# --- the audit log ---------------------------------------------------------------------------


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


# --- periods ---------------------------------------------------------------------------------


def at(now: int, hours: int = 0) -> Quota:
    """Return the periods of a moment in a zone so many hours from UTC."""
    starts = (now + hours * HOUR) // DAY * DAY - hours * HOUR
    return Quota({**PERIODS, Window.DAY: Period(starts, starts + DAY)})


async def test_what_is_used_belongs_to_the_period_of_its_reservation(store: SqliteStore) -> None:
    await put(store, limit(amount=1))
    late = DAY - 1
    turn = await held(store, quota=at(late), now=late)
    await store.conclude(turn, Conclusion(Outcome.ANSWERED, "x", charge=HOLD), DAY + 5)
    await held(store, quota=at(DAY + 6), now=DAY + 6)
    await refused(store, quota=at(DAY + 7), now=DAY + 7)


async def test_a_clock_that_goes_back_allows_nothing_twice(store: SqliteStore) -> None:
    await put(store, limit(amount=1))
    await held(store, quota=at(DAY + 5), now=DAY + 5)
    yesterday = DAY - HOUR
    await held(store, quota=at(yesterday), now=yesterday)
    await refused(store, quota=at(yesterday), now=yesterday)
    await refused(store, quota=at(DAY + 6), now=DAY + 6)


async def test_weeks_that_begin_together_and_end_apart_are_two(store: SqliteStore) -> None:
    """As those of Berlin and of Johannesburg, when the one sets its clocks."""
    await put(store, limit(amount=2, window=Window.WEEK))
    week = PERIODS[Window.WEEK]
    ends = week.ends or 0
    longer = Quota({**PERIODS, Window.WEEK: Period(week.starts, ends + HOUR)})
    await held(store, now=ends - 1)
    await held(store, quota=longer, now=ends)
    await refused(store, quota=longer, now=ends + 1)
    assert await store.check_counters() == []
    assert len(await select(store, "SELECT * FROM counter")) == 2


async def test_what_is_held_keeps_its_counter_however_long_it_takes(store: SqliteStore) -> None:
    await put(store, limit(amount=1))
    turn = await held(store, quota=at(NOW))
    assert (await store.purge(NOW + 30 * DAY))["counters"] == 0
    assert await store.check_counters() == []
    await store.conclude(turn, Conclusion(Outcome.ANSWERED, "x", charge=HOLD), NOW + 30 * DAY)
    assert await store.check_counters() == []
    assert (await store.purge(NOW + 30 * DAY))["counters"] == 1


async def test_a_changed_zone_counts_what_was_used_in_either(store: SqliteStore) -> None:
    await put(store, limit(amount=2))
    noon = DAY + 12 * HOUR
    await held(store, quota=at(noon), now=noon)
    await held(store, quota=at(noon + 1, 2), now=noon + 1)
    await refused(store, quota=at(noon + 2, 2), now=noon + 2)
    await refused(store, quota=at(noon + 3), now=noon + 3)


# --- attempts --------------------------------------------------------------------------------


def capped(amount: int) -> Quota:
    cap = Limit(ALL, Metric.MONEY, Window.MONTH, amount, setting="SPEND_CAP")
    return replace(QUOTA, spend_cap=cap)


async def test_the_cap_counts_attempts_not_turns(store: SqliteStore) -> None:
    quota = capped(1_200)
    turn = await held(store, quota=quota)
    failed = Conclusion(Outcome.FAILED, note="n", unsure=True)
    await store.conclude(turn, failed, NOW)
    assert await store.billed(0) == 500, "nobody was charged, but it may be billed"
    await store.end(turn, Outcome.FAILED, NOW)
    await held(store, quota=quota)
    await store.retire("w1")
    (turn,) = await store.claim("w2", NOW, 1)
    with pytest.raises(Refused) as caught:
        await store.start_step(turn, MODEL, HOLD, NOW, quota=quota)
    assert caught.value.refusal.use is not None
    assert caught.value.refusal.use.limit.setting == "SPEND_CAP"
    await store.start_step(turn, MODEL, HOLD, NOW, quota=capped(1_500))
    usage = Usage(cost_micros=7)
    end = Conclusion(Outcome.ANSWERED, "x", charge=replace(HOLD, micros=7), usage=usage)
    await store.conclude(turn, end, NOW)
    assert await store.billed(0) == 500 + 500 + 7
    assert await store.billed(NOW + 1) == 0


async def test_a_request_that_came_to_nothing_is_not_billed(store: SqliteStore) -> None:
    turn = await held(store, quota=capped(10_000))
    await store.start_step(turn, MODEL, HOLD, NOW, anew=True, quota=capped(10_000))
    await store.conclude(turn, Conclusion(Outcome.FAILED, note="n"), NOW)
    assert await store.billed(0) == 0


async def test_a_request_that_goes_on_is_no_second_attempt(store: SqliteStore) -> None:
    turn = await asked(store)
    step = await store.start_step(turn, MODEL, HOLD, NOW, quota=QUOTA)
    await store.accept_step(turn, step, "req-1")
    await store.retire("w1")
    (turn,) = await store.claim("w2", NOW, 1)
    await store.start_step(turn, MODEL, HOLD, NOW, quota=QUOTA)
    assert len(await select(store, "SELECT * FROM attempt")) == 1


async def test_what_a_month_may_be_billed_is_read_from_its_counter(store: SqliteStore) -> None:
    month = PERIODS[Window.MONTH]
    quota = capped(10_000)
    running = await held(store, quota=quota)
    await spend(store, replace(HOLD, micros=70), quota=quota)
    assert await store.billed(month.starts) == 500 + 70
    assert await store.billed(NOW) == 500 + 70
    await store.conclude(running, Conclusion(Outcome.FAILED, note="n"), NOW)
    assert await store.billed(month.starts) == 70

    def change_all(to: int) -> Any:
        yield "UPDATE attempt SET billed = billed + CAST(:to AS BIGINT)", {"to": to}

    # A month has up to millions of them: they are not looked through for it.
    await store.engine.write(change_all(5))
    assert (await store.billed(month.starts), await store.billed(NOW)) == (70, 80)
    await store.engine.write(change_all(-5))


async def test_attempts_are_kept_for_three_months(store: SqliteStore) -> None:
    quota = capped(10**9)
    for _ in range(3):
        await spend(store, quota=quota)
    running = await held(store, quota=quota)
    young = NOW + 92 * DAY
    assert "attempts" not in await store.purge(young)
    assert (await store.purge(young + 1))["attempts"] == 3
    assert len(await select(store, "SELECT * FROM attempt")) == 1, "it is under way"
    assert len(await select(store, "SELECT * FROM ledger")) == 3
    assert await store.check_counters() == []
    await store.conclude(running, Conclusion(Outcome.FAILED, note="n"), NOW)


async def test_many_old_attempts_go_in_many_transactions(
    store: SqliteStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(purging, "ATTEMPTS_AT_ONCE", 2)
    for _ in range(5):
        await spend(store)
    assert (await store.purge(NOW + 100 * DAY))["attempts"] == 5


async def test_the_audit_log_is_kept(store: SqliteStore) -> None:
    await put(store, limit(amount=1))
    await store.purge(NOW + 4_000 * DAY)
    assert len(await store.audit("discord", "guild", 9)) == 1


# --- leaks -----------------------------------------------------------------------------------


async def test_what_leaked_is_given_back(store: SqliteStore) -> None:
    await put(store, limit(amount=1))
    turn = await held(store)

    async def lose(sql: str) -> None:
        def operation() -> Any:
            yield sql, {"turn": turn.id}

        await store.engine.write(operation())

    assert await store.release_leaks(NOW + 1, NOW + 2) == 0, "it is under way"
    await lose("UPDATE step SET state = 'failed' WHERE turn = :turn")
    assert await store.release_leaks(NOW, NOW + 2) == 0, "it is too young"
    assert await store.release_leaks(NOW + 1, NOW + 2) == 1
    assert await store.check_counters() == []
    await held(store)
    assert await store.release_leaks(NOW + 1, NOW + 2) == 0


async def test_a_difference_is_found(store: SqliteStore) -> None:
    await put(store, limit(amount=5))
    await spend(store)

    async def run(sql: str) -> None:
        def operation() -> Any:
            yield sql, {}

        await store.engine.write(operation())

    await run("UPDATE counter SET spent = spent + 1")
    (found,) = await store.check_counters()
    assert "2 counted, 1 booked" in found
    await run("UPDATE counter SET spent = spent - 1, reserved = 3")
    assert len(await store.check_counters()) == 2
    await run("UPDATE counter SET reserved = 0")


# --- what is told ------------------------------------------------------------------------------


async def test_a_limit_nearly_used_up_is_told_once(store: SqliteStore) -> None:
    await put(store, limit(amount=1_000, metric=Metric.TOKENS))
    charge = Amounts(requests=1, tokens=400, micros=1)
    small = replace(HOLD, tokens=400)
    first = await held(store, hold=small)
    assert await store.note_uses(first, charge, QUOTA, NOW) == []
    await store.conclude(first, Conclusion(Outcome.ANSWERED, "x", charge=charge), NOW)
    second = await held(store, hold=small)
    (use,) = await store.note_uses(second, charge, QUOTA, NOW)
    assert use.spent == 800
    assert await store.note_uses(second, charge, QUOTA, NOW) == []


async def test_a_report_says_who_used_what(store: SqliteStore) -> None:
    await spend(store)
    await spend(store)
    await spend(store, author=BEN)
    people = await store.report("discord", "guild", ReportBy.PERSON, 0, DAY, 10)
    assert [(each.label, each.name, each.turns) for each in people] == [
        (ANN.id, "Ann", 2),
        (BEN.id, "Ben", 1),
    ]
    assert people[0].amounts == Amounts(2, 2_000, 0, 1_000)
    for by, label in (
        (ReportBy.CHANNEL, "chan"),
        (ReportBy.MODEL, MODEL.id),
        (ReportBy.KIND, "chat"),
    ):
        (line,) = await store.report("discord", "guild", by, 0, DAY, 10)
        assert (line.label, line.turns) == (label, 3)
    days = [TODAY, Period(DAY, 2 * DAY)]
    lines = await store.report("", "", ReportBy.DAY, 0, 2 * DAY, 10, days=days)
    assert [(each.label, each.turns) for each in lines] == [("0", 3), (str(DAY), 0)]
    assert await store.report("discord", "other", ReportBy.PERSON, 0, DAY, 10) == []


async def test_of_a_person_three_turns_run_at_once(store: SqliteStore) -> None:
    for number in range(5):
        await store.admit(mention(str(2_000 + number), author=ANN), NOW)
    await store.admit(mention("2100", author=BEN), NOW)
    first = await store.claim("w1", NOW, 10, 3)
    assert [turn.author.id for turn in first] == [ANN.id] * 3 + [BEN.id]
    assert await store.claim("w1", NOW, 10, 3) == []
    await store.conclude(first[0], Conclusion(Outcome.FAILED, note="n"), NOW)
    (fourth,) = await store.claim("w1", NOW, 10, 3)
    assert fourth.author.id == ANN.id
