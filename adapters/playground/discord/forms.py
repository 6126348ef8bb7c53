"""Forms (modals): check what the bot opens, and fill in what a person submits.

https://docs.discord.com/developers/components/reference
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from adapters.playground.discord import bodies, limits
from adapters.playground.discord.components import Path
from adapters.playground.discord.problems import Form
from adapters.playground.discord.records import Attachment
from adapters.playground.discord.world import World

Json = dict[str, Any]

ROW, STRING_SELECT, TEXT_INPUT, TEXT, LABEL, FILE_UPLOAD = 1, 3, 4, 10, 18, 19
_INPUTS = (STRING_SELECT, TEXT_INPUT, 5, 6, 7, 8, FILE_UPLOAD, 21, 22, 23)


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
    check_one = _Check(form)
    numbered = [
        check_one.component(value, ("data", "components", n), (ROW, TEXT, LABEL))
        for n, value in enumerate(given)
    ]
    form.done()
    return form_body | {"components": numbered}


class _Check:
    """One pass over a form's components: numbers them and collects what is wrong."""

    def __init__(self, form: Form) -> None:
        self.form = form
        self.count = 0
        self.seen: set[str] = set()

    def component(self, value: Any, path: Path, allowed: tuple[int, ...]) -> Json:
        kind = value.get("type") if isinstance(value, dict) else None
        if kind not in allowed:
            self.form.wrong(
                (*path, "type"), "UNION_TYPE_CHOICES", f"Value must be one of {allowed}."
            )
            return {}
        self.count += 1
        made: Json = {key: part for key, part in value.items() if part is not None}
        made["id"] = value.get("id") or self.count
        match kind:
            case 1:
                inner = value.get("components") or []
                if len(inner) != 1:
                    self.form.bad_length((*path, "components"), 1, 1)
                made["components"] = [
                    self.component(part, (*path, "components", n), (TEXT_INPUT,))
                    for n, part in enumerate(inner)
                ]
            case 18:
                self._length(value, path, "label", limits.FORM_LABEL_CHARS, least=1)
                self._length(value, path, "description", limits.FORM_HINT_CHARS)
                made["component"] = self.component(
                    value.get("component"), (*path, "component"), _INPUTS
                )
            case 10:
                self._length(value, path, "content", limits.V2_TEXT_CHARS, least=1)
            case _:
                self._input(value, path)
        return made

    def _input(self, value: Json, path: Path) -> None:
        custom_id = str(value.get("custom_id") or "")
        self._length(value, path, "custom_id", limits.CUSTOM_ID_CHARS, least=1)
        if custom_id in self.seen:
            self.form.wrong(
                (*path, "custom_id"),
                "COMPONENT_CUSTOM_ID_DUPLICATED",
                "Component custom id cannot be duplicated",
            )
        self.seen.add(custom_id)
        match value["type"]:
            case 4:
                self._text(value, path)
            case 19:
                self._range(value, path, "min_values", "max_values", limits.FORM_FILES)
            case 3:
                self._range(value, path, "min_values", "max_values", limits.SELECT_OPTIONS)
                self._length(value, path, "placeholder", limits.SELECT_HINT_CHARS)
                self._options(value, path)

    def _text(self, value: Json, path: Path) -> None:
        if value.get("style") not in (1, 2):
            self.form.wrong((*path, "style"), "BASE_TYPE_CHOICES", "Value must be one of (1, 2).")
        self._length(value, path, "placeholder", limits.FORM_HINT_CHARS)
        self._range(value, path, "min_length", "max_length", limits.FORM_TEXT_CHARS)
        least, most = value.get("min_length") or 0, value.get("max_length")
        shown = value.get("value")
        most = limits.FORM_TEXT_CHARS if most is None else most
        if shown and not least <= len(str(shown)) <= most:
            self.form.bad_length((*path, "value"), least, most)

    def _options(self, value: Json, path: Path) -> None:
        given = value.get("options") or []
        if not 1 <= len(given) <= limits.SELECT_OPTIONS:
            self.form.bad_length((*path, "options"), 1, limits.SELECT_OPTIONS)
        seen: set[str] = set()
        for n, option in enumerate(given):
            at = (*path, "options", n)
            for key, least in (("label", 1), ("value", 1), ("description", 0)):
                self._length(option, at, key, limits.SELECT_OPTION_CHARS, least=least)
            if option.get("value") in seen:
                self.form.wrong(
                    (*at, "value"),
                    "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED",
                    "The specified option value is already used",
                )
            seen.add(str(option.get("value")))
        if sum(bool(one.get("default")) for one in given) > _or(value.get("max_values"), 1):
            self.form.wrong(
                (*path, "options"),
                "SELECT_COMPONENT_TOO_MANY_DEFAULT_VALUES",
                "Too many options are chosen at first",
            )

    def _length(self, value: Json, path: Path, key: str, most: int, *, least: int = 0) -> None:
        length = len(str(value.get(key) or ""))
        if not least <= length <= most:
            self.form.bad_length((*path, key), least, most)

    def _range(self, value: Json, path: Path, low: str, high: str, most: int) -> None:
        least, largest = value.get(low), value.get(high)
        if least is not None and not 0 <= least <= most:
            self.form.bad_length((*path, low), 0, most)
        if largest is not None and not 1 <= largest <= most:
            self.form.bad_length((*path, high), 1, most)
        if least is not None and largest is not None and least > largest:
            self.form.wrong((*path, low), "NUMBER_TYPE_MAX", f"{low} is greater than {high}")


