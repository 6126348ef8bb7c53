"""An event loop on virtual time: when nothing is left to do, the clock jumps to the next timer.

Real sockets on loopback and real threads go on in real time; the clock stands still for as
long as any of them has work under way, so that a timeout fires only if it would have fired
on an infinitely fast machine. Bytes between two of the loop's own sockets are counted, so that
it is known whether any are under way.
"""

from __future__ import annotations

import asyncio
import math
import os
import queue
import selectors
import socket
import time
import weakref
from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from contextvars import Context
from typing import Any, TypeVar, TypeVarTuple, Unpack, cast

import aiosqlite.core

from tests import lives

# The wall clock at virtual second 0: 2026-01-01T00:00:00Z. Fixed, so that runs repeat.
START_MS = 1_767_225_600_000

# How long real work may hold the clock before the test is told what hangs.
STALL_SECONDS = 30.0
# More than the nanosecond by which a loop takes a timer for due too early.
SHORTEST_SECONDS = 1e-6

# A jump beyond this may fire a deadline, so bytes in flight on loopback get a moment more.
LONG_JUMP_SECONDS = 0.5

_T = TypeVar("_T")
_Ts = TypeVarTuple("_Ts")


class Stalled(RuntimeError):
    """Nothing can happen any more: no timer, no bytes, no thread at work."""


class Wire:
    """What is under way between sockets of one loop, as far as it can be known.

    `stirred`: a socket came, went or was watched for something else, so that more may be under
    way than the bytes that are counted (a connection, an end). `outside`: a pipe to a child
    was opened, and what a child does nobody can count.
    """

    def __init__(self) -> None:
        self.bytes = 0
        self.stirred = True
        self.outside = False

    def is_still(self) -> bool:
        """Tell whether nothing can arrive any more."""
        return self.bytes == 0 and not self.stirred and not self.outside

    def settle(self) -> None:
        """Know that whatever was to arrive has arrived, or never will: its reader is gone."""
        self.bytes = 0
        self.stirred = False


class _CountedSocket(socket.socket):
    """A socket that tells its wire what goes in and what comes out."""

    wire: Wire

    def send(self, *args: Any) -> int:
        sent = super().send(*args)
        self.wire.bytes += sent
        return sent

    def recv(self, *args: Any) -> bytes:
        got = super().recv(*args)
        self.wire.bytes -= len(got)
        return got

    def recv_into(self, *args: Any) -> int:
        got = super().recv_into(*args)
        self.wire.bytes -= got
        return got

    def sendmsg(self, *args: Any) -> int:
        sent = super().sendmsg(*args)
        self.wire.bytes += sent
        return sent

    def shutdown(self, how: int) -> None:
        self.wire.stirred = True
        super().shutdown(how)


