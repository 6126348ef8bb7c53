"""Questions by slash command: the card, its thread, and everything that can keep it from one."""

from __future__ import annotations

from pathlib import Path

import pytest

from adapters.playground.faults import Fault
from tests.evidence import Row
from tests.harness import Harness, harness
from tests.standins import DISCORD, MODEL
from tests.turn_scene import CHAT, POST, THREADS, rows

pytestmark = pytest.mark.virtual

CARD = "PATCH /webhooks/{webhook_id}/{webhook_token}/messages/@original"


def bodies(h: Harness) -> list[dict[str, object]]:
    """Return what the model was sent."""
    entries = [each for each in h.standins.history.entries if each.route == CHAT]
    return [each.request for each in entries if isinstance(each.request, dict)]


def replies_to(h: Harness, message: str) -> str | None:
    """Return the message that a message of ours replies to."""
    reference = h.standins.world.messages[message].reference
    return reference.message if reference else None


def thread_of(h: Harness, turn: Row) -> str:
    """Return where a turn's conversation is."""
    (found,) = [row["place"] for row in rows(h, "conversation") if row["thread"] == turn["thread"]]
    return str(found)


async def test_in_a_channel_the_question_is_a_card_with_its_thread(tmp_path: Path) -> None:
    async with harness(tmp_path) as h:
        channel = h.standins.channels[0]
        asked = h.command("ask", prompt="What is a monad?", person=1)
        turn = await h.ended(asked)
        (card,) = h.ours(channel)
        assert card.text == "**Ben** asked:\n> What is a monad?"
        thread = thread_of(h, turn)
        assert thread == card.id
        assert h.standins.world.channels[thread].name == "What is a monad?"
        (answer,) = h.ours(thread)
        assert "monad" in answer.text
        follow_up = await h.answer_to(h.say(thread, "And a functor?", person=1))
        assert "2 earlier messages" in follow_up


async def test_a_card_without_its_placeholder_is_found_again(tmp_path: Path) -> None:
    """It refers to nothing, and nothing but its nonce, which Discord forgets, names it.

    The turn has failed already, so that the card is looked for before its place is.
    """
    async with harness(tmp_path) as h:
        h.standins.discord_settings.nonce_seconds = 0.0
        gone = {"message": "Unknown Webhook", "code": 10015}
        faults = h.standins.faults[DISCORD]
        faults.add(Fault(CARD, "refuse", times=99, status=404, body=gone))
        posted = faults.add(Fault(POST, "delay", seconds=9.0, options={"after": True}))
        h.standins.faults[MODEL].add(Fault(CHAT, "refuse", times=99, status=401))
        asked = h.command("ask", prompt="What is a monad?", person=1)
        await h.until(lambda: posted.hits and rows(h, "turn")[0]["state"] == "delivering")
        await h.restart_bot(killed=True)
        assert (await h.ended(asked))["outcome"] == "failed"
        cards = [each.text for each in h.ours(h.standins.channels[0]) if "asked:" in each.text]
        assert cards == ["**Ben** asked:\n> What is a monad?"]


async def test_in_a_thread_the_answer_quotes_the_question(tmp_path: Path) -> None:
    async with harness(tmp_path) as h:
        thread = h.mention("Hello")
        await h.ended(thread)
        asked = h.command("ask", place=thread, prompt="What is a monad?")
        answer = await h.answer_to(asked)
        assert answer.startswith("> What is a monad?\n")
        assert "2 earlier messages" in answer
        assert len(h.ours(thread)) == 2


async def test_in_a_direct_message_it_is_a_turn_of_that_conversation(tmp_path: Path) -> None:
    async with harness(tmp_path) as h:
        await h.ended(h.dm("Hello"))
        asked = h.command("ask", place=h.direct(), prompt="What is a monad?")
        answer = await h.answer_to(asked)
        assert answer.startswith("> What is a monad?\n")
        assert "2 earlier messages" in answer


@pytest.mark.parametrize("code", [50024, 160006, 50013])
async def test_without_a_thread_the_answer_replies_to_the_card(tmp_path: Path, code: int) -> None:
    async with harness(tmp_path) as h:
        channel = h.standins.channels[0]
        body = {"code": code, "message": "No"}
        h.standins.faults[DISCORD].add(Fault(THREADS, "refuse", status=400, body=body))
        turn = await h.ended(h.command("ask", prompt="What is a monad?"))
        card, answer = h.ours(channel)
        assert replies_to(h, answer.id) == card.id
        assert "monad" in answer.text
        assert turn["outcome"] == "answered"
        # Somebody else's answer stands between: the next one is no placeholder's.
        await h.ended(h.mention("Hello", person=1))
        h.standins.faults[DISCORD].add(Fault(THREADS, "refuse", status=400, body=body))
        await h.ended(h.mention("Hello there", person=1))
        await h.ended(h.press("regenerate", turn=turn["id"]))
        *_, newest = h.ours(channel)
        assert "monad" in newest.text
        assert replies_to(h, newest.id) in (card.id, answer.id)


