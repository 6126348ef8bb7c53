"""The only HTTP client of the backends: one session, no redirects, deadlines, caps.

What goes wrong below becomes a `BackendError` here and nowhere else. A request's headers
(and with them the key) never become part of an error.
"""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass

import aiohttp
from multidict import CIMultiDict, CIMultiDictProxy

from adapters.backends import body as bodies
from adapters.backends.body import Body
from bot.errors import BackendError, BackendFault

_FAILURES = (aiohttp.ClientError, OSError, TimeoutError)
_WHOLE_BYTES_MAX = 256 * 1024


@dataclass(frozen=True, slots=True)
class Bounds:
    """Seconds for each phase (`idle` between two reads, `total` for all of it), and sizes.

    A reasoning model may be silent for tens of seconds before its first token, and
    128,000 tokens in chunks of 600 bytes are a stream of 77 MB.
    """

    connect: float = 10.0
    headers: float = 60.0
    idle: float = 120.0
    total: float = 600.0
    body_bytes: int = 8 * 1024 * 1024
    stream_bytes: int = 256 * 1024 * 1024


class Oversized(BackendError):
    """An answer that is over what such an answer may be."""


class Http:
    """Send requests over one shared session, given or made at the first use."""

    def __init__(
        self, session: aiohttp.ClientSession | None = None, bounds: Bounds | None = None
    ) -> None:
        self.bounds = bounds or Bounds()
        self._session = session
        self._owned = session is None

    async def post(
        self,
        url: str,
        headers: Mapping[str, str],
        body: Body,
        deadline: float,
        patience: float | None = None,
        *,
        keep: bool = True,
    ) -> Answer:
        """Send `body` and return the answer as soon as its headers are there.

        `deadline` is on the loop's clock and holds for reading the answer too; `patience` are
        the seconds in which the headers must come, where the answer is made before them.
        Without `keep` a body is emptied as it is sent: an answer may be long in coming.
        """
        size = bodies.size(body)
        if size <= _WHOLE_BYTES_MAX:
            return await self._send("POST", url, headers, b"".join(body), deadline, patience)
        # A long body is written piece by piece, and without a length it would be chunked.
        headers = {**headers, "Content-Length": str(size)}
        pieces = _pieces(body if not keep else list(body))
        return await self._send("POST", url, headers, pieces, deadline, patience)

    async def get(
        self, url: str, headers: Mapping[str, str], deadline: float, patience: float | None = None
    ) -> Answer:
        """Ask for `url`; else as `post`."""
        return await self._send("GET", url, headers, None, deadline, patience)

    async def _send(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        data: bytes | AsyncIterator[bytes] | None,
        deadline: float,
        patience: float | None,
    ) -> Answer:
        loop = asyncio.get_running_loop()
        wait = self.bounds.headers if patience is None else patience
        try:
            async with asyncio.timeout_at(min(loop.time() + wait, deadline)):
                response = await self._opened().request(
                    method,
                    url,
                    data=data,
                    headers=headers,
                    # A redirect followed by itself would carry the key to another host.
                    allow_redirects=False,
                    timeout=aiohttp.ClientTimeout(connect=self.bounds.connect),
                )
        except _FAILURES as error:
            raise translate(error) from error
        return Answer(response, self.bounds, deadline)

    def _opened(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                # How many turns run at once is decided by the core, not by a hidden queue.
                connector=aiohttp.TCPConnector(limit=0),
                cookie_jar=aiohttp.DummyCookieJar(),
                timeout=aiohttp.ClientTimeout(),
            )
        return self._session

    async def close(self) -> None:
        """Close the session if it is ours."""
        if self._owned and self._session is not None:
            await self._session.close()
            self._session = None


