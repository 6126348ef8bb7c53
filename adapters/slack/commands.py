"""Take commands: those that ask become turns, the others are answered to the person alone."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping

import structlog

from adapters.slack.directory import Directory
from adapters.slack.invocations import Asker, call_of, is_direct, said_by, typed_in
from adapters.slack.presses import Answer
from adapters.slack.responses import Responses
from bot.domain import ThreadRef
from bot.events import Aside, MessageReceived
from bot.ports import Clock, Commands, Spoken

log = structlog.get_logger(__name__)

# What was run by a mention is remembered by its message, since a mention comes twice.
MOST_REMEMBERED = 1_000
# The command that is understood without a mention wherever messages are questions.
HELP = "help"


class CommandRunner:
    """Run commands as they come; who may is decided when each is run."""

    def __init__(
        self,
        commands: Commands,
        directory: Directory,
        responses: Responses,
        sentences: Mapping[Aside, str],
        clock: Clock,
    ) -> None:
        self._commands = commands
        self._directory = directory
        self._responses = responses
        self._sentences = sentences
        self._clock = clock
        self._taken: OrderedDict[tuple[str, str], None] = OrderedDict()

    def parse(self, words: str) -> Spoken | str:
        """Read the words of a slash command, or return how it is used."""
        return self._commands.parse(words)

    def is_help(self, message: MessageReceived) -> bool:
        """Tell whether a message is but a call for help."""
        return message.text.strip().rstrip(".!?").lower() == HELP

    def recognise(self, message: MessageReceived, *, heard: bool) -> Spoken | str | None:
        """Read a message to the bot that may be a command; one with files or a quote is none,
        but for those that take files.

        `heard`: it is for the bot without a mention, so that only a call for help is a command.
        """
        if not (message.addressed or (heard and self.is_help(message))):
            return None
        spoken = self._commands.recognise(message.text)
        if isinstance(spoken, Spoken) and spoken.command.opens:
            return spoken
        return None if message.attachments or message.quote else spoken

    def run_typed(self, spoken: Spoken | str, asker: Asker) -> Answer:
        """Run what was typed as a slash command, once Slack has its acknowledgement."""
        thread, position = typed_in(asker), self._clock.now() * 1000
        return Answer(then=lambda: self._run(spoken, asker, thread, position, in_thread=False))

    def run_said(self, spoken: Spoken | str, message: MessageReceived) -> Answer:
        """Run what was said to the bot in a message; once, although a mention comes twice."""
        if not self.is_first(message):
            return Answer()
        asker = said_by(message)
        return Answer(
            then=lambda: self._run(
                spoken,
                asker,
                message.thread,
                message.position,
                in_thread=not message.opens_thread,
                begins=message.opens_thread and is_direct(message.thread.channel),
            )
        )

    def is_first(self, message: MessageReceived) -> bool:
        """Tell whether nothing was said yet of what a message asks; from now on it was."""
        key = (message.place, message.message)
        if key in self._taken:
            return False
        self._taken[key] = None
        while len(self._taken) > MOST_REMEMBERED:
            self._taken.popitem(last=False)
        return True

    async def _run(
        self,
        spoken: Spoken | str,
        asker: Asker,
        thread: ThreadRef,
        position: int,
        *,
        in_thread: bool,
        begins: bool = False,
    ) -> None:
        """Run a command and tell the person alone what came of it.

        `begins`: it is a direct message outside of threads, so that its thread begins with that.
        """
        if isinstance(spoken, Spoken):
            try:
                said = await self._do(spoken, asker, thread, position, in_thread=in_thread)
            except Exception as error:
                log.error("a command failed", error=repr(error)[:200])
                said = ""
        else:
            said = spoken
        said = said or self._sentences[Aside.COMMAND_FAILED]
        if begins:
            await self._responses.reply(asker, thread.thread, said)
        else:
            await self._responses.whisper(asker, said)

    async def _do(
        self, spoken: Spoken, asker: Asker, thread: ThreadRef, position: int, *, in_thread: bool
    ) -> str:
        author = await self._directory.author(asker.team, asker.user)
        call = call_of(spoken, thread, author, position, in_thread=in_thread)
        return await self._commands.run(call)
