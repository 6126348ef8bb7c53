"""Limits under any order of steps, crashes, changes and clocks, against a model of a few lines."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import strategies as st
from hypothesis.stateful import (
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from bot import quotas
from bot.domain import Amounts, Author, Model, Outcome
from bot.errors import Refused
from bot.ports import (
    PERSONAL,
    Limit,
    Metric,
    Period,
    RefusalKind,
    Scope,
    ScopeKind,
    Window,
)
from tests.store_machines import LONG, LedgerMachine
from tests.stored import mention

HOUR = 3_600_000
PEOPLE = (Author("ann", "Ann", roles=("r1",)), Author("ben", "Ben"))
MODELS = (Model("b", "one"), Model("b", "two"))
ZONES = ("UTC", "Europe/Berlin", "America/Havana")
EVERYTHING = Scope(ScopeKind.EVERYTHING)
SCOPES = (
    *(Scope(ScopeKind.USER, "discord", "guild", who.id) for who in PEOPLE),
    Scope(ScopeKind.ROLE, "discord", "guild", "r1"),
    *(Scope(ScopeKind.MEMBER, "discord", place) for place in ("guild", "")),
    Scope(ScopeKind.CHANNEL, "discord", "guild", "chan"),
    Scope(ScopeKind.WORKSPACE, "discord", "guild"),
    EVERYTHING,
)
WINDOWS = (Window.HOUR, Window.DAY, Window.WEEK, Window.EVER)
METRICS = (Metric.REQUESTS, Metric.TOKENS, Metric.MONEY)
FIELDS = {Metric.REQUESTS: "requests", Metric.TOKENS: "tokens", Metric.MONEY: "micros"}
RANKS = {ScopeKind.USER: 0, ScopeKind.ROLE: 1, ScopeKind.MEMBER: 2}

amounts = st.builds(
    Amounts, requests=st.just(1), tokens=st.integers(0, 9), images=st.just(0),
    micros=st.integers(0, 9),
)  # fmt: skip
charges = st.builds(
    Amounts, requests=st.integers(0, 1), tokens=st.integers(0, 12), images=st.just(0),
    micros=st.integers(0, 12),
)  # fmt: skip


def family(scope: Scope) -> str:
    """Return whose counters a scope's use is counted in."""
    return "person" if scope.kind in PERSONAL else scope.kind.value


Key = tuple[Scope, Metric, Window, str]
limited = st.tuples(
    st.sampled_from(SCOPES),
    st.sampled_from(METRICS),
    st.sampled_from(WINDOWS),
    st.sampled_from(("", MODELS[0].id)),
)


@dataclass
class Taken:
    """What a step reserved, or used in the end, as the model remembers it."""

    author: Author
    model: str
    at: int
    amounts: Amounts
    # Of which counters' sums it was taken by resets.
    forgiven: frozenset[str] = frozenset()


@dataclass
class Expected:
    """All that the model knows: what is limited, reserved and used."""

    limits: dict[Key, int] = field(default_factory=dict)
    open: dict[str, Taken] = field(default_factory=dict)
    used: list[Taken] = field(default_factory=list)
    blocked: set[str] = field(default_factory=set)
    exempt: set[str] = field(default_factory=set)

    def holding(self, author: Author, model: str) -> dict[Key, int]:
        """Return the limits that hold a person's step, the narrowest on persons only."""
        covers = {
            key: amount
            for key, amount in self.limits.items()
            if key[3] in ("", model)
            and (key[0].kind is not ScopeKind.USER or key[0].id == author.id)
            and (key[0].kind is not ScopeKind.ROLE or key[0].id in author.roles)
        }
        if author.id in self.exempt:
            return {k: v for k, v in covers.items() if k[0].kind is ScopeKind.EVERYTHING}
        narrowest: dict[Any, Any] = {}
        for key, amount in covers.items():
            scope, *what = key
            group = ("person", *what) if scope.kind in PERSONAL else key
            rank = (RANKS.get(scope.kind, 0), not scope.workspace, -amount)
            if group not in narrowest or rank < narrowest[group][0]:
                narrowest[group] = (rank, key, amount)
        return {key: amount for _, key, amount in narrowest.values()}

    def count(
        self, scope: Scope, metric: Metric, model: str, author: Author, period: Period
    ) -> int:
        """Return what counts against a limit in a period."""
        return sum(
            getattr(each.amounts, FIELDS[metric])
            for each in (*self.used, *self.open.values())
            if family(scope) not in each.forgiven
            and period.starts <= each.at < (period.ends or 2**60)
            and model in ("", each.model)
            and (scope.kind not in PERSONAL or each.author.id == author.id)
        )


