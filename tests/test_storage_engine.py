"""The SQLite engine: batches, errors, a full disk, one process, damaged files."""

from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
import stat
import subprocess
import sys
import threading
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.errors import StoreError
from storage.engine import Operation, Params
from storage.errors import AlreadyRunning, Damaged, Unsupported, Unwritable
from storage.lock import ProcessLock
from storage.sqlite import SqliteEngine, open_engine
from tests import patience

INSERT = "INSERT INTO watermark (platform, workspace, channel, position) VALUES ('p', 'w', :c, 1)"
# A reference that is checked only when the transaction commits.
CHILD = "CREATE TABLE child (turn TEXT REFERENCES turn (id) DEFERRABLE INITIALLY DEFERRED) STRICT"
ORPHAN = "INSERT INTO child (turn) VALUES ('none')"


@pytest.fixture
async def engine(tmp_path: Path) -> AsyncIterator[SqliteEngine]:
    engine = open_engine(tmp_path / "bot.db")
    try:
        yield engine
        assert await engine.check() == "ok"
    finally:
        await engine.close()


def run(*statements: str, **params: object) -> Operation[None]:
    for sql in statements:
        yield sql, params


def put(channel: str) -> Operation[str]:
    yield INSERT, {"c": channel}
    return channel


def channels() -> Operation[set[str]]:
    rows = yield "SELECT channel FROM watermark", {}
    return {row["channel"] for row in rows}


def value(sql: str) -> Operation[object]:
    rows = yield sql, {}
    return rows[0][0]  # type: ignore[index]


class Gate:
    """Hold the writer thread inside an operation, so that the next ones make one batch."""

    def __init__(self, engine: SqliteEngine) -> None:
        self._loop = asyncio.get_running_loop()
        self._entered = asyncio.Event()
        self._opened = threading.Event()
        self._held = asyncio.create_task(engine.write(self._hold()))

    def _hold(self) -> Operation[None]:
        self._loop.call_soon_threadsafe(self._entered.set)
        assert self._opened.wait(10)
        yield "SELECT 1", {}

    async def close(self) -> None:
        await self._entered.wait()

    async def open(self) -> None:
        self._opened.set()
        await self._held


async def batch(
    engine: SqliteEngine, *operations: Operation[object]
) -> list[object | BaseException]:
    """Run operations as one batch."""
    gate = Gate(engine)
    await gate.close()
    tasks = [asyncio.create_task(engine.write(operation)) for operation in operations]
    await asyncio.sleep(0)
    await gate.open()
    return list(await asyncio.gather(*tasks, return_exceptions=True))


# --- batches -------------------------------------------------------------------------------


async def test_a_batch_is_one_commit_and_each_gets_its_own_value(engine: SqliteEngine) -> None:
    before = await engine.read(value("PRAGMA data_version"))
    assert await batch(engine, *(put(f"c{n}") for n in range(50))) == [f"c{n}" for n in range(50)]
    # data_version moves once for each commit of another connection: the gate's and the batch's.
    after = await engine.read(value("PRAGMA data_version"))
    assert isinstance(before, int)
    assert isinstance(after, int)
    assert after - before <= 2
    assert len(await engine.read(channels())) == 50


async def test_an_error_rolls_back_only_its_own_operation(engine: SqliteEngine) -> None:
    def half() -> Operation[None]:
        yield INSERT, {"c": "half"}
        yield INSERT, {"c": "a"}

    def own_error() -> Operation[None]:
        yield INSERT, {"c": "own"}
        raise KeyError("a mistake of ours")

    first, second, third, fourth, fifth = await batch(
        engine, put("a"), half(), own_error(), run("NOT SQL"), put("z")
    )

    assert (first, fifth) == ("a", "z")
    assert isinstance(second, StoreError)
    assert isinstance(second.__cause__, sqlite3.IntegrityError)
    assert isinstance(third, KeyError)
    assert isinstance(fourth, StoreError)
    assert await engine.read(channels()) == {"a", "z"}


async def test_an_operation_sees_those_before_it(engine: SqliteEngine) -> None:
    results = await batch(engine, put("a"), channels(), put("b"), channels())
    assert results == ["a", {"a"}, "b", {"a", "b"}]


async def test_a_failing_commit_fails_the_whole_batch(engine: SqliteEngine) -> None:
    await engine.write(run(CHILD))
    results = await batch(engine, put("a"), run(ORPHAN), put("b"))
    assert [type(result) for result in results] == [StoreError] * 3
    assert "FOREIGN KEY" in str(results[0])
    assert await engine.read(channels()) == set()
    # The engine goes on, in a new transaction.
    assert await engine.write(put("c")) == "c"
    assert await engine.read(channels()) == {"c"}


