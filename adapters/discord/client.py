"""Discord as the core sees it: a `Platform`, with the gateway, catch-up and buttons behind it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Mapping
from typing import Protocol

from adapters.absences import Sources
from adapters.discord.calls import Calls
from adapters.discord.catchup import CatchUp
from adapters.discord.census import Census
from adapters.discord.commands import CommandRunner
from adapters.discord.direct import DirectMessages
from adapters.discord.files import Files
from adapters.discord.forms import FormRunner
from adapters.discord.gateway import Gateway, end, point_at
from adapters.discord.hearing import Hearing
from adapters.discord.history import History
from adapters.discord.line import Requests
from adapters.discord.outbound import LIMITS, Outbound
from adapters.discord.permissions import look_ahead
from adapters.discord.placeholders import Placeholders
from adapters.discord.places import PLATFORM
from adapters.discord.presses import Presses
from adapters.discord.registration import Registration
from adapters.discord.responses import Responses
from adapters.discord.spoken import SpokenCommands
from adapters.discord.unplaced import Unplaced
from adapters.discord.watch import Watch
from adapters.fetch import Fetcher
from adapters.watermarks import Watermarks
from adapters.workspaces import Workspaces
from bot.domain import Attachment, InteractionRef, ThreadRef
from bot.errors import PlatformRefused
from bot.events import Aside, Post
from bot.ports import (
    Clock,
    Commands,
    Forms,
    Found,
    Intake,
    Limits,
    Manner,
    MemoStore,
    Meter,
    Missing,
    Overheard,
    Scope,
    WatermarkStore,
)

API_BASE = "https://discord.com/api/v10"
GATEWAY_URL = "wss://gateway.discord.gg/"
CDN_BASE = "https://cdn.discordapp.com"


class Store(WatermarkStore, MemoStore, Sources, Protocol):
    """What is remembered for Discord: how far it was read, what was said, single facts."""


class DiscordPlatform:
    """Speak on Discord. `run` serves until `close`; calls wait for the login in between.

    `sentences` are all that it says by itself. `dev_server`: commands are registered in that
    server only. `admins` are ids of people, as Discord's or as `discord:id`.
    """

    def __init__(
        self,
        *,
        token: str,
        intake: Intake,
        store: Store,
        commands: Commands,
        forms: Forms,
        sentences: Mapping[Aside, str],
        fetcher: Fetcher,
        clock: Clock,
        meter: Meter,
        api_base: str = API_BASE,
        gateway_url: str = GATEWAY_URL,
        cdn_base: str = CDN_BASE,
        dev_server: str | None = None,
        admins: Collection[str] = (),
        on_ready: Callable[[], None] | None = None,
        limits: Limits = LIMITS,
        guild_ready_timeout: float = 2.0,
        heartbeat_timeout: float = 60.0,
    ) -> None:
        point_at(api_base, gateway_url, cdn_base)
        admins = frozenset(one.removeprefix(f"{PLATFORM}:") for one in admins)
        self.name = PLATFORM
        self.limits = limits
        self._gateway = gateway = Gateway(
            token,
            clock,
            meter,
            guild_ready_timeout=guild_ready_timeout,
            heartbeat_timeout=heartbeat_timeout,
        )
        calls = Calls(clock, meter, deadline=limits.call_seconds)
        requests = Requests(gateway, calls)
        responses = Responses(requests)
        self._outbound = Outbound(requests, meter, limits)
        self._history = History(requests, responses, meter)
        self._placeholders = Placeholders(responses, self._outbound, self._history, clock)
        self._direct = DirectMessages(requests, self._outbound)
        self._census = Census(requests)
        self._files = Files(requests, fetcher, cdn_base, deadline=limits.call_seconds)
        self._watermarks = marks = Watermarks(store, clock, PLATFORM)
        self._watch = Watch(gateway, calls, clock, meter)
        menu = sentences[Aside.EDIT_MENU]
        self._registration = Registration(requests, store, clock, commands.table, dev_server, menu)
        presses = Presses(intake, responses, sentences, meter)
        self._hearing = Hearing(
            gateway=gateway,
            intake=intake,
            marks=marks,
            presses=presses,
            commands=CommandRunner(commands, responses, sentences, clock, admins),
            forms=FormRunner(forms, presses, responses, sentences),
            spoken=SpokenCommands(
                commands, intake, sentences, self._outbound.post, self._direct.tell
            ),
            servers=Workspaces(store, intake.put, PLATFORM, "discord:servers"),
            clock=clock,
            meter=meter,
            admins=admins,
            make_catchup=lambda receive: CatchUp(
                store=store,
                marks=marks,
                calls=calls,
                clock=clock,
                meter=meter,
                receive=receive,
            ),
            make_unplaced=lambda release, start: Unplaced(
                marks, calls, clock, fetch=gateway.fetch_channel, release=release, start=start
            ),
            on_ready=on_ready,
        )
        gateway.forward_to(self._hearing)
        self._serving: asyncio.Task[None] | None = None

    # --- life ------------------------------------------------------------------------

    async def run(self) -> None:
        """Serve until `close` or `hush`. Raises `ConfigError` if Discord refuses the token."""
        self._serving = asyncio.create_task(self._serve(), name="discord")
        try:
            await asyncio.wait({self._serving})
        finally:
            self._serving.cancel()
        if not self._serving.cancelled():
            self._serving.result()

    async def _serve(self) -> None:
        beside = [
            asyncio.create_task(self._watermarks.run()),
            asyncio.create_task(self._watch.run()),
            asyncio.create_task(self._registration.run()),
        ]
        try:
            await self._gateway.run()
        finally:
            for task in beside:
                await end(task)

    async def hush(self) -> None:
        """Hear nothing more; posting and editing go on until `close`."""
        if self._serving:
            await end(self._serving)
        await self._gateway.disconnect()

    async def close(self) -> None:
        """Stop everything and write the marks."""
        await self.hush()
        await self._hearing.close()
        await self._watermarks.flush()
        await self._gateway.close()

    @property
    def ready(self) -> bool:
        """Tell whether messages are heard and answers can be posted."""
        return not self.problems()

    @property
    def degraded(self) -> bool:
        """Tell whether the message content intent is missing."""
        return self._gateway.degraded

    async def logged_in(self) -> None:
        """Return once Discord can be spoken to."""
        await self._gateway.http()

    @property
    def caught_up(self) -> bool:
        """Tell whether everything that was missed has been read."""
        return self._hearing.caught_up

    def problems(self) -> list[str]:
        """Say what keeps the platform from working at this moment."""
        if not self._gateway.logged_in:
            return ["discord: not logged in yet"]
        if not self._gateway.open:
            return ["discord: no gateway session"]
        return []

    # --- Platform --------------------------------------------------------------------

    def missing(self, thread: ThreadRef, place: str | None) -> Missing:
        """See `bot.ports.Platform`."""
        return look_ahead(self._gateway.client, thread, place)

    def manner(self, place: str, person: str = "") -> Manner:
        """See `bot.ports.Platform`: an answer grows in messages that carry all there is to it."""
        return Manner()

    async def show_status(self, place: str, text: str) -> None:
        """See `bot.ports.Platform`: not asked for where `manner` has no status."""
        raise PlatformRefused("Discord shows nothing beside a thread's messages.")

    async def open_thread(self, thread: ThreadRef, title: str) -> str:
        """See `bot.ports.Platform`."""
        return await self._outbound.open_thread(thread, title)

    async def post(
        self, place: str, post: Post, nonce: str, interaction: InteractionRef | None = None
    ) -> str:
        """See `bot.ports.Platform`."""
        if interaction is None:
            return await self._outbound.post(place, post, nonce)
        return await self._placeholders.post(place, post, nonce, interaction)

    async def edit(self, place: str, message: str, post: Post) -> None:
        """See `bot.ports.Platform`."""
        await self._outbound.edit(place, message, post)

    async def delete(self, place: str, message: str) -> None:
        """See `bot.ports.Platform`."""
        await self._outbound.delete(place, message)

    async def dismiss(self, interaction: InteractionRef) -> None:
        """See `bot.ports.Platform`."""
        await self._placeholders.dismiss(interaction)

    async def whisper(self, interaction: InteractionRef, text: str) -> bool:
        """See `bot.ports.Platform`; an interaction's placeholder says it already, or is gone."""
        return False

    async def mark_queued(self, place: str, message: str, queued: bool) -> None:
        """See `bot.ports.Platform`."""
        await self._outbound.mark_queued(place, message, queued)

    async def find_ours(self, place: str, after: str) -> list[Found]:
        """See `bot.ports.Platform`."""
        return await self._history.find_ours(place, after)

    async def read_thread(self, place: str, after: int, before: int, most: int) -> list[Overheard]:
        """See `bot.ports.Platform`."""
        return await self._history.read_thread(place, after, before, most)

    async def download(self, attachment: Attachment, most: int) -> bytes:
        """See `bot.ports.Platform`."""
        return await self._files.download(attachment, most)

    async def recent_pictures(self, place: str, most: int) -> list[Attachment]:
        """See `bot.ports.Platform`."""
        return await self._history.recent_pictures(place, most)

    async def direct(self, person: str) -> str:
        """See `bot.ports.Platform`."""
        return await self._direct.channel(person)

    async def describe(self, scope: Scope) -> str | None:
        """See `bot.ports.Platform`."""
        return await self._census.describe(scope)

    async def tell(self, person: str, post: Post, nonce: str) -> str:
        """See `bot.ports.Platform`."""
        return await self._direct.tell(person, post, nonce)
