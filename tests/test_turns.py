"""What people see of a turn, whatever happens to it: whole bot, stand-ins, virtual time."""

from __future__ import annotations

from pathlib import Path

import pytest

from adapters.playground.faults import Fault
from storage.turns import turn_id
from tests.harness import harness
from tests.standins import MODEL
from tests.turn_scene import CHAT, requests_to, rows, writing

pytestmark = pytest.mark.virtual


# --- buttons -------------------------------------------------------------------------------------


async def test_stop_keeps_the_text_and_charges_only_that(tmp_path: Path) -> None:
    async with harness(tmp_path) as h:
        question = h.mention("write 900 words")
        await writing(h, question)
        h.press("stop")
        answer = await h.answer_to(question)
        assert "(stopped; only the text above was charged)" in answer
        turn = h.turn(question)
        assert turn is not None
        assert turn["outcome"] == "stopped"
        (entry,) = rows(h, "ledger")
        assert entry["kind"] == "settle"
        assert 0 < entry["tokens"] < 900


async def test_a_stop_that_comes_before_its_turn_is_heard_however_many_came_in_vain(
    tmp_path: Path,
) -> None:
    async with harness(tmp_path) as h:
        assert h.service is not None
        for n in range(2_000):
            h.service.worker.wished(f"nobody-{n}")
        question = h.mention("What is a monad?")
        guild = h.standins.world.channels[h.standins.channels[0]].guild
        assert guild is not None
        h.service.worker.wished(turn_id("discord", guild, h.standins.channels[0], question))
        assert (await h.ended(question))["outcome"] == "stopped"
        assert requests_to(h, CHAT) == 0


async def test_a_stranger_cannot_stop_but_an_admin_can(tmp_path: Path) -> None:
    async with harness(tmp_path) as h:
        question = h.mention("write 900 words", person=1)
        await writing(h, question)
        other = h.mention("write 900 words", person=0)
        await writing(h, other)
        h.press("stop", person=1)  # the newest: the admin's own
        await h.answer_to(other)
        turn = h.turn(other)
        assert turn is not None
        assert turn["outcome"] == "answered"
        again = h.mention("write 900 words", person=1)
        await writing(h, again)
        h.press("stop", person=0)
        await h.ended(again)
        stopped = h.turn(again)
        assert stopped is not None
        assert stopped["outcome"] == "stopped"


async def test_retry_pressed_twice_makes_one_turn(tmp_path: Path) -> None:
    async with harness(tmp_path) as h:
        h.standins.faults[MODEL].add(Fault(CHAT, "refuse", times=3, status=503))
        question = h.mention("What is a monad?")
        notice = await h.answer_to(question)
        assert "busy" in notice
        assert "Nothing was charged." in notice
        assert "Press Retry" in notice
        first = h.press("retry")
        second = h.press("retry", person=1)
        assert "monad" in await h.answer_to(first)
        assert h.turn(second) is None
        assert [row["kind"] for row in rows(h, "turn")].count("retry") == 1
        assert [row["kind"] for row in rows(h, "ledger")].count("settle") == 1


async def test_continue_goes_on_after_a_cut(tmp_path: Path) -> None:
    async with harness(tmp_path) as h:
        question = h.mention("simulate cut")
        answer = await h.answer_to(question)
        assert "cut off: connection lost" in answer
        assert "Press Continue" in answer
        pressed = h.press("continue")
        assert "SIMULATED" in await h.answer_to(pressed)


# --- failures, each with its notice --------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "what", "step"),
    [
        ("simulate refused", "declined this request", "other words"),
        ("simulate empty", "empty answer", "Press Retry"),
        ("simulate misconfigured", "key was not accepted", "Ask the person who runs this bot"),
        ("simulate no funds", "needs attention", "Ask the person who runs this bot"),
        ("simulate broken", "internal error", "Press Retry"),
        ("simulate page", "unusable", "Press Retry"),
        ("simulate gone", "not available", "Use `/model` to choose another"),
        ("simulate full", "question alone is longer than the model", "Ask for less at once"),
        ("simulate overloaded", "busy", "Press Retry"),
    ],
)
async def test_a_failure_says_what_happened_what_it_cost_and_what_to_do(
    tmp_path: Path, words: str, what: str, step: str
) -> None:
    async with harness(tmp_path) as h:
        question = h.mention(words)
        notice = await h.answer_to(question)
        assert what in notice
        assert step in notice
        assert "Nothing was charged." in notice
        turn = h.turn(question)
        assert turn is not None
        assert f"`{turn['id']}`" in notice
        assert [row["kind"] for row in rows(h, "ledger")] == ["release"]


async def test_a_bare_mention_gets_a_hint_in_the_channel_and_no_thread(tmp_path: Path) -> None:
    async with harness(tmp_path) as h:
        question = h.mention("")
        hint = await h.answer_to(question)
        assert "In a channel write it after the mention" in hint
        assert h.ours(h.standins.channels[0])
        assert requests_to(h, CHAT) == 0


async def test_a_sticker_sent_to_the_bot_alone_is_told_of_words_first(tmp_path: Path) -> None:
    async with harness(tmp_path) as h:
        hint = await h.answer_to(h.dm("", stickers=["wave"]))
        assert hint.startswith("Hello! Ask me in words, for example: what is a monad? In a channel")


# --- order ---------------------------------------------------------------------------------------


async def test_questions_of_one_thread_wait_visibly_for_each_other(tmp_path: Path) -> None:
    async with harness(tmp_path) as h:
        question = h.mention("write 300 words")
        await writing(h, question)
        second = h.say(question, "And second?", person=1)
        third = h.say(question, "And third?")
        await h.until(lambda: h.standins.marks(second) and h.standins.marks(third))
        assert "And third?" in await h.answer_to(third)
        assert not h.standins.marks(second)
        assert not h.standins.marks(third)
        shown = [each.text for each in h.ours(question)]
        assert "And second?" in shown[-2]
        assert "And third?" in shown[-1]


async def test_threads_do_not_wait_for_each_other(tmp_path: Path) -> None:
    async with harness(tmp_path) as h:
        slow = h.mention("write 900 words")
        await writing(h, slow)
        quick = h.mention("What is a monad?", channel=1)
        await h.ended(quick)
        turn = h.turn(slow)
        assert turn is not None
        assert turn["state"] == "running"
        await h.ended(slow)


async def test_a_retry_behind_an_answer_begins_below_it(tmp_path: Path) -> None:
    async with harness(tmp_path) as h:
        h.standins.faults[MODEL].add(Fault(CHAT, "refuse", times=3, status=503))
        question = h.mention("What is a monad?")
        await h.ended(question)
        long = h.say(question, "write 900 words")
        await writing(h, question)
        pressed = h.press("retry")
        assert "monad" in await h.answer_to(pressed)
        order = [each.text for each in h.ours(question)]
        assert "monad" in order[-1]
        assert len(order) > 3
        assert (await h.ended(long))["outcome"] == "answered"


# --- length --------------------------------------------------------------------------------------


async def test_a_very_long_answer_ends_as_a_file(tmp_path: Path) -> None:
    async with harness(tmp_path) as h:
        question = h.mention("write 6000 words")
        await h.ended(question)
        *parts, last = h.ours(question)
        assert "is in this file" in last.text
        assert sum(len(each.text) for each in parts) <= 22_000
        turn = h.turn(question)
        assert turn is not None
        assert len(turn["answer"]) > 20_000
        assert h.standins.file_of(last.id, "answer.md").decode() == turn["answer"]