async def test_the_options_are_those_of_the_request(tmp_path: Path) -> None:
    async with harness(tmp_path) as h:
        asked = h.command("ask", prompt="What is a monad?", effort="low", max_tokens=500)
        await h.ended(asked)
        (body,) = bodies(h)
        assert body["reasoning_effort"] == "low"
        assert body["max_completion_tokens"] == 500


async def test_more_than_the_model_can_give_is_cut_and_said(tmp_path: Path) -> None:
    rules = "aimlapi:openai/gpt-5-mini-2025-08-07 output=1000"
    async with harness(tmp_path, settings={"MODELS": rules}) as h:
        asked = h.command("ask", prompt="What is a monad?", max_tokens=90_000)
        turn = await h.ended(asked)
        (body,) = bodies(h)
        assert body["max_completion_tokens"] == 1_000
        assert "up to 1,000 tokens" in turn["note"]


async def test_an_attachment_goes_along(tmp_path: Path) -> None:
    async with harness(tmp_path) as h:
        asked = h.command("ask", prompt="Explain", attachment=("a.txt", b"some words"))
        turn = await h.ended(asked)
        (answer,) = h.ours(thread_of(h, turn))
        assert "file `a.txt`" in answer.text
        (card,) = h.ours(h.standins.channels[0])
        assert card.text.endswith("(with a.txt)")


@pytest.mark.parametrize("action", ["lose_answer", "fail_after"])
async def test_a_card_whose_answer_is_lost_stands_once(tmp_path: Path, action: str) -> None:
    async with harness(tmp_path) as h:
        fault = h.standins.faults[DISCORD].add(Fault(CARD, action, status=500))
        turn = await h.ended(h.command("ask", prompt="What is a monad?"))
        assert fault.hits == 1
        assert len(h.ours(h.standins.channels[0])) == 1
        assert len(h.ours(thread_of(h, turn))) == 1


async def test_a_failed_question_is_retried_in_its_thread(tmp_path: Path) -> None:
    async with harness(tmp_path) as h:
        h.standins.faults[MODEL].add(Fault(CHAT, "refuse", times=3, status=503))
        turn = await h.ended(h.command("ask", prompt="What is a monad?"))
        thread = thread_of(h, turn)
        (notice,) = h.ours(thread)
        assert "busy" in notice.text
        await h.ended(h.press("retry"))
        assert "monad" in h.ours(thread)[-1].text
        assert len(h.ours(h.standins.channels[0])) == 1


async def test_what_is_not_permitted_is_said_and_retried_with_a_card(tmp_path: Path) -> None:
    async with harness(tmp_path) as h:
        channel = h.standins.channels[0]
        h.standins.world.deny_bot(channel, "send_messages_in_threads")
        turn = await h.ended(h.command("ask", prompt="What is a monad?"))
        assert turn["error"] == "not_permitted"
        (notice,) = h.ours(channel)
        assert "*Send Messages in Threads*" in notice.text
        h.standins.world.deny_bot(channel)
        retried = await h.ended(h.press("retry"))
        assert retried["outcome"] == "answered"
        thread = thread_of(h, turn)
        assert "monad" in h.ours(thread)[-1].text
        assert h.ours(channel)[-1].id == thread


async def test_who_asks_too_much_by_command_is_told_so_in_its_place(tmp_path: Path) -> None:
    async with harness(tmp_path) as h:
        for _ in range(8):
            h.mention("write 300 words")
        asked = h.command("ask", prompt="What is a monad?")
        notice = await h.answer_to(asked)
        assert "many questions open" in notice
        assert not h.ours(asked)
        await h.until(lambda: all(row["state"] == "ended" for row in rows(h, "turn")))


async def test_who_presses_too_much_below_a_command_is_told_once_though_the_answer_is_lost(
    tmp_path: Path,
) -> None:
    """The key of what began by command is no message that the notice could refer to."""
    async with harness(tmp_path) as h:
        channel = h.standins.channels[0]
        h.standins.discord_settings.nonce_seconds = 0.0
        h.standins.world.deny_bot(channel, "send_messages_in_threads")
        asked = await h.ended(h.command("ask", prompt="What is a monad?"))
        assert asked["error"] == "not_permitted"
        h.standins.world.deny_bot(channel)
        # None of them says anything yet.
        silent = {"silence": 1.5}
        h.standins.faults[MODEL].add(Fault(CHAT, "answer", times=8, options=silent))
        for _ in range(8):
            h.mention("write 30 words")
        await h.until(lambda: h.open_turns() == 8)
        script = h.standins.faults[DISCORD]
        gone = {"message": "Unknown Message", "code": 10008}
        script.add(Fault(CARD, "refuse", times=9, status=404, body=gone))
        lost = script.add(Fault(POST, "lose_answer"))
        pressed = h.press("retry")
        await h.until(lambda: lost.hits)
        turn = await h.ended(pressed)
        assert turn["error"] == "too_many"
        told = [each for each in h.ours(channel) if "many questions open" in each.text]
        assert len(told) == 1
        await h.until(lambda: not h.open_turns())


