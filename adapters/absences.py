"""Look for what was deleted while nobody heard, among what is stored of the last day."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Protocol

import structlog

from bot.errors import PlatformError, StoreError

log = structlog.get_logger(__name__)

DAY_MS = 24 * 60 * 60 * 1000
MOST_PLACES = 100


class Sources(Protocol):
    """Know the people's messages that are stored."""

    async def recent_sources(
        self, platform: str, workspace: str, since: int, most: int
    ) -> dict[str, list[str]]:
        """See `bot.ports.ConversationStore`."""


async def look_through(
    sources: Sources,
    platform: str,
    workspace: str,
    since: int,
    compare: Callable[[str, list[str]], Awaitable[None]],
) -> None:
    """Let `compare` look at the messages of each place of a workspace, stored since then.

    It is handed a place and the ids of its messages, in no order. A place that the platform
    does not let it see is passed over, and all of them where nothing can be read of the store.
    """
    try:
        stored = await sources.recent_sources(platform, workspace, since, MOST_PLACES)
    except StoreError as error:
        log.error("deletions not looked for", workspace=workspace, error=str(error))
        return
    for place, messages in stored.items():
        try:
            await compare(place, messages)
        except PlatformError as error:
            # What may not be read now may be there still.
            log.info("deletions not looked for", channel=place, code=error.code)
