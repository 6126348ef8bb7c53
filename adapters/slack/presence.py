"""Know in which channels the bot is: in any other it sees no pictures, and may post none."""

from __future__ import annotations

import asyncio

import structlog

from adapters.slack.calls import Calls
from adapters.slack.directory import NAMES_SECONDS
from adapters.slack.lately import Lately
from adapters.slack.payloads import part
from adapters.slack.places import Place
from bot.errors import Gone, PlatformError
from bot.ports import Clock

log = structlog.get_logger(__name__)

KEEP_SECONDS = 600.0


class Presence:
    """Ask Slack, and remember for a while where the bot is."""

    def __init__(self, calls: Calls, clock: Clock) -> None:
        self._calls = calls
        self._in: Lately[tuple[str, str], bool] = Lately(clock, KEEP_SECONDS)

    async def is_missing(self, where: Place) -> bool:
        """Tell whether the bot surely is not in a channel; within `NAMES_SECONDS`, never raises.

        Of what it was never invited to Slack does not even say that it is there.
        https://docs.slack.dev/reference/methods/conversations.info
        """
        key = (where.team, where.channel)
        if self._in.get(key):
            return False
        try:
            async with asyncio.timeout(NAMES_SECONDS):
                answer = await self._calls.make(
                    where.team, "conversations.info", channel=where.channel
                )
        except Gone:
            return True
        except (PlatformError, TimeoutError) as error:
            log.info("presence not known", error=str(error) or "too late")
            return False
        # A direct conversation says nothing of members: whoever sees it is in it.
        if part(answer, "channel").get("is_member") is False:
            return True
        self._in.put(key, True)
        return False
