"""Commit every event before anything is done about it.

One queue keeps arrival order (handlers overtake each other after their first await), one
consumer commits whatever waits in one batch. The row is a work item, not a "seen" flag.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import assert_never

import structlog

from bot import edits
from bot.domain import ThreadRef
from bot.errors import StoreError
from bot.events import (
    Action,
    Asked,
    ButtonPressed,
    Incoming,
    MaskPainted,
    MessageDeleted,
    MessageEdited,
    MessageReceived,
    PlaceDeleted,
    ReasonGiven,
    ResultCame,
    StopAsked,
    Verdict,
    WorkspaceJoined,
    WorkspaceLeft,
)
from bot.faults import fault_point
from bot.ports import Clock, Decision, Meter, Store
from bot.remarks import is_remark

log = structlog.get_logger(__name__)

# Bounded memory: about 10 MB of events; a bot that far behind refuses rather than grows.
MOST_WAITING = 10_000
# One commit takes about a millisecond whatever it holds; more per batch only adds delay.
MOST_PER_BATCH = 500
# Messages that are waited for to come again; each is an event and a task, about 5 kB.
MOST_MISSED = 1_000
_THREADED = (MessageReceived, Asked, ButtonPressed)
# Running and waiting together; who asks more at once is told to wait.
MOST_OPEN_PER_PERSON = 8


class EventIntake:
    """Take events from platforms and turn them into rows.

    `admitting()` is called when a batch was handed to the store, before its commit.
    `admitted(turn, thread, message)` is called after a turn's commit, `wished(turn)` after a
    stop or a cancel was committed, `left(platform, workspace)` after all turns of a workspace
    were cancelled, `lost(event)` when a message could not be stored. A platform that brings what
    was not taken again does so for `repeat_seconds(platform)`; until then nothing is lost.
    `is_command(words)` tells what is no edit of the picture that it replies to.
    """

    def __init__(
        self,
        store: Store,
        clock: Clock,
        meter: Meter,
        *,
        admins: frozenset[str],
        most_open: int = MOST_OPEN_PER_PERSON,
        admitting: Callable[[], None],
        admitted: Callable[[str, ThreadRef | None, MessageReceived | None], None],
        wished: Callable[[str], None],
        left: Callable[[str, str], None],
        lost: Callable[[MessageReceived], None],
        repeat_seconds: Callable[[str], float] = lambda platform: 0.0,
        is_command: Callable[[str], bool] = lambda words: words.startswith("/"),
    ) -> None:
        self._store = store
        self._clock = clock
        self._meter = meter
        self._admins = admins
        self._most_open = most_open
        self._admitting = admitting
        self._admitted = admitted
        self._wished = wished
        self._left = left
        self._lost = lost
        self._repeat_seconds = repeat_seconds
        self._is_command = is_command
        self._missed: dict[tuple[ThreadRef, str], asyncio.Task[None]] = {}
        self._queue: asyncio.Queue[tuple[Incoming, asyncio.Future[Decision]]] = asyncio.Queue(
            MOST_WAITING
        )
        self._open = True
        self._listening: set[tuple[str, str, str]] = set()

    async def load(self, platform: str) -> None:
        """Learn in which channels every message is a question. Call it before events come."""
        for workspace, channel in await self._store.listening(platform):
            self._listening.add((platform, workspace, channel))

    def listens(self, platform: str, workspace: str, channel: str) -> bool:
        """Tell whether every message of a channel is a question."""
        return (platform, workspace, channel) in self._listening

    def listen(self, platform: str, workspace: str, channel: str, to_all: bool) -> None:
        """Know that this was set, or taken back, for a channel."""
        if to_all:
            self._listening.add((platform, workspace, channel))
        else:
            self._listening.discard((platform, workspace, channel))

    async def follows(self, thread: ThreadRef) -> bool:
        """Tell whether a thread is followed; see `bot.ports.Intake`."""
        try:
            return await self._store.is_followed(thread)
        except StoreError:
            return False

    def put(self, event: Incoming) -> asyncio.Future[Decision]:
        """Queue an event; see `bot.ports.Intake`."""
        future: asyncio.Future[Decision] = asyncio.get_running_loop().create_future()
        # A handler may not care for the verdict; then nobody is to be warned of its error.
        future.add_done_callback(_retrieve)
        if not self._open:
            future.set_exception(StoreError("The bot is shutting down."))
            return future
        try:
            self._queue.put_nowait((event, future))
        except asyncio.QueueFull:
            self._meter.count("intake_events", verdict="overflow")
            if isinstance(event, MessageReceived) and event.addressed:
                self._miss(event)
            future.set_exception(StoreError("Too many events are waiting."))
        return future

    def close(self) -> None:
        """Take nothing more: what comes now is read again by the next start's catch-up."""
        self._open = False
        for task in list(self._missed.values()):
            task.cancel()

    async def run(self) -> None:
        """Commit waiting events, for ever."""
        while True:
            batch = [await self._queue.get()]
            while len(batch) < MOST_PER_BATCH and not self._queue.empty():
                batch.append(self._queue.get_nowait())
            await self._commit(batch)

    async def _commit(self, batch: list[tuple[Incoming, asyncio.Future[Decision]]]) -> None:
        fault_point("before:admit")
        # The store takes operations in the order in which they are handed over.
        waiting = asyncio.gather(
            *(self._admit(event) for event, _ in batch),
            return_exceptions=True,
        )
        self._admitting()
        decisions = await waiting
        fault_point("after:admit")
        for (event, future), decision in zip(batch, decisions, strict=True):
            if isinstance(decision, BaseException):
                await self._refuse(event, future, decision)
            else:
                self._accept(event, future, decision)
        self._meter.gauge("intake_waiting", self._queue.qsize())

    async def _admit(self, event: Incoming) -> Decision:
        # Stamped as it is handed over: times then order as the store took things.
        now = self._clock.now()
        event = self._promote(event)
        if isinstance(event, MessageReceived):
            event = self._find_edit(event)
        return await self._store.admit(event, now, self._most_open)

    def _find_edit(self, event: MessageReceived) -> MessageReceived:
        """Find out whether a message asks for an edited picture, or for nothing."""
        if event.unreadable or event.edit is not None:
            return event
        edit, replied = edits.find(
            event.text, replies=bool(event.reply_to), is_command=self._is_command(event.text)
        )
        if edit is not None:
            return replace(event, edit=edit, edit_replied=replied)
        # What comes with a file is about that.
        remarks = bool(event.reply_to) and not event.attachments and is_remark(event.text)
        return replace(event, remark=True) if remarks else event

    def _promote(self, event: Incoming) -> Incoming:
        """Give the ids in ADMIN_IDS an admin's rights."""
        match event:
            case MessageDeleted() | PlaceDeleted() | WorkspaceLeft() | WorkspaceJoined():
                return event
            case MaskPainted() | ResultCame():
                return event
            case MessageReceived() | Asked() | ButtonPressed() | StopAsked():
                platform = event.thread.platform
            case MessageEdited() | ReasonGiven():
                platform = event.platform
            case _:
                assert_never(event)
        if f"{platform}:{event.author.id}" not in self._admins:
            return event
        author = replace(event.author, moderator=True, admin=True, rights_unknown=False)
        return replace(event, author=author)

    def _accept(
        self, event: Incoming, future: asyncio.Future[Decision], decision: Decision
    ) -> None:
        self._meter.count("intake_events", verdict=decision.verdict)
        if decision.verdict is Verdict.ADMITTED:
            message = event if isinstance(event, MessageReceived) else None
            own = event.thread if isinstance(event, _THREADED) else None
            self._admitted(decision.turn, decision.thread or own, message)
        if decision.verdict is Verdict.DONE:
            self._pass_on(event, decision)
        if not future.done():
            future.set_result(decision)

    def _pass_on(self, event: Incoming, decision: Decision) -> None:
        """Let what is under way know what was decided about it."""
        match event:
            case MessageDeleted() | StopAsked() | ButtonPressed(action=Action.STOP) if (
                decision.turn
            ):
                self._wished(decision.turn)
            case WorkspaceLeft():
                self._left(event.platform, event.workspace)
            case _:
                pass

    async def _refuse(
        self, event: Incoming, future: asyncio.Future[Decision], error: BaseException
    ) -> None:
        if not isinstance(error, Exception):
            raise error
        self._meter.count("intake_events", verdict="failed")
        log.error("event not stored", event_type=type(event).__name__, error=str(error))
        if isinstance(event, MessageReceived) and await self._is_ours(event):
            self._miss(event)
        if not future.done():
            future.set_exception(error if isinstance(error, StoreError) else StoreError(str(error)))

    def _miss(self, event: MessageReceived) -> None:
        """Say that a message could not be stored, unless the platform brings it again."""
        wait = self._repeat_seconds(event.thread.platform)
        key = (event.thread, event.message)
        if wait <= 0 or len(self._missed) >= MOST_MISSED:
            self._lost(event)
        elif key not in self._missed:
            task = self._missed[key] = asyncio.create_task(self._take_again(event, wait))
            task.add_done_callback(lambda _: self._missed.pop(key, None))

    async def _take_again(self, event: MessageReceived, wait: float) -> None:
        """Take a message once more when the platform has brought it for the last time.

        If it was taken meanwhile this changes nothing.
        """
        await self._clock.sleep(wait)
        try:
            decision = await self._admit(event)
        except StoreError:
            self._lost(event)
        else:
            self._accept(event, asyncio.get_running_loop().create_future(), decision)

    async def _is_ours(self, event: MessageReceived) -> bool:
        """Tell whether somebody waits for an answer to what could not be stored."""
        return event.addressed or await self.follows(event.thread)


def _retrieve(future: asyncio.Future[Decision]) -> None:
    """Mark a future's error as seen."""
    if not future.cancelled():
        future.exception()
