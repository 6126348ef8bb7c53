"""Commands on Slack that were acknowledged when the bot ended: it sends none of them again."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from adapters.playground.faults import Fault
from adapters.slack.invocations import URL_MS
from adapters.slack.unanswered import MEMO
from bot.events import Aside
from bot.notices import ASIDES
from tests.harness import Harness, harness
from tests.slack_scene import script, stored
from tests.standins import SLACK

pytestmark = pytest.mark.virtual

CUT_OFF = ASIDES[Aside.CUT_OFF]


def typed(h: Harness) -> str:
    return h.command("settings", mentions="never")


def said(h: Harness) -> str:
    return h.mention("settings mentions:never")


def memos(h: Harness) -> list[str]:
    return [value for name, value in stored(h, "SELECT name, value FROM memo") if name == MEMO]


def told(h: Harness) -> int:
    """Count how often anybody was told that nobody knows."""
    words = [str(each.request) for each in h.standins.history.entries]
    return sum(CUT_OFF[:40] in each for each in words)


async def being_run(h: Harness, use: Callable[[Harness], str]) -> str:
    """Use a command, and wait until it is acknowledged and asked who may use it."""
    await h.ended(h.mention("What is a monad?"))
    rights = script(h, Fault("users.info", "delay", seconds=30.0, times=99))
    used = use(h)
    await h.until(lambda: rights.hits and memos(h), within=5)
    await h.clock.sleep(0.3)
    assert not h.folk.told(used)
    return used


@pytest.mark.parametrize("use", [typed, said])
@pytest.mark.parametrize("transport", ["socket", "http"])
async def test_whoever_used_one_is_told_once_that_nobody_knows(
    tmp_path: Path, use: Callable[[Harness], str], transport: str
) -> None:
    async with harness(tmp_path, platform="slack", transport=transport) as h:
        used = await being_run(h, use)
        await h.restart_bot(killed=True)
        h.standins.faults[SLACK].clear()
        assert await h.told(used) == CUT_OFF
        await h.restart_bot(killed=True)
        await h.clock.sleep(400.0)
        assert (told(h), memos(h)) == (1, [])


@pytest.mark.parametrize("use", [typed, said])
async def test_who_stops_the_bot_lets_it_answer(
    tmp_path: Path, use: Callable[[Harness], str]
) -> None:
    async with harness(tmp_path, platform="slack") as h:
        used = await being_run(h, use)
        await h.stop_bot()
        assert "Nothing was changed" in await h.told(used)
        h.standins.faults[SLACK].clear()
        await h.start_bot()
        await h.clock.sleep(10.0)
        assert (told(h), memos(h)) == (0, [])


async def test_whoever_was_answered_is_not_told(tmp_path: Path) -> None:
    async with harness(tmp_path, platform="slack") as h:
        for use in (typed, said):
            assert "Done" in await h.told(use(h))
        await h.clock.sleep(1.0)
        assert memos(h) == []
        await h.restart_bot(killed=True)
        await h.clock.sleep(10.0)
        assert told(h) == 0


async def test_after_half_an_hour_nobody_waits(tmp_path: Path) -> None:
    async with harness(tmp_path, platform="slack") as h:
        await being_run(h, typed)
        await h.kill_bot()
        await h.clock.sleep(URL_MS / 1000 + 1)
        h.standins.faults[SLACK].clear()
        await h.start_bot()
        await h.clock.sleep(10.0)
        assert (told(h), memos(h)) == (0, [])


@pytest.mark.parametrize("left", ['[{"until": 9', '[{"until": 9e99}, 7, {"until": true}]', "{}"])
async def test_a_note_that_makes_no_sense_is_nobodys(tmp_path: Path, left: str) -> None:
    async with harness(tmp_path, platform="slack") as h:
        await h.stop_bot()
        with closing(sqlite3.connect(h.database)) as database, database:
            database.execute("INSERT INTO memo (name, value) VALUES (?, ?)", (MEMO, left))
        await h.start_bot()
        assert "Done" in await h.told(typed(h))
        await h.until(lambda: memos(h) == [], within=5)
        assert told(h) == 0
