"""Slack's own types: which methods there are, and whether a value is of a type.

They are those of Slack's own client (tests/vendor/slack-web-api). Unlike TypeScript this is
strict: a field that a type does not name is a fault, and the stand-ins for whatever is still
to come (`Block` beside `KnownBlock`, `Chunk` beside the chunks) stand for nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

from tests.typescript import (
    Both,
    Declared,
    Depends,
    Either,
    Function,
    Lists,
    Literal,
    Module,
    Named,
    Objects,
    Part,
    Type,
    Unread,
    read,
)

FOLDER = Path(__file__).parent / "vendor" / "slack-web-api"
_PACKAGES = {"@slack/types": FOLDER / "types" / "index.d.ts"}
_METHODS = FOLDER / "web-api" / "methods.d.ts"
# Any type of theirs may be met where ours may not be: what it is for is not known yet.
_TO_COME = frozenset({"Block", "Chunk"})
_MISSING, _UNKNOWN = "is missing", "is not known"
_SCALARS: dict[str, type | tuple[type, ...]] = {"string": str, "boolean": bool}


@dataclass(frozen=True, slots=True)
class Scope:
    """Where a type is written, and what its parameters stand for there."""

    file: Path
    given: tuple[tuple[str, Bound], ...] = ()


@dataclass(frozen=True, slots=True)
class Bound:
    """A type together with where it is written."""

    type: Type
    scope: Scope


@dataclass(frozen=True, slots=True)
class Shape:
    """An object's fields: each is of all its types, and `needed` ones are there."""

    fields: Mapping[str, tuple[Bound, ...]] = field(default_factory=dict)
    needed: frozenset[str] = frozenset()
    rest: Bound | None = None


@dataclass(frozen=True, slots=True)
class Scalar:
    """`string`, `number`, `boolean`, `undefined`, `never`, or anything (`unknown`)."""

    name: str


@dataclass(frozen=True, slots=True)
class Sequence:
    """A list: `first`, one each, and then any number of `rest`."""

    rest: Bound | None
    first: tuple[Bound, ...] = ()


Kind = Shape | Scalar | Literal | Sequence
_ANYTHING = Scalar("unknown")


