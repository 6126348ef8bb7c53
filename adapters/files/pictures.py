"""Decode a picture and encode it anew; runs in the decoder's process only.

What comes out is upright, of 8 bits, within `FIT_SIDE` and `FIT_BYTES`, and of nothing but
what is seen: no text, place, camera or thumbnail, and nothing after its end.
"""

from __future__ import annotations

import io
import math
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module

from PIL import (
    GifImagePlugin,
    Image,
    ImageChops,
    ImageCms,
    ImageFile,
    JpegImagePlugin,
    PngImagePlugin,
    WebPImagePlugin,
)

from adapters.files.headers import bare_png, find_orientation
from adapters.files.kinds import Form
from adapters.files.limits import FIT_BYTES, FIT_SIDE, LEAST_SIDE, MOST_PIXELS

# The header was checked before; a decoder that finds another size stops here.
Image.MAX_IMAGE_PIXELS = MOST_PIXELS
warnings.simplefilter("error", Image.DecompressionBombWarning)

# One plugin each, imported by name: to look for others, Pillow would import them all.
_OPENERS = {
    Form.PNG: PngImagePlugin.PngImageFile.format,
    Form.JPEG: JpegImagePlugin.JpegImageFile.format,
    Form.GIF: GifImagePlugin.GifImageFile.format,
    Form.WEBP: WebPImagePlugin.WebPImageFile.format,
    Form.HEIC: "HEIF",
}
_QUALITIES = (85, 75, 60, 45)
# As small as higher ones, in half the time.
PNG_LEVEL = 4
# Drawings and screenshots of few colours are smaller as PNG, and free of JPEG's smears.
_FEW_COLOURS = 256
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


class Refused(ValueError):
    """Something was found out that is no fault of a decoder's."""


class Unreadable(Refused):
    """The bytes are not a picture that can be read."""


@dataclass(frozen=True, slots=True)
class Clean:
    """A picture, encoded anew."""

    data: bytes
    mime: str
    width: int
    height: int


def clean(data: bytes, form: Form, side: int = FIT_SIDE) -> Clean:
    """Decode a picture's first frame and encode it anew. Raises `Unreadable`."""
    with refusing():
        return _encode(decode(data, form, side), photo=form in (Form.JPEG, Form.HEIC))


@contextmanager
def refusing() -> Iterator[None]:
    """Raise `Unreadable` for whatever a decoder raises, but where memory ran out."""
    try:
        yield
    except (MemoryError, Refused):
        raise
    except Exception as error:
        # Decoders raise whatever they meet: OSError, SyntaxError, struct.error, ...
        raise Unreadable(f"{type(error).__name__}: {error}") from error


# --- decoding ------------------------------------------------------------------------------


def decode(data: bytes, form: Form, side: int = MOST_PIXELS) -> Image.Image:
    """Return a picture's first frame upright, as RGB or RGBA, and no larger than is wanted."""
    if form is Form.PNG:
        data = bare_png(data)
    if form is Form.HEIC:
        import_module("pillow_heif").register_heif_opener(thumbnails=False)
    try:
        picture = _load(data, form, side)
    except OSError:
        if form is not Form.JPEG:
            raise
        picture = _load_without_end(data, form, side)
    return _turn_upright(picture)


def open_picture(data: bytes, form: Form) -> Image.Image:
    """Return a picture that is yet to be decoded."""
    picture = Image.open(io.BytesIO(data), formats=[_OPENERS[form]])
    if picture.width * picture.height > MOST_PIXELS:
        raise Unreadable("larger than its header said")
    return picture


def _load(data: bytes, form: Form, side: int) -> Image.Image:
    """Return a picture no larger than is wanted, in a mode of 8 bits."""
    picture = open_picture(data, form)
    size = _fit(picture.size, side)
    if isinstance(picture, JpegImagePlugin.JpegImageFile):
        # Its own halving is much faster than scaling afterwards, and needs half the memory.
        picture.draft(picture.mode, size)
    picture.load()
    return _scale(_as_eight_bits(picture), size)


# Bits that mean nothing at the end of a scan, and something in the midst of it.
_FILLER = b"\x5a\xa5\x3c\xc3" * 16
_JPEG_END = b"\xff\xd9"


def _load_without_end(data: bytes, form: Form, side: int) -> Image.Image:
    """Read a JPEG that only lacks its end, as some cameras and programs leave it.

    A decoder fills what is missing with grey and says nothing. So it is decoded with two
    different ends: where they make a difference, something of the picture itself is missing.
    """
    first = _load(data + _JPEG_END, form, side)
    second = _load(data + _FILLER + _JPEG_END, form, side)
    if first.size != second.size or ImageChops.difference(first, second).getbbox():
        raise Unreadable("part of it is missing")
    first.info = dict(second.info)
    return first


def _fit(size: tuple[int, int], side: int) -> tuple[int, int]:
    """Return a size within a square, never larger than it was."""
    scale = min(1.0, side / max(size))
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))


