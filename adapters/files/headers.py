"""What a picture's own header says, read without decoding anything.

PNG:  https://www.w3.org/TR/png-3/
JPEG: https://www.w3.org/Graphics/JPEG/itu-t81.pdf (B.1, B.2)
GIF:  https://www.w3.org/Graphics/GIF/spec-gif89a.txt
WebP: https://developers.google.com/speed/webp/docs/riff_container
HEIF: ISO/IEC 23008-12, `ispe` boxes
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

from adapters.files.kinds import Form


@dataclass(frozen=True, slots=True)
class Header:
    """The size of a picture in pixels, and whether more pictures follow the first."""

    width: int
    height: int
    animated: bool = False


class BadHeader(ValueError):
    """The header is not that of a whole picture."""


class RareForm(ValueError):
    """The form has kinds that no usual program reads, and this is one of them."""


def read_header(form: Form, data: bytes) -> Header:
    """Read a picture's header. Raises `BadHeader` or `RareForm`, whatever the bytes are."""
    try:
        match form:
            case Form.PNG:
                header = _read_png(data)
            case Form.JPEG:
                header = _read_jpeg(data)
            case Form.GIF:
                header = _read_gif(data)
            case Form.WEBP:
                header = _read_webp(data)
            case Form.HEIC:
                header = _read_heic(data)
            case _:
                raise BadHeader("not a picture")
    except (struct.error, IndexError) as error:
        raise BadHeader("it ends within its header") from error
    if header.width <= 0 or header.height <= 0:
        raise BadHeader("it has no size")
    return header


# --- PNG -----------------------------------------------------------------------------------

_PNG_START = 8
# What a picture is made of; everything else is left out before it is decoded. A profile and
# the orientation are looked at and then left out too.
_PNG_NEEDED = (b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"iCCP", b"eXIf")
_PNG_END = b"\0\0\0\0IEND\xaeB\x60\x82"
_PNG_MOST_CHUNKS = 100_000


def _read_png(data: bytes) -> Header:
    length, name, width, height = struct.unpack_from(">I4sII", data, _PNG_START)
    if length != 13 or name != b"IHDR":
        raise BadHeader("it does not begin with its header")
    animated = False
    at = _PNG_START
    for _ in range(_PNG_MOST_CHUNKS):
        if at + 8 > len(data):
            break
        length, name = struct.unpack_from(">I4s", data, at)
        if name == b"IDAT":
            break
        if name == b"acTL":
            (frames,) = struct.unpack_from(">I", data, at + 8)
            animated = frames > 1
        at += length + 12
    return Header(width, height, animated)


def bare_png(data: bytes) -> bytes:
    """Return a PNG file of only the chunks that its first picture is made of.

    Texts that inflate to gigabytes, further pictures and whatever follows the end are gone,
    and an end that is missing is there.
    """
    view = memoryview(data)
    kept = [view[:_PNG_START]]
    at = _PNG_START
    for _ in range(_PNG_MOST_CHUNKS):
        if at + 12 > len(data):
            break
        length, name = struct.unpack_from(">I4s", data, at)
        after = at + length + 12
        if name == b"IEND" or after > len(data):
            # A chunk that is cut stays: the decoder is to see that something is missing.
            kept.append(view[at:] if name == b"IDAT" else view[:0])
            break
        if name in _PNG_NEEDED:
            kept.append(view[at:after])
        at = after
    return b"".join([*kept, _PNG_END])


# --- JPEG ----------------------------------------------------------------------------------

_SCAN = 0xDA
_ALONE = (0x01, *range(0xD0, 0xD9))
# Sequential and progressive, Huffman or arithmetic coding.
_USUAL_FRAMES = (0xC0, 0xC1, 0xC2, 0xC9, 0xCA)
# Lossless, hierarchical, and JPEG-LS.
_RARE_FRAMES = (0xC3, 0xC5, 0xC6, 0xC7, 0xCB, 0xCD, 0xCE, 0xCF, 0xF7)


