"""How the bot and the decoder's process talk: a line of JSON and some bytes, each way.

Never pickles: what the decoder says is not trusted more than the file that it decoded.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Callable
from typing import Any

# Lengths of the line and of the bytes that follow it.
_LENGTHS = struct.Struct(">IQ")
MOST_LINE = 64 * 1024

Read = Callable[[int], bytes]


class BadFrame(ValueError):
    """What was said has not the agreed form."""


def pack(words: dict[str, Any], size: int) -> bytes:
    """Return what precedes `size` bytes."""
    line = json.dumps(words).encode()
    return _LENGTHS.pack(len(line), size) + line


def unpack(read: Read, most: int) -> tuple[dict[str, Any], bytes]:
    """Read one frame with at most `most` bytes; `read(n)` returns exactly n bytes or raises."""
    length, size = _LENGTHS.unpack(read(_LENGTHS.size))
    if length > MOST_LINE or size > most:
        raise BadFrame("too long")
    try:
        words = json.loads(read(length))
    except (ValueError, RecursionError) as error:
        raise BadFrame("not JSON") from error
    if not isinstance(words, dict):
        raise BadFrame("not an object")
    return words, read(size)
