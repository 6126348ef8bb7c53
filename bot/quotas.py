"""Periods in a zone, limits as settings write them, and what a request may still cost. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot import context
from bot.context import Context
from bot.domain import Amounts, Model
from bot.ports import (
    Limit,
    Metric,
    Period,
    Quota,
    Refusal,
    RefusalKind,
    Scope,
    ScopeKind,
    Window,
)

MINUTE_MS = 60 * 1_000
HOUR_MS = 60 * MINUTE_MS
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)
MICROS = 1_000_000
MOST_AMOUNT = 10**12
# An answer of fewer tokens than this is of no use to anybody: about 200 words.
LEAST_OUTPUT = 256


# --- periods ----------------------------------------------------------------------------------


def period(window: Window, now: int, zone: tzinfo) -> Period:
    """Return a window's period at a time (UTC milliseconds), as clocks in a zone show it.

    A day has 23 or 25 hours where they are set, and begins when they first show it: each moment
    lies in one period, and the next begins where it ends. Minutes and hours are real time, which
    no clock that is set by half an hour divides.
    """
    match window:
        case Window.EVER:
            return Period(0, None)
        case Window.MINUTE:
            return _tick(now, MINUTE_MS)
        case Window.HOUR:
            return _tick(now, HOUR_MS)
        case _:
            pass
    day = (EPOCH + timedelta(milliseconds=now)).astimezone(zone).date()
    while True:
        first, last = _dates(window, day)
        starts, ends = _midnight(first, zone), _midnight(last, zone)
        # Clocks that are set back over midnight show the day before once more.
        if now >= ends:
            day = last
        elif now < starts:
            day = first - DAY
        else:
            return Period(starts, ends)


def periods(now: int, zone: tzinfo) -> dict[Window, Period]:
    """Return every window's period at a time."""
    return {window: period(window, now, zone) for window in Window}


def days(since: int, until: int, zone: tzinfo) -> list[Period]:
    """Return the days from one time to another, the first and the last whole."""
    found: list[Period] = []
    at = since
    while at < until:
        day = period(Window.DAY, at, zone)
        found.append(day)
        at = day.ends or until
    return found


def _tick(now: int, length: int) -> Period:
    starts = now - now % length
    return Period(starts, starts + length)


def _dates(window: Window, day: date) -> tuple[date, date]:
    """Return the first day of a window, and the day after its last."""
    if window is Window.DAY:
        return day, day + DAY
    if window is Window.WEEK:
        first = day - timedelta(days=day.weekday())
        return first, first + timedelta(days=7)
    first = day.replace(day=1)
    return first, (first + timedelta(days=31)).replace(day=1)


def _midnight(day: date, zone: tzinfo) -> int:
    """Return when clocks first show a day, or a later one where they never show it."""
    at = datetime.combine(day, time(), zone)
    shown, early = _ms(at), _ms(at.replace(fold=1))
    # Of a time that is skipped, `fold` says by which offset it is reckoned, and the clocks are
    # set between the two: https://docs.python.org/3/library/datetime.html#datetime.datetime.fold
    while early < shown:
        middle = (early + shown) // 2
        if (EPOCH + timedelta(milliseconds=middle)).astimezone(zone).date() >= day:
            shown = middle
        else:
            early = middle + 1
    return shown


def _ms(at: datetime) -> int:
    return (at - EPOCH) // timedelta(milliseconds=1)


# --- settings ---------------------------------------------------------------------------------


def time_zone(text: str) -> ZoneInfo:
    """Accept a zone by its name in the tz database: `Europe/Berlin`."""
    try:
        if text != text.strip() or not re.fullmatch(r"[A-Za-z0-9_+/-]{1,60}", text):
            raise ValueError
        return ZoneInfo(text)
    except (ValueError, ZoneInfoNotFoundError, OSError):
        raise ValueError(
            "must be the name of a time zone as in the tz database: UTC, Europe/Berlin,"
            " America/New_York"
        ) from None


_SCOPES = {
    "member": ScopeKind.MEMBER,
    "channel": ScopeKind.CHANNEL,
    "server": ScopeKind.WORKSPACE,
    "workspace": ScopeKind.WORKSPACE,
    "everything": ScopeKind.EVERYTHING,
}
_LIMIT = re.compile(r"(\w+):(\w+):(\w+)(?::([^=\s]+))? ?= ?(.+)", re.ASCII)
_DOLLARS = re.compile(r"\$ ?([0-9]{1,7})(?:\.([0-9]{1,2}))?|([0-9]{1,7})(?:\.([0-9]{1,2}))? ?USD")
_CENTS = "with at most two digits behind the point"
NAME = "LIMITS"


def limits(text: str) -> tuple[Limit, ...]:
    """Accept `scope:metric:window=amount`, separated by semicolons; a model may follow a window."""
    items = [item.strip() for item in text.split(";") if item.strip()]
    problems: list[str] = []
    found: dict[tuple[Scope, Metric, Window, str], Limit] = {}
    for item in items:
        try:
            limit = _limit(item)
        except ValueError as error:
            problems.append(f"holds {item[:60]!r}, {error}")
            continue
        key = (limit.scope, limit.metric, limit.window, limit.model)
        if key in found:
            problems.append(f"holds {item[:60]!r}, for which there is a limit before it")
        found[key] = limit
    if problems:
        raise ValueError(*problems)
    return tuple(found.values())


