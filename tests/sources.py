"""I1: what asks for an answer has exactly one turn, and every turn is over in the end."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from bot import notices
from bot.events import OPENING, UNREADABLE
from tests.evidence import Database, Evidence, Row, Seen, group
from tests.violation import Kind, Violation, name_of

# Who is told why nobody answers them is told so once in this time.
UNREADABLE_MS = 24 * 3_600_000
# Turns that are made of a message of their own.
SAID = ("prompt",)
# What may become a turn, or ask for more first: a command, a form that was sent, these buttons.
MAY_ASK = frozenset({"edit-image", "form", *OPENING})


def check_sources(evidence: Evidence) -> Iterator[Violation]:
    """I1, for messages, commands and edits."""
    turns = evidence.database["turn"]
    by_source = group(turns, "source")
    yield from _messages(evidence, by_source)
    yield from _commands(evidence, by_source)
    yield from _edits(evidence, turns)
    yield from _unreadable(turns)
    for turn in turns:
        if evidence.final and turn["state"] != "ended":
            yield Violation("I1", f"{name_of(turn)} is not over", Kind.LOST)


def _messages(evidence: Evidence, by_source: dict[str, list[Row]]) -> Iterator[Violation]:
    followed = _followed(evidence.database)
    mentions = {
        row["channel"]: row
        for row in evidence.database["setting"]
        if row["name"] == "mentions" and not row["thread"]
    }
    for message in evidence.world.messages:
        if message.ours or message.id in evidence.unheard:
            continue
        asked = _asks(message, followed, mentions)
        of_it = [turn for turn in by_source.get(message.id, []) if turn["kind"] in SAID]
        if asked and not of_it:
            yield Violation("I1", f"message {message.id} has no turn: {message.text!r}", Kind.LOST)
        if asked is False and of_it:
            yield Violation("I1", f"message {message.id} asked for nothing: {message.text!r}")
        if len(of_it) > 1:
            yield Violation("I1", f"message {message.id} has {len(of_it)} turns", Kind.DOUBLED)


def _followed(database: Database) -> dict[str, int]:
    """Return the places that the bot answers in unasked, and from which position on."""
    positions: dict[tuple[str, str], int] = {}
    for turn in database["turn"]:
        key = (turn["channel"], turn["thread"])
        positions[key] = min(positions.get(key, turn["position"]), turn["position"])
    found: dict[str, int] = {}
    for row in database["conversation"]:
        key = (row["channel"], row["thread"])
        # A conversation without a thread stands in a channel, which is not its own.
        for place in {row["thread"], row["place"]} - {None, row["channel"]}:
            if row["followed"]:
                found[place] = positions.get(key, 0)
    return found


def _asks(message: Seen, followed: dict[str, int], mentions: dict[str, Row]) -> bool | None:
    """Tell whether a message asks for an answer; None where either is right."""
    if message.unclear:
        return None
    if message.addressed:
        return True
    if not message.says:
        return False
    begun = followed.get(message.place)
    usual = begun is not None and message.position > begun
    rule = mentions.get(message.channel)
    if rule is None:
        return usual
    if message.at <= rule["at"]:
        return None  # what held then is not known any more
    match rule["value"]:
        case "always":
            return False
        case "never" if message.channel == message.place:
            return True
        case _:
            return usual


def _commands(evidence: Evidence, by_source: dict[str, list[Row]]) -> Iterator[Violation]:
    """I1: what was asked by command, form or button, and was taken up in public, has one turn."""
    for asked in evidence.world.commands:
        of_it = by_source.get(asked.id, [])
        taken = asked.state in ("deferred", "answered") and not asked.ephemeral
        excused = asked.text in notices.ASIDES.values() or asked.id in evidence.unheard
        if asked.name in MAY_ASK:
            # What opened a form or was told alone is no turn's.
            taken = taken and (asked.state == "deferred" or bool(asked.text))
        elif asked.name != "ask":
            taken = False
        if taken and not excused and not of_it:
            text = f"the command {asked.id} was taken up and has no turn"
            yield Violation("I1", text, Kind.LOST)
        if asked.name not in {"ask", *MAY_ASK} and of_it:
            yield Violation("I1", f"the command {asked.name} {asked.id} has a turn")
        if len(of_it) > 1:
            text = f"the command {asked.id} has {len(of_it)} turns"
            yield Violation("I1", text, Kind.DOUBLED)
    known = {asked.id for asked in evidence.world.commands}
    for turns in by_source.values():
        for turn in turns:
            if turn["kind"] == "ask" and turn["source"] not in known:
                yield Violation("I1", f"{name_of(turn)}: nobody used that command")


def _edits(evidence: Evidence, turns: list[Row]) -> Iterator[Violation]:
    """I1: a question that was changed after its answer is offered again, once."""
    by_id = {turn["id"]: turn for turn in turns}
    offers = group((turn for turn in turns if turn["kind"] == "edited"), "about")
    edited = evidence.world.edited
    for about, several in offers.items():
        if len(several) > 1:
            text = f"turn {about} has {len(several)} offers to answer it again"
            yield Violation("I1", text, Kind.DOUBLED)
        question = by_id.get(about)
        if question is None or _root(question, by_id)["source"] not in edited:
            yield Violation("I1", f"{name_of(several[0])}: nobody changed that question")
    if not evidence.calm:
        return  # an edit while nobody listens is not told again
    remade = {turn["about"] for turn in turns if turn["about"]}
    for turn in turns:
        at = edited.get(turn["source"])
        answered = turn["kind"] in SAID and turn["outcome"] == "answered" and turn["answer"]
        if at is None or not answered or turn["id"] in remade or turn["source"] in evidence.unheard:
            continue
        if at > turn["concluded_at"]:
            text = f"{name_of(turn)}: its question was changed, and nothing was offered"
            yield Violation("I1", text, Kind.LOST)


def _root(turn: Row, by_id: dict[str, Row]) -> Row:
    """Return the turn that a question was first asked by."""
    while (before := by_id.get(turn["about"])) is not None:
        turn = before
    return turn


def _unreadable(turns: list[Row]) -> Iterator[Violation]:
    """I1: that messages cannot be read is said in a place once a day."""
    told: dict[str, list[Row]] = {}
    for turn in turns:
        if turn["error"] == UNREADABLE:
            place = turn["channel"] if turn["opens_thread"] else turn["thread"]
            told.setdefault(place, []).append(turn)
    for rows in told.values():
        rows.sort(key=lambda row: int(row["received_at"]))
        for before, after in pairwise(rows):
            if after["received_at"] - before["received_at"] < UNREADABLE_MS:
                text = f"{name_of(after)}: that was said a short while ago"
                yield Violation("I1", text, Kind.DOUBLED)
