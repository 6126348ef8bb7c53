"""I7, I8: nothing that was meant for a while is left when a turn is over."""

from __future__ import annotations

from collections.abc import Iterator

from bot import notices
from bot.events import Stage
from tests.evidence import Evidence
from tests.outcomes import PASSING, is_held_fast, was_left
from tests.violation import Kind, Violation, ended, name_of

_DOING = (*map(notices.stage, Stage), notices.READING_FILES, notices.READING_THREAD)
STATUSES = (
    notices.STATUS,
    notices.STATUS_AGAIN,
    notices.STATUS_RESTARTING,
    *(f"{what}…" for what in _DOING),
)


def check_outbox(evidence: Evidence) -> Iterator[Violation]:
    """I7: no outbox row of an ended turn is undecided."""
    over = {turn["id"]: turn for turn in ended(evidence)}
    for part in evidence.database["part"]:
        turn = over.get(part["turn"])
        if turn is None or part["state"] == "sent" or was_left(evidence, turn):
            continue
        if turn["outcome"] == "undeliverable" and part["state"] == "planned":
            continue
        where = f"{part['purpose']} {part['idx']} of {name_of(turn)}"
        yield Violation("I7", f"{where} is left {part['state']}", Kind.LOST)


def check_placeholders(evidence: Evidence) -> Iterator[Violation]:
    """I8: no status, Stop button, mark of waiting or interaction's token outlives its turn."""
    over = {turn["id"]: turn for turn in ended(evidence)}
    rows = {(row["place"], row["message"]): row for row in evidence.database["part"]}
    ours = evidence.world.ours()
    # Where one message of a turn may not be touched, the others are not either.
    held = {
        (row["turn"], row["place"])
        for each in ours
        if (row := rows.get((each.place, each.id))) and is_held_fast(evidence, each)
    }
    for message in ours:
        row = rows.get((message.place, message.id))
        if row is None or row["turn"] not in over:
            continue
        turn = over[row["turn"]]
        if was_left(evidence, turn) or message.place in evidence.world.shut:
            continue  # nothing can be tidied up where one may not go
        name = name_of(turn)
        if (row["turn"], row["place"]) in held:
            continue
        if message.live:
            yield Violation("I8", f"{name}: {message.text[:40]!r} is still a stream", Kind.LOST)
        if message.text.strip().startswith(STATUSES):
            yield Violation("I8", f"{name}: {message.text[:40]!r} still stands", Kind.LOST)
        if any("stop" in button.lower().split(":") for button in message.buttons):
            yield Violation("I8", f"{name}: its Stop button still stands")
    for message in evidence.world.messages:
        if message.loading and (evidence.calm or not message.ephemeral) and evidence.final:
            yield Violation("I8", f"message {message.id} is still loading", Kind.LOST)
    sources = {turn["source"]: turn for turn in over.values()}
    for message in evidence.world.messages:
        asked = sources.get(message.id)
        if message.waiting and asked and not was_left(evidence, asked):
            yield Violation("I8", f"{name_of(asked)}: still marked as waiting")
    for row in evidence.database["part"]:
        if row["turn"] in over and row["purpose"] in PASSING:
            turn = over[row["turn"]]
            if not was_left(evidence, turn) and row["place"] not in _closed(evidence):
                yield Violation("I8", f"{name_of(turn)}: its {row['purpose']} was not taken away")
    yield from _statuses(evidence)
    for row in evidence.database["interaction"]:
        if row["turn"] in over and row["token"]:
            yield Violation("I8", f"{name_of(over[row['turn']])}: its token is still stored")


def _statuses(evidence: Evidence) -> Iterator[Violation]:
    """I8: a platform shows that something is being done only where it is."""
    open_turns = {turn["id"]: turn for turn in evidence.database["turn"]}
    for turn in ended(evidence):
        del open_turns[turn["id"]]
    busy = {turn["thread"] for turn in open_turns.values()}
    busy |= {part["place"] for part in evidence.database["part"] if part["turn"] in open_turns}
    # Where a stream cannot be ended, its session is not either.
    streams = [each for each in evidence.world.ours() if each.live]
    busy |= {each.place for each in streams if is_held_fast(evidence, each)}
    for place, text in evidence.world.statuses.items():
        left = place.partition("/")[0] in evidence.world.left
        if place not in busy | _closed(evidence) and not left:
            text = f"in {place} the status {text!r} still stands"
            yield Violation("I8", text, Kind.LOST)


def _closed(evidence: Evidence) -> set[str]:
    """Return the places where nothing can be tidied up."""
    return evidence.world.shut | evidence.world.gone
