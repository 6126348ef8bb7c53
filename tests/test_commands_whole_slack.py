"""Commands through the whole bot on Slack: by its slash command, and in threads as words."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bot.commands import texts
from tests.evidence import Database
from tests.harness import Harness, harness

pytestmark = pytest.mark.virtual

ADA, BEN = 0, 1
DEFAULT = "aimlapi:openai/gpt-5-mini-2025-08-07"
MINI = "segmind:gpt-5.4-mini"


async def threaded(h: Harness, text: str = "What is a monad?") -> str:
    """Ask in a channel and return the question, which its thread is named by."""
    question = h.mention(text)
    await h.ended(question)
    return question


async def words(h: Harness, thread: str, text: str, person: int = ADA) -> str:
    """Write words after a mention in a thread, and return what its person was told alone."""
    return await h.told(h.mention(text, person=person, channel=h.thread(thread)))


def model_of(h: Harness, turn: dict[str, Any]) -> str:
    """Return the model that a turn asked."""
    steps = [row for row in Database.rows(h.database, "step") if row["turn"] == turn["id"]]
    return str(steps[-1]["model"])


async def test_a_model_holds_for_its_thread_and_a_channel_is_for_admins(tmp_path: Path) -> None:
    async with harness(tmp_path, platform="slack", segmind=True) as h:
        thread, other = await threaded(h), await threaded(h, "And a functor?")
        told = await words(h, thread, f"model {MINI}", BEN)
        assert told.startswith(f"Done: this thread is answered by `{MINI}`")
        assert model_of(h, await h.ended(h.say(thread, "And what is it good for?"))) == MINI
        assert model_of(h, await h.ended(h.say(other, "And what is that good for?"))) == DEFAULT
        refused = await h.told(h.command("model", person=BEN, model=MINI))
        assert refused.startswith("Only the admins and owners of this workspace, and those ")
        assert "this channel" in await h.told(h.command("model", person=ADA, model=MINI))
        await h.restart_bot(killed=True)
        assert model_of(h, await h.ended(h.mention("What is a monoid?", person=BEN))) == MINI
        elsewhere = h.mention("What is a group?", channel=1)
        assert model_of(h, await h.ended(elsewhere)) == DEFAULT


async def test_a_persona_and_a_fresh_start_in_a_thread(tmp_path: Path) -> None:
    async with harness(tmp_path, platform="slack") as h:
        thread = await threaded(h)
        done = await words(h, thread, "persona text:“Answer like a pirate”", BEN)
        assert done.startswith("Done: in this thread")
        await h.ended(h.say(thread, "Who are you?"))
        asked = [each for each in h.standins.history.entries if each.service == "aimlapi"]
        request: Any = asked[-1].request
        assert "Answer like a pirate" in str(request["messages"][0])
        assert await words(h, thread, "new") == texts.STARTED_AFRESH
        assert "no earlier messages" in await h.answer_to(h.say(thread, "Who are you?"))


async def test_what_can_be_a_question_is_answered_as_one(tmp_path: Path) -> None:
    async with harness(tmp_path, platform="slack") as h:
        for text in ("status of the project?", "model airplanes are cool", "ask her to help me"):
            assert text.split()[-1].strip("?") in await h.answer_to(h.mention(text))


async def test_a_channel_listens_to_everything_and_a_thread_to_mentions(tmp_path: Path) -> None:
    async with harness(tmp_path, platform="slack") as h:
        channel, thread = h.folk.channels[0], await threaded(h)
        assert "Done" in await h.told(h.command("settings", mentions="never"))
        assert "functor" in await h.answer_to(h.say(channel, "What is a functor?"))
        assert "Done" in await h.told(h.command("settings", mentions="threads"))
        assert "only when mentioned" in await words(h, thread, "settings follow:false")
        unheard = [h.say(channel, "Is anybody there?"), h.say(thread, "Anybody?")]
        h.unheard.update(unheard)
        assert "last" in await h.answer_to(h.mention("The last one?"))
        assert [h.turn(message) for message in unheard] == [None, None]
        assert "Done" in await words(h, thread, "settings follow:true")
        assert "again" in await h.answer_to(h.say(thread, "And again?"))


async def test_direct_messages_are_everybodys_own(tmp_path: Path) -> None:
    async with harness(tmp_path, platform="slack", segmind=True) as h:
        direct = h.direct(BEN)
        told = await h.told(h.command("model", place=direct, person=BEN, model=MINI))
        assert told.startswith(f"Done: our direct chat is answered by `{MINI}`")
        question = h.dm("What is a monad?", person=BEN)
        assert model_of(h, await h.ended(question)) == MINI
        assert "may be wrong" in await h.told(h.dm("help", person=BEN))
        assert model_of(h, await h.ended(h.dm("And a functor?", person=ADA))) == DEFAULT


async def test_help_usage_and_status_are_for_one_person_alone(tmp_path: Path) -> None:
    async with harness(tmp_path, platform="slack", segmind=True) as h:
        assert len((await h.told(h.command("help"))).splitlines()) <= 10
        assert "Credit" in await h.told(h.command("status", person=ADA))
        assert "Credit" not in await h.told(h.command("status", person=BEN))
        thread = await threaded(h)
        assert "Write after a mention `model" in await words(h, thread, "model for:galaxy", BEN)
        asked = h.command("ask", prompt="What is a functor?", model=MINI, effort="low")
        assert model_of(h, await h.ended(asked)) == MINI


async def test_help_needs_no_mention_where_messages_are_questions(tmp_path: Path) -> None:
    async with harness(tmp_path, platform="slack") as h:
        thread = await threaded(h)
        followed = h.say(thread, "Help!", person=BEN)
        h.unheard.add(followed)
        assert "Mention me" in await h.told(followed)
        assert h.turn(followed) is None
        assert "helps" in await h.answer_to(h.say(thread, "What helps?", person=BEN))
        assert "Done" in await h.told(h.command("settings", mentions="never"))
        anywhere = h.say(h.folk.channels[0], "help", person=BEN)
        h.unheard.add(anywhere)
        assert "Mention me" in await h.told(anywhere)
        assert h.turn(anywhere) is None


async def test_help_among_people_is_no_business_of_ours(tmp_path: Path) -> None:
    async with harness(tmp_path, platform="slack") as h:
        thread = await threaded(h)
        assert "mentioned" in await words(h, thread, "settings follow:false")
        unheard = [h.say(thread, "help", person=BEN), h.say(h.folk.channels[0], "help")]
        h.unheard.update(unheard)
        await h.ended(h.mention("The last one?"))
        assert [h.turn(each) for each in unheard] == [None, None]
        told = [str(each.request) for each in h.standins.history.entries if "hemeral" in each.route]
        assert not any("Mention me" in each for each in told)
