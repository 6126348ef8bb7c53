"""Marks on questions that wait their turn: few at a time, and each is taken away again.

A mark is written down before it is put and until it is gone, so that the next process takes away
what this one could not. It is an ornament: no turn waits for one.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass, field
from itertools import chain, repeat

import structlog

from bot.domain import TurnState
from bot.errors import PlatformError, PlatformRefused, PlatformUnknown, StoreError, Throttled
from bot.events import MessageReceived
from bot.faults import transition
from bot.turns.calls import BACKOFF_SECONDS, Calls
from bot.turns.services import Services

log = structlog.get_logger(__name__)

# In one workspace at once, as many as can be taken away at once: Slack allows 20 a minute of
# that, Discord four a second in a channel. What waits beyond that waits without a mark.
MOST_STANDING = 8
# What a process that was killed had sent comes no later than this after the next one began.
LEFT_BEHIND_SECONDS = 2.0
# So long a bot that stops waits for what is being taken away.
CLOSE_SECONDS = 5.0


@dataclass(slots=True, eq=False)
class _Mark:
    """A mark that stands, or may, on `message` at `place` until `over`: its turn has begun.

    Until `doubtful_until` a request that puts it may still be under way.
    """

    turn: str
    workspace: str
    place: str
    message: str
    over: asyncio.Event = field(default_factory=asyncio.Event)
    doubtful_until: float = float("-inf")


class Marks:
    """Put one platform's marks of waiting, and take them away. Nothing here hurts a turn."""

    def __init__(self, name: str, services: Services) -> None:
        self._services = services
        self._platform = services.platforms[name]
        self._calls = Calls(self._platform, services)
        self._memo = f"marks:{name}"
        self._marks: dict[str, _Mark] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}
        # What is written down and was not read must not be written over.
        self._is_loaded = False
        self._writing = asyncio.Lock()
        # Discord lets four leave a second: one after the other it is known when the next may.
        self._calling = asyncio.Lock()

    async def load(self) -> None:
        """Take over what earlier processes left, before any turn is begun."""
        try:
            left = _read(await self._services.store.memo(self._memo))
        except StoreError as error:
            log.error("marks left to the next start", error=str(error))
            return
        self._is_loaded = True
        for mark in left:
            self._doubt(mark, LEFT_BEHIND_SECONDS)
            self._keep(mark, stands=True)

    def put(self, turn: str, message: MessageReceived) -> None:
        """Show on a question that it waits, if there is room for one more mark."""
        if not self._is_loaded:
            return
        workspace = message.thread.workspace
        standing = Counter(mark.workspace for mark in self._marks.values())
        if turn not in self._marks and standing[workspace] < MOST_STANDING:
            self._keep(_Mark(turn, workspace, message.place, message.message))

    def take(self, turn: str) -> None:
        """Take a turn's mark away, if it has one: it waits no more."""
        if mark := self._marks.get(turn):
            mark.over.set()

    def take_all(self, workspace: str) -> None:
        """Take a workspace's marks away: nothing waits there any more."""
        for mark in self._marks.values():
            if mark.workspace == workspace:
                mark.over.set()

    async def close(self) -> None:
        """Wait a little for what is being taken away; the rest is left to the next start."""
        tasks = list(self._tasks.values())
        stay = {mark.turn for mark in self._marks.values() if not mark.over.is_set()}
        going = [task for turn, task in self._tasks.items() if turn not in stay]
        if going:
            await asyncio.wait(going, timeout=CLOSE_SECONDS)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    # --- the life of a mark

    def _keep(self, mark: _Mark, *, stands: bool = False) -> None:
        self._marks[mark.turn] = mark
        task = self._tasks[mark.turn] = asyncio.create_task(self._live(mark, stands))
        task.add_done_callback(lambda _: self._tasks.pop(mark.turn))

    async def _live(self, mark: _Mark, stands: bool) -> None:
        """Put a mark unless it stands already, and take it away when its turn has begun."""
        if stands:
            await self._find_over(mark)
        if stands or await self._show(mark):
            await mark.over.wait()
            await self._take_away(mark)
        # Not where it is cut short: then it stays written down.
        del self._marks[mark.turn]
        await self._write()

    async def _find_over(self, mark: _Mark) -> None:
        """Find out whether a turn of an earlier process has ended: then nobody begins it."""
        try:
            turn = await self._services.store.read(mark.turn)
        except StoreError:
            return  # at the next start it is known
        if turn is None or turn.state is TurnState.ENDED:
            mark.over.set()

    async def _show(self, mark: _Mark) -> bool:
        """Write a mark down and put it; tell whether it may stand now."""
        if not await self._write():
            return False
        try:
            async with self._calling:
                if mark.over.is_set():
                    return False
                await self._call(mark, queued=True)
        except PlatformUnknown:
            self._doubt(mark, max(self._platform.limits.settle_seconds, LEFT_BEHIND_SECONDS))
        except PlatformError as error:
            log.info("mark of waiting not put", error=str(error), code=error.code)
            return False
        return True

    async def _take_away(self, mark: _Mark) -> None:
        clock = self._services.clock
        for wait in chain(BACKOFF_SECONDS, repeat(BACKOFF_SECONDS[-1])):
            try:
                async with self._calling:
                    await self._call(mark, queued=False)
            except Throttled as error:
                await clock.sleep(max(wait, error.retry_after))
            except PlatformUnknown:
                await clock.sleep(wait)
            except PlatformRefused as error:
                log.info("mark of waiting left", error=str(error), code=error.code)
                return
            else:
                if (left := mark.doubtful_until - clock.monotonic()) <= 0:
                    return
                # What puts it may come later than this: then it is taken away once more.
                await clock.sleep(left)

    async def _call(self, mark: _Mark, *, queued: bool) -> None:
        await self._calls.once(
            "mark" if queued else "unmark",
            lambda: self._platform.mark_queued(mark.place, mark.message, queued),
        )

    def _doubt(self, mark: _Mark, seconds: float) -> None:
        mark.doubtful_until = self._services.clock.monotonic() + seconds

    # --- what is written down

    async def _write(self) -> bool:
        """Write down which marks stand, or may; tell whether that is stored."""
        async with self._writing:
            marks = self._marks.values()
            lines = [f"{one.turn} {one.workspace} {one.place} {one.message}" for one in marks]
            try:
                stored = self._services.store.put_memo(self._memo, "\n".join(lines))
                await transition("write_marks", stored)
            except StoreError as error:
                log.error("marks of waiting not written down", error=str(error))
                return False
        return True


def _read(text: str) -> list[_Mark]:
    """Return the marks that were written down."""
    rows = (line.split(" ") for line in text.split("\n"))
    return [_Mark(row[0], row[1], row[2], row[3]) for row in rows if len(row) == 4]
