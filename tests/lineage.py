"""I14: what edits made was paid for once, shown once, and it is known what it was made of."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator

from bot.events import TOO_MANY
from tests.evidence import Evidence, group
from tests.outcomes import THREAD, is_held_fast, was_left, whose_picture_goes
from tests.violation import Kind, Violation, edit_of, ended, name_of

# What a turn may have come to whose picture nobody needs to see.
UNSHOWN = ("undeliverable", "cancelled")
# What a turn comes to that gives its link back, if no step of it was begun.
IN_VAIN = ("refused", *UNSHOWN)


def check_pictures(evidence: Evidence) -> Iterator[Violation]:
    """I14, as the tables have it and as people see it."""
    yield from _numbers(evidence)
    yield from _steps(evidence)
    yield from _messages(evidence)
    yield from _removals(evidence)
    yield from _jobs(evidence)
    yield from _drafts(evidence)


def _numbers(evidence: Evidence) -> Iterator[Violation]:
    """I14: numbers have no gap, and what was made was made of what was there before."""
    for key, rows in group(evidence.database["picture"], *THREAD).items():
        where = f"in {key[3]}"
        numbers = sorted(row["number"] for row in rows)
        if numbers != list(range(1, len(rows) + 1)):
            yield Violation("I14", f"{where} pictures have the numbers {numbers}")
        for row in rows:
            name, inputs = f"{where} picture #{row['number']}", json.loads(row["inputs"])
            if not row["made"]:
                if row["base"] is not None or inputs:
                    yield Violation("I14", f"{name} was sent, yet made of {inputs}")
                continue
            if not inputs or row["base"] != inputs[0]:
                yield Violation("I14", f"{name} has the base {row['base']} and is of {inputs}")
            if len(set(inputs)) < len(inputs) or not set(inputs) <= set(numbers):
                yield Violation("I14", f"{name} is made of {inputs}, which are not all there")
            if any(number >= row["number"] for number in inputs):
                yield Violation("I14", f"{name} is made of {inputs}, which came after it")


def _steps(evidence: Evidence) -> Iterator[Violation]:
    """I14: each picture was made by one step that was settled, and by each such step one was."""
    database = evidence.database
    turns = {turn["id"]: turn for turn in database["turn"]}
    steps = group((row for row in database["step"] if row["kind"] == "image"), "turn")
    held = {(row["turn"], row["step"]): row for row in database["reservation"]}
    made = group((row for row in database["picture"] if row["made"]), "turn")
    for turn_id, rows in made.items():
        turn = turns.get(turn_id)
        if turn is None:
            yield Violation("I14", f"a picture was made by {turn_id}, which is not there")
            continue
        name = name_of(turn)
        if len(rows) > 1:
            yield Violation("I14", f"{name} made {len(rows)} pictures", Kind.DOUBLED)
        stored = [step for step in steps.get(turn_id, []) if step["state"] == "stored"]
        if len(stored) != 1:
            yield Violation("I14", f"{name} made a picture by {len(stored)} image steps")
            continue
        if held.get((turn_id, stored[0]["n"]), {}).get("state") != "settled":
            yield Violation("I14", f"{name} made a picture that nobody paid")
        if any(row["model"] != stored[0]["model"] for row in rows):
            yield Violation("I14", f"{name} made a picture by another model than was asked")
    for turn in ended(evidence):
        mine, edit = steps.get(turn["id"], []), edit_of(turn)
        if not edit:
            if mine and turn["name"]:
                yield Violation("I14", f"{name_of(turn)} asked for no picture, yet has a step")
        elif edit["shows"] is not None or edit["removes"] is not None:
            if mine:
                yield Violation("I14", f"{name_of(turn)} needs no model, yet asked one")
        elif turn["outcome"] == "answered" and turn["id"] not in made:
            yield Violation("I14", f"{name_of(turn)} is answered without a picture", Kind.LOST)
        if len(mine) > 1:
            yield Violation("I14", f"{name_of(turn)} has {len(mine)} steps", Kind.DOUBLED)


def _messages(evidence: Evidence) -> Iterator[Violation]:
    """I14: each edit that was answered shows its picture in one message, and no other does."""
    parts = group((row for row in evidence.database["part"] if row["purpose"] == "picture"), "turn")
    for turn in ended(evidence):
        mine = parts.get(turn["id"], [])
        sent = [part for part in mine if part["state"] == "sent"]
        name = name_of(turn)
        if len(mine) > 1:
            yield Violation("I14", f"{name} shows its picture {len(mine)} times", Kind.DOUBLED)
        if edit_of(turn) and turn["outcome"] == "answered":
            if not sent and not was_left(evidence, turn):
                yield Violation("I14", f"{name} does not show its picture", Kind.LOST)
        elif mine and turn["outcome"] not in UNSHOWN and turn["name"]:
            yield Violation("I14", f"{name} shows a picture that it has not")


def _removals(evidence: Evidence) -> Iterator[Violation]:
    """I14: what its asker wanted deleted stands no more, and its bytes are not kept."""
    visible = {(each.place, each.id): each for each in evidence.world.ours()}
    parts = group(evidence.database["part"], "turn")
    pictures = {
        (*(row[key] for key in THREAD), row["number"]): row for row in evidence.database["picture"]
    }
    for turn in ended(evidence):
        if (number := edit_of(turn).get("removes")) is None:
            continue
        row = pictures.get((*(turn[key] for key in THREAD), number))
        if row is None or row["blob"] or not row["removed"]:
            yield Violation("I14", f"{name_of(turn)}: picture #{number} is still kept")
        going = sorted(whose_picture_goes(evidence, turn))
        for part in (part for each in going for part in parts.get(each, [])):
            message = visible.get((part["place"], part["message"]))
            if part["purpose"] != "picture" or message is None:
                continue
            shut = part["place"] in evidence.world.shut
            if not (shut or was_left(evidence, turn) or is_held_fast(evidence, message)):
                yield Violation("I14", f"{name_of(turn)}: picture #{number} still stands")


def _jobs(evidence: Evidence) -> Iterator[Violation]:
    """I14: nothing that costs is handed over twice: one request for each step that left.

    The step of a late result has the request of another turn's, and hands nothing over.
    """
    steps = [row for row in evidence.database["step"] if row["kind"] == "image"]
    turns = {turn["id"]: turn for turn in evidence.database["turn"]}
    late = {row["turn"]: edit_of(turns[row["turn"]]).get("late_of") for row in steps}
    left = [row for row in steps if row["request_id"] is not None and not late[row["turn"]]]
    jobs = [job for job in evidence.jobs if job.edits]
    if len(jobs) > len(left):
        text = f"{len(jobs)} pictures were asked for by {len(left)} steps"
        yield Violation("I14", text, Kind.DOUBLED)
    known = Counter(row["request_id"] for row in left if row["request_id"])
    for request_id, times in known.items():
        if times > 1:
            yield Violation("I14", f"{times} steps have the request {request_id}", Kind.DOUBLED)
    for row in steps:
        if row["request_id"] and late[row["turn"]] and row["request_id"] not in known:
            text = f"{name_of(turns[row['turn']])} fetches what nobody asked for"
            yield Violation("I14", text)


def _drafts(evidence: Evidence) -> Iterator[Violation]:
    """I14: of a form, or a link, at most one turn came that was not refused."""
    turns = {turn["id"]: turn for turn in evidence.database["turn"]}
    used = Counter(row["used"] for row in evidence.database["draft"] if row["used"])
    begun = {row["turn"] for row in evidence.database["step"]}
    for turn_id, times in used.items():
        if times > 1:
            yield Violation("I14", f"turn {turn_id} came of {times} drafts", Kind.DOUBLED)
    for draft in sorted(evidence.painted - {row["id"] for row in evidence.database["draft"]}):
        yield Violation("I14", f"draft {draft} was painted by, and is not there", Kind.LOST)
    for row in evidence.database["draft"]:
        name, turn = f"draft {row['id']}", turns.get(row["used"])
        if row["used"] and turn is None:
            yield Violation("I14", f"{name} was used by {row['used']}, which is not there")
        if turn is not None and turn["author"] != row["author"]:
            yield Violation("I14", f"{name} was used by somebody else")
        if turn is not None and turn["received_at"] >= row["expires_at"]:
            yield Violation("I14", f"{name} was used when it had expired")
        mine = [each for each in turns.values() if each["source"].partition(":")[0] == row["id"]]
        # Where not even its notice could stand, or everything was taken back meanwhile, what was
        # refused is told by having no step.
        came = [each for each in mine if each["outcome"] not in IN_VAIN or each["id"] in begun]
        # What is refused later gives its link back; whoever asks too much is not told yes.
        taken = row["used"] or any(each["error"] != TOO_MANY for each in mine)
        if row["id"] in evidence.painted and not taken:
            yield Violation("I14", f"{name} was painted by, and no edit came of it", Kind.LOST)
        if len(came) > 1:
            yield Violation("I14", f"{name} was used {len(came)} times", Kind.DOUBLED)
        if came and row["kind"] == "paint" and came[0]["id"] != row["used"]:
            yield Violation("I14", f"{name} made {name_of(came[0])}, which it does not know")
