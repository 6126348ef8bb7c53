"""Forms (modals): check what the bot opens, and fill in what a person submits.

https://docs.discord.com/developers/components/reference
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from adapters.playground.discord import limits
from adapters.playground.discord.components import Path
from adapters.playground.discord.problems import Form

Json = dict[str, Any]

ROW, TEXT_INPUT, TEXT, LABEL = 1, 4, 10, 18
_INPUTS = (3, TEXT_INPUT, 5, 6, 7, 8, 19, 21, 22, 23)


def check(form_body: Json) -> Json:
    """Check a form that the bot opens and return it with its components numbered."""
    form = Form()
    if not 1 <= len(str(form_body.get("custom_id") or "")) <= limits.CUSTOM_ID_CHARS:
        form.bad_length(("data", "custom_id"), 1, limits.CUSTOM_ID_CHARS)
    if not 1 <= len(str(form_body.get("title") or "")) <= limits.MODAL_TITLE_CHARS:
        form.bad_length(("data", "title"), 1, limits.MODAL_TITLE_CHARS)
    given = form_body.get("components") or []
    if not 1 <= len(given) <= limits.ACTION_ROWS:
        form.bad_length(("data", "components"), 1, limits.ACTION_ROWS)
    numbered: list[Json] = []
    count = 0

    def one(value: Any, path: Path, allowed: tuple[int, ...]) -> Json:
        nonlocal count
        kind = value.get("type") if isinstance(value, dict) else None
        if kind not in allowed:
            form.wrong((*path, "type"), "UNION_TYPE_CHOICES", f"Value must be one of {allowed}.")
            return {}
        count += 1
        made: Json = {key: part for key, part in value.items() if part is not None}
        made["id"] = value.get("id") or count
        if kind == ROW:
            inner = value.get("components") or []
            if len(inner) != 1:
                form.bad_length((*path, "components"), 1, 1)
            made["components"] = [
                one(part, (*path, "components", n), (TEXT_INPUT,)) for n, part in enumerate(inner)
            ]
        elif kind == LABEL:
            label = str(value.get("label") or "")
            if not 1 <= len(label) <= limits.FORM_LABEL_CHARS:
                form.bad_length((*path, "label"), 1, limits.FORM_LABEL_CHARS)
            made["component"] = one(value.get("component"), (*path, "component"), _INPUTS)
        elif kind != TEXT and not 1 <= len(str(value.get("custom_id") or "")) <= 100:
            form.bad_length((*path, "custom_id"), 1, limits.CUSTOM_ID_CHARS)
        return made

    for n, value in enumerate(given):
        numbered.append(one(value, ("data", "components", n), (ROW, TEXT, LABEL)))
    form.done()
    return form_body | {"components": numbered}


def fill(form_body: Json, fields: Mapping[str, Any]) -> Json:
    """Return the data of a submitted form; what a client would not let through is refused."""
    form = Form()
    filled = [_fill(one, fields, form) for one in form_body["components"]]
    form.done()
    return {"custom_id": form_body["custom_id"], "components": filled}


def _fill(component: Json, fields: Mapping[str, Any], form: Form) -> Json:
    made: Json = {"type": component["type"], "id": component["id"]}
    if "component" in component:
        return made | {"component": _fill(component["component"], fields, form)}
    if "components" in component:
        return made | {"components": [_fill(one, fields, form) for one in component["components"]]}
    if component["type"] == TEXT:
        return made
    custom_id = component["custom_id"]
    made["custom_id"] = custom_id
    many = component["type"] != TEXT_INPUT
    value = fields.get(custom_id, [] if many else component.get("value") or "")
    if not many:
        least = component.get("min_length") or 0
        # Optional fields are empty or long enough, required ones (the default) are not empty.
        if component.get("required") is not False:
            least = max(1, least)
        most = component.get("max_length") or limits.FORM_TEXT_CHARS
        if (value or component.get("required") is not False) and not least <= len(value) <= most:
            form.bad_length((custom_id, "value"), least, most)
    return made | {"values" if many else "value": value}
