"""Read lists and history at low priority: page after page, behind everybody else's calls.

Of an app that is sold beside Slack's Marketplace history is read once a minute, 15 messages
at a time: https://docs.slack.dev/changelog/2025/05/29/rate-limit-changes-for-non-marketplace-apps
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from adapters.slack.calls import Calls
from adapters.slack.payloads import part, parts, text
from adapters.slack.places import Place, position_of, ts_of
from bot.errors import PlatformUnknown, Throttled
from bot.ports import Clock

# How much is read of a channel, and of a thread, at the most.
MOST_MESSAGES = 100
# "It is recommended to use no more than 200":
# https://docs.slack.dev/apis/web-api/pagination
LIST_PAGE = 200
MOST_PAGES = 10
TRIES = 4
# Whoever is asked to wait waits longer by this: at the next call it is somebody else's turn.
STAND_BACK = 2.0
# A bound in the future: without one Slack may give what is the nearest to `oldest` instead.
# https://github.com/slackhq/slack-api-docs/issues/4
AHEAD = 24 * 3600 * 1_000_000

# What is as new as this is shown in workspaces that pay nothing, too: they have 90 days.
ALWAYS_SHOWN = 48 * 3600 * 1_000_000

Row = Mapping[str, Any]


class Pages:
    """Get pages; whatever Slack asks to wait is waited. All raise `PlatformError`."""

    def __init__(self, calls: Calls, clock: Clock) -> None:
        self._calls = calls
        self._clock = clock

    async def conversations(self, team: str, kinds: str) -> list[Row]:
        """Return the conversations of some kinds that the bot is in.

        See https://docs.slack.dev/reference/methods/users.conversations.
        """
        found: list[Row] = []
        cursor: str | None = None
        for _ in range(MOST_PAGES):
            answer = await self._get(
                team,
                "users.conversations",
                types=kinds,
                exclude_archived=True,
                limit=LIST_PAGE,
                cursor=cursor,
            )
            found += parts(answer, "channels")
            cursor = _next(answer)
            if cursor is None:
                break
        return found

    async def newest(self, team: str, channel: str, after: int, until: int) -> list[Row]:
        """Return what stands in a channel after a position, the newest first.

        Not more than `MOST_MESSAGES`, and no page more than what reaches back to `until`.
        See https://docs.slack.dev/reference/methods/conversations.history.
        """
        found: list[Row] = []
        cursor: str | None = None
        while True:
            answer = await self._get(
                team,
                "conversations.history",
                channel=channel,
                oldest=ts_of(max(after, 0)),
                latest=ts_of(self._clock.now() * 1000 + AHEAD),
                limit=MOST_MESSAGES,
                cursor=cursor,
            )
            rows = parts(answer, "messages")
            found += rows
            cursor = _next(answer)
            reached = not rows or min(map(position_in, rows)) <= until
            if cursor is None or reached or len(found) >= MOST_MESSAGES:
                return found[:MOST_MESSAGES]

    async def replies(self, team: str, channel: str, root: str, after: int) -> list[Row]:
        """Return what was said in a thread after a position, the newest of it if it is much.

        Slack gives the oldest first, and the thread's first message with every page.
        See https://docs.slack.dev/reference/methods/conversations.replies.
        """
        found: list[Row] = []
        cursor: str | None = None
        for _ in range(MOST_PAGES):
            answer = await self._get(
                team,
                "conversations.replies",
                channel=channel,
                ts=root,
                oldest=ts_of(max(after, 0)),
                limit=MOST_MESSAGES,
                cursor=cursor,
            )
            found += (row for row in parts(answer, "messages") if text(row, "ts") != root)
            cursor = _next(answer)
            if cursor is None:
                break
        return found[-MOST_MESSAGES:]

    async def between(self, where: Place, first: int, last: int) -> list[Row]:
        """Return what stands in a channel, or in a thread, between two messages and as these.

        Some of it may be missing: of very much, and of what changes while it is read.
        """
        found: list[Row] = []
        cursor: str | None = None
        for _ in range(MOST_PAGES):
            answer = await self._stretch(where, first, last, cursor)
            found += parts(answer, "messages")
            cursor = _next(answer)
            if cursor is None:
                break
        return found

    async def one(self, where: Place, ts: str) -> list[Row] | None:
        """Return one message of a channel, or of a thread with that one's first; [] for none.

        None where Slack has more than it shows.
        """
        position = position_of(ts)
        answer = await self._stretch(where, position, position, None)
        # A workspace that pays nothing is not shown what is old.
        is_old = self._clock.now() * 1000 - position > ALWAYS_SHOWN
        is_cut = answer.get("has_more") or _next(answer) or (answer.get("is_limited") and is_old)
        return None if is_cut else [*parts(answer, "messages")]

    async def _stretch(self, where: Place, first: int, last: int, cursor: str | None) -> Row:
        method = "conversations.replies" if where.thread_ts else "conversations.history"
        return await self._get(
            where.team,
            method,
            channel=where.channel,
            ts=where.thread_ts or None,
            oldest=ts_of(first),
            latest=ts_of(last),
            inclusive=True,
            limit=MOST_MESSAGES,
            cursor=cursor,
        )

    async def _get(self, team: str, method: str, **arguments: Any) -> Row:
        tries = 0
        while True:
            try:
                with self._calls.within(None, spare=True):
                    return await self._calls.make(team, method, **arguments)
            except Throttled as error:
                await self._clock.sleep(error.retry_after * STAND_BACK)
            except PlatformUnknown:
                tries += 1
                if tries == TRIES:
                    raise
                await self._clock.sleep(2.0**tries)


def position_in(row: Row, name: str = "ts") -> int:
    """Return the position that a field of a message names, -1 for none."""
    try:
        return position_of(text(row, name))
    except ValueError:
        return -1


def _next(answer: Row) -> str | None:
    return text(part(answer, "response_metadata"), "next_cursor") or None
