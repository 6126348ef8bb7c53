"""An empty database as the migrations leave it, made once and copied for each test.

To migrate takes a tenth of an ordinary test. How it goes is for the tests of migrations to say.
"""

from __future__ import annotations

import sqlite3
import tempfile
from functools import cache
from pathlib import Path

from storage.migrate import migrate, read_migrations


def lay_database(path: Path) -> None:
    """Put an empty database where there is none yet; its folder is made."""
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.write_bytes(_migrated())
        path.chmod(0o600)


@cache
def _migrated() -> bytes:
    """Return what a migrated file holds; whoever opens it has nothing left to apply."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bot.db"
        connection = sqlite3.connect(path, isolation_level=None)
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            migrate(connection, path, read_migrations())
        finally:
            connection.close()
        return path.read_bytes()
