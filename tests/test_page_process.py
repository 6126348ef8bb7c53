"""The bot as a child: started, killed, started again, reported, and never left behind."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
from aiohttp import ClientSession

from adapters.playground.process import BotProcess, Status
from tests import patience

ROOT = Path(__file__).parent.parent

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
        async with asyncio.timeout(patience.SECONDS):
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
    async with asyncio.timeout(patience.SECONDS):
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


async def test_it_is_running_at_the_first_connection_and_says_what_is_still_missing(
    watched: Watched, tmp_path: Path
) -> None:
    argv = [sys.executable, "-c", SLEEP]
    log = tmp_path / "bot.log"
    process = BotProcess(argv, os.environ, log, watched, ("discord", "slack"))
    process.connected("discord")  # of a bot that is not there
    await process.start()
    try:
        process.connected("slack")
        assert (watched.seen[-1].state, watched.seen[-1].missing) == ("running", ("discord",))
        process.connected("slack")
        process.connected("discord")
        assert [status.missing for status in watched.seen[1:]] == [("discord",), ()]
    finally:
        await process.kill()


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
    async with asyncio.timeout(patience.SECONDS):
        while _exists(child):
            await asyncio.sleep(0.01)


# --- the whole playground -----------------------------------------------------------------


def free_port() -> int:
    """Return a port that was free a moment ago."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


Play = Callable[..., Awaitable[asyncio.subprocess.Process]]


@pytest.fixture
async def play(tmp_path: Path) -> AsyncIterator[Play]:
    """Start it as `make run` does, its errors among what it says; leave none behind."""
    started: list[asyncio.subprocess.Process] = []

    async def start(**settings: str) -> asyncio.subprocess.Process:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "bot",
            "run",
            cwd=tmp_path,
            env={
                "PATH": os.environ["PATH"],
                "PYTHONPATH": str(ROOT),
                "DATA_DIR": str(tmp_path / "data"),
                "PLAYGROUND_PORT": str(free_port()),
                "HTTP_PORT": str(free_port()),
                **settings,
            },
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        if process.returncode is None:
            process.kill()  # its bot goes with it
            await process.wait()


async def _until(process: asyncio.subprocess.Process, words: str) -> str:
    """Return what it says up to a line with these words."""
    assert process.stdout is not None
    said = ""
    async with asyncio.timeout(patience.SECONDS):
        while words not in said:
            line = await process.stdout.readline()
            assert line, said
            said += line.decode()
    return said


async def _state(said: str) -> dict[str, object]:
    """Return the bot's process as the page is told it, once it runs."""
    (url,) = [word for word in said.split() if word.startswith("http://127.0.0.1")]
    async with ClientSession() as http, asyncio.timeout(patience.SECONDS):
        while True:
            async with http.get(f"{url}page/state") as answer:
                process: dict[str, object] = (await answer.json())["process"]
            if process["state"] == "running":
                return process
            await asyncio.sleep(0.05)


async def test_a_folder_that_cannot_be_made_ends_in_words(play: Play) -> None:
    # Not even root can make a folder there.
    process = await play(DATA_DIR="/proc/foo")
    said = (await process.communicate())[0].decode()
    assert process.returncode == 73
    assert "Cannot write in /proc/foo" in said
    assert "Traceback" not in said


@pytest.mark.parametrize("broken", ["playground/history.jsonl", "playground/bot.log", "bot"])
async def test_files_that_cannot_be_written_end_in_words(
    tmp_path: Path, play: Play, broken: str
) -> None:
    odd = tmp_path / "data" / broken
    odd.parent.mkdir(parents=True)
    # A folder where a file belongs, and the other way round.
    if broken == "bot":
        odd.touch()
    else:
        odd.mkdir()
    process = await play()
    said = (await process.communicate())[0].decode()
    assert process.returncode == 73
    assert "Cannot write" in said
    assert "Traceback" not in said


async def test_a_bot_that_cannot_start_ends_the_playground_with_its_code(play: Play) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        process = await play(HTTP_PORT=str(taken.getsockname()[1]))
        async with asyncio.timeout(patience.SECONDS):
            said = (await process.communicate())[0].decode()
    assert process.returncode == 71
    assert "HTTP_PORT" in said
    assert "is in use" in said


async def test_what_it_keeps_is_for_its_owner_alone_and_ctrl_c_is_no_failure(
    tmp_path: Path, play: Play
) -> None:
    process = await play()
    await _state(await _until(process, "Ctrl-C"))
    process.send_signal(signal.SIGINT)
    said = await _until(process, "Stopping")
    assert "up to 25 s" in said
    assert "again ends now" in said
    assert await asyncio.wait_for(process.wait(), patience.SECONDS) == 0
    kept = [tmp_path / "data", *(tmp_path / "data").rglob("*")]
    assert {"bot.log", "history.jsonl", "world.jsonl"} <= {path.name for path in kept}
    assert [path for path in kept if path.stat().st_mode & 0o077] == []


@pytest.mark.skipif(sys.platform != "linux", reason="looks at a stopped process")
async def test_ctrl_c_again_ends_at_once(play: Play) -> None:
    process = await play()
    state = await _state(await _until(process, "Ctrl-C"))
    bot = int(str(state["pid"]))
    os.kill(bot, signal.SIGSTOP)  # as if its answers took their time
    process.send_signal(signal.SIGINT)
    begun = time.monotonic()
    # What passes a Ctrl-C on twice is not a person who cannot wait.
    process.send_signal(signal.SIGINT)
    await _until(process, "Stopping")
    async with asyncio.timeout(patience.SECONDS):
        while process.returncode is None:
            # Its own send_signal would look first whether it has ended, and take the exit code
            # away from whoever waits for it.
            with contextlib.suppress(ProcessLookupError):
                os.kill(process.pid, signal.SIGINT)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(process.wait(), 0.1)
    assert process.returncode == 130
    assert time.monotonic() - begun >= 0.4
    assert not _exists(bot)


def _exists(pid: int) -> bool:
    """Tell whether a process runs (one that is dead and not yet reaped does not)."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False
