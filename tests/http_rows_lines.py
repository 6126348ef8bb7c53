"""Bad requests, part four: how slowly they come, and on how many lines (rows X232 and X233)."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from typing import Any

from adapters.web.connections import (
    KEPT_SECONDS,
    MOMENT_SECONDS,
    WAITING_IN_ALL,
    WAITING_PER_ADDRESS,
)
from tests.http_changes import Change
from tests.http_rows import ADMITTED, Act, Bench, Case, Row, refused, sent
from tests.wire import Heard, Pieces, Request, talk

# --- X232: slowness ---------------------------------------------------------------------------


def _drops(head: bytes, body: bytes, seconds: float = 5.0) -> Sequence[bytes | float]:
    """Return a head at once, and then one byte after the other."""
    pieces: list[bytes | float] = [head]
    for at in range(40):
        pieces += [body[at : at + 1], seconds]
    return pieces


def slow() -> Iterator[Case]:
    """Yield requests that come a byte at a time, and that never come to an end."""

    def dripping(seconds: float) -> Change:
        return lambda r: _drops(r.head(("Content-Length", str(len(r.body)))), r.body, seconds)

    def stuck(r: Request) -> Pieces:
        return [r.encode()[:-1], 60.0]

    def chunks(r: Request) -> Pieces:
        return _drops(r.head(("Transfer-Encoding", "chunked")), b"1\r\nx\r\n" * 10)

    def silent(r: Request) -> Pieces:
        return [60.0]

    def head(r: Request) -> Pieces:
        return _drops(b"", r.encode())

    def second(r: Request) -> Pieces:
        return [r.encode(), *_drops(b"", r.encode())]

    late = {"counted": refused("slow"), "closed": 15.0}
    yield sent("1 byte in 5 s", dripping(5.0), 408, **late)
    yield sent("1 byte in 0.2 s", dripping(0.2), 408, **late)
    yield sent("all but the last byte", stuck, 408, **late)
    yield sent("chunks in drops", chunks, 408, **late)
    yield sent("nothing at all", silent, counted={}, closed=15.1)
    yield sent("a head in drops", head, counted={}, closed=15.1)
    yield sent(
        "a head in drops behind a good request",
        second,
        200,
        counted=ADMITTED,
        served=True,
        closed=20.0,
    )
    yield sent(
        "broken off", lambda r: [r.encode()[:-9], 60.0], 408, counted=refused("slow"), closed=15.0
    )
    yield Case("answers that nobody reads", _deaf, (), refused("unread"))


async def _deaf(bench: Bench, request: Request) -> Heard:
    """Ask for much, on one line, and read nothing of it."""
    line = socket.socket()
    line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
    line.connect(("127.0.0.1", bench.port))
    reader, writer = await asyncio.open_connection(sock=line, limit=1_024)
    try:
        writer.write(b"GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n" * 500)
        await asyncio.sleep(60)
        with suppress(ConnectionError):
            while await reader.read(65_536):
                pass
    finally:
        writer.close()
    return Heard((), 0)


# --- X233: crowds -----------------------------------------------------------------------------


async def _open(bench: Bench, count: int, source: str, said: bytes) -> list[Any]:
    """Open lines that say so much and no more; return them."""
    lines = []
    for _ in range(count):
        _, writer = line = await asyncio.open_connection(
            "127.0.0.1", bench.port, local_addr=(source, 0)
        )
        writer.write(said)
        lines.append(line)
    return lines


async def _still_open(lines: Sequence[Any]) -> int:
    """Return how many of these lines nobody has closed."""

    async def is_open(reader: asyncio.StreamReader) -> bool:
        with suppress(ConnectionError):
            try:
                async with asyncio.timeout(0.5):
                    await reader.read()
            except TimeoutError:
                return True
        return False

    return sum(await asyncio.gather(*(is_open(reader) for reader, _ in lines)))


def _crowding(
    count: int,
    sources: Sequence[str],
    begin: Callable[[Request], bytes],
    seconds: float = MOMENT_SECONDS,
) -> Act:
    """Return an act: lines that are opened from addresses, and good requests after `seconds`."""

    async def act(bench: Bench, request: Request) -> Heard:
        lines: list[Any] = []
        try:
            for source in sources:
                lines += await _open(bench, count, source, begin(request))
            await asyncio.sleep(seconds + 0.1)
            # From an address of its own, and from one that has its fill already.
            beside = await talk(bench.port, [request.encode()], source="127.0.0.9", quiet=0.2)
            await asyncio.sleep(0.1)
            among = await talk(bench.port, [request.encode()], source=sources[0], quiet=0.2)
            left = await _still_open(lines)
            assert left <= min(WAITING_PER_ADDRESS * len(sources), WAITING_IN_ALL)
            assert left > WAITING_PER_ADDRESS // 2, "they were closed for another reason"
        finally:
            for _, writer in lines:
                writer.close()
            await asyncio.sleep(0.1)
        return Heard((*beside.answers, *among.answers), None)

    return act


def crowds() -> Iterator[Case]:
    """Yield more lines than anybody needs, idle or half a request long."""
    one, many = ("127.0.0.2",), tuple(f"127.0.1.{n}" for n in range(1, 9))
    begins: dict[str, Callable[[Request], bytes]] = {
        "idle": lambda r: b"",
        "with half a head": lambda r: r.encode()[:100],
        "with half a body": lambda r: r.encode()[:-9],
        "after an answer": lambda r: b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n",
    }
    taken = {"slack_requests taken": 2, "intake_events admitted": 1, "intake_events duplicate": 1}
    for name, begin in begins.items():
        count = 200 if name != "idle" else 1_000
        over = {"http_refused crowd": count - WAITING_PER_ADDRESS}
        # Those that stay break off themselves, in the end.
        broken = {"http_refused left": count} if "body" in name else {}
        yield Case(
            f"{count} from one address, {name}",
            _crowding(count, one, begin, KEPT_SECONDS if "answer" in name else MOMENT_SECONDS),
            (200, 200),
            {**taken, **over, **broken},
            served=True,
        )
    yield Case(
        "480 from eight addresses",
        _crowding(60, many, begins["idle"]),
        (200, 200),
        {**taken, "http_refused crowd": 480 - WAITING_IN_ALL + 1},
        served=True,
    )


ROWS = (
    Row(
        "X232",
        "a body of 1 byte in 5 s, a head, nothing, or nobody who reads",
        "408 or nothing, closed within 15 s",
        slow,
    ),
    Row(
        "X233",
        "1,000 idle lines from one address, 480 from eight",
        "50 of an address stay, 256 of all, and everybody's whole requests are served",
        crowds,
    ),
)
