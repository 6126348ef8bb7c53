"""What the bot holds of an edit's pictures while a service works on it: whole bot, virtual time."""

from __future__ import annotations

import gc
from pathlib import Path

import pytest

from bot.domain import Picture
from bot.ports import MaskRead, PictureRead
from tests.harness import Harness, harness
from tests.picture_scene import OTHER, PICTURE, galleries, is_like, works
from tests.turn_scene import rows

pytestmark = pytest.mark.virtual

UPLOADS = pytest.mark.parametrize("uploads", ["on", "off"])


def held() -> int:
    """Return how many bytes of pictures and masks the bot's own nouns hold."""
    gc.collect()
    kinds = (Picture, PictureRead, MaskRead)
    return sum(len(each.data) for each in gc.get_objects() if type(each) in kinds)


def waits(h: Harness, question: str) -> bool:
    """Tell whether an edit waits for its turn at the service."""
    return any("Waiting for the image service's turn" in each.text for each in h.ours(question))


@UPLOADS
async def test_no_picture_is_held_while_it_is_edited(tmp_path: Path, uploads: str) -> None:
    settings = {"SEGMIND_UPLOADS": uploads}
    async with harness(tmp_path, segmind=True, settings=settings) as h:
        files = [("a.png", PICTURE), ("b.jpg", OTHER)]
        question = h.mention("edit: put #2 beside #1", files=files)
        await h.until(lambda: any(row["request_id"] for row in rows(h, "step")))
        await h.clock.sleep(5)
        assert held() == 0
        assert (await h.ended(question))["outcome"] == "answered"
        (work,) = works(h)
        assert is_like(work.pictures[0], PICTURE)
        assert is_like(work.pictures[1], OTHER)


@UPLOADS
async def test_what_waits_for_its_turn_is_brought_again(tmp_path: Path, uploads: str) -> None:
    """More ask than the service lets begin in a minute: each picture goes when it is its turn."""
    settings = {"SEGMIND_UPLOADS": uploads, "SEGMIND_RPM": "1"}
    async with harness(tmp_path, segmind=True, settings=settings) as h:
        first = h.mention("edit: pink", files=[("a.png", PICTURE)])
        await h.until(lambda: works(h))
        second = h.mention("edit: blue", files=[("b.jpg", OTHER)], person=1)
        await h.until(lambda: waits(h, second))
        assert len(works(h)) == 1
        assert held() == 0
        await h.ended(first)
        assert (await h.ended(second))["outcome"] == "answered"
        _, blue = works(h)
        assert is_like(blue.pictures[0], OTHER)
        assert len(galleries(h, second)) == 1


async def test_a_picture_that_is_gone_when_its_turn_comes_is_not_edited(tmp_path: Path) -> None:
    """Nothing was asked of the service yet, and it is said so."""
    settings = {"SEGMIND_UPLOADS": "off", "SEGMIND_RPM": "1"}
    async with harness(tmp_path, segmind=True, settings=settings) as h:
        first = h.mention("edit: pink", files=[("a.png", PICTURE)])
        await h.until(lambda: works(h))
        second = h.mention("edit: blue", files=[("b.jpg", OTHER)], person=1)
        await h.until(lambda: waits(h, second))
        (gone,) = (row["blob"] for row in rows(h, "picture") if row["mime"] == "image/jpeg")
        kept = [each for each in tmp_path.rglob("*") if each.is_file() and gone in str(each)]
        assert kept
        aside = [each.rename(tmp_path / f"aside{n}") for n, each in enumerate(kept)]
        assert (await h.ended(second))["outcome"] == "refused"
        (notice,) = h.ours(second)
        assert "is no longer kept" in notice.text
        assert "Nothing was charged" in notice.text
        for was, now in zip(kept, aside, strict=True):
            now.rename(was)
        await h.ended(first)
        assert len(works(h)) == 1
