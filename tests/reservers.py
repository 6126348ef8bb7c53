"""Processes that reserve against the same limits of one SQLite file, by the bot's own statements.

Beside them the naive way: read what is used, compare, write it back.

    python -m tests.reservers FILE NAIVE START COUNT
"""

from __future__ import annotations

import json
import sqlite3
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from subprocess import PIPE, Popen

from bot.domain import Amounts, Author, ThreadRef, Turn, TurnKind, TurnState
from bot.errors import Refused
from bot.ports import Change, Limit, Metric, Period, Quota, Scope, ScopeKind, Window
from storage import limits, quotas
from storage.engine import Operation, T
from storage.migrate import migrate, read_migrations
from storage.statements import load

NOW = 1_000_000
DAY = Period(0, 86_400_000)
QUOTA = Quota({Window.DAY: DAY})
HOLD = Amounts(requests=1, tokens=10)
MODEL = "b:m"
THREAD = ThreadRef("discord", "guild", "chan", "t")
SCOPES = (
    Scope(ScopeKind.MEMBER, "discord", "guild"),
    Scope(ScopeKind.CHANNEL, "discord", "guild", "chan"),
    Scope(ScopeKind.WORKSPACE, "discord", "guild"),
)
STEPS = load("steps")
# In one transaction of its own each, but for the disk's sync, which has nothing to do with it.
PRAGMAS = ("PRAGMA journal_mode = WAL", "PRAGMA synchronous = OFF", "PRAGMA busy_timeout = 60000")


def connect(path: Path) -> sqlite3.Connection:
    """Open the file as the bot does."""
    connection = sqlite3.connect(path, timeout=60, isolation_level=None)
    connection.row_factory = sqlite3.Row
    for pragma in PRAGMAS:
        connection.execute(pragma)
    return connection


def run(connection: sqlite3.Connection, operation: Operation[T]) -> T:
    """Run an operation in a transaction, as the engine does."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        sql, params = next(operation)
        while True:
            sql, params = operation.send(connection.execute(sql, params).fetchall())
    except StopIteration as end:
        connection.execute("COMMIT")
        value: T = end.value
        return value
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    finally:
        operation.close()


def prepare(path: Path, amounts: Sequence[int], turns: int) -> None:
    """Make the file: three limits, and turns that will ask."""
    connection = connect(path)
    migrate(connection, path, read_migrations())
    connection.execute("PRAGMA journal_mode = WAL")
    for scope, amount in zip(SCOPES, amounts, strict=True):
        limit = Limit(scope, Metric.REQUESTS, Window.DAY, amount)
        change = Change(NOW, "a", "Ada", "discord", "guild", "set", scope, "", "", "", "", "")
        run(connection, limits.set_limit(limit, change))
    connection.execute("BEGIN")
    connection.executemany(
        "INSERT INTO turn (id, platform, workspace, channel, source, thread, kind, position,"
        " author, name, state, worker, attempt, sent_at, received_at)"
        " VALUES (:id, 'discord', 'guild', 'chan', :id, :id, 'prompt', 1, 'ann', 'Ann',"
        " 'running', 'w', 1, 1, 1)",
        [{"id": f"t{number}"} for number in range(turns)],
    )
    connection.execute("COMMIT")
    connection.execute("CREATE TABLE plain (id TEXT PRIMARY KEY, at INTEGER) STRICT")
    connection.execute("CREATE TABLE naive (scope INTEGER PRIMARY KEY, used INTEGER, most INTEGER)")
    for number, amount in enumerate(amounts):
        connection.execute("INSERT INTO naive VALUES (?, 0, ?)", (number, amount))
    connection.close()


def turn_of(number: int, author: str = "ann") -> Turn:
    """Return the turn of a number."""
    return Turn(
        id=f"t{number}",
        thread=THREAD,
        kind=TurnKind.PROMPT,
        source=f"t{number}",
        position=1,
        author=Author(author, author.title()),
        state=TurnState.RUNNING,
        attempt=1,
        worker="w",
        received_at=1,
    )


def ours(number: int, author: str = "ann") -> Operation[None]:
    """Reserve as `start_step` does: against every limit, or nothing."""
    turn = turn_of(number, author)
    yield from quotas.reserve(turn, 1, MODEL, HOLD, QUOTA, NOW)
    amounts = {"requests": 1, "tokens": 10, "images": 0, "micros": 0}
    yield STEPS.open_reservation, {"turn": turn.id, "step": 1, **amounts, "now": NOW}


def naive(connection: sqlite3.Connection) -> bool:
    """Read what is used, compare, and write it back: what most bots do."""
    rows = connection.execute("SELECT scope, used, most FROM naive").fetchall()
    if any(row["used"] + 1 > row["most"] for row in rows):
        return False
    for row in rows:
        connection.execute(
            "UPDATE naive SET used = ? WHERE scope = ?", (row["used"] + 1, row["scope"])
        )
    return True


def ask(path: Path, way: str, start: int, count: int) -> dict[str, float]:
    """Ask so often; return how often it was granted and locked, and the seconds."""
    connection = connect(path)
    granted = locked = 0
    began = time.perf_counter()
    for number in range(start, start + count):
        try:
            if way == "naive":
                granted += naive(connection)
            elif way == "plain":
                connection.execute("INSERT INTO plain VALUES (?, ?)", (f"t{number}", NOW))
                granted += 1
            else:
                run(connection, ours(number))
                granted += 1
        except Refused:
            pass
        except sqlite3.OperationalError as error:
            if "locked" not in str(error):
                raise
            locked += 1
    return {"granted": granted, "locked": locked, "seconds": time.perf_counter() - began}


def ask_at_once(path: Path, way: str, processes: int, each: int) -> list[dict[str, float]]:
    """Ask from several processes at the same time, which all wait for the first line."""
    root = Path(__file__).resolve().parent.parent
    command = [sys.executable, "-m", "tests.reservers", str(path), way]
    started = [
        Popen([*command, str(n * each), str(each)], stdin=PIPE, stdout=PIPE, text=True, cwd=root)
        for n in range(processes)
    ]
    for one in started:
        assert one.stdout is not None
        assert one.stdout.readline() == "ready\n"
    for one in started:
        assert one.stdin is not None
        one.stdin.write("go\n")
        one.stdin.flush()
    found = [json.loads(one.communicate()[0]) for one in started]
    assert all(one.returncode == 0 for one in started)
    return found


if __name__ == "__main__":
    file, way_, first, many = sys.argv[1:]
    print("ready", flush=True)
    sys.stdin.readline()
    print(json.dumps(ask(Path(file), way_, int(first), int(many))))
