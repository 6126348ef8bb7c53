"""What a conversation is made of: overheard words, files, fresh starts, what still stands."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain import ChatMessage, FileState, Outcome, Quote, Role, StoredFile, ThreadRef, Turn
from bot.errors import Fenced
from bot.events import Action, MessageDeleted
from bot.ports import Conclusion, Overheard, PartState, Purpose
from storage.store import SqliteStore
from tests.stored import (
    ANN,
    BEN,
    LATER,
    NOW,
    admitted,
    asked,
    attachment,
    claimed,
    dump,
    ended,
    mention,
    press,
    store,
    thread,
)

__all__ = ["store"]

STRANGE = thread("50")


def said(position: int, text: str, *, ours: bool = False, files: int = 0) -> Overheard:
    attached = tuple(
        attachment(f"f{position}{n}", message=str(position), place="50") for n in range(files)
    )
    return Overheard(str(position), position, BEN, text, ours, attached)


# --- somebody else's thread --------------------------------------------------------------------


async def test_a_thread_is_heard_up_to_what_is_stored(store: SqliteStore) -> None:
    await store.admit(mention("110", of=STRANGE), NOW)
    turn = await claimed(store)
    assert await store.heard_to(turn) == 0
    await store.add_overheard(turn, [said(60, "one"), said(70, "two")], NOW)
    assert await store.heard_to(turn) == 70
    later = await store.read(await admitted(store, mention("120", of=STRANGE)))
    assert later is not None
    assert await store.heard_to(later) == 70
    elsewhere = await store.read(await admitted(store, mention("121", of=thread("51"))))
    assert elsewhere is not None
    assert await store.heard_to(elsewhere) == 0


async def test_a_question_that_nobody_read_the_thread_for_does_not_count_as_heard(
    store: SqliteStore,
) -> None:
    refused = await ended(store, mention("110", of=STRANGE), Outcome.REFUSED, answer="")
    assert refused.overhears
    await store.admit(mention("120", of=STRANGE, text="again"), NOW)
    turn = await claimed(store)
    assert await store.heard_to(turn) == 0
    await store.add_overheard(turn, [said(60, "one"), said(110, "hello")], NOW)
    assert [each.text for each in await store.history(turn, 9)] == ["one", "hello", "again"]


async def test_what_was_said_while_a_thread_was_followed_is_heard(store: SqliteStore) -> None:
    await ended(store, mention("110"))
    await store.follow(thread("110"), False, NOW)
    turn = await store.read(await admitted(store, mention("120", of=thread("110"))))
    assert turn is not None and turn.overhears
    assert await store.heard_to(turn) == 110


async def test_what_is_overheard_is_told_apart_and_stored_once(store: SqliteStore) -> None:
    await store.admit(mention("110", of=STRANGE, text="well?"), NOW)
    turn = await claimed(store)
    heard = [said(60, "one", files=2), said(70, "from before", ours=True)]
    await store.add_overheard(turn, heard, NOW)
    before = await dump(store)

    await store.add_overheard(turn, [said(60, "another"), *heard[1:], said(110, "x")], NOW)

    assert await dump(store) == before
    one, ours, question = await store.history(turn, 9)
    assert (one.role, one.author, one.text, one.position) == (Role.USER, BEN.name, "one", 60)
    assert [file.attachment for file in one.files] == list(heard[0].attachments)
    assert ours == ChatMessage(Role.ASSISTANT, "from before", position=70)
    assert question == ChatMessage(Role.USER, "well?", ANN.name, 110)


async def test_an_answer_of_ours_is_not_heard_as_well(store: SqliteStore) -> None:
    await store.admit(mention("110", of=STRANGE, text="well?"), NOW)
    turn = await claimed(store)
    await store.begin_part(turn, Purpose.ANSWER, 0, "50", "n", NOW)
    await store.mark_part(turn, Purpose.ANSWER, 0, PartState.SENT, "115", NOW)
    await store.conclude(turn, Conclusion(Outcome.ANSWERED, "so"), NOW)
    await store.end(turn, Outcome.ANSWERED, NOW)
    await store.admit(mention("120", of=STRANGE, text="and?"), NOW)
    turn = await claimed(store)
    await store.add_overheard(turn, [said(115, "so", ours=True), said(116, "ah")], NOW)
    assert [each.text for each in await store.history(turn, 9)] == ["well?", "so", "ah", "and?"]


async def test_only_its_owner_adds_to_a_turns_conversation(store: SqliteStore) -> None:
    await store.admit(mention("110", of=STRANGE, attachments=(attachment(),)), NOW)
    turn = await claimed(store)
    before = await dump(store)
    file = StoredFile(110, 0, attachment(), FileState.READ, text="x")
    for other in (replace(turn, attempt=7), replace(turn, worker="w2")):
        with pytest.raises(Fenced):
            await store.add_overheard(other, [said(60, "one")], NOW)
        with pytest.raises(Fenced):
            await store.put_file(other, file)
    assert await dump(store) == before


# --- files -------------------------------------------------------------------------------------


async def test_what_became_of_a_file_is_kept(store: SqliteStore) -> None:
    await store.admit(mention("100", attachments=(attachment("a"), attachment("b"))), NOW)
    turn = await claimed(store)
    (message,) = await store.history(turn, 9)
    waiting = message.files
    assert [file.state for file in waiting] == [FileState.WAITING] * 2
    assert waiting[0].attachment.url == "https://cdn/a?ex=1"
    picture = replace(
        waiting[0],
        state=FileState.READ,
        blob="b" * 64,
        mime="image/webp",
        width=640,
        height=480,
        note="cut",
    )
    text = replace(waiting[1], state=FileState.READ, text="words", excluded=True)

    await store.put_file(turn, picture)
    await store.put_file(turn, text)

    (message,) = await store.history(turn, 9)
    assert message.files == (picture, text)
    assert message.files[0].is_picture


async def texts(store: SqliteStore, *said: str) -> Turn:
    """Ask a question with each text in a file, and return the last one's turn."""
    turns = []
    for position, text in enumerate(said, 100):
        of = None if position == 100 else thread("100")
        file = attachment(f"f{position}")
        event = mention(str(position), of=of, attachments=(file, attachment("waiting")))
        await store.admit(event, NOW)
        turn = await claimed(store)
        read = StoredFile(position, 0, file, FileState.READ, text=text)
        await store.put_file(turn, read)
        await store.conclude(turn, Conclusion(Outcome.ANSWERED, "x"), NOW)
        await store.end(turn, Outcome.ANSWERED, NOW)
        turns.append(turn)
    return turns[-1]


