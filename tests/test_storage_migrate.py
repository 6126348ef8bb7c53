"""Migrations: forward only, whole or not at all, never over what is not understood."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from bot.errors import StoreError
from storage.errors import Changed, Damaged, TooNew
from storage.migrate import SQLITE_MIGRATIONS, migrate, read_migrations, split_statements
from storage.sqlite import open_engine


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder of migrations that begins like the real one, with its first."""
    folder = tmp_path / "migrations"
    folder.mkdir()
    shutil.copy(SQLITE_MIGRATIONS / "0001_spine.sql", folder)
    return folder


def add(folder: Path, text: str) -> int:
    number = len(list(folder.iterdir())) + 1
    (folder / f"{number:04d}_more.sql").write_text(text)
    return number


def tables(path: Path) -> set[str]:
    with closing(sqlite3.connect(path)) as connection:
        return {row[0] for row in connection.execute("SELECT name FROM sqlite_schema")}


def applied(path: Path) -> list[int]:
    with closing(sqlite3.connect(path)) as connection:
        return [row[0] for row in connection.execute("SELECT number FROM migration ORDER BY 1")]


async def upgrade(path: Path, folder: Path) -> None:
    await open_engine(path, folder).close()


async def test_an_upgrade_backs_up_first(tmp_path: Path, folder: Path) -> None:
    path = tmp_path / "bot.db"
    await upgrade(path, folder)
    backup = path.with_name("bot.db.before-0002")
    assert not list(tmp_path.glob("bot.db.before*"))  # nothing to lose in a new file

    add(folder, "CREATE TABLE more (id TEXT) STRICT;")
    add(folder, "CREATE TABLE most (id TEXT) STRICT;")
    await upgrade(path, folder)

    assert applied(path) == [1, 2, 3]
    assert {"more", "most"} <= tables(path)
    assert applied(backup) == [1]
    assert "more" not in tables(backup)
    assert backup.stat().st_mode & 0o777 == 0o600
    assert [each.name for each in tmp_path.glob("bot.db.before*")] == [backup.name]
    before = path.read_bytes()
    await upgrade(path, folder)  # nothing to do
    assert path.read_bytes() == before


async def test_a_newer_database_is_refused(tmp_path: Path, folder: Path) -> None:
    path = tmp_path / "bot.db"
    add(folder, "CREATE TABLE more (id TEXT) STRICT;")
    await upgrade(path, folder)
    content = path.read_bytes()
    (folder / "0002_more.sql").unlink()
    with pytest.raises(TooNew, match="at version 2, this program knows 1"):
        open_engine(path, folder)
    assert path.read_bytes() == content


async def test_a_changed_migration_is_refused(tmp_path: Path, folder: Path) -> None:
    path = tmp_path / "bot.db"
    await upgrade(path, folder)
    file = folder / "0001_spine.sql"
    file.write_text(file.read_text() + "-- an afterthought\n")
    with pytest.raises(Changed, match=r"Migration 1 \(spine\)"):
        open_engine(path, folder)


async def test_a_gap_in_what_was_applied_is_refused(tmp_path: Path, folder: Path) -> None:
    path = tmp_path / "bot.db"
    add(folder, "CREATE TABLE more (id TEXT) STRICT;")
    await upgrade(path, folder)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("DELETE FROM migration WHERE number = 1")
    with pytest.raises(Changed, match="missing below"):
        open_engine(path, folder)


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("CREATE TABLE half (id TEXT); CREATE TABLE half (id TEXT);", StoreError),
        ("CREATE TABLE half (id TEXT); NOT SQL;", StoreError),
        (
            "CREATE TABLE half (id TEXT REFERENCES turn (id)); INSERT INTO half VALUES ('x');",
            Damaged,
        ),
    ],
)
async def test_a_failing_migration_leaves_nothing(
    tmp_path: Path, folder: Path, text: str, error: type[Exception]
) -> None:
    path = tmp_path / "bot.db"
    await upgrade(path, folder)
    number = add(folder, text)
    with pytest.raises(error):
        open_engine(path, folder)
    assert applied(path) == [1]
    assert "half" not in tables(path)
    (folder / f"{number:04d}_more.sql").write_text("CREATE TABLE half (id TEXT) STRICT;")
    await upgrade(path, folder)  # mended, it goes through
    assert applied(path) == [1, 2]


