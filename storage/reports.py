"""Sums of the ledger for people to read."""

from __future__ import annotations

from collections.abc import Sequence

from bot.domain import Amounts
from bot.ports import Entry, Period, ReportBy, Spender
from storage.engine import Operation, Row
from storage.statements import load

SQL = load("reports")
COUNTERS = load("counters")


def report(
    platform: str,
    workspace: str,
    by: ReportBy,
    since: int,
    until: int,
    most: int,
    days: Sequence[Period],
) -> Operation[list[Spender]]:
    """Return who used how much, the most money first; by day a line for each day."""
    place = {"platform": platform, "workspace": workspace}
    if by is ReportBy.DAY:
        return (yield from _by_day(place, days))
    statements = {
        ReportBy.PERSON: SQL.by_person,
        ReportBy.CHANNEL: SQL.by_channel,
        ReportBy.MODEL: SQL.by_model,
        ReportBy.KIND: SQL.by_kind,
    }
    rows = yield statements[by], {**place, "since": since, "until": until, "most": most}
    return [_spender(row) for row in rows]


def entries(platform: str, workspace: str, since: int, most: int) -> Operation[list[Entry]]:
    """Return the newest entries of the ledger, the newest first."""
    place = {"platform": platform, "workspace": workspace}
    rows = yield SQL.list_entries, {**place, "since": since, "most": most}
    return [
        Entry(
            at=row["at"],
            turn=row["turn"],
            step=row["step"],
            kind=row["kind"],
            platform=row["platform"],
            workspace=row["workspace"],
            channel=row["channel"],
            author=row["author"],
            name=row["name"],
            model=row["model"],
            amounts=_amounts(row),
        )
        for row in rows
    ]


def overruns(platform: str, workspace: str, since: int, until: int) -> Operation[list[Spender]]:
    """Return what providers billed beyond what was reserved, by model."""
    place = {"platform": platform, "workspace": workspace}
    rows = yield SQL.list_overruns, {**place, "since": since, "until": until}
    return [_spender(row) for row in rows]


def billed(since: int) -> Operation[int]:
    """Return what attempts may have cost: since a month's start by its counter, if it has one."""
    counted = yield COUNTERS.find_billed, {"starts": since}
    if counted:
        return int(counted[0]["micros"])
    rows = yield COUNTERS.sum_billed, {"since": since}
    return int(rows[0]["micros"])


def _by_day(place: dict[str, str], days: Sequence[Period]) -> Operation[list[Spender]]:
    lines: list[Spender] = []
    for day in days:
        if day.ends is None:
            continue
        rows = yield SQL.in_all, {**place, "since": day.starts, "until": day.ends}
        lines.append(Spender(str(day.starts), _amounts(rows[0]), rows[0]["turns"]))
    return lines


def _spender(row: Row) -> Spender:
    return Spender(row["label"], _amounts(row), row["turns"], row["name"])


def _amounts(row: Row) -> Amounts:
    return Amounts(row["requests"], row["tokens"], row["images"], row["money"])
