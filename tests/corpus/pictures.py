"""Pictures as people send them, and as nobody should: whole, damaged, huge, or something else."""

from __future__ import annotations

import io
import random
import struct
import zlib
from collections.abc import Iterable, Sequence
from functools import cache

from PIL import Image, PngImagePlugin

SIGNATURE = b"\x89PNG\r\n\x1a\n"
# Appears in every piece of metadata that is built here, and must never come out again.
CANARY = b"CANARY-7f3a"
# Of each corner, clockwise from the upper left; far apart, so that no encoder mixes them up.
RED, GREEN, BLUE, YELLOW = (220, 30, 30), (30, 200, 40), (40, 50, 210), (230, 220, 40)


def saved(picture: Image.Image, form: str, **options: object) -> bytes:
    file = io.BytesIO()
    picture.save(file, form, **options)
    return file.getvalue()


@cache
def corners(width: int = 96, height: int = 64) -> Image.Image:
    """Return a picture of four colours, which tells how it is turned."""
    picture = Image.new("RGB", (width, height))
    half = (width // 2, height // 2)
    for at, colour in zip(
        [(0, 0), (half[0], 0), half, (0, half[1])], [RED, GREEN, BLUE, YELLOW], strict=True
    ):
        picture.paste(colour, (*at, at[0] + half[0], at[1] + half[1]))
    return picture


@cache
def photo(width: int = 320, height: int = 240) -> Image.Image:
    """Return a picture of many colours, the same every time."""
    picture = Image.linear_gradient("L").resize((width, height))
    across = picture.transpose(Image.Transpose.ROTATE_90).resize((width, height))
    # Noise of our own: Pillow's is another one every time.
    grain = Image.frombytes("L", (97, 89), random.Random(7).randbytes(97 * 89))
    return Image.merge("RGB", (picture, across, grain.resize((width, height))))


def jpeg(picture: Image.Image | None = None, **options: object) -> bytes:
    return saved(picture or photo(), "JPEG", **{"quality": 85, **options})


# --- PNG by hand ---------------------------------------------------------------------------


def chunk(name: bytes, body: bytes = b"", *, length: int | None = None) -> bytes:
    said = len(body) if length is None else length
    return struct.pack(">I", said) + name + body + struct.pack(">I", zlib.crc32(name + body))


def ihdr(width: int, height: int, depth: int = 8, colour: int = 2, interlace: int = 0) -> bytes:
    return chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, interlace))


def png(
    size: tuple[int, int],
    depth: int,
    colour: int,
    rows: Iterable[bytes],
    *,
    before: bytes = b"",
    after: bytes = b"",
) -> bytes:
    """Return a PNG of raw rows, with chunks `before` and `after` its data."""
    body = zlib.compress(b"".join(b"\0" + row for row in rows), 1)
    return b"".join(
        [SIGNATURE, ihdr(*size, depth, colour), before, chunk(b"IDAT", body), after, chunk(b"IEND")]
    )


def with_chunks(data: bytes, *chunks: bytes) -> bytes:
    """Put chunks behind the header of a PNG."""
    return data[:33] + b"".join(chunks) + data[33:]


