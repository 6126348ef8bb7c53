"""Prove, from outside, that every turn had exactly one visible outcome and was paid once.

The invariants and their numbers are those of the project's reliability notes: I1 every
message asked for has one ended turn, I2 one visible outcome each and nothing else of ours,
I3 order within a thread, I4 and I5 the algebra of reservations and ledger, I6 charged is
delivered, I7 nothing left in sending, I8 no placeholder left, I9 payload rules, I10 no secret
anywhere, I11 what is kept is sound, I12 what people deleted is kept no more, I13 nothing that
costs money is asked for twice, I14 what edits made was paid for once, shown once, and it is known
what it was made of.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from adapters.playground.history import Entry
from tests.accounts import check_charges, check_reservations
from tests.counted import check_attempts, check_counters
from tests.erasure import check_blobs, check_erased
from tests.evidence import Evidence
from tests.leftovers import check_outbox, check_placeholders
from tests.lineage import check_pictures
from tests.order import check_parts, check_turns
from tests.outcomes import check_outcomes, check_strangers
from tests.payloads import check_payloads
from tests.repeats import check_submits
from tests.sources import check_sources
from tests.violation import Kind, Violation


@dataclass(frozen=True, slots=True)
class Report:
    """What the checker found, and how much it looked at."""

    violations: tuple[Violation, ...]
    turns: int
    messages: int

    def count(self, kind: Kind) -> int:
        """Return how many violations are of a kind."""
        return sum(1 for each in self.violations if each.kind is kind)

    @property
    def lost(self) -> int:
        """Return how many answers, or parts of them, nobody can see."""
        return self.count(Kind.LOST)

    @property
    def doubled(self) -> int:
        """Return how many messages are there once too often."""
        return self.count(Kind.DOUBLED)

    @property
    def out_of_order(self) -> int:
        """Return how many messages stand in the wrong order."""
        return self.count(Kind.DISORDER)

    def require_none(self) -> None:
        """Raise with every violation."""
        if self.violations:
            raise AssertionError("\n".join(map(str, self.violations)))


def check(evidence: Evidence) -> Report:
    """Return every violation of every invariant."""
    checks = (
        check_sources,
        check_outcomes,
        check_strangers,
        check_parts,
        check_turns,
        check_reservations,
        check_charges,
        check_counters,
        check_attempts,
        check_outbox,
        check_placeholders,
        _payloads,
        _secrets,
        _soundness,
        check_erased,
        check_submits,
        check_pictures,
        _crashes,
    )
    found = tuple(violation for each in checks for violation in each(evidence))
    return Report(found, len(evidence.database["turn"]), len(evidence.world.ours()))


# --- I9, I10, I11 ----------------------------------------------------------------------------


def _payloads(evidence: Evidence) -> Iterator[Violation]:
    """I9: nothing that was sent can ping, is over a limit, or is unknown to Discord."""
    for text in evidence.strange:
        yield Violation("I9", text)
    for text in check_payloads(evidence.entries):
        yield Violation("I9", text)


def _secrets(evidence: Evidence) -> Iterator[Violation]:
    """I10: no secret in a request's body or path, in an output, or in the file."""
    if not evidence.canaries:
        return
    places = {
        f"entry {each.n} {each.route}": repr((each.path, each.request, _answer(each)))
        for each in evidence.entries
    }
    places |= evidence.outputs
    places["database"] = evidence.database.dump()
    for where, text in places.items():
        for canary in evidence.canaries:
            if canary in text:
                yield Violation("I10", f"a secret ({canary[:4]}…) is in {where}")


def _answer(entry: Entry) -> object:
    """Return what a stand-in answered by itself: what a script puts into its mouth is no leak."""
    return None if "refuse" in entry.marks else entry.answer


def _soundness(evidence: Evidence) -> Iterator[Violation]:
    """I11: SQLite finds its file whole, and every picture that it names is there."""
    for line in evidence.database.integrity:
        yield Violation("I11", f"integrity_check: {line}")
    for line in evidence.database.foreign:
        yield Violation("I11", f"foreign_key_check: {line}")
    yield from check_blobs(evidence)


def _crashes(evidence: Evidence) -> Iterator[Violation]:
    """No fault of ours ends in a traceback, whatever happened outside."""
    lines = evidence.outputs.get("log", "").splitlines()
    for number, line in enumerate(lines):
        if line.startswith("Traceback "):
            end = next((each for each in lines[number + 1 :] if each[:1] not in ("", " ")), "")
            yield Violation("log", f"line {number + 1}: {end[:200]}")
