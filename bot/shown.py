"""The settings in effect, as one would write them, without secrets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot import values
from bot.offered import ModelRow, OfferedModel
from bot.settings import ROWS, Setting

if TYPE_CHECKING:
    from bot.config import Settings


def show(settings: Settings) -> str:
    """Return the settings in effect and where each comes from, without secrets.

    Each value is shown as it would be written.
    """
    lines = (
        f"{name}={_shown(row, getattr(settings, name.lower()))}  ({settings.sources[name]})\n"
        for name, row in ROWS.items()
    )
    return "".join(lines)


def _shown(row: Setting, value: object) -> str:
    if row.parse is values.sqlite_path and value is not None:
        return f"sqlite:///{value}"
    text = _written(value)
    # What could break the line, or drive a terminal, is shown escaped.
    return "".join(char if char.isprintable() else repr(char)[1:-1] for char in text)


def _written(value: object) -> str:
    match value:
        case None:
            return ""
        case OfferedModel(name, window, max_output):
            return ":".join([name, *(str(size) for size in (window, max_output) if size)])
        case ModelRow(written=written):
            return written
        case tuple():
            separator = "; " if value and isinstance(value[0], ModelRow) else ","
            return separator.join(map(_written, value))
        case frozenset():
            return ",".join(sorted(map(_written, value)))
        case _:
            return str(value)
