"""What is shown of edits on Slack where more are made at once than it takes statuses for."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from adapters.playground.slack.problems import refuse
from tests.harness import Harness
from tests.picture_scene import PICTURE
from tests.slack_scene import (
    STATUS,
    UPDATE,
    requests,
    script,
    session,
    slack,
    status_lines,
    stops,
    think,
    without_streams,
    workspace,
)

pytestmark = pytest.mark.virtual

SECONDS = re.compile(r"… (\d+) s")
# It is told every five seconds; at the change from one to the other a few tries are lost.
LONGEST_SILENCE_MS = 20_000


def told(h: Harness, question: str) -> str:
    """Return what is being done, as people read it now in a thread."""
    lines = [each for each in requests(h, STATUS) if each["thread_ts"] == question]
    status = str(lines[-1].get("status", "")) if lines else ""
    return " | ".join([status, *(each.text for each in stops(h, question))])


async def watch(h: Harness, *questions: str) -> dict[str, list[int]]:
    """Watch edits to their end; return for each when its progress was told anew."""
    news: dict[str, list[int]] = {each: [] for each in questions}
    last: dict[str, str] = {}

    def over() -> bool:
        for each in questions:
            seconds = ",".join(SECONDS.findall(told(h, each)))
            if seconds and last.get(each) != seconds:
                last[each] = seconds
                news[each].append(h.clock.now())
        turns = [h.turn(each) for each in questions]
        return all(turn is not None and turn["state"] == "ended" for turn in turns)

    await h.until(over)
    return news


async def test_seconds_go_on_in_the_stop_message_where_no_status_is_left(tmp_path: Path) -> None:
    async with workspace(tmp_path, segmind=True) as h:
        asked = [
            h.mention(f"edit: {words}", files=[("cat.png", PICTURE)], person=person)
            for person, words in enumerate(["make it pink", "make it blue", "brighter"])
        ]
        news = await watch(h, *asked)
        for question in asked:
            assert len(news[question]) >= 6
            silences = [b - a for a, b in zip(news[question], news[question][1:], strict=False)]
            assert max(silences) <= LONGEST_SILENCE_MS
            turn = h.turn(question)
            assert turn is not None and turn["outcome"] == "answered"
            assert stops(h, question) == []
            assert told(h, question) == ""
        # Some of it was told by each, and none of it too often.
        assert all(entry.status != 429 for entry in h.standins.history.entries)
        assert any("editing the picture" in line for line in status_lines(h))
        assert any("Editing the picture… " in str(each) for each in requests(h, UPDATE))


async def test_who_is_refused_a_status_reads_it_above_stop_at_once(tmp_path: Path) -> None:
    async with workspace(tmp_path, segmind=True) as h:
        slack(h).people.switch(statuses="missing_scope")
        question = h.mention("edit: make it pink", files=[("cat.png", PICTURE)])
        await h.until(lambda: "Editing the picture… " in told(h, question), within=20)
        assert (await h.ended(question))["outcome"] == "answered"
        assert stops(h, question) == []


async def test_words_above_stop_keep_no_picture_waiting(tmp_path: Path) -> None:
    """Where Slack takes no more edits either, those words stay old."""
    async with workspace(tmp_path, segmind=True) as h:
        slack(h).people.switch(statuses="missing_scope")
        script(h, refuse(UPDATE, "ratelimited", times=99, retry_after=300))
        question = h.mention("edit: make it pink", files=[("cat.png", PICTURE)])
        assert (await h.ended(question, within=55))["outcome"] == "answered"
        assert len(requests(h, UPDATE)) == 1
        assert stops(h, question) == []


async def test_where_slacks_own_stop_has_no_room_ours_stands_and_counts(tmp_path: Path) -> None:
    """One of both is there at each time, and both are gone in the end."""
    async with workspace(tmp_path, segmind=True, agent=True) as h:
        await h.ended(h.mention("write 100 words"))
        script(h, refuse(STATUS, "ratelimited", times=1, retry_after=30))
        question = h.mention("edit: make it pink", files=[("cat.png", PICTURE)])
        await h.until(lambda: "Editing the picture… " in told(h, question), within=20)
        assert len(stops(h, question)) == 1
        assert session(h, question) != "processing"
        assert (await h.ended(question))["outcome"] == "answered"
        assert stops(h, question) == []
        assert session(h, question) != "processing"


@pytest.mark.parametrize("streams", [True, False])
async def test_slacks_own_stop_needs_no_status(tmp_path: Path, streams: bool) -> None:
    """Nor is ours beside it, from the first word to the last."""
    async with workspace(tmp_path, agent=True) as h:
        await h.ended(h.mention("write 100 words"))
        if not streams:
            await without_streams(h)
        script(h, refuse(STATUS, "ratelimited", times=99, retry_after=2))
        think(h, 8.0)
        question = h.mention("write 300 words")
        await h.until(lambda: session(h, question) == "processing", within=2)
        ours: list[str] = []
        slacks: list[str] = []

        def over() -> bool:
            turn = h.turn(question)
            if turn is not None and turn["state"] == "running":
                ours.extend(each.id for each in stops(h, question))
                slacks.append(session(h, question))
            return turn is not None and turn["state"] == "ended"

        await h.until(over)
        assert ours == []
        assert set(slacks) == {"processing"}
        assert session(h, question) == "active"
