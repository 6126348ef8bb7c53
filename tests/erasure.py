"""I11, I12: the bytes that are named are there, and what people deleted is kept no more."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from tests.evidence import Evidence, Row
from tests.violation import Violation

CONVERSATION = ("platform", "workspace", "channel", "thread")


def check_blobs(evidence: Evidence) -> Iterator[Violation]:
    """I11: each picture that a row names is kept, whole."""
    named = [row for row in evidence.database["file"] if row["blob"]]
    if evidence.blobs is None or not named:
        return
    kept = {path.name: path for path in evidence.blobs.rglob("*") if path.is_file()}
    for row in named:
        path = kept.get(row["blob"])
        if path is None:
            yield Violation("I11", f"the picture {row['name']!r} is not kept")
        elif hashlib.sha256(path.read_bytes()).hexdigest() != row["blob"]:
            yield Violation("I11", f"the picture {row['name']!r} is damaged")


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


def _conversation(row: Row) -> tuple[object, ...]:
    return tuple(row[key] for key in CONVERSATION)