class VirtualLoop(asyncio.SelectorEventLoop):
    """Run callbacks at once and let time pass only between them.

    `busy` holds questions "is work under way that I cannot see?" (a thread with a queue of
    its own); while one of them says yes, time stands still. Executors and aiosqlite are
    seen without being told.
    """

    def __init__(self) -> None:
        self.elapsed = 0.0
        self.jumps = 0
        self.busy: list[Callable[[], bool]] = []
        self.wire = Wire()
        self.looks: list[_Look] = []
        self._pending: weakref.WeakSet[asyncio.Future[Any]] = weakref.WeakSet()
        super().__init__(_JumpingSelector(self))

    def time(self) -> float:
        """Return the virtual seconds since the loop was made."""
        return self.elapsed

    def call_at(
        self,
        when: float,
        callback: Callable[[Unpack[_Ts]], object],
        *args: *_Ts,
        context: Context | None = None,
    ) -> asyncio.TimerHandle:
        """Set a timer; time passes before it, however little.

        The loop runs what is due within the clock's resolution without letting time pass: whoever
        waits for such a moment would find it not come yet, and wait again, for ever.
        """
        if 0 < when - self.elapsed < SHORTEST_SECONDS:
            when = self.elapsed + SHORTEST_SECONDS
        return super().call_at(when, callback, *args, context=context)

    def track(self, future: asyncio.Future[_T]) -> asyncio.Future[_T]:
        """Hold the clock until `future`, which a thread will finish, is done."""
        self._pending.add(future)
        future.add_done_callback(self._pending.discard)
        return future

    def run_in_executor(  # type: ignore[override]
        self, executor: Executor | None, func: Callable[..., _T], *args: Any
    ) -> asyncio.Future[_T]:
        """Run `func` in a thread and hold the clock meanwhile."""
        return self.track(super().run_in_executor(executor, func, *args))

    async def create_connection(self, *args: Any, **options: Any) -> Any:
        """Connect; the dead cannot, and connections of the living are known to die with them."""
        life = lives.current()
        if life is not None and life.dead:
            raise ConnectionRefusedError("this life is over")
        transport, protocol = await super().create_connection(*args, **options)
        if life is not None:
            life.adopt(transport)
        return transport, protocol

    def _make_socket_transport(self, sock: socket.socket, *args: Any, **options: Any) -> Any:
        """Count what goes through a connection."""
        blocks = sock.gettimeout()
        counted = _CountedSocket(sock.family, sock.type, sock.proto, sock.detach())
        counted.settimeout(blocks)
        counted.wire = self.wire
        return super()._make_socket_transport(counted, *args, **options)  # type: ignore[misc]

    def _make_read_pipe_transport(self, *args: Any, **options: Any) -> Any:
        """Know that a child may say something at any moment."""
        self.wire.outside = True
        return super()._make_read_pipe_transport(*args, **options)  # type: ignore[misc]

    def waits_for(self) -> str:
        """Name what holds the clock; empty if nothing does."""
        threads = [repr(future) for future in self._pending if not future.done()]
        asked = [repr(question) for question in self.busy if question()]
        return ", ".join(threads + asked)

    def is_held(self) -> bool:
        """Tell whether anything holds the clock."""
        if self._pending and any(not future.done() for future in self._pending):
            return True
        return any(question() for question in self.busy)

    def has_peers(self) -> bool:
        """Tell whether sockets other than the loop's own wake-up pipe are watched."""
        return len(self._selector.get_map()) > 1  # type: ignore[attr-defined]


class _Look:
    """Somebody who looks every so often, but only at what may be new.

    The looks that are left out would have found all as it was: `seen` is how often anything
    had stirred when they looked last.
    """

    def __init__(self, loop: VirtualLoop, every: float) -> None:
        self._loop = loop
        self._every = every
        self._last = loop.elapsed
        self._woken: asyncio.Future[None] | None = None
        self.seen = -1

    async def wait(self, deadline: float) -> None:
        """Wait until something has happened and it is time to look; at most to `deadline`."""
        self._last, self._woken = self._loop.elapsed, self._loop.create_future()
        end = self._loop.call_at(deadline, self.wake)
        self._loop.looks.append(self)
        try:
            await self._woken
        finally:
            end.cancel()
            self._loop.looks.remove(self)

    def wake(self) -> None:
        """Let them look now."""
        if self._woken is not None and not self._woken.done():
            self._woken.set_result(None)

    def moment(self) -> float:
        """Return the first moment to look at that is not over."""
        passed = (self._loop.elapsed - self._last) / self._every
        return self._last + max(1, math.ceil(passed)) * self._every


