"""What importing costs: fresh processes, CPU and memory."""

from __future__ import annotations

import os
import subprocess
import sys
from statistics import median

from tests.bench.figures import Figure

FLOOR = "import discord, aiosqlite, msgspec"
# With the second platform's library, as the goal was set; ours does not import it yet.
BOTH = f"{FLOOR}, slack_bolt.async_app"
# What serving imports, also what it imports late.
OURS = """
import bot.__main__
import adapters.backends.chat_completions, adapters.backends.http, adapters.backends.models
import adapters.backends.router, adapters.discord.client, adapters.web.meter
import adapters.web.surface, storage.store
"""
COMMAND = "import bot.__main__"
FORBIDDEN = ("openai", "slack_bolt", "sqlalchemy", "PIL", "numpy", "adapters.playground")
# Development brings rich, which structlog then imports; a service does not have it.
_HIDE = "import sys; sys.modules['rich'] = None"
_TELL = """
import resource, sys
spent = resource.getrusage(resource.RUSAGE_SELF)
size = next(line for line in open("/proc/self/status") if line.startswith("VmHWM")).split()[1]
print(spent.ru_utime + spent.ru_stime, int(size) / 1024, *sys.modules)
"""


def _import(code: str, rounds: int) -> tuple[float, float, set[str]]:
    """Return CPU milliseconds, megabytes and modules of a fresh process."""
    times, sizes, modules = [], [], set[str]()
    for _ in range(rounds):
        told = subprocess.run(
            [sys.executable, "-c", f"{_HIDE}\n{code}\n{_TELL}"],
            check=True,
            capture_output=True,
            text=True,
            env={**os.environ, "PYTHONPATH": "."},
        ).stdout.split()
        times.append(float(told[0]) * 1000)
        sizes.append(float(told[1]))
        modules = set(told[2:])
    return median(times), median(sizes), modules


def measure(rounds: int) -> list[Figure]:
    """Measure the service beside the three packages that it cannot do without."""
    _import(OURS, 1)
    bare_ms, bare_mb, _ = _import("pass", rounds + 2)
    floor_ms, floor_mb, _ = _import(FLOOR, rounds + 2)
    both_ms, _, _ = _import(BOTH, rounds + 2)
    ours_ms, ours_mb, modules = _import(OURS, rounds + 2)
    command_ms, command_mb, _ = _import(COMMAND, rounds + 2)
    found = sorted(name for name in FORBIDDEN if name in modules)
    than = "discord.py + aiosqlite + msgspec"
    return [
        Figure("import the service", ours_ms, "ms CPU", both_ms, f"ms {than} + slack_bolt", 1.4),
        Figure("import the service", ours_ms, "ms CPU", floor_ms, f"ms {than}"),
        Figure("import the service", ours_mb, "MB", floor_mb, f"MB {than}"),
        Figure("import the command line", command_ms, "ms CPU", bare_ms, "ms bare interpreter"),
        Figure("import the command line", command_mb, "MB", bare_mb, "MB bare interpreter"),
        Figure("packages that only others need", len(found), "", goal=0, remark=" ".join(found)),
    ]
