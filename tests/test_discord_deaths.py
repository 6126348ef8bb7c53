"""What a kill leaves on Discord of what could not be shown, nor told, before it."""

from __future__ import annotations

from pathlib import Path

import pytest

from adapters.playground.faults import Fault
from tests.harness import harness
from tests.standins import DISCORD
from tests.turn_scene import POST, rows

pytestmark = pytest.mark.virtual

DM = "POST /users/@me/channels"
FORBIDDEN = {"message": "Missing Permissions", "code": 50013}


async def test_nothing_is_left_of_a_refusal_once_the_answer_stands(tmp_path: Path) -> None:
    """What was to be said above the thread, instead of the answer, was refused there, too."""
    async with harness(tmp_path) as h:
        faults = h.standins.faults[DISCORD]
        faults.add(Fault(POST, "refuse", times=99, status=403, body=FORBIDDEN))
        alone = faults.add(Fault(DM, "delay", seconds=60.0))
        question = h.mention("What is a monad?")
        await h.until(lambda: alone.hits)
        await h.kill_bot()
        faults.clear()
        await h.start_bot()
        assert (await h.ended(question))["outcome"] == "answered"
        assert [(row["purpose"], row["state"]) for row in rows(h, "part")] == [("answer", "sent")]
        assert h.told_directly() == []
