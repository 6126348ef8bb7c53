"""Take commands: those that ask become turns, the others are answered to the person alone."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence

import structlog

from adapters.slack.directory import Directory
from adapters.slack.invocations import (
    Asker,
    call_of,
    confirming,
    is_direct,
    pressed_in,
    said_by,
    typed_in,
)
from adapters.slack.modals import confirm_rows
from adapters.slack.places import person_path, read_place
from adapters.slack.presses import Answer
from adapters.slack.responses import Responses
from adapters.slack.unanswered import Unanswered
from bot.domain import ThreadRef
from bot.errors import PlatformError
from bot.events import Aside, MessageReceived, Post
from bot.ports import Clock, CommandReply, Commands, OptionKind, Spoken

log = structlog.get_logger(__name__)

# The command that is understood without a mention wherever messages are questions.
HELP = "help"
# How the names of pictures end, which are shown within a message.
PICTURE = ".png"
_NAMED = (OptionKind.USER, OptionKind.ROLE, OptionKind.CHANNEL)


class CommandRunner:
    """Run commands as they come; who may is decided when each is run.

    `tell` writes to a person alone (`bot.ports.Platform`): nothing else can carry files there.
    """

    def __init__(
        self,
        commands: Commands,
        directory: Directory,
        responses: Responses,
        sentences: Mapping[Aside, str],
        clock: Clock,
        tell: Callable[[str, Post, str], Awaitable[str]],
        unanswered: Unanswered,
    ) -> None:
        self._commands = commands
        self._directory = directory
        self._responses = responses
        self._sentences = sentences
        self._clock = clock
        self._tell = tell
        self._unanswered = unanswered
        # The words by which commands begin that name people, groups or channels.
        self._naming = frozenset(
            each.group or each.name
            for each in commands.table
            if any(option.kind in _NAMED for option in each.options)
        )
        self._for_admins = frozenset(each.name for each in commands.table if each.admin)

    def parse(self, words: str) -> Spoken | str:
        """Read the words of a slash command, or return how it is used."""
        return self._commands.parse(words)

    def is_help(self, message: MessageReceived) -> bool:
        """Tell whether a message is but a call for help."""
        return message.text.strip().rstrip(".!?").lower() == HELP

    def is_for_admins(self, name: str) -> bool:
        """Tell whether only admins may use a command."""
        return name in self._for_admins

    def names(self, words: str, command: str = "") -> bool:
        """Tell whether words may be a command that names somebody, who is then told by an id.

        `command` is the slash command, which may stand before them out of habit.
        """
        first, *rest = words.lower().split(None, 2) or [""]
        if first == command and rest:
            first = rest[0]
        return first.removeprefix("/") in self._naming

    def recognise(
        self, message: MessageReceived, words: str, *, heard: bool
    ) -> Spoken | str | None:
        """Read a message to the bot that may be a command; one with files or a quote is none,
        but for those that take files.

        `words` are its own, people by their ids where a command may name them. `heard`: it is
        for the bot without a mention, so that only a call for help is a command.
        """
        if not (message.addressed or (heard and self.is_help(message))):
            return None
        spoken = self._commands.recognise(words)
        if isinstance(spoken, Spoken) and spoken.command.opens:
            return spoken
        return None if message.attachments or message.quote else spoken

    async def take_over(self) -> Sequence[Asker]:
        """Return whose commands an earlier process had not answered; see `own_up`."""
        return await self._unanswered.take_over()

    async def own_up(self, asker: Asker) -> None:
        """Tell a person that nobody knows what became of a command."""
        await self._responses.whisper(asker, self._sentences[Aside.CUT_OFF])

    async def run_typed(self, spoken: Spoken | str, asker: Asker) -> Answer:
        """Run what was typed as a slash command, once Slack has its acknowledgement."""
        if isinstance(spoken, Spoken):
            await self._unanswered.note(asker)
        thread, position = typed_in(asker), self._clock.now() * 1000
        return Answer(then=lambda: self._run(spoken, asker, thread, position, in_thread=False))

    def run_said(self, spoken: Spoken | str, message: MessageReceived) -> Answer:
        """Run what was said to the bot in a message; see `Once`."""
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

    async def run_confirmed(self, asked: str, asker: Asker) -> Answer:
        """Run what a button confirms, once Slack has its acknowledgement."""
        await self._unanswered.note(asker)
        thread, position = pressed_in(asker), self._clock.now() * 1000
        in_thread = bool(read_place(asker.interaction.place).thread_ts)
        spoken = confirming(asked)
        return Answer(then=lambda: self._run(spoken, asker, thread, position, in_thread=in_thread))

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
        reply = CommandReply(spoken) if isinstance(spoken, str) else None
        if isinstance(spoken, Spoken):
            await self._unanswered.note(asker)
            try:
                reply = await self._do(spoken, asker, thread, position, in_thread=in_thread)
            except Exception as error:
                log.error("a command failed", error=repr(error)[:200])
        if reply is None or not reply.text:
            reply = CommandReply(self._sentences[Aside.COMMAND_FAILED])
        said = reply.text
        if reply.files:
            said = f"{said}\n{self._sentences[await self._hand_over(asker, reply)]}"
        label = self._sentences[Aside.CONFIRM]
        rows = confirm_rows(reply.confirm, label) if reply.confirm else []
        if begins:
            await self._responses.reply(asker, thread.thread, said, rows)
        else:
            await self._responses.whisper(asker, said, rows)
        await self._unanswered.drop(asker)

    async def _hand_over(self, asker: Asker, reply: CommandReply) -> Aside:
        """Send a reply's files to the person alone, and return what to say of that.

        What is shown to one person in a channel takes no files:
        https://docs.slack.dev/reference/methods/chat.postEphemeral
        """
        person = person_path(asker.team, asker.user)
        try:
            for n, file in enumerate(reply.files):
                # In words, too, for whoever does not see it.
                words = file.description or file.name
                post = Post(words, files=(file,), gallery=file.name.endswith(PICTURE))
                # Like `Responses.reply` it is none of a turn's.
                await self._tell(person, post, f"reply {asker.interaction.id} {n}")
        except PlatformError as error:
            log.warning("files not sent", code=error.code, error=str(error))
            return Aside.FILES_LOST
        return Aside.FILES_SENT

    async def _do(
        self, spoken: Spoken, asker: Asker, thread: ThreadRef, position: int, *, in_thread: bool
    ) -> CommandReply:
        author = await self._directory.author(asker.team, asker.user)
        key = asker.interaction.id
        call = call_of(spoken, thread, author, position, in_thread=in_thread, key=key)
        return await self._commands.run(call)