@pytest.mark.parametrize(
    ("characters", "read"),
    [
        (0, ["", "", "", "dd"]),
        (4, ["", "", "", "dd"]),
        (5, ["", "", "ccc", "dd"]),
        (9, ["", "bbbb", "ccc", "dd"]),
        (10, ["a", "bbbb", "ccc", "dd"]),
    ],
)
async def test_so_much_of_texts_is_read_as_is_asked_for(
    store: SqliteStore, characters: int, read: list[str]
) -> None:
    turn = await texts(store, "a", "bbbb", "ccc", "dd")
    history = await store.history(turn, 99, characters)
    files = [each.files[0] for each in history if each.files]
    assert [file.text for file in files] == read
    assert [file.omitted for file in files] == [not text for text in read]
    assert not any(each.files[1].omitted for each in history if each.files)


async def test_a_text_that_comes_again_counts_once(store: SqliteStore) -> None:
    turn = await texts(store, "older", "same", "same", "same", "new")
    history = await store.history(turn, 99, len("same") + len("new"))
    files = [each.files[0] for each in history if each.files]
    assert [file.text for file in files] == ["", "same", "same", "same", "new"]
    assert files[1].text is files[2].text is files[3].text
    assert [file.omitted for file in files] == [True, False, False, False, False]


async def test_a_blob_is_used_as_long_as_a_file_names_it(store: SqliteStore) -> None:
    await store.admit(mention("100", attachments=(attachment(),)), NOW)
    turn = await claimed(store)
    await store.put_file(turn, StoredFile(100, 0, attachment(), FileState.READ, blob="b1"))
    assert await store.unused_blobs(["b1", "b2", ""]) == {"b2", ""}
    assert await store.unused_blobs([]) == set()
    await store.admit(MessageDeleted("discord", "guild", "chan", "100"), NOW)
    assert await store.unused_blobs(["b1"]) == {"b1"}


# --- history -----------------------------------------------------------------------------------


async def test_files_and_quotes_count_as_no_rows(store: SqliteStore) -> None:
    turns = [
        await ended(
            store,
            mention(
                str(n),
                of=None if n == 100 else thread("100"),
                attachments=tuple(attachment(f"f{n}{each}") for each in range(3)),
                quote=Quote("Ben", f"q{n}"),
            ),
            answer=f"a{n}",
        )
        for n in range(100, 105)
    ]
    newest = await store.history(turns[-1], 4)
    assert [each.position for each in newest] == [102, 103, 103, 104]
    assert [each.text for each in newest] == ["a102", "hello", "a103", "hello"]
    assert [len(each.files) for each in newest] == [0, 3, 0, 3]
    assert [each.quote and each.quote.text for each in newest] == [None, "q103", None, "q104"]


async def test_a_fresh_start_leaves_what_was_said_behind(store: SqliteStore) -> None:
    await ended(store, mention("100", text="old"), answer="old answer")
    waiting = await admitted(store, mention("101", of=thread("100"), text="asked before"))
    await store.start_afresh(thread("100"), 105, NOW)
    turn = await claimed(store)
    assert turn.id == waiting
    # Its own question is part of it all the same.
    assert [each.text for each in await store.history(turn, 9)] == ["asked before"]
    await store.conclude(turn, Conclusion(Outcome.ANSWERED, "late"), NOW)
    await store.end(turn, Outcome.ANSWERED, NOW)
    turn = await ended(store, mention("110", of=thread("100"), text="new"))
    assert [each.text for each in await store.history(turn, 9)] == ["new"]
    await store.start_afresh(thread("100"), 50, NOW)  # an older one comes too late
    turn = await ended(store, mention("111", of=thread("100"), text="newer"))
    assert [each.text for each in await store.history(turn, 9)] == ["new", "the answer", "newer"]
    assert await store.is_followed(thread("100"))
    await store.start_afresh(thread("100"), 110, NOW)
    assert [each.text for each in await store.history(turn, 9)] == ["newer"]


