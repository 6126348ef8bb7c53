"""Show buttons as Discord's components, and read them back.

https://docs.discord.com/developers/components/reference
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from bot.events import Action, Button
from bot.text import last_boundary, utf16_length

Json = dict[str, Any]

_ROW, _BUTTON = 1, 2
# A button's looks.
_SECONDARY, _DANGER = 2, 4
MOST_LABEL = 80
MOST_IN_ROW = 5

# A sign says enough for a judgement; the others keep their word beside it.
_SIGN_ONLY = {
    Action.GOOD: "\N{THUMBS UP SIGN}",
    Action.BAD: "\N{THUMBS DOWN SIGN}",
}
_SIGNS = {
    Action.REGENERATE: "\N{ANTICLOCKWISE DOWNWARDS AND UPWARDS OPEN CIRCLE ARROWS}",
}


def components(buttons: Sequence[Button]) -> list[Json]:
    """Return rows of buttons; `custom_id` alone carries their meaning."""
    return [
        {"type": _ROW, "components": [_button(button) for button in row]}
        for row in (buttons[n : n + MOST_IN_ROW] for n in range(0, len(buttons), MOST_IN_ROW))
    ]


def lone_button(custom_id: str, label: str, *, danger: bool = False) -> list[Json]:
    """Return one button that belongs to no turn."""
    shown = {
        "type": _BUTTON,
        "style": _DANGER if danger else _SECONDARY,
        "label": cut(label, MOST_LABEL),
        "custom_id": custom_id,
    }
    return [{"type": _ROW, "components": [shown]}]


def _button(button: Button) -> Json:
    shown: Json = {"type": _BUTTON, "style": _DANGER if button.danger else _SECONDARY}
    if sign := _SIGN_ONLY.get(button.action) or _SIGNS.get(button.action):
        shown["emoji"] = {"name": sign}
    if button.action not in _SIGN_ONLY:
        shown["label"] = cut(button.label, MOST_LABEL)
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
    for one in walk(row.get("components") or ()):
        _, turn = split_id(str(one.get("custom_id", "")))
        if turn:
            return turn
    return ""


def has_buttons(row: Mapping[str, Any], buttons: Sequence[Button]) -> bool:
    """Tell whether a message shows exactly these buttons."""
    shown = [one for one in walk(row.get("components") or ()) if one.get("type") == _BUTTON]
    wanted = [_button(button) for button in buttons]
    return [(one.get("custom_id"), one.get("label")) for one in shown] == [
        (one["custom_id"], one.get("label")) for one in wanted
    ]


def walk(components: Sequence[Any]) -> Iterator[Mapping[str, Any]]:
    """Yield every component, at any depth that Discord has (rows, containers and labels)."""
    for one in components:
        if not isinstance(one, Mapping):
            continue
        yield one
        inner = [*(one.get("components") or ()), one.get("component")]
        yield from walk([each for each in inner if each])


def cut(text: str, most: int) -> str:
    """Return text of at most `most` UTF-16 units, with an ellipsis where it was cut."""
    if utf16_length(text) <= most:
        return text
    end = most - 1
    while utf16_length(text[:end]) > most - 1:
        end -= max(1, (utf16_length(text[:end]) - most + 1) // 2)
    return text[: last_boundary(text, end)] + "…"
