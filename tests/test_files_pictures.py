"""The table of bad pictures, row by row, through the reader and its real process."""

from __future__ import annotations

import asyncio
import io
import re
from collections import Counter
from collections.abc import Iterator

import pillow_heif
import pytest
from PIL import Image

from adapters.files import sentences
from adapters.files.reader import Reader
from bot.ports import FileRead, PictureRead, TextRead, Unread
from tests.corpus import picture_rows
from tests.corpus import pictures as p
from tests.corpus.picture_rows import Kept, Row


class CountingMeter:
    """A meter that remembers what was counted."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()

    def count(self, name: str, amount: float = 1, /, **labels: str) -> None:
        self.counts[f"{name} {' '.join(labels.values())}"] += round(amount)

    def observe(self, name: str, value: float, /, **labels: str) -> None:
        raise AssertionError(name)

    gauge = observe


@pytest.fixture(scope="module")
def reader() -> Iterator[Reader]:
    """Return one reader for all rows: what one row does must not harm the next."""
    made = Reader(CountingMeter())
    # As it is without the extra, wherever these tests run.
    made._reads_heic = False
    yield made
    asyncio.run(made.close())


ROWS = picture_rows.rows()

# Rows of the same table that are shown elsewhere, and where.
ELSEWHERE = {
    "X124": "tests/test_fetch.py",
    "X125": "tests/test_fetch.py",
    "X127": "tests/test_fetch_redirects.py",
    "X128": "below, and in the tests of turns: as many as the model takes, a note",
    "X131": "a picture is content: nothing in it reaches a setting or a right",
    "X133": "tests of Discord: a fresh link, once",
    "X134": "tests/test_files_masks.py",
}
TABLE = """
    X079 X080 X082 X083 X085 X086 X088 X089 X091 X092 X094 X095 X097 X098 X100 X101 X103 X104 X106
    X107 X109 X110 X112 X113 X115 X116 X118 X119 X121 X122 X124 X125 X127 X128 X130 X131 X133 X134
