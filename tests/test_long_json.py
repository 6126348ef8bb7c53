"""Long JSON is read as any other, or refused; what a parser is given stays small."""

from __future__ import annotations

import json
from typing import Any

import pytest

from adapters.backends import long_json
from adapters.backends.strict_json import BadJson, read_leniently

LONG = "aGVs/bG8+" * 40_000
VALUES: list[Any] = [
    LONG,
    [LONG, LONG[:5000], "short", LONG],
    {"a": {"b": [1, 2.5, None, True, LONG]}, "c": ""},
    {LONG: "a key may be long as well"},
    {"a": json.dumps({"b": LONG, "c": json.dumps([LONG])})},
    {"a": 'say "x" \\ / \b\f\n\r\t' * 30_000},
    {"a": "\\" * 30 + '"' + LONG},
    {"a": "é漢🐈" * 60_000},
    {"a": "x" + "🐈" * 90_000, "b": "xx" + "é" * 90_000},
]


@pytest.mark.parametrize("value", VALUES, ids=range(len(VALUES)))
@pytest.mark.parametrize("ascii_only", [True, False])
def test_it_says_the_same_as_any_other_json(value: Any, ascii_only: bool) -> None:
    data = json.dumps(value, ensure_ascii=ascii_only).encode()
    assert len(data) > long_json.REST_BYTES_MAX
    assert long_json.read(data) == read_leniently(data) == value


MANY = 300_000
BROKEN = {
    "many": b"[" + b"{}," * MANY + b"{}]",
    "short strings": b"[" + b'"",' * MANY + b'""]',
    "deep": b"[" * MANY + b'"' + b"x" * MANY + b'"' + b"]" * MANY,
    "no end": b'{"a": "' + b"x" * MANY,
    "only quotes": b'"' * MANY + b" " * MANY,
    "escapes": b'["' + b"\\" * MANY + b'"]',
    "quotes": b'["' + b'\\"' * (long_json._QUOTES_MAX + 1) + b'"]',
    "half an escape": b'["' + b"x" * MANY + b'\\u12"]',
    "no escape": b'["' + b"x" * MANY + b'\\q"]',
    "a page": b"<html>" + b"x" * MANY,
    "two": b'"' + b"x" * MANY + b'""' + b"x" * MANY + b'"',
    "spaces": b" " * MANY + b"{}",
}


@pytest.mark.parametrize("data", BROKEN.values(), ids=BROKEN)
def test_what_is_no_json_or_too_much_of_it_is_refused(data: bytes) -> None:
    with pytest.raises(BadJson):
        long_json.read(data)


def test_a_string_that_looks_like_a_mark_is_what_it_is() -> None:
    value = ["0" * 32 + "0", LONG]
    assert long_json.read(json.dumps(value).encode()) == value


def test_half_a_pair_becomes_a_replacement() -> None:
    data = b'["' + b"x" * MANY + b'\\ud83d", "short\\ud83d"]'
    assert long_json.read(data) == ["x" * MANY + "\ufffd", "short\ufffd"]
