"""Ask outside addresses: real servers and real TLS on loopback."""

from __future__ import annotations

import ast
import asyncio
import gzip
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.fetch import Allowed, FetchError, NotAllowed, NotThere, TooLarge, TryLater
from tests import patience
from tests.outside import HOST, MOST, PUBLIC, Handle, answer, outside, plain

ROOT = Path(__file__).resolve().parent.parent


async def test_a_file_is_read_at_the_address_that_was_resolved() -> None:
    body = bytes(range(256)) * 300
    async with outside(plain(body)) as world:
        assert await world.fetch("/a/b.png?ex=1&is=%2Fa%7e&hm=ff") == body
        assert world.connected == [(PUBLIC, 443)]
        assert world.meter.outcomes == {"read": 1}
        (request,) = world.requests
    # A signed address is asked letter by letter, and nothing is said that is not needed.
    assert request.startswith("GET /a/b.png?ex=1&is=%2Fa%7e&hm=ff HTTP/1.1\r\n")
    headers = {line.split(":")[0].lower() for line in request.split("\r\n")[1:] if line}
    assert headers == {"host", "accept", "accept-encoding", "user-agent"}
    assert f"Host: {HOST}\r\n" in request
    assert "Accept-Encoding: identity\r\n" in request


async def test_the_operators_origin_is_asked_as_it_stands() -> None:
    async with outside(plain(b"inner"), tls=False) as world:
        base = f"http://127.0.0.1:{world.port}"
        allowed = Allowed(origins=frozenset({f"{base}/cdn/"}))
        assert await world.fetch(f"{base}/x", allowed=allowed) == b"inner"
        for other in (
            f"http://127.0.0.1:{world.port + 1}/x",
            f"http://localhost:{world.port}/x",
            f"https://127.0.0.1:{world.port}/x",
            f"http://u@127.0.0.1:{world.port}/x",
        ):
            with pytest.raises(NotAllowed):
                await world.fetch(other, allowed=allowed)
        assert len(world.requests) == 1


async def test_a_listed_host_is_checked_though_it_was_configured() -> None:
    allowed = Allowed(frozenset({HOST}), frozenset({f"https://{HOST}"}))
    async with outside(plain(b"x")) as world:
        assert await world.fetch(allowed=allowed) == b"x"
        assert world.connected == [(PUBLIC, 443)]
        world.names.answers[HOST] = [["10.0.0.1"]]
        await world.fetcher.close()
        with pytest.raises(NotAllowed):
            await world.fetch(allowed=allowed)


async def test_no_cookie_is_kept() -> None:
    body = answer("HTTP/1.1 200 OK\nSet-Cookie: a=b; Path=/\nContent-Length: 0")
    async with outside(body) as world:
        await world.fetch()
        await world.fetch()
        assert len(world.requests) == 2
        assert not any("cookie" in request.lower() for request in world.requests)


# --- X124, X125: sizes ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("length", "expected"),
    [("Content-Length: 1000", TryLater), ("Transfer-Encoding: x", TooLarge), ("", TooLarge)],
)
async def test_x124_a_body_without_end_is_stopped(length: str, expected: type[FetchError]) -> None:
    sent = 0

    async def pour(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal sent
        writer.write(answer(f"HTTP/1.1 200 OK\n{length}".rstrip("\n")))
        # 300 MB, if it is let.
        while sent < 300_000_000:
            writer.write(bytes(1_000_000))
            sent += 1_000_000
            await writer.drain()

    async with outside(pour) as world:
        try:
            # What it said is all that is read, if what follows is not noticed first.
            assert (length, await world.fetch()) == ("Content-Length: 1000", bytes(1_000))
        except FetchError as error:
            assert isinstance(error, expected)
        # No more than what fits into the buffers on the way.
        assert sent < 20_000_000


def chunked(*pieces: bytes, end: bytes = b"0\r\n\r\n") -> bytes:
    body = b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces)
    return answer("HTTP/1.1 200 OK\nTransfer-Encoding: chunked", body + end)


