"""What the people who run the bot are told: alerts, and what is left on their accounts."""

from __future__ import annotations

from collections.abc import Sequence

from bot.ports import Alert, Credit
from storage.engine import Operation
from storage.statements import load

SQL = load("alerts")

QUIET_MS = 3_600_000
NEVER = -1


def note_credits(credit: Credit) -> Operation[None]:
    """Remember what is left on an account, unless something newer is known."""
    yield (
        SQL.note_credit,
        {"backend": credit.backend, "micros": credit.micros, "at": credit.at},
    )


def list_credits() -> Operation[list[Credit]]:
    """Return the newest figure of each backend."""
    rows = yield SQL.list_credits, {}
    return [Credit(row["backend"], row["micros"], row["at"]) for row in rows]


def raise_alert(
    name: str, text: str, people: Sequence[str], now: int, again_ms: int = 0
) -> Operation[bool]:
    """Raise an alert unless it stands; tell whether it is new.

    Who was told of one of its name within the hour, or within `again_ms`, is not told again:
    what comes and goes every minute would be a message every minute.
    """
    stale = now - again_ms if again_ms else NEVER
    raised = yield SQL.raise_alert, {"name": name, "text": text, "now": now, "stale": stale}
    if raised:
        for person in people:
            this = {"memo": _memo(name, person), "since": now - max(QUIET_MS, again_ms)}
            yield SQL.add_person, {"name": name, "person": person, **this}
    return bool(raised)


def clear_alert(name: str) -> Operation[None]:
    """End an alert; who was not told of it yet need not be."""
    yield SQL.remove_persons, {"name": name}
    yield SQL.remove_alert, {"name": name}


def untold() -> Operation[list[Alert]]:
    """Return what has yet to be told, to whom."""
    rows = yield SQL.list_untold, {}
    return [Alert(row["name"], row["text"], row["person"], row["raised_at"]) for row in rows]


def standing() -> Operation[list[Alert]]:
    """Return the alerts that stand, newest first."""
    rows = yield SQL.list_standing, {}
    return [Alert(row["name"], row["text"], "", row["raised_at"]) for row in rows]


def mark_told(alert: Alert) -> Operation[None]:
    """Remember that a person was told of this alert, not of a later one of its name."""
    yield (
        SQL.mark_told,
        {"name": alert.name, "person": alert.person, "raised_at": alert.raised_at},
    )
    memo = _memo(alert.name, alert.person)
    yield SQL.note_told, {"memo": memo, "value": str(alert.raised_at)}


def _memo(name: str, person: str) -> str:
    return f"told:{name}:{person}"
