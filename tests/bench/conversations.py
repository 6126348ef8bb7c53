"""Conversations: reading one of many, and what many leave in memory."""

from __future__ import annotations

import asyncio
import json
import os
import random
import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median
from time import process_time

from bot.domain import Author, ThreadRef, Turn
from bot.events import MessageReceived, Verdict
from storage.store import SqliteStore, open_store
from tests.bench.figures import Figure

CONVERSATIONS, MESSAGES_EACH = 20_000, 50
READS = 400
AT_ONCE = 50
NOW = 1_790_000_000_000
WORDS = "How do I keep a promise when the power goes out in the middle of it? " * 4
TOUCHED_MB_GOAL = 10.0

_INSERT = """
INSERT INTO message (platform, workspace, channel, thread, position, ordinal, role,
                     author, name, text, turn, created_at)
VALUES ('discord', '1', '2', ?, ?, ?, ?, '7', 'Ada', ?, 't', 0)
"""
# The floor: what any program has to do to have the same 50 rows.
_SELECT = """
SELECT role, name, text, position FROM message
WHERE platform = ? AND workspace = ? AND channel = ? AND thread = ? AND position <= ?
  AND hidden = 0
ORDER BY position DESC, ordinal DESC LIMIT ?
"""


async def measure(rounds: int) -> list[Figure]:
    """Measure both."""
    return [*await _reading(rounds), _touching()]


# --- reading ------------------------------------------------------------------------------


def _fill(path: Path) -> None:
    """Write a million messages, each conversation's beside one another."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA synchronous = OFF")
    connection.execute("BEGIN")
    for conversation in range(CONVERSATIONS):
        connection.executemany(
            _INSERT,
            (
                (f"{conversation:05}", n // 2, n % 2, ("user", "assistant")[n % 2], WORDS)
                for n in range(MESSAGES_EACH)
            ),
        )
    connection.execute("COMMIT")
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()


async def _reading(rounds: int) -> list[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bench.db"
        await (await open_store(path)).aclose()
        _fill(path)
        store = await open_store(path)
        turns = [await _ask(store, n) for n in random.Random(1).sample(range(CONVERSATIONS), READS)]
        raw = sqlite3.connect(path)

        def floor() -> float:
            before = process_time()
            for turn in turns:
                thread = turn.thread
                key = (thread.platform, thread.workspace, thread.channel, thread.thread)
                rows = raw.execute(_SELECT, (*key, turn.position, MESSAGES_EACH)).fetchall()
                assert len(rows) == MESSAGES_EACH
            return (process_time() - before) / READS * 1e6

        async def one() -> float:
            """Read as a turn does, which waits for its conversation in its own task."""
            before = process_time()
            for turn in turns:
                found = await store.history(turn, MESSAGES_EACH)
                assert len(found) == MESSAGES_EACH
            return (process_time() - before) / READS * 1e6

        async def many() -> float:
            """Read as many turns do, which begin at the same time."""
            before = process_time()
            for start in range(0, READS, AT_ONCE):
                found = await asyncio.gather(
                    *(store.history(turn, MESSAGES_EACH) for turn in turns[start : start + AT_ONCE])
                )
                assert all(len(each) == MESSAGES_EACH for each in found)
            return (process_time() - before) / READS * 1e6

        floor()
        first = await one()
        floors, ones, manies = [], [], []
        for _ in range(rounds):
            floors.append(floor())
            ones.append(await one())
            manies.append(await many())
        raw.close()
        await store.aclose()
    beside = median(floors)
    name = f"context of {MESSAGES_EACH} from {CONVERSATIONS * MESSAGES_EACH:,} messages"
    than = "us, sqlite3 in the loop's thread"
    return [
        Figure(f"{name}, one at a time (CPU)", median(ones), "us", beside, than, 1.8),
        Figure(f"{name}, {AT_ONCE} at once (CPU)", median(manies), "us", beside, than, 1.8),
        Figure(f"{name}, each for the first time (CPU)", first, "us", beside, than),
    ]


async def _ask(store: SqliteStore, conversation: int) -> Turn:
    """Ask once more in a conversation and return the turn."""
    position = MESSAGES_EACH + 1
    event = MessageReceived(
        ThreadRef("discord", "1", "2", f"{conversation:05}"),
        f"m{conversation}",
        position,
        Author("7", "Ada"),
        WORDS,
        addressed=True,
        opens_thread=False,
        sent_at=NOW,
    )
    decision = await store.admit(event, NOW)
    assert decision.verdict is Verdict.ADMITTED
    turn = await store.read(decision.turn)
    assert turn is not None
    return turn


# --- touching -----------------------------------------------------------------------------


def _touching() -> Figure:
    """Return by how much a process grows that takes a turn in many conversations."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.touching", str(CONVERSATIONS)],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONHASHSEED": "0"},
    )
    grown = float(json.loads(done.stdout)["grown_mb"])
    name = f"{CONVERSATIONS:,} conversations of one turn: memory left"
    return Figure(name, grown, "MB", goal=TOUCHED_MB_GOAL)
