"""Read what stands in a channel: our own messages, and what others said before we came."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol

import discord
import structlog

from adapters.discord.components import turn_of
from adapters.discord.inbound import overhear, pictures_of
from adapters.discord.line import Requests
from adapters.discord.payloads import LOADING
from adapters.discord.permissions import missing
from bot.domain import Attachment
from bot.errors import Forbidden, Gone, PlatformUnknown
from bot.ports import Found, Meter, Overheard

log = structlog.get_logger(__name__)

PAGE = 100
MOST_PAGES = 10
MAX_ID = 2**63 - 1
# Our own kinds: default, reply, and the answers to commands and menus.
_OURS = frozenset({0, 19, 20, 23})
# A thread shows the message that it was started from through a message of this kind.
# https://docs.discord.com/developers/resources/message#message-object-message-types
_THREAD_STARTER = 21
TO_READ = ("view_channel", "read_message_history")


class Asides(Protocol):
    """Know what was said to interactions beside the turns."""

    def is_aside(self, message: str) -> bool:
        """Tell whether a message of ours belongs to no turn."""


class History:
    """Read channels, all of what is asked for or nothing."""

    def __init__(self, requests: Requests, asides: Asides, meter: Meter) -> None:
        self._requests = requests
        self._asides = asides
        self._meter = meter

    async def find_ours(self, place: str, after: str) -> list[Found]:
        """Return our own messages newer than an id, oldest first; all or none of them.

        `reply_to` is the reply reference that Discord shows: an answer in the place of a
        placeholder refers to the message whose button was pressed.
        """
        me = str(self._requests.me)
        return [
            Found(str(row["id"]), _reply_of(row), turn_of(row), interaction_of(row) or "")
            for row in await self.newer(place, int(after))
            if str(row["author"]["id"]) == me
            and row["type"] in _OURS
            and not is_loading(row)
            and not self._asides.is_aside(str(row["id"]))
        ]

    async def newer(self, place: str, after: int, until: int = MAX_ID) -> list[Any]:
        """Return all messages newer than one id and (about) not newer than another, in order.

        Raises `PlatformUnknown` where they are too many: not having read to the end is not
        having found nothing.
        """
        found: list[Any] = []
        for _ in range(MOST_PAGES):
            page = await self._page(place, after=after)
            found += page
            if len(page) < PAGE or int(page[-1]["id"]) > until:
                break
            after = int(page[-1]["id"])
        else:
            raise PlatformUnknown("There are too many messages to look through.")
        if not found:
            self._refuse_if_hidden(place)
        return found

    async def read_thread(self, place: str, after: int, before: int, most: int) -> list[Overheard]:
        """Return what was said in a thread; see `bot.ports.Platform`."""
        rows = await self._newest(place, after, before, most)
        if not rows:
            self._refuse_if_hidden(place)
        thread = int(place)
        if after < thread < before and not any(int(row["id"]) == thread for row in rows):
            rows = [*await self._root(place), *rows]
        me = self._requests.me
        heard = (overhear(message, me) for message in self._messages(rows))
        return [one for one in heard if one is not None]

    async def recent_pictures(self, place: str, most: int) -> list[Attachment]:
        """Return people's newest pictures among the last messages of a place, newest first."""
        page = await self._page(place)
        if not page:
            self._refuse_if_hidden(place)
        me = self._requests.me
        rows = [row for row in map(_shown, reversed(page)) if row is not None]
        found = [one for message in self._messages(rows) for one in pictures_of(message, me)]
        return found[:most]

    def _messages(self, rows: Sequence[Any]) -> Iterator[discord.Message]:
        """Yield messages as the gateway would bring them."""
        client = self._requests.client
        for row in rows:
            # What a thread is about stands in the thread's parent.
            channel = known_place(client, int(row["channel_id"]))
            if message := make_message(client, channel, row, self._meter):
                yield message

    async def _newest(self, place: str, after: int, before: int, most: int) -> list[Any]:
        """Return the newest messages between two ids, oldest first."""
        found: list[Any] = []
        while len(found) < most:
            page = await self._page(place, before=before)
            if not page:
                break
            found = [*(row for row in page if int(row["id"]) > after), *found]
            before = int(page[0]["id"])
            if len(page) < PAGE or before <= after:
                break
        rows = [_shown(row) for row in found[-most:]]
        return [row for row in rows if row is not None and after < int(row["id"])]

    async def _root(self, place: str) -> list[Any]:
        """Return the message that a thread was started from: it has the thread's id."""
        channel = self._requests.client.get_channel(int(place))
        parent = getattr(channel, "parent_id", None)
        parent_kind = getattr(channel, "parent", None)
        where = int(place) if isinstance(parent_kind, discord.ForumChannel) else parent
        if not where:
            return []
        try:
            row = await self._requests.make(
                "root", lambda http: http.get_message(int(where), int(place))
            )
        except (Gone, Forbidden):
            # Some threads are started from nothing, and a root can be deleted.
            return []
        return [row]

    async def _page(self, place: str, **bounds: int) -> list[Any]:
        rows: list[Any] = await self._requests.make(
            "find",
            lambda http: http.logs_from(int(place), PAGE, **bounds),
            place=place,
            needs=TO_READ,
        )
        return sorted(rows, key=lambda row: int(row["id"]))

    def _refuse_if_hidden(self, place: str) -> None:
        """Raise `Forbidden` where nothing was found because nothing may be read.

        Without the permission Discord answers with no messages, not with a refusal.
        https://docs.discord.com/developers/resources/message#get-channel-messages
        """
        if lacking := missing(self._requests.client, place, TO_READ):
            raise Forbidden("Discord does not show its history.", permission=lacking)


def known_place(client: discord.Client, channel: int) -> Any:
    """Return a channel as discord.py knows it, or what stands for it."""
    known = client.get_channel(channel)
    if isinstance(known, discord.abc.Messageable):
        return known
    return client.get_partial_messageable(channel)


def make_message(
    client: discord.Client, place: Any, row: Any, meter: Meter
) -> discord.Message | None:
    """Return a message as the gateway would bring it, None if it makes no sense.

    The public `history()` gives up a whole page for one malformed message.
    """
    try:
        return discord.Message(state=client._connection, channel=place, data=row)
    except Exception as error:
        meter.count("discord_malformed", event="history")
        log.error("message not understood", channel=place.id, error=repr(error)[:200])
        return None


def is_loading(row: Mapping[str, Any]) -> bool:
    """Tell whether a message is a placeholder that waits for its text."""
    return bool((row.get("flags") or 0) & LOADING)


def interaction_of(row: Mapping[str, Any]) -> str | None:
    """Return the interaction that a message came from."""
    metadata = row.get("interaction_metadata") or row.get("interaction") or {}
    return str(metadata["id"]) if metadata.get("id") else None


def _shown(row: Any) -> Any:
    """Return a message, in the place of a thread's first entry what the thread is about."""
    return row.get("referenced_message") if row.get("type") == _THREAD_STARTER else row


def _reply_of(row: Mapping[str, Any]) -> str | None:
    """Return what a message replies to; a forward's reference (type 1) is no reply."""
    reference = row.get("message_reference") or {}
    if reference.get("type"):
        return None
    return str(reference["message_id"]) if reference.get("message_id") else None
