"""Who may keep a connection: those that came back with requests longer than those that never did.

A reverse proxy, or Slack, keeps connections and uses the one that was idle longest next.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import pytest
from aiohttp import web

from adapters.web.connections import (
    KEPT_SECONDS,
    MOMENT_SECONDS,
    WAITING_IN_ALL,
    WAITING_PER_ADDRESS,
)
from adapters.web.meter import PrometheusMeter
from adapters.web.surface import HEADER_SECONDS, IDLE_SECONDS, Surface

pytestmark = pytest.mark.virtual

REQUEST = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"
TICK = 0.05

Line = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@asynccontextmanager
async def serving(*routes: web.RouteDef) -> AsyncIterator[Surface]:
    surface = Surface("127.0.0.1", 0, PrometheusMeter(), list, routes=routes)
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


# --- how long it is kept --------------------------------------------------------------------


async def test_what_was_answered_outlasts_what_a_proxy_keeps() -> None:
    """Whoever closes first loses a request of the other's: a proxy should, not we."""
    async with serving() as surface:
        lines = await opened(surface, 1)
        for idle in (0.0, 60.0, 90.0, 120.0):
            await asyncio.sleep(idle)
            assert await ask(lines) == 1
        await asyncio.sleep(IDLE_SECONDS + 1)
        assert await left(lines) == 0
        leave(lines)


@pytest.mark.parametrize(("before", "pause"), [(b"", 0.0), (REQUEST, 0.0), (REQUEST, 60.0)])
@pytest.mark.parametrize("drops", [1, 40])
async def test_a_head_has_so_long_from_its_first_byte(
    before: bytes, pause: float, drops: int
) -> None:
    """However it comes, and however long the connection was idle before."""
    async with serving() as surface:
        lines = await opened(surface, 1)
        (_, writer) = lines[0]
        if before:
            assert await ask(lines, before) == 1
            await asyncio.sleep(pause)
        for n in range(drops):
            writer.write(REQUEST[n : n + 1])
            await asyncio.sleep((HEADER_SECONDS - 1) / drops)
        assert await left(lines) == 1
        await asyncio.sleep(2)
        assert await left(lines) == 0
        leave(lines)


async def test_a_head_behind_a_request_has_so_long_too() -> None:
    """It comes while that one is answered; then the answer is given first."""

    async def answer(request: web.Request) -> web.Response:
        await asyncio.sleep(HEADER_SECONDS - 1)
        return web.Response(text="done")

    async with serving(web.get("/slow", answer)) as surface:
        lines = await opened(surface, 1)
        lines[0][1].write(REQUEST.replace(b"/healthz", b"/slow"))
        await asyncio.sleep(TICK)
        assert await ask(lines, REQUEST[:20]) == 1
        assert await left(lines) == 1
        await asyncio.sleep(2)
        assert await left(lines) == 0
        leave(lines)


async def test_what_is_asked_within_its_time_is_no_longer_waited_for() -> None:
    """A body that comes in pieces is not taken for the beginning of another request."""

    async def take(request: web.Request) -> web.Response:
        return web.Response(text=str(len(await request.read())))

    async with serving(web.post("/hook", take)) as surface:
        lines = await opened(surface, 1)
        head = b"POST /hook HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\n\r\n"
        for piece in (head, b"a", b"bc"):
            lines[0][1].write(piece)
            await asyncio.sleep(TICK)
        assert await ask(lines, b"d") == 1
        await asyncio.sleep(HEADER_SECONDS * 2)
        assert await ask(lines) == 1
        leave(lines)
