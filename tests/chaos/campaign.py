"""Cycle after cycle: give the bot work, kill it, start it again; in the end let it finish.

The stand-ins live in this process and survive. Whatever the bot was doing when it died, a
reader of its channels must not be able to tell: that is what the checker proves at the end.
"""

from __future__ import annotations

import asyncio
import random
import sqlite3
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from adapters.playground.faults import Fault
from adapters.playground.segmind import STATUS, SUBMIT
from tests.chaos.crowd import Crowd
from tests.chaos.nursery import Nursery, Order
from tests.chaos.scene import set_scene
from tests.chaos.tally import Tally, read_states
from tests.checker import Report, check
from tests.standins import DISCORD, MODEL, SEGMIND, StandIns

# Of all kills; the others come at a random moment, from outside.
SHARE_AT_POINTS = 0.7
DRAIN_SECONDS = 120.0
LOOK_EVERY_SECONDS = 0.02
POST = "POST /channels/{channel_id}/messages"
EDIT = "PATCH /channels/{channel_id}/messages/{message_id}"
CHAT = "POST /v1/chat/completions"


@dataclass(frozen=True, slots=True)
class Plan:
    """What a campaign shall do. `look` off: unknown parts are not looked for (must double)."""

    cycles: int
    seed: int
    turns: int = 3
    look: bool = True


class Died(Exception):
    """The bot ended by itself."""


