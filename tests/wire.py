"""Raw HTTP over a socket: bytes as they are, pauses between them, and every answer that comes.

A client library would mend what a test wants broken, so requests are put together here.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, replace

# Virtual seconds without a byte after which nothing more is expected.
QUIET_SECONDS = 3.0
PATH = "/slack/events"

Headers = tuple[tuple[str, str], ...]
# What is sent: bytes, and seconds of waiting between them.
Pieces = Iterable[bytes | float]


@dataclass(frozen=True)
class Answer:
    """One response."""

    status: int
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True)
class Heard:
    """All that came back on a connection, and after how long it was closed (None: it is open)."""

    answers: tuple[Answer, ...]
    closed: float | None

    @property
    def statuses(self) -> tuple[int, ...]:
        """Return the statuses, in order."""
        return tuple(answer.status for answer in self.answers)


@dataclass(frozen=True)
class Request:
    """A request, as text that is not checked. `at` is when it is signed, in seconds."""

    body: bytes
    secret: str
    at: int
    method: str = "POST"
    target: str = PATH
    version: str = "HTTP/1.1"
    headers: Headers = ()

    @classmethod
    def signed(cls, body: bytes, secret: str, at: int, content_type: str, host: str) -> Request:
        """Return a request as Slack sends it."""
        bare = cls(body, secret, at)
        return replace(
            bare,
            headers=(
                ("Host", host),
                ("User-Agent", "Slackbot 1.0 (+https://api.slack.com/robots)"),
                ("Accept", "application/json,*/*"),
                ("Content-Type", content_type),
            ),
        ).sign()

    def get(self, name: str) -> str:
        """Return a header."""
        return next(value for key, value in self.headers if key.lower() == name.lower())

    def put(self, name: str, value: str) -> Request:
        """Return it with this header, in place of any of that name."""
        return self.drop(name).add(name, value)

    def add(self, name: str, value: str) -> Request:
        """Return it with one header more."""
        return replace(self, headers=(*self.headers, (name, value)))

    def drop(self, *names: str) -> Request:
        """Return it without these headers."""
        gone = {name.lower() for name in names}
        kept = tuple(pair for pair in self.headers if pair[0].lower() not in gone)
        return replace(self, headers=kept)

    def unsigned(self) -> Request:
        """Return it without its signature."""
        return self.drop("X-Slack-Request-Timestamp", "X-Slack-Signature")

    def sign(self, off: int = 0) -> Request:
        """Return it signed as it is, `off` seconds from when it is sent."""
        at = self.at + off
        digest = hmac.new(self.secret.encode(), b"v0:%d:" % at + self.body, hashlib.sha256)
        timed = self.put("X-Slack-Request-Timestamp", str(at))
        return timed.put("X-Slack-Signature", f"v0={digest.hexdigest()}")

    def carry(self, body: bytes) -> Request:
        """Return it with another body, signed for that."""
        return replace(self, body=body).sign()

    def head(self, *more: tuple[str, str]) -> bytes:
        """Return the request line and all header lines, with these at the end."""
        lines = [f"{self.method} {self.target} {self.version}"]
        lines += [f"{name}: {value}" for name, value in (*self.headers, *more)]
        return ("\r\n".join(lines) + "\r\n\r\n").encode("utf-8", "surrogateescape")

    def encode(self) -> bytes:
        """Return the bytes of the whole request, with the length of its body."""
        return self.head(("Content-Length", str(len(self.body)))) + self.body


async def talk(
    port: int, pieces: Pieces, *, source: str = "127.0.0.1", quiet: float = QUIET_SECONDS
) -> Heard:
    """Send from an address of loopback and return what came, until nothing more does."""
    loop = asyncio.get_running_loop()
    began = loop.time()
    reader, writer = await asyncio.open_connection("127.0.0.1", port, local_addr=(source, 0))
    speaking = asyncio.create_task(_speak(writer, pieces))
    raw, closed, all_said = bytearray(), None, False
    try:
        while closed is None:
            try:
                async with asyncio.timeout(quiet):
                    got = await reader.read(65_536)
            except TimeoutError:
                if all_said:
                    break
                all_said = speaking.done()
                continue
            except ConnectionError:
                got = b""
            raw += got
            closed = None if got else loop.time() - began
    finally:
        speaking.cancel()
        writer.close()
        with suppress(ConnectionError, asyncio.CancelledError):
            await speaking
    return Heard(tuple(_parse(bytes(raw))), closed)


async def _speak(writer: asyncio.StreamWriter, pieces: Pieces) -> None:
    for piece in pieces:
        if isinstance(piece, bytes):
            writer.write(piece)
            try:
                await writer.drain()
            except ConnectionError:
                return
        else:
            await asyncio.sleep(piece)


def _parse(raw: bytes) -> Iterable[Answer]:
    """Yield each response of a stream; an interim one (100) has no body."""
    while raw:
        head, found, raw = raw.partition(b"\r\n\r\n")
        assert found, f"half an answer: {head[:200]!r}"
        first, *lines = head.decode("latin-1").split("\r\n")
        version, status, *_ = first.split(" ")
        assert version.startswith("HTTP/"), first
        headers = dict(line.lower().split(": ", 1) for line in lines)
        size = int(headers.get("content-length", 0))
        assert "transfer-encoding" not in headers
        yield Answer(int(status), headers, raw[:size])
        raw = raw[size:]
