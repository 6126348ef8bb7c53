"""The faults of limits and of who asks at once, F67 to F72, on both platforms.

What many processes do at the edge of a limit is shown in `tests.test_quotas_concurrency`, what
clocks and zones do in `tests.test_quotas` and `tests.test_storage_quotas_model`.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass, replace

from adapters.playground.aimlapi import CHAT
from adapters.playground.faults import Fault
from bot.ports import Change, Limit, Metric, Scope, ScopeKind, Window
from tests.fault_acts import Advance, Ended, Kill, Mention, Say, Script, Stage, Start, Writing
from tests.fault_rows import (
    ANSWER,
    SLACK,
    Called,
    Counted,
    Holds,
    Ledger,
    Row,
    Shows,
    Stored,
    Turn,
    World,
    answered,
    charged,
    released,
    shows,
    unreserved,
)
from tests.standins import MODEL

MEMBER = Scope(ScopeKind.MEMBER)
CHANGE = Change(0, "discord:1", "Ada", "", "", "set", MEMBER, "", "", "", "", "")
QUESTION = "What is a monad?"
USED_UP = "{*}all of it is used. Nothing was charged.{*}press Retry then.{*}"
COUNTERS = "SELECT DISTINCT reserved, spent FROM counter"
# What a person, and a channel, have used in the end.
ONE = Holds(COUNTERS, ((0, 1),))


@dataclass(frozen=True)
class Allow:
    """Let each person ask so often, from chat; None takes that back."""

    requests: int | None

    async def __call__(self, stage: Stage) -> None:
        """Do it as an admin does."""
        assert stage.h.service is not None
        limit = Limit(MEMBER, Metric.REQUESTS, Window.DAY, self.requests or 0)
        if self.requests is None:
            await stage.h.service.store.unset_limit(limit, CHANGE)
        else:
            await stage.h.service.store.set_limit(limit, CHANGE)


@dataclass(frozen=True)
class Leak:
    """Lose what closed the only reservation."""

    async def __call__(self, stage: Stage) -> None:
        """Do it to the rows."""
        with closing(sqlite3.connect(stage.h.database, timeout=10)) as connection:
            connection.execute("DELETE FROM ledger")
            connection.execute("UPDATE reservation SET state = 'open', closed_at = NULL")
            connection.execute("UPDATE counter SET reserved = reserved + 1")
            connection.execute(
                "INSERT INTO hold (turn, step, counter, amount, extra)"
                " SELECT r.turn, r.step, c.id, 1, 0 FROM reservation r, counter c"
            )
            connection.commit()


def refused(of: str, asked: str = QUESTION, note: str = USED_UP) -> Turn:
    """Return a turn that a limit held back, and that is kept for Retry."""
    history = (f"user: {asked}",)
    return Turn(of, "refused", ("notice sent",), history, error="limit", note=note)


def limited(world: World, limits: str) -> World:
    """Return a world with limits of the settings'."""
    return replace(world, settings={**world.settings, "LIMITS": limits})


def ask(named: str, person: int = 1, channel: str = "general") -> tuple[Mention, Ended]:
    """Return a question, and its end."""
    return Mention(QUESTION, named, channel, person), Ended(named)


def met(times: int) -> tuple[Called, ...]:
    """Return that a model was asked so often."""
    return (Called(CHAT, times),)


def told(*outcomes: tuple[str, bool]) -> tuple[list[Shows], list[Stored], list[Ledger]]:
    """Return what becomes of questions, by their names: answered or held back."""
    sees = [shows(name, f"{ANSWER}{{*}}" if good else USED_UP) for name, good in outcomes]
    stored: list[Stored] = [
        answered(name, note="{*}") if good else refused(name) for name, good in outcomes
    ]
    ledger: list[Ledger] = [charged(name) if good else unreserved(name) for name, good in outcomes]
    return sees, stored, ledger


