"""No error of a backend tells the key or the prompt."""

from __future__ import annotations

import json
import traceback

import pytest

from tests.backend_wire import (
    BOUNDS,
    BROKEN_HTTP,
    CUTS,
    KEY,
    PROMPT,
    Handler,
    Wire,
    answer,
    frame,
    head,
    raw,
    refuse,
    stream,
    wire,
)

__all__ = ["wire"]

pytestmark = pytest.mark.virtual


def told(error: BaseException | None) -> str:
    """Return everything that any printing of an error could show."""
    parts: list[str] = []
    seen: set[int] = set()
    todo = [error]
    while todo:
        one = todo.pop()
        if one is None or id(one) in seen:
            continue
        seen.add(id(one))
        parts += [str(one), repr(one), repr(one.args), repr(vars(one))]
        parts += traceback.format_exception(one)
        todo += [one.__cause__, one.__context__]
    return "\n".join(parts)


ECHO = f"Incorrect key {KEY} (Bearer {KEY}), for '{PROMPT}' {KEY[:12]}***{KEY[-9:]}"
LEAKS = [
    refuse(401, {"message": ECHO}),
    refuse(400, {"error": {"message": ECHO, "code": KEY}}),
    answer(ECHO.encode(), 500, "text/plain"),
    stream(frame({"error": {"message": ECHO}})),
    stream(b"event: error\ndata: " + ECHO.encode() + b"\n\n"),
    answer(json.dumps({"error": ECHO}).encode()),
    *BROKEN_HTTP,
    *CUTS,
    raw(hang=True),
    raw(head(), hang=True),
    refuse(302, {}, Location="http://127.0.0.1/"),
]


@pytest.mark.parametrize("handler", LEAKS, ids=range(len(LEAKS)))
async def test_no_error_tells_the_key_or_the_prompt(wire: Wire, handler: Handler) -> None:
    error = (await wire.hear(handler, bounds=BOUNDS)).failure
    shown = told(error)
    for secret in (KEY, PROMPT):
        for start in range(len(secret) - 23):
            assert secret[start : start + 24] not in shown
    assert KEY[:12] not in shown
    assert KEY[-9:] not in shown
    assert len(error.detail) <= 300
