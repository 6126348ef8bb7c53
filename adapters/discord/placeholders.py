"""Put answers where an interaction's placeholder stands, or close it when that is too late.

An interaction without a token has none: its person was told alone.
"""

from __future__ import annotations

from typing import Any

import structlog

from adapters.discord.history import History, interaction_of, is_loading
from adapters.discord.outbound import Outbound
from adapters.discord.responses import Responses
from bot.domain import InteractionRef
from bot.errors import Forbidden, Gone, PlatformError
from bot.events import Post
from bot.ports import Clock

log = structlog.get_logger(__name__)

# A press is acknowledged, and its placeholder made, within seconds; a minute, as ids count
# (https://docs.discord.com/developers/reference#snowflakes), leaves room for any clock.
PLACEHOLDER_SPAN = 60_000 << 22


class Placeholders:
    """Use placeholders by their tokens, later as any message of ours."""

    def __init__(
        self, responses: Responses, outbound: Outbound, history: History, clock: Clock
    ) -> None:
        self._responses = responses
        self._outbound = outbound
        self._history = history
        self._clock = clock

    async def post(self, place: str, post: Post, nonce: str, interaction: InteractionRef) -> str:
        """Post in the place of a placeholder where that still can be had.

        Pictures are posted anew, so that people are notified of them as of any message.
        """
        self._outbound.check(place, post)
        if post.gallery:
            message = await self._outbound.post(place, post, nonce)
            try:
                await self.dismiss(interaction)
            except PlatformError as error:
                # The post is done, whatever became of its placeholder.
                log.info("placeholder not closed", interaction=interaction.id, code=error.code)
            return message
        filled = await self._fill(place, post, interaction)
        if filled is None:
            return await self._outbound.post(place, post, nonce)
        self._outbound.remember(filled, post.buttons)
        return filled

    async def dismiss(self, interaction: InteractionRef) -> None:
        """Delete a placeholder: by its token, later as any message of ours."""
        if not interaction.token:
            return
        if self._clock.now() >= interaction.expires_at or not await self._revoke(interaction):
            await self._delete(interaction)

    async def _fill(self, place: str, post: Post, interaction: InteractionRef) -> str | None:
        """Fill a placeholder; None if it cannot be had any more, or never was."""
        if not interaction.token:
            return None
        if self._clock.now() < interaction.expires_at:
            # The turn can be faster than our own acknowledgement of the press.
            await self._responses.settled(interaction.id)
            try:
                return await self._responses.fill(interaction, post)
            except (Gone, Forbidden) as error:
                log.info("interaction is over", interaction=interaction.id, code=error.code)
        return await self._take(place, post, interaction)

    async def _revoke(self, interaction: InteractionRef) -> bool:
        """Delete a placeholder by its token; tell whether that was done."""
        await self._responses.settled(interaction.id)
        try:
            await self._responses.remove(interaction)
        except (Gone, Forbidden) as error:
            log.info("interaction is over", interaction=interaction.id, code=error.code)
            return False
        return True

    async def _delete(self, interaction: InteractionRef) -> None:
        try:
            row = await self._left_by(interaction.place, interaction)
        except (Gone, Forbidden) as error:
            log.info("placeholder not found", interaction=interaction.id, code=error.code)
            return
        if row is not None and is_loading(row):
            await self._outbound.delete(interaction.place, str(row["id"]))

    async def _take(self, place: str, post: Post, interaction: InteractionRef) -> str | None:
        """Find what an interaction left in the channel: use an answer, remove a placeholder.

        An answer is there if an earlier try was done but its outcome was lost.
        """
        try:
            row = await self._left_by(place, interaction)
        except (Gone, Forbidden):
            # Nothing of it can be had: the post itself says whether the place still can.
            return None
        if row is None:
            return None
        message = str(row["id"])
        if is_loading(row):
            await self._outbound.delete(place, message)
            return None
        await self._outbound.edit(place, message, post)
        return message

    async def _left_by(self, place: str, interaction: InteractionRef) -> Any | None:
        """Return the message that an interaction left at a place, if it is still there.

        It was made when the press was acknowledged, and kept its id as an answer: there is
        no need to read what was said after that.
        """
        pressed = int(interaction.id)
        for row in await self._history.newer(place, pressed, pressed + PLACEHOLDER_SPAN):
            if interaction_of(row) == interaction.id:
                return row
        return None
