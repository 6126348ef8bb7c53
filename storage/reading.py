"""Reading a SQLite file beside its writer: in a thread, or at once what was read lately.

Whoever talks with the bot does so for some minutes, and each turn reads the conversation anew.
Its pages are in memory by then, and to walk them takes less time than the way to a thread and
back. What was not read lately may have to come from a slow disk: that is the thread's work, so
that the loop goes on.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections import OrderedDict
from pathlib import Path

import aiosqlite

from bot.errors import StoreError
from storage.engine import ByOrder, Params, Rows
from storage.errors import refuse

# Another program (a backup, a shell) may hold the file for a moment.
BUSY_SECONDS = 5.0
# The operating system keeps in memory what was read, for as long as it has nothing newer.
LATELY_SECONDS = 600.0
MOST_LATELY = 1_000


class Reader:
    """Fetch rows on connections that cannot change anything."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._loop = asyncio.get_running_loop()
        self._opening: asyncio.Task[aiosqlite.Connection] | None = None
        self._threaded: aiosqlite.Connection | None = None
        # It never waits: readers wait for nobody in WAL mode, and where it is otherwise
        # (https://www.sqlite.org/wal.html#sometimes_queries_return_sqlite_busy_in_wal_mode)
        # the thread does the waiting.
        self._at_hand = sqlite3.connect(path, timeout=0.0, isolation_level=None)
        self._at_hand.execute("PRAGMA query_only = ON")
        self._lately: OrderedDict[int, float] = OrderedDict()

    def is_at_hand(self, about: int) -> bool:
        """Tell whether what is read about something (its hash) was read a short time ago."""
        return self._loop.time() < self._lately.get(about, 0.0)

    def note(self, about: int) -> None:
        """Remember that what is read about something was read just now."""
        self._lately[about] = self._loop.time() + LATELY_SECONDS
        self._lately.move_to_end(about)
        if len(self._lately) > MOST_LATELY:
            self._lately.popitem(last=False)

    def take(self, sql: str, params: Params) -> Rows | None:
        """Return a statement's rows at once; None: the thread must wait, or say what is wrong."""
        try:
            self._at_hand.row_factory = None if type(sql) is ByOrder else sqlite3.Row
            return self._at_hand.execute(sql, params).fetchall()
        except (sqlite3.Error, OverflowError, UnicodeError):
            return None

    async def fetch(self, sql: str, params: Params) -> Rows:
        """Return a statement's rows from the thread. Raises StoreError."""
        try:
            reader = self._threaded or await self._open()
            return list(await reader.execute_fetchall(sql, params))
        except (sqlite3.Error, OverflowError, UnicodeError) as error:
            raise refuse(error) from error
        except ValueError as error:  # aiosqlite's word for a closed connection
            raise StoreError("The database is closed.") from error

    async def close(self) -> None:
        """Let go of the file."""
        self._at_hand.close()
        if self._opening is not None:
            await (await self._opening).close()

    async def _open(self) -> aiosqlite.Connection:
        """Return the thread's connection, opened when first needed."""
        if self._opening is None:
            self._opening = self._loop.create_task(self._connect())
        return await asyncio.shield(self._opening)

    async def _connect(self) -> aiosqlite.Connection:
        connecting = aiosqlite.connect(self._path, timeout=BUSY_SECONDS, isolation_level=None)
        # Else a process that fails without `close` would never end: the interpreter waits.
        connecting._thread.daemon = True
        threaded = await connecting
        threaded.row_factory = sqlite3.Row
        await threaded.execute_fetchall("PRAGMA query_only = ON")
        self._threaded = threaded
        return threaded
