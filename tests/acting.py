"""What people do in a test of the whole bot, in a line each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from adapters.playground.discord.people import People
from tests.observer import custom_ids
from tests.standins import StandIns


class Acting:
    """Act as people: `person` is a number of `standins.people`, of whom 0 is the admin."""

    standins: StandIns

    def mention(self, text: str, *, person: int = 0, channel: int | str = 0, **carried: Any) -> str:
        """Ask in a channel, by mention; return the message's id, which names its thread too.

        `channel` is a number of `standins.channels` or any place's id. `carried` is what a
        message can have (see `People.post`): `files`, `reply_to`, `ping`, `stickers`.
        """
        place = self.standins.channels[channel] if isinstance(channel, int) else channel
        return self.standins.mention(self.standins.people[person], place, text, **carried)

    def say(self, place: str, text: str, *, person: int = 0, **carried: Any) -> str:
        """Write in a channel or thread, without a mention; `carried` as in `mention`."""
        return self.standins.say(self.standins.people[person], place, text, **carried)

    def dm(self, text: str, *, person: int = 0, **carried: Any) -> str:
        """Write to the bot alone; return the message's id."""
        who = self.standins.people[person]
        return self.standins.say(who, self.direct(person), text, **carried)

    def direct(self, person: int = 0) -> str:
        """Return the channel of a person's direct messages with the bot."""
        return self.people.open_dm(self.standins.people[person])

    def forum_post(
        self,
        title: str,
        text: str,
        *,
        person: int = 0,
        forum: str = "ideas",
        asked: bool = True,
        **carried: Any,
    ) -> str:
        """Start a post in a forum; return its id, which names its thread too.

        `asked`: its text mentions the bot. `carried`: `tags` and `files`.
        """
        whole = f"{self.people.mention()} {text}" if asked else text
        who, where = self.standins.people[person], self.people.channel(forum)
        return str(self.people.forum_post(who, where, title, whole, **carried)["id"])

    def edit(self, message: str, text: str, *, keep: Sequence[str] | None = None) -> None:
        """Change a message, as its author; a mention of the bot that it began with stays.

        `keep`: of its files, only those with these ids stay.
        """
        self.standins.edit(message, text, keep=keep)

    def delete(self, message: str) -> None:
        """Delete a person's message, as its author."""
        self.standins.delete(message)

    def press(self, action: str, *, person: int = 0, turn: str = "") -> str:
        """Press the newest button of that action (`stop`, `good`, ...), or that of a turn.

        Return the interaction's id.
        """
        for message, custom_id in self.standins.buttons():
            pressed, _, about = custom_id.partition(":")
            if pressed == action and turn in ("", about):
                return self.standins.press(message, custom_id, self.standins.people[person])
        raise AssertionError(f"nobody can press {action}")

    def command(self, name: str, *, place: int | str = 0, person: int = 0, **options: Any) -> str:
        """Use a slash command; return the interaction's id, which is the source of its turn.

        `place` is a number of `standins.channels` or any place's id. The value of a file's
        option is (name, bytes). An option with a word of Python's for its name is given as
        `**{"for": "server"}`.
        """
        where = self.standins.channels[place] if isinstance(place, int) else place
        return self.standins.command(self.standins.people[person], where, name, options)

    def complete(
        self,
        name: str,
        option: str,
        typed: str,
        *,
        place: int | str = 0,
        person: int = 0,
        **options: Any,
    ) -> str:
        """Type half an option of a command; return the interaction's id (see `choices`)."""
        where = self.standins.channels[place] if isinstance(place, int) else place
        who = self.standins.people[person]
        return self.people.complete(who, where, name, option, typed, options)

    def submit(self, interaction: str, *, person: int = 0, **fields: str) -> str:
        """Submit the form that a press opened, by custom ids; return the interaction's id.

        One text alone may be given as `text`, whatever its field is called.
        """
        form = self.interaction(interaction)["modal"]
        assert form is not None, "no form was opened"
        if set(fields) == {"text"}:
            (name,) = custom_ids(form["components"])
            fields = {name: fields["text"]}
        return self.people.submit(self.standins.people[person], interaction, fields)

    def kick(self) -> None:
        """Remove the bot from its server, as the admin."""
        self.people.kick_bot(self.standins.people[0])

    def invite(self) -> None:
        """Take the bot back into its server, as the admin."""
        self.people.invite_bot(self.standins.people[0])

    def set_available(self, available: bool) -> None:
        """Take the server away as an outage does, or give it back."""
        for guild in self.standins.world.guilds:
            self.standins.world.set_available(guild, available)

    @property
    def people(self) -> People:
        """Return everything that people can do."""
        return self.standins.discord.people

    def interaction(self, interaction: str) -> dict[str, Any]:
        """Return what became of a press, command or form (see `People.interaction`)."""
        return self.people.interaction(interaction)
