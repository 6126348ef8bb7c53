"""Redirects: three are followed, each is checked, and none takes credentials along."""

from __future__ import annotations

import pytest

from adapters.fetch import Allowed, NotAllowed, NotThere
from tests.outside import ALLOWED, HOST, PUBLIC, answer, outside, plain


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
