"""The whole bot among stand-ins: the paths that every other integration test rests on."""

from __future__ import annotations

import asyncio
import io
from pathlib import Path

import pytest
from PIL import Image

from tests.harness import harness

pytestmark = pytest.mark.virtual


def picture() -> bytes:
    """Return a small red PNG."""
    file = io.BytesIO()
    Image.new("RGB", (120, 90), "red").save(file, "PNG")
    return file.getvalue()


async def test_a_mention_is_answered_in_its_thread(tmp_path: Path) -> None:
    async with harness(tmp_path) as h:
        question = h.mention("What is a monad?")
        assert "monad" in await h.answer_to(question)
        again = h.say(question, "And what is it good for?")
        answer = await h.answer_to(again)
        assert "2 earlier messages" in answer
        assert {each.place for each in h.ours()} == {question}


async def test_a_long_answer_is_split_and_whole(tmp_path: Path) -> None:
    async with harness(tmp_path) as h:
        question = h.mention("write 900 words")
        await h.ended(question)
        assert len(h.ours(question)) > 2
        assert asyncio.get_running_loop().time() > 20


@pytest.mark.parametrize("killed", [False, True], ids=["stopped", "killed"])
async def test_a_restart_in_mid_answer_leaves_one_answer(tmp_path: Path, killed: bool) -> None:
    async with harness(tmp_path) as h:
        question = h.mention("write 600 words")
        await h.until(lambda: any("1." in each.text for each in h.ours(question)))
        await h.restart_bot(killed=killed)
        missed = h.say(question, "Still there?")
        assert "Still there?" in await h.answer_to(missed)
        turn = h.turn(question)
        assert turn is not None
        assert turn["outcome"] == "answered"


async def test_files_come_with_a_message(tmp_path: Path) -> None:
    async with harness(tmp_path) as h:
        files = [("red.png", picture()), ("list.txt", b"milk and honey")]
        question = h.mention("What is this?", files=files)
        answer = await h.answer_to(question)
        assert "120" in answer
        assert "honey" in answer


async def test_a_direct_message_and_a_reply_are_questions(tmp_path: Path) -> None:
    async with harness(tmp_path) as h:
        direct = h.dm("Just between us?", person=1)
        assert "between us" in await h.answer_to(direct)
        assert len(h.told_directly(1)) == 1
        question = h.mention("What is a monad?", person=1)
        await h.ended(question)
        ours = h.ours(question)[-1]
        quiet = h.say(question, "Really?", reply_to=ours.id, ping=False)
        assert "Really?" in await h.answer_to(quiet)


async def test_a_command_asks_in_a_channel_and_in_a_thread(tmp_path: Path) -> None:
    async with harness(tmp_path) as h:
        asked = h.command("ask", prompt="What is a monad?", person=1)
        assert "monad" in await h.answer_to(asked)
        card = h.interaction(asked)["response"]
        again = h.command("ask", prompt="And a functor?", place=card)
        assert "functor" in await h.answer_to(again)
        assert {each.place for each in h.ours()} == {h.standins.channels[0], card}


async def test_a_command_is_answered_in_private(tmp_path: Path) -> None:
    async with harness(tmp_path) as h:
        used = h.command("help", person=1)
        assert "/ask" in await h.told(used)
        typed = h.complete("model", "model", "mini")
        assert any("mini" in value for _, value in await h.choices(typed))


async def test_buttons_judge_and_ask_again(tmp_path: Path) -> None:
    async with harness(tmp_path) as h:
        question = h.mention("What is a monad?")
        await h.ended(question)
        pressed = h.press("bad")
        await h.until(lambda: h.interaction(pressed)["modal"] is not None)
        assert await h.told(h.submit(pressed, text="too short"))
        again = h.press("regenerate")
        assert "monad" in await h.answer_to(again)
        assert len(h.ours(question)) == 2


async def test_an_edit_offers_and_a_deletion_erases(tmp_path: Path) -> None:
    async with harness(tmp_path) as h:
        question = h.mention("What is a monad?")
        await h.ended(question)
        h.edit(question, "What is a functor?")
        await h.until(lambda: len(h.ours(question)) == 2)
        again = h.press("regenerate")
        assert "functor" in await h.answer_to(again)
        other = h.say(question, "A secret thing")
        await h.ended(other)
        h.delete(other)
        await asyncio.sleep(1)


async def test_a_forum_post_is_a_conversation(tmp_path: Path) -> None:
    async with harness(tmp_path) as h:
        post = h.forum_post("Tides", "Tell me about tides.")
        assert "tides" in await h.answer_to(post)
        more = h.say(post, "Go on")
        assert await h.answer_to(more)
        assert {each.place for each in h.ours()} == {post}


async def test_a_model_that_is_asked_by_and_by(tmp_path: Path) -> None:
    settings = {"DEFAULT_MODEL": "segmind:gpt-5-mini"}
    async with harness(tmp_path, settings=settings, segmind=True) as h:
        question = h.mention("What is a monad?")
        assert "monad" in await h.answer_to(question)
        assert h.standins.segmind is not None
        assert len(h.standins.segmind.jobs) == 1


async def test_a_kick_ends_what_was_open(tmp_path: Path) -> None:
    async with harness(tmp_path) as h:
        question = h.mention("write 900 words")
        await h.until(lambda: h.ours(question))
        h.kick()
        assert (await h.ended(question))["outcome"] in ("cancelled", "undeliverable")
        h.invite()
        await asyncio.sleep(5)
        again = h.mention("What is a monad?")
        assert "monad" in await h.answer_to(again)
