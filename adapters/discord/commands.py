"""Take commands: those that ask become turns, the others are answered to the person alone."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

import discord
import structlog

from adapters.discord.components import custom_id, cut, lone_button
from adapters.discord.interactions import Invocation, ask_of, parse_command, ref_of
from adapters.discord.openings import call_of
from adapters.discord.responses import Responses
from bot.events import Aside, Asked
from bot.ports import CONFIRM, Clock, CommandReply, Commands, FormCall
from bot.text import show_moments

log = structlog.get_logger(__name__)

# An answer within this goes out as the first one; after it a placeholder goes before.
# Discord waits three seconds, for choices too, which nothing can go before.
# https://docs.discord.com/developers/interactions/receiving-and-responding
REPLY_SECONDS = 2.0
CHOICE_SECONDS = 2.0
# https://docs.discord.com/developers/interactions/application-commands
MOST_CHOICES = 25
MOST_CHOICE = 100
MOST_TEXT = 2000


class CommandRunner:
    """Run commands as their interactions come."""

    def __init__(
        self,
        commands: Commands,
        responses: Responses,
        sentences: Mapping[Aside, str],
        clock: Clock,
        admins: Collection[str],
    ) -> None:
        self._commands = commands
        self._responses = responses
        self._sentences = sentences
        self._clock = clock
        self._admins = admins
        # What was answered late still has to run to its end.
        self._running: set[asyncio.Task[CommandReply]] = set()

    def parse(self, interaction: discord.Interaction) -> Asked | FormCall | Invocation | None:
        """Return a question, what may open a form, or a command to run; None if none of ours."""
        found = parse_command(interaction, self._commands.table, self._clock.now(), self._admins)
        if found is None:
            return None
        command, invocation = found
        if command.opens:
            return call_of(invocation)
        return ask_of(invocation) if command.asks else invocation

    async def run(self, invocation: Invocation) -> None:
        """Run a command and tell the person alone what came of it."""
        interaction = invocation.interaction
        task = asyncio.create_task(self._commands.run(invocation.call))
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        done, _ = await asyncio.wait({task}, timeout=REPLY_SECONDS)
        if done:
            reply = self._reply(task)
            rows = confirm_rows(reply, self._sentences)
            await self._responses.whisper(interaction, reply.text, rows, reply.files)
            return
        await self._responses.defer(interaction, private=True)
        await asyncio.wait({task})
        reply = self._reply(task)
        await self._responses.amend(
            interaction, reply.text, confirm_rows(reply, self._sentences), reply.files
        )

    async def complete(self, interaction: discord.Interaction) -> None:
        """Offer choices for a half-typed option; too late or none known: no choices."""
        choices: list[tuple[str, str]] = []
        try:
            async with asyncio.timeout(CHOICE_SECONDS):
                choices = await self._choose(interaction)
        except Exception as error:
            log.warning("no choices", error=repr(error)[:200])
        await self._responses.offer(ref_of(interaction, self._clock.now()), fitting(choices))

    async def _choose(self, interaction: discord.Interaction) -> list[tuple[str, str]]:
        found = parse_command(interaction, self._commands.table, self._clock.now(), self._admins)
        if found is None or not found[1].typing:
            return []
        _, invocation = found
        return await self._commands.complete(invocation.call, invocation.typing, invocation.typed)

    def _reply(self, task: asyncio.Task[CommandReply]) -> CommandReply:
        if task.cancelled() or task.exception() is not None:
            log.error(
                "a command failed", error=repr(None if task.cancelled() else task.exception())
            )
            return CommandReply(self._sentences[Aside.COMMAND_FAILED])
        return shown(task.result(), self._sentences[Aside.COMMAND_FAILED])


def shown(reply: CommandReply, otherwise: str) -> CommandReply:
    """Return a reply as Discord shows it: moments by the reader's own clock.

    https://docs.discord.com/developers/reference#message-formatting
    """
    text = show_moments(reply.text, lambda ms: f"<t:{ms // 1000}:f> (<t:{ms // 1000}:R>)")
    return replace(reply, text=cut(text, MOST_TEXT) or otherwise)


def confirm_rows(reply: CommandReply, sentences: Mapping[Aside, str]) -> list[dict[str, Any]]:
    """Return the button that confirms what was asked about first, if there is something."""
    if not reply.confirm:
        return []
    return lone_button(custom_id(CONFIRM, reply.confirm), sentences[Aside.CONFIRM], danger=True)


def fitting(choices: Collection[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return the choices that Discord takes: a value cannot be cut, a label can."""
    kept = [
        (cut(label, MOST_CHOICE) or value, value)
        for label, value in choices
        if 1 <= len(value) <= MOST_CHOICE
    ]
    return kept[:MOST_CHOICES]
