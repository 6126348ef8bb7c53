"""How the turn machine shows an answer where Slack shows it: streams, status, Stop, lost posts."""

from __future__ import annotations

import dataclasses
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Any

import pytest

from adapters.playground.faults import Fault
from adapters.playground.history import Entry
from adapters.playground.slack import SlackStandIn
from adapters.playground.slack.limits import SCOPES
from adapters.playground.slack.problems import refuse
from adapters.slack.outbound import LIMITS
from bot import notices, notices_delivery
from bot.events import Stage
from tests.evidence import Seen
from tests.harness import Harness, harness
from tests.shown import joins_to
from tests.standins import MODEL, SLACK

pytestmark = pytest.mark.virtual

CHAT = "POST /v1/chat/completions"
STATUS = "assistant.threads.setStatus"
COMPLETE = "files.completeUploadExternal"
GET_ADDRESS = "files.getUploadURLExternal"
SESSION = "agents.sessions.setStatus"
START, APPEND, STOP = "chat.startStream", "chat.appendStream", "chat.stopStream"
POST, UPDATE, DELETE, LOOK = (
    "chat.postMessage",
    "chat.update",
    "chat.delete",
    "conversations.replies",
)


@asynccontextmanager
async def workspace(folder: Path, *, agent: bool = False, **options: Any) -> AsyncIterator[Harness]:
    """Run the bot on Slack, where the app is an agent or has no Stop but ours."""
    async with harness(folder, platform="slack", **options) as h:
        slack(h).people.switch(agent=agent)
        yield h


def slack(h: Harness) -> SlackStandIn:
    assert h.standins.slack is not None
    return h.standins.slack


def script(h: Harness, fault: Fault) -> Fault:
    return h.standins.faults[SLACK].add(fault)


def think(h: Harness, seconds: float) -> None:
    """Let the model think before its first word."""
    h.standins.faults[MODEL].add(Fault(CHAT, "answer", options={"silence": seconds}))


def still_written(h: Harness, question: str) -> bool:
    turn = h.turn(question)
    return turn is not None and turn["state"] == "running"


async def without_streams(h: Harness) -> None:
    """Let the workspace refuse streams, and the bot know it."""
    slack(h).people.switch(streams="channel_type_not_supported")
    await h.ended(h.mention("What is a monad?"))


def calls(h: Harness, *methods: str) -> list[str]:
    """Return the calls of these methods, in order."""
    return [each.route for each in h.standins.history.entries if each.route in methods]


def requests(h: Harness, method: str) -> list[Any]:
    return [each.request for each in h.standins.history.entries if each.route == method]


def stored(h: Harness, sql: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(h.database)) as database:
        return database.execute(sql).fetchall()


def parts(h: Harness) -> list[tuple[Any, ...]]:
    return stored(h, "SELECT purpose, idx, state, again FROM part ORDER BY turn, purpose, idx")


def parts_of(h: Harness, question: str) -> list[tuple[Any, ...]]:
    turn = h.turn(question)
    assert turn is not None
    return stored(h, f"SELECT purpose, idx, state, again FROM part WHERE turn = '{turn['id']}'")


def answer(h: Harness) -> str:
    (row,) = stored(h, "SELECT answer FROM turn ORDER BY position DESC LIMIT 1")
    return str(row[0])


def stops(h: Harness, question: str) -> list[Seen]:
    """Return the messages that carry a Stop button."""
    return [each for each in h.ours(question) if any("stop" in one for one in each.buttons)]


def status_lines(h: Harness) -> list[str]:
    """Return what the status was set to, in order."""
    return [str(each.get("status", "")) for each in requests(h, STATUS)]


# --- signs of life and Stop ----------------------------------------------------------------


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


# --- messages that grow, and grow too long -------------------------------------------------


