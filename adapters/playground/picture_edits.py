"""Edit a picture as the simulated image model does: visibly, and the same again.

`edit` is pure, so that what was posted can be compared with what should have been.
"""

from __future__ import annotations

import io
import re
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PIL import (
    Image,
    ImageChops,
    ImageColor,
    ImageDraw,
    ImageEnhance,
    ImageFilter,
    ImageFont,
    ImageOps,
)

SIZES = ("auto", "1024x1024", "1536x1024", "1024x1536")
QUALITIES = ("auto", "low", "medium", "high")
BACKGROUNDS = ("opaque", "transparent", "auto")
FORMATS = ("png", "jpeg", "webp")
MODERATIONS = ("auto", "low")
MARK = "SIMULATED"

_PIXELS_MAX = 50_000_000
_PINK = (250, 150, 190)
_RED = (220, 30, 30)
# How far the colours of one background may lie apart.
_BACKGROUND_SPREAD = 40
_INSETS_WIDE = 6


class BadEdit(ValueError):
    """The model cannot do this; the message says why, in the provider's words."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked of the model, with every default filled in."""

    prompt: str
    size: str = "auto"
    quality: str = "auto"
    background: str = "opaque"
    format: str = "png"
    compression: int = 100
    moderation: str = "auto"


def edit(wish: Wish, pictures: Sequence[bytes], mask: bytes | None = None) -> bytes:
    """Return the edited first picture; the others are pasted into it, small.

    Where there is a mask, only its transparent pixels are changed, and the corner that says
    what this is. Raises `BadEdit`.
    """
    opened = [_open(data) for data in pictures]
    size = choose_size(wish.size, opened[0].size)
    base = _fitted(opened[0], size)
    changed = _insets(_change(wish.prompt)(base), opened[1:])
    if mask is not None:
        changed = Image.composite(changed, base, _opening(mask, opened[0].size, size))
    if wish.background == "transparent":
        changed = _without_background(changed, wish.format)
    else:
        changed = Image.alpha_composite(Image.new("RGBA", size, "white"), changed)
    return _encode(_marked(changed), wish)


def choose_size(asked: str, size: tuple[int, int]) -> tuple[int, int]:
    """Return the size of the result: as asked, else the one of the base's shape."""
    if asked == "auto":
        ratio = size[0] / size[1]
        asked = "1024x1024" if 0.8 < ratio < 1.25 else SIZES[2 if ratio > 1 else 3]
    width, _, height = asked.partition("x")
    return int(width), int(height)


def mark_box(size: tuple[int, int]) -> tuple[int, int, int, int]:
    """Return the corner that says that the picture is simulated: left, top, right, bottom."""
    width, height = size[0] // 5, size[0] // 32
    return size[0] - width, size[1] - height, size[0], size[1]


# --- what a prompt does --------------------------------------------------------------------

Change = Callable[[Image.Image], Image.Image]


def _change(prompt: str) -> Change:
    """Return what the words ask for: of several, all of it in the table's order."""
    found = [change for words, change in _CHANGES if re.search(words, prompt, re.IGNORECASE)]
    if not found:
        shade = ImageColor.getrgb(f"hsl({zlib.crc32(prompt.encode()) % 360}, 80%, 50%)")
        found = [_tint((shade[0], shade[1], shade[2]))]

    def change(picture: Image.Image) -> Image.Image:
        for step in found:
            picture = step(picture)
        return picture

    return change


def _tint(colour: tuple[int, int, int]) -> Change:
    def tint(picture: Image.Image) -> Image.Image:
        flat = Image.new("RGB", picture.size, colour)
        return _keep_alpha(picture, Image.blend(picture.convert("RGB"), flat, 0.5))

    return tint


def _brighter(factor: float) -> Change:
    return lambda picture: _keep_alpha(
        picture, ImageEnhance.Brightness(picture.convert("RGB")).enhance(factor)
    )


def _grey(picture: Image.Image) -> Image.Image:
    return _keep_alpha(picture, picture.convert("RGB").convert("L").convert("RGB"))


def _blur(picture: Image.Image) -> Image.Image:
    return picture.filter(ImageFilter.GaussianBlur(8))


def _invert(picture: Image.Image) -> Image.Image:
    return _keep_alpha(picture, ImageOps.invert(picture.convert("RGB")))


def _rotate(picture: Image.Image) -> Image.Image:
    return picture.transpose(Image.Transpose.ROTATE_180)


def _mirror(picture: Image.Image) -> Image.Image:
    return picture.transpose(Image.Transpose.FLIP_LEFT_RIGHT)


def _keep_alpha(picture: Image.Image, changed: Image.Image) -> Image.Image:
    changed = changed.convert("RGBA")
    changed.putalpha(picture.getchannel("A"))
    return changed


