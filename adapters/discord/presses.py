"""Take presses of buttons, and questions by command, within Discord's three seconds.

The row is committed before Discord hears of it, at the latest after `COMMIT_SECONDS`; what a
commit that fails later leaves behind becomes a notice.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from enum import Enum, auto

import structlog

from adapters.discord.components import custom_id
from adapters.discord.interactions import REASON_FIELD, REASON_FORM
from adapters.discord.modals import modal
from adapters.discord.responses import Responses
from adapters.verdicts import TAKEN, aside_of, verdict_of
from bot.domain import InteractionRef
from bot.events import (
    Action,
    Aside,
    Asked,
    ButtonPressed,
    Incoming,
    ReasonGiven,
    Verdict,
)
from bot.ports import Field, FieldKind, Form, Intake, Meter

log = structlog.get_logger(__name__)

# Discord gives three seconds from its sending an interaction to its having our answer: the
# most that it waits for what is older in its channel, then the most that it waits for its own
# commit. What is left is for the way here and back.
# https://docs.discord.com/developers/interactions/receiving-and-responding
OLDER_SECONDS, COMMIT_SECONDS = 1.0, 1.5

MOST_REASON = 1000


class Reply(Enum):
    """What a person sees of an interaction that was taken.

    `ANSWER`: a placeholder, in whose place the turn's answer comes. `NOTHING`: the message
    with the button changes by itself. `FORM`: a form that asks for more. `WORD`: a word to
    the person alone.
    """

    ANSWER = auto()
    NOTHING = auto()
    FORM = auto()
    WORD = auto()


def reply_to(event: Incoming) -> Reply:
    """Say how an event is answered once it is committed."""
    match event:
        case ReasonGiven():
            return Reply.WORD
        case ButtonPressed(action=Action.STOP):
            return Reply.NOTHING
        case ButtonPressed(action=Action.GOOD | Action.BASE | Action.REMOVE):
            return Reply.WORD
        case ButtonPressed(action=Action.BAD):
            return Reply.FORM
        case _:
            return Reply.ANSWER


class Presses:
    """Take events that came by interaction to intake and tell the person what came of them."""

    def __init__(
        self, intake: Intake, responses: Responses, sentences: Mapping[Aside, str], meter: Meter
    ) -> None:
        self._intake = intake
        self._responses = responses
        self._sentences = sentences
        self._meter = meter

    async def refuse(self, interaction: InteractionRef, aside: Aside) -> None:
        """Tell the person alone that nothing is done."""
        await self._responses.whisper(interaction, self._sentences[aside])

    async def take(
        self, interaction: InteractionRef, event: Incoming, *, within: float = COMMIT_SECONDS
    ) -> None:
        """Take an event; nothing is awaited before it has its place in the queue.

        Its commit is waited for `within` seconds before Discord hears of it.
        """
        if reply_to(event) is Reply.WORD:
            event = without_placeholder(event)
        with self._responses.acknowledging(interaction) as acknowledged:
            commit = self._intake.put(event)
            done, _ = await asyncio.wait({commit}, timeout=within)
            if done:
                await self._acknowledge(interaction, event, verdict_of(commit))
                return
            self._meter.count("discord_presses_late")
            await self._defer(interaction, event)
            acknowledged.set()
            await asyncio.wait({commit})
            await self._amend(interaction, event, verdict_of(commit))

    async def take_beside(self, interaction: InteractionRef, event: Incoming) -> None:
        """Take an event of which the person alone was told to wait; what comes of it is posted
        for itself.
        """
        commit = self._intake.put(without_placeholder(event))
        await asyncio.wait({commit})
        verdict = verdict_of(commit)
        taken = verdict in TAKEN
        text = self._sentences[Aside.ON_ITS_WAY] if taken else self._sentence(event, verdict)
        await self._responses.amend(interaction, text)

    async def _acknowledge(
        self,
        interaction: InteractionRef,
        event: Incoming,
        verdict: Verdict | None,
    ) -> None:
        if verdict not in TAKEN:
            await self._responses.whisper(interaction, self._sentence(event, verdict))
        elif reply_to(event) is Reply.WORD:
            await self._responses.whisper(interaction, self._word(event))
        else:
            await self._defer(interaction, event)

    async def _defer(self, interaction: InteractionRef, event: Incoming) -> None:
        """Answer so that no more can come too late; a form can follow nothing else."""
        match reply_to(event):
            case Reply.ANSWER:
                await self._responses.defer(interaction)
            case Reply.NOTHING:
                await self._responses.note(interaction)
            case Reply.WORD:
                await self._responses.defer(interaction, private=True)
            case Reply.FORM:
                await self._responses.open_form(interaction, self._form(event))

    async def _amend(
        self,
        interaction: InteractionRef,
        event: Incoming,
        verdict: Verdict | None,
    ) -> None:
        """Say what became of an event that was acknowledged before it was committed."""
        taken = verdict in TAKEN
        match reply_to(event):
            case Reply.WORD:
                text = self._word(event) if taken else self._sentence(event, verdict)
                await self._responses.amend(interaction, text)
            case Reply.ANSWER if not taken:
                await self._responses.amend(interaction, self._sentence(event, verdict))
            case Reply.NOTHING | Reply.FORM if not taken:
                await self._responses.add_whisper(interaction, self._sentence(event, verdict))
            case _:
                return

    def _form(self, event: Incoming) -> dict[str, object]:
        turn = event.turn if isinstance(event, ButtonPressed) else ""
        words = Field(
            name=REASON_FIELD,
            kind=FieldKind.TEXT,
            label=self._sentences[Aside.FORM_LABEL],
            hint=self._sentences[Aside.FORM_HINT],
            most=MOST_REASON,
            long=True,
        )
        form = Form(turn, self._sentences[Aside.FORM_TITLE], "", (words,))
        return modal(custom_id(REASON_FORM, turn), form)

    def _word(self, event: Incoming) -> str:
        match event:
            case ButtonPressed(action=Action.GOOD):
                return self._sentences[Aside.THANKS_GOOD]
            case ButtonPressed(action=Action.BASE):
                return self._sentences[Aside.BASE_CHOSEN]
            case ButtonPressed(action=Action.REMOVE):
                return self._sentences[Aside.REMOVED]
            case _:
                return self._sentences[Aside.THANKS_REASON]

    def _sentence(self, event: Incoming, verdict: Verdict | None) -> str:
        return self._sentences[aside_of(event, verdict)]


def without_placeholder(event: Incoming) -> Incoming:
    """Return an event whose interaction leaves nothing in the conversation to be filled."""
    if isinstance(event, ButtonPressed | Asked):
        return replace(event, interaction=replace(event.interaction, token=""))
    return event
