"""Find out what was deleted while nobody listened: Discord tells of it only once."""

from __future__ import annotations

from collections.abc import Callable, Collection

import discord

from adapters.absences import DAY_MS, Sources, look_through
from adapters.discord.pages import MOST_MESSAGES, Pages
from adapters.discord.places import PLATFORM, first_snowflake
from bot.errors import Forbidden, Gone
from bot.events import MessageDeleted, PlaceDeleted
from bot.ports import Clock, Meter

MOST_PAGES = 5
# Of what was said long ago only what somebody quoted lately is looked for, one by one.
MOST_QUOTED = 20
_UNKNOWN_CHANNEL = "10003"
_UNKNOWN_MESSAGE = "10008"


class Absences:
    """Compare what is stored of the last day with what still stands."""

    def __init__(
        self,
        sources: Sources,
        pages: Pages,
        clock: Clock,
        meter: Meter,
        receive: Callable[[MessageDeleted | PlaceDeleted], object],
    ) -> None:
        self._sources = sources
        self._pages = pages
        self._clock = clock
        self._meter = meter
        self._receive = receive

    async def look(self, client: discord.Client, workspace: str) -> None:
        """Tell of every stored message of a workspace that is gone."""
        since = self._clock.now() - DAY_MS

        async def compare(place: str, messages: list[str]) -> None:
            ids, first = sorted(map(int, messages)), first_snowflake(since)
            await self._compare(client, workspace, place, [one for one in ids if one >= first])
            await self._ask(client, workspace, place, [one for one in ids if one < first])

        await look_through(self._sources, PLATFORM, workspace, since, compare)

    async def _compare(
        self, client: discord.Client, workspace: str, place: str, messages: list[int]
    ) -> None:
        if not messages:
            return
        try:
            standing, end = await self._read(client, int(place), messages[0], messages[-1])
        except Gone as error:
            if error.code != _UNKNOWN_CHANNEL:
                raise
            self._meter.count("catchup_deleted")
            self._receive(PlaceDeleted(PLATFORM, workspace, place))
            return
        lost = [one for one in messages if one <= end and one not in standing]
        if not lost or not await self._is_readable(client, place, lost[0], standing):
            return
        for message in lost:
            self._tell(workspace, place, message)

    async def _ask(
        self, client: discord.Client, workspace: str, place: str, messages: list[int]
    ) -> None:
        """Ask for messages that stand too far from each other to be read in one go."""
        for message in messages[-MOST_QUOTED:]:
            try:
                await self._pages.get_one(client, int(place), message)
            except Gone as error:
                if error.code != _UNKNOWN_MESSAGE:
                    raise
                self._tell(workspace, place, message)

    def _tell(self, workspace: str, place: str, message: int) -> None:
        self._meter.count("catchup_deleted")
        self._receive(MessageDeleted(PLATFORM, workspace, place, str(message)))

    async def _read(
        self, client: discord.Client, place: int, first: int, last: int
    ) -> tuple[set[int], int]:
        """Return the ids that stand between two, and how far that was read."""
        standing: set[int] = set()
        after = first - 1
        for _ in range(MOST_PAGES):
            page = [int(row["id"]) for row in await self._pages.get(client, place, after)]
            standing.update(page)
            if len(page) < MOST_MESSAGES or max(page) >= last:
                return standing, last
            after = max(page)
        return standing, after

    async def _is_readable(
        self, client: discord.Client, place: str, message: int, standing: Collection[int]
    ) -> bool:
        """Tell whether what is not shown is not there: a hidden history shows nothing at all.

        https://docs.discord.com/developers/resources/message#get-channel-messages
        """
        if standing:
            return True
        try:
            await self._pages.get_one(client, int(place), message)
        except Forbidden:
            return False
        except Gone as error:
            return error.code == _UNKNOWN_MESSAGE
        return False
