"""State machines over a real file: what drives a store as bots would that die at any moment."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import Coroutine, Iterator
from itertools import count
from pathlib import Path
from typing import Any, TypeVar

from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine

from bot.domain import Amounts, Author, Outcome, Turn
from bot.ports import Change, Conclusion, Scope
from storage.store import SqliteStore, open_store
from tests.fresh import lay_database
from tests.stored import mention

T = TypeVar("T")
START = 1_790_000_000_000
# Enough to meet what only a few orders of events bring about.
LONG = settings(
    max_examples=80,
    stateful_step_count=30,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


class StoreMachine(RuleBasedStateMachine):
    """A store on a file of its own, from `lay` on."""

    store: SqliteStore

    def lay(self) -> None:
        """Make the file and open it."""
        self.folder = Path(tempfile.mkdtemp())
        lay_database(self.folder / "bot.db")
        self.loop = asyncio.new_event_loop()
        self.store = self.do(open_store(self.folder / "bot.db"))

    def reopen(self) -> None:
        """Let the store be closed, and opened by the next process."""
        self.do(self.store.aclose())
        self.store = self.do(open_store(self.folder / "bot.db"))

    def do(self, work: Coroutine[Any, Any, T]) -> T:
        return self.loop.run_until_complete(work)

    def teardown(self) -> None:
        if hasattr(self, "store"):
            self.do(self.store.aclose())
            self.loop.close()
            shutil.rmtree(self.folder)


class LedgerMachine(StoreMachine):
    """Turns that are asked, held to limits, and settled, while the clock does as it likes."""

    def lay(self) -> None:
        super().lay()
        self.turns: dict[str, Turn] = {}
        self.ids: Iterator[int] = count(1_000)
        self.now, self.worker = START, 0

    def change(self, scope: Scope) -> Change:
        """Return the record of what an admin does now."""
        return Change(self.now, "a", "Ada", "discord", "guild", "x", scope, "", "", "", "", "")

    def asked(self, who: Author) -> Turn:
        """Return a person's new turn, which is claimed."""
        self.do(self.store.admit(mention(str(next(self.ids)), author=who), self.now))
        (turn,) = self.do(self.store.claim(f"w{self.worker}", self.now, 1))
        return turn

    def end(self, turn: Turn, outcome: Outcome, charge: Amounts) -> None:
        """Conclude a turn, and charge so much."""
        answer, note = ("x", "") if outcome is Outcome.ANSWERED else ("", "n")
        end = Conclusion(outcome, answer=answer, note=note, charge=charge)
        self.do(self.store.conclude(turn, end, self.now))
        self.do(self.store.end(turn, outcome, self.now))

    def taken_over(self) -> list[Turn]:
        """Die, open the file again, and return what was open: the next worker has claimed it."""
        self.reopen()
        self.worker += 1
        return list(self.do(self.store.claim(f"w{self.worker}", self.now, 100)))
