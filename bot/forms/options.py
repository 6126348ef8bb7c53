"""Read what a person chose for an edit, from a command or from a form. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import assert_never

from bot import edits
from bot.domain import EditOptions, ImageModel, MaskKind
from bot.forms import texts
from bot.forms.command import MASK, MASK_FROM, TRANSPARENCY
from bot.text import is_blank, normalise

Flaws = dict[str, str]
CHOSEN = ("size", "quality", "background", "format", "moderation")
COMPRESSION = "compression"


def read_options(
    given: Mapping[str, str | int | bool], model: ImageModel, usual: EditOptions | None = None
) -> tuple[EditOptions, Flaws]:
    """Return what was chosen, and what is wrong with it by its name.

    `usual`: of a form, which comes back with a choice of everything, what it was opened with. What
    was left as the service would have it is no choice.
    """
    words = {name: str(given.get(name, "")).strip().lower() for name in CHOSEN}
    if usual is not None:
        known = edits.choices(model)
        for name, word in words.items():
            before = str(getattr(usual, name))
            if name not in given:
                # A platform may have no room for a field.
                words[name] = before
            elif not before and word in known[name][:1]:
                words[name] = ""
    compression, flaw = _compression(given, usual)
    options = EditOptions(**words, compression=compression)
    found = edits.find_flaws(options, model)
    flaws = {name: _why(name, options, could) for name, could in found.items()}
    return options, {**flaws, **flaw}


def _compression(
    given: Mapping[str, str | int | bool], usual: EditOptions | None
) -> tuple[int | None, Flaws]:
    if usual is not None and COMPRESSION not in given:
        return usual.compression, {}
    text = str(given.get(COMPRESSION, "")).strip()
    if not text:
        return None, {}
    # `int` alone takes "1_0" and the digits of other scripts.
    if not re.fullmatch(r"[0-9]{1,3}", text):
        least, most = str(edits.LEAST_COMPRESSION), str(edits.MOST_COMPRESSION)
        return None, {COMPRESSION: texts.between(least, most)}
    return int(text), {}


def _why(name: str, options: EditOptions, could: tuple[str, ...]) -> str:
    if name == COMPRESSION:
        return texts.between(*could)
    if name == "format" and options.background == "transparent" and options.format == "jpeg":
        return texts.FORMAT_TRANSPARENT
    return texts.one_of(could)


def read_prompt(text: str, model: ImageModel) -> tuple[str, Flaws]:
    """Return what is to be changed, in words, and what is wrong with them."""
    prompt = normalise(text).strip()
    if is_blank(prompt):
        return "", {"prompt": texts.NO_PROMPT}
    if len(prompt) > model.most_prompt:
        return prompt, {"prompt": texts.too_long(model.most_prompt, len(prompt))}
    return prompt, {}


def read_number(text: str) -> int | None:
    """Return the number of `#2` or `2`, or None for anything else."""
    found = re.fullmatch(r"#?\s?([1-9][0-9]{0,5})", text.strip())
    return int(found[1]) if found else None


def read_mask(text: str, files: int) -> tuple[MaskKind, Flaws]:
    """Return where the mask comes from, by a word and by how many files were given as one."""
    word = text.strip().lower()
    if files > 1:
        return MaskKind.NONE, {MASK: texts.TOO_MANY_MASKS}
    if word not in ("", TRANSPARENCY):
        return MaskKind.NONE, {MASK_FROM: texts.NO_SUCH_MASK}
    if files and word:
        return MaskKind.NONE, {MASK: texts.TWO_MASKS}
    if files:
        return MaskKind.ATTACHED, {}
    return MaskKind.TRANSPARENCY if word else MaskKind.NONE, {}


def describe(kind: MaskKind) -> str:
    """Return the word of a form's list for where a mask comes from."""
    match kind:
        case MaskKind.TRANSPARENCY:
            return TRANSPARENCY
        case MaskKind.NONE | MaskKind.ATTACHED | MaskKind.PAINTED:
            return ""
        case _:
            assert_never(kind)
