"""Bring a database's tables up to date: forward only, each migration one transaction.

What was applied is kept with its checksum, so that a database which a newer version wrote, or
whose history differs from the files, is refused instead of guessed at.
"""

from __future__ import annotations

import hashlib
import os
import re
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from glob import escape
from pathlib import Path

import structlog

from storage.errors import Changed, Damaged, TooNew

SQLITE_MIGRATIONS = Path(__file__).parent / "migrations" / "sqlite"

log = structlog.get_logger(__name__)

# A copy holds what people deleted since: long enough to go back to, no longer.
BACKUP_MS = 7 * 24 * 60 * 60 * 1000

_FILE_NAME = re.compile(r"(\d{4})_(\w+)\.sql")

_CREATE_TABLE = """
CREATE TABLE IF NOT EXISTS migration (
    number     INTEGER NOT NULL PRIMARY KEY,
    name       TEXT NOT NULL,
    checksum   TEXT NOT NULL,
    applied_at INTEGER NOT NULL
) STRICT
"""
_INSERT = """
INSERT INTO migration (number, name, checksum, applied_at)
VALUES (:number, :name, :checksum, CAST(strftime('%s', 'now') AS INTEGER) * 1000)
"""


@dataclass(frozen=True, slots=True)
class Migration:
    """One numbered file."""

    number: int
    name: str
    text: str

    @property
    def checksum(self) -> str:
        """Return the text's sha256."""
        return hashlib.sha256(self.text.encode()).hexdigest()


def read_migrations(folder: Path = SQLITE_MIGRATIONS) -> list[Migration]:
    """Return a folder's migrations in order; their numbers run from 1 without a gap."""
    found = []
    for path in sorted(folder.glob("*.sql")):
        match = _FILE_NAME.fullmatch(path.name)
        if not match:
            raise ValueError(f"{path.name} is not named like 0001_words.sql")
        found.append(Migration(int(match[1]), match[2], path.read_text(encoding="utf-8")))
    if [migration.number for migration in found] != list(range(1, len(found) + 1)):
        raise ValueError("migrations are not numbered 1, 2, 3, ...")
    return found


def migrate(
    connection: sqlite3.Connection, path: Path, migrations: Sequence[Migration]
) -> list[int]:
    """Apply what is missing and return its numbers.

    The connection has no transaction open and foreign keys off (a table may be rebuilt).
    An existing database is copied beside itself first, as `<name>.before-<number>`, which is
    kept for a week.
    """
    applied = _read_applied(connection)
    missing = _compare(applied, migrations)
    if missing and applied:
        _back_up(connection, path.with_name(f"{path.name}.before-{missing[0].number:04d}"))
    for migration in missing:
        _apply(connection, migration)
    return [migration.number for migration in missing]


def is_behind(connection: sqlite3.Connection, migrations: Sequence[Migration]) -> bool:
    """Tell whether a database lacks a migration. Raises as `migrate` does, and changes nothing."""
    return bool(_compare(_read_applied(connection), migrations))


def _read_applied(connection: sqlite3.Connection) -> dict[int, tuple[str, str]]:
    """Return number -> (name, checksum) of what was applied."""
    tables = {row[0] for row in connection.execute("SELECT name FROM sqlite_schema")}
    if "migration" in tables:
        rows = connection.execute("SELECT number, name, checksum FROM migration")
        return {number: (name, checksum) for number, name, checksum in rows}
    if tables:
        raise Damaged(
            "The database file holds tables of another program. "
            "Move it away, or name another file in DATABASE_URL."
        )
    return {}


def _compare(
    applied: dict[int, tuple[str, str]], migrations: Sequence[Migration]
) -> list[Migration]:
    """Return what is missing, or raise if the database's history is not ours."""
    newest = max(applied, default=0)
    if newest > len(migrations):
        raise TooNew(
            f"The database is at version {newest}, this program knows {len(migrations)}. "
            "Start the newer program, or restore the backup made before the upgrade."
        )
    for migration in migrations[:newest]:
        if migration.number not in applied:
            raise Changed(f"Migration {migration.number} is missing below version {newest}.")
        if applied[migration.number][1] != migration.checksum:
            raise Changed(
                f"Migration {migration.number} ({migration.name}) was applied with another text. "
                "An applied migration is never edited: restore the file and add a new one."
            )
    return list(migrations[newest:])


def _apply(connection: sqlite3.Connection, migration: Migration) -> None:
    connection.execute("BEGIN IMMEDIATE")
    try:
        connection.execute(_CREATE_TABLE)
        for statement in split_statements(migration.text):
            connection.execute(statement)
        if connection.execute("PRAGMA foreign_key_check").fetchone():
            raise Damaged(f"Migration {migration.number} would leave rows without their owner.")
        connection.execute(
            _INSERT,
            {
                "number": migration.number,
                "name": migration.name,
                "checksum": migration.checksum,
            },
        )
        connection.execute("COMMIT")
    except BaseException:
        # A full disk has rolled back by itself.
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def split_statements(text: str) -> Iterator[str]:
    """Yield a script's statements; `executescript` would commit before the first."""
    *pieces, rest = text.split(";")
    statement = ""
    for piece in pieces:
        statement += piece + ";"
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
    if re.sub(r"--[^\n]*", "", statement + rest).strip():
        raise ValueError("a migration's last statement has no semicolon")


def list_old_backups(path: Path, now: int) -> list[Path]:
    """Return the copies of a database that are over their time."""
    before = (now - BACKUP_MS) * 1_000_000
    copies = path.parent.glob(f"{escape(path.name)}.before-*")
    return sorted(copy for copy in copies if _is_older(copy, before))


def _is_older(copy: Path, before: int) -> bool:
    try:
        return copy.stat().st_mtime_ns < before
    except OSError:  # somebody took it away
        return False


def remove_backups(copies: Sequence[Path]) -> None:
    """Remove copies of a database; one that cannot be removed is left for the next time."""
    for copy in copies:
        try:
            copy.unlink(missing_ok=True)
        except OSError as error:
            log.error("old copy of the database not removed", path=str(copy), error=str(error))
        else:
            log.info("old copy of the database removed", path=str(copy))


def _back_up(connection: sqlite3.Connection, target: Path) -> None:
    """Copy the database; under its final name there is never half a copy."""
    partial = target.with_name(target.name + ".partial")
    partial.unlink(missing_ok=True)
    os.close(os.open(partial, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    with closing(sqlite3.connect(partial)) as copy:
        connection.backup(copy)
    partial.replace(target)
