"""What was used as a table for a phone, as bars, and as a file for a spreadsheet. Pure.

A cell that begins as a formula does is kept from being one: names are people's own words.
https://owasp.org/www-community/attacks/CSV_Injection
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo

from bot.commands import quota_report_texts
from bot.commands.texts import amount
from bot.domain import Amounts
from bot.ports import Bar, Chart, Entry, Spender
from bot.quotas import add
from bot.text import clean_output

# Columns of a table, in characters: a phone shows about 38 in one line of code.
NAME_WIDTH = 14
MOST_BARS = 8
MOST_LABEL = 24
# A spreadsheet takes what begins so for a formula: also behind what is not seen or quotes a cell,
# by other widths of the signs, and behind what divides cells in some language's files.
_FORMULA = re.compile(
    '(^|[;\t])([\\s\x00-\x1f\x7f\u200b-\u200f\u2060\ufeff"`]*)(?=[-=+@|%\t\r\n＝＋－＠﹢﹣﹦﹫−⁼⁺⁻])'
)
_LINE_END = re.compile("\r\n|[\n\v\f\r\x1c-\x1e\x85\u2028\u2029]")
# Spreadsheets tell UTF-8 by it.
_BOM = "\ufeff"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a report, with what it is called."""

    by: str
    label: str
    name: str
    amounts: Amounts
    turns: int


def lines_of(by: str, spenders: Iterable[Spender], names: dict[str, str]) -> list[Line]:
    """Return lines with what each is called; `names` by label."""
    return [
        Line(
            by,
            each.label,
            names.get(each.label) or each.name or each.label or "?",
            each.amounts,
            each.turns,
        )
        for each in spenders
    ]


def total(lines: Sequence[Line]) -> tuple[Amounts, int]:
    """Return the sum of lines, and their turns."""
    return add(line.amounts for line in lines), sum(line.turns for line in lines)


# --- a table -------------------------------------------------------------------------------


def table(title: str, lines: Sequence[Line], most: int) -> str:
    """Return lines in columns: who, requests, tokens, images, dollars."""
    rows = [_row(title, "req", "tok", "img", "USD")]
    rows += [
        _row(
            called,
            short(line.amounts.requests),
            short(line.amounts.tokens),
            short(line.amounts.images),
            dollars(line.amounts.micros),
        )
        for called, line in zip(_called(lines[:most], NAME_WIDTH), lines[:most], strict=True)
    ]
    if len(lines) > most:
        rows.append(quota_report_texts.more_lines(len(lines) - most))
    return "\n".join(rows)


def _row(name: str, requests: str, tokens: str, images: str, money: str) -> str:
    return f"{name.ljust(NAME_WIDTH)}{requests:>5}{tokens:>6}{images:>4}{money:>8}".rstrip()


def one_line(text: str) -> str:
    """Return somebody's words without what would break a line, or end a block of code."""
    return " ".join(clean_output(text).replace("`", "'").split()) or "?"


def _called(lines: Sequence[Line], most: int) -> list[str]:
    """Return what lines are called, each shortened so that none looks like another.

    What tells models apart is at both ends of their names, and most names are known by how they
    begin; where that leaves two alike, as ids are, more of their ends is shown instead.
    """
    names = [one_line(line.name) for line in lines]
    usual = most * 3 // 5 if any(line.by == "model" for line in lines) else 0
    for tail in (usual, *range(most)):
        called = [_shorten(name, most, tail) for name in names]
        if len(set(called)) == len(set(names)):
            return called
    return [_shorten(name, most, usual) for name in names]


def _shorten(name: str, most: int, tail: int) -> str:
    """Return a name of at most so many characters, of which so many are its last."""
    if len(name) <= most:
        return name
    return f"{name[: most - 1 - tail]}…{name[len(name) - tail :]}"


def model_names(ids: Iterable[str]) -> dict[str, str]:
    """Return what models are called: without service and vendor, where that tells them apart."""
    bare = {id: id.rpartition(":")[2].rpartition("/")[2] or id for id in ids}
    known = Counter(bare.values())
    return {id: name if known[name] == 1 else id for id, name in bare.items()}


def clip(text: str, most: int) -> str:
    """Return a text of at most so many characters."""
    return text if len(text) <= most else text[: most - 1] + "…"


