"""Answer interactions by their token: the first answer in three seconds, the rest in 15 minutes.

https://docs.discord.com/developers/interactions/receiving-and-responding

The bodies are made here and sent through discord.py's webhook layer: its own forms and views
would be kept in memory for ever, and ours carry all that is known of them in their ids.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

import aiohttp
import discord
import structlog
from discord.http import HTTPClient
from discord.webhook.async_ import AsyncWebhookAdapter, async_context

from adapters.discord import payloads
from adapters.discord.line import Requests
from bot.domain import InteractionRef
from bot.errors import PlatformError
from bot.events import File, Post

log = structlog.get_logger(__name__)

_T = TypeVar("_T")

MESSAGE, DEFERRED_MESSAGE, DEFERRED_UPDATE, CHOICES, FORM = 4, 5, 6, 8, 9

# How long a reply waits for the acknowledgement that it needs.
SETTLE_SECONDS = 5.0
MOST_ASIDES = 256

Hook = Callable[[AsyncWebhookAdapter, aiohttp.ClientSession], Awaitable[_T]]


class Responses:
    """Know which interactions are being acknowledged here, and speak by their tokens."""

    def __init__(self, requests: Requests) -> None:
        self._requests = requests
        self._pending: dict[str, asyncio.Event] = {}
        self._asides: OrderedDict[str, None] = OrderedDict()

    # --- who waits for whom

    @contextmanager
    def acknowledging(self, interaction: InteractionRef) -> Iterator[asyncio.Event]:
        """Let replies wait until the event is set, at the latest until this ends."""
        event = self._pending[interaction.id] = asyncio.Event()
        try:
            yield event
        finally:
            event.set()
            self._pending.pop(interaction.id, None)

    async def settled(self, interaction: str) -> None:
        """Return once an interaction is acknowledged, if that is under way in this process."""
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

    # --- the first answer: a failure changes nothing, what is to be seen is then a message

    async def defer(self, interaction: InteractionRef, *, private: bool = False) -> bool:
        """Show that a message is on its way; it will be seen by all, or only by the person."""
        data = {"flags": payloads.EPHEMERAL} if private else None
        return await self._respond("defer", interaction, DEFERRED_MESSAGE, data)

    async def note(self, interaction: InteractionRef) -> bool:
        """Take note of a press without anything to be seen."""
        return await self._respond("defer", interaction, DEFERRED_UPDATE, None)

    async def whisper(
        self,
        interaction: InteractionRef,
        text: str,
        rows: Sequence[Any] = (),
        files: Sequence[File] = (),
    ) -> bool:
        """Tell the person alone, with buttons that are no turn's in `rows`, and files."""
        data = payloads.whispered(text, rows)
        return await self._respond("whisper", interaction, MESSAGE, data, files)

    async def open_form(self, interaction: InteractionRef, form: Mapping[str, Any]) -> bool:
        """Open a form; nothing else can have been answered before."""
        return await self._respond("form", interaction, FORM, dict(form))

    async def offer(
        self, interaction: InteractionRef, choices: Sequence[tuple[str, str | int]]
    ) -> bool:
        """Offer choices for what is being typed."""
        offered = [{"name": label, "value": value} for label, value in choices]
        return await self._respond("offer", interaction, CHOICES, {"choices": offered})

    async def _respond(
        self,
        name: str,
        interaction: InteractionRef,
        kind: int,
        data: dict[str, Any] | None,
        files: Sequence[File] = (),
    ) -> bool:
        params = payloads.responded(kind, data, files)
        try:
            await self._hook(
                name,
                interaction,
                lambda hook, session: hook.create_interaction_response(
                    int(interaction.id), interaction.token, session=session, params=params
                ),
            )
        except PlatformError as error:
            log.warning("not acknowledged", call=name, code=error.code)
            return False
        return True

    # --- what comes after it

    async def fill(self, interaction: InteractionRef, post: Post, rows: Sequence[Any] = ()) -> str:
        """Make an interaction's own message show a post and return its id."""
        application = int(interaction.application)
        body = payloads.parameters(payloads.filled(post, rows), post.files)
        row = await self._hook(
            "answer",
            interaction,
            lambda hook, session: hook.edit_original_interaction_response(
                application,
                interaction.token,
                session=session,
                payload=body.payload,
                multipart=body.multipart,
                files=body.files,
            ),
        )
        return str(row["id"])

    async def remove(self, interaction: InteractionRef) -> None:
        """Delete an interaction's own message."""
        await self._hook(
            "dismiss",
            interaction,
            lambda hook, session: hook.delete_original_interaction_response(
                int(interaction.application), interaction.token, session=session
            ),
        )

    async def amend(
        self,
        interaction: InteractionRef,
        text: str,
        rows: Sequence[Any] = (),
        files: Sequence[File] = (),
    ) -> None:
        """Make a deferred message a notice that belongs to no turn."""
        try:
            message = await self.fill(interaction, Post(text, files=tuple(files)), rows)
        except PlatformError as error:
            log.warning("placeholder not closed", interaction=interaction.id, code=error.code)
            return
        self._asides[message] = None
        while len(self._asides) > MOST_ASIDES:
            self._asides.popitem(last=False)

    async def add_whisper(self, interaction: InteractionRef, text: str) -> None:
        """Tell the person alone, after the interaction was acknowledged."""
        try:
            await self._hook(
                "whisper",
                interaction,
                lambda hook, session: hook.execute_webhook(
                    int(interaction.application),
                    interaction.token,
                    session=session,
                    payload=payloads.whispered(text),
                    wait=True,
                ),
            )
        except PlatformError as error:
            log.warning("not told", interaction=interaction.id, code=error.code)

    async def _hook(self, name: str, interaction: InteractionRef, make: Hook[_T]) -> _T:
        async def call(http: HTTPClient) -> _T:
            # A webhook finds the session of the client that is connected now.
            webhook = discord.Webhook.partial(
                int(interaction.application), interaction.token, client=self._requests.client
            )
            return await make(async_context.get(), webhook.session)

        return await self._requests.make(name, call)