@dataclass(slots=True)
class Filled:
    """A form as it is submitted, and the files that came with it."""

    data: Json
    attachments: list[Attachment] = field(default_factory=list)


def fill(world: World, form_body: Json, fields: Mapping[str, Any]) -> Filled:
    """Return a submitted form; what a client would not let through is refused.

    `fields` are values by custom id: a text, a choice or a list of them, and of files
    (name, bytes) or a list of those. What is not given stays as the form showed it.
    """
    form = Form()
    filled = Filled({"custom_id": form_body["custom_id"]})
    filled.data["components"] = [
        _fill(world, one, fields, filled, form) for one in form_body["components"]
    ]
    form.done()
    return filled


def _fill(
    world: World, component: Json, fields: Mapping[str, Any], filled: Filled, form: Form
) -> Json:
    made: Json = {"type": component["type"], "id": component["id"]}
    if "component" in component:
        return made | {"component": _fill(world, component["component"], fields, filled, form)}
    if "components" in component:
        inner = component["components"]
        return made | {"components": [_fill(world, one, fields, filled, form) for one in inner]}
    if component["type"] == TEXT:
        return made
    name = component["custom_id"]
    made["custom_id"] = name
    match component["type"]:
        case 4:
            value = fields.get(name, component.get("value") or "")
            _check_text(component, value, form)
            return made | {"value": value}
        case 19:
            files = _listed(fields.get(name, []))
            _check_count(component, len(files), form)
            stored = [bodies.attach(world, *file) for file in files]
            filled.attachments += stored
            return made | {"values": [one.id for one in stored]}
        case _:
            options = component.get("options") or []
            chosen = _listed(
                fields.get(name, [one["value"] for one in options if one.get("default")])
            )
            _check_count(component, len(chosen), form)
            if options and not {one["value"] for one in options} >= set(chosen):
                form.wrong((name,), "BASE_TYPE_CHOICES", "Value must be one of the options.")
            return made | {"values": chosen}


def _listed(value: Any) -> list[Any]:
    """Return what a person chose, of which there may be several."""
    alone = isinstance(value, str) or (
        isinstance(value, tuple) and len(value) == 2 and isinstance(value[1], bytes)
    )
    return [value] if alone else [*value]


def _check_text(component: Json, value: Any, form: Form) -> None:
    least = component.get("min_length") or 0
    required = component.get("required") is not False
    # Optional fields are empty or long enough, required ones (the default) are not empty.
    least = max(1, least) if required else least
    most = component.get("max_length") or limits.FORM_TEXT_CHARS
    if not isinstance(value, str) or ((value or required) and not least <= len(value) <= most):
        form.bad_length((component["custom_id"], "value"), least, most)


def _check_count(component: Json, count: int, form: Form) -> None:
    required = component.get("required") is not False
    least, most = _or(component.get("min_values"), 1), _or(component.get("max_values"), 1)
    least = max(1, least) if required else least
    if (count or required) and not least <= count <= most:
        form.bad_length((component["custom_id"], "values"), least, most)


def _or(value: int | None, otherwise: int) -> int:
    return otherwise if value is None else value
