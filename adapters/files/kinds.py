"""What a file is, by its bytes: names and types are claims of the sender's.

The signatures are those of the formats' own documents; where a format has none that is sure,
more of its beginning is compared.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum


class Form(StrEnum):
    """The forms that are read; `TEXT` is whatever has no signature and turns out to be text."""

    PNG = "png"
    JPEG = "jpeg"
    WEBP = "webp"
    GIF = "gif"
    HEIC = "heic"
    PDF = "pdf"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Foreign:
    """A form that is not read: `what` it is in plain words, and what to send `instead`."""

    what: str
    instead: str = ""


_PICTURE = "JPEG or PNG"
_DOCUMENT = "PDF or text"

SOUND = Foreign("a sound file")
VIDEO = Foreign("a video")
MEDIA = Foreign("a Windows Media file")
ZIP = Foreign("a ZIP archive", "the files themselves")
ARCHIVE = Foreign("an archive", "the files themselves")
PROGRAM = Foreign("a program")
DATABASE = Foreign("a database", "a text file")
FONT = Foreign("a font")
RAW = Foreign("a camera raw picture", _PICTURE)
SVG = Foreign("an SVG drawing", _PICTURE)
HEIC = Foreign("a HEIC picture", _PICTURE)

_SIGNATURES: tuple[tuple[int, bytes, Form | Foreign], ...] = (
    (0, b"\x89PNG\r\n\x1a\n", Form.PNG),
    (0, b"\xff\xd8\xff", Form.JPEG),
    (0, b"GIF87a", Form.GIF),
    (0, b"GIF89a", Form.GIF),
    (0, b"%PDF-", Form.PDF),
    # pictures that are not read
    (0, b"II*\0\x10\0\0\0CR", RAW),
    (0, b"FUJIFILMCCD-RAW", RAW),
    (0, b"IIRO", RAW),
    (0, b"IIU\0", RAW),
    (0, b"\0MRM", RAW),
    (0, b"II*\0", Foreign("a TIFF or camera raw picture", _PICTURE)),
    (0, b"MM\0*", Foreign("a TIFF or camera raw picture", _PICTURE)),
    (0, b"II+\0", Foreign("a TIFF picture", _PICTURE)),
    (0, b"MM\0+", Foreign("a TIFF picture", _PICTURE)),
    (0, b"icns\0", Foreign("an icon", _PICTURE)),
    (0, b"8BPS\0", Foreign("a Photoshop picture", _PICTURE)),
    (0, b"DDS \x7c\0", Foreign("a DDS picture", _PICTURE)),
    (0, b"gimp xcf ", Foreign("a GIMP picture", _PICTURE)),
    (0, b"\0\0\0\x0cjP  \r\n\x87\n", Foreign("a JPEG 2000 picture", _PICTURE)),
    (0, b"\xff\x4f\xff\x51", Foreign("a JPEG 2000 picture", _PICTURE)),
    (0, b"\0\0\0\x0cJXL \r\n\x87\n", Foreign("a JPEG XL picture", _PICTURE)),
    (0, b"\xff\x0a", Foreign("a JPEG XL picture", _PICTURE)),
    (0, b"v/1\1", Foreign("an OpenEXR picture", _PICTURE)),
    (0, b"BPG\xfb", Foreign("a BPG picture", _PICTURE)),
    (0, b"AT&TFORM", Foreign("a DjVu document", _DOCUMENT)),
    # sound
    (0, b"OggS\0", SOUND),
    (0, b"fLaC\0", SOUND),
    (0, b"#!AMR", SOUND),
    (0, b"caff\0", SOUND),
    (0, b"wvpk", SOUND),
    (0, b"MThd\0", SOUND),
    (0, b"ID3\2", SOUND),
    (0, b"ID3\3", SOUND),
    (0, b"ID3\4", SOUND),
    (0, b"\xff\xfb", SOUND),
    (0, b"\xff\xfa", SOUND),
    (0, b"\xff\xf3", SOUND),
    (0, b"\xff\xf2", SOUND),
    (0, b"\xff\xe3", SOUND),
    (0, b"\xff\xf1", SOUND),
    (0, b"\xff\xf9", SOUND),
    # video
    (0, b"\x1a\x45\xdf\xa3", VIDEO),
    (0, b"FLV\1", VIDEO),
    (0, b"\0\0\1\xba", VIDEO),
    (0, b"\0\0\1\xb3", VIDEO),
    (0, b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", MEDIA),
    # archives
    (0, b"PK\5\6", ZIP),
    (0, b"PK\7\x08", ZIP),
    (0, b"7z\xbc\xaf\x27\x1c", ARCHIVE),
    (0, b"Rar!\x1a\7", ARCHIVE),
    (0, b"\x1f\x8b", ARCHIVE),
    (0, b"BZh", ARCHIVE),
    (0, b"\xfd7zXZ\0", ARCHIVE),
    (0, b"\x28\xb5\x2f\xfd", ARCHIVE),
    (0, b"\x04\x22\x4d\x18", ARCHIVE),
    (0, b"MSCF\0", ARCHIVE),
    (257, b"ustar", ARCHIVE),
    # documents
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", Foreign("an old Office document", _DOCUMENT)),
    (0, b"{\\rtf", Foreign("an RTF document", _DOCUMENT)),
    (0, b"%!PS", Foreign("a PostScript document", _DOCUMENT)),
    # the rest
    (0, b"\x7fELF", PROGRAM),
    (0, b"MZ", PROGRAM),
    (0, b"\xfe\xed\xfa\xce", PROGRAM),
    (0, b"\xfe\xed\xfa\xcf", PROGRAM),
    (0, b"\xce\xfa\xed\xfe", PROGRAM),
    (0, b"\xcf\xfa\xed\xfe", PROGRAM),
    (0, b"\xca\xfe\xba\xbe", PROGRAM),
    (0, b"\0asm", PROGRAM),
    (0, b"SQLite format 3\0", DATABASE),
    (0, b"wOFF", FONT),
    (0, b"wOF2", FONT),
    (0, b"OTTO\0", FONT),
    (0, b"\0\1\0\0\0", FONT),
)
# These begin with letters alone, as a text may.
_UNSURE = (b"MZ", b"BZh", b"IIRO", b"wvpk", b"wOFF", b"wOF2")

# https://mp4ra.org/registered-types/brands: the word after "ftyp", and what it stands for.
_BRANDS: dict[bytes, Form | Foreign] = {
    **dict.fromkeys(
        (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"), Form.HEIC
    ),
    **dict.fromkeys((b"avif", b"avis"), Foreign("an AVIF picture", _PICTURE)),
    **dict.fromkeys((b"M4A ", b"M4B ", b"M4P ", b"F4A "), SOUND),
    b"crx ": RAW,
}
# https://learn.microsoft.com/windows/win32/xaudio2/resource-interchange-file-format--riff-
_RIFF: dict[bytes, Form | Foreign] = {
    b"WEBP": Form.WEBP,
    b"WAVE": SOUND,
    b"RMID": SOUND,
    b"AVI ": VIDEO,
}
# A document of an office program is a ZIP archive whose first file says what it is.
_OFFICE = (
    (b"word/", Foreign("a Word document", _DOCUMENT)),
    (b"xl/", Foreign("an Excel sheet", "CSV or PDF")),
    (b"ppt/", Foreign("a PowerPoint presentation", "PDF")),
    (b"application/epub+zip", Foreign("an e-book", _DOCUMENT)),
    (b"application/vnd.oasis.opendocument", Foreign("an office document", _DOCUMENT)),
)
_HEAD = 4_096
_DIB_HEADERS = (12, 40, 52, 56, 64, 108, 124)


def sniff(data: bytes) -> Form | Foreign:
    """Tell what a file is by its beginning."""
    head = data[:_HEAD]
    if head.startswith((b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf")):
        return Form.TEXT
    for at, signature, form in _SIGNATURES:
        if head.startswith(signature, at) and (signature not in _UNSURE or b"\0" in head):
            return _look_closer(head, form)
    return _look_inside(head)


def _look_closer(head: bytes, form: Form | Foreign) -> Form | Foreign:
    """Tell a video apart in a container that usually holds sound."""
    if form is SOUND and head.startswith(b"OggS") and b"theora" in head[:256]:
        return VIDEO
    return form


def _look_inside(head: bytes) -> Form | Foreign:
    """Tell what a file is whose signature is not at its very beginning, or not enough."""
    if head.startswith(b"RIFF") and len(head) >= 12:
        return _RIFF.get(head[8:12], Form.TEXT)
    if head.startswith(b"FORM") and head[8:12] in (b"AIFF", b"AIFC"):
        return SOUND
    if head[4:8] == b"ftyp":
        return _BRANDS.get(head[8:12], VIDEO)
    if head[4:8] in (b"moov", b"mdat", b"wide", b"free", b"skip"):
        return VIDEO
    if head.startswith(b"PK\3\4"):
        return next((office for mark, office in _OFFICE if mark in head), ZIP)
    if head.startswith(b"BM") and int.from_bytes(head[14:18], "little") in _DIB_HEADERS:
        return Foreign("a BMP picture", _PICTURE)
    # How many pictures there are tells icons and cursors from Targa, which has no signature.
    if (
        head[:3] in (b"\0\0\1", b"\0\0\2")
        and head[3:4] == b"\0" != head[4:5]
        and head[5:6] == b"\0"
    ):
        return Foreign("an icon", _PICTURE)
    if len(head) > 188 and head[0] == head[188] == 0x47 and b"\0" in head:
        return VIDEO
    if head[4:6] in (b"\x11\xaf", b"\x12\xaf"):
        return Foreign("an animation", _PICTURE)
    return Form.TEXT


# --- text that is more than text -----------------------------------------------------------

_SKIPPED = (("<?", "?>"), ("<!--", "-->"))
_ROOT_WITHIN = 65_536
_ELEMENT = re.compile(r"<([a-z_][\w.:-]*)", re.IGNORECASE)


def root_element(text: str) -> str:
    """Return the name of the first element of a text that is a document of tags, or "".

    Nothing is parsed: entities and addresses within are neither read nor followed.
    """
    text = text[:_ROOT_WITHIN].lstrip("\ufeff \t\r\n")
    while text.startswith("<"):
        for begin, end in _SKIPPED:
            if text.startswith(begin):
                text = text.partition(end)[2].lstrip()
                break
        else:
            if not text.startswith("<!"):
                element = _ELEMENT.match(text)
                return element[1].rpartition(":")[2].lower() if element else ""
            if text[:14].lower() == "<!doctype html":
                return "html"
            # A document type may have declarations of its own, in brackets.
            inner, bracket, rest = text.partition("[")
            text = (rest.partition("]")[2] if bracket and ">" not in inner else text).partition(
                ">"
            )[2]
            text = text.lstrip()
    return ""
