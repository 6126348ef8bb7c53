"""The fields of a form, in the order in which they matter: Discord shows the first five. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from bot import edits
from bot.domain import EditOptions, ImageModel, MaskKind, StoredPicture
from bot.forms import texts
from bot.forms.command import MASK, MASK_FROM, TRANSPARENCY
from bot.forms.options import describe
from bot.ports import Field, FieldKind, Form

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
) -> Form:
    """Return the form that asks what is to change, in which picture and how.

    `pictures` are (label, value) to choose from, of which `chosen` is at first. `has_base`: what
    is edited is known (or chosen at first), so that uploads are but references.
    """
    known = edits.choices(model)
    fields = [
        Field(
            "prompt",
            FieldKind.TEXT,
            texts.LABEL_PROMPT,
            value=prompt,
            hint=texts.hint_prompt(price),
            required=True,
            most=model.most_prompt,
            long=True,
        )
    ]
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
        name: _choice(name, words, getattr(options, name)) for name, words in known.items() if words
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


def _choice(name: str, words: Sequence[str], chosen: str) -> Field:
    """Return a choice that stands at what was chosen, else at what the service would choose."""
    return Field(
        name,
        FieldKind.CHOICE,
        _LABELS[name],
        value=chosen if chosen in words else words[0],
        choices=tuple((texts.choice(word), word) for word in words),
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
