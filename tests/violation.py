"""One broken promise, and what it means to a person."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from tests.evidence import Evidence, Row


class Kind(StrEnum):
    """What a violation means to a person."""

    LOST = "lost"
    DOUBLED = "doubled"
    DISORDER = "out of order"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Violation:
    """One broken promise."""

    invariant: str
    text: str
    kind: Kind = Kind.OTHER

    def __str__(self) -> str:
        return f"{self.invariant} ({self.kind}): {self.text}"


def name_of(turn: Row) -> str:
    """Return the words by which a violation names a turn."""
    return (
        f"turn {turn['id']} ({turn['kind']} {turn['source']}, {turn['outcome'] or turn['state']})"
    )


def edit_of(turn: Row) -> dict[str, Any]:
    """Return what a turn's edit of a picture is made of; nothing, if it asks for none."""
    edit: dict[str, Any] = json.loads(turn["edit"] or "{}")
    return edit


def ended(evidence: Evidence) -> Iterator[Row]:
    """Yield the turns that are over."""
    return (turn for turn in evidence.database["turn"] if turn["state"] == "ended")


def heard_late(earlier: Row, later: Row) -> bool:
    """Tell whether the later message was already taken up when the earlier one came in.

    Times are milliseconds: in a tie the order in which the two came in decides.
    """
    taken_up = later["started_at"] or later["concluded_at"] or later["ended_at"]
    if taken_up is None:
        return False
    came, other = earlier["received_at"], later["received_at"]
    return bool(came > taken_up or (came == taken_up and other < came))
