"""What pictures cost the bot: its loop's time, its memory, and the time of a photograph."""

from __future__ import annotations

import asyncio
import gc
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from adapters.files.limits import FIT_SIDE
from adapters.files.reader import Reader
from bot.ports import PictureRead, Unread
from tests.bench.figures import Figure, percentile

PICTURES = 8
SIZE = (6_000, 4_000)
PHOTO = (4_000, 3_000)
TICK_SECONDS = 0.002
STALL_MS = 50.0
GROWTH_MB = 20.0


class Uncounted:
    """A meter for which nothing counts."""

    def count(self, name: str, amount: float = 1, /, **labels: str) -> None:
        """Count nothing."""

    def observe(self, name: str, value: float, /, **labels: str) -> None:
        """Observe nothing."""

    gauge = observe


@dataclass
class Lateness:
    """How late the loop woke, in milliseconds, each time it was asked to.

    `own` is for how much of that time this process had a processor at all: a machine that is
    busy with others keeps a loop waiting, too.
    """

    found: list[float]
    own: list[float]

    @property
    def worst(self) -> float:
        """Return the longest stall."""
        return max(self.found, default=0.0)

    @property
    def p99(self) -> float:
        """Return what 99 of 100 wakings were better than."""
        return percentile(self.found, 0.99)


async def _watch(lateness: Lateness) -> None:
    while True:
        before, spent = time.perf_counter(), time.process_time()
        await asyncio.sleep(TICK_SECONDS)
        late = (time.perf_counter() - before - TICK_SECONDS) * 1000
        lateness.found.append(late)
        lateness.own.append(min(late, (time.process_time() - spent) * 1000))


async def watched(work: Awaitable[object]) -> Lateness:
    """Wait for work and tell how late the loop woke meanwhile."""
    lateness = Lateness([], [])
    watcher = asyncio.create_task(_watch(lateness))
    try:
        await work
    finally:
        watcher.cancel()
    return lateness


def memory_mb(pid: int | None = None, what: str = "VmRSS") -> float:
    """Return a figure of a process's memory."""
    for line in Path(f"/proc/{pid or os.getpid()}/status").read_text().splitlines():
        if line.startswith(f"{what}:"):
            return int(line.split()[1]) / 1024
    return float("nan")


# --- in a process of its own, which holds nothing but the bot's part -----------------------


async def _rows(folder: Path) -> dict[str, float]:
    """Read every file of a folder, and tell what it did to this process and the other."""
    reader = Reader(Uncounted())
    files = sorted(folder.iterdir())
    # The first picture starts the decoder's process, and is no part of the growth.
    await reader.read("warm", "", files[0].read_bytes())
    gc.collect()
    # From here on the highest is looked for: https://man7.org/linux/man-pages/man5/proc.5.html
    with suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5")
    before, worker, slowest, read = memory_mb(), 0.0, 0.0, 0
    share = 0.0
    for file in files:
        began = time.perf_counter()
        outcome = await reader.read(file.name, "", file.read_bytes())
        took = time.perf_counter() - began
        slowest, share = max(slowest, took), max(share, took / float(file.name.split()[1]))
        read += isinstance(outcome, PictureRead)
        if reader.worker.pid is not None:
            worker = max(worker, memory_mb(reader.worker.pid, "VmHWM"))
    told = {
        "files": len(files),
        "read": read,
        "before": before,
        "peak": memory_mb(what="VmHWM") - before,
        "growth": memory_mb() - before,
        "worker": worker,
        "slowest": slowest,
        "share": share,
    }
    await reader.close()
    return told


async def _stalls(folder: Path) -> dict[str, float]:
    """Read large pictures all at once, and tell how the loop fared."""
    reader = Reader(Uncounted())
    files = [file.read_bytes() for file in sorted(folder.iterdir())]
    await reader.read("warm", "", files[0])
    gc.collect()
    before = memory_mb()
    began = time.perf_counter()
    reads = asyncio.gather(*(reader.read(f"{n}", "", data) for n, data in enumerate(files)))
    busy = await watched(reads)
    spent = time.perf_counter() - began
    assert not any(isinstance(each, Unread) for each in reads.result())
    growth = memory_mb() - before
    idle = await watched(asyncio.sleep(spent))
    told = {
        "worst": busy.worst, "p99": busy.p99, "idle_worst": idle.worst, "idle_p99": idle.p99,
        "own": max(busy.own), "seconds": spent, "growth": growth,
        "megabytes": sum(map(len, files)) / 1e6,
    }  # fmt: skip
    await reader.close()
    return told


async def _photo(folder: Path) -> dict[str, float]:
    """Time one photograph after the other."""
    reader = Reader(Uncounted())
    data = next(folder.iterdir()).read_bytes()
    await reader.read("warm", "", data)
    spent = []
    for _ in range(7):
        began = time.perf_counter()
        await reader.read("photo", "", data)
        spent.append(time.perf_counter() - began)
    worker = reader.worker.pid
    told = {"seconds": median(spent), "worker": memory_mb(worker, "VmHWM")}
    await reader.close()
    return told


