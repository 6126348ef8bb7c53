"""Load the statements of `storage/sql/*.sql`, the only place where SQL is written.

The files are read by aiosql, which also checks each statement's declared parameters; the
engines run the text themselves.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING

import aiosql

FOLDER = Path(__file__).parent / "sql"


class Statements(SimpleNamespace):
    """Give each statement's text by its name."""

    if TYPE_CHECKING:

        def __getattr__(self, name: str) -> str:
            """Return the text of the statement `name`."""


@cache
def load(name: str) -> Statements:
    """Load the statements of `sql/<name>.sql`."""
    queries = aiosql.from_path(FOLDER / f"{name}.sql", "sqlite3")
    names = [found for found in queries.available_queries if not found.endswith("_cursor")]
    return Statements(**{found: getattr(queries, found).sql for found in names})
