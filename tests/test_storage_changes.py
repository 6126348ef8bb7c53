"""Edits and deletions: what people take back leaves the store, at any stage."""

from __future__ import annotations

import pytest

from bot.domain import FileState, Outcome, Quote, StoredFile, Turn, TurnKind
from bot.errors import Fenced
from bot.events import (
    Action,
    MessageDeleted,
    PlaceDeleted,
    ReasonGiven,
    Verdict,
    WorkspaceJoined,
    WorkspaceLeft,
)
from bot.ports import Chosen, Conclusion, Decision, Level, Overheard, SettingName
from storage.store import SqliteStore
from tests.stored import (
    ANN,
    BEN,
    HOLD,
    LATER,
    MODEL,
    NOW,
    WORKER,
    admitted,
    asked,
    attachment,
    claimed,
    dump,
    edited,
    ended,
    mention,
    press,
    select,
    store,
    thread,
)

__all__ = ["store"]


async def read(store: SqliteStore, turn: str) -> Turn:
    found = await store.read(turn)
    assert found is not None
    return found


async def contains(store: SqliteStore, canary: str) -> list[str]:
    """Return the tables in which a text still stands; a checksum may have it by chance."""
    rows = await dump(store)
    return [name for name, found in rows.items() if name != "migration" and canary in str(found)]


DELETED = MessageDeleted("discord", "guild", "chan", "100")


# --- edits -------------------------------------------------------------------------------------


async def test_a_waiting_question_is_changed_and_nothing_else(store: SqliteStore) -> None:
    files = (attachment("f1"), attachment("f2"), attachment("f3", message="90"))
    turn = await admitted(store, mention("100", text="my secret", attachments=files))

    decision = await store.admit(edited(text="new", files=("f2",)), NOW)

    assert decision == Decision(Verdict.DONE, thread=thread("100"))
    now = await claimed(store)
    assert (now.id, now.prompt) == (turn, "new")
    (message,) = await store.history(now, 9)
    # f3 is of the message that it quotes.
    assert [(file.n, file.attachment.id) for file in message.files] == [(1, "f2"), (2, "f3")]
    assert await select(store, "SELECT COUNT(*) FROM turn") == [(1,)]
    assert await contains(store, "my secret") == []


async def test_an_answered_question_is_offered_again_once(store: SqliteStore) -> None:
    old = await ended(store, mention("100", text="my secret"))

    decision = await store.admit(edited(text="new 0", position=5_000), NOW)

    assert decision == Decision(Verdict.ADMITTED, decision.turn, thread("100"))
    offer = await claimed(store)
    assert (offer.id, offer.kind, offer.about) == (decision.turn, TurnKind.EDITED, old.id)
    assert (offer.prompt, offer.position, offer.author) == ("", 5_000, ANN)
    for n in range(1, 20):
        again = await store.admit(edited(text=f"new {n}", position=5_000 + n), NOW)
        assert again == Decision(Verdict.DONE, thread=thread("100"))
    assert await select(store, "SELECT COUNT(*) FROM turn") == [(2,)]
    assert (await read(store, old.id)).prompt == "new 19"
    assert await contains(store, "my secret") == []
    await store.conclude(offer, Conclusion(Outcome.REFUSED, note="Changed."), NOW)
    await store.end(offer, Outcome.REFUSED, NOW)
    # Its own notice has nothing to be asked again.
    for action in (Action.RETRY, Action.REGENERATE, Action.GOOD):
        assert (await store.admit(press(action, offer.id), NOW)).verdict is Verdict.GONE


async def test_the_offer_asks_in_the_new_words(store: SqliteStore) -> None:
    old = await ended(store, mention("100", text="old"))
    await store.admit(edited(text="new"), NOW)
    pressed = await store.admit(press(Action.REGENERATE, old.id, interaction="6000"), NOW)
    assert (await read(store, pressed.turn)).prompt == "new"
    # The repeat is edited with its question, and has an offer of its own once it is answered.
    assert (await store.admit(edited(text="newer"), NOW)).verdict is Verdict.DONE
    assert (await read(store, pressed.turn)).prompt == "newer"
    await store.beat(WORKER, NOW, LATER)
    for turn in [*await store.claim(WORKER, NOW, 9)] * 2:
        if turn.kind is TurnKind.EDITED:
            await store.conclude(turn, Conclusion(Outcome.REFUSED), NOW)
            await store.end(turn, Outcome.REFUSED, NOW)
            break
    repeat = await claimed(store)
    assert repeat.kind is TurnKind.REGENERATE
    offer = await store.admit(edited(text="newest", position=7_000), NOW)
    assert offer.verdict is Verdict.ADMITTED
    assert (await read(store, offer.turn)).about == repeat.id
    for text in ("old", "newer"):
        assert await select(store, "SELECT 1 FROM message WHERE text = :text", text=text) == []


