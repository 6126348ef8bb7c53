"""Questions that are edited or deleted, and places that go. Whole bot, virtual time."""

from __future__ import annotations

from pathlib import Path

import pytest

from adapters.playground.faults import Fault
from tests.harness import harness
from tests.standins import DISCORD, MODEL
from tests.turn_scene import CHAT, POST, rows, writing

pytestmark = pytest.mark.virtual


async def test_an_edit_of_a_waiting_question_changes_it(tmp_path: Path) -> None:
    async with harness(tmp_path) as h:
        thread = h.mention("write 300 words")
        await writing(h, thread)
        waiting = h.say(thread, "What is a monad?")
        await h.until(lambda: h.turn(waiting) is not None)
        h.edit(waiting, "What is a functor?")
        answer = await h.answer_to(waiting)
        assert "functor" in answer
        assert "monad" not in answer
        assert [row["kind"] for row in rows(h, "turn")] == ["prompt", "prompt"]


async def test_an_edit_after_the_answer_offers_to_regenerate_once(tmp_path: Path) -> None:
    async with harness(tmp_path) as h:
        question = h.mention("What is a monad?")
        await h.ended(question)
        for n in range(20):
            h.edit(question, f"What is a functor? {n}")
        await h.until(lambda: len(h.ours(question)) == 2)
        await h.clock.sleep(30)
        _, offer = h.ours(question)
        assert "You changed your question" in offer.text
        assert "Nothing was charged." in offer.text
        (offered,) = [row for row in rows(h, "turn") if row["kind"] == "edited"]
        assert offered["outcome"] == "refused"
        h.standins.press(offer.id, offer.buttons[0])
        await h.until(lambda: any(row["kind"] == "regenerate" for row in rows(h, "turn")))
        await h.until(lambda: all(row["state"] == "ended" for row in rows(h, "turn")))
        assert "functor? 19" in h.ours(question)[-1].text
        assert "replaced by the answer below" in h.ours(question)[0].text


async def test_an_edit_while_it_is_answered_is_offered_after_it(tmp_path: Path) -> None:
    async with harness(tmp_path) as h:
        question = h.mention("write 300 words")
        await writing(h, question)
        h.edit(question, "What is a functor?")
        await h.until(lambda: len(rows(h, "turn")) == 2)
        await h.until(lambda: all(row["state"] == "ended" for row in rows(h, "turn")))
        answer, offer = h.ours(question)[0], h.ours(question)[-1]
        assert "SIMULATED" in answer.text
        assert "You changed your question" in offer.text


async def test_an_edit_of_a_question_that_then_fails_offers_nothing(tmp_path: Path) -> None:
    async with harness(tmp_path) as h:
        h.standins.faults[MODEL].add(
            Fault(CHAT, "answer", options={"silence": 10.0, "kind": "empty"})
        )
        question = h.mention("What is a monad?")
        await h.until(lambda: any("Thinking" in each.text for each in h.ours(question)))
        h.edit(question, "What is a functor?")
        await h.until(lambda: len(rows(h, "turn")) == 2)
        await h.until(lambda: all(row["state"] == "ended" for row in rows(h, "turn")))
        outcomes = {row["kind"]: row["outcome"] for row in rows(h, "turn")}
        assert outcomes == {"prompt": "failed", "edited": "cancelled"}
        assert len(h.ours(question)) == 1
        assert "functor" in await h.answer_to(h.press("retry"))


async def test_an_offer_whose_post_is_lost_is_shown_once(tmp_path: Path) -> None:
    async with harness(tmp_path) as h:
        question = h.mention("What is a monad?")
        await h.ended(question)
        h.standins.discord_settings.nonce_seconds = 0.0
        fault = h.standins.faults[DISCORD].add(Fault(POST, "lose_answer"))
        h.edit(question, "What is a functor?")
        await h.until(lambda: len(rows(h, "turn")) == 2)
        await h.until(lambda: all(row["state"] == "ended" for row in rows(h, "turn")))
        assert fault.hits == 1
        assert len(h.ours(question)) == 2


async def test_a_thread_that_is_deleted_while_it_is_answered(tmp_path: Path) -> None:
    async with harness(tmp_path) as h:
        question = h.mention("write 900 words")
        await writing(h, question)
        h.people.delete_channel(h.standins.people[0], question)
        turn = await h.ended(question)
        assert turn["outcome"] == "undeliverable"
        (notice,) = h.ours(h.standins.channels[0])
        assert "closed or gone" in notice.text


async def test_where_not_even_the_channel_takes_it_the_asker_is_told_alone(
    tmp_path: Path,
) -> None:
    async with harness(tmp_path) as h:
        question = h.mention("write 900 words", person=1)
        await writing(h, question)
        channel = h.standins.channels[0]
        h.standins.world.deny_bot(channel, "send_messages", "send_messages_in_threads")
        turn = await h.ended(question)
        assert turn["outcome"] == "undeliverable"
        (told,) = h.told_directly(1)
        assert "I could not post my answer" in told.text
        assert "was charged" in told.text
        assert f"`{turn['id']}`" in told.text


async def test_a_server_that_is_left_ends_what_runs_there(tmp_path: Path) -> None:
    async with harness(tmp_path) as h:
        question = h.mention("write 900 words")
        await writing(h, question)
        h.kick()
        turn = await h.ended(question, within=120)
        assert turn["outcome"] in ("cancelled", "undeliverable")


async def test_a_question_that_is_changed_and_then_deleted_is_answered_no_further(
    tmp_path: Path,
) -> None:
    async with harness(tmp_path) as h:
        question = h.mention("write 900 words")
        await writing(h, question)
        h.edit(question, "write 900 other words")
        await h.until(lambda: len(rows(h, "turn")) == 2)
        h.delete(question)
        await h.until(lambda: all(row["state"] == "ended" for row in rows(h, "turn")))
        assert [row["outcome"] for row in rows(h, "turn")] == ["cancelled", "cancelled"]


async def test_a_mention_that_is_added_by_an_edit_is_heard_once(tmp_path: Path) -> None:
    async with harness(tmp_path) as h:
        message = h.say(h.standins.channels[0], "What is a monad?")
        other = h.say(h.standins.channels[0], "Nothing for a bot")
        h.edit(other, "Nothing for a bot either")
        h.edit(message, f"{h.people.mention()} What is a monad?")
        h.edit(message, "What is a functor?")
        assert "functor" in await h.answer_to(message)
        h.edit(message, "What is a functor, please?")
        await h.until(lambda: len(rows(h, "turn")) == 2)
        assert [row["kind"] for row in rows(h, "turn")] == ["prompt", "edited"]


async def test_an_old_message_is_not_heard_for_an_edit(tmp_path: Path) -> None:
    async with harness(tmp_path) as h:
        message = h.say(h.standins.channels[0], "What is a monad?")
        await h.clock.sleep(16 * 60)
        h.edit(message, f"{h.people.mention()} What is a monad?")
        fresh = h.mention("Hello")
        await h.ended(fresh)
        assert h.turn(message) is None
        h.unheard.add(message)
