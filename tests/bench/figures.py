"""A figure beside what it is compared with, and how both are printed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median
from time import process_time


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured value. `goal` is the largest ratio to `beside` (or value, without it).

    `least` turns the goal round: the ratio is to be at least that.
    """

    name: str
    value: float
    unit: str
    beside: float | None = None
    than: str = ""
    goal: float | None = None
    least: bool = False
    remark: str = ""

    @property
    def ratio(self) -> float | None:
        """Return the value in units of what stands beside it."""
        if self.beside is None:
            return None
        return self.value / self.beside if self.beside else float("inf")

    @property
    def met(self) -> bool | None:
        """Tell whether the goal is met, if there is one."""
        if self.goal is None:
            return None
        compared = self.value if self.ratio is None else self.ratio
        return compared >= self.goal if self.least else compared <= self.goal


def show(title: str, figures: Sequence[Figure]) -> str:
    """Return a table."""
    rows = [("", "value", "beside", "ratio", "goal", "")]
    for each in figures:
        sign = ">=" if each.least else "<="
        rows.append(
            (
                each.name,
                f"{_number(each.value)} {each.unit}",
                "" if each.beside is None else f"{_number(each.beside)} {each.than}",
                "" if each.ratio is None else f"{each.ratio:.2f}",
                "" if each.goal is None else f"{sign} {each.goal:g}",
                {None: "", True: "met", False: "MISSED"}[each.met] + f" {each.remark}".rstrip(),
            )
        )
    widths = [max(len(row[column]) for row in rows) for column in range(6)]
    lines = [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        for row in rows
    ]
    return "\n".join([title, *(f"  {line}".rstrip() for line in lines), ""])


def _number(value: float) -> str:
    """Return three digits that count."""
    if value >= 1000:
        return f"{value:,.0f}"
    return f"{value:.3g}" if value < 100 else f"{value:.0f}"


def spend(work: Callable[[], object], rounds: int) -> float:
    """Return the median CPU seconds of a piece of work, after a round that does not count."""
    work()
    spent = []
    for _ in range(rounds):
        before = process_time()
        work()
        spent.append(process_time() - before)
    return median(spent)


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value below which that share of the values lies."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else float("nan")
