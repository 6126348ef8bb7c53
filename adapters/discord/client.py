"""Discord as the core sees it: a `Platform`, with the gateway, catch-up and buttons behind it."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Collection, Coroutine
from contextlib import suppress
from typing import Any

import discord
import structlog

from adapters.discord.calls import Calls
from adapters.discord.catchup import CatchUp
from adapters.discord.gateway import Gateway, end, point_at
from adapters.discord.inbound import (
    DIRECT,
    PLATFORM,
    is_unplaced,
    parse_deletes,
    parse_message,
    parse_press,
    workspace_of,
)
from adapters.discord.outbound import LIMITS, Outbound
from adapters.discord.presses import Presses
from adapters.discord.watch import Watch
from adapters.discord.watermarks import Watermarks
from bot.domain import InteractionRef, ThreadRef
from bot.errors import PlatformError
from bot.events import Post
from bot.ports import Clock, Decision, Found, Intake, Limits, Meter, WatermarkStore

log = structlog.get_logger(__name__)

API_BASE = "https://discord.com/api/v10"
GATEWAY_URL = "wss://gateway.discord.gg/"
CDN_BASE = "https://cdn.discordapp.com"

# A press is acknowledged within 3 s of Discord's clock, the commit takes 1.5 s at the most.
PRESS_WAITS_SECONDS = 1.0
# Threads that came back to life unannounced are asked for once.
MOST_PLACED = 256


class DiscordPlatform:
    """Speak on Discord. `run` serves until `close`; calls wait for the login in between."""

    def __init__(
        self,
        *,
        token: str,
        intake: Intake,
        marks: WatermarkStore,
        clock: Clock,
        meter: Meter,
        api_base: str = API_BASE,
        gateway_url: str = GATEWAY_URL,
        cdn_base: str = CDN_BASE,
        admins: Collection[str] = (),
        on_ready: Callable[[], None] | None = None,
        limits: Limits = LIMITS,
        guild_ready_timeout: float = 2.0,
        heartbeat_timeout: float = 60.0,
    ) -> None:
        point_at(api_base, gateway_url, cdn_base)
        self.name = PLATFORM
        self.limits = limits
        self._intake = intake
        self._admins = frozenset(admins)
        self._meter = meter
        self._tell_ready = on_ready
        self._gateway = Gateway(
            token,
            self,
            clock,
            meter,
            guild_ready_timeout=guild_ready_timeout,
            heartbeat_timeout=heartbeat_timeout,
        )
        self._clock = clock
        self._calls = Calls(clock, meter, deadline=limits.call_seconds)
        self._presses = Presses(intake, self._calls, meter, self._edit_original)
        self._outbound = Outbound(
            self._gateway, self._calls, clock, meter, limits=limits, deferrals=self._presses
        )
        self._watermarks = Watermarks(marks, clock, PLATFORM)
        self._catchup = CatchUp(
            store=marks,
            marks=self._watermarks,
            calls=self._calls,
            clock=clock,
            meter=meter,
            receive=self.receive,
        )
        self._watch = Watch(self._gateway, self._calls, clock, meter)
        self._tasks: set[asyncio.Task[None]] = set()
        self._serving: asyncio.Task[None] | None = None
        self._unplaced: dict[int, list[discord.Message]] = {}
        self._placed: OrderedDict[int, Any] = OrderedDict()

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
        for task in list(self._tasks):
            await end(task)
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
        return not self._catchup.waiting

    def problems(self) -> list[str]:
        """Say what keeps the platform from working at this moment."""
        if not self._gateway.logged_in:
            return ["discord: not logged in yet"]
        if not self._gateway.open:
            return ["discord: no gateway session"]
        return []

    # --- Platform --------------------------------------------------------------------

    async def open_thread(self, thread: ThreadRef, title: str) -> str:
        """See `bot.ports.Platform`."""
        return await self._outbound.open_thread(thread, title)

    async def post(
        self, place: str, post: Post, nonce: str, interaction: InteractionRef | None = None
    ) -> str:
        """See `bot.ports.Platform`."""
        return await self._outbound.post(place, post, nonce, interaction)

    async def edit(self, place: str, message: str, post: Post) -> None:
        """See `bot.ports.Platform`."""
        await self._outbound.edit(place, message, post)

    async def delete(self, place: str, message: str) -> None:
        """See `bot.ports.Platform`."""
        await self._outbound.delete(place, message)

    async def dismiss(self, interaction: InteractionRef) -> None:
        """See `bot.ports.Platform`."""
        await self._outbound.dismiss(interaction)

    async def mark_queued(self, place: str, message: str, queued: bool) -> None:
        """See `bot.ports.Platform`."""
        await self._outbound.mark_queued(place, message, queued)

    async def find_ours(self, place: str, after: str) -> list[Found]:
        """See `bot.ports.Platform`."""
        return await self._outbound.find_ours(place, after)

    async def _edit_original(self, interaction: InteractionRef, post: Post) -> str:
        return await self._outbound.edit_original(interaction, post)

    # --- Listener --------------------------------------------------------------------

    def on_session(self, client: discord.Client) -> None:
        """Hold what is said now until what was missed is read."""
        self._meter.count("discord_gateway", outcome="session")
        self._catchup.expect([DIRECT, *(str(guild.id) for guild in client.guilds)])
        self._start(self._catchup.read_direct(client))

    def on_ready(self) -> None:
        """Tell the composition root."""
        log.info("discord is ready", servers=len(self._gateway.client.guilds))
        if self._tell_ready:
            self._tell_ready()

    def on_guild(self, client: discord.Client, guild: discord.Guild, *, joined: bool) -> None:
        """Catch up with a server, or note where a new one stands."""
        if joined:
            self._start(self._catchup.note_guild(guild))
        else:
            self._catchup.expect([str(guild.id)])
            self._start(self._catchup.read_guild(client, guild))

    def on_message(self, client: discord.Client, message: discord.Message) -> None:
        """Take a live message, unless older ones of its channel come first."""
        if is_unplaced(message) and not self._place(client, message):
            return
        if not self._catchup.hold(message):
            self.receive(message)

    def on_delete(
        self, payload: discord.RawMessageDeleteEvent | discord.RawBulkMessageDeleteEvent
    ) -> None:
        """Take deletions."""
        for event in parse_deletes(payload):
            self._intake.put(event)

    async def on_press(self, interaction: discord.Interaction) -> None:
        """Take a press."""
        event = parse_press(interaction, self._clock.now(), self._admins)
        if event is not None:
            # After a restart the older words of the thread come first.
            await self._catchup.until_level(
                event.thread.workspace, int(event.place), PRESS_WAITS_SECONDS
            )
        await self._presses.take(interaction, event)

    def receive(self, message: discord.Message) -> asyncio.Future[Decision] | None:
        """Put a message into the queue if it may be ours; never waits, so order is kept."""
        workspace, channel = workspace_of(message), str(message.channel.id)
        user = self._gateway.client.user
        event = parse_message(message, user.id if user else 0, self._admins)
        # Without the intent a message that does not mention us comes without its text.
        if event is None or (self.degraded and not event.addressed and not event.text):
            self._watermarks.saw(workspace, channel, message.id)
            return None
        commit = self._intake.put(event)
        self._watermarks.follow(workspace, channel, message.id, commit)
        return commit

    def _place(self, client: discord.Client, message: discord.Message) -> bool:
        """Put a message where it stands if that is known; else ask first, keeping order."""
        channel = message.channel.id
        if channel in self._unplaced:
            self._unplaced[channel].append(message)
            return False
        if known := self._placed.get(channel):
            message.channel = known
            return True
        self._unplaced[channel] = [message]
        self._start(self._ask_place(client, channel))
        return False

    async def _ask_place(self, client: discord.Client, channel: int) -> None:
        place: Any = None
        try:
            place = await self._calls.run("channel", lambda: client.fetch_channel(channel))
        except PlatformError as error:
            log.warning("unknown channel", channel=channel, code=error.code)
        messages = self._unplaced.pop(channel, [])
        if place is None:
            return
        self._placed[channel] = place
        while len(self._placed) > MOST_PLACED:
            self._placed.popitem(last=False)
        for message in messages:
            message.channel = place
            if not self._catchup.hold(message):
                self.receive(message)

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        """Run something beside, and keep it alive until it is done."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        with suppress(asyncio.CancelledError):
            if error := task.exception():
                self._meter.count("discord_handler_errors", handler="background")
                log.error("background work failed", error=repr(error)[:200])
