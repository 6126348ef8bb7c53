"""Periods by the clocks of a zone, limits as settings write them, what is left of a request."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot import context, quotas
from bot import notices_limits as words
from bot.context import Context
from bot.domain import Amounts, Model
from bot.ports import (
    Limit,
    Metric,
    Period,
    Refusal,
    RefusalKind,
    Scope,
    ScopeKind,
    Use,
    Window,
)

BERLIN = ZoneInfo("Europe/Berlin")
HOUR = 3_600_000


def ms(*when: int, zone: ZoneInfo = BERLIN, fold: int = 0) -> int:
    return int(datetime(*when, tzinfo=zone, fold=fold).timestamp() * 1000)  # type: ignore[arg-type, misc]


# --- periods ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("window", "starts", "ends"),
    [
        (Window.MINUTE, (2026, 3, 28, 23, 59), (2026, 3, 29)),
        (Window.HOUR, (2026, 3, 28, 23), (2026, 3, 29)),
        (Window.DAY, (2026, 3, 28), (2026, 3, 29)),
        (Window.WEEK, (2026, 3, 23), (2026, 3, 30)),
        (Window.MONTH, (2026, 3, 1), (2026, 4, 1)),
    ],
)
def test_a_period_is_that_of_the_zone(
    window: Window, starts: tuple[int, ...], ends: tuple[int, ...]
) -> None:
    now = ms(2026, 3, 28, 23, 59, 59)
    assert quotas.period(window, now, BERLIN) == Period(ms(*starts), ms(*ends))


@pytest.mark.parametrize(("day", "hours"), [((2026, 3, 29), 23), ((2026, 10, 25), 25)])
def test_a_day_is_as_long_as_clocks_make_it(day: tuple[int, int, int], hours: int) -> None:
    starts = ms(*day)
    for hour in range(hours):
        found = quotas.period(Window.DAY, starts + hour * HOUR, BERLIN)
        assert found == Period(starts, starts + hours * HOUR)


def test_an_hour_that_comes_twice_is_two() -> None:
    first = quotas.period(Window.HOUR, ms(2026, 10, 25, 2, 30), BERLIN)
    second = quotas.period(Window.HOUR, ms(2026, 10, 25, 2, 30, fold=1), BERLIN)
    assert second.starts == first.ends


@pytest.mark.parametrize("month", [(2027, 2), (2028, 2), (2026, 12), (2026, 4)])
def test_a_month_ends_where_the_next_begins(month: tuple[int, int]) -> None:
    starts = ms(*month, 1)
    found = quotas.period(Window.MONTH, starts, BERLIN)
    assert found.starts == starts
    assert found.ends is not None
    assert quotas.period(Window.MONTH, found.ends - 1, BERLIN) == found
    assert quotas.period(Window.MONTH, found.ends, BERLIN).starts == found.ends


def test_ever_never_ends() -> None:
    assert quotas.period(Window.EVER, 1, BERLIN) == Period(0, None)


# Where clocks were set in a way that few zones know: by half an hour, over midnight and back, by
# a whole day, by two hours, so that a month ends twice, by seconds.
ODD = [
    *("Australia/Lord_Howe 2026-04-04T15:00", "America/St_Johns 2006-10-29T02:31"),
    *("America/St_Johns 1987-10-25T02:31", "Pacific/Apia 2011-12-30T10:00"),
    *("Pacific/Kwajalein 1993-08-21T12:00", "Pacific/Enderbury 1994-12-31T11:00"),
    *("Antarctica/Troll 2026-10-25T01:00", "Africa/Casablanca 2026-02-15T02:00"),
    *("America/Asuncion 2023-03-26T03:00", "America/Havana 2026-11-01T05:00"),
    *("Africa/Monrovia 1972-01-07T00:44", "Asia/Pyongyang 2018-05-04T15:00"),
    *("America/Caracas 2007-12-09T07:00", "America/Scoresbysund 2024-03-31T00:00"),
    *("Asia/Gaza 2016-03-25T23:00", "Asia/Beirut 2026-10-24T21:00"),
    *("Antarctica/Casey 2010-03-04T15:00", "Pacific/Kiritimati 2100-12-31T09:59"),
    *("Etc/GMT+12 1970-01-01T12:00", "Asia/Kathmandu 1985-12-31T18:30"),
]
instants = st.integers(ms(1970, 1, 1, 14, zone=ZoneInfo("UTC")), ms(2100, 12, 31))


def check_periods(now: int, zone: ZoneInfo) -> None:
    """Each moment lies in one period of each window, which the next and the last one touch."""
    for window in Window:
        this = quotas.period(window, now, zone)
        if this.ends is None:
            assert this == Period(0, None)
            continue
        assert this.starts <= now < this.ends
        after = quotas.period(window, this.ends, zone)
        before = quotas.period(window, this.starts - 1, zone)
        assert (before.ends, after.starts) == (this.starts, this.ends)
        for moment in (
            this.starts,
            (this.starts + now) // 2,
            (now + this.ends) // 2,
            this.ends - 1,
        ):
            assert quotas.period(window, moment, zone) == this
        if window in (Window.MINUTE, Window.HOUR):
            assert this.ends - this.starts == (HOUR if window is Window.HOUR else 60_000)


@settings(max_examples=400, deadline=None)
@given(instants, st.sampled_from(sorted(available_timezones())))
def test_each_moment_lies_in_one_period_of_each_zone(now: int, name: str) -> None:
    check_periods(now, ZoneInfo(name))


@pytest.mark.parametrize("odd", ODD)
def test_clocks_that_are_set_leave_no_gap(odd: str) -> None:
    """Minute by minute around the moment, and what a day shows first is where it begins."""
    name, moment = odd.split()
    zone, changed = ZoneInfo(name), datetime.fromisoformat(f"{moment}+00:00")
    at = int(changed.timestamp()) * 1000
    for minute in range(-190, 191, 10):
        for now in (at + minute * 60_000, at + minute * 60_000 - 1, at + minute * 60_000 + 90_001):
            check_periods(now, zone)


@pytest.mark.parametrize(
    ("name", "day", "began"),
    [
        # 24:00 is shown, and a minute later 23:01 again.
        ("America/St_Johns", (2006, 10, 29), "2006-10-29T02:30"),
        # The day before was never shown.
        ("Pacific/Apia", (2011, 12, 31), "2011-12-30T10:00"),
        # Midnight is skipped, comes twice, or is 23:00 once more.
        ("Asia/Beirut", (2026, 3, 29), "2026-03-28T22:00"),
        ("America/Havana", (2026, 11, 1), "2026-11-01T04:00"),
        ("America/Asuncion", (2023, 3, 26), "2023-03-26T04:00"),
        # 23:30 is followed by 00:30.
        ("America/Toronto", (1919, 3, 31), "1919-03-31T04:30"),
    ],
)
def test_a_day_begins_when_it_is_first_shown(
    name: str, day: tuple[int, int, int], began: str
) -> None:
    zone = ZoneInfo(name)
    noon = ms(*day, 12, zone=zone)
    starts = int(datetime.fromisoformat(f"{began}+00:00").timestamp()) * 1000
    assert quotas.period(Window.DAY, noon, zone).starts == starts


def test_days_are_whole() -> None:
    days = quotas.days(ms(2026, 3, 28, 12), ms(2026, 3, 30, 1), BERLIN)
    starts = [ms(2026, 3, 28), ms(2026, 3, 29), ms(2026, 3, 30)]
    assert [day.starts for day in days] == starts
    assert timedelta(milliseconds=(days[1].ends or 0) - days[1].starts) == timedelta(hours=23)


# --- settings --------------------------------------------------------------------------------


def test_limits_are_read() -> None:
    assert quotas.limits("member:requests:day=50; everything:money:month=$20.5;") == (
        Limit(Scope(ScopeKind.MEMBER), Metric.REQUESTS, Window.DAY, 50, setting="LIMITS"),
        Limit(
            Scope(ScopeKind.EVERYTHING), Metric.MONEY, Window.MONTH, 20_500_000, setting="LIMITS"
        ),
    )
    (one,) = quotas.limits("server:tokens:ever:aimlapi:openai/gpt-5-mini = 0")
    assert (one.scope.kind, one.model, one.amount) == (
        ScopeKind.WORKSPACE,
        "aimlapi:openai/gpt-5-mini",
        0,
    )
    assert quotas.limits("") == ()


@pytest.mark.parametrize(
    "text",
    [
        *("member:requests:day", "member:requests=5", "all:requests:day=5", "member:calls:day=5"),
        *("member:requests:daily=5", "member:requests:day=-5", "member:requests:day=+5"),
        *("member:requests:day=1_000", "member:requests:day=1,000", "member:requests:day=1e3"),
        *("member:requests:day=٥", "member:requests:day=5.0", "member:requests:day=$5"),
        *("member:money:day=5", "member:money:day=$5.001", "member:money:day=5 EUR"),
        *("member:requests:day=" + "9" * 5_000, "member:requests:day=9007199254740993"),
        "member:requests:day=1; member:requests:day=2",
    ],
)
def test_what_is_no_limit_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"^holds "):
        quotas.limits(text)


@pytest.mark.parametrize(
    ("text", "micros"), [("20", 20_000_000), ("$0.50", 500_000), ("5 USD", 5_000_000)]
)
def test_dollars_are_read(text: str, micros: int) -> None:
    assert quotas.dollars(text) == micros


@pytest.mark.parametrize("text", ["", "-1", "1e3", "NaN", "0x5", "5 EUR", "1,000", "1.001"])
def test_what_is_no_money_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"^must be dollars .* two digits behind the point$"):
        quotas.dollars(text)


@pytest.mark.parametrize("text", ["", "Berlin", "../etc/passwd", "Europe", "CEST+", "a\0b"])
def test_what_is_no_zone_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"^must be the name of a time zone"):
        quotas.time_zone(text)


# --- what is left of a request ---------------------------------------------------------------

PRICED = Model("b", "m", input_price=250_000, output_price=2_000_000)


def refusal(metric: Metric, left: int, kind: RefusalKind = RefusalKind.LIMIT) -> Refusal:
    limit = Limit(Scope(ScopeKind.MEMBER), metric, Window.DAY, left)
    return Refusal(kind, Use(limit, Period(0, 1), 0, 0), 10**6)


FITTED = Context((), prompt_tokens=1_000, max_output_tokens=16_000, dropped=0)


def test_a_request_shrinks_to_what_is_left() -> None:
    smaller = quotas.shrink(PRICED, FITTED, refusal(Metric.TOKENS, 1_256))
    assert smaller is not None
    assert smaller.max_output_tokens == 256
    assert quotas.shrink(PRICED, FITTED, refusal(Metric.TOKENS, 1_255)) is None
    for metric in (Metric.REQUESTS, Metric.IMAGES):
        assert quotas.shrink(PRICED, FITTED, refusal(metric, 0)) is None
    assert quotas.shrink(PRICED, FITTED, Refusal(RefusalKind.BLOCKED)) is None


@given(
    st.integers(0, 40_000),
    st.integers(0, 200_000),
    st.integers(0, 30_000_000),
    st.integers(0, 30_000_000),
)
def test_a_shrunk_request_costs_no_more_than_is_left(
    prompt: int, left: int, price_in: int, price_out: int
) -> None:
    model = Model("b", "m", input_price=price_in, output_price=price_out)
    fitted = Context((), prompt_tokens=prompt, max_output_tokens=16_000, dropped=0)
    smaller = quotas.shrink(model, fitted, refusal(Metric.MONEY, left))
    if smaller is not None:
        assert quotas.LEAST_OUTPUT <= smaller.max_output_tokens < 16_000
        assert context.hold(model, smaller).micros <= left
        more = Context((), prompt, smaller.max_output_tokens + 1, 0)
        assert context.hold(model, more).micros > left


def test_a_request_taken_over_fits_what_it_holds() -> None:
    held = Amounts(requests=1, tokens=3_000, micros=10**9)
    assert quotas.fit(PRICED, FITTED, held).max_output_tokens == 2_000
    assert quotas.fit(PRICED, FITTED, Amounts(tokens=500)).max_output_tokens == 1


# --- words -----------------------------------------------------------------------------------


BY_ZONE = words.Moments("slack", BERLIN, 0)


@pytest.mark.parametrize(
    ("ms", "long"),
    [(1, "1 min"), (60_000, "1 min"), (HOUR, "1 h"), (HOUR + 1, "1 h 1 min"),
     (3 * HOUR + 12 * 60_000, "3 h 12 min"), (24 * HOUR, "1 day"), (55 * HOUR, "2 days 7 h")],
)  # fmt: skip
def test_a_time_is_told_by_the_zone_and_from_now(ms: int, long: str) -> None:
    now = int(datetime(2026, 7, 1, tzinfo=UTC).timestamp()) * 1000
    told = words.Moments("slack", BERLIN, now).tell(now + ms)
    assert told.endswith(f"July (Europe/Berlin), in {long}")
    assert words.Moments("discord", BERLIN, 0).tell(5_000) == "<t:5:F> (<t:5:R>)"


def told(scope: Scope, metric: Metric, amount: int, **more: int) -> str:
    limit = Limit(scope, metric, Window.DAY, amount)
    spent, granted = more.get("spent", amount), more.get("granted", 0)
    use = Use(limit, Period(0, 5_000), more.get("reserved", 0), spent, granted)
    return words.refused("t1", Refusal(RefusalKind.LIMIT, use, 5), BY_ZONE, is_picture=False)


def test_a_refusal_says_whose_until_when_and_who_can_give_more() -> None:
    mine = told(Scope(ScopeKind.USER, "discord", "g", "u"), Metric.REQUESTS, 50)
    assert mine == (
        "You may use 50 requests a day, and all of it is used. Nothing was charged. "
        "It starts anew at 01:00 on 1 January (Europe/Berlin), in 1 min. An admin here "
        "can give more; your question is kept: press Retry then. Reference: `t1`"
    )
    extra = told(Scope(ScopeKind.MEMBER), Metric.REQUESTS, 50, spent=52, granted=2)
    assert "You may use 50 requests a day and 2 requests extra, and all of it is used." in extra
    ours = told(Scope(ScopeKind.EVERYTHING), Metric.MONEY, 1_500_000, spent=1_499_999)
    assert "All who use this bot together may use $1.50 a day" in ours
    assert "The person who runs this bot can allow more" in ours
    none = told(Scope(ScopeKind.CHANNEL, "discord", "g", "c"), Metric.IMAGES, 0)
    assert none.startswith("All of you in this channel together may use no pictures here.")
    assert "starts anew" not in none


def test_where_nobody_is_an_admin_none_is_sent_for() -> None:
    """Direct messages on Discord belong to no server."""
    limit = Limit(Scope(ScopeKind.MEMBER), Metric.REQUESTS, Window.DAY, 1, setting="LIMITS")
    for refusal in (
        Refusal(RefusalKind.LIMIT, Use(limit, Period(0, 5_000), 0, 1), 1),
        Refusal(RefusalKind.BLOCKED),
    ):
        said = words.refused("t1", refusal, BY_ZONE, is_picture=False, direct=True)
        assert "admin" not in said and "The person who runs this bot can" in said
    server = Limit(Scope(ScopeKind.WORKSPACE), Metric.REQUESTS, Window.DAY, 1, setting="LIMITS")
    refusal = Refusal(RefusalKind.LIMIT, Use(server, Period(0, 5_000), 0, 1), 1)
    said = words.refused("t1", refusal, BY_ZONE, is_picture=False, direct=True)
    assert said.startswith("All who write to me directly together may use 1 request a day")


def test_the_setting_that_lacks_a_price_is_named() -> None:
    refusal = Refusal(RefusalKind.UNPRICED)
    assert "MODELS" in words.refused("t1", refusal, BY_ZONE, is_picture=False)
    assert "IMAGE_PRICE" in words.refused("t1", refusal, BY_ZONE, is_picture=True)


def test_a_cost_line_is_short() -> None:
    line = words.cost_line(Amounts(1, 812, 0, 3_000), 4.13, "b:m")
    assert line == "tokens 812 · $0.003 · 4.1 s · `b:m`"
    assert words.cost_line(Amounts(1, 0, 1, 30_000), None, "b:m") == "pictures 1 · $0.03 · `b:m`"
