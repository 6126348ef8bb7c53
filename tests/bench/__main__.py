"""`python -m tests.bench [--rounds N] [--streams N] [part ...]`: measure and print tables."""

from __future__ import annotations

import argparse
import asyncio
import os
import platform
import sqlite3
import sys
from collections.abc import Callable

from tests.bench import (
    acking,
    admission,
    calls,
    conversations,
    edits,
    events,
    pictures,
    starting,
    storing,
    streaming,
    texts,
)
from tests.bench.figures import Figure, show

Measure = Callable[[argparse.Namespace], list[Figure]]
PARTS: dict[str, tuple[str, Measure]] = {
    "texts": ("Splitting and text (CPU)", lambda args: texts.measure(args.rounds)),
    "events": ("Reading a stream (CPU per event)", lambda args: events.measure(args.rounds)),
    "storing": (
        "Storage, synchronous=FULL",
        lambda args: asyncio.run(storing.measure(args.rounds)),
    ),
    "admission": (
        "Admission: reservations against three limits, from several processes",
        lambda args: admission.measure(args.rounds),
    ),
    "conversations": (
        "Conversations",
        lambda args: asyncio.run(conversations.measure(args.rounds)),
    ),
    "starting": (
        "Starting: import, then both platforms connected and idle",
        lambda args: asyncio.run(starting.measure(args.rounds)),
    ),
    "pictures": ("Pictures", lambda args: pictures.measure(args.rounds)),
    "edits": ("Edits of pictures", lambda args: edits.measure(args.rounds)),
    "calls": ("Slack: Web API calls, one answer and ten at once", lambda args: calls.measure()),
    "acking": (
        "Slack: acknowledgements at 50 events/s",
        lambda args: asyncio.run(acking.measure(args.rounds)),
    ),
    "streaming": (
        "End to end: streams x 50 tokens/s, the platforms' rate limits off",
        lambda args: asyncio.run(streaming.measure(args.rounds, args.streams)),
    ),
}


def main() -> int:
    """Measure the chosen parts; a missed goal is told, since only a quiet machine decides."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench")
    parser.add_argument("parts", nargs="*", metavar="part", help=f"any of {', '.join(PARTS)}")
    parser.add_argument("--rounds", type=int, default=3, help="rounds of each (default 3)")
    parser.add_argument("--streams", type=int, default=streaming.STREAMS)
    args = parser.parse_args()
    if unknown := set(args.parts) - set(PARTS):
        parser.error(f"no part {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}")
    print(
        f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, "
        f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, medians of {args.rounds} rounds\n"
    )
    missed = 0
    for name in args.parts or PARTS:
        title, measure = PARTS[name]
        figures = measure(args)
        print(show(title, figures), flush=True)
        missed += sum(each.met is False or "MISSED" in each.remark for each in figures)
    if missed:
        print(f"{missed} goals missed (times are of this machine as busy as it is now)")
    return 0


if __name__ == "__main__":
    sys.exit(main())
