"""Read server-sent events from bytes, however they were cut on the way.

The rules are those of https://html.spec.whatwg.org/multipage/server-sent-events.html
(9.2.5 and 9.2.6), less `id` and `retry`, which matter only to a client that reconnects.
Work is done on bytes: UTF-8 never hides a CR, LF or colon within a character, so each value
can be decoded on its own, and JSON readers want bytes anyway.
"""

from __future__ import annotations

from typing import NamedTuple

EVENT_BYTES_MAX = 1024 * 1024
_BOM = b"\xef\xbb\xbf"


class Named(NamedTuple):
    """An event with a name of its own, and its joined data lines."""

    data: bytes
    name: str


# Nearly every event of a model has no name: it is its data, and costs no object beside that.
Event = bytes | Named


class EventTooLong(ValueError):
    """One event is longer than the cap."""


class Parser:
    """Turn pieces of a stream into events; what is left over at the end of it is dropped.

    An event over `cap` bytes (its comments counted in) ends the stream: those before it are
    returned, and the next call raises `EventTooLong`, or this one if there were none.
    """

    def __init__(self, cap: int = EVENT_BYTES_MAX) -> None:
        self._cap = cap
        self._start: bytes | None = b""  # what may yet be the byte order mark
        self._after_cr = False
        self._line_feed = False  # a line end that may turn out to be half of an event's end
        self._pending: list[bytes] = []
        self._size = 0
        self._burst = False

    def feed(self, chunk: bytes) -> list[Event]:
        """Return the events that `chunk` completes."""
        if self._burst:
            raise EventTooLong
        if self._start is not None:
            chunk = self._begin(chunk)
        if self._after_cr or b"\r" in chunk:
            chunk = self._line_feeds_only(chunk)
        if not chunk:
            return []
        if self._line_feed:
            chunk = b"\n" + chunk
            self._line_feed = False
        end = chunk.rfind(b"\n\n")
        if end < 0:
            return self._keep(chunk, [])
        whole = chunk[:end]
        if self._pending:
            self._pending.append(whole)
            whole = b"".join(self._pending)
            self._pending.clear()
            self._size = 0
        # Further empty lines belong to no event, nor to its size.
        whole = whole.rstrip(b"\n")
        # Nearly every event is one line, which is cut off at both sides by one split.
        if len(whole) <= self._cap and whole.startswith(b"data: "):
            values = whole[6:].split(b"\n\ndata: ")
            if whole.count(b"\n") == 2 * (len(values) - 1):
                events: list[Event] = [*values]
                return self._keep(chunk[end + 2 :], events) if end + 2 < len(chunk) else events
        events = []
        for block in whole.split(b"\n\n"):
            if len(block) > self._cap and self._over(block):
                return self._stop(events)
            if (event := _read_block(block)) is not None:
                events.append(event)
        return self._keep(chunk[end + 2 :], events)

    def _keep(self, rest: bytes, events: list[Event]) -> list[Event]:
        """Keep the beginning of an event for later; return the events before it."""
        if rest.endswith(b"\n"):
            rest = rest[:-1]
            self._line_feed = True
        if rest:
            self._pending.append(rest)
            self._size += len(rest)
            if self._size > self._cap and self._over(b"".join(self._pending)):
                return self._stop(events)
        return events

    def _over(self, block: bytes) -> bool:
        # An empty line before an event belongs to no event.
        return len(block.lstrip(b"\n")) > self._cap

    def _stop(self, events: list[Event]) -> list[Event]:
        self._burst = True
        self._pending.clear()
        if not events:
            raise EventTooLong
        return events

    def _begin(self, chunk: bytes) -> bytes:
        """Drop one byte order mark at the very start."""
        chunk = (self._start or b"") + chunk
        if len(chunk) < len(_BOM) and _BOM.startswith(chunk):
            self._start = chunk
            return b""
        self._start = None
        return chunk.removeprefix(_BOM)

    def _line_feeds_only(self, chunk: bytes) -> bytes:
        """Make CRLF and CR line feeds; a CR at the end may be half of a CRLF."""
        if not chunk:
            return chunk
        if self._after_cr and chunk.startswith(b"\n"):
            chunk = chunk[1:]
        self._after_cr = chunk.endswith(b"\r")
        return chunk.replace(b"\r\n", b"\n").replace(b"\r", b"\n")


def _read_block(block: bytes) -> Event | None:
    """Read the lines between two empty ones; without a data line they are no event."""
    data: list[bytes] = []
    name = b""
    for line in block.split(b"\n"):
        field, _, value = line.partition(b":")
        if field == b"data":
            data.append(value.removeprefix(b" "))
        elif field == b"event":
            name = value.removeprefix(b" ")
    if not data:
        return None
    value = b"\n".join(data)
    if name in (b"", b"message"):
        return value
    return Named(value, name.decode("utf-8", "replace"))
