"""Write to a person alone."""

from __future__ import annotations

from adapters import direct
from adapters.discord.line import Requests
from adapters.discord.outbound import Outbound
from bot.errors import Gone


class DirectMessages(direct.DirectMessages):
    """Post to people's direct channels with the bot on Discord."""

    def __init__(self, requests: Requests, outbound: Outbound) -> None:
        super().__init__(outbound)
        self._requests = requests

    async def _open(self, person: str) -> str:
        """See https://docs.discord.com/developers/resources/user#create-dm."""
        if not person.isdecimal():
            raise Gone("There is no such person on Discord.")
        row = await self._requests.make(
            "direct", lambda http: http.start_private_message(int(person))
        )
        return str(row["id"])