async def test_a_full_disk_is_an_error_and_no_more(engine: SqliteEngine) -> None:
    pages = await engine.read(value("PRAGMA page_count"))
    await engine.write(run(f"PRAGMA max_page_count = {pages}"))
    long = "x" * 1_000_000

    results = await batch(engine, put("before"), put(long), put("after"))

    # SQLite rolls everything back when the disk is full; what follows gets a new transaction.
    assert isinstance(results[0], StoreError)
    assert isinstance(results[1], StoreError)
    assert "full" in str(results[0])
    assert "full" in str(results[1])
    assert results[2] == "after"
    assert await engine.read(channels()) == {"after"}
    await engine.write(run("PRAGMA max_page_count = 1000000"))
    assert await engine.write(put(long)) == long


@pytest.mark.parametrize("bad", [2**63, "\udc80", object(), float])
async def test_a_value_that_does_not_fit_is_refused(engine: SqliteEngine, bad: object) -> None:
    bad_write, good = await batch(engine, run(INSERT, c=bad), put("good"))
    assert isinstance(bad_write, StoreError)
    assert good == "good"
    with pytest.raises(StoreError):
        await engine.read(run("SELECT :c", c=bad))


async def test_a_file_that_stays_locked_is_an_error(engine: SqliteEngine, tmp_path: Path) -> None:
    def impatient() -> Operation[None]:
        yield "PRAGMA busy_timeout = 1", {}

    await engine.write(impatient())
    other = sqlite3.connect(tmp_path / "bot.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    locked = await asyncio.gather(
        engine.write(put("a")), engine.write(put("b")), return_exceptions=True
    )
    assert [type(error) for error in locked] == [StoreError, StoreError]
    assert "locked" in str(locked[0])
    other.close()
    assert await engine.write(put("c")) == "c"


# --- waiting and closing -------------------------------------------------------------------


async def test_pending_counts_what_is_under_way(engine: SqliteEngine) -> None:
    assert engine.pending == 0
    gate = Gate(engine)
    await gate.close()
    tasks = [asyncio.create_task(engine.write(put(str(n)))) for n in range(3)]
    await asyncio.sleep(0)
    assert engine.pending == 4
    await gate.open()
    await asyncio.gather(*tasks)
    assert engine.pending == 0
    reading = asyncio.create_task(engine.read(channels()))
    await asyncio.sleep(0)
    assert engine.pending == 1
    await reading
    assert engine.pending == 0


async def test_a_cancelled_wait_undoes_nothing_and_delays_nobody(engine: SqliteEngine) -> None:
    gate = Gate(engine)
    await gate.close()
    waiting = asyncio.create_task(engine.write(put("a")))
    same_batch = asyncio.create_task(engine.write(put("b")))
    await asyncio.sleep(0)
    waiting.cancel()
    await gate.open()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert await asyncio.wait_for(same_batch, patience.SECONDS) == "b"
    assert await engine.read(channels()) == {"a", "b"}
    assert engine.pending == 0


async def test_closing_finishes_what_was_taken(tmp_path: Path) -> None:
    engine = open_engine(tmp_path / "bot.db")
    tasks = [asyncio.create_task(engine.write(put(str(n)))) for n in range(20)]
    await asyncio.sleep(0)
    await asyncio.gather(engine.close(), engine.close())
    assert [await task for task in tasks] == [str(n) for n in range(20)]
    for refused in (engine.write(put("late")), engine.read(channels())):
        with pytest.raises(StoreError, match="closed"):
            await refused
    assert engine.pending == 0
    # The last connection to close empties the journal into the file.
    assert sorted(path.name for path in tmp_path.iterdir()) == ["bot.db", "bot.db.lock"]
    again = open_engine(tmp_path / "bot.db")
    assert len(await again.read(channels())) == 20
    await again.close()


async def test_reading_changes_nothing(engine: SqliteEngine) -> None:
    with pytest.raises(StoreError, match="readonly"):
        await engine.read(put("a"))
    assert await engine.read(channels()) == set()


async def test_the_file_is_as_durable_and_private_as_promised(
    engine: SqliteEngine, tmp_path: Path
) -> None:
    wanted: Params = {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "secure_delete": 1,
        "busy_timeout": 5_000,
        "journal_size_limit": 16 * 1024 * 1024,
    }
    await engine.write(put("a"))
    assert {name: await engine.write(value(f"PRAGMA {name}")) for name in wanted} == wanted
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()}
    assert len(modes) >= 3  # the file, its journal, the lock
    assert set(modes.values()) == {0o600}


