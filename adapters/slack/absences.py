"""Find out what was deleted while nobody heard: Slack tells of it only for some minutes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from adapters.absences import DAY_MS, Sources, look_through
from adapters.slack.failures import THREAD_NOT_FOUND
from adapters.slack.pages import Pages, Row
from adapters.slack.payloads import text
from adapters.slack.places import PLATFORM, Place, position_of, read_place
from bot.errors import Gone
from bot.events import MessageDeleted
from bot.ports import Clock, Meter

# What is not shown with the others is asked for by itself, the newest first.
MOST_ALONE = 50
# What stands in the place of a message that was deleted and has replies.
_TOMBSTONE = "tombstone"


class Absences:
    """Compare what is stored of the last day with what still stands.

    A page may hold less than there is, and while it is turned over things come and go: so only
    a message that Slack does not have when it is asked for just that one counts as deleted.
    """

    def __init__(
        self,
        sources: Sources,
        pages: Pages,
        clock: Clock,
        meter: Meter,
        receive: Callable[[MessageDeleted], object],
    ) -> None:
        self._sources = sources
        self._pages = pages
        self._clock = clock
        self._meter = meter
        self._receive = receive

    async def look(self, team: str, before: int) -> None:
        """Tell of every stored message of a workspace that is gone.

        Those from the position `before` on were heard since: their deletions are, too.
        """

        async def compare(place: str, messages: Sequence[str]) -> None:
            await self._compare(team, place, _heard_before(messages, before))

        await look_through(self._sources, PLATFORM, team, self._clock.now() - DAY_MS, compare)

    async def _compare(self, team: str, place: str, messages: Sequence[str]) -> None:
        """Look at messages of one place, the oldest first."""
        if not messages:
            return
        where = read_place(place)
        standing: set[str] = set()
        if len(messages) > 1:
            span = position_of(messages[0]), position_of(messages[-1])
            try:
                standing = _standing(await self._pages.between(where, *span))
            except Gone as error:
                if error.code != THREAD_NOT_FOUND:
                    raise
        unseen = [ts for ts in messages if ts not in standing]
        for ts in unseen[-MOST_ALONE:]:
            if await self._is_gone(where, ts):
                self._meter.count("catchup_deleted")
                self._receive(MessageDeleted(PLATFORM, team, place, ts))

    async def _is_gone(self, where: Place, ts: str) -> bool:
        """Tell whether a message surely stands there no more.

        With a reply comes the first message of its thread: without that, nothing is known.
        """
        try:
            rows = await self._pages.one(where, ts)
        except Gone as error:
            if error.code != THREAD_NOT_FOUND:
                raise
            # Its first message is gone, and nothing was left to stand below it.
            return await self._is_gone(Place(where.team, where.channel), where.thread_ts)
        if rows is None or ts in _standing(rows):
            return False
        return not where.thread_ts or any(text(row, "ts") == where.thread_ts for row in rows)


def _heard_before(messages: Iterable[str], before: int) -> list[str]:
    """Return what was heard before a position, oldest first; what is no message is left out."""
    known: dict[int, str] = {}
    for ts in messages:
        try:
            known[position_of(ts)] = ts
        except ValueError:
            continue  # asked by a command, which stands nowhere
    return [ts for position, ts in sorted(known.items()) if position < before]


def _standing(rows: Iterable[Row]) -> set[str]:
    return {text(row, "ts") for row in rows if text(row, "subtype") != _TOMBSTONE}
