"""Work that goes on after Slack has its acknowledgement."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

import structlog

from bot.ports import Meter

log = structlog.get_logger(__name__)

# Most commands take no second; whose takes longer is told of it after the next start.
ENDING_SECONDS = 3.0


class Beside:
    """Keep work alive until it is done, and say so where it failed."""

    def __init__(self, meter: Meter) -> None:
        self._meter = meter
        self._tasks: set[asyncio.Task[None]] = set()

    def start(self, work: Coroutine[Any, Any, None]) -> None:
        """Run something beside."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    async def close(self) -> None:
        """Let what is being done come to its end, and break off what takes too long."""
        tasks = list(self._tasks)
        if tasks:
            await asyncio.wait(tasks, timeout=ENDING_SECONDS)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            self._meter.count("slack_handler_errors", handler="background")
            log.error("background work failed", error=repr(error)[:200])
