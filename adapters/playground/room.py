"""What one person sees of the stand-in Discord, as the page is told it."""

from __future__ import annotations

from typing import Any

from adapters.playground.discord import permissions
from adapters.playground.discord.payloads import render_channel, render_message
from adapters.playground.discord.records import Channel, Guild, Message
from adapters.playground.discord.world import Change, World
from adapters.playground.feed import Feed

Json = dict[str, Any]

SHOWN_MESSAGES = 100


class Refusal(Exception):
    """It cannot be done; the message is a sentence fit for the person."""


class Room:
    """The one server of the world, shown to its people; its changes go to the feed.

    `base` is the address of the stand-in, for links to files.
    """

    def __init__(self, world: World, feed: Feed, base: str) -> None:
        self._world = world
        self._feed = feed
        self._base = base
        self.guild: Guild = next(iter(world.guilds.values()))
        world.watchers.append(self._tell)

    def people(self) -> list[str]:
        """Return the ids of the people that one can be, the admin first."""
        members = [user for guild, user in self._world.members if guild == self.guild.id]
        return [user for user in members if not self._world.users[user].bot]

    def describe(self, person: str) -> Json:
        """Return everything but the messages, as `person` sees it."""
        bot = self._world.users[self._world.bot]
        return {
            "me": person,
            "people": [self._person(user) for user in self.people()],
            "bot": {"id": bot.id, "name": bot.shown},
            "guild": {"id": self.guild.id, "name": self.guild.name},
            "channels": [
                self._channel(channel)
                for channel in self._world.channels.values()
                if self.may_see(person, channel)
            ],
        }

    def messages(self, person: str, channel: str) -> list[Json]:
        """Return the latest messages of a channel or thread that `person` sees."""
        if not self.may_see(person, self._world.channels.get(channel)):
            raise Refusal("This channel is not there, or you may not see it.")
        found = self._world.everything(channel, person, SHOWN_MESSAGES)
        return [self.message(one, person) for one in found]

    def message(self, message: Message, person: str) -> Json:
        """Return a message as `person` sees it."""
        return render_message(self._world, self._base, message, viewer=person)

    def may_see(self, person: str, channel: Channel | None) -> bool:
        """Tell whether a channel or thread is there for `person`."""
        if channel is None or channel.guild != self.guild.id:
            return False
        return bool(self._world.permissions(person, channel) & permissions.VIEW_CHANNEL)

    def _person(self, user: str) -> Json:
        granted = self._world.guild_permissions(user, self.guild.id)
        return {
            "id": user,
            "name": self._world.users[user].shown,
            "admin": bool(granted & permissions.MANAGE_GUILD),
        }

    def _channel(self, channel: Channel) -> Json:
        return render_channel(self._world, channel)

    def _tell(self, change: Change) -> None:
        record = change.record
        match change.name:
            case "MESSAGE_CREATE" | "MESSAGE_UPDATE" if record.guild == self.guild.id:
                viewer = record.only_for or self.guild.owner
                self._publish("message", self.message(record, viewer), record)
                channel = self._world.channels.get(record.channel)
                # A thread counts its messages without telling; the card under its start shows it.
                if change.name == "MESSAGE_CREATE" and channel and channel.is_thread:
                    self._feed.publish("channel", self._channel(channel))
            case "MESSAGE_DELETE":
                gone = {"id": record.id, "channel_id": record.channel}
                self._publish("message-deleted", gone, record)
            case "CHANNEL_CREATE" | "CHANNEL_UPDATE" | "THREAD_CREATE" | "THREAD_UPDATE":
                if record.guild == self.guild.id:
                    self._feed.publish("channel", self._channel(record))
            case "CHANNEL_DELETE" | "THREAD_DELETE":
                self._feed.publish("channel-deleted", {"id": record.id})
            case "TYPING_START" if record.guild == self.guild.id:
                typing = {"channel_id": record.id, "user_id": change.extra["user"]}
                self._feed.publish("typing", typing)
            case _:
                pass

    def _publish(self, kind: str, data: Json, message: Message) -> None:
        self._feed.publish(kind, data, message.only_for)
