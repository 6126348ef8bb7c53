"""What lands late on Slack, after a model that thought for long: counted from when it left."""

from __future__ import annotations

from pathlib import Path

import pytest

from adapters.playground.faults import Fault
from tests.harness import harness
from tests.slack_scene import POST, START, answer, calls, script, think, without_streams

pytestmark = pytest.mark.virtual


@pytest.mark.parametrize("late", [POST, START])
async def test_a_late_first_message_is_waited_for_after_a_long_silence(
    tmp_path: Path, late: str
) -> None:
    async with harness(tmp_path, platform="slack") as h:
        if late == POST:
            await without_streams(h)
        think(h, 30.0)
        script(h, Fault(late, "delay", seconds=10.6))
        question = h.mention("write 100 words")
        await h.ended(question)
        await h.clock.sleep(30.0)
        (one,) = h.ours(question)
        assert one.text.strip() == answer(h).strip()


@pytest.mark.parametrize("late", [POST, START])
async def test_a_first_message_that_lands_after_the_kill_is_the_only_one(
    tmp_path: Path, late: str
) -> None:
    async with harness(tmp_path, platform="slack") as h:
        if late == POST:
            await without_streams(h)
        think(h, 30.0)
        script(h, Fault(late, "delay", seconds=8.0))
        question = h.mention("write 100 words")
        # What is said before the text, if anything, is another call.
        await h.until(lambda: h.turn(question) and calls(h, late), within=60)
        await h.restart_bot(killed=True)
        await h.ended(question)
        await h.clock.sleep(30.0)
        (one,) = h.ours(question)
        assert one.text.strip() == answer(h).strip()
