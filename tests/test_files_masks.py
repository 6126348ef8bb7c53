"""X134: masks of every kind, through the decoder's real process."""

from __future__ import annotations

import asyncio
import io
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random

import pytest
from PIL import Image

from adapters.files import sentences
from adapters.files.darkroom import Darkroom
from adapters.files.worker import Worker
from bot.ports import MaskRead, Unread
from tests.corpus import pictures as p
from tests.test_files_pictures import CountingMeter

SIZE = (200, 100)
HALF = (0, 0, 100, 100)
WHITE_16 = 65_535


@pytest.fixture(scope="module")
def darkroom() -> Iterator[Darkroom]:
    worker = Worker(CountingMeter())
    yield Darkroom(worker)
    asyncio.run(worker.close())


def half(mode: str, closed: object, opened: object, size: tuple[int, int] = SIZE) -> Image.Image:
    """Return a mask that is open on its left half."""
    mask = Image.new(mode, size, closed)  # type: ignore[arg-type]
    mask.paste(opened, (0, 0, size[0] // 2, size[1]))  # type: ignore[arg-type]
    return mask


def png(mask: Image.Image, **options: object) -> Callable[[], bytes]:
    return lambda: p.saved(mask, "PNG", **options)


def deep() -> bytes:
    """Return a mask of 16 bits that are all about half: which half, the first eight tell."""
    row = struct.pack("<100H", *[33_100] * 100) + struct.pack("<100H", *[32_600] * 100)
    return p.saved(Image.frombytes("I;16", SIZE, row * 100), "PNG")


def turned() -> bytes:
    stored = half("L", 0, 255).transpose(Image.Transpose.ROTATE_90)
    return p.with_segments(p.jpeg(stored), p.exif_segment(p.orientation(6)))


@dataclass(frozen=True)
class Row:
    """What a mask is, and its open share (None: it is refused, with the sentence)."""

    what: str
    built: Callable[[], bytes]
    share: float | None = 0.5
    sees: str = ""


CLOSED = sentences.closed_mask()
UNREADABLE = sentences.unreadable_mask()
ROWS = [
    Row("grey, light is open", png(half("L", 0, 255))),
    Row("one bit", png(half("1", 0, 1))),
    Row("RGB instead of L", png(half("RGB", "black", "white"))),
    Row("a palette", png(half("RGB", "black", "white").convert("P"))),
    Row("alpha alone", png(half("RGBA", (0, 0, 0, 255), (0, 0, 0, 0)))),
    Row("alpha of grey", png(half("LA", (0, 255), (0, 0)))),
    Row("alpha beats light", png(half("RGBA", (255, 255, 255, 255), (0, 0, 0, 0)))),
    Row("alpha that says nothing", png(half("RGBA", (0, 0, 0, 255), (255, 255, 255, 255)))),
    Row("half-transparent", png(half("RGBA", (0, 0, 0, 129), (0, 0, 0, 127)))),
    Row("16 bits", png(half("I;16", 0, WHITE_16))),
    Row("16 bits about half", deep),
    Row("grey about half", png(half("L", 127, 128))),
    Row("grey of 50 % all over", png(Image.new("L", SIZE, 128)), 1.0),
    Row("all one", png(Image.new("L", SIZE, 255)), 1.0),
    Row("all transparent", png(Image.new("RGBA", SIZE, (0, 0, 0, 0))), 1.0),
    Row("JPEG", lambda: p.saved(half("L", 0, 255), "JPEG", quality=95)),
    Row("JPEG on its side", turned),
    Row("WebP", lambda: p.saved(half("RGB", "black", "white"), "WEBP", lossless=True)),
    Row("GIF", lambda: p.saved(half("L", 0, 255), "GIF")),
    Row("half the size", png(half("L", 0, 255, (100, 50))), sees="scaled from 100 by 50"),
    Row("twice the size", png(half("L", 0, 255, (400, 200))), sees="scaled from 400 by 200"),
    Row("rounded by a pixel", png(half("L", 0, 255, (100, 51))), sees="scaled"),
    Row("all zero", png(Image.new("L", SIZE, 0)), None, CLOSED),
    Row("nothing transparent", png(Image.new("RGBA", SIZE, (0, 0, 0, 255))), None, CLOSED),
    Row("dark grey", png(Image.new("L", SIZE, 127)), None, CLOSED),
    Row("of another shape", png(half("L", 0, 255, (200, 200))), None, "another shape"),
    Row("on its side", png(half("L", 0, 255, (100, 200))), None, "another shape"),
    Row("empty", lambda: b"", None, UNREADABLE),
    Row("text", lambda: b"white = change", None, UNREADABLE),
    Row("cut off", lambda: p.saved(p.photo(200, 100), "PNG")[:900], None, UNREADABLE),
    Row("SVG", lambda: p.SVG.encode(), None, UNREADABLE),
    Row(
        "a bomb",
        lambda: p.png((30_000, 15_000), 8, 0, []),
        None,
        "too large",
    ),
]


@pytest.mark.parametrize("row", ROWS, ids=[row.what for row in ROWS])
async def test_x134_a_mask(row: Row, darkroom: Darkroom) -> None:
    read = await darkroom.read_mask(row.built(), *SIZE)
    if row.share is None:
        assert isinstance(read, Unread) and row.sees in read.why
        return
    assert isinstance(read, MaskRead), read
    assert read.open_share == pytest.approx(row.share, abs=0.02)
    assert row.sees in read.note and bool(read.note) == bool(row.sees)
    mask = Image.open(io.BytesIO(read.data))
    assert (mask.format, mask.mode, mask.size) == ("PNG", "RGBA", SIZE)
    alpha = mask.getchannel("A")
    # Every pixel is open or not.
    counts = alpha.histogram()
    assert counts[0] + counts[255] == SIZE[0] * SIZE[1]
    assert alpha.getpixel((20, 50)) == 0
    assert alpha.getpixel((180, 50)) == (255 if row.share < 1 else 0)
    assert counts[0] / (SIZE[0] * SIZE[1]) == pytest.approx(read.open_share)


async def test_a_mask_stays_within_what_models_take(darkroom: Darkroom) -> None:
    noise = Image.frombytes("L", (2048, 2048), Random(1).randbytes(2048 * 2048))
    read = await darkroom.read_mask(p.saved(noise, "PNG"), 2048, 2048)
    assert isinstance(read, MaskRead) and len(read.data) < 4 * 1024 * 1024
    assert read.open_share == pytest.approx(0.5, abs=0.01)


async def test_the_transparent_part_of_a_picture_is_open(darkroom: Darkroom) -> None:
    picture = p.photo(*SIZE).convert("RGBA")
    picture.paste((0, 0, 0, 0), HALF)
    read = await darkroom.open_transparency(p.saved(picture, "PNG"))
    assert isinstance(read, MaskRead)
    assert (read.open_share, read.note) == (0.5, "")
    assert Image.open(io.BytesIO(read.data)).size == SIZE
    for data in (p.jpeg(), p.saved(p.photo().convert("RGBA"), "PNG")):
        assert await darkroom.open_transparency(data) == Unread(sentences.opaque())
    nearly = p.photo(*SIZE).convert("RGBA")
    nearly.putalpha(200)
    assert await darkroom.open_transparency(p.saved(nearly, "PNG")) == Unread(sentences.opaque())
    assert isinstance(await darkroom.open_transparency(b"no picture"), Unread)
