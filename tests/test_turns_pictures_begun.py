"""Edits that were begun, and whose model or service is another when the bot starts again.

Whole bot, virtual time: what may have been ordered is looked at before anything is refused.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from adapters.playground.faults import Fault
from adapters.playground.segmind import SUBMIT
from bot.events import Aside
from bot.notices import ASIDES
from bot.turns import late, run
from tests.evidence import Row
from tests.harness import Harness, harness
from tests.picture_scene import PICTURE, galleries, works
from tests.standins import DISCORD, SEGMIND, SLACK
from tests.turn_scene import rows

pytestmark = pytest.mark.virtual

PLATFORMS = pytest.mark.parametrize("platform", [DISCORD, SLACK])
CAT = [("cat.png", PICTURE)]
MAY_CHARGE = "the person who runs this bot may still be charged"
OTHER_MODEL = {"IMAGE_MODEL": "segmind:gpt-image-9-edit"}


async def restarted(h: Harness, settings: dict[str, str], *, service: bool = True) -> None:
    """Kill the bot and start it with other settings, or without a service that edits."""
    await h.kill_bot()
    h.settings |= settings
    h.standins.faults[SEGMIND].clear()
    segmind = h.standins.segmind
    if not service:
        h.standins.segmind = None
    await h.start_bot()
    h.standins.segmind = segmind


def known(h: Harness) -> list[Row]:
    """Return the steps whose request is on its way."""
    return [row for row in rows(h, "step") if row["request_id"] is not None]


async def begun(h: Harness, request_id: bool = True) -> str:
    """Ask for an edit, and wait until its request is on its way, or has its id."""
    if not request_id:
        h.standins.faults[SEGMIND].add(Fault(SUBMIT, "delay", seconds=20.0))
    question = h.mention("edit: make the sky pink", files=CAT)
    await h.until(lambda: [bool(row["request_id"]) for row in known(h)] == [request_id])
    return question


@PLATFORMS
async def test_an_edit_is_resumed_with_the_model_that_has_it(tmp_path: Path, platform: str) -> None:
    async with harness(tmp_path, platform=platform, segmind=True) as h:
        question = await begun(h)
        await restarted(h, OTHER_MODEL)
        assert (await h.ended(question))["outcome"] == "answered"
        assert len(works(h)) == 1
        assert len(galleries(h, question)) == 1
        assert "gpt-image-1-edit-mini" in h.ours(question)[0].text
        (charge,) = rows(h, "ledger")
        assert (charge["kind"], charge["images"]) == ("settle", 1)
        assert charge["model"] == "segmind:gpt-image-1-edit-mini"


@PLATFORMS
@pytest.mark.parametrize("accepted", [True, False])
async def test_what_nobody_can_be_asked_of_any_more_may_be_billed(
    tmp_path: Path, platform: str, accepted: bool
) -> None:
    async with harness(tmp_path, platform=platform, segmind=True) as h:
        question = await begun(h, accepted)
        await restarted(h, {}, service=False)
        turn = await h.ended(question)
        assert (turn["outcome"], turn["error"]) == ("failed", "interrupted")
        (notice,) = h.ours(question)
        assert MAY_CHARGE in notice.text
        (attempt,) = rows(h, "attempt")
        assert attempt["billed"] == attempt["held"] > 0
        # What is asked from now on is told how it is.
        again = await h.answer_to(h.say(question, "edit: blue"))
        assert "has no service that edits pictures" in again
        assert "Nothing was charged" in again


async def test_what_was_not_handed_over_is_told_that_there_is_no_service(tmp_path: Path) -> None:
    async with harness(tmp_path, segmind=True, settings={"SEGMIND_RPM": "1"}) as h:
        await h.ended(h.mention("edit: pink", files=CAT))
        question = h.mention("edit: make the sky pink", files=CAT)
        await h.until(lambda: len(rows(h, "step")) == 2)
        assert [row["request_id"] is None for row in rows(h, "step")].count(True) == 1
        await restarted(h, {}, service=False)
        assert (await h.ended(question))["outcome"] == "refused"
        (notice,) = h.ours(question)
        assert "has no service that edits pictures" in notice.text
        assert "Nothing was charged" in notice.text
        assert sorted(row["kind"] for row in rows(h, "ledger")) == ["release", "settle"]


async def test_a_late_picture_comes_from_the_model_that_has_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "TURN_SECONDS", 60.0)
    async with harness(tmp_path, segmind=True) as h:
        h.standins.faults[SEGMIND].add(Fault(SUBMIT, "answer", options={"working": 100.0}))
        question = h.mention("edit: make the sky pink", files=CAT)
        assert (await h.ended(question))["outcome"] == "failed"
        await restarted(h, OTHER_MODEL)
        await h.until(lambda: galleries(h, question))
        await h.until(lambda: not h.open_turns())
        assert len(works(h)) == 1
        assert not [row for row in rows(h, "memo") if row["name"].startswith("edit:")]


# --- Retry while a picture is late --------------------------------------------------------------


@PLATFORMS
@pytest.mark.parametrize("dies", [False, True])
async def test_whoever_asks_again_waits_for_the_late_picture(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, platform: str, dies: bool
) -> None:
    monkeypatch.setattr(run, "TURN_SECONDS", 60.0)
    async with harness(tmp_path, platform=platform, segmind=True) as h:
        h.standins.faults[SEGMIND].add(Fault(SUBMIT, "answer", options={"working": 100.0}))
        question = h.mention("edit: make the sky pink", files=CAT)
        assert (await h.ended(question))["outcome"] == "failed"
        if dies:
            await restarted(h, {})
        assert await h.told(h.press("retry")) == ASIDES[Aside.AWAITED]
        await h.until(lambda: galleries(h, question))
        await h.until(lambda: not h.open_turns())
        assert len(works(h)) == 1, "it was ordered twice"
        assert len(galleries(h, question)) == 1
        assert sorted((row["kind"], row["images"]) for row in rows(h, "ledger")) == [
            ("release", 0),
            ("settle", 1),
        ]
        assert not [row for row in rows(h, "memo") if row["name"].startswith("edit:")]


@PLATFORMS
async def test_what_did_not_come_within_the_hour_is_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, platform: str
) -> None:
    monkeypatch.setattr(run, "TURN_SECONDS", 60.0)
    monkeypatch.setattr(late, "WAIT_MS", 120_000)
    async with harness(tmp_path, platform=platform, segmind=True) as h:
        h.standins.faults[SEGMIND].add(Fault(SUBMIT, "answer", options={"working": 9_000.0}))
        question = h.mention("edit: make the sky pink", files=CAT)
        await h.ended(question)
        assert await h.told(h.press("retry")) == ASIDES[Aside.AWAITED]
        await h.until(lambda: not rows(h, "awaited"))
        assert (await h.ended(h.press("retry")))["outcome"] == "answered"
        assert len(galleries(h, question)) == 1
        assert not [row for row in rows(h, "memo") if row["name"].startswith("edit:")]
