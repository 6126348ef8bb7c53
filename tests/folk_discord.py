"""The people of the stand-in Discord."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from adapters.playground.discord import DiscordStandIn
from adapters.playground.discord.permissions import ADMINISTRATOR
from adapters.playground.history import Entry
from bot.events import Aside
from bot.notices import ASIDES
from tests.evidence import Seen, World
from tests.folk import Told
from tests.observer import Observer, custom_ids


class DiscordFolk:
    """Act as the people of a server (see `Folk`)."""

    def __init__(self, standin: DiscordStandIn) -> None:
        self._standin = standin
        self._world = standin.world
        self._people = standin.people
        self._observer = Observer(standin.world)
        self.people = [self._people.find(name) for name in ("ada", "ben", "cleo")]
        self.channels = [self.channel(name) for name in ("general", "random")]

    def channel(self, name: str) -> str:
        return str(self._people.channel(name))

    def say(self, person: str, place: str, text: str, **carried: Any) -> str:
        return str(self._people.post(person, place, text, **carried)["id"])

    def mention(self, person: str, place: str, text: str, **carried: Any) -> str:
        return self.say(person, place, f"{self._people.mention()} {text}", **carried)

    def edit(self, message: str, text: str, *, keep: Sequence[str] | None = None) -> None:
        found = self._world.messages[message]
        mention = self._people.mention()
        if found.content.startswith(mention):
            text = f"{mention} {text}"
        self._people.edit(found.author, found.channel, message, text, keep=keep)

    def delete(self, message: str) -> None:
        found = self._world.messages.get(message)
        if found is not None:
            self._people.delete(found.author, found.channel, message)

    def remove(self, message: str) -> None:
        self._world.delete_message(self._world.messages[message])

    def knows(self, used: str) -> bool:
        return used in self._world.messages or used in self._world.interactions

    def is_there(self, message: str) -> bool:
        return message in self._world.messages

    def marks(self, message: str) -> list[str]:
        reactions = self._world.messages[message].reactions
        return [emoji for emoji, who in reactions.items() if self._world.bot in who]

    def file_of(self, message: str, name: str) -> bytes:
        for attachment in self._world.messages[message].attachments:
            if attachment.filename == name:
                return self._world.get_file(attachment.id) or b""
        raise AssertionError(f"there is no file {name}")

    def gallery(self, message: str) -> list[tuple[bytes, str]]:
        found = self._world.messages[message]
        return [
            (self._world.get_file(item["media"]["attachment_id"]) or b"", item["description"])
            for component in found.components
            for item in component.get("items", ())
        ]

    def thread(self, message: str) -> str:
        return message

    def direct(self, person: str) -> str:
        return self._people.open_dm(person)

    def buttons(self) -> list[tuple[str, str]]:
        return [
            (message.id, custom_id)
            for message in sorted(self._world.messages.values(), key=lambda m: -int(m.id))
            if message.author == self._world.bot
            for custom_id in custom_ids(message.components)
        ]

    def press(self, message: str, button: str, person: str) -> str:
        return self._people.press(person, self._world.messages[message].channel, message, button)

    def command(self, person: str, place: str, name: str, given: Mapping[str, Any]) -> str:
        return self._people.command(person, place, name, given)

    def menu(self, person: str, message: str) -> str:
        place = self._world.messages[message].channel
        return self._people.menu(person, place, message, ASIDES[Aside.EDIT_MENU])

    def form(self, used: str) -> list[str]:
        form = self._people.interaction(used)["modal"]
        return [] if form is None else list(custom_ids(form["components"]))

    def submit(self, used: str, person: str, fields: Mapping[str, Any]) -> str:
        return self._people.submit(person, used, dict(fields))

    def told(self, used: str) -> Told | None:
        found = self._people.interaction(used)
        if found["state"] != "answered":
            return None
        assert found["message"] is not None, "it was answered with no message"
        return Told(str(found["message"]["content"]), bool(found["ephemeral"]))

    def source(self, used: str) -> str:
        return used

    def promote(self, person: str, *, admin: bool = True) -> None:
        for member in [each for each in self._world.members.values() if each.user == person]:
            roles = [
                role.id
                for role in self._world.roles.values()
                if role.guild == member.guild and role.permissions & ADMINISTRATOR
            ]
            kept = [role for role in member.roles if role not in roles]
            member.roles = [*kept, *roles] if admin else kept
            self._world.save(member)

    def hide_rights(self, *, hidden: bool = True) -> None:
        self._standin.settings.rights_told = not hidden

    def ours(self, place: str | None = None, after: str = "0") -> list[Seen]:
        return self._observer.ours(place, after)

    def look(self, entries: Iterable[Entry]) -> World:
        return self._observer.world(entries)
