"""Show forms as Discord's modals, and read back what was filled in.

https://docs.discord.com/developers/components/reference
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, assert_never

from adapters.discord.attachments import attachment_of
from adapters.discord.components import cut, walk
from bot.domain import Attachment
from bot.ports import Field, FieldKind, Form
from bot.text import normalise

Json = dict[str, Any]

_SELECT, _TEXT_INPUT, _USER_SELECT, _LABEL, _FILE_UPLOAD = 3, 4, 5, 18, 19
_SHORT, _PARAGRAPH = 1, 2
MOST_FIELDS = 5
MOST_TITLE = 45
MOST_FIELD_LABEL = 45
MOST_HINT = 100
MOST_TYPED = 4000
MOST_CHOICES = 25
MOST_CHOICE = 100
MOST_FILES = 10
# A choice may stand for no value at all, which Discord's cannot.
NO_VALUE = "-"


def modal(custom_id: str, form: Form) -> Json:
    """Return a form as Discord is asked to open it: of its fields the first five."""
    shown = [field for field in form.fields if field.kind is not FieldKind.CHOICE or field.choices]
    return {
        "custom_id": custom_id,
        "title": cut(form.title, MOST_TITLE),
        "components": [_labelled(field) for field in shown[:MOST_FIELDS]],
    }


def _labelled(field: Field) -> Json:
    shown: Json = {
        "type": _LABEL,
        "label": cut(field.label, MOST_FIELD_LABEL),
        "component": _input(field) | {"custom_id": field.name, "required": field.required},
    }
    # A text's hint stands in its box as long as that is empty; the others have no such place.
    if field.hint and (field.kind is not FieldKind.TEXT or field.value):
        shown["description"] = cut(field.hint, MOST_HINT)
    return shown


def _input(field: Field) -> Json:
    match field.kind:
        case FieldKind.TEXT:
            most = min(field.most, MOST_TYPED)
            shown: Json = {
                "type": _TEXT_INPUT,
                "style": _PARAGRAPH if field.long else _SHORT,
                "max_length": most,
            }
            if field.value:
                shown["value"] = cut(field.value, most)
            elif field.hint:
                shown["placeholder"] = cut(field.hint, MOST_HINT)
            return shown
        case FieldKind.CHOICE:
            return {
                "type": _SELECT,
                "options": [
                    {
                        "label": cut(label, MOST_CHOICE),
                        "value": value or NO_VALUE,
                        "default": value == field.value,
                    }
                    for label, value in field.choices[:MOST_CHOICES]
                ],
            }
        case FieldKind.FILES:
            return {
                "type": _FILE_UPLOAD,
                "min_values": int(field.required),
                "max_values": min(field.most, MOST_FILES),
            }
        case FieldKind.PERSON:
            return {"type": _USER_SELECT}
        case _:
            assert_never(field.kind)


def values_of(data: Mapping[str, Any]) -> dict[str, str]:
    """Return what was typed and chosen in a form, by field."""
    found: dict[str, str] = {}
    for name, one in _filled(data):
        value, values = one.get("value"), one.get("values")
        if isinstance(value, str):
            found[name] = normalise(value)
        elif one.get("type") in (_SELECT, _USER_SELECT) and isinstance(values, list):
            chosen = str(values[0]) if values else ""
            found[name] = "" if chosen == NO_VALUE else normalise(chosen)
    return found


def files_of(data: Mapping[str, Any]) -> list[tuple[str, Attachment]]:
    """Return the files of a form, each with its field; no message has them."""
    resolved = (data.get("resolved") or {}).get("attachments") or {}
    return [
        (name, attachment_of(resolved[str(id_)]))
        for name, one in _filled(data)
        if one.get("type") == _FILE_UPLOAD
        for id_ in one.get("values") or ()
        if isinstance(resolved.get(str(id_)), Mapping)
    ]


def _filled(data: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for one in walk(data.get("components") or ()):
        if name := one.get("custom_id"):
            yield str(name), one
