"""A long Markdown answer into parts: lossless, stable while it grows, in linear time.

A part is cut as soon as it cannot grow any more, and the cut is decided only by what had
been written by then: so a part once followed by another never changes, and splitting at the
end gives the same parts as splitting all along.

A code fence that a cut falls into is closed at the end of the part and opened again, with
its info string, in the next one. A part may also be ended before it is full, where it stands:
such a cut is remembered, and splitting with it gives the same parts again. White space at a
cut is in no part that is shown (a platform trims it anyway), apart from the indentation of
code. Each part is read as the platform reads it: its first character begins a line.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.cutting import Fence, Piece, Share
from bot.text import utf16_length

__all__ = ["Cut", "Piece", "Splitter", "close_fence", "cut", "split", "utf16_length"]

LEAST_LIMIT = 64


@dataclass(frozen=True, slots=True)
class Cut:
    """Where a part was ended before it was full, as places in the whole text.

    Its share begins at `start`, what it shows ends at `end`, and the next part's share begins
    at `after`.
    """

    start: int
    end: int
    after: int


def split(text: str, limit: int, length: Callable[[str], int] = utf16_length) -> list[str]:
    """Return the parts of a whole text, each at most `limit` long by `length`."""
    return Splitter(limit, length).feed(text)


def cut(text: str, limit: int, length: Callable[[str], int] = utf16_length) -> list[Piece]:
    """Return the pieces of a whole text, which also tell what was added to be shown."""
    splitter = Splitter(limit, length)
    splitter.feed(text)
    return splitter.pieces


def close_fence(text: str) -> str:
    """Return a text with its last code fence closed, so that more can be written below it."""
    part = Share(text, None, len(text) + LEAST_LIMIT, len)
    return text + part.whole().closed


class Splitter:
    """Split one growing text.

    `length` counts as the platform counts: the sum over the characters, each at least 1. `cuts`
    are those of an earlier splitting of the same text; one of a part that begins elsewhere now,
    or is full before, has no meaning any more.
    """

    def __init__(
        self,
        limit: int,
        length: Callable[[str], int] = utf16_length,
        cuts: Sequence[Cut] = (),
    ) -> None:
        if limit < LEAST_LIMIT:
            raise ValueError(f"a part of {limit} is too small, {LEAST_LIMIT} is the least")
        self._limit = limit
        self._length = length
        self._frozen: list[Piece] = []
        self._last = Piece("", "")
        self._start = 0
        self._fence: Fence | None = None
        self._cuts = list(cuts)

    @property
    def cuts(self) -> tuple[Cut, ...]:
        """Return where parts were ended before they were full."""
        return tuple(self._cuts)

    @property
    def pieces(self) -> list[Piece]:
        """Return all pieces; all but the last are final."""
        return [*self._frozen, self._last]

    def feed(self, text: str) -> list[str]:
        """Take the whole text so far and return what to show, part by part.

        The text must begin with the one fed before. All parts but the last are final.
        """
        while (piece := self._freeze(text)) is not None:
            self._frozen.append(piece)
        return [piece.shown for piece in self.pieces if piece.shown]

    def cut_short(self, shown: str) -> bool:
        """End the last part, of which `shown` was sent as `Piece.growing`, where it stands.

        The best place near its end is chosen, behind what was sent where there is one. Tell
        whether that could be done: something has to be left for the next part.
        """
        part = Share(self._last.text, self._fence, self._limit, self._length)
        found = part.find_end(shown)
        if found is None:
            return False
        first = self._start + part.skipped
        self._cuts.append(Cut(self._start, first + found[0], first + found[1]))
        piece, self._fence = part.end_at(*found)
        self._frozen.append(piece)
        self._start += len(piece.text)
        rest = self._last.text[len(piece.text) :]
        self._last = Share(rest, self._fence, self._limit, self._length).whole()
        return True

    def _freeze(self, text: str) -> Piece | None:
        """Return the next final piece and go on after it, or keep the rest as the last."""
        if (piece := self._freeze_short(text)) is not None:
            return piece
        window = self._limit + 64
        while True:
            end = self._start + window
            part = Share(text[self._start : end], self._fence, self._limit, self._length)
            if part.overflows:
                break
            if end >= len(text):
                self._last = part.whole()
                return None
            window *= 2
        piece, self._fence = part.first()
        self._start += len(piece.text)
        return piece

    def _freeze_short(self, text: str) -> Piece | None:
        """Return the next final piece if it was ended before it was full."""
        cut = next((cut for cut in self._cuts if cut.start == self._start), None)
        if cut is None or cut.after > len(text):
            return None
        known = text[self._start : cut.after + self._limit]
        part = Share(known, self._fence, self._limit, self._length)
        first = self._start + part.skipped
        if cut.end < first or not part.fits(cut.end - first):
            return None
        piece, self._fence = part.end_at(cut.end - first, cut.after - first)
        self._start += len(piece.text)
        return piece
