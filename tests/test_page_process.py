"""The bot as a child: started, killed, started again, reported, and never left behind."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from adapters.playground.process import BotProcess, Status

Make = Callable[[str], BotProcess]

READY = "print('ready', flush=True)\n"
SLEEP = f"import time\n{READY}time.sleep(60)"
DEAF = f"import signal, time\nsignal.signal(15, signal.SIG_IGN)\n{READY}time.sleep(60)"
POLITE = (
    f"import signal, sys, time\nsignal.signal(15, lambda *_: sys.exit(7))\n{READY}time.sleep(60)"
)


class Watched:
    """Remember every status and let a test wait for one."""

    def __init__(self) -> None:
        self.seen: list[Status] = []
        self._news = asyncio.Event()

    def __call__(self, status: Status) -> None:
        self.seen.append(status)
        self._news.set()

    async def until(self, state: str) -> Status:
        async with asyncio.timeout(10):
            while not self.seen or self.seen[-1].state != state:
                self._news.clear()
                await self._news.wait()
        return self.seen[-1]


@pytest.fixture
def watched() -> Watched:
    return Watched()


@pytest.fixture
async def make(tmp_path: Path, watched: Watched) -> AsyncIterator[Make]:
    made: list[BotProcess] = []

    def build(code: str) -> BotProcess:
        argv = [sys.executable, "-c", code]
        made.append(BotProcess(argv, os.environ, tmp_path / "bot.log", watched))
        return made[-1]

    yield build
    for process in made:
        await process.kill()


async def _ready(log: Path, times: int = 1) -> None:
    async with asyncio.timeout(10):
        while not log.exists() or log.read_text().count("ready") < times:
            await asyncio.sleep(0.01)


async def test_kill_is_sudden_and_start_brings_it_back(
    make: Make, watched: Watched, tmp_path: Path
) -> None:
    process = make(DEAF)
    await process.start()
    await _ready(tmp_path / "bot.log")
    first = process.status.pid
    process.connected()
    await process.kill()
    assert watched.seen[-1].state == "killed"
    assert watched.seen[-1].code == -signal.SIGKILL
    assert not process.alive
    await process.start()
    assert process.status.pid != first
    assert [status.state for status in watched.seen] == [
        "starting",
        "running",
        "killed",
        "starting",
    ]


async def test_reports_a_death_with_its_code_and_this_runs_last_lines(
    make: Make, watched: Watched, tmp_path: Path
) -> None:
    (tmp_path / "bot.log").write_text("of an earlier run\n")
    process = make("import sys\nfor n in range(40): print('line', n)\nsys.exit(71)")
    await process.start()
    status = await watched.until("exited")
    assert status.code == 71
    assert status.lines[-1] == "line 39"
    assert "of an earlier run" not in status.lines


async def test_starting_twice_starts_one(make: Make, watched: Watched) -> None:
    process = make(SLEEP)
    await asyncio.gather(process.start(), process.start())
    assert len(watched.seen) == 1


async def test_stop_lets_it_finish(make: Make, watched: Watched, tmp_path: Path) -> None:
    process = make(POLITE)
    await process.start()
    await _ready(tmp_path / "bot.log")
    await process.stop()
    assert watched.seen[-1].state == "exited"
    assert watched.seen[-1].code == 7


async def test_stop_kills_what_does_not_listen(make: Make, tmp_path: Path) -> None:
    process = make(DEAF)
    await process.start()
    await _ready(tmp_path / "bot.log")
    await process.stop(grace=0.05)
    assert process.status.code == -signal.SIGKILL


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child of its parent's end")
async def test_the_child_does_not_outlive_a_killed_parent(tmp_path: Path) -> None:
    parent = f"""
import asyncio, os, sys
from pathlib import Path
from adapters.playground.process import BotProcess
async def main():
    argv = [sys.executable, "-c", {DEAF!r}]
    process = BotProcess(argv, os.environ, Path({str(tmp_path / "log")!r}), print)
    await process.start()
    print(process.status.pid, flush=True)
    await asyncio.sleep(60)
asyncio.run(main())
"""
    running = await asyncio.create_subprocess_exec(
        sys.executable, "-c", parent, stdout=asyncio.subprocess.PIPE
    )
    assert running.stdout is not None
    await running.stdout.readline()
    child = int(await running.stdout.readline())
    await _ready(tmp_path / "log")
    running.kill()
    await running.wait()
    async with asyncio.timeout(10):
        while _exists(child):
            await asyncio.sleep(0.01)


def _exists(pid: int) -> bool:
    """Tell whether a process runs (one that is dead and not yet reaped does not)."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False