class Ledger(LedgerMachine):
    """Drive a store as a bot would that dies at any moment, while admins and clocks do as they
    like.
    """

    @initialize(
        limits=st.lists(
            st.tuples(limited, st.integers(1, 12)), min_size=2, max_size=5, unique_by=lambda x: x[0]
        )
    )
    def begin(self, limits: list[tuple[Key, int]]) -> None:
        self.lay()
        self.expected = Expected()
        self.zone = "UTC"
        for (scope, metric, window, model), amount in limits:
            self.limit(scope, metric, window, model, amount)

    @property
    def quota(self) -> quotas.Quotas:
        return quotas.Quotas(ZoneInfo(self.zone))

    # --- what happens ----------------------------------------------------------------------

    @rule(
        who=st.sampled_from(PEOPLE),
        model=st.sampled_from(MODELS),
        holds=st.lists(amounts, min_size=1, max_size=4),
    )
    def ask(self, who: Author, model: Model, holds: list[Amounts]) -> None:
        for hold in holds:
            self.reserve(who, model, hold)

    def reserve(self, who: Author, model: Model, hold: Amounts) -> None:
        turn = self.asked(who)
        quota = self.quota.at(self.now)
        passed = [
            key
            for key, amount in self.expected.holding(who, model.id).items()
            if getattr(hold, FIELDS[key[1]])
            and self.expected.count(key[0], key[1], key[3], who, quota.periods[key[2]])
            + getattr(hold, FIELDS[key[1]])
            > amount
        ]
        try:
            self.do(self.store.start_step(turn, model, hold, self.now, quota=quota))
        except Refused as refused:
            assert passed or who.id in self.expected.blocked, refused
            blocked = refused.refusal.kind is RefusalKind.BLOCKED
            assert blocked == (who.id in self.expected.blocked)
            self.end(turn, Outcome.REFUSED, Amounts())
        else:
            assert not passed, passed
            assert who.id not in self.expected.blocked
            self.turns[turn.id] = turn
            self.expected.open[turn.id] = Taken(who, model.id, self.now, hold)

    @precondition(lambda self: self.expected.open)
    @rule(data=st.data(), charge=charges)
    def settle(self, data: st.DataObject, charge: Amounts) -> None:
        id = data.draw(st.sampled_from(sorted(self.expected.open)))
        taken = self.expected.open.pop(id)
        outcome = Outcome.ANSWERED if charge != Amounts() else Outcome.FAILED
        self.end(self.turns.pop(id), outcome, charge)
        self.expected.used.append(replace(taken, amounts=charge))

    @rule()
    def die(self) -> None:
        """Die, open the file again, and take over what was open: all keeps what it holds."""
        for turn in self.taken_over():
            taken = self.expected.open[turn.id]
            model = next(each for each in MODELS if each.id == taken.model)
            quota = self.quota.at(self.now)
            step = self.do(self.store.start_step(turn, model, Amounts(), self.now, quota=quota))
            assert step.hold == taken.amounts
            self.turns[turn.id] = turn

    @rule(key=limited, amount=st.one_of(st.none(), st.integers(0, 30)))
    def change_limit(self, key: Key, amount: int | None) -> None:
        self.limit(*key, amount)

    def limit(
        self, scope: Scope, metric: Metric, window: Window, model: str, amount: int | None
    ) -> None:
        key = (scope, metric, window, model)
        one = Limit(scope, metric, window, amount or 0, model)
        if amount is None:
            self.expected.limits.pop(key, None)
            assert self.do(self.store.unset_limit(one, self.change(EVERYTHING)))
        else:
            self.expected.limits[key] = amount
            assert self.do(self.store.set_limit(one, self.change(EVERYTHING)))

    @rule(who=st.sampled_from(PEOPLE), blocked=st.sampled_from((True, False, None, None)))
    def stand(self, who: Author, blocked: bool | None) -> None:
        scope = Scope(ScopeKind.USER, "discord", "guild", who.id)
        assert self.do(self.store.put_standing(scope, blocked, self.change(EVERYTHING)))
        self.expected.blocked -= {who.id}
        self.expected.exempt -= {who.id}
        if blocked is not None:
            (self.expected.blocked if blocked else self.expected.exempt).add(who.id)

    @rule(scope=st.sampled_from(SCOPES))
    def reset(self, scope: Scope) -> None:
        assert self.do(self.store.reset_use(scope, self.change(EVERYTHING)))
        for number, each in enumerate(self.expected.used):
            if scope.covers(mention("1").thread, each.author):
                forgiven = each.forgiven | {family(scope)}
                self.expected.used[number] = replace(each, forgiven=forgiven)

    @rule(hours=st.sampled_from((-30, -2, -1, 1, 5, 23, 200)))
    def set_clock(self, hours: int) -> None:
        self.now += hours * HOUR

    @rule(zone=st.sampled_from(ZONES))
    def set_zone(self, zone: str) -> None:
        self.zone = zone

    @rule()
    def purge(self) -> None:
        self.do(self.store.purge(self.now))

    @precondition(lambda self: self.expected.open)
    @rule()
    def be_suspended(self) -> None:
        """Go on after weeks, within which no clock ran, with what was under way."""
        self.now += 600 * HOUR
        self.purge()

    @rule()
    def look_for_leaks(self) -> None:
        assert self.do(self.store.release_leaks(self.now + 10**12, self.now)) == 0

    # --- what holds ------------------------------------------------------------------------

    @invariant()
    def counters_are_the_ledger(self) -> None:
        if hasattr(self, "store"):
            assert self.do(self.store.check_counters()) == []

    @invariant()
    def what_is_shown_is_right(self) -> None:
        if not hasattr(self, "store"):
            return
        quota = self.quota.at(self.now)
        for who in PEOPLE:
            thread = mention("1").thread
            for use in self.do(self.store.uses(thread, who, quota, self.now)):
                limit = use.limit
                expected = self.expected.count(
                    limit.scope, limit.metric, limit.model, who, quota.periods[limit.window]
                )
                assert use.reserved + use.spent == expected, limit
                assert use.left == max(0, limit.amount - expected)


def test_any_order_of_events_keeps_to_the_limits() -> None:
    run_state_machine_as_test(Ledger, settings=LONG)
