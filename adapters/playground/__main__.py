"""`python -m adapters.playground`: serve the stand-ins and the page, and run the bot on them."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import fcntl
import os
import signal
import socket
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from dotenv import dotenv_values

from adapters.playground.outside import Outside
from adapters.playground.process import BotProcess, Status
from adapters.playground.routes import describe_process
from adapters.playground.settings import LOOPBACK, Settings, SettingsError, read_settings

EX_OSERR = 71
EX_TEMPFAIL = 75
EX_CONFIG = 78
PORTS_TRIED = 20


class CannotStart(Exception):
    """The playground cannot run; `code` is its exit code."""

    def __init__(self, message: str, code: int) -> None:
        super().__init__(message)
        self.code = code


def listen(host: str, port: int, avoid: int) -> socket.socket:
    """Return a listening socket on `port`, or else on the next free one but `avoid`."""
    for candidate in range(port, min(port + PORTS_TRIED, 65536)) if port else (0,):
        if candidate == avoid:
            continue
        server = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            server.bind((host, candidate))
            server.listen(128)
        except OSError as error:
            server.close()
            if error.errno != errno.EADDRINUSE:
                raise CannotStart(
                    f"Cannot listen on {host}:{candidate}: {error}", EX_OSERR
                ) from None
        else:
            return server
    raise CannotStart(f"No free port from {port} on; set PLAYGROUND_PORT.", EX_OSERR)


@contextlib.contextmanager
def hold(folder: Path) -> Iterator[None]:
    """Hold the world's folder: two playgrounds would write over each other's journal."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise CannotStart(
                f"Another playground runs on {folder}; stop it, or set another DATA_DIR.",
                EX_TEMPFAIL,
            ) from None
        yield


def welcome(settings: Settings, url: str, wished: int) -> str:
    """Return the few lines that a newcomer needs."""
    lines = []
    if wished and not url.endswith(f":{wished}/"):
        lines.append(f"Port {wished} is in use; this is the next free one.")
    lines += [
        f"Playground   {url}",
        f"Simulated    {', '.join(settings.simulated) or 'nothing'}",
        f"Real         {', '.join(settings.real) or 'nothing: no token or key is set'}",
        f"Kept in      {settings.data}",
        "Connect the real ones: put DISCORD_TOKEN and AIMLAPI_API_KEY into .env (see"
        " .env.example) and start again.",
        "Ctrl-C stops.",
    ]
    return "\n".join(lines)


async def run(settings: Settings, environ: Mapping[str, str]) -> int:
    """Serve until a signal comes, then stop the bot in order."""
    server = listen(settings.host, settings.port, avoid=settings.http_port)
    port = int(server.getsockname()[1])
    base = f"http://{LOOPBACK if settings.reaches_loopback else settings.host}:{port}"

    def changed(status: Status) -> None:
        outside.feed.publish("process", describe_process(status))
        if status.state == "exited" and not stopping.is_set():
            print(f"The bot ended with exit code {status.code}:", *status.lines, sep="\n  ")

    outside = Outside(settings, base, lambda: process.connected())
    settings.bot_data.mkdir(parents=True, exist_ok=True)
    log = settings.world / "bot.log"
    log.unlink(missing_ok=True)
    process = BotProcess(
        [sys.executable, "-m", "bot", "run"],
        {**environ, **outside.bot_settings()},
        log,
        changed,
    )
    stopping = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    await outside.serve(server, process)
    print(welcome(settings, f"{base}/", settings.port), flush=True)
    try:
        await process.start()
        await stopping.wait()
        print("Stopping the bot...", flush=True)
        await process.stop()
    finally:
        await process.kill()
        await outside.close()
    return 0


def main() -> int:
    """Run the playground and return the exit code."""
    filed = {name: value or "" for name, value in dotenv_values(interpolate=False).items()}
    try:
        settings = read_settings({**filed, **os.environ})
        with hold(settings.world):
            return asyncio.run(run(settings, os.environ))
    except SettingsError as error:
        print(error, file=sys.stderr)
        return EX_CONFIG
    except CannotStart as error:
        print(error, file=sys.stderr)
        return error.code


if __name__ == "__main__":
    sys.exit(main())
