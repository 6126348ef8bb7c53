"""Every row of bad requests, as raw bytes on real sockets, played on one whole bot."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests import http_rows_bodies, http_rows_lines, http_rows_slack, http_rows_surface
from tests.harness import harness
from tests.http_rows import Bench, Row, play

ROWS: tuple[Row, ...] = (
    *http_rows_slack.ROWS,
    *http_rows_surface.ROWS,
    *http_rows_bodies.ROWS,
    *http_rows_lines.ROWS,
)
pytestmark = [pytest.mark.virtual, pytest.mark.asyncio(loop_scope="module")]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def bench(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Bench]:
    """Run one bot for all rows; at its end hold the whole story to every promise."""
    folder: Path = tmp_path_factory.mktemp("http")
    async with harness(folder, platform="slack", transport="http", tokens_per_second=4000.0) as h:
        bench = Bench(h)
        bench.deafen()
        yield bench


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.id)
async def test_a_row_is_met(
    row: Row,
    bench: Bench,
    capfd: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    tasks = len(asyncio.all_tasks())
    assert await play(row, bench) > 1
    said = "".join(capfd.readouterr())
    print(said)
    assert "Traceback" not in said
    assert "request failed" not in said
    assert [record.message for record in caplog.records if record.exc_info] == []
    assert [record.message for record in caplog.records if record.name == "aiohttp.server"] == []
    # What a row opened is gone, apart from lines that are about to close.
    await asyncio.sleep(20)
    assert len(asyncio.all_tasks()) <= tasks + 5


async def test_every_row_says_all_of_it() -> None:
    assert len({row.id for row in ROWS}) == len(ROWS)
    for row in ROWS:
        assert row.given
        assert row.expected
