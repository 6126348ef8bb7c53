"""The fields of a form, in the order in which they matter: Discord shows the first five. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from bot import edits
from bot.domain import EditOptions, ImageModel, MaskKind, StoredPicture
from bot.forms import texts
from bot.forms.command import MASK, MASK_FROM, TRANSPARENCY
from bot.forms.options import describe
from bot.ports import MOST_SHOWN, Field, FieldKind, Form
from bot.text import utf16_length

# What one upload of either platform takes at the most:
# https://docs.discord.com/developers/components/reference#file-upload
MOST_FILES = 10
MOST_CHOICES = 25
PICTURE = "picture"
UPLOAD = "image"
VERSION = "version"

Choices = Sequence[tuple[str, str]]

_LABELS = {
    "size": texts.LABEL_SIZE,
    "quality": texts.LABEL_QUALITY,
    "background": texts.LABEL_BACKGROUND,
    "format": texts.LABEL_FORMAT,
    "moderation": texts.LABEL_MODERATION,
}


def edit_form(
    draft: str,
    model: ImageModel,
    *,
    prompt: str,
    price: str,
    options: EditOptions = EditOptions(),  # noqa: B008
    mask: MaskKind = MaskKind.NONE,
    pictures: Choices = (),
    chosen: str = "",
    has_base: bool = False,
    public: bool = True,
    unshown: frozenset[str] = frozenset(),
) -> Form:
    """Return the form that asks what is to change, in which picture and how.

    `pictures` are (label, value) to choose from, of which `chosen` is at first. `has_base`: what
    is edited is known (or chosen at first), so that uploads are but references. `unshown` are
    the kinds of pictures that are shown as files only.
    """
    known = edits.choices(model)
    fields = [_prompt(prompt, price, model)]
    if pictures:
        fields.append(
            Field(
                PICTURE,
                FieldKind.CHOICE,
                texts.LABEL_PICTURE,
                value=chosen,
                required=bool(chosen),
                choices=tuple(pictures[:MOST_CHOICES]),
            )
        )
    if model.most_pictures > 1 or not has_base:
        fields.append(_upload(model, has_base=has_base, listed=bool(pictures), public=public))
    options_fields = {
        name: _choice(name, words, getattr(options, name), unshown)
        for name, words in known.items()
        if words
    }
    fields += [options_fields[name] for name in ("size", "quality") if name in options_fields]
    fields.append(Field(MASK, FieldKind.FILES, texts.LABEL_MASK, hint=texts.HINT_MASK))
    where = ((texts.WHERE_MASK, ""), (texts.WHERE_TRANSPARENT, TRANSPARENCY))
    fields.append(
        Field(
            MASK_FROM, FieldKind.CHOICE, texts.LABEL_MASK_FROM, value=describe(mask), choices=where
        )
    )
    fields += [options_fields[name] for name in ("background", "format") if name in options_fields]
    if model.formats:
        written = "" if options.compression is None else str(options.compression)
        fields.append(
            Field(
                "compression",
                FieldKind.TEXT,
                texts.LABEL_COMPRESSION,
                value=written,
                hint=texts.HINT_COMPRESSION,
                most=3,
            )
        )
    fields += [options_fields[name] for name in ("moderation",) if name in options_fields]
    return Form(draft, texts.TITLE, texts.SEND, tuple(fields))


def is_unshown(prompt: str) -> bool:
    """Tell whether words are too long for the field that they would stand in."""
    return utf16_length(prompt) > MOST_SHOWN


def _prompt(prompt: str, price: str, model: ImageModel) -> Field:
    """Return the field of the words. Too long ones are not cut: left empty they stay."""
    kept = is_unshown(prompt)
    return Field(
        "prompt",
        FieldKind.TEXT,
        texts.LABEL_PROMPT,
        value="" if kept else prompt,
        hint=texts.hint_kept(len(prompt), price) if kept else texts.hint_prompt(price),
        required=not kept,
        most=model.most_prompt,
        long=True,
    )


def _upload(model: ImageModel, *, has_base: bool, listed: bool, public: bool) -> Field:
    most = min(MOST_FILES, model.most_pictures - (1 if has_base else 0))
    label = texts.LABEL_UPLOAD if listed else texts.LABEL_IMAGE
    return Field(
        UPLOAD,
        FieldKind.FILES,
        texts.LABEL_REFERENCES if has_base else label,
        hint=texts.hint_pictures(public),
        required=not (has_base or listed),
        most=most,
    )


def _choice(name: str, words: Sequence[str], chosen: str, unshown: frozenset[str]) -> Field:
    """Return a choice that stands at what was chosen, else at what the service would choose."""
    return Field(
        name,
        FieldKind.CHOICE,
        _LABELS[name],
        value=chosen if chosen in words else words[0],
        choices=tuple((texts.choice(word, shown=word not in unshown), word) for word in words),
    )


def undo_form(draft: str, versions: Sequence[StoredPicture]) -> Form:
    """Return the form that asks which of several earlier versions is meant, the nearest first."""
    choices = tuple((texts.numbered(each), f"#{each.number}") for each in versions[:MOST_CHOICES])
    field = Field(
        VERSION,
        FieldKind.CHOICE,
        texts.LABEL_VERSION,
        value=choices[0][1],
        hint=texts.HINT_UNDO,
        required=True,
        choices=choices,
    )
    return Form(draft, texts.TITLE_UNDO, texts.SEND_UNDO, (field,))
