"""I2, I3: our messages stand in the order in which they were asked for."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from tests.evidence import Evidence, Row, group, position_of
from tests.outcomes import PASSING
from tests.violation import Kind, Violation, ended, heard_late, name_of


def check_parts(evidence: Evidence) -> Iterator[Violation]:
    """I2: a turn's parts stand in their order, with nothing of its thread between them."""
    turns = {turn["id"]: turn for turn in evidence.database["turn"]}
    rows = {(row["place"], row["message"]): row for row in evidence.database["part"]}
    found = [
        rows[key]
        for each in evidence.world.ours()
        if (key := (each.place, each.id)) in rows and rows[key]["purpose"] not in PASSING
    ]
    streams: dict[tuple[str, str, str], list[Row]] = {}
    for row in found:
        turn = turns[row["turn"]]
        streams.setdefault((row["place"], turn["channel"], turn["thread"]), []).append(row)
    for (place, _, _), order in streams.items():
        closed: set[str] = set()
        for before, after in pairwise(order):
            if before["turn"] == after["turn"]:
                if _rank(before) > _rank(after):
                    yield Violation(
                        "I2", f"parts of turn {after['turn']} are shuffled", Kind.DISORDER
                    )
                continue
            closed.add(before["turn"])
            if after["turn"] in closed:
                yield Violation(
                    "I2",
                    f"in {place} turn {before['turn']} stands between parts of {after['turn']}",
                    Kind.DISORDER,
                )


def _rank(part: Row) -> tuple[int, int]:
    """Return where a part belongs within its turn."""
    return (("question", "answer", "picture", "file", "notice").index(part["purpose"]), part["idx"])


def check_turns(evidence: Evidence) -> Iterator[Violation]:
    """I3: outcomes in a thread follow the order of the messages.

    A message that was heard of only after a later one was already being answered (it was
    missed and read afterwards) is answered late; that is promised so, and no violation.
    """
    world = {(each.place, each.id): each for each in evidence.world.ours()}
    first: dict[str, dict[str, int]] = {}
    for row in evidence.database["part"]:
        if (row["place"], row["message"]) in world:
            places = first.setdefault(row["turn"], {})
            at = position_of(row["message"])
            places[row["place"]] = min(places.get(row["place"], at), at)
    threads = group(ended(evidence), "platform", "workspace", "channel", "thread")
    for turns in threads.values():
        order = sorted(turns, key=lambda turn: int(turn["position"]))
        for number, later in enumerate(order):
            for earlier in order[:number]:
                if heard_late(earlier, later):
                    continue
                swapped = earlier["ended_at"] > later["ended_at"] or _stands_above(
                    first.get(later["id"], {}), first.get(earlier["id"], {})
                )
                if swapped:
                    yield Violation(
                        "I3", f"{name_of(later)} came before {name_of(earlier)}", Kind.DISORDER
                    )


def _stands_above(later: dict[str, int], earlier: dict[str, int]) -> bool:
    """Tell whether the later turn's messages begin above the earlier one's, in one place.

    Between places a message's id says little: a placeholder has that of its beginning.
    """
    return any(later[place] < earlier[place] for place in later.keys() & earlier.keys())
