"""The outbox: what a row says about a message is never more than what is known."""

from __future__ import annotations

import pytest

from bot.domain import Turn
from bot.errors import Fenced, StoreError
from bot.ports import Part, PartState, Purpose
from storage.store import SqliteStore
from tests.stored import LATER, NOW, claimed, dump, mention, store, thread

__all__ = ["store"]

ANSWER, NOTICE, FILE = Purpose.ANSWER, Purpose.NOTICE, Purpose.FILE
PLANNED, SENDING, SENT, UNKNOWN = (
    PartState.PLANNED,
    PartState.SENDING,
    PartState.SENT,
    PartState.UNKNOWN,
)


@pytest.fixture
async def turn(store: SqliteStore) -> Turn:
    await store.admit(mention("100"), NOW)
    return await claimed(store)


async def bring(store: SqliteStore, turn: Turn, state: PartState | None) -> None:
    """Bring part 0 into a state."""
    if state is None:
        return
    await store.begin_part(turn, ANSWER, 0, "here", "nonce", NOW)
    if state is not SENDING:
        message = "m1" if state is SENT else None
        await store.mark_part(turn, ANSWER, 0, state, message, NOW)


async def test_a_part_is_sending_before_it_leaves(store: SqliteStore, turn: Turn) -> None:
    await store.begin_part(turn, ANSWER, 0, "here", "nonce", NOW)
    assert await store.parts(turn.id) == [Part(ANSWER, 0, SENDING, "here", None, NOW)]
    await store.mark_part(turn, ANSWER, 0, SENT, "m1", LATER)
    assert await store.parts(turn.id) == [Part(ANSWER, 0, SENT, "here", "m1", NOW)]


@pytest.mark.parametrize("state", [None, PLANNED, UNKNOWN, SENDING])
async def test_a_part_begins_where_nothing_is_surely_there(
    store: SqliteStore, turn: Turn, state: PartState | None
) -> None:
    await bring(store, turn, state)
    await store.begin_part(turn, ANSWER, 0, "there", "nonce", LATER)
    # What may still come to be, is counted from when it was last sent.
    assert await store.parts(turn.id) == [Part(ANSWER, 0, SENDING, "there", None, LATER)]


async def test_a_part_that_is_there_is_not_begun(store: SqliteStore, turn: Turn) -> None:
    await bring(store, turn, SENT)
    before = await dump(store)
    with pytest.raises(Fenced):
        await store.begin_part(turn, ANSWER, 0, "there", "nonce", LATER)
    assert await dump(store) == before


@pytest.mark.parametrize("state", [PLANNED, UNKNOWN])
async def test_what_was_sent_stays_sent(store: SqliteStore, turn: Turn, state: PartState) -> None:
    await bring(store, turn, SENT)
    with pytest.raises(Fenced):
        await store.mark_part(turn, ANSWER, 0, state, None, NOW)
    await store.mark_part(turn, ANSWER, 0, SENT, "m2", NOW)
    assert (await store.parts(turn.id))[0].message == "m2"


@pytest.mark.parametrize(
    ("state", "message"),
    [(SENT, None), (SENT, ""), (PLANNED, "m"), (UNKNOWN, "m"), (SENDING, None)],
)
async def test_a_part_has_an_id_exactly_when_it_is_sent(
    store: SqliteStore, turn: Turn, state: PartState, message: str | None
) -> None:
    await bring(store, turn, SENDING)
    before = await dump(store)
    with pytest.raises(StoreError):
        await store.mark_part(turn, ANSWER, 0, state, message, NOW)
    assert await dump(store) == before


async def test_a_part_that_never_began_is_not_marked(store: SqliteStore, turn: Turn) -> None:
    with pytest.raises(Fenced):
        await store.mark_part(turn, ANSWER, 7, SENT, "m1", NOW)
    assert await store.parts(turn.id) == []


async def test_a_dropped_part_is_forgotten_and_may_begin_anew(
    store: SqliteStore, turn: Turn
) -> None:
    await bring(store, turn, SENT)
    await store.drop_part(turn, ANSWER, 0)
    await store.drop_part(turn, ANSWER, 0)
    assert await store.parts(turn.id) == []
    assert await store.known_messages("discord", "guild", "here") == set()
    await store.begin_part(turn, ANSWER, 0, "here", "nonce", NOW)


