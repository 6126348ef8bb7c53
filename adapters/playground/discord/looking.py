"""What a person sees: channels, messages, changes, and what became of an interaction.

Everything answers with the same JSON that Discord's own client would get. A refusal is the
same `Problem` that the bot would meet.
"""

from __future__ import annotations

import asyncio
from typing import Any

from adapters.playground.discord import limits, message_payloads, payloads, permissions
from adapters.playground.discord.messages import find_channel
from adapters.playground.discord.problems import problem
from adapters.playground.discord.records import Channel, Interaction, Message
from adapters.playground.discord.world import Change, World

Json = dict[str, Any]


class Subscription:
    """The changes that one person sees, in order: `async for name, data in subscription`."""

    def __init__(self, onlooker: Onlooker, person: str) -> None:
        self._onlooker = onlooker
        self._person = person
        self._queue: asyncio.Queue[tuple[str, Json]] = asyncio.Queue()
        onlooker.world.watchers.append(self._tell)

    def _tell(self, change: Change) -> None:
        if event := self._onlooker.render_change(self._person, change):
            self._queue.put_nowait(event)

    def __aiter__(self) -> Subscription:
        return self

    async def __anext__(self) -> tuple[str, Json]:
        return await self._queue.get()

    def close(self) -> None:
        """Stop listening."""
        self._onlooker.world.watchers.remove(self._tell)


class Onlooker:
    """See as the people do. `person`, `channel` and `message` are ids."""

    def __init__(self, world: World, prefix: str) -> None:
        self.world = world
        self._base = prefix

    def everyone(self) -> list[Json]:
        """Return the people that one can be."""
        return [
            payloads.render_user(user) | {"admin": self.is_admin(user.id)}
            for user in self.world.users.values()
            if not user.bot
        ]

    def is_admin(self, person: str) -> bool:
        """Tell whether a person manages a server."""
        return any(
            user == person and self.world.guild_permissions(user, guild) & permissions.MANAGE_GUILD
            for guild, user in self.world.members
        )

    def find(self, name: str) -> str:
        """Return the id of the user with a name."""
        return next(user.id for user in self.world.users.values() if user.name == name)

    def channel(self, name: str) -> str:
        """Return the id of the channel (or else the thread) with a name."""
        found = sorted(
            (one for one in self.world.channels.values() if one.name == name),
            key=lambda one: one.is_thread,
        )
        return found[0].id

    def channels(self, person: str) -> list[Json]:
        """Return the channels, threads and DMs that a person sees."""
        return [
            payloads.render_channel(self.world, channel, viewer=person)
            for channel in self.world.channels.values()
            if self.world.permissions(person, channel) & permissions.VIEW_CHANNEL
        ]

    def read(self, person: str, channel: str, limit: int = 100) -> list[Json]:
        """Return the newest messages of a channel that a person sees, oldest first."""
        found, _ = find_channel(self.world, channel, person)
        messages = self.world.everything(found.id, person, limit)
        return [self._render(person, message) for message in messages]

    def interaction(self, interaction: str) -> Json:
        """Return what became of a press or command: pending, deferred, answered or failed.

        `message` is the answer as its person sees it, if there is one and it still stands.
        """
        found = self.world.interactions[interaction]
        state = found.state
        if state == "pending" and self.world.now() - found.at > limits.FIRST_ANSWER_MS:
            state = "failed"
        shown = self.world.messages.get(found.response or "")
        return {
            "id": found.id,
            "state": state,
            "response": found.response,
            "ephemeral": found.ephemeral,
            "message": shown and self._render(found.user, shown),
            "modal": found.modal,
            "choices": found.choices,
        }

    def subscribe(self, person: str) -> Subscription:
        """Follow the changes that a person sees, by gateway event names."""
        return Subscription(self, person)

    def render_change(self, person: str, change: Change) -> tuple[str, Json] | None:
        """Return a change as a person sees it, or None."""
        world = self.world
        match change.record:
            case Message() as message:
                if message.only_for not in (None, person):
                    return None
                channel = world.channels.get(message.channel)
                if channel is None or not self._sees(person, channel):
                    return None
                if change.name == "MESSAGE_DELETE":
                    return change.name, {"id": message.id, "channel_id": message.channel}
                if change.name == "MESSAGE_DELETE_BULK":
                    ids = change.extra["ids"]
                    return change.name, {"ids": ids, "channel_id": message.channel}
                return change.name, self._render(person, message)
            case Channel() as channel if self._sees(person, channel):
                payload = payloads.render_channel(world, channel, viewer=person)
                if "user" in change.extra:
                    payload = {"channel_id": channel.id, "user_id": change.extra["user"]}
                return change.name, payload
            case Interaction() as interaction if interaction.user == person:
                return "INTERACTION_UPDATE", self.interaction(interaction.id)
            case _:
                return None

    def _sees(self, person: str, channel: Channel) -> bool:
        return bool(self.world.permissions(person, channel) & permissions.VIEW_CHANNEL)

    def _render(self, person: str, message: Message) -> Json:
        return message_payloads.render_message(self.world, self._base, message, viewer=person)

    def _target(self, channel: Channel, message: str) -> Message:
        target = self.world.messages.get(message)
        if target is None or target.channel != channel.id:
            raise problem(10008)
        return target
