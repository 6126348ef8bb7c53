"""Read what came with a command: typed where the platform has types, else words. Pure.

Digits are ASCII digits, choices are those of the table, texts are within their bounds; what a
person wrote is compared and stored, never formatted with nor used as a pattern.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

from bot.commands import usage_texts
from bot.commands.here import Here
from bot.ports import Command, Option, OptionKind
from bot.text import is_blank, normalise

Value = str | int | bool

_TRUE = frozenset({"true", "yes", "on"})
_FALSE = frozenset({"false", "no", "off"})
# Where a command was used, for an option that takes a channel.
HERE = "here"
# Discord's ids are numbers, Slack's are paths of letters and digits: `T1/U1`.
_ID = r"[A-Za-z0-9]{1,32}(?:/[A-Za-z0-9]{1,32})?"
_SIGNS = {
    "@": OptionKind.USER,
    "@!": OptionKind.USER,
    "@&": OptionKind.ROLE,
    "#": OptionKind.CHANNEL,
}
_NAMED = re.compile(rf"<(@[!&]?|#)({_ID})>")
_QUOTES = {'"': '"', "'": "'", "`": "`", "“": "”", "„": "“", "‘": "’", "«": "»"}


class Unusable(ValueError):
    """What came with a command cannot be used; the message says why, to the person.

    `option`: the one that is to be given otherwise, "" where it is none alone. `lists`: it lists
    values, which a person reads as they are called where they are.
    """

    def __init__(self, why: str, option: str = "", *, lists: bool = False) -> None:
        super().__init__(why)
        self.option = option
        self._lists = lists

    def told(self, here: Here) -> str:
        """Return why, for a person there."""
        return usage_texts.as_called(str(self), here) if self._lists else str(self)


def read(command: Command, given: Mapping[str, Value]) -> dict[str, Value]:
    """Return the value of each option that was given. Raises `Unusable`."""
    options = {option.name: option for option in command.options}
    for name in given:
        if name not in options:
            raise Unusable(usage_texts.no_such_option(name))
    values = {name: _read(options[name], value) for name, value in given.items()}
    for option in command.options:
        if option.required and option.name not in values:
            raise Unusable(usage_texts.missing(option.name), option.name)
    return values


def is_usable(option: Option, value: Value) -> bool:
    """Tell whether an option can be used as it is given."""
    try:
        _read(option, value)
    except Unusable:
        return False
    return True


def _read(option: Option, value: Value) -> Value:
    match option.kind:
        case OptionKind.BOOLEAN:
            return _boolean(option, value)
        case OptionKind.INTEGER:
            return _integer(option, value)
        case OptionKind.TEXT | OptionKind.FILE | OptionKind.AMOUNT:
            return _text(option, value)
        case OptionKind.USER | OptionKind.ROLE | OptionKind.CHANNEL:
            return _id(option, value)


def _boolean(option: Option, value: Value) -> bool:
    if isinstance(value, bool):
        return value
    word = unquoted(value).lower() if isinstance(value, str) else ""
    if word in _TRUE | _FALSE:
        return word in _TRUE
    raise Unusable(usage_texts.not_a_switch(option.name), option.name)


def _integer(option: Option, value: Value) -> int:
    # "1e3", "1_000", " 7 " and the digits of other scripts are numbers to `int`, not to people.
    if isinstance(value, str) and re.fullmatch(r"[0-9]{1,12}", value):
        value = int(value)
    least, most = option.least or 0, option.most if option.most is not None else 10**12
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise Unusable(usage_texts.not_a_number(option.name, least, most), option.name)
    return value


def _text(option: Option, value: Value) -> str:
    if not isinstance(value, str):
        raise Unusable(usage_texts.not_a_text(option.name), option.name)
    text = normalise(value).strip()
    if option.choices:
        return _choice(option, text)
    if option.completes:
        text = unicodedata.normalize("NFC", unquoted(text))
    if is_blank(text):
        raise Unusable(usage_texts.empty(option.name), option.name)
    if option.most is not None and len(text) > option.most:
        raise Unusable(usage_texts.too_long(option.name, option.most), option.name)
    return text


def _id(option: Option, value: Value) -> str:
    """Return the id of a person, role or channel, bare or as words name it."""
    text = unquoted(normalise(value)) if isinstance(value, str) else ""
    found = named_in(text)
    if found is not None and found[0] is option.kind:
        return found[1]
    if option.kind is OptionKind.CHANNEL and text.lower() == HERE:
        return HERE
    if re.fullmatch(_ID, text):
        return text
    raise Unusable(usage_texts.not_named(option.name, option.kind), option.name)


def named_in(word: str) -> tuple[OptionKind, str] | None:
    """Return the person, role or channel that a word names, of which kind; None: it names none."""
    found = _NAMED.fullmatch(word)
    return (_SIGNS[found[1]], found[2]) if found else None


def _choice(option: Option, text: str) -> str:
    word = unquoted(text).lower()
    for label, value in option.choices:
        if word in (label.lower(), value.lower()):
            return value
    values = [value for _, value in option.choices]
    raise Unusable(usage_texts.not_a_choice(option.name, values), option.name, lists=True)


def unquoted(text: str) -> str:
    """Return a word without the white space and the quotes around it."""
    text = text.strip()
    if len(text) >= 2 and _QUOTES.get(text[0]) == text[-1]:
        return text[1:-1].strip()
    return text
