"""What the people of any platform do, by which tests of the whole bot are written once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from adapters.playground.history import Entry
from tests.evidence import Seen, World


@dataclass(frozen=True, slots=True)
class Told:
    """What a press, a command or a form was answered. `alone`: nobody else sees it."""

    text: str
    alone: bool


class Folk(Protocol):
    """The people of one platform.

    `people`, `channels`: their ids, as the bot stores them; the first person is an admin. A
    message is named by its id alone. What people use (a command, a button, a form) is named by
    what the stand-in calls it; `source` tells what the bot calls it.
    """

    people: list[str]
    channels: list[str]

    def channel(self, name: str) -> str:
        """Return a channel by its name."""

    def say(self, person: str, place: str, text: str, **carried: Any) -> str:
        """Write a message and return its id; `carried`: `files`, and what the platform has."""

    def mention(self, person: str, place: str, text: str, **carried: Any) -> str:
        """Write a message that mentions the bot and return its id."""

    def edit(self, message: str, text: str, *, keep: Sequence[str] | None = None) -> None:
        """Change a message, as its author; a mention that it began with stays.

        `keep`: of its files, only those with these ids stay.
        """

    def delete(self, message: str) -> None:
        """Delete a person's message, as its author."""

    def remove(self, message: str) -> None:
        """Delete any message, as a moderator."""

    def knows(self, used: str) -> bool:
        """Tell whether somebody here wrote that message or used that."""

    def is_there(self, message: str) -> bool:
        """Tell whether a message still stands."""

    def marks(self, message: str) -> list[str]:
        """Return the bot's reactions on a message."""

    def file_of(self, message: str, name: str) -> bytes:
        """Return the bytes of a file of a message."""

    def gallery(self, message: str) -> list[tuple[bytes, str]]:
        """Return the pictures that a message shows side by side, each with its alt text."""

    def thread(self, message: str) -> str:
        """Return the place of the thread that a message in a channel starts."""

    def direct(self, person: str) -> str:
        """Return the place where a person writes to the bot alone."""

    def buttons(self) -> list[tuple[str, str]]:
        """Return (message, "action:turn") of every button of the bot's, newest message first."""

    def press(self, message: str, button: str, person: str) -> str:
        """Press a button ("action:turn")."""

    def command(self, person: str, place: str, name: str, given: Mapping[str, Any]) -> str:
        """Use a command of the bot's table; a file is (name, bytes)."""

    def menu(self, person: str, message: str) -> str:
        """Use "Edit image" in the menu of a message."""

    def form(self, used: str) -> list[str]:
        """Return the fields of the form that was opened; [] if none is."""

    def submit(self, used: str, person: str, fields: Mapping[str, Any]) -> str:
        """Submit the form that a press, a command or a menu opened.

        The value of a field of files is a list of (name, bytes); what is left out stays as the
        form showed it.
        """

    def told(self, used: str) -> Told | None:
        """Return what a press, a command or a form was answered; None as long as it is not."""

    def source(self, used: str) -> str:
        """Return what the bot calls a message, or what somebody used, as source of a turn."""

    def promote(self, person: str, *, admin: bool = True) -> None:
        """Make a person an admin, or take that away."""

    def hide_rights(self, *, hidden: bool = True) -> None:
        """Let the platform not tell what people may do, or let it tell that again."""

    def ours(self, place: str | None = None, after: str = "0") -> list[Seen]:
        """Return the bot's messages as people see them now, also those for one person.

        Only those of a place, and those that were written after a message, if asked for.
        """

    def look(self, entries: Iterable[Entry]) -> World:
        """Return what people see now."""