def short(number: int) -> str:
    """Return a number in at most five characters."""
    for size, sign in ((10**12, "T"), (10**9, "G"), (10**6, "M"), (10**3, "k")):
        if number >= size:
            whole = number / size
            return f"{whole:.1f}{sign}" if whole < 100 else f"{int(whole)}{sign}"
    return str(number)


def dollars(micros: int) -> str:
    """Return money for a column: cents, of little money what can be seen of it."""
    if micros >= 1_000_000_000:
        return f"{micros // 1_000_000:,}"
    if micros and micros < 10_000:
        return f"{micros / 1_000_000:.4f}"
    return f"{micros / 1_000_000:.2f}"


# --- bars ----------------------------------------------------------------------------------


def bars(lines: Sequence[Line], measure: str, most: int = MOST_BARS) -> tuple[Bar, ...]:
    """Return lines as bars; those beyond `most` together as one."""
    rest = lines[most:]
    shown = [
        Bar(called, _value(line.amounts, measure), say(line.amounts, measure))
        for called, line in zip(_called(lines[:most], MOST_LABEL), lines[:most], strict=True)
    ]
    if rest:
        amounts, _ = total(rest)
        value, said = _value(amounts, measure), say(amounts, measure)
        shown.append(Bar(quota_report_texts.others(len(rest)), value, said, together=True))
    return tuple(shown)


def measure_of(amounts: Amounts) -> str:
    """Return what bars are best long by: money, where any is known of."""
    return "money" if amounts.micros else "tokens" if amounts.tokens else "requests"


def _value(amounts: Amounts, measure: str) -> int:
    match measure:
        case "money":
            return amounts.micros
        case "tokens":
            return amounts.tokens
        case _:
            return amounts.requests


def say(amounts: Amounts, measure: str) -> str:
    """Return a bar's number in words."""
    if measure == "money":
        return f"${dollars(amounts.micros)}"
    value = _value(amounts, measure)
    return f"{value:,} {measure.removesuffix('s') if value == 1 else measure}"


def described(chart: Chart, most: int = 1_000) -> str:
    """Return a chart's numbers as text, for those who do not see it."""
    parts = [chart.title]
    for title, panel in chart.panels:
        parts.append(f"{title}: " + ", ".join(f"{bar.label} {bar.shown}" for bar in panel))
    return clip(". ".join(parts), most)


# --- files ---------------------------------------------------------------------------------


def report_csv(lines: Iterable[Line]) -> bytes:
    """Return lines as a file."""
    head = ("by", "id", "name", "questions", "requests", "tokens", "images", "usd")
    return _csv(
        head,
        (
            (
                line.by,
                line.label,
                line.name,
                line.turns,
                line.amounts.requests,
                line.amounts.tokens,
                line.amounts.images,
                amount(line.amounts.micros).replace(",", ""),
            )
            for line in lines
        ),
    )


def ledger_csv(entries: Iterable[Entry]) -> bytes:
    """Return entries of the ledger as a file."""
    head = (
        *("at", "platform", "workspace", "channel", "person", "name", "model", "kind"),
        *("requests", "tokens", "images", "usd", "turn", "step"),
    )
    return _csv(
        head,
        (
            (
                datetime.fromtimestamp(each.at / 1000, UTC).isoformat(timespec="milliseconds"),
                each.platform,
                each.workspace,
                each.channel,
                each.author,
                each.name,
                each.model,
                each.kind,
                each.amounts.requests,
                each.amounts.tokens,
                each.amounts.images,
                amount(each.amounts.micros).replace(",", ""),
                each.turn,
                each.step,
            )
            for each in entries
        ),
    )


def _csv(head: Sequence[str], rows: Iterable[Sequence[str | int]]) -> bytes:
    made = io.StringIO()
    writer = csv.writer(made, lineterminator="\r\n")
    writer.writerow(head)
    for row in rows:
        writer.writerow([cell if isinstance(cell, int) else defuse(cell) for cell in row])
    return (_BOM + made.getvalue()).encode("utf-8", "replace")


def defuse(cell: str) -> str:
    """Return a cell that no spreadsheet takes for a formula; line ends become blanks."""
    return _LINE_END.sub(" ", _FORMULA.sub(r"\1'\2", cell))


def day_name(starts: str, zone: tzinfo) -> str:
    """Return the day that starts at a time, in a zone."""
    return datetime.fromtimestamp(int(starts) / 1000, zone).strftime(quota_report_texts.DAY)
