"""Bytes that people send: kept, and read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


class Blobs(Protocol):
    """Keep bytes by their sha256, so that the same picture is kept once."""

    async def put(self, data: bytes) -> str:
        """Store bytes durably and return their sha256 in hex. Raises `StoreError`.

        Bytes that are kept already count as stored now.
        """

    async def get(self, blob: str) -> bytes | None:
        """Return the bytes, or None if they are not kept (any more)."""

    async def older_than(self, time: int, most: int) -> list[str]:
        """Return up to `most` blobs that were stored before a time (UTC milliseconds).

        The next call goes on where this one ended, and begins anew at the end.
        """

    async def delete(self, blob: str, before: int | None = None) -> None:
        """Forget bytes; not there is fine. With `before`: unless they were stored since."""


@dataclass(frozen=True, slots=True)
class PictureRead:
    """A picture, decoded and encoded anew: upright, 8 bit, without metadata.

    `note` says to people what was done to it ("only its first frame is used"), or is empty.
    """

    data: bytes
    mime: str
    width: int
    height: int
    note: str = ""


@dataclass(frozen=True, slots=True)
class TextRead:
    """The text of a text file or PDF; `note` says what was cut."""

    text: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Unread:
    """A file that is not taken; `why` is one sentence for its sender, naming the file."""

    why: str


FileRead = PictureRead | TextRead | Unread


class FileReader(Protocol):
    """Turn a file's bytes into what a model can be given; content decides, not its name."""

    async def read(self, name: str, mime: str, data: bytes) -> FileRead:
        """Read a file. Never raises for what the bytes are."""


@dataclass(frozen=True, slots=True)
class MaskRead:
    """A mask as an image model takes it: a PNG of the base's size, transparent where it is open.

    `open_share` is how much of it is, 0 to 1; never 0.
    """

    data: bytes
    open_share: float
    note: str = ""


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of a chart: what it stands for, how long it is, and its number in words.

    `together`: it stands for several, and sets no measure for the others.
    """

    label: str
    value: int
    shown: str
    together: bool = False


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars below each other, in panels of a title each."""

    title: str
    panels: tuple[tuple[str, tuple[Bar, ...]], ...]


class Charts(Protocol):
    """Draw charts."""

    async def draw(self, chart: Chart) -> bytes:
        """Return a chart as PNG, b"" if it could not be drawn."""


class Pictures(Protocol):
    """Work on pictures without decoding one in this process. Nothing raises for what bytes are."""

    async def read_result(self, data: bytes) -> PictureRead | Unread:
        """Read what a service made: in its own format and size, without anything unseen."""

    async def fit(self, data: bytes, most_bytes: int) -> PictureRead | Unread:
        """Encode a clean picture so that it fits: harder first, then smaller; `note` says so.

        One that fits is returned as it is.
        """

    async def read_mask(self, data: bytes, width: int, height: int) -> MaskRead | Unread:
        """Read a mask for a picture of this size: light is open, or where it is transparent.

        Scaled only from the same shape; every pixel is open or not. One that leaves nothing open
        is `Unread`.
        """

    async def open_transparency(self, data: bytes) -> MaskRead | Unread:
        """Return the mask that is open where a picture is transparent; `Unread` if nowhere."""

    async def look_alike(self, one: bytes, other: bytes) -> bool:
        """Tell whether two pictures show the same, pixel by pixel."""
