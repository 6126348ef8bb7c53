"""A campaign that is short enough for every run of the suite; `make chaos` runs the long ones."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.chaos.__main__ import campaign
from tests.chaos.campaign import Died
from tests.chaos.plan import Plan

SEED = 20


async def kill_a_few_times(folder: Path, venue: str, cycles: int) -> None:
    """Fail, with what was broken and why, if kills at a venue left a trace."""
    plan = Plan(cycles=cycles, seed=SEED, venue=venue)
    try:
        verdict = await campaign(plan, folder)
    except Died as died:
        # What is found is told by itself: where it was noticed tells nothing.
        pytest.fail(str(died), pytrace=False)
    tally = verdict.tally
    figures = "\n".join(tally.describe(verdict.report, turns=plan.turns))
    if verdict.findings:
        pytest.fail(f"{verdict.findings}\n\n{figures}", pytrace=False)
    assert tally.cycles >= cycles, figures
    assert min(tally.under_way) >= plan.turns, figures
    assert sum(tally.kills.values()) >= cycles // 3, figures
