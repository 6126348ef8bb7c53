"""Compare what people can read with what was stored, without asking the splitter."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from bot import notices
from bot.text import clean_output
from tests.evidence import Row, Seen

LATE_AFTER_MS = 15 * 60_000
FENCE = re.compile(r"[ \t]*(`{3,}|~{3,})")


def explain_difference(turn: Row, texts: Sequence[str], files: Sequence[Seen]) -> str:
    """Return how the messages differ from the stored turn; empty if they do not."""
    answer, note = turn["answer"], turn["note"]
    if not answer:
        return "" if list(texts) == [note] else f"shows {list(texts)!r}, stored {note!r}"
    shown = f"{_lead(turn)}{clean_output(answer)}"
    if files:
        return _explain_file(answer, note, shown, texts, files)
    whole = f"{shown}\n\n{note}" if note else shown
    if joins_to(texts, whole):
        return ""
    lengths = [len(text) for text in texts]
    return f"its {len(texts)} messages {lengths} are not the stored text ({len(whole)} characters)"


def _explain_file(
    answer: str, note: str, shown: str, texts: Sequence[str], files: Sequence[Seen]
) -> str:
    """Return what is wrong with an answer that ends as a file."""
    if len(files) != 1 or len(files[0].files) != 1:
        return "shows its file more than once, or not at all"
    _, content = files[0].files[0]
    if content.decode("utf-8", "replace") != answer:
        return f"its file has {len(content)} bytes that are not the stored answer"
    if note and note not in files[0].text:
        return "the message with its file lacks the note"
    if not joins_to(texts, shown, prefix=True):
        return "its messages before the file are not the beginning of the answer"
    return ""


def _lead(turn: Row) -> str:
    late = turn["received_at"] - turn["sent_at"] > LATE_AFTER_MS
    return notices.LATE_LEAD if late else ""


def joins_to(texts: Sequence[str], whole: str, *, prefix: bool = False) -> bool:
    """Tell whether the messages, one after the other, are exactly `whole`.

    Between two messages white space may be missing (Discord trims each), and a fence may
    have been closed at the end of one and opened again at the start of the next: each
    reading is tried, so that a real fence at a boundary is not mistaken for ours.
    """
    ends = {0}
    for number, text in enumerate(texts):
        reached: set[int] = set()
        first, last = number == 0, number == len(texts) - 1
        for reading in _readings(text, reopened=not first, closed=not last or prefix):
            for start in ends:
                at = _skip_blank(whole, start)
                if whole.startswith(reading, at):
                    reached.add(at + len(reading))
        if not (ends := reached):
            return False
    return prefix or any(not whole[end:].strip() for end in ends)


def _skip_blank(text: str, at: int) -> int:
    while at < len(text) and text[at].isspace():
        at += 1
    return at


def _readings(text: str, *, reopened: bool, closed: bool) -> Iterator[str]:
    """Yield the text as it stands, and without fence lines that a split may have added."""
    lines = text.strip().split("\n")
    heads = (0, 1) if reopened and FENCE.match(lines[0]) else (0,)
    tails = (0, 1) if closed and len(lines) > 1 and FENCE.match(lines[-1]) else (0,)
    for head in heads:
        for tail in tails:
            yield "\n".join(lines[head : len(lines) - tail]).strip()
