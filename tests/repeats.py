"""I13: a request that may not be made twice is made once for each step."""

from __future__ import annotations

from collections.abc import Iterator

from storage.buttons import CONTINUE_PROMPT
from tests.evidence import Evidence, Row, group
from tests.violation import Kind, Violation, name_of


def check_submits(evidence: Evidence) -> Iterator[Violation]:
    """I13: the service accepted no more jobs for a question than steps asked it.

    A job whose id was stored is never submitted again, so the rest of its steps' jobs have
    ids that no row holds; a step has one id, and one job. One that failed cost nothing, so
    its step may have asked again.
    """
    turns = {turn["id"]: turn for turn in evidence.database["turn"]}
    steps = group(
        (row for row in evidence.database["step"] if row["model"].startswith("segmind:")), "turn"
    )
    # What edits hand over is counted with the pictures that they make.
    chats = {id_: [row for row in rows if row["kind"] == "chat"] for id_, rows in steps.items()}
    jobs = {job.id: job for job in evidence.jobs}
    words: dict[str, set[str]] = {}
    asked: dict[str, int] = {}
    for id_, turn in turns.items():
        root = _root(turn, turns)
        asked[root] = asked.get(root, 0) + len(chats.get(id_, []))
        for row in evidence.database["message"]:
            said = row["text"] not in ("", CONTINUE_PROMPT)  # by which nobody can be told
            if row["turn"] == id_ and row["role"] == "user" and said:
                words.setdefault(root, set()).add(_own_words(row["text"]))
    for rows in steps.values():
        for row in rows:
            if row["request_id"] and row["request_id"] not in jobs:
                turn = turns[row["turn"]]
                text = f"{name_of(turn)}: its job {row['request_id']} was never accepted"
                yield Violation("I13", text)
    for root, texts in words.items():
        made = sum(
            not (job.failed or job.edits)
            and any(text in _own_words(job.question) for text in texts)
            for job in evidence.jobs
        )
        if made > asked[root]:
            text = f"{name_of(turns[root])}: {made} jobs for {asked[root]} steps"
            yield Violation("I13", text, Kind.DOUBLED)


def _own_words(text: str) -> str:
    """Return a question without the quotes in it, which may hold other questions."""
    return "\n".join(line for line in text.split("\n") if not line.startswith("> "))


def _root(turn: Row, turns: dict[str, Row]) -> str:
    """Return the turn that a question was first asked by."""
    while (before := turns.get(turn["about"])) is not None:
        turn = before
    return str(turn["id"])
