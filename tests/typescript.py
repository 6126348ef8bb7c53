"""Read the declarations of a TypeScript file: as much of the language as types are written in.

    module = read("export interface A extends B { name?: string }")
    module.declared["A"]        # Declared(parameters=(), body=Both((Named("B"), Objects(...))))

Whatever is not known to this reader raises `Unread`: nothing is skipped in silence.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_TOKEN = re.compile(
    r"(?P<space>\s+|//[^\n]*|/\*.*?\*/)"
    r"|(?P<word>[A-Za-z_$][\w$]*)"
    r"|(?P<text>'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")"
    r"|(?P<number>\d+(?:\.\d+)?)"
    r"|(?P<mark>\.\.\.|=>|[-{}\[\]()<>;:,|&?=.*])",
    re.DOTALL,
)


class Unread(Exception):
    """This is more of the language than is read here."""


@dataclass(frozen=True, slots=True)
class Named:
    """Refer to a declared type, or to one of the language's own."""

    name: str
    arguments: tuple[Type, ...] = ()


@dataclass(frozen=True, slots=True)
class Literal:
    """One value: a text, a number, or true and false."""

    value: str | float | bool


@dataclass(frozen=True, slots=True)
class Field:
    """A named field of an object."""

    type: Type
    optional: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Objects:
    """An object with these fields; others are of type `rest`, if that is allowed at all."""

    fields: dict[str, Field] = field(default_factory=dict)
    rest: Type | None = None


@dataclass(frozen=True, slots=True)
class Lists:
    """A list of `first`, one each, and then any number of `rest`."""

    rest: Type | None
    first: tuple[Type, ...] = ()


@dataclass(frozen=True, slots=True)
class Either:
    """One of these."""

    of: tuple[Type, ...]


@dataclass(frozen=True, slots=True)
class Both:
    """All of these at once. `heir`: the last one, an interface, has its own say on its fields."""

    of: tuple[Type, ...]
    heir: bool = False


@dataclass(frozen=True, slots=True)
class Function:
    """A function, of which only the parameters' types are kept."""

    parameters: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class Depends:
    """A type that depends on another: `subject extends ... ? one : other`."""

    subject: Type
    one: Type
    other: Type


@dataclass(frozen=True, slots=True)
class Part:
    """The type of one field of another: `Other['name']`."""

    of: Type
    name: str


Type = Named | Literal | Objects | Lists | Either | Both | Function | Depends | Part


@dataclass(frozen=True, slots=True)
class Declared:
    """A type with a name, and the names of its parameters."""

    parameters: tuple[str, ...]
    body: Type


@dataclass(slots=True)
class Module:
    """What a file declares, takes from others (name -> file, name there) and hands on."""

    declared: dict[str, Declared] = field(default_factory=dict)
    taken: dict[str, tuple[str, str]] = field(default_factory=dict)
    handed_on: list[str] = field(default_factory=list)


def read(source: str) -> Module:
    """Return the declarations of a file. Raises `Unread`."""
    return _Reader(source).module()


