"""Remember which workspaces the bot is in, so that its removal is noticed while it is away."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable

import structlog

from adapters.slack.places import PLATFORM
from bot.errors import StoreError
from bot.events import WorkspaceJoined, WorkspaceLeft
from bot.ports import Decision, MemoStore

log = structlog.get_logger(__name__)

MEMO = "slack:workspaces"

Put = Callable[[WorkspaceJoined | WorkspaceLeft], asyncio.Future[Decision]]


class Workspaces:
    """Tell the core of workspaces joined and left, each once."""

    def __init__(self, memos: MemoStore, put: Put) -> None:
        self._memos = memos
        self._put = put
        self._turnstile = asyncio.Lock()

    async def compare(self, teams: Iterable[str]) -> None:
        """Tell what a start shows: all the workspaces that the bot is in."""
        await self._settle(lambda _: set(teams))

    async def join(self, team: str) -> None:
        """Tell that the bot is in a workspace again."""
        await self._settle(lambda known: known | {team})

    async def leave(self, team: str) -> None:
        """Tell that the bot is in a workspace no more."""
        await self._settle(lambda known: known - {team}, gone={team})

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
                # The next start compares again.
                log.warning("workspaces not remembered", error=str(error))
