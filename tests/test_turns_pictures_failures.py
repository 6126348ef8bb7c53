"""Edits of pictures that do not go well: what is said, what is charged, what helps."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from adapters.playground.faults import Fault
from adapters.playground.segmind import RESULT, STATUS, SUBMIT
from bot.turns import late, run
from tests.harness import Harness, harness
from tests.picture_scene import PICTURE, galleries, shown, works
from tests.standins import DISCORD, SEGMIND
from tests.turn_scene import rows

pytestmark = pytest.mark.virtual

POST = "POST /channels/{channel_id}/messages"
CAT = [("cat.png", PICTURE)]


def answer(h: Harness, **options: Any) -> Fault:
    """Let the next edit go like this."""
    return h.standins.faults[SEGMIND].add(Fault(SUBMIT, "answer", options=options))


def charges(h: Harness) -> list[tuple[str, int]]:
    booked = sorted(rows(h, "ledger"), key=lambda row: row["at"])
    return [(row["kind"], row["images"]) for row in booked]


def jobs(h: Harness) -> int:
    assert h.standins.segmind is not None
    return len(h.standins.segmind.jobs)


async def test_what_is_declined_is_said_in_neutral_words_and_not_charged(tmp_path: Path) -> None:
    async with harness(tmp_path, segmind=True) as h:
        notice = await h.answer_to(h.mention("edit: add a bomb", files=CAT))
        assert "declined this edit under its content rules" in notice
        assert "Nothing was charged." in notice
        assert "Ask for it in other words" in notice
        assert charges(h) == [("release", 0)]


@pytest.mark.parametrize("sends", ["json", "html", "empty", "truncated", "missing", "nothing"])
async def test_what_is_no_picture_is_neither_shown_nor_charged(tmp_path: Path, sends: str) -> None:
    async with harness(tmp_path, segmind=True) as h:
        answer(h, sends=sends)
        question = h.mention("edit: pink", files=CAT)
        notice = await h.answer_to(question)
        assert "Nothing was charged" in notice
        assert "Press Retry" in notice
        assert charges(h) == [("release", 0)]
        assert galleries(h, question) == []
        assert len(rows(h, "picture")) == 1
        await h.ended(h.press("retry"))
        assert len(shown(h, question)) == 2
        assert jobs(h) == 2


async def test_an_address_that_is_nobodys_is_not_asked(tmp_path: Path) -> None:
    async with harness(tmp_path, segmind=True) as h:
        answer(h, host="https://169.254.169.254/latest")
        notice = await h.answer_to(h.mention("edit: pink", files=CAT))
        assert "The image service sent something unusable. Nothing was charged to you;" in notice
        assert charges(h) == [("release", 0)]


async def test_the_same_picture_back_is_shown_with_a_note(tmp_path: Path) -> None:
    async with harness(tmp_path, segmind=True) as h:
        answer(h, sends="same")
        question = h.mention("edit: pink", files=CAT)
        text = await h.answer_to(question)
        assert "sent the same picture back" in text
        assert len(shown(h, question)) == 2
        assert charges(h) == [("settle", 1)]


async def test_stop_ends_the_wait_and_says_who_may_be_charged(tmp_path: Path) -> None:
    async with harness(tmp_path, segmind=True) as h:
        question = h.mention("edit: pink", files=CAT)
        await h.until(lambda: any(button.startswith("stop:") for _, button in h.folk.buttons()))
        await h.until(lambda: jobs(h) == 1)
        h.press("stop")
        turn = await h.ended(question)
        assert turn["outcome"] == "stopped"
        (message,) = h.ours(question)
        assert "Stopped before the picture came. Nothing was charged to you" in message.text
        assert "the person who runs this bot may still be charged" in message.text
        assert "Press Retry" in message.text
        assert charges(h) == [("release", 0)]
        # Whoever pressed it by mistake needs no other words, nor the picture once more.
        await h.ended(h.press("retry"))
        assert len(shown(h, question)) == 2
        assert charges(h) == [("release", 0), ("settle", 1)]


async def test_a_deleted_question_is_not_answered(tmp_path: Path) -> None:
    async with harness(tmp_path, segmind=True) as h:
        question = h.mention("edit: pink", files=CAT)
        await h.until(lambda: jobs(h) == 1)
        h.delete(question)
        turn = await h.ended(question)
        assert turn["outcome"] == "cancelled"
        assert galleries(h, question) == []


async def test_a_question_that_is_changed_while_it_waits_is_asked_as_it_then_is(
    tmp_path: Path,
) -> None:
    async with harness(tmp_path, segmind=True) as h:
        question = h.mention("edit: pink", files=CAT)
        await h.until(lambda: jobs(h) == 1)
        waits = h.say(question, "edit: brigter")
        await h.until(lambda: h.turn(waits))
        h.edit(waits, "edit: brighter, like #1")
        await h.ended(waits)
        assert [work.wish.prompt for work in works(h)] == ["pink", "brighter, like picture 1"]


async def test_a_retired_model_is_told_to_admins(tmp_path: Path) -> None:
    async with harness(tmp_path, segmind=True, start=False) as h:
        h.settings["ADMIN_IDS"] = f"discord:{h.folk.people[0]}"
        await h.start_bot()
        body = {"error": "model has been retired"}
        h.standins.faults[SEGMIND].add(Fault(SUBMIT, "refuse", status=410, body=body))
        notice = await h.answer_to(h.mention("edit: pink", files=CAT))
        assert "The image model of this bot is not available. Nothing was charged." in notice
        assert "were told" in notice
        await h.until(h.told_directly, within=120)
        (told,) = h.told_directly()
        assert "Set `IMAGE_MODEL` to another" in told.text
        await h.ended(h.press("retry"))
        assert charges(h) == [("release", 0), ("settle", 1)]


async def test_a_key_that_is_not_accepted_opens_the_breaker(tmp_path: Path) -> None:
    async with harness(tmp_path, segmind=True) as h:
        body = {"error": "key rejected"}
        h.standins.faults[SEGMIND].add(Fault("*", "refuse", times=99, status=401, body=body))
        for _ in range(2):
            notice = await h.answer_to(h.mention("edit: pink", files=CAT))
            assert "The bot's key was not accepted by the image service." in notice
        asked = [e for e in h.standins.history.entries if e.route in (SUBMIT, "POST /upload-asset")]
        assert len(asked) == 1


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give up waiting after a minute, and for good after two more."""
    monkeypatch.setattr(run, "TURN_SECONDS", 60.0)
    monkeypatch.setattr(late, "WAIT_MS", 120_000)


