"""Reading beside the writer: what the thread reads, and what is read at once."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Hashable
from pathlib import Path

import pytest

from bot.errors import StoreError
from storage import reading
from storage.engine import ByOrder, Operation, Rows
from storage.sqlite import SqliteEngine, open_engine

SELECT = "SELECT channel, position FROM watermark ORDER BY channel"


@pytest.fixture
async def engine(tmp_path: Path) -> AsyncIterator[SqliteEngine]:
    engine = open_engine(tmp_path / "bot.db")
    await engine.write(put("a"))
    yield engine
    await engine.close()


def put(channel: str) -> Operation[None]:
    yield (
        "INSERT INTO watermark (platform, workspace, channel, position) VALUES ('p', 'w', :c, 1)",
        {"c": channel},
    )


def channels() -> Operation[list[str]]:
    rows = yield SELECT, {}
    return [row["channel"] for row in rows]


def rows_of(sql: str) -> Operation[Rows]:
    return (yield sql, {})


async def is_at_once(engine: SqliteEngine, about: Hashable) -> bool:
    """Read and tell whether that was done without waiting for anything."""
    waiting = engine.read(channels(), about)
    try:
        future = waiting.send(None)
    except StopIteration as end:
        assert "a" in end.value
        return True
    assert future is not None
    waiting.close()
    # Whoever is cut off has read nothing, so it is read again.
    assert "a" in await engine.read(channels(), about)
    return False


async def test_what_was_read_lately_is_read_at_once(engine: SqliteEngine) -> None:
    assert not await is_at_once(engine, "one")
    assert await is_at_once(engine, "one")
    assert not await is_at_once(engine, "another")
    assert await is_at_once(engine, "another")
    assert not await is_at_once(engine, None)
    assert not await is_at_once(engine, None)
    assert engine.pending == 0


@pytest.mark.virtual
async def test_what_was_read_long_ago_is_the_threads(engine: SqliteEngine) -> None:
    assert not await is_at_once(engine, "one")
    for _ in range(2):  # Each time it is read it is remembered anew.
        await asyncio.sleep(reading.LATELY_SECONDS - 1)
        assert await is_at_once(engine, "one")
    await asyncio.sleep(reading.LATELY_SECONDS + 1)
    assert not await is_at_once(engine, "one")


async def test_only_so_much_is_remembered(
    engine: SqliteEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "MOST_LATELY", 2)
    for about in ("one", "two", "one", "three"):
        await engine.read(channels(), about)
    assert await is_at_once(engine, "one")
    assert await is_at_once(engine, "three")
    assert not await is_at_once(engine, "two")


async def test_what_is_committed_is_seen_at_once(engine: SqliteEngine) -> None:
    await engine.read(channels(), "one")
    for channel in "bcd":
        await engine.write(put(channel))
        assert channel in await engine.read(channels(), "one")
    assert await is_at_once(engine, "one")


async def test_what_cannot_be_had_at_once_is_the_threads(engine: SqliteEngine) -> None:
    await engine.read(channels(), "one")
    engine._reader._at_hand.set_progress_handler(lambda: 1, 1)  # It is interrupted at once.
    with pytest.raises(sqlite3.OperationalError, match="interrupted"):
        engine._reader._at_hand.execute(SELECT).fetchall()
    assert not await is_at_once(engine, "one")
    assert await engine.read(channels(), "one") == ["a"]


async def test_what_is_wrong_is_said_by_the_thread(engine: SqliteEngine) -> None:
    for _ in range(2):
        await engine.read(channels(), "one")
        with pytest.raises(StoreError, match="no such table"):
            await engine.read(rows_of("SELECT 1 FROM missing"), "one")
        with pytest.raises(StoreError, match="readonly"):
            await engine.read(put("b"), "one")
    assert await engine.read(channels(), "one") == ["a"]


async def test_rows_by_order_are_the_same_either_way(engine: SqliteEngine) -> None:
    for sql in (SELECT, ByOrder(SELECT)):
        for _ in range(2):
            ((channel, position),) = await engine.read(rows_of(sql), sql)
            assert (channel, position) == ("a", 1)
    # By name only where that was not renounced.
    (row,) = await engine.read(rows_of(SELECT), "one")
    assert row["channel"] == "a"
    (row,) = await engine.read(rows_of(SELECT), "one")
    assert row["channel"] == "a"
    (plain,) = await engine.read(rows_of(ByOrder(SELECT)), "one")
    with pytest.raises(TypeError):
        plain["channel"]


async def test_closing_lets_go_of_both_connections(engine: SqliteEngine, tmp_path: Path) -> None:
    await engine.read(channels(), "one")
    assert await is_at_once(engine, "one")
    await engine.close()
    with pytest.raises(StoreError, match="closed"):
        await engine.read(channels(), "one")
    # The last connection to close empties the journal into the file.
    assert sorted(path.name for path in tmp_path.iterdir()) == ["bot.db", "bot.db.lock"]
