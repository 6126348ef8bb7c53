"""Edits of what iPhones send, where the extra that reads it is there."""

from __future__ import annotations

import io
from pathlib import Path

import pillow_heif
import pytest
from PIL import Image

from tests.corpus import pictures as p
from tests.harness import harness
from tests.picture_scene import shown, works
from tests.standins import DISCORD, SLACK

pytestmark = pytest.mark.virtual


@pytest.mark.parametrize("platform", [DISCORD, SLACK])
async def test_a_heic_picture_is_edited_and_shown_before_and_after(
    tmp_path: Path, platform: str
) -> None:
    pillow_heif.register_heif_opener()
    data = p.saved(p.corners(960, 640), "HEIF", quality=90, exif=p.private_exif())
    async with harness(tmp_path, platform=platform, segmind=True) as h:
        question = h.mention("edit: make it pink", files=[("IMG_0001.HEIC", data)])
        assert (await h.ended(question))["outcome"] == "answered"
        (work,) = works(h)
        (sent,) = work.pictures
        with Image.open(io.BytesIO(sent)) as seen:
            assert seen.format in ("JPEG", "PNG", "WEBP")
            assert (seen.size, len(seen.getexif())) == ((960, 640), 0)
            red = seen.convert("RGB").getpixel((240, 160))
        assert isinstance(red, tuple) and red[0] > 150 > max(red[1:])
        (before, _), _ = shown(h, question)
        with Image.open(io.BytesIO(before)) as seen:
            assert seen.format in ("JPEG", "PNG", "WEBP")
