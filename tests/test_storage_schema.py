"""What the tables themselves rule out, and that one text of SQL holds on both engines."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import aiosql
import pytest

from storage.migrate import migrate, read_migrations
from storage.statements import FOLDER, load

FILES = sorted(path.stem for path in FOLDER.glob("*.sql"))


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    path = tmp_path / "bot.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        migrate(connection, path, read_migrations())
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute(TURN, {"id": "t", "state": "admitted", "outcome": None, "ended": None})
        connection.execute(PART, {"turn": "t", "idx": 0, "state": "sent", "message": "m"})
        yield connection


TURN = """
INSERT INTO turn (id, platform, workspace, channel, source, thread, kind, position, author, name,
                  state, outcome, ended_at, sent_at, received_at)
VALUES (:id, 'p', 'w', 'c', :id, 't', 'prompt', 1, 'a', 'n', :state, :outcome, :ended, 1, 1)
"""
PART = """
INSERT INTO part (turn, purpose, idx, state, platform, workspace, place, nonce, message,
                  sending_at, updated_at)
VALUES (:turn, 'answer', :idx, :state, 'p', 'w', 'here', 'n', :message, 1, 1)
"""
RESERVATION = """
INSERT INTO reservation (turn, step, state, requests, tokens, images, micros, opened_at, closed_at)
VALUES (:turn, 1, :state, :tokens, 0, 0, 0, 1, :closed)
"""


@pytest.mark.parametrize(
    ("sql", "params"),
    [
        (TURN, {"id": "x", "state": "delivering", "outcome": None, "ended": None}),
        (TURN, {"id": "x", "state": "ended", "outcome": None, "ended": 1}),
        (TURN, {"id": "x", "state": "ended", "outcome": "answered", "ended": None}),
        (TURN, {"id": "x", "state": "running", "outcome": "answered", "ended": None}),
        (TURN, {"id": "x", "state": "admitted", "outcome": None, "ended": 1}),
        (TURN, {"id": "x", "state": "lost", "outcome": None, "ended": None}),
        (TURN, {"id": "t", "state": "admitted", "outcome": None, "ended": None}),
        (PART, {"turn": "t", "idx": 1, "state": "sent", "message": None}),
        (PART, {"turn": "t", "idx": 1, "state": "sending", "message": "x"}),
        (PART, {"turn": "t", "idx": 1, "state": "sent", "message": "m"}),
        (PART, {"turn": "none", "idx": 1, "state": "sent", "message": "x"}),
        (PART, {"turn": "t", "idx": "one", "state": "sending", "message": None}),
        (RESERVATION, {"turn": "t", "state": "open", "tokens": 1, "closed": 1}),
        (RESERVATION, {"turn": "t", "state": "settled", "tokens": 1, "closed": None}),
        (RESERVATION, {"turn": "t", "state": "open", "tokens": -1, "closed": None}),
        (RESERVATION, {"turn": "t", "state": "open", "tokens": 1.5, "closed": None}),
    ],
)
def test_the_tables_refuse_what_may_not_be(
    connection: sqlite3.Connection, sql: str, params: dict[str, object]
) -> None:
    with pytest.raises(sqlite3.IntegrityError):
        connection.execute(sql, params)


def test_every_table_is_strict_and_clustered_by_its_key(connection: sqlite3.Connection) -> None:
    listed = connection.execute("PRAGMA table_list").fetchall()
    ours = {name: (wr, strict) for _, name, kind, _, wr, strict in listed if kind == "table"}
    ours = {name: flags for name, flags in ours.items() if not name.startswith("sqlite_")}
    assert ours.pop("migration") == (0, 1)
    assert set(ours.values()) == {(1, 1)}
    assert "message" in ours


@pytest.mark.parametrize("name", FILES)
def test_every_statement_is_valid(connection: sqlite3.Connection, name: str) -> None:
    statements = vars(load(name))
    assert statements
    for sql in statements.values():
        params = dict.fromkeys(re.findall(r":(\w+)", sql))
        connection.execute("EXPLAIN " + sql, params).fetchall()


# What may be looked through whole: a few rows each, or what is open or standing at all.
SMALL = re.compile(
    r"SCAN (CONSTANT ROW|credit|alert|p|worker|workspace|told|deletion|draft|awaited|asked"
    r"|(t|turn) USING INDEX turn_(held|waiting|asked))"
)
# What looks through everything on purpose: it holds the ledger's caches to it.
WHOLE = {
    "counters.find_stray_holds",
    "counters.list_counters",
    "counters.list_ends",
    "quotas.list_pardoned",
    "quotas.purge_extras",
    "quotas.remove_extras",
}
# By the workspace alone: what is written for all of it, or only rarely, or what is open there.
WIDE = {
    "changes.remember_end",
    "conversations.list_followed",
    "conversations.list_sources",
    "counters.sum_person",
    "purging.list_conversations",
    "purging.list_wordless",
    "purging.remove_settings",
    "purging.remove_watermarks",
    "quotas.list_changes",
    "quotas.list_holding",
    "quotas.list_limits",
    "quotas.list_standings",
    "quotas.remove_changes",
    "quotas.remove_counters",
    "quotas.remove_extras",
    "quotas.remove_quotas",
    "quotas.remove_standings",
    "settings.list_listening",
    "settings.list_settings",
    "watermarks.list_watermarks",
    "workspaces.cancel_open",
}


@pytest.mark.parametrize("name", FILES)
def test_no_statement_walks_through_a_table(connection: sqlite3.Connection, name: str) -> None:
    connection.execute("ANALYZE sqlite_schema")
    for query, sql in vars(load(name)).items():
        params = dict.fromkeys(re.findall(r":(\w+)", sql))
        plan = [row[3] for row in connection.execute("EXPLAIN QUERY PLAN " + sql, params)]
        for line in plan:
            scans = line.startswith("SCAN") and f"{name}.{query}" not in WHOLE
            assert not scans or SMALL.match(line), (query, line)
            if re.search(r"\(platform=\?( AND workspace=\?)?\)", line):
                assert f"{name}.{query}" in WIDE or "workspace USING" in line, (query, line)


@pytest.mark.parametrize("name", FILES)
def test_statements_keep_to_what_both_engines_know(name: str) -> None:
    # https://www.postgresql.org/docs/current/sql-insert.html has ON CONFLICT and RETURNING as
    # SQLite has them; these are the words that only one of the two knows.
    one_sided = re.compile(
        r"\b(OR (IGNORE|REPLACE|ABORT|FAIL)|REPLACE INTO|IFNULL|rowid|last_insert_rowid|strftime|"
        r"julianday|datetime|GLOB|REGEXP|PRAGMA|FOR UPDATE|SKIP LOCKED|ILIKE|NOW\(\)|GREATEST|"
        r"LEAST|INDEXED BY)\b|==|::|\?|\"",
        re.IGNORECASE,
    )
    for query, sql in vars(load(name)).items():
        assert not one_sided.search(sql), query


@pytest.mark.parametrize("name", FILES)
def test_statements_are_read_as_aiosql_reads_them(name: str) -> None:
    """It also refuses parameters that a statement declares and lacks, or has undeclared."""
    queries = aiosql.from_path(FOLDER / f"{name}.sql", "sqlite3")
    names = [query for query in queries.available_queries if not query.endswith("_cursor")]
    assert vars(load(name)) == {query: getattr(queries, query).sql for query in names}


def test_every_statement_is_used() -> None:
    source = "".join(path.read_text() for path in FOLDER.parent.glob("*.py"))
    unused = [
        f"{file}.{query}"
        for file in FILES
        for query in vars(load(file))
        if not re.search(rf"\b[A-Z]+\.{query}\b", source)
    ]
    assert unused == []


def test_sql_is_written_in_sql_files_only() -> None:
    """Engines and migrations speak to SQLite itself; every other module only loads."""
    words = re.compile(r"\b(SELECT|INSERT INTO|UPDATE \w+ SET|DELETE FROM)\b")
    exempt = {"sqlite.py", "migrate.py"}
    wrong = [
        path.name
        for path in FOLDER.parent.glob("*.py")
        if path.name not in exempt and words.search(path.read_text())
    ]
    assert wrong == []
