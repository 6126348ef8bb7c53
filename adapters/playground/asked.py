"""What the page asks: JSON, or a form of JSON and files, read within a platform's limits."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from aiohttp import BodyPartReader, web

from adapters.playground.refusal import Refusal

Json = dict[str, Any]

# A form may be sent by another site's page without asking first; a header of our own may not.
# https://developer.mozilla.org/en-US/docs/Web/HTTP/Guides/CORS#simple_requests
HEADER = "X-Playground"
MOST_BYTES = 64 * 1024
CHUNK_BYTES = 256 * 1024
MEGABYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Takes:
    """How many files a platform takes with one message, and how big they may be."""

    title: str
    files: int
    file_bytes: int
    request_bytes: int


@dataclass(slots=True)
class Asked:
    """One request of the page: its JSON, and each file as (part, name, bytes)."""

    body: Json
    files: list[tuple[str, str, bytes]] = field(default_factory=list)

    @property
    def attached(self) -> list[tuple[str, bytes]]:
        """Return the files' names and bytes, in order."""
        return [(name, data) for _, name, data in self.files]

    def text(self, name: str) -> str:
        """Return a field, which must be text."""
        value = self.body.get(name)
        if not isinstance(value, str):
            raise Refusal(f"{name} is missing.")
        return value

    def optional(self, name: str) -> str | None:
        """Return a field that may be missing."""
        return self.text(name) if name in self.body else None

    def table(self, name: str) -> Json:
        """Return a field, which must be an object."""
        value = self.body.get(name)
        if not isinstance(value, dict):
            raise Refusal(f"{name} is missing.")
        return value

    def where(self) -> tuple[str, str]:
        """Return as whom and where something is to be done."""
        return self.text("as"), self.text("channel")

    def which(self) -> tuple[str, str, str]:
        """Return as whom, where and with which message something is to be done."""
        return *self.where(), self.text("message")


def asked(
    do: Callable[[Asked], Awaitable[Json]], *, files: Takes | None = None
) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    """Wrap what is done with a request (`files`: what it may bring).

    A refusal is answered as a sentence.
    """

    async def handle(request: web.Request) -> web.StreamResponse:
        try:
            if files and request.content_type == "multipart/form-data":
                wish = await _read_form(request, files)
            else:
                wish = Asked(_decode(await _read_json(request)))
            return web.json_response(await do(wish))
        except Refusal as refusal:
            return web.json_response({"error": str(refusal)}, status=422)

    return handle


async def _read_json(request: web.Request) -> bytes:
    # Only this type makes a browser ask before it sends it for another site's page.
    if request.content_type != "application/json":
        raise web.HTTPUnsupportedMediaType
    if (request.content_length or 0) > MOST_BYTES:
        raise web.HTTPRequestEntityTooLarge(MOST_BYTES, request.content_length or 0)
    return await request.read()


async def _read_form(request: web.Request, takes: Takes) -> Asked:
    if HEADER not in request.headers:
        raise web.HTTPUnsupportedMediaType
    wish = Asked({})
    total = 0
    async for part in await request.multipart():
        if not isinstance(part, BodyPartReader):
            raise Refusal("That was no form with files.")
        if part.name == "body":
            wish.body = _decode(await _read_part(part, MOST_BYTES) or b"")
            continue
        name = part.filename or "file"
        data = await _read_part(part, takes.file_bytes)
        if data is None:
            most = takes.file_bytes // MEGABYTE
            raise Refusal(f"{name} is too big: {takes.title} takes at most {most} MB per file.")
        total += len(data)
        if len(wish.files) == takes.files:
            raise Refusal(f"{takes.title} takes at most {takes.files} files with one message.")
        if total > takes.request_bytes:
            most = takes.request_bytes // MEGABYTE
            raise Refusal(f"{takes.title} takes at most {most} MB with one message.")
        wish.files.append((part.name or "", name, data))
    return wish


async def _read_part(part: BodyPartReader, most: int) -> bytes | None:
    """Return the bytes of a part, or None if there are more than `most`."""
    data = bytearray()
    while chunk := await part.read_chunk(CHUNK_BYTES):
        data += chunk
        if len(data) > most:
            return None
    return bytes(data)


def _decode(raw: bytes) -> Json:
    try:
        body = json.loads(raw)
    except ValueError:
        raise Refusal("That was no JSON.") from None
    if not isinstance(body, dict):
        raise Refusal("A JSON object was expected.")
    return body
