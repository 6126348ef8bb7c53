"""Read amounts and ends of limits as people write them: plain ASCII digits, nothing else. Pure."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, tzinfo

from bot.commands import quota_texts as texts
from bot.commands.arguments import Unusable
from bot.ports import Metric

AMOUNT = "amount"
# Of everything; of money in micro-dollars, so a million dollars.
MOST_AMOUNT = 10**12
MICROS = 1_000_000
# More than this at once is asked about before it is done.
LARGE = {
    Metric.REQUESTS: 10_000,
    Metric.TOKENS: 10_000_000,
    Metric.IMAGES: 1_000,
    Metric.MONEY: 100 * MICROS,
}
# The longest that an extra may stay usable.
MOST_DAYS = 366

_NUMBER = re.compile(r"[0-9]{1,15}")
_MONEY = re.compile(
    r"\$([0-9]{1,9})(?:\.([0-9]{1,2}))?"
    r"|([0-9]{1,9})(?:\.([0-9]{1,2}))?\x20?(?:USD|usd|dollars?)"
)
_MEANT_AS_MONEY = re.compile(r"\$|(?:USD|dollars?)\Z", re.IGNORECASE)
_SPAN = re.compile(r"([0-9]{1,3})\x20?(h|hours?|d|days?|w|weeks?)")
_DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_HOURS = {"h": 1, "d": 24, "w": 7 * 24}


def read_amount(text: str, metric: str) -> tuple[Metric, int]:
    """Return what an amount is of, and how much; without a metric only money says that itself.

    Raises `Unusable`.
    """
    text = text.strip()
    money = _read_money(text)
    if metric == "" and money is None and not _MEANT_AS_MONEY.search(text):
        if _NUMBER.fullmatch(text):
            raise Unusable(texts.no_metric(), "metric")
        raise Unusable(texts.bad_amount(""), AMOUNT)
    if metric in ("", Metric.MONEY):
        if money is None or money > MOST_AMOUNT:
            raise Unusable(texts.bad_amount(Metric.MONEY), AMOUNT)
        return Metric.MONEY, money
    if not _NUMBER.fullmatch(text) or int(text) > MOST_AMOUNT:
        raise Unusable(texts.bad_amount(metric), AMOUNT)
    return Metric(metric), int(text)


def _read_money(text: str) -> int | None:
    found = _MONEY.fullmatch(text)
    if found is None:
        return None
    whole, cents = found[1] or found[3], found[2] or found[4] or ""
    return int(whole) * MICROS + int(cents.ljust(2, "0")) * (MICROS // 100)


def read_end(text: str, now: int, zone: tzinfo) -> int | None:
    """Return when an extra ends: `3d`, `2 weeks`, the end of `2027-02-28`, or None for `never`.

    Raises `Unusable` for everything else, and for what is over or too far away.
    """
    text = text.strip().lower()
    if text == "never":
        return None
    latest = now + MOST_DAYS * 24 * 3_600_000
    ends = _end_of_span(text, now) or _end_of_date(text, zone)
    if ends is None or not now < ends <= latest:
        raise Unusable(texts.bad_end(MOST_DAYS), "until")
    return ends


def _end_of_span(text: str, now: int) -> int | None:
    found = _SPAN.fullmatch(text)
    if found is None or not int(found[1]):
        return None
    return now + int(found[1]) * _HOURS[found[2][0]] * 3_600_000


def _end_of_date(text: str, zone: tzinfo) -> int | None:
    found = _DATE.fullmatch(text)
    if found is None:
        return None
    try:
        day = datetime(int(found[1]), int(found[2]), int(found[3]), tzinfo=zone)
        return int((day + timedelta(days=1)).timestamp() * 1000)
    except (ValueError, OverflowError):
        return None