class Types:
    """Types by their names, read from files when they are first met."""

    def __init__(self) -> None:
        self._modules: dict[Path, Module] = {}
        self._kinds: dict[tuple[int, Scope], tuple[Kind, ...]] = {}

    # --- names ------------------------------------------------------------------------------

    def named(self, name: str, file: Path) -> Bound:
        """Return a declared type that has no parameters. Raises `Unread`."""
        found = self._find(name, file)
        if found is None:
            raise Unread(f"{file.name} knows no {name}")
        return Bound(found[1].body, Scope(found[0]))

    def _module(self, file: Path) -> Module:
        if file not in self._modules:
            self._modules[file] = read(file.read_text(encoding="utf-8"))
        return self._modules[file]

    def _find(self, name: str, file: Path) -> tuple[Path, Declared] | None:
        """Return where a name that a file uses is declared, and how."""
        module = self._module(file)
        if name in module.declared:
            return file, module.declared[name]
        if name in module.taken:
            source, there = module.taken[name]
            return self._find(there, _file_of(source, file))
        for source in module.handed_on:
            if found := self._find(name, _file_of(source, file)):
                return found
        return None

    # --- kinds ------------------------------------------------------------------------------

    def kinds(self, bound: Bound) -> tuple[Kind, ...]:
        """Return all that a value of a type can be."""
        key = (id(bound.type), bound.scope)
        if key not in self._kinds:
            self._kinds[key] = tuple(self._expand(bound.type, bound.scope))
        return self._kinds[key]

    def _expand(self, type_: Type, scope: Scope) -> Iterator[Kind]:
        match type_:
            case Literal():
                yield type_
            case Objects(fields, rest):
                yield Shape(
                    {name: (Bound(one.type, scope),) for name, one in fields.items()},
                    frozenset(name for name, one in fields.items() if not one.optional),
                    Bound(rest, scope) if rest is not None else None,
                )
            case Lists(rest, first):
                several = tuple(Bound(one, scope) for one in first)
                yield Sequence(Bound(rest, scope) if rest is not None else None, several)
            case Either(of):
                known = [one for one in of if not (isinstance(one, Named) and one.name in _TO_COME)]
                for one in known or of:
                    yield from self.kinds(Bound(one, scope))
            case Both(of, heir):
                for kinds in product(*(self.kinds(Bound(one, scope)) for one in of)):
                    yield _join(kinds, heir=heir)
            case Named(name, arguments):
                yield from self._expand_name(name, arguments, scope)
            case Part(of, name):
                for kind in self.kinds(Bound(of, scope)):
                    if isinstance(kind, Shape):
                        for bound in kind.fields[name]:
                            yield from self.kinds(bound)
            case Function() | Depends():
                raise Unread(f"no value is of the type {type_}")

    def _expand_name(self, name: str, arguments: tuple[Type, ...], scope: Scope) -> Iterator[Kind]:
        given = dict(scope.given)
        if name in given:
            yield from self.kinds(given[name])
            return
        if name in ("string", "number", "boolean", "undefined", "never", "unknown"):
            yield Scalar(name)
            return
        if name in ("any", "object"):
            yield _ANYTHING
            return
        bounds = [Bound(one, scope) for one in arguments]
        if name == "Record":
            yield Shape(rest=bounds[1])
            return
        if name in ("Partial", "Required", "Pick", "Omit", "ExcludeFromUnion"):
            names = set(self._texts(bounds[1])) if len(bounds) > 1 else set()
            for kind in self.kinds(bounds[0]):
                yield _change(name, kind, names)
            return
        found = self._find(name, scope.file)
        if found is None:
            raise Unread(f"{scope.file.name} knows no {name}")
        file, declared = found
        inner = tuple(zip(declared.parameters, bounds, strict=False))
        yield from self.kinds(Bound(declared.body, Scope(file, inner)))

    def _texts(self, bound: Bound) -> Iterator[str]:
        for kind in self.kinds(bound):
            if isinstance(kind, Literal):
                yield str(kind.value)

    # --- values -----------------------------------------------------------------------------

    def check(self, value: Any, bound: Bound, at: str = "") -> list[str]:
        """Return what is wrong with a value, measured by what it is nearest to."""
        best: tuple[tuple[bool, int, int], list[str]] | None = None
        for kind in self.kinds(bound):
            found = self._check(value, kind, at)
            if not found:
                return []
            # A field too many or too few speaks against a reading, more than what is in a field.
            misfits = sum(_is_misfit(text, at) for text in found)
            rank = (not _means(value, kind), misfits, len(found))
            if best is None or rank < best[0]:
                best = (rank, found)
        if best is None:
            return [f"{at}: nothing may be here"]
        if best[0][0] and isinstance(value, dict) and "type" in value:
            return [f"{at}: the type {value['type']!r} is not known here"]
        return best[1]

    def _check(self, value: Any, kind: Kind, at: str) -> list[str]:
        match kind:
            case Literal(expected):
                same = value == expected and isinstance(value, bool) == isinstance(expected, bool)
                return [] if same else [f"{at}: {value!r} is not {expected!r}"]
            case Scalar("never"):
                return [f"{at}: may not stand here"]
            case Scalar(name):
                return [] if _is(value, name) else [f"{at}: {_short(value)} is no {name}"]
            case Sequence():
                return self._check_list(value, kind, at)
            case Shape():
                return self._check_object(value, kind, at)

    def _check_list(self, value: Any, kind: Sequence, at: str) -> list[str]:
        if not isinstance(value, list):
            return [f"{at}: {_short(value)} is no list"]
        if len(value) < len(kind.first):
            return [f"{at}: has {len(value)} elements"]
        found: list[str] = []
        for number, one in enumerate(value):
            bound = kind.first[number] if number < len(kind.first) else kind.rest
            place = f"{at}[{number}]"
            if bound is None:
                found.append(f"{place}: is one too many")
            else:
                found += self.check(one, bound, place)
        return found

    def _check_object(self, value: Any, kind: Shape, at: str) -> list[str]:
        if not isinstance(value, dict):
            return [f"{at}: {_short(value)} is no object"]
        found = [f"{_path(at, name)}: {_MISSING}" for name in sorted(kind.needed - set(value))]
        for name, one in value.items():
            place = _path(at, name)
            if name in kind.fields:
                for bound in kind.fields[name]:
                    found += self.check(one, bound, place)
            elif kind.rest is not None:
                found += self.check(one, kind.rest, place)
            else:
                found.append(f"{place}: {_UNKNOWN}")
        return found

    # --- methods ----------------------------------------------------------------------------

    def methods(self) -> dict[str, Bound]:
        """Return the arguments' type of each method of the Web API, by the method's name."""
        kinds = self.kinds(self.named("Methods", _METHODS))
        found: dict[str, Bound] = {}
        for kind in kinds:
            assert isinstance(kind, Shape)
            for name, (bound,) in kind.fields.items():
                found.update(self._methods(name, bound))
        return found

    def _methods(self, name: str, bound: Bound) -> Iterator[tuple[str, Bound]]:
        match bound.type:
            case Objects(fields):
                for inner, one in fields.items():
                    yield from self._methods(f"{name}.{inner}", Bound(one.type, bound.scope))
            case Named(_, arguments):
                # MethodWithRequiredArgument<arguments, answer>, or WithOptionalArgument.
                yield name, Bound(arguments[0], bound.scope)
            case _:
                raise Unread(f"{name} is no method")

    def decode(self, arguments: Mapping[str, Any], bound: Bound) -> dict[str, Any]:
        """Return arguments as their method means them.

        In a query or a form all is text: "1" is a number or true there, a list is JSON.
        """
        shapes = [kind for kind in self.kinds(bound) if isinstance(kind, Shape)]
        found = dict(arguments)
        for name, value in arguments.items():
            bounds = [one for shape in shapes for one in shape.fields.get(name, ())]
            kinds = [kind for one in bounds for kind in self.kinds(one)]
            if isinstance(value, str) and not any(_is_text(kind) for kind in kinds):
                read = (_loosened(value, kind) for kind in kinds)
                found[name] = next((one for one in read if one is not value), value)
        return found

    def arguments(self, bound: Bound) -> dict[str, bool]:
        """Return the arguments that a method knows, and whether each is always required."""
        shapes = [kind for kind in self.kinds(bound) if isinstance(kind, Shape)]
        names = {name for shape in shapes for name in shape.fields}
        return {name: all(name in shape.needed for shape in shapes) for name in sorted(names)}


