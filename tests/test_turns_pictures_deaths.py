"""Edits of pictures that the process dies in: one picture or one notice, paid for once."""

from __future__ import annotations

from pathlib import Path

import pytest

from adapters.playground.faults import Fault
from adapters.playground.segmind import RESULT, SUBMIT
from bot import faults
from bot.turns import run
from tests.corpus.pictures import animated, corners, saved
from tests.harness import Harness, harness
from tests.picture_scene import PICTURE, change, galleries, shown, works
from tests.standins import DISCORD, SEGMIND, SLACK
from tests.turn_scene import rows

pytestmark = pytest.mark.virtual

POST = "POST /channels/{channel_id}/messages"
EDIT = "PATCH /channels/{channel_id}/messages/{message_id}"
CAT = [("cat.png", PICTURE)]
PLATFORMS = pytest.mark.parametrize("platform", [DISCORD, SLACK])


def request_ids(h: Harness) -> list[str | None]:
    return [row["request_id"] for row in rows(h, "step")]


async def kill_at(h: Harness, point: str, nth: int, monkeypatch: pytest.MonkeyPatch) -> str:
    """Kill the bot within a moment of an edit's coming to a point for the nth time; start it."""
    met: list[str] = []

    def hook(name: str) -> None:
        if name == point:
            met.append(name)

    monkeypatch.setattr(faults, "_hook", hook)
    question = h.mention("edit: make the sky pink", files=CAT)
    await h.until(lambda: len(met) >= nth, within=120)
    monkeypatch.undo()
    await h.restart_bot(killed=True)
    return question


@PLATFORMS
async def test_a_request_whose_id_is_stored_is_resumed(tmp_path: Path, platform: str) -> None:
    async with harness(tmp_path, platform=platform, segmind=True) as h:
        question = h.mention("edit: make the sky pink", files=CAT)
        await h.until(lambda: any(request_ids(h)))
        await h.clock.sleep(10)
        await h.restart_bot(killed=True)
        assert (await h.ended(question))["outcome"] == "answered"
        assert len(works(h)) == 1
        assert len(galleries(h, question)) == 1
        assert len(h.ours(question)) == 1
        (charge,) = rows(h, "ledger")
        assert (charge["kind"], charge["images"]) == ("settle", 1)


@PLATFORMS
async def test_a_kill_between_submit_and_id_ends_in_one_notice_with_retry(
    tmp_path: Path, platform: str
) -> None:
    async with harness(tmp_path, platform=platform, segmind=True) as h:
        h.standins.faults[SEGMIND].add(Fault(SUBMIT, "delay", seconds=20.0))
        question = h.mention("edit: make the sky pink", files=CAT)
        await h.until(lambda: request_ids(h) == [""])
        await h.restart_bot(killed=True)
        turn = await h.ended(question)
        assert (turn["outcome"], turn["error"]) == ("failed", "interrupted")
        (notice,) = h.ours(question)
        assert "The bot was restarted while the image service was working on this" in notice.text
        assert "Nothing was charged" in notice.text
        h.standins.faults[SEGMIND].clear()
        await h.ended(h.press("retry"))
        assert len(galleries(h, question)) == 1


@PLATFORMS
async def test_what_may_have_been_handed_over_is_never_said_to_be_free(
    tmp_path: Path, platform: str
) -> None:
    """The picture that it was to be made of is deleted while the bot is down."""
    async with harness(tmp_path, platform=platform, segmind=True) as h:
        h.standins.faults[SEGMIND].add(Fault(SUBMIT, "delay", seconds=20.0))
        question = h.mention("edit: make the sky pink", files=CAT)
        await h.until(lambda: request_ids(h) == [""])
        await h.kill_bot()
        change(h, "UPDATE picture SET blob = '', removed = 1")
        await h.start_bot()
        turn = await h.ended(question)
        assert (turn["outcome"], turn["error"]) == ("failed", "interrupted")
        (notice,) = h.ours(question)
        assert "the person who runs this bot may still be charged" in notice.text
        # It counts against what the bot's own account may spend.
        (attempt,) = rows(h, "attempt")
        assert attempt["billed"] == attempt["held"] > 0


