"""Turns under any order of events, crashes and takeovers, against a model of a few lines."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    consumes,
    initialize,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)

from bot.domain import Amounts, Outcome, Turn
from bot.errors import Fenced
from bot.events import Action, Verdict
from bot.ports import Conclusion
from tests.store_machines import StoreMachine
from tests.stored import MODEL, NOW, mention, press, select, thread

amounts = st.builds(
    Amounts,
    requests=st.integers(0, 1),
    tokens=st.integers(0, 9),
    images=st.integers(0, 2),
    micros=st.integers(0, 9),
)
THREADS = ("100", "200")


@dataclass
class Expected:
    """What a turn must look like."""

    thread: str
    position: int
    owner: tuple[str, int] = ("", 0)
    state: str = "admitted"
    hold: Amounts | None = None
    charge: Amounts | None = None
    runs: int = 0
    outcome: Outcome | None = None
    answer: str = ""
    again: dict[Action, str] = field(default_factory=dict)
    hidden: bool = False


class Turns(StoreMachine):
    """Drive a store as several processes would that die at any moment."""

    owned = Bundle("owned")

    @initialize()
    def open(self) -> None:
        self.lay()
        self.turns: dict[str, Expected] = {}
        self.worker = 0
        self.position = 1_000
        self.do(self.store.beat("w0", NOW, NOW + 1))
        for name in THREADS:
            decision = self.do(self.store.admit(mention(name), NOW))
            self.turns[decision.turn] = Expected(name, int(name))

    # --- what happens ----------------------------------------------------------------------

    @rule(name=st.sampled_from(THREADS), twice=st.booleans())
    def ask(self, name: str, twice: bool) -> None:
        self.position += 1
        event = mention(str(self.position), of=thread(name), addressed=False)
        decision = self.do(self.store.admit(event, NOW))
        assert decision.verdict is Verdict.ADMITTED
        self.turns[decision.turn] = Expected(name, self.position)
        if twice:
            again = self.do(self.store.admit(event, NOW))
            assert (again.verdict, again.turn) == (Verdict.DUPLICATE, decision.turn)

    @rule(
        action=st.sampled_from([Action.RETRY, Action.CONTINUE, Action.REGENERATE]),
        data=st.data(),
    )
    def press_button(self, action: Action, data: st.DataObject) -> None:
        of = data.draw(st.sampled_from(sorted(self.turns)))
        old = self.turns[of]
        self.position += 1
        event = press(action, of, interaction=str(self.position))
        decision = self.do(self.store.admit(event, NOW))
        shown = {Outcome.ANSWERED, Outcome.STOPPED}
        allowed = {
            Action.RETRY: {Outcome.FAILED},
            Action.CONTINUE: shown,
            Action.REGENERATE: {*shown, Outcome.FAILED},
        }[action]
        fits = old.state in ("delivering", "ended") and old.outcome in allowed
        fits = fits and (action is not Action.CONTINUE or old.answer != "")
        # A question asked again has left its place: nothing goes on from there as well.
        fits = fits and not old.hidden
        if action in old.again:
            assert decision.verdict is Verdict.DUPLICATE
        elif fits:
            assert decision.verdict is Verdict.ADMITTED
            old.again[action] = decision.turn
            self.turns[decision.turn] = Expected(old.thread, self.position)
            if action is not Action.CONTINUE:
                self.hide(old)
        else:
            assert decision.verdict is Verdict.GONE

    def hide(self, turn: Expected) -> None:
        """Take a turn out of the history, and all that went on from its answer."""
        turn.hidden = True
        waiting = [turn.again[Action.CONTINUE]] if Action.CONTINUE in turn.again else []
        while waiting:
            each = self.turns[waiting.pop()]
            each.hidden = True
            waiting += each.again.values()

    @rule(target=owned, most=st.integers(1, 3))
    def claim(self, most: int) -> Any:
        claimed: list[Turn] = self.do(self.store.claim(f"w{self.worker}", NOW, most))
        heads = self.heads()
        assert {turn.id for turn in claimed} <= heads
        assert len(claimed) == min(most, len(heads))
        for turn in claimed:
            expected = self.turns[turn.id]
            expected.owner = (f"w{self.worker}", expected.owner[1] + 1)
            assert (turn.worker, turn.attempt) == expected.owner
            if expected.state == "admitted":
                expected.state = "running"
            assert turn.state == expected.state
        return multiple(*claimed)

    def heads(self) -> set[str]:
        """Return the first open turn of each thread that the living worker has none of."""
        free = set()
        for name in THREADS:
            waiting = [
                (turn.position, id, turn)
                for id, turn in self.turns.items()
                if turn.thread == name and turn.state != "ended"
            ]
            if waiting and all(turn.owner[0] != f"w{self.worker}" for _, _, turn in waiting):
                free.add(min(waiting, key=lambda each: each[0])[1])
        return free

    @rule(reopened=st.booleans())
    def die(self, reopened: bool) -> None:
        """Let the process end, by kill -9 or not, and another one start."""
        if reopened:
            self.reopen()
        self.worker += 1
        self.do(self.store.beat(f"w{self.worker}", NOW, NOW + 1))
        self.do(self.store.bury_others(f"w{self.worker}"))

    # --- what an owner, or one who was, does -------------------------------------------------

    def write(self, turn: Turn, state: str, work: Any) -> Any:
        """Do a fenced write; return whether it was allowed."""
        expected = self.turns[turn.id]
        allowed = expected.owner == (turn.worker, turn.attempt) and expected.state == state
        try:
            result = self.do(work)
        except Fenced:
            assert not allowed
            return None
        assert allowed
        return (result,)

    @rule(turn=owned, hold=amounts)
    def start(self, turn: Turn, hold: Amounts) -> None:
        done = self.write(turn, "running", self.store.start_step(turn, MODEL, hold, NOW))
        if done:
            expected = self.turns[turn.id]
            assert (done[0].n, done[0].repeats) == (1, expected.runs)
            expected.hold = expected.hold or hold
            expected.runs += 1

    @rule(
        turn=owned,
        outcome=st.sampled_from([Outcome.ANSWERED, Outcome.STOPPED, Outcome.FAILED]),
        answer=st.sampled_from(["", "text"]),
        charge=amounts,
    )
    def conclude(self, turn: Turn, outcome: Outcome, answer: str, charge: Amounts) -> None:
        expected = self.turns[turn.id]
        if expected.hold is None:
            charge = Amounts()
        end = Conclusion(outcome, answer, charge=charge)
        if self.write(turn, "running", self.store.conclude(turn, end, NOW)):
            expected.state, expected.charge = "delivering", charge
            expected.outcome, expected.answer = outcome, answer

    @rule(turn=consumes(owned))
    def end(self, turn: Turn) -> None:
        expected = self.turns[turn.id]
        outcome = expected.outcome or Outcome.ANSWERED
        if self.write(turn, "delivering", self.store.end(turn, outcome, NOW)):
            expected.state = "ended"

    @rule(turn=owned)
    def pretend(self, turn: Turn) -> None:
        """Try what no one may: to write as an attempt that never was."""
        self.write(
            replace(turn, attempt=turn.attempt + 50),
            "running",
            self.store.start_step(replace(turn, attempt=turn.attempt + 50), MODEL, Amounts(), NOW),
        )

    # --- what always holds -------------------------------------------------------------------

    @invariant()
    def the_books_agree(self) -> None:
        if not hasattr(self, "store"):
            return
        rows = self.do(select(self.store, "SELECT id, state, outcome, attempt FROM turn"))
        assert {row[0]: row[1:] for row in rows} == {
            id: (turn.state, turn.outcome, turn.owner[1]) for id, turn in self.turns.items()
        }
        held = "SELECT turn, state, requests, tokens, images, micros FROM reservation"
        booked = "SELECT turn, kind, requests, tokens, images, micros FROM ledger ORDER BY kind"
        reservations = self.do(select(self.store, held))
        entries = self.do(select(self.store, booked))
        assert len(reservations) == sum(turn.hold is not None for turn in self.turns.values())
        for id, state, *kept in reservations:
            turn = self.turns[id]
            assert Amounts(*kept) == turn.hold
            mine = {kind: row for owner, kind, *row in entries if owner == id}
            if turn.charge is None:
                assert (state, mine) == ("open", {})
                continue
            closing = "settle" if turn.charge != Amounts() else "release"
            assert state == {"settle": "settled", "release": "released"}[closing]
            beyond = mine.pop("overrun", [0, 0, 0, 0])
            assert set(mine) == {closing}
            assert all(spent <= limit for spent, limit in zip(mine[closing], kept, strict=True))
            total = Amounts(*(a + b for a, b in zip(mine[closing], beyond, strict=True)))
            assert total == turn.charge

    @invariant()
    def the_history_is_what_was_not_asked_again(self) -> None:
        if not hasattr(self, "store"):
            return
        sql = "SELECT turn FROM message WHERE ordinal = 0 AND hidden = 1"
        hidden = {row[0] for row in self.do(select(self.store, sql))}
        assert hidden == {id for id, turn in self.turns.items() if turn.hidden}

    @invariant()
    def one_living_owner_per_thread(self) -> None:
        if not hasattr(self, "store"):
            return
        sql = (
            "SELECT t.thread FROM turn t JOIN worker w ON w.id = t.worker "
            "WHERE t.state <> 'ended' GROUP BY t.thread HAVING COUNT(*) > 1"
        )
        assert self.do(select(self.store, sql)) == []


def test_turns_keep_their_promises_in_any_order() -> None:
    run_state_machine_as_test(Turns, settings=settings(max_examples=25, stateful_step_count=40))
