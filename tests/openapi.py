"""Hold every REST request and answer against Discord's own OpenAPI document.

    watch = Watch()
    standin.history.watchers.append(watch)
    ...
    assert not watch.violations

The document (tests/vendor/discord) says little about fields it does not know; here they are
violations. Beyond it stand the limits that Discord documents elsewhere, and our own rule that
nothing the bot sends may ping.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.exceptions import ValidationError, best_match

from adapters.playground.history import Entry
from tests.discord_limits import check_limits
from tests.schemas import Unsure, compile_schema

Json = dict[str, Any]

DOCUMENT = Path(__file__).parent / "vendor" / "discord" / "openapi.json"

# What discord.py 2.7.1 sends although the document lacks it; exactly this is let through.
EXTRA_FIELDS: dict[str, frozenset[str]] = {
    "MessageEditRequestPartial": frozenset({"tts"}),
    "IncomingWebhookUpdateRequestPartial": frozenset({"tts"}),
    "IncomingWebhookUpdateForInteractionCallbackRequestPartial": frozenset({"tts"}),
    "ApplicationCommandUpdateRequest": frozenset({"nsfw"}),
    "RichEmbed": frozenset({"flags"}),
    # Attachments that an edit keeps.
    "MessageAttachmentRequest": frozenset(
        {"content_type", "proxy_url", "size", "spoiler", "url", "width", "height"}
    ),
}

_FILE = re.compile(r"files\[\d\]")
FORMATS = FormatChecker(formats=())


def _is_snowflake(value: object) -> bool:
    return not isinstance(value, str) or int(value) < 1 << 64


def _is_time(value: object) -> bool:
    return not isinstance(value, str) or datetime.fromisoformat(value).tzinfo is not None


def _is_uri(value: object) -> bool:
    return not isinstance(value, str) or bool(urlsplit(value).scheme)


def _is_int32(value: object) -> bool:
    return not isinstance(value, int) or -(1 << 31) <= value < 1 << 31


def _is_int64(value: object) -> bool:
    return not isinstance(value, int) or -(1 << 63) <= value < 1 << 63


FORMATS.checks("snowflake", raises=ValueError)(_is_snowflake)
FORMATS.checks("date-time", raises=ValueError)(_is_time)
FORMATS.checks("uri", raises=ValueError)(_is_uri)
FORMATS.checks("int32")(_is_int32)
FORMATS.checks("int64")(_is_int64)


class Schemas:
    """The document's schemas, made strict and linked to each other by reference.

    For requests a snowflake may be a number too, which Discord accepts
    (https://discord.com/developers/docs/reference#snowflakes).
    """

    def __init__(self, document: Json, *, requests: bool) -> None:
        self._source = document["components"]["schemas"]
        self._requests = requests
        self._made: dict[str, Json] = {}

    def named(self, name: str) -> Json:
        """Return a schema by name; one and the same object each time, also within itself."""
        if name in self._made:
            return self._made[name]
        schema = self._made[name] = {}
        made = self.strict(self._corrected(name))
        if "properties" in made:
            made["properties"] |= dict.fromkeys(EXTRA_FIELDS.get(name, ()), True)
        schema.update(made)
        return schema

    def _corrected(self, name: str) -> Json:
        source: Json = self._source[name]
        if name == "SnowflakeType" and self._requests:
            return {"oneOf": [source, {"type": "integer", "minimum": 0, "maximum": (1 << 64) - 1}]}
        if name == "MessageReferenceType":
            # It knows snapshots, but not the references (docs/resources/message, FORWARD is 1)
            # that bring them.
            return {"type": "integer", "enum": [0, 1], "format": "int32"}
        if name == "InnerErrors":
            # The document takes the codes inside the tree for numbers; Discord's reference
            # (docs/reference#error-messages) and its answers have words there.
            text = {"type": "string"}
            fault: Json = {"type": "object", "properties": {"code": text, "message": text}}
            fault["required"] = ["code", "message"]
            return source | {"properties": {"_errors": {"type": "array", "items": fault}}}
        if "allOf" in source:
            # Error and what a kind of error adds: one object, so that it can be strict.
            parts = [self._resolve(part) for part in source["allOf"]]
            merged: Json = {"type": "object", "properties": {}, "required": []}
            for part in parts:
                merged["properties"] |= part.get("properties", {})
                merged["required"] += part.get("required", [])
            return merged
        return source

    def _resolve(self, part: Json) -> Json:
        found: Json = self._source[_name_of(part)] if "$ref" in part else part
        return found

    def strict(self, node: Any) -> Any:
        """Return a schema whose objects allow no unknown field, with enums for unions of words."""
        if isinstance(node, list):
            return [self.strict(one) for one in node]
        if not isinstance(node, dict):
            return node
        if "$ref" in node:
            return self.named(_name_of(node))
        made: Json = {}
        for key, value in node.items():
            if key in ("description", "title"):
                continue
            if key == "properties":
                made[key] = {name: self.strict(one) for name, one in value.items()}
            elif key == "oneOf" and all("const" in one for one in value):
                made["enum"] = [one["const"] for one in value]
            elif key in ("enum", "required", "const"):
                made[key] = value
            else:
                made[key] = self.strict(value)
        if "properties" in made:
            made.setdefault("additionalProperties", False)
        return made


def _name_of(reference: Json) -> str:
    return str(reference["$ref"]).rsplit("/", 1)[-1]


Check = Callable[[Any], Iterator[str]]
_MOST_KNOWN = 32  # lists that fit one schema, as text


def _compile(schema: Json) -> Check:
    validator = Draft202012Validator(schema, format_checker=FORMATS)
    fits = compile_schema(schema, FORMATS)
    known: set[str] = set()

    def check(value: Any) -> Iterator[str]:
        # Every bot tells all its commands at its start: to check them is a tenth of a short test.
        text = repr(value) if isinstance(value, list) else ""
        if text in known:
            return
        with suppress(Unsure):
            if fits(value):
                if text and len(known) < _MOST_KNOWN:
                    known.add(text)
                return
        error: ValidationError | None = best_match(validator.iter_errors(value))
        if error is not None:
            yield f"{error.json_path}: {error.message[:300]}"

    return check


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of the document, ready to check with."""

    path: re.Pattern[str]
    path_checks: dict[str, Check]
    query_checks: dict[str, tuple[Json, Check]]
    request: Check | None
    answers: dict[str, Check | None]

    def check(self, entry: Entry) -> Iterator[str]:
        """Yield what is wrong with a request and its answer."""
        path, _, query = entry.path.partition("?")
        match = self.path.fullmatch(path)
        if match is None:
            yield f"path {path} is not of its route"
            return
        for name, value in match.groupdict().items():
            yield from (f"path {name}: {text}" for text in self.path_checks[name](value))
        yield from self._check_query(query)
        if entry.request is not None:
            yield from self._check_request(entry.request)
        yield from self._check_answer(entry)

    def _check_query(self, query: str) -> Iterator[str]:
        for name, value in parse_qsl(query, keep_blank_values=True):
            if name not in self.query_checks:
                yield f"query {name} is unknown"
                continue
            schema, check = self.query_checks[name]
            yield from (f"query {name}: {text}" for text in check(_read_query(schema, value)))

    def _check_request(self, body: Any) -> Iterator[str]:
        if isinstance(body, dict):
            files = [name for name in body if name.startswith("files[")]
            yield from (f"request: no field {name}" for name in files if not _FILE.fullmatch(name))
            body = {name: value for name, value in body.items() if name not in files}
        if self.request is None:
            if body not in ({}, None):
                yield "request: no body is known here"
            return
        yield from (f"request {text}" for text in self.request(body))

    def _check_answer(self, entry: Entry) -> Iterator[str]:
        html = "html" in entry.headers.get("Content-Type", "")
        if entry.status == 0 or entry.status >= 500 or (entry.status == 429 and html):
            # Cut, broken, or shut out by the proxy before it: not the API's own words.
            return
        status = str(entry.status)
        key = status if status in self.answers else f"{status[0]}XX"
        if key not in self.answers:
            yield f"answer: status {status} is unknown"
            return
        check = self.answers[key]
        if check is None:
            if entry.answer is not None:
                yield f"answer: status {status} has no body"
            return
        if entry.headers.get("Content-Type") != "application/json":
            yield f"answer: Content-Type is {entry.headers.get('Content-Type')!r}"
        yield from (f"answer {text}" for text in check(entry.answer))


def _read_query(schema: Json, value: str) -> Any:
    kinds = json.dumps(schema.get("type", ""))
    if "boolean" in kinds:
        return {"1": True, "true": True, "0": False, "false": False}.get(value.lower(), value)
    if "integer" in kinds and re.fullmatch(r"-?\d+", value):
        return int(value)
    return value


class Document:
    """The operations of the document; each is compiled when it is first met."""

    def __init__(self, file: Path = DOCUMENT) -> None:
        self._document: Json = json.loads(file.read_text(encoding="utf-8"))
        self._asked = Schemas(self._document, requests=True)
        self._said = Schemas(self._document, requests=False)
        self._operations: dict[str, Operation | None] = {}

    def find(self, route: str) -> Operation | None:
        """Return the operation of "METHOD /path/{with}/{names}"."""
        if route not in self._operations:
            self._operations[route] = self._compile(route)
        return self._operations[route]

    def _compile(self, route: str) -> Operation | None:
        method, _, path = route.partition(" ")
        item = self._document["paths"].get(path, {})
        operation = item.get(method.lower())
        if operation is None:
            return None
        pattern = re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>[^/]+)", re.escape(path))
        paths: dict[str, Check] = {}
        queries: dict[str, tuple[Json, Check]] = {}
        for parameter in [*item.get("parameters", []), *operation.get("parameters", [])]:
            schema = self._said.strict(parameter["schema"])
            if parameter["in"] == "path":
                paths[parameter["name"]] = _compile(schema)
            else:
                queries[parameter["name"]] = (schema, _compile(schema))
        body = operation.get("requestBody", {}).get("content", {}).get("application/json")
        return Operation(
            path=re.compile(pattern),
            path_checks=paths,
            query_checks=queries,
            request=_compile(self._asked.strict(body["schema"])) if body else None,
            answers={
                status: self._answer(answer) for status, answer in operation["responses"].items()
            },
        )

    def _answer(self, answer: Json) -> Check | None:
        if "$ref" in answer:
            answer = self._document["components"]["responses"][_name_of(answer)]
        content = answer.get("content", {}).get("application/json")
        return _compile(self._said.strict(content["schema"])) if content else None


@cache
def document() -> Document:
    """Return the document, read once."""
    return Document()


def validate(entry: Entry) -> list[str]:
    """Return what is wrong with a request to Discord and its answer; [] for anything else."""
    outside = ("event:", "SOCKET ", "GET /cdn/")
    if entry.service != "discord" or entry.route.startswith(outside):
        return []
    operation = document().find(entry.route)
    if operation is None:
        return [f"{entry.route}: no such operation"]
    found = list(operation.check(entry))
    if not any(text.startswith("request") for text in found):
        # The limits are read from fields of the right kinds.
        found += check_limits(entry)
    return [f"entry {entry.n} {entry.route}: {text}" for text in found]


class Watch:
    """Watch a history and collect every violation."""

    def __init__(self) -> None:
        self.violations: list[str] = []
        self.checked = 0

    def __call__(self, entry: Entry) -> None:
        """Check one entry."""
        self.checked += 1
        self.violations += validate(entry)
