"""A short campaign of kills in every run of the suite; `make chaos` runs the long one."""

from __future__ import annotations

from pathlib import Path

from tests.chaos.__main__ import campaign
from tests.chaos.campaign import Plan

CYCLES = 20


async def test_twenty_kills_leave_no_trace(tmp_path: Path) -> None:
    tally, report = await campaign(Plan(cycles=CYCLES, seed=20), tmp_path)
    figures = "\n".join(tally.describe(report, turns=3))
    assert not report.violations, "\n".join([figures, *map(str, report.violations)])
    assert tally.cycles >= CYCLES, figures
    assert min(tally.under_way) >= 3, figures
    assert sum(tally.kills.values()) >= CYCLES // 3, figures
