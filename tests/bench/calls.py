"""Web API calls: what an answer takes on Slack, and ten at once in a channel, beside its tiers.

The whole bot on virtual time, so that minutes pass at once; the stand-in holds it to the tiers
of a workspace: https://docs.slack.dev/apis/web-api/rate-limits
"""

from __future__ import annotations

import asyncio
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from adapters.playground.history import Entry
from adapters.playground.slack import limits
from bot import logs
from tests.bench.figures import Figure
from tests.harness import Harness, harness
from tests.standins import SLACK
from tests.virtual import VirtualLoop

TOKENS_PER_SECOND = 40.0
PEOPLE = 10
MINUTE_MS = 60_000
POST = "chat.postMessage"
STATUS = "assistant.threads.setStatus"
KNOWN = frozenset({*limits.METHOD_TIERS, POST, STATUS})
QUESTIONS = {
    "short": "write 20 words",
    "500 tokens": "write 500 words",
    "long, with answer.md": "write 6000 words",
}
WAYS = {"streams": "", "edits": "feature_not_enabled"}


@dataclass(frozen=True)
class Run:
    """What one answer, or ten at once, made of calls: in all, in the busiest minute, refused."""

    calls: Counter[str]
    busiest: Counter[str]
    refused: int
    seconds: float
    parts: int
    files: int


def measure() -> list[Figure]:
    """Let one person and then ten at once ask each question, both ways to show an answer."""
    logs.configure("ERROR", "json", ())
    figures = []
    for way in WAYS:
        for shown, question in QUESTIONS.items():
            alone, together = (play(question, way, people) for people in (1, PEOPLE))
            figures += _figures(f"{shown}, by {way}", alone, together)
    return figures


def play(question: str, way: str, people: int) -> Run:
    """Ask in a new world, on virtual time."""
    with (
        asyncio.Runner(loop_factory=VirtualLoop) as runner,
        tempfile.TemporaryDirectory() as folder,
    ):
        return runner.run(_play(Path(folder), question, way, people))


async def _play(folder: Path, question: str, way: str, people: int) -> Run:
    async with harness(folder, platform=SLACK, tokens_per_second=TOKENS_PER_SECOND) as h:
        slack = h.standins.slack
        assert slack is not None
        slack.people.switch(streams=WAYS[way])
        who = [slack.people.add(f"p{n}", f"P {n}") for n in range(people)]
        channel = h.standins.channels[0]
        # A first answer teaches the bot its workspace, and people's names to it.
        for person in who:
            await h.ended(h.standins.mention(person, channel, "write 5 words"))
        await asyncio.sleep(2 * MINUTE_MS / 1000)
        before, since = len(slack.history.entries), h.clock.now()
        asked = [h.standins.mention(person, channel, question) for person in who]
        for each in asked:
            await h.ended(each)
        seconds = (h.clock.now() - since) / 1000
        # What is said after an answer belongs to it: a deleted Stop, a cleared status.
        await asyncio.sleep(MINUTE_MS / 1000)
        made = [each for each in slack.history.entries[before:] if each.route in KNOWN]
        return _count(made, seconds, h, asked)


def _count(made: Sequence[Entry], seconds: float, h: Harness, asked: Sequence[str]) -> Run:
    taken = [each for each in made if each.effect != "refused"]
    shown = [each for ts in asked for each in h.shown_for(_turn(h, ts))]
    return Run(
        calls=Counter(each.route for each in taken),
        busiest=_busiest(taken),
        refused=sum(each.status == 429 for each in made),
        seconds=seconds,
        parts=len(shown) // len(asked),
        files=sum(each.route == "files.completeUploadExternal" for each in taken),
    )


def _turn(h: Harness, ts: str) -> str:
    turn = h.turn(ts)
    assert turn is not None
    return str(turn["id"])


def _busiest(made: Sequence[Entry]) -> Counter[str]:
    """Return for each method how many calls any one minute had at most."""
    most: Counter[str] = Counter()
    for method in {each.route for each in made}:
        times = [each.at for each in made if each.route == method]
        for at in times:
            most[method] = max(most[method], sum(at <= each < at + MINUTE_MS for each in times))
    return most


def _figures(shown: str, alone: Run, together: Run) -> list[Figure]:
    figures = [
        Figure(
            f"{shown}: all calls",
            alone.calls.total(),
            "an answer",
            alone.parts,
            f"messages, {alone.files} files",
        ),
        Figure(
            "  ten at once: until all are shown",
            together.seconds,
            "s",
            alone.seconds,
            "s alone",
        ),
        Figure("  ten at once: refused with 429", together.refused, "calls", goal=0),
    ]
    for method in sorted(together.busiest | alone.busiest):
        most, (tier, named) = together.busiest[method], _allowed(method)
        need = PEOPLE * alone.busiest[method]
        figures.append(
            Figure(
                f"  {method}",
                most,
                "in the busiest minute of ten",
                tier,
                named,
                1.0,
                remark=f"{alone.calls[method]} an answer; ten unpaced need {need}",
            )
        )
    return figures


def _allowed(method: str) -> tuple[int, str]:
    """Return how often a method may be called in a minute, and why."""
    if method == POST:
        return limits.POSTS_A_MINUTE, "a workspace"
    if method == STATUS:
        return limits.STATUS_LINES_A_MINUTE, "a channel"
    tier = limits.METHOD_TIERS[method]
    return limits.TIERS[tier], f"tier {tier}"
