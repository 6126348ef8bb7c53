"""The parts of an answer while it grows: pure, apart from being told what was shown when.

A part that is followed by another is final. The last one grows, as long as the platform lets it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.ports import Limits
from bot.splitting import Cut, Piece, Splitter
from bot.turns.parts import sizes, visible


@dataclass(frozen=True, slots=True)
class Grown:
    """One part as it stands: `is_last` of those there are, and whether it `grows` yet."""

    index: int
    piece: Piece
    is_last: bool
    grows: bool


@dataclass(frozen=True, slots=True)
class _Growing:
    """The part that grows: its number, since when, and what the platform has of it."""

    index: int
    since: float
    sent: str


class Growth:
    """Plan the parts of one growing answer; times are seconds of a clock that never jumps."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._sizes = sizes(limits)
        self._splitter = Splitter(self._sizes[0], limits.length)
        self._final = 0
        self._growing: _Growing | None = None

    @property
    def sizes(self) -> tuple[int, ...]:
        """Return how long parts may be, as far as was learnt, and what to try below that."""
        return self._sizes

    @property
    def cuts(self) -> tuple[Cut, ...]:
        """Return where parts were ended before they were full."""
        return self._splitter.cuts

    def plan(self, text: str, now: float) -> Iterator[Grown]:
        """Yield, of the whole text so far, the parts that are not known to be final already."""
        self._splitter.feed(text)
        pieces, in_file = visible(self._splitter.pieces)
        if not in_file and self._is_old(len(pieces) - 1, now):
            pieces, in_file = self._cut_short(pieces)
        return self._number(pieces, in_file)

    def _number(self, pieces: Sequence[Piece], in_file: bool) -> Iterator[Grown]:
        for index in range(self._final, len(pieces)):
            is_last = index == len(pieces) - 1
            yield Grown(index, pieces[index], is_last, is_last and not in_file)

    def showed(self, part: Grown, now: float) -> None:
        """Know that the platform has a part as it was planned."""
        if not part.is_last:
            self._final = part.index + 1
        if part.grows:
            known = self._growing
            since = known.since if known is not None and known.index == part.index else now
            self._growing = _Growing(part.index, since, part.piece.growing)

    def make_smaller(self) -> bool:
        """Plan all parts anew, smaller, from the whole text; tell whether that is possible."""
        if len(self._sizes) == 1:
            return False
        self._sizes = self._sizes[1:]
        self._splitter = Splitter(self._sizes[0], self._limits.length, self._splitter.cuts)
        self._final = 0
        self._growing = None
        return True

    def _is_old(self, index: int, now: float) -> bool:
        """Tell whether the platform lets a message grow no longer."""
        growing = self._growing
        if growing is None or growing.index != index:
            return False
        return now - growing.since >= self._limits.part_seconds

    def _cut_short(self, pieces: list[Piece]) -> tuple[list[Piece], bool]:
        """End the last part where it stands, so that the answer goes on in the next message."""
        sent = self._growing.sent if self._growing is not None else ""
        if pieces[-1].growing != sent and self._splitter.cut_short(sent):
            return visible(self._splitter.pieces)
        return pieces, False
