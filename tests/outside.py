"""The internet of a test: a real server on loopback, which names are led to.

The resolver and the plain sockets are handed in: a name resolves to a public address, and a
connection to that very address arrives here. Nothing else is in the way of the checks.
"""

from __future__ import annotations

import asyncio
import socket
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult

from adapters.fetch import Allowed, Fetcher
from tests.corpus import certificates

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
