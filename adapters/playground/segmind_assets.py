"""The files that simulated Segmind shows to everybody: uploads, and what its models made.

Whoever knows an address may look; a request that brings a key along is refused, for a key has
no business there.
"""

from __future__ import annotations

import base64
import binascii
import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from aiohttp import web

from adapters.playground.segmind_answers import Refusal, refuse
from adapters.playground.witness import SAID, plain

UPLOADED = "assets"
MADE = "generations"
# Upstream takes pictures below 50 MB.
FILE_BYTES_MAX = 50 * 1024 * 1024
# A playground may run for days; the oldest files go first.
KEPT_BYTES = 256 * 1024 * 1024

_DATA_URI = re.compile(r"data:([\w.+-]+/[\w.+-]+);base64,", re.ASCII)
_ENDINGS = {"image/png": "png", "image/jpeg": "jpg", "image/webp": "webp", "image/gif": "gif"}


@dataclass(slots=True)
class Asset:
    """One file, or `leads_to` where it is said to be. `gets` counts who looked."""

    data: bytes
    mime: str
    leads_to: str = ""
    gets: int = 0


class Assets:
    """Keep files by the last part of their address, in memory."""

    def __init__(self, kept_bytes: int = KEPT_BYTES) -> None:
        self.files: dict[str, Asset] = {}
        self.keys_seen = 0
        self._kept_bytes = kept_bytes

    def keep(self, folder: str, asset: Asset) -> str:
        """Keep a file and return its path."""
        name = f"{folder}/{uuid.uuid4().hex}.{_ENDINGS.get(asset.mime, 'bin')}"
        self.files[name] = asset
        for old in list(self._over()):
            del self.files[old]
        return name

    def find(self, url: str, base: str) -> bytes | None:
        """Return what one of our own addresses holds, or None."""
        path = urlsplit(url).path
        asset = self.files.get(path.removeprefix(urlsplit(base).path).lstrip("/"))
        if asset is None or not url.startswith(base):
            return None
        asset.gets += 1
        return asset.data

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Answer whoever asks for a file, but nobody who shows a key."""
        if "x-api-key" in request.headers or "Authorization" in request.headers:
            self.keys_seen += 1
            return plain(400, {"error": "Only one auth mechanism allowed"})
        asset = self.files.get(f"{request.match_info['folder']}/{request.match_info['name']}")
        if asset is None:
            return plain(404, "<Error><Code>NoSuchKey</Code></Error>", content_type="text/xml")
        asset.gets += 1
        if asset.leads_to:
            return web.Response(status=302, headers={"Location": asset.leads_to})
        request[SAID] = f"<{len(asset.data)} bytes, {asset.mime}>"
        return web.Response(body=asset.data, headers={"Content-Type": asset.mime})

    def _over(self) -> Iterator[str]:
        """Yield the oldest files that there is no room for."""
        size = sum(len(asset.data) for asset in self.files.values())
        for name, asset in list(self.files.items())[:-1]:
            if size <= self._kept_bytes:
                return
            size -= len(asset.data)
            yield name


def read_data_uri(url: Any) -> Asset | None:
    """Return what a data URI holds, or None if it is none."""
    head = _DATA_URI.match(url) if isinstance(url, str) else None
    if head is None:
        return None
    try:
        data = base64.b64decode(url[head.end() :], validate=True)
    except (binascii.Error, ValueError):
        return None
    return Asset(data, head[1].lower())


def read_upload(body: Any) -> list[Asset]:
    """Return the files of an upload, or raise the refusal."""
    urls = body.get("data_urls") if isinstance(body, dict) else None
    if not isinstance(urls, list) or not urls:
        raise refuse(400, "data_urls is required")
    assets = [read_data_uri(url) for url in urls]
    found = [asset for asset in assets if asset is not None]
    if len(found) < len(urls):
        raise refuse(400, "data_urls must hold base64 data URIs")
    if any(len(asset.data) > FILE_BYTES_MAX for asset in found):
        raise Refusal(413, {"error": "file too large"})
    return found
