"""Follow the world as one person sees it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from adapters.playground.slack.world import Change, World

Json = dict[str, Any]
Seen = tuple[str, Json]


class Subscription:
    """The changes that `render` shows, in order: `async for name, data in subscription`."""

    def __init__(self, world: World, render: Callable[[Change], Seen | None]) -> None:
        self._world = world
        self._render = render
        self._queue: asyncio.Queue[Seen] = asyncio.Queue()
        world.watchers.append(self._tell)

    def _tell(self, change: Change) -> None:
        if seen := self._render(change):
            self._queue.put_nowait(seen)

    def __aiter__(self) -> Subscription:
        return self

    async def __anext__(self) -> Seen:
        return await self._queue.get()

    def close(self) -> None:
        """Stop listening."""
        self._world.watchers.remove(self._tell)
