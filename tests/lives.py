"""Let a whole program die inside the test's process, as SIGKILL would have it.

What a `Life` starts (its tasks, and the connections that they open) dies with it: sockets are
reset, nothing can be sent or stored any more, and only then are its tasks cancelled, so that
no `finally` of theirs can put anything in order.
"""

from __future__ import annotations

import asyncio
import weakref
from collections.abc import Callable, Coroutine
from contextvars import ContextVar, copy_context
from typing import Any, TypeVar

T = TypeVar("T")

_LIFE: ContextVar[Life | None] = ContextVar("life", default=None)


def current() -> Life | None:
    """Return the life that the running code belongs to."""
    return _LIFE.get()


class Life:
    """One run of a program. `at_death` are called first: what else must not work any more."""

    def __init__(self) -> None:
        self.dead = False
        self.at_death: list[Callable[[], None]] = []
        self._tasks: weakref.WeakSet[asyncio.Task[Any]] = weakref.WeakSet()
        self._transports: weakref.WeakSet[asyncio.BaseTransport] = weakref.WeakSet()
        asyncio.get_running_loop().set_task_factory(_make_task)

    def start(self, work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        """Run a coroutine as part of this life."""
        context = copy_context()
        context.run(_LIFE.set, self)
        return asyncio.get_running_loop().create_task(work, context=context)

    def adopt(self, transport: asyncio.BaseTransport) -> None:
        """Know a connection, to reset it at death."""
        self._transports.add(transport)

    async def end(self) -> None:
        """Die."""
        self.dead = True
        for each in self.at_death:
            each()
        for transport in list(self._transports):
            if isinstance(transport, asyncio.WriteTransport):
                transport.abort()
        while tasks := [task for task in self._tasks if not task.done()]:
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks, timeout=1)

    def _bear(self, task: asyncio.Task[Any]) -> None:
        self._tasks.add(task)


def _make_task(loop: asyncio.AbstractEventLoop, work: Any, **options: Any) -> asyncio.Task[Any]:
    """Make a task and count it to the life that its context belongs to."""
    task = asyncio.Task(work, loop=loop, **options)
    context = options.get("context")
    life = context.get(_LIFE) if context is not None else _LIFE.get()
    if life is not None:
        life._bear(task)
    return task
