"""The decoder's process: what it may, and what happens when a file is too much for it."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from PIL import Image

from adapters.files import frames
from adapters.files.reader import Reader
from adapters.files.worker import Worker
from bot.ports import FileRead, PictureRead, Unread
from tests.corpus import pdfs
from tests.corpus import pictures as p
from tests.test_files_pictures import CountingMeter

ROOT = Path(__file__).resolve().parent.parent
COMPLEX = "That picture is too complex"


@asynccontextmanager
async def reading(**limits: float) -> AsyncIterator[tuple[Reader, Worker, CountingMeter]]:
    meter = CountingMeter()
    worker = Worker(meter, **limits)  # type: ignore[arg-type]
    reader = Reader(meter, worker)
    try:
        yield reader, worker, meter
    finally:
        await reader.close()


async def good(reader: Reader) -> PictureRead:
    read = await reader.read("a.jpg", "image/jpeg", p.jpeg())
    assert isinstance(read, PictureRead), read
    return read


def is_alive(pid: int | None) -> bool:
    """Tell whether a process runs; one that only waits to be noticed does not."""
    try:
        status = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False
    return status.rpartition(")")[2].split()[0] != "Z"


async def until(predicate: Callable[[], object], within: float = 20.0) -> None:
    deadline = time.monotonic() + within
    while not predicate():
        assert time.monotonic() < deadline, predicate
        await asyncio.sleep(0.01)


# --- its life ------------------------------------------------------------------------------


async def test_it_starts_at_the_first_picture_and_serves_all() -> None:
    async with reading() as (reader, worker, _):
        await reader.read("a.txt", "text/plain", b"a text needs no process")
        await reader.read("a.zip", "", b"PK\5\6")
        await reader.read("a.png", "", p.SIGNATURE + p.ihdr(30_000, 30_000))
        pids = [worker.pid]
        await good(reader)
        pids.append(worker.pid)
        await asyncio.gather(*(good(reader) for _ in range(5)))
        pids.append(worker.pid)
    none, first, later = pids
    assert (none, worker.pid) == (None, None)
    assert first is not None
    assert first == later
    await until(lambda: not is_alive(first))


async def test_it_knows_nothing_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISCORD_TOKEN", "canary")
    held = os.open(ROOT / "README.md", os.O_RDONLY)
    try:
        os.set_inheritable(held, True)
        async with reading() as (reader, worker, _):
            await good(reader)
            about = Path(f"/proc/{worker.pid}")
            environment = about.joinpath("environ").read_bytes()
            assert {line.partition(b"=")[0] for line in environment.split(b"\0") if line} == {
                b"PYTHONPATH"
            }
            # Pipes to us, and nowhere: no database, no socket, no file.
            opened = {str(each.readlink()).partition(":")[0] for each in (about / "fd").iterdir()}
            assert opened <= {"pipe", "/dev/null"}
            limits = about.joinpath("limits").read_text()
    finally:
        os.close(held)
    found = {line[:26].strip(): line[26:].split()[:2] for line in limits.splitlines()}
    assert found["Max address space"] == [str(768 * 1024 * 1024)] * 2
    assert found["Max core file size"] == ["0", "0"]
    assert found["Max file size"] == ["0", "0"]
    assert found["Max open files"] == ["32", "32"]
    assert int(found["Max cpu time"][0]) <= 15


async def test_it_ends_with_the_bot_however_the_bot_ends() -> None:
    """A bot that is killed tidies up nothing; its decoder finds nobody to work for."""
    code = """
import asyncio, sys
from adapters.files.reader import Reader
from tests.corpus import pictures as p
from tests.test_files_pictures import CountingMeter
async def main():
    reader = Reader(CountingMeter())
    await reader.read("a.jpg", "", p.jpeg())
    print(reader.worker.pid, flush=True)
    await asyncio.sleep(60)