async def test_a_kill_while_the_card_is_posted_leaves_one(tmp_path: Path) -> None:
    async with harness(tmp_path) as h:
        asked = h.command("ask", prompt="What is a monad?")
        await h.until(lambda: bool(rows(h, "part")))
        await h.restart_bot(killed=True)
        turn = await h.ended(asked)
        assert turn["outcome"] == "answered"
        assert len(h.ours(h.standins.channels[0])) == 1
        assert len(h.ours(thread_of(h, turn))) == 1


async def test_a_question_that_waited_in_a_thread_begun_by_command_loses_its_mark(
    tmp_path: Path,
) -> None:
    async with harness(tmp_path) as h:
        asked = h.command("ask", prompt="write 600 words")
        channel = h.standins.channels[0]
        await h.until(lambda: any("SIMULATED" in each.text for each in h.ours()))
        (thread,) = {each.place for each in h.ours()} - {channel}
        waiting = h.say(thread, "What is a monad?")
        await h.until(lambda: h.standins.marks(waiting))
        await h.ended(asked)
        await h.ended(waiting)
        assert h.standins.marks(waiting) == []


@pytest.mark.parametrize(
    "prompt", ["\N{GRINNING FACE}" * 1_200, "one word\n" * 500], ids=["wide", "many lines"]
)
async def test_a_question_that_is_long_in_the_platforms_count_has_a_card(
    tmp_path: Path, prompt: str
) -> None:
    async with harness(tmp_path) as h:
        turn = await h.ended(h.command("ask", prompt=prompt))
        assert turn["outcome"] == "answered"
        (card,) = h.ours(h.standins.channels[0])
        assert card.text.endswith("…")
        assert h.ours(thread_of(h, turn))


async def test_a_card_that_is_refused_leaves_no_placeholder(tmp_path: Path) -> None:
    async with harness(tmp_path) as h:
        body = {"code": 200000, "message": "Message was blocked by automatic moderation"}
        h.standins.faults[DISCORD].add(Fault(CARD, "refuse", status=400, body=body, times=9))
        turn = await h.ended(h.command("ask", prompt="What is a monad?"))
        assert turn["outcome"] == "undeliverable"
        (notice,) = h.ours(h.standins.channels[0])
        assert "AutoMod blocked" in notice.text


async def test_a_lost_card_is_not_taken_for_somebody_elses(tmp_path: Path) -> None:
    async with harness(tmp_path) as h:
        channel = h.standins.channels[0]
        # The first card never arrives, the second does, but nobody hears of it.
        h.standins.faults[DISCORD].add(Fault(CARD, "cut"))
        h.standins.faults[DISCORD].add(Fault(CARD, "lose_answer", nth=2))
        first = h.command("ask", prompt="What is a monad?", person=0)
        second = h.command("ask", prompt="What is a functor?", person=1)
        for asked, word in ((first, "monad"), (second, "functor")):
            turn = await h.ended(asked)
            (card,) = [each for each in h.shown_for(turn["id"]) if each.place == channel]
            assert word in card.text
            assert h.standins.world.interactions[asked].response == card.id
        assert len(h.ours(channel)) == 2


async def test_a_notice_takes_the_place_of_a_card_that_never_came(tmp_path: Path) -> None:
    async with harness(tmp_path) as h:
        channel = h.standins.channels[0]
        h.standins.faults[DISCORD].add(Fault(CARD, "cut", times=1))
        asked = h.command("ask", prompt="What is a monad?")
        await h.until(lambda: any(row["purpose"] == "question" for row in rows(h, "part")))
        await h.until(lambda: any(row["state"] == "unknown" for row in rows(h, "part")))
        await h.kill_bot()
        h.standins.world.deny_bot(channel, "send_messages_in_threads")
        await h.start_bot()
        turn = await h.ended(asked)
        assert turn["error"] == "not_permitted"
        (notice,) = h.ours(channel)
        assert "I need the permission *Send Messages in Threads*" in notice.text
        assert h.standins.world.interactions[asked].response == notice.id