def rows(name: str, world: World) -> tuple[Row, ...]:
    """Return the rows on one platform."""
    edge = told(("q1", True), ("q2", True), ("q3", False), ("q4", False))
    one = told(("q", True), ("again", False))
    changed = told(("q1", True), ("q2", False), ("q3", True), ("q4", False), ("q5", True))
    minute = told(("q1", True), ("q2", False), ("q3", True))
    around = told(("q1", True), ("q2", True), ("q3", False))
    return (
        Row(
            id="F67",
            variant=name,
            happens="People ask at the edge of their own and of the channel's limit.",
            acts=(*ask("q1", 1), *ask("q2", 2), *ask("q3", 2), *ask("q4", 1)),
            met=met(2),
            sees=edge[0],
            stored=(
                *edge[1],
                Holds("SELECT COUNT(*) FROM counter WHERE reserved + spent > 2", ((0,),)),
                Counted("quota_refusals", 2, 'kind="limit"'),
            ),
            ledger=edge[2],
            world=limited(world, "member:requests:day=1; channel:requests:day=2"),
        ),
        Row(
            id="F68",
            variant=name,
            happens="The process dies between reserving and storing; another goes on.",
            acts=(
                Mention(QUESTION, "q", person=1),
                Writing("q"),
                Kill(),
                Start(),
                Ended("q"),
                *ask("again", 1),
            ),
            met=met(2),
            sees=one[0],
            stored=(*one[1], ONE, Holds("SELECT COUNT(*) FROM hold", ((0,),))),
            ledger=one[2],
            world=replace(limited(world, "member:requests:day=1"), tokens_per_second=10.0),
        ),
        Row(
            id="F69",
            variant=name,
            happens="What closed a reservation is lost; it is given back with an alarm.",
            acts=(
                Script(MODEL, Fault(CHAT, "refuse", status=400)),
                *ask("q", 1),
                Leak(),
                *ask("early", 1),
                Advance(4_000.0),
                *ask("later", 1),
            ),
            met=met(2),
            sees=(shows("q", "{*}"), shows("early", USED_UP), shows("later", f"{ANSWER}{{*}}")),
            stored=(
                Turn("q", "failed", ("notice sent",), (f"user: {QUESTION}",), "invalid", "{*}"),
                refused("early"),
                answered("later", note="{*}"),
                ONE,
                Counted("reservations_leaked", 1),
                Holds(
                    "SELECT name FROM alert WHERE name = 'leaked_reservations'",
                    (("leaked_reservations",),),
                ),
            ),
            ledger=(released("q"), unreserved("early"), charged("later")),
            world=limited(world, "member:requests:day=1"),
        ),
        Row(
            id="F70",
            variant=name,
            happens="A limit is lowered below what is used, raised, lowered, taken away.",
            acts=(
                Allow(3),
                *ask("q1"),
                Allow(1),
                *ask("q2"),
                Allow(2),
                *ask("q3"),
                Allow(1),
                *ask("q4"),
                Allow(None),
                *ask("q5"),
            ),
            met=met(3),
            sees=changed[0],
            stored=(*changed[1], Holds("SELECT COUNT(*) FROM change", ((5,),))),
            ledger=changed[2],
            world=world,
        ),
        Row(
            id="F71",
            variant=name,
            happens="A period ends: what was used in it counts no more, and not before.",
            acts=(*ask("q1"), *ask("q2"), Advance(3_600.0), *ask("q3")),
            met=met(2),
            sees=minute[0],
            stored=(*minute[1], Holds(f"{COUNTERS} ORDER BY starts", ((0, 1),))),
            ledger=minute[2],
            world=limited(world, "member:requests:hour=1"),
        ),
        Row(
            id="F72",
            variant=name,
            happens="Somebody asks in another channel, and alone, to get around a limit.",
            acts=(
                *ask("q1", 1),
                Say(QUESTION, "q2", "dm1", 1),
                Ended("q2"),
                *ask("q3", 1, "random"),
            ),
            met=met(2),
            sees=(
                shows("q1", f"{ANSWER}{{*}}"),
                shows("q2" if world is SLACK else "dm1", f"{ANSWER}{{*}}"),
                shows("q3", USED_UP),
            ),
            stored=around[1],
            ledger=around[2],
            world=limited(world, "member:requests:day=2"),
        ),
    )


ROWS = (*rows("Discord", World()), *rows("Slack", SLACK))
