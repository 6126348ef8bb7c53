"""Turns over kills, outages, clocks that step, and a store that fails."""

from __future__ import annotations

from pathlib import Path

import pytest

from adapters.playground.faults import Fault
from bot.errors import StoreError
from bot.ports import Step
from storage.sqlite import SqliteEngine
from tests.harness import harness
from tests.standins import DISCORD, MODEL
from tests.turn_scene import CHAT, DELETE, EDIT, POST, requests_to, rows, writing

pytestmark = pytest.mark.virtual


async def test_a_killed_answer_is_written_again_in_its_place(tmp_path: Path) -> None:
    async with harness(tmp_path) as h:
        question = h.mention("write 300 words")
        await writing(h, question)
        (before,) = h.ours(question)
        await h.restart_bot(killed=True)
        await h.ended(question)
        assert before.id in {each.id for each in h.ours(question)}
        (step,) = rows(h, "step")
        assert step["runs"] == 2
        assert [row["kind"] for row in rows(h, "ledger")] == ["settle"]


async def test_a_lost_notice_is_found_though_its_question_is_gone(tmp_path: Path) -> None:
    """Where what it was to reply to is not there, Discord posts it without a reference."""
    async with harness(tmp_path) as h:
        h.standins.discord_settings.nonce_seconds = 0.0
        late = h.standins.faults[DISCORD].add(Fault(POST, "delay", seconds=5.0))
        question = h.mention("")
        await h.until(lambda: late.hits)
        h.standins.delete(question)
        await h.kill_bot()
        await h.until(h.ours)
        await h.start_bot()
        await h.ended(question)
        assert len(h.ours()) == 1


async def test_text_that_was_found_again_stays_whoever_dies_over_it(tmp_path: Path) -> None:
    """Its question was deleted; nobody knew that its beginning had come to be."""
    async with harness(tmp_path) as h:
        script = h.standins.faults[DISCORD]
        shown = script.add(Fault(POST, "delay", seconds=60.0, options={"after": 1}))
        question = h.mention("write 900 words")
        await h.until(lambda: shown.hits)
        h.standins.delete(question)
        await h.until(lambda: rows(h, "turn")[0]["state"] == "delivering")
        taken = script.add(Fault(DELETE, "delay", seconds=60.0, options={"after": 1}))
        await h.restart_bot(killed=True)
        await h.until(lambda: taken.hits or not h.open_turns())
        script.clear()
        await h.restart_bot(killed=True)
        turn = await h.ended(question)
        assert turn["outcome"] == "cancelled"
        (answer,) = h.ours(question)
        assert answer.text == turn["answer"].strip()


async def test_what_was_said_while_the_bot_was_away_is_answered(tmp_path: Path) -> None:
    async with harness(tmp_path) as h:
        thread = h.mention("Hello")
        await h.ended(thread)
        await h.stop_bot()
        missed = h.mention("What is a monad?")
        in_thread = h.say(thread, "Are you there?")
        await h.start_bot()
        assert "monad" in await h.answer_to(missed)
        assert "Are you there?" in await h.answer_to(in_thread)


async def test_a_press_is_finished_after_a_kill_even_when_its_token_died(tmp_path: Path) -> None:
    async with harness(tmp_path) as h:
        h.standins.faults[MODEL].add(Fault(CHAT, "refuse", times=3, status=503))
        question = h.mention("write 100 words")
        await h.ended(question)
        pressed = h.press("retry")
        await h.until(lambda: h.turn(pressed) is not None)
        await h.kill_bot()
        await h.clock.sleep(16 * 60)
        await h.start_bot()
        assert "SIMULATED" in await h.answer_to(pressed)
        shown = [each for each in h.ours(question) if "SIMULATED" in each.text]
        assert len(shown) == 1


async def test_a_step_of_the_wall_clock_takes_nothing_from_its_owner(tmp_path: Path) -> None:
    async with harness(tmp_path) as h:
        question = h.mention("write 600 words")
        await writing(h, question)
        h.clock.skew_ms = 10 * 60_000
        turn = await h.ended(question)
        assert turn["attempt"] == 1
        assert requests_to(h, CHAT) == 1


