"""Pictures of conversations: numbers, lineage, the latest, and how long bytes are kept."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain import Edit, FileState, MaskKind, Outcome, StoredPicture, Turn
from bot.errors import Fenced
from bot.events import Action, MessageDeleted, MessageEdited, PlaceDeleted, Verdict, WorkspaceLeft
from bot.ports import Conclusion
from storage.store import SqliteStore
from tests.stored import (
    ANN,
    BEN,
    HOLD,
    IMAGE_HOLD,
    IMAGE_MODEL,
    LATER,
    MODEL,
    NOW,
    OPTIONS,
    asked,
    attachment,
    claimed,
    concluded,
    dump,
    ended,
    made,
    made_by,
    mention,
    picture_file,
    press,
    select,
    shown,
    store,
    thread,
)

__all__ = ["store"]

DAY = 24 * 3_600_000
EDIT = Edit(files_first=True)


async def numbers(store: SqliteStore, name: str = "100") -> dict[int, str]:
    """Return the bytes of a thread's pictures by number."""
    return {each.number: each.blob for each in await store.pictures(thread(name))}


async def sent(store: SqliteStore, message: str, *blobs: str, name: str = "100") -> Turn:
    """Answer a question that came with pictures."""
    files = tuple(attachment(f"f{n}", message=message) for n in range(len(blobs)))
    of = None if message == name else thread(name)
    await store.admit(mention(message, of=of, attachments=files), NOW)
    turn = await claimed(store)
    await store.set_place(turn, name)
    for n, blob in enumerate(blobs):
        await store.put_file(turn, picture_file(blob, position=int(message), n=n))
    await store.start_step(turn, MODEL, HOLD, NOW)
    await store.conclude(turn, Conclusion(Outcome.ANSWERED, "nice"), NOW)
    await store.end(turn, Outcome.ANSWERED, NOW)
    return turn


# --- numbers -----------------------------------------------------------------------------------


async def test_what_is_read_is_numbered_in_chat_as_well(store: SqliteStore) -> None:
    turn = await sent(store, "100", "a", "b")
    assert await store.pictures(thread("100")) == [
        StoredPicture(
            n, turn.id, blob, "image/png", 64, 48, author=ANN.id, name=ANN.name, created_at=NOW
        )
        for n, blob in ((1, "a"), (2, "b"))
    ]
    assert await store.pictures(thread("200")) == []


async def test_the_same_bytes_keep_their_number_in_their_thread_only(store: SqliteStore) -> None:
    await sent(store, "100", "a", "b")
    await sent(store, "101", "b", "c", "a")
    await sent(store, "200", "c", name="200")
    assert await numbers(store) == {1: "a", 2: "b", 3: "c"}
    assert await numbers(store, "200") == {1: "c"}


async def test_only_pictures_that_were_read_have_a_number(store: SqliteStore) -> None:
    files = (attachment("f1"), attachment("f2"), attachment("f3"))
    await store.admit(mention("100", attachments=files), NOW)
    turn = await claimed(store)
    for n, state in enumerate((FileState.READ, FileState.LOST, FileState.DECLINED)):
        text = replace(picture_file("", n=n), state=state, text="words")
        await store.put_file(turn, text)
    await store.put_file(turn, picture_file("a", n=7))  # its message was deleted meanwhile
    assert await numbers(store) == {}


async def test_a_mask_is_no_picture_of_the_thread(store: SqliteStore) -> None:
    files = (attachment("f1"), attachment("f2"))
    edit = replace(EDIT, mask=MaskKind.ATTACHED, mask_file=1)
    await store.admit(mention("100", attachments=files, edit=edit), NOW)
    turn = await claimed(store)
    assert turn.edit == edit
    for n, blob in enumerate(("picture", "mask")):
        await store.put_file(turn, picture_file(blob, n=n))
    assert await numbers(store) == {1: "picture"}
    assert await store.unused_blobs(["mask", "none"]) == {"none"}


async def test_what_somebody_else_sent_is_theirs(store: SqliteStore) -> None:
    await store.admit(mention("100", author=BEN, attachments=(attachment(),)), NOW)
    first = await claimed(store)
    await store.conclude(first, Conclusion(Outcome.STOPPED), NOW)
    await store.end(first, Outcome.STOPPED, NOW)
    await store.admit(mention("101", of=thread("100")), NOW)
    turn = await claimed(store)
    await store.put_file(turn, picture_file("a"))
    (picture,) = await store.pictures(thread("100"))
    assert (picture.turn, picture.author, picture.name) == (first.id, BEN.id, BEN.name)