def _read_jpeg(data: bytes) -> Header:
    """Walk the segments up to the first scan, which the frame's header precedes."""
    found: Header | None = None
    at = 2
    while True:
        if data[at] != 0xFF:
            raise BadHeader("a segment does not begin with a marker")
        while data[at] == 0xFF:
            at += 1
        marker = data[at]
        at += 1
        if marker in _ALONE:
            continue
        if marker == 0xD9:
            raise BadHeader("it ends before its first scan")
        (length,) = struct.unpack_from(">H", data, at)
        if length < 2:
            raise BadHeader("a segment without a length")
        if marker in _RARE_FRAMES:
            raise RareForm("lossless or hierarchical JPEG")
        if marker in _USUAL_FRAMES:
            precision, height, width = struct.unpack_from(">BHH", data, at + 2)
            if precision != 8:
                raise RareForm(f"JPEG of {precision} bits")
            if found is not None:
                raise BadHeader("two frames")
            found = Header(width, height)
        if marker == _SCAN:
            if found is None:
                raise BadHeader("a scan without a frame")
            return found
        at += length


_JFIF = b"\xff\xe0\0\x10JFIF\0\1\1\0\0\1\0\1\0\0"
_NEEDED_SEGMENTS = (*_USUAL_FRAMES, 0xC4, 0xCC, 0xDA, 0xDB, 0xDD)
_ADOBE_BYTES = 14
_MOST_SEGMENTS = 10_000


def bare_jpeg(data: bytes) -> bytes | None:
    """Return a JPEG file of only the segments that its picture is made of, or None.

    Of what programs add, only how its colours are meant stays. An end that is missing is there.
    """
    view = memoryview(data)
    kept: list[bytes | memoryview] = [view[:2]]
    at = 2
    for _ in range(_MOST_SEGMENTS):
        at = _next_marker(data, at)
        if at >= len(data) or data[at] == 0xD9:
            return b"".join([*kept, b"\xff\xd9"])
        marker = data[at]
        if at + 3 > len(data) or marker in _ALONE:
            return None
        (length,) = struct.unpack_from(">H", data, at + 1)
        segment, name = view[at - 1 : at + 1 + length], data[at + 3 : at + 8]
        if marker == 0xE0 and name == b"JFIF\0":
            kept.append(_JFIF)
        elif marker in _NEEDED_SEGMENTS or (marker == 0xEE and name == b"Adobe"):
            if marker == 0xEE and length != _ADOBE_BYTES:
                return None
            kept.append(segment)
        elif not 0xE0 <= marker <= 0xFE:
            return None
        at += 1 + length
        if marker == _SCAN:
            after = _end_of_scan(data, at)
            kept.append(view[at:after])
            at = after
    return None


def _next_marker(data: bytes, at: int) -> int:
    """Return where the next marker's code is; fillers may stand before it."""
    while at < len(data) and data[at] == 0xFF:
        at += 1
    return at


def _end_of_scan(data: bytes, at: int) -> int:
    """Return where the marker after a scan begins."""
    while (at := data.find(b"\xff", at)) >= 0:
        if at + 1 >= len(data):
            return at
        if data[at + 1] != 0 and not 0xD0 <= data[at + 1] <= 0xD7:
            return at
        at += 2
    return len(data)


# --- GIF -----------------------------------------------------------------------------------


def _read_gif(data: bytes) -> Header:
    """Walk the blocks up to the second picture: never further, however many there are."""
    width, height, flags = struct.unpack_from("<HHB", data, 6)
    at = 13 + _table_bytes(flags)
    pictures = 0
    while at < len(data):
        kind = data[at]
        if kind == 0x21:
            at = _skip_blocks(data, at + 2)
        elif kind == 0x2C:
            left, top, wide, high, flags = struct.unpack_from("<HHHHB", data, at + 1)
            pictures += 1
            if pictures == 2:
                break
            # A frame may be larger than the screen, and then is what a decoder makes room for.
            width, height = max(width, left + wide), max(height, top + high)
            at = _skip_blocks(data, at + 11 + _table_bytes(flags))
        else:
            break
    if not pictures:
        raise BadHeader("it has no picture")
    return Header(width, height, pictures > 1)


def _table_bytes(flags: int) -> int:
    return 3 << ((flags & 7) + 1) if flags & 0x80 else 0


def _skip_blocks(data: bytes, at: int) -> int:
    """Return where the sub-blocks that begin at a place end."""
    while at < len(data) and data[at]:
        at += data[at] + 1
    return at + 1


# --- WebP ----------------------------------------------------------------------------------


