"""Prove, from outside, that every turn had exactly one visible outcome and was paid once.

The invariants and their numbers are those of the project's reliability notes: I1 every
message asked for has one ended turn, I2 one visible outcome each and nothing else of ours,
I3 order within a thread, I4 and I5 the algebra of reservations and ledger, I6 charged is
delivered, I7 nothing left in sending, I8 no placeholder left, I9 payload rules, I10 no secret
anywhere, I11 the file is sound.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from bot import notices
from tests.accounts import check_charges, check_reservations
from tests.evidence import Evidence, Row, Seen, group
from tests.payloads import check_payloads
from tests.shown import explain_difference
from tests.violation import Kind, Violation, ended, name_of


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
        _sources,
        _outcomes,
        _strangers,
        _order_of_parts,
        _order_of_turns,
        check_reservations,
        check_charges,
        _outbox,
        _placeholders,
        _payloads,
        _secrets,
        _soundness,
        _crashes,
    )
    found = tuple(violation for each in checks for violation in each(evidence))
    return Report(found, len(evidence.database["turn"]), len(evidence.world.ours()))


# --- what the checks share ---------------------------------------------------------------


def _parts_of(evidence: Evidence) -> dict[str, list[Row]]:
    """Return each turn's outbox rows, in their order."""
    rows = sorted(evidence.database["part"], key=lambda row: (row["purpose"], row["idx"]))
    return group(rows, "turn")


def _visible(evidence: Evidence) -> dict[tuple[str, str], Seen]:
    """Return our messages by place and id."""
    return {(each.place, each.id): each for each in evidence.world.ours()}


def _excused(evidence: Evidence, part: Row) -> bool:
    """Tell whether somebody else took this message away."""
    world = evidence.world
    return part["message"] in world.by_others or part["place"] in world.gone


# --- I1 ------------------------------------------------------------------------------------


def _sources(evidence: Evidence) -> Iterator[Violation]:
    """I1: every message that asks has exactly one turn, and every turn is over in the end."""
    turns = evidence.database["turn"]
    by_source = group(turns, "source")
    followed = {
        row["thread"]: min(
            (turn["position"] for turn in turns if turn["thread"] == row["thread"]), default=0
        )
        for row in evidence.database["conversation"]
        if row["followed"]
    }
    for message in evidence.world.messages:
        if message.ours or message.id in evidence.unheard:
            continue
        begun = followed.get(message.place)
        asked = message.addressed or (begun is not None and message.position > begun)
        of_it = by_source.get(message.id, [])
        if asked and not of_it:
            yield Violation("I1", f"message {message.id} has no turn: {message.text!r}", Kind.LOST)
        if not asked and of_it:
            yield Violation("I1", f"message {message.id} asked for nothing: {message.text!r}")
        if len(of_it) > 1:
            yield Violation("I1", f"message {message.id} has {len(of_it)} turns", Kind.DOUBLED)
    for turn in turns:
        if evidence.final and turn["state"] != "ended":
            yield Violation("I1", f"{name_of(turn)} is not over", Kind.LOST)


# --- I2 ------------------------------------------------------------------------------------


def _outcomes(evidence: Evidence) -> Iterator[Violation]:
    """I2: each ended turn shows its answer or one notice, whole, and nothing else."""
    parts, visible = _parts_of(evidence), _visible(evidence)
    for turn in ended(evidence):
        mine = parts.get(turn["id"], [])
        for part in mine:
            key = (part["place"], part["message"])
            if part["state"] == "sent" and key not in visible and not _excused(evidence, part):
                what = f"{part['purpose']} {part['idx']} ({part['message']})"
                yield Violation("I2", f"{name_of(turn)}: its {what} is not there", Kind.LOST)
        if turn["outcome"] != "undeliverable":
            yield from _amount(turn, mine)
            yield from _texts(evidence, turn, mine, visible)


