"""The decoder's process, handed on from one bot to the next: to start one is half a short test.

It holds nothing of a job that is over. What is killed, given up on or at work is never handed on;
how a process lives and dies is for the tests of the worker itself (tests/test_files_worker.py).
"""

from __future__ import annotations

import asyncio
import subprocess
import weakref
from typing import Any

from adapters.files.worker import Worker, _end_process

_idle: list[subprocess.Popen[bytes]] = []


class LentWorker(Worker):
    """A worker that takes over a living process, and leaves its own to the next."""

    _talking = False

    async def close(self) -> None:
        """Leave the process; in the midst of a job end it."""
        if self._closed or self._talking:
            await super().close()
            return
        self._closed = True
        await asyncio.get_running_loop().run_in_executor(self._thread, self._leave)
        self._thread.shutdown(wait=False)

    # --- in the thread -------------------------------------------------------------------

    def _talk(self, *args: Any) -> tuple[dict[str, Any], bytes]:
        self._talking = True
        try:
            return super()._talk(*args)
        finally:
            self._talking = False

    def _started(self) -> subprocess.Popen[bytes]:
        while self._process is None and not self._closed and _idle:
            process = _idle.pop()
            if process.poll() is not None:
                _end_process(process)
                continue
            self._process = process
            self._end = weakref.finalize(self, _end_process, process)
        return super()._started()

    def _leave(self) -> None:
        if self.pid is None or self._end is None or self._process is None:
            self._stop()
            return
        self._end.detach()
        _idle.append(self._process)
        self._process = self._end = None


def end_all() -> None:
    """End the processes that nobody has now."""
    while _idle:
        _end_process(_idle.pop())
