"""Take presses of buttons, forms, and questions by command, within Slack's three seconds.

The row is committed before Slack hears of it, at the latest after `COMMIT_SECONDS`; what becomes
of a commit that is later than that, the person is told afterwards. A question by command is never
acknowledged before: nothing else would be left of it, were the bot to end just then.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

import structlog

from adapters.slack.calls import Calls
from adapters.slack.invocations import REASON_FIELD, Asker
from adapters.slack.responses import Responses
from adapters.slack.views import reason_form
from adapters.verdicts import TAKEN, aside_of, verdict_of
from bot.errors import PlatformError
from bot.events import (
    Action,
    Aside,
    Asked,
    ButtonPressed,
    Incoming,
    ReasonGiven,
    Verdict,
)
from bot.ports import Clock, Decision, Meter

log = structlog.get_logger(__name__)

# Slack gives three seconds from its sending an interaction to its having our answer: the most
# that it waits for the rights of whoever acts (`directory.NAMES_SECONDS`), then for its commit.
# https://docs.slack.dev/interactivity/handling-user-interaction#acknowledgment_response
COMMIT_SECONDS = 1.5

EXPIRED_TRIGGER = frozenset({"expired_trigger_id", "exchanged_trigger_id", "trigger_expired"})

# What is said to the person alone of what was done, where nothing else shows it.
_DONE = {
    Action.GOOD: Aside.THANKS_GOOD,
    Action.BASE: Aside.BASE_CHOSEN,
    Action.REMOVE: Aside.REMOVED,
}


class Reply(Enum):
    """What a person sees of an interaction that was taken.

    `ANSWER`: the turn's answer, and nothing before it. `NOTHING`: the message with the button
    changes by itself. `FORM`: a form that asks for more. `THANKS`: a word to the person alone.
    """

    ANSWER = auto()
    NOTHING = auto()
    FORM = auto()
    THANKS = auto()


def reply_to(event: Incoming) -> Reply:
    """Say how an event is answered once it is committed."""
    match event:
        case ReasonGiven():
            return Reply.THANKS
        case ButtonPressed(action=Action.STOP):
            return Reply.NOTHING
        case ButtonPressed(action=Action.BAD):
            return Reply.FORM
        case ButtonPressed(action=action) if action in _DONE:
            return Reply.THANKS
        case _:
            return Reply.ANSWER


@dataclass(frozen=True, slots=True)
class Answer:
    """How Slack is answered: what the acknowledgement says, and what is done after it.

    Without `taken` there is no acknowledgement: Slack sends an event again, and says of a command
    that it failed.
    """

    taken: bool = True
    said: Mapping[str, Any] | None = None
    then: Callable[[], Coroutine[Any, Any, None]] | None = None


NOT_TAKEN = Answer(taken=False)
NOTED = Answer()


class Presses:
    """Answer what was put in the queue, and tell the person what came of it."""

    def __init__(
        self,
        calls: Calls,
        responses: Responses,
        sentences: Mapping[Aside, str],
        clock: Clock,
        meter: Meter,
    ) -> None:
        self._calls = calls
        self._responses = responses
        self._sentences = sentences
        self._clock = clock
        self._meter = meter

    def refuse(self, asker: Asker, aside: Aside) -> Answer:
        """Tell the person alone that nothing is done."""
        return Answer(then=lambda: self._say(asker, aside))

    async def settle(
        self,
        asker: Asker,
        event: Incoming,
        commit: asyncio.Future[Decision],
        until: float,
        trigger: str = "",
    ) -> Answer:
        """Say how Slack is answered, `until` then by the monotonic clock.

        `trigger` lets one form be opened.
        """
        asked = isinstance(event, Asked)
        left = max(0.0, until - self._clock.monotonic())
        done, _ = await asyncio.wait({commit}, timeout=left if asked else COMMIT_SECONDS)
        if not done:
            self._meter.count("slack_presses_late")
            # Slack then says that the command failed, which nobody knows yet.
            return Answer(taken=not asked, then=lambda: self._follow(asker, event, trigger, commit))
        verdict = verdict_of(commit)
        if verdict is None and isinstance(event, ReasonGiven):
            # The form stays open, with the words in it.
            errors = {REASON_FIELD: self._sentences[Aside.NOT_STORED]}
            return Answer(said={"response_action": "errors", "errors": errors})
        return Answer(then=lambda: self._show(asker, event, trigger, verdict))

    async def _show(
        self, asker: Asker, event: Incoming, trigger: str, verdict: Verdict | None
    ) -> None:
        """Show what became of an event."""
        if verdict not in TAKEN:
            await self._say(asker, aside_of(event, verdict))
            return
        match reply_to(event):
            case Reply.THANKS:
                await self._say(asker, _thanks(event))
            case Reply.FORM:
                await self._open_form(asker, event, trigger)
            case Reply.ANSWER | Reply.NOTHING:
                return

    async def _follow(
        self, asker: Asker, event: Incoming, trigger: str, commit: asyncio.Future[Decision]
    ) -> None:
        """Show what becomes of an event that was answered before it was committed.

        A form can be opened for three seconds only, so that goes first.
        """
        opened = reply_to(event) is Reply.FORM
        if opened:
            await self._open_form(asker, event, trigger)
        await asyncio.wait({commit})
        verdict = verdict_of(commit)
        if isinstance(event, Asked) and verdict in TAKEN:
            await self._say(asker, Aside.TAKEN_LATE)
        elif not (opened and verdict in TAKEN):
            await self._show(asker, event, trigger, verdict)

    async def _open_form(self, asker: Asker, event: Incoming, trigger: str) -> None:
        """Ask why an answer was bad: https://docs.slack.dev/reference/methods/views.open."""
        turn = event.turn if isinstance(event, ButtonPressed) else ""
        view = reason_form(turn, asker.interaction.place, self._sentences)
        try:
            await self._calls.make(asker.team, "views.open", trigger_id=trigger, view=view)
        except PlatformError as error:
            log.info("form not opened", code=error.code, error=str(error))
            if error.code in EXPIRED_TRIGGER:
                await self._say(asker, Aside.TOO_LATE)

    async def _say(self, asker: Asker, aside: Aside) -> None:
        await self._responses.whisper(asker, self._sentences[aside])


def _thanks(event: Incoming) -> Aside:
    return _DONE[event.action] if isinstance(event, ButtonPressed) else Aside.THANKS_REASON
