"""Say who and what is in a server: people, roles, channels; nobody learns of any other."""

from __future__ import annotations

import discord

from adapters.discord.inbound import MOST_NAME
from adapters.discord.line import Requests
from bot.errors import Gone, PlatformRefused, PlatformUnknown
from bot.ports import Scope, ScopeKind
from bot.text import normalise

# An id is a number of 64 bits; what is none Discord refuses as a form of wrong words.
_MOST_ID = 2**63
# https://docs.discord.com/developers/topics/opcodes-and-status-codes#json
_NOBODY = frozenset({"10007", "10013", "50035"})


class Census:
    """Answer `describe` of `bot.ports.Platform`."""

    def __init__(self, requests: Requests) -> None:
        self._requests = requests

    async def describe(self, scope: Scope) -> str | None:
        """Return what somebody or something is called; see `bot.ports.Platform`."""
        if not scope.id.isdecimal() or not 0 < int(scope.id) < _MOST_ID:
            return None
        if not scope.workspace:
            return await self._anywhere(int(scope.id)) if scope.kind is ScopeKind.USER else None
        if not scope.workspace.isdecimal():
            return None
        client = self._requests.client
        guild = client.get_guild(int(scope.workspace))
        if guild is None or guild.unavailable:
            raise PlatformUnknown("Discord does not show this server now.")
        match scope.kind:
            case ScopeKind.USER:
                return await self._member(guild, int(scope.id))
            case ScopeKind.ROLE:
                role = guild.get_role(int(scope.id))
                # What everybody has is no role to tell people by.
                return role.name if role is not None and not role.is_default() else None
            case ScopeKind.CHANNEL:
                channel = guild.get_channel(int(scope.id))
                if isinstance(channel, discord.CategoryChannel) or channel is None:
                    return None
                return channel.name
            case _:
                return ""

    async def _anywhere(self, person: int) -> str | None:
        """Return the name of somebody in any of our servers."""
        for guild in self._requests.client.guilds:
            if (name := await self._member(guild, person)) is not None:
                return name
        return None

    async def _member(self, guild: discord.Guild, person: int) -> str | None:
        """Return the name of a member who is a person."""
        try:
            row = await self._requests.make(
                "member", lambda http: http.get_member(guild.id, person)
            )
        except Gone:
            return None
        except PlatformRefused as error:
            if error.code in _NOBODY:
                return None
            raise
        user = row["user"]
        if user.get("bot") or user.get("system") or person == self._requests.me:
            return None
        name = row.get("nick") or user.get("global_name") or user.get("username")
        return normalise(str(name or person), MOST_NAME)