async def test_what_is_awaited_is_remembered_though_its_notice_outlives_the_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "TURN_SECONDS", 60.0)
    async with harness(tmp_path, segmind=True) as h:
        h.standins.faults[SEGMIND].add(Fault(SUBMIT, "answer", options={"working": 100.0}))
        question = h.mention("edit: make the sky pink", files=CAT)
        await h.until(lambda: any(request_ids(h)))
        slow = h.standins.faults[DISCORD].add(Fault(EDIT, "delay", times=99, seconds=9.0))
        await h.until(lambda: rows(h, "turn")[0]["state"] == "delivering", within=120)
        assert slow.hits
        await h.kill_bot()
        h.standins.faults[DISCORD].clear()
        await h.start_bot()
        assert (await h.ended(question))["outcome"] == "failed"
        await h.until(lambda: galleries(h, question))
        before, after = shown(h, question)
        assert before[1].startswith("Picture #1")
        assert after[1] == "Picture #2, edited: make the sky pink"
        assert [row["base"] for row in rows(h, "picture")] == [None, 1]
        await h.until(lambda: not h.open_turns())
        assert rows(h, "awaited") == []
        assert not [row for row in rows(h, "memo") if row["name"].startswith("edit:")]


# What a turn writes down that gives up waiting, before it writes down that it ended.
GIVEN_UP = """
    INSERT INTO awaited (turn, platform, workspace, model, request_id, since)
    SELECT t.id, t.platform, t.workspace, s.model, s.request_id, t.received_at + 60000
    FROM turn t JOIN step s ON s.turn = t.id
"""


@PLATFORMS
@pytest.mark.parametrize("end", [{"error": "content_policy_violation"}, {"sends": "html"}])
async def test_what_comes_to_nothing_after_a_death_is_said_once(
    tmp_path: Path, platform: str, end: dict[str, str]
) -> None:
    """The turn was about to wait for it when the process died; its next owner heard the end."""
    async with harness(tmp_path, platform=platform, segmind=True) as h:
        h.standins.faults[SEGMIND].add(Fault(SUBMIT, "answer", options={"working": 60.0, **end}))
        question = h.mention("edit: make the sky pink", files=CAT)
        await h.until(lambda: any(request_ids(h)))
        await h.kill_bot()
        change(h, GIVEN_UP)
        await h.start_bot()
        turn = await h.ended(question)
        assert turn["outcome"] == "failed"
        await h.until(lambda: not rows(h, "awaited"), within=120)
        await h.until(lambda: not h.open_turns())
        (notice,) = h.ours(question)
        assert "Nothing was charged" in notice.text
        assert len(rows(h, "turn")) == 1
        assert not [row for row in rows(h, "memo") if row["name"].startswith("edit:")]