def inflating(size: int) -> bytes:
    """Return a zlib stream of so many zeros (a multiple of a million), without making them."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    block = packer.compress(bytes(1_000_000)) + packer.flush(zlib.Z_FULL_FLUSH)
    last = packer.flush()
    # The checksum of n zeros is known: https://www.rfc-editor.org/rfc/rfc1950#section-8.2
    checksum = struct.pack(">HH", size % 65_521, 1)
    return b"\x78\xda" + block * (size // 1_000_000) + last + checksum


def grey16(values: Sequence[int], width: int = 64, height: int = 64) -> bytes:
    """Return a grey PNG of 16 bits with these values from left to right, in bands."""
    band = width // len(values)
    row = b"".join(struct.pack(">H", value) * band for value in values)
    row += row[-2:] * (width - band * len(values))
    return png((width, height), 16, 0, [row] * height)


def colour16(colour: int, pixel: Sequence[int]) -> bytes:
    return png((64, 64), 16, colour, [struct.pack(f">{len(pixel)}H", *pixel) * 64] * 64)


def many_idats(pieces: int) -> bytes:
    raw = photo(120, 100)
    body = zlib.compress(
        b"".join(b"\0" + raw.crop((0, y, 120, y + 1)).tobytes() for y in range(100)), 1
    )
    step = max(1, len(body) // pieces)
    cut = [body[at : at + step] for at in range(0, len(body), step)]
    cut += [b""] * (pieces - len(cut))
    return (
        SIGNATURE
        + ihdr(120, 100)
        + b"".join(chunk(b"IDAT", piece) for piece in cut)
        + chunk(b"IEND")
    )


def bits(width: int, height: int) -> bytes:
    """Return a huge PNG of one bit a pixel in a few thousand bytes."""
    packer = zlib.compressobj(9)
    row = bytes(1 + (width + 7) // 8)
    body = b"".join(packer.compress(row) for _ in range(height)) + packer.flush()
    return SIGNATURE + ihdr(width, height, 1, 0) + chunk(b"IDAT", body) + chunk(b"IEND")


# --- JPEG by hand --------------------------------------------------------------------------


def segments(data: bytes) -> list[tuple[int, int, int]]:
    """Return (marker, begin, end) of the segments before the first scan."""
    found, at = [], 2
    while data[at + 1] != 0xDA:
        end = at + 2 + int.from_bytes(data[at + 2 : at + 4], "big")
        found.append((data[at + 1], at, end))
        at = end
    return found


def segment(marker: int, body: bytes) -> bytes:
    return bytes([0xFF, marker]) + struct.pack(">H", len(body) + 2) + body


def with_segments(data: bytes, *added: bytes) -> bytes:
    return data[:2] + b"".join(added) + data[2:]


def without(data: bytes, marker: int) -> bytes:
    for found, begin, end in reversed(segments(data)):
        if found == marker:
            data = data[:begin] + data[end:]
    return data


def with_frame(data: bytes, marker: int, precision: int = 8) -> bytes:
    """Turn the frame of a JPEG into one of another kind or depth."""
    begin = next(begin for found, begin, _ in segments(data) if found in (0xC0, 0xC2))
    return (
        data[: begin + 1]
        + bytes([marker])
        + data[begin + 2 : begin + 4]
        + bytes([precision])
        + data[begin + 5 :]
    )


def with_size(data: bytes, width: int, height: int) -> bytes:
    begin = next(begin for found, begin, _ in segments(data) if found in (0xC0, 0xC2))
    return data[: begin + 5] + struct.pack(">HH", height, width) + data[begin + 9 :]


INKS = ((0, 0, 0, 0), (255, 0, 0, 0), (0, 255, 0, 0), (0, 0, 0, 255))
INK_COLOURS = ((255, 255, 255), (0, 255, 255), (255, 0, 255), (0, 0, 0))


def inks() -> Image.Image:
    """Return four bands: no ink, cyan, magenta, black."""
    picture = Image.new("CMYK", (128, 64))
    for n, ink in enumerate(INKS):
        picture.paste(ink, (n * 32, 0, n * 32 + 32, 64))
    return picture


def cmyk_adobe() -> bytes:
    """Return a CMYK JPEG as Adobe writes it: inverted, and marked so."""
    return jpeg(inks(), quality=95, subsampling=0)


def cmyk_plain() -> bytes:
    """Return a CMYK JPEG without Adobe's mark, where 0 is no ink."""
    inverted = inks().point(lambda value: 255 - value)
    return without(jpeg(inverted, quality=95, subsampling=0), 0xEE)


def ycck() -> bytes:
    """Return an Adobe JPEG whose inks are stored as luminance and chrominance."""
    cyan, magenta, yellow, black = inks().split()
    bands = Image.merge("RGB", (cyan, magenta, yellow)).convert("YCbCr").split()
    stored = Image.merge("CMYK", (*(band.point(lambda v: 255 - v) for band in bands), black))
    data = jpeg(stored, quality=95, subsampling=0)
    begin = next(begin for found, begin, _ in segments(data) if found == 0xEE)
    return data[: begin + 15] + b"\x02" + data[begin + 16 :]


# --- EXIF ----------------------------------------------------------------------------------


def tag(number: int, kind: int, count: int, value: int) -> bytes:
    return struct.pack("<HHII", number, kind, count, value)


def tiff(*tags: bytes, count: int | None = None, first: int = 8, next_at: int = 0) -> bytes:
    """Return an EXIF block with one directory; `count`, `first` and `next_at` may lie."""
    number = len(tags) if count is None else count
    head = b"II*\0" + struct.pack("<I", first)
    return head + struct.pack("<H", number) + b"".join(tags) + struct.pack("<I", next_at)


def orientation(value: int) -> bytes:
    return tiff(tag(0x0112, 3, 1, value))


def exif_segment(block: bytes) -> bytes:
    return segment(0xE1, b"Exif\0\0" + block)


def private_exif() -> bytes:
    """Return EXIF as a phone writes it: where, with what, and a smaller copy."""
    exif = Image.Exif()
    text = CANARY.decode()
    exif[0x010F] = exif[0x0110] = exif[0x013B] = exif[0x8298] = exif[0x010E] = text
    exif.get_ifd(0x8825).update({1: "N", 2: (52.0, 31.0, 12.0), 3: "E", 4: (13.0, 24.0, 36.0)})
    exif.get_ifd(0x8825)[29] = text
    exif.get_ifd(0x8769).update({0xA431: text, 0x9286: CANARY, 0x927C: CANARY * 20})
    return exif.tobytes() + jpeg(corners(160, 120)) + CANARY


