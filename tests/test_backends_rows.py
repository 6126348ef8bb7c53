"""Every fault and bad reply of a model service comes to what its row says."""

from __future__ import annotations

import asyncio

import pytest

from adapters.backends.http import Bounds
from bot.events import Completed
from tests import backend_fault_rows, backend_http_rows, backend_reply_rows
from tests.backend_rows import CHAT, QUESTION, ROWS, SUBMIT, V1, Row
from tests.backend_wire import KEY, Heard, Wire, wire
from tests.test_backends_secrets import told

__all__ = ["backend_fault_rows", "backend_http_rows", "backend_reply_rows", "wire"]

pytestmark = pytest.mark.virtual

REQUIRED = {
    "F48", "F49", "F50", "F51", "F52", "F53", "F54", "F55", "F56", "F57", "F58", "F61", "F66",
    "X170", "X172", "X173", "X175", "X176", "X178", "X179", "X181", "X182", "X184", "X185",
    "X187", "X188", "X190", "X191", "X193", "X196", "X197", "X199", "X200",
}  # fmt: skip


def test_every_row_of_the_lists_is_there() -> None:
    assert {one.id for one in ROWS} == REQUIRED
    assert all(one.given and one.handlers for one in ROWS)


@pytest.mark.parametrize("one", ROWS, ids=[f"{r.id} {r.tongue.name} {r.given}" for r in ROWS])
async def test_rows(wire: Wire, one: Row) -> None:
    loop = asyncio.get_running_loop()
    started = loop.time()
    heard = await wire.hear(
        *one.tongue.before,
        *one.handlers,
        speaks=one.tongue.speaks,
        request=one.tongue.request,
        bounds=Bounds(total=600.0),
    )
    took = loop.time() - started + sum(heard.slept)
    assert one.after <= took <= one.within + 2
    check_end(one, heard)
    made = len(heard.requests) - len(one.tongue.before)
    # A fault that was never met shows nothing.
    assert made >= len(one.handlers) or one.fault is not None
    assert made >= 1
    if one.tries is not None:
        assert made == one.tries
    assert not any(b"stolen" in request.split(b"\r\n")[0] for request in heard.requests)
    posts = [request for request in heard.requests if request.startswith(b"POST")]
    assert len(posts) == 1 or one.tongue in (CHAT, V1, SUBMIT)


def check_end(one: Row, heard: Heard) -> None:
    assert heard.text == one.text
    if one.finish is not None:
        assert heard.end.finish is one.finish
        return
    error = heard.failure
    assert not any(isinstance(event, Completed) for event in heard.events)
    if one.fault is not None:
        assert error.fault is one.fault
    assert error.ambiguous == one.ambiguous
    assert len(error.detail) <= 300
    shown = told(error)
    for secret in (KEY[:12], KEY[-9:], QUESTION[:24], QUESTION[-24:]):
        assert secret not in shown
