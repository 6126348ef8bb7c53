"""Which pictures people posted last at a place, for a form to choose from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from adapters.slack.calls import Calls
from adapters.slack.history import PAGE
from adapters.slack.inbound import NO_FILE, attachments_of, spoken_by_person
from adapters.slack.payloads import part, parts, text
from adapters.slack.places import Place, channel_path, position_of, read_place, thread_path
from bot.domain import Attachment
from bot.errors import Gone

# Slack gives a thread's oldest messages first: so many pages are read to come to its newest.
# https://docs.slack.dev/reference/methods/conversations.replies
MOST_PAGES = 5
# A file of another organisation's, of which a message has nothing but the id.
# https://docs.slack.dev/apis/slack-connect/using-slack-connect-api
STUB = "check_file_info"
# Just uploaded, a file has a name and a type, and no mime type yet.
_TYPES = frozenset({"bmp", "gif", "heic", "heif", "jpeg", "jpg", "png", "tiff", "webp"})

Row = Mapping[str, Any]


class RecentPictures:
    """Look for the newest pictures of a channel, or of a thread."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    async def find(self, place: str, most: int) -> list[Attachment]:
        """Return the newest pictures that people posted, newest first; see `bot.ports.Platform`.

        Of a channel those that stand in its threads are none. Raises `PlatformError`.
        """
        try:
            where = read_place(place)
        except ValueError as error:
            raise Gone("There is no such place on Slack.", code="channel_not_found") from error
        me = await self._calls.me(where.team)
        rows = await (self._thread(where) if where.thread_ts else self._channel(where))
        found: dict[str, Attachment] = {}
        for row in sorted(rows, key=_position, reverse=True):
            for one in reversed(pictures_of(row, where, me.user)):
                found.setdefault(one.id, one)
        return [*found.values()][:most]

    async def _channel(self, where: Place) -> list[Row]:
        """See https://docs.slack.dev/reference/methods/conversations.history."""
        answer = await self._calls.make(
            where.team, "conversations.history", channel=where.channel, limit=PAGE
        )
        return [*parts(answer, "messages")]

    async def _thread(self, where: Place) -> list[Row]:
        rows: list[Row] = []
        cursor: str | None = None
        for _ in range(MOST_PAGES):
            answer = await self._calls.make(
                where.team,
                "conversations.replies",
                channel=where.channel,
                ts=where.thread_ts,
                limit=PAGE,
                cursor=cursor,
            )
            rows += parts(answer, "messages")
            cursor = text(part(answer, "response_metadata"), "next_cursor") or None
            if cursor is None:
                break
        return rows


def pictures_of(row: Row, where: Place, us: str) -> tuple[Attachment, ...]:
    """Return the pictures of a message that a person wrote, in their order; `us` is our user."""
    if not spoken_by_person(row, us):
        return ()
    ts = text(row, "ts")
    root = text(row, "thread_ts") or ts
    channel = channel_path(where.team, where.channel)
    place = channel if root == ts else thread_path(where.team, where.channel, root)
    files = [file for file in parts(row, "files") if is_picture(file)]
    return attachments_of(files, ts, place)


def is_picture(file: Row) -> bool:
    """Tell whether Slack calls a file a picture, and has its bytes."""
    if text(file, "mode") == NO_FILE or text(file, "file_access") == STUB:
        return False
    mime = text(file, "mimetype")
    return mime.startswith("image/") if mime else text(file, "filetype").lower() in _TYPES


def _position(row: Row) -> int:
    try:
        return position_of(text(row, "ts"))
    except ValueError:
        return -1
