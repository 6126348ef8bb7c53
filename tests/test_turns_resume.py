"""A backend whose requests are never made twice: progress, restarts, and what is paid once."""

from __future__ import annotations

from pathlib import Path

import pytest

from adapters.playground.faults import Fault
from adapters.playground.segmind import SUBMIT
from bot.breakers import Breakers
from bot.errors import BackendError, BackendFault
from tests.harness import Harness, harness
from tests.standins import MODEL, SEGMIND
from tests.turn_scene import CHAT, rows

pytestmark = pytest.mark.virtual

SLOW = {"DEFAULT_MODEL": "segmind:gpt-5-mini"}


def jobs(h: Harness) -> int:
    """Return how many requests Segmind accepted."""
    assert h.standins.segmind is not None
    return len(h.standins.segmind.jobs)


def request_ids(h: Harness) -> list[str | None]:
    return [row["request_id"] for row in rows(h, "step")]


async def test_a_slow_whole_answer_shows_stage_and_seconds_and_then_itself(
    tmp_path: Path,
) -> None:
    async with harness(tmp_path, settings={**SLOW}, segmind=True) as h:
        question = h.mention("What is a monad?")
        seen: list[str] = []

        def look() -> bool:
            texts = [each.text for each in h.ours(question)]
            seen.extend(text for text in texts if text not in seen)
            return any("SIMULATED" in text for text in texts)

        await h.until(look)
        await h.ended(question)
        stages = [text for text in seen if "SIMULATED" not in text]
        assert any("queue" in text for text in stages)
        working = [text for text in stages if text.startswith("Waiting for the model to write")]
        assert len(working) >= 5
        assert all("usually about 48 s" in text for text in working)
        assert len(stages) <= 14
        (answer,) = h.ours(question)
        assert "monad" in answer.text


async def test_the_wait_for_our_own_limit_is_not_the_models_time(tmp_path: Path) -> None:
    settings = {**SLOW, "SEGMIND_RPM": "1"}
    async with harness(tmp_path, settings=settings, segmind=True) as h:
        assert h.standins.segmind is not None
        h.standins.segmind.speed = 0.11
        asked = [h.mention(f"What is a monad, {n}?") for n in range(5)]
        for question in asked:
            assert "monad" in await h.answer_to(question)
        assert jobs(h) == 5


async def test_who_would_wait_too_long_for_our_own_limit_is_told_at_once(tmp_path: Path) -> None:
    settings = {**SLOW, "SEGMIND_RPM": "1"}
    async with harness(tmp_path, settings=settings, segmind=True) as h:
        # More than three of one person would wait for each other.
        asked = [h.mention(f"What is a monad, {n}?", person=n % 2) for n in range(6)]
        answers = [await h.answer_to(question) for question in asked]
        (late,) = [each for each in answers if "Too many questions wait" in each]
        assert "Nothing was charged. Press Retry in a few minutes." in late
        assert jobs(h) == 5


async def test_a_job_that_does_not_end_in_time_may_still_be_charged(tmp_path: Path) -> None:
    async with harness(tmp_path, settings={**SLOW}, segmind=True) as h:
        options = {"kind": "silent"}
        h.standins.faults[SEGMIND].add(Fault(SUBMIT, "answer", options=options))
        notice = await h.answer_to(h.mention("What is a monad?"))
        assert "Nothing was charged to you" in notice
        assert "the person who runs this bot may still be charged" in notice


async def test_a_request_whose_id_is_stored_is_asked_for_after_a_kill(tmp_path: Path) -> None:
    async with harness(tmp_path, settings={**SLOW}, segmind=True) as h:
        question = h.mention("What is a monad?")
        await h.until(lambda: any(request_ids(h)))
        await h.clock.sleep(10)
        await h.restart_bot(killed=True)
        assert "monad" in await h.answer_to(question)
        assert jobs(h) == 1
        assert len(h.ours(question)) == 1
        assert [row["kind"] for row in rows(h, "ledger")] == ["settle"]


async def test_a_kill_between_submit_and_id_ends_in_one_notice_with_retry(tmp_path: Path) -> None:
    async with harness(tmp_path, settings={**SLOW}, segmind=True) as h:
        h.standins.faults[SEGMIND].add(Fault(SUBMIT, "delay", seconds=20.0))
        question = h.mention("What is a monad?")
        await h.until(lambda: request_ids(h) == [""])
        await h.restart_bot(killed=True)
        notice = await h.answer_to(question)
        assert "The bot was restarted while the model service was working on this" in notice
        assert "Nothing was charged." in notice
        turn = await h.ended(question)
        assert (turn["outcome"], turn["error"]) == ("failed", "interrupted")
        assert [row["kind"] for row in rows(h, "ledger")] == ["release"]
        h.standins.faults[SEGMIND].clear()
        assert "monad" in await h.answer_to(h.press("retry"))


