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
from adapters.discord.held import Held, Item, whereabouts
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
from adapters.discord.permissions import look_ahead
from adapters.discord.presses import OLDER_SECONDS, Presses
from adapters.discord.watch import Watch
from adapters.discord.watermarks import Watermarks
from bot.domain import InteractionRef, ThreadRef
from bot.errors import Forbidden, Gone, PlatformError, Throttled
from bot.events import MessageDeleted, Post
from bot.ports import Clock, Decision, Found, Intake, Limits, Meter, Missing, WatermarkStore

log = structlog.get_logger(__name__)

API_BASE = "https://discord.com/api/v10"
GATEWAY_URL = "wss://gateway.discord.gg/"
CDN_BASE = "https://cdn.discordapp.com"

# Threads that came back to life unannounced are asked for once.
MOST_PLACED = 256
# Seconds between the tries, together four minutes: longer than a hiccup of Discord's.
ASK_AGAIN_SECONDS = (1.0, 2.0, 4.0, 8.0, 15.0, 30.0, 60.0, 60.0, 60.0)


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
        self._unplaced = Held(self._watermarks)
        self._asked_for: set[int] = set()
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

    def missing(self, thread: ThreadRef, place: str | None) -> Missing:
        """See `bot.ports.Platform`."""
        return look_ahead(self._gateway.client, thread, place)

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

    def on_guild_gone(self, guild: discord.Guild) -> None:
        """Forget a server that the bot was removed from."""
        log.info("removed from a server", workspace=str(guild.id))
        self._catchup.forget(str(guild.id))

    def on_message(self, client: discord.Client, message: discord.Message) -> None:
        """Take a live message, unless older ones of its channel come first."""
        if is_unplaced(message) and not self._place(message):
            return
        if not self._catchup.hold(message):
            self.receive(message)

    def on_delete(
        self, payload: discord.RawMessageDeleteEvent | discord.RawBulkMessageDeleteEvent
    ) -> None:
        """Take deletions: at once, and once more behind what is still to be taken."""
        for event in parse_deletes(payload):
            self.receive(event)
            if int(event.channel) in self._asked_for:
                self._unplaced.add(event)
            else:
                self._catchup.hold(event)

    async def on_press(self, interaction: discord.Interaction) -> None:
        """Take a press."""
        event = parse_press(interaction, self._clock.now(), self._admins)
        if event is not None:
            # After a restart the older words of the thread come first.
            await self._catchup.until_level(event.thread.workspace, int(event.place), OLDER_SECONDS)
        await self._presses.take(interaction, event)

    def receive(self, item: Item) -> asyncio.Future[Decision] | None:
        """Put what may be ours into the queue; never waits, so order is kept."""
        if isinstance(item, MessageDeleted):
            return self._intake.put(item)
        workspace, channel = workspace_of(item), str(item.channel.id)
        user = self._gateway.client.user
        event = parse_message(item, user.id if user else 0, self._admins)
        # Without the intent a message that does not mention us comes without its text.
        if event is None or (self.degraded and not event.addressed and not event.text):
            self._watermarks.saw(workspace, channel, item.id)
            return None
        commit = self._intake.put(event)
        self._watermarks.follow(workspace, channel, item.id, commit)
        return commit

    def _place(self, message: discord.Message) -> bool:
        """Put a message where it stands if that is known; else ask first, keeping order."""
        workspace, channel = whereabouts(message)
        if channel not in self._asked_for:
            if known := self._placed.get(channel):
                message.channel = known
                return True
            self._asked_for.add(channel)
            self._start(self._ask_place(workspace, channel))
        self._unplaced.add(message)
        return False

    async def _ask_place(self, workspace: str, channel: int) -> None:
        """Find out what a channel is, then take what was said there meanwhile."""
        gap = self._watermarks.freeze(workspace, str(channel))
        try:
            place = await self._fetch_place(channel)
        except (Gone, Forbidden) as error:
            log.info("the channel is not ours to see", channel=channel, code=error.code)
            place = None
        except PlatformError as error:
            # The gap stays: the next start reads what is dropped here.
            log.error("unknown channel; the next start tries", channel=channel, code=error.code)
            self._end_asking(workspace, channel)
            return
        items = self._end_asking(workspace, channel)
        self._watermarks.close(workspace, str(channel), {gap})
        if place is None:
            return
        self._placed[channel] = place
        while len(self._placed) > MOST_PLACED:
            self._placed.popitem(last=False)
        for item in items:
            if isinstance(item, discord.Message):
                item.channel = place
            if not self._catchup.hold(item):
                self.receive(item)

    def _end_asking(self, workspace: str, channel: int) -> list[Item]:
        self._asked_for.discard(channel)
        return self._unplaced.take(workspace, channel)

    async def _fetch_place(self, channel: int) -> Any:
        """Ask what a channel is, again and again while Discord is busy or does not say."""

        async def fetch() -> Any:
            await self._gateway.http()
            return await self._gateway.client.fetch_channel(channel)

        for pause in ASK_AGAIN_SECONDS:
            try:
                return await self._calls.run("channel", fetch)
            except (Gone, Forbidden):
                raise
            except Throttled as error:
                await self._clock.sleep(error.retry_after)
            except PlatformError:
                await self._clock.sleep(pause)
        return await self._calls.run("channel", fetch)

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
