"""Commands about limits from the command line, as whoever runs the bot, by the same functions."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass, field
from datetime import datetime, tzinfo

from bot.commands.desk import Desk
from bot.commands.dispatcher import Dispatcher
from bot.commands.here import OPERATOR, by_console
from bot.commands.words import parse
from bot.domain import Author, ThreadRef
from bot.ports import CONFIRM, CONFIRMED, CommandCall, CommandReply
from bot.text import clean_output, show_moments

# What texts are stressed and quoted by, which a terminal does not show.
_SIGNS = re.compile(r"\*\*|`{1,3}|(?<![\w*])\*(?=\w)|(?<=\w)\*(?![\w*])")


@dataclass(frozen=True, slots=True)
class Printed:
    """What a command came to: `done`, else it was refused, could not be read, or failed."""

    done: bool
    text: str
    reply: CommandReply = field(default_factory=lambda: CommandReply(""))


class Console:
    """Run commands written as words. The desk's `admins` hold `owner_of(platform)`."""

    def __init__(self, desk: Desk, zone: tzinfo, platform: str = "", workspace: str = "") -> None:
        self._dispatcher = Dispatcher(desk)
        self._zone = zone
        self._thread = ThreadRef(platform, workspace, "", "")

    async def run(self, words: str) -> Printed:
        """Run a command of the table about limits."""
        table = [each for each in self._dispatcher.table if each.admin]
        found = parse(words, table, by_console(), lambda word: ":" in word)
        if isinstance(found, str):
            return Printed(False, self._show(found))
        return await self._attempt(found.command.name, dict(found.arguments))

    async def confirm(self, reply: CommandReply) -> Printed:
        """Do what was asked about first."""
        return await self._attempt(CONFIRM, {CONFIRMED: reply.confirm})

    async def _attempt(self, name: str, arguments: dict[str, str | int | bool]) -> Printed:
        call = CommandCall(
            name=name,
            arguments=arguments,
            thread=self._thread,
            author=Author(OPERATOR, OPERATOR),
            position=0,
            in_thread=False,
            key=secrets.token_hex(8),
        )
        outcome, reply = await self._dispatcher.attempt(call)
        return Printed(outcome == "done", self._show(reply.text), reply)

    def _show(self, text: str) -> str:
        """Return a text as a terminal shows it: nobody's name in it moves the cursor."""
        shown = show_moments(
            text,
            lambda ms: datetime.fromtimestamp(ms / 1000, self._zone).strftime("%Y-%m-%d %H:%M %Z"),
        )
        return clean_output(_SIGNS.sub("", shown)).strip()


def owner_of(platform: str) -> str:
    """Return whoever uses the command line as `ADMIN_IDS` would name them."""
    return f"{platform}:{OPERATOR}"