@cache
def types() -> Types:
    """Return Slack's types; they are read once."""
    return Types()


@cache
def methods() -> dict[str, Bound]:
    """Return the methods of the Web API."""
    return types().methods()


@cache
def shape(name: str) -> Bound:
    """Return a type of @slack/types by its name, such as `ModalView`."""
    return types().named(name, _PACKAGES["@slack/types"])


def _file_of(source: str, file: Path) -> Path:
    if source in _PACKAGES:
        return _PACKAGES[source]
    if not source.startswith("."):
        raise Unread(f"{file.name} takes from {source!r}")
    found = (file.parent / f"{source}.d.ts").resolve()
    return found if found.exists() else found.with_name(found.name[:-5]) / "index.d.ts"


def _join(kinds: tuple[Kind, ...], *, heir: bool) -> Kind:
    """Return what is of all kinds at once; the last one's fields replace the others' (`heir`)."""
    fields: dict[str, tuple[Bound, ...]] = {}
    needed: frozenset[str] = frozenset()
    rest: Bound | None = None
    for number, kind in enumerate(kinds):
        if not isinstance(kind, Shape):
            if all(one in (kind, _ANYTHING) for one in kinds):
                return kind
            if kind == Scalar("undefined") or kind == _ANYTHING:
                continue
            raise Unread(f"{kind} cannot be joined")
        last = heir and number == len(kinds) - 1
        for name, bounds in kind.fields.items():
            fields[name] = bounds if last else (*fields.get(name, ()), *bounds)
        needed = (needed - set(kind.fields) if last else needed) | kind.needed
        rest = kind.rest or rest
    return Shape(fields, needed, rest)


def _change(how: str, kind: Kind, names: set[str]) -> Kind:
    if not isinstance(kind, Shape):
        raise Unread(f"{how} of {kind}")
    match how:
        case "Partial":
            return Shape(kind.fields, frozenset(), kind.rest)
        case "Required":
            return Shape(kind.fields, frozenset(kind.fields), kind.rest)
        case "Pick":
            kept = {name: one for name, one in kind.fields.items() if name in names}
        case _:
            kept = {name: one for name, one in kind.fields.items() if name not in names}
    return Shape(kept, kind.needed & set(kept), kind.rest)


def _is(value: Any, name: str) -> bool:
    match name:
        case "unknown":
            return True
        case "undefined":
            return value is None
        case "number":
            return isinstance(value, int | float) and not isinstance(value, bool)
        case _:
            return isinstance(value, _SCALARS[name])


def _loosened(value: str, kind: Kind) -> Any:
    """Return what a text of a query or a form means where this kind is expected."""
    if kind == Scalar("boolean") or (isinstance(kind, Literal) and isinstance(kind.value, bool)):
        return {"1": True, "true": True, "0": False, "false": False}.get(value.lower(), value)
    if kind == Scalar("number") or isinstance(kind, Shape | Sequence):
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value


def _is_text(kind: Kind) -> bool:
    return kind == Scalar("string") or (isinstance(kind, Literal) and isinstance(kind.value, str))


def _means(value: Any, kind: Kind) -> bool:
    """Tell whether a value says of itself that it is of a kind: by its `type`, or by being so."""
    if not isinstance(kind, Shape):
        return isinstance(kind, Sequence) == isinstance(value, list) and not isinstance(value, dict)
    if not isinstance(value, dict):
        return False
    said = kind.fields.get("type", ())
    literals = [one.type.value for one in said if isinstance(one.type, Literal)]
    return not literals or value.get("type") in literals


def _is_misfit(text: str, at: str) -> bool:
    """Tell whether a fault is a field too many or too few of the very object at `at`."""
    place, _, words = text.rpartition(": ")
    return words in (_MISSING, _UNKNOWN) and "." not in place.removeprefix(at)[1:]


def _path(at: str, name: str) -> str:
    return f"{at}.{name}" if at else name


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:60]}…"
