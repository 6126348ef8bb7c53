"""Who may keep a connection: those that came back with requests longer than those that never did.

A reverse proxy, or Slack, keeps connections and uses the one that was idle longest next.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import pytest

from adapters.web.connections import (
    KEPT_SECONDS,
    MOMENT_SECONDS,
    WAITING_IN_ALL,
    WAITING_PER_ADDRESS,
)
from adapters.web.meter import PrometheusMeter
from adapters.web.surface import Surface

pytestmark = pytest.mark.virtual

REQUEST = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"
TICK = 0.05

Line = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@asynccontextmanager
async def serving() -> AsyncIterator[Surface]:
    surface = Surface("127.0.0.1", 0, PrometheusMeter(), list)
    await surface.start()
    try:
        yield surface
    finally:
        await surface.close()


async def opened(surface: Surface, count: int, source: str = "127.0.0.2") -> list[Line]:
    """Open connections that say nothing."""
    return [
        await asyncio.open_connection("127.0.0.1", surface.port, local_addr=(source, 0))
        for _ in range(count)
    ]


async def ask(lines: Sequence[Line], said: bytes = REQUEST) -> int:
    """Send a request on each of these connections, and return how many are answered."""
    for _, writer in lines:
        writer.write(said)
    answered = 0
    for reader, _ in lines:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
        except (asyncio.IncompleteReadError, ConnectionError):
            continue
        assert head.startswith(b"HTTP/1.1 200 ")
        await reader.readexactly(int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0]))
        answered += 1
    return answered


async def left(lines: Sequence[Line]) -> int:
    """Return how many of these connections nobody has closed."""
    await asyncio.sleep(TICK)
    return sum(not reader.at_eof() for reader, _ in lines)


def leave(*crowds: Sequence[Line]) -> None:
    for lines in crowds:
        for _, writer in lines:
            writer.close()


async def test_what_was_answered_is_kept_for_the_next_request() -> None:
    """More than may wait for long, each of which comes again when it was idle longest."""
    async with serving() as surface:
        lines = await opened(surface, WAITING_PER_ADDRESS * 2)
        for _ in range(4):
            assert await ask(lines) == len(lines)
            await asyncio.sleep(KEPT_SECONDS / 2)
        assert await left(lines) == len(lines)
        leave(lines)


async def test_what_was_answered_is_not_kept_for_ever() -> None:
    """Of what nobody uses any more as much is closed as of what nobody ever used."""
    async with serving() as surface:
        lines = await opened(surface, WAITING_PER_ADDRESS * 2)
        assert await ask(lines) == len(lines)
        await asyncio.sleep(KEPT_SECONDS)
        assert await left(lines) == WAITING_PER_ADDRESS
        leave(lines)


async def test_those_that_never_asked_go_first() -> None:
    """Also before those that were idle for longer."""
    async with serving() as surface:
        good = await opened(surface, WAITING_PER_ADDRESS - 10)
        assert await ask(good) == len(good)
        await asyncio.sleep(KEPT_SECONDS + MOMENT_SECONDS)
        idle = await opened(surface, WAITING_PER_ADDRESS)
        await asyncio.sleep(MOMENT_SECONDS * 2)
        assert await left(good) == len(good)
        assert await left(idle) == 10
        leave(good, idle)


async def test_of_too_many_in_all_those_that_never_asked_go_first() -> None:
    async with serving() as surface:
        good = await opened(surface, WAITING_IN_ALL - 30)
        assert await ask(good) == len(good)
        idle = await opened(surface, 40)
        assert (await left(good), await left(idle)) == (len(good), 30)
        more = await opened(surface, 40, "127.0.0.3")
        assert (await left(good), await left(idle)) == (len(good) - 10, 0)
        assert await left(more) == 40
        leave(good, idle, more)


async def test_a_request_that_is_begun_has_a_moment_again() -> None:
    """It is not the idle connection that it was a moment ago."""
    async with serving() as surface:
        lines = await opened(surface, WAITING_PER_ADDRESS * 2)
        assert await ask(lines) == len(lines)
        await asyncio.sleep(KEPT_SECONDS - TICK)
        for _, writer in lines:
            writer.write(REQUEST[:20])
        await asyncio.sleep(MOMENT_SECONDS / 2)
        assert await ask(lines, REQUEST[20:]) == len(lines)
        for _, writer in lines:
            writer.write(REQUEST[:20])
        await asyncio.sleep(MOMENT_SECONDS * 2)
        assert await left(lines) == WAITING_PER_ADDRESS
        leave(lines)