class _Reader:
    """Walk through the tokens of a file, once, from the first to the last."""

    def __init__(self, source: str) -> None:
        self._tokens: list[tuple[str, str]] = []
        at = 0
        while at < len(source):
            found = _TOKEN.match(source, at)
            if found is None:
                raise Unread(f"{source[at : at + 40]!r}")
            at = found.end()
            if found.lastgroup != "space":
                self._tokens.append((str(found.lastgroup), found[0]))
        self._tokens.append(("end", ""))
        self._at = 0

    # --- tokens -----------------------------------------------------------------------------

    def _see(self, *texts: str) -> bool:
        """Tell whether one of these comes next."""
        return self._tokens[self._at][1] in texts

    def _next(self) -> str:
        self._at += 1
        return self._tokens[self._at - 1][1]

    def _take(self, text: str) -> bool:
        """Go past `text` if it comes next."""
        if self._see(text) and self._tokens[self._at][0] != "text":
            self._at += 1
            return True
        return False

    def _want(self, text: str) -> None:
        if not self._take(text):
            around = " ".join(each for _, each in self._tokens[max(0, self._at - 8) : self._at + 8])
            raise Unread(f"{text!r} was expected: {around}")

    def _word(self) -> str:
        kind, text = self._tokens[self._at]
        if kind == "text":
            self._at += 1
            return text[1:-1]
        if kind != "word":
            self._want("a name")
        return self._next()

    # --- declarations -----------------------------------------------------------------------

    def module(self) -> Module:
        module = Module()
        while not self._take(""):
            self._statement(module)
        return module

    def _statement(self, module: Module) -> None:
        if self._take("import"):
            self._import(module)
            return
        if self._take("export"):
            if self._take("*"):
                self._want("from")
                module.handed_on.append(self._word())
                self._want(";")
                return
            if self._see("{") or (self._see("type") and self._tokens[self._at + 1][1] == "{"):
                self._take("type")
                self._names(module)
                return
            if self._take("default"):
                self._word()
                self._want(";")
                return
        self._take("declare")
        self._take("abstract")
        match self._next():
            case "interface":
                self._interface(module)
            case "type":
                self._type_alias(module)
            case "enum":
                self._enum(module)
            case "class":
                self._class(module)
            case other:
                raise Unread(f"a statement begins with {other!r}")

    def _import(self, module: Module) -> None:
        self._take("type")
        self._names(module)

    def _names(self, module: Module) -> None:
        """Read `{ A, B as C } from 'there';`, or `{}` without any more."""
        found: dict[str, str] = {}
        self._want("{")
        while not self._take("}"):
            there = self._word()
            found[self._word() if self._take("as") else there] = there
            self._take(",")
        if self._take("from"):
            source = self._word()
            module.taken |= {here: (source, there) for here, there in found.items()}
        self._want(";")

    def _parameters(self) -> tuple[str, ...]:
        found: list[str] = []
        if self._take("<"):
            while not self._take(">"):
                found.append(self._word())
                if self._take("extends"):
                    self._union()
                if self._take("="):
                    self._type()
                self._take(",")
        return tuple(found)

    def _interface(self, module: Module) -> None:
        name, parameters = self._word(), self._parameters()
        bases: list[Type] = []
        if self._take("extends"):
            bases.append(self._single())
            while self._take(","):
                bases.append(self._single())
        own = self._object()
        body: Type = Both((*bases, own), heir=True) if bases else own
        module.declared[name] = Declared(parameters, body)

    def _type_alias(self, module: Module) -> None:
        name, parameters = self._word(), self._parameters()
        self._want("=")
        module.declared[name] = Declared(parameters, self._type())
        self._want(";")

    def _enum(self, module: Module) -> None:
        name, values = self._word(), list[Type]()
        self._want("{")
        while not self._take("}"):
            self._word()
            self._want("=")
            values.append(self._single())
            self._take(",")
        module.declared[name] = Declared((), Either(tuple(values)))

    def _class(self, module: Module) -> None:
        """Read a class as the object of its `readonly` fields; its methods are left out."""
        name = self._word()
        while not self._see("{"):
            self._next()
        self._want("{")
        fields: dict[str, Field] = {}
        while not self._take("}"):
            if self._take("readonly"):
                key = self._word()
                self._want(":")
                fields[key] = Field(self._type())
                self._want(";")
            else:
                while self._next() != ";":
                    pass
        module.declared[name] = Declared((), Objects(fields))

    # --- types ------------------------------------------------------------------------------

    def _type(self) -> Type:
        found = self._union()
        if not self._take("extends"):
            return found
        self._union()
        self._want("?")
        one = self._type()
        self._want(":")
        return Depends(found, one, self._type())

    def _union(self) -> Type:
        self._take("|")
        found = [self._both()]
        while self._take("|"):
            found.append(self._both())
        return found[0] if len(found) == 1 else Either(tuple(found))

    def _both(self) -> Type:
        found = [self._single()]
        while self._take("&"):
            found.append(self._single())
        return found[0] if len(found) == 1 else Both(tuple(found))

    def _single(self) -> Type:
        found = self._atom()
        while self._take("["):
            if self._take("]"):
                found = Lists(found)
            else:
                found = Part(found, self._word())
                self._want("]")
        return found

    def _atom(self) -> Type:
        kind, text = self._tokens[self._at]
        if kind == "text":
            return Literal(self._word())
        if kind == "number":
            self._next()
            return Literal(float(text))
        if self._see("{"):
            return self._object()
        if self._take("["):
            return self._tuple()
        if self._see("("):
            return self._function() if self._is_function() else self._grouped()
        name = self._word()
        if name in ("true", "false"):
            return Literal(name == "true")
        while self._take("."):
            name = f"{name}.{self._word()}"
        arguments: list[Type] = []
        if self._take("<"):
            while not self._take(">"):
                arguments.append(self._type())
                self._take(",")
        return Named(name, tuple(arguments))

    def _grouped(self) -> Type:
        self._want("(")
        found = self._type()
        self._want(")")
        return found

    def _is_function(self) -> bool:
        at, open_ = self._at, 0
        while True:
            open_ += {"(": 1, ")": -1}.get(self._tokens[at][1], 0)
            at += 1
            if not open_:
                return self._tokens[at][1] == "=>"

    def _function(self) -> Type:
        self._want("(")
        found: list[Field] = []
        while not self._take(")"):
            self._word()
            optional = self._take("?")
            self._want(":")
            found.append(Field(self._type(), optional))
            self._take(",")
        self._want("=>")
        self._type()
        return Function(tuple(found))

    def _tuple(self) -> Type:
        first: list[Type] = []
        rest: Type | None = None
        while not self._take("]"):
            if self._take("..."):
                many = self._type()
                if not isinstance(many, Lists):
                    raise Unread("what goes on is no list")
                rest = many.rest
            else:
                first.append(self._type())
            self._take(",")
        return Lists(rest, tuple(first))

    def _object(self) -> Objects:
        fields: dict[str, Field] = {}
        rest: Type | None = None
        self._want("{")
        while not self._take("}"):
            self._take("readonly")
            if self._take("["):
                self._word()
                self._want(":")
                self._type()
                self._want("]")
                self._want(":")
                rest = self._type()
            else:
                name = self._word()
                optional = self._take("?")
                self._want(":")
                fields[name] = Field(self._type(), optional)
            if not self._take(";"):
                self._take(",")
        return Objects(fields, rest)
