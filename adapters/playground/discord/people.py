"""The human side: what the people of the world see and do, for the page and for tests."""

from __future__ import annotations

from typing import Any

from adapters.playground.discord import permissions
from adapters.playground.discord.examples import EXAMPLES
from adapters.playground.discord.interacting import Interactor
from adapters.playground.discord.looking import Subscription
from adapters.playground.discord.messages import find_channel, need
from adapters.playground.discord.records import User
from adapters.playground.discord.speaking import Speaker

Json = dict[str, Any]

__all__ = ["People", "Subscription"]


class People(Speaker, Interactor):
    """Act as the people. `person`, `channel` and `message` are ids."""

    # --- as moderators

    def archive(self, person: str, thread: str, *, archived: bool = True) -> None:
        """Archive or reopen a thread."""
        found, _ = find_channel(self.world, thread, person)
        self.world.set_archived(found, archived)

    def lock(self, person: str, thread: str, *, locked: bool = True) -> None:
        """Lock (and archive) or unlock a thread, as a moderator."""
        found, granted = find_channel(self.world, thread, person)
        need(granted, permissions.MANAGE_THREADS)
        self.world.set_archived(found, locked, locked=locked)

    def delete_channel(self, person: str, channel: str) -> None:
        """Delete a channel or thread, as a moderator."""
        found, granted = find_channel(self.world, channel, person)
        need(
            granted,
            permissions.MANAGE_THREADS if found.is_thread else permissions.MANAGE_CHANNELS,
        )
        self.world.delete_channel(found)

    def kick_bot(self, person: str) -> None:
        """Remove the bot from every server that the person manages."""
        for guild in self._managed(person):
            if (guild, self.world.bot) in self.world.members:
                self.world.kick_bot(guild)

    def invite_bot(self, person: str) -> None:
        """Take the bot back into every server that the person manages."""
        for guild in self._managed(person):
            if (guild, self.world.bot) not in self.world.members:
                self.world.invite_bot(guild)

    def _managed(self, person: str) -> list[str]:
        return [
            guild
            for guild in self.world.guilds
            if (guild, person) in self.world.members
            and self.world.guild_permissions(person, guild) & permissions.MANAGE_GUILD
        ]

    # --- the people themselves

    def add(self, name: str, shown: str, *, admin: bool = False) -> str:
        """Add a person to every server; an admin gets its highest role."""
        user: User = self.world.add_user(name, shown)
        for guild in self.world.guilds.values():
            roles = [
                role
                for role in self.world.roles.values()
                if role.guild == guild.id
                and role.id != guild.id
                and admin
                and role.permissions & permissions.ADMINISTRATOR
            ]
            self.world.join(guild, user, *roles)
        return user.id

    def close_dms(self, person: str, *, closed: bool = True) -> None:
        """Stop taking direct messages from the bot."""
        user = self.world.users[person]
        user.dms_open = not closed
        self.world.save(user)

    # --- the example thread

    def examples(self) -> list[Json]:
        """Return what the messages of the example thread suggest to try.

        `message` stands in the thread `thread`; `text` (with `@bot` for the bot's mention) is
        what a click on it would put into the composer of the channel named `channel`, or of
        the person's direct messages if that is empty.
        """
        shown = {example.title: example for example in EXAMPLES}
        return [
            {
                "message": message.id,
                "thread": message.channel,
                "title": example.title,
                "text": example.text,
                "channel": example.channel,
                "picture": example.picture,
            }
            for message in self.world.messages.values()
            if (example := shown.get(message.content.partition("\n")[0]))
        ]
