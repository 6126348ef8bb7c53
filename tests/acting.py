"""What people do in a test of the whole bot, in a line each, on any platform."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from adapters.playground.discord.people import People
from tests.folk import Folk
from tests.standins import StandIns


class Acting:
    """Act as people: `person` is a number of `folk.people`, of whom 0 is an admin.

    What people write returns the message's id; what they use (a command, a button, a form)
    returns what the stand-in calls it. Both name their turn, see `Harness.turn`.
    """

    standins: StandIns

    @property
    def folk(self) -> Folk:
        """Return the people of the platform that is acted on: the first one's."""
        return self.standins.here

    def on(self, platform: str) -> Acting:
        """Return the means to act on one of several platforms."""
        return _Elsewhere(self.standins, platform)

    def mention(self, text: str, *, person: int = 0, channel: int | str = 0, **carried: Any) -> str:
        """Ask in a channel, by mention; see `thread` for where it is answered.

        `channel` is a number of `folk.channels` or any place. `carried` is what a message can
        have: `files`, and on Discord `reply_to`, `ping`, `stickers` (see `People.post`).
        """
        return self.folk.mention(self.folk.people[person], self._place(channel), text, **carried)

    def say(self, place: str, text: str, *, person: int = 0, **carried: Any) -> str:
        """Write in a channel or thread, without a mention; `carried` as in `mention`.

        In the place of a message's id stands its thread.
        """
        where = self.thread(place) if self.folk.is_there(place) else place
        return self.folk.say(self.folk.people[person], where, text, **carried)

    def dm(self, text: str, *, person: int = 0, **carried: Any) -> str:
        """Write to the bot alone; return the message's id."""
        return self.folk.say(self.folk.people[person], self.direct(person), text, **carried)

    def direct(self, person: int = 0) -> str:
        """Return the channel of a person's direct messages with the bot."""
        return self.folk.direct(self.folk.people[person])

    def thread(self, message: str) -> str:
        """Return the place where a message's thread is."""
        return self.folk.thread(message)

    def edit(self, message: str, text: str, *, keep: Sequence[str] | None = None) -> None:
        """Change a message, as its author; a mention of the bot that it began with stays.

        `keep`: of its files, only those with these ids stay.
        """
        self.folk.edit(message, text, keep=keep)

    def delete(self, message: str) -> None:
        """Delete a person's message, as its author."""
        self.folk.delete(message)

    def press(self, action: str, *, person: int = 0, turn: str = "") -> str:
        """Press the newest button of that action (`stop`, `good`, ...), or that of a turn."""
        for message, button in self.folk.buttons():
            pressed, _, about = button.partition(":")
            if pressed == action and turn in ("", about):
                return self.folk.press(message, button, self.folk.people[person])
        raise AssertionError(f"nobody can press {action}")

    def command(self, name: str, *, place: int | str = 0, person: int = 0, **options: Any) -> str:
        """Use a command of the bot's table.

        `place` is a number of `folk.channels` or any place. The value of a file's option is
        (name, bytes). An option with a word of Python's for its name is given as
        `**{"for": "server"}`.
        """
        return self.folk.command(self.folk.people[person], self._place(place), name, options)

    def menu(self, message: str, *, person: int = 0) -> str:
        """Use "Edit image" in the menu of a message."""
        return self.folk.menu(self.folk.people[person], message)

    def submit(self, interaction: str, *, person: int = 0, **fields: Any) -> str:
        """Submit the form that was opened, by the names of its fields (see `Folk.submit`).

        One text alone may be given as `text`, whatever its field is called.
        """
        names = self.folk.form(interaction)
        assert names, "no form was opened"
        if set(fields) == {"text"}:
            (name,) = names
            fields = {name: fields["text"]}
        return self.folk.submit(interaction, self.folk.people[person], fields)

    def _place(self, place: int | str) -> str:
        return self.folk.channels[place] if isinstance(place, int) else place

    # --- what only Discord has --------------------------------------------------------------

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
        who, where = self.folk.people[person], self.people.channel(forum)
        return str(self.people.forum_post(who, where, title, whole, **carried)["id"])

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
        who = self.folk.people[person]
        return self.people.complete(who, self._place(place), name, option, typed, options)

    def kick(self) -> None:
        """Remove the bot from its server, as the admin."""
        self.people.kick_bot(self.folk.people[0])

    def invite(self) -> None:
        """Take the bot back into its server, as the admin."""
        self.people.invite_bot(self.folk.people[0])

    def set_available(self, available: bool) -> None:
        """Take the server away as an outage does, or give it back."""
        for guild in self.standins.world.guilds:
            self.standins.world.set_available(guild, available)

    @property
    def people(self) -> People:
        """Return everything that people of Discord can do."""
        return self.standins.discord.people

    def interaction(self, interaction: str) -> dict[str, Any]:
        """Return what became of a press, command or form of Discord (`People.interaction`)."""
        return self.people.interaction(interaction)


class _Elsewhere(Acting):
    """Act on a platform that is not the first."""

    def __init__(self, standins: StandIns, platform: str) -> None:
        self.standins = standins
        self._platform = platform

    @property
    def folk(self) -> Folk:
        """Return the people of that platform."""
        return self.standins.folk[self._platform]
