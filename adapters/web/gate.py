"""Judge a request before anything of it is read: whom it names, how it is framed, from where.

Pure decisions about the head of a request; the body is not there yet.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address
from urllib.parse import urlsplit

from aiohttp import web
from multidict import CIMultiDictProxy

# All header lines together; each alone has aiohttp's 8 KiB. Slack and a proxy send about 2 KB.
HEADER_BYTES = 32 * 1024
BODY_BYTES = 1024 * 1024
# A NUL, a line break or another control character that hides in a path or a query.
_CONTROL = re.compile(r"%(?:[01][0-9a-f]|7f)|[\x00-\x1f\x7f]", re.IGNORECASE)
_LENGTH = re.compile(r"[0-9]{1,12}", re.ASCII)
# What a proxy adds to a request that it hands on. Who sends them is not known, so nothing of
# what they say is believed: they only tell that the request did not begin beside us.
_HANDED_ON = ("Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP", "Via")

_Headers = CIMultiDictProxy[str] | Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Flaw:
    """Why a request is not served: the status, the word it is counted by, and the sentence."""

    status: int
    why: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Names:
    """What we go by: names of this machine, and the name in PUBLIC_URL (lower case, no port)."""

    local: frozenset[str]
    public: str | None = None

    def knows(self, host: str) -> bool:
        """Tell whether a Host header names us. An address always does: rebinding needs a name."""
        name = _name_in(host)
        if name in self.local or (name and name == self.public):
            return True
        return _address_of(name) is not None

    def is_public(self, host: str) -> bool:
        """Tell whether a Host header is the name that the world calls us by."""
        return self.public is not None and _name_in(host) == self.public


def flaw_of(request: web.BaseRequest, names: Names, most_bytes: int = BODY_BYTES) -> Flaw | None:
    """Return what is wrong with the head of a request whose body has at most `most_bytes`."""
    hosts = request.headers.getall("Host", [])
    if len(hosts) != 1:
        return Flaw(400, "host", "one Host header is needed")
    if not names.knows(hosts[0]):
        return Flaw(400, "host", "this host is not served here")
    # RFC 9112 3.2.2: a whole address as the target overrules the Host header.
    if not request.raw_path.startswith("/") and not names.knows(_authority(request.raw_path)):
        return Flaw(400, "host", "this host is not served here")
    if _CONTROL.search(request.path_qs) or _CONTROL.search(request.raw_path):
        return Flaw(400, "target", "control characters in the address")
    if sum(len(name) + len(value) for name, value in request.raw_headers) > HEADER_BYTES:
        return Flaw(431, "headers", "the headers are too large")
    if not _is_framed(request):
        return Flaw(400, "framing", "where the body ends is not clear")
    if (request.content_length or 0) > most_bytes:
        return Flaw(413, "size", "the body is too large")
    return None


def _is_framed(request: web.BaseRequest) -> bool:
    """Tell whether everybody on the way sees the same end of the body (request smuggling)."""
    encodings = request.headers.getall("Transfer-Encoding", [])
    lengths = request.headers.getall("Content-Length", [])
    if len(encodings) + len(lengths) > 1:
        return False
    if encodings:
        return encodings[0].lower() == "chunked" and request.version >= (1, 1)
    return not lengths or _LENGTH.fullmatch(lengths[0]) is not None


def is_inside(request: web.BaseRequest, names: Names) -> bool:
    """Tell whether a request begins on this machine or in its network, as far as can be known.

    A proxy that neither keeps the name nor adds a header cannot be told from a program here:
    let it lead to the paths that the world needs, and to no others.
    """
    address = _address_of(request.remote or "")
    if address is not None and address.is_global:
        return False
    if any(name in request.headers for name in _HANDED_ON):
        return False
    return not names.is_public(request.headers.get("Host", ""))


def _name_in(host: str) -> str:
    try:
        return (urlsplit(f"//{host}").hostname or "").lower()
    except ValueError:
        return ""


def _authority(target: str) -> str:
    try:
        return urlsplit(target).netloc
    except ValueError:
        return ""


def _address_of(text: str) -> IPv4Address | IPv6Address | None:
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    if isinstance(address, IPv6Address) and address.ipv4_mapped:
        return address.ipv4_mapped
    return address
