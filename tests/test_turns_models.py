"""Which model answers, what it is given, and what is told where it will not. Virtual time."""

from __future__ import annotations

from pathlib import Path

import pytest

from adapters.playground.faults import Fault
from adapters.playground.segmind import SUBMIT
from tests.harness import Harness, harness
from tests.standins import MODEL, SEGMIND
from tests.turn_scene import CHAT, rows

pytestmark = pytest.mark.virtual

AIMLAPI = "aimlapi:openai/gpt-5-mini-2025-08-07"
MINI = "segmind:gpt-5.4-mini"


def calls(h: Harness, route: str = CHAT) -> int:
    return sum(1 for entry in h.standins.history.entries if entry.route == route)


def admins(h: Harness) -> dict[str, str]:
    """Make the first two people those who run the bot."""
    return {"ADMIN_IDS": ",".join(f"discord:{each}" for each in h.standins.people[:2])}


# --- the bot is turned away ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "what"),
    [("simulate misconfigured", "key was not accepted"), ("simulate no funds", "needs attention")],
)
async def test_a_backend_that_turns_the_bot_away_is_left_alone_for_a_minute(
    tmp_path: Path, words: str, what: str
) -> None:
    async with harness(tmp_path, start=False) as h:
        h.settings |= admins(h)
        await h.start_bot()
        assert what in await h.answer_to(h.mention(words))
        before = calls(h)
        notice = await h.answer_to(h.mention("What is a monad?"))
        assert what in notice
        assert "Nothing was charged." in notice
        assert calls(h) == before
        await h.until(lambda: [len(h.told_directly(n)) for n in (0, 1)] == [1, 1])
        assert all("The service is `aimlapi`" in h.told_directly(n)[0].text for n in (0, 1))
        await h.clock.sleep(61)
        assert "monad" in await h.answer_to(h.mention("What is a monad?"))
        assert len(h.told_directly(0)) == 1


async def test_a_key_that_works_now_and_then_is_told_of_once_an_hour(tmp_path: Path) -> None:
    async with harness(tmp_path, start=False) as h:
        h.settings |= admins(h)
        await h.start_bot()
        for _ in range(3):
            await h.ended(h.mention("simulate misconfigured"))
            await h.clock.sleep(61)
            await h.ended(h.mention("What is a monad?"))
        assert len(h.told_directly(0)) == 1
        await h.clock.sleep(3600)
        h.raised_again = True
        await h.ended(h.mention("simulate misconfigured"))
        await h.until(lambda: len(h.told_directly(0)) == 2)


async def test_one_question_tries_while_the_others_wait_for_it(tmp_path: Path) -> None:
    async with harness(tmp_path) as h:
        h.standins.faults[MODEL].add(Fault(CHAT, "refuse", times=100, status=401))
        await h.ended(h.mention("Hello"))
        await h.clock.sleep(61)
        before = calls(h)
        asked = [h.mention(f"Hello {n}") for n in range(5)]
        for question in asked:
            await h.ended(question)
        assert calls(h) == before + 1


async def test_a_model_that_is_not_for_us_takes_no_other_from_anybody(tmp_path: Path) -> None:
    dear = "aimlapi:openai/gpt-5-2025-08-07"
    settings = {"MODELS": f"{AIMLAPI}; {dear}"}
    async with harness(tmp_path, settings=settings) as h:
        words = {"error": {"message": "Your organization must be verified to use this model"}}
        h.standins.faults[MODEL].add(Fault(CHAT, "refuse", status=403, body=words))
        assert "not available" in await h.answer_to(h.command("ask", prompt="Hi", model=dear))
        assert "monad" in await h.answer_to(h.mention("What is a monad?", person=1))
        quota = {"error": {"message": "You exceeded your current quota"}}
        h.standins.faults[MODEL].add(Fault(CHAT, "refuse", status=429, body=quota))
        notice = await h.answer_to(h.command("ask", prompt="Hi", model=dear))
        assert "needs attention" in notice
        assert "monad" in await h.answer_to(h.mention("What is a monad?", person=1))
        before = calls(h)
        assert await h.answer_to(h.command("ask", prompt="Hi again", model=dear))
        assert calls(h) == before


async def test_an_alert_is_told_once_over_a_kill(tmp_path: Path) -> None:
    async with harness(tmp_path, start=False) as h:
        h.settings |= admins(h)
        await h.start_bot()
        await h.ended(h.mention("simulate misconfigured"))
        await h.until(lambda: len(h.told_directly(0)) == 1 and len(h.told_directly(1)) == 1)
        await h.restart_bot(killed=True)
        await h.ended(h.mention("simulate misconfigured"))
        await h.clock.sleep(120)
        assert len(h.told_directly(0)) == len(h.told_directly(1)) == 1


