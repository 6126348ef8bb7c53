"""The whole path, end to end: bots as processes, Discord here, the model in another process."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from time import monotonic_ns
from typing import Any

import aiohttp

from adapters.playground.history import Entry
from tests.bench.figures import Figure, percentile
from tests.standins import StandIns

BOTS = {
    "product": "tests.bench.product",
    "reference": "tests.bench.reference",
    "openai": "tests.bench.openai_path",
}
STREAMS = 100
TOKENS = 300
# Long enough for a hundred threads to be made before the first token comes.
SILENCE_MS = 1000
ALONE = 12
TICK = 1 / os.sysconf("SC_CLK_TCK")


@dataclass
class Run:
    """What one bot did in one round."""

    cpu: float = 0.0
    rss: float = 0.0
    edits: float = 0.0
    together: dict[str, list[float]] = field(default_factory=dict)
    alone: dict[str, list[float]] = field(default_factory=dict)


class Watch:
    """Note, from the stand-in's history, when each answer's first and last text came."""

    def __init__(self, standins: StandIns) -> None:
        self.asked: dict[str, int] = {}
        self.first: dict[str, int] = {}
        self.last: dict[str, int] = {}
        self.ready = asyncio.Event()
        self.edits = 0
        self.more = asyncio.Event()
        standins.history.watchers.append(self.hear)

    def hear(self, entry: Entry) -> None:
        """Take one entry."""
        if entry.route == "event:READY":
            self.ready.set()
        if entry.route == "event:MESSAGE_CREATE":
            self._hear_question(str(entry.answer["content"]))
        if "/messages" not in entry.route or entry.effect == "refused":
            return
        text = entry.request.get("content") if isinstance(entry.request, dict) else None
        name = text[1:].partition(".")[0] if isinstance(text, str) and text[:1] == "#" else ""
        if not name:
            return
        now = monotonic_ns()
        self.first.setdefault(name, now)
        self.edits += entry.route.startswith("PATCH ")
        if text and text.endswith(f"END{name}."):
            self.last.setdefault(name, now)
            self.more.set()

    def _hear_question(self, text: str) -> None:
        _, found, name = text.partition(" #")
        if found:
            self.asked.setdefault(name.partition(":")[0], monotonic_ns())

    async def wait(self, names: list[str], seconds: float) -> None:
        """Wait until all these answers are shown whole."""
        async with asyncio.timeout(seconds):
            while not all(name in self.last for name in names):
                self.more.clear()
                await self.more.wait()


async def measure(rounds: int, streams: int = STREAMS) -> list[Figure]:
    """Run every bot in every round, in turns, and compare the medians."""
    runs: dict[str, list[Run]] = {name: [] for name in BOTS}
    for _ in range(rounds):
        for name in BOTS:
            runs[name].append(await run_once(name, streams))
    return _figures(runs, streams)


async def run_once(bot: str, streams: int) -> Run:
    """Start one bot, let people ask, one by one and all at once, and look at its process."""
    with tempfile.TemporaryDirectory() as folder:
        async with (
            StandIns.serve(limits=False) as standins,
            _process("tests.bench.model", {}) as model,
        ):
            assert model.stdout is not None
            port = int(await model.stdout.readline())
            watch = Watch(standins)
            (guild,) = standins.world.guilds.values()
            # Many places, as in life: within one, discord.py makes calls wait for each other.
            channels = [standins.world.add_channel(guild, f"bench-{n}").id for n in range(streams)]
            settings = {
                **standins.environment(Path(folder)),
                "AIMLAPI_BASE_URL": f"http://127.0.0.1:{port}/v1",
                "LOG_FORMAT": "json",
            }
            async with _process(BOTS[bot], settings) as process:
                await asyncio.wait_for(watch.ready.wait(), 20)
                await asyncio.sleep(0.5)
                return await _ask(standins, watch, process.pid, port, channels)


async def _ask(standins: StandIns, watch: Watch, pid: int, port: int, channels: list[str]) -> Run:
    run = Run()

    def ask(name: str, channel: str, tokens: int, silence: int) -> None:
        standins.mention(standins.people[0], channel, f"#{name}:{tokens}:{silence}")

    for n in range(ALONE + 3):
        ask(f"a{n}", channels[0], 10, 100)
        await watch.wait([f"a{n}"], 20)
        await asyncio.sleep(0.02)
    watch.edits = 0
    names = [f"b{n}" for n in range(len(channels))]
    before = cpu_seconds(pid)
    for name, channel in zip(names, channels, strict=True):
        ask(name, channel, TOKENS, SILENCE_MS)
    await watch.wait(names, 90)
    await asyncio.sleep(0.3)
    run.cpu = cpu_seconds(pid) - before
    run.rss = rss_megabytes(pid)
    run.edits = watch.edits / len(channels)
    async with aiohttp.ClientSession() as http, http.get(f"http://127.0.0.1:{port}/log") as told:
        log = await told.json()
    run.together = _delays(watch, log, names)
    run.alone = _delays(watch, log, [f"a{n}" for n in range(3, ALONE + 3)])
    return run


def _delays(watch: Watch, log: dict[str, Any], names: list[str]) -> dict[str, list[float]]:
    """Return the milliseconds of each way, per answer."""
    ways: dict[str, Callable[[str], int]] = {
        "mention -> request": lambda name: log[name]["arrived"] - watch.asked[name],
        "first token -> first post": lambda name: watch.first[name] - log[name]["first"],
        "last token -> final text": lambda name: watch.last[name] - log[name]["last"],
    }
    return {way: [take(name) / 1e6 for name in names] for way, take in ways.items()}


@asynccontextmanager
async def _process(
    module: str, settings: dict[str, str]
) -> AsyncIterator[asyncio.subprocess.Process]:
    """Run a module as a child; its standard input ends with us, so it never outlives us."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        module,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE if not settings else asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
        env={**kept, **settings},
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
            try:
                await asyncio.wait_for(process.wait(), 5)
            except TimeoutError:
                process.kill()
                await process.wait()


