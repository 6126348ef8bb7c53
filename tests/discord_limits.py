"""Discord's documented limits that its OpenAPI document lacks, and that nothing pings.

https://discord.com/developers/docs/resources/message
https://discord.com/developers/docs/components/reference
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from adapters.playground.history import Entry

Json = dict[str, Any]

_CREATE = re.compile(r"POST (/channels/\{channel_id\}/messages|/webhooks/\S+\})$")
_EDIT = re.compile(r"PATCH /(channels|webhooks)/\S+/messages/\S+$")
_CALLBACK = "POST /interactions/{interaction_id}/{interaction_token}/callback"
_THREAD = re.compile(r"POST /channels/\S+/threads$|PATCH /channels/\{channel_id\}$")

CONTENT_CHARS = 2000
EMBED_CHARS = 6000
FIELD_NAME_CHARS = 256
FIELD_VALUE_CHARS = 1024
FOOTER_CHARS = 2048
AUTHOR_CHARS = 256
ACTION_ROWS = 5
V2_COMPONENTS = 40
V2_TEXT_CHARS = 4000
V2_FLAG = 1 << 15
FILES = 10
FILE_BYTES = 10 * 1024 * 1024


def message_of(entry: Entry) -> Json | None:
    """Return the message that a request wants shown, if it does."""
    body = entry.request
    if not isinstance(body, dict):
        return None
    if _CREATE.match(entry.route) or _EDIT.match(entry.route):
        return body
    if entry.route == _CALLBACK and body.get("type") in (4, 7):
        data = body.get("data")
        return data if isinstance(data, dict) else {}
    return None


def check_limits(entry: Entry) -> Iterator[str]:
    """Yield every limit that a request goes over."""
    if _THREAD.match(entry.route) and isinstance(entry.request, dict):
        name = entry.request.get("name")
        if isinstance(name, str) and not 1 <= len(name.strip()) <= 100:
            yield f"thread name of {len(name.strip())} characters"
    message = message_of(entry)
    if message is None:
        return
    content = message.get("content") or ""
    if len(content) > CONTENT_CHARS:
        yield f"content of {len(content)} characters"
    allowed = message.get("allowed_mentions")
    if not isinstance(allowed, dict) or allowed.get("parse") != []:
        yield f"allowed_mentions lets the text ping: {allowed!r}"
    yield from _check_embeds(message.get("embeds") or [])
    yield from _check_components(message)
    yield from _check_files(entry.request)


def _check_embeds(embeds: list[Json]) -> Iterator[str]:
    total = 0
    for embed in embeds:
        fields = embed.get("fields") or []
        footer = (embed.get("footer") or {}).get("text") or ""
        author = (embed.get("author") or {}).get("name") or ""
        sized = [
            ("title", embed.get("title") or "", 256),
            ("description", embed.get("description") or "", 4096),
            ("footer", footer, FOOTER_CHARS),
            ("author", author, AUTHOR_CHARS),
            *(("field name", one.get("name") or "", FIELD_NAME_CHARS) for one in fields),
            *(("field value", one.get("value") or "", FIELD_VALUE_CHARS) for one in fields),
        ]
        for name, text, most in sized:
            total += len(text)
            if len(text) > most:
                yield f"embed {name} of {len(text)} characters"
    if total > EMBED_CHARS:
        yield f"embeds of {total} characters"


def _walk(components: list[Json]) -> Iterator[Json]:
    for one in components:
        yield one
        yield from _walk(one.get("components") or [])
        yield from _walk([one["accessory"]] if one.get("accessory") else [])


def _check_components(message: Json) -> Iterator[str]:
    top = message.get("components") or []
    tree = list(_walk(top))
    ids = [one["custom_id"] for one in tree if one.get("custom_id")]
    if len(ids) != len(set(ids)):
        yield f"custom_id twice in {ids}"
    for one in tree:
        if one.get("type") == 2 and one.get("style") != 6:
            link = one.get("style") == 5
            if link is not bool(one.get("url")) or link is bool(one.get("custom_id")):
                yield f"button of style {one.get('style')} with url or custom_id amiss"
            if not one.get("label") and not one.get("emoji"):
                yield "button without label and emoji"
        selects = [child for child in one.get("components") or [] if child.get("type") != 2]
        if one.get("type") == 1 and selects and len(one["components"]) > 1:
            yield "select that shares its row"
    if not (message.get("flags") or 0) & V2_FLAG:
        if len(top) > ACTION_ROWS:
            yield f"{len(top)} action rows"
        if any(one.get("type") != 1 for one in top):
            yield "component outside an action row"
        return
    if len(tree) > V2_COMPONENTS:
        yield f"{len(tree)} components"
    text = sum(len(one.get("content") or "") for one in tree if one.get("type") == 10)
    if text > V2_TEXT_CHARS:
        yield f"text displays of {text} characters"
    legacy = ("content", "embeds", "poll", "sticker_ids")
    if used := [name for name in legacy if message.get(name)]:
        yield f"Components V2 with {used}"


def _check_files(body: Json) -> Iterator[str]:
    files = [value for name, value in body.items() if name.startswith("files[")]
    if len(files) > FILES:
        yield f"{len(files)} files"
    for seen in files:
        size = re.search(r"\((\d+) bytes\)$", str(seen))
        if size and int(size[1]) > FILE_BYTES:
            yield f"file of {size[1]} bytes"
