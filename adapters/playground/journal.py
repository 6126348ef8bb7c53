"""Keep the world in a folder: one JSON line per changed record, and one file per upload."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, BinaryIO, Generic, TypeVar

import msgspec

_R = TypeVar("_R", bound=msgspec.Struct)


class Journal(Generic[_R]):
    """Append records and read them back; without a folder, keep nothing but the files.

    `kinds` is the union of the records' tagged types.

    The last line of a record wins. A half-written last line is what a crash leaves; it is
    skipped.
    """

    def __init__(self, folder: Path | None, kinds: Any) -> None:
        self._folder = folder
        self._decoder: msgspec.json.Decoder[_R] = msgspec.json.Decoder(kinds)
        self._encoder = msgspec.json.Encoder()
        self._file: BinaryIO | None = None
        self._bytes: dict[str, bytes] = {}
        if folder:
            (folder / "files").mkdir(parents=True, exist_ok=True)

    @property
    def _path(self) -> Path:
        assert self._folder is not None  # noqa: S101 - for the type checker
        return self._folder / "world.jsonl"

    def read(self) -> Iterator[_R]:
        """Yield the records that were written, oldest first."""
        if not self._folder or not self._path.exists():
            return
        with self._path.open("rb") as lines:
            for line in lines:
                if line.endswith(b"\n"):
                    yield self._decoder.decode(line)

    def begin(self, records: Iterable[_R]) -> None:
        """Start a fresh file that holds just these records, then append to it."""
        if not self._folder:
            return
        fresh = self._path.with_suffix(".new")
        with fresh.open("wb") as file:
            for record in records:
                file.write(self._encoder.encode(record) + b"\n")
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(self._path)
        self._file = self._path.open("ab")

    def write(self, record: _R) -> None:
        """Append a record; it outlives the process, not the machine."""
        if self._file:
            self._file.write(self._encoder.encode(record) + b"\n")
            self._file.flush()

    def put_file(self, name: str, content: bytes) -> None:
        """Keep an upload's bytes under its id, of letters and digits."""
        if self._folder:
            (self._folder / "files" / name).write_bytes(content)
        else:
            self._bytes[name] = content

    def get_file(self, name: str) -> bytes | None:
        """Return an upload's bytes."""
        if not self._folder:
            return self._bytes.get(name)
        path = self._folder / "files" / name
        return path.read_bytes() if name.isalnum() and path.exists() else None

    def close(self) -> None:
        """Close the file."""
        if self._file:
            self._file.close()
            self._file = None
