"""Make masks: every pixel open to change or not; runs in the decoder's process only.

An image model takes a PNG of the picture's size, transparent where it may change something.
https://platform.openai.com/docs/guides/image-generation#edit-an-image-using-a-mask
"""

from __future__ import annotations

from dataclasses import dataclass

from PIL import Image, ImageChops

from adapters.files.kinds import Form
from adapters.files.limits import MASK_BYTES
from adapters.files.pictures import (
    PNG_LEVEL,
    Refused,
    Unreadable,
    decode,
    have_one_shape,
    refusing,
    save,
)

# From half on it counts.
_HALF = 128


@dataclass(frozen=True, slots=True)
class Mask:
    """A mask, the share of its pixels that is open, and the size of what it was made from."""

    data: bytes
    share: float
    size: tuple[int, int]


class Misshapen(Refused):
    """A mask of this size does not lie over its picture."""

    def __init__(self, size: tuple[int, int]) -> None:
        super().__init__(size)
        self.size = size


class Closed(Refused):
    """A mask has nothing that is open."""


def read_mask(data: bytes, form: Form, size: tuple[int, int]) -> Mask:
    """Return a mask of that size: open is what is transparent, or light where nothing is.

    Raises `Unreadable`, `Misshapen` or `Closed`.
    """
    with refusing():
        picture = decode(data, form)
        if not have_one_shape(picture.size, size):
            raise Misshapen(picture.size)
        if picture.mode == "RGBA":
            opening = ImageChops.invert(picture.getchannel("A"))
        else:
            opening = picture.convert("L")
        if picture.size != size:
            opening = opening.resize(size, Image.Resampling.BOX)
        return _make(opening, picture.size)


def open_transparency(data: bytes, form: Form) -> Mask:
    """Return the mask that is open where a picture is transparent.

    Raises `Unreadable` or `Closed`.
    """
    with refusing():
        picture = decode(data, form)
        if picture.mode != "RGBA":
            raise Closed
        return _make(ImageChops.invert(picture.getchannel("A")), picture.size)


def _make(opening: Image.Image, size: tuple[int, int]) -> Mask:
    closed = opening.point(lambda value: 0 if value >= _HALF else 255)
    pixels = closed.width * closed.height
    opened = closed.histogram()[0]
    if not opened:
        raise Closed
    mask = Image.new("RGBA", closed.size, "black")
    mask.putalpha(closed)
    for level in (PNG_LEVEL, 9):
        data = save(mask, "PNG", compress_level=level)
        if len(data) <= MASK_BYTES:
            return Mask(data, opened / pixels, size)
    raise Unreadable("too fine a mask")
