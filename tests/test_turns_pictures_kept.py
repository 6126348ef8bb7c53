"""How long edited pictures are kept, and that a deleted one goes for good: whole bot."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from adapters.playground.faults import Fault
from bot.forms import texts
from bot.turns import retention
from tests.harness import Harness, harness
from tests.picture_scene import PICTURE, galleries, works
from tests.standins import DISCORD, SLACK
from tests.turn_scene import rows

pytestmark = pytest.mark.virtual

DELETE = "DELETE /channels/{channel_id}/messages/{message_id}"
CAT = [("cat.png", PICTURE)]


def blobs(h: Harness) -> int:
    """Return how many files hold bytes."""
    return sum(1 for path in (h.folder / "blobs").rglob("*") if path.is_file())


@pytest.mark.parametrize("platform", ["discord", "slack"])
async def test_bytes_are_kept_for_their_days_and_buttons_then_say_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, platform: str
) -> None:
    monkeypatch.setattr(retention, "BLOB_AGE_MS", 60_000)
    # A day of this bot has two minutes.
    monkeypatch.setattr(retention, "DAY_MS", 120_000)
    monkeypatch.setattr(retention, "EVERY_SECONDS", 30.0)
    settings = {"IMAGE_RETENTION_DAYS": "1"}
    async with harness(tmp_path, segmind=True, platform=platform, settings=settings) as h:
        question = h.mention("edit: pink", files=CAT)
        await h.ended(question)
        assert all(row["blob"] for row in rows(h, "picture"))
        assert blobs(h) == 2
        await h.clock.sleep(240)
        assert [row["blob"] for row in rows(h, "picture")] == ["", ""]
        assert blobs(h) == 0
        for action in ("vary", "base"):
            told = await h.told(h.press(action))
            assert "not kept any more" in told and "Nothing was charged" in told
        for action in ("adjust", "undo"):
            assert await h.told(h.press(action)) == texts.GONE
        notice = await h.answer_to(h.say(question, "edit: darker"))
        assert "Picture #2 is no longer kept" in notice
        notice = await h.answer_to(h.say(question, "edit: like #1"))
        assert "Picture #1 is no longer kept: I keep pictures for 1 day." in notice
        assert "Nothing was charged." in notice


async def test_a_picture_is_deleted_even_if_the_process_dies_over_it(tmp_path: Path) -> None:
    async with harness(tmp_path, segmind=True) as h:
        question = h.mention("edit: pink", files=CAT)
        await h.ended(question)
        fault = h.standins.faults[DISCORD].add(Fault(DELETE, "delay", seconds=9.0))
        pressed = h.press("remove")
        await h.until(lambda: fault.hits)
        await h.restart_bot(killed=True)
        turn = await h.ended(pressed)
        assert turn["outcome"] == "cancelled"
        assert galleries(h, question) == []
        made = rows(h, "picture")[-1]
        assert (made["blob"], made["removed"], made["prompt"]) == ("", 1, "")


def forget_bytes(h: Harness) -> None:
    """Let a dead bot's pictures have been removed in the moment that it died in."""
    with closing(sqlite3.connect(h.database)) as connection, connection:
        connection.execute("UPDATE picture SET blob = '', removed = 1")


@pytest.mark.parametrize("platform", [DISCORD, SLACK])
@pytest.mark.parametrize("action", ["lose_answer", "cut"])
async def test_what_may_have_been_posted_is_found_though_it_is_not_kept(
    tmp_path: Path, platform: str, action: str
) -> None:
    async with harness(tmp_path, platform=platform, segmind=True) as h:
        question = h.mention("edit: pink", files=CAT)
        await h.ended(question)
        route = (
            "POST /channels/{channel_id}/messages" if platform == DISCORD else "chat.postMessage"
        )
        # The process dies over it, so nobody waits for the answer.
        seconds = {"after": 1} if action == "lose_answer" else {}
        script = h.standins.faults[platform]
        fault = script.add(Fault(route, action, times=99, options=seconds))
        pressed = h.press("undo")
        await h.until(lambda: fault.hits)
        await h.kill_bot()
        script.clear()
        forget_bytes(h)
        await h.start_bot()
        turn = await h.ended(pressed)
        posted = action == "lose_answer"
        assert turn["outcome"] == ("answered" if posted else "undeliverable")
        assert len(galleries(h, question)) == 1 + posted
        if not posted:
            notice = h.ours(question)[-1].text
            assert "The picture is not kept any more" in notice
            assert "Nothing was charged." in notice
        unclear = [row for row in rows(h, "part") if row["state"] not in ("sent", "planned")]
        assert unclear == []


@pytest.mark.parametrize("platform", [DISCORD, SLACK])
@pytest.mark.parametrize("where", ["first", "again"])
async def test_a_deleted_picture_goes_from_wherever_somebody_went_back_to_it(
    tmp_path: Path, platform: str, where: str
) -> None:
    async with harness(tmp_path, platform=platform, segmind=True) as h:
        question = h.mention("edit: pink", files=CAT)
        await h.ended(question)
        await h.ended(h.say(question, "edit: blue"))
        used = h.press("undo")
        await h.until(lambda: h.folk.form(used), within=10)
        await h.ended(h.folk.submit(used, h.folk.people[0], {}))
        made, _, again = sorted(rows(h, "turn"), key=lambda row: row["received_at"])
        assert again["edit"] and len(galleries(h, question)) == 3
        pressed = h.press("remove", turn=(made if where == "first" else again)["id"])
        await h.ended(pressed)
        (left,) = galleries(h, question)
        assert left[-1][1] == "Picture #3, edited: blue"
        picture = next(row for row in rows(h, "picture") if row["number"] == 2)
        assert (picture["blob"], picture["removed"]) == ("", 1)


async def test_nothing_is_edited_in_the_stead_of_a_picture_that_was_taken_back(
    tmp_path: Path,
) -> None:
    """Who waits in line with somebody else's picture does not mean the thread's latest."""
    async with harness(tmp_path, segmind=True) as h:
        question = h.mention("what is this?", files=CAT)
        await h.ended(question)
        dog = h.say(question, "and this?", files=[("dog.png", PICTURE)])
        await h.ended(dog)
        await h.ended(h.say(question, "edit: pink, like #1"))
        h.say(question, "edit: brighter")
        waits = h.say(question, "edit: darker", reply_to=dog)
        again = h.say(question, "edit: darker, like #1", reply_to=dog)
        await h.until(lambda: h.turn(again))
        h.delete(dog)
        assert (await h.ended(waits))["error"] == "picture_taken_back"
        notice = await h.answer_to(waits)
        assert "was deleted" in notice and "Nothing was charged." in notice
        assert (await h.ended(again))["outcome"] == "answered"
        assert [work.wish.prompt for work in works(h)][2:] == ["darker, like picture 1"]