async def test_what_came_late_and_was_declined_can_be_asked_for_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The picture of a command, which its card names, goes along."""
    monkeypatch.setattr(run, "TURN_SECONDS", 60.0)
    async with harness(tmp_path, segmind=True) as h:
        declined = {"working": 100.0, "error": "content_policy_violation"}
        h.standins.faults[SEGMIND].add(Fault(SUBMIT, "answer", options=declined))
        asked = h.command("edit-image", prompt="make it blue", image=("cat.png", PICTURE))
        await h.ended(asked)
        await h.until(lambda: len(rows(h, "turn")) == 2, within=120)
        await h.until(lambda: not h.open_turns())
        (late,) = (row for row in rows(h, "turn") if row["kind"] == "picture")
        await h.ended(h.press("retry", turn=late["id"]))
        assert len(rows(h, "picture")) == 2


@PLATFORMS
@pytest.mark.parametrize(
    ("point", "nth"),
    [
        ("after:put_file", 1),
        ("after:remember", 1),
        ("before:start_step", 1),
        ("after:start_step", 1),
        ("after:accept_step", 1),
        ("before:read_result", 1),
        ("before:put_blob", 2),
        ("after:put_blob", 2),
        ("before:conclude_answered", 1),
        ("after:conclude_answered", 1),
        ("before:post", -1),
        ("after:post", -1),
        ("after:part_sent", -1),
        ("before:end_answered", 1),
    ],
)
async def test_wherever_it_dies_one_picture_is_posted_and_paid_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, platform: str, point: str, nth: int
) -> None:
    async with harness(tmp_path, platform=platform, segmind=True) as h:
        if nth < 0:
            # On Slack its status is no message.
            nth = 2 if platform == DISCORD else 1
        question = await kill_at(h, point, nth, monkeypatch)
        assert (await h.ended(question))["outcome"] == "answered"
        assert len(galleries(h, question)) == 1
        assert len(h.ours(question)) == 1
        assert len(works(h)) == 1
        assert [(row["kind"], row["images"]) for row in rows(h, "ledger")] == [("settle", 1)]
        assert len(rows(h, "picture")) == 2


async def test_a_kill_while_the_result_is_fetched_fetches_it_again(tmp_path: Path) -> None:
    async with harness(tmp_path, segmind=True) as h:
        fault = h.standins.faults[SEGMIND].add(Fault(RESULT, "delay", seconds=8.0))
        question = h.mention("edit: make the sky pink", files=CAT)
        await h.until(lambda: fault.hits)
        await h.restart_bot(killed=True)
        assert (await h.ended(question))["outcome"] == "answered"
        assert len(works(h)) == 1
        assert len(galleries(h, question)) == 1


async def test_a_picture_whose_posting_was_not_answered_is_found_again(tmp_path: Path) -> None:
    async with harness(tmp_path, segmind=True) as h:
        question = h.mention("edit: make the sky pink", files=CAT)
        await h.until(lambda: works(h))
        lost = h.standins.faults[DISCORD].add(Fault(POST, "delay", seconds=9, options={"after": 1}))
        await h.until(lambda: lost.hits)
        await h.restart_bot(killed=True)
        assert (await h.ended(question))["outcome"] == "answered"
        assert len(galleries(h, question)) == 1
        assert len(h.ours(question)) == 1


async def test_the_base_of_a_resumed_edit_is_what_it_was(tmp_path: Path) -> None:
    """Somebody chooses another base while the service works."""
    async with harness(tmp_path, segmind=True) as h:
        question = h.mention("edit: pink", files=CAT)
        await h.ended(question)
        first = rows(h, "picture")[-1]["turn"]
        await h.ended(h.say(question, "edit: blue"))
        brighter = h.say(question, "edit: brighter")
        await h.until(lambda: len(works(h)) == 3)
        await h.told(h.press("base", turn=first))
        await h.restart_bot(killed=True)
        await h.ended(brighter)
        newest = max(rows(h, "picture"), key=lambda row: row["number"])
        assert newest["base"] == 3


@PLATFORMS
@pytest.mark.parametrize("point", ["after:remember", "after:accept_step"])
async def test_what_was_left_out_is_said_after_a_death(
    tmp_path: Path, platform: str, point: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with harness(tmp_path, platform=platform, segmind=True) as h:
        small = [(f"{n}.png", saved(corners(64 + n, 64), "PNG")) for n in range(16)]
        question = h.mention("What are these?", files=small[:10])
        await h.ended(question)
        met: list[str] = []
        monkeypatch.setattr(faults, "_hook", met.append)
        named = " ".join(f"#{n + 1}" for n in range(10))
        files = [*small[10:], ("film.gif", animated("GIF"))]
        asked = h.say(question, f"edit: mix them with {named}", files=files)
        await h.until(lambda: point in met, within=120)
        monkeypatch.undo()
        await h.restart_bot(killed=True)
        turn = await h.ended(asked)
        assert turn["outcome"] == "answered"
        (work,) = works(h)
        assert len(work.pictures) == 16
        text = h.ours(question)[-1].text
        assert text.count("(#10 left out: the model") == 1
        assert text.count("first frame") == 1
