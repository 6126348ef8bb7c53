"""A database from before pictures had numbers goes on with every row, and numbers what it has."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from bot.domain import Author, Edit, Outcome, StoredPicture, TurnKind
from bot.events import Action, Verdict
from bot.ports import Conclusion, Part, PartState, Purpose
from storage.migrate import migrate, read_migrations
from tests.stored import (
    HOLD,
    LATER,
    MODEL,
    NOW,
    claimed,
    made,
    made_by,
    mention,
    opened,
    picture_file,
    press,
    select,
    thread,
)
from tests.test_storage_upgrade import rows

BEFORE = 4
TURN = """
INSERT INTO turn (id, platform, workspace, channel, thread, source, once, kind, about, position,
                  author, name, opens_thread, overhears, model, effort, max_tokens, state, outcome,
                  worker, attempt, stop_requested, cancel_requested, answer, note, error, sent_at,
                  received_at, started_at, concluded_at, ended_at)
VALUES (:id, 'discord', 'guild', 'chan', '100', :source, :once, :kind, :about, :position,
        'u-ann', 'Ann', 1, 1, 'b:m', 'high', 9, :state, :outcome,
        'dead', 3, 1, 0, :answer, 'n', 'e', 1,
        2, 3, 4, :ended)
"""
NAMES = ("id", "source", "once", "kind", "about", "position", "state", "outcome", "ended")
TURNS = [
    ("first", "100", None, "prompt", "", 100, "ended", "answered", 5),
    ("again", "900", "regenerate:first", "regenerate", "first", 900, "running", None, None),
    ("asked", "901", None, "ask", "", 901, "ended", "undeliverable", 5),
    ("offer", "edited:first", "edited:first", "edited", "first", 902, "ended", "refused", 5),
]
MESSAGE = """
INSERT INTO message (platform, workspace, channel, thread, position, ordinal, role, author, name,
                     text, turn, created_at, source, place, extras)
VALUES ('discord', 'guild', 'chan', :thread, :position, 0, 'user', :author, :name, 'words', :turn,
        :created, :source, 'chan', 1)
"""
MESSAGES = [
    ("100", 90, "u-ben", "Ben", "", 70, "90"),
    ("100", 100, "u-ann", "Ann", "first", 80, "100"),
    ("100", 900, "u-ann", "Ann", "again", 90, ""),
    ("200", 200, "u-ben", "Ben", "elsewhere", 60, "200"),
]
FILE = """
INSERT INTO file (platform, workspace, channel, thread, position, n, attachment, name, size, type,
                  url, message, place, state, blob, mime, width, height, text, note, excluded)
VALUES ('discord', 'guild', 'chan', :thread, :position, :n, 'f', 'f.png', 7, 'image/png', 'u', 'm',
        'chan', :state, :blob, 'image/png', 3, 4, '', 'note', 0)
"""
FILES = [
    ("100", 90, 0, "read", "b"),
    ("100", 100, 0, "read", "a"),
    ("100", 100, 1, "waiting", ""),
    ("100", 100, 2, "read", "b"),
    ("100", 900, 0, "read", "c"),
    ("200", 200, 0, "read", "a"),
]
REST = """
INSERT INTO conversation VALUES ('discord', 'guild', 'chan', '100', '100', 1, 'title', 1, 2, 50);
INSERT INTO conversation VALUES ('discord', 'guild', 'chan', '200', '200', 1, '', 1, 2, -1);
INSERT INTO worker VALUES ('dead', 1, 2);
INSERT INTO interaction VALUES ('again', '900', 'app', 'secret', 9, 'here');
INSERT INTO step VALUES
    ('first', 1, 'chat', 'b:m', 'stored', 2, 'r1', 'stop', '', 1, 2, 3, 4, 0, 5, 6),
    ('again', 1, 'chat', 'b:m', 'running', 1, 'r2', '', '', 1, 2, 3, 4, 0, 5, NULL);
INSERT INTO reservation VALUES
    ('first', 1, 'settled', 1, 10, 0, 5, 1, 2),
    ('again', 1, 'open', 1, 10, 0, 5, 1, NULL);
INSERT INTO ledger VALUES
    ('first', 1, 'settle', 'discord', 'guild', 'chan', 'u-ann', 1, 10, 0, 5, 2);
INSERT INTO part VALUES
    ('first', 'answer', 0, 'sent', 'discord', 'guild', '100', 'n', 'm1', 1, 1, 2),
    ('first', 'status', 0, 'planned', 'discord', 'guild', '100', 'n', NULL, 0, 1, 2),
    ('again', 'stop', 0, 'sending', 'discord', 'guild', '100', 'o', NULL, 0, 1, 2);
