"""Bad requests, part two: what the head of a request names and holds (rows X224 to X260)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from tests.http_changes import Change, add, add_many, aim, ask, put
from tests.http_rows import PUBLIC_NAME, Bench, Case, Row, declined, sent, served
from tests.wire import PATH, Heard, Request, talk


def _ending(raw: bytes) -> Change:
    """Return a change by which these bytes stand where the head would end."""
    return lambda r: [r.head()[:-2] + raw]


# --- X224: methods ----------------------------------------------------------------------------

METHODS = ("GET", "PUT", "OPTIONS", "HEAD", "TRACE", "DELETE", "PATCH", "PROPFIND")


def methods() -> Iterator[Case]:
    """Yield other methods, on where only posts are taken, with a good body all the same."""
    for method in METHODS:
        yield declined(method, aim(method=method), 405, "method")
        for path in ("/healthz", "/readyz", "/metrics"):
            if method not in ("GET", "HEAD"):
                yield declined(f"{method} {path}", aim(path, method=method), 405, "method")
    yield declined("POST /metrics", aim("/metrics"), 405, "method")
    for method in ("BREW", "post", "G\0T", "P ST", ""):
        yield declined(f"no method {method!r}", aim(method=method), 400, "malformed")
    yield declined("CONNECT", aim("evil.example:443", method="CONNECT"), 400, "host")
    for path in ("/slack/events/", "/slack//events", "/slack", "/", "/slack/events/x", "//"):
        yield declined(f"POST {path}", aim(path), 404, "path")


# --- X226: hosts ------------------------------------------------------------------------------

OURS = ("localhost", "LOCALHOST:1", "127.0.0.1", "[::1]:8081", "192.0.2.7", PUBLIC_NAME)
FOREIGN = (
    "evil.example",
    "evil.example:8081",
    f"{PUBLIC_NAME}.evil.example",
    f"evil.{PUBLIC_NAME}",
    f"{PUBLIC_NAME}@evil.example",
    f"evil.example#{PUBLIC_NAME}",
    "localhost.evil.example",
    "127.0.0.1.evil.example",
    f"{PUBLIC_NAME}, evil.example",
    "",
    "[::1",
    "[",
    "é.example",
    "0x7f.1",
    "/",
)


def hosts() -> Iterator[Case]:
    """Yield names that are ours, names that are not, none and two."""
    for host in OURS:
        yield served(host, put(("Host", host)))
    for host in FOREIGN:
        yield declined(host, put(("Host", host)), 400, "host")
        ahead = put(("Host", host), ("X-Forwarded-Host", PUBLIC_NAME))
        yield declined(f"{host}, forwarded", ahead, 400, "host")
    for path in ("/healthz", "/readyz", "/metrics"):
        yield declined(f"{path} of another", ask(path, ("Host", "evil.example")), 400, "host")
    yield declined("none", lambda r: r.drop("Host"), 400, "malformed")
    yield declined(
        "none, as of old", lambda r: replace(r, version="HTTP/1.0").drop("Host"), 400, "host"
    )
    yield declined("the same twice", add("Host"), 400, "malformed")
    yield declined("and another", add("Host", "evil.example"), 400, "malformed")
    yield declined("in two cases", add("hOST"), 400, "malformed")
    yield declined("a whole address of another", aim(f"http://evil.example{PATH}"), 400, "host")
    yield served("a whole address of ours", aim(f"http://localhost{PATH}"))


# --- X235, X236: heads ------------------------------------------------------------------------


def heads() -> Iterator[Case]:
    """Yield heads that are too large, in one line or in many."""
    for size in (9_000, 65_536, 1_000_000):
        yield declined(f"a header of {size}", put(("X", "a" * size)), 400, "malformed")
        yield declined(f"a name of {size}", put(("X" * size, "a")), 400, "malformed")
        yield declined(f"an address of {size}", aim(f"{PATH}?{'a' * size}"), 400, "malformed")
    for count in (101, 500, 10_000):
        yield declined(f"{count} headers more", add_many(count, "y"), 400, "malformed")

    yield declined("40 KB in 40 headers", add_many(40, "y" * 1_000), 431, "headers")
    yield declined("a header without end", _ending(b"X: " + b"a" * 200_000), 400, "malformed")
    yield served("what proxies add", add_many(60, "y" * 100))


def controls() -> Iterator[Case]:
    """Yield control characters where there should be none, as they are and in percents."""
    for raw in ("\0", "\r", "\n", "\r\n ", "\r\n\t", "\x7f", "\x01", "\x0b"):
        yield declined(f"{raw!r} in a value", put(("X", f"a{raw}b")), 400, "malformed")
        yield declined(f"{raw!r} in a name", put((f"X{raw}Y", "b")), 400, "malformed")
        yield declined(f"{raw!r} in the address", aim(f"{PATH}?a{raw}b"), 400, "malformed")
    for code in ("%00", "%0d", "%0a", "%0D%0A", "%1b", "%7F", "%09"):
        for where in (f"{PATH}?a={code}", f"{PATH}?{code}=1", f"{PATH}{code}", f"/{code}/x"):
            yield declined(where, aim(where), 400, "target")
    for line in (" X: y", "X : y", ": y", "X", "X\t: y", "(X): y"):
        yield declined(f"the line {line!r}", _ending(line.encode() + b"\r\n\r\n"), 400, "malformed")


# --- X260: metrics ----------------------------------------------------------------------------


def outside() -> Iterator[Case]:
    """Yield the ways to metrics and readiness from outside, and those from here."""
    hidden = b'{"error": "not found"}'
    for path in ("/metrics", "/readyz", "/metrics?x=1"):
        for name, header in {
            "by the public name": ("Host", PUBLIC_NAME),
            "by the public name and port": ("Host", f"{PUBLIC_NAME}:443"),
            "by the public name, in capitals": ("Host", PUBLIC_NAME.upper()),
            "by a proxy": ("X-Forwarded-For", "127.0.0.1"),
            "by a proxy that says it is here": ("X-Real-IP", "127.0.0.1"),
            "by a proxy, in the standard's words": ("Forwarded", "for=127.0.0.1"),
            "by a proxy that names itself": ("Via", "1.1 proxy"),
        }.items():
            yield declined(f"{path} {name}", ask(path, header), 404, "outside", says=hidden)
        yield sent(f"{path} from here", ask(path), 200, counted={})
    alive = b'{"status": "alive"}'
    yield sent(
        "/healthz of all", ask("/healthz", ("Host", PUBLIC_NAME)), 200, counted={}, says=alive
    )
    yield Case("no words of people", _shown, (200,), {})


async def _shown(bench: Bench, request: Request) -> Heard:
    """Look for anybody's words, name or place in the metrics, after all that was sent here."""
    heard = await talk(bench.port, [ask("/metrics")(request).encode()])
    text = heard.answers[0].body.decode()
    team, channel = bench.h.standins.channels[0].split("/")
    people = {person.split("/")[1] for person in bench.h.standins.people}
    for word in ("Canary", "Question", "evil", PUBLIC_NAME, "127.0.0.1", team, channel, *people):
        assert word.lower() not in text.lower(), f"it tells {word}"
    return heard


ROWS = (
    Row("X224", "other methods and paths than those of a route", "405, 404, nothing read", methods),
    Row(
        "X226",
        "a Host that is foreign, missing or twofold",
        "400; behind a proxy PUBLIC_URL's name is ours, and an address always is",
        hosts,
    ),
    Row("X235", "a header of 64 KB, or 500 of them", "400 or 431", heads),
    Row("X236", "NUL, CR and LF in a header or an address", "400", controls),
    Row(
        "X260",
        "metrics and readiness from outside",
        "404; here they show counts and nobody's words",
        outside,
    ),
)
