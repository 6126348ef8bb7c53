"""What a campaign has to know of the platform that it is held on."""

from __future__ import annotations

import random
import socket
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from tests.chaos.scene import Scene
from tests.evidence import Evidence

# A name of this venue's own among the fault points: the bot is killed when the outside has
# done call C ("done:C"), or has only begun to do it ("landing:C") and ends it afterwards.
DONE, LANDING = "done:", "landing:"
Query = Callable[[str], list[tuple[Any, ...]]]


class Venue(Protocol):
    """A platform's side of a campaign.

    `name` is what is printed, `platform` the stand-in's. `points` are those of its calls at
    which the bot is killed from outside, `states` those of its messages ("purpose state") that a
    kill must have found, beside those of every platform. `takes_direct`: what is said to the bot
    alone reaches it even if it was dead meanwhile. `kill` is set by the campaign.
    """

    kill: Callable[[str], None]

    @property
    def name(self) -> str: ...

    @property
    def platform(self) -> str: ...

    @property
    def points(self) -> Sequence[str]: ...

    @property
    def states(self) -> Sequence[str]: ...

    @property
    def takes_direct(self) -> bool: ...

    @property
    def port(self) -> int:
        """Return where each of its bots listens, one after the other."""

    @property
    def order(self) -> Mapping[str, Any]:
        """Return what a bot of this venue is started with, beside its settings."""

    def has_arrived(self, query: Query) -> bool:
        """Tell whether what is said from now on is the bot's business."""

    def set_weather(self, dice: random.Random, scene: Scene) -> None:
        """Choose what goes wrong on the platform in this cycle."""

    def forget(self, dice: random.Random, database: Path) -> None:
        """Let the bot, which is dead, forget in its file what it remembers for a while only."""

    def arm(self, point: str) -> None:
        """Kill the bot at that call, once; "" disarms."""

    def look(self) -> None:
        """Kill the bot if a call that is to land after its death has come."""

    def clear_up(self) -> None:
        """Let nothing go wrong any more."""

    def open_threads(self, roots: Sequence[str], places: Sequence[str]) -> list[str]:
        """Return where the bot answers unasked.

        `roots` are questions in channels, `places` those of its conversations.
        """

    def call_in(self, dice: random.Random, text: str) -> str | None:
        """Mention the bot in a thread that people have among themselves."""

    def meddle(self, dice: random.Random, scene: Scene) -> None:
        """Do what only this platform's people, or the platform itself, do."""

    def untold(self) -> set[str]:
        """Return the messages of which the platform told the bot nothing, and never will."""

    def is_quiet(self) -> bool:
        """Tell whether everything was delivered, or given up."""

    def testify(self, evidence: Evidence) -> None:
        """Add what the checker cannot know."""


def find_free_port() -> int:
    """Return a port that nobody uses.

    It is below those that systems give away by themselves: while a bot is dead nobody has it.
    """
    for port in random.SystemRandom().sample(range(20_000, 32_000), 100):
        with socket.socket() as one:
            try:
                one.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise RuntimeError("no port is free")


def only(names: Iterable[str], prefix: str) -> list[str]:
    """Return fault points of a kind."""
    return [f"{prefix}{name}" for name in names]
