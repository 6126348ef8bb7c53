"""Compare what people can read with what was stored, without asking the splitter."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from bot import notices, notices_delivery
from bot.text import clean_output
from tests.evidence import Row, Seen
from tests.violation import edit_of

LATE_AFTER_MS = 15 * 60_000
# What may be found out only when a picture is posted: that less is taken than was known.
REDUCED = re.compile(
    r"\n+\(the edited picture: it was reduced from [\d.]+ MB to [\d.]+ [kM]B"
    r"( \([\d,]+ by [\d,]+ pixels\))? to fit the upload limit\)$"
)
FENCE = re.compile(r"[ \t]*(`{3,}|~{3,})")


def explain_difference(
    turn: Row,
    texts: Sequence[str],
    files: Sequence[Seen],
    *,
    question: str | None = None,
    marks: Sequence[str] = (),
    quotes: bool = False,
) -> str:
    """Return how the messages differ from the stored turn; empty if they do not.

    `question` is what was asked, if that is known; `marks` are what may stand below the last
    message because another turn was made of this one; `quotes`: what is asked stands above it.
    """
    last = (files[-1] if files else None, texts[-1] if texts else "")
    for mark in marks:
        if last[0] is not None and last[0].text.endswith(mark):
            files = [*files[:-1], replace(last[0], text=last[0].text.removesuffix(mark).rstrip())]
        elif last[1].endswith(mark):
            texts = [*texts[:-1], last[1].removesuffix(mark).rstrip()]
    if not turn["answer"]:
        note = turn["note"]
        return "" if list(texts) == [note] else f"shows {list(texts)!r}, stored {note!r}"
    if edit_of(turn) and "it was reduced" not in turn["note"]:
        texts = [REDUCED.sub("", text) for text in texts]
    leads = _leads(turn, texts, question, quotes=quotes)
    found = [_explain_answer(turn, lead, texts, files) for lead in leads]
    return "" if "" in found else found[0]


def _explain_answer(turn: Row, lead: str, texts: Sequence[str], files: Sequence[Seen]) -> str:
    answer, note = turn["answer"], turn["note"]
    shown = f"{lead}{clean_output(answer)}"
    if turn["outcome"] == "cancelled":
        # Nobody waits for the rest: what had been posted stays, and nothing is added.
        beginning = joins_to(texts, shown, prefix=True)
        return "" if beginning else "its messages are not the beginning of the stored text"
    if files:
        return _explain_file(answer, note, shown, texts, files)
    whole = f"{shown}\n\n{note}" if note else shown
    if any(joins_to(texts, reading) for reading in (whole, *_closed_before(shown, note))):
        return ""
    lengths = [len(text) for text in texts]
    return f"its {len(texts)} messages {lengths} are not the stored text ({len(whole)} characters)"


def _explain_file(
    answer: str, note: str, shown: str, texts: Sequence[str], files: Sequence[Seen]
) -> str:
    """Return what is wrong with an answer that ends as a file."""
    if len(files) != 1 or len(files[0].files) > 1:
        return "shows its file more than once, or not at all"
    if not files[0].files:
        if f"cut here: the whole answer has {len(answer):,} characters" in files[0].text:
            return ""  # the platform would not have it, and that is said
        return "shows neither its file nor why there is none"
    _, content = files[0].files[0]
    if content.decode("utf-8", "replace") != clean_output(answer):
        return f"its file has {len(content)} bytes that are not the stored answer"
    if note.replace("`", "") not in files[0].text.replace("`", ""):  # no markup with a file
        return "the message with its file lacks the note"
    if not joins_to(texts, shown, prefix=True):
        return "its messages before the file are not the beginning of the answer"
    return ""


def _closed_before(shown: str, note: str) -> Iterator[str]:
    """Yield the text with a fence of its own closed before the note, so that this is no code."""
    markers = {match[1] for line in shown.split("\n") if (match := FENCE.match(line))}
    for marker in sorted(markers) if note else ():
        yield f"{shown}\n{marker}\n\n{note}"


def _leads(turn: Row, texts: Sequence[str], question: str | None, *, quotes: bool) -> list[str]:
    """Return what may stand before the answer: one thing, unless the question is not known."""
    if edit_of(turn):
        return [""]  # its caption says what was asked
    said = turn["kind"] in ("prompt", "ask")
    late = ""
    if said and turn["received_at"] - turn["sent_at"] > LATE_AFTER_MS:
        late = notices.LATE_LEAD
    asked = not late and turn["kind"] == "ask" and not turn["opens_thread"]
    if not asked and not quotes:
        return [late]
    if question is not None:
        return [late + notices_delivery.question_lead(question)] if question.strip() else [late]
    texts = [text.removeprefix(late.strip()).lstrip() for text in texts[:1]]
    quoted = [line for line in texts[0].split("\n") if line.startswith("> ")] if texts else []
    counts = range(len(quoted) + 1)
    return [late + "\n".join(quoted[:count]) + "\n\n" * (count > 0) for count in counts]


def joins_to(texts: Sequence[str], whole: str, *, prefix: bool = False) -> bool:
    """Tell whether the messages, one after the other, are exactly `whole`.

    Between two messages white space may be missing (Discord trims each), and a fence may
    have been closed at the end of one and opened again at the start of the next: each
    reading is tried, so that a real fence at a boundary is not mistaken for ours.
    """
    ends = {0}
    for number, text in enumerate(texts):
        reached: set[int] = set()
        for reading in _readings(text, reopened=number > 0):
            for start in ends:
                for at in _starts(whole, start, reading.head):
                    if whole.startswith(reading.text, at):
                        reached |= _starts(whole, at + len(reading.text), reading.tail)
        if not (ends := reached):
            return False
    return prefix or any(not whole[end:].strip() for end in ends)


@dataclass(frozen=True, slots=True)
class _Reading:
    """A message's text without the fence lines at its head and tail that may be ours."""

    text: str
    head: bool
    tail: bool


def _readings(text: str, *, reopened: bool) -> Iterator[_Reading]:
    """Yield the text as it stands, and without fence lines that a split may have added."""
    lines = text.strip().split("\n")
    heads = (0, 1) if reopened and FENCE.match(lines[0]) else (0,)
    tails = (0, 1) if len(lines) > 1 and FENCE.match(lines[-1]) else (0,)
    for head in heads:
        for tail in tails:
            kept = "\n".join(lines[head : len(lines) - tail]).strip()
            yield _Reading(kept, bool(head), bool(tail))


def _starts(whole: str, at: int, fenced: bool) -> set[int]:
    """Return where the text may go on: after white space, and after a fence line of its own
    for which the one that was left out of a reading may have stood (ours has no indent).
    """
    while at < len(whole) and whole[at].isspace():
        at += 1
    found = {at}
    if fenced and (line := FENCE.match(whole, at)):
        end = whole.find("\n", line.end())
        after = len(whole) if end < 0 else end + 1
        found |= _starts(whole, after, False)
    return found
