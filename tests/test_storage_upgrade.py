"""A database of the first version goes on with every row it had."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from bot.domain import ChatMessage, Outcome, Role, ThreadRef, TurnKind
from bot.events import Action, MessageDeleted, Verdict
from bot.ports import Conclusion, Decision, Part, PartState, Purpose
from storage.migrate import migrate, read_migrations
from tests.stored import (
    ANN,
    HOLD,
    LATER,
    MODEL,
    NOW,
    claimed,
    mention,
    opened,
    press,
    select,
    thread,
)

THREAD = ("discord", "guild", "chan", "100")
DIRECT = ("discord", "@me", "dm", "dm")

# id, thread, source, once, kind, position, opens_thread, state, outcome, worker
TURNS = [
    ("first", THREAD, "100", None, "prompt", 100, 1, "ended", "failed", "dead"),
    ("again", THREAD, "900", "retry:first", "retry", 900, 1, "ended", "answered", "dead"),
    ("more", THREAD, "901", "continue:again", "continue", 901, 1, "running", None, "dead"),
    ("next", THREAD, "902", None, "prompt", 902, 0, "admitted", None, None),
    ("gone", THREAD, "903", None, "prompt", 903, 0, "ended", "cancelled", "dead"),
    ("direct", DIRECT, "50", None, "prompt", 50, 0, "ended", "answered", "dead"),
]
TURN = """
INSERT INTO turn (id, platform, workspace, channel, thread, source, once, kind, position,
                  opens_thread, state, outcome, worker, author, name, attempt, stop_requested,
                  cancel_requested, answer, note, error, sent_at, received_at, started_at,
                  concluded_at, ended_at)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'u-ann', 'Ann', 3, 0, 0, 'so', 'n', 'e', 1, 2, 3,
        4, ?)
"""
MESSAGE = """
INSERT INTO message (platform, workspace, channel, thread, position, ordinal, role, author, name,
                     text, turn, hidden, created_at)
VALUES (?, ?, ?, ?, ?, ?, ?, 'u-ann', ?, ?, ?, ?, 7)
"""
REST = """
INSERT INTO conversation VALUES ('discord', 'guild', 'chan', '100', '100', 1, 'title', 1, 2);
INSERT INTO conversation VALUES ('discord', '@me', 'dm', 'dm', NULL, 0, '', 1, 2);
INSERT INTO worker VALUES ('dead', 1, 2);
INSERT INTO interaction VALUES ('more', '901', 'app', 'secret', 9, 'here');
INSERT INTO step VALUES
    ('again', 1, 'chat', 'b:m', 'stored', 2, 'r1', 'stop', '', 1, 2, 3, 4, 0, 5, 6),
    ('more', 1, 'chat', 'b:m', 'running', 1, 'r2', '', '', 1, 2, 3, 4, 0, 5, NULL);
INSERT INTO reservation VALUES
    ('again', 1, 'settled', 1, 10, 0, 5, 1, 2),
    ('more', 1, 'open', 1, 10, 0, 5, 1, NULL);
INSERT INTO ledger VALUES
    ('again', 1, 'settle', 'discord', 'guild', 'chan', 'u-ann', 1, 10, 0, 5, 2);
INSERT INTO part VALUES
    ('again', 'answer', 0, 'sent', 'discord', 'guild', '100', 'n', 'm1', 1, 2),
    ('more', 'answer', 0, 'sending', 'discord', 'guild', '100', 'o', NULL, 1, 2);
INSERT INTO watermark VALUES ('discord', 'guild', '', 90);
"""


def fill(path: Path) -> dict[str, list[dict[str, Any]]]:
    """Make a database as the first version left it, and return its rows."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        migrate(connection, path, read_migrations()[:1])
        for id, at, source, once, kind, position, opens, state, outcome, worker in TURNS:
            over = 5 if state == "ended" else None
            values = (id, *at, source, once, kind, position, opens, state, outcome, worker, over)
            connection.execute(TURN, values)
        for at, position, ordinal, role, name, text, turn, hidden in (
            (THREAD, 100, 0, "user", "Ann", "why?", "first", 1),
            (THREAD, 900, 0, "user", "Ann", "why?", "again", 0),
            (THREAD, 900, 1, "assistant", "", "so", "again", 0),
            (THREAD, 901, 0, "user", "Ann", "go on", "more", 0),
            (THREAD, 902, 0, "user", "Ann", "and?", "next", 0),
            (THREAD, 903, 0, "user", "Ann", "", "gone", 1),
            (DIRECT, 50, 0, "user", "Ann", "hello", "direct", 0),
        ):
            connection.execute(MESSAGE, (*at, position, ordinal, role, name, text, turn, hidden))
        connection.executescript(REST)
        return rows(connection)


