"""Read what was said while nobody heard, longer than Slack repeats what is not acknowledged.

What is found is taken like the event that told of it, or would have: the store knows it again.
Unlike on Discord what is said now is not held back meanwhile, since Slack waits three seconds for
an acknowledgement: it may be answered before something older of its thread.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Coroutine, Sequence
from typing import Any, Protocol

import structlog

from adapters.absences import Sources
from adapters.slack.absences import Absences
from adapters.slack.calls import Calls
from adapters.slack.inbound import Ears
from adapters.slack.missed import (
    KINDS,
    Missed,
    Unread,
    active_threads,
    newest_of,
    plan,
    select,
    threads_in,
)
from adapters.slack.pages import Pages, Row
from adapters.slack.places import PLATFORM, channel_path
from adapters.slack.presses import Answer
from adapters.watermarks import Watermarks
from bot.errors import Gone, PlatformError, PlatformRefused, StoreError
from bot.events import MessageDeleted
from bot.ports import Clock, Meter, WatermarkStore

log = structlog.get_logger(__name__)

DAY_MS = 24 * 60 * 60 * 1000
# Of a thread that began longer ago Slack tells only whoever asks for it: the newest are asked for.
FOLLOWED_MS = 7 * DAY_MS
MOST_FOLLOWED = 50
TRIES = 4
# What could not be read or stored is tried again: left to the next start, all that was heard
# meanwhile would count as missed.
AGAIN_SECONDS = 300.0

Receive = Callable[[str, Missed], Awaitable[Answer]]


class Threads(Protocol):
    """Know the threads that are followed."""

    async def recent_threads(
        self, platform: str, workspace: str, since: int, most: int
    ) -> list[str]:
        """See `bot.ports.ConversationStore`."""


class Store(WatermarkStore, Threads, Sources, Protocol):
    """How far was read, what was said there, and where the bot answers without a mention."""


class CatchUp:
    """Read workspaces' channels after an absence, one after the other.

    `ears(team)` is None for a workspace that the bot was removed from. `receive(team, missed)`
    takes a message, `start` runs what is to be done after that; `deleted` takes what is gone.
    """

    def __init__(
        self,
        *,
        store: Store,
        marks: Watermarks,
        calls: Calls,
        clock: Clock,
        meter: Meter,
        ears: Callable[[str], Ears | None],
        receive: Receive,
        start: Callable[[Coroutine[Any, Any, None]], None],
        deleted: Callable[[MessageDeleted], object],
    ) -> None:
        self._store = store
        self._marks = marks
        self._clock = clock
        self._meter = meter
        self._ears = ears
        self._receive = receive
        self._start = start
        self._pages = Pages(calls, clock)
        self._absences = Absences(store, self._pages, clock, meter, deleted)
        self._reading: dict[str, asyncio.Task[None]] = {}
        self._resting: set[str] = set()
        self._told: set[tuple[str, str, str]] = set()

    @property
    def waiting(self) -> int:
        """Return how many workspaces are being read, but for what is tried again later."""
        return len(self._reading.keys() - self._resting)

    async def expect(self, team: str) -> None:
        """Raise no mark before it is known what was missed; a new workspace begins here."""
        self._marks.freeze_all(team)
        try:
            if "" not in await self._store.watermarks(PLATFORM, team):
                await self.note(team)
        except StoreError as error:
            log.error("baseline not stored", workspace=team, error=str(error))

    async def note(self, team: str) -> None:
        """Note that nothing older is the bot's business. Raises `StoreError`."""
        await self._store.raise_watermarks(PLATFORM, team, {"": self._clock.now() * 1000})

    def begin(self, team: str, silent_ms: int | None = None) -> None:
        """Read a workspace beside; what is being read of it begins anew.

        `silent_ms`: for so long nothing was heard, which the marks do not know of.
        """
        self.forget(team)
        self._marks.freeze_all(team)
        heard_to = None if silent_ms is None else (self._clock.now() - silent_ms) * 1000
        task = self._reading[team] = asyncio.create_task(self._read(team, heard_to))
        task.add_done_callback(lambda done: self._ended(team, done))

    def forget(self, team: str) -> None:
        """Read nothing more of a workspace."""
        self._resting.discard(team)
        if task := self._reading.pop(team, None):
            task.cancel()

    async def close(self) -> None:
        """Read nothing more."""
        tasks = list(self._reading.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _ended(self, team: str, task: asyncio.Task[None]) -> None:
        if self._reading.get(team) is task:
            self.forget(team)
        if not task.cancelled() and (error := task.exception()):
            self._meter.count("slack_handler_errors", handler="background")
            log.error("catch-up failed", workspace=team, error=repr(error)[:200])

    async def _read(self, team: str, heard_to: int | None) -> None:
        """Read all channels, and those that could not be read again and again."""
        live = self._clock.now() * 1000
        left = await self._read_some(team, heard_to, live, None)
        while left is None or left:
            self._resting.add(team)
            await self._clock.sleep(AGAIN_SECONDS)
            left = await self._read_some(team, heard_to, live, left)

    async def _read_some(
        self, team: str, heard_to: int | None, live: int, only: Collection[str] | None
    ) -> Collection[str] | None:
        """Read some channels, or all; return those that are left, None where none are known.

        The mark of one that is left is raised no more.
        """
        now = self._clock.now()
        floor = (now - DAY_MS) * 1000
        try:
            known = await self._store.watermarks(PLATFORM, team)
            if "" not in known:
                # Nobody knows since when the bot is there: `expect` could not store it.
                await self.note(team)
                known = await self._store.watermarks(PLATFORM, team)
            followed = await self._store.recent_threads(
                PLATFORM, team, now - FOLLOWED_MS, MOST_FOLLOWED
            )
            listed = await self._list(team)
        except (StoreError, PlatformError) as error:
            log.error("not caught up; tried again later", workspace=team, error=str(error))
            return only
        planned = plan(team, listed, known, floor, live, heard_to)
        unread = [one for one in planned if only is None or one.channel in only]
        for one in unread:
            # The mark must not go past what is not read yet, whatever is heard meanwhile.
            self._marks.freeze(team, channel_path(team, one.channel))
        self._marks.thaw(team)
        left = [
            one.channel
            for one in unread
            if not await self._read_channel(team, one, floor, followed)
        ]
        if only is None:
            # People wait for what they said; nobody waits for this.
            await self._absences.look(team, live)
        return left

    async def _list(self, team: str) -> list[Row]:
        """Return the conversations that the bot is in, without those that it may not know of."""
        try:
            return await self._pages.conversations(team, ",".join(KINDS))
        except PlatformRefused:
            # Without a scope all of them are refused: those of the other scopes are asked for.
            return [row for kind in KINDS for row in await self._list_kind(team, kind)]

    async def _list_kind(self, team: str, kind: str) -> Sequence[Row]:
        try:
            return await self._pages.conversations(team, kind)
        except PlatformRefused as error:
            self._tell(team, kind, error)
            return ()

    async def _read_channel(
        self, team: str, unread: Unread, floor: int, followed: Sequence[str]
    ) -> bool:
        """Read a channel and take what is found; tell whether there is nothing left of it."""
        path = channel_path(team, unread.channel)
        gaps = self._marks.gaps(team, path)
        ears = self._ears(team)
        if ears is None:
            return True
        try:
            rows = await self._fetch(team, unread, floor, threads_in(followed, path))
        except PlatformRefused as error:
            # No right to read its history, or it is gone: there is nothing to catch up.
            self._tell(team, unread.kind, error)
            rows = []
        except PlatformError as error:
            log.warning("not caught up; tried again later", channel=path, code=error.code)
            return False
        for missed in select(rows, unread, ears):
            if not await self._take(team, missed):
                log.warning("not caught up; tried again later", channel=path, code="store")
                return False
        self._marks.saw(team, path, newest_of(rows))
        self._marks.close(team, path, gaps)
        return True

    async def _fetch(
        self, team: str, unread: Unread, floor: int, followed: Sequence[str]
    ) -> list[Row]:
        """Return what was said in a channel and in its threads, those of today and our own."""
        # Of the whole day: what is old itself may have new replies.
        rows = await self._pages.newest(team, unread.channel, floor, unread.since)
        for root in active_threads(rows, followed, unread.since):
            try:
                rows += await self._pages.replies(team, unread.channel, root, unread.since)
            except Gone as error:
                log.info("nothing to catch up", thread=root, code=error.code)
        return rows

    async def _take(self, team: str, missed: Missed) -> bool:
        """Take a message; tell whether that is committed."""
        for attempt in range(TRIES):
            answer = await self._receive(team, missed)
            if answer.taken:
                if answer.then is not None:
                    self._start(answer.then())
                self._meter.count("catchup_recovered", 0 if missed.again else 1)
                return True
            await self._clock.sleep(2.0**attempt)
        return False

    def _tell(self, team: str, kind: str, error: PlatformError) -> None:
        """Log once what may not be read."""
        if (team, kind, error.code) not in self._told:
            self._told.add((team, kind, error.code))
            log.info("nothing to catch up", workspace=team, kind=kind, code=error.code)
