"""Changes of a good request, by which rows of bad ones are told as data."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from tests.wire import PATH, Pieces, Request

# What is sent in a good request's place: another, or bytes that are none.
Change = Callable[[Request], Request | Pieces]
Mend = Callable[[Request], Request]


def put(*lines: tuple[str, str]) -> Mend:
    """Give headers other values."""

    def change(request: Request) -> Request:
        for name, value in lines:
            request = request.put(name, value)
        return request

    return change


def add(name: str, value: str | None = None) -> Mend:
    """Add a header, None with the value that it has already."""
    return lambda request: request.add(name, request.get(name) if value is None else value)


def add_many(count: int, value: str) -> Mend:
    """Add so many headers of this value."""
    more = tuple((f"X-{n}", value) for n in range(count))
    return lambda request: replace(request, headers=(*request.headers, *more))


def aim(target: str = PATH, *, method: str = "POST") -> Mend:
    """Send it elsewhere, or by another method."""
    return lambda request: replace(request, target=target, method=method)


def ask(path: str, *lines: tuple[str, str]) -> Mend:
    """Ask for a page, as whoever has no secret."""

    def change(request: Request) -> Request:
        bare = replace(request.unsigned(), body=b"", target=path, method="GET")
        return put(*lines)(bare)

    return change


def carry(body: bytes, content_type: str | None = None) -> Mend:
    """Sign another body."""

    def change(request: Request) -> Request:
        typed = request if content_type is None else request.put("Content-Type", content_type)
        return typed.carry(body)

    return change


def swap(change: Callable[[bytes], bytes]) -> Mend:
    """Change the body, and leave the signature of the first."""
    return lambda request: replace(request, body=change(request.body))


def tell(change: Callable[[dict[str, Any]], Any]) -> Mend:
    """Change what is told, and sign it as changed."""

    def changed(request: Request) -> Request:
        return request.carry(json.dumps(change(json.loads(request.body))).encode())

    return changed


def tell_with(**fields: Any) -> Mend:
    """Tell it with other values of these fields."""
    return tell(lambda told: told | fields)


def sign_at(off: int) -> Mend:
    """Sign it so many seconds from now."""
    return lambda request: request.sign(off)


def sign_by(change: Callable[[str], str]) -> Mend:
    """Change the signature."""
    name = "X-Slack-Signature"
    return lambda request: request.put(name, change(request.get(name)))


def pad(size: int) -> Mend:
    """Put spaces behind the JSON."""
    return lambda request: request.carry(request.body.ljust(size))


def say(*pieces: bytes | float) -> Change:
    """Send this instead."""
    return lambda request: pieces


def chunk(change: Mend = lambda request: request, size: int = 65_536) -> Change:
    """Send a body in chunks, each in a piece of its own."""

    def pieces(request: Request) -> Pieces:
        changed = change(request)
        parts = [changed.body[at : at + size] for at in range(0, len(changed.body), size)]
        chunks = [b"%x\r\n%s\r\n" % (len(part), part) for part in parts]
        return [changed.head(("Transfer-Encoding", "chunked")), *chunks, b"0\r\n\r\n"]

    return pieces


def head_with(*lines: tuple[str, str], then: Pieces = ()) -> Change:
    """Send the head with these lines at its end, and something else for the body."""
    return lambda request: [request.head(*lines), *then]
