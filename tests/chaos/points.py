"""Which fault points there are: read from the bot's source, so that none is forgotten."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from types import MappingProxyType

from bot.domain import Outcome
from bot.ports import PartState
from tests.standins import DISCORD, SLACK

BOT = Path(__file__).parent.parent.parent / "bot"
# What is called with the name of a point itself.
_FIRST = "fault_point"
# What a name is made of where it is not written out: by the last word of the expression.
_KINDS: Mapping[str, type[StrEnum]] = MappingProxyType({"outcome": Outcome, "state": PartState})

# Names that can be made of what the source says, and never are.
NOWHERE = MappingProxyType(
    {
        "conclude_undeliverable": "where an answer cannot be shown is known after it is stored",
        "part_sending": "`begin_part` stores that",
    }
)
# Those that a platform has no use for.
_ELSEWHERE = MappingProxyType(
    {
        DISCORD: {"show_status": "Discord shows nothing beside a thread's messages"},
        SLACK: {},
    }
)


def expect_points(platform: str, source: Path = BOT) -> list[str]:
    """Return the points of the source that a campaign on a platform must come to."""
    excused = excuse_points(platform)
    return [name for name in read_points(source) if _bare(name) not in excused]


def excuse_points(platform: str) -> dict[str, str]:
    """Return, without their sides, the points that none on a platform comes to, and why."""
    return {**NOWHERE, **_ELSEWHERE[platform]}


def is_excused(point: str, platform: str) -> bool:
    """Tell whether a point is one that must not be come to on a platform."""
    return _bare(point) in excuse_points(platform)


def _bare(point: str) -> str:
    side, _, name = point.partition(":")
    return name if side in ("before", "after") else point


class Unread(Exception):
    """A name that is made of what nobody here can follow."""


@dataclass(frozen=True, slots=True)
class _Handed:
    """A name that a function is called with, as its argument `place`, after a `prefix`."""

    place: int
    prefix: str = ""


@dataclass(frozen=True, slots=True)
class _Call:
    """A call of `name` in the function `within`, whose own arguments are `given`."""

    name: str
    within: str
    given: Sequence[str]
    arguments: Sequence[ast.expr]
    where: str

    def read(self, place: int) -> Iterator[str | _Handed]:
        """Yield what the argument at a place may be."""
        if place >= len(self.arguments):
            raise Unread(f"{self.where}: {self.name} without a name")
        yield from self._read(self.arguments[place])

    def _read(self, value: ast.expr) -> Iterator[str | _Handed]:
        match value:
            case ast.Constant(value=str(text)):
                yield text
            case ast.IfExp(body=one, orelse=other):
                yield from self._read(one)
                yield from self._read(other)
            case ast.Name(id=name) if name in self.given:
                yield _Handed(self.given.index(name))
            case ast.JoinedStr(
                values=[ast.Constant(value=str(before)), ast.FormattedValue(value=end)]
            ):
                for each in self._read_end(end):
                    yield before + each if isinstance(each, str) else _Handed(each.place, before)
            case _:
                raise Unread(f"{self.where}: {ast.unparse(value)}")

    def _read_end(self, value: ast.expr) -> Iterator[str | _Handed]:
        match value:
            case ast.Name(id=word) | ast.Attribute(attr=word) if word in _KINDS:
                yield from (kind.value for kind in _KINDS[word])
            case _:
                yield from self._read(value)


@cache
def read_points(source: Path = BOT) -> list[str]:
    """Return every point that a source names, sides and all.

    What hands on a name that it was called with is followed. Raises `Unread` where a name cannot
    be read.
    """
    calls = [call for path in sorted(source.rglob("*.py")) for call in _find_calls(path)]
    # Who is called with a name: where among the arguments, and what is put before it.
    takers = {_FIRST: (0, frozenset({""}))}
    while True:
        found: set[str] = set()
        more = dict(takers)
        for call in calls:
            if call.name not in takers:
                continue
            place, befores = takers[call.name]
            for text in call.read(place):
                if isinstance(text, _Handed):
                    known = more.get(call.within, (0, frozenset[str]()))[1]
                    added = {f"{before}{text.prefix}" for before in befores}
                    more[call.within] = text.place, known | added
                else:
                    found.update(f"{before}{text}" for before in befores)
        if more == takers:
            return sorted(found)
        takers = more


def _find_calls(path: Path) -> Iterator[_Call]:
    """Yield the calls in a file, by the last word of what is called."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    yield from _visit(tree, path.name, "", ())


def _visit(node: ast.AST, file: str, within: str, given: Sequence[str]) -> Iterator[_Call]:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        names = [each.arg for each in (*node.args.posonlyargs, *node.args.args)]
        within, given = node.name, names[1:] if names[:1] == ["self"] else names
    if isinstance(node, ast.Call):
        match node.func:
            case ast.Name(id=name) if name in given:
                pass  # what it does is known where it was made
            case ast.Name(id=name) | ast.Attribute(attr=name):
                yield _Call(name, within, given, node.args, f"{file}:{node.lineno}")
    for child in ast.iter_child_nodes(node):
        yield from _visit(child, file, within, given)
