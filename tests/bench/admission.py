"""What a reservation against three limits costs, and that no process is granted too much."""

from __future__ import annotations

import tempfile
from pathlib import Path
from statistics import median

from tests import reservers
from tests.bench.figures import Figure

ASKED = 10_000
PROCESSES = 2
ALLOWED = (4_000, 4_500, 5_000)
ALONE = 3_000
SECONDS = 5.0
# A reservation is some twenty statements, of which six write; a plain insert is one.
TIMES_PLAIN = 30.0


def _edge(way: str) -> dict[str, float]:
    """Ask at the edge of the limits, from several processes at once."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bot.db"
        reservers.prepare(path, ALLOWED, ASKED)
        found = reservers.ask_at_once(path, way, PROCESSES, ASKED // PROCESSES)
    return {
        "granted": sum(one["granted"] for one in found),
        "locked": sum(one["locked"] for one in found),
        "seconds": max(one["seconds"] for one in found),
    }


def _alone(way: str) -> float:
    """Return the microseconds of one that is granted, where nobody else asks."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bot.db"
        reservers.prepare(path, (ALONE, ALONE, ALONE), ALONE)
        found = reservers.ask(path, way, 0, ALONE)
        assert found["granted"] == ALONE
    return found["seconds"] / ALONE * 1e6


def measure(rounds: int) -> list[Figure]:
    """Return the figures. Raises `AssertionError` if one too many, or too few, were granted."""
    ours = [_edge("ours") for _ in range(rounds)]
    naive = [_edge("naive") for _ in range(rounds)]
    for one in ours:
        assert one["granted"] == min(ALLOWED), one
        assert not one["locked"], one
    overspent = [int(one["granted"]) - min(ALLOWED) for one in naive]
    alone = median(_alone("ours") for _ in range(rounds))
    plain = median(_alone("plain") for _ in range(rounds))
    return [
        Figure(
            f"{ASKED} asked by {PROCESSES} processes",
            median(one["seconds"] for one in ours),
            "s",
            goal=SECONDS,
            remark=f"{min(ALLOWED)} allowed, {min(ALLOWED)} granted, 0 locked",
        ),
        Figure(
            "the same, read-check-write",
            median(one["seconds"] for one in naive),
            "s",
            remark=f"{min(ALLOWED)} allowed, {max(overspent)} granted beyond",
        ),
        Figure(
            "one reservation, three limits",
            alone,
            "us",
            plain,
            "us a plain insert",
            TIMES_PLAIN,
        ),
    ]
