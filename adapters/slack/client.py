"""Slack as the core sees it: a `Platform`, with sockets or an HTTP endpoint behind it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Mapping
from typing import Protocol
from urllib.parse import urlsplit

import aiohttp
import structlog
from aiohttp import web
from slack_sdk.web.async_client import AsyncWebClient

from adapters.fetch import Fetcher
from adapters.slack.beside import Beside
from adapters.slack.calls import Calls
from adapters.slack.catchup import CatchUp
from adapters.slack.catchup import Store as CatchUpStore
from adapters.slack.census import Census
from adapters.slack.commands import CommandRunner
from adapters.slack.direct import DirectMessages
from adapters.slack.directory import Directory
from adapters.slack.door import Door, library_logger
from adapters.slack.endpoint import Endpoint
from adapters.slack.files import Files
from adapters.slack.forms import FormRunner
from adapters.slack.hearing import Hearing
from adapters.slack.history import History
from adapters.slack.home import Home
from adapters.slack.inbound import Ears
from adapters.slack.login import log_in
from adapters.slack.manifest import stands_alone
from adapters.slack.membership import Membership
from adapters.slack.once import Once
from adapters.slack.outbound import LIMITS, Outbound
from adapters.slack.places import PLATFORM, position_of, read_place, thread_of
from adapters.slack.presence import Presence
from adapters.slack.presses import Presses
from adapters.slack.recent import RecentPictures
from adapters.slack.responses import Responses
from adapters.slack.sockets import Sockets
from adapters.slack.speaker import Speaker
from adapters.slack.unanswered import Unanswered
from adapters.watermarks import Watermarks
from adapters.workspaces import Workspaces
from bot.domain import Author
from bot.errors import ConfigError, StoreError
from bot.events import Aside, StopAsked
from bot.ports import (
    Clock,
    Commands,
    Forms,
    Intake,
    Limits,
    MemoStore,
    Meter,
    OnceStore,
)

log = structlog.get_logger(__name__)

API_BASE = "https://slack.com/api"
COMMAND = "/bot"
# What Slack could not tell it tells again after one minute and after five: of a shorter silence
# nothing is missed.
SILENT_SECONDS = 60.0


class Store(CatchUpStore, MemoStore, OnceStore, Protocol):
    """What is remembered for Slack: how far it was read, what was said, single facts."""


class SlackPlatform(Speaker):
    """Speak on Slack. Make it within a running loop; `run` serves until `close`.

    With `app_token` Slack is heard by sockets, else at `routes()` by requests signed with
    `signing_secret`. `sentences` are all that it says by itself. `command` takes the words of
    all commands, `forms` decide what is asked by more than words. `admin_group` is the id of a
    user group. `admins` are ids of people, as ours (`T1/U1`) or as `slack:T1/U1`. Raises
    `ConfigError` where Slack could not be heard.
    """

    def __init__(
        self,
        *,
        bot_token: str,
        intake: Intake,
        store: Store,
        commands: Commands,
        forms: Forms,
        sentences: Mapping[Aside, str],
        fetcher: Fetcher,
        clock: Clock,
        meter: Meter,
        app_token: str | None = None,
        signing_secret: str | None = None,
        api_base: str = API_BASE,
        command: str = COMMAND,
        admin_group: str = "",
        admins: Collection[str] = (),
        on_ready: Callable[[], None] | None = None,
        limits: Limits = LIMITS,
    ) -> None:
        if not (app_token or signing_secret):
            raise ConfigError(["Slack needs SLACK_APP_TOKEN or SLACK_SIGNING_SECRET to be heard"])
        self._intake = intake
        self._clock = clock
        self._tell_ready = on_ready
        # Redirects of an API lead nowhere that should be given a token.
        self._session = session = aiohttp.ClientSession()
        # Of the workspaces that it knows the bot is in these.
        self._known: dict[str, Ears] = {}
        self._teams: dict[str, Ears] = {}
        self._logged_in = asyncio.Event()
        base = api_base.rstrip("/") + "/"

        def client(token: str | None) -> AsyncWebClient:
            return AsyncWebClient(
                token=token,
                base_url=base,
                session=session,
                retry_handlers=[],
                logger=library_logger(),
            )

        deadline = limits.call_seconds
        self._calls = calls = Calls(
            client(bot_token), clock, meter, deadline=deadline, believes=self._believes
        )
        self._membership = Membership(calls, clock, self._left, self._back)
        outbound = Outbound(calls, store, clock, meter, limits, on_stopped=self._stopped)
        self._directory = Directory(calls, clock, admins=admins, admin_group=admin_group)
        self._workspaces = Workspaces(store, intake.put, PLATFORM, "slack:workspaces")
        hosts = {urlsplit(api_base).hostname or ""} - {"slack.com", ""}
        responses = Responses(calls, session, clock, meter, hosts)
        super().__init__(
            limits=limits,
            outbound=outbound,
            responses=responses,
            history=History(calls, self._directory),
            files=Files(calls, fetcher, api_base, deadline=deadline),
            recent=RecentPictures(calls),
            direct=DirectMessages(calls, outbound),
            census=Census(calls, self._teams.get),
        )
        self._beside = Beside(meter)
        self._watermarks = marks = Watermarks(store, clock, PLATFORM)
        presses = Presses(calls, responses, sentences, clock, meter)
        self._commands = CommandRunner(
            commands,
            self._directory,
            responses,
            sentences,
            clock,
            self._direct.tell,
            Unanswered(store, clock),
        )
        self._hearing = hearing = Hearing(
            intake=intake,
            directory=self._directory,
            presses=presses,
            forms=FormRunner(
                forms,
                calls,
                Presence(calls, clock),
                presses,
                responses,
                intake.put,
                sentences,
                clock,
            ),
            commands=self._commands,
            once=Once(store, clock),
            home=Home(calls, commands, self._directory, clock),
            command=command,
            stand_alone=frozenset(each.name for each in commands.table if stands_alone(each)),
            ears=self._teams.__getitem__,
            on_asker=self._outbound.asked,
            on_left=self._membership.leave,
            on_idle=self._outbound.rest,
            marks=marks,
            clock=clock,
            meter=meter,
        )
        self._catchup = CatchUp(
            store=store,
            marks=marks,
            calls=calls,
            clock=clock,
            meter=meter,
            ears=self._teams.get,
            receive=hearing.recover,
            start=self._beside.start,
            deleted=intake.put,
        )
        door = Door(client(None), hearing, self._beside, self._teams.get, self._hears, meter)
        self._sockets: Sockets | None = None
        self._endpoint: Endpoint | None = None
        if app_token:
            own = Calls(client(app_token), clock, meter, deadline=deadline)
            self._sockets = Sockets(app_token, own, door, clock, meter, on_open=self._opened)
        elif signing_secret:
            self._endpoint = Endpoint(door, signing_secret, clock, meter)
        self._is_heard = False
        self._serving: asyncio.Task[None] | None = None

    # --- life ------------------------------------------------------------------------

    async def run(self) -> None:
        """Serve until `close` or `hush`. Raises `ConfigError` if Slack refuses a token."""
        self._serving = asyncio.create_task(self._serve(), name="slack")
        try:
            await asyncio.wait({self._serving})
        finally:
            self._serving.cancel()
        if not self._serving.cancelled():
            self._serving.result()

    async def _serve(self) -> None:
        await self._log_in()
        marking = asyncio.create_task(self._watermarks.run())
        try:
            if self._sockets:
                await self._sockets.run()
            else:
                self._opened()
                await asyncio.Event().wait()
        finally:
            marking.cancel()

    async def _log_in(self) -> None:
        """Learn who the bot is, and where."""
        me = await log_in(self._calls, self._clock)
        self._known[me.team] = self._teams[me.team] = Ears(me.team, me.user, me.bot, self._listens)
        await self._workspaces.compare(self._teams)
        await self._outbound.load(me.team)
        await self._catchup.expect(me.team)
        for asker in await self._commands.take_over():
            self._beside.start(self._commands.own_up(asker))
        self._logged_in.set()
        log.info("logged in to Slack", workspace=me.team)

    def _listens(self, workspace: str, channel: str) -> bool:
        return self._intake.listens(PLATFORM, workspace, channel)

    def _opened(self, silent: float = 0.0) -> None:
        """Tell the composition root, once, that the bot hears; catch up with what it did not."""
        is_first, self._is_heard = not self._is_heard, True
        if is_first or silent >= SILENT_SECONDS:
            for team in self._teams:
                self._catchup.begin(team, None if is_first else round(silent * 1000))
        tell, self._tell_ready = self._tell_ready, None
        if tell:
            log.info("slack is ready", by="socket" if self._sockets else "http")
            tell()

    async def hush(self) -> None:
        """Hear nothing more; posting and editing go on until `close`."""
        await self._catchup.close()
        await self._hearing.hush()
        if self._sockets:
            await self._sockets.close()
        if self._serving:
            self._serving.cancel()
            await asyncio.wait({self._serving})

    async def close(self) -> None:
        """Stop everything and write the marks."""
        await self.hush()
        await self._watermarks.flush()
        await self._membership.close()
        await self._beside.close()
        await self._directory.close()
        await self._session.close()

    @property
    def ready(self) -> bool:
        """Tell whether messages are heard and answers can be posted."""
        return not self.problems()

    @property
    def caught_up(self) -> bool:
        """Tell whether what was missed has been read, but for what is tried again later."""
        return self._is_heard and not self._catchup.waiting

    async def logged_in(self) -> None:
        """Return once Slack can be spoken to."""
        await self._logged_in.wait()

    def problems(self) -> list[str]:
        """Say what keeps the platform from working at this moment."""
        if not self._logged_in.is_set():
            return ["slack: not logged in yet"]
        if not self._teams:
            return ["slack: the app was removed from the workspace"]
        if self._sockets and not self._sockets.open:
            return ["slack: no socket is open"]
        return []

    def routes(self) -> list[web.RouteDef]:
        """Return what the HTTP surface serves for Slack; nothing where sockets are used."""
        return self._endpoint.routes() if self._endpoint else []

    # --- what calls tell -------------------------------------------------------------

    def _hears(self) -> bool:
        """Tell whether what Slack sends now can be taken; else it is to send it again."""
        return self._logged_in.is_set() and not self._membership.is_doubted

    def _believes(self, team: str, code: str) -> bool:
        """Tell whether an answer is to be believed that says that the bot was removed."""
        return team not in self._teams or self._membership.believes(team, code)

    def _left(self, team: str) -> None:
        self._teams.pop(team, None)
        self._catchup.forget(team)
        self._beside.start(self._workspaces.leave(team))

    def _back(self, team: str) -> None:
        self._teams[team] = self._known[team]
        self._beside.start(self._rejoin(team))

    async def _rejoin(self, team: str) -> None:
        """Tell of a workspace that the bot is in again: it has missed nothing there."""
        try:
            await self._catchup.note(team)
        except StoreError as error:
            log.error("baseline not stored", workspace=team, error=str(error))
        await self._workspaces.join(team)

    def _stopped(self, place: str, ts: str) -> None:
        """Note that somebody stopped a message of ours by Slack's own button, in whose word
        the event that says so may still be on its way.
        """
        where = read_place(place)
        thread = thread_of(where.team, where.channel, where.thread_ts)
        self._intake.put(StopAsked(thread, Author("", ""), position_of(ts), (ts,)))
