"""Write to a person alone."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping

from adapters.slack.calls import Calls
from adapters.slack.outbound import Outbound
from adapters.slack.places import channel_path, read_person
from bot.errors import Forbidden, Gone
from bot.events import Post

# Direct channels never change; those of the last people are remembered.
MOST_CHANNELS = 1_024
# Of a person whom one cannot write to Slack says so in many words.
_NOBODY = frozenset({"users_not_found", "user_not_found", "channel_not_found", "user_not_visible"})


class DirectMessages:
    """Post to people's direct channels with the bot."""

    def __init__(self, calls: Calls, outbound: Outbound) -> None:
        self._calls = calls
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

    async def _open(self, person: str) -> str:
        """See https://docs.slack.dev/reference/methods/conversations.open."""
        try:
            team, user = read_person(person)
        except ValueError as error:
            raise Forbidden("There is no such person on Slack.") from error
        try:
            answer = await self._calls.make(team, "conversations.open", users=user)
        except Gone as error:
            if error.code not in _NOBODY:
                raise
            raise Forbidden("Slack does not let the bot write to them.", code=error.code) from None
        channel = answer.get("channel")
        name = channel.get("id") if isinstance(channel, Mapping) else None
        if not isinstance(name, str) or not name:
            raise Forbidden("Slack opened no channel with them.")
        return channel_path(team, name)
