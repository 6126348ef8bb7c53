"""A certificate for a name, signed by itself, so that tests can speak real TLS.

ECDSA on P-256 (https://www.secg.org/sec1-v2.pdf, 4.1.3) and just enough DER. The key is made
from a constant: it guards nothing.
"""

from __future__ import annotations

import base64
import hashlib
import ssl
import tempfile
from functools import cache

_P = 0xFFFFFFFF00000001000000000000000000000000FFFFFFFFFFFFFFFFFFFFFFFF
_A = _P - 3
_N = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
_G = (
    0x6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296,
    0x4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5,
)
Point = tuple[int, int] | None


def _add(one: Point, other: Point) -> Point:
    if one is None or other is None:
        return one or other
    (x1, y1), (x2, y2) = one, other
    if x1 == x2 and (y1 + y2) % _P == 0:
        return None
    if one == other:
        slope = (3 * x1 * x1 + _A) * pow(2 * y1, -1, _P)
    else:
        slope = (y2 - y1) * pow(x2 - x1, -1, _P)
    x3 = (slope * slope - x1 - x2) % _P
    return x3, (slope * (x1 - x3) - y1) % _P


def _multiply(times: int, point: Point) -> tuple[int, int]:
    total: Point = None
    while times:
        if times & 1:
            total = _add(total, point)
        point = _add(point, point)
        times >>= 1
    assert total is not None
    return total


def _der(tag: int, *parts: bytes) -> bytes:
    body = b"".join(parts)
    length = len(body)
    if length < 0x80:
        return bytes([tag, length]) + body
    size = (length.bit_length() + 7) // 8
    return bytes([tag, 0x80 | size]) + length.to_bytes(size, "big") + body


def _number(value: int) -> bytes:
    return _der(0x02, value.to_bytes(value.bit_length() // 8 + 1, "big"))


def _oid(dotted: str) -> bytes:
    first, second, *rest = map(int, dotted.split("."))
    body = bytes([first * 40 + second])
    for arc in rest:
        groups = [arc & 0x7F]
        while arc := arc >> 7:
            groups.insert(0, arc & 0x7F | 0x80)
        body += bytes(groups)
    return _der(0x06, body)


def _extension(oid: str, value: bytes, *, critical: bool = False) -> bytes:
    return _der(0x30, _oid(oid), _der(0x01, b"\xff") if critical else b"", _der(0x04, value))


def _pem(label: str, der: bytes) -> str:
    lines = base64.encodebytes(der).decode()
    return f"-----BEGIN {label}-----\n{lines}-----END {label}-----\n"


def make(name: str) -> tuple[str, str]:
    """Return the certificate and the key for a host name, as PEM."""
    secret = int.from_bytes(hashlib.sha256(b"guards nothing").digest(), "big") % _N
    public = _multiply(secret, _G)
    point = b"\x04" + b"".join(each.to_bytes(32, "big") for each in public)
    signed_by = _der(0x30, _oid("1.2.840.10045.4.3.2"))
    subject = _der(0x30, _der(0x31, _der(0x30, _oid("2.5.4.3"), _der(0x0C, name.encode("ascii")))))
    key_id = hashlib.sha1(point, usedforsecurity=False).digest()
    body = _der(
        0x30,
        _der(0xA0, _number(2)),
        _number(1),
        signed_by,
        subject,
        _der(0x30, _der(0x17, b"200101000000Z"), _der(0x17, b"491231235959Z")),
        subject,
        _der(
            0x30,
            _der(0x30, _oid("1.2.840.10045.2.1"), _oid("1.2.840.10045.3.1.7")),
            _der(0x03, b"\0" + point),
        ),
        _der(
            0xA3,
            _der(
                0x30,
                _extension("2.5.29.14", _der(0x04, key_id)),
                _extension("2.5.29.35", _der(0x30, _der(0x80, key_id))),
                _extension("2.5.29.19", _der(0x30, _der(0x01, b"\xff")), critical=True),
                _extension("2.5.29.15", _der(0x03, b"\x02\x84"), critical=True),
                _extension("2.5.29.17", _der(0x30, _der(0x82, name.encode("ascii")))),
            ),
        ),
    )
    certificate = _der(0x30, body, signed_by, _der(0x03, b"\0" + _sign(secret, body)))
    key = _der(
        0x30,
        _number(1),
        _der(0x04, secret.to_bytes(32, "big")),
        _der(0xA0, _oid("1.2.840.10045.3.1.7")),
        _der(0xA1, _der(0x03, b"\0" + point)),
    )
    return _pem("CERTIFICATE", certificate), _pem("EC PRIVATE KEY", key)


def _sign(secret: int, message: bytes) -> bytes:
    digest = hashlib.sha256(message).digest()
    once = int.from_bytes(hashlib.sha256(digest + b"once").digest(), "big") % _N
    r = _multiply(once, _G)[0] % _N
    s = pow(once, -1, _N) * (int.from_bytes(digest, "big") + r * secret) % _N
    return _der(0x30, _number(r), _number(s))


@cache
def contexts(name: str) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """Return the context of a server with this name, and of a client that trusts it alone."""
    certificate, key = make(name)
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with tempfile.NamedTemporaryFile("w", suffix=".pem") as file:
        file.write(certificate + key)
        file.flush()
        server.load_cert_chain(file.name)
    client = ssl.create_default_context(cadata=certificate)
    # Python 3.13 is strict by itself.
    client.verify_flags |= ssl.VERIFY_X509_STRICT
    return server, client
