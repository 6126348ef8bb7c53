"""One process per database: a lock that the system lets go of however the process dies."""

from __future__ import annotations

import fcntl
import os
import time
from contextlib import suppress
from pathlib import Path

from storage.errors import AlreadyRunning, Unwritable

# A process that its holder was starting has the lock, too, until it has become another program,
# and outlives a kill -9 of the holder for that moment, which a busy machine can make long.
ORPHANED_SECONDS = 5.0
LOOK_EVERY_SECONDS = 0.02


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
            self._take()
        except OSError as error:
            holder = self._read_holder()
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

    def _take(self) -> None:
        """Lock the file. Raises `OSError`; at once, unless the holder is dead."""
        until = time.monotonic() + ORPHANED_SECONDS
        while True:
            try:
                fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if not _is_dead(self._read_holder()) or time.monotonic() > until:
                    raise
                time.sleep(LOOK_EVERY_SECONDS)
            else:
                return

    def _read_holder(self) -> str:
        return os.pread(self._file, 20, 0).decode("ascii", "replace").strip()

    def release(self) -> None:
        """Let another process in."""
        os.close(self._file)


def _is_dead(holder: str) -> bool:
    """Tell whether no process has that number; one of another container may have any."""
    if not holder.isdigit():
        return False
    try:
        os.kill(int(holder), 0)
    except ProcessLookupError:
        return True
    except (OSError, OverflowError):
        pass
    return False