async def test_a_fresh_start_is_found_by_the_threads_place(store: SqliteStore) -> None:
    await store.admit(asked("500", text="old"), NOW)
    turn = await claimed(store)
    await store.set_place(turn, "777")
    await store.conclude(turn, Conclusion(Outcome.ANSWERED, "x"), NOW)
    await store.end(turn, Outcome.ANSWERED, NOW)
    await store.start_afresh(thread("777"), 600, NOW)
    turn = await ended(store, mention("800", of=thread("777"), text="new"))
    assert [each.text for each in await store.history(turn, 9)] == ["new"]


async def test_what_was_said_before_a_fresh_start_need_not_be_heard(store: SqliteStore) -> None:
    await store.start_afresh(STRANGE, 90, NOW)
    await store.admit(mention("110", of=STRANGE), NOW)
    turn = await claimed(store)
    assert turn.overhears
    assert await store.heard_to(turn) == 90
    await store.start_afresh(STRANGE, 200, NOW)
    assert await store.heard_to(turn) == 0


# --- what still stands -------------------------------------------------------------------------


async def test_followed_threads_are_listed_the_newest_first(store: SqliteStore) -> None:
    day = NOW + 24 * 3_600_000
    await ended(store, mention("90"))
    await store.admit(mention("100"), day)
    await store.admit(mention("101"), day + 1)
    await store.admit(mention("102", of=thread("102", workspace="other")), day)
    await store.admit(asked("500"), day + 2)

    assert await store.recent_threads("discord", "guild", NOW, 9) == ["500", "101", "100", "90"]
    assert await store.recent_threads("discord", "guild", day, 2) == ["500", "101"]
    assert await store.recent_threads("slack", "guild", NOW, 9) == []
    await store.follow(thread("101"), False, day + 3)
    assert await store.recent_threads("discord", "guild", NOW, 9) == ["500", "100", "90"]


async def test_recent_messages_are_listed_by_where_they_stand(store: SqliteStore) -> None:
    await ended(store, mention("90", text="long ago"))
    day = NOW + 24 * 3_600_000
    await store.admit(mention("100"), day)
    await store.admit(mention("101", of=thread("100"), attachments=(attachment(),)), day + 1)
    await store.admit(mention("102", of=thread("100", workspace="other")), day)
    await store.admit(asked("500", of=thread("100")), day)
    deleted = mention("103", of=thread("100"))
    await store.admit(deleted, day)
    await store.admit(MessageDeleted("discord", "guild", "100", "103"), day)

    assert await store.recent_sources("discord", "guild", day, 9) == {
        "100": ["101"],
        "chan": ["100"],
    }
    assert await store.recent_sources("discord", "guild", NOW, 9) == {
        "100": ["101"],
        "chan": ["100", "90"],
    }
    assert await store.recent_sources("discord", "guild", NOW, 1) == {"100": ["101"]}
    assert await store.recent_sources("slack", "guild", NOW, 9) == {}


async def test_a_question_asked_again_is_still_where_it_stood(store: SqliteStore) -> None:
    old = await ended(store, mention("100"), Outcome.FAILED, "")
    await store.admit(press(Action.RETRY, old.id), LATER)
    assert await store.recent_sources("discord", "guild", LATER, 9) == {"chan": ["100"]}
    assert await store.recent_sources("discord", "guild", NOW, 9) == {"chan": ["100"]}


async def test_overheard_messages_are_looked_for_too(store: SqliteStore) -> None:
    await store.admit(mention("110", of=STRANGE), NOW)
    heard = [said(50, "the start"), said(60, "one"), said(70, "ours", ours=True)]
    await store.add_overheard(await claimed(store), heard, LATER)
    # What the thread was started from may stand in its channel, so it is not missed here.
    assert await store.recent_sources("discord", "guild", LATER, 9) == {"50": ["60"]}


async def test_quoted_messages_are_looked_for_too(store: SqliteStore) -> None:
    await store.admit(mention("100", quote=Quote("Ben", "so", "95")), NOW)
    await store.admit(mention("101", of=thread("100"), quote=Quote("", "forwarded")), NOW)
    assert await store.recent_sources("discord", "guild", NOW, 9) == {
        "100": ["101"],
        "chan": ["100", "95"],
    }


async def test_a_direct_channel_is_one_conversation(store: SqliteStore) -> None:
    direct = ThreadRef("discord", "@me", "dm", "dm")
    await ended(store, mention("100", of=direct, text="one"), answer="1")
    turn: Turn = await ended(store, mention("101", of=direct, text="two"))
    assert [each.text for each in await store.history(turn, 9)] == ["one", "1", "two"]
    assert turn.place == "dm"
