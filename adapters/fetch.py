"""The one way to an address that somebody else named: people, platforms, backends.

FetchError             the address was not read
    NotAllowed         it may not be asked; nothing was sent there
    TooLarge           it holds more than is taken
    NotThere           it says that it has nothing for us (`status`)
    TryLater           it may be had later (`status`, `retry_after`)

What the operator configured is asked as it stands. Everything else must be https on its usual
port, on the list of its purpose, and at public addresses only, which are the very ones that
are connected to: a name that changes its mind in between changes nothing.
"""

from __future__ import annotations

import asyncio
import re
import socket
import ssl
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from bot.errors import BotError
from bot.ports import Meter

MOST_CHARACTERS = 2_048
MOST_HOPS = 3
CHUNK_BYTES = 64 * 1024
CONNECTIONS = 32

_UNFIT = re.compile(r"[\x00-\x20\x7f\\]")
_REDIRECTS = (301, 302, 303, 307, 308)
# Early hints of load, and faults of the other side: https://httpwg.org/specs/rfc9110.html#status.5xx
_PASSING = (408, 425, 429)

SocketFactory = Callable[[aiohttp.AddrInfoType], socket.socket]


class FetchError(BotError):
    """The address was not read. `reason` is a bounded word, for counting."""

    reason = "error"

    def __init__(self, message: str = "", *, status: int = 0) -> None:
        super().__init__(message)
        self.status = status


class NotAllowed(FetchError):
    """The address may not be asked."""

    reason = "not_allowed"


class TooLarge(FetchError):
    """The address holds more than is taken."""

    reason = "too_large"


class NotThere(FetchError):
    """The address has nothing for us."""

    reason = "not_there"


class TryLater(FetchError):
    """The address could not be read now."""

    reason = "later"

    def __init__(
        self, message: str = "", *, status: int = 0, retry_after: float | None = None
    ) -> None:
        super().__init__(message, status=status)
        self.retry_after = retry_after


@dataclass(frozen=True, slots=True)
class Allowed:
    """What one purpose may ask: `hosts` over https, and the `origins` of base URLs that the
    operator configured, whatever their scheme, port or address.

    A host that is on the list is not trusted more because it was configured, too.
    `bearers` are those of the hosts that a redirect may carry a request's credentials to.
    """

    hosts: frozenset[str] = frozenset()
    origins: frozenset[str] = frozenset()
    bearers: frozenset[str] = frozenset()

    def covers(self, url: URL) -> bool:
        """Tell whether an address has an origin that the operator configured."""
        origin = _origin(url)
        if origin[0] == "https" and origin[1] in self.hosts and origin[2] == 443:
            return False
        return any(_origin(URL(base)) == origin for base in self.origins)


class Fetcher:
    """Fetch over two sessions: one that only reaches public addresses, one for the operator's.

    `resolver`, `tls` and `sockets` replace name resolution, trust and plain sockets; nothing
    replaces the checks.
    """

    def __init__(
        self,
        meter: Meter,
        resolver: AbstractResolver | None = None,
        tls: ssl.SSLContext | None = None,
        sockets: SocketFactory | None = None,
    ) -> None:
        self._meter = meter
        self._resolver = resolver
        self._tls = tls
        self._sockets = sockets
        self._public: aiohttp.ClientSession | None = None
        self._configured: aiohttp.ClientSession | None = None

    async def fetch(
        self,
        url: str,
        allowed: Allowed,
        most: int,
        seconds: float,
        headers: Mapping[str, str] | None = None,
    ) -> bytes:
        """Return what an address holds, at most `most` bytes within `seconds` in all.

        `headers` are credentials: a request that carries them follows a redirect only to one of
        `allowed.bearers`.
        Raises only `FetchError`. Length and type are not believed: see what the bytes are.
        """
        try:
            data = await self._within(seconds, url, allowed, most, headers)
        except FetchError as error:
            self._meter.count("fetches", outcome=error.reason)
            raise
        self._meter.count("fetches", outcome="read")
        return data

    async def close(self) -> None:
        """Close all connections."""
        for session in (self._public, self._configured):
            if session is not None:
                await session.close()
        self._public = self._configured = None

    async def _within(
        self,
        seconds: float,
        url: str,
        allowed: Allowed,
        most: int,
        headers: Mapping[str, str] | None,
    ) -> bytes:
        try:
            async with asyncio.timeout(seconds):
                return await self._follow(parse(url), allowed, most, headers)
        except TimeoutError as error:
            raise TryLater(f"it took longer than {seconds:g} s") from error
        except (aiohttp.InvalidURL, aiohttp.NonHttpUrlClientError) as error:
            raise NotAllowed(type(error).__name__) from error
        except (aiohttp.ClientError, OSError) as error:
            raise TryLater(type(error).__name__) from error

    async def _follow(
        self, url: URL, allowed: Allowed, most: int, headers: Mapping[str, str] | None
    ) -> bytes:
        check(url, allowed)
        for _ in range(MOST_HOPS + 1):
            async with self._session(url, allowed).get(
                url,
                allow_redirects=False,
                headers={**(headers or {}), "Accept-Encoding": "identity"},
            ) as answer:
                if answer.status not in _REDIRECTS:
                    return await _read(answer, most)
                target = answer.headers.get("Location", "")
            if headers and not _may_carry(url, target, allowed):
                raise NotAllowed("a redirect would carry credentials on", status=answer.status)
            url = _next_hop(url, target, allowed)
        raise NotAllowed(f"more than {MOST_HOPS} redirects")

    def _session(self, url: URL, allowed: Allowed) -> aiohttp.ClientSession:
        """Return the session for an address that was checked."""
        if allowed.covers(url):
            if self._configured is None:
                self._configured = _open(aiohttp.TCPConnector(limit=CONNECTIONS))
            return self._configured
        if self._public is None:
            self._public = _open(
                aiohttp.TCPConnector(
                    limit=CONNECTIONS,
                    resolver=_PublicResolver(self._resolver or aiohttp.ThreadedResolver()),
                    # A cached answer would be an answer that is not checked again.
                    use_dns_cache=False,
                    ssl=self._tls or True,
                    socket_factory=self._sockets,
                )
            )
        return self._public


