"""Pictures that services make, through the decoder's real process: read as they are, and fitted.

The rows are those of the table of bad pictures: a service may send whatever a person may.
"""

from __future__ import annotations

import asyncio
import io
import re
import struct
from collections.abc import Iterator

import pytest
from PIL import Image, ImageChops

from adapters.files import sentences
from adapters.files.darkroom import Darkroom
from adapters.files.kinds import Form, sniff
from adapters.files.limits import MOST_PIXELS, RESULT_BYTES
from adapters.files.worker import Worker
from bot.ports import PictureRead, Unread
from tests.corpus import picture_rows
from tests.corpus import pictures as p
from tests.corpus.picture_rows import Kept, Row
from tests.test_files_pictures import JPEG_SEGMENTS, PNG_CHUNKS, CountingMeter

WEBP_CHUNKS = {b"VP8 ", b"VP8L", b"VP8X", b"ALPH"}


@pytest.fixture(scope="module")
def darkroom() -> Iterator[Darkroom]:
    """Return one for all: what one picture does must not harm the next."""
    worker = Worker(CountingMeter())
    yield Darkroom(worker)
    asyncio.run(worker.close())


def opened(read: PictureRead) -> Image.Image:
    picture = Image.open(io.BytesIO(read.data))
    picture.load()
    return picture


def check_bare(read: PictureRead) -> None:
    """Check that nothing but the picture is in a file."""
    data = read.data
    assert p.CANARY not in data and b"<?php" not in data and b"<script" not in data
    picture = opened(read)
    assert picture.size == (read.width, read.height)
    assert read.width * read.height <= MOST_PIXELS
    assert f"image/{str(picture.format).lower()}" == read.mime
    assert picture.mode in ("L", "RGB", "RGBA")
    at, names = 8, []
    match read.mime:
        case "image/jpeg":
            assert {marker for marker, _, _ in p.segments(data)} <= JPEG_SEGMENTS | {0xC2, 0xDD}
            assert data.find(b"\xff\xd9") == len(data) - 2
        case "image/png":
            while at < len(data):
                names.append(data[at + 4 : at + 8])
                at += int.from_bytes(data[at : at + 4], "big") + 12
            assert set(names) <= PNG_CHUNKS and at == len(data)
        case _:
            at = 12
            while at < len(data):
                name, length = struct.unpack_from("<4sI", data, at)
                names.append(name)
                at += 8 + length + length % 2
            assert set(names) <= WEBP_CHUNKS and at == len(data)
            assert int.from_bytes(data[4:8], "little") == len(data) - 8
            assert not picture.info.get("exif") and not picture.info.get("icc_profile")


ROWS = picture_rows.rows()
KEPT_MIMES = {
    Form.PNG: "image/png",
    Form.JPEG: "image/jpeg",
    Form.WEBP: "image/webp",
    Form.GIF: "image/png",
}


@pytest.mark.parametrize("row", ROWS, ids=[f"{row.id}-{row.what}" for row in ROWS])
async def test_a_row_of_the_table_as_a_result(row: Row, darkroom: Darkroom) -> None:
    data = row.built()
    read = await darkroom.read_result(data)
    if row.kept is not Kept.PICTURE:
        assert isinstance(read, Unread), read
        assert re.fullmatch(r"[A-Z`][^\n]*\.", read.why) and len(read.why) < 250
        return
    assert isinstance(read, PictureRead), read
    check_bare(read)
    form = sniff(data)
    assert isinstance(form, Form) and read.mime == KEPT_MIMES[form]
    assert read.note == (sentences.FIRST_FRAME if "first frame" in row.sees else "")
    seen = opened(read).convert("RGB")
    for (across, down), colour in row.pixels:
        found = seen.getpixel((int(across * read.width), int(down * read.height)))
        assert isinstance(found, tuple)
        assert all(abs(one - other) <= 14 for one, other in zip(found, colour, strict=True))


def with_alpha(size: tuple[int, int] = (200, 200)) -> Image.Image:
    picture = p.photo(*size).convert("RGBA")
    picture.putalpha(Image.linear_gradient("L").resize(size))
    return picture


@pytest.mark.parametrize(
    "form, options, most",
    [
        ("PNG", {}, 0),
        ("JPEG", {"quality": 90}, 0),
        ("JPEG", {"quality": 40, "progressive": True}, 0),
        ("WEBP", {"quality": 80}, 0),
        ("WEBP", {"lossless": True}, 0),
    ],
)
async def test_a_result_keeps_its_format_size_and_pixels(
    form: str, options: dict[str, object], most: int, darkroom: Darkroom
) -> None:
    data = p.saved(p.photo(3000, 600), form, **options)
    read = await darkroom.read_result(data + b"trailing <?php bytes")
    assert isinstance(read, PictureRead)
    check_bare(read)
    before = Image.open(io.BytesIO(data)).convert("RGB")
    apart = ImageChops.difference(before, opened(read).convert("RGB")).getextrema()
    assert max(one[1] for one in apart if isinstance(one, tuple)) <= most
    assert len(read.data) < 1.2 * len(data)


