"""What was heard of only after newer words of its thread were answered shows what it is to (G6)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from adapters.playground.faults import Fault
from bot.notices import LATE_LEAD
from tests.harness import Harness, harness
from tests.standins import DISCORD, SLACK

pytestmark = pytest.mark.virtual

DISCORD_HISTORY = "GET /channels/{channel_id}/messages"
REPLIES = "conversations.replies"
# Longer than Slack repeats an event, and so long that an answer is late.
AWAY_SECONDS, LONG_SECONDS = 400.0, 20 * 60.0


async def known(h: Harness) -> str:
    """Have a conversation that is read and stored; return its first message."""
    question = h.mention("What is a monad?")
    await h.ended(question)
    platform: Any = h.service.platform if h.service else None
    await h.until(lambda: platform.caught_up)
    await h.clock.sleep(5)
    return question


async def answered_in_turn(h: Harness, question: str, seconds: float) -> tuple[str, str]:
    """Let one message be missed, and answered after a newer one; return both."""
    await h.kill_bot()
    older = h.say(question, "And what is a functor?")
    await h.clock.sleep(seconds)
    await h.start_bot()
    newer = h.say(question, "And what is a group?", person=1)
    await h.ended(newer)
    assert h.turn(older) is None
    return older, newer


@pytest.mark.parametrize("seconds", [AWAY_SECONDS, LONG_SECONDS], ids=["soon", "late"])
async def test_on_slack_it_quotes_what_was_asked(tmp_path: Path, seconds: float) -> None:
    async with harness(tmp_path, platform="slack") as h:
        question = await known(h)
        h.standins.faults[SLACK].add(Fault(REPLIES, "delay", seconds=60.0))
        older, newer = await answered_in_turn(h, question, seconds)
        late = LATE_LEAD if seconds == LONG_SECONDS else ""
        answer = await h.answer_to(older)
        assert answer.startswith(f"{late}> And what is a functor?\n\n")
        assert not (await h.answer_to(newer)).startswith(">")


async def test_on_slack_the_quote_is_the_same_after_a_crash(tmp_path: Path) -> None:
    async with harness(tmp_path, platform="slack", tokens_per_second=10) as h:
        question = await known(h)
        h.standins.faults[SLACK].add(Fault(REPLIES, "delay", seconds=60.0))
        older, _ = await answered_in_turn(h, question, AWAY_SECONDS)
        await h.until(lambda: (turn := h.turn(older)) is not None and h.shown_for(turn["id"]))
        await h.restart_bot(killed=True)
        assert (await h.answer_to(older)).startswith("> And what is a functor?\n\n")


async def test_on_slack_what_is_answered_in_order_quotes_nothing(tmp_path: Path) -> None:
    async with harness(tmp_path, platform="slack") as h:
        question = await known(h)
        await h.kill_bot()
        missed = [h.say(question, f"And {n}?") for n in range(2)]
        await h.clock.sleep(AWAY_SECONDS)
        await h.start_bot()
        for each in missed:
            assert not (await h.answer_to(each)).startswith(">")


async def test_on_discord_it_replies_to_what_was_asked(tmp_path: Path) -> None:
    async with harness(tmp_path) as h:
        question = await known(h)
        # What cannot be read at this start is read at the next one.
        h.standins.faults[DISCORD].add(Fault(DISCORD_HISTORY, "refuse", status=500, times=99))
        older, newer = await answered_in_turn(h, question, 60.0)
        h.standins.faults[DISCORD].clear()
        await h.restart_bot()
        assert not (await h.answer_to(older)).startswith(">")
        replied = {}
        for each in (older, newer):
            (first, *_) = h.shown_for((await h.ended(each))["id"])
            reference = h.standins.world.messages[first.id].reference
            replied[each] = reference.message if reference else ""
        assert replied == {older: older, newer: ""}
