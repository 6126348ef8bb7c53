"""Take what people say to the bot and where it listens, and what they change or delete of that.

Words after a mention may be a command: that is run once Slack has its acknowledgement.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from adapters.slack.changes import (
    is_change,
    is_tombstone,
    names_us_late,
    parse_delete,
    parse_edit,
)
from adapters.slack.commands import CommandRunner
from adapters.slack.commits import committed
from adapters.slack.directory import Directory
from adapters.slack.forms import FormRunner
from adapters.slack.inbound import (
    Ears,
    Known,
    concerns,
    is_addressed,
    parse_message,
    thread_in,
    wanted,
)
from adapters.slack.invocations import ask_in, said_by
from adapters.slack.markup import named
from adapters.slack.once import Once
from adapters.slack.openings import call_said, opens
from adapters.slack.order import Turnstile
from adapters.slack.payloads import Body, part, text
from adapters.slack.places import channel_path
from adapters.slack.presses import NOTED, Answer
from adapters.slack.threads import Threads
from adapters.slack.words import said_in
from bot.domain import ThreadRef
from bot.events import Incoming, MessageReceived
from bot.ports import Clock, FormCall, Intake, Spoken


class Talk:
    """Put messages in the queue, those of a channel in their order.

    `on_asker(thread, user, team)` is called with everybody who says something in a thread, and
    with the workspace that they are of.
    """

    def __init__(
        self,
        *,
        intake: Intake,
        directory: Directory,
        commands: CommandRunner,
        once: Once,
        forms: FormRunner,
        ears: Callable[[str], Ears],
        on_asker: Callable[[str, str, str], None],
        line: Turnstile,
        clock: Clock,
    ) -> None:
        self._intake = intake
        self._directory = directory
        self._commands = commands
        self._once = once
        self._forms = forms
        self._ears = ears
        self._on_asker = on_asker
        self._line = line
        self._clock = clock
        self._threads = Threads(intake.follows)

    async def take(self, team: str, event: Body) -> Answer:
        """Take a message, or what became of one."""
        ears, channel = self._ears(team), channel_path(team, text(event, "channel"))
        match text(event, "subtype"):
            case "message_deleted":
                return await self._in_line(channel, parse_delete(event, team))
            case "message_changed" if is_tombstone(event):
                return await self._in_line(channel, parse_delete(event, team))
            case "message_changed":
                return await self._changed(ears, channel, event)
            case _:
                return await self.say(ears, channel, event)

    async def say(self, ears: Ears, channel: str, event: Body) -> Answer:
        """Take a new message; nobody's names are looked up for what is none of ours."""
        if not concerns(event, ears):
            return NOTED
        with self._line.join(channel) as place:
            known = await self._look_up(ears, text(event, "channel"), event)
            await place.first()
            message = parse_message(event, ears, known)
            if message is None:
                return NOTED
            heard = await self._is_heard(message, ears)
            taken = self._understand(message, event, heard=heard)
            commits = [] if isinstance(taken, FormCall | Answer) else [self._intake.put(taken)]
        if isinstance(taken, FormCall | Answer):
            return await self._do(message, taken)
        return await committed(*commits)

    async def _do(self, message: MessageReceived, taken: FormCall | Answer) -> Answer:
        """Take a command; for what is looked up for it nobody stands in line."""
        if isinstance(taken, FormCall):
            return await self._open(message, taken)
        return await self._once.take(message, taken)

    async def _open(self, message: MessageReceived, call: FormCall) -> Answer:
        """Take a command that may ask for more."""
        asker = said_by(message)
        if self._commands.is_for_admins(call.name):
            # What is kept of people for their names is too old to say what they may.
            author = await self._directory.author(asker.team, asker.user)
            call = replace(call, author=author)
        taken = await self._forms.decide(asker, call)
        if not isinstance(taken, Answer):
            return await committed(self._intake.put(taken))
        return await self._once.take(message, taken)

    async def _is_heard(self, message: MessageReceived, ears: Ears) -> bool:
        """Tell whether what may be a call for help stands where messages are questions."""
        if message.addressed or not self._commands.is_help(message):
            return False
        where = message.thread
        return ears.listens(ears.team, where.channel) or await self._intake.follows(where)

    def _understand(
        self, message: MessageReceived, event: Body, *, heard: bool = False
    ) -> Incoming | FormCall | Answer:
        """Return what a message asks for: an answer, a form, or a command's doing."""
        self.heard(message.thread, text(event, "user"), text(event, "user_team"))
        spoken = self._recognise(message, event, heard=heard)
        if spoken is None:
            return message
        if not isinstance(spoken, str) and opens(spoken):
            return call_said(spoken, message)
        if not isinstance(spoken, str) and spoken.command.asks:
            return ask_in(spoken, message)
        return self._commands.run_said(spoken, message)

    def _recognise(
        self, message: MessageReceived, event: Body, *, heard: bool
    ) -> Spoken | str | None:
        """Read a message as a command, None if it is none."""
        words = message.text
        if self._commands.names(words):
            team = message.thread.workspace
            words = named(said_in(event), self._ears(team).user, team)
        return self._commands.recognise(message, words, heard=heard)

    async def _changed(self, ears: Ears, channel: str, event: Body) -> Answer:
        """Take a change, behind the message that it is about; see `names_us_late`."""
        if not is_change(event, ears):
            return NOTED
        with self._line.join(channel) as place:
            known = await self._look_up(ears, text(event, "channel"), part(event, "message"))
            await place.first()
            late = names_us_late(event, ears, self._clock.now())
            message = parse_message(late, ears, known) if late else None
            if late and message is None:
                return NOTED
            taken = self._understand(message, late) if late and message else None
            asked = [] if taken is None or isinstance(taken, FormCall | Answer) else [taken]
            # What it said before may be kept, also where it is a command now.
            edit = parse_edit(event, ears, known)
            commits = [self._intake.put(each) for each in (*asked, *([edit] if edit else []))]
        answer = await committed(*commits)
        if answer.taken and message is not None and isinstance(taken, FormCall | Answer):
            return await self._do(message, taken)
        return answer

    async def _in_line(self, channel: str, event: Incoming) -> Answer:
        with self._line.join(channel) as place:
            await place.first()
            commit = self._intake.put(event)
        return await committed(commit)

    def heard(self, thread: ThreadRef, user: str, team: str) -> None:
        """Note that somebody says something in a thread, and of which workspace they are."""
        self._on_asker(thread.thread, user, team or thread.workspace)

    async def _look_up(self, ears: Ears, channel: str, message: Body) -> Known:
        """Return who is in a message; for what is none of ours nobody is asked."""
        people, channels = wanted(message)
        people -= {ears.user}
        thread = thread_in(message, ears.team, channel)
        if is_addressed(message, ears) or ears.listens(ears.team, thread.channel):
            self._threads.note(thread)
        if not await self._threads.may_be_ours(thread):
            return self._directory.recall(ears.team, people, channels)
        return await self._directory.look_up(ears.team, people, channels)
