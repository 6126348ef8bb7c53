"""The bot as a child process: started, killed, started again, and never left behind."""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import os
import signal
import sys
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

State = Literal["starting", "running", "killed", "exited"]

# The bot gives running turns 25 s to finish after SIGTERM; a little more for it to close.
STOP_GRACE_SECONDS = 30.0
TAIL_BYTES = 4096
TAIL_LINES = 12

_PR_SET_PDEATHSIG = 1  # https://man7.org/linux/man-pages/man2/PR_SET_PDEATHSIG.2const.html
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


@dataclass(frozen=True, slots=True)
class Status:
    """How the bot's process is: `code` and the last `lines` are set once it has ended.

    While it is running, `missing` are the platforms that it is not connected to yet.
    """

    state: State
    pid: int | None = None
    code: int | None = None
    lines: tuple[str, ...] = ()
    since: int = 0
    missing: tuple[str, ...] = ()


def _die_with(parent: int) -> Callable[[], None]:
    """Return what the child runs before exec, so that it cannot outlive `parent`."""

    def leash() -> None:
        if _libc is not None:
            _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
            if os.getppid() != parent:  # the parent died before the leash was on
                os._exit(1)

    return leash


class BotProcess:
    """Run `argv` as a child, its output in the file `log`; `changed` hears of every change.

    It is running when it is connected to the first of `platforms`.
    """

    def __init__(
        self,
        argv: Sequence[str],
        env: Mapping[str, str],
        log: Path,
        changed: Callable[[Status], None],
        platforms: Collection[str] = ("",),
    ) -> None:
        self.status = Status("exited", since=_now())
        self._argv = list(argv)
        self._env = dict(env)
        self._log = log
        self._changed = changed
        self._platforms = frozenset(platforms)
        self._missing = set(self._platforms)
        self._process: asyncio.subprocess.Process | None = None
        self._watch: asyncio.Task[None] | None = None
        self._killing = False
        self._starting = asyncio.Lock()

    @property
    def alive(self) -> bool:
        """Tell whether the process exists."""
        return self._process is not None and self._process.returncode is None

    async def start(self) -> None:
        """Start the bot unless it is already there."""
        async with self._starting:
            if self.alive:
                return
            if self._watch is not None:
                await self._watch
            self._killing = False
            self._missing = set(self._platforms)
            with self._log.open("ab") as output:
                offset = output.tell()
                # A session of its own: Ctrl-C reaches us alone, and we stop it in order.
                self._process = await asyncio.create_subprocess_exec(
                    *self._argv,
                    env=self._env,
                    stdin=asyncio.subprocess.DEVNULL,
                    stdout=output,
                    stderr=output,
                    start_new_session=True,
                    preexec_fn=_die_with(os.getpid()),
                )
            self._set(Status("starting", pid=self._process.pid, since=_now()))
            self._watch = asyncio.create_task(self._wait(self._process, offset))

    def connected(self, platform: str = "") -> None:
        """Note that the bot is connected to a platform."""
        if not self.alive or platform not in self._missing:
            return
        self._missing.discard(platform)
        missing = tuple(sorted(self._missing))
        self._set(Status("running", pid=self.status.pid, since=_now(), missing=missing))

    async def kill(self) -> None:
        """Kill the bot as a power cut would: SIGKILL, no goodbye."""
        if self._process is not None and self.alive:
            self._killing = True
            self._signal(signal.SIGKILL)
        if self._watch is not None:
            await self._watch

    async def stop(self, grace: float = STOP_GRACE_SECONDS) -> None:
        """Ask the bot to end, wait for it, and kill it if it does not within `grace` seconds."""
        if self.alive and self._watch is not None:
            self._signal(signal.SIGTERM)
            try:
                await asyncio.wait_for(asyncio.shield(self._watch), grace)
            except TimeoutError:
                await self.kill()

    def _signal(self, number: signal.Signals) -> None:
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                self._process.send_signal(number)

    async def _wait(self, process: asyncio.subprocess.Process, offset: int) -> None:
        """Report the end of `process`, with what it wrote last."""
        code = await process.wait()
        lines = () if self._killing else await asyncio.to_thread(_tail, self._log, offset)
        state: State = "killed" if self._killing else "exited"
        self._set(Status(state, code=code, lines=lines, since=_now()))

    def _set(self, status: Status) -> None:
        self.status = status
        self._changed(status)


def _tail(log: Path, offset: int) -> tuple[str, ...]:
    """Return the last lines that were written after `offset`."""
    with log.open("rb") as file:
        end = file.seek(0, os.SEEK_END)
        file.seek(max(offset, end - TAIL_BYTES))
        text = file.read().decode("utf-8", "replace")
    return tuple(line for line in text.splitlines() if line.strip())[-TAIL_LINES:]


def _now() -> int:
    return int(time.time() * 1000)
