"""Ask outside addresses: real servers and real TLS on loopback, which names are led to.

The resolver and the plain sockets are handed in: a name resolves to a public address, and a
connection to that very address arrives here. Nothing else is in the way of the checks.
"""

from __future__ import annotations

import ast
import asyncio
import gzip
import socket
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path

import aiohttp
import pytest
from aiohttp.abc import AbstractResolver, ResolveResult
from hypothesis import given
from hypothesis import strategies as st

from adapters import fetch
from adapters.fetch import (
    Allowed,
    Fetcher,
    FetchError,
    NotAllowed,
    NotThere,
    TooLarge,
    TryLater,
    is_public,
)
from tests.corpus import certificates

ROOT = Path(__file__).resolve().parent.parent
HOST = "cdn.example"
PUBLIC = "93.184.216.34"
ALLOWED = Allowed(hosts=frozenset({HOST}))
MOST = 100_000

Handle = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


class CountingMeter:
    """A meter that remembers the outcomes."""

    def __init__(self) -> None:
        self.outcomes: Counter[str] = Counter()

    def count(self, name: str, amount: float = 1, /, **labels: str) -> None:
        assert name == "fetches"
        self.outcomes[labels["outcome"]] += round(amount)

    def observe(self, name: str, value: float, /, **labels: str) -> None:
        raise AssertionError(name)

    gauge = observe


class Names(AbstractResolver):
    """Resolve names as told; every look at a name takes the next of its answers."""

    def __init__(self) -> None:
        self.answers: dict[str, list[list[str]]] = {HOST: [[PUBLIC]]}
        self.looks: Counter[str] = Counter()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        answers = self.answers.get(host)
        if answers is None:
            raise OSError("no such name")
        look = min(self.looks[host], len(answers) - 1)
        self.looks[host] += 1
        return [
            ResolveResult(
                hostname=host,
                host=address,
                port=port,
                family=socket.AF_INET6 if ":" in address else socket.AF_INET,
                proto=0,
                flags=0,
            )
            for address in answers[look]
        ]

    async def close(self) -> None:
        pass


@dataclass
class Outside:
    """The internet of a test: one server, to which every public address leads."""

    fetcher: Fetcher
    meter: CountingMeter
    names: Names
    requests: list[str] = field(default_factory=list)
    connected: list[tuple[str, int]] = field(default_factory=list)
    port: int = 0

    async def fetch(
        self,
        path: str = "/x",
        *,
        allowed: Allowed = ALLOWED,
        most: int = MOST,
        seconds: float = 5.0,
        headers: Mapping[str, str] | None = None,
    ) -> bytes:
        url = path if ":" in path else f"https://{HOST}{path}"
        return await self.fetcher.fetch(url, allowed, most, seconds, headers)


def answer(head: str, body: bytes = b"") -> bytes:
    return head.replace("\n", "\r\n").encode("latin-1") + b"\r\n\r\n" + body


def plain(body: bytes) -> bytes:
    return answer(f"HTTP/1.1 200 OK\nContent-Length: {len(body)}", body)


@asynccontextmanager
async def outside(
    say: bytes | Mapping[str, bytes] | Handle,
    *,
    name: str = HOST,
    tls: bool = True,
) -> AsyncIterator[Outside]:
    """Serve bytes (of any path, or by path), or hand every connection to a function."""
    server_tls, client_tls = certificates.contexts(name)
    meter, names = CountingMeter(), Names()

    class Led(socket.socket):
        """A socket that arrives here by IPv4, whatever it is connected to."""

        asked = socket.AF_INET

        @property
        def family(self) -> socket.AddressFamily:
            return self.asked

        def connect(self, address: tuple[str, int]) -> None:  # type: ignore[override]
            world.connected.append((address[0], address[1]))
            super().connect(("127.0.0.1", world.port))

    def lead(info: aiohttp.AddrInfoType) -> socket.socket:
        led = Led(socket.AF_INET, info[1], info[2])
        led.asked = socket.AddressFamily(info[0])
        return led

    world = Outside(Fetcher(meter, names, client_tls, lead), meter, names)

    serving: set[asyncio.Task[None] | None] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        serving.add(asyncio.current_task())
        try:
            request = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            world.requests.append(request)
            if callable(say):
                await say(reader, writer)
            else:
                path = request.split(" ")[1]
                writer.write(say if isinstance(say, bytes) else say[path])
                await writer.drain()
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=server_tls if tls else None)
    world.port = server.sockets[0].getsockname()[1]
    try:
        yield world
    finally:
        await world.fetcher.close()
        server.close()
        await asyncio.gather(*filter(None, serving))