async def test_words_are_replaced_wherever_they_were_asked_again(store: SqliteStore) -> None:
    turn = await ended(store, mention("100", text="my secret"))
    for n in range(3):
        pressed = press(Action.REGENERATE, turn.id, interaction=f"90{n}")
        await store.admit(pressed, NOW)
        turn = await claimed(store)
        await store.conclude(turn, Conclusion(Outcome.ANSWERED, "x"), NOW)
        await store.end(turn, Outcome.ANSWERED, NOW)
    offer = await store.admit(edited(text="new"), NOW)
    assert await contains(store, "my secret") == []
    assert (await read(store, offer.turn)).about == turn.id


async def test_a_question_that_is_being_answered_waits_with_its_offer(store: SqliteStore) -> None:
    await store.admit(mention("100", text="old"), NOW)
    turn = await claimed(store)
    decision = await store.admit(edited(text="new"), NOW)
    assert decision.verdict is Verdict.ADMITTED
    assert (await read(store, turn.id)).prompt == "new"
    assert await store.claim(WORKER, NOW, 9) == []
    await store.conclude(turn, Conclusion(Outcome.ANSWERED, "x"), NOW)
    await store.end(turn, Outcome.ANSWERED, NOW)
    assert (await claimed(store)).id == decision.turn


@pytest.mark.parametrize(
    ("outcome", "answer"),
    [
        (Outcome.FAILED, ""),
        (Outcome.REFUSED, ""),
        (Outcome.CANCELLED, ""),
        (Outcome.STOPPED, ""),
        (Outcome.UNDELIVERABLE, "text"),
    ],
)
async def test_without_an_answer_there_is_no_offer(
    store: SqliteStore, outcome: Outcome, answer: str
) -> None:
    turn = await ended(store, mention("100", text="old"), outcome, answer)
    decision = await store.admit(edited(text="new"), NOW)
    assert decision == Decision(Verdict.DONE, thread=thread("100"))
    assert (await read(store, turn.id)).prompt == "new"


async def test_a_link_preview_is_no_edit(store: SqliteStore) -> None:
    await ended(store, mention("100", text="see", attachments=(attachment("f1"),)))
    before = await dump(store)
    assert (await store.admit(edited(text="see", files=("f1",)), NOW)).verdict is Verdict.IGNORED
    for other in (
        edited("999"),
        edited(at="elsewhere"),
        edited(at="100"),
        edited(workspace="other"),
    ):
        assert await store.admit(other, NOW) == Decision(Verdict.IGNORED)
    assert await dump(store) == before


async def test_a_file_that_was_taken_away_is_no_new_question(store: SqliteStore) -> None:
    turn = await ended(store, mention("100", text="see", attachments=(attachment("f1"),)))
    decision = await store.admit(edited(text="see"), NOW)
    assert decision.verdict is Verdict.DONE
    assert await select(store, "SELECT COUNT(*) FROM file") == [(0,)]
    assert (await store.history(turn, 9))[0].files == ()


async def test_what_was_deleted_is_not_brought_back_by_an_edit(store: SqliteStore) -> None:
    await ended(store, mention("100", text="old"))
    await store.admit(DELETED, NOW)
    before = await dump(store)
    assert (await store.admit(edited(text="my secret"), NOW)).verdict is Verdict.IGNORED
    assert await dump(store) == before


async def test_an_edit_passes_by_what_went_on_from_the_answer(store: SqliteStore) -> None:
    old = await ended(store, mention("100", text="old"))
    on = await store.admit(press(Action.CONTINUE, old.id), NOW)
    before = (await read(store, on.turn)).prompt
    await store.admit(edited(text="new"), NOW)
    assert (await read(store, on.turn)).prompt == before


# --- what others quote -------------------------------------------------------------------------


async def quoting(store: SqliteStore) -> Turn:
    """Return an answered turn whose question replies to another person's message, with a file."""
    files = (attachment("own"), attachment("theirs", message="90"))
    quote = Quote("Ben", "my secret", "90")
    await store.admit(mention("100", text="so?", quote=quote, attachments=files), NOW)
    turn = await claimed(store)
    theirs = StoredFile(100, 1, files[1], FileState.READ, text="my secret list")
    await store.put_file(turn, theirs)
    await store.conclude(turn, Conclusion(Outcome.ANSWERED, "x"), NOW)
    await store.end(turn, Outcome.ANSWERED, NOW)
    return turn


