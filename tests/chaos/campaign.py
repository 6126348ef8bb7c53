"""Cycle after cycle: give the bot work, kill it, start it again; in the end let it finish.

The stand-ins live in this process and survive. Whatever the bot was doing when it died, a
reader of its channels must not be able to tell: that is what the checker proves at the end.
"""

from __future__ import annotations

import asyncio
import random
import sqlite3
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from adapters.playground.faults import Fault
from tests.chaos.nursery import Nursery, Order
from tests.chaos.tally import Tally, read_states
from tests.checker import Report, check
from tests.standins import DISCORD, MODEL, Problem, StandIns

# Of all kills; the others come at a random moment, from outside.
SHARE_AT_POINTS = 0.7
# A point that is not met by then is tried another time, and the bot killed where it is.
PATIENCE_SECONDS = 3.0
DRAIN_SECONDS = 120.0
LOOK_EVERY_SECONDS = 0.02
TURNS_PER_THREAD = 5
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


PRESSES = {"stop": 0.3, "retry": 0.5, "continue": 0.2}


@dataclass(frozen=True, slots=True)
class Scene:
    """How likely what is, in one cycle: a share of cycles, of mentions, or of looks."""

    lost: float = 0.5
    refused: float = 0.1
    failing: float = 0.4
    silent: float = 0.05
    silence: float = 2.6
    denied: float = 0.03
    patience: float = PATIENCE_SECONDS
    bare: float = 0.04
    taken_back: float = 0.004
    pressing: float = 0.03
    presses: Mapping[str, float] = field(default_factory=lambda: PRESSES)


def set_scene(point: str) -> Scene:
    """Return a scene in which a seldom point is likely to be passed."""
    name = point.partition(":")[2]
    match name:
        case "look" | "part_unknown":
            return Scene(lost=1.0)
        case "part_planned":
            return Scene(refused=1.0)
        case "end_undeliverable" | "conclude_undeliverable":
            return Scene(denied=1.0, failing=0.0)
        case "conclude_failed" | "end_failed":
            return Scene(failing=1.0)
        case "conclude_refused" | "end_refused":
            return Scene(bare=0.9)
        case "conclude_stopped" | "end_stopped":
            return Scene(presses={"stop": 1.0})
        case "conclude_cancelled" | "end_cancelled":
            return Scene(taken_back=0.05)
        case "dismiss":
            return Scene(pressing=0.2, failing=1.0, presses={"retry": 1.0, "continue": 1.0})
        case "delete" | "drop_part":
            # The status line comes after two seconds; then its question is taken back.
            return Scene(silent=1.0, silence=8.0, taken_back=0.1, patience=7.0)
        case _:
            return Scene()


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
        self._env = standins.environment(folder) | {"DATABASE_URL": f"sqlite:///{self._database}"}
        self._asked: set[str] = set()
        self._threads: dict[str, int] = {}
        self._pressed: set[str] = set()
        self._scene = Scene()

    async def run(self, tell: Callable[[str], None]) -> Report:
        """Do all cycles, let the bot finish, and judge."""
        await self._arrive()
        while self.tally.cycles < self._plan.cycles:
            await self._cycle()
            if self.tally.cycles % 25 == 0:
                tell(f"{self.tally.cycles} kills, {len(self._asked)} messages")
        await self._drain()
        evidence = self._standins.evidence(self._database)
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
        self._scene = set_scene(point)
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
        patience = self._scene.patience if point else self._random.uniform(0.1, 1.2)
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
            self._meddle()
        self._nursery.kill()
        code = await self._nursery.over(10)
        if code != -9:
            raise Died(f"exit code {code}; the end of its log:\n{self._tail()}")

    def _set_weather(self) -> None:
        """Choose what goes wrong in this cycle beside the kill."""
        standins, dice, scene = self._standins, self._random, self._scene
        discord, model = standins.faults[DISCORD], standins.faults[MODEL]
        discord.clear()
        model.clear()
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
        if dice.random() < 0.2:
            model.add(Fault(CHAT, "cut", nth=dice.randint(1, 4)))
        if dice.random() < scene.silent:
            # Long enough for a status line to be shown first.
            model.add(Fault(CHAT, "answer", times=3, options={"silence": scene.silence}))
        self._deny(dice.random() < scene.denied)

    def _deny(self, denied: bool) -> None:
        """Take the right to write in threads away from the bot, or give it back."""
        for channel in self._standins.channels:
            self._standins.world.deny_bot(channel, *(["send_messages_in_threads"] * denied))

    # --- people ----------------------------------------------------------------------------

    def _top_up(self) -> None:
        """Keep some more turns under way than are asked for."""
        for _ in range(self._plan.turns + 2 - self._count_waiting()):
            self._ask()

    def _ask(self) -> None:
        """Write one message: often into a thread that is busy already."""
        dice, standins = self._random, self._standins
        person = dice.choice(standins.people)
        text = standins.prompt(dice)
        open_threads = [
            thread
            for thread, turns in self._threads.items()
            if turns < TURNS_PER_THREAD and thread in standins.world.channels
        ]
        if open_threads and dice.random() < 0.6:
            thread = dice.choice(open_threads[-3:])
            self._threads[thread] += 1
            self._asked.add(standins.say(person, thread, text))
            return
        if dice.random() < self._scene.bare:
            text = ""  # a bare mention, which gets a hint
        message = standins.mention(person, dice.choice(standins.channels), text)
        self._asked.add(message)
        self._threads[message] = 1

    def _meddle(self) -> None:
        """Press Stop here, Retry there, and take a question back now and then."""
        dice, standins = self._random, self._standins
        if dice.random() < self._scene.pressing:
            for message, custom_id in standins.buttons():
                wanted = self._scene.presses.get(custom_id.partition(":")[0], 0.0)
                if custom_id not in self._pressed and dice.random() < wanted:
                    self._pressed.add(custom_id)
                    with suppress(Problem):  # it may be gone by now
                        standins.press(message, custom_id)
                    break
        if self._asked and dice.random() < self._scene.taken_back:
            standins.delete(dice.choice(sorted(self._asked)[-4:]))

    # --- stock -------------------------------------------------------------------------------

    def _count_waiting(self) -> int:
        """Return how many questions have no outcome yet."""
        sources = dict(self._query("SELECT source, state FROM turn"))
        open_turns = sum(1 for state in sources.values() if state != "ended")
        unheard = sum(
            1
            for message in self._asked
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
        self._standins.faults[DISCORD].clear()
        self._standins.faults[MODEL].clear()
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
