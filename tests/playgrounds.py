"""Running playgrounds, each a process with a world of its own."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tests import patience


@dataclass(slots=True)
class Playground:
    """A running `python -m adapters.playground` with a world of its own."""

    url: str
    data: Path
    process: Process

    async def stop(self) -> int:
        """End it as Ctrl-C does and return its exit code."""
        if self.process.returncode is None:
            self.process.send_signal(signal.SIGINT)
        return await asyncio.wait_for(self.process.wait(), patience.SECONDS)


def free_port() -> int:
    """Return a port that was free a moment ago."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


async def start_playground(data: Path, environ: Mapping[str, str] | None = None) -> Playground:
    """Start a playground and wait until it says where its page is."""
    inherited = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    # Without the settings of whoever runs the tests; `data` holds no .env either.
    root = Path(__file__).parent.parent
    env = inherited | {
        "PYTHONPATH": str(root),
        "DATA_DIR": str(data),
        "PLAYGROUND_PORT": str(free_port()),
        "HTTP_PORT": str(free_port()),
        **(environ or {}),
    }
    data.mkdir(parents=True, exist_ok=True)
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "adapters.playground", cwd=data, env=env, stdout=PIPE
    )
    assert process.stdout is not None
    said = b""
    async with asyncio.timeout(patience.SECONDS):
        while line := await process.stdout.readline():
            said += line
            words = [word for word in line.decode().split() if word.startswith("http://127.0.0.1")]
            if words:
                return Playground(words[0], data, process)
    raise RuntimeError(f"the playground ended at its start:\n{said.decode()}")
