"""Show buttons and forms as Discord's components, and read them back.

https://docs.discord.com/developers/components/reference
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from bot.events import Action, Button

Json = dict[str, Any]

_ROW, _BUTTON, _TEXT_INPUT, _LABEL = 1, 2, 4, 18
# A button's looks.
_SECONDARY, _DANGER = 2, 4
_PARAGRAPH = 2
MOST_LABEL = 80
MOST_FORM_TITLE = 45
MOST_FORM_HINT = 100
MOST_REASON = 1000

# A sign says enough for a judgement; the others keep their word beside it.
_SIGN_ONLY = {
    Action.GOOD: "\N{THUMBS UP SIGN}",
    Action.BAD: "\N{THUMBS DOWN SIGN}",
}
_SIGNS = {
    Action.REGENERATE: "\N{ANTICLOCKWISE DOWNWARDS AND UPWARDS OPEN CIRCLE ARROWS}",
}


def components(buttons: Sequence[Button]) -> list[Json]:
    """Return one row of buttons; `custom_id` alone carries their meaning."""
    if not buttons:
        return []
    return [{"type": _ROW, "components": [_button(button) for button in buttons]}]


def _button(button: Button) -> Json:
    shown: Json = {"type": _BUTTON, "style": _DANGER if button.danger else _SECONDARY}
    if sign := _SIGN_ONLY.get(button.action) or _SIGNS.get(button.action):
        shown["emoji"] = {"name": sign}
    if button.action not in _SIGN_ONLY:
        shown["label"] = button.label[:MOST_LABEL]
    return shown | {"custom_id": custom_id(button.action, button.turn)}


def custom_id(kind: str, turn: str) -> str:
    """Return the id of a button or form: all that is known of it when it is used."""
    return f"{kind}:{turn}"


def split_id(custom_id: str) -> tuple[str, str]:
    """Return the kind and the turn that an id names, the turn "" if it is not ours."""
    kind, _, turn = custom_id.partition(":")
    return kind, turn


def turn_of(row: Mapping[str, Any]) -> str:
    """Return the turn that a message's buttons name, "" if it has none of ours."""
    for one in _walk(row.get("components") or ()):
        _, turn = split_id(str(one.get("custom_id", "")))
        if turn:
            return turn
    return ""


def form(custom_id: str, *, title: str, field: str, label: str, hint: str) -> Json:
    """Return a form with one optional field of several lines."""
    return {
        "custom_id": custom_id,
        "title": title[:MOST_FORM_TITLE],
        "components": [
            {
                "type": _LABEL,
                "label": label[:MOST_FORM_TITLE],
                "component": {
                    "type": _TEXT_INPUT,
                    "custom_id": field,
                    "style": _PARAGRAPH,
                    "required": False,
                    "max_length": MOST_REASON,
                    "placeholder": hint[:MOST_FORM_HINT],
                },
            }
        ],
    }


def filled_in(data: Mapping[str, Any], field: str) -> str:
    """Return what a person wrote in a field of a form."""
    for one in _walk(data.get("components") or ()):
        if one.get("custom_id") == field:
            value = one.get("value")
            return value if isinstance(value, str) else ""
    return ""


def _walk(components: Sequence[Any]) -> Iterator[Mapping[str, Any]]:
    """Yield every component, at any depth that Discord has (rows and labels)."""
    for one in components:
        if not isinstance(one, Mapping):
            continue
        yield one
        inner = [*(one.get("components") or ()), one.get("component")]
        yield from _walk([each for each in inner if each])
