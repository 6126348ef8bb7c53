"""Write to a person alone."""

from __future__ import annotations

from collections import OrderedDict

from adapters.discord.line import Requests
from adapters.discord.outbound import Outbound
from bot.errors import Gone
from bot.events import Post

# Direct channels never change; those of the last people are remembered.
MOST_CHANNELS = 1024


class DirectMessages:
    """Post to people's direct channels with the bot."""

    def __init__(self, requests: Requests, outbound: Outbound) -> None:
        self._requests = requests
        self._outbound = outbound
        self._channels: OrderedDict[str, str] = OrderedDict()

    async def tell(self, person: str, post: Post, nonce: str) -> str:
        """Write to a person; see `bot.ports.Platform`."""
        return await self._outbound.post(await self.channel(person), post, nonce)

    async def channel(self, person: str) -> str:
        """Return the place of a person's direct channel, opened if need be."""
        known = self._channels.get(person)
        if known is None:
            if not person.isdecimal():
                raise Gone("There is no such person on Discord.")
            row = await self._requests.make(
                "direct", lambda http: http.start_private_message(int(person))
            )
            known = self._channels[person] = str(row["id"])
        self._channels.move_to_end(person)
        while len(self._channels) > MOST_CHANNELS:
            self._channels.popitem(last=False)
        return known
