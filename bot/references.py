"""The pictures of a conversation that words name by their numbers, as `#2`. Pure.

A colour is none, nor is what stands in quotes: that is to be written on the picture.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

# `#2`, but neither a colour (`#0af`, `#112233`) nor a channel (`<#1>`) nor the end of an address.
_NUMBER = re.compile(r"(?<![\w#<&/])#(0|[1-9]\d{0,2})(?![\w#]|[.,]\d)")
# From here on a number has as many digits as a colour: `#333` is a grey.
_LEAST_LIKE_COLOUR = 100
_PICTURE = re.compile(
    r"\b(pictures?|pics?|images?|photos?|versions?|edits?|bild(er)?|foto|imagen?)\s*\Z",
    re.IGNORECASE,
)
_LONGEST_NAME = 20
_QUOTED = re.compile(
    r"\"[^\"\n]*\"|“[^”\n]*”|„[^“”\n]*[“”]|«[^»\n]*»|`[^`\n]*`|「[^」\n]*」"
    r"|(?<!\w)'[^'\n]*'(?!\w)|(?<!\w)‘[^’\n]*’(?!\w)"
)


def find(text: str) -> tuple[int, ...]:
    """Return the pictures that words name, each once, in their order; there may be no such one."""
    return tuple(dict.fromkeys(int(found[1]) for found in _references(text)))


def rename(text: str, numbers: Sequence[int]) -> str:
    """Return words that name pictures as a model counts them, from 1 in the request.

    `numbers` are those of the request's pictures; what is not among them stays as it is.
    """
    pieces: list[str] = []
    at = 0
    for found in _references(text):
        if (number := int(found[1])) in numbers:
            pieces += [text[at : found.start()], _named(text, found, numbers.index(number) + 1)]
            at = found.end()
    return "".join(pieces) + text[at:]


def without(text: str) -> str:
    """Return words without the pictures that they name."""
    pieces: list[str] = []
    at = 0
    for found in _references(text):
        pieces.append(text[at : found.start()])
        at = found.end()
    return "".join(pieces) + text[at:]


def _named(text: str, found: re.Match[str], place: int) -> str:
    return f"{place}" if _is_called_picture(text, found.start()) else f"picture {place}"


def _references(text: str) -> Iterator[re.Match[str]]:
    quoted = [each.span() for each in _QUOTED.finditer(text)]
    for found in _NUMBER.finditer(text):
        at = found.start()
        if any(start < at < end for start, end in quoted):
            continue
        if int(found[1]) < _LEAST_LIKE_COLOUR or _is_called_picture(text, at):
            yield found


def _is_called_picture(text: str, at: int) -> bool:
    return _PICTURE.search(text, max(0, at - _LONGEST_NAME), at) is not None
