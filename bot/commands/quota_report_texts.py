"""What is said in reports, exports and the audit log."""

from __future__ import annotations

from collections.abc import Sequence

from bot.commands.here import Here
from bot.commands.quota_texts import PERIODS, money, quantity
from bot.commands.texts import NOTHING_DONE
from bot.domain import Amounts
from bot.ports import (
    Change,
    Limit,
    Metric,
    Spender,
)
from bot.quotas import add
from bot.text import escape, moment

NO_CHANGES = "No limit was changed from chat yet."


def change_line(change: Change, who: str, by: str) -> str:
    """Return one line of the audit log."""
    return f"• {moment(change.at)} {by}: {change.what} {who}: {change.before} → {change.after}"


def actor(id: str, name: str, here: Here) -> str:
    """Return who changed something; on Discord a mention, which pings nobody."""
    if here.platform == "discord" and id.isdecimal():
        return f"<@{id}>"
    return f"**{escape(name or id)}**"


def audit_shown(lines: Sequence[str]) -> str:
    """Return the audit log, the newest first."""
    return "\n".join(["**Who changed what**", *lines]) if lines else NO_CHANGES


# --- report --------------------------------------------------------------------------------


def report_title(period: str, zone: str) -> str:
    """Return what a report is of."""
    return f"Used {PERIODS[period]} ({zone})"


# How a day is shown: `Fri 20 Nov`.
DAY = "%a %d %b"


def more_lines(count: int) -> str:
    """Say that a table has more lines than are shown."""
    return f"and {count:,} more in the file"


def others(count: int) -> str:
    """Return what a bar stands for that takes several together."""
    return f"{count:,} others"


def chart_title(title: str, measure: str) -> str:
    """Return the same, and what its bars are long by."""
    return f"{title}, by {measure}"


def total_line(total: Amounts, turns: int) -> str:
    """Return all of it in one line."""
    parts = [
        f"{turns:,} {'question' if turns == 1 else 'questions'}",
        quantity(Metric.REQUESTS, total.requests),
        quantity(Metric.TOKENS, total.tokens),
        quantity(Metric.IMAGES, total.images),
        quantity(Metric.MONEY, total.micros),
    ]
    return ", ".join(parts)


def overrun_line(overruns: Sequence[Spender]) -> str:
    """Say what of it services billed beyond what was held."""
    beyond = add(each.amounts for each in overruns)
    parts = [
        quantity(metric, value)
        for metric, value in zip(
            Metric, (beyond.requests, beyond.tokens, beyond.images, beyond.micros), strict=True
        )
        if value
    ]
    models = ", ".join(f"`{each.label}`" for each in overruns)
    return (
        f"Billed beyond what was held back before, which is in it: {', '.join(parts)} ({models})."
    )


NOTHING_USED = "Nothing was used in that time."
CHART_FAILED = "The chart could not be drawn this time; the table and the file say the same."


def billed_line(billed: int, cap: Limit | None) -> str:
    """Say what the bot's own account may have been billed this month."""
    of = f" of a cap of {money(cap.amount)}" if cap is not None else ", no cap is set"
    return f"Whole bot, this month, every attempt counted: at most {money(billed)}{of}."


def export_done(rows: int, most: int) -> str:
    """Say what a file holds."""
    more = f" (the newest {most:,})" if rows >= most else ""
    return f"Here is the ledger: {rows:,} {'entry' if rows == 1 else 'entries'}{more}, as CSV."


def export_too_soon(at: int) -> str:
    """Say when a ledger can be sent again."""
    return (
        "The ledger is sent once an hour, and it was sent already. "
        f"{NOTHING_DONE} Again from {moment(at)}."
    )
