"""Edits that are asked for in somebody else's thread: its pictures are what is meant."""

from __future__ import annotations

from pathlib import Path

import pytest

from adapters.playground.faults import Fault
from bot import faults
from tests.corpus import pictures as p
from tests.harness import Harness, harness
from tests.picture_scene import OTHER, PICTURE, is_like, shown, works
from tests.standins import DISCORD, SLACK
from tests.turn_scene import rows

pytestmark = pytest.mark.virtual

PLATFORMS = pytest.mark.parametrize("platform", [DISCORD, SLACK])
THIRD = p.saved(p.corners(256, 192).rotate(180), "PNG")


def begin(h: Harness, platform: str) -> str:
    """Let two people talk in a thread of their own, with a picture each; return its place."""
    root = h.say(h.folk.channels[0], "look at this", person=1)
    place = h.thread(root)
    if platform == DISCORD:
        h.people.start_thread(h.folk.people[1], h.folk.channels[0], "Theirs", root)
    h.say(place, "my cat", person=1, files=[("cat.png", PICTURE)])
    h.say(place, "and mine", person=2, files=[("dog.jpg", OTHER)])
    h.say(place, "nice", person=1)
    return place


@PLATFORMS
async def test_the_newest_picture_is_edited_and_all_have_numbers(
    tmp_path: Path, platform: str
) -> None:
    async with harness(tmp_path, platform=platform, segmind=True) as h:
        place = begin(h, platform)
        await h.ended(h.mention("edit: make it pink", channel=place))
        (work,) = works(h)
        (sent,) = work.pictures
        assert is_like(sent, OTHER)
        before, after = shown(h, place)
        assert before[1].startswith("Picture #2, sent by ")
        assert after[1] == "Picture #3, edited: make it pink"
        # What was made is gone on from, whatever is posted meanwhile.
        h.say(place, "another", person=1, files=[("third.png", THIRD)])
        await h.ended(h.mention("edit: like #1", channel=place))
        assert is_like(works(h)[1].pictures[0], PICTURE)
        await h.ended(h.mention("edit: brighter", channel=place))
        assert len(works(h)[2].pictures) == 1
        assert "#4 → #5" in h.ours(place)[-1].text


@PLATFORMS
async def test_what_comes_along_is_edited_all_the_same(tmp_path: Path, platform: str) -> None:
    async with harness(tmp_path, platform=platform, segmind=True) as h:
        place = begin(h, platform)
        files = [("third.png", THIRD)]
        await h.ended(h.mention("edit: make it pink", channel=place, files=files))
        assert is_like(works(h)[0].pictures[0], THIRD)


@PLATFORMS
@pytest.mark.parametrize("point", ["after:add_overheard", "after:remember"])
async def test_it_is_the_same_picture_after_a_death(
    tmp_path: Path, platform: str, point: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with harness(tmp_path, platform=platform, segmind=True) as h:
        place = begin(h, platform)
        met: list[str] = []
        monkeypatch.setattr(faults, "_hook", met.append)
        asked = h.mention("edit: make it pink", channel=place)
        await h.until(lambda: point in met, within=120)
        monkeypatch.undo()
        await h.restart_bot(killed=True)
        assert (await h.ended(asked))["outcome"] == "answered"
        (work,) = works(h)
        assert is_like(work.pictures[0], OTHER)
        assert [row["number"] for row in rows(h, "picture")] == [1, 2, 3]


@PLATFORMS
async def test_what_could_not_be_read_is_said(tmp_path: Path, platform: str) -> None:
    reading = {
        DISCORD: "GET /channels/{channel_id}/messages",
        SLACK: "conversations.replies",
    }[platform]
    async with harness(tmp_path, platform=platform, segmind=True) as h:
        place = begin(h, platform)
        h.standins.faults[platform].add(Fault(reading, "refuse", status=500, times=99))
        asked = h.mention("edit: make it pink", channel=place)
        turn = await h.ended(asked)
        assert (turn["outcome"], turn["error"]) == ("refused", "no_picture")
        assert "could not read what was said here before" in h.ours(place)[-1].text
        assert works(h) == []
        h.standins.faults[platform].clear()
