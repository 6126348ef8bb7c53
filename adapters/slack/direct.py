"""Write to a person alone."""

from __future__ import annotations

from collections.abc import Mapping

from adapters import direct
from adapters.slack.calls import Calls
from adapters.slack.outbound import Outbound
from adapters.slack.places import channel_path, read_person
from bot.errors import Forbidden, Gone

# Of a person whom one cannot write to Slack says so in many words.
_NOBODY = frozenset({"users_not_found", "user_not_found", "channel_not_found", "user_not_visible"})


class DirectMessages(direct.DirectMessages):
    """Post to people's direct channels with the bot on Slack."""

    def __init__(self, calls: Calls, outbound: Outbound) -> None:
        super().__init__(outbound)
        self._calls = calls

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
