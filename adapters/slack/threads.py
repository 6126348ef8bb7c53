"""Know which threads may be ours, before anything is asked of Slack about who speaks there."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Awaitable, Callable

from bot.domain import ThreadRef

MOST_KEPT = 5_000


class Threads:
    """Remember threads in which the bot was spoken to; of others ask `follows`."""

    def __init__(self, follows: Callable[[ThreadRef], Awaitable[bool]]) -> None:
        self._follows = follows
        self._ours: OrderedDict[str, None] = OrderedDict()

    def note(self, thread: ThreadRef) -> None:
        """Note that the bot is spoken to in a thread, which the store may not know yet."""
        self._ours[thread.thread] = None
        self._ours.move_to_end(thread.thread)
        while len(self._ours) > MOST_KEPT:
            self._ours.popitem(last=False)

    async def may_be_ours(self, thread: ThreadRef) -> bool:
        """Tell whether what is said there may be for us; the core alone knows for sure."""
        if thread.thread in self._ours:
            return True
        ours = await self._follows(thread)
        if ours:
            self.note(thread)
        return ours
