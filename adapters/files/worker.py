"""The decoder's process, as the bot sees it: one job at a time, and a new one where one ends."""

from __future__ import annotations

import asyncio
import os
import selectors
import subprocess
import sys
import time
import weakref
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

import structlog

from adapters.files import frames
from adapters.files.limits import CPU_SECONDS, FIT_BYTES, MEMORY_BYTES, WAIT_SECONDS
from bot.ports import Meter

log = structlog.get_logger(__name__)

_ROOT = Path(__file__).resolve().parents[2]
# Without what the folder it happens to start in has to offer.
DECODER = (sys.executable, "-P", "-m", "adapters.files.inside")
_CHUNK = 64 * 1024
# A picture may be somewhat larger if it could not be made to fit.
_MOST_RESULT = 2 * FIT_BYTES
_END_SECONDS = 2.0


class Overtaxed(Exception):
    """The process ended, took too long or ran out of memory over a file."""


class Worker:
    """Run jobs in a process that is started at the first and again after one ended it.

    The process gets no setting and no secret of ours, and answers in plain words (`frames`),
    so a decoder that a file has taken over finds nothing and can call nothing here. All of
    the talking is done in one thread of its own: the event loop is never held, and bytes are
    handed over in small pieces without a copy.
    """

    def __init__(
        self,
        meter: Meter,
        memory_bytes: int = MEMORY_BYTES,
        cpu_seconds: int = CPU_SECONDS,
        wait_seconds: float = WAIT_SECONDS,
        command: Sequence[str] = DECODER,
    ) -> None:
        self._meter = meter
        self._command = [*command, str(memory_bytes), str(cpu_seconds)]
        self._wait_seconds = wait_seconds
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="files")
        self._process: subprocess.Popen[bytes] | None = None
        self._end: weakref.finalize[Any, Any] | None = None
        self._closed = False

    @property
    def pid(self) -> int | None:
        """Return the process's id, or None if there is none now."""
        process = self._process
        return process.pid if process is not None and process.poll() is None else None

    async def run(
        self, words: dict[str, Any], data: bytes, most: int = _MOST_RESULT
    ) -> tuple[dict[str, Any], bytes]:
        """Do a job. Raises `Overtaxed`; the next job finds a new process then.

        `most` is how many bytes may come back.
        """
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, self._talk, words, data, most)

    async def close(self) -> None:
        """End the process, in the midst of a job too."""
        if self._closed:
            return
        self._closed = True
        if self._process is not None:
            with suppress(OSError):
                self._process.kill()
        await asyncio.get_running_loop().run_in_executor(self._thread, self._stop)
        # Jobs that still wait find it closed.
        self._thread.shutdown(wait=False)

    # --- in the thread -------------------------------------------------------------------

    def _talk(self, words: dict[str, Any], data: bytes, most: int) -> tuple[dict[str, Any], bytes]:
        deadline = time.monotonic() + self._wait_seconds
        process = self._started()
        jobs, results = _pipes(process)
        try:
            _send(jobs, frames.pack(words, len(data)), deadline)
            _send(jobs, data, deadline)
            said, made = frames.unpack(_Receiver(results, deadline).read, most)
        except (OSError, EOFError, frames.BadFrame) as error:
            why = "slow" if isinstance(error, TimeoutError) else "ended"
            self._stop()
            self._tell(why, process.returncode)
            raise Overtaxed(why) from error
        if said.get("end") == "memory":
            self._tell("memory", None)
            raise Overtaxed("memory")
        return said, made

    def _tell(self, why: str, status: int | None) -> None:
        if not self._closed:
            self._meter.count("decoder_failures", why=why)
            log.warning("the decoder gave up on a file", why=why, status=status)

    def _started(self) -> subprocess.Popen[bytes]:
        """Return the living process, a new one if need be."""
        if self._process is not None and self._process.poll() is None:
            return self._process
        self._stop()
        if self._closed:
            raise Overtaxed("closed")
        process = subprocess.Popen(
            self._command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            bufsize=0,
            cwd="/",
            env={"PYTHONPATH": str(_ROOT)},
            # A Ctrl-C in our terminal is for us: we end it in order.
            start_new_session=True,
        )
        for pipe in _pipes(process):
            os.set_blocking(pipe.fileno(), False)
        self._process = process
        # Also when we are forgotten without being closed.
        self._end = weakref.finalize(self, _end_process, process)
        return process

    def _stop(self) -> None:
        if self._end is not None:
            self._end()
        self._process = self._end = None


def _pipes(process: subprocess.Popen[bytes]) -> tuple[IO[bytes], IO[bytes]]:
    """Return where jobs go and where results come from."""
    if process.stdin is None or process.stdout is None:
        raise AssertionError("started without pipes")
    return process.stdin, process.stdout


def _end_process(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    for pipe in _pipes(process):
        pipe.close()
    with suppress(subprocess.TimeoutExpired):
        process.wait(_END_SECONDS)


def _send(pipe: IO[bytes], data: bytes, deadline: float) -> None:
    """Write bytes in pieces, so that none of them is copied."""
    view = memoryview(data)
    while view:
        try:
            view = view[os.write(pipe.fileno(), view[:_CHUNK]) :]
        except BlockingIOError:
            _wait(pipe, selectors.EVENT_WRITE, deadline)


class _Receiver:
    """Read exactly so many bytes, until a deadline."""

    def __init__(self, pipe: IO[bytes], deadline: float) -> None:
        self._pipe = pipe
        self._deadline = deadline

    def read(self, size: int) -> bytes:
        """Return bytes; raises `EOFError` or `TimeoutError`."""
        pieces: list[bytes] = []
        while size:
            try:
                piece = os.read(self._pipe.fileno(), min(size, _CHUNK))
            except BlockingIOError:
                _wait(self._pipe, selectors.EVENT_READ, self._deadline)
                continue
            if not piece:
                raise EOFError
            size -= len(piece)
            pieces.append(piece)
        return b"".join(pieces)


def _wait(pipe: IO[bytes], event: int, deadline: float) -> None:
    with selectors.DefaultSelector() as selector:
        selector.register(pipe, event)
        if not selector.select(max(0.0, deadline - time.monotonic())):
            raise TimeoutError
