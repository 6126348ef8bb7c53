"""Who may work on which turn: claims, order per thread, fencing, ends."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import replace
from typing import Any

import pytest

from bot.domain import Amounts, ChatMessage, Outcome, Role, Turn, TurnState
from bot.errors import Fenced, StoreError
from bot.events import Action
from bot.ports import Conclusion, PartState, Purpose, Step, Store
from storage.engine import Operation
from storage.statements import load
from storage.store import SqliteStore
from tests.stored import (
    HOLD,
    LATER,
    MODEL,
    NOW,
    WORKER,
    admitted,
    claimed,
    dump,
    ended,
    mention,
    press,
    select,
    store,
    thread,
)

__all__ = ["store"]


def test_the_store_has_every_method_of_the_port(store: SqliteStore) -> None:
    port: Store = store
    assert port is store


# --- claims --------------------------------------------------------------------------------


async def test_a_claim_hands_over_the_whole_turn(store: SqliteStore) -> None:
    turn_id = await admitted(store, mention("100", text="what?"))

    turn = await claimed(store)

    assert (turn.id, turn.state, turn.worker, turn.attempt) == (
        turn_id,
        TurnState.RUNNING,
        WORKER,
        1,
    )
    assert turn.prompt == "what?"
    assert await store.read(turn_id) == turn
    assert await select(store, "SELECT started_at FROM turn") == [(NOW,)]


async def test_a_thread_is_worked_on_one_turn_at_a_time_in_message_order(
    store: SqliteStore,
) -> None:
    of = thread("100")
    for message in ("100", "103", "101", "102"):  # they may arrive out of order
        await store.admit(mention(message, of=None if message == "100" else of), NOW)
    await store.admit(mention("200"), NOW)
    await store.beat(WORKER, NOW, LATER)

    order = []
    first, other = await store.claim(WORKER, NOW, 10)
    assert (first.source, other.source) == ("100", "200")
    turn = first
    while True:
        order.append(turn.source)
        assert await store.claim(WORKER, NOW, 10) == []
        await store.conclude(turn, Conclusion(Outcome.ANSWERED, "x"), NOW)
        assert await store.claim(WORKER, NOW, 10) == []  # delivering holds the thread, too
        await store.end(turn, Outcome.ANSWERED, NOW)
        following = await store.claim(WORKER, NOW, 10)
        if not following:
            break
        (turn,) = following
    assert order == ["100", "101", "102", "103"]


async def test_an_older_message_that_comes_late_waits_for_the_one_under_way(
    store: SqliteStore,
) -> None:
    await store.admit(mention("100"), NOW)
    await ended_thread_head(store)
    await store.admit(mention("105", of=thread("100")), NOW)
    newer = await claimed(store)
    await store.admit(mention("101", of=thread("100")), NOW)
    assert await store.claim(WORKER, NOW, 10) == []
    await store.conclude(newer, Conclusion(Outcome.ANSWERED, "x"), NOW)
    await store.end(newer, Outcome.ANSWERED, NOW)
    assert [turn.source for turn in await store.claim(WORKER, NOW, 10)] == ["101"]


async def ended_thread_head(store: SqliteStore) -> None:
    turn = await claimed(store)
    await store.conclude(turn, Conclusion(Outcome.ANSWERED, "x"), NOW)
    await store.end(turn, Outcome.ANSWERED, NOW)


async def test_a_claim_takes_the_oldest_and_no_more_than_asked(store: SqliteStore) -> None:
    for n in range(5):
        await store.admit(mention(str(100 + n)), NOW + 5 - n)
    await store.beat(WORKER, NOW, LATER)
    assert [turn.source for turn in await store.claim(WORKER, NOW, 2)] == ["104", "103"]
    assert await store.claim(WORKER, NOW, 0) == []
    assert len(await store.claim(WORKER, NOW, 10)) == 3


async def test_claims_at_the_same_time_never_share_a_turn(store: SqliteStore) -> None:
    for n in range(40):
        await store.admit(mention(str(100 + n)), NOW)
    workers = [f"w{n}" for n in range(8)]
    for worker in workers:
        await store.beat(worker, NOW, LATER)
    taken = await asyncio.gather(*(store.claim(worker, NOW, 7) for worker in workers))
    sources = [turn.source for turns in taken for turn in turns]
    assert len(sources) == len(set(sources)) == 40


@pytest.mark.parametrize("way", ["expired", "retired", "buried"])
async def test_the_turns_of_a_dead_worker_are_taken_over(store: SqliteStore, way: str) -> None:
    await store.admit(mention("100"), NOW)
    old = await claimed(store, "old", NOW)
    await store.beat("new", NOW, LATER + 60_000)
    assert await store.claim("new", NOW, 10) == []

    at = NOW
    match way:
        case "expired":
            at = LATER
        case "retired":
            await store.retire("old")
        case _:
            await store.bury_others("new")
    (new,) = await store.claim("new", at, 10)

    assert (new.id, new.worker, new.attempt) == (old.id, "new", 2)
    assert new.state is TurnState.RUNNING
    assert await select(store, "SELECT started_at FROM turn") == [(NOW,)]
    with pytest.raises(Fenced):
        await store.start_step(old, MODEL, HOLD, NOW)


async def test_what_was_begun_goes_on_before_an_older_turn_that_came_late(
    store: SqliteStore,
) -> None:
    begun = await admitted(store, mention("200", of=thread("100")))
    await claimed(store, "old")
    older = await admitted(store, mention("150", of=thread("100")))
    newer = await admitted(store, mention("300", of=thread("100")))
    await store.retire("old")

    order = []
    for _ in range(3):
        turn = await claimed(store)
        order.append(turn.id)
        await store.conclude(turn, Conclusion(Outcome.CANCELLED), NOW)
        await store.end(turn, Outcome.CANCELLED, NOW)

    assert order == [begun, older, newer]


async def test_a_beat_keeps_turns_and_never_shortens_a_life(store: SqliteStore) -> None:
    await store.admit(mention("100"), NOW)
    await claimed(store, "old", NOW)
    await store.beat("old", NOW, LATER + 1)
    await store.beat("old", NOW, NOW)
    assert await store.claim("new", LATER, 10) == []
    assert len(await store.claim("new", LATER + 1, 10)) == 1


async def test_a_takeover_makes_parts_under_way_unknown(store: SqliteStore) -> None:
    await store.admit(mention("100"), NOW)
    old = await claimed(store, "old")
    for index, state in enumerate((PartState.PLANNED, PartState.SENT, None)):
        await store.begin_part(old, Purpose.ANSWER, index, "100", f"n{index}", NOW)
        if state:
            message = "m1" if state is PartState.SENT else None
            await store.mark_part(old, Purpose.ANSWER, index, state, message, NOW)
    await store.conclude(old, Conclusion(Outcome.ANSWERED, "the text", "a note", "cut"), NOW)
    await store.retire("old")

    new = await claimed(store, "new")

    states = [part.state for part in await store.parts(new.id)]
    assert states == [PartState.PLANNED, PartState.SENT, PartState.UNKNOWN]
    assert (new.state, new.outcome) == (TurnState.DELIVERING, Outcome.ANSWERED)
    assert (new.answer, new.note, new.error) == ("the text", "a note", "cut")


async def test_a_claim_looks_at_open_turns_only(store: SqliteStore) -> None:
    """A million ended turns cost a claim nothing: it reads the index of the open ones."""

    def explain(sql: str) -> Operation[list[str]]:
        rows = yield (
            f"EXPLAIN QUERY PLAN {sql}",
            {
                "worker": "w",
                "now": NOW,
                "most": 10,
                "most_of_person": 3,
            },
        )
        found = [row["detail"] for row in rows]
        return [line.split("INDEX ")[1].split()[0] for line in found if line.split()[1] in "otu"]

    sql = load("turns")
    assert await store.engine.read(explain(sql.find_abandoned)) == ["turn_held"]
    indexes = ["turn_waiting", "turn_open", "turn_asked"]
    assert await store.engine.read(explain(sql.find_waiting)) == indexes


async def test_a_deletion_finds_its_turn_by_index(store: SqliteStore) -> None:
    def explain() -> Operation[list[str]]:
        key = {"platform": "p", "workspace": "w", "place": "c", "source": "s"}
        rows = yield "EXPLAIN QUERY PLAN " + load("changes").find_source, key
        return [row["detail"] for row in rows]

    first, second = await store.engine.read(explain())
    assert "SEARCH t" in first
    assert "platform=? AND workspace=? AND source=?" in first
    assert "SEARCH m USING PRIMARY KEY" in second


# --- fencing -------------------------------------------------------------------------------

Write = Callable[[SqliteStore, Turn], Coroutine[Any, Any, Any]]

RUNNING_WRITES: dict[str, Write] = {
    "set_place": lambda s, t: s.set_place(t, "else"),
    "start_step": lambda s, t: s.start_step(t, MODEL, HOLD, NOW),
    "accept_step": lambda s, t: s.accept_step(t, Step(1), "other"),
    "conclude": lambda s, t: s.conclude(t, Conclusion(Outcome.ANSWERED, "stolen"), NOW),
    "begin_part": lambda s, t: s.begin_part(t, Purpose.ANSWER, 1, "100", "n1", NOW),
    "mark_part": lambda s, t: s.mark_part(t, Purpose.ANSWER, 0, PartState.SENT, "m", NOW),
    "drop_part": lambda s, t: s.drop_part(t, Purpose.ANSWER, 0),
    "drop_absent_part": lambda s, t: s.drop_part(t, Purpose.NOTICE, 0),
}
DELIVERING_WRITES: dict[str, Write] = {
    "end": lambda s, t: s.end(t, Outcome.ANSWERED, NOW),
    "set_place": RUNNING_WRITES["set_place"],
    "begin_part": RUNNING_WRITES["begin_part"],
    "mark_part": RUNNING_WRITES["mark_part"],
    "drop_part": RUNNING_WRITES["drop_part"],
}
STRANGERS: dict[str, Callable[[Turn], Turn]] = {
    "another worker": lambda turn: replace(turn, worker="thief"),
    "an earlier attempt": lambda turn: replace(turn, attempt=turn.attempt - 1),
    "a later attempt": lambda turn: replace(turn, attempt=turn.attempt + 1),
    "another turn": lambda turn: replace(turn, id="0" * 13),
}


async def at_work(store: SqliteStore) -> Turn:
    """Return a running turn with an open step and a part under way."""
    await store.admit(mention("100"), NOW)
    turn = await claimed(store)
    step = await store.start_step(turn, MODEL, HOLD, NOW)
    await store.accept_step(turn, step, "req-1")
    await store.begin_part(turn, Purpose.ANSWER, 0, "100", "n0", NOW)
    return turn


@pytest.mark.parametrize("who", STRANGERS)
@pytest.mark.parametrize("what", RUNNING_WRITES)
async def test_only_the_owner_writes_a_running_turn(
    store: SqliteStore, what: str, who: str
) -> None:
    turn = await at_work(store)
    before = await dump(store)
    with pytest.raises(Fenced):
        await RUNNING_WRITES[what](store, STRANGERS[who](turn))
    assert await dump(store) == before
    await RUNNING_WRITES[what](store, turn)


@pytest.mark.parametrize("who", STRANGERS)
@pytest.mark.parametrize("what", DELIVERING_WRITES)
async def test_only_the_owner_writes_a_delivering_turn(
    store: SqliteStore, what: str, who: str
) -> None:
    turn = await at_work(store)
    await store.conclude(turn, Conclusion(Outcome.ANSWERED, "text"), NOW)
    before = await dump(store)
    with pytest.raises(Fenced):
        await DELIVERING_WRITES[what](store, STRANGERS[who](turn))
    assert await dump(store) == before
    await DELIVERING_WRITES[what](store, turn)


@pytest.mark.parametrize("what", ["start_step", "accept_step", "conclude"])
async def test_a_concluded_turn_takes_no_more_work(store: SqliteStore, what: str) -> None:
    turn = await at_work(store)
    await store.conclude(turn, Conclusion(Outcome.ANSWERED, "text"), NOW)
    before = await dump(store)
    with pytest.raises(Fenced):
        await RUNNING_WRITES[what](store, turn)
    assert await dump(store) == before


@pytest.mark.parametrize("what", sorted(RUNNING_WRITES | DELIVERING_WRITES))
async def test_an_ended_turn_is_never_written(store: SqliteStore, what: str) -> None:
    turn = await at_work(store)
    await store.conclude(turn, Conclusion(Outcome.ANSWERED, "text"), NOW)
    await store.end(turn, Outcome.ANSWERED, NOW)
    before = await dump(store)
    with pytest.raises(Fenced):
        await (RUNNING_WRITES | DELIVERING_WRITES)[what](store, turn)
    assert await dump(store) == before


async def test_a_running_turn_cannot_end_without_a_conclusion(store: SqliteStore) -> None:
    turn = await at_work(store)
    with pytest.raises(Fenced):
        await store.end(turn, Outcome.ANSWERED, NOW)


# --- ends ----------------------------------------------------------------------------------


async def test_an_answer_that_could_not_be_shown_ends_undeliverable(store: SqliteStore) -> None:
    turn = await at_work(store)
    await store.conclude(turn, Conclusion(Outcome.ANSWERED, "text"), NOW)
    with pytest.raises(StoreError, match="answered cannot end failed"):
        await store.end(turn, Outcome.FAILED, NOW)
    await store.end(turn, Outcome.UNDELIVERABLE, LATER)
    now = await store.read(turn.id)
    assert now is not None
    assert (now.state, now.outcome) == (TurnState.ENDED, Outcome.UNDELIVERABLE)
    assert await select(store, "SELECT ended_at FROM turn") == [(LATER,)]


async def test_an_ended_turn_keeps_no_token(store: SqliteStore) -> None:
    old = await ended(store, mention("100"), Outcome.FAILED, "")
    await store.admit(press(Action.RETRY, old.id, interaction="900"), NOW)
    turn = await claimed(store)
    await store.conclude(turn, Conclusion(Outcome.FAILED), NOW)
    held = await store.read(turn.id)
    assert held is not None
    assert held.interaction is not None
    await store.end(turn, Outcome.FAILED, NOW)
    now = await store.read(turn.id)
    assert now is not None
    assert now.interaction is None
    assert await select(store, "SELECT id, token FROM interaction") == [("900", "")]


async def test_open_turns_are_counted_by_state(store: SqliteStore) -> None:
    assert await store.count_open() == {"admitted": 0, "running": 0, "delivering": 0}
    await ended(store, mention("99"))
    turn = await at_work(store)
    await store.admit(mention("101", of=thread("100")), NOW)
    await store.admit(mention("102", of=thread("100")), NOW)
    assert await store.count_open() == {"admitted": 2, "running": 1, "delivering": 0}
    await store.conclude(turn, Conclusion(Outcome.ANSWERED, "x"), NOW)
    assert await store.count_open() == {"admitted": 2, "running": 0, "delivering": 1}


async def test_what_is_not_there_is_none(store: SqliteStore) -> None:
    assert await store.read("0" * 13) is None


# --- conversations and watermarks ------------------------------------------------------------


async def test_history_is_the_newest_visible_part_up_to_the_prompt(store: SqliteStore) -> None:
    await ended(store, mention("100", text="one"), answer="1")
    for message in ("101", "102"):
        event = mention(message, of=thread("100"), text=f"ask {message}")
        await ended(store, event, answer=f"say {message}")
    await store.admit(mention("103", of=thread("100"), text="now"), NOW)
    await store.admit(mention("104", of=thread("100"), text="later"), NOW)
    await ended_elsewhere(store)
    turn = next(turn for turn in await store.claim(WORKER, NOW, 10) if turn.source == "103")

    assert await store.history(turn, 4) == [
        ChatMessage(Role.ASSISTANT, "say 101", position=101),
        ChatMessage(Role.USER, "ask 102", "Ann", 102),
        ChatMessage(Role.ASSISTANT, "say 102", position=102),
        ChatMessage(Role.USER, "now", "Ann", 103),
    ]
    assert len(await store.history(turn, 100)) == 7
    await store.conclude(turn, Conclusion(Outcome.ANSWERED, "own answer"), NOW)
    assert (await store.history(turn, 1)) == [ChatMessage(Role.USER, "now", "Ann", 103)]


async def ended_elsewhere(store: SqliteStore) -> None:
    other = mention("102", of=thread("100", workspace="other"), text="theirs")
    await store.admit(other, NOW)
    third = mention("102", of=thread("100", channel="other"), text="theirs")
    await store.admit(third, NOW)


async def test_watermarks_only_rise_and_belong_to_a_workspace(store: SqliteStore) -> None:
    await store.raise_watermarks("discord", "guild", {"": 10, "a": 20, "b": 2**62})
    await store.raise_watermarks("discord", "guild", {"": 9, "a": 21, "c": 1})
    await store.raise_watermarks("discord", "other", {"a": 5})
    await store.raise_watermarks("discord", "guild", {})
    assert await store.watermarks("discord", "guild") == {"": 10, "a": 21, "b": 2**62, "c": 1}
    assert await store.watermarks("discord", "other") == {"a": 5}
    assert await store.watermarks("slack", "guild") == {}


async def test_a_refusal_without_a_step_books_nothing(store: SqliteStore) -> None:
    await store.admit(mention("100"), NOW)
    turn = await claimed(store)
    with pytest.raises(StoreError, match="charge without a step"):
        await store.conclude(turn, Conclusion(Outcome.REFUSED, charge=Amounts(1)), NOW)
    await store.conclude(turn, Conclusion(Outcome.REFUSED, note="no"), NOW)
    assert await select(store, "SELECT * FROM ledger") == []