INSERT INTO feedback VALUES ('first', 'u-ben', 1, 'good', 9);
INSERT INTO deletion VALUES ('discord', 'guild', 'chan', '7', 9);
INSERT INTO watermark VALUES ('discord', 'guild', '', 90);
INSERT INTO setting VALUES ('discord', 'guild', '', '', 'model', 'b:m', 'u-ann', 1);
INSERT INTO memo VALUES ('a', 'b');
INSERT INTO told VALUES ('discord', 'guild', 'chan', 'unreadable', 1);
INSERT INTO credit VALUES ('b', 5, 1);
INSERT INTO alert VALUES ('low', 'words', 1);
INSERT INTO alert_person VALUES ('low', 'u-mod');
INSERT INTO workspace VALUES ('discord', 'other', 1);
"""
INDEXES = """
SELECT tbl_name, name FROM sqlite_schema
WHERE type = 'index' AND sql IS NOT NULL
  AND tbl_name IN ('turn', 'part', 'picture', 'mask', 'draft', 'awaited')
UNION ALL
SELECT 'file', 'file_read'
"""


def fill(path: Path) -> dict[str, list[dict[str, Any]]]:
    """Make a database as the fourth version left it, and return its rows."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        migrate(connection, path, read_migrations()[:BEFORE])
        for values in TURNS:
            bound = dict(zip(NAMES, values, strict=True))
            answer = "so" if bound["outcome"] in ("answered", "undeliverable") else ""
            connection.execute(TURN, {**bound, "answer": answer})
        for at, position, author, name, turn, created, source in MESSAGES:
            connection.execute(
                MESSAGE,
                {
                    "thread": at,
                    "position": position,
                    "author": author,
                    "name": name,
                    "turn": turn,
                    "created": created,
                    "source": source,
                },
            )
        for at, position, n, state, blob in FILES:
            this = {"thread": at, "position": position, "n": n, "state": state, "blob": blob}
            connection.execute(FILE, this)
        connection.executescript(REST)
        return rows(connection)


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
        shapes = [tuple(row) for row in connection.execute("SELECT tbl, idx FROM sqlite_stat1")]
        indexes = {tuple(row) for row in connection.execute(INDEXES)}
    for table, kept in before.items():
        assert [{name: row[name] for name in kept[0]} for row in after[table]] == kept, table
    assert {row["edit"] for row in after["turn"]} == {row["roles"] for row in after["turn"]} == {""}
    with closing(sqlite3.connect(path.with_name("bot.db.before-0005"))) as connection:
        assert rows(connection) == before
    # What SQLite is told of the tables is told of those that were built anew as well.
    assert len(shapes) == len(set(shapes))
    assert len(indexes) == 14
    assert indexes <= set(shapes)


async def test_what_people_sent_has_numbers_and_an_age(path: Path) -> None:
    fill(path)
    async with opened(path) as store:
        expected = [
            ("b", "", "u-ben", "Ben", 70),
            ("a", "first", "u-ann", "Ann", 80),
            ("c", "again", "u-ann", "Ann", 90),
        ]
        assert await store.pictures(thread("100")) == [
            StoredPicture(
                n, turn, blob, "image/png", 3, 4, author=author, name=name, created_at=created
            )
            for n, (blob, turn, author, name, created) in enumerate(expected, start=1)
        ]
        assert [each.number for each in await store.pictures(thread("200"))] == [1]
        latest = await store.latest_picture(thread("100"))
        assert latest is not None
        assert latest.number == 3
        ages = await select(store, "SELECT blob, read_at FROM file ORDER BY read_at, n")
        assert ages == [("", 0), ("a", 60), ("b", 70), ("a", 80), ("b", 80), ("c", 90)]
        assert await store.expire_pictures(80, 10) == 2
        # A picture that came again is still there, though its first row is not.
        assert await store.unused_blobs(["a", "b", "c"]) == set()


async def test_work_goes_on_and_edits_begin(path: Path) -> None:
    fill(path)
    async with opened(path) as store:
        turn = await claimed(store, now=NOW)
        assert (turn.id, turn.kind, turn.edit) == ("again", TurnKind.REGENERATE, None)
        assert turn.author == Author("u-ann", "Ann")
        step = await store.start_step(turn, MODEL, HOLD, NOW)
        assert (step.n, step.repeats, step.request_id) == (1, 1, "r2")
        assert await store.parts("again") == [
            Part(Purpose.STOP, 0, PartState.UNKNOWN, "100", None, 1)
        ]
        await store.put_file(turn, picture_file("c", position=900))
        await store.conclude(turn, Conclusion(Outcome.ANSWERED, "x"), NOW)
        await store.end(turn, Outcome.ANSWERED, NOW)
        event = mention("990", of=thread("100"), text="edit: pink", edit=Edit())
        edit = await made_by(store, event, made("r", 3), at=LATER, message="m9")
        picture = await store.picture_made(edit.id)
        assert picture is not None
        assert (picture.number, picture.base) == (4, 3)
        pressed = await store.admit(press(Action.VARY, edit.id, interaction="991"), LATER)
        assert pressed.verdict is Verdict.ADMITTED


async def test_a_kill_while_upgrading_leaves_it_as_it_was(path: Path) -> None:
    before = fill(path)
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        broken = read_migrations()
        newest = broken[BEFORE]
        broken[BEFORE] = type(newest)(newest.number, newest.name, newest.text + "NOT SQL;")
        with pytest.raises(sqlite3.Error):
            migrate(connection, path, broken)
    with closing(sqlite3.connect(path)) as connection:
        assert rows(connection) == before
