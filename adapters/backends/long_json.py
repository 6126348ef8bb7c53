"""Read JSON that is long for what its strings hold, a picture or a whole answer; nothing else is.

A parser holds the interpreter until it is done, in whatever thread: some megabytes of small
values take it seconds. So long strings are taken out first, and the rest must be small.
"""

from __future__ import annotations

import json
import re
import secrets
import time
from typing import Any

from adapters.backends import strict_json
from adapters.backends.strict_json import BadJson

# From here on a string is taken out; what is left may be so much.
LONG_BYTES = 4 * 1024
REST_BYTES_MAX = 256 * 1024
# JSON within a string has one for each of its own quotes.
_QUOTES_MAX = 1_000_000
# Of JSON within JSON, five deep.
_BACKSLASHES_MAX = 64
_PIECE_CHARACTERS = 128 * 1024
# What may be cut off without cutting an escape in two.
_WHOLE = re.compile(r"(?:[^\\]++|\\u[0-9A-Fa-f]{4}|\\[^u])*+", re.DOTALL)
_SURROGATE = re.compile("[\ud800-\udfff]")


def read(data: bytes) -> Any:
    """Return the one document in `data`; for a thread, which lets go of the interpreter.

    Else as `strict_json.read_leniently`. Raises `BadJson` also where too much is no long string.
    """
    if len(data) <= REST_BYTES_MAX:
        return strict_json.read_leniently(data)
    mark = secrets.token_hex(16)
    rest, strings = _take_out(data, mark)
    return _put_back(strict_json.read_leniently(rest), mark, [_unescape(each) for each in strings])


def _take_out(data: bytes, mark: str) -> tuple[bytes, list[bytes]]:
    """Return the document with a mark for each long string, and those as they stand there."""
    rest: list[bytes] = []
    strings: list[bytes] = []
    size = at = 0
    while (start := data.find(b'"', at)) >= 0:
        end = _find_end(data, start + 1)
        if end - start > LONG_BYTES:
            rest += [data[at:start], f'"{mark}{len(strings)}"'.encode()]
            strings.append(data[start + 1 : end])
            size += len(rest[-1]) + start - at
        else:
            rest.append(data[at : end + 1])
            size += end + 1 - at
        at = end + 1
        if size > REST_BYTES_MAX:
            break
    if size + len(data) - at > REST_BYTES_MAX:
        raise BadJson(f"more than {REST_BYTES_MAX} bytes are no long string")
    return b"".join([*rest, data[at:]]), strings


def _find_end(data: bytes, at: int) -> int:
    """Return where the string ends that begins at `at`: at a quote that is not escaped."""
    for _ in range(_QUOTES_MAX):
        end = data.find(b'"', at)
        if end < 0:
            raise BadJson("a string has no end")
        tail = data[max(at, end - _BACKSLASHES_MAX) : end]
        backslashes = len(tail) - len(tail.rstrip(b"\\"))
        if backslashes == _BACKSLASHES_MAX:
            raise BadJson("a string has too many backslashes")
        if backslashes % 2 == 0:
            return end
        at = end + 1
    raise BadJson(f"a string has more than {_QUOTES_MAX} quotes")


def _unescape(raw: bytes) -> str:
    """Return what a string says, a piece at a time."""
    text = raw.decode("utf-8", "replace")
    if "\\" not in text:
        return text
    pieces: list[str] = []
    at = 0
    while at < len(text):
        found = _WHOLE.match(text, at, at + _PIECE_CHARACTERS)
        if found is None or found.end() == at:
            raise BadJson("a string has a broken escape")
        try:
            pieces.append(json.loads(f'"{found[0]}"', strict=False))
        except ValueError as error:
            raise BadJson(str(error)) from error
        at = found.end()
        time.sleep(0)
    said = "".join(pieces)
    if _SURROGATE.search(said):
        # A pair may have been cut in two.
        said = said.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return said


def _put_back(value: Any, mark: str, strings: list[str]) -> Any:
    match value:
        case str() if value.startswith(mark):
            return strings[int(value.removeprefix(mark))]
        case list():
            return [_put_back(item, mark, strings) for item in value]
        case dict():
            return {
                _put_back(name, mark, strings): _put_back(item, mark, strings)
                for name, item in value.items()
            }
        case _:
            return value