def _amount(turn: Row, mine: list[Row]) -> Iterator[Violation]:
    """I2: an answer xor one notice. A notice may stand in the message of a placeholder."""
    name, notes = name_of(turn), sum(1 for part in mine if part["purpose"] == "notice")
    if turn["outcome"] == "cancelled" and not turn["answer"]:
        if mine:
            yield Violation("I2", f"{name}: shows {len(mine)} messages", Kind.DOUBLED)
    elif not mine and turn["outcome"] == "cancelled":
        pass  # its question was deleted before the first text could be shown
    elif not mine:
        yield Violation("I2", f"{name}: shows nothing", Kind.LOST)
    elif turn["answer"]:
        if notes:
            yield Violation("I2", f"{name}: shows an answer and a notice", Kind.DOUBLED)
    elif len(mine) > 1:
        yield Violation("I2", f"{name}: shows its notice {len(mine)} times", Kind.DOUBLED)


def _texts(
    evidence: Evidence, turn: Row, mine: list[Row], visible: dict[tuple[str, str], Seen]
) -> Iterator[Violation]:
    """I2: what stands there is what was stored, from the first word to the last."""
    if not mine or any(_excused(evidence, part) for part in mine):
        return
    seen = {
        (part["purpose"], part["idx"]): visible[(part["place"], part["message"])]
        for part in mine
        if (part["place"], part["message"]) in visible
    }
    if len(seen) != len(mine):
        return  # said already: one of them is not there, or not sent
    for purpose in ("answer", "notice", "file"):
        numbers = [idx for of, idx in seen if of == purpose]
        if numbers != list(range(len(numbers))):
            yield Violation("I2", f"{name_of(turn)}: has {purpose} parts {numbers}", Kind.LOST)
    texts = [each.text for (purpose, _), each in seen.items() if purpose != "file"]
    files = [each for (purpose, _), each in seen.items() if purpose == "file"]
    if problem := explain_difference(turn, texts, files):
        yield Violation("I2", f"{name_of(turn)}: {problem}", Kind.LOST)


def _strangers(evidence: Evidence) -> Iterator[Violation]:
    """I2: every message of ours belongs to exactly one row."""
    rows = group(evidence.database["part"], "place", "message")
    for message in evidence.world.ours():
        if message.text == notices.out_of_storage():
            continue  # said without a row, because rows could not be written
        if (message.place, message.id) not in rows:
            which = f"message {message.id} of ours in {message.place}"
            yield Violation("I2", f"{which} has no row: {message.text[:50]!r}", Kind.DOUBLED)
    for (place, message_id), several in rows.items():
        if message_id is not None and len(several) > 1:
            yield Violation("I2", f"message {message_id} in {place} has {len(several)} rows")


# --- I2, I3: order -------------------------------------------------------------------------


def _order_of_parts(evidence: Evidence) -> Iterator[Violation]:
    """I2: a turn's parts stand in their order, with nothing of its thread between them."""
    turns = {turn["id"]: turn for turn in evidence.database["turn"]}
    rows = {(row["place"], row["message"]): row for row in evidence.database["part"]}
    found = [rows[key] for each in evidence.world.ours() if (key := (each.place, each.id)) in rows]
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
    return (("answer", "file", "notice").index(part["purpose"]), part["idx"])


def _order_of_turns(evidence: Evidence) -> Iterator[Violation]:
    """I3: outcomes in a thread follow the order of the messages.

    A message that was heard of only after a later one was already being answered (it was
    missed and read afterwards) is answered late; that is promised so, and no violation.
    """
    world = {(each.place, each.id): each for each in evidence.world.ours()}
    first: dict[str, int] = {}
    for row in evidence.database["part"]:
        if (row["place"], row["message"]) in world:
            at = int(row["message"])
            first[row["turn"]] = min(first.get(row["turn"], at), at)
    threads = group(ended(evidence), "platform", "workspace", "channel", "thread")
    for turns in threads.values():
        order = sorted(turns, key=lambda turn: int(turn["position"]))
        for number, later in enumerate(order):
            for earlier in order[:number]:
                if _heard_late(earlier, later):
                    continue
                swapped = earlier["ended_at"] > later["ended_at"] or (
                    earlier["id"] in first
                    and later["id"] in first
                    and first[earlier["id"]] > first[later["id"]]
                )
                if swapped:
                    yield Violation(
                        "I3", f"{name_of(later)} came before {name_of(earlier)}", Kind.DISORDER
                    )


