"""Commands about limits from the command line, as whoever runs the bot, by the same functions."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass, field
from datetime import datetime, tzinfo

from bot.commands import quota_texts, usage_texts
from bot.commands.arguments import HERE, Unusable, Value
from bot.commands.desk import Desk
from bot.commands.dispatcher import Dispatcher
from bot.commands.here import DISCORD, OPERATOR, SLACK, by_console
from bot.commands.words import asks_for_help, parse
from bot.domain import Author, ThreadRef
from bot.ports import CONFIRM, CONFIRMED, CommandCall, CommandReply, Option, OptionKind, Spoken
from bot.text import clean_output, show_moments

# What texts are stressed and quoted by, which a terminal does not show.
_SIGNS = re.compile(r"\*\*|`{1,3}|(?<![\w*])\*(?=\w)|(?<=\w)\*(?![\w*])")

# How ids look; those of Slack begin with their workspace's.
_DISCORD_ID = re.compile(r"[0-9]{1,20}")
_SLACK_IDS = {
    OptionKind.USER: re.compile(r"([TE][A-Z0-9]+)/[UW][A-Z0-9]+"),
    OptionKind.ROLE: re.compile(r"([TE][A-Z0-9]+)/S[A-Z0-9]+"),
    OptionKind.CHANNEL: re.compile(r"([TE][A-Z0-9]+)/[CG][A-Z0-9]+"),
}


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
        here = by_console(self._thread.platform)
        found = parse(words, table, here, lambda word: ":" in word)
        if isinstance(found, str):
            return Printed(asks_for_help(words), self._show(found))
        try:
            arguments = self._with_whole_ids(found)
        except Unusable as error:
            why = usage_texts.usage(found.command, error.told(here), here)
            return Printed(False, self._show(why))
        return await self._attempt(found.command.name, arguments)

    async def confirm(self, reply: CommandReply) -> Printed:
        """Do what was asked about first."""
        return await self._attempt(CONFIRM, {CONFIRMED: reply.confirm})

    def _with_whole_ids(self, found: Spoken) -> dict[str, Value]:
        """Return the options, ids as they are stored. No platform is asked here, so that an id
        that none has would hold for nobody: raises `Unusable`.
        """
        options = {each.name: each for each in found.command.options}
        return {
            name: self._whole_id(options[name], value) if isinstance(value, str) else value
            for name, value in found.arguments.items()
        }

    def _whole_id(self, option: Option, value: str) -> str:
        of_slack = _SLACK_IDS.get(option.kind)
        if of_slack is None or value == HERE:
            return value
        platform, workspace = self._thread.platform, self._thread.workspace
        whole = value
        if platform == SLACK and workspace and "/" not in value:
            # People copy it as Slack shows it.
            whole = f"{workspace}/{value}"
        slack = of_slack.fullmatch(whole)
        is_slack = slack is not None and workspace in ("", slack[1])
        is_discord = _DISCORD_ID.fullmatch(whole) is not None
        if (is_slack and platform != DISCORD) or (is_discord and platform != SLACK):
            return whole
        raise Unusable(quota_texts.no_id(option.name, platform, workspace))

    async def _attempt(self, name: str, arguments: dict[str, Value]) -> Printed:
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
