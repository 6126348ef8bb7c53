"""An extra that several reach for at once is given once: statement by statement, and by processes.

PostgreSQL's READ COMMITTED lets others commit between any two statements of an operation; on a
file that commits every statement by itself the same is so.
https://www.postgresql.org/docs/current/transaction-iso.html#XACT-READ-COMMITTED
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from bot.errors import Refused
from bot.ports import Change, Grant, Metric, Scope, ScopeKind
from storage import limits
from storage.engine import Operation
from tests import reservers

EVERYBODY = Scope(ScopeKind.MEMBER, "discord", "guild")
CHANGE = Change(1, "a", "Ada", "discord", "guild", "grant", EVERYBODY, "", "", "", "", "")
MOST = 30


def prepare(path: Path, *amounts: int) -> None:
    """Make a file whose only limit is none for each member, with extras for all together."""
    reservers.prepare(path, (0, 9, 9), 3)
    with closing(reservers.connect(path)) as connection:
        connection.execute("DELETE FROM quota WHERE kind <> 'member'")
    give(path, *amounts)


def give(path: Path, *amounts: int) -> None:
    with closing(reservers.connect(path)) as connection:
        for number, amount in enumerate(amounts):
            grant = Grant(f"g{number}", EVERYBODY, Metric.REQUESTS, amount, None, at=number)
            reservers.run(connection, limits.add_grant(grant, CHANGE))


def go_on(connection: sqlite3.Connection, operation: Operation[None], most: int = MOST) -> bool:
    """Run so many statements of an operation, each a transaction; tell whether it is granted."""
    try:
        sql, params = next(operation)
        for _ in range(most):
            sql, params = operation.send(connection.execute(sql, params).fetchall())
    except StopIteration:
        return True
    except Refused:
        return False
    connection.execute(sql, params)
    return False


def steps_of(path: Path) -> list[str]:
    """Return the statements of an operation that takes an extra."""
    seen: list[str] = []
    with closing(reservers.connect(path)) as connection:
        connection.execute("BEGIN")
        operation = reservers.ours(0, "zoe")
        try:
            sql, params = next(operation)
            while True:
                seen.append(sql)
                sql, params = operation.send(connection.execute(sql, params).fetchall())
        except StopIteration:
            connection.execute("ROLLBACK")
    return seen


def interleave(path: Path, after: int) -> list[bool]:
    """Let one ask wholly while another is after so many statements; tell who was granted."""
    with closing(reservers.connect(path)) as connection:
        first, granted = reservers.ours(1, "ann"), []
        try:
            sql, params = next(first)
            for number in range(MOST):
                rows = connection.execute(sql, params).fetchall()
                if number == after:
                    granted.append(go_on(connection, reservers.ours(2, "ben")))
                sql, params = first.send(rows)
        except StopIteration:
            granted.append(True)
        except Refused:
            granted.append(False)
        return granted


def taken(path: Path) -> list[tuple[int, int, int]]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(
            "SELECT e.amount, e.used, (SELECT COALESCE(SUM(h.amount), 0) FROM extra_hold h"
            " WHERE h.extra = e.id) FROM extra e ORDER BY e.id"
        ).fetchall()


@pytest.mark.parametrize("amounts", [(1,), (2,), (1, 1)], ids=str)
def test_whoever_comes_between_gets_no_more_than_is_there(
    tmp_path: Path, amounts: tuple[int, ...]
) -> None:
    prepare(tmp_path / "steps.db", *amounts)
    steps = steps_of(tmp_path / "steps.db")
    # From there on others wait for the row that both write.
    last = next(n for n, sql in enumerate(steps) if "UPDATE extra" in sql)
    for after in range(last):
        path = tmp_path / f"{after}.db"
        prepare(path, *amounts)
        granted = interleave(path, after)
        assert sum(granted) == min(2, sum(amounts)), (after, granted)
        assert sum(used for _, used, _ in taken(path)) == min(2, sum(amounts)), after
        assert all(used <= amount and held == used for amount, used, held in taken(path)), after


def test_processes_take_exactly_what_was_given(tmp_path: Path) -> None:
    path = tmp_path / "bot.db"
    reservers.prepare(path, (5, 1_000, 1_000), 80)
    give(path, 7, 11)
    found = reservers.ask_at_once(path, "ours", 2, 40)
    assert sum(one["granted"] for one in found) == 5 + 7 + 11
    assert taken(path) == [(7, 7, 7), (11, 11, 11)]
