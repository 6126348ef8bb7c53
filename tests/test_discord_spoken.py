"""Commands that are written to the bot as words on Discord: help is given, no question is lost."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bot.events import Aside
from bot.notices import ASIDES
from bot.ports import Command
from tests.discord_desk import TABLE, Desk
from tests.harness import harness
from tests.virtual import until

pytestmark = pytest.mark.virtual

POST = "POST /channels/{channel_id}/messages"


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    async with Desk() as desk:
        desk.clerk.table = (*TABLE, Command("help", "Show what I can do"))
        desk.clerk.says = "ask me anything"
        await desk.start()
        yield desk


async def told(desk: Desk, place: str, asked: str) -> str:
    """Return what the bot answered to a message, which it replies to and pings nobody by."""
    found: list[dict[str, Any]] = []

    def is_there() -> bool:
        found[:] = [one for one in desk.read(place) if one["id"] > asked and one["author"]["bot"]]
        return bool(found)

    await until(is_there, within=10)
    (one,) = found
    assert one["message_reference"]["message_id"] == asked
    assert one["mentions"] == []
    return str(one["content"])


async def test_help_after_a_mention_stands_where_it_was_asked_for(desk: Desk) -> None:
    asked = desk.say("@bot help")
    assert await told(desk, desk.general, asked) == "ask me anything"
    (call,) = desk.clerk.calls
    assert (call.name, call.in_thread, call.direct) == ("help", False, False)
    assert call.author.id == desk.people.find("ben")
    assert not desk.inbox.events


async def test_help_in_a_direct_message(desk: Desk) -> None:
    place = desk.people.open_dm(desk.people.find("ben"))
    assert await told(desk, place, desk.say("help", place)) == "ask me anything"
    (call,) = desk.clerk.calls
    assert call.direct and call.in_thread
    assert not desk.inbox.events


async def test_other_commands_are_told_how_they_are_used(desk: Desk) -> None:
    """Who may change what is asked of whoever uses the slash command, as ever."""
    asked = desk.say("@bot settings", who="ada")
    assert await told(desk, desk.general, asked) == ASIDES[Aside.BY_SLASH]
    assert not desk.clerk.calls
    assert not desk.inbox.events


@pytest.mark.parametrize("words", ["@bot help me with my homework", "@bot ask", "@bot /etc why"])
async def test_questions_stay_questions(desk: Desk, words: str) -> None:
    desk.say(words)
    desk.say("@bot help", files=[("a.txt", b"x")])
    await until(lambda: len(desk.inbox.texts) == 2, within=10)
    assert not desk.clerk.calls
    assert not desk.bodies(POST)


async def test_help_that_is_said_to_others_is_theirs(desk: Desk) -> None:
    """In a channel, and in a thread that the bot does not follow; there the core decides."""
    ben = desk.people.find("ben")
    place = desk.people.start_thread(ben, desk.general, "ours", desk.say("look"))
    desk.say("help")
    desk.say("help", place)
    await until(lambda: desk.inbox.texts == ["help"], within=10)
    assert not desk.bodies(POST)


async def test_help_that_is_edited_in_or_comes_again_is_given_once(desk: Desk) -> None:
    mention, asked = desk.people.mention(), desk.say("help")
    desk.people.edit(desk.people.find("ben"), desk.general, asked, f"{mention} help")
    assert await told(desk, desk.general, asked)
    desk.people.edit(desk.people.find("ben"), desk.general, asked, f"{mention} help!")
    await desk.clock.sleep(5)
    assert len(desk.bodies(POST)) == 1


async def test_help_where_the_bot_may_not_write_goes_to_the_person(desk: Desk) -> None:
    desk.fault(POST, "refuse", status=403, body={"code": 50013, "message": "Missing Permissions"})
    desk.say("@bot help")
    place = desk.people.open_dm(desk.people.find("ben"))
    await until(lambda: bool(desk.read(place)), within=10)
    assert [one["content"] for one in desk.read(place)] == ["ask me anything"]


async def test_help_in_the_bots_own_thread_is_no_question(tmp_path: Path) -> None:
    """By the whole bot: with and without a mention, and `?` like it."""
    async with harness(tmp_path) as h:
        question = h.mention("What is a monad?")
        await h.ended(question)
        asked = [h.say(question, "help"), h.say(question, "Help!"), h.mention("?")]

        h.unheard.update(asked)

        def given() -> list[str]:
            return [one.place for one in h.ours() if "**Mention me with a question**" in one.text]

        await h.until(lambda: len(given()) == 3, within=10)
        thread = h.thread(question)
        assert sorted(given()) == sorted([thread, thread, h.folk.channels[0]])
        assert [h.turn(each) for each in asked] == [None] * 3
        later = h.say(question, "help me to understand it")
        assert (await h.ended(later))["outcome"] == "answered"