class Answer:
    """One HTTP answer, read piece by piece; `close` at any time ends the request.

    One timer watches over all reads and is set anew only when it fires: per piece it costs
    no more than a look at the clock.
    """

    def __init__(self, response: aiohttp.ClientResponse, bounds: Bounds, deadline: float) -> None:
        self.status = response.status
        self.headers: Mapping[str, str] = response.headers
        self._response = response
        self._content = response.content
        self._loop = asyncio.get_running_loop()
        self._bounds = bounds
        self._idle = bounds.idle
        self._deadline = deadline
        self._waiting: float | None = None
        self._expired = False
        self._failure: BackendError | None = None
        self._bytes = 0
        self._timer = self._loop.call_at(min(self._loop.time() + bounds.idle, deadline), self._look)

    async def read(self) -> bytes:
        """Return the next piece, or nothing at the end."""
        if self._failure is not None:
            raise self._failure
        self._waiting = self._loop.time()
        try:
            piece = await self._content.readany()
        except _FAILURES as error:
            self._timer.cancel()
            cause = TimeoutError() if self._expired else error
            self._failure = translate(cause)
            self._failure.__cause__ = error
            if piece := self._unread():
                return piece
            raise self._failure from error
        finally:
            self._waiting = None
        if not piece:
            self._timer.cancel()
        self._bytes += len(piece)
        if self._bytes > self._bounds.stream_bytes:
            raise self._oversized(self._bounds.stream_bytes)
        return piece

    async def read_all(self, first: bytes = b"", most: int | None = None) -> bytes:
        """Return the whole body, `first` being what was read of it already.

        `most` is how large it may be where that is not as usual. Raises `Oversized` beyond.
        """
        most = most or self._bounds.body_bytes
        pieces = [first]
        size = len(first)
        while piece := await self.read():
            size += len(piece)
            if size > most:
                raise self._oversized(most)
            pieces.append(piece)
        return b"".join(pieces)

    def hurry(self, seconds: float) -> None:
        """Wait no longer than this for each further piece."""
        if seconds >= self._idle:
            return
        self._idle = seconds
        if not self._timer.cancelled():
            self._timer.cancel()
            self._timer = self._loop.call_at(
                min(self._loop.time() + self._idle, self._deadline), self._look
            )

    def close(self) -> None:
        """End the request at once, unless it has ended by itself."""
        self._timer.cancel()
        self._response.close()

    def _oversized(self, most: int) -> Oversized:
        self.close()
        return Oversized(
            BackendFault.PROTOCOL,
            status=self.status,
            detail=f"the answer is over {most} bytes",
            ambiguous=True,
        )

    def _look(self) -> None:
        now = self._loop.time()
        since = now if self._waiting is None else self._waiting
        due = min(since + self._idle, self._deadline)
        if now < due:
            self._timer = self._loop.call_at(due, self._look)
        else:
            self._expired = True
            self._response.close()

    def _unread(self) -> bytes:
        """Return what had arrived before the failure, which `readany` gives out no more."""
        buffer = getattr(self._content, "_buffer", None)
        if not buffer:
            return b""
        offset = getattr(self._content, "_buffer_offset", 0)
        data = b"".join(buffer)[offset:]
        buffer.clear()
        return data


async def _pieces(body: Body) -> AsyncIterator[bytes]:
    """Yield a body in pieces that one write each may take, and empty it."""
    body.reverse()
    while body:
        for piece in bodies.writes([body.pop()]):
            yield piece


def translate(error: BaseException) -> BackendError:
    """Say what a failure below HTTP means. `ambiguous`: the request may have been run."""
    fault, ambiguous, detail = BackendFault.CUT, True, type(error).__name__
    match error:
        case aiohttp.InvalidURL() | aiohttp.NonHttpUrlClientError():
            fault, ambiguous = BackendFault.INVALID, False
        case aiohttp.ConnectionTimeoutError():
            fault, ambiguous = BackendFault.TIMEOUT, False
        case aiohttp.ClientConnectorError():
            fault, ambiguous = BackendFault.UNREACHABLE, False
            detail = f"cannot connect to {error.host}:{error.port}: {detail}"
        case TimeoutError():
            fault = BackendFault.TIMEOUT
        case aiohttp.ClientResponseError():
            # Its arguments hold the request's headers, and with them the key.
            _scrub(error)
            fault = BackendFault.PROTOCOL
    return BackendError(fault, detail=detail, ambiguous=ambiguous)


def _scrub(error: aiohttp.ClientResponseError) -> None:
    seen: set[int] = set()
    chain: BaseException | None = error
    while chain is not None and id(chain) not in seen:
        seen.add(id(chain))
        if isinstance(chain, aiohttp.ClientResponseError):
            url = chain.request_info.real_url
            blank = CIMultiDictProxy(CIMultiDict[str]())
            chain.request_info = aiohttp.RequestInfo(url, chain.request_info.method, blank, url)
            chain.history = ()
            chain.headers = None
            chain.args = (chain.status, chain.message)
        chain = next(filter(None, itertools.chain([chain.__cause__, chain.__context__])), None)