async def test_an_outage_of_minutes_only_delays_the_answer(tmp_path: Path) -> None:
    async with harness(tmp_path) as h:
        question = h.mention("write 300 words")
        await writing(h, question)
        outage = [Fault(route, "refuse", status=503, times=10**6) for route in (POST, EDIT)]
        for fault in outage:
            h.standins.faults[DISCORD].add(fault)
        await h.clock.sleep(1_200)
        turn = h.turn(question)
        assert turn is not None
        assert turn["state"] == "delivering"  # stored long since, and never given up
        h.standins.faults[DISCORD].clear()
        assert (await h.ended(question))["outcome"] == "answered"


async def test_the_result_is_stored_while_the_platform_hangs(tmp_path: Path) -> None:
    async with harness(tmp_path) as h:
        question = h.mention("write 300 words")
        await writing(h, question)
        h.standins.faults[DISCORD].add(Fault(EDIT, "refuse", status=503, times=8))
        await h.clock.sleep(40)
        turn = h.turn(question)
        assert turn is not None
        assert turn["outcome"] == "answered"
        before = h.clock.monotonic()
        await h.stop_bot()
        assert h.clock.monotonic() - before < 35
        h.standins.faults[DISCORD].clear()
        await h.start_bot()
        await h.ended(question)
        (step,) = rows(h, "step")
        assert step["runs"] == 1


async def test_a_heartbeat_that_fails_for_a_while_costs_nothing(tmp_path: Path) -> None:
    async with harness(tmp_path) as h:
        assert h.service is not None
        store = h.service.store
        real = store.beat

        async def fail(worker: str, now: int, alive_until: int) -> None:
            raise StoreError("no")

        store.beat = fail  # type: ignore[method-assign]
        await h.clock.sleep(55)
        question = h.mention("What is a monad?")
        await h.clock.sleep(20)
        assert not h.ours()
        store.beat = real  # type: ignore[method-assign]
        assert "monad" in await h.answer_to(question)


async def test_a_store_that_fails_at_the_start_only_delays(tmp_path: Path) -> None:
    async with harness(tmp_path) as h:
        assert h.service is not None
        store = h.service.store
        real = store.start_step

        async def fail(*args: object, **named: object) -> Step:
            store.start_step = real  # type: ignore[method-assign]
            raise StoreError("no")

        store.start_step = fail  # type: ignore[method-assign]
        question = h.mention("What is a monad?")
        assert "monad" in await h.answer_to(question)
        assert (await h.ended(question))["attempt"] == 1


async def test_an_old_question_is_answered_with_an_apology(tmp_path: Path) -> None:
    async with harness(tmp_path) as h:
        thread = h.mention("Hello")
        await h.ended(thread)
        await h.stop_bot()
        question = h.mention("What is a monad?")
        await h.clock.sleep(20 * 60)
        await h.start_bot()
        answer = await h.answer_to(question)
        assert answer.startswith("Sorry for the delay")


async def test_a_model_that_never_ends_is_ended(tmp_path: Path) -> None:
    async with harness(tmp_path) as h:
        h.standins.model.tokens_per_second = 0.2
        question = h.mention("write 900 words")
        answer = await h.answer_to(question, within=2_000)
        assert "cut off" in answer
        turn = h.turn(question)
        assert turn is not None
        assert turn["concluded_at"] - turn["received_at"] < 11 * 60_000


async def test_a_full_disk_is_said_and_nothing_is_half_done(tmp_path: Path) -> None:
    async with harness(tmp_path) as h:
        thread = h.mention("Hello")
        await h.ended(thread)
        engine = h.service.store.engine if h.service else None
        assert isinstance(engine, SqliteEngine)
        pages = engine._connection.execute  # the one writer; nothing else is under way
        pages("VACUUM")  # what tables of earlier versions took is free
        (count,) = pages("PRAGMA page_count").fetchone()
        pages(f"PRAGMA max_page_count = {count}")
        refused = h.mention("x " * 900)
        await h.until(lambda: any("could not store it" in each.text for each in h.ours()))
        assert h.turn(refused) is None
        # A follow-up has no mention, yet somebody waits for it just as much.
        await h.clock.sleep(61)
        follow_up = h.say(thread, "y " * 900)
        await h.until(lambda: any("could not store it" in each.text for each in h.ours(thread)))
        pages("PRAGMA max_page_count = 1000000")
        h.unheard |= {refused, follow_up}
        assert "again" in await h.answer_to(h.mention("Are you there again?"))