def _read_webp(data: bytes) -> Header:
    match data[12:16]:
        case b"VP8X":
            flags, width, height = data[20], _three(data, 24) + 1, _three(data, 27) + 1
            return Header(width, height, bool(flags & 0x02))
        case b"VP8 ":
            if data[23:26] != b"\x9d\x01\x2a":
                raise BadHeader("not a first frame")
            width, height = struct.unpack_from("<HH", data, 26)
            return Header(width & 0x3FFF, height & 0x3FFF)
        case b"VP8L":
            if data[20] != 0x2F:
                raise BadHeader("not a lossless frame")
            (bits,) = struct.unpack_from("<I", data, 21)
            return Header((bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1)
        case _:
            raise BadHeader("an unknown first chunk")


def _three(data: bytes, at: int) -> int:
    if at + 3 > len(data):
        raise IndexError(at)
    return int.from_bytes(data[at : at + 3], "little")


_WEBP_PIXELS = (b"VP8 ", b"VP8L", b"ALPH")
_WEBP_ALPHA = 0x10
_WEBP_MOST_CHUNKS = 1_000


def bare_webp(data: bytes) -> bytes | None:
    """Return a still WebP file of only the chunks that its picture is made of, or None.

    https://developers.google.com/speed/webp/docs/riff_container#extended_file_format
    """
    chunks: dict[bytes, bytes] = {}
    at = 12
    for _ in range(_WEBP_MOST_CHUNKS):
        if at + 8 > len(data):
            break
        name, length = struct.unpack_from("<4sI", data, at)
        if at + 8 + length > len(data) or name in (b"ANIM", b"ANMF"):
            return None
        if name in _WEBP_PIXELS:
            if name in chunks:
                return None
            chunks[name] = data[at + 8 : at + 8 + length]
        at += 8 + length + length % 2
        if name in (b"VP8 ", b"VP8L"):
            break
    header = _read_webp(data)
    kept: list[tuple[bytes, bytes]] = []
    if b"VP8L" in chunks:
        kept = [(b"VP8L", chunks[b"VP8L"])]
    elif b"ALPH" in chunks and b"VP8 " in chunks:
        sizes = (header.width - 1).to_bytes(3, "little") + (header.height - 1).to_bytes(3, "little")
        extended = bytes([_WEBP_ALPHA, 0, 0, 0]) + sizes
        kept = [(b"VP8X", extended), (b"ALPH", chunks[b"ALPH"]), (b"VP8 ", chunks[b"VP8 "])]
    elif b"VP8 " in chunks:
        kept = [(b"VP8 ", chunks[b"VP8 "])]
    if not kept:
        return None
    body = b"".join(
        name + struct.pack("<I", len(chunk)) + chunk + bytes(len(chunk) % 2) for name, chunk in kept
    )
    return b"RIFF" + struct.pack("<I", len(body) + 4) + b"WEBP" + body


# --- HEIF ----------------------------------------------------------------------------------

_HEIC_WITHIN = 1024 * 1024


def _read_heic(data: bytes) -> Header:
    """Return the largest picture of the file, which is the one that its tiles make up."""
    sizes: list[tuple[int, int]] = []
    at = data.find(b"ispe", 0, _HEIC_WITHIN)
    while at >= 0:
        sizes.append(struct.unpack_from(">II", data, at + 8))
        at = data.find(b"ispe", at + 4, _HEIC_WITHIN)
    if not sizes:
        raise BadHeader("it names no size")
    return Header(max(width for width, _ in sizes), max(height for _, height in sizes))


# --- orientation ---------------------------------------------------------------------------

_ORIENTATION = 0x0112
_MOST_TAGS = 1_000


def find_orientation(exif: bytes) -> int:
    """Return how a picture is to be turned (1 to 8), 1 where EXIF does not say, or lies.

    Only the first directory is looked at, tag by tag: no offset is followed but its own, so
    nothing can loop. https://www.cipa.jp/e/std/std-sec.html (DC-008, 4.6.2 and 4.6.5.1)
    """
    exif = exif.removeprefix(b"Exif\0\0")
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(exif[:4])
    if order is None:
        return 1
    try:
        (start,) = struct.unpack_from(f"{order}I", exif, 4)
        (count,) = struct.unpack_from(f"{order}H", exif, start)
        for n in range(min(count, _MOST_TAGS)):
            tag, kind, many, value = struct.unpack_from(f"{order}HHIH", exif, start + 2 + n * 12)
            if tag == _ORIENTATION:
                return value if (kind, many) == (3, 1) and 1 <= value <= 8 else 1
    except struct.error:
        pass
    return 1