DIE_MIDWAY = """
import os, signal, sqlite3, sys
from pathlib import Path
from storage.migrate import migrate, read_migrations
path, folder = Path(sys.argv[1]), Path(sys.argv[2])
connection = sqlite3.connect(path, isolation_level=None)
connection.execute("PRAGMA journal_mode = WAL")
# So that the dying transaction reaches the journal's file, not only memory.
connection.execute("PRAGMA cache_size = 1")
connection.create_function("die", 0, lambda: os.kill(os.getpid(), signal.SIGKILL))
migrate(connection, path, read_migrations(folder))
"""


@pytest.mark.parametrize("fresh", [True, False], ids=["first start", "upgrade"])
async def test_a_migration_killed_halfway_is_done_at_the_next_start(
    tmp_path: Path, folder: Path, fresh: bool
) -> None:
    path = tmp_path / "bot.db"
    if not fresh:
        await upgrade(path, folder)
    fill = "CREATE TABLE more (id TEXT); INSERT INTO more VALUES (zeroblob(500000)); {} "
    number = add(folder, fill.format("SELECT die();") + "CREATE TABLE most (id TEXT);")

    killed = subprocess.run(
        [sys.executable, "-c", DIE_MIDWAY, str(path), str(folder)],
        cwd=Path(__file__).parents[1],
        check=False,
    )

    assert killed.returncode == -signal.SIGKILL
    assert applied(path) == [1]
    assert not {"more", "most"} & tables(path)
    (folder / f"{number:04d}_more.sql").write_text(fill.format("") + "CREATE TABLE most (id TEXT);")
    await upgrade(path, folder)
    assert applied(path) == [1, 2]
    assert {"more", "most"} <= tables(path)


async def test_a_start_killed_before_the_first_migration_starts_anew(tmp_path: Path) -> None:
    path = tmp_path / "bot.db"
    os.close(os.open(path, os.O_CREAT | os.O_WRONLY))
    await open_engine(path).close()
    newest = [migration.number for migration in read_migrations()]
    assert applied(path) == newest
    other = tmp_path / "other.db"
    with closing(sqlite3.connect(other)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
    await open_engine(other).close()
    assert applied(other) == newest


def test_a_backup_killed_halfway_is_made_again(tmp_path: Path, folder: Path) -> None:
    path = tmp_path / "bot.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        assert migrate(connection, path, read_migrations(folder)) == [1]
        path.with_name("bot.db.before-0002.partial").write_bytes(b"half a copy")
        add(folder, "CREATE TABLE more (id TEXT);")
        assert migrate(connection, path, read_migrations(folder)) == [2]
    assert applied(tmp_path / "bot.db.before-0002") == [1]
    assert not list(tmp_path.glob("*.partial"))


def test_files_are_numbered_without_a_gap(tmp_path: Path) -> None:
    (tmp_path / "0002_second.sql").write_text("")
    with pytest.raises(ValueError, match="numbered 1, 2, 3"):
        read_migrations(tmp_path)
    (tmp_path / "later.sql").write_text("")
    with pytest.raises(ValueError, match=r"later\.sql is not named"):
        read_migrations(tmp_path)


def test_a_script_is_split_where_its_statements_end() -> None:
    script = """
        -- one; not a statement
        INSERT INTO a VALUES ('x;y'); CREATE TRIGGER t AFTER INSERT ON a BEGIN
            DELETE FROM b; DELETE FROM c;
        END;
        /* two; */ SELECT 1;
        -- the end
    """
    statements = list(split_statements(script))
    assert [each.split()[-1] for each in statements] == ["('x;y');", "END;", "1;"]
    with pytest.raises(ValueError, match="no semicolon"):
        list(split_statements("SELECT 1; SELECT 2"))
