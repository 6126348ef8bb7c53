"""A campaign on Slack, heard by sockets or by HTTP."""

from __future__ import annotations

import asyncio
import random
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

from adapters.playground.faults import Fault
from adapters.playground.slack import Problem
from adapters.playground.slack.problems import refuse
from tests.chaos.ledger import Ledger
from tests.chaos.scene import Scene
from tests.chaos.strikes import Strikes
from tests.chaos.venue import DONE, LANDING, Query, find_free_port, only
from tests.evidence import Evidence
from tests.standins import SLACK, StandIns

POST, UPDATE, DELETE = "chat.postMessage", "chat.update", "chat.delete"
START, APPEND, STOP = "chat.startStream", "chat.appendStream", "chat.stopStream"
STATUS, SESSION = "assistant.threads.setStatus", "agents.sessions.setStatus"
SHARE = "files.completeUploadExternal"

# Slack repeats an event at once, after one and after five minutes. Here the bot lives for a
# second, not for days, so that its minutes are shorter, too.
RETRY_SECONDS = (0.0, 2.0, 10.0)
# Of lives: what is said before it and in it is told once, heard or not, as if the bot had been
# away until Slack gave up. Then only the history has it.
GIVEN_UP = 0.35
ACK_SECONDS = 3.0
# What a workspace says that has no streams, or not there; one of them is for a day.
NO_STREAMS = ("feature_not_enabled", "channel_type_not_supported")
NO_STATUS = "method_not_supported_for_channel_type"
DAYS = 0.6
SHARES_MS = 150
# What was sent lands at the latest `strikes.LANDING_SECONDS` after it came.
SETTLE_SECONDS = 3.0
# Files are begun with several calls before that. A minute, as in earnest, would be forty deaths
# without a step forward.
FILE_SETTLE_SECONDS = 8.0
CALL_SECONDS = 2.0
LATE_SECONDS = 0.5
SHORT_PART_SECONDS = 0.4


