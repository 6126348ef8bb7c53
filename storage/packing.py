"""Values that stand in one column: JSON of our own nouns, and lists of words."""

from __future__ import annotations

import msgspec

from bot.domain import Attachment, Edit, EditOptions

_encode = msgspec.json.Encoder().encode
_edit = msgspec.json.Decoder(Edit)
_options = msgspec.json.Decoder(EditOptions)
_numbers = msgspec.json.Decoder(tuple[int, ...])
_attachments = msgspec.json.Decoder(tuple[Attachment, ...])


def pack(value: Edit | EditOptions | tuple[int, ...] | tuple[Attachment, ...] | None) -> str:
    """Return a value's JSON; of None it is empty."""
    return "" if value is None else _encode(value).decode()


def unpack_edit(text: str) -> Edit | None:
    """Return what an edit is made of, or None where none is asked for."""
    return _edit.decode(text) if text else None


def unpack_options(text: str) -> EditOptions:
    """Return the options of an edit."""
    return _options.decode(text)


def unpack_numbers(text: str) -> tuple[int, ...]:
    """Return the numbers of pictures."""
    return _numbers.decode(text)


def unpack_attachments(text: str) -> tuple[Attachment, ...]:
    """Return files as their platform describes them."""
    return _attachments.decode(text)


def pack_words(words: tuple[str, ...]) -> str:
    """Return ids as one text: none of them has a space in it."""
    return " ".join(words)


def unpack_words(text: str) -> tuple[str, ...]:
    """Return the ids of a text."""
    return tuple(text.split())
