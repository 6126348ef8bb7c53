"""`python -m tests.chaos`: kill the bot many times and prove that nothing shows."""

from __future__ import annotations

import argparse
import asyncio
import json
import secrets
import sys
import tempfile
import time
from dataclasses import asdict
from pathlib import Path

from tests.chaos.campaign import Campaign, Plan
from tests.chaos.nursery import Nursery
from tests.chaos.tally import Tally
from tests.checker import Report
from tests.standins import StandIns

# Fewer would mean that a change of state has lost its fault points.
LEAST_POINTS = 40
# Its jobs take some ten seconds, too long for a life of three.
SEGMIND_SPEED = 40.0
# So few cycles cannot come to every point.
SHORT = 150


async def campaign(plan: Plan, folder: Path) -> tuple[Tally, Report]:
    """Run a plan and return its figures and verdict."""
    nursery = Nursery()
    async with StandIns.serve(limits=False, tokens_per_second=800, segmind=True) as standins:
        assert standins.segmind is not None
        standins.segmind.speed = SEGMIND_SPEED
        standins.segmind.account.balance = 1_000_000.0
        await nursery.open()
        try:
            run = Campaign(plan, folder, standins, nursery)
            report = await run.run(lambda line: print(line, flush=True))
            if report.violations:
                # Who looks for the cause wants to know who said what, and when.
                with (folder / "history.jsonl").open("w", encoding="utf-8") as file:
                    for entry in standins.history.entries:
                        file.write(json.dumps(asdict(entry), default=str) + "\n")
            return run.tally, report
        finally:
            await nursery.close()


def main(arguments: list[str]) -> int:
    """Print the figures; 1 if a promise was broken, 2 if the campaign fell short."""
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--cycles", type=int, default=300)
    parser.add_argument("--seed", type=int, default=None)
    parser.add_argument("--turns", type=int, default=3, help="least turns under way at a kill")
    parser.add_argument(
        "--no-lookup",
        action="store_true",
        help="do not look for messages of unknown fate; then it must find doubles",
    )
    parser.add_argument(
        "--keep",
        type=Path,
        default=None,
        help="keep database, log, trace and (if a promise was broken) history here",
    )
    options = parser.parse_args(arguments)
    seed = secrets.randbelow(1_000_000) if options.seed is None else options.seed
    plan = Plan(options.cycles, seed, options.turns, look=not options.no_lookup)
    print(f"seed {seed}, {plan.cycles} kills, looking {'on' if plan.look else 'OFF'}", flush=True)
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.keep or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        if any(folder.iterdir()):
            parser.error(f"{folder} is not empty")
        tally, report = asyncio.run(campaign(plan, folder))
    print("\n".join(tally.describe(report, turns=plan.turns)))
    for violation in report.violations[:40]:
        print(f"  {violation}")
    print(f"seed {seed}, {time.monotonic() - started:.0f} s in all")
    if not plan.look:
        print("doubles were found, as they must be" if report.doubled else "NO DOUBLES FOUND")
        return 0 if report.doubled else 1
    if report.violations:
        return 1
    short = tally.shortcomings(least_points=LEAST_POINTS) if plan.cycles >= SHORT else []
    for line in short:
        print(f"SHORT: {line}")
    return 2 if short else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