# --- what is read --------------------------------------------------------------------------


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


# --- which addresses are asked at all ------------------------------------------------------

LONG = f"https://{HOST}/" + "a" * 2_048
TRICKS = [
    "", "x", "/x", "//cdn.example/x", "https:cdn.example/x", "https:///x", "https://", LONG,
    "http://cdn.example/x", "http://cdn.example:443/x", "https://cdn.example:444/x",
    "https://cdn.example:80/x", "https://cdn.example:0/x", "https://cdn.example:99999/x",
    "https://cdn.example:x/x", "ftp://cdn.example/x", "file:///etc/passwd",
    "file://cdn.example/etc/passwd", "data:text/plain,x", "javascript:alert(1)", "gopher://cdn.example/",
    "https://user@cdn.example/x", "https://user:pass@cdn.example/x", "https://@cdn.example/x",
    "https://:@cdn.example/x", "https://cdn.example@evil.example/x",
    "https://cdn.example:443@evil.example/x", "https://evil.example#@cdn.example/x",
    "https://evil.example/cdn.example", "https://evil.example?cdn.example",
    "https://cdn.example.evil.example/x", "https://evilcdn.example/x", "https://cdn.example./x",
    "https://sub.cdn.example/x", "https://cdn.example\\@evil.example/x",
    "https://evil.example\\.cdn.example/x", "https://cdn.example\n/x", "https://cdn.example\t/x",
    " https://cdn.example/x", "https://cdn.example/x y", "https://cdn.example\x00.evil.example/",
    "https://cdn%2eexample/x", "https://%63dn.example/x", "https://cdn。example.evil/x",
    "https://127.0.0.1/x", "https://127.1/x", "https://2130706433/x", "https://0x7f.1/x",
    "https://0177.0.0.1/x", "https://[::1]/x", "https://[::ffff:127.0.0.1]/x", "https://[::]/x",
    "https://0/x", "https://localhost/x", "https://169.254.169.254/latest/meta-data",
    "https://[fd00::1]/x", "https://[fe80::1%25eth0]/x", "https://metadata.google.internal/x",
    f"https://{PUBLIC}/x", "https://[2606:2800:220:1::1]/x", "https://①②⑦.0.0.1/x",
]  # fmt: skip


@pytest.mark.parametrize("url", TRICKS, ids=[f"{n}" for n in range(len(TRICKS))])
async def test_other_addresses_are_not_asked(url: str) -> None:
    """Stands for the tricks of threat 8: not one of them opens a connection."""
    async with outside(plain(b"never")) as world:
        with pytest.raises(NotAllowed):
            await world.fetcher.fetch(url, ALLOWED, MOST, 5.0)
        assert (world.connected, world.names.looks) == ([], {})
        assert world.meter.outcomes == {"not_allowed": 1}


@pytest.mark.parametrize("url", ["https://CDN.Example/x", "HTTPS://cdn.example:443/x"])
async def test_the_same_host_in_another_spelling_is_asked(url: str) -> None:
    async with outside(plain(b"yes")) as world:
        assert await world.fetcher.fetch(url, ALLOWED, MOST, 5.0) == b"yes"


async def test_a_listed_name_in_foreign_letters_is_asked_by_its_encoded_name() -> None:
    encoded = "xn--bcher-kva.example"
    async with outside(plain(b"yes"), name=encoded) as world:
        world.names.answers = {encoded: [[PUBLIC]]}
        allowed = Allowed(frozenset({encoded}))
        assert await world.fetch("https://Bücher.example/é", allowed=allowed) == b"yes"
        assert world.requests[0].startswith("GET /%C3%A9 ")


