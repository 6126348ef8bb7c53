"""Steps, their reservations and the ledger: reserve before, settle after.

A reservation is opened in the transaction that starts a step and closed in the one that
stores its result, so that every commit holds `reserved + spent <= limit`.
"""

from __future__ import annotations

from dataclasses import asdict

from bot.domain import Amounts, ImageModel, Model, Outcome, Turn, Usage
from bot.errors import Fenced, StoreError
from bot.ports import Conclusion, Spent, Step
from storage import conversations, drafts, pictures
from storage.engine import Operation, Row
from storage.statements import load
from storage.turns import fence

SQL = load("steps")
TURNS = load("turns")

SHOWN = frozenset({Outcome.ANSWERED, Outcome.STOPPED})


def start_step(
    turn: Turn, model: Model | ImageModel, hold: Amounts, now: int, anew: bool
) -> Operation[Step]:
    """Start the turn's next step with its reservation, or its open step again."""
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
    n = rows[0]["n"]
    yield SQL.open_reservation, {"turn": turn.id, "step": n, **asdict(hold), "now": now}
    row = rows[0]
    return Step(n, row["runs"] - 1, row["request_id"], row["model"])


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
        yield from _settle(turn, closed[0]["n"], end.charge, now)
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
        request_id=row["request_id"] or "",
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


def _settle(turn: Turn, n: int, charge: Amounts, now: int) -> Operation[None]:
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
    within, beyond = divide(charge, _amounts(rows[0]))
    yield from _book(turn, n, "release" if released else "settle", within, now)
    if beyond != Amounts():
        yield from _book(turn, n, "overrun", beyond, now)


def divide(charge: Amounts, hold: Amounts) -> tuple[Amounts, Amounts]:
    """Divide a charge into what its reservation covers and what it does not."""
    covered = {name: min(amount, getattr(hold, name)) for name, amount in asdict(charge).items()}
    rest = {name: amount - covered[name] for name, amount in asdict(charge).items()}
    return Amounts(**covered), Amounts(**rest)


def _book(turn: Turn, n: int, kind: str, amounts: Amounts, now: int) -> Operation[None]:
    yield (
        SQL.book,
        {
            "turn": turn.id,
            "step": n,
            "kind": kind,
            "platform": turn.thread.platform,
            "workspace": turn.thread.workspace,
            "channel": turn.thread.channel,
            "author": turn.author.id,
            **asdict(amounts),
            "now": now,
        },
    )


def _amounts(row: Row) -> Amounts:
    return Amounts(row["requests"], row["tokens"], row["images"], row["micros"])
