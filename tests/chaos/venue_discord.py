"""A campaign on Discord."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from adapters.playground.faults import Fault
from tests.chaos.scene import Scene
from tests.chaos.strikes import Strikes
from tests.chaos.venue import DONE, LANDING, Query, find_free_port, only
from tests.evidence import Evidence
from tests.standins import DISCORD, StandIns

POST = "POST /channels/{channel_id}/messages"
EDIT = "PATCH /channels/{channel_id}/messages/{message_id}"
DELETE = "DELETE /channels/{channel_id}/messages/{message_id}"
THREAD = "POST /channels/{channel_id}/messages/{message_id}/threads"
IN_THREADS, ABOVE = "send_messages_in_threads", "send_messages"
FORBIDDEN = {"message": "Missing Permissions", "code": 50013}
# What was sent has landed by then, however busy the machine is.
LANDED_SECONDS = 5.0


class DiscordVenue:
    """See `Venue`. What was said while nobody listened is read afterwards."""

    name = DISCORD
    platform = DISCORD
    points = (*only((POST, EDIT, DELETE, THREAD), DONE), *only((POST,), LANDING))
    states: tuple[str, ...] = ()
    takes_direct = False

    def __init__(self, standins: StandIns) -> None:
        self.port = find_free_port()
        self._standins = standins
        self._faults = standins.faults[DISCORD]
        self._strikes = Strikes(DISCORD, standins.history, self._faults)
        # What was sent by a bot before, perhaps not the last one, may come until then.
        self._is_landing, self._landing_until = False, 0.0

    @property
    def kill(self) -> Callable[[str], None]:
        return self._strikes.kill

    @kill.setter
    def kill(self, kill: Callable[[str], None]) -> None:
        self._strikes.kill = kill

    @property
    def order(self) -> Mapping[str, Any]:
        return {"port": self.port}

    def has_arrived(self, query: Query) -> bool:
        """What was said in a server before the bot came is not its business."""
        return any(channel == "" for (channel,) in query("SELECT channel FROM watermark"))

    def set_weather(self, dice: random.Random, scene: Scene) -> None:
        faults = self._faults
        faults.clear()
        # Without the window a repeated nonce makes a second message: only looking helps.
        self._standins.discord_settings.nonce_seconds = dice.choice((0.0, 0.0, 300.0))
        if time.monotonic() < self._landing_until:
            self._standins.discord_settings.nonce_seconds = 300.0
        if dice.random() < scene.lost:
            for _ in range(2):
                faults.add(Fault(POST, "lose_answer", nth=dice.randint(1, 5)))
        if dice.random() < 0.15:
            faults.add(Fault(EDIT, "lose_answer", nth=dice.randint(1, 8)))
        if dice.random() < scene.refused:
            nth = dice.randint(1, 4)
            faults.add(Fault(POST, "refuse", nth=nth, status=403, body=FORBIDDEN))
        denied = [IN_THREADS] if dice.random() < scene.denied else []
        self._deny(*([IN_THREADS, ABOVE] if dice.random() < scene.shut else denied))

    def _deny(self, *rights: str) -> None:
        """Take rights to write away from the bot; give back those that are not named."""
        for channel in self._standins.channels:
            self._standins.world.deny_bot(channel, *rights)

    def forget(self, dice: random.Random, database: Path) -> None:
        pass

    def arm(self, point: str) -> None:
        if point.startswith(LANDING):
            # Nobody sees what is still to land: only the window of its nonce helps.
            self._standins.discord_settings.nonce_seconds = 300.0
            self._is_landing = True
        elif self._is_landing:
            self._is_landing = False
            self._landing_until = time.monotonic() + LANDED_SECONDS
        self._strikes.arm(point)

    def look(self) -> None:
        self._strikes.look()

    def clear_up(self) -> None:
        self._faults.clear()
        self._deny()

    def open_threads(self, roots: Sequence[str], places: Sequence[str]) -> list[str]:
        """A thread has the id of the message that it was started from."""
        return [root for root in roots if root in self._standins.world.channels]

    def call_in(self, dice: random.Random, text: str) -> str | None:
        standins = self._standins
        channel, people = dice.choice(standins.channels), standins.discord.people
        start = standins.say(standins.people[0], channel, "Shall we talk about it?")
        thread = people.start_thread(standins.people[0], channel, "Among us", start)
        standins.say(standins.people[1], thread, f"I think so ({dice.randrange(1_000_000)})")
        return standins.mention(standins.people[0], thread, text)

    def meddle(self, dice: random.Random, scene: Scene) -> None:
        pass

    def untold(self) -> set[str]:
        return set()

    def is_quiet(self) -> bool:
        """What is said is told at once or never: the bot reads the rest by itself."""
        return True

    def testify(self, evidence: Evidence) -> None:
        pass
