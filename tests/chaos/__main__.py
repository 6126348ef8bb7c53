"""`python -m tests.chaos`: kill the bot many times and prove that nothing shows."""

from __future__ import annotations

import argparse
import asyncio
import secrets
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from tests.chaos.campaign import SEGMIND_SPEED, Campaign, Died
from tests.chaos.findings import describe, keep_history
from tests.chaos.nursery import Nursery
from tests.chaos.plan import Plan
from tests.chaos.tally import Tally
from tests.chaos.venue import Venue
from tests.chaos.venue_discord import DiscordVenue
from tests.chaos.venue_slack import SlackVenue
from tests.checker import Report
from tests.standins import DISCORD, SLACK, StandIns

# How many kills there are at each venue, unless it is told.
CYCLES = {"discord": 300, "slack-socket": 150, "slack-http": 150}

# Fewer would mean that a change of state has lost its fault points.
LEAST_POINTS = 40


@dataclass(frozen=True, slots=True)
class Verdict:
    """How a campaign went; `findings` tell of what was broken, "" where nothing was."""

    tally: Tally
    report: Report
    findings: str


async def campaign(plan: Plan, folder: Path) -> Verdict:
    """Run a plan in a folder; raises `Died` with the findings if it cannot go on."""
    nursery = Nursery()
    async with StandIns.serve(
        limits=False,
        tokens_per_second=800,
        segmind=True,
        platforms=(plan.venue.partition("-")[0],),
    ) as standins:
        assert standins.segmind is not None
        standins.segmind.speed = SEGMIND_SPEED
        standins.segmind.account.balance = 1_000_000.0
        venue = find_venue(plan.venue, standins)
        await nursery.open()
        try:
            run = Campaign(plan, folder, standins, nursery, venue)
            entries = standins.history.entries
            try:
                report = await run.run(lambda line: print(line, flush=True))
            except Died as died:
                keep_history(folder, entries)
                raise Died(describe(plan.title, [str(died)], folder, entries)) from None
            found = [str(each) for each in report.violations]
            if found or plan.keep:
                keep_history(folder, entries)
            findings = describe(plan.title, found, folder, entries) if found else ""
            return Verdict(run.tally, report, findings)
        finally:
            await nursery.close()


def find_venue(name: str, standins: StandIns) -> Venue:
    """Return a venue by its name."""
    platform, _, transport = name.partition("-")
    if platform == SLACK:
        return SlackVenue(standins, transport)
    assert platform == DISCORD, name
    return DiscordVenue(standins)


def main(arguments: list[str]) -> int:
    """Print the figures; 1 if a promise was broken, 2 if the campaign fell short."""
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--platform", choices=(*CYCLES, SLACK, "all"), default="all")
    usual = ", ".join(f"{count} on {name}" for name, count in CYCLES.items())
    parser.add_argument("--cycles", type=int, default=None, help=f"kills on each; else {usual}")
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
    chosen = {
        name: options.cycles or cycles
        for name, cycles in CYCLES.items()
        if options.platform in ("all", name, name.partition("-")[0])
    }
    started = time.monotonic()
    code = 0
    for name, cycles in chosen.items():
        plan = Plan(
            cycles,
            seed,
            options.turns,
            look=not options.no_lookup,
            venue=name,
            keep=options.keep is not None,
        )
        with tempfile.TemporaryDirectory() as temporary:
            folder = options.keep / name if options.keep else Path(temporary)
            folder.mkdir(parents=True, exist_ok=True)
            if any(folder.iterdir()):
                parser.error(f"{folder} is not empty")
            code = max(code, run(plan, folder))
    print(f"{time.monotonic() - started:.0f} s in all")
    return code


def run(plan: Plan, folder: Path) -> int:
    """Run a plan, print its figures, and return how it went (see `main`)."""
    print(plan.title, flush=True)
    started = time.monotonic()
    verdict = asyncio.run(campaign(plan, folder))
    tally, report = verdict.tally, verdict.report
    print("\n".join(tally.describe(report, turns=plan.turns)))
    for violation in report.violations[:40]:
        print(f"  {violation}")
    if verdict.findings:
        print(f"\n{verdict.findings}\n")
    print(f"{plan.title}: {time.monotonic() - started:.0f} s\n", flush=True)
    if not plan.look:
        print("doubles were found, as they must be" if report.doubled else "NO DOUBLES FOUND")
        return 0 if report.doubled else 1
    if report.violations:
        return 1
    short = tally.shortcomings(least_points=LEAST_POINTS) if plan.is_judged else []
    for line in short:
        print(f"SHORT: {line}")
    return 2 if short else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
