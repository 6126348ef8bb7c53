"""Remember which workspaces the bot is in, so that coming and going is noticed while it is away."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable

import structlog

from bot.errors import StoreError
from bot.events import WorkspaceJoined, WorkspaceLeft
from bot.ports import Decision, MemoStore

log = structlog.get_logger(__name__)

Put = Callable[[WorkspaceJoined | WorkspaceLeft], asyncio.Future[Decision]]


class Workspaces:
    """Tell the core of a platform's workspaces joined and left, each once.

    They are remembered under the name `memo`.
    """

    def __init__(self, memos: MemoStore, put: Put, platform: str, memo: str) -> None:
        self._memos = memos
        self._put = put
        self._platform = platform
        self._memo = memo
        self._turnstile = asyncio.Lock()

    async def compare(self, workspaces: Iterable[str]) -> None:
        """Tell what a start shows: all the workspaces that the bot is in."""
        await self._settle(lambda _: set(workspaces))

    async def join(self, workspace: str) -> None:
        """Tell that the bot is in a workspace now."""
        await self._settle(lambda known: known | {workspace})

    async def leave(self, workspace: str) -> None:
        """Tell that the bot is in a workspace no more."""
        await self._settle(lambda known: known - {workspace}, gone={workspace})

    async def _settle(
        self, change: Callable[[set[str]], set[str]], gone: Iterable[str] = ()
    ) -> None:
        """Tell the difference to what is remembered, then remember."""
        async with self._turnstile:
            try:
                known = set(filter(None, (await self._memos.memo(self._memo)).split(" ")))
                now = change(known)
                left, come = (known - now) | set(gone), now - known
                if now == known and not left:
                    return
                commits = [self._put(WorkspaceLeft(self._platform, one)) for one in sorted(left)]
                commits += [self._put(WorkspaceJoined(self._platform, one)) for one in sorted(come)]
                for commit in commits:
                    await commit
                await self._memos.put_memo(self._memo, " ".join(sorted(now)))
            except StoreError as error:
                # The next start, or fresh session, compares again.
                log.warning("workspaces not remembered", error=str(error))
