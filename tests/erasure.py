"""I11, I12: the bytes that are named are there, and what people deleted is kept no more."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterator

from tests.evidence import Evidence, Row
from tests.violation import Violation

CONVERSATION = ("platform", "workspace", "channel", "thread")


def check_blobs(evidence: Evidence) -> Iterator[Violation]:
    """I11: each picture that a row names is kept, whole."""
    named = _named(evidence)
    if evidence.blobs is None or not named:
        return
    kept = {path.name: path for path in evidence.blobs.rglob("*") if path.is_file()}
    for blob, name in named.items():
        path = kept.get(blob)
        if path is None:
            yield Violation("I11", f"{name} is not kept")
        elif hashlib.sha256(path.read_bytes()).hexdigest() != blob:
            yield Violation("I11", f"{name} is damaged")


def _named(evidence: Evidence) -> dict[str, str]:
    """Return what each blob is that a row names."""
    database = evidence.database
    masks = {row["blob"]: f"the mask of turn {row['turn']}" for row in database["mask"]}
    pictures = {
        row["blob"]: f"picture #{row['number']} in {row['thread']}"
        for row in database["picture"]
        if row["blob"]
    }
    files = {row["blob"]: f"the picture {row['name']!r}" for row in database["file"] if row["blob"]}
    return masks | pictures | files


def check_erased(evidence: Evidence) -> Iterator[Violation]:
    """I12: neither words nor files of a deleted message, or of a deleted place, are stored."""
    if not evidence.final:
        return
    world, database = evidence.world, evidence.database
    taken_back = world.by_others - evidence.undeleted
    gone = {
        tuple(row[key] for key in CONVERSATION)
        for row in database["conversation"]
        if {row["place"], row["thread"], row["channel"]} & world.gone
    }
    erased: set[tuple[object, ...]] = set()
    for row in database["message"]:
        if row["quote_source"] in taken_back and row["quote_text"]:
            words = row["quote_text"][:50]
            yield Violation("I12", f"what quotes a deleted message still has: {words!r}")
        deleted = row["role"] == "user" and row["source"] in taken_back
        if not deleted and _conversation(row) not in gone:
            continue
        erased.add((*_conversation(row), row["position"]))
        if words := row["text"] or row["quote_text"]:
            what = f"message {row['source'] or row['turn']}"
            yield Violation("I12", f"{what} was deleted and is still stored: {words[:50]!r}")
    for row in database["file"]:
        deleted = (*_conversation(row), row["position"]) in erased
        if (deleted or row["message"] in taken_back) and (row["text"] or row["blob"]):
            yield Violation("I12", f"the file {row['name']!r} of a deleted message is still kept")

    yield from _check_pictures(evidence, erased)


def _check_pictures(evidence: Evidence, erased: set[tuple[object, ...]]) -> Iterator[Violation]:
    """I12: nor is a picture that came with such a message, nor what it was edited by."""
    database = evidence.database
    sent = {(*_conversation(row), row["blob"]) for row in database["file"]}
    gone = {
        turn["id"]
        for turn in database["turn"]
        if (*_conversation(turn), turn["position"]) in erased
    }
    for row in database["picture"]:
        if row["turn"] not in gone:
            continue
        name = f"picture #{row['number']} in {row['thread']}"
        if row["made"] and row["prompt"]:
            yield Violation("I12", f"{name} still has the deleted words {row['prompt'][:50]!r}")
        if not row["made"] and row["blob"] and (*_conversation(row), row["blob"]) not in sent:
            yield Violation("I12", f"{name} came with a deleted message and is still kept")
    deleted_at = _deletions(evidence)
    # Who asks again by a button asks by the message that was pressed below.
    sources = {turn["id"]: turn["source"] for turn in database["turn"]} | {
        row["turn"]: row["source"] for row in database["message"] if row["source"]
    }
    for row in database["draft"]:
        if not (mine := gone & {row["about"], row["used"]}):
            continue
        # Its result stands, and can be gone on from later, too: without the words.
        until = max(deleted_at.get(sources[each], math.inf) for each in mine)
        if row["prompt"] or (not row["revoked"] and row["created_at"] < until):
            yield Violation("I12", f"draft {row['id']} goes on from a deleted message")


def _deletions(evidence: Evidence) -> dict[str, float]:
    """Return when messages were deleted, as it was noted or the platforms told it."""
    found: dict[str, float] = {**evidence.deleted}
    for entry in evidence.entries:
        match entry.route, entry.request, entry.answer:
            case "event:MESSAGE_DELETE", _, {"id": str(message)}:
                found.setdefault(message, entry.at)
            case "event:message", {"event": {"deleted_ts": str(message)}}, _:
                found.setdefault(message, entry.at)
            case "event:message", {"event": {"message": {"subtype": "tombstone", "ts": ts}}}, _:
                found.setdefault(str(ts), entry.at)
    return found


def _conversation(row: Row) -> tuple[object, ...]:
    return tuple(row[key] for key in CONVERSATION)