# Beside it, in another process: what Pillow takes to do the same by itself.
_PILLOW = """
import io, sys, time
from statistics import median
from PIL import Image
data, side = open(sys.argv[1], "rb").read(), int(sys.argv[2])
def work():
    picture = Image.open(io.BytesIO(data))
    scale = side / max(picture.size)
    size = tuple(round(each * scale) for each in picture.size)
    picture.draft("RGB", size)
    picture = picture.convert("RGB").resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0)
    picture.save(io.BytesIO(), "JPEG", quality=85)
work()
spent = []
for _ in range(7):
    began = time.perf_counter()
    work()
    spent.append(time.perf_counter() - began)
print(median(spent))
"""


def in_own_process(
    what: str, folder: Path, module: str = "tests.bench.pictures"
) -> dict[str, float]:
    """Measure in a process that has neither Pillow nor the samples' makers in it."""
    told = subprocess.run(
        [sys.executable, "-m", module, what, str(folder)],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    found: dict[str, float] = json.loads(told)
    return found


def lay_rows(folder: Path) -> None:
    """Write every row of the table; a file's name tells how many seconds the table gives it."""
    from tests.corpus import picture_rows

    for n, row in enumerate(picture_rows.rows()):
        folder.joinpath(f"{n:03} {row.seconds}").write_bytes(row.built())


def build(folder: Path) -> dict[str, Path]:
    """Build the samples: every row of the table, large pictures, one photograph."""
    from tests.corpus import pictures

    folders = {name: folder / name for name in ("rows", "large", "photo")}
    for each in folders.values():
        each.mkdir()
    lay_rows(folders["rows"])
    photo = pictures.photo(*SIZE)
    for n in range(PICTURES):
        form = ("JPEG", "PNG")[n % 2]
        options = {"quality": 92} if form == "JPEG" else {"compress_level": 1}
        data = pictures.saved(photo, form, **options)
        folders["large"].joinpath(f"{n}").write_bytes(data)
    folders["photo"].joinpath("photo").write_bytes(pictures.jpeg(pictures.photo(*PHOTO)))
    return folders


def measure(rounds: int) -> list[Figure]:
    """Measure what the issue promises, and the time of a photograph beside Pillow's own."""
    with tempfile.TemporaryDirectory() as name:
        folders = build(Path(name))
        stalls = [in_own_process("stalls", folders["large"]) for _ in range(rounds)]
        rows = in_own_process("rows", folders["rows"])
        photos, theirs = [], []
        for _ in range(rounds):
            photos.append(in_own_process("photo", folders["photo"]))
            theirs.append(time_pillow(folders["photo"] / "photo", FIT_SIDE))

    def middle(what: str) -> float:
        return median(each[what] for each in stalls)

    return [
        bound(f"loop late at worst, {PICTURES} x 24 Mpx", middle("worst"), "ms",
               middle("idle_worst"), "ms idle", STALL_MS),
        Figure("  and the bot itself was busy meanwhile", middle("own"), "ms", goal=STALL_MS),
        Figure("loop late, p99", middle("p99"), "ms", middle("idle_p99"), "ms idle"),
        Figure(f"all {PICTURES}, {middle('megabytes'):.0f} MB", middle("seconds"), "s"),
        Figure("the bot's growth by them", middle("growth"), "MB", goal=GROWTH_MB),
        Figure(f"the bot's growth by {rows['files']:.0f} bad rows", rows["growth"], "MB",
               goal=GROWTH_MB),
        Figure("  at its highest, the file in hand included", rows["peak"], "MB", goal=GROWTH_MB),
        Figure("  the slowest of them", rows["slowest"], "s", goal=3.0),
        Figure("  at most of what its row may take", rows["share"] * 100, "%", goal=100.0),
        Figure("  the decoder at its highest", rows["worker"], "MB", goal=768.0),
        Figure("12 Mpx JPEG to 2,048", median(each["seconds"] for each in photos) * 1000, "ms",
               median(theirs) * 1000, "ms Pillow, draft", 1.6),
        Figure("the decoder's memory by it", median(each["worker"] for each in photos), "MB"),
    ]  # fmt: skip


def bound(name: str, value: float, unit: str, beside: float, than: str, most: float) -> Figure:
    """Return a figure whose goal is a value of its own, with its floor beside it."""
    met = "met" if value <= most else "MISSED"
    return Figure(name, value, unit, beside, than, remark=f"{met} (<= {most:g} {unit})")


def time_pillow(photo: Path, side: int) -> float:
    """Return the seconds that Pillow takes by itself."""
    command = [sys.executable, "-c", _PILLOW, str(photo), str(side)]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


if __name__ == "__main__":
    _PARTS = {"rows": _rows, "stalls": _stalls, "photo": _photo}
    print(json.dumps(asyncio.run(_PARTS[sys.argv[1]](Path(sys.argv[2])))))