async def test_a_picture_is_numbered_by_whoever_has_the_turn(store: SqliteStore) -> None:
    await store.admit(mention("100"), NOW)
    turn = await claimed(store)
    assert await store.number_picture(turn, "a", "image/webp", 5, 6) == 1
    assert await store.number_picture(turn, "b", "image/png", 7, 8) == 2
    assert await store.number_picture(turn, "a", "image/webp", 5, 6) == 1
    first, _ = await store.pictures(thread("100"))
    assert first == StoredPicture(
        1, turn.id, "a", "image/webp", 5, 6, author=ANN.id, name=ANN.name, created_at=NOW
    )
    before = await dump(store)
    for stale in (replace(turn, attempt=9), replace(turn, worker="other")):
        with pytest.raises(Fenced):
            await store.number_picture(stale, "c", "image/png", 1, 1)
        with pytest.raises(Fenced):
            await store.show_picture(stale, 1)
    assert await dump(store) == before


async def test_the_newest_are_listed_by_number(store: SqliteStore) -> None:
    await sent(store, "100", "a", "b", "c", "d")
    listed = await store.pictures(thread("100"), 2)
    assert [each.number for each in listed] == [3, 4]


async def test_a_thread_is_known_by_its_place_too(store: SqliteStore) -> None:
    await store.admit(asked("500", attachments=(attachment(),)), NOW)
    turn = await claimed(store)
    await store.set_place(turn, "777")
    await store.put_file(turn, picture_file("a", position=500))
    for name in ("500", "777"):
        assert await numbers(store, name) == {1: "a"}
        latest = await store.latest_picture(thread(name))
        assert latest is not None
        assert latest.number == 1


# --- what is made ------------------------------------------------------------------------------


async def test_a_result_is_stored_with_what_it_was_made_by(store: SqliteStore) -> None:
    await sent(store, "100", "a", "b")
    event = mention("101", of=thread("100"), author=BEN, text="edit: pink", edit=Edit())
    turn = await made_by(store, event, made("r", 2, 1, masked=True), at=LATER)
    picture = StoredPicture(
        number=3,
        turn=turn.id,
        blob="r",
        mime="image/png",
        width=30,
        height=20,
        made=True,
        base=2,
        inputs=(2, 1),
        prompt="make it pink",
        model=IMAGE_MODEL.id,
        options=OPTIONS,
        masked=True,
        author=BEN.id,
        name=BEN.name,
        created_at=LATER,
    )
    assert (await store.pictures(thread("100")))[-1] == picture
    assert await store.picture_made(turn.id) == picture
    assert await store.latest_picture(thread("100")) == picture
    step = await select(store, "SELECT kind, model, state FROM step WHERE turn = :t", t=turn.id)
    assert step == [("image", IMAGE_MODEL.id, "stored")]
    booked = "SELECT kind, requests, images, micros FROM ledger WHERE turn = :t"
    assert await select(store, booked, t=turn.id) == [("settle", 1, 1, 40_000)]


async def test_no_two_results_have_one_number_whatever_bytes_they_are(store: SqliteStore) -> None:
    await sent(store, "100", "a")
    for message in ("101", "102"):
        event = mention(message, of=thread("100"), edit=Edit())
        await made_by(store, event, made("a", 1))
    assert await numbers(store) == {1: "a", 2: "a", 3: "a"}
    # Sent again, it is the first that had these bytes.
    await sent(store, "103", "a")
    assert await numbers(store) == {1: "a", 2: "a", 3: "a"}


async def test_without_a_result_nothing_is_stored(store: SqliteStore) -> None:
    await sent(store, "100", "a")
    await store.admit(mention("101", of=thread("100"), edit=Edit()), NOW)
    turn = await claimed(store)
    await store.start_step(turn, IMAGE_MODEL, IMAGE_HOLD, NOW)
    await store.conclude(turn, Conclusion(Outcome.FAILED, note="no"), NOW)
    await store.end(turn, Outcome.FAILED, NOW)
    assert await numbers(store) == {1: "a"}
    assert await store.picture_made(turn.id) is None
    assert await store.picture_made("unknown") is None
    booked = await select(store, "SELECT kind, images FROM ledger WHERE turn = :t", t=turn.id)
    assert booked == [("release", 0)]


