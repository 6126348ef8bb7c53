"""The whole bot on Slack: the paths that every other integration test there rests on."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.harness import harness

pytestmark = pytest.mark.virtual
transports = pytest.mark.parametrize("transport", ["socket", "http"])


@transports
async def test_a_mention_is_answered_in_its_thread(tmp_path: Path, transport: str) -> None:
    async with harness(tmp_path, platform="slack", transport=transport) as h:
        question = h.mention("What is a monad?")
        assert "monad" in await h.answer_to(question)
        again = h.say(question, "And what is it good for?", person=1)
        assert "2 earlier messages" in await h.answer_to(again)
        assert {each.place for each in h.ours()} == {h.thread(question)}
        assert h.thread(question).endswith(f"/{question}")
        assert len(h.ours(question)) == 2


async def test_a_long_answer_is_split_and_whole(tmp_path: Path) -> None:
    async with harness(tmp_path, platform="slack") as h:
        question = h.mention("write 2500 words")
        await h.ended(question)
        assert len(h.ours(question)) > 1
        streamed = {"chat.startStream", "chat.appendStream", "chat.stopStream"}
        assert streamed <= h.standins.slack_watch.methods


async def test_where_streams_are_refused_a_message_is_edited(tmp_path: Path) -> None:
    async with harness(tmp_path, platform="slack") as h:
        assert h.standins.slack is not None
        h.standins.slack.people.switch(streams="channel_type_not_supported")
        question = h.mention("write 900 words")
        await h.ended(question)
        assert "chat.update" in h.standins.slack_watch.methods
        assert "chat.appendStream" not in h.standins.slack_watch.methods


@transports
@pytest.mark.parametrize("killed", [False, True], ids=["stopped", "killed"])
async def test_a_restart_in_mid_answer_leaves_one_answer(
    tmp_path: Path, transport: str, killed: bool
) -> None:
    async with harness(tmp_path, platform="slack", transport=transport) as h:
        question = h.mention("write 600 words")
        await h.until(lambda: any("1." in each.text for each in h.ours(question)))
        await h.restart_bot(killed=killed)
        missed = h.say(question, "Still there?")
        assert "Still there?" in await h.answer_to(missed)
        turn = h.turn(question)
        assert turn is not None
        assert turn["outcome"] == "answered"


async def test_what_people_ask_while_nobody_hears_is_sent_again(tmp_path: Path) -> None:
    async with harness(tmp_path, platform="slack") as h:
        await h.kill_bot()
        question = h.mention("Is anybody there?")
        await h.clock.sleep(30)
        await h.start_bot()
        assert "anybody" in await h.answer_to(question)


async def test_a_direct_message_is_a_question_and_its_thread_a_conversation(tmp_path: Path) -> None:
    async with harness(tmp_path, platform="slack") as h:
        direct = h.dm("Just between us?", person=1)
        assert "between us" in await h.answer_to(direct)
        again = h.say(direct, "And now?", person=1)
        assert "2 earlier messages" in await h.answer_to(again)
        assert h.told_directly(1) == []
        assert len(h.ours(direct)) == 2


async def test_files_come_with_a_message(tmp_path: Path) -> None:
    async with harness(tmp_path, platform="slack") as h:
        question = h.mention("What is in it?", files=[("list.txt", b"milk and honey")])
        assert "honey" in await h.answer_to(question)


async def test_commands_are_used_and_written(tmp_path: Path) -> None:
    async with harness(tmp_path, platform="slack") as h:
        asked = h.command("ask", prompt="What is a monad?", effort="low")
        assert "monad" in await h.answer_to(asked)
        assert "open questions" in (await h.told(h.command("status"))).lower()
        assert "Mention me" in await h.told(h.mention("help", person=2))


async def test_buttons_stop_judge_and_ask_why(tmp_path: Path) -> None:
    async with harness(tmp_path, platform="slack") as h:
        # Where the app is an agent, Stop is Slack's own.
        assert h.standins.slack is not None
        h.standins.slack.people.switch(agent=False)
        question = h.mention("write 900 words")
        await h.until(lambda: any("1." in each.text for each in h.ours(question)))
        h.press("stop")
        assert (await h.ended(question))["outcome"] == "stopped"
        other = h.mention("What is a monad?")
        await h.ended(other)
        assert "hank" in await h.told(h.press("good"))
        pressed = h.press("bad")
        await h.until(lambda: h.folk.form(pressed))
        assert await h.told(h.submit(pressed, text="too short"))
        again = h.press("regenerate")
        await h.until(lambda: h.turn(again), within=60)
        assert (await h.ended(again))["kind"] == "regenerate"


async def test_words_are_changed_and_taken_back(tmp_path: Path) -> None:
    async with harness(tmp_path, platform="slack") as h:
        question = h.mention("What is a monad?")
        await h.ended(question)
        h.edit(question, "What is a functor?")
        await h.until(lambda: len(h.ours(question)) == 2, within=60)
        assert "You changed your question" in h.ours(question)[-1].text
        gone = h.mention("write 600 words", channel=1)
        await h.until(lambda: h.ours(gone))
        h.delete(gone)
        assert (await h.ended(gone))["outcome"] == "cancelled"


async def test_one_bot_on_both_platforms(tmp_path: Path) -> None:
    async with harness(tmp_path, platform=("discord", "slack")) as h:
        here = h.mention("What is a monad?")
        there = h.on("slack").mention("What is a functor?")
        assert "monad" in await h.answer_to(here)
        assert "functor" in await h.answer_to(there)
        await h.restart_bot(killed=True)
        again = h.on("slack").say(there, "And?")
        assert "2 earlier messages" in await h.answer_to(again)
        platforms = {h.turn(one)["platform"] for one in (here, there)}  # type: ignore[index]
        assert platforms == {"discord", "slack"}


async def test_the_watch_sees_every_call(tmp_path: Path) -> None:
    async with harness(tmp_path, platform="slack") as h:
        await h.answer_to(h.mention("What is a monad?"))
        watch = h.standins.slack_watch
        assert {"auth.test", "chat.startStream", "apps.connections.open"} <= watch.methods
        assert not watch.violations
        watch.violations.append("a call that Slack does not know")
        found = h.judge()
        assert [one.invariant for one in found.violations] == ["I9"]
        watch.violations.clear()
