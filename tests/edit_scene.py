"""A thread on a real file in which pictures are edited."""

from __future__ import annotations

import pytest

from bot.domain import Edit, Outcome, Turn
from bot.events import ResultCame, Verdict
from bot.ports import Conclusion, Decision
from storage.engine import Operation
from storage.store import SqliteStore
from tests.stored import (
    NOW,
    OPTIONS,
    attachment,
    claimed,
    concluded,
    made,
    mention,
    picture_file,
    shown,
    thread,
)

HERE = thread("100")
EDIT = Edit(files_first=True, options=OPTIONS)
RESULT = ResultCame("discord", "guild", "")


@pytest.fixture
async def result(store: SqliteStore) -> Turn:
    """Have a thread with Ann's picture 1, and 2, which was made of it and shown as `m2`."""
    await store.admit(
        mention("100", text="edit: pink", attachments=(attachment(),), edit=EDIT), NOW
    )
    turn = await claimed(store)
    await store.set_place(turn, "100")
    await store.put_file(turn, picture_file("a"))
    await concluded(store, turn, made("r", 1))
    await shown(store, turn, "m2")
    await store.end(turn, Outcome.ANSWERED, NOW)
    return turn


async def open_turn(store: SqliteStore, decision: Decision) -> Turn:
    """Return the turn that was just admitted, which is claimed."""
    assert decision.verdict is Verdict.ADMITTED
    assert decision.thread == HERE
    turn = await claimed(store)
    assert turn.id == decision.turn
    return turn


async def finish(store: SqliteStore, turn: Turn, outcome: Outcome = Outcome.STOPPED) -> None:
    await store.conclude(turn, Conclusion(outcome), NOW)
    await store.end(turn, outcome, NOW)


async def execute(store: SqliteStore, sql: str, **params: object) -> None:
    def run() -> Operation[None]:
        yield sql, params

    await store.engine.write(run())


async def finish_part(store: SqliteStore, turn: Turn) -> None:
    """Have an answer that was posted, of a turn that is over."""
    sql = """INSERT INTO part (turn, purpose, idx, state, platform, workspace, place, nonce,
             message, sending_at, updated_at)
             VALUES (:turn, 'answer', 0, 'sent', 'discord', 'guild', '100', 'n', 'm3', 1, 1)"""

    await execute(store, sql, turn=turn.id)
