"""Regenerate, judge, go on: what the buttons under an answer do. Whole bot, virtual time."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from adapters.playground.faults import Fault
from bot import faults
from tests.evidence import Row
from tests.harness import Harness, harness
from tests.standins import MODEL
from tests.turn_scene import CHAT, rows

pytestmark = pytest.mark.virtual


def offered(h: Harness, turn: str) -> list[str]:
    """Return the actions of a turn's buttons, wherever they stand."""
    return [each.partition(":")[0] for _, each in h.standins.buttons() if each.endswith(turn)]


async def test_an_answer_can_be_regenerated_and_judged(tmp_path: Path) -> None:
    async with harness(tmp_path) as h:
        turn = await h.ended(h.mention("What is a monad?"))
        assert offered(h, turn["id"]) == ["regenerate", "good", "bad"]


async def test_regenerate_replaces_the_answer_and_says_so(tmp_path: Path) -> None:
    async with harness(tmp_path) as h:
        question = h.mention("What is a monad?")
        old = await h.ended(question)
        pressed = h.press("regenerate")
        again = h.press("regenerate", turn=old["id"])
        assert "monad" in await h.answer_to(pressed)
        assert h.turn(again) is None
        first, second = h.ours(question)
        assert first.text.endswith("(replaced by the answer below)")
        assert not first.buttons
        assert len(second.buttons) == 3
        history = [row for row in rows(h, "message") if not row["hidden"]]
        assert [row["role"] for row in history] == ["user", "assistant"]
        follow_up = await h.answer_to(h.say(question, "And then?"))
        assert "2 earlier messages: 1 by you, 1 by me" in follow_up


async def test_what_was_stopped_before_its_first_word_can_be_asked_again(tmp_path: Path) -> None:
    async with harness(tmp_path) as h:
        h.standins.faults[MODEL].add(Fault(CHAT, "answer", options={"silence": 20.0}))
        question = h.mention("What is a monad?")
        await h.until(
            lambda: "stop" in [each[1].partition(":")[0] for each in h.standins.buttons()]
        )
        h.press("stop")
        turn = await h.ended(question)
        assert offered(h, turn["id"]) == ["regenerate"]
        (notice,) = h.ours(question)
        assert "Press Regenerate to ask again." in notice.text
        assert "monad" in await h.answer_to(h.press("regenerate"))
        assert offered(h, turn["id"]) == []
        history = [row for row in rows(h, "message") if not row["hidden"]]
        assert [row["role"] for row in history] == ["user", "assistant"]


async def test_a_retry_takes_the_button_from_the_notice(tmp_path: Path) -> None:
    async with harness(tmp_path) as h:
        h.standins.faults[MODEL].add(Fault(CHAT, "refuse", times=3, status=503))
        question = h.mention("What is a monad?")
        failed = await h.ended(question)
        await h.ended(h.press("retry"))
        assert offered(h, failed["id"]) == []
        first, _ = h.ours(question)
        assert first.text == f"{failed['note']}\n(asked again below)"


async def test_a_stopped_answer_goes_on_or_begins_anew(tmp_path: Path) -> None:
    async with harness(tmp_path) as h:
        question = h.mention("write 900 words")
        await h.until(lambda: any("SIMULATED" in each.text for each in h.ours(question)))
        h.press("stop")
        turn = await h.ended(question)
        assert offered(h, turn["id"]) == ["continue", "regenerate"]
        assert (await h.ended(h.press("regenerate")))["outcome"] == "answered"
        assert offered(h, turn["id"]) == []


async def test_an_answer_at_the_length_limit_goes_on(tmp_path: Path) -> None:
    async with harness(tmp_path) as h:
        question = h.mention("simulate length")
        turn = await h.ended(question)
        assert offered(h, turn["id"]) == ["continue", "regenerate", "good", "bad"]
        assert "SIMULATED" in await h.answer_to(h.press("continue"))


@pytest.mark.parametrize("since", ["nothing", "a question", "a fresh start"])
async def test_going_on_says_from_where_unless_that_was_said_last(
    tmp_path: Path, since: str
) -> None:
    async with harness(tmp_path) as h:
        question = h.mention("simulate cut")
        turn = await h.ended(question)
        match since:
            case "a question":
                await h.ended(h.say(question, "And a functor?"))
            case "a fresh start":
                await h.told(h.command("new", place=question))
        went_on = await h.ended(h.press("continue", turn=turn["id"]))
        assert "already the end" not in went_on["answer"]
        assert recalls(h, turn) is (since != "nothing")
        await h.ended(h.press("regenerate", turn=went_on["id"]))
        assert recalls(h, turn) is (since != "nothing")


