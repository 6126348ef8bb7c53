"""Start bots from the victim process, and kill them from outside."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent.parent


@dataclass(frozen=True, slots=True)
class Order:
    """How one bot shall live and die: at the `nth` passing of `point`, if it is named.

    It touches the file `level` once it knows all that it missed.

    `rest` is what its platform adds: the `port` of its own surface, Slack's limits.
    """

    env: Mapping[str, str]
    log: Path
    trace: Path
    level: Path
    point: str = ""
    nth: int = 1
    look: bool = True
    rest: Mapping[str, Any] = field(default_factory=dict)

    def encode(self) -> bytes:
        """Return the line that the victim process reads."""
        fields: dict[str, Any] = {
            "env": dict(self.env),
            "log": str(self.log),
            "trace": str(self.trace),
            "level": str(self.level),
            "point": self.point,
            "nth": self.nth,
            "look": self.look,
            **self.rest,
        }
        return json.dumps(fields).encode() + b"\n"


class Nursery:
    """One forking process, and at most one bot of it at a time."""

    def __init__(self) -> None:
        self._process: asyncio.subprocess.Process | None = None
        self._over: asyncio.Task[int] | None = None
        self.pid = 0

    async def open(self) -> None:
        """Start the forking process."""
        self._process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "tests.chaos.victim",
            cwd=ROOT,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )

    async def close(self) -> None:
        """End the bot, if one lives, and the forking process."""
        self.kill()
        if self._over is not None:
            await self._over
        if self._process is not None and self._process.stdin is not None:
            self._process.stdin.close()
            await self._process.wait()

    async def start(self, order: Order) -> None:
        """Fork a bot."""
        assert self._process is not None and self._process.stdin is not None
        self._process.stdin.write(order.encode())
        self.pid = (await self._answer())["pid"]
        self._over = asyncio.create_task(self._wait())

    @property
    def alive(self) -> bool:
        """Tell whether the bot's process exists."""
        return self._over is not None and not self._over.done()

    def kill(self) -> None:
        """Kill the bot as a power cut would."""
        self._signal(signal.SIGKILL)

    async def stop(self, within: float) -> int:
        """Ask the bot to end and return its exit code."""
        self._signal(signal.SIGTERM)
        return await self.over(within)

    async def over(self, within: float) -> int:
        """Wait for the bot's end and return its exit code, -9 if it was killed."""
        assert self._over is not None
        return await asyncio.wait_for(asyncio.shield(self._over), within)

    def _signal(self, number: signal.Signals) -> None:
        if self.alive:
            # It may have ended just now, and we have yet to be told.
            with suppress(ProcessLookupError):
                os.kill(self.pid, number)

    async def _wait(self) -> int:
        return int((await self._answer())["status"])

    async def _answer(self) -> dict[str, Any]:
        assert self._process is not None and self._process.stdout is not None
        line = await self._process.stdout.readline()
        if not line:
            raise RuntimeError("the victim process ended by itself; its errors are above")
        answer: dict[str, Any] = json.loads(line)
        return answer
