"""Who is heard where, and in whose thread the bot answers. Whole bot, virtual time."""

from __future__ import annotations

from pathlib import Path

import pytest

from adapters.playground.discord.tables import INTENT_MESSAGE_CONTENT
from adapters.playground.faults import Fault
from tests.harness import Harness, harness
from tests.standins import DISCORD
from tests.turn_scene import CHAT, rows

pytestmark = pytest.mark.virtual

READ = "GET /channels/{channel_id}/messages"
ADA, BEN, CLEO = 0, 1, 2


def thread_of_others(h: Harness) -> str:
    """Let people start a thread of their own, and talk in it."""
    started = h.say(h.standins.channels[0], "About tides", person=BEN)
    thread = h.people.start_thread(h.standins.people[BEN], h.standins.channels[0], "Tides", started)
    h.say(thread, "The moon does it", person=BEN)
    h.say(thread, "And the sun", person=CLEO)
    return thread


async def test_somebody_elses_thread_is_read_answered_and_not_followed(tmp_path: Path) -> None:
    async with harness(tmp_path) as h:
        thread = thread_of_others(h)
        question = h.mention("Who is right?", channel=thread)
        answer = await h.answer_to(question)
        assert "by Ben" in answer
        assert "by Cleo" in answer
        assert {each.place for each in h.ours()} == {thread}
        follow_up = h.say(thread, "I think it is the moon", person=BEN)
        await h.clock.sleep(30)
        assert h.turn(follow_up) is None
        await h.ended(h.mention("And now?", channel=thread))
        assert "I think it is the moon" in str(sent(h))


def sent(h: Harness) -> object:
    """Return what the model was asked last."""
    (*_, last) = [each for each in h.standins.history.entries if each.route == CHAT]
    return last.request


async def test_a_thread_that_may_not_be_read_is_answered_and_said(tmp_path: Path) -> None:
    async with harness(tmp_path) as h:
        thread = thread_of_others(h)
        body = {"code": 50013, "message": "Missing Permissions"}
        h.standins.faults[DISCORD].add(Fault(READ, "refuse", times=9, status=403, body=body))
        question = h.mention("Who is right?", channel=thread)
        turn = await h.ended(question)
        assert turn["outcome"] == "answered"
        assert "could not read what was said here before" in turn["note"]


async def test_a_thread_is_read_once_over_a_kill(tmp_path: Path) -> None:
    async with harness(tmp_path) as h:
        thread = thread_of_others(h)
        question = h.mention("write 300 words", channel=thread)
        await h.until(lambda: any("SIMULATED" in each.text for each in h.ours(thread)))
        await h.restart_bot(killed=True)
        await h.ended(question)
        assert len([row for row in rows(h, "message") if row["text"] == "And the sun"]) == 1


async def test_a_thread_that_is_to_be_followed_is(tmp_path: Path) -> None:
    async with harness(tmp_path) as h:
        thread = thread_of_others(h)
        await h.ended(h.mention("Who is right?", channel=thread))
        await h.told(h.command("settings", place=thread, follow=True))
        follow_up = h.say(thread, "And now?", person=BEN)
        assert "And now?" in await h.answer_to(follow_up)


async def test_in_a_channel_where_everything_is_a_question_no_mention_is_needed(
    tmp_path: Path,
) -> None:
    async with harness(tmp_path) as h:
        await h.told(h.command("settings", mentions="never"))
        question = h.say(h.standins.channels[0], "What is a monad?", person=BEN)
        assert "monad" in await h.answer_to(question)
        await h.restart_bot(killed=True)
        again = h.say(h.standins.channels[0], "What is a functor?", person=BEN)
        assert "functor" in await h.answer_to(again)
        h.unheard.add(h.say(h.standins.channels[1], "Hello all", person=BEN))
        await h.told(h.command("settings", mentions="threads"))
        unasked = h.say(h.standins.channels[0], "What is a monoid?", person=BEN)
        await h.clock.sleep(10)
        assert h.turn(unasked) is None


async def test_a_forum_post_that_mentions_the_bot_is_its_thread(tmp_path: Path) -> None:
    async with harness(tmp_path) as h:
        post = h.forum_post("Tides", "What makes them?")
        assert "What makes them?" in await h.answer_to(post)
        follow_up = h.say(post, "And the sun?", person=BEN)
        assert "And the sun?" in await h.answer_to(follow_up)


async def test_a_reply_to_an_answer_in_the_channel_goes_on_there(tmp_path: Path) -> None:
    async with harness(tmp_path) as h:
        channel = h.standins.channels[0]
        h.standins.world.deny_bot(channel, "create_public_threads")
        question = h.mention("What is a monad?")
        await h.ended(question)
        (answer,) = h.ours(channel)
        follow_up = h.say(channel, "And a functor?", person=BEN, reply_to=answer.id, ping=False)
        said = await h.answer_to(follow_up)
        assert "functor" in said
        assert "2 earlier messages" in said


async def test_a_reply_to_an_earlier_answer_says_which_one(tmp_path: Path) -> None:
    async with harness(tmp_path) as h:
        thread = h.mention("What is a monad?")
        await h.ended(thread)
        (earlier,) = h.ours(thread)
        await h.ended(h.say(thread, "And a functor?"))
        await h.ended(h.say(thread, "Say this in short", reply_to=earlier.id))
        assert "You wrote:\\n> **SIMULATED** · you asked:\\n> > What is a monad?" in str(sent(h))


async def test_without_the_intent_it_is_said_once_a_day(tmp_path: Path) -> None:
    async with harness(tmp_path, start=False) as h:
        h.standins.world.privileged &= ~INTENT_MESSAGE_CONTENT
        await h.start_bot()
        thread = h.mention("What is a monad?")
        assert "monad" in await h.answer_to(thread)
        first = h.say(thread, "And a functor?")
        notice = await h.answer_to(first)
        assert "Message Content intent" in notice
        assert "Nothing was charged." in notice
        h.unheard.add(h.say(thread, "And a monoid?"))
        await h.clock.sleep(30)
        assert len(h.ours(thread)) == 2
        assert len(rows(h, "turn")) == 2


async def test_speakers_are_told_apart(tmp_path: Path) -> None:
    async with harness(tmp_path) as h:
        thread = h.mention("What is a monad?", person=ADA)
        await h.ended(thread)
        answer = await h.answer_to(h.say(thread, "And a functor?", person=BEN))
        assert "Ben asked" in answer
        assert "1 by Ada" in answer
