"""Texts and PDFs: what is text, which, how much of it, and what is said about the rest."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.files.kinds import root_element
from adapters.files.pdfs import read_document
from adapters.files.reader import Reader
from adapters.files.texts import Text, read_text
from bot.ports import TextRead, Unread
from tests import patience
from tests.corpus import pdfs
from tests.corpus import pictures as p
from tests.test_files_pictures import CountingMeter, check_sentence

NOT_TEXT = "is not a text file"
CODE = 'def greet(name):\n\treturn f"Hello {name} \\u00e9 é 漢字 👩‍👧"\n'


@pytest.fixture(scope="module")
def reader() -> Iterator[Reader]:
    made = Reader(CountingMeter())
    yield made
    asyncio.run(made.close())


async def text_of(reader: Reader, data: bytes, name: str = "a.txt", mime: str = "") -> TextRead:
    read = await reader.read(name, mime, data)
    assert isinstance(read, TextRead), read
    return read


async def refusal_of(reader: Reader, data: bytes, name: str = "a.txt", mime: str = "") -> str:
    read = await reader.read(name, mime, data)
    assert isinstance(read, Unread), read
    check_sentence(read.why, name)
    return read.why


# --- X019: which text ----------------------------------------------------------------------


@pytest.mark.parametrize(
    "data",
    [
        CODE.encode(),
        b"\xef\xbb\xbf" + CODE.encode(),
        b"\xff\xfe" + CODE.encode("utf-16-le"),
        b"\xfe\xff" + CODE.encode("utf-16-be"),
        b"\xff\xfe\0\0" + CODE.encode("utf-32-le"),
        b"\0\0\xfe\xff" + CODE.encode("utf-32-be"),
        CODE.replace("\n", "\r\n").encode(),
        CODE.replace("\n", "\r").encode(),
    ],
    ids=["UTF-8", "mark", "UTF-16 LE", "UTF-16 BE", "UTF-32 LE", "UTF-32 BE", "CRLF", "CR"],
)
async def test_x019_text_is_read_by_its_mark_or_as_utf8(data: bytes, reader: Reader) -> None:
    assert await text_of(reader, data) == TextRead(CODE)


@pytest.mark.parametrize(
    "data",
    [
        "café, façade, naïve".encode("latin-1"),
        "Привет, мир".encode("cp1251"),
        "日本語のテキスト".encode("shift_jis"),
        CODE.encode("utf-16-le"),
        b"\xff\xfe" + CODE.encode("utf-16-le") + b"x",
        b"\xff\xfe\x00\xd8a\0",
        b"\xef\xbb\xbf\xff",
        b"cut in a character \xe6\xbc",
        b"\xed\xa0\x80 half a pair",
        b"over\xc0\xafshort",
        b"zero \0 byte",
        b"\x01\x02\x03\x04 control",
        b"a" * 1_000_000 + b"\xff",
        b"a" * 1_000_000 + b"\0",
        random.Random(1).randbytes(5_000),
        random.Random(2).randbytes(500_000),
        bytes(100),
        bytes(range(256)),
    ],
)
async def test_x019_everything_else_is_refused(data: bytes, reader: Reader) -> None:
    assert NOT_TEXT in await refusal_of(reader, data)


@pytest.mark.parametrize(
    "blank", [b"\n", b"\xef\xbb\xbf", b" \t\r\n" * 99, "\u200b\u3164".encode()]
)
async def test_a_text_of_nothing_is_told(blank: bytes, reader: Reader) -> None:
    assert "nothing but blank space" in await refusal_of(reader, blank)


@pytest.mark.parametrize(
    ("name", "mime"),
    [("a.ts", "video/mp2t"), ("a.m3u", "audio/x-mpegurl"), ("a.py", ""), ("Makefile", "x/y"),
     ("a.bin", "application/octet-stream"), ("a.zip", "application/zip"), ("a.exe", "")],
)  # fmt: skip
async def test_names_and_types_do_not_decide(name: str, mime: str, reader: Reader) -> None:
    assert (await text_of(reader, CODE.encode(), name, mime)).text == CODE


@pytest.mark.parametrize(
    "text",
    ["PKzip is a program", "GIF is a format", "MZ and BZh are letters", "RIFF", "ID3 tags",
     "BM is a form of picture, it is said", "%PDF is how it begins", "ftyp: a box", "<svgx/>",
     "FORM 27", "OggS", "<html><body>An own page</body></html>", "<?xml version='1.0'?><a/>",
     "\x1b[31mred\x1b[0m log", "a\x0cpage", "{\\rt is not RTF", "G" * 400, "<", "<!", "<!--", "<?"],
)  # fmt: skip
async def test_texts_that_look_like_something_else_are_read(text: str, reader: Reader) -> None:
    read = await text_of(reader, text.encode())
    assert read.text == text.replace("\x1b", "").replace("\x0c", "")


async def test_what_no_store_takes_is_removed(reader: Reader) -> None:
    text = "a\x7fb\u0085c\U000e0041d" + "x" * 999
    assert (await text_of(reader, text.encode())).text == "abcd" + "x" * 999


# --- how much of it ------------------------------------------------------------------------


async def test_exactly_as_much_as_is_taken_is_read_whole(reader: Reader) -> None:
    assert await text_of(reader, b"x" * 32_000) == TextRead("x" * 32_000)


@pytest.mark.parametrize("size", [32_001, 1_000_000, 20_000_000])
async def test_what_is_cut_is_said(size: int, reader: Reader) -> None:
    read = await text_of(reader, b"y" * size)
    assert read.text == "y" * 32_000
    assert read.note == f"only the first 32,000 of its {size:,} characters were read"


async def test_line_ends_alone_cut_nothing(reader: Reader) -> None:
    assert await text_of(reader, b"line\r\n" * 6_000) == TextRead("line\n" * 6_000)


async def test_a_cut_leaves_a_cluster_whole(reader: Reader) -> None:
    read = await text_of(reader, ("x" * 31_999 + "👩‍👧" * 9).encode())
    assert read.text == "x" * 31_999


@given(text=st.text(max_size=300), mark=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-32"]))
def test_any_text_is_read_or_refused(text: str, mark: str) -> None:
    found = read_text(text.encode(mark, "surrogatepass"))
    assert found is None or (found.characters == len(text) and not found.cut)


@given(data=st.binary(max_size=400))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    found = read_text(data)
    assert found is None or isinstance(found, Text)


@given(text=st.text(alphabet="<>!?-[]\"'/: \nsvghtml=&;", max_size=60))
def test_any_tags_have_a_root_or_none(text: str) -> None:
    root = root_element(text)
    assert root == "" or root in text.lower()


@pytest.mark.parametrize("size", [65_536, 2_000_000])
@pytest.mark.parametrize("piece", ["<?", "<!--", "<![", "<!x[", "<? ?>", "<!-- -->", "< "])
def test_a_text_of_tags_takes_no_time(piece: str, size: int) -> None:
    with patience.linear():
        assert root_element(piece * (size // len(piece))) == ""


# --- PDFs ----------------------------------------------------------------------------------


async def pdf(reader: Reader, data: bytes) -> TextRead:
    return await text_of(reader, data, "a.pdf", "application/pdf")


async def test_a_pdf_is_read_page_by_page(reader: Reader) -> None:
    read = await pdf(reader, pdfs.words("Hello (world)", "Second page: é"))
    assert read == TextRead("Hello (world)\n\nSecond page: é")


async def test_a_pdf_locked_against_changes_only_is_read(reader: Reader) -> None:
    assert (await pdf(reader, pdfs.locked(b""))).text == "A locked word"


async def test_a_long_pdf_is_cut_and_says_so(reader: Reader) -> None:
    read = await pdf(reader, pdfs.words(*["word " * 2_000] * 20))
    assert len(read.text) == 32_000
    assert read.note == (
        "only its first 7 of 20 pages were read; "
        "only the first 32,000 characters of its text were read"
    )
    many = await pdf(reader, pdfs.words(*[f"page {n}" for n in range(300)]))
    assert many.note == "only its first 200 of 300 pages were read"
    assert many.text.endswith("page 199")


async def test_a_pdf_with_a_page_that_cannot_be_read_is_read_without_it(reader: Reader) -> None:
    data = pdfs.paged([pdfs.packed(pdfs.show("good")), pdfs.stream(b"junk", b"/Filter /Unknown")])
    assert (await pdf(reader, data)).text == "good"


@pytest.mark.parametrize(
    ("data", "sees"),
    [
        (pdfs.locked(b"secret"), "is protected by a password"),
        (pdfs.locked_by_aes(), "is protected by a password"),
        (pdfs.picture_only(), "holds no text, only pictures"),
        (pdfs.words(), "holds no text"),
        (pdfs.words("", " "), "holds no text"),
        (b"%PDF-1.4", "is not a readable PDF"),
        (b"%PDF-1.4\n" + bytes(500), "is not a readable PDF"),
        (pdfs.looping(), "is not a readable PDF"),
        (pdfs.bursting(), "is not a readable PDF"),
        (pdfs.packed_twice(20), "is not a readable PDF"),
    ],
    ids=["password", "AES", "pictures", "no page", "blank pages", "a beginning", "zeros", "loop",
         "bursting", "packed twenty times"],
)  # fmt: skip
async def test_a_pdf_that_cannot_be_read_says_why(data: bytes, sees: str, reader: Reader) -> None:
    assert sees in await refusal_of(reader, data, "a.pdf")


def test_reading_stops_when_time_is_up(monkeypatch: pytest.MonkeyPatch) -> None:
    spent = iter(range(0, 9_999, 2))
    monkeypatch.setattr(time, "process_time", lambda: next(spent))
    read = read_document(pdfs.words(*["word"] * 50))
    assert (read.read, read.pages) == (2, 50)


# --- other documents -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "sees"),
    [
        (b"{\\rtf1\\ansi Hello}", "an RTF document, which I do not read; please send PDF or text"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(99), "an old Office document"),
        (b"SQLite format 3\0" + bytes(99), "a database"),
        (b"\x7fELF\2\1\1" + bytes(99), "a program"),
        (bytes(257) + b"ustar\x0000" + bytes(99), "an archive"),
        (b"%!PS-Adobe-3.0\n", "a PostScript document"),
    ],
)
async def test_other_documents_are_named(data: bytes, sees: str, reader: Reader) -> None:
    assert sees in await refusal_of(reader, data, "a.doc")


async def test_a_picture_among_texts_is_a_picture(reader: Reader) -> None:
    assert not isinstance(await reader.read("a.txt", "text/plain", p.jpeg()), TextRead | Unread)
