"""What Segmind's image models are sent and what they answer: pure, and believing nothing.

https://www.segmind.com/models/gpt-image-1-edit-mini/api and the provider's own SDK.
"""

from __future__ import annotations

import base64
import binascii
import re
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from adapters.backends import failures, long_json, strict_json
from adapters.backends.body import DataUri
from adapters.backends.segmind_bodies import unusable
from bot.domain import EditRequest
from bot.errors import BackendError

# An address of a picture, or the picture itself.
Shown = str | DataUri

_ADDRESS = re.compile(r"https?://[^\s\x00-\x1f]{1,2040}", re.ASCII | re.IGNORECASE)
_MASK = re.compile(r"\bmask\b", re.IGNORECASE)
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{32}", re.ASCII)
_FROM_URL_SAFE = str.maketrans("-_", "+/")
_DATA_URI = re.compile(r"data:[\w.+/-]{0,100};base64,", re.ASCII)
# In the order in which they are looked at; an address goes before bytes.
_PLACES = ("images", "image", "output", "url", "urls", "data", "b64_json", "base64", "result")
_DEPTH_MAX = 5
_PIECE_CHARACTERS = 128 * 1024

_SIGNATURES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF87a", b"GIF89a")


def build(
    request: EditRequest, pictures: Sequence[Shown], mask: Shown | None, *, null_mask: bool = False
) -> dict[str, Any]:
    """Return the body of a request: what nobody chose is left to the service.

    No mask is no field, or null where the service misses it.
    """
    options = request.options
    body: dict[str, Any] = {"prompt": request.prompt, "image_urls": list(pictures)}
    if mask is not None or null_mask:
        body["mask"] = mask
    chosen = {
        "size": options.size,
        "quality": options.quality,
        "background": options.background,
        "output_format": options.format,
        "output_compression": options.compression,
        "moderation": options.moderation,
    }
    return body | {name: word for name, word in chosen.items() if word not in ("", None)}


def misses_mask(request: EditRequest, error: BackendError) -> bool:
    """Tell whether a request was refused for the mask that it has not."""
    if request.masked or request.resume or error.ambiguous:
        return False
    return 400 <= error.status < 500 and _MASK.search(error.detail) is not None


def read_uploaded(body: Any, count: int) -> list[str]:
    """Return the addresses of what was uploaded, one for each. Raises `BackendError`.

    The provider's SDK has them as `file_urls`, its documentation as `urls`.
    """
    found = body.get("file_urls", body.get("urls")) if isinstance(body, dict) else None
    urls = found if isinstance(found, list) else []
    good = [url for url in urls if isinstance(url, str) and _ADDRESS.fullmatch(url)]
    if len(good) != count or len(urls) != count:
        raise unusable(f"{len(good)} addresses for {count} files that were uploaded")
    return good


@dataclass(frozen=True, slots=True)
class Found:
    """Where an answer has its picture: at an address, as base64, or as the bytes themselves."""

    url: str = ""
    encoded: str = field(default="", repr=False)
    data: bytes = field(default=b"", repr=False)


def find(body: Any) -> Found:
    """Return the picture of an answer of any shape that was seen. Raises `BackendError`."""
    if found := _look(body, 0):
        return found
    if isinstance(body, dict):
        if failures.read_complaint(body).message:
            raise failed(body)
        raise unusable(f"the result holds only {', '.join(sorted(map(str, body))[:10])}")
    raise unusable(f"the result is a {type(body).__name__}")


def failed(body: Any) -> BackendError:
    """Return the error that stands in the place of a picture."""
    complaint = failures.read_complaint(body)
    fault = failures.classify(0, complaint)
    return BackendError(fault, status=200, detail=complaint.words, ambiguous=True)


def _look(value: Any, depth: int) -> Found | None:
    if depth > _DEPTH_MAX:
        return None
    match value:
        case str():
            return _look_at_text(value.strip(), depth)
        case list():
            return next((found for one in value if (found := _look(one, depth + 1))), None)
        case dict():
            inner = (value.get(name) for name in _PLACES)
            return next((found for one in inner if (found := _look(one, depth + 1))), None)
        case _:
            return None


def _look_at_text(text: str, depth: int) -> Found | None:
    if _ADDRESS.fullmatch(text):
        return Found(url=text)
    if _DATA_URI.match(text):
        return Found(encoded=text)
    if text.startswith(("{", "[")):
        try:
            return _look(long_json.read(text.encode("utf-8", "replace")), depth + 1)
        except strict_json.BadJson:
            return None
    return Found(encoded=text) if _BASE64.match(text) else None


def decode(encoded: str) -> bytes:
    """Return the bytes of base64, alone or in a data URI.

    For a thread, which lets go of the interpreter in between.
    """
    head = _DATA_URI.match(encoded)
    pieces: list[bytes] = []
    left = ""
    try:
        for at in range(head.end() if head else 0, len(encoded), _PIECE_CHARACTERS):
            text = left + "".join(encoded[at : at + _PIECE_CHARACTERS].split())
            whole = len(text) - len(text) % 4
            pieces.append(_decode(text[:whole]))
            left = text[whole:]
            time.sleep(0)
        pieces.append(_decode(left + "=" * (-len(left) % 4)))
    except (binascii.Error, ValueError):
        raise unusable("the picture is no base64") from None
    return b"".join(pieces)


def _decode(text: str) -> bytes:
    return base64.b64decode(text.translate(_FROM_URL_SAFE), validate=True)


def check(data: bytes) -> bytes:
    """Return bytes that begin like a picture, whatever they were called. Raises `BackendError`."""
    if data.startswith(_SIGNATURES) or (data.startswith(b"RIFF") and data[8:12] == b"WEBP"):
        return data
    if not data:
        raise unusable("the picture is empty")
    if data.lstrip()[:1] in (b"{", b"["):
        try:
            body = strict_json.read_leniently(data[:_PIECE_CHARACTERS])
        except strict_json.BadJson:
            body = None
        if failures.read_complaint(body).message:
            raise failed(body)
    raise unusable("what came is no picture")
