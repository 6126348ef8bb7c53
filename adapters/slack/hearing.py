"""Hear what Slack sends, by whichever way: into the core's one queue, and answered after it.

Slack repeats an event that is not acknowledged, at once, after one and after five minutes; so
an event is acknowledged once it is committed, and by what it is about, not by how often it came.
https://docs.slack.dev/apis/events-api/#retries
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import replace
from typing import Any

import structlog

from adapters.slack.changes import (
    is_change,
    is_tombstone,
    names_us_late,
    parse_delete,
    parse_edit,
    parse_leave,
    parse_place_deleted,
    parse_stop,
)
from adapters.slack.commands import CommandRunner
from adapters.slack.directory import Directory
from adapters.slack.forms import FormRunner
from adapters.slack.home import Home
from adapters.slack.inbound import (
    Ears,
    Known,
    concerns,
    is_addressed,
    parse_message,
    thread_in,
    wanted,
)
from adapters.slack.interactions import Interactions
from adapters.slack.invocations import ask_in, said_by
from adapters.slack.marking import marked
from adapters.slack.markup import named
from adapters.slack.missed import Missed
from adapters.slack.once import Once
from adapters.slack.openings import call_said, opens
from adapters.slack.order import Turnstile
from adapters.slack.payloads import Body, Kind, kind_of, part, text
from adapters.slack.places import channel_path
from adapters.slack.presses import NOT_TAKEN, NOTED, Answer, Presses
from adapters.slack.threads import Threads
from adapters.slack.words import said_in
from adapters.watermarks import Watermarks
from bot.domain import ThreadRef
from bot.errors import StoreError
from bot.events import Incoming, MessageReceived, Verdict, WorkspaceLeft
from bot.ports import Clock, Decision, FormCall, Intake, Meter, Spoken

log = structlog.get_logger(__name__)

# Slack waits three seconds for an acknowledgement, its way here and back included.
ANSWER_SECONDS = 2.7

Commit = asyncio.Future[Decision]


class Hearing:
    """Take payloads, each of a workspace that is ours, and say how Slack is answered.

    `ears(team)` says who the bot is in a workspace. `on_asker(thread, user, team)` is called
    with everybody who says something in a thread, and with the workspace that they are of.
    `on_left(team)` is called once the bot's removal from a workspace is committed, `on_idle(place)`
    when a person stopped what nobody is doing in a thread.
    """

    def __init__(
        self,
        *,
        intake: Intake,
        directory: Directory,
        presses: Presses,
        commands: CommandRunner,
        once: Once,
        forms: FormRunner,
        home: Home,
        command: str,
        ears: Callable[[str], Ears],
        on_asker: Callable[[str, str, str], None],
        on_left: Callable[[str], None],
        on_idle: Callable[[str], Coroutine[Any, Any, None]],
        marks: Watermarks,
        clock: Clock,
        meter: Meter,
        stand_alone: frozenset[str],
    ) -> None:
        self._intake = intake
        self._marks = marks
        self._directory = directory
        self._commands = commands
        self._once = once
        self._forms = forms
        self._home = home
        self._ears = ears
        self._on_asker = on_asker
        self._on_left = on_left
        self._on_idle = on_idle
        self._clock = clock
        self._meter = meter
        self._line = Turnstile()
        self._threads = Threads(intake.follows)
        self._interactions = Interactions(
            intake=intake,
            directory=directory,
            presses=presses,
            forms=forms,
            commands=commands,
            command=command,
            stand_alone=stand_alone,
            ears=ears,
            heard=self._heard,
            line=self._line,
            clock=clock,
        )
        self._hushed = False
        self._taking = 0
        self._quiet = asyncio.Event()
        self._quiet.set()

    # --- life

    async def hush(self) -> None:
        """Take nothing more; what is being taken is still answered."""
        self._hushed = True
        with suppress(TimeoutError):
            async with asyncio.timeout(ANSWER_SECONDS):
                await self._quiet.wait()

    # --- what came

    async def take(self, team: str, body: Body) -> Answer:
        """Take a payload; what makes no sense is counted, acknowledged, and costs only itself."""
        if self._hushed:
            return NOT_TAKEN
        self._taking += 1
        self._quiet.clear()
        began = self._clock.monotonic()
        try:
            taking = self._take(team, body, began + ANSWER_SECONDS)
            return await marked(self._marks, team, body, self._guarded(body, taking))
        finally:
            self._meter.observe("slack_ack_seconds", self._clock.monotonic() - began)
            self._taking -= 1
            if not self._taking:
                self._quiet.set()

    async def recover(self, team: str, missed: Missed) -> Answer:
        """Take a message that was found in the history, as its own event would be taken."""
        body = {"type": Kind.EVENT.value, "event": missed.event}
        if self._hushed:
            return NOT_TAKEN
        ears, channel = self._ears(team), channel_path(team, text(missed.event, "channel"))
        taking = self._in_time(self._said(ears, channel, missed.event))
        return await marked(self._marks, team, body, self._guarded(body, taking))

    async def _guarded(self, body: Body, taking: Coroutine[Any, Any, Answer]) -> Answer:
        """Take something; what makes no sense would make no more the next time."""
        try:
            return await taking
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            self._meter.count("slack_malformed", kind=_word(body))
            log.error("not understood", kind=_word(body), error=repr(error)[:200])
            return NOTED
        except Exception as error:
            # Slack sends it again, which may go better.
            self._meter.count("slack_handler_errors", handler=_word(body))
            log.error("handler failed", handler=_word(body), error=repr(error)[:200])
            return NOT_TAKEN

    async def _take(self, team: str, body: Body, until: float) -> Answer:
        kind = kind_of(body)
        if kind is Kind.EVENT:
            return await self._in_time(self._event(team, part(body, "event")))
        return await self._interactions.take(team, body, kind, until)

    # --- events

    async def _in_time(self, event: Coroutine[Any, Any, Answer]) -> Answer:
        """Say nothing of an event that is not committed yet: it comes again, and is then known."""
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                return await event
        except TimeoutError:
            self._meter.count("slack_acks_late")
            return NOT_TAKEN

    async def _event(self, team: str, event: Body) -> Answer:
        match text(event, "type"):
            case "message" | "app_mention":
                return await self._message(team, event)
            case "channel_deleted" | "group_deleted":
                return await self._put(parse_place_deleted(event, team))
            case "agent_session_stopped":
                return await self._stopped(team, event)
            case "app_uninstalled" | "tokens_revoked":
                return await self._left(parse_leave(event, team))
            case "app_home_opened" if text(event, "tab") == "home":
                user, channel = text(event, "user"), text(event, "channel")
                return Answer(then=lambda: self._home.show(team, user, channel))
            case _:
                return NOTED

    async def _message(self, team: str, event: Body) -> Answer:
        ears, channel = self._ears(team), channel_path(team, text(event, "channel"))
        match text(event, "subtype"):
            case "message_deleted":
                return await self._in_line(channel, parse_delete(event, team))
            case "message_changed" if is_tombstone(event):
                return await self._in_line(channel, parse_delete(event, team))
            case "message_changed":
                return await self._changed(ears, channel, event)
            case _:
                return await self._said(ears, channel, event)

    async def _said(self, ears: Ears, channel: str, event: Body) -> Answer:
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
        if isinstance(taken, FormCall):
            return await self._open(message, taken)
        if isinstance(taken, Answer):
            return await self._once.take(message, taken)
        return await self._committed(*commits)

    async def _open(self, message: MessageReceived, call: FormCall) -> Answer:
        """Take a command that may ask for more."""
        asker = said_by(message)
        if self._commands.is_for_admins(call.name):
            # What is kept of people for their names is too old to say what they may.
            author = await self._directory.author(asker.team, asker.user)
            call = replace(call, author=author)
        taken = await self._forms.decide(asker, call)
        if not isinstance(taken, Answer):
            return await self._put(taken)
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
        self._heard(message.thread, text(event, "user"), text(event, "user_team"))
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
            commits: list[Commit] = []
            if late := names_us_late(event, ears, self._clock.now()):
                message = parse_message(late, ears, known)
                if message is None:
                    return NOTED
                taken = self._understand(message, late)
                if isinstance(taken, FormCall):
                    return await self._open(message, taken)
                if isinstance(taken, Answer):
                    return await self._once.take(message, taken)
                commits.append(self._intake.put(taken))
            edit = parse_edit(event, ears, known)
            commits += [self._intake.put(edit)] if edit else []
        return await self._committed(*commits)

    async def _stopped(self, team: str, event: Body) -> Answer:
        stop = parse_stop(event, team, self._clock.now())
        commit = self._intake.put(stop)
        answer = await self._committed(commit)
        if answer.taken and commit.result().verdict is Verdict.GONE:
            return Answer(then=lambda: self._on_idle(stop.thread.thread))
        return answer

    async def _left(self, event: WorkspaceLeft | None) -> Answer:
        answer = await self._put(event)
        if event is not None and answer.taken:
            self._on_left(event.workspace)
        return answer

    async def _in_line(self, channel: str, event: Incoming) -> Answer:
        with self._line.join(channel) as place:
            await place.first()
            commit = self._intake.put(event)
        return await self._committed(commit)

    async def _put(self, event: Incoming | None) -> Answer:
        return await self._committed(self._intake.put(event)) if event else NOTED

    async def _committed(self, *commits: Commit) -> Answer:
        """Acknowledge what is committed; to give up waiting does not take it back."""
        if commits:
            await asyncio.wait(commits)
        try:
            for commit in commits:
                commit.result()
        except StoreError:
            return NOT_TAKEN
        return NOTED

    def _heard(self, thread: ThreadRef, user: str, team: str) -> None:
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


def _word(body: Body) -> str:
    """Return a payload's kind as one of few words, for counting."""
    kind = kind_of(body)
    return kind.value if kind else "unknown"
