"""Count what a campaign did: which points killed, which states were found, how long it took."""

from __future__ import annotations

import re
import sqlite3
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from tests.checker import Report

BOT = Path(__file__).parent.parent.parent / "bot"
_NAMED = re.compile(r'(fault_point|transition)\(\s*"([^"]+)"')

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
    """The figures of one campaign."""

    passed: Counter[str] = field(default_factory=Counter)
    kills: Counter[str] = field(default_factory=Counter)
    misses: Counter[str] = field(default_factory=Counter)
    states: Counter[str] = field(default_factory=Counter)
    under_way: list[int] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    at_random: int = 0
    read_to: int = 0

    @property
    def cycles(self) -> int:
        """Return how many kills there were."""
        return len(self.under_way)

    def read_trace(self, trace: Path) -> str:
        """Count the points passed since the last call and return the one that killed, if any."""
        if not trace.exists():
            return ""
        with trace.open("rb") as file:
            file.seek(self.read_to)
            text = file.read().decode()
        self.read_to += len(text.encode())
        killer = ""
        for name in text.split():
            if name.startswith("!"):
                killer = name[1:]
                self.kills[killer] += 1
            self.passed[name.lstrip("!")] += 1
        return killer

    def choose(self) -> str:
        """Return the point that has killed least, and was waited for in vain least."""
        known = sorted({*self.passed, *read_points()})
        return min(known, key=lambda name: self.kills[name] + self.misses[name] / 2, default="")

    def describe(self, report: Report, *, turns: int) -> list[str]:
        """Return the figures as lines."""
        lines = ["kills  passed  fault point"]
        lines += [
            f"{self.kills[name]:>5} {self.passed[name]:>7}  {name}" for name in sorted(self.passed)
        ]
        lines += ["", "found by a kill:"]
        lines += [f"{self.states[name]:>5}  {name}" for name in STATES]
        named, total = sum(self.kills.values()), sum(self.seconds)
        lines += [
            "",
            f"{self.cycles} kills ({named} at {len(self.kills)} named points, "
            f"{self.at_random} at random times), {len(self.passed)} points passed",
            f"turns under way at a kill: least {min(self.under_way, default=0)}, "
            f"mean {sum(self.under_way) / max(1, self.cycles):.1f} (at least {turns} asked)",
            f"{report.turns} turns, {report.messages} messages of the bot; "
            f"{total:.0f} s, {1000 * total / max(1, self.cycles):.0f} ms a cycle",
            f"{report.lost} lost, {report.doubled} doubled, {report.out_of_order} out of order, "
            f"{len(report.violations)} violations in all",
        ]
        return lines

    def shortcomings(self, *, least_points: int) -> list[str]:
        """Return what the campaign failed to reach."""
        found = [f"no kill found anything in: {name}" for name in STATES if not self.states[name]]
        found += [f"never passed: {name}" for name in read_points() if not self.passed[name]]
        found += [f"never killed at: {name}" for name in self.passed if not self.kills[name]]
        if len(self.kills) < least_points:
            found.append(f"{len(self.kills)} points killed, {least_points} asked")
        return found


def read_states(database: Path) -> Counter[str]:
    """Return in which states the open turns and their messages stand."""
    connection = sqlite3.connect(database, timeout=10)
    try:
        turns = connection.execute(
            "SELECT state, COUNT(*) FROM turn WHERE state <> 'ended' GROUP BY state"
        ).fetchall()
        parts = connection.execute(
            "SELECT p.state, COUNT(*) FROM part p JOIN turn t ON t.id = p.turn "
            "WHERE t.state <> 'ended' GROUP BY p.state"
        ).fetchall()
    finally:
        connection.close()
    found: Counter[str] = Counter({f"turn {state}": count for state, count in turns})
    found.update({f"part {state}": count for state, count in parts})
    return found


def read_points() -> list[str]:
    """Return the points that the bot's source names in full."""
    found: set[str] = set()
    for path in BOT.rglob("*.py"):
        for kind, name in _NAMED.findall(path.read_text(encoding="utf-8")):
            sides = ("before", "after") if kind == "transition" else ()
            found.update([f"{side}:{name}" for side in sides] or [name])
    return sorted(found)
