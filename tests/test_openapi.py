"""The checker of Discord traffic lets good traffic pass and finds each kind of bad."""

from __future__ import annotations

import copy
import hashlib
import json
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from adapters.playground.history import Entry
from tests.openapi import DOCUMENT, EXTRA_FIELDS, FORMATS, Schemas, Watch, validate
from tests.schemas import Unsure, compile_schema
from tests.standin_discord import Served, serve

CREATE = "POST /channels/{channel_id}/messages"
EDIT = "PATCH /channels/{channel_id}/messages/{message_id}"
THREAD = "POST /channels/{channel_id}/messages/{message_id}/threads"
CALLBACK = "POST /interactions/{interaction_id}/{interaction_token}/callback"
QUIET: Any = {"parse": []}


def test_the_vendored_document_is_whole() -> None:
    lines = (DOCUMENT.parent / "SHA256SUMS").read_text().splitlines()
    assert {line.split()[1] for line in lines} == {"openapi.json", "LICENSE"}
    for line in lines:
        digest, name = line.split()
        assert hashlib.sha256((DOCUMENT.parent / name).read_bytes()).hexdigest() == digest


@pytest.fixture
async def served() -> AsyncIterator[Served]:
    async with serve() as one:
        yield one


class Traffic:
    """Real entries of a history, to be spoiled."""

    def __init__(self, served: Served) -> None:
        self.served = served
        self.channel = served.standin.people.channel("general")

    async def created(self, **fields: Any) -> Entry:
        body = {"content": "x", "nonce": "n", "allowed_mentions": QUIET} | fields
        await self.served.call("POST", f"/channels/{self.channel}/messages", body)
        entry = self.served.standin.history.entries[-1]
        return copy.deepcopy(entry)

    async def edited(self, **fields: Any) -> Entry:
        message = (await self.created()).answer["id"]
        body = {"content": "y", "allowed_mentions": QUIET} | fields
        await self.served.call("PATCH", f"/channels/{self.channel}/messages/{message}", body)
        return copy.deepcopy(self.served.standin.history.entries[-1])


@pytest.fixture
def traffic(served: Served) -> Traffic:
    return Traffic(served)


async def test_good_traffic_passes(traffic: Traffic) -> None:
    button = {"type": 2, "style": 4, "label": "Stop", "custom_id": "stop:1"}
    rows = [{"type": 1, "components": [button]}]
    embed = {"title": "t", "description": "d", "fields": [{"name": "n", "value": "v"}]}
    for entry in (
        await traffic.created(components=rows, embeds=[embed]),
        await traffic.edited(components=[], tts=False),
        await traffic.created(content="x" * 2001),
        await traffic.created(content=""),
    ):
        wrong = [text for text in validate(entry) if "answer" in text]
        assert wrong == []
    assert validate(await traffic.edited(components=rows)) == []


def _button(**changed: Any) -> list[Any]:
    button = {"type": 2, "style": 1, "label": "Go", "custom_id": "go"} | changed
    kept = {key: value for key, value in button.items() if value is not None}
    return [{"type": 1, "components": [kept]}]


def _texts(count: int, chars: int) -> list[Any]:
    return [{"type": 10, "content": "x" * chars}] * count


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        # the document's own rules
        ({"content": "x" * 4001}, "$.content"),
        ({"content": 1}, "$.content"),
        ({"nonce": "n" * 26}, "$.nonce"),
        ({"flags": "4"}, "$.flags"),
        ({"message_reference": {}}, "$.message_reference"),
        ({"message_reference": {"message_id": "x"}}, "$.message_reference"),
        ({"embeds": [{"description": "x" * 4097}]}, "$.embeds[0].description"),
        ({"components": _button(label="x" * 81)}, "$.components[0]"),
        ({"components": _button(custom_id="x" * 101)}, "$.components[0]"),
        ({"attachments": [{"filename": "a"}]}, "$.attachments[0]"),
        ({"allowed_mentions": {"parse": ["all"]}}, "$.allowed_mentions"),
        # a field that it does not know
        ({"colour": 1}, "colour"),
        ({"embeds": [{"colour": 1}]}, "colour"),
        # limits that it lacks
        ({"content": "x" * 2001}, "content of 2001 characters"),
        ({"embeds": [{"description": "x" * 3001}] * 2}, "embeds of 6002 characters"),
        ({"embeds": [{"fields": [{"name": "n", "value": "x" * 1025}]}]}, "$.embeds[0].fields"),
        ({"components": _button() * 2}, "custom_id twice"),
        ({"components": _button() * 6}, "6 action rows"),
        ({"components": _button(style=5)}, "button of style 5"),
        ({"components": _button(custom_id=None)}, "button of style 1"),
        ({"components": _button(label=None)}, "without label"),
        ({"components": _texts(1, 1)}, "outside an action row"),
        (
            {
                "components": [{"type": 17, "components": _texts(20, 1)}] * 2,
                "flags": 1 << 15,
                "content": None,
            },
            "42 components",
        ),
        ({"components": _texts(2, 2001), "flags": 1 << 15, "content": None}, "of 4002"),
        ({"components": _texts(1, 1), "flags": 1 << 15}, "Components V2 with"),
        ({"files[0]": "a.bin (10485761 bytes)"}, "file of 10485761 bytes"),
        ({f"files[{n}]": "a (1 bytes)" for n in range(11)}, "files[10]"),
        # nothing may ping
        ({"allowed_mentions": None}, "allowed_mentions"),
        ({"allowed_mentions": {}}, "allowed_mentions"),
        ({"allowed_mentions": {"parse": ["users"]}}, "allowed_mentions"),
    ],
)
async def test_a_bad_request_is_found(traffic: Traffic, fields: Any, named: str) -> None:
    entry = await traffic.created()
    assert validate(entry) == []
    entry.request |= fields
    assert any(named in text for text in validate(entry)), validate(entry)


