"""How long Slack waits for an acknowledgement, which on our side is a turn surely on disk.

People cause 50 events a second, 25 mentions as two events each, by sockets and by signed HTTP, in
the whole bot, which answers every one; what Slack tells of those answers comes on top. Beside it
the same people and a bare Bolt app, which only acknowledges, and rows that are only committed.
"""

from __future__ import annotations

import asyncio
import sqlite3
import tempfile
from collections.abc import Awaitable, Callable
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

from adapters.playground.slack import SlackStandIn
from tests.bench.figures import Figure, percentile
from tests.bench.processes import cpu_seconds, free_port, model, process
from tests.bench.watching import Watch
from tests.standins import SLACK, StandIns

EVENTS_PER_SECOND = 50
TWINS = 2
SECONDS = 6.0
TOKENS = 10
SILENCE_MS = 100
PEOPLE = 50
CHANNELS = 10
# Everybody is known by name: each has asked before.
WARM_SECONDS = PEOPLE * TWINS / EVENTS_PER_SECOND
GOAL_MS = 300.0
COMMITS = 200
BOTS = {"product": "tests.bench.product", "acker": "tests.bench.acker"}
TRANSPORTS = {"socket": "Socket Mode", "http": "HTTP"}


@dataclass
class Run:
    """What came of one round: milliseconds, attempts, mentions by their `ts`."""

    waits: list[float] = field(default_factory=list)
    sent: int = 0
    refused: int = 0
    acked: set[str] = field(default_factory=set)
    lost: int = 0
    busy: float = 0.0


class Stopwatch:
    """Take the time of every event of people's that a carrier of the stand-in sends."""

    def __init__(self, carrier: Any) -> None:
        self.run = Run()
        self._send: Callable[..., Awaitable[Any]] = carrier.send
        carrier.send = self.send

    async def send(self, kind: str, payload: Any, *rest: Any) -> Any:
        """Send, and note how long the answer took."""
        run, since = self.run, perf_counter()
        reply = await self._send(kind, payload, *rest)
        run.sent += 1
        event = payload.get("event", {})
        if "bot_id" not in event and "subtype" not in event:
            run.waits.append((perf_counter() - since) * 1000)
            run.refused += not reply.acked
            if reply.acked:
                run.acked.add(event.get("ts", ""))
        return reply


async def measure(rounds: int, seconds: float = SECONDS) -> list[Figure]:
    """Run both bots over both transports, the product in every round, and compare."""
    runs: dict[tuple[str, str], list[Run]] = {}
    for n in range(rounds):
        for transport in TRANSPORTS:
            # The floor hardly moves: one round of it is enough.
            for bot in BOTS if n == 0 else ("product",):
                run = await run_once(bot, transport, seconds)
                runs.setdefault((bot, transport), []).append(run)
    return _figures(runs, commit_alone())


async def run_once(bot: str, transport: str, seconds: float = SECONDS) -> Run:
    """Start one bot and let people mention it, at a pace that no slow answer slows down."""
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder)
        async with (
            StandIns.serve(limits=False, platforms=(SLACK,)) as standins,
            model() as port,
        ):
            assert standins.slack is not None
            settings = _set_up(standins, transport, data)
            settings["AIMLAPI_BASE_URL"] = f"http://127.0.0.1:{port}/v1"
            slack = standins.slack
            watch = Watch(standins, SLACK, sockets=2)
            watched = Stopwatch(slack.sockets if transport == "socket" else slack.requests)
            async with process(BOTS[bot], settings) as child:
                if transport == "socket":
                    await asyncio.wait_for(watch.ready.wait(), 20)
                else:
                    await _wait_for_http(standins)
                await _ask(standins, "w", WARM_SECONDS)
                await asyncio.sleep(0.5)
                run = watched.run = Run()
                before, since = cpu_seconds(child.pid), perf_counter()
                await _ask(standins, "b", seconds)
                run.busy = (cpu_seconds(child.pid) - before) / (perf_counter() - since)
                # As long as an acknowledgement may take.
                await asyncio.sleep(slack.settings.ack_seconds)
                if bot == "product":
                    run.lost = len(run.acked - _kept(data))
                return run


