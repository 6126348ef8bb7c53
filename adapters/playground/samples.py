"""Pictures of our own to begin with, drawn when they are asked for."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from PIL import Image, ImageDraw

Json = dict[str, Any]
Colour = tuple[int, int, int]

# Everything is drawn so many times larger, and made small again: so that edges are smooth.
_FINE = 3
_INK = (38, 34, 46)
_SAND = (240, 196, 140)


@dataclass(frozen=True, slots=True)
class Sample:
    """A picture `name`.png; `mask`: it says which part of another may change."""

    name: str
    title: str
    draw: Callable[[], Image.Image]
    mask: bool = False


def describe() -> list[Json]:
    """Return what there is, for the page."""
    return [
        {"name": f"{one.name}.png", "title": one.title, "mask": one.mask}
        for one in SAMPLES.values()
    ]


@cache
def draw(name: str) -> bytes:
    """Return a picture as PNG, or raise `KeyError`."""
    file = io.BytesIO()
    SAMPLES[name].draw().save(file, "PNG", optimize=True)
    return file.getvalue()


class _Canvas:
    """A drawing in pixels of the finished picture."""

    def __init__(self, width: int, height: int, colour: Colour | None = None) -> None:
        self.size = width, height
        whole = width * _FINE, height * _FINE
        self._image = Image.new("RGBA", whole, (*colour, 255) if colour else (0, 0, 0, 0))
        self._draw = ImageDraw.Draw(self._image)

    def shade(self, top: int, bottom: int, above: Colour, below: Colour) -> None:
        """Fill from one height to another, from one colour to another."""
        for y in range(top * _FINE, bottom * _FINE):
            share = (y - top * _FINE) / ((bottom - top) * _FINE)
            mixed = [round(a + (b - a) * share) for a, b in zip(above, below, strict=True)]
            self._draw.line((0, y, self._image.width, y), fill=(*mixed, 255))

    def shape(self, colour: Colour, *points: float) -> None:
        """Fill between points."""
        self._draw.polygon([point * _FINE for point in points], fill=colour)

    def disc(self, colour: Colour, x: float, y: float, across: float, down: float = 0) -> None:
        """Fill a circle, or an ellipse, by its middle."""
        a, b = across / 2, (down or across) / 2
        box = [n * _FINE for n in (x - a, y - b, x + a, y + b)]
        self._draw.ellipse(box, fill=colour)

    def line(self, colour: Colour, width: float, *points: float) -> None:
        """Draw a line through points."""
        scaled = [point * _FINE for point in points]
        self._draw.line(scaled, fill=colour, width=round(width * _FINE), joint="curve")

    def done(self) -> Image.Image:
        """Return the picture: without transparency, if it has none."""
        small = self._image.resize(self.size, Image.Resampling.LANCZOS)
        low, _ = small.getchannel("A").getextrema()
        return small if low != 255 else small.convert("RGB")


_HORIZON = 240
_HILLS = (0, 180, 115, 128, 215, 200, 310, 165, 385, 215, 385, _HORIZON, 0, _HORIZON)
_TOWER = (85, 105, 115, 105, 125, 236, 75, 236)
_LANTERN = (79, 86, 100, 65, 121, 86)


def _harbour() -> Image.Image:
    canvas = _Canvas(640, 420)
    canvas.shade(0, _HORIZON, (118, 182, 224), (222, 220, 222))
    canvas.disc((255, 222, 128), 515, 80, 71)
    canvas.shape((86, 126, 104), *_HILLS)
    canvas.shade(_HORIZON, 420, (40, 108, 142), (28, 66, 98))
    for n in range(22):
        x, y = 20 + (n * 227) % 590, 262 + (n * 55) % 146
        canvas.line((104, 170, 190), 2, x, y, x + 34, y)
    canvas.shape((244, 240, 234), *_TOWER)
    canvas.shape((196, 60, 46), 82, 145, 118, 145, 121, 185, 79, 185)
    canvas.shape((28, 66, 98), 83, 86, 117, 86, 117, 105, 83, 105)
    canvas.shape((255, 222, 128), 91, 89, 109, 89, 109, 103, 91, 103)
    canvas.shape((196, 60, 46), *_LANTERN)
    canvas.shape((234, 230, 220), 374, 168, 374, 295, 305, 295)
    canvas.shape((252, 248, 240), 385, 152, 466, 295, 385, 295)
    canvas.shape((150, 56, 42), 376, 150, 382, 150, 382, 306, 376, 306)
    canvas.shape((196, 60, 46), 280, 305, 481, 305, 446, 351, 314, 351)
    return canvas.done()


def _sky_of_harbour() -> Image.Image:
    """Return the harbour's mask: light where its sky is."""
    canvas = _Canvas(640, 420, (0, 0, 0))
    canvas.shape((255, 255, 255), 0, 0, 640, 0, 640, _HORIZON, 0, _HORIZON)
    canvas.shape((0, 0, 0), *_HILLS)
    canvas.shape((0, 0, 0), *_TOWER)
    canvas.shape((0, 0, 0), 79, 65, 121, 65, 121, 105, 79, 105)
    canvas.shape((0, 0, 0), 374, 149, 384, 149, 467, 297, 303, 297)
    return canvas.done().convert("L")


