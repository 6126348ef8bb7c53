"""Limits on a real file: reserve before, settle after, whatever happens in between."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bot.domain import Amounts, Model, Outcome
from bot.errors import Refused
from bot.ports import Conclusion, Metric, Period, RefusalKind, ReportBy, Use
from storage.store import SqliteStore
from tests.quota_scene import (
    DAY,
    HOLD,
    QUOTA,
    TODAY,
    asked,
    change,
    held,
    limit,
    put,
    refused,
    spend,
    store,
    use_of,
)
from tests.stored import ANN, BEN, IMAGE_HOLD, IMAGE_MODEL, MODEL, NOW, mention, select

__all__ = ["store"]


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
