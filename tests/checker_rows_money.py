"""Promises about money: what is counted, held back and charged (I4 to I6), and once (I13)."""

from __future__ import annotations

from bot import notices
from tests.checker_case import Breaks, both, row
from tests.checker_runs import counted, submitted
from tests.evidence import Job
from tests.violation import Kind

MONEY: Breaks = {
    "counted too little": (
        "I4", Kind.OTHER, "has 79, the ledger 80",
        both(counted, lambda case: case.change("counter", {"id": "c1"}, spent=79)),
    ),
    "forgiven twice": (
        "I4", Kind.OTHER, "has 85, the ledger 80",
        both(counted, lambda case: case.change("counter", {"id": "c1"}, forgiven=5)),
    ),
    "reserved for nobody": (
        "I4", Kind.OTHER, "reserves 5, not 0",
        both(counted, lambda case: case.change("counter", {"id": "c1"}, reserved=5)),
    ),
    "held on": (
        "I5", Kind.OTHER, "still holds something back",
        both(counted, lambda case: case.rows.append(
            row("hold", turn="t2", step=1, counter="c1", amount=0, extra=0))),
    ),
    "attempt not counted": (
        "I4", Kind.OTHER, "attempts are counted as 0 + 5, not 0 + 6",
        both(counted, lambda case: case.change("counter", {"id": "c2"}, spent=5)),
    ),
    "attempt left open": (
        "I4", Kind.OTHER, "is still open",
        lambda case: case.change("attempt", {"turn": "t2"}, billed=None),
    ),
    "no attempt": (
        "I4", Kind.OTHER, "was no attempt", lambda case: case.drop("attempt", turn="t2"),
    ),
    "settled beyond": (
        "I4", Kind.OTHER, "settles more tokens",
        lambda case: case.change("ledger", {"turn": "t2"}, tokens=101),
    ),
    "ledger without reservation": (
        "I4", Kind.OTHER, "without reservation",
        lambda case: case.drop("reservation", turn="t2"),
    ),
    "booked on another": (
        "I4", Kind.OTHER, "on somebody else",
        lambda case: case.change("ledger", {"turn": "t2"}, author="8"),
    ),
    "step without reservation": (
        "I5", Kind.OTHER, "without a reservation",
        both(
            lambda case: case.drop("reservation", turn="t2"),
            lambda case: case.drop("ledger", turn="t2"),
        ),
    ),
    "reservation left open": (
        "I5", Kind.OTHER, "is still open",
        lambda case: case.change("reservation", {"turn": "t2"}, state="open", closed_at=None),
    ),
    "never booked": (
        "I5", Kind.OTHER, "closed by 0 entries", lambda case: case.drop("ledger", turn="t3"),
    ),
    "settled and released": (
        "I5", Kind.OTHER, "closed by 2 entries",
        lambda case: case.rows.append(
            ("ledger", next(r for t, r in case.rows if t == "ledger") | {"kind": "release"})
        ),
    ),
    "step still running": (
        "I5", Kind.OTHER, "still runs",
        lambda case: case.change("step", {"turn": "t2"}, state="running"),
    ),
    "charged for nothing": (
        "I6", Kind.OTHER, "for nothing",
        both(
            lambda case: case.change("ledger", {"turn": "t3"}, kind="settle", tokens=5),
            lambda case: case.change("reservation", {"turn": "t3"}, state="settled"),
        ),
    ),
    "not charged": (
        "I6", Kind.OTHER, "nobody paid",
        both(
            lambda case: case.change("ledger", {"turn": "t2"}, kind="release"),
            lambda case: case.change("reservation", {"turn": "t2"}, state="released"),
        ),
    ),
    "lied about the charge": (
        "I6", Kind.OTHER, "says that nothing was charged",
        lambda case: case.change("turn", {"id": "t2"}, note=notices.NOTHING_CHARGED),
    ),
    "submitted again": (
        "I13", Kind.DOUBLED, "2 jobs for 1 steps",
        both(
            submitted,
            lambda case: case.jobs.append(Job("job-2", "Ann: a question of its own")),
        ),
    ),
    "job of nobody": (
        "I13", Kind.OTHER, "was never accepted",
        both(submitted, lambda case: case.jobs.clear()),
    ),
}  # fmt: skip
