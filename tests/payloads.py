"""The rules for everything that the bot sends to Discord, beyond its OpenAPI document."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from adapters.playground.history import Entry

MAX_CONTENT = 2000  # https://docs.discord.com/developers/resources/message#create-message
MAX_NONCE = 25

_SENDS = re.compile(
    r"(POST /channels/[^/]+/messages|PATCH /channels/[^/]+/messages/[^/]+"
    r"|POST /webhooks/[^/]+/[^/]+|PATCH /webhooks/[^/]+/[^/]+/messages/[^/]+)$"
)
_CALLBACK = re.compile(r"POST /interactions/[^/]+/[^/]+/callback$")
# Answers to an interaction that carry a message: 4 new message, 7 change of the message.
_WITH_MESSAGE = (4, 7)


def payload_of(entry: Entry) -> dict[str, Any] | None:
    """Return the message that a request to Discord wanted shown, if it did."""
    if entry.service != "discord" or not isinstance(entry.request, dict):
        return None
    body: dict[str, Any] = entry.request
    if isinstance(body.get("payload_json"), dict):
        body = body["payload_json"]
    if _SENDS.match(entry.route):
        return body
    if _CALLBACK.match(entry.route) and body.get("type") in _WITH_MESSAGE:
        data = body.get("data")
        return data if isinstance(data, dict) else None
    return None


def check_payloads(entries: Iterable[Entry]) -> Iterator[str]:
    """Yield what each payload has that it must not, or lacks."""
    for entry in entries:
        payload = payload_of(entry)
        if payload is None:
            continue
        where = f"entry {entry.n} {entry.route}"
        content = payload.get("content")
        if content is not None and len(content) > MAX_CONTENT:
            yield f"{where}: {len(content)} characters of content"
        if content is not None or "embeds" in payload:
            yield from _check_mentions(where, payload.get("allowed_mentions"))
        if re.match(r"POST /channels/[^/]+/messages$", entry.route):
            nonce = payload.get("nonce")
            if not isinstance(nonce, str) or not 0 < len(nonce) <= MAX_NONCE:
                yield f"{where}: nonce {nonce!r}"
            if payload.get("enforce_nonce") is not True:
                yield f"{where}: its nonce is not enforced"


def _check_mentions(where: str, allowed: Any) -> Iterator[str]:
    if not isinstance(allowed, dict) or allowed.get("parse") != []:
        yield f"{where}: allowed_mentions is {allowed!r}"
    elif allowed.get("users") or allowed.get("roles") or allowed.get("replied_user"):
        yield f"{where}: allowed_mentions lets some through: {allowed!r}"
