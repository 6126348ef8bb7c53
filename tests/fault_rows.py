"""The fault table as data: what a row is, and the one runner that plays it on the whole bot.

A row tells what happens and, in three fields of which none is empty, what comes of it: what
people see, what is stored, what the ledger holds. All three are told completely: a message,
a turn or an entry of the ledger that a row does not name fails it.

A row is of Discord unless its world names another platform:

    Row(id="F40", world=SLACK, ...)          # Socket Mode; SLACK_HTTP: signed requests
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp

from tests.evidence import Database, group
from tests.fault_acts import Act, Stage
from tests.harness import harness
from tests.standins import DISCORD
from tests.virtual import until

# So long nothing more may happen after the last turn has ended.
QUIET_SECONDS = 5.0
ANYTHING = "{*}"
# Any answer of the simulated model.
ANSWER = "{*}SIMULATED{*}"


def fits(pattern: str, text: str) -> bool:
    """Tell whether a text is the pattern, in which `{*}` stands for anything."""
    expression = ".*".join(re.escape(part) for part in pattern.split(ANYTHING))
    return re.fullmatch(expression, text, re.DOTALL) is not None


@dataclass(frozen=True)
class World:
    """The standing state of a row; the fields are those of `harness`."""

    platform: str | tuple[str, ...] = DISCORD
    transport: str = "socket"
    settings: Mapping[str, str] = field(default_factory=dict)
    segmind: bool = False
    tokens_per_second: float = 40.0
    options: Mapping[str, Any] = field(default_factory=dict)
    final: bool = True


SLACK = World(platform="slack")
SLACK_HTTP = World(platform="slack", transport="http")


# --- what the stand-in's log shows ------------------------------------------------------------


@dataclass(frozen=True)
class Called:
    """So many calls of a route were answered so; unset fields are not looked at.

    An event that was sent is the route "event:NAME"; "*" is any route. `code` is what the
    platform calls an error: a number on Discord, a word on Slack. `path` is what stands in the
    path: of an event of Slack's "attempt 0" to "attempt 3".
    """

    route: str
    times: int = 1
    most: int | None = None
    status: int | None = None
    mark: str = ""
    code: int | str | None = None
    effect: str = ""
    path: str = ""

    def check(self, stage: Stage) -> None:
        """Count them in the history."""
        found = 0
        for entry in stage.h.standins.history.entries:
            answer = entry.answer if isinstance(entry.answer, dict) else {}
            found += (
                self.route in ("*", entry.route)
                and self.status in (None, entry.status)
                and self.code in (None, answer.get("code"), answer.get("error"))
                and self.path in entry.path
                and (not self.mark or self.mark in entry.marks)
                and self.effect in ("", entry.effect)
            )
        most = self.times if self.most is None else self.most
        assert self.times <= found <= most, f"{self} was met {found} times"


@dataclass(frozen=True)
class Answered:
    """The first answer to a route came so many seconds after what it was asked for."""

    route: str
    of: str
    after: float
    before: float

    def check(self, stage: Stage) -> None:
        """Read the log's clock; an id of Slack's is a time."""
        history = stage.h.standins.history.entries
        at = next(entry.at for entry in history if entry.route == self.route)
        took = at / 1000 - float(stage.names[self.of])
        assert self.after <= took <= self.before, f"{self} took {took}"


# --- what people see --------------------------------------------------------------------------


@dataclass(frozen=True)
class Shows:
    """The bot's messages in a place are these, in order; `{*}` stands for anything."""

    place: str
    texts: tuple[str, ...]

    def check(self, stage: Stage) -> None:
        """Compare them."""
        found = [each.text for each in stage.shown(self.place)]
        assert len(found) == len(self.texts), f"{self.place} shows {found}"
        for pattern, text in zip(self.texts, found, strict=True):
            assert fits(pattern, text), f"{self.place} shows {text!r}, not {pattern!r}"


@dataclass(frozen=True)
class Nothing:
    """The bot has said nothing anywhere, or nothing more than other fields name."""

    def check(self, stage: Stage) -> None:
        """Trust the runner, which finds whatever is not named."""


