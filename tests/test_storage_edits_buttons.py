"""Buttons under a picture, and edits that are asked for again."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from bot.domain import Edit, MaskKind, Outcome, Turn, TurnKind
from bot.events import OPENING, TOO_MANY, Action, MessageDeleted, Verdict
from bot.ports import Conclusion, Decision
from storage.store import SqliteStore
from tests.edit_scene import EDIT, HERE, execute, finish, open_turn, result
from tests.stored import (
    ANN,
    BEN,
    MODERATOR,
    NOW,
    OPTIONS,
    asked,
    attachment,
    claimed,
    concluded,
    draft,
    dump,
    edited,
    ended,
    made,
    made_by,
    mention,
    picture_file,
    press,
    select,
    store,
)

__all__ = ["result", "store"]


async def test_what_opens_a_form_is_none_of_the_stores_business(
    store: SqliteStore, result: Turn
) -> None:
    before = await dump(store)
    for action in OPENING:
        assert (await store.admit(press(action, result.id), NOW)).verdict is Verdict.IGNORED
    assert await dump(store) == before


async def test_a_picture_is_varied_by_what_it_was_made_by(store: SqliteStore, result: Turn) -> None:
    await store.admit(mention("101", of=HERE, text="edit: x", edit=Edit()), NOW)
    turn = await claimed(store)
    await store.number_picture(turn, "b", "image/png", 1, 1)
    await finish(store, turn)
    event = mention("102", of=HERE, text="edit: both", author=BEN, edit=Edit(numbers=(3, 1)))
    second = await made_by(store, event, made("r2", 3, 1, prompt="both"))
    decision = await store.admit(press(Action.VARY, second.id, by=ANN), NOW)
    turn = await open_turn(store, decision)
    assert (turn.kind, turn.about, turn.author.id) == (TurnKind.PICTURE, second.id, ANN.id)
    assert (turn.prompt, turn.edit) == ("both", Edit(numbers=(3, 1), options=OPTIONS))
    question = (await store.history(turn, 9))[-1]
    assert question.author == BEN.name  # the words are hers who wrote them
    assert result.id != second.id


async def test_pressed_twice_it_is_varied_once_until_that_has_ended(
    store: SqliteStore, result: Turn
) -> None:
    first, again, other = await asyncio.gather(
        store.admit(press(Action.VARY, result.id), NOW),
        store.admit(press(Action.VARY, result.id), NOW),
        store.admit(press(Action.VARY, result.id, by=BEN, interaction="901"), NOW),
    )
    assert first.verdict is Verdict.ADMITTED
    assert again == other == Decision(Verdict.DUPLICATE, first.turn, HERE)
    turn = await claimed(store)
    assert (await store.admit(press(Action.VARY, result.id, interaction="902"), NOW)) == again
    await concluded(store, turn, made("v1", 1))
    await store.end(turn, Outcome.ANSWERED, NOW)
    more = await store.admit(press(Action.VARY, result.id, interaction="903"), NOW)
    assert more.verdict is Verdict.ADMITTED
    keys = await select(store, "SELECT once FROM turn WHERE once IS NOT NULL ORDER BY once")
    assert keys == [(f"vary:{result.id}:0",), (f"vary:{result.id}:1",)]
    # What was varied can be varied in turn.
    await finish(store, await claimed(store))
    deeper = await store.admit(press(Action.VARY, turn.id, interaction="904"), NOW)
    assert deeper.verdict is Verdict.ADMITTED


async def test_who_asks_too_much_varies_nothing_and_may_later(
    store: SqliteStore, result: Turn
) -> None:
    decision = await store.admit(press(Action.VARY, result.id), NOW, 0)
    turn = await open_turn(store, decision)
    assert (turn.error, turn.prompt) == (TOO_MANY, "")
    await finish(store, turn, Outcome.REFUSED)
    again = await store.admit(press(Action.VARY, result.id, interaction="901"), NOW)
    assert again.verdict is Verdict.ADMITTED
    assert (await claimed(store)).prompt == "make it pink"


@pytest.mark.parametrize(
    ("edit", "varied"),
    [
        (Edit(mask=MaskKind.TRANSPARENCY), Edit(mask=MaskKind.TRANSPARENCY)),
        (
            Edit(mask=MaskKind.PAINTED, mask_blob="m"),
            Edit(mask=MaskKind.PAINTED, mask_blob="m"),
        ),
        (
            Edit(files_first=True, mask=MaskKind.ATTACHED, mask_file=1),
            Edit(mask=MaskKind.PAINTED, mask_blob="b"),
        ),
    ],
)
async def test_a_picture_is_varied_within_its_mask(
    store: SqliteStore, edit: Edit, varied: Edit
) -> None:
    files = (attachment("f1"), attachment("f2"))
    await store.admit(mention("100", attachments=files, edit=edit), NOW)
    turn = await claimed(store)
    for n, blob in enumerate(("a", "b")):
        await store.put_file(turn, picture_file(blob, n=n))
    await concluded(store, turn, made("r", 1, masked=True))
    await store.end(turn, Outcome.ANSWERED, NOW)
    again = await open_turn(store, await store.admit(press(Action.VARY, turn.id), NOW))
    assert again.edit == replace(varied, numbers=(1,), options=OPTIONS)
    await finish(store, again)
    assert varied.mask_blob not in await store.unused_blobs(["a", "b", "m"])
    # Without its mask another would be made that nobody asked for.
    for sql in ("DELETE FROM mask", "UPDATE file SET blob = '' WHERE n = 1"):
        await execute(store, sql)
    pressed = press(Action.VARY, turn.id, interaction="901")
    expected = Verdict.GONE if varied.mask_blob else Verdict.ADMITTED
    assert (await store.admit(pressed, NOW)).verdict is expected


async def test_nothing_is_varied_of_what_is_gone_or_was_never_made(
    store: SqliteStore, result: Turn
) -> None:
    back = asked("500", of=HERE, text="", edit=Edit(shows=1), about=result.id)
    turn = await open_turn(store, await store.admit(back, NOW))
    await finish(store, turn, Outcome.ANSWERED)
    failed = await ended(store, mention("501", of=HERE, edit=Edit()), Outcome.FAILED, "")
    for old in (turn.id, failed.id, "unknown"):
        assert (await store.admit(press(Action.VARY, old), NOW)).verdict is Verdict.GONE
    elsewhere = press(Action.VARY, result.id, workspace="other")
    assert (await store.admit(elsewhere, NOW)).verdict is Verdict.GONE
    # Its base was taken back.
    await store.admit(MessageDeleted("discord", "guild", "chan", "100"), NOW)
    assert (await store.admit(press(Action.VARY, result.id), NOW)).verdict is Verdict.GONE


async def test_a_picture_is_chosen_as_the_base_by_anybody(store: SqliteStore, result: Turn) -> None:
    await made_by(store, mention("101", of=HERE, edit=Edit()), made("r2", 2))
    done = Decision(Verdict.DONE, thread=HERE)
    assert await store.admit(press(Action.BASE, result.id, by=BEN), NOW) == done
    latest = await store.latest_picture(HERE)
    assert latest is not None
    assert latest.number == 2
    assert (await store.admit(press(Action.BASE, "unknown"), NOW)).verdict is Verdict.GONE


async def test_a_picture_is_removed_by_its_asker_once(store: SqliteStore, result: Turn) -> None:
    before = await dump(store)
    denied = await store.admit(press(Action.REMOVE, result.id, by=BEN), NOW)
    assert denied == Decision(Verdict.DENIED, result.id, HERE)
    assert await dump(store) == before
    await store.add_draft(draft("about", about=result.id))
    await store.add_draft(draft("of-it", edit=Edit(numbers=(1, 2))))
    await store.add_draft(draft("other", edit=Edit(numbers=(1,))))

    decision = await store.admit(press(Action.REMOVE, result.id), NOW)
    turn = await open_turn(store, decision)
    assert (turn.kind, turn.about, turn.edit) == (TurnKind.PICTURE, result.id, Edit(removes=2))
    again = await store.admit(press(Action.REMOVE, result.id, interaction="901"), NOW)
    assert again == Decision(Verdict.DUPLICATE, turn.id, HERE)

    # From now on nobody goes on from it; its bytes go with its message.
    picture = (await store.pictures(HERE))[-1]
    assert (picture.blob, picture.removed, picture.prompt) == ("r", True, "")
    latest = await store.latest_picture(HERE)
    assert latest is not None
    assert latest.number == 1
    revoked = {
        each.id: each.revoked
        for name in ("about", "of-it", "other")
        if (each := await store.draft(name)) is not None
    }
    assert revoked == {"about": True, "of-it": True, "other": False}
    for action in (Action.VARY, Action.BASE):
        pressed = press(action, result.id, interaction="902")
        assert (await store.admit(pressed, NOW)).verdict is Verdict.GONE
    assert await store.unused_blobs(["r"]) == set()
    await store.conclude(turn, Conclusion(Outcome.CANCELLED), NOW)
    assert await store.unused_blobs(["r"]) == {"r"}
    await store.end(turn, Outcome.CANCELLED, NOW)


async def test_a_moderator_removes_any_picture_also_when_busy(
    store: SqliteStore, result: Turn
) -> None:
    decision = await store.admit(press(Action.REMOVE, result.id, by=MODERATOR), NOW, 0)
    turn = await open_turn(store, decision)
    assert turn.error == ""


async def test_who_shows_a_picture_again_may_not_remove_it(
    store: SqliteStore, result: Turn
) -> None:
    event = asked("500", of=HERE, author=BEN, text="", edit=Edit(shows=1), about=result.id)
    turn = await open_turn(store, await store.admit(event, NOW))
    await finish(store, turn, Outcome.ANSWERED)
    denied = await store.admit(press(Action.REMOVE, turn.id, by=BEN), NOW)
    assert denied.verdict is Verdict.DENIED
    removal = await open_turn(store, await store.admit(press(Action.REMOVE, turn.id), NOW))
    assert removal.edit == Edit(removes=1)
    await finish(store, removal, Outcome.CANCELLED)
    # The file that it came by goes as well.
    assert await store.unused_blobs(["a"]) == {"a"}


async def test_what_is_to_be_removed_still_is_once_its_question_is_deleted(
    store: SqliteStore, result: Turn
) -> None:
    decision = await store.admit(press(Action.REMOVE, result.id), NOW)
    await store.admit(MessageDeleted("discord", "guild", "chan", "100"), NOW)
    removal = await open_turn(store, decision)
    assert not removal.cancel_requested


# --- asking again --------------------------------------------------------------------------------


async def test_an_edit_is_retried_as_it_was(store: SqliteStore) -> None:
    edit = replace(EDIT, mask=MaskKind.PAINTED, mask_blob="m")
    event = mention("100", text="edit: pink", attachments=(attachment(),), edit=edit)
    old = await ended(store, event, Outcome.FAILED, "")
    decision = await store.admit(press(Action.RETRY, old.id), NOW)
    turn = await open_turn(store, decision)
    assert (turn.kind, turn.edit, turn.prompt) == (TurnKind.RETRY, edit, "edit: pink")
    assert [file.attachment for file in (await store.history(turn, 9))[-1].files] == [attachment()]
    # Its mask is its own: the old one's may go.
    await store.admit(MessageDeleted("discord", "guild", "elsewhere", "100"), NOW)
    masks = await select(store, "SELECT turn, blob FROM mask ORDER BY turn")
    assert masks == sorted([(old.id, "m"), (turn.id, "m")])


async def test_an_edit_that_was_stopped_can_be_asked_for_again(store: SqliteStore) -> None:
    old = await ended(store, mention("100", text="edit: pink", edit=EDIT), Outcome.STOPPED, "")
    decision = await store.admit(press(Action.RETRY, old.id), NOW)
    turn = await open_turn(store, decision)
    assert (turn.kind, turn.edit, turn.prompt) == (TurnKind.RETRY, EDIT, "edit: pink")


async def test_an_edit_is_neither_continued_nor_regenerated(
    store: SqliteStore, result: Turn
) -> None:
    for action in (Action.CONTINUE, Action.REGENERATE, Action.RETRY):
        assert (await store.admit(press(action, result.id), NOW)).verdict is Verdict.GONE
    for action in (Action.GOOD, Action.BAD):
        assert (await store.admit(press(action, result.id), NOW)).verdict is Verdict.DONE


async def test_a_changed_request_for_an_edit_is_offered_an_answer_too(
    store: SqliteStore, result: Turn
) -> None:
    decision = await store.admit(edited("100", "edit: blue", files=("f1",)), NOW)
    turn = await open_turn(store, decision)
    assert (turn.kind, turn.edit, turn.about) == (TurnKind.EDITED, None, result.id)


async def test_what_was_made_and_never_shown_is_only_to_be_shown(store: SqliteStore) -> None:
    await store.admit(mention("100", attachments=(attachment(),), edit=EDIT), NOW)
    old = await claimed(store)
    await store.set_place(old, "100")
    await store.put_file(old, picture_file("a"))
    await concluded(store, old, made("r", 1))
    await store.end(old, Outcome.UNDELIVERABLE, NOW)
    turn = await open_turn(store, await store.admit(press(Action.RETRY, old.id), NOW))
    assert (turn.edit, turn.answer) == (Edit(shows=2), "as asked")
    found = await store.picture_made(turn.id)
    assert found is not None
    assert (found.number, found.turn) == (2, old.id)
    await store.show_picture(turn, 2)
    latest = await store.latest_picture(HERE)
    assert latest == found
    # That could not be shown either, and is tried once more.
    await store.conclude(turn, Conclusion(Outcome.ANSWERED, "as asked"), NOW)
    await store.end(turn, Outcome.UNDELIVERABLE, NOW)
    pressed = press(Action.RETRY, turn.id, interaction="901")
    again = await open_turn(store, await store.admit(pressed, NOW))
    assert (again.edit, again.answer) == (Edit(shows=2), "as asked")


async def test_going_back_is_retried_without_words(store: SqliteStore, result: Turn) -> None:
    event = asked("500", of=HERE, text="", edit=Edit(shows=1), about=result.id)
    old = await open_turn(store, await store.admit(event, NOW))
    await finish(store, old, Outcome.FAILED)
    turn = await open_turn(store, await store.admit(press(Action.RETRY, old.id), NOW))
    assert (turn.kind, turn.edit, turn.prompt) == (TurnKind.RETRY, Edit(shows=1), "")
