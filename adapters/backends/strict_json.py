"""Read JSON from outside: nothing in it can exhaust the stack or become a strange number."""

from __future__ import annotations

import json
import math
import re
from typing import Any

DEPTH_MAX = 64
_DIGITS_MAX = 20

# A string, closed or not; possessive, so that no input makes it search twice.
_STRING = re.compile(rb'"(?:[^"\\]++|\\.)*+"?', re.DOTALL)
_BRACKETS = bytes.maketrans(b"[]{}", b"()()")
_NO_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))
_SURROGATE = re.compile("[\ud800-\udfff]")


class BadJson(ValueError):
    """This is not JSON that we take."""


def check_depth(data: bytes) -> None:
    """Refuse nesting deeper than `DEPTH_MAX`, before any parser recurses into it."""
    if data.count(b"[") + data.count(b"{") <= DEPTH_MAX:
        return
    brackets = _STRING.sub(b"", data).translate(_BRACKETS, _NO_BRACKETS)
    for _ in range(DEPTH_MAX):  # each round takes away exactly the innermost level
        brackets = brackets.replace(b"()", b"")
        if not brackets:
            return
    raise BadJson(f"nested deeper than {DEPTH_MAX}, or unbalanced")


def read_strictly(data: bytes) -> Any:
    """Return the one document in `data`; NaN, Infinity and numbers beyond a double are refused.

    What is not UTF-8 and lone surrogates become U+FFFD.
    """
    return _read(data, _refuse_constant, _strict_int, _strict_float)


def read_leniently(data: bytes) -> Any:
    """Return the one document in `data`, strange numbers as None.

    For the frames of a stream, where a broken usage figure must not cost the answer.
    """
    return _read(data, _nothing, _lenient_int, _lenient_float)


def _read(data: bytes, constant: Any, integer: Any, real: Any) -> Any:
    check_depth(data)
    text = data.decode("utf-8", "replace").removeprefix("\ufeff")
    try:
        value = json.loads(
            text, parse_constant=constant, parse_int=integer, parse_float=real, strict=False
        )
    except ValueError as error:
        raise BadJson(str(error)) from error
    return _without_surrogates(value) if "\\u" in text else value


def _without_surrogates(value: Any) -> Any:
    match value:
        case str():
            return _SURROGATE.sub("\ufffd", value)
        case list():
            return [_without_surrogates(item) for item in value]
        case dict():
            return {_without_surrogates(k): _without_surrogates(v) for k, v in value.items()}
        case _:
            return value


def _refuse_constant(name: str) -> None:
    raise BadJson(f"{name} is no JSON number")


def _nothing(name: str) -> None:
    return None


def _lenient_int(digits: str) -> int | None:
    return int(digits) if len(digits) <= _DIGITS_MAX else None


def _lenient_float(digits: str) -> float | None:
    value = float(digits)
    return value if math.isfinite(value) else None


def _strict_int(digits: str) -> int:
    if (value := _lenient_int(digits)) is None:
        raise BadJson("an integer has too many digits")
    return value


def _strict_float(digits: str) -> float:
    if (value := _lenient_float(digits)) is None:
        raise BadJson("a number is too large")
    return value