async def test_a_result_is_stored_once(store: SqliteStore) -> None:
    await sent(store, "100", "a")
    await store.admit(mention("101", of=thread("100"), edit=Edit()), NOW)
    turn = await claimed(store)
    await concluded(store, turn, made())
    with pytest.raises(Fenced):
        await store.conclude(turn, Conclusion(Outcome.ANSWERED, "x", made=made("other")), NOW)
    assert await numbers(store) == {1: "a", 2: "made-1"}


# --- the latest --------------------------------------------------------------------------------


async def latest(store: SqliteStore) -> int | None:
    picture = await store.latest_picture(thread("100"))
    return picture.number if picture else None


async def test_what_was_sent_last_is_the_latest_until_one_is_made(store: SqliteStore) -> None:
    assert await latest(store) is None
    await sent(store, "100", "a", "b")
    assert await latest(store) == 2
    await store.admit(mention("101", of=thread("100"), attachments=(attachment(),)), LATER)
    turn = await claimed(store, now=LATER)
    await store.put_file(turn, picture_file("a", position=101))
    assert await latest(store) == 1  # the same as before, but sent again
    await store.conclude(turn, Conclusion(Outcome.STOPPED), LATER)
    await store.end(turn, Outcome.STOPPED, LATER)
    await made_by(store, mention("102", of=thread("100"), edit=Edit()), made("r", 1))
    await sent(store, "103", "c")
    assert await latest(store) == 3


async def test_what_is_shown_or_chosen_is_the_latest(store: SqliteStore) -> None:
    await sent(store, "100", "a")
    first = await made_by(store, mention("101", of=thread("100"), edit=Edit()), made("r1", 1))
    await made_by(store, mention("102", of=thread("100"), edit=Edit()), made("r2", 2))
    assert await latest(store) == 3
    assert (await store.admit(press(Action.BASE, first.id), NOW)).verdict is Verdict.DONE
    assert await latest(store) == 2
    back = asked("103", of=thread("100"), text="", edit=Edit(shows=1), about=first.id)
    await store.admit(back, NOW)
    turn = await claimed(store)
    assert turn.edit == Edit(shows=1)
    await store.show_picture(turn, 1)
    assert await latest(store) == 1
    shows = await store.picture_made(turn.id)
    assert shows is not None
    assert shows.number == 1


@pytest.mark.parametrize("outcome", [Outcome.UNDELIVERABLE, Outcome.CANCELLED])
async def test_what_nobody_was_shown_is_not_the_latest(
    store: SqliteStore, outcome: Outcome
) -> None:
    await sent(store, "100", "a", "b")
    await made_by(store, mention("101", of=thread("100"), edit=Edit()), made("r1", 1))
    event = mention("102", of=thread("100"), edit=Edit())
    turn = await made_by(store, event, made("r2", 3), outcome=outcome)
    assert await latest(store) == 3
    # Nor is it later, once that one is gone.
    await store.admit(press(Action.REMOVE, (await store.pictures(thread("100")))[2].turn), NOW)
    assert await latest(store) == 2
    picture = await store.picture_made(turn.id)
    assert picture is not None
    if outcome is Outcome.CANCELLED:
        assert (picture.blob, picture.removed, picture.prompt) == ("", True, "")
    else:
        assert (picture.blob, picture.removed) == ("r2", False)


async def test_a_result_that_nobody_waits_for_is_not_the_latest(store: SqliteStore) -> None:
    await sent(store, "100", "a")
    await store.admit(mention("101", of=thread("100"), text="secret", edit=Edit()), NOW)
    turn = await claimed(store)
    await store.admit(MessageDeleted("discord", "guild", "100", "101"), NOW)
    await concluded(store, turn, made("r", prompt="secret"))
    assert await latest(store) == 1
    assert (await store.pictures(thread("100")))[-1].prompt == ""
    await store.end(turn, Outcome.CANCELLED, NOW)
    assert await numbers(store) == {1: "a", 2: ""}


# --- messages of ours ----------------------------------------------------------------------------


