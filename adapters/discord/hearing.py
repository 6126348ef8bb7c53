"""Hear what the gateway brings: in order, behind what was missed, into the core's one queue."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Coroutine
from contextlib import suppress
from typing import Any, TypeVar

import discord
import structlog

from adapters.discord.catchup import CatchUp
from adapters.discord.commands import CommandRunner
from adapters.discord.connection import Deletes
from adapters.discord.forms import FormRunner
from adapters.discord.gateway import Gateway, end
from adapters.discord.held import Item
from adapters.discord.inbound import (
    Ears,
    is_unplaced,
    parse_deletes,
    parse_edit,
    parse_message,
    workspace_of,
)
from adapters.discord.interactions import (
    parse_confirm,
    parse_press,
    parse_reason,
    ref_of,
    workspace_used,
)
from adapters.discord.openings import opened_by, parse_again, parse_menu, parse_sent
from adapters.discord.places import DIRECT, PLATFORM, first_snowflake, snowflake_ms
from adapters.discord.presses import OLDER_SECONDS, Presses
from adapters.discord.spoken import HELP, SpokenCommands
from adapters.discord.unplaced import Unplaced
from adapters.watermarks import Watermarks
from adapters.workspaces import Workspaces
from bot.domain import LATE_AFTER_MS
from bot.events import OPENING, Aside, Asked, MessageReceived, PlaceDeleted
from bot.ports import Clock, Decision, FormCall, Intake, Meter

log = structlog.get_logger(__name__)

_T = TypeVar("_T")


class Hearing:
    """The `Listener` of the gateway.

    `make_catchup(receive)` and `make_unplaced(release, start)` make the parts that hold things
    back; what they let go comes back here.
    """

    def __init__(
        self,
        *,
        gateway: Gateway,
        intake: Intake,
        marks: Watermarks,
        presses: Presses,
        commands: CommandRunner,
        forms: FormRunner,
        spoken: SpokenCommands,
        servers: Workspaces,
        clock: Clock,
        meter: Meter,
        admins: Collection[str],
        make_catchup: Callable[[Callable[[Item], asyncio.Future[Decision] | None]], CatchUp],
        make_unplaced: Callable[
            [Callable[[Item], None], Callable[[Coroutine[Any, Any, None]], None]], Unplaced
        ],
        on_ready: Callable[[], None] | None,
    ) -> None:
        self._gateway = gateway
        self._intake = intake
        self._marks = marks
        self._presses = presses
        self._commands = commands
        self._forms = forms
        self._spoken = spoken
        self._servers = servers
        self._clock = clock
        self._meter = meter
        self._admins = frozenset(admins)
        self._tell_ready = on_ready
        self._catchup = make_catchup(self.receive)
        self._unplaced = make_unplaced(self._release, self._start)
        self._tasks: set[asyncio.Task[None]] = set()

    async def close(self) -> None:
        """End what was begun beside."""
        for task in list(self._tasks):
            await end(task)

    @property
    def caught_up(self) -> bool:
        """Tell whether everything that was missed has been read, and what was deleted is known."""
        return not (self._catchup.waiting or self._catchup.looking)

    # --- sessions and servers

    def on_session(self, client: discord.Client) -> None:
        """Hold what is said now until what was missed is read."""
        self._meter.count("discord_gateway", outcome="session")
        self._catchup.expect([DIRECT, *(str(guild.id) for guild in client.guilds)])
        # An outage does not take a server off that list.
        # https://docs.discord.com/developers/events/gateway-events#ready
        self._start(self._servers.compare([str(guild.id) for guild in client.guilds]))
        self._start(self._catchup.read_direct(client))

    def on_ready(self) -> None:
        """Tell the composition root."""
        log.info("discord is ready", servers=len(self._gateway.client.guilds))
        if self._tell_ready:
            self._tell_ready()

    def on_guild(self, client: discord.Client, guild: discord.Guild, *, joined: bool) -> None:
        """Catch up with a server, or note where a new one stands."""
        if joined:
            self._start(self._servers.join(str(guild.id)))
            self._start(self._catchup.note_guild(guild))
        else:
            self._catchup.expect([str(guild.id)])
            self._start(self._catchup.read_guild(client, guild))

    def on_guild_gone(self, guild: discord.Guild) -> None:
        """Forget a server that the bot was removed from."""
        log.info("removed from a server", workspace=str(guild.id))
        self._catchup.forget(str(guild.id))
        self._start(self._servers.leave(str(guild.id)))

    # --- messages

    def on_message(self, client: discord.Client, message: discord.Message) -> None:
        """Take a live message, unless older ones of its channel come first."""
        if is_unplaced(message) and not self._unplaced.place(message):
            return
        self._release(message)

    def on_edit(self, message: discord.Message) -> None:
        """Take a change, behind the message that it is about.

        People who forgot to mention us put that in afterwards: then it is a message to us. One
        that was taken before is not taken again.
        """
        if self._names_us(message):
            self.on_message(self._gateway.client, message)
        position = first_snowflake(self._clock.now())
        event = self._understand("edit", lambda: parse_edit(message, self._ears(), position))
        if event is not None and not self._unplaced.hold(event):
            self._release(event)

    def _names_us(self, message: discord.Message) -> bool:
        """Tell whether a fresh message mentions us as it is now."""
        user = self._gateway.client.user
        if user is None or message.edited_at is None:
            return False
        fresh = self._clock.now() - snowflake_ms(message.id) <= LATE_AFTER_MS
        return fresh and any(each.id == user.id for each in message.mentions)

    def on_delete(self, payload: Deletes) -> None:
        """Take deletions: at once, and once more behind what is still to be taken."""
        for event in parse_deletes(payload):
            self.receive(event)
            if not self._unplaced.hold(event):
                self._catchup.hold(event)

    def on_place_gone(self, guild: int, channel: int) -> None:
        """Take the end of a place, like any deletion."""
        event = PlaceDeleted(PLATFORM, str(guild), str(channel))
        self.receive(event)
        if not self._unplaced.hold(event):
            self._catchup.hold(event)

    def receive(self, item: Item) -> asyncio.Future[Decision] | None:
        """Put what may be ours into the queue; never waits, so order is kept."""
        if not isinstance(item, discord.Message):
            return self._intake.put(item)
        workspace, channel = workspace_of(item), str(item.channel.id)
        event = self._understand("message", lambda: parse_message(item, self._ears()))
        if event is None:
            self._marks.saw(workspace, channel, item.id)
            return None
        if command := self._spoken.read(event):
            self._marks.saw(workspace, channel, item.id)
            self._start(self._spoken.answer(event, command))
            return None
        if self._spoken.may_be_help(event):
            self._start(self._help(event, item.id))
            return None
        return self._put(event, item.id)

    def _put(self, event: MessageReceived, message: int) -> asyncio.Future[Decision]:
        commit = self._intake.put(event)
        self._marks.follow(event.thread.workspace, event.place, message, commit)
        return commit

    async def _help(self, event: MessageReceived, message: int) -> None:
        """Give help where it was called for to the bot; who follows a thread, the store knows."""
        if not await self._spoken.is_heard(event):
            self._put(event, message)
            return
        self._marks.saw(event.thread.workspace, event.place, message)
        await self._spoken.answer(event, HELP)

    def _release(self, item: Item) -> None:
        if not self._catchup.hold(item):
            self.receive(item)

    def _ears(self) -> Ears:
        user = self._gateway.client.user
        return Ears(
            me=user.id if user else 0,
            admins=self._admins,
            degraded=self._gateway.degraded,
            listens=lambda workspace, channel: self._intake.listens(PLATFORM, workspace, channel),
        )

    def _understand(self, what: str, parse: Callable[[], _T]) -> _T | None:
        """Parse something; what makes no sense is counted, and costs only itself."""
        try:
            return parse()
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            self._meter.count("discord_malformed", event=what)
            log.error("not understood", event_type=what, error=repr(error)[:200])
            return None

    # --- interactions

    async def on_interaction(self, interaction: discord.Interaction) -> None:
        """Take a press, a command or a form."""
        match interaction.type:
            case discord.InteractionType.component:
                await self._press(interaction)
            case discord.InteractionType.application_command:
                await self._command(interaction)
            case discord.InteractionType.autocomplete:
                await self._commands.complete(interaction)
            case discord.InteractionType.modal_submit:
                await self._form(interaction)
            case _:
                log.info("interaction of another kind", kind=str(interaction.type))

    async def _press(self, interaction: discord.Interaction) -> None:
        now = self._clock.now()
        if again := self._understand("press", lambda: parse_again(interaction, now, self._admins)):
            await self._forms.open_again(again)
            return
        confirmed = self._understand("press", lambda: parse_confirm(interaction, now, self._admins))
        if confirmed is not None:
            await self._commands.run(confirmed)
            return
        press = self._understand("press", lambda: parse_press(interaction, now, self._admins))
        if press is None:
            await self._refuse(interaction, Aside.UNKNOWN_BUTTON)
            return
        # After a restart the older words of the thread come first.
        await self._until_level(press.thread.workspace, press.place)
        if press.action in OPENING:
            await self._forms.open(opened_by(press))
        else:
            await self._presses.take(press.interaction, press)

    async def _command(self, interaction: discord.Interaction) -> None:
        used = self._understand("command", lambda: self._commands.parse(interaction))
        used = used or self._understand("command", lambda: self._menu(interaction))
        match used:
            case None:
                await self._refuse(interaction, Aside.UNKNOWN_COMMAND)
            case Asked():
                await self._until_level(used.thread.workspace, used.interaction.place)
                await self._presses.take(used.interaction, used)
            case FormCall():
                await self._until_level(used.thread.workspace, used.place)
                await self._forms.open(used)
            case _:
                await self._commands.run(used)

    def _menu(self, interaction: discord.Interaction) -> FormCall | None:
        return parse_menu(interaction, self._clock.now(), self._ears().me, self._admins)

    async def _form(self, interaction: discord.Interaction) -> None:
        now = self._clock.now()
        sent = self._understand("form", lambda: parse_sent(interaction, now, self._admins))
        if sent is not None:
            await self._until_level(workspace_used(interaction), sent.interaction.place)
            await self._forms.send(sent)
            return
        reason = self._understand("form", lambda: parse_reason(interaction, self._admins))
        if reason is None:
            await self._refuse(interaction, Aside.UNKNOWN_BUTTON)
            return
        await self._presses.take(ref_of(interaction, now), reason)

    async def _refuse(self, interaction: discord.Interaction, aside: Aside) -> None:
        await self._presses.refuse(ref_of(interaction, self._clock.now()), aside)

    async def _until_level(self, workspace: str, place: str) -> None:
        await self._catchup.until_level(workspace, int(place), OLDER_SECONDS)

    # --- work beside

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
