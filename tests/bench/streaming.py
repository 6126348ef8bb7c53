"""The whole path, end to end: bots as processes, platforms here, the model in another process."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

import aiohttp

from tests.bench.figures import Figure, percentile
from tests.bench.processes import cpu_seconds, model, process, rss_megabytes
from tests.bench.watching import Watch
from tests.standins import DISCORD, SLACK, StandIns

SLACK_NATIVE = "slack"
SLACK_EDITS = "slack edits"
BOTS = {
    "product": ("tests.bench.product", DISCORD),
    "reference": ("tests.bench.reference", DISCORD),
    "openai": ("tests.bench.openai_path", DISCORD),
    SLACK_NATIVE: ("tests.bench.product", SLACK),
    SLACK_EDITS: ("tests.bench.product", SLACK),
}
STREAMS = 100
TOKENS = 300
# Long enough for a hundred threads to be made before the first token comes.
SILENCE_MS = 1000
ALONE = 12
# Questions before those that count; of these bots none asked alone does.
WARM = 3
TOGETHER_ONLY = ("openai", SLACK_NATIVE, SLACK_EDITS)


@dataclass
class Run:
    """What one bot did in one round."""

    cpu: float = 0.0
    rss: float = 0.0
    edits: float = 0.0
    together: dict[str, list[float]] = field(default_factory=dict)
    alone: dict[str, list[float]] = field(default_factory=dict)


async def measure(rounds: int, streams: int = STREAMS) -> list[Figure]:
    """Run every bot in every round, in turns, and compare the medians."""
    runs: dict[str, list[Run]] = {name: [] for name in BOTS}
    for _ in range(rounds):
        for name in BOTS:
            runs[name].append(await run_once(name, streams))
    return _figures(runs, streams)


async def run_once(bot: str, streams: int) -> Run:
    """Start one bot, let people ask, one by one and all at once, and look at its process."""
    module, platform = BOTS[bot]
    with tempfile.TemporaryDirectory() as folder:
        async with (
            StandIns.serve(limits=False, platforms=(platform,)) as standins,
            model() as port,
        ):
            watch = Watch(standins, platform, sockets=2)
            if bot == SLACK_EDITS and standins.slack is not None:
                standins.slack.people.switch(streams="feature_not_enabled")
            # Many places and people, as in life: within one, calls wait for each other, and of
            # one person only a few questions are answered at a time.
            people = [_person(standins, platform, f"asker-{n}") for n in range(streams)]
            standins.here.people[:] = people
            channels = [_channel(standins, platform, f"bench-{n}") for n in range(streams)]
            settings = {
                **standins.environment(Path(folder)),
                "AIMLAPI_BASE_URL": f"http://127.0.0.1:{port}/v1",
                "LOG_FORMAT": "json",
            }
            async with process(module, settings) as child:
                await asyncio.wait_for(watch.ready.wait(), 20)
                await asyncio.sleep(0.5)
                alone = 0 if bot in TOGETHER_ONLY else ALONE
                return await _ask(standins, watch, child.pid, port, channels, alone)


def _person(standins: StandIns, platform: str, name: str) -> str:
    """Add a person, and return who that is."""
    if platform == DISCORD:
        (guild,) = standins.world.guilds.values()
        user = standins.world.add_user(name, name.title())
        standins.world.join(guild, user)
        return user.id
    assert standins.slack is not None
    return standins.slack.people.add(name, name.title())


def _channel(standins: StandIns, platform: str, name: str) -> str:
    """Add a channel with everybody in it, and return its place."""
    if platform == DISCORD:
        (guild,) = standins.world.guilds.values()
        return standins.world.add_channel(guild, name).id
    assert standins.slack is not None
    (team,) = standins.slack.world.teams
    everybody = [user for _, user in standins.slack.world.users]
    return f"{team}/{standins.slack.world.add_channel(team, name, everybody).id}"


async def _ask(
    standins: StandIns, watch: Watch, pid: int, port: int, channels: list[str], alone: int
) -> Run:
    run = Run()

    def ask(name: str, number: int, tokens: int, silence: int) -> None:
        watch.ask(name)
        asked = f"#{name}:{tokens}:{silence}"
        standins.mention(standins.people[number], channels[number], asked)

    for n in range(WARM + alone):
        ask(f"a{n}", 0, 10, 100)
        await watch.wait([f"a{n}"], 20)
        await asyncio.sleep(0.02)
    watch.edits = 0
    names = [f"b{n}" for n in range(len(channels))]
    before = cpu_seconds(pid)
    for number, name in enumerate(names):
        ask(name, number, TOKENS, SILENCE_MS)
    await watch.wait(names, 90)
    await asyncio.sleep(0.3)
    run.cpu = cpu_seconds(pid) - before
    run.rss = rss_megabytes(pid)
    run.edits = watch.edits / len(channels)
    async with aiohttp.ClientSession() as http, http.get(f"http://127.0.0.1:{port}/log") as told:
        log = await told.json()
    run.together = _delays(watch, log, names)
    run.alone = _delays(watch, log, [f"a{n}" for n in range(WARM, WARM + alone)])
    return run


def _delays(watch: Watch, log: dict[str, Any], names: list[str]) -> dict[str, list[float]]:
    """Return the milliseconds of each way, per answer."""
    ways: dict[str, Callable[[str], int]] = {
        "mention -> request": lambda name: log[name]["arrived"] - watch.asked[name],
        "first token -> first post": lambda name: watch.first[name] - log[name]["first"],
        "last token -> final text": lambda name: watch.last[name] - log[name]["last"],
    }
    return {way: [take(name) / 1e6 for name in names] for way, take in ways.items()}


def _figures(runs: dict[str, list[Run]], streams: int) -> list[Figure]:
    tokens = streams * TOKENS

    def per_token(bot: str) -> float:
        return median(run.cpu for run in runs[bot]) / tokens * 1e6

    product = per_token("product")
    figures = [
        Figure("CPU per token", product, "us", per_token("reference"), "us reference", 1.5),
        Figure("CPU per token", product, "us", per_token("openai"), "us on openai", 0.5),
        *_on_slack(runs, per_token),
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


def _on_slack(runs: dict[str, list[Run]], per_token: Callable[[str], float]) -> list[Figure]:
    """Put Slack's figures beside those of Discord's in the same rounds."""
    figures = []
    for bot, shown in ((SLACK_NATIVE, "Slack's streams"), (SLACK_EDITS, "Slack by edits")):
        ours = per_token(bot)
        figures += [
            Figure(f"CPU per token, {shown}", ours, "us", per_token("product"), "us on Discord"),
            Figure(f"CPU per token, {shown}", ours, "us", per_token("reference"), "us reference"),
        ]
        for what, unit in (("rss", "MB"), ("edits", "edits an answer")):
            slack, discord = (
                median(getattr(run, what) for run in runs[name]) for name in (bot, "product")
            )
            figures.append(Figure(f"{shown}", slack, unit, discord, f"{unit} on Discord"))
        for way in ("first token -> first post", "last token -> final text"):
            slack, discord = (
                median(percentile(run.together[way], 0.95) for run in runs[name])
                for name in (bot, "product")
            )
            figures.append(Figure(f"{shown}, {way}, p95", slack, "ms", discord, "ms on Discord"))
    return figures
