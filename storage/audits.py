"""Hold counters to the ledger, and close reservations that nobody will close."""

from __future__ import annotations

from bot.domain import Amounts
from storage import counters, quotas
from storage.counters import ATTEMPTS
from storage.engine import Operation
from storage.statements import load

SQL = load("counters")
STEPS = load("steps")


def check() -> Operation[list[str]]:
    """Return every difference between counters, holds, reservations and the ledger."""
    rows = yield SQL.list_ends, {}
    found = [
        f"reservation {row['turn']}/{row['step']} is {row['state']} and ended {row['ends']} times"
        for row in rows
    ]
    for row in (yield SQL.list_counters, {}):
        stands = counters.counter(row)
        truth = yield from counters.measure(stands.key)
        name = f"counter {stands.key}"
        if stands.key.kind != ATTEMPTS and row["held"] != stands.reserved:
            found.append(f"{name}: {stands.reserved} reserved, {row['held']} held")
        if stands.reserved != truth.reserved:
            found.append(f"{name}: {stands.reserved} reserved, {truth.reserved} open")
        used, booked = stands.spent + stands.forgiven, truth.spent + truth.forgiven
        if used != booked:
            found.append(f"{name}: {used} counted, {booked} booked")
    strays = yield SQL.find_stray_holds, {}
    return found + [
        f"hold of {row['turn']}/{row['step']}, which has no open reservation" for row in strays
    ]


def release_leaks(before: int, now: int) -> Operation[int]:
    """Close what was reserved before and is not under way, as if it had used nothing."""
    leaks = yield SQL.find_leaks, {"before": before}
    for row in leaks:
        this = {"turn": row["turn"], "step": row["step"]}
        closed = yield STEPS.close_reservation, {**this, "state": "released", "now": now}
        if not closed:
            continue
        yield (
            STEPS.book,
            {
                **this,
                "kind": "release",
                "platform": row["platform"],
                "workspace": row["workspace"],
                "channel": row["channel"],
                "author": row["author"],
                "model": row["model"],
                "requests": 0,
                "tokens": 0,
                "images": 0,
                "micros": 0,
                "held_at": row["opened_at"],
                "now": now,
            },
        )
        yield from quotas.settle(row["turn"], row["step"], Amounts())
        yield from quotas.end_attempts(row["turn"], row["step"], None)
    strays = yield SQL.find_stray_holds, {}
    for row in strays:
        yield from quotas.settle(row["turn"], row["step"], Amounts())
    return len(leaks) + len(strays)