def _set_up(standins: StandIns, transport: str, data: Path) -> dict[str, str]:
    """Add people, set the transport, and return the bot's settings."""
    slack = standins.slack
    assert slack is not None
    standins.here.people[:] = [slack.people.add(f"p{n}", f"P {n}") for n in range(PEOPLE)]
    standins.here.channels[:] = [_add_channel(slack, f"c{n}") for n in range(CHANNELS)]
    slack.settings.transport = transport
    http_port = free_port()
    slack.settings.request_url = f"http://127.0.0.1:{http_port}/slack/events"
    return {
        **standins.environment(data),
        "HTTP_PORT": str(http_port),
        "LOG_FORMAT": "json",
        "LOG_LEVEL": "warning",
    }


def _add_channel(slack: SlackStandIn, name: str) -> str:
    """Add a channel with everybody in it, and return its place."""
    (team,) = slack.world.teams
    return (
        f"{team}/{slack.world.add_channel(team, name, [user for _, user in slack.world.users]).id}"
    )


async def _wait_for_http(standins: StandIns) -> None:
    assert standins.slack is not None
    async with asyncio.timeout(20):
        while not await standins.slack.deliveries.verify():
            await asyncio.sleep(0.1)
    # It answers before it knows its workspace.
    await asyncio.sleep(1.0)


async def _ask(standins: StandIns, name: str, seconds: float) -> None:
    """Mention the bot at a steady pace, however slow it is."""
    loop = asyncio.get_running_loop()
    pace = EVENTS_PER_SECOND / TWINS
    start = loop.time()
    for n in range(round(seconds * pace)):
        if (wait := start + n / pace - loop.time()) > 0:
            await asyncio.sleep(wait)
        person = standins.people[n % len(standins.people)]
        text = f"#{name}{n}:{TOKENS}:{SILENCE_MS}"
        standins.mention(person, standins.channels[n % CHANNELS], text)


def _kept(data: Path) -> set[str]:
    """Return the messages that have a turn."""
    with closing(sqlite3.connect(data / "threadbot.db")) as database:
        return {row[0] for row in database.execute("SELECT source FROM turn")}


def commit_alone() -> list[float]:
    """Return the milliseconds of commits of one small row, synchronous=FULL, at the same place."""
    waits = []
    with (
        tempfile.TemporaryDirectory() as folder,
        closing(sqlite3.connect(Path(folder) / "x.db", isolation_level=None)) as database,
    ):
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("PRAGMA synchronous = FULL")
        database.execute("CREATE TABLE x (y TEXT)")
        for _ in range(COMMITS):
            since = perf_counter()
            database.execute("INSERT INTO x VALUES (hex(randomblob(500)))")
            waits.append((perf_counter() - since) * 1000)
    return waits


def _figures(runs: dict[tuple[str, str], list[Run]], commits: list[float]) -> list[Figure]:
    figures = []
    for transport, shown in TRANSPORTS.items():
        for share, word in ((0.5, "p50"), (0.99, "p99"), (1.0, "worst")):
            ours, bare = (
                percentile([wait for run in runs[bot, transport] for wait in run.waits], share)
                for bot in BOTS
            )
            verdict = f"{'met' if ours <= GOAL_MS else 'MISSED'} (<= {GOAL_MS:g} ms)"
            figures.append(
                Figure(
                    f"ack over {shown}, {word}",
                    ours,
                    "ms",
                    bare,
                    "ms bare Bolt",
                    remark=verdict if word == "p99" else "",
                )
            )
        product, acker = runs["product", transport], runs["acker", transport]
        of = sum(len(run.waits) for run in product)
        refused, lost = (sum(getattr(run, word) for run in product) for word in ("refused", "lost"))
        sent = sum(run.sent for run in product) / of * EVENTS_PER_SECOND
        figures += [
            Figure(f"refused at first over {shown}", refused, f"of {of:,} events", goal=0),
            Figure(f"acked over {shown}, not on disk", lost, f"of {of // TWINS:,} turns", goal=0),
            Figure(
                f"busy over {shown}, answering",
                median(run.busy for run in product) * 100,
                "% of a core",
                median(run.busy for run in acker) * 100,
                "% bare Bolt",
                remark=f"with {sent:.0f} events/s in all",
            ),
        ]
    figures.append(
        Figure(
            "one small row committed alone, p50",
            percentile(commits, 0.5),
            "ms",
            percentile(commits, 0.99),
            "ms p99",
        )
    )
    return figures
