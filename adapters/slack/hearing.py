"""Hear what Slack sends, by whichever way: into the core's one queue, and answered after it.

Slack repeats an event that is not acknowledged, at once, after one and after five minutes; so
an event is acknowledged once it is committed, and by what it is about, not by how often it came.
https://docs.slack.dev/apis/events-api/#retries
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any

import structlog

from adapters.slack.changes import parse_leave, parse_place_deleted, parse_stop
from adapters.slack.commands import CommandRunner
from adapters.slack.commits import committed
from adapters.slack.directory import Directory
from adapters.slack.forms import FormRunner
from adapters.slack.home import Home
from adapters.slack.inbound import Ears
from adapters.slack.interactions import Interactions
from adapters.slack.marking import marked
from adapters.slack.missed import Missed
from adapters.slack.once import Once
from adapters.slack.order import Turnstile
from adapters.slack.payloads import Body, Kind, kind_of, part, text
from adapters.slack.presses import NOT_TAKEN, NOTED, Answer, Presses
from adapters.slack.talk import Talk
from adapters.watermarks import Watermarks
from bot.events import Incoming, Verdict, WorkspaceLeft
from bot.ports import Clock, Intake, Meter

log = structlog.get_logger(__name__)

# Slack waits three seconds for an acknowledgement, its way here and back included.
ANSWER_SECONDS = 2.7


class Hearing:
    """Take payloads, each of a workspace that is ours, and say how Slack is answered.

    `ears(team)` says who the bot is in a workspace; `on_asker`: see `Talk`. `on_left(team)` is
    called once the bot's removal from a workspace is committed, `on_idle(place)` when a person
    stopped what nobody is doing in a thread.
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
        self._home = home
        self._on_left = on_left
        self._on_idle = on_idle
        self._clock = clock
        self._meter = meter
        line = Turnstile()
        self._talk = Talk(
            intake=intake,
            directory=directory,
            commands=commands,
            once=once,
            forms=forms,
            ears=ears,
            on_asker=on_asker,
            line=line,
            clock=clock,
        )
        self._interactions = Interactions(
            intake=intake,
            directory=directory,
            presses=presses,
            forms=forms,
            commands=commands,
            command=command,
            stand_alone=stand_alone,
            ears=ears,
            heard=self._talk.heard,
            line=line,
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
        taking = self._in_time(self._talk.take(team, missed.event))
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
                return await self._talk.take(team, event)
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

    async def _stopped(self, team: str, event: Body) -> Answer:
        stop = parse_stop(event, team, self._clock.now())
        commit = self._intake.put(stop)
        answer = await committed(commit)
        if answer.taken and commit.result().verdict is Verdict.GONE:
            return Answer(then=lambda: self._on_idle(stop.thread.thread))
        return answer

    async def _left(self, event: WorkspaceLeft | None) -> Answer:
        answer = await self._put(event)
        if event is not None and answer.taken:
            self._on_left(event.workspace)
        return answer

    async def _put(self, event: Incoming | None) -> Answer:
        return await committed(self._intake.put(event)) if event else NOTED


def _word(body: Body) -> str:
    """Return a payload's kind as one of few words, for counting."""
    kind = kind_of(body)
    return kind.value if kind else "unknown"
