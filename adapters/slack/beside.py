"""Work that goes on after Slack has its acknowledgement."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

import structlog

from bot.ports import Meter

log = structlog.get_logger(__name__)


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
        """End what is still being done."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            self._meter.count("slack_handler_errors", handler="background")
            log.error("background work failed", error=repr(error)[:200])