@given(url=st.text(max_size=60) | st.text(max_size=60).map(lambda text: f"https://{text}"))
def test_no_address_is_too_strange(url: str) -> None:
    try:
        parsed = fetch.parse(url)
        fetch.check(parsed, ALLOWED)
    except NotAllowed:
        return
    assert (parsed.raw_host or "").lower() == HOST


# https://www.iana.org/assignments/iana-ipv4-special-registry and its IPv6 sister
INNER = [
    "0.0.0.0", "0.1.2.3", "10.0.0.1", "100.64.0.1", "127.0.0.1", "127.255.255.254",
    "169.254.169.254", "172.16.0.1", "172.31.255.255", "192.0.0.1", "192.0.2.1", "192.168.1.1",
    "198.18.0.1", "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.1.1.1", "240.0.0.1",
    "255.255.255.255", "::", "::1", "::ffff:127.0.0.1", "::ffff:93.184.216.34", "64:ff9b::7f00:1",
    "64:ff9b::5db8:d822", "64:ff9b:1::1", "100::1", "2001::1", "2001:db8::1", "2001:10::1",
    "2002:7f00:1::1", "2002:5db8:d822::1", "fc00::1", "fd00:ec2::254", "fe80::1", "fe80::1%eth0",
    "fec0::1", "ff02::1", "ff0e::1", "4000::1",
]  # fmt: skip
OUTER = ["1.1.1.1", PUBLIC, "172.32.0.1", "2606:4700::1111", "2a00:1450:4001::1"]


def test_public_addresses_are_told_from_all_others() -> None:
    assert [text for text in INNER if is_public(ip_address(text))] == []
    assert [text for text in OUTER if not is_public(ip_address(text))] == []


@pytest.mark.parametrize("address", INNER)
async def test_a_name_with_an_inner_address_is_not_asked(address: str) -> None:
    async with outside(plain(b"never")) as world:
        for answers in ([address], [PUBLIC, address], [address, PUBLIC]):
            world.names.answers[HOST] = [answers]
            with pytest.raises(NotAllowed):
                await world.fetch()
        assert world.connected == []


async def test_a_name_that_changes_its_mind_changes_nothing() -> None:
    """A resolver that answers inner addresses at the second look is never looked at twice."""
    close = answer("HTTP/1.1 200 OK\nContent-Length: 1\nConnection: close", b"x")
    async with outside(close) as world:
        world.names.answers[HOST] = [[PUBLIC], ["127.0.0.1"]]
        assert await world.fetch() == b"x"
        assert world.names.looks[HOST] == 1
        assert world.connected == [(PUBLIC, 443)]
        with pytest.raises(NotAllowed):
            await world.fetch()
        assert world.connected == [(PUBLIC, 443)]


@pytest.mark.parametrize("address", OUTER)
async def test_the_very_address_that_was_checked_is_connected_to(address: str) -> None:
    async with outside(plain(b"x")) as world:
        world.names.answers[HOST] = [[address]]
        await world.fetch()
        assert world.connected == [(address, 443)]


async def test_a_host_that_is_not_who_it_says_is_not_heard() -> None:
    async with outside(plain(b"never"), name="evil.example") as world:
        with pytest.raises(TryLater):
            await world.fetch()
        assert world.requests == []


async def test_a_name_that_does_not_resolve_may_later() -> None:
    async with outside(plain(b"never")) as world:
        world.names.answers = {}
        with pytest.raises(TryLater):
            await world.fetch()


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


# --- X126, X127: redirects -----------------------------------------------------------------


def to(target: str, status: int = 302) -> bytes:
    return answer(f"HTTP/1.1 {status} Found\nLocation: {target}\nContent-Length: 0")


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_three_hops_are_followed_and_each_is_checked(status: int) -> None:
    pages = {
        "/x": to(f"https://{HOST}/1", status), "/1": to("/2?a=%2F", status),
        "/2?a=%2F": to("3", status), "/3": plain(b"there"),
    }  # fmt: skip
    async with outside(pages) as world:
        assert await world.fetch() == b"there"


