"""What tests of edited pictures have in common: pictures, and what the service was sent."""

from __future__ import annotations

import io
import sqlite3
from contextlib import closing

from PIL import Image

from adapters.playground.segmind_images import Work
from tests.corpus.pictures import corners, photo, saved
from tests.harness import Harness

PICTURE = saved(corners(256, 192), "PNG")
OTHER = saved(photo(256, 192), "JPEG", quality=90)


def change(h: Harness, statement: str) -> None:
    """Let a dead bot's database have come to this."""
    with closing(sqlite3.connect(h.database)) as connection, connection:
        connection.execute(statement)


def works(h: Harness) -> list[Work]:
    """Return what the service was asked for and what it made, in order."""
    assert h.standins.segmind is not None
    return [job.work for job in h.standins.segmind.jobs.values() if job.work is not None]


def shown(h: Harness, question: str) -> list[tuple[bytes, str]]:
    """Return the pictures of the newest message of a conversation that has any, and their words."""
    found = [h.folk.gallery(each.id) for each in h.ours(question)]
    return next(gallery for gallery in reversed(found) if gallery)


def galleries(h: Harness, question: str) -> list[list[tuple[bytes, str]]]:
    """Return the pictures of every message of a conversation that has any."""
    return [found for each in h.ours(question) if (found := h.folk.gallery(each.id))]


def pixels(data: bytes) -> Image.Image:
    """Return a picture as RGB."""
    return Image.open(io.BytesIO(data)).convert("RGB")


def is_like(one: bytes, other: bytes) -> bool:
    """Tell whether two pictures are the same, apart from what encoding does."""
    first, second = pixels(one), pixels(other)
    if first.size != second.size:
        return False
    pairs = zip(first.resize((16, 12)).tobytes(), second.resize((16, 12)).tobytes(), strict=True)
    return all(abs(a - b) < 12 for a, b in pairs)
