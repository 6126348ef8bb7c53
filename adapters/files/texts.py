"""Whether bytes are text, and which: decided strictly, since a wrong guess is gibberish."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

from adapters.files.limits import TEXT_CHARACTERS
from bot.text import last_boundary, normalise

# https://www.unicode.org/faq/utf_bom.html#bom4; the longer ones come first, since one of
# UTF-32 begins like one of UTF-16.
_MARKS = (
    (b"\xff\xfe\0\0", "utf-32-le"),
    (b"\0\0\xfe\xff", "utf-32-be"),
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)
# Small enough that other threads come between two pieces.
_PIECE = 256 * 1024
# Texts have hardly any of these; a log has colours (ESC) and a listing pages (FF).
_CONTROL = re.compile("[\x01-\x07\x0b\x0e-\x1a\x1c-\x1f]")
_MOST_CONTROLS = 1 / 200


@dataclass(frozen=True, slots=True)
class Text:
    """A text, or its beginning if it is `cut`, and how many characters there are in all."""

    text: str
    characters: int
    cut: bool


def read_text(data: bytes) -> Text | None:
    """Decode a text, all of it strictly, and keep its beginning; None if it is none.

    A mark at the beginning decides, else it must be UTF-8.
    """
    mark, encoding = next(
        ((mark, name) for mark, name in _MARKS if data.startswith(mark)), (b"", "utf-8")
    )
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    view = memoryview(data)
    kept: list[str] = []
    room, characters, controls = TEXT_CHARACTERS * 2, 0, 0
    try:
        for at in range(len(mark), len(data), _PIECE):
            piece = decoder.decode(view[at : at + _PIECE], at + _PIECE >= len(data))
            if "\0" in piece:
                return None
            controls += len(_CONTROL.findall(piece))
            characters += len(piece)
            # A text in which many stand is refused before all of it was looked at.
            if controls > max(characters, _PIECE) * _MOST_CONTROLS:
                return None
            if room > 0:
                kept.append(piece[:room])
                room -= len(kept[-1])
    except UnicodeDecodeError:
        return None
    if controls > characters * _MOST_CONTROLS:
        return None
    return cut("".join(kept), characters)


def cut(begun: str, characters: int) -> Text:
    """Return a text of which the beginning is given, tidied and no longer than is taken.

    Line ends become plain, and what no store takes is removed.
    """
    tidied = normalise(begun.replace("\r\n", "\n").replace("\r", "\n"), len(begun))
    short = tidied[: last_boundary(tidied, TEXT_CHARACTERS)]
    return Text(short, characters, len(short) < len(tidied) or len(begun) < characters)
