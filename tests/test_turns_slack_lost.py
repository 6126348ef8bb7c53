"""What was lost on Slack: replies that nobody heard, and messages that came late."""

from __future__ import annotations

from pathlib import Path

import pytest

from adapters.playground.faults import Fault
from adapters.playground.slack.problems import refuse
from bot import notices
from tests.slack_scene import (
    COMPLETE,
    LOOK,
    POST,
    START,
    STOP,
    UPDATE,
    answer,
    calls,
    parts,
    parts_of,
    script,
    think,
    without_streams,
    workspace,
)

pytestmark = pytest.mark.virtual


@pytest.mark.parametrize("late", [1.0, 25.0])
async def test_f43_a_file_that_is_shared_after_a_crash_stands_there_once(
    tmp_path: Path, late: float
) -> None:
    """Slack shares it when it likes, which may be long after it was told to."""
    async with workspace(tmp_path, tokens_per_second=4_000.0) as h:
        fault = script(h, Fault(COMPLETE, "delay", seconds=late))
        question = h.mention("write 4300 words")
        await h.until(lambda: fault.hits, within=120)
        await h.restart_bot(killed=True)
        assert (await h.ended(question, within=300))["outcome"] == "answered"
        await h.clock.sleep(60)
        assert len([each for each in h.ours(question) if each.files]) == 1
        assert len(calls(h, COMPLETE)) == 1


@pytest.mark.parametrize("lost", [POST, START, STOP])
async def test_f40_a_lost_answer_leaves_one_message(tmp_path: Path, lost: str) -> None:
    async with workspace(tmp_path) as h:
        script(h, Fault(lost, "lose_answer"))
        question = h.mention("write 100 words")
        assert (await h.ended(question))["outcome"] == "answered"
        (one,) = h.ours(question)
        assert one.text.strip() == answer(h).strip()
        assert parts(h) == [("answer", 0, "sent", 0)]


@pytest.mark.parametrize("late", [POST, START])
async def test_f40_what_lands_late_is_waited_for(tmp_path: Path, late: str) -> None:
    async with workspace(tmp_path) as h:
        if late == POST:
            await without_streams(h)
        # Longer than the bot waits for an answer, and than its first look.
        script(h, Fault(late, "delay", seconds=11.0))
        question = h.mention("write 100 words")
        row = await h.ended(question)
        assert row["outcome"] == "answered"
        assert row["ended_at"] - row["received_at"] < 30_000
        await h.clock.sleep(20.0)
        (one,) = h.ours(question)
        assert one.text.strip() == answer(h).strip()


@pytest.mark.parametrize("killed", [False, True])
async def test_f40_a_lost_stop_is_not_taken_for_a_lost_answer(tmp_path: Path, killed: bool) -> None:
    async with workspace(tmp_path) as h:
        think(h, 3.0)
        script(h, Fault(POST, "lose_answer"))
        script(h, Fault(START, "lose_answer"))
        question = h.mention("write 100 words")
        if killed:
            await h.until(lambda: calls(h, START))
            await h.restart_bot(killed=True)
        assert (await h.ended(question))["outcome"] == "answered"
        (one,) = h.ours(question)
        assert one.text.strip() == answer(h).strip()
        assert parts(h) == [("answer", 0, "sent", 0)]


async def test_f41_what_nobody_can_look_for_is_sent_again_and_says_so(tmp_path: Path) -> None:
    async with workspace(tmp_path) as h:
        await without_streams(h)
        script(h, Fault(POST, "cut"))
        script(h, refuse(LOOK, "ratelimited", times=999, retry_after=30))
        question = h.mention("write 100 words")
        row = await h.ended(question, within=900)
        assert row["outcome"] == "answered"
        assert row["ended_at"] - row["received_at"] >= 600_000
        (one,) = h.ours(question)
        assert one.text.startswith("(sent again after an outage)")
        assert parts_of(h, question) == [("answer", 0, "sent", 1)]


async def test_f41_that_stays_said_over_a_restart(tmp_path: Path) -> None:
    async with workspace(tmp_path) as h:
        await without_streams(h)
        h.standins.model.tokens_per_second = 0.2
        script(h, Fault(POST, "cut"))
        script(h, refuse(LOOK, "missing_scope", times=999))
        question = h.mention("write 100 words")
        await h.until(lambda: h.ours(question), within=900)
        h.standins.model.tokens_per_second = 100.0
        await h.restart_bot(killed=True)
        await h.ended(question, within=900)
        (one,) = h.ours(question)
        assert one.text.startswith("(sent again after an outage)")
        assert answer(h).strip() in one.text


@pytest.mark.parametrize("code", ["message_not_found", "cant_update_message", "edit_window_closed"])
async def test_f34_what_cannot_be_changed_is_posted_anew(tmp_path: Path, code: str) -> None:
    async with workspace(tmp_path) as h:
        await without_streams(h)
        think(h, 5.0)
        script(h, refuse(UPDATE, code, times=1))
        question = h.mention("write 50 words")
        assert (await h.ended(question))["outcome"] == "answered"
        old, new = h.ours(question)
        assert old.text.strip() == notices.STATUS
        assert new.text.strip() == answer(h).strip()
        assert parts(h)[-1] == ("answer", 0, "sent", 0)
        h.folk.remove(old.id)  # what the test left there on purpose
