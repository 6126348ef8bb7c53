"""Write to a person alone; a platform says how their channel with the bot is opened."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import OrderedDict
from typing import Protocol

from bot.events import Post

# Direct channels never change; those of the last people are remembered.
MOST_CHANNELS = 1_024


class Outbound(Protocol):
    """Post to places."""

    async def post(self, place: str, post: Post, nonce: str) -> str:
        """See `bot.ports.Platform`."""


class DirectMessages(ABC):
    """Post to people's direct channels with the bot."""

    def __init__(self, outbound: Outbound) -> None:
        self._outbound = outbound
        self._channels: OrderedDict[str, str] = OrderedDict()

    async def tell(self, person: str, post: Post, nonce: str) -> str:
        """Write to a person; see `bot.ports.Platform`."""
        return await self._outbound.post(await self.channel(person), post, nonce)

    async def channel(self, person: str) -> str:
        """Return the place of a person's direct channel, opened if need be."""
        known = self._channels.get(person)
        if known is None:
            known = self._channels[person] = await self._open(person)
        self._channels.move_to_end(person)
        while len(self._channels) > MOST_CHANNELS:
            self._channels.popitem(last=False)
        return known

    @abstractmethod
    async def _open(self, person: str) -> str:
        """Return the place of a person's direct channel as the platform names it.

        Raises the platform's errors, also where there is no such person.
        """