async def test_an_open_file_becomes_private(tmp_path: Path) -> None:
    path = tmp_path / "bot.db"
    await open_engine(path).close()
    path.chmod(0o644)
    await open_engine(path).close()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


# --- one process ---------------------------------------------------------------------------

HOLDER = """
import asyncio, sys
from pathlib import Path
from storage.sqlite import open_engine
async def main():
    engine = open_engine(Path(sys.argv[1]))
    print("open", flush=True)
    await asyncio.Event().wait()
asyncio.run(main())
"""


async def test_one_process_at_a_time_until_it_dies(tmp_path: Path) -> None:
    path = tmp_path / "bot.db"
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(path)],
        stdout=subprocess.PIPE,
        cwd=Path(__file__).parents[1],
    )
    try:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"open\n"
        with pytest.raises(AlreadyRunning, match=f"process {holder.pid}"):
            open_engine(path)
    finally:
        os.kill(holder.pid, signal.SIGKILL)
        holder.communicate()
    engine = open_engine(path)
    assert await engine.check() == "ok"
    await engine.close()


STARTER = """
import os, sys
from pathlib import Path
from storage.lock import ProcessLock
lock = ProcessLock(Path(sys.argv[1]))
child = os.fork()
if child:
    print(child, flush=True)
sys.stdin.read()
"""


async def test_who_is_killed_while_it_starts_a_process_lets_go_soon(tmp_path: Path) -> None:
    """The child has its open files, until it becomes the other program."""
    path = tmp_path / "bot.db.lock"
    holder = subprocess.Popen(
        [sys.executable, "-c", STARTER, str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=Path(__file__).parents[1],
    )
    assert holder.stdin is not None and holder.stdout is not None
    child = int(holder.stdout.readline())
    os.kill(holder.pid, signal.SIGKILL)
    holder.wait()
    taking = asyncio.create_task(asyncio.to_thread(ProcessLock, path))
    await asyncio.sleep(0)
    os.kill(child, signal.SIGKILL)
    (await taking).release()
    holder.stdin.close()
    holder.stdout.close()


async def test_one_engine_at_a_time_in_one_process(engine: SqliteEngine, tmp_path: Path) -> None:
    with pytest.raises(AlreadyRunning):
        open_engine(tmp_path / "bot.db")
    assert await engine.write(put("a")) == "a"


# --- what cannot be opened -----------------------------------------------------------------


async def filled(path: Path) -> bytes:
    engine = open_engine(path)
    await asyncio.gather(*(engine.write(put(f"{n:0200}")) for n in range(300)))
    await engine.close()
    return path.read_bytes()


@pytest.mark.parametrize("damage", ["text", "cut", "page", "data", "header"])
async def test_a_damaged_file_is_refused_and_left_as_it_is(tmp_path: Path, damage: str) -> None:
    path = tmp_path / "bot.db"
    content = await filled(path)
    match damage:
        case "text":
            content = b"not a database at all, but long enough to be looked at" * 100
        case "cut":
            content = content[: len(content) // 2]
        case "page":
            content = content[:8192] + b"\xff" * 60_000 + content[68_192:]
        case "data":  # which no statement reads at start
            content = content[:-20_000] + b"\xff" * 20_000
        case _:
            content = b"\0" * 100 + content[100:]
    path.write_bytes(content)

    with pytest.raises(Damaged, match="left as it is"):
        open_engine(path)

    assert path.read_bytes() == content
    with pytest.raises(Damaged):  # and the lock was let go of
        open_engine(path)


async def test_another_programs_database_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    other = sqlite3.connect(path)
    other.execute("CREATE TABLE theirs (id INTEGER)")
    other.commit()
    other.close()
    with pytest.raises(Damaged, match="another program"):
        open_engine(path)
    other = sqlite3.connect(path)
    assert other.execute("SELECT name FROM sqlite_schema").fetchall() == [("theirs",)]
    other.close()


async def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    (tmp_path / "folder.db").mkdir()
    for path in (
        tmp_path / "file" / "bot.db",
        tmp_path / "folder.db",
        Path("/proc/nowhere/bot.db"),
    ):
        with pytest.raises(Unwritable, match=path.parent.name):
            open_engine(path)
    assert stat.S_IMODE((tmp_path / "folder.db").stat().st_mode) != 0o600


async def test_an_old_sqlite_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 36, 9))
    with pytest.raises(Unsupported, match=r"3\.37"):
        open_engine(tmp_path / "bot.db")
    assert list(tmp_path.iterdir()) == []
