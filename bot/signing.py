"""Sign what a link is for, so that garbage is told from our own without asking the store. Pure.

A token is `payload.signature`: payload `v1|key|purpose|subject|expiry` (UTC milliseconds) and its
HMAC-SHA256, both base64url. It proves only that it was made here, for that purpose; what became
of its subject is known to the store. Two keys live at a time: what the elder signed holds until
the next change.
"""

from __future__ import annotations

import hmac
import json
import re
import secrets
from base64 import b64decode, urlsafe_b64encode
from binascii import Error as Base64Error
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

VERSION = "v1"
# Of 256 bits each, as many as the hash has: https://datatracker.ietf.org/doc/html/rfc2104#section-3
KEY_BYTES = 32
MOST_KEYS = 2
MOST_TOKEN = 512
MOST_EXPIRY = 10**15

_SUBJECT = re.compile(r"[A-Za-z0-9_-]{1,100}")
_TOKEN = re.compile(r"([A-Za-z0-9_-]{1,400})\.([A-Za-z0-9_-]{43})", re.ASCII)


class Purpose(StrEnum):
    """What a token is good for: nothing that is signed for one is taken for another.

    `MASK`: the link of a page to paint a mask on. `PAGE`: that very page, as sent to a browser.
    """

    MASK = "mask"
    PAGE = "page"


@dataclass(frozen=True, slots=True)
class Key:
    """A secret to sign by, made at a time (UTC milliseconds)."""

    id: str
    secret: bytes = field(repr=False)
    made_at: int


@dataclass(frozen=True, slots=True)
class Ticket:
    """What a token that we signed says, and by which key it was signed."""

    subject: str
    expires_at: int
    key: Key


def make_key(now: int) -> Key:
    """Return a new key."""
    return Key(secrets.token_hex(4), secrets.token_bytes(KEY_BYTES), now)


def rotate(keys: Sequence[Key], now: int, age_ms: int) -> tuple[Key, ...]:
    """Return the keys to go on with, the newest first: a new one if that is older than `age_ms`."""
    if keys and 0 <= now - keys[0].made_at <= age_ms:
        return tuple(keys[:MOST_KEYS])
    return (make_key(now), *keys[: MOST_KEYS - 1])


def dump_keys(keys: Sequence[Key]) -> str:
    """Return keys as they are stored."""
    rows = [{"id": key.id, "key": key.secret.hex(), "made_at": key.made_at} for key in keys]
    return json.dumps(rows)


def load_keys(text: str) -> tuple[Key, ...]:
    """Return stored keys; none where they cannot be read, so that new ones are made."""
    try:
        rows = json.loads(text) if text else []
        keys = [Key(str(row["id"]), bytes.fromhex(row["key"]), int(row["made_at"])) for row in rows]
    except (ValueError, TypeError, KeyError):
        return ()
    sound = all(len(key.secret) == KEY_BYTES and _SUBJECT.fullmatch(key.id) for key in keys)
    return tuple(keys[:MOST_KEYS]) if sound else ()


def sign(key: Key, purpose: Purpose, subject: str, expires_at: int) -> str:
    """Return a token. Raises `ValueError` for a subject that is no plain word."""
    if not _SUBJECT.fullmatch(subject) or not 0 <= expires_at <= MOST_EXPIRY:
        raise ValueError("this cannot be signed")
    written = f"{VERSION}|{key.id}|{purpose}|{subject}|{expires_at}"
    payload = _encode(written.encode("ascii"))
    return f"{payload}.{_signature(key, payload)}"


def verify(keys: Sequence[Key], purpose: Purpose, token: str) -> Ticket | None:
    """Return what a token says, or None for whatever was not signed by these keys for this.

    The time that this takes tells nothing: every key is tried in full, and nothing is read before.
    """
    found = _TOKEN.fullmatch(token) if len(token) <= MOST_TOKEN else None
    payload, signature = found.groups() if found else ("", "")
    ours: Key | None = None
    for key in keys:
        if hmac.compare_digest(_signature(key, payload), signature):
            ours = key
    return _read(payload, ours, purpose) if ours else None


def _signature(key: Key, payload: str) -> str:
    return _encode(hmac.digest(key.secret, payload.encode("ascii"), "sha256"))


def _encode(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def _read(payload: str, key: Key, purpose: Purpose) -> Ticket | None:
    """Read what was signed by a key of ours."""
    try:
        padded = payload + "=" * (-len(payload) % 4)
        written = b64decode(padded, altchars=b"-_", validate=True).decode("ascii")
        version, id, meant, subject, expiry = written.split("|")
        expires_at = int(expiry)
    except (Base64Error, ValueError):
        return None
    if (version, id, meant) != (VERSION, key.id, purpose.value):
        return None
    return Ticket(subject, expires_at, key)