async def test_a_kill_before_the_submit_asks_anew(tmp_path: Path) -> None:
    settings = {**SLOW, "SEGMIND_RPM": "1"}
    async with harness(tmp_path, settings=settings, segmind=True) as h:
        await h.ended(h.mention("What is a monad?"))
        question = h.mention("What is a functor?")
        await h.until(lambda: len(request_ids(h)) == 2)
        assert None in request_ids(h)
        await h.restart_bot(killed=True)
        assert "functor" in await h.answer_to(question)
        assert jobs(h) == 2


async def test_a_request_that_is_known_no_more_is_not_made_again(tmp_path: Path) -> None:
    async with harness(tmp_path, settings={**SLOW}, segmind=True) as h:
        question = h.mention("What is a monad?")
        await h.until(lambda: any(request_ids(h)))
        await h.stop_bot()
        assert h.standins.segmind is not None
        for job in h.standins.segmind.jobs.values():
            job.created -= 2 * 3_600_000  # kept for an hour
        await h.start_bot()
        notice = await h.answer_to(question)
        assert "cannot be asked whether it finished" in notice
        assert jobs(h) == 1


async def test_a_request_that_is_under_way_is_asked_for_while_nothing_new_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with harness(tmp_path, settings={**SLOW}, segmind=True) as h:
        question = h.mention("What is a monad?")
        await h.until(lambda: any(request_ids(h)))
        await h.kill_bot()
        h.settings["DEFAULT_MODEL"] = "aimlapi:openai/gpt-5-mini-2025-08-07"
        refused = BackendError(BackendFault.AUTH, status=401, of_account=True)

        def init(breakers: Breakers) -> None:
            breakers._open = {}
            for name in ("segmind", "aimlapi"):
                breakers.failed(name, "", refused, h.clock.monotonic())

        # Before the worker has begun: another question of the same moment was refused.
        monkeypatch.setattr(Breakers, "__init__", init)
        await h.start_bot()
        assert "monad" in await h.answer_to(question)
        assert jobs(h) == 1


async def test_another_model_chosen_meanwhile_does_not_touch_what_is_under_way(
    tmp_path: Path,
) -> None:
    async with harness(tmp_path, settings={**SLOW}, segmind=True) as h:
        question = h.mention("What is a monad?")
        await h.until(lambda: any(request_ids(h)))
        await h.kill_bot()
        h.settings["DEFAULT_MODEL"] = "segmind:gpt-5.4-mini"
        await h.start_bot()
        assert "monad" in await h.answer_to(question)
        assert jobs(h) == 1
        assert [row["model"] for row in rows(h, "step")] == ["segmind:gpt-5-mini"]


async def test_another_service_chosen_meanwhile_is_not_asked_for_it(tmp_path: Path) -> None:
    async with harness(tmp_path, settings={**SLOW}, segmind=True) as h:
        question = h.mention("What is a monad?")
        await h.until(lambda: any(request_ids(h)))
        await h.kill_bot()
        h.settings["DEFAULT_MODEL"] = "aimlapi:openai/gpt-5-mini-2025-08-07"
        await h.start_bot()
        assert "monad" in await h.answer_to(question)
        assert jobs(h) == 1
        assert not [entry for entry in h.standins.history.entries if entry.route == CHAT]


async def test_a_stop_ends_the_wait(tmp_path: Path) -> None:
    async with harness(tmp_path, settings={**SLOW}, segmind=True) as h:
        question = h.mention("What is a monad?")
        await h.until(
            lambda: any("Waiting for the model" in each.text for each in h.ours(question))
        )
        h.press("stop")
        turn = await h.ended(question, within=30)
        assert turn["outcome"] == "stopped"
        assert [row["kind"] for row in rows(h, "ledger")] == ["release"]


async def test_a_kill_of_a_request_that_may_be_repeated_repeats_it(tmp_path: Path) -> None:
    async with harness(tmp_path) as h:
        h.standins.faults[MODEL].add(Fault(CHAT, "answer", options={"silence": 10.0}))
        question = h.mention("What is a monad?")
        await h.until(lambda: any("Thinking" in each.text for each in h.ours(question)))
        await h.restart_bot(killed=True)
        assert "monad" in await h.answer_to(question)
        assert [row["kind"] for row in rows(h, "ledger")] == ["settle"]
