"""Links to a page on which a person paints a mask, as the page is served by them."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol


class LinkEnd(StrEnum):
    """Why a link leads to nothing, or nothing came of what was sent by it.

    `UNKNOWN`: none of ours, or for another purpose (404). `EXPIRED`, `USED`, `GONE` (the picture,
    its turn or its thread is no more): for ever (410). `FLAWED`: the mask or the prompt cannot be
    taken as it is (400). `REFUSED`: not allowed now (403), `FAILED`: it could not be stored (503);
    after these three the link can still be used.
    """

    UNKNOWN = "unknown"
    EXPIRED = "expired"
    USED = "used"
    GONE = "gone"
    FLAWED = "flawed"
    REFUSED = "refused"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Closed:
    """Nothing was done; `said` tells the person why, whether it was charged, and one next step."""

    end: LinkEnd
    said: str


@dataclass(frozen=True, slots=True)
class Canvas:
    """What the page of a link shows.

    `picture` are clean bytes of type `mime`, `width` by `height` pixels; a mask has the same size.
    `prompt` is what to begin with, at most `most_prompt` characters long; `most_mask_bytes` bounds
    the mask. `price` is a sentence, `model` an id, `seconds` what an edit usually
    takes, 0 where nobody knows.
    `key` belongs to this link and no other: the page's cookie and the hidden field of its form.
    `expires_at` is UTC milliseconds.
    """

    picture: bytes = field(repr=False)
    mime: str
    width: int
    height: int
    prompt: str
    price: str
    model: str
    seconds: int
    most_prompt: int
    most_mask_bytes: int
    expires_at: int
    key: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Taken:
    """The edit was asked for, and the link is used up; `said` tells where its result appears."""

    said: str


class Links(Protocol):
    """Know what the links in people's hands are for. Nothing raises."""

    async def look(self, token: str) -> Canvas | Closed:
        """Return what a link's page shows. This uses nothing up, however often it is done."""

    async def submit(self, token: str, mask: bytes, prompt: str) -> Taken | Closed:
        """Ask for the edit by a painted mask: a picture of the canvas's size, in any form that is
        read of people, light (or transparent) where it may change. Only this uses the link up.
        """
