"""Which period what is used belongs to, whatever clocks and zones do."""

from __future__ import annotations

from bot.domain import Outcome
from bot.ports import Conclusion, Period, Quota, Window
from storage.store import SqliteStore
from tests.quota_scene import DAY, HOLD, HOUR, PERIODS, held, limit, put, refused, store
from tests.stored import NOW, select

__all__ = ["store"]


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
