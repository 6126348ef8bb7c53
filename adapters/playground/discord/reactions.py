"""Reactions of the bot on messages.

https://discord.com/developers/docs/resources/message#create-reaction
"""

from __future__ import annotations

from aiohttp import web

from adapters.playground.discord import permissions
from adapters.playground.discord.messages import check_open, find_channel, need
from adapters.playground.discord.problems import problem
from adapters.playground.discord.records import Message
from adapters.playground.discord.world import World

EMOJI_CHARS = 64


class Reactions:
    """The bot's own reactions, one of each emoji a message."""

    def __init__(self, world: World) -> None:
        self._world = world

    def routes(self, api: str) -> list[web.AbstractRouteDef]:
        """Return the routes under the API's path."""
        at = f"{api}/channels/{{channel_id}}/messages/{{message_id}}/reactions/{{emoji_name}}/@me"
        return [web.put(at, self.add), web.delete(at, self.remove)]

    def _find(self, request: web.Request, needed: int) -> tuple[Message, str]:
        channel, granted = find_channel(
            self._world, request.match_info["channel_id"], self._world.bot
        )
        message = self._world.messages.get(request.match_info["message_id"])
        if message is None or message.channel != channel.id or message.only_for:
            raise problem(10008)
        need(granted, needed)
        check_open(channel, granted)
        emoji = request.match_info["emoji_name"]
        if not emoji or emoji.isascii() or len(emoji) > EMOJI_CHARS:
            raise problem(10014)
        return message, emoji

    async def add(self, request: web.Request) -> web.Response:
        """React; a second time changes nothing."""
        needed = permissions.READ_MESSAGE_HISTORY | permissions.ADD_REACTIONS
        message, emoji = self._find(request, needed)
        who = message.reactions.setdefault(emoji, [])
        if self._world.bot not in who:
            who.append(self._world.bot)
            self._tell(message, "MESSAGE_REACTION_ADD", emoji)
        return web.Response(status=204)

    async def remove(self, request: web.Request) -> web.Response:
        """Take a reaction away; one that is not there is taken away too."""
        message, emoji = self._find(request, 0)
        who = message.reactions.get(emoji, [])
        if self._world.bot in who:
            who.remove(self._world.bot)
            if not who:
                del message.reactions[emoji]
            self._tell(message, "MESSAGE_REACTION_REMOVE", emoji)
        return web.Response(status=204)

    def _tell(self, message: Message, event: str, emoji: str) -> None:
        self._world.save(message, event, user=self._world.bot, emoji=emoji)
