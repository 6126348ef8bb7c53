"""Small things that a turn has done beside its own messages: none of them has a row."""

from __future__ import annotations

import structlog

from bot.domain import ThreadRef, Turn
from bot.errors import PlatformError, PlatformRefused, Throttled
from bot.events import Post
from bot.ports import Platform
from bot.turns.calls import Calls

log = structlog.get_logger(__name__)


class Errands:
    """Do what one turn wants done in its place, to earlier messages, and in private."""

    def __init__(self, turn: Turn, platform: Platform, calls: Calls) -> None:
        self._turn = turn
        self._platform = platform
        self._calls = calls

    async def open_thread(self, thread: ThreadRef, title: str) -> str:
        """Start the turn's thread and return where its messages go."""
        return await self._calls.make(
            "open_thread", thread.channel, lambda: self._platform.open_thread(thread, title)
        )

    async def retouch(self, place: str, message: str, post: Post) -> None:
        """Edit a message of an earlier turn. Best effort: it is an ornament of this one's."""
        try:
            await self._calls.once("edit", lambda: self._platform.edit(place, message, post))
        except PlatformError as error:
            log.info("earlier message not marked", error=str(error))

    async def remove(self, place: str, message: str) -> None:
        """Delete a message of an earlier turn, unless the platform will not have that.

        Raises `PlatformUnknown` and `Throttled`.
        """
        try:
            await self._calls.make("delete", place, lambda: self._platform.delete(place, message))
        except Throttled:
            raise
        except PlatformRefused as error:
            log.warning("message not deleted", error=str(error), code=error.code)

    async def whisper(self, text: str) -> None:
        """Tell whoever asked by an interaction, there and alone. Best effort."""
        interaction = self._turn.interaction
        if interaction is None:
            return
        try:
            await self._calls.once("whisper", lambda: self._platform.whisper(interaction, text))
        except PlatformError as error:
            log.info("not told where it was asked", error=str(error))
