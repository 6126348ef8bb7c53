"""The pictures of a conversation that words name by their numbers, as `#2`. Pure.

Words say `#` of other things, too: a colour, an issue, the best of all, what is to be written on
the picture. What is no picture to a person is none here.
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
# What else has numbers: `issue #12`, `player #7`; but `place #2`, `match #2` say what to do.
_NUMBERED = re.compile(
    r"\b((issue|bug|ticket|pr|pull request|task|item|page|chapter|episode|season|volume|track"
    r"|level|step|rule|tip|day|week|round|game|car|bus|train|tram|route|gate|platform|lane|seat"
    r"|row|room|suite|apartment|unit|flat|floor|house|door|locker|pier|player|jersey|racer|driver"
    r"|runner|agent|suspect|patient|contestant|number|hashtag|batch|serial)s?|(no|nr|num|vol|apt)\.)"
    r"\s*\Z",
    re.IGNORECASE,
)
# Who is the first of all: `world's #1 dad`.
_FIRST_OF_ALL = re.compile(
    r"\s+(\w+\s+)?(fan|dad|daddy|mom|mum|mommy|mummy|mother|father|parent|grandma|grandpa|granny"
    r"|son|daughter|brother|sister|sibling|uncle|aunt|auntie|husband|wife|boyfriend|girlfriend"
    r"|friend|bff|boss|teacher|coach|nurse|doctor|chef|cook|gamer|player|team|club|artist|band"
    r"|hit|song|single|album|movie|film|show|book|best-?seller|seller|brand|product|choice|pick"
    r"|priority|reason|rule|ranked|rated|spot|place|winner|champion|champ|hero|dog|cat|pet)s?\b",
    re.IGNORECASE,
)
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
    return f"{place}" if _PICTURE.search(text, 0, found.start()) else f"picture {place}"


def _references(text: str) -> Iterator[re.Match[str]]:
    quoted = [each.span() for each in _QUOTED.finditer(text)]
    for found in _NUMBER.finditer(text):
        at = found.start()
        if any(start < at < end for start, end in quoted):
            continue
        before = text[max(0, at - 20) : at]
        if _PICTURE.search(before) or _may_be_picture(found, before):
            yield found


def _may_be_picture(found: re.Match[str], before: str) -> bool:
    if int(found[1]) >= _LEAST_LIKE_COLOUR or _NUMBERED.search(before):
        return False
    return not (found[1] == "1" and _FIRST_OF_ALL.match(found.string, found.end()))
