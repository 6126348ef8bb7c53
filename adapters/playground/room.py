"""What one person sees of the stand-in Discord and writes in it, in the page's words."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from typing import Any

from adapters.playground.discord import limits
from adapters.playground.discord.people import People
from adapters.playground.discord.problems import Problem, problem
from adapters.playground.discord.records import Guild, Message
from adapters.playground.discord.world import Change
from adapters.playground.feed import Feed
from adapters.playground.refusal import Refusal

Json = dict[str, Any]
Files = Sequence[tuple[str, bytes]]

_SENTENCES = {
    10003: "This channel is not there any more.",
    10008: "This message is not there any more.",
    10062: "This form was opened too long ago; use the button or command again.",
    10063: "The bot has no such command (any more).",
    40005: "That is too big: Discord takes at most 10 MB per file and 25 MB per message.",
    50001: "You may not see this channel.",
    50005: "This message is somebody else's.",
    50006: "An empty message cannot be sent.",
    50008: "Nothing can be written here directly; open a post or a thread.",
    50013: "You lack the permission to do this here.",
    50035: "That is too long: a message has at most 2,000 characters.",
    50083: "This thread is archived.",
    160005: "This thread is locked.",
    200000: "The server's automatic moderation does not allow these words.",
}
_KINDS = {
    "MESSAGE_CREATE": "discord-message",
    "MESSAGE_UPDATE": "discord-message",
    "MESSAGE_REACTION_ADD": "discord-message",
    "MESSAGE_REACTION_REMOVE": "discord-message",
    "MESSAGE_DELETE": "discord-message-deleted",
    "MESSAGE_DELETE_BULK": "discord-messages-deleted",
    "CHANNEL_CREATE": "discord-channel",
    "CHANNEL_UPDATE": "discord-channel",
    "CHANNEL_DELETE": "discord-channel-deleted",
    "THREAD_CREATE": "discord-channel",
    "THREAD_UPDATE": "discord-channel",
    "THREAD_DELETE": "discord-channel-deleted",
    "TYPING_START": "discord-typing",
}


def _faults(tree: Any, path: tuple[str, ...] = ()) -> Iterator[str]:
    """Yield what is wrong in a refused form, each with the name of its field."""
    for name, inner in tree.items():
        if name == "_errors":
            for one in inner:
                yield f"{path[-1]}: {one['message']}" if path else str(one["message"])
        else:
            yield from _faults(inner, path if name.isdecimal() else (*path, name))


def refuse(refused: Problem) -> Refusal:
    """Return the stand-in's refusal in a sentence, with Discord's own words behind it."""
    if refused.code == 50035 and refused.errors:
        return Refusal(f"Discord does not accept this. {' '.join(_faults(refused.errors))}")
    sentence = _SENTENCES.get(refused.code)
    return Refusal(f"{sentence} ({refused.message})" if sentence else refused.message)


@contextlib.contextmanager
def in_words() -> Iterator[None]:
    """Turn what the stand-in refuses into a sentence."""
    try:
        yield
    except Problem as refused:
        raise refuse(refused) from refused


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

    def find(self, asked: str) -> str:
        """Return the person with an id or a name, or else the first."""
        everyone = self._people.everyone()
        found = (one["id"] for one in everyone if asked in (one["id"], one["global_name"]))
        return str(next(found, everyone[0]["id"]))

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
            "examples": self._people.examples(),
            "limits": {
                "files": limits.FILES,
                "file_bytes": limits.FILE_BYTES,
                "request_bytes": limits.REQUEST_BYTES,
            },
        }

    def messages(self, person: str, channel: str) -> list[Json]:
        """Return the latest messages of a channel or thread that `person` sees."""
        with in_words():
            return [self._named(one) for one in self._people.read(person, channel)]

    def post(
        self,
        person: str,
        channel: str,
        content: str,
        *,
        files: Files = (),
        reply_to: str | None = None,
    ) -> Json:
        """Post a message as `person`, with files, perhaps as a reply."""
        self.check(person)
        with in_words():
            return self._people.post(person, channel, content, files=files, reply_to=reply_to)

    def edit(self, person: str, channel: str, message: str, content: str) -> Json:
        """Edit one's own message as `person`; its files stay."""
        self.check(person)
        with in_words():
            found = self._world.messages.get(message)
            if not content.strip() and not (found and found.attachments):
                raise problem(50006)
            if len(content) > limits.CONTENT_CHARS:
                raise problem(50035)
            return self._people.edit(person, channel, message, content)

    def delete(self, person: str, channel: str, message: str) -> None:
        """Delete a message as `person`."""
        self.check(person)
        with in_words():
            self._people.delete(person, channel, message)

    # --- threads

    def open_post(
        self, person: str, forum: str, title: str, content: str, files: Files = ()
    ) -> Json:
        """Open a post in a forum as `person`; return its first message."""
        self.check(person)
        with in_words():
            return self._people.forum_post(person, forum, title, content, files=files)

    def start_thread(self, person: str, channel: str, message: str, name: str) -> str:
        """Start a thread from a message as `person`; return its id."""
        self.check(person)
        with in_words():
            return self._people.start_thread(person, channel, name, message)

    def change_thread(self, person: str, thread: str, do: str) -> None:
        """Archive, lock or delete a thread as `person`, or take that back."""
        self.check(person)
        with in_words():
            match do:
                case "archive" | "reopen":
                    self._people.archive(person, thread, archived=do == "archive")
                case "lock" | "unlock":
                    self._people.lock(person, thread, locked=do == "lock")
                case "delete":
                    self._people.delete_channel(person, thread)
                case _:
                    raise Refusal(f"There is nothing called {do!r} to do with a thread.")

    def check(self, person: str) -> None:
        """Refuse who is not one of the people here."""
        if person not in self.people():
            raise Refusal("There is no such person here.")

    def _named(self, payload: Json) -> Json:
        """Say which command a message came from, as Discord's own client shows it."""
        message = self._world.messages.get(payload["id"])
        origin = message.origin if message else None
        while origin and origin.trigger:
            origin = origin.trigger
        if origin and origin.name:
            payload["command"] = {"name": origin.name, "user": origin.user}
        return payload

    def _tell(self, change: Change) -> None:
        """Publish a change to each person who sees it."""
        kind = _KINDS.get(change.name)
        if kind is None:
            return
        for person in self.people():
            if seen := self._people.render_change(person, change):
                data = self._named(seen[1]) if kind == "discord-message" else seen[1]
                self._feed.publish(kind, data, person)
        # A thread counts its messages without telling; the card under its start shows it.
        if isinstance(change.record, Message) and change.name == "MESSAGE_CREATE":
            channel = self._world.channels.get(change.record.channel)
            if channel and channel.is_thread:
                self._tell(Change("THREAD_UPDATE", channel))
