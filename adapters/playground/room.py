"""What one person sees of the stand-in Discord and does in it, in the page's words."""

from __future__ import annotations

import asyncio
from typing import Any

from adapters.playground.discord import limits
from adapters.playground.discord.people import People
from adapters.playground.discord.problems import Problem, problem
from adapters.playground.discord.records import Guild
from adapters.playground.discord.world import Change
from adapters.playground.feed import Feed

Json = dict[str, Any]

PRESS_SECONDS = 3.5  # a little more than Discord gives the bot for its first answer
PRESS_LOOK_SECONDS = 0.05

_SENTENCES = {
    10003: "This channel is not there any more.",
    10008: "This message is not there any more.",
    50001: "You may not see this channel.",
    50005: "This message is somebody else's.",
    50006: "An empty message cannot be sent.",
    50013: "You lack the permission to do this here.",
    50035: "That is too long: a message has at most 2,000 characters.",
    50083: "This thread is archived.",
    160005: "This thread is locked.",
    200000: "The server's automatic moderation does not allow these words.",
}
_KINDS = {
    "MESSAGE_CREATE": "message",
    "MESSAGE_UPDATE": "message",
    "MESSAGE_REACTION_ADD": "message",
    "MESSAGE_REACTION_REMOVE": "message",
    "MESSAGE_DELETE": "message-deleted",
    "CHANNEL_CREATE": "channel",
    "CHANNEL_UPDATE": "channel",
    "CHANNEL_DELETE": "channel-deleted",
    "THREAD_CREATE": "channel",
    "THREAD_UPDATE": "channel",
    "THREAD_DELETE": "channel-deleted",
    "TYPING_START": "typing",
}


class Refusal(Exception):
    """It cannot be done; the message is a sentence fit for the person."""


def refuse(refused: Problem) -> Refusal:
    """Return the stand-in's refusal in a sentence, with Discord's own words behind it."""
    sentence = _SENTENCES.get(refused.code)
    return Refusal(f"{sentence} ({refused.message})" if sentence else refused.message)


class Room:
    """The server of the world, with its people; what each sees goes to the feed."""

    def __init__(self, people: People, feed: Feed) -> None:
        self._people = people
        self._world = people.world
        self._feed = feed
        self._guild: Guild = next(iter(self._world.guilds.values()))
        self._world.watchers.append(self._tell)

    def people(self) -> list[str]:
        """Return the ids of the people that one can be."""
        return [person["id"] for person in self._people.everyone()]

    def describe(self, person: str) -> Json:
        """Return everything but the messages, as `person` sees it."""
        bot = self._world.users[self._world.bot]
        self._people.open_dm(person)
        return {
            "me": person,
            "people": [
                {"id": one["id"], "name": one["global_name"], "admin": one["admin"]}
                for one in self._people.everyone()
            ],
            "bot": {"id": bot.id, "name": bot.shown},
            "guild": {"id": self._guild.id, "name": self._guild.name},
            "channels": self._people.channels(person),
        }

    def messages(self, person: str, channel: str) -> list[Json]:
        """Return the latest messages of a channel or thread that `person` sees."""
        try:
            return self._people.read(person, channel)
        except Problem as refused:
            raise refuse(refused) from refused

    def post(self, person: str, channel: str, content: str) -> Json:
        """Post a message as `person`."""
        self._check(person)
        try:
            return self._people.post(person, channel, content)
        except Problem as refused:
            raise refuse(refused) from refused

    def edit(self, person: str, channel: str, message: str, content: str) -> Json:
        """Edit one's own message as `person`."""
        self._check(person)
        try:
            if not content.strip():
                raise problem(50006)
            if len(content) > limits.CONTENT_CHARS:
                raise problem(50035)
            return self._people.edit(person, channel, message, content)
        except Problem as refused:
            raise refuse(refused) from refused

    def delete(self, person: str, channel: str, message: str) -> None:
        """Delete a message as `person`."""
        self._check(person)
        try:
            self._people.delete(person, channel, message)
        except Problem as refused:
            raise refuse(refused) from refused

    async def press(self, person: str, channel: str, message: str, custom_id: str) -> None:
        """Press a button as `person` and wait for the bot's first answer, as a client does."""
        self._check(person)
        try:
            pressed = self._people.press(person, channel, message, custom_id)
        except Problem as refused:
            raise refuse(refused) from refused
        loop = asyncio.get_running_loop()
        deadline = loop.time() + PRESS_SECONDS
        while self._people.interaction(pressed)["state"] == "pending":
            if loop.time() > deadline:
                break
            await asyncio.sleep(PRESS_LOOK_SECONDS)
        if self._people.interaction(pressed)["state"] in ("pending", "failed"):
            raise Refusal(
                "This interaction failed: the bot did not answer within 3 seconds. Is it running?"
            )

    def _check(self, person: str) -> None:
        if person not in self.people():
            raise Refusal("There is no such person here.")

    def _tell(self, change: Change) -> None:
        """Publish a change to each person who sees it."""
        kind = _KINDS.get(change.name)
        if kind is None:
            return
        for person in self.people():
            if seen := self._people.render_change(person, change):
                self._feed.publish(kind, seen[1], person)
        # A thread counts its messages without telling; the card under its start shows it.
        if change.name == "MESSAGE_CREATE":
            channel = self._world.channels.get(change.record.channel)
            if channel and channel.is_thread:
                self._tell(Change("THREAD_UPDATE", channel))
