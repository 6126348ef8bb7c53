"""Turns per second, surely on disk: all that wait in one commit, beside one commit each."""

from __future__ import annotations

import asyncio
import sqlite3
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from statistics import median
from time import perf_counter, process_time

from bot.domain import Amounts, Author, Model, Outcome, ThreadRef
from bot.events import MessageReceived
from bot.ports import Conclusion, PartState, Purpose
from bot.turns.intake import MOST_OPEN_PER_PERSON
from storage import sqlite
from storage.store import SqliteStore
from tests.bench.figures import Figure

WRITERS = 200
SECONDS = 1.5
MODEL = Model("bench", "model")
NOW = 1_790_000_000_000


class CommitEach(sqlite.SqliteEngine):
    """The same engine, with one commit per operation."""

    def _run(self, jobs: list[sqlite._Job]) -> None:
        for job in jobs:
            super()._run([job])


@asynccontextmanager
async def _store(grouped: bool) -> AsyncIterator[SqliteStore]:
    engine = sqlite.SqliteEngine
    with tempfile.TemporaryDirectory() as folder:
        sqlite.SqliteEngine = engine if grouped else CommitEach  # type: ignore[misc]
        try:
            store = SqliteStore(sqlite.open_engine(Path(folder) / "bench.db"))
        finally:
            sqlite.SqliteEngine = engine  # type: ignore[misc]
        await store.beat("w", NOW, NOW + 10_000_000)
        try:
            yield store
        finally:
            await store.aclose()


def _mention(n: int) -> MessageReceived:
    thread = ThreadRef("discord", "1", "2", str(n))
    words = "How do I keep a promise when the power goes out in the middle of it?"
    return MessageReceived(thread, str(n), n, Author("7", "Ada"), words, True, True, NOW)


async def _accept(store: SqliteStore, n: int) -> None:
    """Commit what a person asked: what an acknowledgement waits for."""
    await store.admit(_mention(n), NOW, MOST_OPEN_PER_PERSON)


async def _live(store: SqliteStore, n: int) -> None:
    """Take a turn through its whole life, each change a commit of its own."""
    await store.admit(_mention(n), NOW, MOST_OPEN_PER_PERSON)
    turns = await store.claim("w", NOW, 1)
    for turn in turns:
        await store.set_place(turn, turn.thread.thread)
        step = await store.start_step(turn, MODEL, Amounts(1, 1000), NOW)
        await store.accept_step(turn, step, "request")
        await store.begin_part(turn, Purpose.ANSWER, 0, turn.thread.thread, f"n{n}", NOW)
        await store.mark_part(turn, Purpose.ANSWER, 0, PartState.SENT, f"m{n}", NOW)
        end = Conclusion(Outcome.ANSWERED, "An answer. " * 60, charge=Amounts(1, 200))
        await store.conclude(turn, end, NOW)
        await store.end(turn, Outcome.ANSWERED, NOW)


Work = Callable[[SqliteStore, int], "asyncio.Future[None]"]


async def _rate(work: object, grouped: bool) -> tuple[float, float]:
    """Return turns per second of 200 writers at once, and CPU microseconds a turn."""
    assert callable(work)
    async with _store(grouped) as store:
        numbers = iter(range(1, 10_000_000))
        done = 0

        async def write(until: float) -> None:
            nonlocal done
            while perf_counter() < until:
                await work(store, next(numbers))
                done += 1

        begun, spent = perf_counter(), process_time()
        await asyncio.gather(*(write(begun + SECONDS) for _ in range(WRITERS)))
        took = perf_counter() - begun
        return done / took, (process_time() - spent) / done * 1e6


def _bare() -> float:
    """Return the commits per second of one row each, by sqlite3 alone: the disk's own pace."""
    with tempfile.TemporaryDirectory() as folder:
        connection = sqlite3.connect(Path(folder) / "bare.db", isolation_level=None)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("CREATE TABLE t (n INTEGER PRIMARY KEY, text TEXT) STRICT")
        begun, n = perf_counter(), 0
        while perf_counter() - begun < 0.5:
            n += 1
            connection.execute("INSERT INTO t VALUES (?, ?)", (n, "x" * 200))
        took = perf_counter() - begun
        connection.close()
    return n / took


async def measure(rounds: int) -> list[Figure]:
    """Measure taking turns in, and whole turns."""
    figures = []
    for name, work in (("turns taken in", _accept), ("whole turns", _live)):
        grouped, each = [], []
        for _ in range(rounds):
            grouped.append(await _rate(work, True))
            each.append(await _rate(work, False))
        ours, theirs = (median(rate for rate, _ in runs) for runs in (grouped, each))
        figures.append(
            Figure(f"{name}, {WRITERS} writers", ours, "/s", theirs, "/s, a commit each", 3.0, True)
        )
        ours, theirs = (median(spent for _, spent in runs) for runs in (grouped, each))
        figures.append(Figure(f"{name}, CPU", ours, "us", theirs, "us, a commit each"))
    figures.append(
        Figure("commits of one row, sqlite3 alone", median(_bare() for _ in range(rounds)), "/s")
    )
    return figures
