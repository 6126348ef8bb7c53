"""Commands through the whole bot: what people set is what the next question is asked with."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bot.commands import texts
from bot.commands.here import Here
from tests.evidence import Database
from tests.harness import Harness, harness

pytestmark = pytest.mark.virtual

ADA, BEN = 0, 1
DEFAULT = "aimlapi:openai/gpt-5-mini-2025-08-07"
MINI = "segmind:gpt-5.4-mini"


async def threaded(h: Harness, text: str = "What is a monad?") -> str:
    """Ask in a channel and return the thread of the answer."""
    question = h.mention(text)
    await h.ended(question)
    return question


def model_of(h: Harness, turn: dict[str, Any]) -> str:
    """Return the model that a turn asked."""
    steps = [row for row in Database.rows(h.database, "step") if row["turn"] == turn["id"]]
    return str(steps[-1]["model"])


def last_request(h: Harness) -> Any:
    """Return what the model of AI/ML API was asked last."""
    asked = [each for each in h.standins.history.entries if each.service == "aimlapi"]
    return asked[-1].request


async def test_a_model_holds_for_its_thread_from_the_next_question_on(tmp_path: Path) -> None:
    async with harness(tmp_path, segmind=True) as h:
        thread, other = await threaded(h), await threaded(h, "And a functor?")
        said = await h.told(h.command("model", place=thread, person=BEN, model=MINI))
        assert f"answered by `{MINI}`" in said
        asked = h.say(thread, "And what is it good for?")
        assert model_of(h, await h.ended(asked)) == MINI
        elsewhere = h.say(other, "And what is that good for?")
        assert model_of(h, await h.ended(elsewhere)) == DEFAULT
        shown = await h.told(h.command("model", place=thread))
        ben = h.standins.people[BEN]
        assert f"• this thread: `{MINI}` (set by <@{ben}>" in shown


async def test_a_channel_is_for_admins_and_outlives_a_restart(tmp_path: Path) -> None:
    async with harness(tmp_path, segmind=True) as h:
        said = await h.told(h.command("model", person=BEN, model=MINI))
        assert said.startswith("Only whoever has the permission *Manage Server*")
        assert "Done" in await h.told(h.command("model", person=ADA, model=MINI))
        await h.restart_bot(killed=True)
        question = h.mention("What is a monad?", person=BEN)
        assert model_of(h, await h.ended(question)) == MINI
        elsewhere = h.mention("What is a functor?", person=BEN, channel=1)
        assert model_of(h, await h.ended(elsewhere)) == DEFAULT


async def test_what_is_set_in_a_thread_of_a_command_holds_there(tmp_path: Path) -> None:
    async with harness(tmp_path, segmind=True) as h:
        asked = h.command("ask", prompt="What is a monad?")
        turn = await h.ended(asked)
        (conversation,) = [
            row
            for row in Database.rows(h.database, "conversation")
            if row["thread"] == turn["thread"]
        ]
        place = str(conversation["place"])
        assert place != turn["thread"]
        assert "Done" in await h.told(h.command("model", place=place, model=MINI))
        follow_up = h.say(place, "And what is it good for?")
        assert model_of(h, await h.ended(follow_up)) == MINI


async def test_a_persona_is_what_the_model_is_told_first(tmp_path: Path) -> None:
    async with harness(tmp_path) as h:
        thread = await threaded(h)
        await h.told(h.command("persona", place=thread, text="Answer like a pirate {0} %s"))
        await h.ended(h.say(thread, "Who are you?"))
        assert "Answer like a pirate {0} %s" in str(last_request(h)["messages"][0])
        await h.told(h.command("persona", place=thread, reset=True))
        await h.ended(h.say(thread, "And now?"))
        assert "pirate" not in str(last_request(h)["messages"][0])


async def test_new_starts_afresh_from_its_place_in_the_thread(tmp_path: Path) -> None:
    async with harness(tmp_path) as h:
        thread = await threaded(h)
        assert "2 earlier messages" in await h.answer_to(h.say(thread, "And then?"))
        assert await h.told(h.command("new", place=thread)) == texts.STARTED_AFRESH
        assert "no earlier messages" in await h.answer_to(h.say(thread, "Who are you?"))
        assert "2 earlier messages" in await h.answer_to(h.say(thread, "And then?"))
        assert await h.told(h.command("new")) == texts.new_in_channel(Here("discord"))


async def test_a_channel_may_listen_to_everything_or_to_mentions_alone(tmp_path: Path) -> None:
    async with harness(tmp_path) as h:
        channel, thread = h.standins.channels[0], await threaded(h)
        assert "Done" in await h.told(h.command("settings", mentions="never"))
        open_question = h.say(channel, "What is a functor?")
        assert "functor" in await h.answer_to(open_question)
        await h.restart_bot()
        assert "applicative" in await h.answer_to(h.say(channel, "What is an applicative?"))
        assert "Done" in await h.told(h.command("settings", mentions="always"))
        unheard = [h.say(channel, "Is anybody there?"), h.say(thread, "Anybody?")]
        h.unheard.update(unheard)
        # What came later is answered, so these were decided.
        assert "last" in await h.answer_to(h.mention("The last one?"))
        assert [h.turn(message) for message in unheard] == [None, None]


async def test_a_thread_may_be_left_and_followed(tmp_path: Path) -> None:
    async with harness(tmp_path) as h:
        thread = await threaded(h)
        await h.told(h.command("settings", place=thread, follow=False))
        unheard = h.say(thread, "Is anybody there?")
        h.unheard.add(unheard)
        # What came later is answered, so this was decided.
        await threaded(h, "What is a functor?")
        await h.told(h.command("settings", place=thread, follow=True))
        assert "again" in await h.answer_to(h.say(thread, "And again?"))
        assert h.turn(unheard) is None


async def test_status_help_and_choices_are_for_one_person_alone(tmp_path: Path) -> None:
    async with harness(tmp_path, segmind=True) as h:
        assert len((await h.told(h.command("help"))).splitlines()) <= 10
        assert "Credit" in await h.told(h.command("status", person=ADA))
        assert "Credit" not in await h.told(h.command("status", person=BEN))
        values = [value for _, value in await h.choices(h.complete("model", "model", "5.4"))]
        assert values == [MINI]
        direct = h.direct(BEN)
        assert "may be wrong" in await h.told(h.command("help", place=direct, person=BEN))