@dataclass(frozen=True)
class Told:
    """A press or command was answered so, to its person alone."""

    what: str
    text: str

    def check(self, stage: Stage) -> None:
        """Compare it."""
        told = stage.h.folk.told(stage.names[self.what])
        assert told is not None, f"{self.what} was told nothing"
        assert told.alone, f"everybody sees the answer to {self.what}"
        assert fits(self.text, told.text), f"{self.what} was told {told.text!r}, not {self.text!r}"


def shows(place: str, *texts: str) -> Shows:
    """Return what stands in a place."""
    return Shows(place, texts)


# --- what is stored ---------------------------------------------------------------------------


@dataclass(frozen=True)
class Turn:
    """A turn ended so.

    `parts` are "purpose state" of its messages, `history` "role: text" of what later questions
    will see of it.
    """

    of: str
    outcome: str
    parts: tuple[str, ...]
    history: tuple[str, ...]
    error: str = ""
    note: str = ""

    def check(self, stage: Stage, database: Database) -> None:
        """Compare it with its rows."""
        turn = _turn(stage, database, self.of)
        assert turn["state"] == "ended", f"{self.of} is {turn['state']}"
        assert (turn["outcome"], turn["error"]) == (self.outcome, self.error), self.of
        assert fits(self.note, turn["note"]), f"{self.of} has the note {turn['note']!r}"
        parts = sorted(
            (row for row in database["part"] if row["turn"] == turn["id"]),
            key=lambda row: (row["purpose"], row["idx"]),
        )
        states = tuple(f"{row['purpose']} {row['state']}" for row in parts)
        assert states == self.parts, f"{self.of} has {states}"
        kept = sorted(
            (row for row in database["message"] if row["turn"] == turn["id"] and not row["hidden"]),
            key=lambda row: int(row["ordinal"]),
        )
        lines = [f"{row['role']}: {row['text']}" for row in kept]
        assert len(lines) == len(self.history), f"{self.of} leaves {lines}"
        for pattern, line in zip(self.history, lines, strict=True):
            assert fits(pattern, line), f"{self.of} leaves {line!r}, not {pattern!r}"


@dataclass(frozen=True)
class NoTurn:
    """Nothing was stored for a message or press."""

    of: str

    def check(self, stage: Stage, database: Database) -> None:
        """Look for it."""
        assert stage.source(self.of) not in {row["source"] for row in database["turn"]}, self.of


@dataclass(frozen=True)
class Holds:
    """A query of the database gives these rows."""

    query: str
    rows: tuple[tuple[Any, ...], ...]

    def check(self, stage: Stage, database: Database) -> None:
        """Ask it."""
        connection = sqlite3.connect(database.path)
        try:
            found = tuple(connection.execute(self.query))
        finally:
            connection.close()
        assert found == self.rows, f"{self.query} gives {found}"


@dataclass(frozen=True)
class Counted:
    """A counter of the running bot's stands at `times`; `labels` as they are exposed."""

    name: str
    times: int
    labels: str = ""

    def check(self, stage: Stage, database: Database) -> None:
        """Read it as it was exposed."""
        found = sum(
            float(line.rpartition(" ")[2])
            for line in stage.metrics.splitlines()
            if line.startswith(f"threadbot_{self.name}_total") and self.labels in line
        )
        assert found == self.times, f"{self.name} {self.labels} stands at {found}"


def answered(
    of: str = "q",
    asked: str = "What is a monad?",
    *,
    parts: int = 1,
    error: str = "",
    note: str = "",
) -> Turn:
    """Return a turn whose answer was shown and is remembered."""
    return Turn(
        of,
        "answered",
        parts=("answer sent",) * parts,
        history=(f"user: {asked}", f"assistant: {ANSWER}"),
        error=error,
        note=note,
    )


# --- what the ledger holds --------------------------------------------------------------------


@dataclass(frozen=True)
class Booked:
    """A turn's entries in the ledger, in order; only a release has no tokens and no pictures.

    Without `entries` nothing was reserved.
    """

    of: str
    entries: tuple[str, ...]

    def check(self, stage: Stage, database: Database) -> None:
        """Compare them."""
        turn = _turn(stage, database, self.of)["id"]
        rows = sorted(
            (row for row in database["ledger"] if row["turn"] == turn),
            key=lambda row: (row["step"], row["kind"] == "overrun"),
        )
        kinds = tuple(row["kind"] for row in rows)
        assert kinds == self.entries, f"{self.of} has booked {kinds}"
        for row in rows:
            used = row["tokens"] > 0 or row["images"] > 0
            assert used == (row["kind"] != "release"), f"{self.of} booked {row}"
        held = [row["state"] for row in database["reservation"] if row["turn"] == turn]
        closed = sum(kind != "overrun" for kind in kinds)
        assert len(held) == closed, f"{self.of} has reserved {held}"
        assert "open" not in held, f"{self.of} has reserved {held}"


