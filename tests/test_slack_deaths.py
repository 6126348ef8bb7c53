"""What a kill leaves on Slack where nobody recognises what is posted again."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from adapters.playground.faults import Fault
from adapters.playground.slack import SlackStandIn
from adapters.playground.slack.problems import refuse
from tests.harness import Harness, harness
from tests.standins import SLACK
from tests.studio import CAT

pytestmark = pytest.mark.virtual

POST, SHARE = "chat.postMessage", "files.completeUploadExternal"


def slack(h: Harness) -> SlackStandIn:
    assert h.standins.slack is not None
    return h.standins.slack


def script(h: Harness, fault: Fault) -> Fault:
    return h.standins.faults[SLACK].add(fault)


def parts(h: Harness) -> list[tuple[str, str]]:
    """Return (purpose, state) of each row."""
    with closing(sqlite3.connect(h.database)) as connection:
        return connection.execute("SELECT purpose, state FROM part").fetchall()


def is_delivered(h: Harness, question: str) -> bool:
    turn = h.turn(question)
    return turn is not None and turn["state"] == "delivering"


async def test_who_is_told_alone_is_told_once(tmp_path: Path) -> None:
    async with harness(tmp_path, platform="slack") as h:
        people = slack(h).people
        people.restrict(h.folk.channels[0])
        script(h, Fault(POST, "lose_answer", nth=2))  # the first is refused
        question = h.mention("simulate empty", person=1)
        assert (await h.ended(question))["outcome"] == "undeliverable"
        (told,) = h.told_directly(1)
        assert "could not post my answer" in told.text
        people.restrict(h.folk.channels[0], "")


async def test_what_was_told_alone_holds_after_a_kill(tmp_path: Path) -> None:
    """Whoever was told that there is no answer gets none, though it could be shown by now."""
    async with harness(tmp_path, platform="slack") as h:
        people = slack(h).people
        people.restrict(h.folk.channels[0])
        told = script(h, Fault(POST, "delay", nth=2, seconds=5.0))
        question = h.mention("simulate empty", person=1)
        await h.until(lambda: told.hits)
        await h.kill_bot()
        people.restrict(h.folk.channels[0], "")
        await h.start_bot()
        assert (await h.ended(question))["outcome"] == "undeliverable"
        await h.clock.sleep(10.0)
        assert len(h.told_directly(1)) == 1
        assert h.ours(question) == []


@pytest.mark.parametrize("landing", [True, False])
async def test_nothing_is_left_of_an_answer_whose_thread_went_with_the_bot(
    tmp_path: Path, landing: bool
) -> None:
    """Slack puts a reply whose thread is gone into the channel, where nobody looks for it."""
    async with harness(tmp_path, platform="slack") as h:
        slack(h).people.switch(streams="channel_type_not_supported")
        posted = script(h, Fault(POST, "delay" if landing else "cut", seconds=5.0))
        question = h.mention("What is a monad?")
        await h.until(lambda: posted.hits)
        await h.kill_bot()
        h.delete(question)
        if landing:
            await h.until(lambda: h.ours(h.folk.channels[0]))
        await h.start_bot()
        # Slack tells of the deletion again after a minute.
        assert (await h.ended(question, within=30.0))["outcome"] == "cancelled"
        await h.clock.sleep(90.0)
        assert h.ours() == []
        assert parts(h) == []


async def test_who_was_not_told_alone_yet_is_answered_where_that_is_allowed_again(
    tmp_path: Path,
) -> None:
    async with harness(tmp_path, platform="slack") as h:
        people = slack(h).people
        people.restrict(h.folk.channels[0])
        told = script(h, refuse(POST, "ratelimited", nth=2, retry_after=30))
        question = h.mention("simulate empty", person=1)
        await h.until(lambda: told.hits and ("notice", "planned") in parts(h))
        await h.kill_bot()
        people.restrict(h.folk.channels[0], "")
        await h.start_bot()
        assert (await h.ended(question))["outcome"] == "failed"
        assert h.told_directly(1) == []
        assert parts(h) == [("notice", "sent")]


@pytest.mark.parametrize("asked", ["edit: make it pink", "What is a monad?"])
async def test_nothing_is_left_of_a_refusal_once_the_answer_stands(
    tmp_path: Path, asked: str
) -> None:
    """What could not be shown, nor said where it would stand, is shown where that is allowed."""
    async with harness(tmp_path, platform="slack", segmind=True) as h:
        people = slack(h).people
        alone = script(h, Fault("conversations.open", "delay", seconds=60.0))
        people.restrict(h.folk.channels[0])
        files = [("cat.png", CAT)] if asked.startswith("edit") else []
        question = h.mention(asked, files=files)
        await h.until(lambda: alone.hits, within=60.0)
        await h.kill_bot()
        people.restrict(h.folk.channels[0], "")
        await h.start_bot()
        assert (await h.ended(question))["outcome"] == "answered"
        assert {state for _, state in parts(h)} == {"sent"}
        assert "notice" not in dict(parts(h))
        assert len(h.ours(question)) == 1
        assert h.told_directly(0) == []


@pytest.mark.parametrize("found", [True, False])
async def test_a_file_that_is_needed_no_more_is_taken_back(tmp_path: Path, found: bool) -> None:
    """Parts that ended because they were old are brought together after a kill."""
    async with harness(tmp_path, platform="slack", tokens_per_second=12.0) as h:
        shared = script(h, Fault(SHARE, "lose_answer" if found else "cut"))
        question = h.mention("write 4000 words")
        await h.until(lambda: shared.hits)
        assert ("file", "sending") in parts(h)
        await h.kill_bot()
        await h.start_bot()
        assert (await h.ended(question))["outcome"] == "answered"
        assert parts(h) == [("answer", "sent"), ("answer", "sent")]
        assert [each.files for each in h.ours(question)] == [(), ()]


@pytest.mark.parametrize("killed", [False, True])
async def test_no_session_is_left_at_work_where_a_status_is_refused(
    tmp_path: Path, killed: bool
) -> None:
    async with harness(tmp_path, platform="slack") as h:
        refused = "method_not_supported_for_channel_type"
        slack(h).people.switch(streams="channel_type_not_supported", statuses=refused)
        await h.ended(h.mention("What is a monad?"))
        question = h.mention("write 100 words")
        thread = h.thread(question)
        await h.until(lambda: h.standins.look().statuses.get(thread))
        await h.until(lambda: h.ours(question))
        if killed:
            # The answer is stored, and its last edit under way.
            edited = script(h, Fault("chat.update", "cut", times=99))
            await h.until(lambda: edited.hits and is_delivered(h, question))
            await h.kill_bot()
            h.standins.faults[SLACK].clear()
            await h.start_bot()
        assert (await h.ended(question))["outcome"] == "answered"
        await h.clock.sleep(10.0)
        assert h.standins.look().statuses == {}
