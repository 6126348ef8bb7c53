"""Many processes at the edge of three limits at once: exactly what is allowed, and no lock."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from bot.errors import Refused
from tests import reservers

AMOUNTS = (150, 160, 170)
PROCESSES = 3
EACH = 100


def test_reservations_from_several_processes_grant_exactly_the_limit(tmp_path: Path) -> None:
    path = tmp_path / "bot.db"
    reservers.prepare(path, AMOUNTS, PROCESSES * EACH)
    found = reservers.ask_at_once(path, "ours", PROCESSES, EACH)
    assert sum(one["granted"] for one in found) == min(AMOUNTS)
    assert not any(one["locked"] for one in found)
    with closing(sqlite3.connect(path)) as connection:
        used = connection.execute("SELECT reserved, spent, extra FROM counter").fetchall()
        held = connection.execute("SELECT COUNT(*), SUM(amount) FROM hold").fetchone()
    assert used == [(min(AMOUNTS), 0, 0)] * 3
    assert held == (3 * min(AMOUNTS), 3 * min(AMOUNTS))


def test_to_read_compare_and_write_overspends(tmp_path: Path) -> None:
    """What the gate is for: two that read the same number both go on."""
    path = tmp_path / "bot.db"
    reservers.prepare(path, (1, 1, 1), 2)
    with closing(reservers.connect(path)) as one, closing(reservers.connect(path)) as other:
        assert [_allows(one), _allows(other)] == [True, True]
        granted = []
        for number, connection in enumerate((one, other)):
            try:
                reservers.run(connection, reservers.ours(number))
                granted.append(number)
            except Refused:
                pass
    assert granted == [0], "the guard is in the statement that writes"


def _allows(connection: sqlite3.Connection) -> bool:
    rows = connection.execute("SELECT used, most FROM naive").fetchall()
    return all(row["used"] < row["most"] for row in rows)