async def test_a_message_is_known_by_the_picture_that_it_shows(store: SqliteStore) -> None:
    await sent(store, "100", "a")
    event = mention("101", of=thread("100"), edit=Edit())
    turn = await made_by(store, event, made("r"), message="m9")
    picture = await store.picture_made(turn.id)
    assert picture is not None
    assert await store.picture_at("discord", "guild", "100", "m9") == (thread("100"), picture)
    for where in (("discord", "other", "100", "m9"), ("discord", "guild", "100", "m8")):
        assert await store.picture_at(*where) is None
    back = asked("102", of=thread("100"), text="", edit=Edit(shows=1), about=turn.id)
    await store.admit(back, NOW)
    again = await claimed(store)
    await shown(store, again, "m10")
    found = await store.picture_at("discord", "guild", "100", "m10")
    assert found is not None
    assert found[1].number == 1


async def test_a_notice_shows_no_picture(store: SqliteStore) -> None:
    turn = await ended(store, mention("100", edit=Edit()), Outcome.FAILED, "")
    assert await store.picture_made(turn.id) is None


# --- deletions -----------------------------------------------------------------------------------


async def test_a_deleted_question_takes_its_pictures_with_it(store: SqliteStore) -> None:
    await sent(store, "100", "a", "b")
    await sent(store, "101", "b", "c")
    await store.admit(MessageDeleted("discord", "guild", "chan", "100"), NOW)
    assert await numbers(store) == {1: "", 2: "b", 3: "c"}
    removed = [each.removed for each in await store.pictures(thread("100"))]
    assert removed == [True, False, False]
    assert await store.unused_blobs(["a", "b", "c"]) == {"a"}
    # Sent again it is another one: the first was taken back.
    await sent(store, "102", "a")
    assert await numbers(store) == {1: "", 2: "b", 3: "c", 4: "a"}


async def test_a_file_that_was_taken_off_its_message_is_no_picture_any_more(
    store: SqliteStore,
) -> None:
    await sent(store, "100", "a", "b")
    kept = ("f1",)
    event = MessageEdited("discord", "guild", "chan", "100", ANN, "hello", kept, 500)
    await store.admit(event, NOW)
    assert await numbers(store) == {1: "", 2: "b"}


async def test_a_deleted_question_takes_its_words_from_what_was_made(store: SqliteStore) -> None:
    await sent(store, "100", "a")
    event = mention("101", of=thread("100"), text="edit: my secret", edit=Edit())
    turn = await made_by(store, event, made("r", prompt="my secret"))
    await store.admit(press(Action.VARY, turn.id), NOW)
    await made_by(store, press(Action.VARY, turn.id), made("r2", prompt="my secret"))
    await store.admit(MessageDeleted("discord", "guild", "100", "101"), NOW)
    # What stands in the channel is kept as long as other results.
    assert await numbers(store) == {1: "a", 2: "r", 3: "r2"}
    rows = {name: found for name, found in (await dump(store)).items() if name != "migration"}
    assert "my secret" not in str(rows)
    # By what are others to be made?
    assert (await store.admit(press(Action.VARY, turn.id, interaction="950"), NOW)).verdict is (
        Verdict.GONE
    )


async def test_a_place_that_is_no_more_keeps_no_picture(store: SqliteStore) -> None:
    await sent(store, "100", "a")
    event = mention("101", of=thread("100"), text="edit: my secret", edit=Edit(mask_blob="m"))
    await made_by(store, event, made("r", prompt="my secret"))
    await sent(store, "200", "a", name="200")
    assert await store.unused_blobs(["a", "r", "m"]) == set()
    await store.admit(PlaceDeleted("discord", "guild", "100"), NOW)
    assert await numbers(store) == {1: "", 2: ""}
    assert await store.latest_picture(thread("100")) is None
    assert await numbers(store, "200") == {1: "a"}
    assert await store.unused_blobs(["a", "r", "m"]) == {"r", "m"}


