"""Bytes by their sha256, as files in a folder: what goes with SQLite.

    ab/abcd...     one file per blob, readable by the bot's own user alone
    new/...        what is being written; a leftover is of a process that died

The folder belongs to one process, like the database that it stands beside.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import re
import tempfile
from collections.abc import Callable, Iterator
from itertools import islice, takewhile
from pathlib import Path
from threading import Lock
from typing import TypeVar

import structlog

from bot.errors import StoreError
from bot.ports import Clock

log = structlog.get_logger(__name__)

_NAME = re.compile(r"[0-9a-f]{64}", re.ASCII)
_SHARD = re.compile(r"[0-9a-f]{2}", re.ASCII)
_NEW = "new"

T = TypeVar("T")


class FileBlobs:
    """Keep blobs (`bot.ports.Blobs`) in files; all disk work is done in threads."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        self._folder = folder
        self._clock = clock
        self._prepared = False
        # Held for single steps only, so that a blob is not deleted while it is stored anew.
        self._lock = Lock()
        # Where the last look for old blobs ended, so that the next one goes on there.
        self._seen_to = ""

    async def put(self, data: bytes) -> str:
        """Store bytes durably and return their sha256 in hex. Raises `StoreError`.

        Bytes that are kept already count as stored now.
        """
        return await self._do(self._put, data, self._clock.now())

    async def get(self, blob: str) -> bytes | None:
        """Return the bytes, or None if they are not kept (any more) or are damaged."""
        return await self._do(self._get, blob)

    async def older_than(self, time: int, most: int) -> list[str]:
        """Return up to `most` blobs that were stored before a time (UTC milliseconds).

        The next call goes on where this one ended, and begins anew at the end.
        """
        return await self._do(self._older_than, time, most)

    async def delete(self, blob: str, before: int | None = None) -> None:
        """Forget bytes; not there is fine. With `before`: unless they were stored since."""
        await self._do(self._delete, blob, before)

    async def _do(self, work: Callable[..., T], *args: object) -> T:
        """Do work in a thread; what the disk says against it becomes a `StoreError`."""
        try:
            return await asyncio.to_thread(self._prepared_do, work, *args)
        except OSError as error:
            what = error.strerror or type(error).__name__
            raise StoreError(f"cannot keep files under {self._folder}: {what}") from error

    def _prepared_do(self, work: Callable[..., T], *args: object) -> T:
        with self._lock:
            if not self._prepared:
                self._prepare()
                self._prepared = True
        return work(*args)

    def _prepare(self) -> None:
        """Make the folder, and remove what a process that died had not finished."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        (self._folder / _NEW).mkdir(mode=0o700, exist_ok=True)
        _sync_folder(self._folder)
        for leftover in (self._folder / _NEW).iterdir():
            leftover.unlink()

    def _path(self, blob: str) -> Path:
        return self._folder / blob[:2] / blob

    # --- in a thread ---------------------------------------------------------------------

    def _put(self, data: bytes, now: int) -> str:
        blob = hashlib.sha256(data).hexdigest()
        path = self._path(blob)
        if not self._renew(path, data, now):
            self._write(path, data, now)
        return blob

    def _renew(self, path: Path, data: bytes, now: int) -> bool:
        """Count bytes as stored now, if they are there and intact."""
        try:
            if path.stat().st_size != len(data) or path.read_bytes() != data:
                return False
            with self._lock:
                _set_time(path, now)
        except FileNotFoundError:
            return False
        return True

    def _write(self, path: Path, data: bytes, now: int) -> None:
        """Write a file whole or not at all, also if the power fails meanwhile."""
        # Readable by its owner alone from the moment it is there.
        handle, name = tempfile.mkstemp(dir=self._folder / _NEW)
        written = Path(name)
        try:
            if not path.parent.exists():
                # Only now: to make all 256 at each start takes longer than the rest of it.
                path.parent.mkdir(mode=0o700, exist_ok=True)
                _sync_folder(self._folder)
            with os.fdopen(handle, "wb") as file:
                file.write(data)
                file.flush()
                _set_time(written, now)
                os.fsync(file.fileno())
            with self._lock:
                written.replace(path)
        except BaseException:
            written.unlink(missing_ok=True)
            raise
        _sync_folder(path.parent)

    def _get(self, blob: str) -> bytes | None:
        if not _NAME.fullmatch(blob):
            return None
        try:
            data = self._path(blob).read_bytes()
        except FileNotFoundError:
            return None
        if hashlib.sha256(data).hexdigest() != blob:
            log.error("a stored file is damaged", blob=blob, bytes=len(data))
            return None
        return data

    def _older_than(self, time: int, most: int) -> list[str]:
        after = self._seen_to
        found = list(islice(self._old(time, after), most))
        if after and len(found) < most:
            # Round to where this look began, and no further.
            rest = takewhile(lambda blob: blob <= after, self._old(time, ""))
            found += islice(rest, most - len(found))
        self._seen_to = found[-1] if found and len(found) == most else ""
        return found

    def _old(self, time: int, after: str) -> Iterator[str]:
        """Yield the blobs stored before a time whose names come after one, in their order."""
        shards = (each.name for each in self._folder.iterdir())
        for shard in sorted(name for name in shards if _SHARD.fullmatch(name)):
            if shard < after[:2]:
                continue
            for path in sorted((self._folder / shard).iterdir()):
                if path.name <= after or not _NAME.fullmatch(path.name):
                    continue
                if _is_older(path, time):
                    yield path.name

    def _delete(self, blob: str, before: int | None) -> None:
        if not _NAME.fullmatch(blob):
            return
        path = self._path(blob)
        with self._lock:
            if before is None or _is_older(path, before):
                path.unlink(missing_ok=True)


def _set_time(path: Path, now: int) -> None:
    # The bot's clock decides about age, not the disk's.
    os.utime(path, ns=(now * 1_000_000, now * 1_000_000))


def _is_older(path: Path, time: int) -> bool:
    try:
        return path.stat().st_mtime_ns < time * 1_000_000
    except FileNotFoundError:
        return False


def _sync_folder(folder: Path) -> None:
    """Make the names in a folder durable."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
