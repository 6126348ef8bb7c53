"""Steps, reservations and the ledger: reserved once, settled once, whatever dies between."""

from __future__ import annotations

from dataclasses import astuple
from typing import Any

import pytest

from bot.domain import Amounts, ChatMessage, Model, Outcome, Role, TurnState, Usage
from bot.events import Action, Verdict
from bot.ports import Conclusion, Spent, Step
from storage.steps import divide
from storage.store import SqliteStore
from tests.stored import HOLD, LATER, MODEL, NOW, claimed, dump, mention, press, select, store

__all__ = ["store"]


async def reservations(store: SqliteStore) -> list[tuple[Any, ...]]:
    columns = "state, requests, tokens, images, micros, opened_at, closed_at"
    return await select(store, f"SELECT {columns} FROM reservation")


async def ledger(store: SqliteStore) -> list[tuple[Any, ...]]:
    columns = "kind, requests, tokens, images, micros"
    return await select(store, f"SELECT {columns} FROM ledger ORDER BY kind")


async def test_a_step_reserves_in_the_transaction_that_starts_it(store: SqliteStore) -> None:
    await store.admit(mention("100"), NOW)
    turn = await claimed(store)

    assert await store.start_step(turn, MODEL, HOLD, NOW) == Step(1, 0, model=MODEL.id, hold=HOLD)

    assert await select(store, "SELECT turn, n, kind, model, state, runs FROM step") == [
        (turn.id, 1, "chat", "aimlapi:gpt-5-mini", "running", 1)
    ]
    assert await reservations(store) == [("open", *astuple(HOLD), NOW, None)]
    assert await ledger(store) == []


async def test_a_step_started_again_keeps_its_reservation(store: SqliteStore) -> None:
    await store.admit(mention("100"), NOW)
    turn = await claimed(store, "old")
    step = await store.start_step(turn, MODEL, HOLD, NOW)
    await store.accept_step(turn, step, "req-1")
    await store.retire("old")
    turn = await claimed(store, "new")

    other = Model("other", "model")
    more = Amounts(9, 9, 9, 9)
    again = await store.start_step(turn, other, more, LATER)
    assert again == Step(1, 1, "req-1", MODEL.id, HOLD), "what is under way stays with its model"
    anew = await store.start_step(turn, other, more, LATER, anew=True)
    assert anew == Step(1, 2, None, other.id, more), "another model may cost more"

    assert await reservations(store) == [("open", *astuple(more), LATER, None)]
    assert await select(store, "SELECT model, runs, request_id FROM step") == [
        ("other:model", 3, None)
    ]


async def test_an_accepted_step_knows_its_request(store: SqliteStore) -> None:
    await store.admit(mention("100"), NOW)
    turn = await claimed(store)
    step = await store.start_step(turn, MODEL, HOLD, NOW)
    await store.accept_step(turn, step, "req-1")
    assert await select(store, "SELECT request_id FROM step") == [("req-1",)]


async def test_an_answer_is_stored_settled_and_said_at_once(store: SqliteStore) -> None:
    await store.admit(mention("100", text="hi"), NOW)
    turn = await claimed(store)
    await store.start_step(turn, MODEL, HOLD, NOW)
    end = Conclusion(
        Outcome.ANSWERED,
        answer="the answer",
        note="cut short",
        error="length",
        model=MODEL.id,
        finish="length",
        usage=Usage(prompt=11, completion=22, reasoning=3, total=33, cost_micros=44),
        charge=Amounts(requests=1, tokens=33, micros=44),
        estimated=True,
    )

    await store.conclude(turn, end, LATER)

    now = await store.read(turn.id)
    assert now is not None
    assert (now.state, now.outcome, now.answer, now.note, now.error) == (
        TurnState.DELIVERING,
        Outcome.ANSWERED,
        "the answer",
        "cut short",
        "length",
    )
    step = (
        "SELECT state, finish, error, prompt_tokens, completion_tokens, reasoning_tokens, "
        "cost_micros, estimated, ended_at FROM step"
    )
    assert await select(store, step) == [("stored", "length", "length", 11, 22, 3, 44, 1, LATER)]
    assert await reservations(store) == [("settled", *astuple(HOLD), NOW, LATER)]
    assert await ledger(store) == [("settle", 1, 33, 0, 44)]
    who = "SELECT platform, workspace, channel, author, turn, step, at FROM ledger"
    assert await select(store, who) == [("discord", "guild", "chan", "u-ann", turn.id, 1, LATER)]
    assert await select(store, "SELECT position, ordinal, role, text FROM message") == [
        (100, 0, "user", "hi"),
        (100, 1, "assistant", "the answer"),
    ]
    assert await select(store, "SELECT concluded_at FROM turn") == [(LATER,)]


async def test_unknown_usage_stays_unknown(store: SqliteStore) -> None:
    await store.admit(mention("100"), NOW)
    turn = await claimed(store)
    await store.start_step(turn, MODEL, HOLD, NOW)
    await store.conclude(turn, Conclusion(Outcome.ANSWERED, "x"), NOW)
    columns = "prompt_tokens, completion_tokens, reasoning_tokens, cost_micros, estimated"
    assert await select(store, f"SELECT {columns} FROM step") == [(None, None, None, None, 0)]


