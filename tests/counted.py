"""Counters against the ledger: what is reserved and spent, reckoned here anew from its rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from tests.evidence import Database, Evidence, Row, group
from tests.violation import Violation

COMPARED = (*("turn", "step", "reservation", "ledger", "counter", "hold", "extra_hold", "attempt"),)
AMOUNTS = {"requests": "requests", "tokens": "tokens", "images": "images", "money": "micros"}


def check_counters(evidence: Evidence) -> Iterator[Violation]:
    """I4: every counter is the sum of the ledger and of what is reserved in its period."""
    return _compare(evidence.database)


def find_differences(path: Path) -> Iterator[Violation]:
    """I4, at any moment: the same is so at every commit, whoever died after it."""
    return _compare({name: Database.rows(path, name) for name in COMPARED})


def _compare(database: Database | Mapping[str, list[Row]]) -> Iterator[Violation]:
    turns = {turn["id"]: turn for turn in database["turn"]}
    models = {(step["turn"], step["n"]): step["model"] for step in database["step"]}
    opened = [
        {
            **row,
            **{name: turns[row["turn"]][name] for name in ("platform", "workspace", "channel")},
            "author": turns[row["turn"]]["author"],
            "model": models.get((row["turn"], row["step"]), ""),
            "held_at": row["opened_at"],
        }
        for row in database["reservation"]
        if row["state"] == "open"
    ]
    booked = [row for row in database["ledger"] if row["kind"] != "release"]
    held = group(database["hold"], "counter")
    for counter in database["counter"]:
        where = (
            f"counter of {counter['kind']} {counter['subject'] or counter['workspace'] or '*'},"
            f" {counter['metric']} per {counter['span']} {counter['model']}"
        )
        if counter["kind"] == "attempts":
            yield from _check_attempts(database, counter)
            continue
        metric = AMOUNTS[counter["metric"]]
        used = counter["spent"] + counter["forgiven"]
        sums = sum(row[metric] for row in booked if _counts(counter, row))
        if used != sums:
            yield Violation("I4", f"{where} has {used}, the ledger {sums}")
        reserved = sum(row[metric] for row in opened if _counts(counter, row))
        if counter["reserved"] != reserved:
            yield Violation("I4", f"{where} reserves {counter['reserved']}, not {reserved}")
        if sum(row["amount"] for row in held.get(counter["id"], [])) != counter["reserved"]:
            yield Violation("I4", f"{where} reserves what no step holds")
    open_steps = {(row["turn"], row["step"]) for row in opened}
    for row in (*database["hold"], *database["extra_hold"]):
        if (row["turn"], row["step"]) not in open_steps:
            yield Violation("I5", f"turn {row['turn']} is over and still holds something back")


def check_attempts(evidence: Evidence) -> Iterator[Violation]:
    """I4: each call of a model is an attempt, and those of ended turns are closed."""
    turns = {turn["id"]: turn for turn in evidence.database["turn"]}
    for row in evidence.database["attempt"]:
        if row["billed"] is None and turns[row["turn"]]["state"] in ("delivering", "ended"):
            yield Violation("I4", f"an attempt of turn {row['turn']} is still open")
    attempted = {(row["turn"], row["step"]) for row in evidence.database["attempt"]}
    for step in evidence.database["step"]:
        # What only fetches what an earlier turn paid for is no attempt of its own.
        resumed = '"late_of":"' in turns[step["turn"]]["edit"].replace('"late_of":""', "")
        if (step["turn"], step["n"]) not in attempted and not resumed:
            yield Violation("I4", f"step {step['n']} of turn {step['turn']} was no attempt")


def _check_attempts(
    database: Database | Mapping[str, list[Row]], counter: Row
) -> Iterator[Violation]:
    rows = [row for row in database["attempt"] if counter["starts"] <= row["at"] < counter["ends"]]
    reserved = sum(row["held"] for row in rows if row["billed"] is None)
    spent = sum(row["billed"] or 0 for row in rows)
    if (counter["reserved"], counter["spent"]) != (reserved, spent):
        yield Violation(
            "I4",
            f"attempts are counted as {counter['reserved']} + {counter['spent']},"
            f" not {reserved} + {spent}",
        )


def _counts(counter: Row, row: Row) -> bool:
    """Tell whether an entry, or a reservation, is one of a counter's."""
    if not counter["starts"] <= row["held_at"] < counter["ends"]:
        return False
    if counter["model"] not in ("", row["model"]):
        return False
    if counter["platform"] not in ("", row["platform"]):
        return False
    if counter["workspace"] not in ("", row["workspace"]):
        return False
    match counter["kind"]:
        case "person":
            return bool(counter["subject"] == row["author"])
        case "channel":
            return bool(counter["subject"] == row["channel"])
        case _:
            return True
