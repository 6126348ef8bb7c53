"""What a platform shows beside a thread while a turn works: not a message, but gone at the end.

A row is written before anything is shown and dropped when it was taken away, so that whoever
takes the turn over takes it away too. Writes are serial, and the last one takes it away.
"""

from __future__ import annotations

import asyncio

import structlog

from bot import notices
from bot.domain import Turn
from bot.errors import (
    Fenced,
    PlatformError,
    PlatformRefused,
    PlatformUnknown,
    StoreError,
    Throttled,
)
from bot.faults import transition
from bot.ports import Platform, Purpose
from bot.turns.calls import BACKOFF_SECONDS, Calls
from bot.turns.nonces import nonce
from bot.turns.services import Services

log = structlog.get_logger(__name__)

# Between the tries to take it away. A platform forgets it by itself in the end (Slack after two
# minutes: https://docs.slack.dev/reference/methods/assistant.threads.setStatus).
WAITS_SECONDS = (0.5, 2.0, 8.0)
LONGEST_WAIT_SECONDS = 30.0
# What a process that was killed had sent comes no later than this after the next one began.
LEFT_BEHIND_SECONDS = 2.0


class Status:
    """Show one turn's status, and take it away. Nothing here ever hurts the turn."""

    def __init__(self, turn: Turn, services: Services, platform: Platform, calls: Calls) -> None:
        self._turn = turn
        self._services = services
        self._platform = platform
        self._calls = calls
        self._place = ""
        self._wanted = ""
        # What is surely shown; None where that is not known.
        self._shown: str | None = ""
        self._has_row = False
        self._refused = False
        self._turned_away = False
        self._is_fenced = False
        self._doubtful_until = float("-inf")
        self._writer: asyncio.Task[None] | None = None

    def take_over(self, place: str) -> None:
        """Know that an earlier owner of the turn showed one."""
        self._place, self._shown, self._has_row = place, None, True
        self._doubt(LEFT_BEHIND_SECONDS)

    @property
    def was_turned_away(self) -> bool:
        """Tell whether the platform surely did not show what it was last to show."""
        return self._turned_away

    def show(self, place: str, text: str, *, anew: bool = False) -> None:
        """Show what is being done as soon as what is under way allows; `anew` even if it is shown.

        The platform sets the bot's name before it.
        """
        if self._refused:
            return
        self._place, self._wanted = place, notices.beside(text)
        if anew:
            self._shown = None
        self._write()

    def hide(self) -> None:
        """Take it away as soon as what is under way allows."""
        self._wanted = ""
        self._write()

    async def settle(self, seconds: float) -> None:
        """Wait, no longer than this, until it shows what is wanted."""
        if self._writer is not None:
            await asyncio.wait({self._writer}, timeout=seconds)

    async def close(self) -> None:
        """Take it away, and return when it surely is (or surely cannot be)."""
        for wait in (*BACKOFF_SECONDS, 0.0):
            self.hide()
            if self._writer is not None:
                await asyncio.wait({self._writer})
            if not self._has_row or self._is_fenced:
                return
            await self._services.clock.sleep(wait)

    def cancel(self) -> None:
        """Leave it as it is to the next owner of the turn."""
        if self._writer is not None:
            self._writer.cancel()

    # --- the one writer --------------------------------------------------------------------

    def _write(self) -> None:
        if self._writer is None or self._writer.done():
            if self._is_settled:
                return
            self._writer = asyncio.create_task(self._go())

    @property
    def _is_settled(self) -> bool:
        return self._shown == self._wanted and (bool(self._wanted) or not self._has_row)

    async def _go(self) -> None:
        try:
            while not self._is_settled:
                if self._wanted:
                    await self._set(self._wanted)
                else:
                    await self._clear()
        except Fenced:
            self._is_fenced = True
        except StoreError as error:
            log.warning("status left as it is for now", error=str(error))

    async def _set(self, text: str) -> None:
        if not self._has_row:
            await self._begin()
        self._turned_away = False
        try:
            await self._call(text)
        except PlatformUnknown:
            self._doubt(max(self._platform.limits.settle_seconds, LEFT_BEHIND_SECONDS))
        except Throttled as error:
            self._turned_away = True
            log.info("status not shown", error=str(error))
        except PlatformRefused:
            self._turned_away = self._refused = True
        # Shown or not, it is not tried again: what is newer says more.
        self._shown = text
        if self._refused:
            self._wanted = ""

    async def _clear(self) -> None:
        for wait in (*WAITS_SECONDS, None):
            try:
                await self._call("")
                break
            except PlatformError as error:
                if wait is None or not isinstance(error, PlatformUnknown | Throttled):
                    break
                asked = error.retry_after if isinstance(error, Throttled) else 0.0
                pause = min(max(wait, asked), LONGEST_WAIT_SECONDS)
                await self._services.clock.sleep(pause)
                if self._wanted:
                    return
        left = self._doubtful_until - self._services.clock.monotonic()
        if left > 0:
            # What was sent before may come later than this: then it is taken away once more.
            self._doubtful_until = float("-inf")
            await self._services.clock.sleep(left)
            return
        self._shown = ""
        if not self._wanted:
            await self._drop()

    async def _call(self, text: str) -> None:
        place = self._place
        await self._calls.once("show_status", lambda: self._platform.show_status(place, text))

    def _doubt(self, seconds: float) -> None:
        until = self._services.clock.monotonic() + seconds
        self._doubtful_until = max(self._doubtful_until, until)

    # --- its row ---------------------------------------------------------------------------

    async def _begin(self) -> None:
        key = nonce(self._turn.id, Purpose.STATUS, 0)
        now = self._services.clock.now()
        begun = self._services.store.begin_part(
            self._turn, Purpose.STATUS, 0, self._place, key, now
        )
        await transition("begin_part", begun)
        self._has_row = True

    async def _drop(self) -> None:
        await self._services.store.drop_part(self._turn, Purpose.STATUS, 0)
        self._has_row = False
