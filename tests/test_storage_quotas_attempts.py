"""What the operator may be billed: every attempt, held to the cap and kept for three months."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bot.domain import Outcome, Usage
from bot.errors import Refused
from bot.ports import Conclusion, Limit, Metric, Quota, Window
from storage import purging
from storage.store import SqliteStore
from tests.quota_scene import ALL, DAY, HOLD, PERIODS, QUOTA, asked, held, spend, store
from tests.stored import MODEL, NOW, select

__all__ = ["store"]


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
