"""Tell the people who run the bot, once each, what only they can mend."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence

import structlog

from bot.errors import PlatformError, PlatformRefused, StoreError, Throttled
from bot.events import Post
from bot.faults import fault_point, transition
from bot.ports import Alert, Clock, OperatorStore, Platform, Purpose
from bot.turns.nonces import nonce

log = structlog.get_logger(__name__)

# Between two tries to tell somebody whom the platform did not let us reach just now.
AGAIN_SECONDS = 60.0


class Alerts:
    """Raise alerts in the store, and tell each of `people` by a message to them alone.

    `people` are written as in ADMIN_IDS: `discord:123`. That somebody was told is stored, so
    no restart tells them again; an alert that was cleared and raised anew is told anew, but no
    more than once an hour.
    """

    def __init__(
        self,
        store: OperatorStore,
        platforms: Mapping[str, Platform],
        clock: Clock,
        people: Sequence[str] = (),
    ) -> None:
        self._store = store
        self._platforms = platforms
        self._clock = clock
        self._people = tuple(sorted(people))
        self._known_clear: set[str] = set()
        self._wake = asyncio.Event()

    @property
    def reaches_people(self) -> bool:
        """Tell whether an alert is told to anybody at all."""
        return bool(self._people)

    async def raise_alert(self, name: str, text: str, *, again_ms: int = 0) -> None:
        """Raise an alert, unless it stands already. Never raises: the turn goes on.

        With `again_ms` people are told of it anew after that time, and not before.
        """
        self._known_clear.discard(name)
        log.error("alert", alert=name, text=text)
        try:
            now = self._clock.now()
            people = self._people
            if await self._store.raise_alert(name, text, people, now, again_ms=again_ms):
                self._wake.set()
        except StoreError as error:
            log.error("alert not stored", alert=name, error=str(error))

    async def clear(self, name: str) -> None:
        """End an alert. Costs nothing while it is known not to stand."""
        if name in self._known_clear:
            return
        try:
            await self._store.clear_alert(name)
        except StoreError as error:
            log.error("alert not cleared", alert=name, error=str(error))
        else:
            self._known_clear.add(name)

    async def run(self) -> None:
        """Tell whoever has yet to be told, for ever."""
        while True:
            left = await self._tell_all()
            try:
                async with asyncio.timeout(AGAIN_SECONDS if left else None):
                    await self._wake.wait()
            except TimeoutError:
                pass
            self._wake.clear()

    async def _tell_all(self) -> bool:
        """Tell everybody once; return whether somebody is left for later."""
        left = False
        try:
            for alert in await self._store.untold():
                left |= not await self._tell(alert)
        except StoreError as error:
            log.error("alerts not told", error=str(error))
            left = True
        return left

    async def _tell(self, alert: Alert) -> bool:
        """Tell one person; return whether that is settled, for good or ill."""
        platform_name, _, person = alert.person.partition(":")
        platform = self._platforms.get(platform_name)
        if platform is not None:
            key = nonce(f"alert|{alert.name}|{alert.raised_at}|{alert.person}", Purpose.NOTICE, 0)
            fault_point("before:tell")
            try:
                await platform.tell(person, Post(alert.text), key)
            except Throttled:
                return False
            except PlatformRefused as error:
                log.error("admin cannot be told", alert=alert.name, error=str(error))
            except PlatformError as error:
                log.warning("admin not told yet", alert=alert.name, error=str(error))
                return False
            fault_point("after:tell")
        await transition("mark_told", self._store.mark_told(alert))
        return True
