"""What can be wrong with a database, each in one sentence for the person who runs the bot.

StoreError                 the database refused (bot.errors)
    AlreadyRunning         another process has this database (exit 75)
    Unwritable             the folder or the file cannot be written
    Damaged                the file is not an intact database
    TooNew                 a newer version of the bot wrote it
    Changed                an applied migration is no longer what it was
    Unsupported            SQLite itself is too old
"""

from __future__ import annotations

from bot.errors import StoreError


class AlreadyRunning(StoreError):
    """Another process is using this database."""


class Unwritable(StoreError):
    """The database cannot be written."""


class Damaged(StoreError):
    """The database file is damaged."""


class TooNew(StoreError):
    """The database was written by a newer version."""


class Changed(StoreError):
    """A migration that was applied is no longer the same."""


class Unsupported(StoreError):
    """This version of SQLite is too old."""


def refuse(error: Exception) -> StoreError:
    """Return an error of the database's driver as one of ours."""
    refused = StoreError(f"The database did not take the change: {error}.")
    refused.__cause__ = error
    return refused
