"""Make what a service sent fit to be shown; runs in the decoder's process only.

A result keeps its format, its size and its pixels; what is not seen goes: texts, places,
thumbnails, and whatever follows the end.
"""

from __future__ import annotations

from PIL import Image, ImageChops

from adapters.files.headers import bare_jpeg, bare_webp, find_orientation
from adapters.files.kinds import Form
from adapters.files.limits import LEAST_SIDE
from adapters.files.pictures import (
    PNG_LEVEL,
    Clean,
    Unreadable,
    decode,
    have_one_shape,
    is_srgb,
    open_picture,
    refusing,
    save,
    shrink,
)

# Where a JPEG or WebP cannot keep its own quality, this is hardly seen.
_QUALITY = 92
_QUALITIES = (90, 80, 70, 55)
_UPRIGHT = 1
# Packing a larger one harder would take longer than there is time.
_SMALL_PIXELS = 4_000_000
# How far two encodings of one picture may lie apart, where a few pixels are taken together.
_NOISE = 10
_TOGETHER = 4


def restore(data: bytes, form: Form) -> Clean:
    """Return a picture as it is, of nothing but what is seen. Raises `Unreadable`."""
    with refusing():
        if form in (Form.JPEG, Form.WEBP) and (kept := _keep(data, form)):
            return kept
        picture = decode(data, form)
        match form:
            case Form.JPEG | Form.HEIC:
                made = save(picture, "JPEG", quality=_QUALITY)
                return Clean(made, "image/jpeg", *picture.size)
            case Form.WEBP:
                made = save(picture, "WEBP", quality=_QUALITY)
                return Clean(made, "image/webp", *picture.size)
            case _:
                made = save(picture, "PNG", compress_level=PNG_LEVEL)
                return Clean(made, "image/png", *picture.size)


def _keep(data: bytes, form: Form) -> Clean | None:
    """Return a file of its own pixels without anything beside them; None if more must change.

    Both are decoded, one after the other: that one is whole does not show by what is left of it.
    """
    picture = open_picture(data, form)
    size = picture.size
    if not _is_plain(picture) or picture.mode == "CMYK":
        return None
    del picture
    decode(data, form)
    bare = bare_jpeg(data) if form is Form.JPEG else bare_webp(data)
    if bare is None:
        return None
    try:
        with open_picture(bare, form) as again:
            again.load()
            return Clean(bare, f"image/{form.value}", *size) if again.size == size else None
    except OSError:
        return None


def _is_plain(picture: Image.Image) -> bool:
    upright = find_orientation(picture.info.get("exif") or b"") == _UPRIGHT
    return upright and is_srgb(picture.info.get("icc_profile"))


def fit(data: bytes, form: Form, most: int) -> tuple[Clean, bool]:
    """Return a picture within so many bytes, and whether it is smaller than it was.

    Raises `Unreadable` also where it cannot be had so small.
    """
    with refusing():
        picture = decode(data, form)
        smaller = False
        if picture.mode == "RGBA" and picture.width * picture.height > _SMALL_PIXELS:
            picture, smaller = shrink(picture, most / len(data)), True
        while True:
            made = _encode_within(picture, form, most, smaller)
            if len(made.data) <= most:
                return made, smaller
            if min(picture.size) <= LEAST_SIDE:
                raise Unreadable("it cannot be made to fit")
            picture = shrink(picture, most / len(made.data))
            smaller = True


def _encode_within(picture: Image.Image, form: Form, most: int, smaller: bool) -> Clean:
    """Encode harder and harder; what is transparent stays so, and stays what everybody shows."""
    if picture.mode == "RGBA" and form is not Form.WEBP:
        made = save(picture, "PNG", compress_level=PNG_LEVEL if smaller else 9)
        return Clean(made, "image/png", *picture.size)
    kind, mime = ("WEBP", "image/webp") if form is Form.WEBP else ("JPEG", "image/jpeg")
    made = b""
    for quality in _QUALITIES:
        made = save(picture, kind, quality=quality)
        if len(made) <= most:
            break
    return Clean(made, mime, *picture.size)


def look_alike(one: bytes, one_form: Form, other: bytes, other_form: Form) -> bool:
    """Tell whether two pictures of one shape show the same, but for what encoding does."""
    with refusing():
        first, second = decode(one, one_form), decode(other, other_form)
        if not have_one_shape(first.size, second.size):
            return False
        size = min(first.size, second.size)
        size = max(1, size[0] // _TOGETHER), max(1, size[1] // _TOGETHER)
        pair = [_reduced(picture, size) for picture in (first, second)]
        apart = ImageChops.difference(*pair).getextrema()
        return all(extremes[1] <= _NOISE for extremes in apart if isinstance(extremes, tuple))


def _reduced(picture: Image.Image, size: tuple[int, int]) -> Image.Image:
    return picture.convert("RGBA").resize(size, Image.Resampling.BOX)
