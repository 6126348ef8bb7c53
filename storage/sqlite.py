"""SQLite: one writer thread that commits in batches, and a reader beside it.

All waiting operations run in one transaction, each in a savepoint, so that one fsync serves
them all and an error undoes only its own operation.
"""

from __future__ import annotations

import asyncio
import os
import sqlite3
import threading
from collections import deque
from collections.abc import Hashable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any

from bot.errors import StoreError
from storage.engine import Operation, T
from storage.errors import AlreadyRunning, Damaged, Unsupported, Unwritable, refuse
from storage.lock import ProcessLock
from storage.migrate import SQLITE_MIGRATIONS, is_behind, migrate, read_migrations
from storage.reading import BUSY_SECONDS, Reader

__all__ = ["AlreadyRunning", "Damaged", "SqliteEngine", "Unsupported", "Unwritable", "open_engine"]

# STRICT tables came with it: https://www.sqlite.org/stricttables.html
OLDEST_SQLITE = (3, 37, 0)
JOURNAL_BYTES = 16 * 1024 * 1024
# Damage is better found at start than in a turn; of a larger file `check` looks at everything.
QUICK_CHECK_BYTES = 64 * 1024 * 1024

_WRITER_PRAGMAS = (
    # https://www.sqlite.org/pragma.html#pragma_synchronous: in WAL mode only FULL keeps the
    # last commit through a power cut.
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    # What is deleted is overwritten, not just unlinked.
    "PRAGMA secure_delete = ON",
    f"PRAGMA journal_size_limit = {JOURNAL_BYTES}",
)


def open_engine(path: Path, migrations: Path = SQLITE_MIGRATIONS) -> SqliteEngine:
    """Lock, open and migrate a database; it blocks, since nothing runs without it yet.

    Raises `AlreadyRunning`, `Unwritable`, `Damaged`, `Unsupported`, `TooNew` or `Changed`.
    A file that is not an intact database is left as it is, never started afresh.
    """
    if sqlite3.sqlite_version_info < OLDEST_SQLITE:
        raise Unsupported(
            f"SQLite {sqlite3.sqlite_version} is too old: 3.37 or newer is needed. "
            "Use a Python that brings a newer one."
        )
    _prepare_file(path.parent, None)
    lock = ProcessLock(path.with_name(path.name + ".lock"))
    connection: sqlite3.Connection | None = None
    try:
        _prepare_file(path.parent, path)
        connection = _connect(path)
        connection.execute("PRAGMA journal_mode = WAL")
        _look_for_damage(connection, path)
        migrate(connection, path, read_migrations(migrations))
        for pragma in _WRITER_PRAGMAS:
            connection.execute(pragma)
        return SqliteEngine(path, connection, lock)
    except BaseException as error:
        if connection is not None:
            connection.close()
        lock.release()
        if isinstance(error, sqlite3.Error):
            raise _explain(error, path) from error
        raise


def open_beside(path: Path, migrations: Path = SQLITE_MIGRATIONS) -> SqliteEngine:
    """Open a database that a running bot may have open too; nothing is made or migrated.

    SQLite itself lets one write at a time. Raises `Unwritable`, `Damaged`, `TooNew`, `Changed`,
    or `StoreError` where the bot has yet to bring the database up to date.
    """
    if not path.is_file():
        raise Unwritable(f"There is no database at {path} yet: start the bot once.")
    connection = _connect(path)
    try:
        if is_behind(connection, read_migrations(migrations)):
            raise StoreError(f"{path} is of an older version: start the bot once.")
        for pragma in _WRITER_PRAGMAS:
            connection.execute(pragma)
        return SqliteEngine(path, connection, None)
    except BaseException as error:
        connection.close()
        if isinstance(error, sqlite3.Error):
            raise _explain(error, path) from error
        raise