async def test_parts_come_by_purpose_and_index(store: SqliteStore, turn: Turn) -> None:
    for purpose, index in ((NOTICE, 0), (ANSWER, 10), (ANSWER, 2), (FILE, 0)):
        await store.begin_part(turn, purpose, index, "here", "n", NOW)
    listed = [(part.purpose, part.index) for part in await store.parts(turn.id)]
    assert listed == [(ANSWER, 2), (ANSWER, 10), (FILE, 0), (NOTICE, 0)]


async def test_a_turn_is_overtaken_by_what_another_says_after_it_came(
    store: SqliteStore,
) -> None:
    for message in ("100", "200"):
        await store.admit(mention(message), NOW)
    await store.beat("w1", NOW, LATER)
    first, second = await store.claim("w1", NOW, 10)
    for turn in (first, second):
        assert not await store.is_overtaken(turn, "here")

    await store.begin_part(first, Purpose.ANSWER, 0, "here", "n", NOW - 2)
    await store.mark_part(first, Purpose.ANSWER, 0, PartState.SENT, "m0", NOW - 1)
    assert not await store.is_overtaken(second, "here")

    # Begun before it came, but said after: a row may be ready long before its message leaves.
    await store.begin_part(first, Purpose.ANSWER, 1, "here", "n", NOW - 1)
    await store.mark_part(first, Purpose.ANSWER, 1, PartState.SENT, "m1", NOW)
    assert await store.is_overtaken(second, "here")
    assert not await store.is_overtaken(second, "there")
    assert not await store.is_overtaken(first, "here")


async def test_known_messages_are_those_of_one_place_and_workspace(store: SqliteStore) -> None:
    await store.admit(mention("100"), NOW)
    await store.admit(mention("100", of=thread(workspace="other")), NOW)
    await store.beat("w1", NOW, LATER)
    for turn in await store.claim("w1", NOW, 10):
        name = turn.thread.workspace
        for index, place in enumerate(("here", "here", "there")):
            await store.begin_part(turn, ANSWER, index, place, f"n{index}", NOW)
            await store.mark_part(turn, ANSWER, index, SENT, f"{name}-{index}", NOW)
        await store.begin_part(turn, NOTICE, 0, "here", "n", NOW)
    assert await store.known_messages("discord", "guild", "here") == {"guild-0", "guild-1"}
    assert await store.known_messages("discord", "other", "there") == {"other-2"}
    assert await store.known_messages("slack", "guild", "here") == set()


async def test_one_message_belongs_to_one_part(store: SqliteStore, turn: Turn) -> None:
    await bring(store, turn, SENT)
    await store.begin_part(turn, ANSWER, 1, "here", "n1", NOW)
    with pytest.raises(StoreError, match="UNIQUE"):
        await store.mark_part(turn, ANSWER, 1, SENT, "m1", NOW)
    assert (await store.parts(turn.id))[1].state is SENDING


async def test_what_may_stand_there_twice_stays_known(store: SqliteStore, turn: Turn) -> None:
    await bring(store, turn, UNKNOWN)
    await store.mark_part(turn, ANSWER, 0, PLANNED, None, NOW, again=True)
    await store.begin_part(turn, ANSWER, 0, "here", "nonce", LATER)
    await store.mark_part(turn, ANSWER, 0, SENT, "m1", LATER)
    await store.begin_part(turn, ANSWER, 1, "here", "nonce1", LATER)
    assert await store.parts(turn.id) == [
        Part(ANSWER, 0, SENT, "here", "m1", LATER, again=True),
        Part(ANSWER, 1, SENDING, "here", None, LATER),
    ]


@pytest.mark.parametrize("purpose", list(Purpose))
async def test_every_purpose_has_rows(store: SqliteStore, turn: Turn, purpose: Purpose) -> None:
    await store.begin_part(turn, purpose, 0, "here", "nonce", NOW)
    assert await store.parts(turn.id) == [Part(purpose, 0, SENDING, "here", None, NOW)]
    await store.drop_part(turn, purpose, 0)
    assert await store.parts(turn.id) == []
