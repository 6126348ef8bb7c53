"""Mark how far a channel was heard: up to the oldest message that is not taken yet."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable

from adapters.slack.payloads import Body, part, text
from adapters.slack.places import channel_path, position_of
from adapters.slack.presses import Answer
from adapters.watermarks import Watermarks


async def marked(marks: Watermarks, team: str, body: Body, taking: Awaitable[Answer]) -> Answer:
    """Return how a payload is answered; a message in it counts as heard if it is taken."""
    heard: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    if found := said_at(body):
        channel, position = found
        marks.follow(team, channel_path(team, channel), position, heard)
    answer = await taking
    if answer.taken:
        heard.set_result(None)
    return answer


def said_at(body: Body) -> tuple[str, int] | None:
    """Return the channel and position of a message that an event tells of as new, else None."""
    event = part(body, "event")
    channel = text(event, "channel")
    if text(event, "type") not in ("message", "app_mention") or event.get("hidden") or not channel:
        return None
    if text(event, "subtype") in ("message_changed", "message_deleted"):
        return None
    try:
        return channel, position_of(text(event, "ts"))
    except ValueError:
        return None
