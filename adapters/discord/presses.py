"""Acknowledge presses of buttons within Discord's three seconds, after their row is committed."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable

import discord
import structlog

from adapters.discord.calls import Calls
from bot.domain import InteractionRef
from bot.errors import PlatformError, StoreError
from bot.events import Action, ButtonPressed, Post, Verdict
from bot.ports import Decision, Intake, Meter

log = structlog.get_logger(__name__)

# Discord gives three seconds from its sending the press to its having our acknowledgement:
# the most that a press waits for what is older in its channel, then the most that it waits
# for its own commit. What is left is for the way here and back.
# https://docs.discord.com/developers/interactions/receiving-and-responding
OLDER_SECONDS, COMMIT_SECONDS = 1.0, 1.5
# How long a reply waits for the acknowledgement that it needs.
SETTLE_SECONDS = 5.0
MOST_ASIDES = 256

NOT_STORED = "I could not store that; nothing was charged. Please press again."
UNKNOWN_BUTTON = "I do not know this button any more. Mention me with your question instead."
_SENTENCES = {
    Verdict.DUPLICATE: "This was already pressed; its answer is in this conversation.",
    Verdict.DENIED: (
        "Only the person who asked, or a moderator, can press this. "
        "Mention me to ask a question of your own."
    ),
    Verdict.GONE: "This answer is already finished, so there is nothing to do. "
    "Mention me to ask something new.",
    Verdict.IGNORED: UNKNOWN_BUTTON,
}

EditOriginal = Callable[[InteractionRef, Post], Awaitable[str]]


class Presses:
    """Take presses to intake and tell the person what came of them.

    The row is committed before Discord hears of it, at the latest after `COMMIT_SECONDS`;
    a commit that fails later makes the placeholder a notice.
    """

    def __init__(
        self, intake: Intake, calls: Calls, meter: Meter, edit_original: EditOriginal
    ) -> None:
        self._intake = intake
        self._calls = calls
        self._meter = meter
        self._edit_original = edit_original
        self._pending: dict[str, asyncio.Event] = {}
        self._asides: OrderedDict[str, None] = OrderedDict()

    async def settled(self, interaction: str) -> None:
        """Return once the press is acknowledged, if that is under way in this process."""
        pending = self._pending.get(interaction)
        if pending is None:
            return
        try:
            async with asyncio.timeout(SETTLE_SECONDS):
                await pending.wait()
        except TimeoutError:
            log.warning("acknowledgement is late", interaction=interaction)

    def is_aside(self, message: str) -> bool:
        """Tell whether a message of ours belongs to no turn."""
        return message in self._asides

    async def take(self, interaction: discord.Interaction, event: ButtonPressed | None) -> None:
        """Handle one press; nothing is awaited before it has its place in the queue."""
        if event is None:
            await self._whisper(interaction, UNKNOWN_BUTTON)
            return
        acknowledged = self._pending[event.interaction.id] = asyncio.Event()
        commit = self._intake.put(event)
        try:
            done, _ = await asyncio.wait({commit}, timeout=COMMIT_SECONDS)
            if done:
                await self._acknowledge(interaction, event, verdict_of(commit))
                return
            self._meter.count("discord_presses_late")
            await self._defer(interaction, event)
            acknowledged.set()
            await asyncio.wait({commit})
            await self._amend(interaction, event, verdict_of(commit))
        finally:
            acknowledged.set()
            self._pending.pop(event.interaction.id, None)

    async def _acknowledge(
        self, interaction: discord.Interaction, event: ButtonPressed, verdict: Verdict | None
    ) -> None:
        match verdict:
            case Verdict.ADMITTED | Verdict.DONE:
                await self._defer(interaction, event)
            case _:
                await self._whisper(interaction, sentence(verdict))

    async def _amend(
        self, interaction: discord.Interaction, event: ButtonPressed, verdict: Verdict | None
    ) -> None:
        """Say what became of a press that was deferred before it was committed."""
        if verdict in (Verdict.ADMITTED, Verdict.DONE):
            return
        if event.action is Action.STOP:
            await self._try(
                "whisper",
                lambda: interaction.followup.send(
                    sentence(verdict),
                    ephemeral=True,
                    allowed_mentions=discord.AllowedMentions.none(),
                    wait=True,
                ),
            )
            return
        try:
            message = await self._edit_original(event.interaction, Post(sentence(verdict)))
        except PlatformError as error:
            log.warning("placeholder not closed", interaction=interaction.id, code=error.code)
            return
        self._asides[message] = None
        while len(self._asides) > MOST_ASIDES:
            self._asides.popitem(last=False)

    async def _defer(self, interaction: discord.Interaction, event: ButtonPressed) -> None:
        """Take note silently for Stop; else show that a new message is on its way."""
        thinking = event.action is not Action.STOP
        await self._try("defer", lambda: interaction.response.defer(thinking=thinking))

    async def _whisper(self, interaction: discord.Interaction, text: str) -> None:
        """Tell the person alone."""
        await self._try(
            "whisper",
            lambda: interaction.response.send_message(
                text, ephemeral=True, allowed_mentions=discord.AllowedMentions.none()
            ),
        )

    async def _try(self, name: str, make: Callable[[], Awaitable[object]]) -> None:
        """Make a call whose failure changes nothing: the answer then is a channel message."""
        try:
            await self._calls.run(name, make)
        except PlatformError as error:
            log.warning("press not acknowledged", call=name, code=error.code)


def verdict_of(commit: asyncio.Future[Decision]) -> Verdict | None:
    """Return what was decided, None if it could not be stored."""
    try:
        return commit.result().verdict
    except StoreError:
        return None


def sentence(verdict: Verdict | None) -> str:
    """Return what the person is told."""
    return _SENTENCES.get(verdict, NOT_STORED) if verdict else NOT_STORED
