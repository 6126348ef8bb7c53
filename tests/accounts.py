"""The algebra of reservations and ledger: nothing is paid twice, or for nothing."""

from __future__ import annotations

from collections.abc import Iterator

from bot import notices
from tests.evidence import Evidence, Row, group
from tests.outcomes import is_erased
from tests.violation import Kind, Violation, edit_of, ended, name_of

METRICS = ("requests", "tokens", "images", "micros")


def check_reservations(evidence: Evidence) -> Iterator[Violation]:
    """I4, I5: each reservation of an ended turn is settled or released, once, within itself."""
    database = evidence.database
    turns = {turn["id"]: turn for turn in database["turn"]}
    steps = {(step["turn"], step["n"]): step for step in database["step"]}
    held = {(row["turn"], row["step"]): row for row in database["reservation"]}
    booked = group(database["ledger"], "turn", "step")
    for key, step in steps.items():
        where = f"step {step['n']} of {name_of(turns[step['turn']])}"
        if key not in held:
            yield Violation("I5", f"{where} ran without a reservation")
        if turns[step["turn"]]["state"] == "ended" and step["state"] == "running":
            yield Violation("I5", f"{where} still runs")
    for key, row in held.items():
        turn = turns[row["turn"]]
        where = f"reservation {row['step']} of {name_of(turn)}"
        entries = group(booked.get(key, []), "kind")
        closing = [*entries.get("settle", []), *entries.get("release", [])]
        if key not in steps:
            yield Violation("I5", f"{where} has no step")
        if row["state"] == "open":
            if turn["state"] in ("delivering", "ended"):
                yield Violation("I5", f"{where} is still open")
            if closing:
                yield Violation("I5", f"{where} is open, yet booked")
            continue
        if len(closing) != 1:
            yield Violation("I5", f"{where} is closed by {len(closing)} entries")
            continue
        expected = {"settle": "settled", "release": "released"}[closing[0]["kind"]]
        if row["state"] != expected:
            yield Violation("I5", f"{where} is {row['state']}, its entry says {expected}")
        if "overrun" in entries and closing[0]["kind"] != "settle":
            yield Violation("I5", f"{where} was released, yet overrun")
        for metric in METRICS:
            if closing[0]["kind"] == "settle" and closing[0][metric] > row[metric]:
                yield Violation("I4", f"{where} settles more {metric} than it held")
    for key, rows in booked.items():
        if key not in held:
            yield Violation("I4", f"the ledger has {len(rows)} entries without reservation: {key}")
    for row in database["ledger"]:
        turn = turns[row["turn"]]
        if any(row[key] != turn[key] for key in ("platform", "workspace", "channel", "author")):
            yield Violation("I4", f"the ledger books {name_of(turn)} on somebody else")


def check_charges(evidence: Evidence) -> Iterator[Violation]:
    """I6: a person is charged for what was delivered, once, and told the truth about it."""
    paid = {
        key: sum(sum(row[metric] for metric in METRICS) for row in rows)
        for key, rows in group(
            (row for row in evidence.database["ledger"] if row["kind"] != "release"), "turn"
        ).items()
    }
    turns = {turn["id"]: turn for turn in evidence.database["turn"]}
    for turn in ended(evidence):
        charged = paid.get(turn["id"], 0)
        first = turn
        while not charged and (before := _retried(first, turns)) is not None:
            # What could not be shown then, and was paid for then, may be shown now.
            first = before
            charged = paid.get(first["id"], 0) if first["answer"] == turn["answer"] else 0
        if charged and not turn["answer"] and not is_erased(evidence, turn):
            yield Violation("I6", f"{name_of(turn)} was charged {charged} for nothing")
        if turn["answer"] and not charged and edit_of(turn).get("shows") is None:
            yield Violation("I6", f"{name_of(turn)} has an answer that nobody paid")
        if charged and notices.NOTHING_CHARGED in turn["note"]:
            yield Violation("I6", f"{name_of(turn)} says that nothing was charged")
    for turn_id, rows in group(evidence.database["ledger"], "turn").items():
        runs = sum(1 for row in rows if row["kind"] == "settle")
        steps = sum(1 for row in evidence.database["step"] if row["turn"] == turn_id)
        if runs > steps:
            yield Violation("I6", f"turn {turn_id} was charged {runs} times", Kind.DOUBLED)


def _retried(turn: Row, turns: dict[str, Row]) -> Row | None:
    """Return the turn that this one retries."""
    return turns.get(turn["about"]) if turn["kind"] == "retry" else None
