"""What a failed campaign leaves behind, told so that the cause can be looked for.

A log of a test run may keep the beginning only, and its machine nothing: so what was broken comes
first, then what the bot's file, its log and the stand-ins know of it, within `MOST_CHARACTERS`.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from typing import Any

from adapters.playground.history import Entry

MOST_CHARACTERS = 2_000
MOST_VIOLATIONS = 4
MOST_OF_ALL = 1_200
MOST_OF_ROW = 300
MOST_TURNS = 3
MOST_LINES = 8
MOST_WORDS = 180

DATABASE, LOG, TRACE, HISTORY = "bot.db", "bot.log", "trace", "history.jsonl"
MOST_OF_A_NAME = 3
# Turns have 13 letters and digits (`bot.text`), messages a snowflake or a `ts`, drafts 22 signs.
_NAMES = re.compile(
    r"\b[0-9a-z]{13}\b|\b\d{10}\.\d{6}\b|\b\d{15,20}\b|(?<=draft )[\w-]{22}(?![\w-])"
)
_TURN_COLUMNS = (
    *("id", "kind", "source", "thread", "position", "state", "outcome", "error", "about", "edit"),
    *("received_at", "started_at", "concluded_at", "ended_at", "worker", "attempt"),
)
_OF_A_TURN = {
    "part": ("purpose", "idx", "state", "message", "place", "again"),
    "step": ("n", "kind", "state", "runs", "request_id", "error"),
    "reservation": ("step", "state"),
    "ledger": ("step", "kind", "requests", "tokens", "images", "micros"),
}


def describe(title: str, found: Sequence[str], folder: Path, entries: Sequence[Entry]) -> str:
    """Return what was found with the rows, log lines and entries that are about it.

    `title` says how to run it again.
    """
    more = f", and {len(found) - MOST_VIOLATIONS} more" if len(found) > MOST_VIOLATIONS else ""
    shown = found[:MOST_VIOLATIONS]
    told = [each[: MOST_OF_ALL // len(shown)] for each in shown]
    told.append(f"{title}{more}; {HISTORY}, {DATABASE} and {LOG} are in {folder}")
    names = list(dict.fromkeys(_NAMES.findall(" ".join(found))))
    turns = _find_turns(folder / DATABASE, names)
    for turn in turns:
        told += _tell_turn(folder / DATABASE, turn)
    names += [turn[key] for turn in turns for key in ("id", "source") if turn[key] not in names]
    told += _find_lines(folder / LOG, names)
    told += _find_entries(entries, names)
    return "\n".join(told)[:MOST_CHARACTERS]


def keep_history(folder: Path, entries: Sequence[Entry]) -> None:
    """Write down who said what, and when."""
    with (folder / HISTORY).open("w", encoding="utf-8") as file:
        for entry in entries:
            file.write(json.dumps(asdict(entry), default=str) + "\n")


def _find_turns(database: Path, names: Sequence[str]) -> list[dict[str, Any]]:
    """Return the turns that are named, or whose message is."""
    marks = ", ".join("?" * len(names))
    asked_or_shown = (
        f"id IN ({marks}) OR source IN ({marks})"
        f" OR id IN (SELECT turn FROM part WHERE message IN ({marks}))"
        f" OR id IN (SELECT about FROM draft WHERE id IN ({marks}))"
    )
    return list(_read(database, "turn", asked_or_shown, [*names] * 4))[:MOST_TURNS]


def _tell_turn(database: Path, turn: dict[str, Any]) -> Iterator[str]:
    began = turn["received_at"]
    for key in ("started_at", "concluded_at", "ended_at"):
        # Milliseconds since it came in are what one compares.
        turn[key] = turn[key] and f"+{turn[key] - began}"
    yield "turn: " + _shorten(turn, _TURN_COLUMNS)
    for table, columns in _OF_A_TURN.items():
        for row in _read(database, table, "turn = ?", [turn["id"]]):
            yield f"  {table}: " + _shorten(row, columns)


def _read(database: Path, table: str, where: str, given: Sequence[str]) -> Iterator[dict[str, Any]]:
    """Yield rows; none where the file is not there or was not migrated yet."""
    if not database.exists():
        return
    with closing(sqlite3.connect(database, timeout=10)) as connection:
        connection.row_factory = sqlite3.Row
        try:
            rows = connection.execute(f"SELECT * FROM {table} WHERE {where}", given).fetchall()
        except sqlite3.OperationalError:
            return
    yield from map(dict, rows)


def _shorten(row: dict[str, Any], columns: Sequence[str]) -> str:
    told = " ".join(f"{key}={row[key]}" for key in columns if row.get(key) not in (None, "", 0))
    return told[:MOST_OF_ROW]


def _find_lines(log: Path, names: Sequence[str]) -> list[str]:
    """Return the last lines of the bot's log that name something of it."""
    if not log.exists():
        return []
    lines = [
        re.sub(r"\s+", " ", line)[11 : 11 + MOST_WORDS]
        for line in log.read_text(errors="replace").splitlines()
        if any(name in line for name in names)
    ]
    return [f"log: {line}" for line in lines[-MOST_LINES:]]


def _find_entries(entries: Sequence[Entry], names: Sequence[str]) -> list[str]:
    """Return the last changes of each thing that is named; who only read tells little."""
    found: dict[int, Entry] = {}
    changes = [
        (entry, repr((entry.path, entry.request, entry.answer)))
        for entry in entries
        if not entry.route.startswith("GET ")
    ]
    for name in names:
        mine = [entry for entry, text in changes if name in text]
        found |= {entry.n: entry for entry in mine[-MOST_OF_A_NAME:]}
    return [
        f"history {entry.n} at {entry.at}: {entry.route} {entry.path[-60:]} {entry.status}"
        f" {entry.effect} {' '.join(entry.marks)}"[:MOST_WORDS]
        for _, entry in sorted(found.items())[-MOST_LINES:]
    ]
