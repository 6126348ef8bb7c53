"""`/quota report` and `/quota export`: who used what and when, at a glance and in full."""

from __future__ import annotations

import asyncio
from itertools import dropwhile

from bot.commands import quota_report_texts
from bot.commands import quota_tables as tables
from bot.commands.desk import Desk
from bot.commands.quota_desk import QuotaDesk
from bot.commands.quota_names import Named
from bot.commands.quota_scopes import call_scope, check_place
from bot.commands.quota_tables import Line
from bot.commands.rights import Denied, Grant
from bot.commands.texts import operations
from bot.domain import ThreadRef
from bot.events import File
from bot.ports import (
    Chart,
    CommandReply,
    Period,
    ReportBy,
    Scope,
    ScopeKind,
    Window,
)
from bot.quotas import days

USUAL_PERIOD = "month"
LAST = {"yesterday": Window.DAY, "last-week": Window.WEEK, "last-month": Window.MONTH}
MOST_SPENDERS = 2_000
# More days than a chart shows one by one.
MOST_DAYS = 31
MOST_ROWS = 50_000
EXPORT_MS = 3_600_000
DAY_MS = 24 * 3_600_000
_PEOPLE, _FEW = 8, 4


# --- report --------------------------------------------------------------------------------


async def report(desk: Desk, grant: Grant) -> CommandReply:
    """Show who used what and when: as a table, as a chart, and as a file."""
    request, quotas, now = grant.request, desk.quotas, desk.clock.now()
    check_place(request)
    period = request.text("period") or USUAL_PERIOD
    span = find_period(quotas, period, now)
    thread = request.call.thread
    lines = {by: await _lines(quotas, thread, by, span, now) for by in ReportBy}
    amounts, turns = tables.total(lines[ReportBy.MODEL])
    turns = tables.total(lines[ReportBy.PERSON])[1] or turns
    title = quota_report_texts.report_title(period, str(quotas.zone))
    parts = [f"**{title}**"]
    if not turns and not amounts.requests:
        parts.append(quota_report_texts.NOTHING_USED)
        files: tuple[File, ...] = ()
    else:
        overruns = await quotas.store.overruns(
            thread.platform, thread.workspace, span.starts, span.ends or now + 1
        )
        parts.append(quota_report_texts.total_line(amounts, turns))
        parts += [quota_report_texts.overrun_line(overruns)] if overruns else []
        parts.append(_tables(lines))
        files, failed = await _files(quotas, title, lines)
        parts += [quota_report_texts.CHART_FAILED] if failed else []
    if grant.owner:
        parts += await _operators(desk, now)
    return CommandReply("\n".join(parts), files)


def find_period(quotas: QuotaDesk, name: str, now: int) -> Period:
    """Return the time that a report is of."""
    periods = quotas.periods(now)
    if name == "ever":
        return Period(0, now + 1)
    if (window := LAST.get(name)) is not None:
        return quotas.periods(periods[window].starts - 1)[window]
    return periods[Window(name)]


async def _lines(
    quotas: QuotaDesk, thread: ThreadRef, by: ReportBy, span: Period, now: int
) -> list[Line]:
    of = _days(quotas, span, now) if by is ReportBy.DAY else ()
    until = min(span.ends or now + 1, now + 1)
    found = await quotas.store.report(
        thread.platform, thread.workspace, by, span.starts, until, MOST_SPENDERS, days=of
    )
    names: dict[str, str] = {}
    if by is ReportBy.CHANNEL:
        shown = [
            Scope(ScopeKind.CHANNEL, thread.platform, thread.workspace, each.label)
            for each in found[:_PEOPLE]
        ]
        called = await asyncio.gather(*(call_scope(quotas, each) for each in shown))
        names = {each.scope.id: _place_name(each) for each in called}
    if by is ReportBy.DAY:
        names = {each.label: tables.day_name(each.label, quotas.zone) for each in found}
    if by is ReportBy.MODEL:
        names = tables.model_names(each.label for each in found)
    return tables.lines_of(by.value, found, names)


