"""What is done beside the turns goes on, whatever a single round comes to."""

from __future__ import annotations

import asyncio
from contextlib import suppress

import pytest

from bot.errors import StoreError
from bot.turns.rounds import repeat
from tests.virtual import VirtualClock

pytestmark = pytest.mark.virtual


async def test_a_round_that_fails_is_told_and_the_next_one_comes(
    capsys: pytest.CaptureFixture[str],
) -> None:
    clock = VirtualClock()
    at: list[float] = []
    failures = [StoreError("The disk is full."), RuntimeError("nobody thought of this")]

    async def look() -> None:
        at.append(clock.monotonic())
        if failures:
            raise failures.pop(0)

    begun = clock.monotonic()
    with suppress(TimeoutError):
        async with asyncio.timeout(65):
            await repeat(clock, 30.0, look, "not looked after")
    assert [each - begun for each in at] == [0.0, 30.0, 60.0]
    told = capsys.readouterr().out
    assert told.count("not looked after") == 2
    assert "The disk is full." in told
    assert "nobody thought of this" in told