class _JumpingSelector(selectors.BaseSelector):
    """Poll in real time; where the loop would have slept, move its clock instead.

    `_stirs` is how often anything has happened.
    """

    def __init__(self, loop: VirtualLoop) -> None:
        self._loop = loop
        self._real = selectors.DefaultSelector()
        self._stirs = 0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """Return what is ready, or nothing after the clock has moved by `timeout`."""
        if timeout is not None and timeout <= 0:
            self._stirs += 1
            return self._real.select(0)
        # What holds the clock is asked before the look: what a thread ends in between is seen.
        quiet = self._loop.wire.is_still() and not self._loop.is_held()
        if ready := self._real.select(0):
            self._stirs += 1
            return ready
        if quiet and timeout is not None:
            return self._jump(timeout)
        started = time.monotonic()
        while True:
            held = self._loop.is_held()
            ready = self._settle(timeout)
            if ready:
                self._stirs += 1
                return ready
            if timeout is not None and not held:
                return self._jump(timeout)
            ready = self._real.select(0.02)
            if ready:
                self._stirs += 1
                return ready
            if time.monotonic() - started > STALL_SECONDS:
                held_by = self._loop.waits_for() or "nothing; there is no timer"
                raise Stalled(f"the clock is held by: {held_by}")

    def _jump(self, seconds: float) -> list[tuple[selectors.SelectorKey, int]]:
        """Let time pass to the next timer, or to a look before it at what has happened."""
        loop, then = self._loop, self._loop.elapsed + seconds
        loop.jumps += 1
        fresh = [(look.moment(), look) for look in loop.looks if look.seen != self._stirs]
        moment = min((moment for moment, _ in fresh), default=math.inf)
        if moment > then:
            self._stirs += 1
            loop.elapsed = then
            return []
        woken = [look for its, look in fresh if its == moment]
        for look in woken:
            look.seen = self._stirs
            look.wake()
        # In the same round others may look, or the next timer's callbacks run.
        if len(woken) > 1 or moment + SHORTEST_SECONDS >= then:
            self._stirs += 1
        loop.elapsed = moment
        return []

    def _settle(self, timeout: float | None) -> list[tuple[selectors.SelectorKey, int]]:
        """Give bytes that were just written to loopback the time to arrive.

        The kernel usually delivers them within the write itself, but under load it leaves
        that to a thread of its own (ksoftirqd), which needs a turn on the processor.
        """
        wire = self._loop.wire
        if wire.is_still() or not self._loop.has_peers():
            return self._real.select(0)
        for _ in range(3):
            os.sched_yield()
            if ready := self._real.select(0):
                return ready
        long = timeout is None or timeout > LONG_JUMP_SECONDS
        ready = self._real.select(0.002) if long else []
        if not ready:
            wire.settle()
        return ready

    def register(self, fileobj: Any, events: int, data: Any = None) -> selectors.SelectorKey:
        """Watch a file."""
        self._loop.wire.stirred = True
        return self._real.register(fileobj, events, data)

    def unregister(self, fileobj: Any) -> selectors.SelectorKey:
        """Watch a file no longer."""
        self._loop.wire.stirred = True
        return self._real.unregister(fileobj)

    def modify(self, fileobj: Any, events: int, data: Any = None) -> selectors.SelectorKey:
        """Watch a file for something else."""
        self._loop.wire.stirred = True
        return self._real.modify(fileobj, events, data)

    def close(self) -> None:
        """Close the real selector."""
        self._real.close()

    def get_map(self) -> Mapping[Any, selectors.SelectorKey]:
        """Return the files that are watched."""
        return self._real.get_map()


class VirtualClock:
    """Tell the time of the running loop; on a `VirtualLoop` it satisfies `bot.ports.Clock`.

    `skew_ms` moves the wall clock alone, as an administrator or NTP would.
    """

    def __init__(self, start_ms: int = START_MS) -> None:
        self.start_ms = start_ms
        self.skew_ms = 0

    def now(self) -> int:
        """Return UTC milliseconds."""
        return self.start_ms + self.skew_ms + round(self.monotonic() * 1000)

    def monotonic(self) -> float:
        """Return seconds that never jump."""
        return asyncio.get_running_loop().time()

    async def sleep(self, seconds: float) -> None:
        """Wait, in virtual time."""
        await asyncio.sleep(seconds)


class _WatchedQueue(queue.SimpleQueue[Any]):
    """Tell the virtual loop about each future that an aiosqlite thread is to finish."""

    def put_nowait(self, item: Any) -> None:
        future = item[0] if isinstance(item, tuple) and item else None
        if isinstance(future, asyncio.Future):
            loop = future.get_loop()
            if isinstance(loop, VirtualLoop):
                loop.track(future)
        super().put_nowait(item)


# aiosqlite hands work to its thread through a queue per connection and nothing else
# (aiosqlite/core.py, `Connection.__init__`), so the queue is where it can be seen.
cast(Any, aiosqlite.core).SimpleQueue = _WatchedQueue


async def until(
    predicate: Callable[[], object], *, within: float = 60.0, every: float = 0.05
) -> None:
    """Wait until `predicate()` is true, looking every `every` seconds of the loop's time.

    On virtual time it looks only where something has happened since: it must not ask the clock.
    """
    loop = asyncio.get_running_loop()
    deadline = loop.time() + within
    look = _Look(loop, every) if isinstance(loop, VirtualLoop) else None
    while not predicate():
        if loop.time() >= deadline:
            raise AssertionError(f"not within {within} s: {predicate}")
        await (look.wait(deadline) if look is not None else asyncio.sleep(every))
