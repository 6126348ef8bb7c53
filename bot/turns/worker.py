"""Claim turns, run them side by side, and stop without losing one."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import structlog

from bot import notices
from bot.domain import ThreadRef, Turn, TurnState
from bot.errors import BotError, PlatformError, StoreError
from bot.events import MessageReceived, Post
from bot.faults import transition
from bot.ports import Purpose
from bot.turns.bookkeeping import Bookkeeping
from bot.turns.lease import Lease
from bot.turns.marks import Marks
from bot.turns.nonces import nonce
from bot.turns.retention import Retention
from bot.turns.run import TurnRun
from bot.turns.services import Services

log = structlog.get_logger(__name__)

# Bounded work: each running turn holds a backend stream (16 to 80 KB) and three tasks.
MOST_RUNNING = 256
# Of one person, wherever they ask: what is more waits, with the mark of waiting.
MOST_RUNNING_OF_PERSON = 3
# A safety net: every change that makes a turn claimable also wakes us.
RECHECK_SECONDS = 5.0
MEASURE_SECONDS = 5.0
GRACE_SECONDS = 25.0
LOST_NOTICE_MS = 60_000
CANCEL_SECONDS = 5.0
AGAIN_SECONDS = 30.0
MOST_EARLY_WISHES = 1_000


class Worker:
    """Run this process's share of the open turns."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._lease: Lease = services.lease
        self._runs: dict[str, TurnRun] = {}
        self._turns: set[asyncio.Task[None]] = set()
        self._beside: set[asyncio.Task[None]] = set()
        self._early_wishes: dict[str, None] = {}
        self._busy: dict[ThreadRef, str] = {}
        self._marks: dict[str, Marks] = {}
        self._lost_at: dict[str, int] = {}
        self._wake = asyncio.Event()
        self._stopping = False
        self._also: list[Callable[[], Coroutine[Any, Any, None]]] = []

    @property
    def running(self) -> int:
        """Return how many turns are under way here."""
        return len(self._runs)

    def also(self, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Do this beside the turns as well, from `run` on."""
        self._also.append(work)

    async def start(self) -> None:
        """Take over what dead processes left. Call it once, before `run`.

        The caller holds the lock that makes this the only process, so every other worker in
        the table is dead.
        """
        await transition("bury_others", self._services.store.bury_others(self._lease.worker))
        await transition("beat", self._lease.beat())
        self._wake.set()

    async def run(self) -> None:
        """Claim and run turns, for ever."""
        self._marks = {name: Marks(name, self._services) for name in self._services.platforms}
        for marks in self._marks.values():
            await marks.load()
        beat = asyncio.create_task(self._lease.run())
        self._spawn(self._measure())
        self._spawn(self._services.alerts.run())
        self._spawn(Retention(self._services).run())
        self._spawn(Bookkeeping(self._services).run())
        for work in self._also:
            self._spawn(work())
        try:
            while True:
                await self._woken()
                if not self._stopping:
                    await self._claim()
        finally:
            beat.cancel()

    async def _measure(self) -> None:
        """Tell the meter how many turns wait."""
        while True:
            await self._services.clock.sleep(MEASURE_SECONDS)
            try:
                for state, turns in (await self._services.store.count_open()).items():
                    self._services.meter.gauge("turns_open", turns, state=state)
            except StoreError as error:
                log.warning("turns not counted", error=str(error))

    async def close(self, grace: float = GRACE_SECONDS) -> None:
        """Let running turns end for `grace` seconds; the next start resumes the others."""
        self._stopping = True
        if self._turns:
            log.info("waiting for running turns", turns=len(self._turns))
            await asyncio.wait(self._turns, timeout=grace)
        left = self._turns | self._beside
        for task in left:
            task.cancel()
        if left:
            # A platform that does not answer may not keep the process from ending.
            await asyncio.wait(left, timeout=CANCEL_SECONDS)
        for marks in self._marks.values():
            await marks.close()
        try:
            await self._services.store.retire(self._lease.worker)
        except StoreError as error:
            log.error("worker not retired", error=str(error))

    # --- wake-ups, from intake ------------------------------------------------------------

    def admitting(self) -> None:
        """Know that events are being committed: a claim asked for now shares their commit."""
        self._wake.set()

    def admitted(
        self, turn: str, thread: ThreadRef | None, message: MessageReceived | None
    ) -> None:
        """Know that a turn was committed, in a conversation."""
        waits = thread is not None and self._busy.get(thread, turn) != turn
        waits = waits or (turn not in self._runs and self._has_enough(message))
        if message is not None and waits and message.thread.platform in self._marks:
            self._marks[message.thread.platform].put(turn, message)
        if turn not in self._runs:
            self._wake.set()

    def _has_enough(self, message: MessageReceived | None) -> bool:
        """Tell whether as many questions of a message's author are under way as may be."""
        if message is None:
            return False
        who = message.thread.platform, message.author.id
        running = (
            run.turn
            for run in self._runs.values()
            if (run.turn.thread.platform, run.turn.author.id) == who
        )
        return sum(1 for _ in running) >= MOST_RUNNING_OF_PERSON

    def wished(self, turn: str) -> None:
        """Know that a stop or a cancel was committed."""
        run = self._runs.get(turn)
        if run is not None:
            run.wish.set()
        else:
            # Its claim may have been read from the store just before the wish was written.
            # Of wishes that nobody came for the oldest go, so that the newest always count.
            self._early_wishes[turn] = None
            if len(self._early_wishes) > MOST_EARLY_WISHES:
                del self._early_wishes[next(iter(self._early_wishes))]

    def left(self, platform: str, workspace: str) -> None:
        """Know that all turns of a workspace were cancelled: the bot was removed from it."""
        for run in self._runs.values():
            thread = run.turn.thread
            if (thread.platform, thread.workspace) == (platform, workspace):
                run.wish.set()
        if platform in self._marks:
            self._marks[platform].take_all(workspace)

    def lost(self, message: MessageReceived) -> None:
        """Tell, unstored, that a message could not be stored; once a minute a channel."""
        now = self._services.clock.now()
        place = message.place
        if now - self._lost_at.get(place, 0) >= LOST_NOTICE_MS:
            self._lost_at = {
                key: at for key, at in self._lost_at.items() if now - at < LOST_NOTICE_MS
            }
            self._lost_at[place] = now
            self._spawn(self._tell_lost(message, place))

    async def _tell_lost(self, message: MessageReceived, place: str) -> None:
        platform = self._services.platforms[message.thread.platform]
        if platform.limits.always_threads:
            place = message.thread.thread
        # Where the platform brings things again, nothing is read again at a start.
        read_again = platform.limits.repeat_seconds <= 0
        post = Post(notices.out_of_storage(read_again=read_again), reply_to=message.message)
        try:
            await platform.post(place, post, nonce(message.message, Purpose.NOTICE, 0))
        except PlatformError as error:
            log.error("notice not deliverable", error=str(error))

    # --- claiming ---------------------------------------------------------------------------

    async def _woken(self) -> None:
        try:
            async with asyncio.timeout(RECHECK_SECONDS):
                await self._wake.wait()
        except TimeoutError:
            pass
        self._wake.clear()

    async def _claim(self) -> None:
        services = self._services
        while (room := MOST_RUNNING - len(self._runs)) > 0:
            try:
                if self._lease.left <= 0:
                    # Without a living heartbeat our own turns would look abandoned.
                    await self._lease.beat()
                turns = await transition(
                    "claim",
                    services.store.claim(
                        self._lease.worker, services.clock.now(), room, MOST_RUNNING_OF_PERSON
                    ),
                )
            except StoreError as error:
                log.error("claim failed", error=str(error))
                return
            for turn in turns:
                self._start(turn, fresh=turn.attempt == 1)
            services.meter.gauge("turns_running", len(self._runs))
            if len(turns) < room:
                return

    def _start(self, turn: Turn, *, fresh: bool = False) -> None:
        if turn.thread.platform not in self._services.platforms:
            return
        self._marks[turn.thread.platform].take(turn.id)
        run = TurnRun(turn, self._services, fresh=fresh)
        if turn.stop_requested or turn.cancel_requested or turn.id in self._early_wishes:
            run.wish.set()
        self._early_wishes.pop(turn.id, None)
        self._runs[turn.id] = run
        self._busy[turn.thread] = turn.id
        _keep(self._turns, asyncio.create_task(self._go(run)))

    async def _go(self, run: TurnRun) -> None:
        turn = run.turn
        try:
            await run.go()
        except BotError as error:
            log.error("turn left open", turn=turn.id, error=str(error))
            self._spawn(self._again(turn))
        except Exception:
            log.exception("turn left open", turn=turn.id)
            self._spawn(self._again(turn))
        finally:
            if self._runs.get(turn.id) is run:
                del self._runs[turn.id]
            if self._busy.get(turn.thread) == turn.id:
                del self._busy[turn.thread]
            self._wake.set()

    async def _again(self, turn: Turn) -> None:
        """Take a turn up again that the store or a fault of ours made us leave open."""
        await self._services.clock.sleep(AGAIN_SECONDS)
        try:
            now = await self._services.store.read(turn.id)
        except StoreError:
            self._spawn(self._again(turn))
            return
        if now is None or now.state is TurnState.ENDED or self._stopping:
            return
        if (now.worker, now.attempt) == (turn.worker, turn.attempt):
            self._start(now)

    def _spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Do something beside the turns."""
        return _keep(self._beside, asyncio.create_task(work))


def _keep(tasks: set[asyncio.Task[None]], task: asyncio.Task[None]) -> asyncio.Task[None]:
    """Hold a reference to a task until it is done: the loop itself holds none."""
    tasks.add(task)
    task.add_done_callback(tasks.discard)
    return task