def cpu_seconds(pid: int) -> float:
    """Return the CPU time of a process, all its threads, user and system."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) * TICK


def rss_megabytes(pid: int) -> float:
    """Return the memory of a process."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return float("nan")


def _figures(runs: dict[str, list[Run]], streams: int) -> list[Figure]:
    tokens = streams * TOKENS

    def per_token(bot: str) -> float:
        return median(run.cpu for run in runs[bot]) / tokens * 1e6

    product = per_token("product")
    figures = [
        Figure("CPU per token", product, "us", per_token("reference"), "us reference", 1.5),
        Figure("CPU per token", product, "us", per_token("openai"), "us on openai", 0.5),
    ]
    for what, unit in (("rss", "MB"), ("edits", "")):
        ours, theirs = (
            median(getattr(run, what) for run in runs[bot]) for bot in ("product", "reference")
        )
        label = {"rss": f"RSS at {streams} streams", "edits": "edits per answer"}[what]
        figures.append(Figure(label, ours, unit, theirs, f"{unit} reference".strip()))
    goals = {
        ("alone", "mention -> request", 0.5): 5.0,
        ("alone", "first token -> first post", 0.5): 3.0,
        ("together", "mention -> request", 0.95): 100.0,
        ("together", "first token -> first post", 0.95): 50.0,
        ("together", "last token -> final text", 0.95): 400.0,
    }
    for when, label in (("alone", "1"), ("together", str(streams))):
        for way in ("mention -> request", "first token -> first post", "last token -> final text"):
            for share in (0.5, 0.95):
                ours, theirs = (
                    median(percentile(getattr(run, when)[way], share) for run in runs[bot])
                    for bot in ("product", "reference")
                )
                goal = goals.get((when, way, share))
                remark = (
                    ""
                    if goal is None
                    else f"{'met' if ours <= goal else 'MISSED'} (<= {goal:g} ms)"
                )
                figures.append(
                    Figure(
                        f"{way}, {label} at once, p{share * 100:.0f}",
                        ours,
                        "ms",
                        theirs,
                        "ms reference",
                        remark=remark,
                    )
                )
    return figures