@pytest.mark.parametrize("outcome", [Outcome.FAILED, Outcome.CANCELLED, Outcome.REFUSED])
async def test_what_was_not_charged_is_released(store: SqliteStore, outcome: Outcome) -> None:
    await store.admit(mention("100"), NOW)
    turn = await claimed(store)
    await store.start_step(turn, MODEL, HOLD, NOW)
    await store.conclude(turn, Conclusion(outcome, note="sorry", error="busy"), LATER)
    assert await reservations(store) == [("released", *astuple(HOLD), NOW, LATER)]
    assert await ledger(store) == [("release", 0, 0, 0, 0)]
    assert await select(store, "SELECT state, error FROM step") == [("failed", "busy")]
    assert await select(store, "SELECT role FROM message") == [("user",)]


async def test_a_stopped_turn_is_charged_for_what_it_said(store: SqliteStore) -> None:
    await store.admit(mention("100"), NOW)
    turn = await claimed(store)
    await store.start_step(turn, MODEL, HOLD, NOW)
    end = Conclusion(Outcome.STOPPED, "half an", charge=Amounts(1, 7))
    await store.conclude(turn, end, LATER)
    assert await ledger(store) == [("settle", 1, 7, 0, 0)]
    assert await select(store, "SELECT state FROM step") == [("stored",)]
    assert (await store.history(turn, 5))[-1].role is Role.USER
    assert await select(store, "SELECT text FROM message WHERE ordinal = 1") == [("half an",)]


async def test_what_goes_beyond_the_reservation_is_an_overrun(store: SqliteStore) -> None:
    await store.admit(mention("100"), NOW)
    turn = await claimed(store)
    await store.start_step(turn, MODEL, Amounts(1, 100, 0, 50), NOW)
    end = Conclusion(Outcome.ANSWERED, "x", charge=Amounts(1, 130, 2, 50))
    await store.conclude(turn, end, NOW)
    assert await ledger(store) == [("overrun", 0, 30, 2, 0), ("settle", 1, 100, 0, 50)]


def test_a_charge_is_divided_without_loss() -> None:
    assert divide(Amounts(1, 2, 3, 4), Amounts(2, 2, 2, 2)) == (
        Amounts(1, 2, 2, 2),
        Amounts(0, 0, 1, 2),
    )


async def test_a_conclusion_happens_once(store: SqliteStore) -> None:
    await store.admit(mention("100"), NOW)
    turn = await claimed(store)
    await store.start_step(turn, MODEL, HOLD, NOW)
    end = Conclusion(Outcome.ANSWERED, "x", charge=Amounts(1))
    await store.conclude(turn, end, NOW)
    before = await dump(store)
    with pytest.raises(Exception, match="Another worker"):
        await store.conclude(turn, end, NOW)
    assert await dump(store) == before


async def test_a_stop_asked_for_while_running_reaches_the_next_owner(store: SqliteStore) -> None:
    await store.admit(mention("100"), NOW)
    turn = await claimed(store, "old")
    decision = await store.admit(press(Action.STOP, turn.id), NOW)
    assert decision.verdict is Verdict.DONE
    await store.retire("old")
    assert (await claimed(store, "new")).stop_requested


async def test_an_answer_without_text_says_nothing(store: SqliteStore) -> None:
    await store.admit(mention("100", text="hi"), NOW)
    turn = await claimed(store)
    await store.start_step(turn, MODEL, HOLD, NOW)
    await store.conclude(turn, Conclusion(Outcome.STOPPED), NOW)
    assert await store.history(turn, 5) == [ChatMessage(Role.USER, "hi", "Ann", 100)]
    assert await select(store, "SELECT COUNT(*) FROM message") == [(1,)]


async def test_what_a_turn_came_to_is_read_with_what_was_booked_for_it(store: SqliteStore) -> None:
    await store.admit(mention("100"), NOW)
    turn = await claimed(store)
    assert await store.spent(turn.id) is None, "no step was begun"
    step = await store.start_step(turn, MODEL, HOLD, NOW)

    begun = Spent(MODEL.id, None, "running", Usage(), Amounts(), False, NOW, None)
    assert await store.spent(turn.id) == begun
    await store.accept_step(turn, step, "req-1")
    charge = Amounts(HOLD.requests, HOLD.tokens + 5, 0, HOLD.micros + 7)
    usage = Usage(prompt=3, completion=4, reasoning=1, cost_micros=99)
    end = Conclusion(Outcome.ANSWERED, answer="hi", usage=usage, charge=charge, estimated=True)
    await store.conclude(turn, end, LATER)

    assert await store.spent(turn.id) == Spent(
        MODEL.id, "req-1", "stored", usage, charge, True, NOW, LATER
    ), "what went beyond the reservation belongs to it"
    assert await store.spent("another") is None


async def test_nothing_is_spent_by_a_step_that_was_not_charged(store: SqliteStore) -> None:
    await store.admit(mention("100"), NOW)
    turn = await claimed(store)
    await store.start_step(turn, MODEL, HOLD, NOW)
    await store.conclude(turn, Conclusion(Outcome.FAILED, error="busy"), LATER)

    spent = await store.spent(turn.id)
    assert spent is not None
    assert (spent.state, spent.charge, spent.ended_at) == ("failed", Amounts(), LATER)
