"""What the checker judges by: what people saw, what was asked of the stand-in, what was stored.

The database is read with plain SQL and nothing of ours, so that a fault in the store cannot
hide itself.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from adapters.playground.history import Entry


def position_of(message: str) -> int:
    """Return where a message stands in time, by its id; only within a platform that compares."""
    return int(message.replace(".", ""))


@dataclass(frozen=True, slots=True)
class Seen:
    """One message as it stands in the stand-in's world when all is over.

    `addressed`: a person's message that names the bot (mention, reply to it, direct message)
    or begins a thread with a mention. `says`: it has words or files. `unclear`: nobody can
    tell whether it asks for an answer (the platform hid its words from the bot, say).
    `channel` is the channel that its thread is of, `at` when it was written (milliseconds).
    `loading`: a placeholder whose answer is still to come.
    `waiting`: a person's message that we marked as waiting its turn.
    `buttons` are "action:turn" for each button. `files` are names with contents. `live`: it
    is a stream that nobody has stopped.
    """

    id: str
    place: str
    author: str
    ours: bool
    text: str
    addressed: bool = False
    buttons: tuple[str, ...] = ()
    files: tuple[tuple[str, bytes], ...] = ()
    ephemeral: bool = False
    waiting: bool = False
    says: bool = True
    unclear: bool = False
    loading: bool = False
    live: bool = False
    channel: str = ""
    at: int = 0

    @property
    def position(self) -> int:
        """Return where it stands in time: an id of Discord's, or a `ts` of Slack's."""
        return position_of(self.id)


@dataclass(frozen=True, slots=True)
class Command:
    """A command that somebody used, and what became of it; `text` is what it was answered."""

    id: str
    name: str
    state: str
    ephemeral: bool = False
    text: str = ""


@dataclass(slots=True)
class World:
    """What a person who reads everything would see now, and what is no longer there.

    `by_us` and `by_others` hold the ids of messages that were deleted, by who did it.
    `gone` holds places (threads, channels) that are no longer there, `left` the servers that
    the bot was removed from. In `shut` places it may not touch even its own messages (locked,
    hidden). `edited` tells when a person last changed the words of a message.
    `direct` names the person of each place of direct messages. `statuses` are what a platform
    itself shows of what is being done, by the place where it does.
    """

    messages: list[Seen] = field(default_factory=list)
    by_us: set[str] = field(default_factory=set)
    by_others: set[str] = field(default_factory=set)
    gone: set[str] = field(default_factory=set)
    left: set[str] = field(default_factory=set)
    shut: set[str] = field(default_factory=set)
    edited: dict[str, int] = field(default_factory=dict)
    direct: dict[str, str] = field(default_factory=dict)
    commands: list[Command] = field(default_factory=list)
    statuses: dict[str, str] = field(default_factory=dict)

    def ours(self) -> list[Seen]:
        """Return the bot's lasting messages, in the order of time."""
        return sorted(
            (each for each in self.messages if each.ours and not each.ephemeral),
            key=lambda each: each.position,
        )


def merged(worlds: Sequence[World]) -> World:
    """Return what people see on several platforms at once."""
    whole = World()
    for world in worlds:
        for each in fields(World):
            value = getattr(whole, each.name)
            match value:
                case list():
                    value.extend(getattr(world, each.name))
                case _:
                    value |= getattr(world, each.name)
                    setattr(whole, each.name, value)
    return whole


Row = dict[str, Any]
TABLES = (
    *("turn", "step", "reservation", "ledger", "part", "conversation", "message", "interaction"),
    *("file", "setting", "alert", "picture", "mask", "draft"),
    *("counter", "hold", "extra_hold", "attempt"),
)


