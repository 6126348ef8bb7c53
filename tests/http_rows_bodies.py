"""Bad requests, part three: how large a body is, and where it ends (rows X227 to X230)."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable, Iterator
from dataclasses import replace

from adapters.web.gate import BODY_BYTES
from tests.http_changes import Change, Mend, chunk, head_with, pad, put, say
from tests.http_rows import AT_ONCE, UNSIGNED, Case, Row, declined, sent, served
from tests.wire import Request

MIB = 1024 * 1024


# --- X227: sizes ------------------------------------------------------------------------------


def sizes() -> Iterator[Case]:
    """Yield the largest body, and larger ones."""
    yield served("1 MiB", pad(MIB))
    yield served("1 MiB in chunks", chunk(pad(MIB)))
    for more in (1, MIB):
        over = pad(BODY_BYTES + more)
        yield declined(f"1 MiB + {more}", over, 413, "size")
        yield declined(
            f"1 MiB + {more} in chunks",
            chunk(over),
            413,
            "size",
            closed=AT_ONCE + 1,
        )
    many = [b"10000\r\n%s\r\n" % bytes(65_536)] * 10_000
    endless = head_with(("Transfer-Encoding", "chunked"), then=many)
    yield declined("625 MiB in chunks", endless, 413, "size", closed=AT_ONCE + 1)
    for claimed in (BODY_BYTES + 1, 10**9, 10**12 - 1):
        claim = head_with(("Content-Length", str(claimed)), then=[b"{"])
        yield declined(f"{claimed} claimed", claim, 413, "size", closed=2.0)


# --- X229: framing ----------------------------------------------------------------------------

BEHIND = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"


def _framed(*lines: tuple[str, str], body: Callable[[Request], bytes]) -> Change:
    """Return a change to other lines about the body; a second request hides behind it."""
    return lambda request: [request.head(*lines) + body(request) + BEHIND]


def _whole(request: Request) -> bytes:
    return request.body


def _chunk(request: Request) -> bytes:
    return b"%x\r\n%s\r\n0\r\n\r\n" % (len(request.body), request.body)


def framings() -> Iterator[Case]:
    """Yield bodies whose end is told in two ways, or in none that all understand."""
    te, cl = "Transfer-Encoding", "Content-Length"
    # How a body in chunks is refused; one that is none is not even parsed.
    told: list[tuple[str, list[tuple[str, str]], str]] = [
        ("both", [(te, "chunked"), (cl, "5")], "malformed"),
        ("both, the other way round", [(cl, "5"), (te, "chunked")], "malformed"),
        ("both, of no length", [(cl, "0"), (te, "chunked")], "malformed"),
        ("both, identity", [(cl, "5"), (te, "identity")], "malformed"),
        ("chunked, identity", [(te, "chunked, identity")], "malformed"),
        ("identity, chunked", [(te, "identity, chunked")], "framing"),
        ("identity", [(te, "identity")], "malformed"),
        ("gzip, chunked", [(te, "gzip, chunked")], "framing"),
        ("gzip", [(te, "gzip")], "malformed"),
        ("xchunked", [(te, "xchunked")], "malformed"),
        ("chunked twice in one", [(te, "chunked, chunked")], "malformed"),
        ("chunked twice", [(te, "chunked"), (te, "chunked")], "malformed"),
        ("chunked and another", [(te, "chunked"), (te, "identity")], "malformed"),
        ("a vertical tab", [(te, "\x0bchunked")], "malformed"),
        ("quoted", [(te, '"chunked"')], "malformed"),
        ("with a parameter", [(te, "chunked;q=1")], "malformed"),
        ("an empty one", [(te, "")], "malformed"),
        ("a space before the colon", [(f"{te} ", "chunked")], "malformed"),
        ("two lengths", [(cl, "5"), (cl, "6")], "malformed"),
        ("a length twice", [(cl, "5"), (cl, "5")], "malformed"),
        ("a list of lengths", [(cl, "5, 5")], "malformed"),
        ("a sign", [(cl, "+5")], "malformed"),
        ("below zero", [(cl, "-1")], "malformed"),
        ("hexadecimal", [(cl, "0x5")], "malformed"),
        ("grouped", [(cl, "1_0")], "malformed"),
        ("other digits", [(cl, "٥")], "malformed"),
        ("no length", [(cl, "")], "malformed"),
        ("beyond 64 bits", [(cl, "9" * 30)], "malformed"),
    ]
    for name, lines, why in told:
        yield declined(f"{name}, whole", _framed(*lines, body=_whole), 400, "malformed")
        yield declined(f"{name}, in chunks", _framed(*lines, body=_chunk), 400, why)
    chunked = _framed((te, "chunked"), body=_chunk)
    yield declined(
        "chunked, as of old", lambda r: chunked(replace(r, version="HTTP/1.0")), 400, "malformed"
    )
    yield declined("no version", say(b"GET /healthz\r\n\r\n"), 400, "host")
    for size in ("-5", "0x5", "5 5", "g", "F" * 17, "+5", "", "5\x0b"):
        raw = f"{size}\r\nhello\r\n0\r\n\r\n".encode()
        change = head_with((te, "chunked"), then=[raw + BEHIND])
        yield declined(f"a chunk of {size!r}", change, 400, "malformed")
    for name, raw in {
        "no break behind a chunk": b"5\r\nhello0\r\n\r\n",
        "a bare line feed": b"5\nhello\n0\n\n",
        "a bare return": b"5\rhello\r0\r\r",
    }.items():
        change = head_with((te, "chunked"), then=[raw + BEHIND])
        yield declined(name, change, 400, "malformed")
    for name, raw in {
        "another protocol": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\0" * 500,
        "HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        "noise": bytes(range(256)) * 4,
        "HTTP/9": b"GET /healthz HTTP/9.9\r\nHost: localhost\r\n\r\n",
    }.items():
        yield declined(name, say(raw), 400, "malformed")


# --- X230: bombs ------------------------------------------------------------------------------


def _packed_as(encoding: str, body: bytes) -> Mend:
    """Return a change to a body that is packed, signed as it travels."""
    return lambda r: r.carry(body).put("Content-Encoding", encoding)


def _packed(size: int) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    zeros = bytes(MIB)
    return b"".join([packer.compress(zeros) for _ in range(size // MIB)]) + packer.flush()


BOMB = _packed(50 * MIB)


def bombs() -> Iterator[Case]:
    """Yield bodies that are small on the way and large here."""
    assert len(BOMB) < 60_000
    raw = zlib.compress(bytes(50 * MIB), 9)
    for name, encoding, body in (
        ("gzip", "gzip", BOMB),
        ("GZIP", "GZIP", BOMB),
        ("deflate", "deflate", raw),
        ("bare deflate", "deflate", raw[2:-4]),
    ):
        packed = _packed_as(encoding, body)
        yield declined(f"50 MiB by {name}", packed, 413, "size", closed=3.0)
        yield declined(
            f"50 MiB by {name}, in chunks",
            chunk(packed, 5_000),
            413,
            "size",
            closed=3.0,
        )
    yield sent("packed twice", _packed_as("gzip", gzip.compress(BOMB)), 401, counted=UNSIGNED)
    for encoding in ("gzip", "deflate"):
        yield declined(
            f"no {encoding}", put(("Content-Encoding", encoding)), 400, "malformed", closed=3.0
        )
    half = gzip.compress(b"{}" * 100)[:-10]
    yield sent("half a gzip", _packed_as("gzip", half), 401, counted=UNSIGNED)


ROWS = (
    Row("X227", "a body of 1 MiB, and of one byte more", "200, and 413 before all of it", sizes),
    Row(
        "X229",
        "a body whose end is told twice, oddly, or not at all; no HTTP",
        "one 400, the line is closed, and what hides behind is not served",
        framings,
    ),
    Row("X230", "50 KB that are 50 MiB", "413, and they are never in memory", bombs),
)