HOPS: list[tuple[str, dict[str, bytes]]] = [
    ("a loop", {"/x": to("/x")}),
    ("a loop of two", {"/x": to("/y"), "/y": to("/x")}),
    ("eleven hops", {"/x": to("/0"), **{f"/{n}": to(f"/{n + 1}") for n in range(11)}}),
    ("four hops", {"/x": to("/1"), "/1": to("/2"), "/2": to("/3"), "/3": to("/4")}),
    *(
        (target, {"/x": to(target)})
        for target in (
            "http://127.0.0.1/", "https://127.0.0.1/", "http://[::1]/", "file:///etc/passwd",
            "http://cdn.example/plain", "https://evil.example/", "//evil.example/",
            "https://cdn.example:8443/", "https://u:p@cdn.example/", "ftp://cdn.example/",
            "data:text/plain,x", "https://169.254.169.254/", "\\\\evil.example\\x",
            "https://cdn.example\\@evil.example/", "https://" + "a" * 3_000,
        )
    ),
]  # fmt: skip


@pytest.mark.parametrize("pages", [row[1] for row in HOPS], ids=[row[0][:40] for row in HOPS])
async def test_x127_a_redirect_to_where_nobody_may_go(pages: dict[str, bytes]) -> None:
    async with outside(pages) as world:
        with pytest.raises(NotAllowed):
            await world.fetch()
        assert len(world.requests) <= 4
        assert {address for address, _ in world.connected} == {PUBLIC}
        assert world.meter.outcomes == {"not_allowed": 1}


@pytest.mark.parametrize(
    "say", [answer("HTTP/1.1 302 Found\nContent-Length: 0"), to("")], ids=["none", "empty"]
)
async def test_a_redirect_to_nowhere(say: bytes) -> None:
    async with outside(say) as world:
        with pytest.raises(NotThere):
            await world.fetch()


async def test_nobody_from_outside_leads_to_an_inner_address() -> None:
    inner = Allowed(frozenset({HOST}), frozenset({"http://127.0.0.1:9"}))
    async with outside(to("http://127.0.0.1:9/x")) as world:
        with pytest.raises(NotAllowed):
            await world.fetch(allowed=inner)


async def test_an_inner_address_leads_on_within_itself() -> None:
    pages = {"/x": to("/y"), "/y": plain(b"inner")}
    async with outside(pages, tls=False) as world:
        base = f"http://127.0.0.1:{world.port}"
        allowed = Allowed(origins=frozenset({base}))
        assert await world.fetch(f"{base}/x", allowed=allowed) == b"inner"


async def test_credentials_go_to_the_first_address_only() -> None:
    """At another origin aiohttp drops `Authorization`, but hands every other header on."""
    secret = {"Authorization": "Bearer canary", "x-api-key": "canary"}
    pages = {"/x": to("/y"), "/y": plain(b"never"), "/z": plain(b"direct")}
    async with outside(pages) as world:
        assert await world.fetch("/z", headers=secret) == b"direct"
        with pytest.raises(NotAllowed):
            await world.fetch(headers=secret)
        asked = [request.split(" ")[1] for request in world.requests]
        assert asked == ["/z", "/x"]
        assert all("canary" in request for request in world.requests)


async def test_credentials_follow_only_to_those_who_hold_them() -> None:
    secret = {"Authorization": "Bearer canary"}
    pages = {"/x": to("/y"), "/y": plain(b"seen"), "/z": to("https://evil.example/")}
    trusted = Allowed(frozenset({HOST}), bearers=frozenset({HOST}))
    async with outside(pages) as world:
        assert await world.fetch(allowed=trusted, headers=secret) == b"seen"
        for allowed, path in ((ALLOWED, "/x"), (trusted, "/z")):
            with pytest.raises(NotAllowed) as raised:
                await world.fetch(path, allowed=allowed, headers=secret)
            # By it the caller tells a sign-in page from an address that is wrong.
            assert raised.value.status == 302
        asked = [request.split(" ")[1] for request in world.requests]
        assert asked == ["/x", "/y", "/x", "/z"]
        assert all("canary" in request for request in world.requests)


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
        await asyncio.wait_for(gone.wait(), 5)


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
