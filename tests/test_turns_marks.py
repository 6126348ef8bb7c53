"""A question that waits is marked where there is room for it, and no mark is ever left."""

from __future__ import annotations

from pathlib import Path

import pytest

from adapters.playground.faults import Fault
from adapters.playground.slack.problems import refuse
from bot.errors import StoreError
from bot.turns.marks import MOST_STANDING
from storage.store import SqliteStore
from tests.evidence import Database
from tests.harness import Harness, harness
from tests.standins import SLACK

pytestmark = pytest.mark.virtual

MARK, UNMARK = "reactions.add", "reactions.remove"
platforms = pytest.mark.parametrize("platform", ["discord", "slack"])


def marked(h: Harness, asked: list[str]) -> list[str]:
    return [each for each in asked if h.folk.marks(each)]


def written(h: Harness) -> str:
    """Return what is written down of marks."""
    memos = Database.rows(h.database, "memo")
    return "".join(row["value"] for row in memos if row["name"].startswith("marks:"))


async def ended(h: Harness, asked: list[str]) -> None:
    for question in asked:
        await h.ended(question, within=3600)


async def unmarked(h: Harness, asked: list[str]) -> None:
    """Wait until no mark stands, nor is written down."""
    await h.until(lambda: not marked(h, asked) and not written(h), within=600)


def ask_much(h: Harness, count: int) -> list[str]:
    """Let three people ask so much at once, of whom each is answered three questions at a time."""
    return [h.mention(f"What is {n}?", channel=n % 2, person=n % 3) for n in range(count)]


def refused(h: Harness) -> list[str]:
    """Return what was asked of a platform too often."""
    entries = h.standins.history.entries
    return [each.route for each in entries if each.status == 429 and "reaction" in each.route]


@platforms
async def test_of_a_hundred_questions_at_once_none_stays_marked(
    tmp_path: Path, platform: str
) -> None:
    async with harness(tmp_path, platform=platform, most_open=100) as h:
        asked = ask_much(h, 100)
        await h.until(lambda: marked(h, asked), within=30)
        most = 0

        def over() -> bool:
            nonlocal most
            most = max(most, len(marked(h, asked)))
            return all((turn := h.turn(each)) and turn["state"] == "ended" for each in asked)

        await h.until(over, within=3600)
        assert 0 < most <= MOST_STANDING
        await unmarked(h, asked)
        assert refused(h) == []


@platforms
@pytest.mark.parametrize("killed", [False, True], ids=["stopped", "killed"])
async def test_what_a_process_left_marked_the_next_takes_away(
    tmp_path: Path, platform: str, killed: bool
) -> None:
    async with harness(tmp_path, platform=platform, tokens_per_second=10) as h:
        asked = ask_much(h, 20)
        await h.until(lambda: len(marked(h, asked)) > 3, within=30)
        await h.restart_bot(killed=killed)
        await ended(h, asked)
        await unmarked(h, asked)


async def test_a_mark_that_slack_does_not_let_go_is_taken_away_later(tmp_path: Path) -> None:
    async with harness(tmp_path, platform="slack") as h:
        first = h.mention("write 100 words")
        second = h.say(first, "And then?")
        await h.until(lambda: marked(h, [second]), within=30)
        h.standins.faults[SLACK].add(refuse(UNMARK, "ratelimited", times=5, retry_after=60))
        await h.ended(second)
        assert marked(h, [second]) and written(h)
        await h.restart_bot(killed=True)
        await unmarked(h, [second])


async def test_a_mark_whose_fate_nobody_knows_is_taken_away_once_more(tmp_path: Path) -> None:
    """What puts it may come after what takes it away."""
    async with harness(tmp_path, platform="slack") as h:
        h.standins.faults[SLACK].add(Fault(MARK, "lose_answer"))
        first = h.mention("Hello?")
        second = h.say(first, "And then?")
        await h.ended(second)
        await unmarked(h, [second])
        asked = [each for each in h.standins.history.entries if each.route == UNMARK]
        assert len(asked) >= 2


async def test_what_waits_for_nothing_is_not_marked(tmp_path: Path) -> None:
    async with harness(tmp_path, platform="slack") as h:
        await h.ended(h.mention("Hello?"))
        assert not [each for each in h.standins.history.entries if each.route in (MARK, UNMARK)]


async def test_marks_of_a_workspace_that_removed_the_bot_are_forgotten(tmp_path: Path) -> None:
    async with harness(tmp_path, platform="slack", final=False) as h:
        asked = ask_much(h, 15)
        await h.until(lambda: len(marked(h, asked)) > 3, within=30)
        slack = h.standins.slack
        assert slack is not None
        slack.people.uninstall()
        await h.until(lambda: not written(h), within=300)


async def test_what_was_left_and_could_not_be_read_is_not_written_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The start after this one takes it away."""
    async with harness(tmp_path, platform="slack", tokens_per_second=10) as h:
        asked = ask_much(h, 20)
        await h.until(lambda: len(marked(h, asked)) > 3, within=30)
        real = SqliteStore.memo

        async def fail(store: SqliteStore, name: str) -> str:
            if name.startswith("marks:"):
                raise StoreError("no")
            return await real(store, name)

        monkeypatch.setattr(SqliteStore, "memo", fail)
        await h.restart_bot(killed=True)
        first = h.mention("Hello?")
        await ended(h, [*asked, h.say(first, "And then?")])
        left = marked(h, asked)
        assert left
        monkeypatch.setattr(SqliteStore, "memo", real)
        await h.restart_bot()
        await unmarked(h, asked)