@dataclass(slots=True)
class Database:
    """The rows of the tables that matter, and what SQLite itself says of the file."""

    path: Path
    tables: dict[str, list[Row]]
    integrity: list[str]
    foreign: list[str]

    @classmethod
    def read(cls, path: Path) -> Database:
        """Read everything in one snapshot."""
        connection = sqlite3.connect(path, timeout=10, isolation_level=None)
        connection.row_factory = sqlite3.Row
        try:
            connection.execute("BEGIN")
            tables = {
                name: [dict(row) for row in connection.execute(f"SELECT * FROM {name}")]
                for name in TABLES
            }
            integrity = [row[0] for row in connection.execute("PRAGMA integrity_check")]
            foreign = [str(tuple(row)) for row in connection.execute("PRAGMA foreign_key_check")]
            connection.execute("COMMIT")
        finally:
            connection.close()
        return cls(path, tables, [line for line in integrity if line != "ok"], foreign)

    @staticmethod
    def rows(path: Path, table: str) -> list[Row]:
        """Return the rows of one table, without reading all the rest."""
        connection = sqlite3.connect(path, timeout=10, isolation_level=None)
        connection.row_factory = sqlite3.Row
        try:
            return [dict(row) for row in connection.execute(f"SELECT * FROM {table}")]
        finally:
            connection.close()

    def __getitem__(self, table: str) -> list[Row]:
        return self.tables[table]

    def dump(self) -> str:
        """Return all text that the file holds, for the search for secrets.

        The token of an interaction is stored on purpose while its turn is open; it is no
        canary, so nothing has to be left out.
        """
        connection = sqlite3.connect(self.path, timeout=10)
        try:
            tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
            return "\n".join(
                value.decode("latin-1") if isinstance(value, bytes) else str(value)
                for (table,) in tables.fetchall()
                for row in connection.execute(f'SELECT * FROM "{table}"')
                for value in row
            )
        finally:
            connection.close()


class Turns:
    """Look turns up one at a time, without reading all the rest.

    Who waits for a turn to end asks thousands of times, so that a connection of its own for
    each look would be most of the work. Close it before the bot goes: the last connection to
    leave tidies the journal away.
    """

    def __init__(self) -> None:
        self._connection: sqlite3.Connection | None = None

    def find(self, path: Path, source: str) -> Row | None:
        """Return the turn of a message or press."""
        found = self._connect(path).execute("SELECT * FROM turn WHERE source = ?", (source,))
        row = found.fetchone()
        return dict(row) if row else None

    def count_open(self, path: Path) -> int:
        """Return how many have not ended."""
        found = self._connect(path).execute("SELECT count(*) FROM turn WHERE state <> 'ended'")
        return int(found.fetchone()[0])

    def _connect(self, path: Path) -> sqlite3.Connection:
        if self._connection is None:
            self._connection = sqlite3.connect(path, timeout=10, isolation_level=None)
            self._connection.row_factory = sqlite3.Row
        return self._connection

    def close(self) -> None:
        """Let go of the file until the next look."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def group(rows: Iterable[Row], *keys: str) -> dict[Any, list[Row]]:
    """Return rows by the value of one column, or of several as a tuple."""
    found: dict[Any, list[Row]] = {}
    for row in rows:
        key = row[keys[0]] if len(keys) == 1 else tuple(row[each] for each in keys)
        found.setdefault(key, []).append(row)
    return found


@dataclass(frozen=True, slots=True)
class Job:
    """A request that a service which bills each accepted; `question` is its last words.

    One that `failed` is not billed. `edits`: it asked for a picture.
    """

    id: str
    question: str
    failed: bool = False
    edits: bool = False


@dataclass(slots=True)
class Evidence:
    """Everything at once.

    `final`: the bot had the time to finish, so nothing may be open any more. `unheard` are
    messages that it could not have known of (beyond the promise of the catch-up), `undeleted`
    those whose deletion it could not have known of. `canaries`
    are secrets that may be nowhere in `entries`, `outputs` (logs, pages, metrics) or the file.
    `strange` is the traffic that Discord's own document does not know.

    `calm`: the bot listened all the time. `raised_again`: an alert ended and was raised anew.
    `deleted` tells when people deleted their messages, whoever listened.
    `painted` are the drafts of links whose page said that the edit was taken.
    `jobs` is what Segmind accepted. `blobs` is the folder of the pictures that are kept.
    """

    world: World
    entries: list[Entry]
    database: Database
    final: bool = True
    unheard: frozenset[str] = frozenset()
    undeleted: frozenset[str] = frozenset()
    canaries: tuple[str, ...] = ()
    strange: list[str] = field(default_factory=list)
    outputs: dict[str, str] = field(default_factory=dict)
    calm: bool = False
    raised_again: bool = False
    jobs: list[Job] = field(default_factory=list)
    painted: frozenset[str] = frozenset()
    deleted: dict[str, int] = field(default_factory=dict)
    blobs: Path | None = None
