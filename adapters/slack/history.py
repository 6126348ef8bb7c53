"""Read what stands in a thread or channel: our own messages, and what others said."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import structlog

from adapters.slack.blocks import nonce_of, turn_of, words_of
from adapters.slack.calls import Calls, Identity
from adapters.slack.directory import Directory
from adapters.slack.inbound import MOST_NAME, Known, attachments_of, wanted
from adapters.slack.markup import readable, unescape
from adapters.slack.payloads import part, parts, text
from adapters.slack.places import Place, person_path, position_of, read_place, ts_of
from adapters.slack.words import said_in, said_in_shared, shared_in
from bot.domain import Author
from bot.errors import Gone, PlatformUnknown
from bot.ports import Found, Overheard
from bot.text import normalise

log = structlog.get_logger(__name__)

# "It is recommended to use no more than 200":
# https://docs.slack.dev/apis/web-api/pagination
PAGE = 200
MOST_PAGES = 10
MAX_POSITION = 10**18
# What stands where a message was deleted, and what is no message at all.
_NOTHING = frozenset({"tombstone", "channel_join", "channel_leave", "group_join", "group_leave"})

Row = Mapping[str, Any]


class History:
    """Read channels and threads, all of what is asked for or nothing."""

    def __init__(self, calls: Calls, directory: Directory) -> None:
        self._calls = calls
        self._directory = directory

    async def find_ours(self, place: str, after: str) -> list[Found]:
        """Return our own messages newer than a position, oldest first; all or none of them."""
        where = _read(place)
        me = await self._calls.me(where.team)
        rows = await self._rows(where, int(after), MAX_POSITION)
        return [
            Found(text(row, "ts"), turn=turn_of(row), nonce=nonce_of(row))
            for row in rows
            if is_ours(row, me) and text(row, "subtype") not in _NOTHING
        ]

    async def read_thread(self, place: str, after: int, before: int, most: int) -> list[Overheard]:
        """Return what was said in a thread; see `bot.ports.Platform`."""
        where = _read(place)
        me = await self._calls.me(where.team)
        said = [row for row in await self._rows(where, after, before) if _is_said(row)]
        rows = said[-most:]
        if said[:-most] and text(said[0], "ts") == where.thread_ts:
            rows = [said[0], *rows]  # what the thread is about
        people: set[str] = set()
        channels: set[str] = set()
        for row in rows:
            named, mentioned = wanted(row)
            people |= named
            channels |= mentioned
        known = await self._directory.look_up(where.team, people, channels)
        heard = (_overhear(where, row, me, known) for row in rows)
        return [one for one in heard if one is not None]

    async def _rows(self, where: Place, after: int, before: int) -> list[Row]:
        """Return the messages between two positions, oldest first.

        Raises `PlatformUnknown` where they are too many: not having read to the end is not
        having found nothing.
        """
        found: dict[int, Row] = {}
        cursor: str | None = None
        for _ in range(MOST_PAGES):
            answer = await self._page(where, after, before, cursor)
            for row in parts(answer, "messages"):
                position = _position(row)
                # A thread's first message comes with every page, whatever was asked for.
                if after < position < before and _stands_in(row, where):
                    found[position] = row
            cursor = text(part(answer, "response_metadata"), "next_cursor") or None
            if cursor is None:
                break
        else:
            raise PlatformUnknown("There are too many messages to look through.")
        return [row for _, row in sorted(found.items())]

    async def _page(self, where: Place, after: int, before: int, cursor: str | None) -> Row:
        """See https://docs.slack.dev/reference/methods/conversations.replies."""
        of_thread = {"ts": where.thread_ts} if where.thread_ts else {}
        return await self._calls.make(
            where.team,
            "conversations.replies" if where.thread_ts else "conversations.history",
            channel=where.channel,
            **of_thread,
            oldest=ts_of(max(after, 0)),
            latest=ts_of(before) if before < MAX_POSITION else None,
            include_all_metadata=True,
            limit=PAGE,
            cursor=cursor,
        )


def is_ours(row: Row, me: Identity) -> bool:
    """Tell whether the bot itself wrote a message."""
    return bool(me.user and text(row, "user") == me.user) or bool(
        me.bot and text(row, "bot_id") == me.bot
    )


def _is_said(row: Row) -> bool:
    return text(row, "subtype") not in _NOTHING and not row.get("hidden")


def _overhear(where: Place, row: Row, me: Identity, known: Known) -> Overheard | None:
    """Return what a message adds to the conversation, None if nothing."""
    ours = is_ours(row, me)
    written = words_of(row)
    said = (
        normalise(written).strip()
        if ours and written is not None
        else readable(said_in(row), me.user, known.names)
    )
    forwarded = _forwarded(row, me, known)
    said = "\n".join(filter(None, (said, *forwarded)))
    ts = text(row, "ts")
    files = () if ours else attachments_of(_files(row), ts, _path(where))
    if not said and not files:
        return None
    return Overheard(ts, _position(row), _author(where.team, row, known), said, ours, files)


def _forwarded(row: Row, me: Identity, known: Known) -> Iterable[str]:
    """Yield the words that a message forwards, or whose link Slack unfolded."""
    for shared in shared_in(row):
        yield readable(said_in_shared(shared), me.user, known.names)


def _files(row: Row) -> list[Row]:
    forwarded = (file for each in parts(row, "attachments") for file in parts(each, "files"))
    return [*parts(row, "files"), *forwarded]


def _author(team: str, row: Row, known: Known) -> Author:
    """Return who wrote a message: a bot is called what it calls itself."""
    user = text(row, "user")
    if user in known.people:
        return known.author(team, user)
    called = text(row, "username") or text(part(row, "bot_profile"), "name")
    name = normalise(unescape(called), MOST_NAME).strip()
    return Author(person_path(team, user or text(row, "bot_id") or "unknown"), name or user)


def _stands_in(row: Row, where: Place) -> bool:
    """Tell whether a message stands at a place: of a channel only what begins a thread does."""
    root = text(row, "thread_ts") or text(row, "ts")
    return root == (where.thread_ts or text(row, "ts"))


def _position(row: Row) -> int:
    try:
        return position_of(text(row, "ts"))
    except ValueError:
        return -1


def _path(where: Place) -> str:
    return "/".join(filter(None, (where.team, where.channel, where.thread_ts)))


def _read(place: str) -> Place:
    try:
        return read_place(place)
    except ValueError as error:
        raise Gone("There is no such place on Slack.", code="channel_not_found") from error
