"""Draw bars with their labels and numbers as PNG; only the decoder's process comes here.

One colour that stands out from white and from black alike would be dull on both, so the picture
brings its own ground: platforms show it in dark and in light.
"""

from __future__ import annotations

import io
import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

from PIL import Image, ImageDraw, ImageFont

# Wide enough for a desk, and still read on a phone, which shows it at a third.
WIDTH = 1_080
MARGIN, GAP = 40, 26
LABEL, NUMBER = 300, 230
BAR, STEP = 30, 44
TITLE_SIZE, PANEL_SIZE, TEXT_SIZE = 34, 28, 24
MOST_BARS = 64
# The contrast of each on the ground is above 4.5 to 1.
# https://www.w3.org/TR/WCAG22/#contrast-minimum
GROUND, INK, QUIET, COLOUR = "#ffffff", "#1b1f24", "#57606a", "#2456c8"
# Of several together; their number is told beside it. As light as a part of a picture may be.
# https://www.w3.org/TR/WCAG22/#non-text-contrast
TOGETHER = "#8b949e"


def draw(chart: Mapping[str, Any]) -> bytes:
    """Return a chart (`bot.ports.Chart` as plain words) as PNG."""
    panels = [(str(title), list(bars)[:MOST_BARS]) for title, bars in chart["panels"]]
    title = ImageFont.load_default(TITLE_SIZE)
    height = MARGIN * 2 + TITLE_SIZE + GAP
    height += sum(PANEL_SIZE + GAP + len(bars) * STEP + GAP for _, bars in panels)
    picture = Image.new("RGB", (WIDTH, height), GROUND)
    pen = ImageDraw.Draw(picture)
    pen.text(
        (MARGIN, MARGIN), _fit(pen, str(chart["title"]), title, WIDTH - 2 * MARGIN), INK, title
    )
    top = MARGIN + TITLE_SIZE + GAP
    for name, bars in panels:
        top = _panel(pen, top, name, bars) + GAP
    made = io.BytesIO()
    picture.quantize(64).save(made, "PNG", optimize=True)
    return made.getvalue()


def _panel(
    pen: ImageDraw.ImageDraw, top: int, title: str, bars: Sequence[Mapping[str, Any]]
) -> int:
    """Draw a panel and return where it ends."""
    head, font = ImageFont.load_default(PANEL_SIZE), ImageFont.load_default(TEXT_SIZE)
    pen.text((MARGIN, top), _fit(pen, title, head, WIDTH - 2 * MARGIN), QUIET, head)
    top += PANEL_SIZE + GAP // 2
    most = max([int(bar["value"]) for bar in bars if not bar.get("together")] + [1])
    start, room = MARGIN + LABEL, WIDTH - 2 * MARGIN - LABEL - NUMBER
    for place, bar in enumerate(bars, 1):
        middle = top + STEP // 2
        label = _fit(pen, _drawn(str(bar["label"]), place), font, LABEL - GAP)
        pen.text((MARGIN, middle), label, INK, font, anchor="lm")
        value = max(0, int(bar["value"]))
        # Next to nothing is still something.
        length = min(room, max(3, value * room // most)) if value else 0
        if length:
            box = (start, middle - BAR // 2, start + length, middle + BAR // 2)
            fill = TOGETHER if bar.get("together") else COLOUR
            pen.rounded_rectangle(box, radius=min(6, length // 2), fill=fill)
        number = _fit(pen, str(bar["shown"]), font, NUMBER)
        pen.text((start + length + 12, middle), number, INK, font, anchor="lm")
        top += STEP
    return top


def _drawn(label: str, place: int) -> str:
    """Return a label, or its line in the table where none of its letters can be drawn."""
    return label if re.search(r"[0-9A-Za-z]", _plain(label)) else f"no. {place}"


def _plain(text: str) -> str:
    """Return a text in the letters that Pillow's own font has, which is ASCII.

    The table beside the chart has the names as they are, in the same order.
    """
    bare = "".join(
        char for char in unicodedata.normalize("NFKD", text) if not unicodedata.combining(char)
    )
    return " ".join(re.sub(r"[^\x20-\x7e]+", "?", bare).split())


def _fit(pen: ImageDraw.ImageDraw, text: str, font: Any, most: int) -> str:
    """Return a text cut to a width in pixels."""
    text = _plain(text)
    if pen.textlength(text, font) <= most:
        return text
    while text and pen.textlength(f"{text}...", font) > most:
        text = text[:-1]
    return f"{text}..."