def recalls(h: Harness, turn: Row) -> bool:
    """Tell whether the model was last shown, with the wish to go on, where an answer ended."""
    (*_, last) = [each for each in h.standins.history.entries if each.route == CHAT]
    asked = last.request["messages"][-1]["content"]
    assert "Continue exactly where you stopped" in asked
    return str(turn["answer"])[-60:] in asked


async def test_a_long_answer_that_is_replaced_is_marked_at_its_end(tmp_path: Path) -> None:
    async with harness(tmp_path, tokens_per_second=400.0) as h:
        question = h.mention("write 4000 words")
        old = await h.ended(question)
        *_, last = h.ours(question)
        await h.ended(h.press("regenerate"))
        marked = [each for each in h.ours(question) if "replaced by" in each.text]
        assert [each.id for each in marked] == [last.id]
        assert h.standins.file_of(last.id, "answer.md").decode() == old["answer"]


async def test_a_long_answer_without_its_file_still_says_so_when_it_is_replaced(
    tmp_path: Path,
) -> None:
    async with harness(tmp_path, tokens_per_second=400.0) as h:
        h.standins.world.deny_bot(h.standins.channels[0], "attach_files")
        question = h.mention("write 4000 words")
        await h.ended(question)
        *_, last = h.ours(question)
        assert "cut here" in last.text
        await h.ended(h.press("regenerate"))
        (marked,) = [each for each in h.ours(question) if "replaced by" in each.text]
        assert marked.id == last.id
        assert marked.text.startswith(last.text)


async def test_a_fault_before_the_mark_only_delays_it(tmp_path: Path) -> None:
    async with harness(tmp_path) as h:
        question = h.mention("What is a monad?")
        await h.ended(question)
        failed: list[str] = []

        def fail_once(passed: str) -> None:
            if passed == "after:conclude_answered" and not failed:
                failed.append(passed)
                raise RuntimeError(passed)

        faults.install(fail_once)
        try:
            assert (await h.ended(h.press("regenerate")))["outcome"] == "answered"
        finally:
            faults.install(lambda passed: None)
        assert failed
        first, _ = h.ours(question)
        assert first.text.count("(replaced by the answer below)") == 1


async def test_judging_is_stored_and_changes_nothing_else(tmp_path: Path) -> None:
    async with harness(tmp_path) as h:
        question = h.mention("What is a monad?")
        turn = await h.ended(question)
        (before,) = h.ours(question)
        assert "Thank" in await h.told(h.press("good", person=1))
        form = h.press("bad")
        await h.until(lambda: h.interaction(form)["modal"] is not None)
        await h.told(h.submit(form, text="It is wrong."))
        with sqlite3.connect(h.database) as connection:
            kept = connection.execute("SELECT author, good, reason FROM feedback").fetchall()
        ada, ben = h.standins.people[0], h.standins.people[1]
        assert sorted(kept) == sorted([(ben, 1, ""), (ada, 0, "It is wrong.")])
        assert h.ours(question) == [before]
        assert len(rows(h, "turn")) == 1
        assert turn["outcome"] == "answered"


async def test_what_waits_to_go_on_from_a_replaced_answer_asks_nothing(tmp_path: Path) -> None:
    async with harness(tmp_path) as h:
        question = h.mention("write 900 words")
        await h.until(lambda: any("SIMULATED" in each.text for each in h.ours(question)))
        h.press("stop")
        old = await h.ended(question)
        h.say(question, "write 300 words")
        await h.until(lambda: any(row["state"] == "running" for row in rows(h, "turn")))
        going_on = h.press("continue", turn=old["id"])
        await h.until(lambda: h.turn(going_on) is not None)
        again = h.press("regenerate", turn=old["id"])
        assert (await h.ended(going_on))["outcome"] == "cancelled"
        assert (await h.ended(again))["outcome"] == "answered"
        asked = [each for each in h.standins.history.entries if each.route == CHAT]
        assert len(asked) == 3


async def test_what_goes_on_from_an_answer_that_is_replaced_meanwhile_outlives_a_death(
    tmp_path: Path,
) -> None:
    """Its words have left the history by then; they are still what it was asked."""
    async with harness(tmp_path, tokens_per_second=20) as h:
        question = h.mention("write 900 words")
        await h.until(lambda: any("SIMULATED" in each.text for each in h.ours(question)))
        h.press("stop")
        old = await h.ended(question)
        going_on = h.press("continue", turn=old["id"])
        await h.until(lambda: (h.turn(going_on) or {}).get("state") == "running")
        again = h.press("regenerate", turn=old["id"])
        await h.until(lambda: h.turn(again) is not None)
        await h.restart_bot(killed=True)
        assert (await h.ended(going_on))["outcome"] == "answered"
        assert (await h.ended(again))["outcome"] == "answered"
