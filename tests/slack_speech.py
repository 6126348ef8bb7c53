"""A stand-in Slack, and the speaking half of the adapter started against it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from slack_sdk.web.async_client import AsyncWebClient

from adapters.fetch import Fetcher
from adapters.playground.faults import Fault
from adapters.playground.history import Entry
from adapters.playground.slack import SlackStandIn, problems
from adapters.playground.slack.records import Message
from adapters.slack.calls import Calls
from adapters.slack.direct import DirectMessages
from adapters.slack.directory import Directory
from adapters.slack.files import Files
from adapters.slack.history import History
from adapters.slack.outbound import LIMITS, Outbound
from adapters.slack.places import position_of, read_place
from tests.discord_desk import MarkStore, Tally
from tests.slack_calls import Watch
from tests.virtual import VirtualClock

JOINER = "\u2060"


class Speech:
    """Speak in a furnished workspace; at the end no call may have broken Slack's rules."""

    def __init__(self) -> None:
        self.clock = VirtualClock()
        self.standin = SlackStandIn(self.clock.now)
        self.people = self.standin.people
        self.world = self.standin.world
        self.watch = Watch()
        self.standin.history.watchers.append(self.watch)
        self.memos = MarkStore()
        self.tally = Tally()
        self.fetcher = Fetcher(self.tally)
        self.stopped: list[tuple[str, str]] = []
        self.revoked: list[str] = []

    async def __aenter__(self) -> Speech:
        self._runner = web.AppRunner(self.standin.app, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.standin.origin = self.origin = site.name
        self.session = aiohttp.ClientSession()
        self.begin()
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self.directory.close()
        await self.session.close()
        await self.fetcher.close()
        await self._runner.cleanup()
        if not any(exc):
            assert not self.watch.violations, self.watch.violations

    def begin(self) -> None:
        """Speak as a process that has just begun: it has the memos of earlier ones, no more."""
        client = AsyncWebClient(
            self.standin.bot_token,
            base_url=self.standin.api_url(self.origin),
            session=self.session,
            retry_handlers=[],
        )
        self.calls = Calls(
            client,
            self.clock,
            self.tally,
            deadline=LIMITS.call_seconds,
            believes=self._believe,
        )
        self.outbound = Outbound(
            self.calls,
            self.memos,
            self.clock,
            self.tally,
            on_stopped=lambda place, ts: self.stopped.append((place, ts)),
        )
        self.directory = Directory(self.calls, self.clock, admins=(), admin_group="")
        self.history = History(self.calls, self.directory)
        self.direct = DirectMessages(self.calls, self.outbound)
        self.files = Files(self.calls, self.fetcher, client.base_url, deadline=20.0)

    def _believe(self, team: str, code: str) -> bool:
        self.revoked.append(team)
        return True

    def know_agent(self) -> None:
        """Speak as a process that knows already that the app is an agent."""
        self.memos.memos[f"slack:agent:{self.team}"] = f"yes {self.clock.now()}"

    # --- the people

    @property
    def team(self) -> str:
        """Return the id of the furnished workspace."""
        return next(iter(self.world.teams))

    @property
    def general(self) -> str:
        """Return the place of the first channel."""
        return self.people.channel("general")

    def ask(self, text: str = "hello", where: str = "", who: str = "ben") -> str:
        """Ask as a person, as the adapter hears it, and return the place of the answer."""
        person = self.people.find(who)
        channel = where or self.general
        ts = self.people.say(person, channel, f"{self.people.mention()} {text}")
        place = f"{channel}/{ts}"
        self.heard(place, who)
        return place

    def heard(self, place: str, who: str = "ben") -> None:
        """Note who asked, as the hearing half does."""
        team, _, user = self.people.find(who).partition("/")
        self.outbound.asked(place, user, team)

    # --- what stands there

    def message(self, place: str, ts: str) -> Message:
        """Return a message of a channel or thread."""
        where = read_place(place)
        found = self.world.message(where.team, where.channel, ts)
        assert found is not None, f"no message {ts}"
        return found

    def ours(self, place: str) -> list[Message]:
        """Return the messages of ours in a channel, threads and all."""
        where = read_place(place)
        bot = self.world.teams[where.team].bot
        return [
            one
            for one in self.world.messages.values()
            if (one.team, one.channel, one.user) == (where.team, where.channel, bot)
            and one.subtype != "tombstone"
        ]

    def text(self, place: str, ts: str) -> str:
        """Return the Markdown that people see of a message, without what shows nothing."""
        blocks = self.message(place, ts).blocks
        shown = "".join(one["text"] for one in blocks if one["type"] == "markdown")
        return shown.replace(JOINER, "")

    def work(self, place: str) -> str:
        """Return what Slack shows of the agent's work in a thread: "processing" or "active"."""
        where = read_place(place)
        return self.world.session(where.team, where.channel, where.thread_ts).status

    def buttons(self, place: str, ts: str) -> list[str]:
        """Return the `action_id` of each button of a message."""
        rows = (one.get("elements") or () for one in self.message(place, ts).blocks)
        return [str(each["action_id"]) for row in rows for each in row if "action_id" in each]

    # --- faults and calls

    def refuse(self, method: str, code: str, **rest: Any) -> Fault:
        """Make a method answer one of Slack's errors."""
        return self.standin.faults.add(problems.refuse(method, code, **rest))

    def fault(self, route: str, action: str, **rest: Any) -> Fault:
        """Put a fault in force."""
        return self.standin.faults.add(Fault(route, action, **rest))

    def calls_of(self, *methods: str) -> list[Entry]:
        """Return the calls of these methods."""
        return [one for one in self.standin.history.entries if one.route in methods]

    def methods(self, since: int = 0) -> list[str]:
        """Return the methods that were called, in order."""
        routes = (one.route for one in self.standin.history.entries[since:])
        return [route for route in routes if "." in route and "/" not in route]

    def now(self) -> int:
        """Return this moment as a position."""
        return self.clock.now() * 1000


def after(place: str) -> str:
    """Return the position of the message that a thread begins with."""
    return str(position_of(read_place(place).thread_ts))


@pytest.fixture
async def speech() -> AsyncIterator[Speech]:
    """Have the half of an adapter that speaks, on a stand-in."""
    async with Speech() as speech:
        yield speech
