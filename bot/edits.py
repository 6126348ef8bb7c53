"""What asks for an edit of a picture, what it may choose, what it costs. Pure."""

from __future__ import annotations

import re
from dataclasses import replace

from bot import references
from bot.domain import Amounts, Edit, EditOptions, ImageModel, Usage
from bot.remarks import is_remark, names_others
from bot.text import is_blank

# A person writes it before the words: `edit: make the sky pink`.
_ASKED = re.compile(r"\A\s*edit\s*[:：]", re.IGNORECASE)
# What may stand behind the question mark of a question.
_CLOSING = "!\"')]}»”’*_~`… \t\n"
_QUESTION_MARKS = ("?", "？", "؟", "⁇", "‽")
# The word by which a service chooses for itself.
AUTO = "auto"
LEAST_COMPRESSION, MOST_COMPRESSION = 1, 100
# What has no transparent parts: https://platform.openai.com/docs/api-reference/images/createEdit
_OPAQUE_FORMATS = frozenset({"jpeg"})


def is_asked(text: str) -> bool:
    """Tell whether words ask for an edit: `edit:` stands before them."""
    return _ASKED.match(text) is not None


def is_question(text: str) -> bool:
    """Tell whether words end in a question mark."""
    return text.rstrip(_CLOSING).endswith(_QUESTION_MARKS)


def strip(text: str) -> str:
    """Return what is to be done to the picture, without `edit:` before it."""
    return _ASKED.sub("", text, count=1).strip()


def says_nothing(text: str) -> bool:
    """Tell whether words ask for no change: there are none, or only numbers of pictures."""
    return is_blank(references.without(strip(text)))


def find(text: str, *, replies: bool, is_command: bool) -> tuple[Edit | None, bool]:
    """Return the edit that a message asks for, and whether only as a reply to a picture of ours.

    A reply asks for none where it has no words, is a command, ends in a question mark, names
    somebody else, or is but a remark.
    """
    if is_asked(text):
        return Edit(files_first=True), False
    if not replies or is_command or is_blank(text) or is_question(text):
        return None, False
    if is_remark(text) or names_others(text):
        return None, False
    return Edit(), True


# --- what may be chosen -----------------------------------------------------------------------


def choices(model: ImageModel) -> dict[str, tuple[str, ...]]:
    """Return what a model can be told, by the name of the option."""
    return {
        "size": model.sizes,
        "quality": model.qualities,
        "background": model.backgrounds,
        "format": model.formats,
        "moderation": model.moderations,
    }


def find_flaws(options: EditOptions, model: ImageModel) -> dict[str, tuple[str, ...]]:
    """Return, by the name of the option, what could stand there instead of what does.

    Of a wrong compression these are its bounds.
    """
    flaws = {
        name: words
        for name, words in choices(model).items()
        if (chosen := _words(options)[name]) and chosen not in words
    }
    if options.background == "transparent" and options.format in _OPAQUE_FORMATS:
        flaws["format"] = tuple(each for each in model.formats if each not in _OPAQUE_FORMATS)
    compression = options.compression
    if compression is not None and not LEAST_COMPRESSION <= compression <= MOST_COMPRESSION:
        flaws["compression"] = (str(LEAST_COMPRESSION), str(MOST_COMPRESSION))
    return flaws


def fit_options(options: EditOptions, model: ImageModel) -> tuple[EditOptions, tuple[str, ...]]:
    """Return the options without what the model cannot be told, and the names of those."""
    flaws = find_flaws(options, model)
    left = {name: word for name, word in _words(options).items() if name not in flaws}
    compression = None if "compression" in flaws else options.compression
    return EditOptions(**left, compression=compression), tuple(flaws)


def _words(options: EditOptions) -> dict[str, str]:
    """Return the words of options, by the name of the option."""
    return {
        "size": options.size,
        "quality": options.quality,
        "background": options.background,
        "format": options.format,
        "moderation": options.moderation,
    }


# --- money ------------------------------------------------------------------------------------


def price(model: ImageModel, options: EditOptions) -> int | None:
    """Return the most micro-dollars that one picture may cost, or None where that is unknown."""
    known = price_range(model, options)
    return known[1] if known else None


def price_range(model: ImageModel, options: EditOptions) -> tuple[int, int] | None:
    """Return the least and the most that one picture may cost, or None where that is unknown."""
    if not model.prices:
        return None
    fitting = [
        micros
        for quality, size, micros in model.prices
        if _fits(options.quality, quality) and _fits(options.size, size)
    ] or [micros for _, _, micros in model.prices]
    return min(fitting), max(fitting)


def _fits(chosen: str, priced: str) -> bool:
    """Tell whether a price may be that of what was chosen: the service may choose any."""
    return chosen in ("", AUTO, priced) or priced in ("", AUTO)


def hold(model: ImageModel, options: EditOptions) -> Amounts:
    """Return what one edit may cost at the most: this is reserved before it is made."""
    return Amounts(requests=1, images=1, micros=price(model, options) or 0)


def charge(model: ImageModel, options: EditOptions, usage: Usage) -> tuple[Amounts, bool]:
    """Return what one edit did cost, and whether that is estimated: what is reported wins."""
    held = hold(model, options)
    if usage.cost_micros is None:
        return held, True
    return replace(held, micros=usage.cost_micros), False
