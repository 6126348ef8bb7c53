"""Pictures that come late: who brings them, once, and how long they are awaited."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from bot.domain import Edit, MaskKind, Outcome, ThreadRef, Turn, TurnKind
from bot.events import Action, MessageDeleted, PlaceDeleted, Verdict, WorkspaceLeft
from bot.ports import Conclusion, Decision
from storage.store import SqliteStore
from tests.edit_scene import EDIT, HERE, RESULT, finish, open_turn, result
from tests.stored import (
    ANN,
    IMAGE_HOLD,
    IMAGE_MODEL,
    LATER,
    MODEL,
    NOW,
    admitted,
    attachment,
    claimed,
    dump,
    made,
    mention,
    picture_file,
    press,
    select,
    store,
)

__all__ = ["result", "store"]


async def given_up(
    store: SqliteStore, request_id: str = "job-1", edit: Edit = EDIT, files: int = 1
) -> Turn:
    """Have an edit that a service took and did not finish in time."""
    sent = tuple(attachment(f"f{n}") for n in range(files))
    await store.admit(mention("100", text="edit: pink", attachments=sent, edit=edit), NOW)
    turn = await claimed(store)
    await store.set_place(turn, "100")
    for n in range(files):
        await store.put_file(turn, picture_file("ab"[n], n=n))
    step = await store.start_step(turn, IMAGE_MODEL, IMAGE_HOLD, NOW)
    await store.accept_step(turn, step, request_id)
    await store.await_result(turn, NOW)
    await store.conclude(turn, Conclusion(Outcome.FAILED, note="still working"), NOW)
    await store.end(turn, Outcome.FAILED, NOW)
    return turn


async def test_a_late_result_is_fetched_by_another_turn(store: SqliteStore) -> None:
    old = await given_up(store)
    assert await store.awaited() == [
        ("discord", "guild", old.id, IMAGE_MODEL.id, "job-1", NOW),
    ]
    decision = await store.admit(replace(RESULT, turn=old.id), LATER)
    turn = await open_turn(store, decision)
    assert (turn.kind, turn.about, turn.author) == (TurnKind.PICTURE, old.id, ANN)
    assert turn.edit == replace(EDIT, late_of=old.id)
    assert await store.awaited() == []

    # Its step goes on with the request, and the model, of the one that waited.
    other = replace(IMAGE_MODEL, name="other")
    step = await store.start_step(turn, other, IMAGE_HOLD, LATER)
    assert (step.n, step.repeats, step.request_id, step.model) == (1, 0, "job-1", IMAGE_MODEL.id)
    again = await store.start_step(turn, other, IMAGE_HOLD, LATER)
    assert (again.repeats, again.request_id) == (1, "job-1")
    end = Conclusion(Outcome.ANSWERED, "late", charge=IMAGE_HOLD, made=made("r", 1))
    await store.conclude(turn, end, LATER)
    await store.end(turn, Outcome.ANSWERED, LATER)
    booked = await select(store, "SELECT turn, kind, images FROM ledger ORDER BY at")
    assert booked == [(old.id, "release", 0), (turn.id, "settle", 1)]
    # The question stands where it was asked, with its files.
    turn_after = await store.read(old.id)
    assert turn_after is not None
    assert turn_after.prompt == "edit: pink"
    for each in (old.id, turn.id):
        late = await store.admit(replace(RESULT, turn=each), LATER)
        assert late.verdict in (Verdict.DUPLICATE, Verdict.GONE)


async def test_what_came_late_is_varied_within_its_attached_mask(store: SqliteStore) -> None:
    edit = replace(EDIT, mask=MaskKind.ATTACHED, mask_file=1)
    old = await given_up(store, edit=edit, files=2)
    turn = await open_turn(store, await store.admit(replace(RESULT, turn=old.id), NOW))
    await store.start_step(turn, IMAGE_MODEL, IMAGE_HOLD, NOW)
    end = Conclusion(Outcome.ANSWERED, "late", charge=IMAGE_HOLD, made=made("r", 1, masked=True))
    await store.conclude(turn, end, NOW)
    await store.end(turn, Outcome.ANSWERED, NOW)
    again = await open_turn(store, await store.admit(press(Action.VARY, turn.id), NOW))
    assert again.edit is not None
    assert (again.edit.mask, again.edit.mask_blob) == (MaskKind.PAINTED, "b")


async def test_what_came_to_nothing_is_asked_for_anew(store: SqliteStore) -> None:
    old = await given_up(store)
    await store.admit(replace(RESULT, turn=old.id), NOW)
    turn = await claimed(store)
    step = await store.start_step(turn, IMAGE_MODEL, IMAGE_HOLD, NOW, anew=True)
    assert step.request_id is None


async def test_a_result_comes_once(store: SqliteStore) -> None:
    old = await given_up(store)
    event = replace(RESULT, turn=old.id)
    first, again = await asyncio.gather(store.admit(event, NOW), store.admit(event, NOW))
    assert first.verdict is Verdict.ADMITTED
    assert again == Decision(Verdict.DUPLICATE, first.turn, HERE)


async def test_a_result_that_nobody_awaits_makes_no_turn(store: SqliteStore, result: Turn) -> None:
    before = await dump(store)
    for turn in (result.id, "unknown"):
        assert (await store.admit(replace(RESULT, turn=turn), NOW)).verdict is Verdict.GONE
    foreign = replace(RESULT, turn=result.id, workspace="other")
    assert (await store.admit(foreign, NOW)).verdict is Verdict.GONE
    assert await dump(store) == before


async def test_a_result_waits_until_its_turn_is_over(store: SqliteStore) -> None:
    await store.admit(mention("100", edit=EDIT), NOW)
    turn = await claimed(store)
    step = await store.start_step(turn, IMAGE_MODEL, IMAGE_HOLD, NOW)
    await store.accept_step(turn, step, "")
    await store.await_result(turn, NOW)
    assert await store.awaited() == []  # it has no id to be asked for by
    await store.accept_step(turn, step, "job-1")
    await store.await_result(turn, NOW)
    await store.await_result(turn, LATER)
    assert [each[5] for each in await store.awaited()] == [NOW]
    event = replace(RESULT, turn=turn.id)
    assert (await store.admit(event, NOW)).verdict is Verdict.IGNORED
    assert len(await store.awaited()) == 1
    await store.forget_awaited(turn.id)
    await store.forget_awaited(turn.id)
    assert await store.awaited() == []


async def test_whoever_asks_again_waits_for_the_late_result_until_it_is_given_up(
    store: SqliteStore,
) -> None:
    old = await given_up(store)
    before = await dump(store)
    pressed = await store.admit(press(Action.RETRY, old.id), NOW)
    assert pressed == Decision(Verdict.AWAITED, old.id, HERE)
    assert await dump(store) == before
    await store.forget_awaited(old.id)
    turn = await open_turn(store, await store.admit(press(Action.RETRY, old.id), LATER))
    assert turn.edit == EDIT
    step = await store.start_step(turn, IMAGE_MODEL, IMAGE_HOLD, NOW)
    assert step.request_id is None
    assert (await store.admit(replace(RESULT, turn=old.id), NOW)).verdict is Verdict.GONE


@pytest.mark.parametrize("ends", [None, Outcome.ANSWERED, Outcome.FAILED])
async def test_whoever_asks_again_while_a_late_result_is_brought_pays_once(
    store: SqliteStore, ends: Outcome | None
) -> None:
    old = await given_up(store)
    brought = await open_turn(store, await store.admit(replace(RESULT, turn=old.id), NOW))
    if ends is not None:
        await store.start_step(brought, IMAGE_MODEL, IMAGE_HOLD, NOW)
        picture = made("r", 1) if ends is Outcome.ANSWERED else None
        end = Conclusion(ends, "late" if picture else "", charge=IMAGE_HOLD, made=picture)
        await store.conclude(brought, end, NOW)
        await store.end(brought, ends, NOW)
    pressed = await store.admit(press(Action.RETRY, old.id), LATER)
    if ends is not Outcome.FAILED:
        assert pressed == Decision(Verdict.DUPLICATE, brought.id, HERE)
        return
    assert pressed.verdict is Verdict.ADMITTED
    # Its own notice has the button, too.
    again = await store.admit(press(Action.RETRY, brought.id), LATER)
    assert again == Decision(Verdict.DUPLICATE, pressed.turn, HERE)


async def test_a_late_result_that_could_not_be_had_is_asked_for_from_the_start(
    store: SqliteStore,
) -> None:
    old = await given_up(store)
    late = await open_turn(store, await store.admit(replace(RESULT, turn=old.id), NOW))
    await finish(store, late, Outcome.FAILED)
    turn = await open_turn(store, await store.admit(press(Action.RETRY, late.id), NOW))
    assert (turn.edit, turn.prompt, turn.about) == (EDIT, "edit: pink", late.id)
    assert [file.blob for file in (await store.history(turn, 9))[-1].files] == ["a"]
    step = await store.start_step(turn, IMAGE_MODEL, IMAGE_HOLD, NOW)
    assert step.request_id is None


@pytest.mark.parametrize(
    "event",
    [
        MessageDeleted("discord", "guild", "chan", "100"),
        PlaceDeleted("discord", "guild", "chan"),
        WorkspaceLeft("discord", "guild"),
    ],
)
async def test_nothing_is_awaited_for_what_was_deleted(
    store: SqliteStore, event: MessageDeleted | PlaceDeleted | WorkspaceLeft
) -> None:
    old = await given_up(store)
    await store.admit(event, NOW)
    assert await store.awaited() == []
    assert (await store.admit(replace(RESULT, turn=old.id), NOW)).verdict is Verdict.GONE


DAY_MS = 24 * 3_600_000


async def test_what_an_edit_is_made_of_is_forgotten_a_day_after_its_end(
    store: SqliteStore,
) -> None:
    """Whose process died between the end and the forgetting, nobody comes for any more."""
    old = await given_up(store)
    await store.admit(
        mention("200", text="edit: blue", attachments=(attachment(),), edit=EDIT), NOW
    )
    open_ = await claimed(store)
    kept = [f"edit:{old.id}", f"edit:{open_.id}", "division:x", "edited", "edit"]
    for name in (*kept, "edit:nobody"):
        await store.put_memo(name, "1 2")

    async def left() -> list[str]:
        return [row[0] for row in await select(store, "SELECT name FROM memo ORDER BY name")]

    await store.purge(NOW + DAY_MS)
    assert await left() == sorted(kept)
    # It is brought late: what it is made of is needed for as long.
    brought = await open_turn(store, await store.admit(replace(RESULT, turn=old.id), LATER))
    await store.purge(NOW + 2 * DAY_MS)
    assert f"edit:{old.id}" in await left()
    await finish(store, brought, Outcome.REFUSED)
    await store.purge(NOW + DAY_MS)
    assert f"edit:{old.id}" in await left()
    await store.purge(NOW + DAY_MS + 1)
    assert await left() == sorted(set(kept) - {f"edit:{old.id}"})


async def test_what_is_awaited_for_a_day_is_forgotten(store: SqliteStore) -> None:
    await given_up(store)
    day = 24 * 3_600_000
    await store.purge(NOW + day)
    assert len(await store.awaited()) == 1
    await store.purge(NOW + day + 1)
    assert await store.awaited() == []


async def test_a_chat_step_is_still_one(store: SqliteStore) -> None:
    await admitted(store, mention("100"))
    turn = await claimed(store)
    await store.start_step(turn, MODEL, IMAGE_HOLD, NOW)
    assert await select(store, "SELECT kind FROM step") == [("chat",)]
    assert turn.thread == ThreadRef("discord", "guild", "chan", "100")
