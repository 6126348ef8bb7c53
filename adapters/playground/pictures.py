"""Look at the pictures of a request, so that the simulated model can say what it was sent."""

from __future__ import annotations

import base64
import binascii
import hashlib
import io
import re
from collections import Counter
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from PIL import Image

Json = dict[str, Any]

# https://platform.openai.com/docs/guides/images-vision#image-input-requirements
FORMATS = ("png", "jpeg", "gif", "webp")
BYTES_MAX = 50 * 1024 * 1024
_PIXELS_MAX = 50_000_000
_DATA_URI = re.compile(r"data:image/(png|jpe?g|gif|webp);base64,", re.IGNORECASE)

_COLOURS = {
    "black": (0, 0, 0), "white": (255, 255, 255), "grey": (128, 128, 128),
    "red": (220, 30, 30), "green": (30, 160, 60), "blue": (30, 70, 220),
    "yellow": (240, 220, 40), "orange": (250, 140, 20), "purple": (130, 40, 180),
    "pink": (250, 150, 190), "brown": (120, 70, 30), "turquoise": (50, 200, 200),
}  # fmt: skip


class BadPicture(ValueError):
    """This is no picture that the model takes; the message says why."""


@dataclass(frozen=True, slots=True)
class Sight:
    """What is seen of a picture. `digest` tells it from others; without `colour` it was not had."""

    format: str
    width: int = 0
    height: int = 0
    colour: str = ""
    digest: str = ""
    host: str = ""

    def __str__(self) -> str:
        if self.host:
            return f"one at {self.host}, which I cannot open here"
        name = {"png": "PNG", "jpeg": "JPEG", "gif": "GIF", "webp": "WebP"}[self.format]
        return f"{name}, {self.width} × {self.height} pixels, mostly {self.colour}"


def look(url: str) -> Sight:
    """Return what is seen at a data URI; another address is only named. Raises `BadPicture`."""
    if not url.startswith("data:"):
        return Sight("", host=urlsplit(url).hostname or "nowhere")
    if not (head := _DATA_URI.match(url)):
        raise BadPicture("Invalid MIME type. Only image types are supported.")
    try:
        data = base64.b64decode(url[head.end() :], validate=True)
    except (binascii.Error, ValueError):
        raise BadPicture("Invalid base64 image_url.") from None
    if len(data) > BYTES_MAX:
        raise BadPicture("The image is too large.")
    try:
        return _look_at(data)
    except BadPicture:
        raise
    except Exception as error:
        raise BadPicture("You uploaded an unsupported image: it cannot be decoded.") from error


def _look_at(data: bytes) -> Sight:
    with Image.open(io.BytesIO(data)) as picture:
        kind = (picture.format or "").lower()
        if kind not in FORMATS:
            raise BadPicture(f"Only the image formats {', '.join(FORMATS)} are supported.")
        width, height = picture.size
        if width * height > _PIXELS_MAX:
            raise BadPicture("The image is too large.")
        colour = _name(picture)
    return Sight(kind, width, height, colour, hashlib.sha256(data).hexdigest()[:16])


def _name(picture: Image.Image) -> str:
    """Name the colour that most of a picture has."""
    small = picture.convert("RGB").resize((16, 16), Image.Resampling.BOX)
    raw = small.tobytes()
    votes = Counter(_nearest(*raw[at : at + 3]) for at in range(0, len(raw), 3))
    return votes.most_common(1)[0][0]


def _nearest(red: int, green: int, blue: int) -> str:
    def distance(name: str) -> int:
        r, g, b = _COLOURS[name]
        return (r - red) ** 2 + (g - green) ** 2 + (b - blue) ** 2

    return min(_COLOURS, key=distance)


def shorten(value: Any) -> Any:
    """Return a body fit for the history: what data URIs hold is replaced by its size and hash."""
    match value:
        case str() if value.startswith("data:") and len(value) > 200:
            head, _, data = value.partition(",")
            return (
                f"{head},<{len(data)} characters, {hashlib.sha256(data.encode()).hexdigest()[:16]}>"
            )
        case list():
            return [shorten(item) for item in value]
        case dict():
            return {name: shorten(item) for name, item in value.items()}
        case _:
            return value
