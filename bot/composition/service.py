"""The whole bot in one process: what runs in it, and in which order it begins and ends."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

import structlog

from bot import config
from bot.ports import Clock, Links, Platform
from bot.turns.intake import EventIntake
from bot.turns.worker import GRACE_SECONDS, Worker

if TYPE_CHECKING:
    from adapters.backends.http import Http
    from adapters.fetch import Fetcher
    from adapters.files.reader import Reader
    from adapters.web.surface import Surface
    from storage.store import SqliteStore

log = structlog.get_logger(__name__)

VERSION = "0.1.0"
READY_SECONDS = 5.0


class Connected(Platform, Protocol):
    """A platform, with the connection by which it is heard."""

    @property
    def ready(self) -> bool:
        """Tell whether people are heard and answers can be posted."""

    async def run(self) -> None:
        """Serve until `close` or `hush`. Raises `ConfigError` if a token is refused."""

    async def logged_in(self) -> None:
        """Return once the platform can be spoken to."""

    async def hush(self) -> None:
        """Hear nothing more; posting and editing go on until `close`."""

    async def close(self) -> None:
        """Stop everything."""

    def problems(self) -> list[str]:
        """Say what keeps the platform from working at this moment."""


@dataclass(slots=True)
class Service:
    """The whole bot in one process, joined.

    `told` are set, by platform, once it told where the bot is.
    """

    settings: config.Settings
    store: SqliteStore
    http: Http
    platforms: dict[str, Connected]
    intake: EventIntake
    worker: Worker
    surface: Surface
    fetcher: Fetcher
    reader: Reader
    clock: Clock
    model: str
    links: Links
    told: dict[str, asyncio.Event] = field(default_factory=dict)
    stopping: bool = False

    @property
    def platform(self) -> Any:
        """Return the first platform."""
        return next(iter(self.platforms.values()))

    async def run(self, stop: asyncio.Event) -> None:
        """Serve until `stop` is set; raises what a part cannot go on from."""
        await self.surface.start()
        await self.worker.start()
        for name in self.platforms:
            await self.intake.load(name)
        log.info(
            "bot started",
            version=VERSION,
            http=f"{self.settings.http_host}:{self.surface.port}",
            model=self.model,
            **{name: getattr(self.settings, f"{name}_api_base") for name in self.platforms},
        )
        tasks = [
            asyncio.create_task(self.intake.run(), name="intake"),
            asyncio.create_task(self._work(), name="worker"),
            *(asyncio.create_task(each.run(), name=name) for name, each in self.platforms.items()),
            asyncio.create_task(stop.wait(), name="stop"),
        ]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            for task in tasks:
                if task.get_name() not in ("worker", "intake"):
                    task.cancel()
            await self._close()
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _work(self) -> None:
        """Run turns once a platform can be spoken to.

        What the bot may do where is known only after a platform told where it is, so that is
        waited for a little, and no longer for a platform that cannot be reached: a turn that was
        left by a restart is not in a greater hurry.
        """
        spoken = asyncio.Event()

        async def come(name: str) -> None:
            await self.platforms[name].logged_in()
            spoken.set()
            await self.told[name].wait()

        coming = [asyncio.create_task(come(name)) for name in self.platforms]
        try:
            await spoken.wait()
            await asyncio.wait(coming, timeout=READY_SECONDS)
        finally:
            for task in coming:
                task.cancel()
        await self.worker.run()

    async def _close(self) -> None:
        """Hear nothing more, let running turns end, then let go of everything."""
        self.stopping = True
        log.info("stopping", running=self.worker.running)
        self.intake.close()
        await self._with_each(lambda platform: platform.hush())
        await self.worker.close(GRACE_SECONDS)
        await self._with_each(lambda platform: platform.close())
        await self.surface.close()
        await self.http.close()
        await self.fetcher.close()
        await self.reader.close()
        await self.store.aclose()
        log.info("stopped")

    async def _with_each(self, act: Callable[[Connected], Awaitable[None]]) -> None:
        """Do something with all platforms; where one fails the others are done."""
        ends = await asyncio.gather(
            *(act(platform) for platform in self.platforms.values()), return_exceptions=True
        )
        for name, end in zip(self.platforms, ends, strict=True):
            if isinstance(end, BaseException):
                log.error("platform not closed in order", platform=name, error=repr(end)[:200])