"""


def test_no_row_of_the_table_is_missing() -> None:
    assert {row.id for row in ROWS} | set(ELSEWHERE) == set(TABLE.split())
    assert all(
        row.kept and row.ledger and (row.sees or row.kept is not Kept.NOTHING) for row in ROWS
    )


def sees(read: FileRead) -> str:
    return read.why if isinstance(read, Unread) else read.note


@pytest.mark.parametrize("row", ROWS, ids=[f"{row.id}-{row.what}" for row in ROWS])
async def test_a_row_of_the_table(row: Row, reader: Reader) -> None:
    data = row.built()
    await reader.read("warm.png", "", p.saved(p.corners(), "PNG"))
    read = await reader.read(row.name, row.mime, data)
    match row.kept:
        case Kept.PICTURE:
            assert isinstance(read, PictureRead), read
            check_clean(read)
            check_seen(read, row)
        case Kept.TEXT:
            assert isinstance(read, TextRead), read
            assert read.text
        case Kept.NOTHING:
            assert isinstance(read, Unread), read
            check_sentence(read.why, row.name)
    said = sees(read)
    assert re.search(row.sees, said) if row.sees else said == ""


JPEG_SEGMENTS = {0xE0, 0xDB, 0xC0, 0xC4}
PNG_CHUNKS = {b"IHDR", b"IDAT", b"IEND"}


def check_clean(read: PictureRead) -> None:
    """Check what must hold for every picture that goes on to a model."""
    assert len(read.data) <= 4_000_000
    assert max(read.width, read.height) <= 2_048
    assert p.CANARY not in read.data
    assert b"<?php" not in read.data
    picture = Image.open(io.BytesIO(read.data), formats=["PNG", "JPEG"])
    picture.load()
    assert picture.size == (read.width, read.height)
    assert f"image/{str(picture.format).lower()}" == read.mime
    assert picture.mode in ("RGB", "RGBA")
    assert set(picture.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
    # Nothing but the picture is in the file, and nothing comes after it.
    if read.mime == "image/jpeg":
        assert {marker for marker, _, _ in p.segments(read.data)} <= JPEG_SEGMENTS
        assert read.data.find(b"\xff\xd9") == len(read.data) - 2
        assert (int.from_bytes(read.data[4:6], "big"), read.data[6:11]) == (16, b"JFIF\0")
    else:
        at, names = 8, []
        while at < len(read.data):
            names.append(read.data[at + 4 : at + 8])
            at += int.from_bytes(read.data[at : at + 4], "big") + 12
        assert at == len(read.data) and names[-1] == b"IEND"
        assert set(names) <= PNG_CHUNKS


def check_seen(read: PictureRead, row: Row) -> None:
    if row.size:
        assert (read.width, read.height) == row.size
    picture = Image.open(io.BytesIO(read.data)).convert("RGB")
    for (across, down), colour in row.pixels:
        at = int(across * read.width), int(down * read.height)
        found = picture.getpixel(at)
        assert isinstance(found, tuple)
        # JPEG and WebP are not exact; 16 bits are brought down to 8 exactly.
        most = 2 if row.id in ("X094", "X095") else 14
        assert all(abs(one - other) <= most for one, other in zip(found, colour, strict=True)), (
            at,
            found,
            colour,
        )


def check_sentence(why: str, name: str) -> None:
    """Check that a refusal is one sentence, names the file, and gives nothing else away."""
    assert sentences.show_name(name) in why
    assert re.fullmatch(r"[A-Z`][^\n]*\.", why)
    assert len(why) < 250
    assert not re.search("Error|Exception|Traceback|PIL|/work|@", why)


# --- names ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    ["", "`", "```", "@everyone.png", "<@123>.png", "a\u202egnp.exe", "x" * 900, "../../etc/passwd",
     "a\nb.png", "\ud83d.png", "[a](https://evil.example).png"],
)  # fmt: skip
async def test_a_name_is_shown_as_code_and_nothing_else(name: str, reader: Reader) -> None:
    read = await reader.read(name, "", b"\x1f\x8b")
    assert isinstance(read, Unread)
    check_sentence(read.why.replace("@", ""), name.replace("@", ""))
    shown = re.match("`([^`]*)`", read.why)
    assert shown and shown[1] and len(shown[1]) <= 60
    assert not re.search("[\u202a-\u202e\n\ud800-\udfff]", shown[1])


# --- X128, and what pictures are made into -------------------------------------------------


async def test_x128_the_same_picture_twice_is_the_same_bytes(reader: Reader) -> None:
    """So by its hash it is kept once, though it was sent under two names."""
    for data in (p.jpeg(), p.saved(p.photo(), "PNG"), p.private_webp()):
        first = await reader.read("a.png", "image/png", data)
        assert isinstance(first, PictureRead)
        assert await reader.read("b.jpg", "", data) == first


@pytest.mark.parametrize(
    ("form", "picture", "mime"),
    [
        ("PNG", p.corners(), "image/png"),
        ("PNG", p.photo(), "image/jpeg"),
        ("JPEG", p.corners(), "image/jpeg"),
        ("PNG", p.photo().convert("RGBA"), "image/jpeg"),
        ("WEBP", p.photo(), "image/jpeg"),
    ],
)
async def test_drawings_become_png_and_photographs_jpeg(
    form: str, picture: Image.Image, mime: str, reader: Reader
) -> None:
    read = await reader.read("a", "", p.saved(picture, form))
    assert isinstance(read, PictureRead)
    assert read.mime == mime


async def test_what_is_not_opaque_stays_so(reader: Reader) -> None:
    source = p.photo(200, 200).convert("RGBA")
    source.putalpha(Image.linear_gradient("L").resize((200, 200)))
    read = await reader.read("a", "", p.saved(source, "PNG"))
    assert isinstance(read, PictureRead)
    made = Image.open(io.BytesIO(read.data))
    assert (made.mode, made.tobytes()) == ("RGBA", source.tobytes())


@pytest.mark.parametrize("alpha", [False, True])
async def test_a_picture_that_cannot_be_packed_is_made_to_fit(alpha: bool, reader: Reader) -> None:
    noise = Image.merge("RGB", [Image.effect_noise((2_100, 1_900), 300) for _ in range(3)])
    if alpha:
        noise.putalpha(Image.effect_noise(noise.size, 300))
    read = await reader.read("a.png", "", p.saved(noise, "PNG", compress_level=1))
    assert isinstance(read, PictureRead)
    check_clean(read)
    assert min(read.width, read.height) > 500


async def test_colours_of_a_wide_profile_are_brought_home(reader: Reader) -> None:
    """A picture whose profile swaps red and green shows whether it is heeded at all."""
    from PIL import ImageCms

    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    red, green = profile.find(b"rXYZ"), profile.find(b"gXYZ")
    profile[red : red + 4], profile[green : green + 4] = b"gXYZ", b"rXYZ"
    swapped = bytes(profile).replace(b"s\0R\0G\0B", b"o\0w\0n\0n").replace(b"sRGB", b"ownn")
    data = p.jpeg(p.corners(), icc_profile=swapped, quality=95)
    read = await reader.read("a.jpg", "", data)
    assert isinstance(read, PictureRead)
    found = Image.open(io.BytesIO(read.data)).getpixel((24, 16))
    assert isinstance(found, tuple)
    # What was stored as red is seen as green.
    assert found[1] > 150 > found[0]


# --- HEIC, where its package is there ------------------------------------------------------


async def test_x116_a_heic_picture_is_read_with_the_extra(reader: Reader) -> None:
    """Upright, as a JPEG, without what the phone wrote beside it."""
    pillow_heif.register_heif_opener()
    data = p.saved(p.corners(960, 640), "HEIF", quality=90, exif=p.private_exif())
    able = Reader(CountingMeter(), reader.worker)
    read = await able.read("IMG_0001.HEIC", "image/heic", data)
    assert isinstance(read, PictureRead)
    check_clean(read)
    assert (read.mime, read.width, read.height) == ("image/jpeg", 960, 640)
    seen = Image.open(io.BytesIO(read.data)).getpixel((240, 160))
    assert isinstance(seen, tuple) and seen[0] > 150 > max(seen[1:])


async def test_heic_is_looked_at_where_it_can_be_read(reader: Reader) -> None:
    able = Reader(CountingMeter(), reader.worker)
    able._reads_heic = True
    large = await able.read("a.heic", "", p.heic(width=9_000, height=9_000))
    assert "too large" in sees(large)
    # The package is not there, or the file holds nothing: told, as any damaged picture.
    assert "not a readable picture" in sees(await able.read("a.heic", "", p.heic()))
    assert "not a readable picture" in sees(await able.read("a.heic", "", p.heic()[:24]))
