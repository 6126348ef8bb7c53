"""One process per database: a lock that the system lets go of however the process dies."""

from __future__ import annotations

import fcntl
import os
from contextlib import suppress
from pathlib import Path

from storage.errors import AlreadyRunning, Unwritable


class ProcessLock:
    """Hold an exclusive lock on a file.

    The lock belongs to the open file: kill -9 releases it, a started program does not
    inherit it (Python opens files close-on-exec), another engine of this very process is
    refused as well. The file stays, since removing it would let two processes lock two files
    of one name.
    """

    def __init__(self, path: Path) -> None:
        try:
            self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise Unwritable(f"Cannot write {path}: {error.strerror}.") from error
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            holder = os.pread(self._file, 20, 0).decode("ascii", "replace").strip()
            os.close(self._file)
            if not isinstance(error, BlockingIOError):
                raise Unwritable(f"Cannot lock {path}: {error.strerror}.") from error
            known = f" (process {holder})" if holder else ""
            raise AlreadyRunning(
                f"Another bot{known} is using this database. Stop it, or set another DATA_DIR."
            ) from error
        with suppress(OSError):  # A full disk: the number is a courtesy, the lock holds.
            os.ftruncate(self._file, 0)
            os.pwrite(self._file, str(os.getpid()).encode(), 0)

    def release(self) -> None:
        """Let another process in."""
        os.close(self._file)