async def test_a_message_grows_no_longer_than_slack_lets_it(tmp_path: Path) -> None:
    async with workspace(tmp_path, tokens_per_second=3.0) as h:
        question = h.mention("write 900 words")
        await h.until(lambda: len([m for m in h.ours(question) if not m.buttons]) == 2, within=300)
        assert (await h.ended(question))["outcome"] == "answered"
        shown = [each.text for each in h.ours(question)]
        assert len(shown) > 1
        assert joins_to(shown, answer(h))
        # No stream was cut by Slack: each was ended in time.
        assert not calls(h, UPDATE)
        assert len(calls(h, START)) == len(calls(h, STOP)) == len(shown)


async def replace_answer(h: Harness, question: str) -> None:
    """Let an answer in parts be replaced: it keeps every word, and says so at its end."""
    before = [each.text for each in h.ours(question)]
    assert len(before) > 1
    h.standins.model.tokens_per_second = 300.0
    await h.ended(h.press("regenerate"))
    *shown, last = [each.text for each in h.ours(question)][: len(before)]
    assert [*shown, last] == [*before[:-1], f"{before[-1]}\n{notices_delivery.superseded(True)}"]


@pytest.mark.parametrize("restarted", [False, True])
async def test_parts_that_grew_old_keep_their_words_when_they_are_replaced(
    tmp_path: Path, restarted: bool
) -> None:
    """Where they ended is known, also to a bot that would let them grow longer."""
    async with workspace(tmp_path, tokens_per_second=3.0) as h:
        question = h.mention("write 900 words")
        assert (await h.ended(question))["outcome"] == "answered"
        if restarted:
            h.options["slack_limits"] = dataclasses.replace(LIMITS, part_seconds=3_600.0)
            await h.restart_bot(killed=True)
        await replace_answer(h, question)


async def test_parts_made_smaller_keep_their_words_when_they_are_replaced(
    tmp_path: Path,
) -> None:
    """How long they were at most is known, not only how many they are."""
    async with workspace(tmp_path, tokens_per_second=200.0) as h:
        slack(h).settings.markdown_chars = slack(h).settings.stream_chars = 9_000
        question = h.mention("write 2400 words")
        await h.ended(question)
        await replace_answer(h, question)


async def test_parts_brought_together_keep_their_words_when_they_are_replaced(
    tmp_path: Path,
) -> None:
    """What is divided anew after a kill is known as it stands then."""
    async with workspace(tmp_path, tokens_per_second=3.0) as h:
        h.options["slack_limits"] = dataclasses.replace(LIMITS, text=4_000)
        await h.restart_bot()
        question = h.mention("write 900 words")
        await h.until(lambda: (h.turn(question) or {}).get("state") == "delivering")
        await h.kill_bot()
        await h.start_bot()
        assert (await h.ended(question))["outcome"] == "answered"
        await replace_answer(h, question)


async def test_after_a_kill_it_is_said_again_why_there_is_no_file(tmp_path: Path) -> None:
    """The message cannot be given the file any more that its words would speak of."""
    async with workspace(tmp_path, tokens_per_second=2_000.0) as h:
        script(h, refuse(GET_ADDRESS, "missing_scope"))
        late = Fault(POST, "delay", seconds=9.0, options={"after": True})

        def hear(entry: Entry) -> None:
            if entry.route == GET_ADDRESS:
                script(h, late)

        h.standins.history.watchers.append(hear)
        question, cut = h.mention("write 6000 words"), "cut here: the whole answer"
        await h.until(lambda: any(cut in each.text for each in h.ours(question)))
        await h.restart_bot(killed=True)
        h.standins.history.watchers.remove(hear)
        assert (await h.ended(question))["outcome"] == "answered"
        *_, last = h.ours(question)
        assert cut in last.text
        await h.ended(h.press("regenerate"))
        assert [each.text for each in h.ours(question) if each.id == last.id] == [
            f"{last.text}\n{notices_delivery.superseded(True)}"
        ]


async def test_a_file_in_doubt_is_looked_for_where_nothing_can_be_said_any_more(
    tmp_path: Path,
) -> None:
    async with workspace(tmp_path, tokens_per_second=2_000.0) as h:
        shared = script(h, Fault(COMPLETE, "delay", seconds=9.0, options={"after": True}))
        question = h.mention("write 6000 words")
        await h.until(lambda: shared.hits)
        await h.kill_bot()
        slack(h).people.restrict(h.folk.channels[0])
        await h.start_bot()
        assert (await h.ended(question))["outcome"] == "undeliverable"


