"""Steps, their reservations and the ledger: reserve before, settle after.

A reservation is opened in the transaction that starts a step and closed in the one that
stores its result, so that every commit holds `reserved + spent <= limit`.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass

from bot.domain import Amounts, ImageModel, Model, Outcome, Turn, Usage
from bot.errors import Fenced, StoreError
from bot.ports import Conclusion, Metric, Quota, Spent, Step
from storage import conversations, drafts, pictures, quotas
from storage.engine import Operation, Row
from storage.statements import load
from storage.turns import fence

SQL = load("steps")
TURNS = load("turns")

SHOWN = frozenset({Outcome.ANSWERED, Outcome.STOPPED})


def start_step(
    turn: Turn, model: Model | ImageModel, hold: Amounts, now: int, anew: bool, quota: Quota
) -> Operation[Step]:
    """Start the turn's next step with its reservation, or its open step again.

    Raises `Refused`, which undoes all of it.
    """
    rows = yield (
        SQL.start_step,
        {
            **fence(turn),
            "kind": "image" if isinstance(model, ImageModel) else "chat",
            "model": model.id,
            "late_of": turn.edit.late_of if turn.edit is not None else "",
            "anew": int(anew),
            "now": now,
        },
    )
    if not rows:
        raise Fenced
    row = rows[0]
    n = row["n"]
    found = yield SQL.find_reservation, {"turn": turn.id, "step": n}
    if found and not anew:
        hold = _amounts(found[0])
        held = yield from quotas.held_by(turn.id, n)
    else:
        if found:
            yield SQL.remove_reservation, {"turn": turn.id, "step": n}
            yield from quotas.settle(turn.id, n, Amounts())
        held = yield from quotas.reserve(turn, n, row["model"], hold, quota, now)
        yield SQL.open_reservation, {"turn": turn.id, "step": n, **asdict(hold), "now": now}
    if row["request_id"] is None:
        # A request that surely came to nothing was not billed; of one whose process died nobody
        # knows. One that the service has goes on, and is no other.
        yield from quotas.end_attempts(turn.id, n, 0 if anew else None)
        yield from quotas.begin_attempt(turn, n, row["runs"], row["model"], hold.micros, quota, now)
    capped = not held.isdisjoint({Metric.TOKENS, Metric.MONEY}) or quota.spend_cap is not None
    return Step(n, row["runs"] - 1, row["request_id"], row["model"], hold, bool(held), capped)


def accept_step(turn: Turn, step: Step, request_id: str) -> Operation[None]:
    """Remember the provider's id of a running step, or "" before its request leaves."""
    accepted = yield (
        SQL.accept_step,
        {**fence(turn), "step": step.n, "request_id": request_id},
    )
    if not accepted:
        raise Fenced


def conclude(turn: Turn, end: Conclusion, now: int) -> Operation[None]:
    """Store what a turn came to, close and book its step, and go on to delivery."""
    concluded = yield (
        TURNS.conclude_turn,
        {
            **fence(turn),
            "outcome": end.outcome.value,
            "answer": end.answer,
            "note": end.note,
            "error": end.error,
            "now": now,
        },
    )
    if not concluded:
        raise Fenced
    shown = end.outcome in SHOWN
    closed = yield (
        SQL.close_step,
        {
            "turn": turn.id,
            "state": "stored" if shown else "failed",
            "finish": end.finish,
            "error": end.error,
            "prompt_tokens": end.usage.prompt,
            "completion_tokens": end.usage.completion,
            "reasoning_tokens": end.usage.reasoning,
            "cost_micros": end.usage.cost_micros,
            "estimated": int(end.estimated),
            "now": now,
        },
    )
    if closed:
        yield from _settle(turn, closed[0]["n"], closed[0]["model"], end.charge, now)
        billed = end.charge.micros if end.usage.cost_micros is None else end.usage.cost_micros
        sure = not end.unsure or end.usage.cost_micros is not None
        yield from quotas.end_attempts(turn.id, closed[0]["n"], billed if sure else None)
    elif end.charge != Amounts():
        raise StoreError("A charge without a step has no reservation to settle.")
    cancelled = bool(concluded[0]["cancel_requested"])
    if shown and end.answer and not cancelled:
        yield from conversations.add_answer(turn, end.answer, now)
    if turn.edit is not None:
        yield from pictures.conclude(turn, end.made, cancelled, now)
        if end.outcome is Outcome.REFUSED:
            yield from drafts.give_back(turn.id)


def spent(turn: str) -> Operation[Spent | None]:
    """Return what a turn's last step came to, and what was booked for it."""
    rows = yield SQL.read_spent, {"turn": turn}
    if not rows:
        return None
    row = rows[0]
    return Spent(
        model=row["model"],
        request_id=row["request_id"],
        state=row["state"],
        usage=Usage(
            prompt=row["prompt_tokens"],
            completion=row["completion_tokens"],
            reasoning=row["reasoning_tokens"],
            cost_micros=row["cost_micros"],
        ),
        charge=_amounts(row),
        estimated=bool(row["estimated"]),
        started_at=row["started_at"],
        ended_at=row["ended_at"],
    )


def _settle(turn: Turn, n: int, model: str, charge: Amounts, now: int) -> Operation[None]:
    """Close a step's reservation and book it; what goes beyond it is an overrun."""
    released = charge == Amounts()
    rows = yield (
        SQL.close_reservation,
        {
            "turn": turn.id,
            "step": n,
            "state": "released" if released else "settled",
            "now": now,
        },
    )
    if not rows:
        raise StoreError("A running step has no open reservation.")
    held_at = rows[0]["opened_at"]
    within, beyond = divide(charge, _amounts(rows[0]))
    entry = _Entry(turn, n, model, held_at, now)
    yield from _book(entry, "release" if released else "settle", within)
    if beyond != Amounts():
        yield from _book(entry, "overrun", beyond)
    yield from quotas.settle(turn.id, n, charge)


def divide(charge: Amounts, hold: Amounts) -> tuple[Amounts, Amounts]:
    """Divide a charge into what its reservation covers and what it does not."""
    covered = {name: min(amount, getattr(hold, name)) for name, amount in asdict(charge).items()}
    rest = {name: amount - covered[name] for name, amount in asdict(charge).items()}
    return Amounts(**covered), Amounts(**rest)


@dataclass(frozen=True, slots=True)
class _Entry:
    """What an entry of the ledger is about; it belongs to the time of its reservation."""

    turn: Turn
    step: int
    model: str
    held_at: int
    now: int


def _book(entry: _Entry, kind: str, amounts: Amounts) -> Operation[None]:
    thread = entry.turn.thread
    yield (
        SQL.book,
        {
            "turn": entry.turn.id,
            "step": entry.step,
            "kind": kind,
            "platform": thread.platform,
            "workspace": thread.workspace,
            "channel": thread.channel,
            "author": entry.turn.author.id,
            "model": entry.model,
            **asdict(amounts),
            "held_at": entry.held_at,
            "now": entry.now,
        },
    )


def _amounts(row: Row) -> Amounts:
    return Amounts(row["requests"], row["tokens"], row["images"], row["micros"])
