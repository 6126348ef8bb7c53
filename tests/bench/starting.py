"""What a start costs: imports in fresh processes, then the whole bot until it hears."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from time import perf_counter

from tests.bench.figures import Figure
from tests.bench.processes import cpu_seconds, free_port, process, rss_megabytes
from tests.bench.watching import Watch
from tests.standins import DISCORD, SLACK, StandIns

FLOOR = "import discord, aiosqlite, msgspec, slack_bolt.async_app"
# What serving both platforms imports, also what it imports late.
OURS = """
import bot.__main__
import adapters.backends.chat_completions, adapters.backends.http, adapters.backends.models
import adapters.backends.router, adapters.discord.client, adapters.fetch
import adapters.files.reader, adapters.slack.client
import adapters.web.meter, adapters.web.surface, storage.blobs, storage.store
"""
COMMAND = "import bot.__main__"
FORBIDDEN = ("openai", "sqlalchemy", "PIL", "pypdf", "numpy", "adapters.playground")
# Neither platform's library without that platform.
DISCORD_ALONE = OURS.replace(", adapters.slack.client", "")
SLACK_ALONE = OURS.replace(", adapters.discord.client", "")
IDLE_MB = 75.0
IDLE_SECONDS = 1.0
BOTS = {"product": "bot", "bare": "tests.bench.bare"}
# Development brings rich and greenlet, which structlog then imports; a service has neither.
_HIDE = "import sys; sys.modules['rich'] = sys.modules['greenlet'] = None"
_TELL = """
import resource, sys
spent = resource.getrusage(resource.RUSAGE_SELF)
size = next(line for line in open("/proc/self/status") if line.startswith("VmHWM")).split()[1]
print(spent.ru_utime + spent.ru_stime, int(size) / 1024, *sys.modules)
"""


@dataclass(frozen=True)
class Import:
    """What a fresh process that imports something has used by then."""

    cpu_ms: float
    megabytes: float
    modules: frozenset[str]


def _import(code: str) -> Import:
    told = subprocess.run(
        [sys.executable, "-c", f"{_HIDE}\n{code}\n{_TELL}"],
        check=True,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": "."},
    ).stdout.split()
    return Import(float(told[0]) * 1000, float(told[1]), frozenset(told[2:]))


def _import_in_turns(codes: Sequence[str], rounds: int) -> Iterator[tuple[float, float]]:
    """Yield the medians of each code's CPU and memory, all imported in every round."""
    runs = [[_import(code) for code in codes] for _ in range(rounds)]
    for same in zip(*runs, strict=True):
        yield median(each.cpu_ms for each in same), median(each.megabytes for each in same)


@dataclass(frozen=True)
class Start:
    """One start: CPU and time until both platforms are connected, memory when idle after that."""

    cpu_ms: float
    ms: float
    megabytes: float


async def start(bot: str) -> Start:
    """Start a bot on both platforms and wait until it hears."""
    with tempfile.TemporaryDirectory() as folder:
        async with StandIns.serve(platforms=(DISCORD, SLACK)) as standins:
            watches = [Watch(standins, DISCORD), Watch(standins, SLACK, sockets=2)]
            settings = {
                **standins.environment(Path(folder)),
                "HTTP_PORT": str(free_port()),
                "LOG_FORMAT": "json",
            }
            since = perf_counter()
            async with process(BOTS[bot], settings) as child:
                async with asyncio.timeout(30):
                    for watch in watches:
                        await watch.ready.wait()
                spent, took = cpu_seconds(child.pid), perf_counter() - since
                await asyncio.sleep(IDLE_SECONDS)
                return Start(spent * 1000, took * 1000, rss_megabytes(child.pid))


async def measure(rounds: int) -> list[Figure]:
    """Measure the service beside the four packages that it cannot do without."""
    modules = _import(OURS).modules
    codes = ("pass", FLOOR, OURS, COMMAND)
    bare, floor, ours, command = _import_in_turns(codes, rounds + 2)
    found = sorted(name for name in FORBIDDEN if name in modules)
    found += sorted({"slack_bolt", "slack_sdk"} & _import(DISCORD_ALONE).modules)
    found += sorted({"discord"} & _import(SLACK_ALONE).modules)
    starts = {bot: [await start(bot) for _ in range(rounds)] for bot in BOTS}

    def middle(bot: str, what: str) -> float:
        return float(median(getattr(each, what) for each in starts[bot]))

    than, libraries = "discord.py + slack_bolt + aiosqlite + msgspec", "both libraries alone"
    idle = middle("product", "megabytes")
    return [
        Figure("import the service", ours[0], "ms CPU", floor[0], f"ms {than}", 1.4),
        Figure("import the service", ours[1], "MB", floor[1], f"MB {than}"),
        Figure("import the command line", command[0], "ms CPU", bare[0], "ms bare interpreter"),
        Figure("import the command line", command[1], "MB", bare[1], "MB bare interpreter"),
        Figure("packages that only others need", len(found), "", goal=0, remark=" ".join(found)),
        Figure(
            "from start to both connected",
            middle("product", "cpu_ms"),
            "ms CPU",
            middle("bare", "cpu_ms"),
            f"ms {libraries}",
        ),
        Figure(
            "from start to both connected",
            middle("product", "ms"),
            "ms",
            middle("bare", "ms"),
            f"ms {libraries}",
        ),
        Figure(
            "RSS with both idle",
            idle,
            "MB",
            middle("bare", "megabytes"),
            f"MB {libraries}",
            remark=f"{'met' if idle <= IDLE_MB else 'MISSED'} (<= {IDLE_MB:g} MB)",
        ),
    ]
