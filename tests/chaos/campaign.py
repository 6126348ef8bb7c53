"""Cycle after cycle: give the bot work, kill it, start it again; in the end let it finish.

The stand-ins live in this process and survive. Whatever the bot was doing when it died, a
reader of its channels must not be able to tell: that is what the checker proves at the end.
"""

from __future__ import annotations

import asyncio
import random
import sqlite3
import time
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

from adapters.playground.faults import Fault
from adapters.playground.segmind import STATUS, SUBMIT
from tests.chaos import aim
from tests.chaos.crowd import Crowd
from tests.chaos.nursery import Nursery, Order
from tests.chaos.plan import Plan
from tests.chaos.scene import Scene, set_scene
from tests.chaos.tally import Tally, is_outside, read_states
from tests.chaos.venue import Venue
from tests.checker import Report, check
from tests.counted import find_differences
from tests.painting import ORIGIN
from tests.standins import MODEL, SEGMIND, StandIns

# Nobody runs into these: they are there to be counted in, at every kind of place.
LIMITS = (
    "member:requests:ever=1000000; member:tokens:day=1000000000; channel:images:month=1000000;"
    " server:money:week=$1000000; everything:tokens:hour=1000000000"
)
# Of all kills; the others come at a random moment, from outside.
SHARE_AT_POINTS = 0.8
# Of lives in which a mask is sent; the others may end before anything is said of it.
SHARE_ANSWERED = 0.6
# As long as a machine may take that has other things to do: what is waited for ends the wait.
ARRIVE_SECONDS, END_SECONDS, STOP_SECONDS = 120.0, 60.0, 120.0
DRAIN_SECONDS = 600.0
# Its decoder's process takes a second to start.
ANSWER_SECONDS = 15.0
LOOK_EVERY_SECONDS = 0.02
CHAT = "POST /v1/chat/completions"
# Jobs of Segmind take some ten seconds, too long for a life of three.
SEGMIND_SPEED = 40.0
# Longer than a bot waits that is in a hurry.
LATE_SECONDS = 3.0
TAIL_LINES, TAIL_WIDTH = 12, 160


class Died(Exception):
    """The bot ended by itself."""


