"""Every row of bad text, from people and from models, played on one whole bot."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests import input_rows_model, input_rows_people, input_rows_words
from tests.harness import harness
from tests.input_rows import BENCH_THREAD, INSTRUCTIONS, OWN_KEY, Bench, Row, check_pings, play

ROWS: tuple[Row, ...] = (
    *input_rows_words.ROWS,
    *input_rows_people.ROWS,
    *input_rows_model.ROWS,
)
pytestmark = [pytest.mark.virtual, pytest.mark.asyncio(loop_scope="module")]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def bench(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Bench]:
    """Run one bot for all rows; at its end hold the whole story to every promise."""
    folder: Path = tmp_path_factory.mktemp("bench")
    settings = {
        "SYSTEM_PROMPT": INSTRUCTIONS,
        # A key that is not used: no stand-in's log may hold one of those that are.
        "SEGMIND_API_KEY": OWN_KEY,
        "SEGMIND_BASE_URL": "http://127.0.0.1:9",
        "DEFAULT_MODEL": "aimlapi:openai/gpt-5-mini-2025-08-07",
    }
    async with harness(folder, settings=settings, tokens_per_second=4000.0) as h:
        await h.ended(h.mention(BENCH_THREAD))
        yield Bench(h)
        check_pings(h)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.id)
async def test_a_row_is_met(row: Row, bench: Bench, capfd: pytest.CaptureFixture[str]) -> None:
    assert await play(row, bench) > 0
    said = "".join(capfd.readouterr())
    print(said)
    assert "Traceback" not in said
    assert "handler failed" not in said
    assert "failed inside the bot" not in said
    assert OWN_KEY not in said
    assert re.search(r"^\W*ERROR admin", said, re.MULTILINE) is None


async def test_every_row_says_all_of_it() -> None:
    assert len({row.id for row in ROWS}) == len(ROWS)
    for row in ROWS:
        assert row.given
        assert row.expected