async def test_low_credits_are_told_once_and_again_after_they_were_raised(tmp_path: Path) -> None:
    async with harness(tmp_path, start=False, segmind=True) as h:
        h.settings |= {**admins(h), "DEFAULT_MODEL": MINI}
        assert h.standins.segmind is not None
        h.standins.segmind.balance = 0.5
        await h.start_bot()
        thread = h.mention("What is a monad?", person=1)
        await h.ended(thread)
        await h.ended(h.say(thread, "And a functor?", person=1))
        await h.until(lambda: len(h.told_directly(0)) == 1)
        (told,) = h.told_directly(0)
        assert "segmind" in told.text
        await h.clock.sleep(3600)
        h.standins.segmind.balance = 1.1  # a call that ended earlier, reported later
        await h.ended(h.say(thread, "And a monoid?", person=1))
        h.standins.segmind.balance = 0.5
        await h.ended(h.say(thread, "And a ring?", person=1))
        await h.clock.sleep(60)
        assert len(h.told_directly(0)) == 1
        h.standins.segmind.balance = 5.0
        await h.ended(h.say(thread, "And an applicative?", person=1))
        h.standins.segmind.balance = 0.4
        h.raised_again = True
        await h.ended(h.say(thread, "And a group?", person=1))
        await h.until(lambda: len(h.told_directly(0)) == 2)
        assert "$0.4" in h.told_directly(0)[-1].text or "$0.3" in h.told_directly(0)[-1].text


# --- which model ---------------------------------------------------------------------------


async def test_a_retired_model_is_answered_for_by_the_fallback_and_named(tmp_path: Path) -> None:
    settings = {"DEFAULT_MODEL": MINI, "FALLBACK_MODEL": AIMLAPI}
    async with harness(tmp_path, settings=settings, segmind=True) as h:
        refusal = {"error": "gpt-5.4-mini has been retired"}
        h.standins.faults[SEGMIND].add(Fault(SUBMIT, "refuse", status=410, body=refusal, times=9))
        answer = await h.answer_to(h.mention("What is a monad?"))
        assert "monad" in answer
        assert f"answered by `{AIMLAPI}`" in answer
        assert MINI in answer
        (step,) = rows(h, "step")
        assert step["model"] == AIMLAPI
        assert [row["kind"] for row in rows(h, "ledger")] == ["settle"]


async def test_without_a_fallback_the_missing_model_is_said(tmp_path: Path) -> None:
    async with harness(tmp_path) as h:
        asked = h.command("ask", prompt="What is a monad?", model="aimlapi:nothing-like-it")
        notice = await h.answer_to(asked)
        assert "not available" in notice
        assert "Nothing was charged." in notice
        assert calls(h) == 0


async def test_a_persona_is_the_system_prompt(tmp_path: Path) -> None:
    async with harness(tmp_path) as h:
        thread = h.mention("Hello")
        await h.ended(thread)
        await h.told(h.command("persona", place=thread, text="You are a pirate."))
        await h.ended(h.say(thread, "And now?"))
        (*_, last) = [each for each in h.standins.history.entries if each.route == CHAT]
        assert last.request["messages"][0]["content"] == "You are a pirate."


# --- what it is given ------------------------------------------------------------------------


async def test_a_conversation_that_is_too_long_for_the_service_is_halved_once(
    tmp_path: Path,
) -> None:
    async with harness(tmp_path) as h:
        thread = h.mention("Hello")
        await h.ended(thread)
        for n in range(3):
            await h.ended(h.say(thread, f"And {n}?"))
        before = calls(h)
        question = h.say(thread, "simulate crowded")
        turn = await h.ended(question)
        assert turn["outcome"] == "answered"
        assert calls(h) == before + 2
        assert "(using the last 5 messages of this conversation)" in turn["note"]
        assert [row["kind"] for row in rows(h, "ledger")] == ["settle"] * 5


async def test_it_is_halved_only_once(tmp_path: Path) -> None:
    async with harness(tmp_path) as h:
        thread = h.mention("Hello")
        await h.ended(thread)
        before = calls(h)
        notice = await h.answer_to(h.say(thread, "simulate full"))
        assert "longer than the model" in notice
        assert calls(h) == before + 2


async def test_the_budget_leaves_out_the_oldest_and_says_so(tmp_path: Path) -> None:
    async with harness(tmp_path, settings={"CONTEXT_TOKENS": "1000"}) as h:
        thread = h.mention("tides " * 300)
        await h.ended(thread)
        await h.ended(h.say(thread, "moons " * 320))
        question = h.say(thread, "And now?")
        turn = await h.ended(question)
        assert "(using the last 4 messages of this conversation)" in turn["note"]
        (*_, last) = [each for each in h.standins.history.entries if each.route == CHAT]
        said = [each["content"] for each in last.request["messages"] if each["role"] == "user"]
        assert [words.split()[0] for words in said] == ["moons", "And"]


async def test_a_question_over_the_window_is_refused_before_it_is_sent(tmp_path: Path) -> None:
    settings = {"MODELS": f"{AIMLAPI} window=2000 output=1000"}
    async with harness(tmp_path, settings=settings) as h:
        question = h.mention("Read this", files=[("long.txt", b"word " * 5_000)])
        notice = await h.answer_to(question)
        assert "Your question alone is longer" in notice
        assert "Nothing was charged." in notice
        assert calls(h) == 0
        assert rows(h, "ledger") == []
        assert (await h.ended(question))["outcome"] == "refused"


async def test_reported_usage_corrects_the_estimate(tmp_path: Path) -> None:
    async with harness(tmp_path) as h:
        assert h.service is not None
        estimates = h.service.worker._services.estimates
        thread = h.mention("strange words " * 60)
        await h.ended(thread)
        assert estimates.of(AIMLAPI).factor != 1.0
