"""Tell whether a value fits a JSON schema: the same answer as `jsonschema`, many times as fast.

    fits = compile_schema(schema, formats)
    fits({"id": "1"})

A schema becomes functions once, instead of being read again for every value. It says only yes
or no; why not is for `jsonschema` to say, and what cannot be known here raises `Unsure`.
A schema may hold itself: its parts are told apart by identity.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from jsonschema import FormatChecker

Json = Mapping[str, Any]
Fits = Callable[[Any], bool]

_SILENT = frozenset({"contentEncoding", "x-discord-union", "default", "nullable", "deprecated"})
_SCALARS = (str, bool, int, type(None))


class Unsure(Exception):
    """This is for `jsonschema` to say."""


def compile_schema(schema: Json | bool, formats: FormatChecker) -> Fits:
    """Return a function that tells whether a value fits; both raise `Unsure`."""
    return _Compiler(formats).fits(schema)


def _is_integer(value: Any) -> bool:
    if isinstance(value, float):
        return value.is_integer()
    return isinstance(value, int) and not isinstance(value, bool)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


_TYPES: dict[str, Fits] = {
    "string": lambda value: isinstance(value, str),
    "boolean": lambda value: isinstance(value, bool),
    "null": lambda value: value is None,
    "array": lambda value: isinstance(value, list),
    "object": lambda value: isinstance(value, dict),
    "integer": _is_integer,
    "number": _is_number,
}


class _Compiler:
    def __init__(self, formats: FormatChecker) -> None:
        self._formats = formats
        self._made: dict[int, list[Fits]] = {}

    def fits(self, schema: Json | bool) -> Fits:
        """Return the function of one schema."""
        if isinstance(schema, bool):
            return lambda value: schema
        known = self._made.get(id(schema))
        if known is None:
            # In the dictionary first: the schema may hold itself.
            known = self._made[id(schema)] = []
            known += [
                self._keyword(name, given, schema)
                for name, given in schema.items()
                if name not in _SILENT
            ]
        return _all_of(known)

    def _keyword(self, name: str, given: Any, schema: Json) -> Fits:
        match name:
            case "type":
                return _any_of([_TYPES[one] for one in ([given] if _is_text(given) else given)])
            case "enum" | "const":
                return _among(given if name == "enum" else [given])
            case "oneOf":
                return _one_of([self.fits(one) for one in given])
            case "allOf":
                return _all_of([self.fits(one) for one in given])
            case "anyOf":
                return _any_of([self.fits(one) for one in given])
            case "properties":
                return _with_fields({field: self.fits(one) for field, one in given.items()})
            case "additionalProperties":
                return _with_others(frozenset(schema.get("properties", ())), self.fits(given))
            case "required":
                return _of(dict, lambda value: all(field in value for field in given))
            case "items":
                fits = self.fits(given)
                return _of(list, lambda value: all(map(fits, value)))
            case "format":
                return self._format(given)
            case "pattern":
                found = re.compile(given).search
                return _of(str, lambda value: found(value) is not None)
            case "uniqueItems":
                return _of(list, _is_unique) if given else lambda value: True
            case _:
                return _within(name, given)

    def _format(self, name: str) -> Fits:
        if name not in self._formats.checkers:
            return lambda value: True
        return lambda value: self._formats.conforms(value, name)


def _is_text(given: Any) -> bool:
    return isinstance(given, str)


def _of(kind: type, check: Fits) -> Fits:
    """Return a check of one kind of value; the others fit."""
    return lambda value: not isinstance(value, kind) or check(value)


def _any_of(checks: list[Fits]) -> Fits:
    if len(checks) == 1:
        return checks[0]
    return lambda value: any(check(value) for check in checks)


def _all_of(checks: list[Fits]) -> Fits:
    def fits(value: Any) -> bool:
        for check in checks:  # noqa: SIM110 - the generator of all() would cost half of it
            if not check(value):
                return False
        return True

    return fits


def _one_of(checks: list[Fits]) -> Fits:
    return lambda value: sum(check(value) for check in checks) == 1


def _among(expected: list[Any]) -> Fits:
    if not all(isinstance(one, _SCALARS) for one in expected):
        raise Unsure("compares more than scalars")
    pairs = frozenset((type(one), one) for one in expected)

    def among(value: Any) -> bool:
        if isinstance(value, float):
            raise Unsure("1.0 is 1")
        return isinstance(value, _SCALARS) and (type(value), value) in pairs

    return among


def _with_fields(fields: dict[str, Fits]) -> Fits:
    def check(value: Any) -> bool:
        if isinstance(value, dict):
            for name, one in value.items():
                fits = fields.get(name)
                if fits is not None and not fits(one):
                    return False
        return True

    return check


def _with_others(known: frozenset[str], fits: Fits) -> Fits:
    return _of(
        dict, lambda value: all(fits(one) for name, one in value.items() if name not in known)
    )


def _is_unique(value: list[Any]) -> bool:
    return len(value) < 2 or len({_pinned(one) for one in value}) == len(value)


def _pinned(value: Any) -> Any:
    """Return what two values share only if JSON takes them for one: true is not 1."""
    match value:
        case dict():
            return dict, frozenset((name, _pinned(one)) for name, one in value.items())
        case list():
            return list, tuple(_pinned(one) for one in value)
        case float():
            raise Unsure("1.0 is 1")
        case _:
            return type(value), value


def _within(name: str, bound: Any) -> Fits:
    match name:
        case "minLength":
            return _of(str, lambda value: len(value) >= bound)
        case "maxLength":
            return _of(str, lambda value: len(value) <= bound)
        case "minItems":
            return _of(list, lambda value: len(value) >= bound)
        case "maxItems":
            return _of(list, lambda value: len(value) <= bound)
        case "minProperties":
            return _of(dict, lambda value: len(value) >= bound)
        case "maxProperties":
            return _of(dict, lambda value: len(value) <= bound)
        case "minimum":
            return lambda value: not _is_number(value) or value >= bound
        case "maximum":
            return lambda value: not _is_number(value) or value <= bound
        case _:
            raise Unsure(f"the keyword {name}")