asyncio.run(main())
"""
    bot = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE)
    with bot:
        assert bot.stdout is not None
        pid = int(await asyncio.to_thread(bot.stdout.readline))
        assert is_alive(pid)
        bot.kill()
        await until(lambda: not is_alive(pid))


async def test_a_reader_that_is_forgotten_leaves_no_process() -> None:
    reader = Reader(CountingMeter())
    await good(reader)
    pid = reader.worker.pid
    assert pid is not None
    del reader
    await until(lambda: not is_alive(pid))


async def test_closing_ends_a_job_and_lets_none_begin() -> None:
    async with reading() as (reader, worker, meter):
        await good(reader)
        pid = worker.pid
        assert pid is not None
        os.kill(pid, signal.SIGSTOP)
        waiting = [asyncio.create_task(reader.read("a.jpg", "", p.jpeg())) for _ in range(3)]
        await asyncio.sleep(0.05)
        await reader.close()
        for read in waiting:
            assert isinstance(await read, Unread)
        await until(lambda: not is_alive(pid))
        assert worker.pid is None
        assert meter.counts == {}


# --- F88: a file that is too much ----------------------------------------------------------


async def test_f88_killed_over_a_picture() -> None:
    async with reading() as (reader, worker, meter):
        await good(reader)
        pid = worker.pid
        assert pid is not None
        # Stopped, so that it surely dies with the file in its hands.
        os.kill(pid, signal.SIGSTOP)
        read = asyncio.create_task(reader.read("big.png", "", p.saved(p.photo(), "PNG")))
        await asyncio.sleep(0.05)
        os.kill(pid, signal.SIGKILL)
        assert await read == Unread(f"{COMPLEX}: `big.png`; please send a smaller one.")
        await good(reader)
        assert worker.pid not in (None, pid)
        assert meter.counts == {"decoder_failures ended": 1}


async def test_killed_while_idle_nobody_notices() -> None:
    async with reading() as (reader, worker, meter):
        await good(reader)
        pid = worker.pid
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        await until(lambda: not is_alive(pid))
        await good(reader)
        assert meter.counts == {}


async def test_f88_out_of_memory() -> None:
    async with reading(memory_bytes=160 * 1024 * 1024) as (reader, _, meter):
        await good(reader)
        large = p.saved(Image.new("RGB", (6_000, 6_000)).convert("RGBA"), "PNG")
        assert await reader.read("big.png", "", large) == Unread(
            f"{COMPLEX}: `big.png`; please send a smaller one."
        )
        await good(reader)
        assert meter.counts.total() == 1


async def test_f88_hung() -> None:
    async with reading(wait_seconds=1.5) as (reader, worker, meter):
        await until_good(reader)
        meter.counts.clear()
        pid = worker.pid
        assert pid is not None
        os.kill(pid, signal.SIGSTOP)
        read = await reader.read("big.png", "", p.saved(p.photo(), "PNG"))
        assert isinstance(read, Unread)
        assert COMPLEX in read.why
        assert not is_alive(pid)
        assert meter.counts == {"decoder_failures slow": 1}
        await until_good(reader)


async def until_good(reader: Reader) -> None:
    """Read a picture; a process that has yet to start may need longer than the limit."""
    for _ in range(50):
        if isinstance(await reader.read("a.jpg", "", p.jpeg()), PictureRead):
            return
    raise AssertionError("it never started")


async def test_f88_the_system_ends_what_takes_too_long() -> None:
    async with reading(cpu_seconds=0) as (reader, worker, meter):
        await good(reader)
        pid = worker.pid
        read = await reader.read("slow.pdf", "", pdfs.endless(400_000))
        assert isinstance(read, Unread)
        assert read.why.startswith("That PDF is too complex: `slow.pdf`")
        assert meter.counts == {"decoder_failures ended": 1}
        await good(reader)
        assert worker.pid != pid


async def test_many_at_once_while_it_dies_again_and_again() -> None:
    """Every file gets an outcome, and what follows is read."""
    async with reading() as (reader, worker, _):
        reads = [asyncio.create_task(reader.read("a.jpg", "", p.jpeg())) for _ in range(30)]
        killed = 0
        while killed < 3 and not all(read.done() for read in reads):
            await asyncio.sleep(0.02)
            if (pid := worker.pid) is not None:
                os.kill(pid, signal.SIGKILL)
                killed += 1
        outcomes = await asyncio.gather(*reads)
        lost = sum(isinstance(read, Unread) for read in outcomes)
        assert lost <= killed
        await good(reader)


# --- what it says is not trusted -----------------------------------------------------------

# Stands in the decoder's place and answers every job with the same bytes.
IMPOSTOR = """
import struct, sys
line, size = struct.unpack(">IQ", sys.stdin.buffer.read(12))
sys.stdin.buffer.read(line + size)
sys.stdout.buffer.write(open(sys.argv[1], "rb").read())
"""


async def read_from_impostor(said: bytes, folder: Path) -> tuple[FileRead, CountingMeter]:
    (folder / "said").write_bytes(said)
    meter = CountingMeter()
    command = [sys.executable, "-c", IMPOSTOR, str(folder / "said")]
    reader = Reader(meter, Worker(meter, command=command))
    try:
        return await reader.read("a.jpg", "", p.jpeg()), meter
    finally:
        await reader.close()


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"\0",
        b"\xff" * 12,
        frames.pack({"end": "picture", "mime": "image/png"}, 10**12),
        b"\0\0\0\2" + bytes(8) + b"[]",
        b"\0\0\0\3" + bytes(8) + b"{,}",
        b"\0\0\0\4" + bytes(8) + b"\xff\xfe\xfd\xfc",
        b"\x80\4\x95" + bytes(40),
    ],
)
async def test_gibberish_from_it_is_a_file_too_complex(said: bytes, tmp_path: Path) -> None:
    read, meter = await read_from_impostor(said, tmp_path)
    assert isinstance(read, Unread)
    assert COMPLEX in read.why
    assert meter.counts == {"decoder_failures ended": 1}


@pytest.mark.parametrize(
    ("words", "data"),
    [
        ({}, b""),
        ({"end": 5}, b""),
        ({"end": "picture"}, p.jpeg()),
        ({"end": "picture", "mime": "image/gif"}, p.animated("GIF")),
        ({"end": "picture", "mime": ["image/png"]}, p.jpeg()),
        ({"end": "picture", "mime": "image/png"}, p.jpeg()),
        ({"end": "picture", "mime": "image/jpeg"}, p.HTML.encode()),
        ({"end": "picture", "mime": "image/png"}, p.bits(9_000, 9_000)),
        ({"end": "text", "read": 1, "pages": 1}, b"not a picture"),
    ],
)
async def test_only_a_small_picture_is_taken_from_it(
    words: dict[str, object], data: bytes, tmp_path: Path
) -> None:
    said = frames.pack(words, len(data)) + data
    read, _ = await read_from_impostor(said, tmp_path)
    assert isinstance(read, Unread)
    assert "not a readable picture" in read.why
