"""Count what a campaign did: which points killed, which states were found, how long it took."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.chaos.painters import LINKS, NO, SENT, YES
from tests.chaos.points import excuse_points, expect_points, is_excused
from tests.chaos.venue import DONE, LANDING
from tests.checker import Report

PAINTED = (LINKS, SENT, YES, NO)

# Every state that a kill must have found something in.
STATES = (
    "turn admitted",
    "turn running",
    "turn delivering",
    "part planned",
    "part sending",
    "part sent",
    "part unknown",
)


@dataclass(slots=True)
class Tally:
    """The figures of the campaign at a venue, whose own points and states are named.

    `more` cycles were added to come to what the planned ones did not.
    """

    venue: str
    points: Sequence[str] = ()
    more_states: Sequence[str] = ()
    passed: Counter[str] = field(default_factory=Counter)
    kills: Counter[str] = field(default_factory=Counter)
    misses: Counter[str] = field(default_factory=Counter)
    states: Counter[str] = field(default_factory=Counter)
    under_way: list[int] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    painted: Counter[str] = field(default_factory=Counter)
    at_random: int = 0
    more: int = 0
    read_to: int = 0
    _struck: str = ""

    def strike(self, point: str) -> None:
        """Count a kill from outside."""
        self.passed[point] += 1
        self.kills[point] += 1
        self._struck = point

    @property
    def cycles(self) -> int:
        """Return how many kills there were."""
        return len(self.under_way)

    def read_trace(self, trace: Path) -> str:
        """Count the points passed since the last call and return the one that killed, if any."""
        struck, self._struck = self._struck, ""
        if not trace.exists():
            return struck
        with trace.open("rb") as file:
            file.seek(self.read_to)
            text = file.read().decode()
        self.read_to += len(text.encode())
        killer = struck
        for name in text.split():
            if name.startswith("!"):
                killer = name[1:]
                self.kills[killer] += 1
            self.passed[name.lstrip("!")] += 1
        return killer

    @property
    def platform(self) -> str:
        """Return whose bot is killed."""
        return self.venue.partition("-")[0]

    @property
    def known(self) -> list[str]:
        """Return the points that a kill is to come to: what was passed, and what has to be."""
        return sorted({*self.passed, *expect_points(self.platform), *self.points})

    @property
    def wanted_states(self) -> tuple[str, ...]:
        """Return the states that a kill is to find something in."""
        return (*STATES, *self.more_states)

    def describe(self, report: Report, *, turns: int) -> list[str]:
        """Return the figures as lines."""
        lines = self.list_hits()
        named, total = sum(self.kills.values()), sum(self.seconds)
        lines += [
            "",
            f"{self.cycles} kills ({named} at {len(self.kills)} named points, "
            f"{self.at_random} at random times), {len(self.passed)} points passed",
            f"{self.more} cycles more than planned, for what no kill had come to",
            f"turns under way at a kill: least {min(self.under_way, default=0)}, "
            f"mean {sum(self.under_way) / max(1, self.cycles):.1f} (at least {turns} asked)",
            "painted: " + ", ".join(f"{self.painted[name]} {name}" for name in PAINTED),
            f"{report.turns} turns, {report.messages} messages of the bot; "
            f"{total:.0f} s, {1000 * total / max(1, self.cycles):.0f} ms a cycle",
            f"{report.lost} lost, {report.doubled} doubled, {report.out_of_order} out of order, "
            f"{len(report.violations)} violations in all",
        ]
        return lines

    def list_hits(self) -> list[str]:
        """Return, as lines, how often each point killed, and what state a kill found."""
        lines = [f"{self.venue}:", "kills  passed  fault point"]
        lines += [f"{self.kills[name]:>5} {self.passed[name]:>7}  {name}" for name in self.known]
        lines += ["", "points of the source that are never passed here:"]
        lines += [f"  {name}: {why}" for name, why in excuse_points(self.platform).items()]
        lines += ["", "found by a kill:"]
        others = sorted(self.states.keys() - {*self.wanted_states})
        named = (*self.wanted_states, *others)
        return lines + [f"{self.states[name]:>5}  {name}" for name in named]

    def shortcomings(self, *, least_points: int) -> list[str]:
        """Return what the campaign failed to reach."""
        found = [
            f"no kill found anything in: {name}"
            for name in self.wanted_states
            if not self.states[name]
        ]
        found += [f"never passed: {name}" for name in self.known if not self.passed[name]]
        found += [f"never killed at: {name}" for name in self.passed if not self.kills[name]]
        found += [
            f"passed, though it is said never to be: {name}"
            for name in self.passed
            if is_excused(name, self.platform)
        ]
        if len(self.kills) < least_points:
            found.append(f"{len(self.kills)} points killed, {least_points} asked")
        # Else nothing holds the page to its word.
        found += [f"painted: none {name}" for name in (LINKS, YES) if not self.painted[name]]
        return found


def read_states(database: Path) -> Counter[str]:
    """Return in which states the open turns and their messages stand."""
    connection = sqlite3.connect(database, timeout=10)
    try:
        turns = connection.execute(
            "SELECT state, COUNT(*) FROM turn WHERE state <> 'ended' GROUP BY state"
        ).fetchall()
        parts = connection.execute(
            "SELECT p.purpose, p.state, COUNT(*) FROM part p JOIN turn t ON t.id = p.turn "
            "WHERE t.state <> 'ended' GROUP BY p.purpose, p.state"
        ).fetchall()
    finally:
        connection.close()
    found: Counter[str] = Counter({f"turn {state}": count for state, count in turns})
    for purpose, state, count in parts:
        found[f"part {state}"] += count
        found[f"{purpose} {state}"] += count
    return found


def is_outside(point: str) -> bool:
    """Tell whether the bot is killed there from outside."""
    return point.startswith((DONE, LANDING))