async def test_after_a_kill_its_parts_are_brought_together(tmp_path: Path) -> None:
    async with workspace(tmp_path, tokens_per_second=3.0) as h:
        question = h.mention("write 900 words")
        await h.until(lambda: len(calls(h, START)) == 2, within=300)
        await h.clock.sleep(20)
        h.standins.model.tokens_per_second = 300.0
        await h.restart_bot(killed=True)
        assert (await h.ended(question))["outcome"] == "answered"
        shown = [each.text for each in h.ours(question)]
        assert joins_to(shown, answer(h))


@pytest.mark.parametrize("most", [12_000, 4_000, 3_000])
@pytest.mark.parametrize("streams", [True, False])
async def test_f31_what_is_too_long_goes_on_in_the_next(
    tmp_path: Path, most: int, streams: bool
) -> None:
    async with workspace(tmp_path, tokens_per_second=200.0) as h:
        if not streams:
            slack(h).people.switch(streams="channel_type_not_supported")
        slack(h).settings.markdown_chars = slack(h).settings.stream_chars = most
        question = h.mention("write 2400 words")
        # It goes on to be shown while it is written.
        await h.until(lambda: len(calls(h, START, POST)) > 2 and still_written(h, question))
        assert (await h.ended(question))["outcome"] == "answered"
        shown = [each.text for each in h.ours(question)]
        assert joins_to(shown, answer(h))
        assert len(shown) > 1 and all(len(each) <= most for each in shown)
        # The next is split right at once.
        first = len(calls(h, UPDATE))
        other = h.mention("write 2400 words", channel=1)
        await h.ended(other)
        assert joins_to([each.text for each in h.ours(other)], answer(h))
        assert first >= 0


# --- whose Stop there is -------------------------------------------------------------------


def session(h: Harness, question: str) -> str:
    """Return whether Slack shows that the bot works in a question's thread, and its Stop."""
    team, channel, ts = h.thread(question).split("/")
    return slack(h).world.session(team, channel, ts).status


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


async def test_after_a_crash_answers_are_streamed_to_whoever_asked(tmp_path: Path) -> None:
    """Both the next part of what was being written, and what had not begun."""
    async with workspace(tmp_path, tokens_per_second=3.0) as h:
        question = h.mention("write 900 words", person=1)
        await h.until(lambda: any("1." in each.text for each in h.ours(question)), within=60)
        waiting = h.say(question, "And then?", person=1)
        await h.until(lambda: h.turn(waiting))
        since = len(calls(h, START))
        await h.restart_bot(killed=True)
        h.standins.model.tokens_per_second = 300.0
        for each in (question, waiting):
            assert (await h.ended(each))["outcome"] == "answered"
        begun = requests(h, START)[since:]
        assert len(begun) >= 2
        readers = {f"{each['recipient_team_id']}/{each['recipient_user_id']}" for each in begun}
        assert readers == {h.folk.people[1]}


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


# --- what was asked by command ------------------------------------------------------------------


@pytest.mark.parametrize("takes_messages", [True, False])
async def test_where_the_bot_may_not_post_whoever_asked_is_told_there(
    tmp_path: Path, takes_messages: bool
) -> None:
    """A command works in channels and direct messages that the bot is no member of.

    As a rule that is known before the question is taken; here nobody tells.
    """
    async with workspace(tmp_path) as h:
        slack(h).people.invite_bot(h.folk.channels[0], invited=False)
        script(h, refuse("conversations.info", "missing_scope", times=9))
        if not takes_messages:
            script(h, refuse("conversations.open", "cannot_dm_bot", times=9))
        used = h.command("ask", prompt="What is a monad?")
        told = await h.told(used, within=60)
        assert "I am not in the channel where you asked. Nothing was charged. Invite me" in told
        assert calls(h, "conversations.join") == []
        await h.clock.sleep(30)
        assert len(h.told_directly()) == takes_messages