@pytest.mark.usefixtures("impatient")
async def test_who_would_have_to_wait_too_long_is_told_that_it_may_come_later(
    tmp_path: Path,
) -> None:
    async with harness(tmp_path, segmind=True) as h:
        answer(h, working=100.0)
        question = h.mention("edit: pink", files=CAT)
        turn = await h.ended(question)
        assert turn["outcome"] == "failed"
        (notice,) = h.ours(question)
        assert "if it comes within the hour, and charged only then" in notice.text
        assert charges(h) == [("release", 0)]
        await h.until(lambda: galleries(h, question))
        await h.until(lambda: all(row["state"] == "ended" for row in rows(h, "turn")))
        before, after = shown(h, question)
        assert after[1] == "Picture #2, edited: pink"
        assert before[1].startswith("Picture #1")
        assert charges(h) == [("release", 0), ("settle", 1)]
        assert jobs(h) == 1
        texts = [each.text for each in h.ours(question)]
        assert "the picture came after all" in texts[0]
        assert "took the image service so long" in texts[1]
        await h.clock.sleep(150)
        assert len(galleries(h, question)) == 1
        assert rows(h, "awaited") == []


@pytest.mark.usefixtures("impatient")
async def test_a_late_result_is_made_of_what_was_asked_for_then(tmp_path: Path) -> None:
    async with harness(tmp_path, segmind=True) as h:
        question = h.mention("edit: blue", files=CAT)
        await h.ended(question)
        answer(h, working=130.0)
        await h.ended(h.say(question, "edit: pink"))
        await h.ended(h.say(question, "edit: brighter"))
        await h.until(lambda: len(galleries(h, question)) == 3)
        before, after = shown(h, question)
        assert before[1] == "Picture #2, edited: blue"
        assert after[1] == "Picture #4, edited: pink"


@pytest.mark.usefixtures("impatient")
async def test_what_never_comes_is_forgotten_after_an_hour(tmp_path: Path) -> None:
    async with harness(tmp_path, segmind=True) as h:
        answer(h, working=9_000.0)
        question = h.mention("edit: pink", files=CAT)
        await h.ended(question)
        assert len(rows(h, "awaited")) == 1
        await h.restart_bot()
        await h.until(lambda: not rows(h, "awaited"))
        assert len(h.ours(question)) == 1
        assert len(rows(h, "turn")) == 1


async def test_a_file_that_is_too_big_is_posted_smaller(tmp_path: Path) -> None:
    async with harness(tmp_path, segmind=True) as h:
        body = {"message": "Request entity too large", "code": 40005}
        question = h.mention("edit: pink", files=CAT)
        await h.until(lambda: jobs(h) == 1)
        h.standins.faults[DISCORD].add(Fault(POST, "refuse", status=413, body=body))
        turn = await h.ended(question)
        assert turn["outcome"] == "answered"
        assert len(shown(h, question)) == 2
        assert charges(h) == [("settle", 1)]


async def test_a_file_that_is_not_taken_at_all_can_be_posted_later_for_nothing(
    tmp_path: Path,
) -> None:
    async with harness(tmp_path, segmind=True) as h:
        body = {"message": "Request entity too large", "code": 40005}
        question = h.mention("edit: pink", files=CAT)
        await h.until(lambda: jobs(h) == 1)
        h.standins.faults[DISCORD].add(Fault(POST, "refuse", times=4, status=413, body=body))
        turn = await h.ended(question)
        assert turn["outcome"] == "undeliverable"
        (notice,) = h.ours(question)
        assert "It was made and charged, and Retry only posts it." in notice.text
        retried = await h.ended(h.press("retry"))
        assert retried["outcome"] == "answered"
        _, after = shown(h, question)
        assert after[1] == "Picture #2, edited: pink"
        assert charges(h) == [("settle", 1)]
        assert jobs(h) == 1


@pytest.mark.parametrize("route", [STATUS, RESULT])
async def test_what_fails_for_a_while_is_asked_for_again(tmp_path: Path, route: str) -> None:
    async with harness(tmp_path, segmind=True) as h:
        h.standins.faults[SEGMIND].add(Fault(route, "refuse", times=3, status=503))
        question = h.mention("edit: pink", files=CAT)
        assert (await h.ended(question))["outcome"] == "answered"
        assert jobs(h) == 1
