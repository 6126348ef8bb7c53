"""What one person sees of the stand-in Slack and writes in it, in the page's words."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from typing import Any

from adapters.playground.feed import Feed
from adapters.playground.refusal import Refusal
from adapters.playground.slack import SlackStandIn
from adapters.playground.slack.payloads import render_session
from adapters.playground.slack.problems import Problem
from adapters.playground.slack.records import IM, Channel, Session
from adapters.playground.slack.tables import Change
from adapters.playground.workspace_examples import find_examples

Json = dict[str, Any]
Files = Sequence[tuple[str, bytes]]

MOST_MESSAGES = 200
TITLE = "Slack"
FILES = 10
# Slack itself takes a gigabyte per file; more than this is no use in a playground.
FILE_BYTES = 20 << 20
REQUEST_BYTES = 50 << 20
_SENTENCES = {
    "cant_delete_message": "You cannot delete this message.",
    "cant_update_message": "You cannot edit this message.",
    "channel_not_found": "This channel is not there any more.",
    "is_archived": "This channel is archived.",
    "message_not_found": "This message is not there any more.",
    "msg_too_long": "That is too long: a message has at most 12,000 characters.",
    "no_text": "An empty message cannot be sent.",
    "not_in_channel": "You are not in this channel.",
    "thread_not_found": "This thread is not there any more.",
    "view_not_found": "This form is not open any more; use the button or command again.",
}
_KINDS = {
    "message": "slack-message",
    "message_changed": "slack-message",
    "reaction_added": "slack-message",
    "reaction_removed": "slack-message",
    "message_deleted": "slack-message-deleted",
}


@contextlib.contextmanager
def in_words() -> Iterator[None]:
    """Turn what the stand-in refuses into a sentence."""
    try:
        yield
    except Problem as refused:
        sentence = _SENTENCES.get(refused.code)
        told = f"{sentence} ({refused.code})" if sentence else f"Slack refuses: {refused.code}."
        raise Refusal(told) from refused
    except (KeyError, ValueError):
        raise Refusal("That is not there any more.") from None


class Workspace:
    """The first workspace of the world, with its people; what each sees goes to the feed.

    The page names people and channels by Slack's own ids, the stand-in by paths.
    """

    def __init__(self, slack: SlackStandIn, feed: Feed) -> None:
        self._people = slack.people
        self._world = slack.world
        self._feed = feed
        # What a manifest says beside the commands' names.
        self.usages: dict[str, str] = {}
        self.prompts: list[Json] = []
        self.team = next(iter(self._world.teams))
        self._world.watchers.append(self._tell)

    # --- people and places

    def people(self) -> list[str]:
        """Return the ids of the people that one can be."""
        return [
            user.id
            for user in self._world.users.values()
            if user.team == self.team and not user.bot and not user.deleted
        ]

    def find(self, asked: str) -> str:
        """Return the person with an id or a name, or else the first."""
        for person in self.people():
            if asked in (person, self._world.users[self.team, person].shown):
                return person
        return self.people()[0]

    def check(self, person: str) -> None:
        """Refuse who is not one of the people here."""
        if person not in self.people():
            raise Refusal("There is no such person here.")

    @property
    def bot_name(self) -> str:
        """Return the app's name."""
        return self._world.users[self.team, self._world.teams[self.team].bot].shown

    def path(self, *parts: str) -> str:
        """Return the stand-in's name for somebody or some place here."""
        return "/".join((self.team, *parts))

    def look_at(self, person: str, channel: str) -> Channel:
        """Return a conversation that a person sees."""
        self.check(person)
        found = self._world.channels.get((self.team, channel))
        if found is None or not self._world.sees(person, found):
            raise Refusal("You do not see this channel, or it is not there any more.")
        return found

    def describe(self, person: str) -> Json:
        """Return everything but the messages, as `person` sees it."""
        world, team, who = self._world, self._world.teams[self.team], self.path(person)
        self._people.open_dm(who)
        return {
            "me": person,
            "people": [
                {"id": one.id, "name": one.shown, "admin": one.admin or one.owner}
                for one in (world.users[self.team, each] for each in self.people())
            ],
            "bot": {"id": team.bot, "name": self.bot_name},
            "team": {"id": team.id, "name": team.name},
            "channels": [
                self._short(channel)
                for channel in self._people.channels(who)
                if self._belongs(person, channel)
            ],
            "threads": [
                self._line(one) for one in world.sessions.values() if one.team == self.team
            ],
            "home": self._people.home(who),
            "examples": find_examples(self._people, who),
            "limits": {"files": FILES, "file_bytes": FILE_BYTES, "request_bytes": REQUEST_BYTES},
            **self.app(),
        }

    def app(self) -> Json:
        """Return what the app offers by its manifest."""
        settings, usages = self._world.settings, self.usages
        return {
            "commands": [
                {
                    "name": name.removeprefix("/"),
                    "description": said,
                    "usage": usages.get(name),
                }
                for name, said in settings.commands.items()
            ],
            "shortcuts": settings.shortcuts,
            "prompts": self.prompts,
        }

    def _belongs(self, person: str, channel: Json) -> bool:
        """Tell whether a person has a conversation in the sidebar."""
        bot = self._world.teams[self.team].bot
        return channel["kind"] != IM or set(channel["members"]) == {person, bot}

    def _short(self, channel: Json) -> Json:
        return {
            "id": channel["id"],
            "name": channel.get("name", ""),
            "kind": channel["kind"],
            "topic": channel.get("topic", {}).get("value", ""),
            "archived": channel["is_archived"],
            "bot": channel["has_bot"],
        }

    def _line(self, session: Session) -> Json:
        """Return what a thread shows of the app's work."""
        shown = render_session(self._world, session)
        return shown | {"channel": session.channel, "thread": session.thread}

    # --- messages

    def messages(self, person: str, channel: str, thread: str | None) -> list[Json]:
        """Return the latest messages of a channel, or those of a thread in it."""
        place = self.path(self.look_at(person, channel).id)
        with in_words():
            if thread:
                found = self._people.thread(self.path(person), place, thread)
            else:
                found = self._people.read(self.path(person), place, MOST_MESSAGES)
        return [_named(one) for one in found[-MOST_MESSAGES:]]

    def post(
        self, person: str, channel: str, thread: str | None, text: str, files: Files = ()
    ) -> str:
        """Post a message as `person`, with files, perhaps in a thread; return its ts."""
        place = self.path(self.look_at(person, channel).id)
        with in_words():
            return self._people.say(
                self.path(person), place, text, thread=thread or "", files=files
            )

    def edit(self, person: str, channel: str, message: str, text: str) -> None:
        """Edit one's own message as `person`."""
        place = self.path(self.look_at(person, channel).id)
        with in_words():
            self._people.edit(self.path(person), place, message, text)

    def delete(self, person: str, channel: str, message: str) -> None:
        """Delete one's own message as `person`."""
        place = self.path(self.look_at(person, channel).id)
        with in_words():
            self._people.delete(self.path(person), place, message)

    def open_home(self, person: str, tab: str) -> None:
        """Open the app's Home or Messages tab."""
        self.check(person)
        with in_words():
            self._people.open_home(self.path(person), tab=tab)

    # --- what happens

    def _tell(self, change: Change) -> None:
        """Publish a change to each person who sees it."""
        for person in self.people():
            seen = self._people.render_change(self.path(person), change)
            if seen and (event := self._event(person, change, *seen)):
                self._feed.publish(*event, person)

    def _event(self, person: str, change: Change, name: str, data: Json) -> tuple[str, Json] | None:
        match name:
            case "channel" if data["deleted"]:
                return "slack-channel-deleted", {"id": data["id"]}
            case "channel" if self._belongs(person, data):
                return "slack-channel", self._short(data)
            case "session":
                return "slack-status", self._line(change.record)
            case "view" if data["kind"] == "home":
                return "slack-home", {"view": data}
            case "view":
                return "slack-view", data
            case _ if kind := _KINDS.get(name):
                return kind, _named(data)
            case _:
                return None


def _named(message: Json) -> Json:
    """Return a message with its channel by Slack's own id."""
    return message | {"channel": message["channel"].rpartition("/")[2]}