def _place_name(place: Named) -> str:
    """Return what a place is called; of one that nobody may name, as of a talk of two, its id."""
    if place.name == place.scope.id:
        return place.name.rpartition("/")[2]
    return f"#{place.name.removeprefix('#')}"


def _days(quotas: QuotaDesk, span: Period, now: int) -> list[Period]:
    """Return the newest days of a time, the oldest first."""
    until = min(span.ends or now + 1, now + 1)
    since = max(span.starts, until - MOST_DAYS * DAY_MS)
    return days(since, until, quotas.zone)[-MOST_DAYS:]


def _tables(lines: dict[ReportBy, list[Line]]) -> str:
    used = [line for line in lines[ReportBy.DAY] if line.turns or line.amounts.requests]
    shown = (
        ("who", lines[ReportBy.PERSON], _PEOPLE),
        ("where", lines[ReportBy.CHANNEL], _FEW),
        ("model", lines[ReportBy.MODEL], _FEW),
        # Of a long time the newest days alone are told apart: nothing may have been used in them.
        ("when", used[::-1], 7),
    )
    found = [tables.table(title, of, most) for title, of, most in shown if of]
    return "```\n" + "\n\n".join(found) + "\n```"


async def _files(
    quotas: QuotaDesk, title: str, lines: dict[ReportBy, list[Line]]
) -> tuple[tuple[File, ...], bool]:
    """Return the chart and the file, and whether the chart could not be drawn."""
    every = [line for by in ReportBy for line in lines[by]]
    sheet = File("report.csv", tables.report_csv(every))
    if quotas.charts is None:
        return (sheet,), False
    chart = chart_of(title, lines)
    drawn = await quotas.charts.draw(chart)
    if not drawn:
        return (sheet,), True
    return (File("report.png", drawn, tables.described(chart)), sheet), False


def chart_of(title: str, lines: dict[ReportBy, list[Line]]) -> Chart:
    """Return who, what and when as bars of one measure."""
    measure = tables.measure_of(tables.total(lines[ReportBy.MODEL])[0])
    days_used = dropwhile(lambda line: not line.turns, lines[ReportBy.DAY])
    panels = (
        ("Who", tables.bars(lines[ReportBy.PERSON], measure)),
        ("What", tables.bars(lines[ReportBy.MODEL], measure, _FEW)),
        ("When", tables.bars([*days_used], measure, MOST_DAYS)),
    )
    return Chart(
        quota_report_texts.chart_title(title, measure), tuple(each for each in panels if each[1])
    )


async def _operators(desk: Desk, now: int) -> list[str]:
    """Return what only those see who run the bot: what it is billed, and what credit is left."""
    quotas = desk.quotas
    month = quotas.periods(now)[Window.MONTH]
    billed = await quotas.store.billed(month.starts)
    credits = await quotas.store.credits()
    said = operations(credits, [], desk.low_credits_micros, now).splitlines()
    return [
        quota_report_texts.billed_line(billed, quotas.rules.spend_cap),
        *said[: max(1, len(credits))],
    ]


# --- export --------------------------------------------------------------------------------


async def export(desk: Desk, grant: Grant) -> CommandReply:
    """Send the ledger as a file, once an hour for each server."""
    request, quotas, now = grant.request, desk.quotas, desk.clock.now()
    check_place(request)
    thread = request.call.thread
    name = f"export:{thread.platform}:{thread.workspace}"
    async with quotas.line:
        at = await quotas.store.memo(name)
        again = int(at) + EXPORT_MS if at.isdecimal() else 0
        if now < again:
            raise Denied(quota_report_texts.export_too_soon(again))
        await quotas.store.put_memo(name, str(now))
    entries = await quotas.store.ledger(thread.platform, thread.workspace, 0, MOST_ROWS)
    # Fifty thousand lines take longer than anything else may wait.
    content = await asyncio.to_thread(tables.ledger_csv, entries)
    said = quota_report_texts.export_done(len(entries), MOST_ROWS)
    return CommandReply(said, (File("ledger.csv", content),))
