"""Read the body of an answer that is no answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from adapters.backends import strict_json
from adapters.backends.http import Answer
from bot.errors import BackendError

BYTES_MAX = 256 * 1024
SECONDS_MAX = 10.0
_WORDS_MAX = 2000


async def read(answer: Answer) -> Any:
    """Return the JSON of a refusal, or its text (none if it is a page), and close it.

    What breaks meanwhile costs only the words: the status alone says enough.
    """
    answer.hurry(SECONDS_MAX)
    body = b""
    try:
        while len(body) < BYTES_MAX and (piece := await answer.read()):
            body += piece
    except BackendError:
        pass
    finally:
        answer.close()
    return decode(body)


def decode(body: bytes, read: Callable[[bytes], Any] = strict_json.read_leniently) -> Any:
    """Return the JSON in a body, or its text, which is none if it is a page."""
    try:
        return read(body)
    except strict_json.BadJson:
        return "" if b"<" in body[:256] else body[:_WORDS_MAX].decode("utf-8", "replace")
