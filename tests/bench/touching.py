"""`python -m tests.bench.touching N`: by how much memory grows that N conversations went through.

The real intake, worker, store and outbox take one turn in each; only the wires are cut short:
a platform that says yes, a model that says one word. What a platform's own library keeps of
its threads is not in this figure.
"""

from __future__ import annotations

import asyncio
import gc
import json
import sys
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from bot import composition, config, logs
from bot.domain import Author, ChatRequest, InteractionRef, Model, ThreadRef, Usage
from bot.events import (
    BackendEvent,
    Completed,
    Finish,
    MessageReceived,
    Post,
    TextDelta,
)
from bot.pacing import Budget
from bot.ports import ChatBackend, Found, Limits, Manner, Missing
from tests.standins import KEY, TOKEN

WARM = 2_000
AT_ONCE = 250
NOW = 1_790_000_000_000


class Yes:
    """A platform where everything succeeds at once and nothing is kept."""

    name = "discord"
    limits = Limits(2000, len, edit_seconds=0.0, requests_per_second=1e9)

    def __init__(self) -> None:
        self._posted = 0

    def missing(self, thread: ThreadRef, place: str | None) -> Missing:
        """Miss nothing."""
        return Missing()

    def manner(self, place: str, person: str = "") -> Manner:
        """Show answers as they grow."""
        return Manner()

    async def open_thread(self, thread: ThreadRef, title: str) -> str:
        """Open every thread."""
        return thread.thread

    async def post(
        self, place: str, post: Post, nonce: str, interaction: InteractionRef | None = None
    ) -> str:
        """Take every post."""
        self._posted += 1
        return f"m{self._posted}"

    async def edit(self, place: str, message: str, post: Post) -> None:
        """Take every edit."""

    async def mark_queued(self, place: str, message: str, queued: bool) -> None:
        """Take every mark."""

    async def find_ours(self, place: str, after: str) -> list[Found]:
        """Find nothing."""
        return []


class OneWord:
    """A model that answers with one word."""

    name = "bench"
    repeatable = True

    async def stream(self, request: ChatRequest) -> AsyncIterator[BackendEvent]:
        """Yield the word."""
        yield TextDelta("Yes.")
        yield Completed(Finish.STOP, Usage(10, 2, 0, 12))


class Models:
    """The one model."""

    def __init__(self) -> None:
        self._model, self._backend = Model("bench", "model"), OneWord()

    def find(self, name: str | None) -> tuple[Model, ChatBackend]:
        """Return it."""
        return self._model, self._backend

    def known(self) -> list[Model]:
        """Return it."""
        return [self._model]


def resident_mb() -> float:
    """Return the process's memory."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096 / 1e6


async def touch(count: int) -> float:
    """Return the megabytes by which `count` conversations made this process grow."""
    with tempfile.TemporaryDirectory() as folder:
        settings = config.Settings.load(
            {
                "PLAYGROUND": "off",
                "DATA_DIR": folder,
                "DISCORD_TOKEN": TOKEN,
                "AIMLAPI_API_KEY": KEY,
                "LOG_LEVEL": "ERROR",
            }
        )
        logs.configure(settings.log_level, settings.log_format, settings.secrets)
        service = await composition.compose(
            settings, most_open=10**9, make_models=lambda *_: Models()
        )
        parts: Any = service
        services: Any = parts.worker._services
        services.platforms["discord"] = Yes()
        services.budgets["discord"] = Budget(0.0, 2_000.0)
        await service.worker.start()
        tasks = [
            asyncio.create_task(service.intake.run()),
            asyncio.create_task(service.worker.run()),
        ]
        position = 0

        async def go(many: int) -> None:
            nonlocal position
            for _ in range(many // AT_ONCE):
                taken = []
                for _ in range(AT_ONCE):
                    position += 1
                    thread = ThreadRef("discord", "1", "2", str(position))
                    event = MessageReceived(
                        thread,
                        str(position),
                        position,
                        Author("7", "Ada"),
                        "Yes or no?",
                        addressed=True,
                        opens_thread=True,
                        sent_at=NOW,
                    )
                    taken.append(service.intake.put(event))
                await asyncio.gather(*taken)
                while sum((await service.store.count_open()).values()):
                    await asyncio.sleep(0.005)

        await go(WARM)
        gc.collect()
        before = resident_mb()
        await go(count)
        gc.collect()
        grown = resident_mb() - before
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await service.store.aclose()
        return grown


if __name__ == "__main__":
    print(json.dumps({"grown_mb": asyncio.run(touch(int(sys.argv[1])))}))