_CHANGES: tuple[tuple[str, Change], ...] = (
    (r"\b(rotate|upside down|turn)", _rotate),
    (r"\b(mirror|flip)", _mirror),
    (r"\b(blur|soft)", _blur),
    (r"\b(invert|negative)", _invert),
    (r"\b(gr[ea]y|black and white|monochrome)", _grey),
    (r"\b(bright|lighter)", _brighter(1.5)),
    (r"\b(dark)", _brighter(0.5)),
    (r"\bpink\b", _tint(_PINK)),
    (r"\bred\b", _tint(_RED)),
    (r"\bblue\b", _tint((30, 70, 220))),
    (r"\b(green)\b", _tint((30, 160, 60))),
    (r"\b(purple|violet)\b", _tint((130, 40, 180))),
)


# --- pictures in and out -------------------------------------------------------------------


def _open(data: bytes) -> Image.Image:
    """Return a picture as RGBA, or raise `BadEdit`."""
    try:
        with Image.open(io.BytesIO(data), formats=("PNG", "JPEG", "WEBP")) as picture:
            if picture.width * picture.height > _PIXELS_MAX:
                raise BadEdit("Invalid image: too many pixels")
            return picture.convert("RGBA")
    except BadEdit:
        raise
    except Exception as error:
        raise BadEdit("Invalid image file: it must be png, jpeg or webp") from error


def _fitted(picture: Image.Image, size: tuple[int, int]) -> Image.Image:
    return ImageOps.fit(picture, size, Image.Resampling.BICUBIC)


def _opening(mask: bytes, base: tuple[int, int], size: tuple[int, int]) -> Image.Image:
    """Return where the mask lets the picture change, of the result's size."""
    try:
        with Image.open(io.BytesIO(mask), formats=("PNG",)) as picture:
            if picture.mode not in ("RGBA", "LA") and "transparency" not in picture.info:
                raise BadEdit("Invalid mask image format - mask must have an alpha channel")
            if picture.size != base:
                raise BadEdit("Invalid mask image format - mask size does not match image size")
            alpha = picture.convert("RGBA").getchannel("A")
    except BadEdit:
        raise
    except Exception as error:
        raise BadEdit("Invalid mask image format - mask must be a png") from error
    closed = ImageOps.fit(alpha, size, Image.Resampling.NEAREST)
    return closed.point(lambda value: 0 if value else 255)


def _insets(picture: Image.Image, references: Sequence[Image.Image]) -> Image.Image:
    """Show every reference at the top, small and in order, so that none is lost unseen."""
    side = picture.width // 8
    pasted = picture.copy()
    for n, reference in enumerate(references):
        small = ImageOps.contain(reference, (side, side))
        row, column = divmod(n, _INSETS_WIDE)
        pasted.paste(small, (8 + column * (side + 8), 8 + row * (side + 8)), small)
    return pasted


def _without_background(picture: Image.Image, form: str) -> Image.Image:
    """Make everything of about the colour of the upper left corner transparent."""
    if form == "jpeg":
        raise BadEdit("Transparent background is only supported for png and webp")
    corner = picture.convert("RGB").getpixel((0, 0))
    flat = Image.new("RGB", picture.size, corner)
    apart = ImageChops.difference(picture.convert("RGB"), flat).split()
    far = ImageChops.lighter(ImageChops.lighter(apart[0], apart[1]), apart[2])
    kept = far.point(lambda value: 255 if value > _BACKGROUND_SPREAD else 0)
    cut = picture.copy()
    cut.putalpha(ImageChops.darker(picture.getchannel("A"), kept))
    return cut


def _marked(picture: Image.Image) -> Image.Image:
    """Say in a corner what the picture is; never transparent, whatever else is."""
    marked = picture.copy()
    left, top, right, bottom = mark_box(picture.size)
    draw = ImageDraw.Draw(marked)
    draw.rectangle((left, top, right, bottom), fill=(20, 20, 20, 255))
    font = ImageFont.load_default((bottom - top) * 0.6)
    centre = ((left + right) / 2, (top + bottom) / 2)
    draw.text(centre, MARK, fill=(255, 255, 255, 255), font=font, anchor="mm")
    return marked


def _encode(picture: Image.Image, wish: Wish) -> bytes:
    file = io.BytesIO()
    seen = picture if wish.background == "transparent" else picture.convert("RGB")
    match wish.format:
        case "png":
            seen.save(file, "PNG", compress_level=4)
        case "jpeg":
            seen.convert("RGB").save(file, "JPEG", quality=max(1, wish.compression))
        case _:
            seen.save(file, "WEBP", quality=wish.compression, method=0)
    return file.getvalue()