class SlackVenue:
    """See `Venue`. `transport`: "socket" or "http".

    Whatever the workspace refused is remembered for a day, so now and then a day goes by.
    """

    platform = SLACK
    points = (
        *only((POST, START, APPEND, STOP, UPDATE, DELETE, STATUS, SESSION, "upload", SHARE), DONE),
        *only((POST, START, STOP, STATUS, SHARE), LANDING),
    )
    states = ("stop sending", "stop sent", "status sending", "question sent", "file sending")
    takes_direct = True

    def __init__(self, standins: StandIns, transport: str) -> None:
        assert standins.slack is not None
        self.name = f"slack-{transport}"
        self._standins = standins
        self._slack = slack = standins.slack
        self._faults = standins.faults[SLACK]
        self._strikes = Strikes(SLACK, standins.history, self._faults)
        self.port = find_free_port()
        self._part_seconds = 240.0
        self._ledger = Ledger(standins.history, len(RETRY_SECONDS))
        settings = slack.settings
        settings.transport = transport
        settings.request_url = f"http://127.0.0.1:{self.port}/slack/events"
        settings.retry_seconds, settings.ack_seconds = RETRY_SECONDS, ACK_SECONDS
        settings.shares_ms = SHARES_MS

    @property
    def kill(self) -> Callable[[str], None]:
        return self._strikes.kill

    @kill.setter
    def kill(self, kill: Callable[[str], None]) -> None:
        self._strikes.kill = kill

    @property
    def order(self) -> Mapping[str, Any]:
        limits = {
            "settle_seconds": SETTLE_SECONDS,
            "file_settle_seconds": FILE_SETTLE_SECONDS,
            "call_seconds": CALL_SECONDS,
            "part_seconds": self._part_seconds,
        }
        return {"port": self.port, "slack": limits}

    def has_arrived(self, query: Query) -> bool:
        """What was said in a workspace before the bot came is not its business."""
        return any(channel == "" for (channel,) in query("SELECT channel FROM watermark"))

    # --- what goes wrong ----------------------------------------------------------------------

    def set_weather(self, dice: random.Random, scene: Scene) -> None:
        faults = self._faults
        faults.clear()
        self._slack.sockets.deaf = dice.random() < scene.deaf
        gives_up = dice.random() < GIVEN_UP
        self._slack.settings.retry_said_seconds = () if gives_up else None
        self._part_seconds = SHORT_PART_SECONDS if dice.random() < scene.short else 240.0
        streams = dice.choice(NO_STREAMS) if dice.random() < scene.unstreamed else ""
        self._switch(streams, NO_STATUS if dice.random() < scene.unstreamed / 4 else "")
        if dice.random() < scene.agent:
            self._switch(streams, agent=dice.random() < 0.5)
        if scene.is_agent is not None:
            self._switch(streams, agent=scene.is_agent)
        if dice.random() < scene.lost:
            for route in (POST, START):
                faults.add(Fault(route, "lose_answer", nth=dice.randint(1, 4)))
        if dice.random() < 0.15:
            for route in (UPDATE, APPEND, STOP, DELETE, STATUS, SHARE):
                faults.add(Fault(route, "lose_answer", nth=dice.randint(1, 4)))
        if dice.random() < 0.3:
            for route in (POST, START, STOP):
                seconds = dice.uniform(0.1, LATE_SECONDS)
                faults.add(Fault(route, "delay", nth=dice.randint(1, 4), seconds=seconds))
        if dice.random() < scene.refused:
            code = dice.choice(("restricted_action", "ratelimited", "ratelimited"))
            route = dice.choice((POST, POST, START, UPDATE, APPEND))
            faults.add(refuse(route, code, nth=dice.randint(1, 3)))
        if dice.random() < 0.2:
            faults.add(Fault("event:message", "repeat", times=5, options={"times": 2}))
            faults.add(Fault("event:app_mention", "delay", times=5, seconds=dice.uniform(0, 0.4)))
            faults.add(Fault("act:command", "repeat", times=3))
        self._deny(dice.random() < scene.denied)

    def _switch(self, streams: str = "", statuses: str = "", *, agent: bool | None = None) -> None:
        """Change what the workspace grants; what it grants no more, it takes away itself."""
        world = self._slack.world
        for session in world.sessions.values():
            session.line = "" if statuses else session.line
            session.status = "" if agent is False else session.status
        world.switch(streams=streams, statuses=statuses)
        if agent is not None:
            world.switch(agent=agent)

    def _deny(self, denied: bool) -> None:
        """Let posts be refused in all channels, or taken again."""
        for channel in self._standins.channels:
            self._slack.people.restrict(channel, "restricted_action" if denied else "")

    def forget(self, dice: random.Random, database: Path) -> None:
        """Let a day go by, after which what a workspace refused is tried again."""
        if dice.random() < DAYS:
            with closing(sqlite3.connect(database, timeout=10)) as connection, connection:
                connection.execute("DELETE FROM memo WHERE name LIKE 'slack:%:%'")

    def arm(self, point: str) -> None:
        self._strikes.arm(point)

    def look(self) -> None:
        self._strikes.look()

    def clear_up(self) -> None:
        self._faults.clear()
        self._slack.sockets.deaf = False
        self._slack.settings.retry_said_seconds = None
        self._switch()
        self._deny(False)

    # --- people -------------------------------------------------------------------------------

    def open_threads(self, roots: Sequence[str], places: Sequence[str]) -> list[str]:
        """People go on only where they see that the bot heard them."""
        folk, channels = self._standins.here, self._standins.channels
        threads = [place for place in places if place.rpartition("/")[0] in channels]
        return [place for place in threads[-20:] if folk.is_there(place.rpartition("/")[2])]

    def call_in(self, dice: random.Random, text: str) -> str | None:
        standins = self._standins
        channel, people = dice.choice(standins.channels), standins.people
        start = standins.say(people[0], channel, "Shall we talk about it?")
        thread = standins.here.thread(start)
        standins.say(people[1], thread, f"I think so ({dice.randrange(1_000_000)})")
        return standins.mention(people[0], thread, text)

    def meddle(self, dice: random.Random, scene: Scene) -> None:
        """Press Slack's own Stop, ask what commands there are, cut a socket."""
        slack, people = self._slack, self._standins.people
        if dice.random() < scene.pressing / 4:
            sessions = [each for each in slack.world.sessions.values() if each.status]
            if sessions:
                found = dice.choice(sessions[-6:])
                place = f"{found.team}/{found.channel}/{found.thread}"
                with suppress(Problem):  # it may have ended
                    slack.people.stop_session(people[0], place)
        if dice.random() < scene.asides:
            channel = dice.choice(self._standins.channels)
            self._standins.command(
                dice.choice(people), channel, dice.choice(("help", "status")), {}
            )
        if dice.random() < scene.asides / 4:
            slack.sockets.drop()
        elif dice.random() < scene.asides / 4:
            self._spare = asyncio.ensure_future(slack.sockets.ask_reconnect())

    # --- what the bot was told ----------------------------------------------------------------

    def untold(self) -> set[str]:
        return set()

    def is_quiet(self) -> bool:
        return not self._slack.deliveries.pending

    def testify(self, evidence: Evidence) -> None:
        evidence.undeleted = frozenset(self._ledger.undeleted())
