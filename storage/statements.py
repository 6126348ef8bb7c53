"""Read the statements of `storage/sql/*.sql`, the only place where SQL is written.

Before each stands `-- name: find_turn(id, platform)`, its name and parameters as aiosql has them:
https://nackjicholson.github.io/aiosql/defining-sql-queries.html. aiosql itself reads them in the
tests, to compare and to hold the parameters to the text: importing and reading by it would be a
twentieth of every start, and the engines run the text themselves.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING

FOLDER = Path(__file__).parent / "sql"

_NAME = re.compile(r"^-- name: (\w+)\(.*\n", re.MULTILINE)
_COMMENT = re.compile(r"^ *--.*\n", re.MULTILINE)


class Statements(SimpleNamespace):
    """Give each statement's text by its name."""

    if TYPE_CHECKING:

        def __getattr__(self, name: str) -> str:
            """Return the text of the statement `name`."""


@cache
def load(name: str) -> Statements:
    """Read the statements of `sql/<name>.sql`."""
    _, *found = _NAME.split((FOLDER / f"{name}.sql").read_text(encoding="utf-8"))
    texts = (_COMMENT.sub("", text).strip() for text in found[1::2])
    return Statements(**dict(zip(found[::2], texts, strict=True)))
