"""The table of bad pictures as data: what is sent, what the person is told, what is kept.

`built` makes the bytes, `sees` is what the person reads (a pattern; empty: nothing but the
answer), `kept` what is stored of the file. A file that is not read costs nothing, one that is
read costs what its question does, so `kept` decides the ledger, too.
"""

from __future__ import annotations

import gzip
import io
import struct
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import partial

from PIL import Image

from tests.corpus import pdfs
from tests.corpus import pictures as p


class Kept(StrEnum):
    """What is stored of a file."""

    PICTURE = "a clean picture"
    TEXT = "its text"
    NOTHING = "nothing but why"


@dataclass(frozen=True)
class Row:
    """One input. `look` says what of a clean picture is to be compared, by name of a test."""

    id: str
    what: str
    built: Callable[[], bytes]
    sees: str = ""
    kept: Kept = Kept.PICTURE
    name: str = "photo.png"
    mime: str = "image/png"
    pixels: tuple[tuple[tuple[float, float], tuple[int, int, int]], ...] = ()
    size: tuple[int, int] | None = None
    seconds: float = 3.0

    @property
    def ledger(self) -> str:
        """Return what the file costs."""
        return "nothing" if self.kept is Kept.NOTHING else "what its question does"


def told(id: str, what: str, built: Callable[[], bytes] | bytes, sees: str, **more: object) -> Row:
    make = built if callable(built) else lambda: built
    return Row(id, what, make, sees, Kept.NOTHING, **more)  # type: ignore[arg-type]


def read(id: str, what: str, built: Callable[[], bytes], sees: str = "", **more: object) -> Row:
    return Row(id, what, built, sees, **more)  # type: ignore[arg-type]


DAMAGED = "is not a readable picture"
UNKNOWN = "nor a picture or PDF that I know"
LARGE = r"too large \([\d,]+ by [\d,]+ pixels\); I take up to 40 megapixels"
THIN = "too long and thin"
SMALL = "too small"
FIRST = "only its first frame is used"
NOT_READ = "which I do not read"

# Where the four colours of `corners` are: upper left, upper right, lower right, lower left.
UPRIGHT = (
    ((0.25, 0.25), p.RED),
    ((0.75, 0.25), p.GREEN),
    ((0.75, 0.75), p.BLUE),
    ((0.25, 0.75), p.YELLOW),
)
INKED = tuple(((0.125 + n / 4, 0.5), colour) for n, colour in enumerate(p.INK_COLOURS))


def turned(value: int) -> Image.Image:
    """Return `corners` as a camera held that way stores it: turned back, it is upright."""
    upright = p.corners()
    stored = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    return upright.transpose(stored[value]) if value in stored else upright


def png_turned(value: int) -> bytes:
    return p.with_chunks(p.saved(turned(value), "PNG"), p.chunk(b"eXIf", p.orientation(value)))


def webp_turned(value: int) -> bytes:
    return p.saved(turned(value), "WEBP", exif=p.orientation(value), quality=95)


def jpeg_turned(value: int) -> bytes:
    return p.with_segments(p.jpeg(turned(value)), p.exif_segment(p.orientation(value)))


def mode(name: str, form: str = "PNG", **options: object) -> Callable[[], bytes]:
    def build() -> bytes:
        source = p.corners()
        if name in ("LA", "RGBA", "PA"):
            source = source.convert("RGBA")
            source.putalpha(Image.linear_gradient("L").resize(source.size))
        return p.saved(source.convert(name), form, **options)

    return build


