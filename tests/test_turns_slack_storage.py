"""A full disk on Slack, which brings again what nobody took."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.harness import Harness, harness

pytestmark = pytest.mark.virtual


def fill_disk(h: Harness, *, full: bool) -> None:
    """Let the bot's database grow no more, or again."""
    engine: Any = h.service.store.engine if h.service else None
    pages = engine._connection.execute  # the one writer; nothing else is under way
    if full:
        pages("VACUUM")
    (count,) = pages("PRAGMA page_count").fetchone()
    pages(f"PRAGMA max_page_count = {count if full else 1_000_000}")


@pytest.mark.parametrize("transport", ["socket", "http"])
async def test_what_cannot_be_stored_yet_is_answered_when_it_comes_again(
    tmp_path: Path, transport: str
) -> None:
    async with harness(tmp_path, platform="slack", transport=transport) as h:
        await h.ended(h.mention("Hello"))
        fill_disk(h, full=True)
        question = h.mention("x " * 900)
        await h.clock.sleep(20.0)
        assert h.turn(question) is None
        fill_disk(h, full=False)
        assert (await h.ended(question, within=120))["outcome"] == "answered"
        # Also when the bot itself would have taken it again: one answer, and not a word else.
        await h.clock.sleep(600.0)
        assert not [each for each in h.ours(question) if "could not store" in each.text]


async def test_what_never_could_be_stored_is_said_once_in_the_thread(tmp_path: Path) -> None:
    async with harness(tmp_path, platform="slack") as h:
        await h.ended(h.mention("Hello"))
        fill_disk(h, full=True)
        question = h.mention("x " * 900)
        await h.until(lambda: h.ours(question), within=500)
        await h.clock.sleep(600.0)
        fill_disk(h, full=False)
        (notice,) = h.ours(question)
        assert "could not store it" in notice.text
        assert "restart" not in notice.text
        assert notice.place == h.thread(question)
        h.unheard |= {question}
