"""A short campaign of kills in every run of the suite; `make chaos` runs the long one."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.chaos.__main__ import campaign
from tests.chaos.campaign import Plan


@pytest.mark.parametrize(
    ("venue", "cycles"), [("discord", 20), ("slack-socket", 12), ("slack-http", 12)]
)
async def test_a_few_kills_leave_no_trace(tmp_path: Path, venue: str, cycles: int) -> None:
    tally, report = await campaign(Plan(cycles=cycles, seed=20, venue=venue), tmp_path)
    figures = "\n".join(tally.describe(report, turns=3))
    assert not report.violations, "\n".join([figures, *map(str, report.violations)])
    assert tally.cycles >= cycles, figures
    assert min(tally.under_way) >= 3, figures
    assert sum(tally.kills.values()) >= cycles // 3, figures
