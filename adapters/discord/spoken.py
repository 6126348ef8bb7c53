"""Commands that are written to the bot as words: help is given, of the others is said how.

Slash commands work everywhere on Discord and are answered to the person alone, which no message
can be; so words do nothing here, and need nobody's rights.
https://docs.discord.com/developers/interactions/application-commands
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping

import structlog

from adapters.discord.commands import shown
from adapters.discord.places import DIRECT, PLATFORM
from bot.errors import Forbidden, PlatformError, StoreError
from bot.events import Aside, MessageReceived, Post
from bot.ports import CommandCall, Commands, Intake, Spoken

log = structlog.get_logger(__name__)

HELP = "help"
# What was answered is remembered by its message, which comes again when it is changed.
MOST_REMEMBERED = 1_000

# Takes a place or a person, a message and its nonce: `bot.ports.Platform`.
Say = Callable[[str, Post, str], Awaitable[str]]


class SpokenCommands:
    """Answer what is a command, and no question, by a message that replies to it."""

    def __init__(
        self,
        commands: Commands,
        intake: Intake,
        sentences: Mapping[Aside, str],
        post: Say,
        tell: Say,
    ) -> None:
        self._commands = commands
        self._intake = intake
        self._sentences = sentences
        self._post = post
        self._tell = tell
        self._answered: OrderedDict[str, None] = OrderedDict()

    def read(self, message: MessageReceived) -> str:
        """Return the command that a message to the bot is, "" if it is a question or may be one."""
        if not message.addressed or not _is_bare(message):
            return ""
        spoken = self._commands.recognise(message.text)
        if not isinstance(spoken, Spoken) or spoken.command.asks or spoken.command.opens:
            return ""
        return spoken.command.name

    def may_be_help(self, message: MessageReceived) -> bool:
        """Tell whether a message is a call for help, if it is heard without a mention."""
        called = message.text.strip().rstrip(".!?").lower() == HELP
        return called and not message.addressed and _is_bare(message)

    async def is_heard(self, message: MessageReceived) -> bool:
        """Tell whether a message stands where every one is for the bot; not if nobody knows."""
        thread = message.thread
        if self._intake.listens(PLATFORM, thread.workspace, thread.channel):
            return True
        try:
            return await self._intake.follows(thread)
        except StoreError:
            # Whoever takes it for a question finds that out, too, and says so.
            return False

    async def answer(self, message: MessageReceived, command: str) -> None:
        """Answer a command, once; where that may not stand, the person is written to."""
        if message.message in self._answered:
            return
        self._answered[message.message] = None
        while len(self._answered) > MOST_REMEMBERED:
            self._answered.popitem(last=False)
        text = self._sentences[Aside.BY_SLASH]
        if command == HELP:
            reply = await self._commands.run(_call(message, command))
            text = shown(reply, self._sentences[Aside.COMMAND_FAILED]).text
        # Should it come again after a restart, Discord knows it by this for a while.
        nonce = f"said {message.message}"
        try:
            try:
                await self._post(message.place, Post(text, reply_to=message.message), nonce)
            except Forbidden:
                await self._tell(message.author.id, Post(text), nonce)
        except PlatformError as error:
            log.warning("a command is not answered", code=error.code, error=str(error))


def _is_bare(message: MessageReceived) -> bool:
    return not (message.unreadable or message.attachments or message.quote)


def _call(message: MessageReceived, command: str) -> CommandCall:
    return CommandCall(
        name=command,
        arguments={},
        thread=message.thread,
        author=message.author,
        position=message.position,
        in_thread=not message.opens_thread,
        direct=message.thread.workspace == DIRECT,
        key=message.message,
    )