async def test_what_a_left_workspace_had_goes_with_the_rest(store: SqliteStore) -> None:
    await sent(store, "100", "a")
    event = mention("101", of=thread("100"), edit=Edit(mask_blob="m"))
    await made_by(store, event, made("r"))
    await store.admit(WorkspaceLeft("discord", "guild"), NOW)
    assert await numbers(store) == {1: "a", 2: "r"}
    await store.purge(NOW + 30 * DAY + 1)
    for table in ("picture", "mask", "draft", "awaited"):
        assert await select(store, f"SELECT * FROM {table}") == []
    assert await select(store, "SELECT DISTINCT edit, roles FROM turn") == [("", "")]
    assert await store.unused_blobs(["a", "r", "m"]) == {"a", "r", "m"}


# --- how long bytes are kept ---------------------------------------------------------------------


async def test_bytes_are_forgotten_in_time_and_rows_stay(store: SqliteStore) -> None:
    await sent(store, "100", "a", "b")
    event = mention("101", of=thread("100"), edit=Edit(mask_blob="m"))
    await made_by(store, event, made("r"))
    await made_by(store, mention("102", of=thread("100"), edit=Edit()), made("r2"), at=LATER)
    assert await store.expire_pictures(NOW, 10) == 0
    assert await store.expire_pictures(NOW + 1, 10) == 3
    assert await store.expire_pictures(NOW + 1, 10) == 0
    assert await numbers(store) == {1: "", 2: "", 3: "", 4: "r2"}
    kept = await store.pictures(thread("100"))
    assert not any(each.removed for each in kept)
    assert kept[2].prompt == "make it pink"
    assert await store.unused_blobs(["a", "b", "m", "r", "r2"]) == {"a", "b", "m", "r"}
    files = await select(store, "SELECT state, blob FROM file ORDER BY n")
    assert files == [("lost", ""), ("lost", "")]


async def test_a_few_are_forgotten_at_a_time_the_oldest_first(store: SqliteStore) -> None:
    await sent(store, "100", "a", "b", "c")
    for left in (["b", "c"], ["c"], []):
        assert await store.expire_pictures(LATER, 1) == 1
        assert [blob for blob in (await numbers(store)).values() if blob] == left
    assert await store.expire_pictures(LATER, 1) == 0


async def test_bytes_that_others_share_stay(store: SqliteStore) -> None:
    await sent(store, "100", "a")
    await store.admit(mention("200", attachments=(attachment(),)), LATER)
    turn = await claimed(store, now=LATER)
    await store.put_file(turn, picture_file("a", position=200))
    await store.conclude(turn, Conclusion(Outcome.STOPPED), LATER)
    assert await store.expire_pictures(LATER, 10) == 1
    assert (await numbers(store), await numbers(store, "200")) == ({1: ""}, {1: "a"})
    assert await store.unused_blobs(["a"]) == set()


async def test_what_is_sent_again_is_kept_from_then_on(store: SqliteStore) -> None:
    await sent(store, "100", "a")
    await store.admit(mention("101", of=thread("100"), attachments=(attachment(),)), LATER)
    turn = await claimed(store, now=LATER)
    await store.put_file(turn, picture_file("a", position=101))
    await store.expire_pictures(LATER, 10)
    assert await numbers(store) == {1: "a"}
    # To leave a picture out from now on is not to read it again.
    (old, new) = await select(store, "SELECT read_at, blob FROM file ORDER BY position")
    assert (old, new) == ((NOW, ""), (LATER, "a"))
    await store.conclude(turn, Conclusion(Outcome.STOPPED), LATER)
    await store.end(turn, Outcome.STOPPED, LATER)
    await store.admit(mention("102", of=thread("100")), LATER + DAY)
    later = await claimed(store, now=LATER + DAY)
    await store.put_file(later, replace(picture_file("a", position=101), excluded=True))
    assert await select(store, "SELECT MAX(read_at) FROM file") == [(LATER,)]


async def test_an_expired_picture_has_no_use_but_its_place_in_the_line(store: SqliteStore) -> None:
    await sent(store, "100", "a")
    turn = await made_by(store, mention("101", of=thread("100"), edit=Edit()), made("r"))
    await store.expire_pictures(LATER, 10)
    assert await store.latest_picture(thread("100")) is None
    for action in (Action.VARY, Action.BASE):
        decision = await store.admit(press(action, turn.id), LATER)
        assert decision.verdict is Verdict.GONE
    # Its message still stands: that can be deleted.
    assert (await store.admit(press(Action.REMOVE, turn.id), LATER)).verdict is Verdict.ADMITTED
