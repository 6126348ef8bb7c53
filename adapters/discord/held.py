"""What was said in a channel while something older of it is still to come: in order, bounded."""

from __future__ import annotations

import discord
import structlog

from adapters.discord.inbound import workspace_of
from adapters.watermarks import Watermarks
from bot.events import MessageDeleted, MessageEdited, PlaceDeleted

log = structlog.get_logger(__name__)

# About 5 MB. It fills only in an outage, and what does not fit is read by the next start.
MOST_HELD = 1000

Item = discord.Message | MessageEdited | MessageDeleted | PlaceDeleted


def whereabouts(item: Item) -> tuple[str, int]:
    """Return the workspace and channel of something said, changed or deleted."""
    if isinstance(item, discord.Message):
        return workspace_of(item), item.channel.id
    return item.workspace, int(item.channel)


def message_of(item: Item) -> int | None:
    """Return the message that something held is about, None for a whole place."""
    match item:
        case discord.Message():
            return item.id
        case MessageEdited() | MessageDeleted():
            return int(item.message)
        case PlaceDeleted():
            return None


class Held:
    """Keep messages, changes and deletions by channel until they are taken.

    Beyond `MOST_HELD` a message is dropped and its channel's mark raised no more, so that
    catch-up finds it.
    """

    def __init__(self, marks: Watermarks) -> None:
        self._marks = marks
        self._items: dict[tuple[str, int], list[Item]] = {}
        self._gaps: dict[tuple[str, int], int] = {}
        self._count = 0

    def add(self, item: Item) -> None:
        """Keep something; a deletion also drops what it is about."""
        where = whereabouts(item)
        match item:
            case MessageDeleted():
                self._drop(where, int(item.message))
            case PlaceDeleted():
                self._drop(where, None)
        if self._count >= MOST_HELD:
            self._leave_gap(where)
            return
        self._items.setdefault(where, []).append(item)
        self._count += 1

    def take(self, workspace: str, channel: int) -> list[Item]:
        """Hand over what was kept of a channel, in order."""
        where = (workspace, channel)
        items = self._items.pop(where, [])
        self._count -= len(items)
        self._gaps.pop(where, None)
        return items

    def channels(self, workspace: str) -> set[int]:
        """Return the channels of a workspace of which something is kept."""
        return {channel for of, channel in self._items if of == workspace}

    def _drop(self, where: tuple[str, int], message: int | None) -> None:
        """Drop what was said and changed in a message, or in a whole place."""
        items = self._items.get(where, [])
        kept = [
            each
            for each in items
            if isinstance(each, MessageDeleted | PlaceDeleted)
            or (message is not None and message_of(each) != message)
        ]
        self._count -= len(items) - len(kept)
        if where in self._items:
            self._items[where] = kept

    def _leave_gap(self, where: tuple[str, int]) -> None:
        """Move the channel's gap to now: a reading that has begun does not close it."""
        workspace, channel = where[0], str(where[1])
        if not self._gaps:
            log.error("too much is held back; the next start reads the rest", channel=channel)
        earlier = self._gaps.get(where)
        self._gaps[where] = self._marks.freeze(workspace, channel)
        if earlier is not None:
            self._marks.close(workspace, channel, {earlier})