# --- files ---------------------------------------------------------------------------------


@pytest.mark.parametrize("stubs", [False, True])
@pytest.mark.parametrize("words", ["What is this?", ""])
async def test_a_file_that_is_only_linked_is_named(tmp_path: Path, words: str, stubs: bool) -> None:
    """A document on somebody's drive: the question is answered without it, and says so."""
    async with workspace(tmp_path) as h:
        slack(h).people.switch(linked_files="gdrive", shared_files=stubs)
        question = h.mention(words, files=[("plan.txt", b"")])
        outcome = (await h.ended(question))["outcome"]
        assert outcome == ("answered" if words else "refused")
        (one,) = h.ours(question)
        # Of a stub Slack tells not even the name.
        name = "One file" if stubs else "`plan.txt`"
        assert f"{name} was not read: it lies with another service" in one.text
        assert "Upload the file itself" in one.text


# --- what was lost -------------------------------------------------------------------------


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


# --- where nothing can be said ---------------------------------------------------------------


async def test_what_is_refused_is_told_in_the_thread(tmp_path: Path) -> None:
    async with workspace(tmp_path) as h:
        question = h.mention("")
        row = await h.ended(question)
        assert row["outcome"] == "refused"
        (one,) = h.ours(question)
        assert one.place == h.thread(question)


async def test_f36_who_cannot_be_answered_is_told_alone(tmp_path: Path) -> None:
    async with workspace(tmp_path) as h:
        people = slack(h).people
        people.restrict(h.folk.channels[0])
        question = h.mention("What is a monad?", person=1)
        assert (await h.ended(question))["outcome"] == "undeliverable"
        assert h.ours(question) == []
        (told,) = h.told_directly(1)
        assert "could not post my answer" in told.text
        people.restrict(h.folk.channels[0], "")


async def test_f35_an_answer_in_a_deleted_thread_is_taken_back(tmp_path: Path) -> None:
    async with workspace(tmp_path) as h:
        think(h, 5.0)
        question = h.mention("write 100 words")
        await h.clock.sleep(0.2)
        # The event of the deletion comes too late to be of use.
        script(h, Fault("event:message", "delay", times=99, seconds=60.0))
        h.delete(question)
        row = await h.ended(question)
        assert (row["outcome"], row["cancel_requested"]) == ("cancelled", 0)
        await h.clock.sleep(60.0)
        assert [each for each in h.ours() if "1." in each.text] == []


async def test_f38_whoever_leaves_is_answered_no_more(tmp_path: Path) -> None:
    async with workspace(tmp_path) as h:
        question = h.mention("write 900 words")
        await h.until(lambda: any("1." in each.text for each in h.ours(question)))
        waiting = h.say(question, "And then?")
        await h.until(lambda: h.turn(waiting))
        slack(h).people.uninstall()
        for each in (question, waiting):
            assert (await h.ended(each))["outcome"] == "cancelled"
        assert stored(h, "SELECT count(*) FROM workspace WHERE left_at > 0") == [(1,)]


# --- files -------------------------------------------------------------------------------------


async def test_f44_a_missing_scope_for_files_is_named(tmp_path: Path) -> None:
    async with workspace(tmp_path, settings={"ADMIN_IDS": ""}) as h:
        scopes = [one for one in SCOPES if one != "files:read"]
        slack(h).people.switch(scopes=scopes)
        for _ in range(2):
            question = h.mention("What is in it?", files=[("list.txt", b"milk")])
            row = await h.ended(question)
            assert (row["outcome"], row["error"]) == ("refused", "file_not_permitted")
            (one,) = h.ours(question)
            assert one.text.startswith(
                "I'm not allowed to read files here; an admin must add files:read and reinstall"
            )
        assert stored(h, "SELECT count(*) FROM ledger WHERE tokens > 0") == [(0,)]
        assert len(stored(h, "SELECT name FROM alert")) == 1
