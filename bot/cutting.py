"""One part of a long Markdown answer in the making: where it may end, and what is shown of it.

What may still grow is judged by what is known of it: nothing that comes later changes where a
part that is full was ended.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable
from dataclasses import dataclass

from bot.text import is_blank, is_boundary, last_boundary

# A longer run of back-ticks is no fence: closing it would cost too much of a part.
LONGEST_FENCE = 12
# https://spec.commonmark.org/0.31.2/#fenced-code-blocks allows three spaces; fences within
# nested lists stand deeper, and are code on every platform all the same.
DEEPEST_FENCE = 12
DEEPER_CLOSER = 3
# A part that is ended before it is full is ended at a good place, if there is one so near.
NEAR = 400
# The least of cuts that do not show: between two words.
WORDS = 4

_FENCE_LINE = re.compile(r"^( *)(`{3,}|~{3,})([^\n]*)(\n|\Z)", re.MULTILINE)
_CLOSER_BEGUN = re.compile(r"( *)(`*|~*)\Z")
_OPENER_BEGUN = re.compile(r" *(``|~~)")
_SPACE_RUN = re.compile(r"\s+")
_HEADING = re.compile(r"#{1,6} ")
_SENTENCE_END = ".!?\u2026:;。！？；："
_WIDE_SENTENCE_END = re.compile("[。！？；]")
# What should stay whole; one that is open where the part is full may go on beyond it.
_SPAN = re.compile(
    r"(`{1,2})[^`\n]+(?:\1|\Z)"
    r"|!?\[[^\[\]\n]*(?:\]\([^()\s]*(?:\)|\Z)|\]?\Z)"
    r"|<[@#:/a-z][^<>\n]{0,120}(?:>|\Z)"
    r"|\*\*[^*\n]+(?:\*\*|\Z)"
    r"|\|\|[^|\n]+(?:\|\||\Z)"
)


@dataclass(frozen=True, slots=True)
class Fence:
    """An open code fence: its marker, and its info string if that is of reasonable size."""

    marker: str
    info: str
    indent: int

    def opening(self) -> str:
        """Return the line that opens it again."""
        return f"{self.marker}{self.info}\n"


@dataclass(frozen=True, slots=True)
class Piece:
    """A part: `text` is its share of the answer, and all shares joined are the answer.

    `shown` is what to send: `opened`, the share (white space and a fence line that `opened`
    or `closed` stands for left out), `closed`. It is empty where nothing would be seen.
    """

    text: str
    shown: str
    opened: str = ""
    closed: str = ""

    @property
    def growing(self) -> str:
        """Return what is sent, without what closes it: more may follow at its end."""
        return self.shown[: len(self.shown) - len(self.closed)]


class Share:
    """One part in the making: a text that begins where the last part ended."""

    def __init__(
        self, text: str, fence: Fence | None, limit: int, length: Callable[[str], int]
    ) -> None:
        self._text = text
        self._limit = limit
        self._length = length
        self.skipped, self._fence, self._pending = _lead(text, fence)
        self._body = text[self.skipped :]
        self._opened = self._fence.opening() if self._fence else ""
        self._room = limit - length(self._opened)
        self._marks, self._states = self._find_fences()

    @property
    def overflows(self) -> bool:
        """Tell whether the text is more than one part."""
        return not self._pending and not self.fits(len(self._body))

    def whole(self) -> Piece:
        """Return all of the text as one piece."""
        if self._pending:
            return Piece(self._text, "")
        return self._make(len(self._body), len(self._body))

    def first(self) -> tuple[Piece, Fence | None]:
        """Cut the first piece off; also return the fence that the next one begins in."""
        full = bisect_left(range(self._room + 1), True, key=lambda end: not self.fits(end)) - 1
        least = min(self._half(), full)
        end, rank = self._choose(full, least)
        return self.end_at(*self._complete(end if rank else self._cut_hard(full, least)))

    def find_end(self, shown: str) -> tuple[int, int] | None:
        """Return where the piece is best ended before it is full, and where the next begins.

        `shown` was sent of it. None where nothing would be left on either side.
        """
        full = len(self._body.rstrip()) - 1
        if self._pending or full < 1:
            return None
        near = max(1, full - NEAR)
        sent = max(1, min(len(shown) - len(self._opened), full))
        end, rank = self._choose(full, sent)
        if rank < WORDS:
            end, rank = self._choose(full, near)
        end = self._leave_fence_line(end if rank else self._cut_hard(full, near))
        found = self._complete(end)
        return None if is_blank(self._body[: found[0]]) else found

    def _leave_fence_line(self, end: int) -> int:
        """Return `end`, or the beginning of its line where that opens a fence, perhaps."""
        line = self._body.rfind("\n", 0, end) + 1
        opens = _OPENER_BEGUN.match(self._body, line) and self._state_at(line) is None
        return line if opens else end

    def end_at(self, end: int, after: int) -> tuple[Piece, Fence | None]:
        """Return the piece that ends there; also the fence that the next one begins in."""
        return self._make(end, after), self._state_at(after)

    def _complete(self, end: int) -> tuple[int, int]:
        """Return where a piece that is cut at `end` ends, and where the next begins."""
        body = self._body
        after = self._skip_space(end)
        fence = self._state_at(after)
        line = body.rfind("\n", 0, end) + 1
        if fence and self._dangles(end, after) and body[line:end].strip() == fence.opening()[:-1]:
            end = line  # the next part opens it
        return end, after

    # --- fences ------------------------------------------------------------------------------

    def _find_fences(self) -> tuple[list[int], list[Fence | None]]:
        """Return the positions from which another fence, or none, is open."""
        marks: list[int] = [0]
        states: list[Fence | None] = [self._fence]
        cap = self._limit // 4
        for line in _FENCE_LINE.finditer(self._body):
            indent, run, info = line.end(1) - line.start(1), line[2], line[3]
            if len(run) > LONGEST_FENCE or indent > DEEPEST_FENCE:
                continue
            is_long = line.end(3) - line.start() > cap
            if not is_long and not line[4]:
                break
            fence = states[-1]
            if fence is None:
                # An endless line is judged by its beginning, since more may come.
                known = line[0][:cap][indent + len(run) :] if is_long else info
                if run[0] == "`" and "`" in known:
                    continue
                short = not is_long and self._length(info) <= cap - LONGEST_FENCE
                marks.append(line.start() + cap if is_long else line.end())
                states.append(Fence(run, info.rstrip() if short else "", indent))
            elif (
                line[4]
                and run[0] == fence.marker[0]
                and len(run) >= len(fence.marker)
                and indent <= fence.indent + DEEPER_CLOSER
                and not info.strip(" \t")
            ):
                marks.append(line.end())
                states.append(None)
        return marks, states

    def _state_at(self, at: int) -> Fence | None:
        """Return the fence that a character at `at` would stand in."""
        return self._states[bisect_right(self._marks, at) - 1]

    def _closing(self, end: int) -> str:
        """Return what closes the fence that is open at the end of `body[:end]`, trimmed.

        A fence counts as open once something stands in it. The longer a text, the longer it
        and this together, also while its own closing line is being written.
        """
        fence = self._states[max(bisect_left(self._marks, end) - 1, 0)]
        if fence is None or end == 0:
            return ""
        line = self._body.rfind("\n", 0, end) + 1
        if end - line <= fence.indent + DEEPER_CLOSER + LONGEST_FENCE:
            begun = _CLOSER_BEGUN.match(self._body, line, end)
            if (
                begun is not None
                and begun[2][:1] == fence.marker[0]
                and end - begun.start(2) <= LONGEST_FENCE
                and begun.end(1) - line <= fence.indent + DEEPER_CLOSER
            ):
                return fence.marker[end - begun.start(2) :]
        return f"\n{fence.marker}"

    def fits(self, end: int) -> bool:
        """Tell whether `body[:end]` can be one part."""
        shown = self._body[:end].rstrip()
        return self._length(shown) + len(self._closing(len(shown))) <= self._room

    def _dangles(self, end: int, after: int) -> bool:
        """Tell whether a part that ends here would end with the line that opens a fence."""
        start = bisect_left(self._marks, end) - 1
        stop = bisect_right(self._marks, after) - 1
        return stop > max(start, 0) and self._states[stop] is not None

    # --- where to cut --------------------------------------------------------------------------

    def _choose(self, full: int, least: int) -> tuple[int, int]:
        """Return the end, and its rank, of the best beginning that is `least` to `full` long.

        From the better to the worse: between paragraphs, between lines, the same within
        code, after a sentence, after a word, within a link or the like, between clusters.
        """
        body = self._body
        best, rank = 0, 0
        spans = self._find_spans(full)
        for run in _SPACE_RUN.finditer(body, least):
            end = run.start()
            if end > full:
                break
            if end == least and body[end - 1 : end].isspace():
                continue
            level = self._judge(end, run.end(), spans)
            if level >= max(rank, 1) and self._is_whole(end) and self._is_whole(run.end()):
                best, rank = end, level
        if rank < 3:
            for stop in _WIDE_SENTENCE_END.finditer(body, least, full):
                if self._judge_words(stop.end(), spans) > 1 and self._is_whole(stop.end()):
                    best, rank = stop.end(), 3
        return best, rank

    def _judge(self, end: int, after: int, spans: list[tuple[int, int]]) -> int:
        """Rank a cut at the white space `end:after`; 0 is none at all."""
        body = self._body
        lines = body.count("\n", end, after)
        if self._dangles(end, after) or end == 0:
            return 0
        if lines == 0 and body[after] in "`~":
            return 0  # would begin a part with what might be read as a fence
        fence = self._state_at(after)
        if fence is not None:
            if lines and body[after] == fence.marker[0]:
                return 0  # perhaps its closing line: that belongs to the code before it
            return (3, 6, 7)[min(lines, 2)]
        if lines == 0:
            return self._judge_words(end, spans)
        if _HEADING.match(body, body.rfind("\n", 0, end) + 1):
            return 1
        just_closed = self._states[max(bisect_left(self._marks, end) - 1, 0)] is not None
        return 9 if lines > 1 or just_closed else 8

    def _judge_words(self, end: int, spans: list[tuple[int, int]]) -> int:
        """Rank a cut between two words outside code."""
        if _span_around(spans, end) is not None:
            return 1
        return 5 if self._body[end - 1] in _SENTENCE_END else 4

    def _cut_hard(self, full: int, least: int) -> int:
        """Cut where there is no white space: between clusters, else anywhere."""
        body = self._body
        end = full
        span = _span_around(self._find_spans(full), end)
        if span is not None and span[0] >= least:
            end = span[0]
        line = body.rfind("\n", 0, end) + 1
        fence = self._state_at(end)
        if fence and _CLOSER_BEGUN.match(body, line, end) and body[end - 1] == fence.marker[0]:
            end = line  # not within what may be a closing line
        end = last_boundary(body, end)
        if not body[:end].strip():
            end = full
            if end > 1 and "\ud800" <= body[end - 1] <= "\udbff":
                end -= 1
        return end

    def _half(self) -> int:
        """Return where half a part is full: every part is at least that long if it can be."""
        half = self._limit // 2
        return bisect_left(range(half), half, key=lambda end: self._length(self._body[:end]))

    def _find_spans(self, full: int) -> list[tuple[int, int]]:
        """Return what should stay whole, as far as it is known when the part is full."""
        return [span.span() for span in _SPAN.finditer(self._body, 0, full + 1)]

    def _is_whole(self, at: int) -> bool:
        """Tell whether no cluster is cut at `at`."""
        return is_boundary(self._body, at)

    def _skip_space(self, end: int) -> int:
        """Return where the next part begins: after white space, but not after indentation."""
        run = _SPACE_RUN.match(self._body, end)
        if run is None:
            return end
        if self._state_at(run.end()) is not None:
            indented = run[0].rfind("\n") + 1 + end
            if indented > end and run.end() - indented <= self._limit // 4:
                return indented
        return run.end()

    def _make(self, end: int, after: int) -> Piece:
        """Return the piece that shows `body[:end]` and owns the text up to `after`."""
        text = self._text[: self.skipped + after]
        shown = self._body[:end].rstrip()
        if is_blank(shown):
            return Piece(text, "")
        closed = self._closing(len(shown))
        return Piece(text, f"{self._opened}{shown}{closed}", self._opened, closed)


def _lead(text: str, fence: Fence | None) -> tuple[int, Fence | None, bool]:
    """Return how much of a part's beginning is not shown, and the fence after that.

    Where a fence would be opened again only to be closed at once, neither is shown; while
    that cannot be told yet, the third value is true.
    """
    if fence is not None:
        line = _FENCE_LINE.match(text)
        if line is None or line[2][0] != fence.marker[0] or line[3].strip(" \t"):
            begun = _CLOSER_BEGUN.fullmatch(text) if len(text) < 2 * LONGEST_FENCE else None
            pending = begun is not None and begun[2][:1] in ("", fence.marker[0])
            return 0, fence, pending
        if (
            len(fence.marker) <= len(line[2]) <= LONGEST_FENCE
            and line.end(1) <= fence.indent + DEEPER_CLOSER
        ):
            if not line[4]:
                return 0, fence, True
            skipped, _, _ = _lead(text[line.end() :], None)
            return line.end() + skipped, None, False
        return 0, fence, False
    return len(text) - len(text.lstrip()), None, False


def _span_around(spans: list[tuple[int, int]], at: int) -> tuple[int, int] | None:
    """Return the span that a cut at `at` would break."""
    index = bisect_left(spans, (at, 0)) - 1
    if index >= 0 and spans[index][0] < at < spans[index][1]:
        return spans[index]
    return None