def _open(connector: aiohttp.TCPConnector) -> aiohttp.ClientSession:
    return aiohttp.ClientSession(
        connector=connector,
        cookie_jar=aiohttp.DummyCookieJar(),
        # One deadline holds for all of it (`Fetcher.fetch`).
        timeout=aiohttp.ClientTimeout(),
        # A small body may inflate to a huge one: what is not asked for is not unpacked.
        auto_decompress=False,
        headers={"User-Agent": "Threadbot"},
    )


# --- what may be asked ---------------------------------------------------------------------


def parse(url: str) -> URL:
    """Return an address as it will be asked, or raise `NotAllowed`."""
    if len(url) > MOST_CHARACTERS:
        raise NotAllowed(f"an address of more than {MOST_CHARACTERS} characters")
    if _UNFIT.search(url):
        raise NotAllowed("an address with characters that belong in none")
    try:
        # Signed addresses are asked letter by letter; only foreign letters need encoding.
        parsed = URL(url, encoded=url.isascii())
        host = parsed.raw_host or ""
        return parsed if host == host.lower() else parsed.with_host(host.lower())
    except (ValueError, TypeError, UnicodeError) as error:
        raise NotAllowed("not an address") from error


def check(url: URL, allowed: Allowed) -> None:
    """Raise `NotAllowed` unless an address may be asked."""
    try:
        host, port = (url.raw_host or "").lower(), url.port
    except ValueError as error:
        raise NotAllowed("not an address") from error
    if "@" in url.raw_authority:
        raise NotAllowed("an address with a user name")
    if allowed.covers(url):
        return
    if url.scheme.lower() != "https" or port != 443:
        raise NotAllowed("only https on port 443 is asked")
    if host not in allowed.hosts:
        raise NotAllowed("a host that is not on the list")
    with suppress(ValueError):
        if not is_public(ip_address(host)):
            raise NotAllowed("an address that is not public")


def _may_carry(url: URL, target: str, allowed: Allowed) -> bool:
    """Tell whether a redirect leads to where the credentials of a request may go, too."""
    hop = url.join(parse(target))
    return hop.scheme == "https" and (hop.raw_host or "").lower() in allowed.bearers


def _next_hop(url: URL, target: str, allowed: Allowed) -> URL:
    """Return where a redirect leads, if one may go there.

    Nobody from outside leads into what the operator configured: that may be an inner network.
    """
    if not target:
        raise NotThere("a redirect to nowhere")
    hop = url.join(parse(target))
    check(hop, allowed)
    if allowed.covers(hop) and _origin(hop) != _origin(url):
        raise NotAllowed("a redirect to an inner address")
    return hop


def _origin(url: URL) -> tuple[str, str, int | None]:
    return url.scheme.lower(), (url.raw_host or "").lower(), url.port


# Only this block is given out for public use, and within it these lead to IPv4 addresses
# again: https://www.iana.org/assignments/ipv6-unicast-address-assignments
_GLOBAL_UNICAST = IPv6Network("2000::/3")
_DETOURS = (IPv6Network("2001::/32"), IPv6Network("2002::/16"))


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Tell whether an address is of the public internet and leads nowhere else."""
    if not address.is_global or address.is_multicast:
        return False
    if isinstance(address, IPv4Address):
        return True
    return address in _GLOBAL_UNICAST and not any(address in detour for detour in _DETOURS)


class _PublicResolver(AbstractResolver):
    """Resolve, and refuse a name of which any address is not public."""

    def __init__(self, inner: AbstractResolver) -> None:
        self._inner = inner

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """Return the addresses that are connected to, none of them by name."""
        found = await self._inner.resolve(host, port, family)
        for one in found:
            try:
                public = is_public(ip_address(one["host"]))
            except ValueError:
                public = False
            if not public:
                raise NotAllowed("a name with an address that is not public")
        return found

    async def close(self) -> None:
        """Release the resolver within."""
        await self._inner.close()


# --- what came -----------------------------------------------------------------------------


async def _read(answer: aiohttp.ClientResponse, most: int) -> bytes:
    """Return a body, or raise what its status or size means."""
    if not 200 <= answer.status < 300:
        answer.close()
        raise _refusal(answer)
    if answer.headers.get("Content-Encoding", "identity").lower() != "identity":
        answer.close()
        raise TryLater("an encoding that was not asked for", status=answer.status)
    pieces: list[bytes] = []
    size = 0
    if (answer.content_length or 0) > most:
        size = most + 1
    while size <= most and (piece := await answer.content.read(CHUNK_BYTES)):
        size += len(piece)
        pieces.append(piece)
    if size > most:
        answer.close()
        raise TooLarge(f"more than {most} bytes", status=answer.status)
    return b"".join(pieces)


def _refusal(answer: aiohttp.ClientResponse) -> FetchError:
    status = answer.status
    if status >= 500 or status in _PASSING:
        after = answer.headers.get("Retry-After", "")
        seconds = float(after) if re.fullmatch(r"[0-9]{1,6}", after, re.ASCII) else None
        return TryLater(f"status {status}", status=status, retry_after=seconds)
    return NotThere(f"status {status}", status=status)