async def test_a_bad_answer_is_found(traffic: Traffic) -> None:
    async def spoil(**changes: Any) -> list[str]:
        entry = await traffic.edited()
        traffic.served.standin.settings.enforce = False
        assert validate(entry) == []
        for name, value in changes.items():
            setattr(entry, name, value)
        return validate(entry)

    good = (await traffic.edited()).answer
    assert await spoil(answer=good | {"timestamp": "yesterday"})
    assert await spoil(answer=good | {"unheard_of": 1})
    assert await spoil(answer={key: good[key] for key in good if key != "author"})
    assert await spoil(answer=None)
    assert await spoil(status=201)
    assert await spoil(status=404)
    assert await spoil(headers={"Content-Type": "application/json; charset=utf-8"})
    assert await spoil(path="/channels/general/messages/1")
    assert await spoil(path="/channels/1/messages/2?wait=1")
    assert await spoil(route="PATCH /channels/{channel_id}/notes", path="/channels/1/notes")
    refused = {"status": 404, "answer": {"code": 10008, "message": "Unknown Message"}}
    assert not await spoil(**refused)
    limited = {"message": "slow", "code": 0, "retry_after": 1.0, "global": False}
    assert not await spoil(status=429, answer=limited)
    assert await spoil(status=429, answer=limited | {"retry_after": "soon"})
    assert not await spoil(status=0, answer=None)
    page = {"Content-Type": "text/html; charset=UTF-8"}
    assert not await spoil(status=429, answer="<html>", headers=page)


def _entry(route: str, path: str, body: Any, status: int = 204, answer: Any = None) -> Entry:
    headers = {"Content-Type": "application/json"} if answer is not None else {}
    return Entry(
        1, 0, "discord", route, path, status, "ok", request=body, answer=answer, headers=headers
    )


def test_edits_threads_and_interactions_are_held_to_the_same() -> None:
    refusal: Any = {"status": 400, "answer": {"code": 0, "message": ""}}
    edit = "/channels/1/messages/2"
    assert not validate(_entry(EDIT, edit, {"content": "x", "allowed_mentions": QUIET}, **refusal))
    assert validate(_entry(EDIT, edit, {"content": "x"}, **refusal))
    long = {"content": "x" * 2001, "allowed_mentions": QUIET}
    assert validate(_entry(EDIT, edit, long, **refusal))
    path = "/channels/1/messages/2/threads"
    assert not validate(_entry(THREAD, path, {"name": "x" * 100}, **refusal))
    for name in ("", " ", "x" * 101):
        assert validate(_entry(THREAD, path, {"name": name}, **refusal))
    path = "/interactions/1/token/callback?with_response=1"
    assert not validate(_entry(CALLBACK, path, {"type": 5, "data": {"flags": 64}}))
    loud: Any = {"type": 4, "data": {"content": "x"}}
    assert validate(_entry(CALLBACK, path, loud))
    assert not validate(
        _entry(CALLBACK, path, {"type": 4, "data": loud["data"] | {"allowed_mentions": QUIET}})
    )
    assert validate(_entry(CALLBACK, path, {"type": 11}))
    hook = "PATCH /webhooks/{webhook_id}/{webhook_token}/messages/@original"
    path = "/webhooks/1/token/messages/@original"
    assert validate(_entry(hook, path, {"content": "x"}, **refusal))
    assert not validate(_entry(hook, path, {"content": "x", "allowed_mentions": QUIET}, **refusal))


