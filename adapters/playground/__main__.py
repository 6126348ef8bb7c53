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

from adapters.playground.manifest import ask_manifest
from adapters.playground.outside import Outside
from adapters.playground.process import BotProcess, Status
from adapters.playground.routes import describe_process
from adapters.playground.settings import LOOPBACK, Settings, SettingsError, read_settings

EX_DATAERR = 65
EX_OSERR = 71
EX_CANTCREAT = 73
EX_TEMPFAIL = 75
EX_CONFIG = 78
# The bot ends with one of these when a new start would not help.
HOPELESS = (EX_DATAERR, EX_OSERR, EX_CANTCREAT, EX_TEMPFAIL, EX_CONFIG)
PORTS_TRIED = 20
# One Ctrl-C may come twice, from the terminal and from whatever started us.
SAME_SIGNAL_SECONDS = 0.5


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
def writing(folder: Path) -> Iterator[None]:
    """Say in words that a folder cannot be written."""
    try:
        yield
    except OSError as error:
        raise CannotStart(
            f"Cannot write in {folder}: {error.strerror} ({error.filename})."
            " Set DATA_DIR to a folder of your own.",
            EX_CANTCREAT,
        ) from None


@contextlib.contextmanager
def hold(folder: Path) -> Iterator[None]:
    """Hold the world's folder: two playgrounds would write over each other's journal."""
    with writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o700)
        (folder / "lock").touch()
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
        f"Real         {', '.join(settings.real) or 'nothing'}",
    ]
    if settings.unused:
        lines.append(f"Not used     {', '.join(settings.unused)} (not available in this version)")
    lines += [f"Kept in      {settings.data}", f"Bot's log    {settings.log}"]
    if settings.missing:
        lines.append(
            f"To connect the real ones, put {' and '.join(settings.missing)} into .env (see"
            " .env.example) and start again."
        )
    lines.append("Ctrl-C stops.")
    return "\n".join(lines)


class Stopping:
    """What ends the playground: a signal, another that cannot wait, or a bot that is hopeless."""

    def __init__(self) -> None:
        self.asked = asyncio.Event()
        self.hurry = asyncio.Event()
        self.code = 0
        self._came_up = False
        self._signalled_at: float | None = None

    def signalled(self, number: int) -> None:
        """Hear a signal: the first asks, the second does not wait."""
        now = asyncio.get_running_loop().time()
        if self._signalled_at is None:
            self._signalled_at = now
        if now - self._signalled_at >= SAME_SIGNAL_SECONDS:
            self.code = 128 + number
            self.hurry.set()
        self.asked.set()

    def changed(self, status: Status) -> None:
        """Hear of the bot: one that never came up is a failure, and may be one for good."""
        if status.state == "running":
            self._came_up, self.code = True, 0
        if status.state != "exited" or self.asked.is_set():
            return
        _say(f"The bot ended with exit code {status.code}:", *status.lines, sep="\n  ")
        if not self._came_up:
            code = status.code or 0
            self.code = code if code >= 0 else 128 - code
            if code in HOPELESS:
                self.asked.set()


async def run(settings: Settings, environ: Mapping[str, str]) -> int:
    """Serve until a signal comes, then stop the bot in order."""
    server = listen(settings.host, settings.port, avoid=settings.http_port)
    port = int(server.getsockname()[1])
    base = f"http://{LOOPBACK if settings.reaches_loopback else settings.host}:{port}"
    stopping = Stopping()

    def changed(status: Status) -> None:
        outside.feed.publish("process", describe_process(status))
        stopping.changed(status)

    with writing(settings.data):
        outside = Outside(settings, base, lambda platform: process.connected(platform))
        settings.bot_data.mkdir(parents=True, exist_ok=True)
        settings.log.unlink(missing_ok=True)
        settings.log.touch()
    environ = {**environ, **outside.bot_settings()}
    process = BotProcess(
        [sys.executable, "-m", "bot", "run"],
        environ,
        settings.log,
        changed,
        settings.platforms,
    )
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopping.signalled, number)
    await outside.serve(server, process)
    _say(welcome(settings, f"{base}/", settings.port))
    learning = asyncio.create_task(_learn(outside, environ))
    try:
        await process.start()
        await stopping.asked.wait()
        if process.alive:
            _say("Stopping the bot: answers under way get up to 25 s. Ctrl-C again ends now.")
            await _stop(process, stopping.hurry)
    finally:
        learning.cancel()
        await asyncio.gather(learning, return_exceptions=True)
        await process.kill()
        await outside.close()
    return stopping.code


async def _learn(outside: Outside, environ: Mapping[str, str]) -> None:
    """Make the stand-in's Slack app of the manifest that the bot prints."""
    if manifest := await ask_manifest(environ):
        outside.learn(manifest)


def _say(*lines: str, sep: str = "\n") -> None:
    """Print, unless whoever read it has gone: that is no reason not to end in order."""
    with contextlib.suppress(BrokenPipeError):
        print(*lines, sep=sep, flush=True)


async def _stop(process: BotProcess, hurry: asyncio.Event) -> None:
    """Let the bot end in order, or not if there is no time."""
    ways = [asyncio.create_task(process.stop()), asyncio.create_task(hurry.wait())]
    await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
    for way in ways:
        way.cancel()
    await asyncio.gather(*ways, return_exceptions=True)


def _filed() -> dict[str, str]:
    try:
        filed = dotenv_values(".env", interpolate=False)
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f".env cannot be read: {error}") from None
    return {name: value or "" for name, value in filed.items()}


def main() -> int:
    """Run the playground and return the exit code."""
    # What people wrote is in its files, and the bot's.
    os.umask(0o077)
    try:
        settings = read_settings({**_filed(), **os.environ})
        with hold(settings.world):
            code = asyncio.run(run(settings, os.environ))
            # All is put away: one more Ctrl-C is not to spoil the exit code.
            for number in (signal.SIGINT, signal.SIGTERM):
                signal.signal(number, signal.SIG_IGN)
            return code
    except SettingsError as error:
        print(error, file=sys.stderr)
        return EX_CONFIG
    except CannotStart as error:
        print(error, file=sys.stderr)
        return error.code


if __name__ == "__main__":
    sys.exit(main())
