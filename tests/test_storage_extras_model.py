"""Extras in any order of grants, steps, crashes, resets and clocks, against plain Python."""

from __future__ import annotations

from dataclasses import dataclass, field

from hypothesis import strategies as st
from hypothesis.stateful import (
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from bot.domain import Amounts, Author, Model, Outcome
from bot.errors import Refused
from bot.ports import Grant, Limit, Metric, Quota, Scope, ScopeKind, Window
from tests.store_machines import LONG, LedgerMachine
from tests.stored import mention

HOUR = 3_600_000
WEEK = 7 * 24 * HOUR
ANN, BEN = Author("ann", "Ann", roles=("r1",)), Author("ben", "Ben")
MEMBER = Scope(ScopeKind.MEMBER, "discord", "guild")
SCOPES = (
    Scope(ScopeKind.USER, "discord", "guild", ANN.id),
    Scope(ScopeKind.ROLE, "discord", "guild", "r1"),
    MEMBER,
    Scope(ScopeKind.CHANNEL, "discord", "guild", "chan"),
    Scope(ScopeKind.USER, "discord", "other", ANN.id),
)
MODEL = Model("b", "m")
THREAD = mention("1").thread
QUOTA = Quota({})


@dataclass
class Taken:
    """What a step holds: of its limit, beyond it, and of which extras that is."""

    who: str
    amount: int
    beyond: int
    parts: list[tuple[str, int]]


@dataclass
class Purse:
    """What a person has used, and what extras gave to it."""

    spent: int = 0
    given: int = 0


@dataclass
class Expected:
    """All that the model knows."""

    most: int = 0
    purses: dict[str, Purse] = field(default_factory=lambda: {"ann": Purse(), "ben": Purse()})
    grants: dict[str, Grant] = field(default_factory=dict)
    used: dict[str, int] = field(default_factory=dict)
    open: dict[str, Taken] = field(default_factory=dict)

    def opened(self, who: str) -> list[Taken]:
        return [each for each in self.open.values() if each.who == who]

    def usable(self, who: Author, now: int) -> list[Grant]:
        """Return what helps a person, the first to end first."""
        found = [
            each
            for each in self.grants.values()
            if each.scope.kind is not ScopeKind.CHANNEL
            and each.scope.covers(THREAD, who)
            and (each.ends is None or each.ends > now)
        ]
        return sorted(found, key=_order)

    def left(self, who: Author, now: int) -> int:
        return sum(each.amount - self.used[each.id] for each in self.usable(who, now))

    def ask(self, id: str, who: Author, amount: int, now: int) -> bool:
        """Hold so much, or refuse it."""
        purse = self.purses[who.id]
        reserved = sum(each.amount for each in self.opened(who.id))
        beyond = max(0, reserved + purse.spent + amount - self.most - purse.given)
        if beyond > self.left(who, now):
            return False
        parts, missing = [], beyond
        for each in self.usable(who, now):
            part = min(missing, each.amount - self.used[each.id])
            if part:
                parts.append((each.id, part))
                self.used[each.id] += part
                missing -= part
        purse.given += beyond
        self.open[id] = Taken(who.id, amount, beyond, parts)
        return True

    def settle(self, id: str, charge: int) -> None:
        """Book what was used; what was not needed of extras goes back, the last taken first."""
        taken = self.open.pop(id)
        unused = max(0, taken.amount - charge)
        purse = self.purses[taken.who]
        purse.spent += charge
        purse.given = max(0, purse.given - min(taken.beyond, unused))
        for grant, part in sorted(
            taken.parts, key=lambda each: _order(self.grants[each[0]]), reverse=True
        ):
            back = min(part, unused)
            self.used[grant] -= back
            unused -= back

    def reset(self, who: str) -> None:
        """Forgive what was used; what is under way keeps what it took."""
        purse = self.purses[who]
        held = sum(each.beyond for each in self.opened(who))
        purse.given = max(purse.given - purse.spent, held)
        purse.spent = 0

    def purge(self, now: int) -> None:
        """Forget what ended long ago and nobody holds."""
        held = {grant for taken in self.open.values() for grant, _ in taken.parts}
        for id, each in list(self.grants.items()):
            if each.ends is not None and each.ends < now - WEEK and id not in held:
                del self.grants[id]
                del self.used[id]


def _order(grant: Grant) -> tuple[int, int, str]:
    return grant.ends or 2**60, grant.at, grant.id


class Extras(LedgerMachine):
    """Drive a store with one limit on each member, and extras of every kind."""

    @initialize(most=st.integers(0, 5))
    def begin(self, most: int) -> None:
        self.lay()
        self.expected = Expected(most)
        limit = Limit(MEMBER, Metric.TOKENS, Window.EVER, most)
        assert self.do(self.store.set_limit(limit, self.change(MEMBER)))

    # --- what happens ----------------------------------------------------------------------

    @rule(
        scope=st.sampled_from(SCOPES),
        amount=st.integers(1, 6),
        hours=st.sampled_from((None, 1, 4, 30)),
    )
    def grant(self, scope: Scope, amount: int, hours: int | None) -> None:
        ends = None if hours is None else self.now + hours * HOUR
        id = f"g{next(self.ids)}"
        grant = Grant(id, scope, Metric.TOKENS, amount, ends, at=self.now)
        assert self.do(self.store.add_grant(grant, self.change(MEMBER)))
        self.expected.grants[id], self.expected.used[id] = grant, 0

    @rule(
        who=st.sampled_from((ANN, ANN, BEN)),
        amounts=st.lists(st.integers(1, 7), min_size=1, max_size=3),
    )
    def ask(self, who: Author, amounts: list[int]) -> None:
        for amount in amounts:
            turn = self.asked(who)
            held = Amounts(1, amount)
            granted = self.expected.ask(turn.id, who, amount, self.now)
            try:
                self.do(self.store.start_step(turn, MODEL, held, self.now, quota=QUOTA))
            except Refused:
                assert not granted
                self.end(turn, Outcome.REFUSED, Amounts())
            else:
                assert granted
                self.turns[turn.id] = turn

    @precondition(lambda self: self.expected.open)
    @rule(data=st.data(), charge=st.integers(0, 8))
    def settle(self, data: st.DataObject, charge: int) -> None:
        self.book(data.draw(st.sampled_from(sorted(self.expected.open))), charge)

    def book(self, id: str, charge: int) -> None:
        self.expected.settle(id, charge)
        outcome = Outcome.ANSWERED if charge else Outcome.FAILED
        amounts = Amounts(1, charge) if charge else Amounts()
        self.end(self.turns.pop(id), outcome, amounts)

    @rule(who=st.sampled_from((ANN, BEN, None)))
    def reset(self, who: Author | None) -> None:
        scope = MEMBER if who is None else Scope(ScopeKind.USER, "discord", "guild", who.id)
        assert self.do(self.store.reset_use(scope, self.change(MEMBER)))
        for id in ("ann", "ben") if who is None else (who.id,):
            self.expected.reset(id)

    @rule()
    def die(self) -> None:
        for turn in self.taken_over():
            self.do(self.store.start_step(turn, MODEL, Amounts(), self.now, quota=QUOTA))
            self.turns[turn.id] = turn

    @rule(hours=st.sampled_from((-30, -1, 1, 5, 40, 200)))
    def set_clock(self, hours: int) -> None:
        self.now += hours * HOUR

    @rule(at_rest=st.booleans())
    def purge(self, at_rest: bool) -> None:
        if at_rest:
            for id, taken in list(self.expected.open.items()):
                self.book(id, taken.amount)
        self.do(self.store.purge(self.now))
        self.expected.purge(self.now)

    # --- what holds ------------------------------------------------------------------------

    @invariant()
    def what_is_shown_is_right(self) -> None:
        if not hasattr(self, "store"):
            return
        expected = self.expected
        for who in (ANN, BEN):
            (use,) = self.do(self.store.uses(THREAD, who, QUOTA, self.now))
            purse = expected.purses[who.id]
            assert use.spent == purse.spent
            assert use.reserved == sum(each.amount for each in expected.opened(who.id))
            assert use.granted == purse.given + expected.left(who, self.now)

    @invariant()
    def nothing_is_given_twice(self) -> None:
        if not hasattr(self, "store"):
            return
        assert self.do(self.store.check_counters()) == []
        for each in self.do(self.store.grants("discord", "guild", self.now)):
            assert each.used == self.expected.used[each.id] < each.amount


def test_any_order_of_events_gives_each_extra_once() -> None:
    run_state_machine_as_test(Extras, settings=LONG)