class Campaign:
    """Run a plan in a folder."""

    def __init__(
        self, plan: Plan, folder: Path, standins: StandIns, nursery: Nursery, venue: Venue
    ) -> None:
        self.tally = Tally(venue.name, venue.points, venue.states)
        self._plan = plan
        self._random = random.Random(plan.seed)
        self._standins = standins
        self._nursery = nursery
        self._venue = venue
        venue.kill = self._strike
        self._database = folder / "bot.db"
        self._trace = folder / "trace"
        self._log = folder / "bot.log"
        self._level = folder / "level"
        self._env = standins.environment(folder) | {
            "DATABASE_URL": f"sqlite:///{self._database}",
            "LIMITS": LIMITS,
            "SPEND_CAP": "100000",
            "ADMIN_IDS": f"{venue.platform}:{standins.people[0]}",
            "SEGMIND_RPM": "100000",
            "PUBLIC_URL": ORIGIN,
        }
        self._reader: sqlite3.Connection | None = None
        self._crowd = Crowd(standins, venue, self._random)

    async def run(self, tell: Callable[[str], None]) -> Report:
        """Do all cycles, let the bot finish, and judge."""
        await self._arrive()
        while self.tally.cycles < self._plan.cycles:
            at_point = self._random.random() < SHARE_AT_POINTS
            point = aim.choose(self.tally) if at_point else ""
            await self._cycle(point, set_scene(point))
            if self.tally.cycles % 25 == 0:
                tell(f"{self.tally.cycles} kills, {len(self._crowd.asked)} messages")
        if self._plan.is_judged:
            await self._make_good(tell)
        await self._drain()
        await self._crowd.painters.close()
        self.tally.painted = self._crowd.painters.figures
        evidence = self._standins.evidence(self._database)
        # An alert ends with the first answer that comes, and the next refusal raises it anew.
        evidence.raised_again = True
        evidence.painted = frozenset(self._crowd.painters.taken)
        self._venue.testify(evidence)
        evidence.outputs["log"] = self._log.read_text(errors="replace")
        return check(evidence)

    async def _arrive(self) -> None:
        """Let the bot come to where it works."""
        await self._nursery.start(self._order())
        until = time.monotonic() + ARRIVE_SECONDS
        while not self._venue.has_arrived(self._query):
            if not self._nursery.alive or time.monotonic() > until:
                raise Died(f"before it arrived; the end of its log:\n{self._tail()}")
            await asyncio.sleep(0.05)
        self._nursery.kill()
        await self._nursery.over(END_SECONDS)
        self.tally.read_trace(self._trace)

    def _order(self, point: str = "", nth: int = 1) -> Order:
        """Return how the next bot shall live and die."""
        inside = "" if is_outside(point) else point
        rest = {**self._venue.order, "turn_seconds": self._crowd.scene.turn_seconds}
        return Order(
            self._env, self._log, self._trace, self._level, inside, nth, self._plan.look, rest
        )

    def _strike(self, point: str) -> None:
        """Kill the bot in one of its calls."""
        if self._nursery.alive:
            self._nursery.kill()
            self.tally.strike(point)

    async def _make_good(self, tell: Callable[[str], None]) -> None:
        """Aim at what no planned kill came to, until it is come to or was tried often enough."""
        tried: Counter[aim.Goal] = Counter()
        while (goal := aim.choose_more(self.tally, tried)) is not None:
            tried[goal] += 1
            self.tally.more += 1
            await self._cycle(goal.point, goal.scene)
            reached = goal not in aim.list_goals(self.tally)
            tell(f"no kill had come to {goal}: {'done' if reached else 'not yet'}")

    # --- one cycle ------------------------------------------------------------------------

    async def _cycle(self, point: str, scene: Scene) -> None:
        """Let a bot live until it is at a point, or "" until a random moment."""
        started = time.monotonic()
        self._crowd.scene = scene
        passed, kills = self.tally.passed[point], self.tally.kills[point]
        # The first kill at a point takes what comes first.
        often = kills > 0 and passed > 4 * self.tally.cycles
        self._set_weather()
        self._venue.arm(point if is_outside(point) else "")
        nth = self._random.choice((1, 1, 2, 3)) if often else 1
        patience = scene.patience if point else self._random.uniform(0.1, 1.2)
        await self._spend(self._order(point, nth), patience)
        self._venue.arm("")
        killer = self.tally.read_trace(self._trace)
        if not killer:
            self.tally.at_random += 1
            self.tally.misses[point] += bool(point)
        states = read_states(self._database)
        # As the dead left it, not only when all is over.
        if differences := [str(each) for each in find_differences(self._database)]:
            raise Died(f"the ledger after {point or 'a random moment'}: {differences}")
        under_way = self._count_waiting()
        if under_way < self._plan.turns:
            return  # too quiet to count; whatever broke is found at the end all the same
        self.tally.states.update(states)
        self.tally.under_way.append(under_way)
        self.tally.seconds.append(time.monotonic() - started)

    async def _spend(self, order: Order, patience: float) -> None:
        """Let a bot live until its point, or for so long."""
        self._top_up()
        self._leave()
        await self._nursery.start(order)
        until = time.monotonic() + patience
        # Who paints is to be told now and then, before the bot dies over what comes of it.
        answered = until + (ANSWER_SECONDS if self._random.random() < SHARE_ANSWERED else 0.0)
        while self._nursery.alive and time.monotonic() < (
            answered if self._crowd.painters.busy else until
        ):
            await asyncio.sleep(LOOK_EVERY_SECONDS)
            self._venue.look()
            self._top_up()
            self._crowd.meddle()
        self._nursery.kill()
        code = await self._nursery.over(END_SECONDS)
        if code != -9:
            raise Died(f"exit code {code}; the end of its log:\n{self._tail()}")

    def _set_weather(self) -> None:
        """Choose what goes wrong in this cycle beside the kill."""
        standins, dice, scene = self._standins, self._random, self._crowd.scene
        model, queue = standins.faults[MODEL], standins.faults[SEGMIND]
        for script in (model, queue):
            script.clear()
        self._venue.set_weather(dice, scene)
        self._venue.forget(dice, self._database)
        if dice.random() < scene.failing:
            model.add(Fault(CHAT, "answer", nth=dice.randint(1, 4), options={"kind": "error"}))
            model.add(Fault(CHAT, "refuse", nth=dice.randint(1, 4), status=503))
            queue.add(Fault(SUBMIT, "lose_answer", nth=dice.randint(1, 3)))
            queue.add(Fault(STATUS, "refuse", nth=dice.randint(1, 3), status=502))
        if dice.random() < 0.2:
            model.add(Fault(CHAT, "cut", nth=dice.randint(1, 4)))
        if dice.random() < scene.locked_out:
            model.add(Fault(CHAT, "refuse", times=scene.often, status=401))
            self._forget_alerts()
        if dice.random() < scene.late:
            working = LATE_SECONDS * SEGMIND_SPEED
            queue.add(Fault(SUBMIT, "answer", times=99, options={"working": working}))
        if dice.random() < scene.silent:
            # Long enough for a status line to be shown first.
            options = {"silence": scene.silence}
            model.add(Fault(CHAT, "answer", times=scene.often, options=options))

    def _forget_alerts(self) -> None:
        """Let an hour go by, after which the same alert is told again; the bot is dead."""
        with closing(sqlite3.connect(self._database, timeout=10)) as connection, connection:
            connection.execute("DELETE FROM memo WHERE name LIKE 'told:%'")
            connection.execute("DELETE FROM alert_person")
            connection.execute("DELETE FROM alert")

    def _top_up(self) -> None:
        """Keep some more turns under way than are asked for."""
        for _ in range(self._plan.turns + 2 - self._count_waiting()):
            places = self._query(
                "SELECT place FROM conversation WHERE place IS NOT NULL AND followed = 1"
            )
            self._crowd.ask([place for (place,) in places])

    # --- stock -------------------------------------------------------------------------------

    def _count_waiting(self) -> int:
        """Return how many questions have no outcome yet."""
        sources = dict(self._query("SELECT source, state FROM turn"))
        open_turns = sum(1 for state in sources.values() if state != "ended")
        untold, folk = self._venue.untold(), self._standins.here
        unheard = sum(
            1 for message in self._crowd.asked - sources.keys() - untold if folk.is_there(message)
        )
        return open_turns + unheard

    def _query(self, sql: str) -> list[tuple[Any, ...]]:
        """Read from the bot's file; nothing while it is not there or not migrated yet."""
        if not self._database.exists():
            return []
        if self._reader is None:
            # Opened anew for each look it was a tenth of the campaign's work.
            self._reader = sqlite3.connect(
                f"file:{self._database}?mode=ro", uri=True, timeout=10, isolation_level=None
            )
        try:
            return self._reader.execute(sql).fetchall()
        except sqlite3.OperationalError:
            return []

    def _leave(self) -> None:
        """Let go of the bot's file: the next one shall be the first to open what was left."""
        if self._reader is not None:
            self._reader.close()
            self._reader = None

    async def _drain(self) -> None:
        """Let the bot finish everything, in good weather, and stop in order."""
        for script in self._standins.faults.values():
            script.clear()
        self._venue.clear_up()
        self._crowd.scene = Scene()
        self._leave()
        self._level.unlink(missing_ok=True)
        await self._nursery.start(self._order())
        until = time.monotonic() + DRAIN_SECONDS
        while not self._is_done() and time.monotonic() < until:
            await asyncio.sleep(0.1)
            self._crowd.painters.paint()
            if not self._nursery.alive:
                raise Died(f"while it finished; the end of its log:\n{self._tail()}")
        self._leave()
        code = await self._nursery.stop(STOP_SECONDS)
        if code != 0:
            raise Died(f"exit code {code} when told to stop; its log:\n{self._tail()}")
        self.tally.read_trace(self._trace)

    def _is_done(self) -> bool:
        awaited = self._query("SELECT 1 FROM awaited")
        painting = self._crowd.painters.busy
        knows_all = self._level.exists() and self._venue.is_quiet()
        return knows_all and not (awaited or painting or self._count_waiting())

    def _tail(self) -> str:
        lines = self._log.read_text(errors="replace").splitlines()[-TAIL_LINES:]
        return "\n".join(line[:TAIL_WIDTH] for line in lines)