def zipped(*names: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name in names:
            archive.writestr(name, name)
    return file.getvalue()


def _cut(built: Callable[[], bytes], share: float) -> bytes:
    data = built()
    return data[: int(len(data) * share)]


def _without_end(built: Callable[[], bytes]) -> bytes:
    return built()[:-2]


def jpeg_saying(orientation: int) -> bytes:
    return p.with_segments(p.jpeg(p.corners()), p.exif_segment(p.orientation(orientation)))


def jpeg_with_exif(block: bytes) -> bytes:
    return p.with_segments(p.jpeg(), p.exif_segment(block[:65_000]))


def png_with_exif(block: bytes) -> bytes:
    return p.with_chunks(p.saved(p.photo(), "PNG"), p.chunk(b"eXIf", block))


def tiff_file(mode: str) -> bytes:
    return p.saved(p.corners().convert(mode), "TIFF")


def rows() -> list[Row]:
    return [*_damaged(), *_sizes(), *_modes(), *_metadata(), *_frames(), *_foreign(), *_mixed()]


def _damaged() -> list[Row]:
    jpegs = {
        "baseline": p.jpeg,
        "progressive": lambda: p.jpeg(progressive=True),
        "grey": lambda: p.jpeg(p.photo().convert("L")),
        "full colour": lambda: p.jpeg(subsampling=0),
        "with restarts": lambda: p.jpeg(restart_marker_blocks=3),
    }
    return [
        told("X079", "0 bytes", b"", "The file is empty"),
        *(
            told("X080", f"the byte {byte!r}", byte, UNKNOWN)
            for byte in (b"\x89", b"\xff", b"\0", b"\x80")
        ),
        *(
            told("X080", f"a beginning {start[:8]!r}", start, DAMAGED)
            for start in (
                p.SIGNATURE,
                b"\xff\xd8\xff",
                b"\xff\xd8\xff\xe0",
                b"GIF87a",
                b"GIF89a",
                b"RIFF\0\0\0\0WEBP",
                b"RIFF\xff\xff\xff\xffWEBPVP8X",
                p.SIGNATURE + b"\0\0\0\x0dIHDR",
            )
        ),
        *(
            told("X082", f"{kind}, cut at {share:.0%}", partial(_cut, built, share), DAMAGED)
            for kind, built in jpegs.items()
            for share in (0.02, 0.1, 0.5, 0.75, 0.95)
        ),
        *(
            told(
                "X082",
                f"{form}, cut in half",
                partial(_cut, partial(p.saved, p.photo(), form), 0.5),
                DAMAGED,
            )
            for form in ("PNG", "WEBP", "GIF")
        ),
        *(
            read("X083", f"{kind}, without its end", partial(_without_end, built), size=(320, 240))
            for kind, built in jpegs.items()
        ),
        read("X083", "PNG without its end", lambda: p.saved(p.photo(), "PNG")[:-12]),
        read("X083", "GIF without its end", lambda: p.saved(p.photo(), "GIF")[:-1]),
    ]


def _sizes() -> list[Row]:
    def header(width: int, height: int) -> bytes:
        return p.SIGNATURE + p.ihdr(width, height) + p.chunk(b"IDAT", b"") + p.chunk(b"IEND")

    def tall(width: int, height: int) -> bytes:
        return p.png((width, height), 8, 0, [bytes(width)] * height)

    return [
        *(
            told("X085", f"PNG {w}x{h}", header(w, h), DAMAGED)
            for w, h in ((0, 0), (0, 10), (10, 0))
        ),
        told("X085", "JPEG 0x0", lambda: p.with_size(p.jpeg(), 0, 0), DAMAGED),
        told(
            "X085", "JPEG whose height comes later", lambda: p.with_size(p.jpeg(), 99, 0), DAMAGED
        ),
        told("X085", "GIF 0x0", p.gif_screen(0, 0), DAMAGED),
        told("X086", "PNG 1x65,500", lambda: tall(1, 65_500), THIN),
        told("X086", "PNG 65,500x1", lambda: tall(65_500, 1), THIN),
        told("X086", "PNG 1,345x64", lambda: tall(1_345, 64), THIN),
        read("X086", "PNG 1,280x64, just not too long", lambda: tall(1_280, 64), size=(1_280, 64)),
        told("X088", "13,000x13,000 of one bit", lambda: p.bits(13_000, 13_000), LARGE),
        told("X089", "PNG header 30,000x30,000", header(30_000, 30_000), LARGE),
        told("X089", "PNG header 2,147,483,647 squared", header(2**31 - 1, 2**31 - 1), LARGE),
        told("X089", "PNG of a pixel too many", header(8_000, 5_001), LARGE),
        told("X089", "JPEG 65,500x65,500", lambda: p.with_size(p.jpeg(), 65_500, 65_500), LARGE),
        told("X089", "GIF 65,535x65,535", p.gif_screen(65_535, 65_535), LARGE),
        told(
            "X089",
            "GIF with a frame beyond its screen",
            p.gif_screen(64, 64, (65_535, 65_535)),
            LARGE,
        ),
        told("X089", "WebP of 16,777,216 squared", p.webp_extended(2**24, 2**24), LARGE),
        read(
            "X089",
            "JPEG of 24 megapixels",
            lambda: p.jpeg(p.photo(6_000, 4_000)),
            size=(2_048, 1_365),
        ),
        read("X089", "one bit, 40 megapixels", lambda: p.bits(8_000, 5_000), size=(2_048, 1_280)),
        told("X110", "WebP lossless 16,383 squared", p.webp_lossless(16_383, 16_383), LARGE),
        *(
            told("X130", f"PNG {w}x{h}", tall(w, h), SMALL)
            for w, h in ((1, 1), (4, 4), (63, 64), (64, 63))
        ),
        told("X130", "GIF 1x1", p.gif_screen(1, 1), SMALL),
        read("X130", "PNG 64x64", lambda: tall(64, 64), size=(64, 64)),
        read("X130", "all black", lambda: p.saved(Image.new("RGB", (90, 90)), "PNG")),
        read(
            "X130",
            "fully transparent",
            lambda: p.saved(Image.new("RGBA", (90, 90), (9, 9, 9, 0)), "PNG"),
            size=(90, 90),
        ),
    ]


def _modes() -> list[Row]:
    grey = tuple(
        ((x, 0.5), (v, v, v)) for x, v in ((0.125, 0), (0.375, 1), (0.625, 128), (0.875, 255))
    )
    half = (((0.5, 0.5), (255, 128, 1)),)
    return [
        read("X094", "grey of 16 bits", lambda: p.grey16((0, 300, 32_896, 65_535)), pixels=grey),
        read(
            "X094",
            "grey of 16 bits, dark",
            lambda: p.grey16((257, 514)),
            pixels=(((0.1, 0.5), (1, 1, 1)),),
        ),
        read("X095", "RGB of 16 bits", lambda: p.colour16(2, (65_535, 32_896, 300)), pixels=half),
        read(
            "X095",
            "RGBA of 16 bits",
            lambda: p.colour16(6, (65_535, 32_896, 300, 65_535)),
            pixels=half,
        ),
        read(
            "X095",
            "RGBA of 16 bits, half there",
            lambda: p.colour16(6, (65_535, 32_896, 300, 32_768)),
        ),
        read(
            "X095",
            "grey and alpha of 16 bits",
            lambda: p.colour16(4, (32_896, 65_535)),
            pixels=(((0.5, 0.5), (128, 128, 128)),),
        ),
        *(
            read("X097", f"PNG {name}", mode(name))
            for name in ("1", "L", "LA", "P", "RGB", "RGBA", "I;16")
        ),
        *(
            read(
                "X097",
                f"grey PNG of {depth} bits",
                partial(p.png, (64, 64), depth, 0, [b"\xff" * (8 * depth)] * 64),
                pixels=(((0.5, 0.5), (255, 255, 255)),),
            )
            for depth in (1, 2, 4)
        ),
        read("X097", "PNG, a palette with one clear colour", mode("P", transparency=0)),
        read(
            "X097", "PNG, a palette with clear colours", mode("P", transparency=bytes(range(200)))
        ),
        read("X097", "PNG, grey with a clear one", mode("L", transparency=7)),
        read("X097", "PNG, RGB with a clear one", mode("RGB", transparency=p.RED)),
        read("X097", "PNG, black and white with a clear one", mode("1", transparency=1)),
        read(
            "X097",
            "PNG, a palette shorter than its numbers",
            lambda: p.png(
                (64, 64), 8, 3, [bytes(range(64))] * 64, before=p.chunk(b"PLTE", bytes(range(30)))
            ),
        ),
        read(
            "X097",
            "PNG, a palette that is missing",
            lambda: p.png((64, 64), 8, 3, [bytes(64)] * 64),
        ),
        read("X097", "GIF with a clear colour", mode("P", "GIF", transparency=0), name="a.gif"),
        read("X097", "JPEG, grey", mode("L", "JPEG"), name="a.jpg"),
        read("X097", "WebP, lossy", mode("RGB", "WEBP"), pixels=UPRIGHT),
        read("X097", "WebP, lossless", mode("RGB", "WEBP", lossless=True), pixels=UPRIGHT),
        read("X097", "WebP with alpha", mode("RGBA", "WEBP")),
        *(
            told("X097", f"TIFF {name}", partial(tiff_file, name), "a TIFF or camera raw picture")
            for name in ("I", "F", "RGB", "CMYK")
        ),
        read("X098", "CMYK as Adobe writes it", p.cmyk_adobe, pixels=INKED),
        read("X098", "CMYK without Adobe's mark", p.cmyk_plain, pixels=INKED),
        read("X098", "YCCK as Adobe writes it", p.ycck, pixels=INKED),
        told(
            "X100",
            "JPEG of 12 bits",
            lambda: p.with_frame(p.jpeg(), 0xC1, 12),
            "a JPEG of a rare kind",
        ),
        *(
            told(
                "X100",
                f"JPEG of frame {marker:#x}",
                partial(p.with_frame, p.jpeg(), marker),
                "a JPEG of a rare kind",
            )
            for marker in (0xC3, 0xC5, 0xC6, 0xC7, 0xCB, 0xCD, 0xCE, 0xCF, 0xF7)
        ),
        told(
            "X100",
            "JPEG of two frames",
            lambda: p.with_segments(
                p.jpeg(), p.segment(0xC0, struct.pack(">BHHB", 8, 9_000, 9_000, 1) + b"\1\x11\0")
            ),
            DAMAGED,
        ),
    ]


def _metadata() -> list[Row]:
    loop = p.tiff(p.tag(0x0112, 3, 1, 6), p.tag(0x8769, 4, 1, 8), next_at=8)
    far = p.tiff(p.tag(0x010F, 2, 2**32 - 1, 2**32 - 1), p.tag(0x8825, 4, 1, 2**32 - 8))
    many = p.tiff(*[p.tag(0x9000 + n % 999, 2, 4, 0) for n in range(65_000)], count=65_535)
    nothing = p.tiff(first=2**32 - 1)
    blocks = {
        "a loop": loop,
        "offsets of 4 GB": far,
        "65,000 tags": many,
        "no directory": nothing,
        "a wrong order": b"XX*\0" + bytes(40),
        "nothing": b"",
        "two bytes": b"II",
    }
    return [
        *(
            read(
                "X101",
                f"{form} turned {value}",
                partial(built, value),
                size=(96, 64),
                pixels=UPRIGHT,
            )
            for form, built in (("JPEG", jpeg_turned), ("PNG", png_turned), ("WebP", webp_turned))
            for value in range(1, 9)
        ),
        *(
            read("X101", f"an orientation of {value}", partial(jpeg_saying, value), pixels=UPRIGHT)
            for value in (0, 9, 65_535)
        ),
        read(
            "X101",
            "large and turned",
            lambda: p.with_segments(
                p.jpeg(p.photo(3_000, 1_500)), p.exif_segment(p.orientation(6))
            ),
            size=(1_024, 2_048),
        ),
        read("X103", "JPEG that tells where and who", p.private_jpeg),
        read("X103", "PNG that tells where and who", p.private_png),
        read("X103", "WebP that tells where and who", p.private_webp),
        read("X103", "GIF with a comment", lambda: p.saved(p.corners(), "GIF", comment=p.CANARY)),
        *(
            read("X104", f"JPEG, EXIF with {what}", partial(jpeg_with_exif, block), seconds=1.0)
            for what, block in blocks.items()
        ),
        *(
            read("X104", f"PNG, EXIF with {what}", partial(png_with_exif, block), seconds=1.0)
            for what, block in blocks.items()
        ),
        *(
            read(
                "X104",
                f"WebP, EXIF with {what}",
                partial(p.saved, p.photo(), "WEBP", exif=block or b"II"),
                seconds=1.0,
            )
            for what, block in blocks.items()
        ),
        read(
            "X091",
            "PNG with 10 MB of text",
            lambda: p.with_chunks(
                p.saved(p.photo(), "PNG"), p.chunk(b"iTXt", b"a\0\0\0\0\0" + b"x" * 10_000_000)
            ),
        ),
        read(
            "X091",
            "PNG with text that inflates to 1 GB",
            lambda: p.with_chunks(
                p.saved(p.photo(), "PNG"), p.chunk(b"zTXt", b"a\0\0" + p.inflating(10**9))
            ),
        ),
        read(
            "X091",
            "PNG with 200,000 texts",
            lambda: p.with_chunks(p.saved(p.photo(), "PNG"), *[p.chunk(b"tEXt", b"a\0b")] * 50_000),
        ),
        told(
            "X091",
            "PNG with a profile that inflates to 1 GB",
            lambda: p.with_chunks(
                p.saved(p.photo(), "PNG"), p.chunk(b"iCCP", b"a\0\0" + p.inflating(10**9))
            ),
            DAMAGED,
        ),
        read(
            "X091",
            "PNG whose data inflates to 1 GB",
            lambda: (
                p.SIGNATURE
                + p.ihdr(64, 64)
                + p.chunk(b"IDAT", p.inflating(10**9))
                + p.chunk(b"IEND")
            ),
        ),
        read("X092", "10,000 pieces", lambda: p.many_idats(10_000), seconds=2.0),
        read("X092", "50,000 pieces", lambda: p.many_idats(50_000), seconds=2.0),
    ]


def _frames() -> list[Row]:
    return [
        read("X106", "GIF of 3 frames", lambda: p.animated("GIF"), FIRST, pixels=UPRIGHT),
        read("X106", "GIF of 1 frame", lambda: p.saved(p.corners(), "GIF"), pixels=UPRIGHT),
        read("X106", "APNG of 3 frames", lambda: p.animated("PNG"), FIRST, pixels=UPRIGHT),
        read("X107", "GIF of 5,000 frames", lambda: p.long_gif(5_000), FIRST, seconds=1.0),
        read("X107", "GIF of 100,000 frames", lambda: p.long_gif(100_000), FIRST, seconds=1.0),
        told("X107", "GIF of 5,000 frames 1x1", lambda: p.long_gif(5_000, (2, 2)), SMALL),
        read("X109", "WebP of 3 frames", lambda: p.animated("WEBP"), FIRST, pixels=UPRIGHT),
    ]


def _foreign() -> list[Row]:
    ftyp = b"\0\0\0\x18ftyp"
    forms: list[tuple[str, str, bytes, str]] = [
        ("X112", "BMP upside down", p.bmp(-64), "a BMP picture"),
        ("X112", "BMP packed", p.bmp(64, 1, 1), "a BMP picture"),
        ("X112", "BMP of no planes", p.bmp(64, 0), "a BMP picture"),
        ("X113", "ICO", b"\0\0\1\0\1\0" + bytes(40), "an icon"),
        ("X113", "CUR", b"\0\0\2\0\1\0" + bytes(40), "an icon"),
        ("X113", "ICNS", b"icns\0\0\1\0ic07", "an icon"),
        ("X113", "PSD", b"8BPS\0\1" + bytes(30), "a Photoshop picture"),
        ("X113", "DDS", b"DDS \x7c\0\0\0" + bytes(120), "a DDS picture"),
        ("X113", "TGA", b"\0\0\2" + bytes(9) + b"\x40\0\x40\0\x18\0" + bytes(90), UNKNOWN),
        ("X113", "PCX", b"\x0a\5\1\x08\0\0\0\0\x3f\0\x3f\0" + bytes(90), UNKNOWN),
        ("X113", "FLI", b"\x40\0\0\0\x11\xaf\3\0" + bytes(90), "an animation"),
        ("X113", "JPEG 2000", b"\0\0\0\x0cjP  \r\n\x87\n" + bytes(40), "a JPEG 2000 picture"),
        ("X113", "JPEG XL", b"\xff\x0a" + bytes(40), "a JPEG XL picture"),
        ("X113", "AVIF", ftyp + b"avif" + bytes(40), "an AVIF picture"),
        ("X115", "SVG", p.SVG.encode(), "an SVG drawing"),
        ("X115", "SVG in UTF-16", b"\xff\xfe" + p.SVG.encode("utf-16-le"), "an SVG drawing"),
        ("X115", "SVG with a name space", b"<s:svg xmlns:s='x'/>", "an SVG drawing"),
        (
            "X115",
            "SVG behind blank space",
            b"\xef\xbb\xbf\n\n \t" + p.SVG.encode(),
            "an SVG drawing",
        ),
        ("X115", "SVG, packed", gzip.compress(p.SVG.encode(), mtime=0), "an archive"),
        *(
            (
                "X116",
                f"HEIC of brand {brand!r}",
                p.heic(brand),
                "which I do not read; please send JPEG or PNG",
            )
            for brand in (b"heic", b"heix", b"mif1", b"hevc", b"msf1")
        ),
        ("X118", "CR2", b"II*\0\x10\0\0\0CR\2\0" + bytes(90), "a camera raw picture"),
        ("X118", "DNG", b"II*\0\x08\0\0\0" + bytes(90), "camera raw picture"),
        ("X118", "CR3", ftyp + b"crx " + bytes(90), "a camera raw picture"),
        ("X118", "MP4", ftyp + b"isom" + bytes(90), "a video"),
        ("X118", "QuickTime", ftyp + b"qt  " + bytes(90), "a video"),
        ("X118", "WebM", b"\x1a\x45\xdf\xa3" + bytes(90), "a video"),
        ("X118", "AVI", b"RIFF\0\1\0\0AVI LIST" + bytes(90), "a video"),
        ("X118", "Ogg video", b"OggS\0\2" + bytes(22) + b"\x80theora" + bytes(40), "a video"),
        (
            "X118",
            "voice message",
            b"OggS\0\2" + bytes(22) + b"OpusHead" + bytes(40),
            "a sound file",
        ),
        ("X118", "MP3", b"ID3\4\0" + bytes(90), "a sound file"),
        ("X118", "MP3 without tags", b"\xff\xfb\x90\x64" + bytes(90), "a sound file"),
        ("X118", "WAV", b"RIFF\0\1\0\0WAVEfmt " + bytes(90), "a sound file"),
        ("X118", "M4A", ftyp + b"M4A " + bytes(90), "a sound file"),
        ("X118", "ZIP", zipped("a.txt"), "a ZIP archive"),
        (
            "X118",
            "Word document",
            zipped("[Content_Types].xml", "word/document.xml"),
            "a Word document",
        ),
        ("X118", "program", b"MZ\x90\0\3" + bytes(90), "a program"),
    ]
    return [
        *(told(id, what, data, sees, name="photo.jpg") for id, what, data, sees in forms),
        told(
            "X119",
            "a page in place of a picture",
            p.HTML.encode(),
            "is an HTML page, not a picture",
        ),
        told("X119", "a page by type", p.HTML.encode(), "HTML page, not a picture", name="x"),
        told(
            "X119",
            "a page by name",
            p.HTML.encode(),
            "HTML page, not a picture",
            name="A.JPG",
            mime="",
        ),
        told("X119", "an error in words", b"AccessDenied\n", "is a text, not a picture"),
        told(
            "X119",
            "a page in place of a PDF",
            p.HTML.encode(),
            "HTML page, not a PDF",
            name="a.pdf",
            mime="application/pdf",
        ),
    ]


def _mixed() -> list[Row]:
    data = zipped("evil.txt")
    return [
        read(
            "X121",
            "PNG that says it is text",
            lambda: p.saved(p.photo(), "PNG"),
            name="notes.txt",
            mime="text/plain",
        ),
        read("X121", "JPEG that says it is a video", p.jpeg, name="a.mp4", mime="video/mp4"),
        read("X122", "GIF and ZIP", lambda: p.saved(p.corners(), "GIF") + data),
        read("X122", "JPEG and a page", lambda: p.jpeg() + p.HTML.encode() + p.CANARY),
        read(
            "X122",
            "JPEG with a page within",
            lambda: p.with_segments(p.jpeg(), p.segment(0xFE, p.HTML.encode() + p.CANARY)),
        ),
        read("X122", "PNG and PHP", lambda: p.saved(p.photo(), "PNG") + p.PHP + p.CANARY),
        read(
            "X122",
            "PNG with PHP within",
            lambda: p.with_chunks(
                p.saved(p.photo(), "PNG"), p.chunk(b"tEXt", b"c\0" + p.PHP + p.CANARY)
            ),
        ),
        read("X122", "WebP and ZIP", lambda: p.saved(p.photo(), "WEBP") + data + p.CANARY),
        read("X122", "JPEG and PDF", lambda: p.jpeg() + pdfs.words("hidden")),
        Row("X122", "PDF and JPEG", lambda: pdfs.words("seen") + p.jpeg(), "", Kept.TEXT),
        told(
            "X122", "PDF that says it is a picture, cut", pdfs.words("x")[:99], "not a readable PDF"
        ),
    ]
