"""Resets that were made before they were counted forgive what they forgave, and nothing else."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from storage.migrate import migrate, read_migrations

BEFORE = 7
TURN = """
INSERT INTO turn (id, platform, workspace, channel, thread, source, kind, about, position, author,
                  name, opens_thread, overhears, model, effort, max_tokens, state, answer, note,
                  error, sent_at, received_at)
VALUES ('t', 'discord', 'guild', 'chan', '100', '100', 'prompt', '', 100, 'u-ann', 'Ann', 1, 1, '',
        '', NULL, 'admitted', '', '', '', 1, 1)
"""
ENTRY = """
INSERT INTO ledger (turn, step, kind, platform, workspace, channel, author, requests, tokens,
                    images, micros, at, held_at)
VALUES ('t', :at, 'settle', 'discord', 'guild', 'chan', 'u-ann', 1, 1, 0, 0, :at, :at)
"""
RESET = "INSERT INTO pardon VALUES ('discord', 'guild', 'user', :id, :at)"


def test_what_was_forgiven_stays_so(tmp_path: Path) -> None:
    path = tmp_path / "bot.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        migrate(connection, path, [each for each in read_migrations() if each.number < BEFORE])
        connection.execute(TURN)
        for at in (5, 10, 15, 20, 25):
            connection.execute(ENTRY, {"at": at})
        for id, at in (("u-ann", 10), ("u-ben", 10), ("u-cem", 20)):
            connection.execute(RESET, {"id": id, "at": at})
        assert migrate(connection, path, read_migrations())[0] == BEFORE
        pairs = connection.execute(
            "SELECT l.at, p.at, p.n > l.resets FROM ledger l CROSS JOIN pardon p"
        ).fetchall()
        assert len(pairs) == 15
        assert all(bool(forgiven) == (booked <= reset) for booked, reset, forgiven in pairs)
