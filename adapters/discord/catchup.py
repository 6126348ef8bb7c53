"""Read what was said while the bot was away, before what is said now.

A fresh session (not a resumed one) brings, with each server, the id of the newest message
of every channel and active thread; only where that is beyond our mark is anything read.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping, Set
from dataclasses import dataclass, field
from typing import Protocol

import discord
import structlog

from adapters.absences import Sources
from adapters.discord.absences import Absences
from adapters.discord.calls import Calls
from adapters.discord.held import Held, Item, whereabouts
from adapters.discord.history import known_place, make_message
from adapters.discord.pages import MOST_MESSAGES, Pages
from adapters.discord.places import DIRECT, PLATFORM, first_snowflake
from adapters.watermarks import Watermarks
from bot.errors import Forbidden, Gone, PlatformError, StoreError
from bot.ports import Clock, Decision, Meter, WatermarkStore

log = structlog.get_logger(__name__)

DAY_MS = 24 * 60 * 60 * 1000
# Low priority: a tenth of what Discord allows the bot as a whole.
CALLS_PER_SECOND = 5.0
# Direct channels do not come with the session: the newest known ones are asked.
MOST_DIRECT = 50

Receive = Callable[[Item], asyncio.Future[Decision] | None]


class Store(WatermarkStore, Sources, Protocol):
    """How far was read, and what was said there."""


@dataclass(slots=True)
class Backlog:
    """What is still to be read in one workspace.

    `channels` is None until it is known what was missed. In `awaited` ones somebody acts now.
    """

    channels: set[int] | None = None
    awaited: set[int] = field(default_factory=set)


def newest_messages(guild: discord.Guild) -> dict[int, int]:
    """Return channel -> id of its newest message, 0 where there is none."""
    found: dict[int, int] = {}
    for channel in (*guild.channels, *guild.threads):
        if not isinstance(channel, discord.abc.Messageable):
            # A forum has only posts, which are threads; a category has nothing.
            continue
        found[channel.id] = channel.last_message_id or 0
        if isinstance(channel, discord.Thread) and isinstance(channel.parent, discord.ForumChannel):
            # A post's first message has the thread's own id, and may be its newest.
            found[channel.id] = max(found[channel.id], channel.id)
    return found


def first_marks(guild: int, newest: Mapping[int, int]) -> dict[str, int]:
    """Return the marks of a workspace that the bot has just come to: all is read."""
    marks = {str(channel): max(channel, last) for channel, last in newest.items()}
    return {**marks, "": max(guild, *marks.values())} if marks else {"": guild}


def plan(known: Mapping[str, int], newest: Mapping[int, int], floor: int) -> dict[int, int]:
    """Return channel -> position after which to read, newest activity first.

    A channel made since the bot came (its id is above the baseline) was never read: all of
    it is new, also a thread's own first message, whose id may be the thread's.
    """
    baseline = known.get("", 0)
    after: dict[int, int] = {}
    for channel in sorted(newest, key=lambda one: newest[one], reverse=True):
        unread = channel - 1 if channel > baseline else baseline
        mark = max(known.get(str(channel), unread), floor)
        if newest[channel] > mark:
            after[channel] = mark
    return after


class CatchUp:
    """Hold back what is live until what is older in its channel was taken."""

    def __init__(
        self,
        *,
        store: Store,
        marks: Watermarks,
        calls: Calls,
        clock: Clock,
        meter: Meter,
        receive: Receive,
    ) -> None:
        self._store = store
        self._marks = marks
        self._clock = clock
        self._meter = meter
        self._receive = receive
        self._held = Held(marks)
        self._backlogs: dict[str, Backlog] = {}
        self._pages = Pages(calls, clock, CALLS_PER_SECOND)
        self._absences = Absences(store, self._pages, clock, meter, receive)
        self._unlooked: dict[str, discord.Client] = {}
        self._looking = asyncio.Lock()
        self._moved = asyncio.Event()

    @property
    def waiting(self) -> int:
        """Return how many workspaces are not caught up."""
        return len(self._backlogs)

    @property
    def looking(self) -> bool:
        """Tell whether what was deleted meanwhile is still to be found out."""
        return bool(self._unlooked) or self._looking.locked()

    def expect(self, workspaces: Iterable[str]) -> None:
        """Begin to hold: these workspaces will be read."""
        for workspace in workspaces:
            self._backlogs[workspace] = Backlog()

    def forget(self, workspace: str) -> None:
        """Read nothing more of a workspace that the bot was removed from."""
        self._backlogs.pop(workspace, None)
        self._unlooked.pop(workspace, None)
        for channel in self._held.channels(workspace):
            self._held.take(workspace, channel)
        self._tell_moved()

    def hold(self, item: Item) -> bool:
        """Keep something live back if older messages of its channel are still to come."""
        if not self._is_behind(*whereabouts(item)):
            return False
        self._held.add(item)
        return True

    async def until_level(self, workspace: str, channel: int, within: float) -> None:
        """Return once what is older in a channel was taken, at the latest after `within`.

        For what cannot be held like a message: a press must be acknowledged in time.
        """
        if backlog := self._backlogs.get(workspace):
            backlog.awaited.add(channel)
        try:
            async with asyncio.timeout(within):
                while self._is_behind(workspace, channel):
                    await self._moved.wait()
        except TimeoutError:
            log.info("a press goes before what was missed", channel=channel)

    def _is_behind(self, workspace: str, channel: int) -> bool:
        backlog = self._backlogs.get(workspace)
        return backlog is not None and (backlog.channels is None or channel in backlog.channels)

    async def read_guild(self, client: discord.Client, guild: discord.Guild) -> None:
        """Catch up with one server, or note where it stands if the bot is new there."""
        newest = newest_messages(guild)
        workspace = str(guild.id)
        backlog = self._backlogs.setdefault(workspace, Backlog())
        try:
            known = await self._store.watermarks(PLATFORM, workspace)
            if "" in known:
                floor = first_snowflake(self._clock.now() - DAY_MS)
                await self._read(client, workspace, backlog, plan(known, newest, floor))
            else:
                await self._start_marks(guild.id, newest)
                self._marks.thaw(workspace)
        except StoreError as error:
            log.error("catch-up failed", workspace=workspace, error=str(error))
            self._marks.freeze_all(workspace)
        finally:
            self._finish(workspace, backlog)
        await self._look_for_absences(client, workspace)

    async def note_guild(self, guild: discord.Guild) -> None:
        """Note where a server stands that the bot was just added to."""
        try:
            await self._start_marks(guild.id, newest_messages(guild))
        except StoreError as error:
            log.error("baseline not stored", workspace=str(guild.id), error=str(error))

    async def read_direct(self, client: discord.Client) -> None:
        """Catch up with the direct channels that are known."""
        backlog = self._backlogs.setdefault(DIRECT, Backlog())
        try:
            known = await self._store.watermarks(PLATFORM, DIRECT)
            floor = first_snowflake(self._clock.now() - DAY_MS)
            channels = sorted((mark, int(one)) for one, mark in known.items() if one)
            after = {one: max(mark, floor) for mark, one in reversed(channels[-MOST_DIRECT:])}
            await self._read(client, DIRECT, backlog, after)
        except StoreError as error:
            log.error("catch-up failed", workspace=DIRECT, error=str(error))
            self._marks.freeze_all(DIRECT)
        finally:
            self._finish(DIRECT, backlog)
        await self._look_for_absences(client, DIRECT)

    async def _look_for_absences(self, client: discord.Client, workspace: str) -> None:
        """Tell of what was deleted meanwhile, once all that was said is told.

        One workspace after the other: what was said elsewhere is read at the same time, and
        people wait for that. Of several sessions that ask for it only the newest looks.
        """
        self._unlooked[workspace] = client
        async with self._looking:
            if workspace not in self._backlogs and workspace in self._unlooked:
                await self._absences.look(self._unlooked.pop(workspace), workspace)

    async def _start_marks(self, guild: int, newest: Mapping[int, int]) -> None:
        await self._store.raise_watermarks(PLATFORM, str(guild), first_marks(guild, newest))

    async def _read(
        self, client: discord.Client, workspace: str, backlog: Backlog, after: dict[int, int]
    ) -> None:
        """Read channels, in an order that suits those who act; a newer session ends it."""
        for channel in after:
            # The mark must not go past what is not read yet, whatever is seen meanwhile.
            self._marks.freeze(workspace, str(channel))
        self._marks.thaw(workspace)
        backlog.channels = behind = set(after)
        self._release(workspace, backlog, behind)
        left = dict(after)
        while left and self._backlogs.get(workspace) is backlog:
            # Where somebody is talking now, the old comes first.
            active = self._held.channels(workspace) | backlog.awaited
            channel = next((one for one in left if one in active), next(iter(left)))
            await self._read_channel(client, workspace, channel, left.pop(channel))
            behind.discard(channel)
            self._release(workspace, backlog, behind)

    async def _read_channel(
        self, client: discord.Client, workspace: str, channel: int, after: int
    ) -> None:
        """Take what was said in a channel; if it cannot be had now, its gap stays."""
        gaps = self._marks.gaps(workspace, str(channel))
        try:
            found = await self._fetch(client, channel, after)
        except (Gone, Forbidden) as error:
            # No permission to read its history, or it is gone: there is nothing to catch up.
            log.info("nothing to catch up", channel=channel, code=error.code)
            found = []
        except PlatformError as error:
            log.warning("not caught up; the next start tries", channel=channel, code=error.code)
            return
        commits = []
        for message in found:
            commit = self._receive(message)
            if commit is not None:
                commits.append(commit)
        self._meter.count("catchup_recovered", len(commits))
        if commits:
            await asyncio.wait(commits)
        self._marks.close(workspace, str(channel), gaps)

    async def _fetch(
        self, client: discord.Client, channel: int, after: int
    ) -> list[discord.Message]:
        """Return what was said after a position, oldest first; the newest if it is much."""
        place = known_place(client, channel)
        rows = await self._pages.get(client, channel, after)
        if len(rows) >= MOST_MESSAGES:
            log.warning("much was said; only the newest is read", channel=channel)
            rows = await self._pages.get(client, channel, None)
        made = (
            make_message(client, place, row, self._meter) for row in rows if int(row["id"]) > after
        )
        messages = [message for message in made if message is not None]
        return sorted(messages, key=lambda message: message.id)

    def _release(self, workspace: str, backlog: Backlog, behind: Set[int]) -> None:
        """Let through all but channels still behind, unless a newer session reads them."""
        if self._backlogs.get(workspace, backlog) is backlog:
            for channel in self._held.channels(workspace) - behind:
                for item in self._held.take(workspace, channel):
                    self._receive(item)
        self._tell_moved()

    def _tell_moved(self) -> None:
        self._moved.set()
        self._moved = asyncio.Event()

    def _finish(self, workspace: str, backlog: Backlog) -> None:
        """Hold nothing more back, unless a newer session has begun to read the same."""
        if self._backlogs.get(workspace) is backlog:
            del self._backlogs[workspace]
        self._release(workspace, backlog, frozenset())
