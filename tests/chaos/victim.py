"""The real bot, in processes that kill themselves at a named point.

`python -m tests.chaos.victim` imports everything once, then forks one bot for each line of
JSON on its standard input (`tests.chaos.nursery.Order.encode`). It answers `{"pid": ...}` and,
when that process is over, `{"status": ...}`. A fork saves the second that the imports cost, 300
times; nothing but imports happens before it.
"""

from __future__ import annotations

import asyncio
import ctypes
import json
import os
import random
import signal
import sys
import traceback
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

# All that a bot imports only when it starts.
import adapters.backends.http
import adapters.discord.client
import adapters.slack.client
import adapters.web.meter
import adapters.web.surface
import storage.store
from adapters.backends import segmind_polls, segmind_submissions
from adapters.discord import catchup
from adapters.slack import allowance, outbound
from bot import __main__ as program
from bot import composition, config, faults, logs
from bot.turns import calls, late, outbox, parts, run, worker

__all__ = ["adapters", "storage"]

GUILD_READY_SECONDS = 0.05
# A server's channels are read one after the other at this rate; ten a cycle would take 2 s.
CATCHUP_CALLS_PER_SECOND = 200.0
BACKOFF_SECONDS = (0.05, 0.1, 0.2, 0.4, 0.8, 1.0, 2.0, 4.0)
AGAIN_SECONDS = 1.0
# So that 1,200 words are three messages and a file, and 500 are two messages on Slack, too: what
# begins beyond that is in the file only, and the fourth message would begin at some 5,200.
SHOWN_CHARACTERS, TEXT_CHARACTERS = 4_500, 2_000
# Slack's own limits, for a bot that lives a second.
SLACK_LIMITS = replace(
    outbound.LIMITS, text=TEXT_CHARACTERS, edit_seconds=0.2, requests_per_second=45.0
)
POLL_SECONDS = 0.1
# How often late pictures are looked for.
LATE_SECONDS = 0.5
LOOK_SECONDS = 0.1
_PR_SET_PDEATHSIG = 1  # https://man7.org/linux/man-pages/man2/PR_SET_PDEATHSIG.2const.html


class Trigger:
    """Write every point down as it is passed, and die at the armed one.

    A line is one `write` to a file opened for appending, so that SIGKILL loses none.
    """

    def __init__(self, point: str, nth: int, trace: int) -> None:
        self._point = point
        self._nth = nth
        self._trace = trace
        self._seen: Counter[str] = Counter()

    def __call__(self, name: str) -> None:
        self._seen[name] += 1
        if name == self._point and self._seen[name] == self._nth:
            os.write(self._trace, f"!{name}\n".encode())
            os.kill(os.getpid(), signal.SIGKILL)
        os.write(self._trace, f"{name}\n".encode())


async def serve(settings: config.Settings, order: dict[str, Any]) -> None:
    """Run the bot until SIGTERM."""
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    service = await program.compose(
        settings,
        guild_ready_timeout=GUILD_READY_SECONDS,
        look=order["look"],
        slack_limits=replace(SLACK_LIMITS, **order.get("slack", {})),
    )
    telling = asyncio.create_task(tell_level(service, Path(order["level"])))
    try:
        await service.run(stop)
    finally:
        telling.cancel()


async def tell_level(service: composition.Service, level: Path) -> None:
    """Touch a file once all that was missed is known: what was said, and what was deleted."""
    platforms: list[Any] = list(service.platforms.values())
    while not all(each.ready and each.caught_up for each in platforms):
        await asyncio.sleep(LOOK_SECONDS)
    level.touch()


def live(order: dict[str, Any]) -> None:
    """Be the bot, in a process of its own, until killed or told to stop."""
    os.setsid()
    die_with_parent()
    log = os.open(order["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    for stream in (1, 2):
        os.dup2(log, stream)
    trace = os.open(order["trace"], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    random.seed()
    faults.install(Trigger(order["point"], order["nth"], trace))
    # Waits that would make a run long and test nothing.
    catchup.CALLS_PER_SECOND = CATCHUP_CALLS_PER_SECOND
    for module in (calls, outbox, run):
        vars(module)["BACKOFF_SECONDS"] = BACKOFF_SECONDS
    worker.AGAIN_SECONDS = AGAIN_SECONDS
    late.EVERY_SECONDS = LATE_SECONDS
    run.TURN_SECONDS = order["turn_seconds"]
    parts.MOST_CHARACTERS_SHOWN = SHOWN_CHARACTERS
    vars(allowance).update(
        _TIERS=dict.fromkeys(allowance._TIERS, 10_000), _POSTS=100, _STATUSES_A_MINUTE=10_000
    )
    for module in (segmind_submissions, segmind_polls):
        vars(module)["POLL_FIRST_SECONDS"] = POLL_SECONDS
    settings = replace(config.Settings.load(order["env"]), http_port=order.get("port", 0))
    logs.configure(settings.log_level, settings.log_format, settings.secrets)
    asyncio.run(serve(settings, order))


def fork(order: dict[str, Any]) -> int:
    """Start a bot and return its process id."""
    pid = os.fork()
    if pid:
        return pid
    code = 1
    try:
        live(order)
        code = 0
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def die_with_parent() -> None:
    """Be killed as soon as whoever started this process is no more."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def main() -> None:
    """Obey until the input ends."""
    # While a bot lives nobody reads the input: a campaign that was ended left both for ever.
    die_with_parent()
    for line in sys.stdin:
        pid = fork(json.loads(line))
        print(json.dumps({"pid": pid}), flush=True)
        _, status = os.waitpid(pid, 0)
        print(json.dumps({"status": os.waitstatus_to_exitcode(status)}), flush=True)


if __name__ == "__main__":
    main()