def test_exactly_what_the_library_sends_beyond_the_document_is_let_through() -> None:
    def tried(name: str, value: Any) -> list[str]:
        kept = {"id": "200", "filename": "a.txt", name: value}
        body = {"attachments": [kept], "allowed_mentions": QUIET}
        refusal = {"code": 0, "message": ""}
        return validate(_entry(EDIT, "/channels/1/messages/2", body, 400, refusal))

    for name in EXTRA_FIELDS["MessageAttachmentRequest"]:
        assert tried(name, 1) == []
    assert tried("ephemeral", True)
    assert tried("tts", True)


async def test_a_watch_collects_while_traffic_goes_by(traffic: Traffic) -> None:
    watch = Watch()
    traffic.served.standin.history.watchers.append(watch)
    await traffic.created()
    assert watch.violations == []
    await traffic.created(allowed_mentions=None)
    assert len(watch.violations) == 1
    assert watch.checked == 2


SPOILT: tuple[Any, ...] = (
    *(None, True, 0, 1, -1, 1.5, 1 << 40, 1 << 70, "", "7", "x" * 5000, "https://a.example/b"),
    *("2026-01-01T00:00:00+00:00", [], ["a", "a"], [{}], {}, {"unknown": 1}),
)


def _spoil(value: Any) -> Iterator[Any]:
    """Yield a value with each of its parts replaced, taken away or added, one at a time."""
    yield from SPOILT
    if isinstance(value, dict):
        yield value | {"unknown": 1}
        for name, one in value.items():
            yield {other: kept for other, kept in value.items() if other != name}
            yield from (value | {name: spoilt} for spoilt in _spoil(one))
    if isinstance(value, list):
        yield [*value, *value]
        for number, one in enumerate(value):
            rest = value[:number], value[number + 1 :]
            yield from ([*rest[0], spoilt, *rest[1]] for spoilt in _spoil(one))


@pytest.mark.parametrize("requests", [True, False])
async def test_the_quick_check_says_what_jsonschema_says(traffic: Traffic, requests: bool) -> None:
    row = {"type": 1, "components": [{"type": 2, "style": 1, "label": "a", "custom_id": "b"}]}
    entry = await traffic.created(components=[row], embeds=[{"title": "t"}])
    name = "MessageCreateRequest" if requests else "MessageResponse"
    value = entry.request if requests else entry.answer
    document = json.loads(DOCUMENT.read_text(encoding="utf-8"))
    schema = Schemas(document, requests=requests).named(name)
    fits, validator = (
        compile_schema(schema, FORMATS),
        Draft202012Validator(schema, format_checker=FORMATS),
    )
    said = {True: 0, False: 0, None: 0}
    assert fits(value)
    for one in _spoil(value):
        try:
            found: bool | None = fits(one)
        except Unsure:
            found = None
        else:
            assert found == validator.is_valid(one), one
        said[found] += 1
    assert said[True] > 20
    assert said[False] > 200
    assert said[None] < said[True]


@pytest.mark.parametrize(
    "value",
    [
        *([], [1], ["a", "b"], ["a", "a"], [1, True], [True, True], [0, False, None], ["1", 1]),
        *([{"a": 1}, {"a": 1, "b": 2}], [{"a": 1, "b": 2}, {"b": 2, "a": 1}], [{"a": [1]}]),
        *([{"a": 1}, {"a": True}], [{"a": [1, {}]}, {"a": [1, {}]}], [[1], [True]], [[], {}]),
        *([{}, {}], [[1, 2], [2, 1]], [None, None], [1 << 70, 1 << 70], "aa", {"a": 1}),
    ],
)
def test_what_stands_twice_is_told_as_jsonschema_tells_it(value: Any) -> None:
    schema = {"uniqueItems": True}
    assert compile_schema(schema, FORMATS)(value) is Draft202012Validator(schema).is_valid(value)


def test_fractions_are_compared_by_jsonschema() -> None:
    with pytest.raises(Unsure):
        compile_schema({"uniqueItems": True}, FORMATS)([{"a": 1.0}, {"a": 1}])


def test_a_schema_that_cannot_be_told_quickly_is_left_to_jsonschema() -> None:
    with pytest.raises(Unsure):
        compile_schema({"dependentRequired": {}}, FORMATS)