XMP = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf>%s</rdf></x:xmpmeta>' % CANARY


def private_jpeg() -> bytes:
    return with_segments(
        jpeg(comment=CANARY),
        segment(0xE1, private_exif()),
        segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + XMP),
        segment(0xED, b"Photoshop 3.0\x008BIM\x04\x04\0\0\0\0\0\x0b" + CANARY),
        segment(0xE2, b"ICC_PROFILE\0\x01\x01" + CANARY * 10),
        segment(0xEF, CANARY),
        segment(0xFE, CANARY),
    )


def private_png() -> bytes:
    words = PngImagePlugin.PngInfo()
    words.add_text("Comment", CANARY.decode())
    words.add_text("Comment", CANARY.decode() * 50, zip=True)
    words.add_itxt("XML:com.adobe.xmp", XMP.decode())
    data = saved(photo(), "PNG", pnginfo=words, exif=private_exif(), dpi=(300, 300))
    return with_chunks(data, chunk(b"iCCP", b"p\0\0" + zlib.compress(CANARY * 10)))


def private_webp() -> bytes:
    return saved(photo(), "WEBP", exif=private_exif(), xmp=XMP, icc_profile=CANARY * 10)


# --- several frames ------------------------------------------------------------------------


def frames(count: int, size: tuple[int, int] = (96, 64)) -> list[Image.Image]:
    made = [corners(*size), *(Image.new("RGB", size, (n * 70 % 256, 99, 9)) for n in range(1, 4))]
    return [made[n % 4] if n else made[0] for n in range(count)]


def animated(form: str, count: int = 3) -> bytes:
    first, *others = frames(count)
    return saved(first, form, save_all=True, append_images=others, duration=40)


def long_gif(count: int, size: tuple[int, int] = (96, 64)) -> bytes:
    """Return a GIF of very many frames, each a single pixel on the first one's screen."""
    data = saved(corners(*size).quantize(8), "GIF")
    pixel = b"\x2c\0\0\0\0\1\0\1\0\0\2\2\x44\1\0"
    return data[:-1] + pixel * count + b";"


def gif_screen(width: int, height: int, frame: tuple[int, int] | None = None) -> bytes:
    """Return a GIF with a screen and a frame of these sizes, and hardly any data."""
    wide, high = frame or (width, height)
    return (
        b"GIF89a"
        + struct.pack("<HHBBB", width, height, 0x80, 0, 0)
        + bytes(6)
        + b"\x2c"
        + struct.pack("<HHHHB", 0, 0, wide, high, 0)
        + b"\2\2\x44\1\0;"
    )


# --- WebP by hand --------------------------------------------------------------------------


def riff(*chunks: bytes) -> bytes:
    body = b"WEBP" + b"".join(chunks)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def riff_chunk(name: bytes, body: bytes) -> bytes:
    return name + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2)


def webp_lossless(width: int, height: int) -> bytes:
    return riff(
        riff_chunk(b"VP8L", b"\x2f" + struct.pack("<I", width - 1 | height - 1 << 14) + bytes(20))
    )


def webp_extended(width: int, height: int, flags: int = 0, *chunks: bytes) -> bytes:
    sizes = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    return riff(riff_chunk(b"VP8X", bytes([flags, 0, 0, 0]) + sizes), *chunks)


# --- other forms ---------------------------------------------------------------------------


def box(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body) + 8) + name + body


def heic(brand: bytes = b"heic", width: int = 4_032, height: int = 3_024) -> bytes:
    size = box(b"ispe", struct.pack(">III", 0, width, height))
    meta = box(b"meta", bytes(4) + box(b"iprp", box(b"ipco", size)))
    return box(b"ftyp", brand + bytes(4) + b"mif1" + brand) + meta + box(b"mdat", bytes(400))


def bmp(height: int = -64, planes: int = 1, compression: int = 0) -> bytes:
    head = struct.pack("<IiiHHIIiiII", 40, 64, height, planes, 24, compression, 0, 0, 0, 0, 0)
    return b"BM" + struct.pack("<IHHI", 54 + 64 * 64 * 3, 0, 0, 54) + head + bytes(64 * 64 * 3)


SVG = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<!-- a drawing -->\n'
    '<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd"><!ENTITY y "&x;&x;">]>\n'
    '<svg xmlns="http://www.w3.org/2000/svg" width="90" height="90"><script>alert(1)</script>'
    '<image href="http://169.254.169.254/latest"/><text>&x;&y;</text></svg>'
)
HTML = "<!DOCTYPE html>\n<html><head><title>Sign in</title></head><body>Sign in</body></html>\n"
PHP = b"<?php system($_GET['c']); ?>"
