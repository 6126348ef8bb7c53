"""Which outside addresses are asked at all, and that it is they who answer."""

from __future__ import annotations

from ipaddress import ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters import fetch
from adapters.fetch import Allowed, NotAllowed, TryLater, is_public
from tests.outside import ALLOWED, HOST, MOST, PUBLIC, answer, outside, plain

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