def _cat() -> Image.Image:
    canvas = _Canvas(512, 512, (90, 150, 150))
    canvas.shade(380, 512, (196, 140, 96), (160, 104, 66))
    canvas.shape((244, 236, 214), 300, 40, 470, 40, 470, 220, 300, 220)
    canvas.shape((140, 200, 232), 312, 52, 379, 52, 379, 208, 312, 208)
    canvas.shape((140, 200, 232), 391, 52, 458, 52, 458, 208, 391, 208)
    canvas.line(_SAND, 30, 330, 400, 420, 396, 440, 330, 410, 290)
    canvas.disc(_SAND, 230, 350, 220, 200)
    canvas.shape(_SAND, 150, 130, 172, 60, 220, 118)
    canvas.shape(_SAND, 310, 130, 288, 60, 240, 118)
    canvas.disc(_SAND, 230, 190, 190, 170)
    for x in (190, 270):
        canvas.disc((96, 160, 90), x, 180, 40, 34)
        canvas.disc(_INK, x, 180, 14, 30)
    canvas.shape((220, 120, 120), 220, 214, 240, 214, 230, 228)
    canvas.line(_INK, 3, 230, 228, 230, 240, 214, 248)
    canvas.line(_INK, 3, 230, 240, 246, 248)
    for y in (216, 228):
        canvas.line(_INK, 2, 190, y, 120, y - 8)
        canvas.line(_INK, 2, 270, y, 340, y - 8)
    for x in (190, 270):
        canvas.disc((252, 244, 228), x, 440, 70, 44)
    return canvas.done()


def _balloon() -> Image.Image:
    """Return a balloon, with nothing behind it."""
    canvas = _Canvas(400, 560)
    for x in (150, 250):
        canvas.line((110, 84, 60), 4, x, 330, 180 + (x - 150) * 0.4, 450)
    canvas.shape((206, 70, 60), 68, 230, 332, 230, 250, 370, 150, 370)
    canvas.disc((206, 70, 60), 200, 180, 280, 280)
    canvas.disc((246, 200, 92), 200, 180, 160, 280)
    canvas.shape((246, 200, 92), 124, 230, 276, 230, 226, 370, 174, 370)
    canvas.disc((206, 70, 60), 200, 180, 54, 280)
    canvas.shape((206, 70, 60), 174, 230, 226, 230, 210, 370, 190, 370)
    canvas.shape((150, 104, 64), 170, 446, 230, 446, 224, 506, 176, 506)
    canvas.shape((110, 76, 46), 168, 440, 232, 440, 232, 452, 168, 452)
    return canvas.done()


SAMPLES = {
    one.name: one
    for one in (
        Sample("harbour", "A harbour", _harbour),
        Sample("cat", "A cat", _cat),
        Sample("balloon", "A balloon, see-through around it", _balloon),
        Sample("harbour-mask", "Mask: the sky of the harbour", _sky_of_harbour, mask=True),
    )
}