@pytest.mark.parametrize("options", [{"quality": 80}, {"lossless": True}])
async def test_what_is_transparent_stays_so(options: dict[str, object], darkroom: Darkroom) -> None:
    for form in ("PNG", "WEBP"):
        data = p.saved(with_alpha(), form, **(options if form == "WEBP" else {}))
        read = await darkroom.read_result(data)
        assert isinstance(read, PictureRead)
        check_bare(read)
        theirs = Image.open(io.BytesIO(data)).convert("RGBA")
        assert opened(read).convert("RGBA").tobytes() == theirs.tobytes()


@pytest.mark.parametrize("build", [p.private_jpeg, p.private_png, p.private_webp])
async def test_nothing_private_is_left_in_a_result(build: object, darkroom: Darkroom) -> None:
    assert callable(build)
    data = build()
    assert p.CANARY in data
    read = await darkroom.read_result(data)
    assert isinstance(read, PictureRead)
    check_bare(read)


async def test_half_a_picture_and_far_too_much_are_refused(darkroom: Darkroom) -> None:
    for form in ("PNG", "JPEG", "WEBP"):
        data = p.saved(p.photo(800, 800), form)
        assert isinstance(await darkroom.read_result(data[: len(data) // 2]), Unread)
    assert isinstance(await darkroom.read_result(p.jpeg() + bytes(RESULT_BYTES)), Unread)
    assert isinstance(await darkroom.read_result(b""), Unread)


# --- fitting -------------------------------------------------------------------------------


async def test_what_fits_is_left_as_it_is(darkroom: Darkroom) -> None:
    for form in ("PNG", "JPEG", "WEBP"):
        data = p.saved(p.photo(), form)
        read = await darkroom.fit(data, len(data))
        assert isinstance(read, PictureRead)
        assert (read.data, read.note, read.mime) == (data, "", f"image/{form.lower()}")


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP"])
async def test_a_picture_is_encoded_harder_and_then_made_smaller(
    form: str, darkroom: Darkroom
) -> None:
    noise = p.photo(1400, 1000)
    options = {"quality": 98} if form != "PNG" else {"compress_level": 1}
    data = p.saved(noise, form, **options)
    harder = await darkroom.fit(data, len(data) - 1)
    assert isinstance(harder, PictureRead)
    note = sentences.compressed(len(data), len(harder.data))
    assert (harder.note, harder.width, harder.height) == (note, 1400, 1000)
    assert harder.mime == ("image/webp" if form == "WEBP" else "image/jpeg")
    most = 20_000
    smaller = await darkroom.fit(data, most)
    assert isinstance(smaller, PictureRead)
    assert len(smaller.data) <= most and smaller.width < 1400
    sizes = (len(data), len(smaller.data), smaller.width, smaller.height)
    assert smaller.note == sentences.made_smaller(*sizes)
    assert re.fullmatch(r"it was reduced from \d\.\d MB to \d+ kB \(.*", smaller.note)
    assert abs(smaller.width / smaller.height - 1.4) < 0.02


async def test_a_picture_stays_transparent_however_small(darkroom: Darkroom) -> None:
    for form in ("PNG", "WEBP"):
        data = p.saved(with_alpha((1200, 900)), form)
        read = await darkroom.fit(data, len(data) // 8)
        assert isinstance(read, PictureRead)
        assert len(read.data) <= len(data) // 8
        assert opened(read).convert("RGBA").getchannel("A").histogram()[0] > 0


async def test_what_can_be_had_no_smaller_is_said(darkroom: Darkroom) -> None:
    read = await darkroom.fit(p.saved(p.photo(), "PNG"), 100)
    assert read == Unread(sentences.not_fitting())


# --- comparing -----------------------------------------------------------------------------


async def test_pictures_that_show_the_same(darkroom: Darkroom) -> None:
    photo = p.photo(640, 480).resize((1280, 960))
    data = p.saved(photo, "PNG")
    dot = photo.copy()
    dot.paste("white", (100, 100, 116, 116))
    same = [
        (data, data),
        (data, p.saved(photo, "JPEG", quality=90)),
        (data, p.saved(photo, "WEBP", quality=90)),
        (p.saved(with_alpha(), "PNG"), p.saved(with_alpha(), "WEBP", lossless=True)),
    ]
    others = [
        (data, p.saved(dot, "PNG")),
        (data, p.saved(photo.transpose(Image.Transpose.FLIP_LEFT_RIGHT), "PNG")),
        (data, p.saved(photo.crop((0, 0, 960, 960)), "PNG")),
        (p.saved(with_alpha(), "PNG"), p.saved(with_alpha().convert("RGB"), "PNG")),
        (data, data[: len(data) // 2]),
        (data, b"no picture"),
    ]
    assert [await darkroom.look_alike(*pair) for pair in same] == [True] * len(same)
    assert [await darkroom.look_alike(*pair) for pair in others] == [False] * len(others)
