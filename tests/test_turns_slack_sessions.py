"""Where the app is an agent: Slack's own Stop, and the session that shows the bot at work."""

from __future__ import annotations

from pathlib import Path

import pytest

from adapters.playground.faults import Fault
from adapters.playground.slack.problems import refuse
from tests.slack_scene import (
    DELETE,
    SESSION,
    calls,
    script,
    session,
    slack,
    still_written,
    stops,
    think,
    workspace,
)

pytestmark = pytest.mark.virtual


@pytest.mark.parametrize("seconds", [0.0, 0.4, 8.0])
@pytest.mark.parametrize("streams", ["", "channel_type_not_supported"])
async def test_in_a_fresh_workspace_there_is_one_stop(
    tmp_path: Path, seconds: float, streams: str
) -> None:
    """Slack's own, as the first call tells; ours never stands beside it for long."""
    async with workspace(tmp_path, agent=True) as h:
        slack(h).people.switch(streams=streams)
        if seconds:
            think(h, seconds)
        question = h.mention("write 600 words")
        await h.until(lambda: session(h, question) == "processing", within=3)
        await h.clock.sleep(seconds + 3.0)
        while still_written(h, question):
            assert session(h, question) == "processing"
            assert stops(h, question) == []
            await h.clock.sleep(0.5)
        await h.ended(question)
        assert session(h, question) == "active"
        assert not calls(h, DELETE)


async def test_where_slack_shows_no_stop_ours_does(tmp_path: Path) -> None:
    """A workspace whose sessions work, and one that cannot be begun."""
    async with workspace(tmp_path, agent=True) as h:
        await h.ended(h.mention("What is a monad?"))
        think(h, 20.0)
        script(h, refuse(SESSION, "ratelimited", retry_after=30))
        question = h.mention("write 600 words", channel=1)
        await h.until(lambda: stops(h, question), within=5)
        assert session(h, question) != "processing"
        # With its stream Slack begins one by itself.
        await h.until(lambda: session(h, question) == "processing", within=30)
        await h.until(lambda: stops(h, question) == [], within=5)
        assert (await h.ended(question))["outcome"] == "answered"
        assert session(h, question) == "active"


@pytest.mark.parametrize("seconds", [0.0, 20.0])
async def test_after_slacks_own_stop_nothing_is_at_work(tmp_path: Path, seconds: float) -> None:
    async with workspace(tmp_path, agent=True) as h:
        if seconds:
            think(h, seconds)
        question = h.mention("write 600 words")
        await h.until(lambda: session(h, question) == "processing", within=3)
        await h.clock.sleep(2.0)
        slack(h).people.stop_session(h.folk.people[0], h.thread(question))
        assert (await h.ended(question))["outcome"] == "stopped"
        assert session(h, question) == "active"


@pytest.mark.parametrize("restarted", [False, True])
async def test_slacks_own_stop_ends_a_session_that_nobody_works_in(
    tmp_path: Path, restarted: bool
) -> None:
    """Slack leaves that to the app, which may have failed to do so after an answer."""
    async with workspace(tmp_path, agent=True) as h:
        question = h.mention("What is a monad?")
        await h.ended(question)
        if restarted:
            await h.restart_bot(killed=True)
        team, channel, root = h.thread(question).split("/")
        left = slack(h).world.session(team, channel, root)
        left.status, left.status_at = "processing", slack(h).world.now()
        slack(h).world.save(left, "session")
        slack(h).people.stop_session(h.folk.people[0], h.thread(question))
        await h.until(lambda: session(h, question) == "active", within=5)


async def test_slacks_own_stop_of_an_earlier_answer_ends_no_later_work(tmp_path: Path) -> None:
    """Slack may tell of it late."""
    async with workspace(tmp_path, agent=True) as h:
        question = h.mention("write 600 words")
        await h.until(lambda: session(h, question) == "processing", within=3)
        await h.clock.sleep(2.0)
        people, fault = slack(h).people, Fault("event:agent_session_stopped", "delay", seconds=20.0)
        script(h, fault)
        people.stop_session(h.folk.people[0], h.thread(question))
        assert (await h.ended(question))["outcome"] == "stopped"
        think(h, 60.0)
        later = h.say(question, "And then?")
        await h.until(lambda: session(h, question) == "processing", within=10)
        await h.clock.sleep(25.0)
        assert fault.hits
        assert session(h, question) == "processing"
        assert (await h.ended(later, within=120))["outcome"] == "answered"
        assert session(h, question) == "active"


@pytest.mark.parametrize("seconds", [0.0, 20.0])
async def test_after_a_crash_nothing_is_at_work_in_the_end(tmp_path: Path, seconds: float) -> None:
    async with workspace(tmp_path, agent=True) as h:
        if seconds:
            think(h, seconds)
        question = h.mention("write 600 words")
        await h.until(lambda: session(h, question) == "processing", within=3)
        await h.clock.sleep(2.0)
        await h.restart_bot(killed=True)
        await h.ended(question)
        assert session(h, question) == "active"
        assert stops(h, question) == []
