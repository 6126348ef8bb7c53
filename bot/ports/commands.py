"""Commands, the same for every platform."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from bot.domain import Author, ThreadRef
from bot.events import File


class OptionKind(StrEnum):
    """The type of an option, which a platform checks where it can.

    The value of a `USER`, `ROLE` (or user group) or `CHANNEL` is our id of one, bare or as words
    name it: `<@id>`, `<@&id>`, `<#id>`. An `AMOUNT` is a text: `50`, `$5`, `5 USD`.
    """

    TEXT = "text"
    INTEGER = "integer"
    BOOLEAN = "boolean"
    FILE = "file"
    USER = "user"
    ROLE = "role"
    CHANNEL = "channel"
    AMOUNT = "amount"


@dataclass(frozen=True, slots=True)
class Option:
    """One option of a command.

    `choices` are (label, value); `least` and `most` bound an integer's value or a text's
    length; `completes`: the platform asks `Commands.complete` while the person types.
    """

    name: str
    kind: OptionKind
    description: str
    required: bool = False
    choices: tuple[tuple[str, str], ...] = ()
    least: int | None = None
    most: int | None = None
    completes: bool = False


@dataclass(frozen=True, slots=True)
class Command:
    """One row of the command table. `asks`: it becomes a turn (`Asked`) instead of a reply.

    `opens`: it goes to `Forms.open`, which may ask for more. `fills`: so does one that is written
    as words with nothing behind it, though it may be run as well. `admin`: only admins may use
    it, so that a platform hides it from the others where it can. `example` shows what may stand
    behind the name where commands are words; `@name` in it is somebody.

    Names are words that every platform takes: lower case, 1 to 32 letters; two of them, one of a
    group: `quota set`.
    """

    name: str
    description: str
    options: tuple[Option, ...] = ()
    asks: bool = False
    opens: bool = False
    fills: bool = False
    admin: bool = False
    example: str = ""

    @property
    def group(self) -> str:
        """Return the first of two words, or ""."""
        first, blank, _ = self.name.partition(" ")
        return first if blank else ""


@dataclass(frozen=True, slots=True)
class CommandCall:
    """A person used a command.

    `in_thread`: it stands in a thread (or a direct channel, which is a conversation too), so
    `thread` names an existing conversation; else only its channel means something.
    `arguments` holds what was given, by option. `key` names what the person did, the same however
    often the platform brings it.
    """

    name: str
    arguments: Mapping[str, str | int | bool]
    thread: ThreadRef
    author: Author
    position: int
    in_thread: bool
    direct: bool = False
    key: str = ""


# What a button brings back that confirms what was asked: a `CommandCall` of this name, with what
# the reply's `confirm` held as `CONFIRMED`.
CONFIRM = "confirm"
CONFIRMED = "request"


@dataclass(frozen=True, slots=True)
class CommandReply:
    """What to tell a person alone: `text` (never empty) and files.

    `why`: what of it says why the command could not be read, "" where it could; `option`: the
    one that is to be given otherwise, "" where it is none alone.

    With `confirm` a button is shown that confirms what was asked (see `CONFIRM`). Moments within
    the text (`bot.text.moment`) are shown by the reader's own clock where the platform has one.
    """

    text: str
    files: tuple[File, ...] = ()
    confirm: str = ""
    why: str = ""
    option: str = ""


@dataclass(frozen=True, slots=True)
class Spoken:
    """A command that was written as words, with what came along by option, each of its type."""

    command: Command
    arguments: Mapping[str, str | int | bool]


class Commands(Protocol):
    """Run the commands that are not turns; the same for every platform."""

    @property
    def table(self) -> Sequence[Command]:
        """Return every command, for registration."""

    def parse(self, words: str) -> Spoken | str:
        """Read a command written as words: `model gpt-5-mini for:channel`.

        Returns how it is used, for the person, where the words are no usable command.
        """

    def recognise(self, words: str) -> Spoken | str | None:
        """Read words that may be a command, after a mention, where most are questions.

        None: they are a question. A word of the table alone, or with nothing but options, is a
        command; one that begins with `/` is always one, and is told how it is used.
        """

    async def run(self, call: CommandCall) -> CommandReply:
        """Check who may, do it, and return what to tell the person alone.

        Raises nothing: a failure is a sentence too.
        """

    async def complete(self, call: CommandCall, option: str, typed: str) -> list[tuple[str, str]]:
        """Return up to 25 (label, value) for a half-typed option."""

    async def home(self, call: CommandCall) -> Sequence[str]:
        """Return what the bot is, what this person may use and what is set where they are, in
        sections of Markdown of at most 2,900 characters. Raises nothing.
        """
