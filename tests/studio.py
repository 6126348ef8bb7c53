"""Edits of pictures in a test of the whole bot: what was asked of the model, what was posted."""

from __future__ import annotations

import io
from typing import Any

from PIL import Image, ImageChops, ImageStat

from adapters.playground.picture_edits import Wish
from adapters.playground.segmind_images import Work
from tests.corpus import pictures as p
from tests.evidence import Database, Row
from tests.harness import Harness
from tests.kept_edits import edit

CAT = p.saved(p.corners(96, 96), "PNG")
DOG = p.saved(p.corners(120, 120).transpose(Image.Transpose.ROTATE_90), "PNG")
BIRD = p.jpeg(p.corners(90, 90).transpose(Image.Transpose.ROTATE_180))

# The mean difference of a channel, of 255, up to which pictures are taken for the same.
MOST_DIFFERENT = 5.0


class Studio:
    """A bot that edits pictures, and the service that does it."""

    def __init__(self, h: Harness) -> None:
        assert h.standins.segmind is not None
        self.h = h
        self.service = h.standins.segmind

    @property
    def works(self) -> list[Work]:
        """Return what the service was asked to edit, oldest first."""
        return [job.work for job in self.service.jobs.values() if job.work is not None]

    def turns(self) -> list[Row]:
        """Return all turns, oldest first."""
        return sorted(Database.rows(self.h.database, "turn"), key=lambda row: row["received_at"])

    def pictures(self) -> list[Row]:
        """Return the pictures that are numbered."""
        return Database.rows(self.h.database, "picture")

    def galleries(self) -> list[str]:
        """Return the messages that show pictures side by side, oldest first."""
        ours = sorted(self.h.ours(), key=lambda seen: seen.position)
        return [seen.id for seen in ours if self.h.folk.gallery(seen.id)]

    def gallery(self) -> str:
        """Return the newest of them."""
        return self.galleries()[-1]

    async def begin(self, **options: Any) -> str:
        """Have a first picture edited by command; return the place of its thread."""
        given = {"prompt": "make it pink", "image": ("cat.png", CAT)} | options
        self.h.command("edit-image", **given)
        await self.edited(1)
        return next(each.place for each in self.h.ours() if each.id == self.gallery())

    async def form(self, used: str) -> dict[str, dict[str, Any]]:
        """Wait for the form that something opened; return its inputs by name (Discord's)."""
        await self.h.until(lambda: self.h.interaction(used)["modal"], within=10)
        rows = self.h.interaction(used)["modal"]["components"]
        return {row["component"]["custom_id"]: row["component"] for row in rows}

    async def rest(self, turns: int = 0) -> None:
        """Wait until nothing is left to do, with at least so many turns ended."""

        def over() -> bool:
            found = self.turns()
            return len(found) >= turns and all(row["state"] == "ended" for row in found)

        await self.h.until(over)

    async def edited(self, count: int) -> Work:
        """Wait until that many edits are posted; return the last one's work."""
        await self.h.until(lambda: len(self.galleries()) >= count)
        await self.rest()
        assert len(self.galleries()) == count
        return self.works[-1]

    def check_posted(self, work: Work, *sent: bytes, mask: bytes | None = None) -> None:
        """Compare the newest gallery with the service's edit of the very pictures sent."""
        before, after = (content for content, _ in self.h.folk.gallery(self.gallery()))
        assert len(work.pictures) == len(sent)
        for given, picture in zip(work.pictures, sent, strict=True):
            assert alike(given, picture), "another picture went to the service"
        assert alike(before, sent[0]), "another picture stands before it"
        assert alike(after, edit(work.wish, list(sent), mask)), "another picture was posted"


def alike(one: bytes, other: bytes) -> bool:
    """Tell whether two pictures show the same, but for what encoding does to them."""
    if one == other:
        return True
    a, b = (Image.open(io.BytesIO(data)).convert("RGBA") for data in (one, other))
    if a.size != b.size:
        return False
    differences = ImageChops.difference(a.convert("RGB"), b.convert("RGB"))
    holes = ImageChops.difference(a.getchannel("A"), b.getchannel("A"))
    worst = [*ImageStat.Stat(differences).mean, *ImageStat.Stat(holes).mean]
    return max(worst) <= MOST_DIFFERENT


def wish(prompt: str, **chosen: object) -> Wish:
    """Return what the service is to be asked for."""
    return Wish(prompt, **chosen)  # type: ignore[arg-type]


def mask_of(size: tuple[int, int], box: tuple[int, int, int, int]) -> bytes:
    """Return a mask that is light in a box: there a picture may change."""
    mask = Image.new("L", size, 0)
    mask.paste(255, box)
    return p.saved(mask, "PNG")


def opening(mask: bytes) -> set[tuple[int, int]]:
    """Return where a mask as the service takes it lets a picture change."""
    alpha = Image.open(io.BytesIO(mask)).convert("RGBA").getchannel("A")
    pixels = alpha.load()
    assert pixels is not None
    return {(x, y) for x in range(alpha.width) for y in range(alpha.height) if pixels[x, y] == 0}
