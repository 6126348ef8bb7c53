"""What is deleted between its reading and its storing is not stored: by whatever way it comes."""

from __future__ import annotations

from typing import Any

import pytest

from bot.domain import Attachment, Edit, MaskKind, Outcome, Quote
from bot.events import Action, Asked, MessageDeleted, MessageReceived, PlaceDeleted, Verdict
from bot.ports import DraftKind, Overheard
from storage.store import SqliteStore
from tests.stored import (
    ANN,
    BEN,
    NOW,
    admitted,
    asked,
    attachment,
    claimed,
    concluded,
    draft,
    ended,
    made,
    made_by,
    mention,
    painted,
    picture_file,
    press,
    select,
    store,
    thread,
)

__all__ = ["store"]

HERE = thread("100")
GONE = attachment("gone", message="90")
KEPT = attachment("kept", message="91")
# Of the message that the thread was started from, which stands in the thread's channel.
ABOVE = attachment("above", message="90", place="100")
MASK = attachment("mask", message="", place="")


async def delete(store: SqliteStore, message: str = "90", *, place: str = "chan") -> None:
    await store.admit(MessageDeleted("discord", "guild", place, message), NOW)


async def files(store: SqliteStore) -> list[tuple[Any, ...]]:
    return await select(store, "SELECT n, attachment FROM file ORDER BY position, n")


@pytest.fixture(params=[False, True], ids=["unknown", "a question"])
async def read_before(store: SqliteStore, request: pytest.FixtureRequest) -> SqliteStore:
    """Have deleted a message whose files and words were read, be it one for us or not."""
    if request.param:
        await ended(store, mention("90", attachments=(GONE,)))
    await delete(store)
    return store


# --- forms ---------------------------------------------------------------------------------------


async def test_a_form_keeps_no_file_that_is_deleted_while_it_is_sent(
    read_before: SqliteStore,
) -> None:
    event = asked(attachments=(GONE, KEPT, MASK), edit=Edit(mask=MaskKind.ATTACHED, mask_file=2))
    await admitted(read_before, event)
    # What is left keeps its place, by which the edit names its mask.
    assert await files(read_before) == [(1, "kept"), (2, "mask")]


@pytest.mark.parametrize(
    ("attachments", "edit", "verdict"),
    [
        ((GONE,), Edit(), Verdict.GONE),
        ((GONE, MASK), Edit(mask=MaskKind.ATTACHED, mask_file=1), Verdict.GONE),
        ((GONE, KEPT), Edit(), Verdict.ADMITTED),
        ((GONE,), Edit(numbers=(1,)), Verdict.ADMITTED),
        ((), Edit(), Verdict.ADMITTED),
        ((GONE,), None, Verdict.ADMITTED),
    ],
)
async def test_nothing_else_is_edited_than_was_chosen(
    read_before: SqliteStore,
    attachments: tuple[Attachment, ...],
    edit: Edit | None,
    verdict: Verdict,
) -> None:
    await read_before.add_draft(draft())
    event = asked(of=HERE, attachments=attachments, edit=edit, draft="d1" if edit else "")
    assert (await read_before.admit(event, NOW)).verdict is verdict
    assert "gone" not in str(await files(read_before))
    found = await read_before.draft("d1")
    assert found is not None
    assert bool(found.used) == (verdict is Verdict.ADMITTED and edit is not None)


async def test_a_form_is_opened_without_what_is_deleted_meanwhile(read_before: SqliteStore) -> None:
    store = read_before
    await store.add_draft(draft("some", attachments=(GONE, KEPT)))
    await store.add_draft(draft("none", attachments=(GONE, MASK)))
    await store.add_draft(draft("other", attachments=(KEPT,)))
    some, none, other = [await store.draft(name) for name in ("some", "none", "other")]
    assert some is not None and none is not None and other is not None
    assert (some.attachments[0].is_gone, some.attachments[1], some.revoked) == (True, KEPT, False)
    assert (none.attachments, none.revoked, none.prompt) == ((), True, "")
    assert (other.attachments, other.revoked) == ((KEPT,), False)


# --- forms about a picture -----------------------------------------------------------------------


async def pictured(store: SqliteStore) -> tuple[str, str]:
    """Return the turn of a picture, and the one that shows it again after another's."""
    root = mention("100", attachments=(attachment(),), edit=Edit(files_first=True))
    await store.admit(root, NOW)
    turn = await claimed(store)
    await store.set_place(turn, "100")
    await store.put_file(turn, picture_file("sent"))
    await concluded(store, turn, made("r1", 1))
    await store.end(turn, Outcome.ANSWERED, NOW)
    first = await made_by(store, mention("101", of=HERE, edit=Edit()), made("r2", 1, prompt="pink"))
    later = await made_by(store, mention("102", of=HERE, edit=Edit()), made("r3", 3))
    undo = await ended(store, asked("600", of=HERE, edit=Edit(shows=3), about=later.id))
    return first.id, undo.id