def have_one_shape(one: tuple[int, int], other: tuple[int, int]) -> bool:
    """Tell whether two sizes are of one shape, but for pixels that were rounded."""
    return abs(one[0] * other[1] - one[1] * other[0]) <= max(*one, *other)


def _as_eight_bits(picture: Image.Image) -> Image.Image:
    """Return a picture as L, LA, RGB, RGBA or CMYK."""
    transparent = "transparency" in picture.info
    match picture.mode:
        case "I;16":
            # Converting would cut all above 255 to white: 65,535 is white here.
            return picture.point(lambda value: value * (1 / 257)).convert("L")
        case "CMYK":
            # Pillow takes every CMYK JPEG for Adobe's, which is inverted.
            return picture if "adobe" in picture.info else ImageChops.invert(picture)
        case "1" | "L" | "P" | "RGB" if transparent:
            return picture.convert("RGBA")
        case "1":
            return picture.convert("L")
        case "L" | "LA" | "RGB" | "RGBA":
            return picture
        case "PA" | "La" | "RGBa":
            return picture.convert("RGBA")
        case _:
            return picture.convert("RGB")


def _scale(picture: Image.Image, size: tuple[int, int]) -> Image.Image:
    if picture.size == size:
        return picture
    kept = picture.info
    scaled = picture.resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0)
    scaled.info = kept
    return scaled


def _turn_upright(picture: Image.Image) -> Image.Image:
    """Return a picture as it is to be seen: in common colours and the right way up."""
    orientation = find_orientation(picture.info.get("exif") or b"")
    picture = _as_common_colours(picture)
    turn = _TURNS.get(orientation)
    return picture if turn is None else picture.transpose(turn)


def _as_common_colours(picture: Image.Image) -> Image.Image:
    """Return a picture as RGB, or RGBA if any of it is not opaque."""
    profile = picture.info.get("icc_profile")
    if profile and picture.mode in ("RGB", "CMYK"):
        picture = _as_srgb(picture, profile)
    if picture.mode in ("LA", "RGBA"):
        opaque = picture.getchannel("A").getextrema() == (255, 255)
        return picture.convert("RGB" if opaque else "RGBA")
    return picture.convert("RGB")


def _as_srgb(picture: Image.Image, profile: bytes) -> Image.Image:
    """Convert colours of a profile, such as phones use, into what is taken for granted."""
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        if picture.mode == "RGB" and is_srgb(profile):
            return picture
        target = ImageCms.createProfile("sRGB")
        converted = ImageCms.profileToProfile(picture, source, target, outputMode="RGB")
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return picture
    return converted or picture


def is_srgb(profile: bytes | None) -> bool:
    """Tell whether a profile, or none, means the colours that are taken for granted."""
    if not profile:
        return True
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        return "sRGB" in ImageCms.getProfileDescription(source)
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return True


# --- encoding ------------------------------------------------------------------------------


def _encode(picture: Image.Image, *, photo: bool) -> Clean:
    """Encode a picture, smaller and smaller until it fits."""
    while True:
        mime, data = _encode_once(picture, photo=photo)
        if len(data) <= FIT_BYTES or min(picture.size) <= LEAST_SIDE:
            return Clean(data, mime, *picture.size)
        picture = shrink(picture, FIT_BYTES / len(data))


def shrink(picture: Image.Image, share: float) -> Image.Image:
    """Return a picture scaled so that it takes that share of its bytes."""
    # Bytes go with the area; a little less, so that the next try is the last.
    scale = max(0.25, 0.95 * math.sqrt(share))
    return _scale(picture, _fit(picture.size, round(max(picture.size) * scale)))


def _encode_once(picture: Image.Image, *, photo: bool) -> tuple[str, bytes]:
    """Encode as PNG what is not opaque or has few colours, as JPEG the rest."""
    if picture.mode == "RGBA":
        return "image/png", save(picture, "PNG", compress_level=PNG_LEVEL)
    if not photo and picture.getcolors(_FEW_COLOURS) is not None:
        data = save(picture, "PNG", compress_level=PNG_LEVEL)
        if len(data) <= FIT_BYTES:
            return "image/png", data
    return "image/jpeg", _save_jpeg(picture)


def _save_jpeg(picture: Image.Image) -> bytes:
    data = b""
    for quality in _QUALITIES:
        data = save(picture, "JPEG", quality=quality)
        if len(data) <= FIT_BYTES:
            break
    return data


def save(picture: Image.Image, form: str, **options: int) -> bytes:
    """Return a picture encoded, without a word about it."""
    # What was read beside the picture would be written beside it again.
    picture.info = {}
    file = io.BytesIO()
    picture.save(file, form, **options)
    return file.getvalue()


# Encoding a large JPEG takes more room than Pillow gives it at first.
ImageFile.MAXBLOCK = max(ImageFile.MAXBLOCK, 1024 * 1024)
