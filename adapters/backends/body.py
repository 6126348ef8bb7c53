"""Make the body of a request: JSON, with pictures as data URIs that never hold the event loop."""

from __future__ import annotations

import asyncio
import base64
import itertools
import re
import secrets
import time
from collections.abc import Iterator
from typing import Any

import msgspec

from bot.domain import ChatMessage, Picture

# A multiple of 3, so that the base64 of the pieces joined is that of the whole.
_PICTURE_BYTES = 96 * 1024
_WRITE_BYTES = 128 * 1024
_UNPAIRED = re.compile("[\ud800-\udfff]")

Body = list[bytes]


class DataUri:
    """Stand for a picture in a body that is yet to be encoded."""

    def __init__(self, picture: Picture) -> None:
        self.picture = picture


def content(message: ChatMessage) -> str | list[dict[str, Any]]:
    """Return what a message says as Chat Completions has it: text, or parts with pictures.

    https://platform.openai.com/docs/guides/images-vision
    """
    if not message.pictures:
        return message.text
    parts: list[dict[str, Any]] = []
    if message.text:
        parts.append({"type": "text", "text": message.text})
    urls = map(DataUri, message.pictures)
    return parts + [{"type": "image_url", "image_url": {"url": url}} for url in urls]


async def encode(body: dict[str, Any]) -> Body:
    """Return a body as pieces of bytes that are small where pictures make it large.

    Base64 of 10 MB takes some 15 ms, so it is made by a thread that lets go of the
    interpreter after each piece.
    """
    mark = secrets.token_hex(16)
    try:
        encoded, pictures = _to_json(body, mark)
    except UnicodeEncodeError:  # a lone surrogate, which no border should have let in
        encoded, pictures = _to_json(_paired(body), mark)
    if not pictures:
        return [encoded]
    return await asyncio.to_thread(_fill, encoded.split(mark.encode()), pictures)


def size(body: Body) -> int:
    """Return the number of bytes in a body."""
    return sum(map(len, body))


def writes(body: Body) -> Iterator[bytes]:
    """Yield a body in pieces that one write each may take."""
    for piece in body:
        for at in range(0, len(piece), _WRITE_BYTES):
            yield piece[at : at + _WRITE_BYTES]


def _to_json(body: dict[str, Any], mark: str) -> tuple[bytes, list[Picture]]:
    """Return the JSON with a mark for each picture's bytes, and the pictures in that order."""
    pictures: list[Picture] = []

    def stand_in(value: Any) -> str:
        if not isinstance(value, DataUri):
            raise TypeError(f"a {type(value).__name__} cannot be sent")
        pictures.append(value.picture)
        return f"data:{value.picture.mime};base64,{mark}"

    return msgspec.json.encode(body, enc_hook=stand_in), pictures


def _paired(value: Any) -> Any:
    match value:
        case str():
            return _UNPAIRED.sub("\ufffd", value)
        case list():
            return [_paired(item) for item in value]
        case dict():
            return {name: _paired(item) for name, item in value.items()}
        case _:
            return value


def _fill(between: list[bytes], pictures: list[Picture]) -> Body:
    """Put each picture's base64 between the pieces of the JSON around it."""
    body: Body = []
    for text, picture in itertools.zip_longest(between, pictures):
        body.append(text)
        if picture is not None:
            data = memoryview(picture.data)
            for at in range(0, len(data), _PICTURE_BYTES):
                body.append(base64.b64encode(data[at : at + _PICTURE_BYTES]))
                time.sleep(0)
    return body
