"""Bad requests as data: what a row of the table of HTTP is, and the runner that plays it.

Each case is a question of somebody's in the world, told to the bot in a request of its own, or
something that is no request at all. It tells which answers come back, what is counted, and
whether the question is answered; whatever else would be stored, called or counted is a fault,
and so is a bot that does not serve the next good request. All rows are played on one bot, that
hears of its world by nothing but these requests.
"""

from __future__ import annotations

import json
import re
import sqlite3
import tracemalloc
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from prometheus_client.parser import text_string_to_metric_families

from adapters.playground.faults import Fault
from tests.harness import Harness
from tests.http_changes import Change
from tests.standins import SLACK, SLACK_SIGNING_SECRET
from tests.wire import Heard, Request, talk

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
PUBLIC_NAME = "bot.example"
# Families that tell what was let in, and what was not.
COUNTED = (
    "commands",
    "http_refused",
    "intake_events",
    "slack_acks_late",
    "slack_handler_errors",
    "slack_ignored",
    "slack_malformed",
    "slack_requests",
)
_COUNTED = re.compile(rf"\bthreadbot_({'|'.join(COUNTED)})(_total)?\b")
# What is refused at once is also closed at once: seconds, with the time to read what comes.
AT_ONCE = 1.5
# What a case may take of the memory, in bytes; the largest body takes one MiB.
MOST_MEMORY = 16 * 1024 * 1024
# Written at all times, whoever calls.
_BEATING = frozenset({"worker", "sqlite_sequence"})

Act = Callable[["Bench", Request], Awaitable[Heard]]
Count = Mapping[str, int]

TAKEN: Count = {"slack_requests taken": 1}
ADMITTED: Count = {**TAKEN, "intake_events admitted": 1}
UNSIGNED: Count = {"slack_requests unsigned": 1}
UNREADABLE: Count = {"slack_requests unreadable": 1}


def refused(why: str) -> Count:
    """Return what the surface counts when it serves something not."""
    return {f"http_refused {why}": 1}


@dataclass(frozen=True)
class Case:
    """One variant of a row.

    `statuses` are those of all answers. `served`: the question is answered, once. `counted`: by
    how much each counter grows; all others stay. `says` is the last answer's body, None for any.
    `closed`: after so many seconds the line is cut at the latest; None: it need not be.
    """

    name: str
    act: Act
    statuses: tuple[int, ...]
    counted: Count
    served: bool = False
    says: bytes | None = None
    closed: float | None = None


@dataclass(frozen=True)
class Row:
    """One entry of the table. `instead` says why, where another policy is held than there."""

    id: str
    given: str
    expected: str
    cases: Callable[[], Iterator[Case]]
    instead: str = ""


def sent(name: str, change: Change, *statuses: int, **more: Any) -> Case:
    """Return a case in which a changed request is sent on a connection of its own."""

    async def act(bench: Bench, request: Request) -> Heard:
        changed = change(request)
        pieces = [changed.encode()] if isinstance(changed, Request) else changed
        return await talk(bench.port, pieces)

    return Case(name, act, statuses, **more)


def declined(name: str, change: Change, status: int, why: str, **more: Any) -> Case:
    """Return a case which the surface refuses, and closes the line at once."""
    return sent(name, change, status, counted=refused(why), **{"closed": AT_ONCE, **more})


def served(name: str, change: Change) -> Case:
    """Return a case which is served all the same."""
    return sent(name, change, 200, counted=ADMITTED, served=True, says=b"")