@pytest.mark.parametrize("again", [False, True])
async def test_a_deleted_message_is_nobodys_quote(store: SqliteStore, again: bool) -> None:
    turn = await quoting(store)
    if again:
        await store.admit(press(Action.REGENERATE, turn.id), NOW)
        turn = await claimed(store)

    decision = await store.admit(MessageDeleted("discord", "guild", "chan", "90"), NOW)

    assert decision == Decision(Verdict.DONE, thread=thread("100"))
    assert await contains(store, "secret") == []
    (question,) = await store.history(turn, 9)
    assert (question.text, question.quote) == ("so?", None)
    assert [file.attachment.id for file in question.files] == ["own"]
    assert not (await read(store, turn.id)).cancel_requested
    repeated = await store.admit(MessageDeleted("discord", "guild", "chan", "90"), NOW)
    assert repeated == Decision(Verdict.IGNORED)


async def test_only_the_very_message_is_taken_out_of_quotes(store: SqliteStore) -> None:
    await quoting(store)
    before = await dump(store)
    for gone in (
        MessageDeleted("discord", "guild", "chan", "91"),
        MessageDeleted("discord", "guild", "elsewhere", "90"),
        MessageDeleted("discord", "other", "chan", "90"),
        MessageDeleted("discord", "guild", "chan", ""),
    ):
        assert await store.admit(gone, NOW) == Decision(Verdict.IGNORED)
    after = await dump(store)
    # Each is remembered: the message itself may be told of yet.
    assert [row[3] for row in after.pop("deletion")] == ["91", "90", "90"]
    assert after == {name: rows for name, rows in before.items() if name != "deletion"}


async def test_an_edited_message_is_quoted_as_it_is_now(store: SqliteStore) -> None:
    turn = await quoting(store)
    same = await store.admit(edited("90", "my secret", files=("theirs",)), NOW)
    assert same == Decision(Verdict.IGNORED)

    decision = await store.admit(edited("90", "nothing"), NOW)

    assert decision == Decision(Verdict.DONE, thread=thread("100"))
    (question,) = await store.history(turn, 9)
    assert question.quote == Quote("Ben", "nothing", "90")
    assert await contains(store, "secret") == []
    assert [file.attachment.id for file in question.files] == ["own"]
    await store.admit(edited("90", ""), NOW)
    assert (await store.history(turn, 9))[0].quote is None


async def test_a_question_that_is_quoted_goes_everywhere(store: SqliteStore) -> None:
    await ended(store, mention("100", text="my secret", attachments=(attachment("f1"),)))
    files = (attachment("f1"),)
    quote = Quote("Ann", "my secret", "100")
    turn = await ended(store, mention("110", quote=quote, attachments=files))
    await store.admit(edited(text="my other secret", files=("f1",)), NOW)
    (question,) = await store.history(turn, 9)
    assert question.quote == Quote("Ann", "my other secret", "100")
    await store.admit(DELETED, NOW)
    assert await contains(store, "secret") == []
    assert await select(store, "SELECT COUNT(*) FROM file") == [(0,)]


# --- deletions ---------------------------------------------------------------------------------


async def test_a_deleted_question_leaves_nothing_of_itself(store: SqliteStore) -> None:
    files = (attachment("secret-file"),)
    quote = Quote("Ben", "secret quote")
    turn = await ended(store, mention("100", text="secret", quote=quote, attachments=files))
    await store.admit(edited(text="secret two", files=("secret-file",)), NOW)
    again = await store.admit(press(Action.REGENERATE, turn.id, interaction="6000"), NOW)

    decision = await store.admit(DELETED, NOW)

    assert decision.verdict is Verdict.DONE
    assert await contains(store, "secret") == []
    assert (await read(store, again.turn)).cancel_requested
    # The offer to ask it again is taken back too.
    cancelled = "SELECT kind FROM turn WHERE cancel_requested = 1 ORDER BY kind"
    assert await select(store, cancelled) == [("edited",), ("regenerate",)]


async def test_an_offer_shares_its_position_with_nobody(store: SqliteStore) -> None:
    """A change has the position of its moment, where another message may stand."""
    await ended(store, mention("100", text="old"))
    await ended(store, mention("101", of=thread("100"), text="another"))
    offer = await store.admit(edited(text="new", position=101), NOW)
    assert (await read(store, offer.turn)).prompt == ""
    await store.admit(DELETED, NOW)
    assert await select(store, "SELECT text FROM message WHERE hidden = 0") == [
        ("another",),
        ("the answer",),
    ]