def _prepare_file(folder: Path, path: Path | None) -> None:
    """Make the folder, and the file readable by its owner only (its journals follow it)."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if path is None:
            return
        if path.is_dir():
            raise IsADirectoryError(None, "it is a folder", str(path))
        if path.exists():
            path.chmod(0o600)
        else:
            os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    except OSError as error:
        raise Unwritable(f"Cannot write {path or folder}: {error.strerror}.") from error


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(
        path,
        timeout=BUSY_SECONDS,
        isolation_level=None,  # Transactions are begun and ended here, by name.
        check_same_thread=False,  # Opened by the loop's thread, then used by the writer's only.
        cached_statements=256,
    )
    connection.row_factory = sqlite3.Row
    return connection


def _look_for_damage(connection: sqlite3.Connection, path: Path) -> None:
    if path.stat().st_size > QUICK_CHECK_BYTES:
        return
    found = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
    if found != "ok":
        raise _damaged(path, found)


def _damaged(path: Path, reason: object) -> Damaged:
    return Damaged(
        f"{path} is not an intact database ({reason}). It was left as it is: "
        "restore a backup, or move it away to start empty."
    )


def _explain(error: sqlite3.Error, path: Path) -> StoreError:
    """Say what an error at opening means."""
    match getattr(error, "sqlite_errorcode", 0) & 0xFF:
        case sqlite3.SQLITE_NOTADB | sqlite3.SQLITE_CORRUPT:
            return _damaged(path, error)
        case (
            sqlite3.SQLITE_CANTOPEN
            | sqlite3.SQLITE_READONLY
            | sqlite3.SQLITE_PERM
            | sqlite3.SQLITE_FULL
            | sqlite3.SQLITE_IOERR
        ):
            return Unwritable(f"Cannot write {path}: {error}.")
        case _:
            return StoreError(f"Cannot open {path}: {error}.")


@dataclass(slots=True)
class _Job:
    """An operation on its way through the writer thread."""

    operation: Operation[Any]
    future: asyncio.Future[Any]
    value: Any = None
    error: Exception | None = field(default=None)


class SqliteEngine:
    """Run operations on one SQLite file (`storage.engine.Engine`)."""

    def __init__(
        self, path: Path, connection: sqlite3.Connection, lock: ProcessLock | None
    ) -> None:
        self._path = path
        self._connection = connection
        self._lock = lock
        self._loop = asyncio.get_running_loop()
        self._queue: SimpleQueue[_Job | None] = SimpleQueue()
        self._pending = 0
        self._closing: asyncio.Future[None] | None = None
        self._reader = Reader(path)
        # A daemon: should the process end without `close`, a cut batch is rolled back.
        self._thread = threading.Thread(target=self._serve, name="sqlite-writer", daemon=True)
        self._thread.start()

    @property
    def pending(self) -> int:
        """Return how many operations wait or run in a thread."""
        return self._pending

    async def write(self, operation: Operation[T]) -> T:
        """Run an operation in the next batch; see `Engine.write`."""
        if self._closing is not None:
            operation.close()
            raise StoreError("The database is closed.")
        job = _Job(operation, self._loop.create_future())
        self._pending += 1
        self._queue.put(job)
        value: T = await job.future
        return value

    async def read(self, operation: Operation[T], about: Hashable | None = None) -> T:
        """Run an operation that changes nothing; see `Engine.read`."""
        if self._closing is not None:
            operation.close()
            raise StoreError("The database is closed.")
        key = None if about is None else hash(about)
        at_hand = key is not None and self._reader.is_at_hand(key)
        self._pending += 1
        try:
            sql, params = next(operation)
            while True:
                rows = self._reader.take(sql, params) if at_hand else None
                if rows is None:
                    rows = await self._reader.fetch(sql, params)
                sql, params = operation.send(rows)
        except StopIteration as end:
            if key is not None:
                self._reader.note(key)
            value: T = end.value
            return value
        finally:
            operation.close()
            self._pending -= 1

    async def check(self) -> str:
        """Return "ok", or what is wrong with the file."""
        return await self.read(_check())

    async def close(self) -> None:
        """Finish what was taken, then let go of the file and its lock."""
        if self._closing is None:
            self._closing = self._loop.create_future()
            self._pending += 1
            await self._reader.close()
            # After the reader, so that the last connection to close empties the journal.
            self._queue.put(None)
        await asyncio.shield(self._closing)

    # --- in the writer thread ------------------------------------------------------------

    def _serve(self) -> None:
        """Run batches until told to stop."""
        stopping = False
        while not stopping:
            waiting = [self._queue.get()]
            try:
                while True:
                    waiting.append(self._queue.get_nowait())
            except Empty:
                pass
            jobs = [job for job in waiting if job is not None]
            stopping = len(jobs) < len(waiting)
            self._run(jobs)
            if jobs:
                self._tell(self._deliver, jobs)
        try:
            self._connection.close()
        finally:
            if self._lock is not None:
                self._lock.release()
            self._tell(self._closed)

    def _run(self, jobs: list[_Job]) -> None:
        """Run jobs in one transaction; should it be lost midway, the rest gets another."""
        waiting = deque(jobs)
        while waiting:
            ran: list[_Job] = []
            self._roll_back()
            try:
                self._connection.execute("BEGIN IMMEDIATE")
                while waiting:
                    ran.append(waiting.popleft())
                    self._run_one(ran[-1])
                self._connection.execute("COMMIT")
            except sqlite3.Error as error:
                self._roll_back()
                # A transaction that cannot begin fails all that wait for it.
                for job in ran or waiting:
                    if job.error is None:
                        job.error = refuse(error)
                if not ran:
                    waiting.clear()

    def _run_one(self, job: _Job) -> None:
        """Run one job in a savepoint. Raises if the whole transaction is lost."""
        execute = self._connection.execute
        execute("SAVEPOINT operation")
        try:
            try:
                sql, params = next(job.operation)
                while True:
                    sql, params = job.operation.send(execute(sql, params).fetchall())
            except StopIteration as end:
                job.value = end.value
            execute("RELEASE operation")
        except Exception as error:
            # An operation's own refusal, a value that SQLite cannot hold, a broken rule.
            job.error = refuse(error) if _is_from_sqlite(error) else error
            # A full disk has rolled back the whole transaction by itself:
            # https://www.sqlite.org/lang_transaction.html#response_to_errors_within_a_transaction
            if not self._connection.in_transaction:
                raise sqlite3.OperationalError(str(error)) from error
            execute("ROLLBACK TO operation")
            execute("RELEASE operation")
        finally:
            job.operation.close()

    def _roll_back(self) -> None:
        """End a transaction that failed, unless SQLite has done so by itself."""
        with suppress(sqlite3.Error):
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")

    def _tell(self, callback: Any, *args: Any) -> None:
        with suppress(RuntimeError):  # The loop is closed: nobody waits any more.
            self._loop.call_soon_threadsafe(callback, *args)

    # --- back in the loop ----------------------------------------------------------------

    def _deliver(self, jobs: list[_Job]) -> None:
        """Hand out a batch's results."""
        for job in jobs:
            self._pending -= 1
            if job.future.done():  # Whoever waited was cancelled; what is committed stays.
                continue
            if job.error is not None:
                job.future.set_exception(job.error)
            else:
                job.future.set_result(job.value)

    def _closed(self) -> None:
        self._pending -= 1
        if self._closing is not None and not self._closing.done():
            self._closing.set_result(None)


def _is_from_sqlite(error: Exception) -> bool:
    """Tell a refusal of the database from an operation's own error.

    The driver reports a number beyond 64 bits and a lone surrogate in Python's words.
    """
    return isinstance(error, sqlite3.Error | OverflowError | UnicodeError)


def _check() -> Operation[str]:
    """Look at every page, index and reference."""
    problems = yield "PRAGMA integrity_check", {}
    found = [str(row["integrity_check"]) for row in problems]
    orphans = yield "PRAGMA foreign_key_check", {}
    if found == ["ok"]:
        found = []
    found += [f"{row['table']} refers to a missing {row['parent']}" for row in orphans]
    return "; ".join(found) or "ok"
