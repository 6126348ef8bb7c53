"""Remember which servers the bot is in, so that coming and going is noticed while it is away."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable

import structlog

from adapters.discord.places import PLATFORM
from bot.errors import StoreError
from bot.events import WorkspaceJoined, WorkspaceLeft
from bot.ports import Decision, MemoStore

log = structlog.get_logger(__name__)

MEMO = "discord:servers"

Put = Callable[[WorkspaceJoined | WorkspaceLeft], asyncio.Future[Decision]]


class Servers:
    """Tell the core of servers joined and left, each once."""

    def __init__(self, memos: MemoStore, put: Put) -> None:
        self._memos = memos
        self._put = put
        self._turnstile = asyncio.Lock()

    async def compare(self, servers: Iterable[int]) -> None:
        """Tell what a fresh session shows: all the servers that the bot is in.

        An outage does not take a server off that list.
        https://docs.discord.com/developers/events/gateway-events#ready
        """
        await self._settle(lambda _: {str(server) for server in servers})

    async def join(self, server: int) -> None:
        """Tell that the bot is in a server now."""
        await self._settle(lambda known: known | {str(server)})

    async def leave(self, server: int) -> None:
        """Tell that the bot is in a server no more."""
        await self._settle(lambda known: known - {str(server)}, gone={str(server)})

    async def _settle(
        self, change: Callable[[set[str]], set[str]], gone: Iterable[str] = ()
    ) -> None:
        """Tell the difference to what is remembered, then remember."""
        async with self._turnstile:
            try:
                known = set(filter(None, (await self._memos.memo(MEMO)).split(" ")))
                now = change(known)
                left = (known - now) | set(gone)
                if now == known and not left:
                    return
                commits = [self._put(WorkspaceLeft(PLATFORM, one)) for one in sorted(left)]
                commits += [
                    self._put(WorkspaceJoined(PLATFORM, one)) for one in sorted(now - known)
                ]
                for commit in commits:
                    await commit
                await self._memos.put_memo(MEMO, " ".join(sorted(now)))
            except StoreError as error:
                # The next fresh session compares again.
                log.warning("servers not remembered", error=str(error))
