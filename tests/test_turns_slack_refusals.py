"""What Slack does not let the bot say or read, and who is told of it where."""

from __future__ import annotations

from pathlib import Path

import pytest

from adapters.playground.faults import Fault
from adapters.playground.slack.limits import SCOPES
from adapters.playground.slack.problems import refuse
from tests.slack_scene import calls, script, slack, stored, think, workspace

pytestmark = pytest.mark.virtual


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
