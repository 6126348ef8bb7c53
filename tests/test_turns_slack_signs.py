"""What says on Slack that an answer is under way: the status and our own Stop."""

from __future__ import annotations

from pathlib import Path

import pytest

from adapters.playground.faults import Fault
from adapters.playground.slack.problems import refuse
from bot import notices
from bot.events import Stage
from tests.slack_scene import (
    POST,
    STATUS,
    UPDATE,
    answer,
    calls,
    parts,
    script,
    slack,
    status_lines,
    stops,
    think,
    without_streams,
    workspace,
)

pytestmark = pytest.mark.virtual


async def test_stop_and_status_come_first_and_go_last(tmp_path: Path) -> None:
    async with workspace(tmp_path) as h:
        think(h, 8.0)
        question = h.mention("write 300 words")
        await h.until(lambda: stops(h, question), within=1.5)
        (stop,) = h.ours(question)
        assert stop.text == notices.STOP_HERE
        await h.until(lambda: status_lines(h), within=1.0)
        assert parts(h) == [
            ("answer", 0, "sending", 0),
            ("status", 0, "sending", 0),
            ("stop", 0, "sent", 0),
        ]
        # Text takes the status away; Stop stays while it grows.
        await h.until(lambda: len(h.ours(question)) == 2, within=10)
        await h.until(lambda: status_lines(h)[-1] == "", within=5)
        assert [each.id for each in stops(h, question)] == [stop.id]
        assert (await h.ended(question))["outcome"] == "answered"
        assert stops(h, question) == []
        (one,) = h.ours(question)
        assert one.text.strip() == answer(h).strip()
        assert parts(h) == [("answer", 0, "sent", 0)]
        # Every part of it was appended: nothing was written anew.
        assert not calls(h, UPDATE)


async def test_stop_is_pressed_before_the_first_word(tmp_path: Path) -> None:
    async with workspace(tmp_path) as h:
        think(h, 60.0)
        question = h.mention("write 300 words")
        await h.until(lambda: stops(h, question), within=2)
        h.press("stop")
        assert (await h.ended(question))["outcome"] == "stopped"
        (notice,) = h.ours(question)
        assert "Stopped before anything was written" in notice.text
        assert status_lines(h)[-1] == ""


async def test_a_quick_answer_needs_neither(tmp_path: Path) -> None:
    async with workspace(tmp_path, tokens_per_second=2_000.0) as h:
        question = h.mention("What is a monad?")
        await h.ended(question)
        assert status_lines(h) == []
        assert len(h.ours(question)) == 1


async def test_slacks_own_stop_needs_none_of_ours(tmp_path: Path) -> None:
    async with workspace(tmp_path, agent=True) as h:
        people = slack(h).people
        # Found out with the first status, and known from then on.
        think(h, 5.0)
        await h.ended(h.mention("write 100 words"))
        question = h.mention("write 600 words")
        await h.until(lambda: any("1." in each.text for each in h.ours(question)))
        assert stops(h, question) == []
        people.stop_session(h.folk.people[0], h.thread(question))
        assert (await h.ended(question))["outcome"] == "stopped"
        (one,) = h.ours(question)
        assert "(stopped;" in one.text


async def test_a_long_wait_shows_its_stages_beside_the_thread(tmp_path: Path) -> None:
    queued = {"DEFAULT_MODEL": "segmind:gpt-5.4-mini", "SEGMIND_RPM": "60"}
    async with workspace(tmp_path, segmind=True, settings=queued) as h:
        question = h.mention("What is a monad?")
        assert (await h.ended(question))["outcome"] == "answered"
        words = notices.stage(Stage.WORKING).lower()
        stages = [line for line in status_lines(h) if words in line.lower()]
        assert stages and " s" in stages[-1]
        assert status_lines(h)[-1] == ""
        assert len(h.ours(question)) == 1


async def test_without_streams_stop_stands_under_the_answer(tmp_path: Path) -> None:
    async with workspace(tmp_path) as h:
        await without_streams(h)
        think(h, 10.0)
        question = h.mention("write 300 words")
        await h.until(lambda: status_lines(h), within=1.5)
        assert h.ours(question) == []
        await h.until(lambda: stops(h, question), within=2.5)
        (first,) = h.ours(question)
        assert first.text.strip() == notices.STATUS
        await h.ended(question)
        (last,) = h.ours(question)
        assert last.id == first.id
        assert status_lines(h)[-1] == ""


async def test_without_a_status_stop_says_what_is_being_done(tmp_path: Path) -> None:
    async with workspace(tmp_path) as h:
        slack(h).people.switch(statuses="missing_scope")
        think(h, 5.0)
        await h.ended(h.mention("write 200 words"))
        think(h, 10.0)
        question = h.mention("write 300 words")
        await h.until(lambda: stops(h, question), within=4)
        (stop,) = h.ours(question)
        assert stop.text == notices.STATUS
        await h.until(lambda: len(h.ours(question)) == 2, within=20)
        await h.until(lambda: stops(h, question)[0].text == notices.STOP_HERE, within=5)
        await h.ended(question)
        assert len(h.ours(question)) == 1


@pytest.mark.parametrize("killed", [False, True], ids=["stopped", "killed"])
async def test_who_takes_over_takes_stop_and_status_away(tmp_path: Path, killed: bool) -> None:
    async with workspace(tmp_path) as h:
        think(h, 20.0)
        question = h.mention("write 300 words")
        await h.until(lambda: stops(h, question) and status_lines(h), within=3)
        before = len(status_lines(h))
        await h.restart_bot(killed=killed)
        assert (await h.ended(question))["outcome"] == "answered"
        assert stops(h, question) == []
        assert len(h.ours(question)) == 1
        assert status_lines(h)[-1] == "" and len(status_lines(h)) > before


async def test_a_refused_status_and_stop_hurt_nobody(tmp_path: Path) -> None:
    async with workspace(tmp_path) as h:
        think(h, 6.0)
        script(h, refuse(STATUS, "internal_error", times=99))
        script(h, refuse(POST, "restricted_action", times=1))
        question = h.mention("write 200 words")
        assert (await h.ended(question))["outcome"] == "answered"
        assert len(h.ours(question)) == 1
        assert parts(h) == [("answer", 0, "sent", 0)]


async def test_f46_a_status_that_comes_late_is_taken_away_again(tmp_path: Path) -> None:
    async with workspace(tmp_path) as h:
        think(h, 4.0)
        # Nobody hears that it was set, which is done late.
        script(h, Fault(STATUS, "lose_answer"))
        question = h.mention("write 50 words")
        assert (await h.ended(question))["outcome"] == "answered"
        assert status_lines(h)[-2:] == ["", ""]
        times = [each.at for each in h.standins.history.entries if each.route == STATUS]
        assert times[-1] - times[0] >= 12_000
        assert parts(h) == [("answer", 0, "sent", 0)]