class Campaign:
    """Run a plan in a folder."""

    def __init__(self, plan: Plan, folder: Path, standins: StandIns, nursery: Nursery) -> None:
        self.tally = Tally()
        self._plan = plan
        self._random = random.Random(plan.seed)
        self._standins = standins
        self._nursery = nursery
        self._database = folder / "bot.db"
        self._trace = folder / "trace"
        self._log = folder / "bot.log"
        self._env = standins.environment(folder) | {
            "DATABASE_URL": f"sqlite:///{self._database}",
            "ADMIN_IDS": f"discord:{standins.people[0]}",
            "SEGMIND_RPM": "100000",
        }
        self._crowd = Crowd(standins, self._random)

    async def run(self, tell: Callable[[str], None]) -> Report:
        """Do all cycles, let the bot finish, and judge."""
        await self._arrive()
        while self.tally.cycles < self._plan.cycles:
            await self._cycle()
            if self.tally.cycles % 25 == 0:
                tell(f"{self.tally.cycles} kills, {len(self._crowd.asked)} messages")
        await self._drain()
        evidence = self._standins.evidence(self._database)
        # An alert ends with the first answer that comes, and the next refusal raises it anew.
        evidence.raised_again = True
        evidence.outputs["log"] = self._log.read_text(errors="replace")
        return check(evidence)

    async def _arrive(self) -> None:
        """Let the bot come to its server: what was said there before is not its business."""
        await self._nursery.start(Order(self._env, self._log, self._trace))
        until = time.monotonic() + 20
        while not self._has_baseline():
            if not self._nursery.alive or time.monotonic() > until:
                raise Died(f"before it arrived; the end of its log:\n{self._tail()}")
            await asyncio.sleep(0.05)
        self._nursery.kill()
        await self._nursery.over(10)
        self.tally.read_trace(self._trace)

    def _has_baseline(self) -> bool:
        return any(channel == "" for (channel,) in self._query("SELECT channel FROM watermark"))

    # --- one cycle ------------------------------------------------------------------------

    async def _cycle(self) -> None:
        started = time.monotonic()
        at_point = self._random.random() < SHARE_AT_POINTS
        point = self.tally.choose() if at_point else ""
        self._crowd.scene = set_scene(point)
        often = self.tally.passed[point] > 4 * max(1, self.tally.cycles)
        self._set_weather()
        order = Order(
            self._env,
            self._log,
            self._trace,
            point,
            self._random.choice((1, 1, 2, 3)) if often else 1,
            self._plan.look,
        )
        patience = self._crowd.scene.patience if point else self._random.uniform(0.1, 1.2)
        await self._spend(order, patience)
        killer = self.tally.read_trace(self._trace)
        if not killer:
            self.tally.at_random += 1
            self.tally.misses[point] += bool(point)
        states = read_states(self._database)
        under_way = self._count_waiting()
        if under_way < self._plan.turns:
            return  # too quiet to count; whatever broke is found at the end all the same
        self.tally.states.update(states)
        self.tally.under_way.append(under_way)
        self.tally.seconds.append(time.monotonic() - started)

    async def _spend(self, order: Order, patience: float) -> None:
        """Let a bot live until its point, or for so long."""
        self._top_up()
        await self._nursery.start(order)
        until = time.monotonic() + patience
        while self._nursery.alive and time.monotonic() < until:
            await asyncio.sleep(LOOK_EVERY_SECONDS)
            self._top_up()
            self._crowd.meddle()
        self._nursery.kill()
        code = await self._nursery.over(10)
        if code != -9:
            raise Died(f"exit code {code}; the end of its log:\n{self._tail()}")

    def _set_weather(self) -> None:
        """Choose what goes wrong in this cycle beside the kill."""
        standins, dice, scene = self._standins, self._random, self._crowd.scene
        discord, model = standins.faults[DISCORD], standins.faults[MODEL]
        queue = standins.faults[SEGMIND]
        for script in (discord, model, queue):
            script.clear()
        # Without the window a repeated nonce makes a second message: only looking helps.
        standins.discord_settings.nonce_seconds = dice.choice((0.0, 0.0, 300.0))
        if dice.random() < scene.lost:
            for _ in range(2):
                discord.add(Fault(POST, "lose_answer", nth=dice.randint(1, 5)))
        if dice.random() < 0.15:
            discord.add(Fault(EDIT, "lose_answer", nth=dice.randint(1, 8)))
        if dice.random() < scene.refused:
            body = {"message": "Missing Permissions", "code": 50013}
            nth = dice.randint(1, 4)
            discord.add(Fault(POST, "refuse", nth=nth, status=403, body=body))
        if dice.random() < scene.failing:
            model.add(Fault(CHAT, "answer", nth=dice.randint(1, 4), options={"kind": "error"}))
            model.add(Fault(CHAT, "refuse", nth=dice.randint(1, 4), status=503))
            queue.add(Fault(SUBMIT, "lose_answer", nth=dice.randint(1, 3)))
            queue.add(Fault(STATUS, "refuse", nth=dice.randint(1, 3), status=502))
        if dice.random() < 0.2:
            model.add(Fault(CHAT, "cut", nth=dice.randint(1, 4)))
        if dice.random() < scene.locked_out:
            model.add(Fault(CHAT, "refuse", times=2, status=401))
        if dice.random() < scene.silent:
            # Long enough for a status line to be shown first.
            model.add(Fault(CHAT, "answer", times=3, options={"silence": scene.silence}))
        self._deny(dice.random() < scene.denied)

    def _deny(self, denied: bool) -> None:
        """Take the right to write in threads away from the bot, or give it back."""
        for channel in self._standins.channels:
            self._standins.world.deny_bot(channel, *(["send_messages_in_threads"] * denied))

    def _top_up(self) -> None:
        """Keep some more turns under way than are asked for."""
        for _ in range(self._plan.turns + 2 - self._count_waiting()):
            self._crowd.ask()

    # --- stock -------------------------------------------------------------------------------

    def _count_waiting(self) -> int:
        """Return how many questions have no outcome yet."""
        sources = dict(self._query("SELECT source, state FROM turn"))
        open_turns = sum(1 for state in sources.values() if state != "ended")
        unheard = sum(
            1
            for message in self._crowd.asked
            if message not in sources and message in self._standins.world.messages
        )
        return open_turns + unheard

    def _query(self, sql: str) -> list[tuple[Any, ...]]:
        """Read from the bot's file; nothing while it is not there or not migrated yet."""
        if not self._database.exists():
            return []
        connection = sqlite3.connect(f"file:{self._database}?mode=ro", uri=True, timeout=10)
        try:
            return connection.execute(sql).fetchall()
        except sqlite3.OperationalError:
            return []
        finally:
            connection.close()

    async def _drain(self) -> None:
        """Let the bot finish everything, in good weather, and stop in order."""
        for script in self._standins.faults.values():
            script.clear()
        self._deny(False)
        await self._nursery.start(Order(self._env, self._log, self._trace, look=self._plan.look))
        until = time.monotonic() + DRAIN_SECONDS
        while self._count_waiting() and time.monotonic() < until:
            await asyncio.sleep(0.1)
            if not self._nursery.alive:
                raise Died(f"while it finished; the end of its log:\n{self._tail()}")
        code = await self._nursery.stop(40)
        if code != 0:
            raise Died(f"exit code {code} when told to stop; its log:\n{self._tail()}")
        self.tally.read_trace(self._trace)

    def _tail(self) -> str:
        return "\n".join(self._log.read_text(errors="replace").splitlines()[-15:])