def _limit(item: str) -> Limit:
    parts = _LIMIT.fullmatch(item)
    if parts is None:
        raise ValueError("which is not scope:metric:window=amount, as member:requests:day=50")
    scope, metric, window, model, amount = parts.groups()
    if scope not in _SCOPES:
        raise ValueError(f"whose scope is none of {', '.join(_SCOPES)}")
    if metric not in set(Metric):
        raise ValueError(f"whose metric is none of {', '.join(Metric)}")
    if window not in set(Window):
        raise ValueError(f"whose window is none of {', '.join(Window)}")
    number = _money(amount) if metric == Metric.MONEY else _number(amount)
    return Limit(
        Scope(_SCOPES[scope]), Metric(metric), Window(window), number, model or "", setting=NAME
    )


def _number(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,13}", text) or int(text) > MOST_AMOUNT:
        raise ValueError("whose amount is no number in plain digits, as 50")
    return int(text)


def _money(text: str) -> int:
    found = _DOLLARS.fullmatch(text)
    if found is None:
        raise ValueError(f"whose amount is no dollars, as $20, $0.50 or 20 USD, {_CENTS}")
    whole, cents = found[1] or found[3], (found[2] or found[4] or "").ljust(2, "0")
    return int(whole) * MICROS + int(cents) * (MICROS // 100)


def dollars(text: str) -> int:
    """Accept an amount of money, `$20`, `20 USD` or `20.50`; return micro-dollars."""
    bare = re.fullmatch(r"[0-9]{1,7}(\.[0-9]{1,2})?", text)
    try:
        return _money(f"${text}" if bare else text)
    except ValueError:
        raise ValueError(f"must be dollars like 20, $0.50 or 20 USD, {_CENTS}") from None


# --- what a step is held to -------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Quotas:
    """What the settings say of limits. `spend_cap` is on what the bot's own account is billed."""

    zone: tzinfo = UTC
    defaults: tuple[Limit, ...] = ()
    spend_cap: Limit | None = None

    def at(self, now: int, *, priced: bool = True) -> Quota:
        """Return what a step that starts now is held to."""
        return Quota(periods(now, self.zone), self.defaults, self.spend_cap, priced)


def add(amounts: Iterable[Amounts]) -> Amounts:
    """Return amounts together."""
    requests = tokens = images = micros = 0
    for each in amounts:
        requests += each.requests
        tokens += each.tokens
        images += each.images
        micros += each.micros
    return Amounts(requests, tokens, images, micros)


def join(zone: tzinfo, defaults: Sequence[Limit], spend_cap: int | None) -> Quotas:
    """Return what the settings say; the cap in micro-dollars a month."""
    cap = None
    if spend_cap is not None:
        scope = Scope(ScopeKind.EVERYTHING)
        cap = Limit(scope, Metric.MONEY, Window.MONTH, spend_cap, setting="SPEND_CAP")
    return Quotas(zone, tuple(defaults), cap)


def is_priced(model: Model) -> bool:
    """Tell whether what a model costs at the most is known."""
    return model.input_price is not None and model.output_price is not None


def shrink(model: Model, fitted: Context, refusal: Refusal) -> Context | None:
    """Return a request that fits what is left of a limit, or None if that would be of no use."""
    use = refusal.use
    if refusal.kind is not RefusalKind.LIMIT or use is None:
        return None
    match use.limit.metric:
        case Metric.TOKENS:
            left = Amounts(tokens=use.left, micros=2**62)
        case Metric.MONEY:
            left = Amounts(tokens=2**62, micros=use.left)
        case _:
            return None
    most = most_output(model, fitted.prompt_bound, left)
    if not LEAST_OUTPUT <= most < fitted.max_output_tokens:
        return None
    return replace(fitted, max_output_tokens=most)


def prompt_room(model: Model, fitted: Context, refusal: Refusal) -> int | None:
    """Return what a prompt may count, so that an answer of use still fits what is left.

    None where less of it would not help.
    """
    use = refusal.use
    if refusal.kind is not RefusalKind.LIMIT or use is None:
        return None
    output = min(LEAST_OUTPUT, fitted.max_output_tokens)
    match use.limit.metric:
        case Metric.TOKENS:
            return use.left - output
        case Metric.MONEY if model.input_price and model.output_price is not None:
            return (use.left * MICROS - output * model.output_price) // model.input_price
        case _:
            return None


def least(model: Model, fitted: Context, refusal: Refusal) -> Refusal:
    """Return the refusal of a request that wanted no more than what would have been of use."""
    use = refusal.use
    if refusal.kind is not RefusalKind.LIMIT or use is None:
        return refusal
    output = min(LEAST_OUTPUT, fitted.max_output_tokens)
    held = context.hold(model, replace(fitted, max_output_tokens=output))
    match use.limit.metric:
        case Metric.TOKENS:
            return replace(refusal, wanted=held.tokens)
        case Metric.MONEY:
            return replace(refusal, wanted=held.micros)
        case _:
            return refusal


def fit(model: Model, fitted: Context, hold: Amounts) -> Context:
    """Return a request that costs no more than what is held for it, whatever it grew to since."""
    most = max(1, most_output(model, fitted.prompt_bound, hold))
    return replace(fitted, max_output_tokens=min(fitted.max_output_tokens, most))


def most_output(model: Model, prompt_tokens: int, amounts: Amounts) -> int:
    """Return the most tokens of output that an amount of tokens and of money allows."""
    tokens = amounts.tokens - prompt_tokens
    prompt = context.price(model, prompt_tokens, 0)
    if prompt is None or not model.output_price:
        # Without a price no limit of money holds; without a price of words they are free.
        return tokens if prompt is None or prompt <= amounts.micros else 0
    # In millionths of a micro-dollar, as prices are: what is rounded up must still fit.
    rest = amounts.micros * MICROS - prompt_tokens * (model.input_price or 0)
    return min(tokens, rest // model.output_price)
