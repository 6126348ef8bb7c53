"""The whole bot among stand-ins: the paths that every other integration test rests on."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import pytest

from tests.harness import harness

pytestmark = pytest.mark.virtual


async def test_a_mention_is_answered_in_its_thread(tmp_path: Path) -> None:
    real = time.perf_counter()
    async with harness(tmp_path) as h:
        question = h.mention("What is a monad?")
        assert "monad" in await h.answer_to(question)
        again = h.say(question, "And what is it good for?")
        answer = await h.answer_to(again)
        assert "2 earlier messages" in answer
        assert {each.place for each in h.ours()} == {question}
    assert time.perf_counter() - real < 10


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