@pytest.mark.parametrize("again", [False, True], ids=["made", "shown again"])
@pytest.mark.parametrize("late", [False, True], ids=["kept before", "kept after"])
@pytest.mark.parametrize(
    "gone",
    [
        MessageDeleted("discord", "guild", "100", "101"),
        PlaceDeleted("discord", "guild", "100"),
    ],
    ids=["message", "place"],
)
async def test_the_words_of_a_deleted_picture_are_kept_in_no_form(
    store: SqliteStore, again: bool, late: bool, gone: MessageDeleted | PlaceDeleted
) -> None:
    begun = draft(about=(await pictured(store))[again], prompt="pink")
    if late:
        await store.admit(gone, NOW)
        await store.add_draft(begun)
    else:
        await store.add_draft(begun)
        await store.admit(gone, NOW)
    found = await store.draft("d1")
    assert found is not None
    assert (found.revoked, found.prompt) == (True, "")


async def test_a_form_about_a_picture_that_stands_keeps_its_words(store: SqliteStore) -> None:
    _, shown = await pictured(store)
    # What it was shown after is gone; its own words are not.
    await delete(store, "102", place="100")
    await store.add_draft(draft("words", about=shown, prompt="pink"))
    await store.add_draft(draft("no words", about=shown, prompt=""))
    await delete(store, "90", place="100")
    for name in ("words", "no words"):
        found = await store.draft(name)
        assert found is not None and not found.revoked, name


async def test_a_mask_for_what_was_deleted_is_painted_for_nothing(store: SqliteStore) -> None:
    turn, _ = await pictured(store)
    await store.add_draft(draft(kind=DraftKind.PAINT, about=turn))
    await delete(store, "101", place="100")
    assert (await store.admit(painted(), NOW)).verdict is Verdict.GONE
    assert await select(store, "SELECT COUNT(*) FROM mask") == [(0,)]


# --- messages ------------------------------------------------------------------------------------


@pytest.mark.parametrize("file", [GONE, ABOVE], ids=["beside", "above"])
async def test_a_reply_takes_nothing_along_of_what_it_replies_to(
    read_before: SqliteStore, file: Attachment
) -> None:
    own = attachment("own", message="110", place="100")
    reply = mention(
        "110",
        of=HERE,
        attachments=(own, file),
        quote=Quote("Ben", "their words", "90"),
    )
    await admitted(read_before, reply)
    assert await files(read_before) == [(0, "own")]
    words = await select(
        read_before,
        "SELECT quote_author, quote_text, quote_source FROM message WHERE source = '110'",
    )
    assert words == [("", "", "")]


async def test_what_stands_is_taken_along(read_before: SqliteStore) -> None:
    reply = mention("110", of=HERE, attachments=(KEPT,), quote=Quote("Ben", "words", "91"))
    await admitted(read_before, reply)
    forwarded = mention("111", of=HERE, quote=Quote("Ben", "of nowhere"))
    await admitted(read_before, forwarded)
    assert await files(read_before) == [(0, "kept")]
    quoted = await select(
        read_before,
        "SELECT quote_text, quote_source FROM message WHERE position > 100 ORDER BY position",
    )
    assert quoted == [("words", "91"), ("of nowhere", "")]


async def test_a_thread_is_read_without_files_that_others_took_back(store: SqliteStore) -> None:
    await store.admit(mention("110", of=thread("50")), NOW)
    turn = await claimed(store)
    taken_along = attachment("gone", message="90", place="50")
    said = [Overheard("105", 105, BEN, "see above", attachments=(taken_along,))]
    await delete(store, "90", place="50")
    await store.add_overheard(turn, said, NOW)
    assert await files(store) == []


@pytest.mark.parametrize(
    "event",
    [
        asked(attachments=(GONE, KEPT), edit=Edit()),
        mention("110", of=HERE, attachments=(GONE, KEPT)),
    ],
    ids=["form", "message"],
)
@pytest.mark.parametrize("place", ["elsewhere", "chan"])
async def test_only_what_was_deleted_is_left_out_and_only_for_a_while(
    store: SqliteStore, event: Asked | MessageReceived, place: str
) -> None:
    """Ids of messages may be the same at another place."""
    await delete(store, place=place)
    if place == "chan":
        # Nothing that was read before the deletion is still under way.
        await store.purge(NOW + 2 * 86_400_000)
    await admitted(store, event)
    assert await files(store) == [(0, "gone"), (1, "kept")]


async def test_what_is_asked_again_is_of_what_stands(store: SqliteStore) -> None:
    """A button goes on from rows alone: there is nothing that was read before."""
    turn = await ended(store, mention("90", attachments=(GONE,)))
    await delete(store)
    decision = await store.admit(press(Action.REGENERATE, turn.id, by=ANN), NOW)
    assert decision.verdict is not Verdict.ADMITTED
    assert await files(store) == []