def charged(of: str = "q") -> Booked:
    """Return one settlement of what was used."""
    return Booked(of, ("settle",))


def released(of: str = "q") -> Booked:
    """Return one release: nothing was charged."""
    return Booked(of, ("release",))


def unreserved(of: str = "q") -> Booked:
    """Return that no model was asked, so nothing was ever reserved."""
    return Booked(of, ())


@dataclass(frozen=True)
class NoTurns:
    """Nothing was reserved: there is no turn at all (or none beyond those that are named)."""

    def check(self, stage: Stage, database: Database) -> None:
        """Trust the runner, which finds whatever is not named."""


# --- rows -------------------------------------------------------------------------------------

Met = Called | Answered
Sees = Shows | Nothing | Told
Stored = Turn | NoTurn | Holds | Counted
Ledger = Booked | NoTurns


@dataclass(frozen=True)
class Row:
    """One fault, or a variant of it.

    `instead` says why, where another policy is held than the table's.
    """

    id: str
    happens: str
    acts: Sequence[Act]
    met: Sequence[Met]
    sees: Sequence[Sees]
    stored: Sequence[Stored]
    ledger: Sequence[Ledger]
    variant: str = ""
    world: World = World()
    instead: str = ""

    @property
    def name(self) -> str:
        """Return what the test is called."""
        return re.sub(r"[^A-Za-z0-9]+", "-", f"{self.id} {self.variant}").strip("-")


async def play(row: Row, folder: Path) -> None:
    """Play a row on the whole bot and hold it to all that it says."""
    world = row.world
    async with harness(
        folder,
        platform=world.platform,
        transport=world.transport,
        settings=dict(world.settings),
        segmind=world.segmind,
        tokens_per_second=world.tokens_per_second,
        final=world.final,
        **world.options,
    ) as h:
        stage = Stage(h)
        for act in row.acts:
            await act(stage)
        for end in stage.ends:
            await end
        # What was said last is stored by then.
        await h.clock.sleep(1.0)
        await until(lambda: not world.final or h.open_turns() == 0, within=1_000)
        await h.clock.sleep(QUIET_SECONDS)
        for fault in stage.faults:
            assert fault.hits, f"nothing met the fault {fault}"
        for met in row.met:
            met.check(stage)
        stage.metrics = await _metrics(stage)
        database = Database.read(h.database)
        for sees in row.sees:
            sees.check(stage)
        for stored in row.stored:
            stored.check(stage, database)
        for booked in row.ledger:
            booked.check(stage, database)
        _check_complete(row, stage, database)


async def _metrics(stage: Stage) -> str:
    """Read what the bot exposes, as Prometheus does; a bot that is not there exposes nothing."""
    if stage.h.service is None:
        return ""
    address = f"http://127.0.0.1:{stage.h.service.surface.port}/metrics"
    async with aiohttp.ClientSession() as session, session.get(address) as answer:
        return await answer.text()


def _turn(stage: Stage, database: Database, name: str) -> dict[str, Any]:
    found = group(database["turn"], "source").get(stage.source(name), [])
    assert len(found) == 1, f"{name} has {len(found)} turns"
    return found[0]


def _check_complete(row: Row, stage: Stage, database: Database) -> None:
    """Find what the bot said, stored or booked and the row does not name."""
    places = {stage.place(one.place) for one in row.sees if isinstance(one, Shows)}
    said = [f"{each.place}: {each.text}" for each in stage.h.ours() if each.place not in places]
    assert not said, f"the row does not name {said}"
    turns = {stage.source(one.of) for one in row.stored if isinstance(one, Turn)}
    sources = {turn["source"] for turn in database["turn"]}
    assert sources == turns, f"the row names {turns} and there is {sources}"
    booked = {stage.source(one.of) for one in row.ledger if isinstance(one, Booked)}
    assert sources == booked, f"the row books {booked} and there is {sources}"