async def test_a_file_that_comes_after_the_deletion_is_let_go(store: SqliteStore) -> None:
    await store.admit(mention("100", attachments=(attachment("f1"),)), NOW)
    turn = await claimed(store)
    await store.admit(DELETED, NOW)
    read_file = StoredFile(100, 0, attachment("f1"), FileState.READ, text="my secret")
    await store.put_file(turn, read_file)
    assert await contains(store, "my secret") == []
    await store.retire(WORKER)
    await claimed(store, "next")
    with pytest.raises(Fenced):
        await store.put_file(turn, read_file)


async def overheard(store: SqliteStore) -> Turn:
    """Return a turn in somebody else's thread, which was read."""
    await store.admit(mention("110", of=thread("50")), NOW)
    turn = await claimed(store)
    said = [
        Overheard("50", 50, BEN, "the start"),
        Overheard("105", 105, BEN, "my secret", attachments=(attachment("f1", message="105"),)),
    ]
    await store.add_overheard(turn, said, NOW)
    return turn


async def test_what_was_overheard_is_deleted_and_edited_too(store: SqliteStore) -> None:
    turn = await overheard(store)
    changed = await store.admit(edited("105", "other", at="50", files=("f1",)), NOW)
    assert changed == Decision(Verdict.DONE, thread=thread("50"))
    assert [each.text for each in await store.history(turn, 9)] == ["the start", "other", "hello"]
    same = await store.admit(edited("105", "other", at="50", files=("f1",)), NOW)
    assert same.verdict is Verdict.IGNORED

    gone = await store.admit(MessageDeleted("discord", "guild", "50", "105"), NOW)

    assert gone == Decision(Verdict.DONE, thread=thread("50"))
    assert [each.text for each in await store.history(turn, 9)] == ["the start", "hello"]
    assert await contains(store, "my secret") == []
    assert await select(store, "SELECT COUNT(*) FROM file") == [(0,)]
    assert not (await read(store, turn.id)).cancel_requested
    back = await store.admit(edited("105", "my secret", at="50"), NOW)
    assert back.verdict is Verdict.IGNORED


async def test_the_message_a_thread_was_started_from_stands_in_its_channel(
    store: SqliteStore,
) -> None:
    turn = await overheard(store)
    elsewhere = MessageDeleted("discord", "guild", "other", "50")
    assert (await store.admit(elsewhere, NOW)).verdict is Verdict.IGNORED
    await store.admit(MessageDeleted("discord", "guild", "chan", "50"), NOW)
    assert [each.text for each in await store.history(turn, 9)] == ["my secret", "hello"]


@pytest.mark.parametrize(
    ("gone", "left"),
    [
        (MessageDeleted("discord", "guild", "50", "105"), ["the start", "hello"]),
        (MessageDeleted("discord", "guild", "chan", "50"), ["other", "hello"]),
        (MessageDeleted("discord", "guild", "elsewhere", "105"), ["the start", "other", "hello"]),
        (MessageDeleted("discord", "other", "50", "105"), ["the start", "other", "hello"]),
        (PlaceDeleted("discord", "guild", "50"), []),
        (PlaceDeleted("discord", "guild", "chan"), []),
    ],
)
async def test_what_is_deleted_while_its_thread_is_read_is_not_stored(
    store: SqliteStore, gone: MessageDeleted | PlaceDeleted, left: list[str]
) -> None:
    await store.admit(mention("110", of=thread("50")), NOW)
    turn = await claimed(store)
    said = [
        Overheard("50", 50, BEN, "the start"),
        Overheard("105", 105, BEN, "other", attachments=(attachment("f1", message="105"),)),
    ]
    await store.admit(gone, NOW)
    await store.add_overheard(turn, said, NOW)
    assert [each.text for each in await store.history(turn, 9)] == left
    assert await contains(store, "f1") == (["file"] if "other" in left else [])
    await store.purge(NOW + 24 * 3_600_000 + 1)
    assert await select(store, "SELECT COUNT(*) FROM deletion") == [(0,)]


async def test_places_are_remembered_as_gone_only_while_a_thread_may_be_read(
    store: SqliteStore,
) -> None:
    turn = await ended(store, mention("110", of=thread("50")))
    assert turn.overhears
    await store.admit(PlaceDeleted("discord", "guild", "70"), NOW)
    assert await select(store, "SELECT COUNT(*) FROM deletion") == [(0,)]