@dataclass
class Bench:
    """The bot that all rows are played on."""

    h: Harness
    asked: int = 0

    @property
    def port(self) -> int:
        """Return where the bot's own surface listens."""
        return self.h.port

    def deafen(self) -> None:
        """Let the stand-in deliver nothing by itself, for as long as the bench stands."""
        for name in ("message", "app_mention"):
            self.h.standins.faults[SLACK].add(Fault(f"event:{name}", "lose", times=10**9))

    def ask(self) -> tuple[str, Request]:
        """Let somebody mention the bot; return the message, and the request that tells of it."""
        self.asked += 1
        source = self.h.mention(f"Question {self.asked} of Canary")
        slack = self.h.standins.slack
        assert slack is not None
        payloads = slack.deliveries.sent.values()
        told = [each for each in payloads if each["event"]["type"] == "app_mention"][-1]
        assert told["event"]["ts"] == source
        return source, self.request(told)

    def request(self, payload: Any, content_type: str = JSON) -> Request:
        """Return a request that carries this, signed now."""
        raw = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
        at = self.h.clock.now() // 1000
        host = f"127.0.0.1:{self.port}"
        return Request.signed(raw, SLACK_SIGNING_SECRET, at, content_type, host)

    async def counters(self) -> dict[str, int]:
        """Return the counters, as the surface shows them."""
        heard = await talk(self.port, [b"GET /metrics HTTP/1.0\r\nHost: localhost\r\n\r\n"])
        (answer,) = heard.answers
        assert answer.status == 200
        # To read all that is counted would take longer than all that a row does.
        lines = answer.body.decode().splitlines(keepends=True)
        counted = "".join(line for line in lines if _COUNTED.search(line))
        return {
            " ".join([name, *sample.labels.values()]): int(sample.value)
            for family in text_string_to_metric_families(counted)
            for name in [family.name.removeprefix("threadbot_")]
            for sample in family.samples
            if name in COUNTED
        }

    def stored(self) -> dict[str, int]:
        """Return how many rows each table has."""
        connection = sqlite3.connect(self.h.database, timeout=10)
        try:
            tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
            return {
                name: connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0]
                for (name,) in tables.fetchall()
                if name not in _BEATING
            }
        finally:
            connection.close()

    def turns(self, source: str) -> list[str]:
        """Return the outcome of each turn of a message."""
        connection = sqlite3.connect(self.h.database, timeout=10)
        try:
            found = connection.execute("SELECT outcome FROM turn WHERE source = ?", (source,))
            return [outcome for (outcome,) in found.fetchall()]
        finally:
            connection.close()


# --- the runner -------------------------------------------------------------------------------

GOOD = served("the next good request", lambda request: request)


async def play(row: Row, bench: Bench) -> int:
    """Play all cases of a row and a good request, and return how many there were."""
    cases = (*row.cases(), GOOD)
    for case in cases:
        try:
            await _play(case, bench)
        except AssertionError as error:
            raise AssertionError(f"{row.id}, {case.name}: {error}") from error
    return len(cases)


async def _play(case: Case, bench: Bench) -> None:
    source, request = bench.ask()
    before, stored = await bench.counters(), bench.stored()
    called = len(bench.h.standins.history.entries)
    tracemalloc.start()
    try:
        heard = await case.act(bench, request)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert heard.statuses == case.statuses, f"it answers {heard.answers}"[:2000]
    if case.served:
        await bench.h.ended(source)
        assert bench.turns(source) == ["answered"]
    else:
        bench.h.unheard.add(source)
        entries = bench.h.standins.history.entries[called:]
        assert not entries, f"it calls {[entry.route for entry in entries]}"
        assert bench.stored() == stored, "it stores something"
    after = await bench.counters()
    counted = {name: n - before.get(name, 0) for name, n in after.items()}
    grown = {name: n for name, n in counted.items() if n}
    assert grown == dict(case.counted), f"it counts {grown}"
    assert peak < MOST_MEMORY, f"it takes {peak // 1024} KiB"
    _check_answers(case, heard)
    await _check_alive(bench)


def _check_answers(case: Case, heard: Heard) -> None:
    if case.says is not None:
        assert heard.answers[-1].body == case.says, f"it says {heard.answers[-1].body!r}"
    if case.closed is not None:
        assert heard.closed is not None, "the line stays open"
        assert heard.closed <= case.closed, f"closed after {heard.closed} s"
    for answer in heard.answers:
        assert "aiohttp" not in str(answer.headers)
        assert b"Traceback" not in answer.body and b"Canary" not in answer.body
        if answer.status >= 400:
            assert len(answer.body) < 100
    if heard.answers and heard.answers[-1].body.startswith(b'{"error"'):
        assert heard.closed is not None, "something may follow what was refused"


async def _check_alive(bench: Bench) -> None:
    """Hold the bot to it that it hears Slack at once."""
    request = bench.request({"type": "url_verification", "challenge": "still-here"})
    heard = await talk(bench.port, [request.encode()])
    assert heard.statuses == (200,), "it hears Slack no more"
    assert b"still-here" in heard.answers[0].body