def rows(connection: sqlite3.Connection) -> dict[str, list[dict[str, Any]]]:
    connection.row_factory = sqlite3.Row
    tables = connection.execute(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
    ).fetchall()
    found = {
        name: [dict(row) for row in connection.execute(f"SELECT * FROM {name}")]
        for (name,) in tables
    }
    del found["migration"]
    return found


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "bot.db"


async def test_every_row_survives(path: Path) -> None:
    before = fill(path)
    assert all(before.values()), "a table without a row shows nothing"

    async with opened(path):
        pass

    with closing(sqlite3.connect(path)) as connection:
        after = rows(connection)
    for table, kept in before.items():
        now = [{name: row[name] for name in kept[0]} for row in after[table]]
        if table == "conversation":
            # A direct channel stands where it is.
            kept = [{**row, "place": row["place"] or row["thread"]} for row in kept]
        assert now == kept, table
    under_way = [(row["turn"], row["n"]) for row in before["step"] if row["state"] == "running"]
    assert [(row["turn"], row["step"]) for row in after.pop("attempt")] == under_way
    assert all(not after[table] for table in after.keys() - before.keys())
    backup = path.with_name("bot.db.before-0002")
    with closing(sqlite3.connect(backup)) as connection:
        assert rows(connection) == before


async def test_it_is_known_where_messages_stand(path: Path) -> None:
    fill(path)
    async with opened(path) as store:
        found = await select(
            store,
            "SELECT turn, source, place, erased FROM message WHERE ordinal = 0 ORDER BY position",
        )
        assert found == [
            ("direct", "50", "dm", 0),
            ("first", "100", "chan", 0),
            ("again", "", "", 0),
            ("more", "", "", 0),
            ("next", "902", "100", 0),
            ("gone", "903", "100", 1),
        ]
        about = await select(store, "SELECT id, about FROM turn WHERE about <> '' ORDER BY id")
        assert about == [("again", "first"), ("more", "again")]


async def test_work_goes_on_where_it_was(path: Path) -> None:
    fill(path)
    async with opened(path) as store:
        turn = await claimed(store, now=NOW)
        assert (turn.id, turn.attempt, turn.kind) == ("more", 4, TurnKind.CONTINUE)
        assert turn.interaction is not None
        assert turn.interaction.token == "secret"
        step = await store.start_step(turn, MODEL, HOLD, NOW)
        assert (step.n, step.repeats, step.request_id) == (1, 1, "r2")
        assert await store.parts("more") == [
            Part(Purpose.ANSWER, 0, PartState.UNKNOWN, "100", None, 1)
        ]
        assert await store.history(turn, 9) == [
            ChatMessage(Role.USER, "why?", "Ann", 900),
            ChatMessage(Role.ASSISTANT, "so", position=900),
            ChatMessage(Role.USER, "go on", "Ann", 901),
        ]
        await store.conclude(turn, Conclusion(Outcome.ANSWERED, "x"), NOW)
        await store.end(turn, Outcome.ANSWERED, NOW)
        assert (await claimed(store)).id == "next"
        pressed = press(Action.RETRY, "first", interaction="990")
        assert await store.admit(pressed, NOW) == Decision(
            Verdict.DUPLICATE, "again", thread("100")
        )
        follow_up = mention("991", of=thread("100"), addressed=False, author=ANN)
        assert (await store.admit(follow_up, NOW)).verdict is Verdict.ADMITTED
        assert await store.known_messages("discord", "guild", "100") == {"m1"}
        assert await store.is_followed(ThreadRef(*DIRECT)) is False


async def test_a_deletion_finds_what_was_asked_before(path: Path) -> None:
    fill(path)
    async with opened(path) as store:
        deleted = MessageDeleted("discord", "guild", "chan", "100")
        assert await store.admit(deleted, LATER) == Decision(Verdict.DONE, "more", thread("100"))
        left = await select(store, "SELECT text FROM message WHERE ordinal = 0 AND text <> ''")
        assert sorted(left) == [("and?",), ("hello",)]


async def test_a_kill_while_upgrading_leaves_it_as_it_was(path: Path) -> None:
    before = fill(path)
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        broken = read_migrations()
        broken[1] = type(broken[1])(2, "depth", broken[1].text + "NOT SQL;")
        with pytest.raises(sqlite3.Error):
            migrate(connection, path, broken)
    with closing(sqlite3.connect(path)) as connection:
        assert rows(connection) == before