async def test_a_message_that_is_told_of_after_its_deletion_asks_for_nothing(
    store: SqliteStore,
) -> None:
    """Slack repeats an event after minutes, and what was missed may be read for hours."""
    await store.admit(DELETED, NOW)
    await store.purge(NOW + 5 * 3_600_000)
    late = await store.admit(mention("100", text="secret"), NOW + 5 * 3_600_000)
    assert late.verdict is Verdict.IGNORED
    assert await contains(store, "secret") == []
    assert await select(store, "SELECT COUNT(*) FROM turn") == [(0,)]

    other = await store.admit(mention("101"), NOW + 300_000)
    assert other.verdict is Verdict.ADMITTED


async def furnish(store: SqliteStore) -> tuple[Turn, str]:
    """Return an ended and a waiting turn of a thread whose every text says "secret"."""
    files = (attachment("secret"),)
    event = mention("100", text="secret", quote=Quote("x", "secret", "secret"), attachments=files)
    turn = await ended(store, event, answer="a secret")
    await store.admit(press(Action.BAD, turn.id), NOW)
    await store.admit(ReasonGiven("discord", "guild", turn.id, ANN, "secret"), NOW)
    persona = Chosen(Level.THREAD, SettingName.PERSONA, "secret")
    await store.choose(thread("100"), persona)
    return turn, await admitted(store, mention("101", of=thread("100"), text="secret"))


@pytest.mark.parametrize("place", ["100", "chan"])
async def test_a_place_that_is_gone_takes_everything_with_it(
    store: SqliteStore, place: str
) -> None:
    await ended(store, mention("90", text="kept"))
    _, waiting = await furnish(store)
    running = await claimed(store)
    await store.set_place(running, "100")
    asking = await admitted(store, asked("500", of=thread("100")))
    there = mention("100", of=thread("100", workspace="other"), text="kept too")
    await store.admit(there, NOW)

    decision = await store.admit(PlaceDeleted("discord", "guild", place), NOW)

    assert decision.verdict is Verdict.DONE
    assert decision.thread == (thread("100") if place == "100" else None)
    assert await contains(store, "secret") == []
    assert await contains(store, "kept too") == ["message"]
    assert (await contains(store, "'kept'") == ["message"]) is (place == "100")
    assert not await store.is_followed(thread("100"))
    # What runs finds the place gone by itself, and goes on to tell its asker elsewhere.
    assert running.id == waiting
    assert not (await read(store, running.id)).cancel_requested
    assert (await read(store, asking)).cancel_requested
    await store.start_step(running, MODEL, HOLD, NOW)
    await store.conclude(running, Conclusion(Outcome.ANSWERED, "late words"), NOW)
    assert await contains(store, "late words") == ["turn"]


async def test_a_place_that_nobody_spoke_in_is_no_matter(store: SqliteStore) -> None:
    await store.admit(mention("100"), NOW)
    before = await dump(store)
    for gone in ("100", "elsewhere"):  # its thread was never opened
        decision = await store.admit(PlaceDeleted("discord", "guild", gone), NOW)
        assert decision.verdict is Verdict.IGNORED
    assert (await store.admit(PlaceDeleted("discord", "x", "chan"), NOW)).verdict is Verdict.IGNORED
    assert await dump(store) == before


# --- workspaces --------------------------------------------------------------------------------


async def test_leaving_a_workspace_ends_its_turns(store: SqliteStore) -> None:
    await store.admit(mention("99"), NOW)
    running = await claimed(store)
    waiting = await admitted(store, mention("100"))
    elsewhere = await admitted(store, mention("100", of=thread(workspace="other")))
    left = WorkspaceLeft("discord", "guild")

    assert (await store.admit(left, NOW)).verdict is Verdict.DONE
    before = await dump(store)
    assert (await store.admit(left, LATER)).verdict is Verdict.DUPLICATE
    assert await dump(store) == before

    for turn, cancelled in ((running.id, True), (waiting, True), (elsewhere, False)):
        assert (await read(store, turn)).cancel_requested is cancelled
    assert await select(store, "SELECT * FROM workspace") == [("discord", "guild", NOW)]
    back = WorkspaceJoined("discord", "guild")
    assert (await store.admit(back, LATER)).verdict is Verdict.DONE
    assert (await store.admit(back, LATER)).verdict is Verdict.IGNORED
    assert await select(store, "SELECT * FROM workspace") == []