def _heard_late(earlier: Row, later: Row) -> bool:
    """Tell whether the later message was already taken up when the earlier one came in.

    Times are milliseconds: in a tie the order in which the two came in decides.
    """
    taken_up = later["started_at"] or later["concluded_at"] or later["ended_at"]
    if taken_up is None:
        return False
    came, other = earlier["received_at"], later["received_at"]
    return bool(came > taken_up or (came == taken_up and other < came))


# --- I7, I8 ---------------------------------------------------------------------------------


def _outbox(evidence: Evidence) -> Iterator[Violation]:
    """I7: no outbox row of an ended turn is undecided."""
    over = {turn["id"]: turn for turn in ended(evidence)}
    for part in evidence.database["part"]:
        turn = over.get(part["turn"])
        if turn is None or part["state"] == "sent":
            continue
        if turn["outcome"] == "undeliverable" and part["state"] == "planned":
            continue
        where = f"{part['purpose']} {part['idx']} of {name_of(turn)}"
        yield Violation("I7", f"{where} is left {part['state']}", Kind.LOST)


def _placeholders(evidence: Evidence) -> Iterator[Violation]:
    """I8: no status, Stop button, mark of waiting or interaction's token outlives its turn."""
    over = {turn["id"]: turn for turn in ended(evidence)}
    rows = {(row["place"], row["message"]): row for row in evidence.database["part"]}
    statuses = (notices.STATUS, notices.STATUS_AGAIN, notices.STATUS_RESTARTING)
    for message in evidence.world.ours():
        row = rows.get((message.place, message.id))
        if row is None or row["turn"] not in over:
            continue
        name = name_of(over[row["turn"]])
        if any(message.text.strip().startswith(status) for status in statuses):
            yield Violation("I8", f"{name}: {message.text[:40]!r} still stands", Kind.LOST)
        if any("stop" in button.lower().split(":") for button in message.buttons):
            yield Violation("I8", f"{name}: its Stop button still stands")
    sources = {turn["source"]: turn for turn in over.values()}
    for message in evidence.world.messages:
        if message.waiting and message.id in sources:
            yield Violation("I8", f"{name_of(sources[message.id])}: still marked as waiting")
    for row in evidence.database["interaction"]:
        if row["turn"] in over and row["token"]:
            yield Violation("I8", f"{name_of(over[row['turn']])}: its token is still stored")


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
        f"entry {each.n} {each.route}": repr((each.path, each.request, each.answer))
        for each in evidence.entries
    }
    places |= evidence.outputs
    places["database"] = evidence.database.dump()
    for where, text in places.items():
        for canary in evidence.canaries:
            if canary in text:
                yield Violation("I10", f"a secret ({canary[:4]}…) is in {where}")


def _soundness(evidence: Evidence) -> Iterator[Violation]:
    """I11: SQLite finds its file whole."""
    for line in evidence.database.integrity:
        yield Violation("I11", f"integrity_check: {line}")
    for line in evidence.database.foreign:
        yield Violation("I11", f"foreign_key_check: {line}")


def _crashes(evidence: Evidence) -> Iterator[Violation]:
    """No fault of ours ends in a traceback, whatever happened outside."""
    lines = evidence.outputs.get("log", "").splitlines()
    for number, line in enumerate(lines):
        if line.startswith("Traceback "):
            end = next((each for each in lines[number + 1 :] if each[:1] not in ("", " ")), "")
            yield Violation("log", f"line {number + 1}: {end[:200]}")
