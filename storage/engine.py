"""How a store operation talks to a database, whichever it is.

An operation is a generator: it yields statements, is sent their rows, and returns a value.
It holds no connection and awaits nothing, so one text serves every engine. An engine runs
a written operation in a transaction of its own (or a savepoint), taken or refused as a whole.
"""

from __future__ import annotations

from collections.abc import Generator, Hashable, Iterator, Mapping
from typing import Any, Protocol, TypeVar

Params = Mapping[str, Any]


class ByOrder(str):
    """A statement whose rows are used by their columns' order alone, never by name.

    Then an engine may send plain tuples, which are made in half the time.
    """

    __slots__ = ()


Statement = tuple[str, Params]


class Row(Protocol):
    """One row, its values by column name."""

    def __getitem__(self, column: str, /) -> Any:
        """Return a column's value."""

    def __iter__(self) -> Iterator[Any]:
        """Yield the values in the columns' order."""


Rows = list[Row]

T = TypeVar("T")
Operation = Generator[Statement, Rows, T]


class Engine(Protocol):
    """Run operations."""

    @property
    def pending(self) -> int:
        """Return how many operations wait or run; a virtual clock must not jump over them."""

    async def write(self, operation: Operation[T]) -> T:
        """Run an operation in a transaction and return its value once that is committed.

        Operations are taken in the order of the calls. Raises what the operation raised, or
        `StoreError`; then nothing of it was stored.
        """

    async def read(self, operation: Operation[T], about: Hashable | None = None) -> T:
        """Run an operation that changes nothing; each statement sees what is committed.

        `about`: the rows that it reads are these, a bounded number, and are often read again.
        Where the database is a file, what is in memory by then is read at once.
        """

    async def check(self) -> str:
        """Return "ok", or what is wrong with the database."""

    async def close(self) -> None:
        """Finish what was taken, then let go of the database."""