OVER = bytes(MOST + 1)
SIZES: list[tuple[str, bytes, bytes | type[FetchError]]] = [
    ("exactly the most", plain(bytes(MOST)), bytes(MOST)),
    ("one byte more", plain(OVER), TooLarge),
    ("one byte more, chunked", chunked(OVER[: MOST // 2], OVER[MOST // 2 :]), TooLarge),
    ("one byte more, to the end", answer("HTTP/1.1 200 OK", OVER), TooLarge),
    ("absent", answer("HTTP/1.1 200 OK", b"abc"), b"abc"),
    ("chunked", chunked(b"ab", b"c"), b"abc"),
    ("chunked, cut", chunked(b"ab", end=b""), TryLater),
    ("chunked, cut within a piece", chunked(end=b"ff\r\nab"), TryLater),
    ("chunked, a wrong size", chunked(end=b"zz\r\nab\r\n0\r\n\r\n"), TryLater),
    ("chunked, a negative size", chunked(end=b"-5\r\nab\r\n0\r\n\r\n"), TryLater),
    ("short", answer("HTTP/1.1 200 OK\nContent-Length: 2", b"abc"), TryLater),
    ("long", answer("HTTP/1.1 200 OK\nContent-Length: 9", b"abc"), TryLater),
    ("too long to be true", answer(f"HTTP/1.1 200 OK\nContent-Length: {10**15}", b"a"), TooLarge),
    ("negative", answer("HTTP/1.1 200 OK\nContent-Length: -1", b"abc"), TryLater),
    ("not a number", answer("HTTP/1.1 200 OK\nContent-Length: x", b"abc"), TryLater),
    ("two", answer("HTTP/1.1 200 OK\nContent-Length: 3\nContent-Length: 4", b"abcd"), TryLater),
    ("both", answer(
        "HTTP/1.1 200 OK\nContent-Length: 3\nTransfer-Encoding: chunked", b"0\r\n\r\n"
    ), TryLater),
    ("nothing at all", b"", TryLater),
    ("not HTTP", b"SSH-2.0-OpenSSH_9.6\r\n", TryLater),
    ("a header without end", b"HTTP/1.1 200 OK\r\nX: " + b"a" * 100_000, TryLater),
    ("empty", plain(b""), b""),
    ("packed, unasked", answer(
        "HTTP/1.1 200 OK\nContent-Encoding: gzip\nConnection: close", gzip.compress(bytes(10**6))
    ), TryLater),
]  # fmt: skip


@pytest.mark.parametrize(("say", "expected"), [row[1:] for row in SIZES], ids=[r[0] for r in SIZES])
async def test_x125_no_length_is_believed(say: bytes, expected: bytes | type[FetchError]) -> None:
    async with outside(say) as world:
        if isinstance(expected, bytes):
            assert await world.fetch() == expected
        else:
            with pytest.raises(expected):
                await world.fetch()
            assert world.meter.outcomes == {expected.reason: 1}


@given(body=st.binary(max_size=300), cut=st.integers(0, 400), flip=st.integers(0, 400))
async def test_any_damage_on_the_way_is_one_of_ours(body: bytes, cut: int, flip: int) -> None:
    said = bytearray(plain(body))
    if flip < len(said):
        said[flip] ^= 0x55
    said = said[: cut or None]
    async with outside(bytes(said)) as world:
        with suppress(FetchError):
            assert len(await world.fetch(seconds=2.0)) <= len(said)
        assert world.meter.outcomes.total() == 1


# --- statuses and time ---------------------------------------------------------------------


@pytest.mark.parametrize("status", [400, 401, 402, 403, 404, 405, 410, 416, 418, 451, 499])
async def test_what_is_not_there(status: int) -> None:
    say = answer(f"HTTP/1.1 {status} No\nContent-Length: 5", b"<html")
    async with outside(say) as world:
        with pytest.raises(NotThere) as raised:
            await world.fetch()
        assert raised.value.status == status


@pytest.mark.parametrize(
    ("head", "after"),
    [
        ("500 No", None),
        ("502 No", None),
        ("503 No\nRetry-After: 7", 7.0),
        ("504 No\nRetry-After: Fri, 31 Dec 1999 23:59:59 GMT", None),
        ("429 No\nRetry-After: 120", 120.0),
        ("429 No\nRetry-After: -1", None),
        ("429 No\nRetry-After: 1e9", None),
        ("408 No\nRetry-After: ٣", None),
        ("425 No", None),
    ],
)
async def test_what_may_be_had_later(head: str, after: float | None) -> None:
    say = f"HTTP/1.1 {head}\nContent-Length: 0".replace("\n", "\r\n").encode() + b"\r\n\r\n"
    async with outside(say) as world:
        with pytest.raises(TryLater) as raised:
            await world.fetch()
        assert raised.value.status == int(head[:3])
        assert raised.value.retry_after == after


async def drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Send one byte at a time: no pause is long, and there is no end."""
    writer.write(answer("HTTP/1.1 200 OK\nContent-Length: 1000000"))
    while True:
        writer.write(b"x")
        await writer.drain()
        await asyncio.sleep(0.005)


async def hang(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read()


@pytest.mark.parametrize("say", [drip, hang])
async def test_the_deadline_is_for_all_of_it(say: Handle) -> None:
    async with outside(say) as world:
        started = asyncio.get_running_loop().time()
        with pytest.raises(TryLater, match="longer than"):
            await world.fetch(most=10**7, seconds=0.2)
        assert asyncio.get_running_loop().time() - started < 2.0


async def test_a_fetch_that_is_given_up_closes_its_connection() -> None:
    gone = asyncio.Event()

    async def wait(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await reader.read()
        finally:
            gone.set()

    async with outside(wait) as world:
        task = asyncio.create_task(world.fetch())
        while not world.requests:
            await asyncio.sleep(0.005)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await asyncio.wait_for(gone.wait(), patience.SECONDS)


# --- nothing else --------------------------------------------------------------------------


def test_only_three_modules_open_sessions() -> None:
    """A second way to an address would be a way around the checks.

    slack_sdk is handed the one that it calls the configured Web API with.
    """
    opening = set()
    for path in [
        *ROOT.glob("bot/**/*.py"),
        *ROOT.glob("storage/**/*.py"),
        *ROOT.glob("adapters/**/*.py"),
    ]:
        if "playground" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and ast.unparse(node.func).endswith(
                ("ClientSession", "aiohttp.request", "urlopen", "open_connection")
            ):
                opening.add(path.relative_to(ROOT).as_posix())
    assert opening == {
        "adapters/fetch.py",
        "adapters/backends/http.py",
        "adapters/slack/client.py",
    }
