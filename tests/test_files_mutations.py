"""Good files made bad in every way: each gets an outcome, and the decoder's process lives on."""

from __future__ import annotations

import asyncio
import struct
import zlib
from collections.abc import Iterator
from contextlib import suppress

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters.files.headers import (
    BadHeader,
    Header,
    RareForm,
    bare_png,
    find_orientation,
    read_header,
)
from adapters.files.kinds import Foreign, Form, sniff
from adapters.files.reader import Reader, refuse
from bot.ports import PictureRead, TextRead, Unread
from tests.corpus import pdfs
from tests.corpus import pictures as p
from tests.test_files_pictures import CountingMeter, check_clean, check_sentence

GOOD: dict[str, bytes] = {
    "PNG": p.saved(p.corners(), "PNG"),
    "PNG palette": p.saved(p.corners().quantize(16), "PNG", transparency=1),
    "APNG": p.animated("PNG"),
    "JPEG": p.jpeg(p.corners()),
    "JPEG progressive": p.jpeg(p.corners(), progressive=True),
    "JPEG private": p.private_jpeg(),
    "CMYK": p.cmyk_adobe(),
    "GIF": p.animated("GIF"),
    "WebP lossy": p.saved(p.corners(), "WEBP"),
    "WebP lossless": p.saved(p.corners(), "WEBP", lossless=True),
    "WebP animated": p.animated("WEBP"),
    "WebP private": p.private_webp(),
    "HEIC": p.heic(),
    "PDF": pdfs.words("One page", "Another"),
    "PDF locked": pdfs.locked(b""),
    "PDF of pictures": pdfs.picture_only(),
    "text": "Some text: é 漢字\n".encode() * 20,
    "UTF-16": b"\xff\xfe" + "Some text\n".encode("utf-16-le") * 20,
    "SVG": p.SVG.encode(),
    "BMP": p.bmp(),
}  # fmt: skip
PICTURES = {
    name: data for name, data in GOOD.items() if name[:3] not in ("PDF", "tex", "UTF", "SVG", "BMP")
}


@pytest.fixture(scope="module")
def reader() -> Iterator[Reader]:
    made = Reader(CountingMeter())
    yield made
    asyncio.run(made.close())


def cut(data: bytes, draw: st.DrawFn) -> bytes:
    return data[: draw(st.integers(0, len(data) - 1))]


def flip(data: bytes, draw: st.DrawFn) -> bytes:
    made = bytearray(data)
    # Headers decide most, so half of the damage is done there.
    end = draw(st.sampled_from([40, len(data)]))
    for _ in range(draw(st.integers(1, 8))):
        made[draw(st.integers(0, min(end, len(data)) - 1))] ^= draw(st.integers(1, 255))
    return bytes(made)


def lie(data: bytes, draw: st.DrawFn) -> bytes:
    """Write a wrong number over four bytes somewhere: a length, a size, an offset."""
    at = draw(st.integers(0, max(0, min(len(data), 400) - 4)))
    value = draw(st.sampled_from([0, 1, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 0xFFFFFF00, 65_500]))
    packed = struct.pack(draw(st.sampled_from([">I", "<I"])), value)
    return data[:at] + packed + data[at + 4 :]


def move(data: bytes, draw: st.DrawFn) -> bytes:
    """Take a piece out, or put one in twice."""
    begin = draw(st.integers(0, len(data)))
    end = draw(st.integers(begin, min(len(data), begin + 200)))
    return data[:begin] + data[begin:end] * draw(st.sampled_from([0, 2, 40])) + data[end:]


def mix(data: bytes, draw: st.DrawFn) -> bytes:
    """Go on as another file."""
    other = GOOD[draw(st.sampled_from(sorted(GOOD)))]
    return data[: draw(st.integers(0, len(data)))] + other[draw(st.integers(0, len(other))) :]


MUTATIONS = (cut, flip, lie, move, mix)


@st.composite
def mutated(draw: st.DrawFn, among: dict[str, bytes] = GOOD) -> bytes:
    data = among[draw(st.sampled_from(sorted(among)))]
    return draw(st.sampled_from(MUTATIONS))(data, draw)


def mend(data: bytes) -> bytes:
    """Correct the checksums of a PNG, so that what is wrong gets past them."""
    if not data.startswith(p.SIGNATURE):
        return data
    made, at = data[:8], 8
    while at + 12 <= len(data):
        length = int.from_bytes(data[at : at + 4], "big")
        body = data[at + 4 : at + 8 + length]
        made += data[at : at + 4] + body + struct.pack(">I", zlib.crc32(body))
        at += length + 12
    return made


def search(most: int) -> settings:
    """Return how much is searched here; `HYPOTHESIS_PROFILE=search` looks at length."""
    examples = max(most, settings.default.max_examples if settings.default else 0)
    return settings(max_examples=examples, suppress_health_check=list(HealthCheck))


@search(250)
@given(data=mutated() | mutated().map(mend))
async def test_every_mutation_has_an_outcome(data: bytes, reader: Reader) -> None:
    await check_outcome(data, reader)


async def check_outcome(data: bytes, reader: Reader) -> None:
    pid = reader.worker.pid
    match await reader.read("a.bin", "", data):
        case PictureRead() as read:
            check_clean(read)
        case TextRead(text=text):
            assert text
            assert len(text) <= 32_000
        case Unread(why=why):
            check_sentence(why, "a.bin")
    # However bad, it was refused in words: the process did not have to die for it.
    assert pid is None or reader.worker.pid == pid


@pytest.mark.parametrize("name", sorted(GOOD))
async def test_every_cut_near_the_ends_has_an_outcome(name: str, reader: Reader) -> None:
    data = GOOD[name]
    for size in [*range(1, min(48, len(data))), *range(max(1, len(data) - 24), len(data))]:
        await check_outcome(data[:size], reader)


@search(600)
@given(data=mutated(PICTURES), form=st.sampled_from([*Form]))
def test_every_header_is_read_or_refused(data: bytes, form: Form) -> None:
    """Reading a header raises nothing else, whichever form it is taken for."""
    for taken in {form, sniff(data)}:
        if isinstance(taken, Foreign):
            continue
        try:
            header = read_header(taken, data)
        except (BadHeader, RareForm):
            continue
        assert header.width > 0 < header.height
        assert isinstance(refuse("a", header), str)


@given(data=st.binary(max_size=200), start=st.sampled_from([data[:24] for data in GOOD.values()]))
def test_any_bytes_are_told_apart(data: bytes, start: bytes) -> None:
    for each in (data, start + data):
        assert sniff(each)
        for form in Form:
            with suppress(BadHeader, RareForm):
                assert isinstance(read_header(form, each), Header)


@given(
    data=st.binary(max_size=120), order=st.sampled_from([b"II*\0", b"MM\0*", b"Exif\0\0II*\0", b""])
)
def test_any_exif_has_an_orientation(data: bytes, order: bytes) -> None:
    assert 1 <= find_orientation(order + data) <= 8


@given(data=mutated({"PNG": GOOD["PNG"], "APNG": GOOD["APNG"], "private": p.private_png()}))
def test_a_bare_png_has_an_end_and_nothing_else(data: bytes) -> None:
    made = bare_png(p.SIGNATURE + data[8:])
    assert made.startswith(p.SIGNATURE)
    assert made.endswith(p.chunk(b"IEND"))
    assert bare_png(made) == made or b"IDAT" in made
    assert len(made) <= len(data) + 24
