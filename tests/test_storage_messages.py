"""Who is heard, and which conversation a message belongs to."""

from __future__ import annotations

from typing import Any

import pytest

from bot.domain import (
    ChatMessage,
    InteractionRef,
    Options,
    Outcome,
    Quote,
    Role,
    ThreadRef,
    Turn,
    TurnKind,
)
from bot.events import TOO_MANY, UNREADABLE, MessageDeleted, MessageReceived, Verdict
from bot.ports import (
    Chosen,
    Conclusion,
    Decision,
    Level,
    Overheard,
    PartState,
    Purpose,
    SettingName,
)
from storage.messages import TOLD_EVERY_MS
from storage.store import SqliteStore
from tests.stored import (
    ANN,
    BEN,
    LATER,
    NOW,
    WORKER,
    admitted,
    asked,
    attachment,
    claimed,
    dump,
    ended,
    mention,
    select,
    store,
    thread,
)

__all__ = ["store"]

CHANNEL = ThreadRef("discord", "guild", "chan", "")


async def mentions(store: SqliteStore, value: str) -> None:
    await store.choose(CHANNEL, Chosen(Level.CHANNEL, SettingName.MENTIONS, value))


async def read(store: SqliteStore, decision: Decision) -> Turn:
    turn = await store.read(decision.turn)
    assert turn is not None
    return turn


# --- who is heard ------------------------------------------------------------------------------

FOLLOWED = thread("100")
STRANGE = thread("50")
DIRECT = ThreadRef("discord", "@me", "dm", "dm")
FILES = (attachment(),)


@pytest.mark.parametrize(
    ("rule", "event", "heard"),
    [
        # Unaddressed in a followed thread, by the rule of its channel.
        ("", mention("101", of=FOLLOWED, addressed=False), True),
        ("threads", mention("101", of=FOLLOWED, addressed=False), True),
        ("never", mention("101", of=FOLLOWED, addressed=False), True),
        ("always", mention("101", of=FOLLOWED, addressed=False), False),
        ("always", mention("101", of=FOLLOWED), True),
        # In somebody else's thread nobody is listened to.
        ("never", mention("101", of=STRANGE, addressed=False), False),
        ("", mention("101", of=STRANGE), True),
        # In the channel itself, and in a post of a forum.
        ("", mention("101", addressed=False), False),
        ("always", mention("101", addressed=False), False),
        ("never", mention("101", addressed=False), True),
        ("", mention("101", of=thread("101"), addressed=False, roots=True), False),
        ("never", mention("101", of=thread("101"), addressed=False, roots=True), True),
        # Nothing is said.
        ("", mention("101", of=FOLLOWED, addressed=False, text=" "), False),
        ("", mention("101", of=FOLLOWED, addressed=False, text="", unreadable=True), True),
        ("always", mention("101", of=FOLLOWED, addressed=False, text="", unreadable=True), False),
        ("never", mention("101", addressed=False, text=""), False),
        ("", mention("101", of=FOLLOWED, text=""), True),
        # A file or a forwarded message says something.
        ("", mention("101", of=FOLLOWED, addressed=False, text="", attachments=FILES), True),
        ("", mention("101", of=FOLLOWED, addressed=False, text="", quote=Quote("Ben", "hi")), True),
    ],
)
async def test_who_is_heard(
    store: SqliteStore, rule: str, event: MessageReceived, heard: bool
) -> None:
    await store.admit(mention("100"), NOW)
    await mentions(store, rule)
    before = await dump(store)

    decision = await store.admit(event, NOW)

    assert decision.verdict is (Verdict.ADMITTED if heard else Verdict.IGNORED)
    if heard:
        assert decision.thread == event.thread
        assert (await store.admit(event, NOW)).verdict in (Verdict.DUPLICATE, Verdict.IGNORED)
        assert await select(store, "SELECT COUNT(*) FROM turn") == [(2,)]
    else:
        assert await dump(store) == before
        assert decision.thread in (None, event.thread)


async def test_rules_of_another_channel_or_server_do_not_count(store: SqliteStore) -> None:
    for level, of in ((Level.CHANNEL, "other"), (Level.SERVER, "chan"), (Level.THREAD, "chan")):
        at = ThreadRef("discord", "guild", of, "7")
        await store.choose(at, Chosen(level, SettingName.MENTIONS, "never"))
    elsewhere = ThreadRef("discord", "else", "chan", "")
    await store.choose(elsewhere, Chosen(Level.CHANNEL, SettingName.MENTIONS, "never"))
    assert (await store.admit(mention("101", addressed=False), NOW)).verdict is Verdict.IGNORED


@pytest.mark.parametrize(
    ("event", "overhears"),
    [
        (mention("101"), False),
        (mention("101", of=STRANGE), True),
        (mention("101", of=FOLLOWED), False),
        (mention("101", of=DIRECT), False),
        (mention("101", of=thread("101"), roots=True), False),
        (asked("101", of=STRANGE), True),
        (asked("101", of=FOLLOWED), False),
        (asked("101", of=DIRECT), False),
        (asked("101"), False),
    ],
)
async def test_only_somebody_elses_thread_is_overheard(
    store: SqliteStore, event: Any, overhears: bool
) -> None:
    await store.admit(mention("100"), NOW)
    turn = await read(store, await store.admit(event, NOW))
    assert turn.overhears is overhears
    assert turn.place == (None if event.opens_thread else event.thread.thread)


async def test_a_post_that_calls_us_is_followed(store: SqliteStore) -> None:
    post = thread("100")
    await store.admit(mention("100", of=post, roots=True), NOW)
    after = await store.admit(mention("101", of=post, addressed=False), NOW)
    assert after.verdict is Verdict.ADMITTED


async def test_following_is_what_was_last_said(store: SqliteStore) -> None:
    await store.follow(STRANGE, True, NOW)
    assert await store.is_followed(STRANGE)
    heard = await store.admit(mention("101", of=STRANGE, addressed=False), NOW)
    assert (await read(store, heard)).overhears is False
    await store.follow(STRANGE, False, NOW)
    assert not await store.is_followed(STRANGE)
    called = await store.admit(mention("102", of=STRANGE), NOW)
    assert (await read(store, called)).overhears is True
    ignored = await store.admit(mention("103", of=STRANGE, addressed=False), NOW)
    assert ignored == Decision(Verdict.IGNORED, thread=STRANGE)


async def test_nobody_follows_where_every_question_needs_a_mention(store: SqliteStore) -> None:
    await store.admit(mention("100"), NOW)
    assert await store.is_followed(FOLLOWED)
    await mentions(store, "always")
    assert not await store.is_followed(FOLLOWED)


# --- what cannot be read -----------------------------------------------------------------------


def hidden(message: str, of: ThreadRef = FOLLOWED, *, addressed: bool = False) -> MessageReceived:
    return mention(message, of=of, addressed=addressed, text="", unreadable=True)


async def test_a_place_is_told_once_a_day_that_it_cannot_be_read(store: SqliteStore) -> None:
    await store.admit(mention("100"), NOW)
    await store.admit(mention("200"), NOW)

    first = await store.admit(hidden("101"), NOW)
    again = await store.admit(hidden("102"), NOW + TOLD_EVERY_MS - 1)
    other = await store.admit(hidden("201", thread("200")), NOW + 1)
    next_day = await store.admit(hidden("103"), NOW + TOLD_EVERY_MS)

    assert [each.verdict for each in (first, again, other, next_day)] == [
        Verdict.ADMITTED,
        Verdict.IGNORED,
        Verdict.ADMITTED,
        Verdict.ADMITTED,
    ]
    turn = await read(store, first)
    assert (turn.error, turn.prompt) == (UNREADABLE, "")
    # What nobody saw is no part of the conversation.
    assert await select(store, "SELECT hidden FROM message WHERE position = 101") == [(1,)]


async def test_who_speaks_to_us_is_told_every_time(store: SqliteStore) -> None:
    await store.admit(mention("100"), NOW)
    for message in ("101", "102"):
        turn = await read(store, await store.admit(hidden(message, addressed=True), NOW))
        assert turn.error == UNREADABLE


async def test_too_many_questions_are_told_so_however_they_are_asked(store: SqliteStore) -> None:
    for message in ("100", "101"):
        await store.admit(mention(message), NOW, 2)
    turn = await read(store, await store.admit(asked("500"), NOW, 2))
    assert turn.error == TOO_MANY
    other = await read(store, await store.admit(asked("501", author=BEN), NOW, 2))
    assert other.error == ""


# --- which conversation ------------------------------------------------------------------------


async def test_a_question_by_command_begins_a_conversation_of_its_own(store: SqliteStore) -> None:
    options = Options("m", "high", 99)
    event = asked("500", text="why?", options=options, attachments=(attachment(),))

    decision = await store.admit(event, NOW)

    assert decision == Decision(Verdict.ADMITTED, decision.turn, thread("500"))
    turn = await claimed(store)
    assert (turn.kind, turn.prompt, turn.position) == (TurnKind.ASK, "why?", 500)
    assert (turn.options, turn.place, turn.opens_thread) == (options, None, True)
    assert turn.interaction == InteractionRef("500", "app", "token-500", LATER, "chan")
    assert [file.attachment for file in (await store.history(turn, 5))[0].files] == [attachment()]
    assert (await store.admit(event, NOW)) == Decision(
        Verdict.DUPLICATE, decision.turn, thread("500")
    )


async def test_its_thread_is_found_by_its_place(store: SqliteStore) -> None:
    await store.admit(asked("500", text="one"), NOW)
    turn = await claimed(store)
    await store.set_place(turn, "777")

    there = thread("777")
    follow_up = await store.admit(mention("800", of=there, addressed=False, text="two"), NOW)
    command = await store.admit(asked("801", of=there, text="three"), NOW)

    assert follow_up == Decision(Verdict.ADMITTED, follow_up.turn, thread("500"))
    assert command.thread == thread("500")
    assert await store.is_followed(there)
    for decision in (follow_up, command):
        now = await read(store, decision)
        assert (now.thread, now.place, now.overhears) == (thread("500"), "777", False)
    assert [each.text for each in await store.history(await read(store, command), 9)] == [
        "one",
        "two",
        "three",
    ]
    # One at a time, although the events came by two keys.
    await store.beat("other", NOW, LATER)
    assert await store.claim("other", NOW, 9) == []
    assert await store.watermarks("discord", "guild") == {"777": 799}
    elsewhere = await store.admit(mention("802", of=thread("777", workspace="x")), NOW)
    assert elsewhere.thread == thread("777", workspace="x")


async def test_a_message_there_is_deleted_by_the_place_where_it_stood(store: SqliteStore) -> None:
    await store.admit(asked("500"), NOW)
    await store.set_place(await claimed(store), "777")
    turn = await admitted(store, mention("800", of=thread("777"), addressed=False))
    assert await store.admit(MessageDeleted("discord", "guild", "500", "800"), NOW) == Decision(
        Verdict.IGNORED
    )
    assert await store.admit(MessageDeleted("discord", "guild", "777", "800"), NOW) == Decision(
        Verdict.DONE, turn, thread("500")
    )


async def posted(store: SqliteStore, turn: Turn, place: str, message: str) -> None:
    await store.begin_part(turn, Purpose.ANSWER, 0, place, f"n{message}", NOW)
    await store.mark_part(turn, Purpose.ANSWER, 0, PartState.SENT, message, NOW)


async def test_a_reply_belongs_to_the_conversation_it_replies_to(store: SqliteStore) -> None:
    await store.admit(mention("100", text="one"), NOW)
    turn = await claimed(store)
    await store.set_place(turn, "chan")
    await posted(store, turn, "chan", "150")

    # No thread could be had, so the answer stands in the channel, and so does the reply.
    reply = mention("160", text="two", reply_to="150", addressed=False)
    decision = await store.admit(reply, NOW)

    assert decision == Decision(Verdict.ADMITTED, decision.turn, thread("100"))
    now = await read(store, decision)
    assert (now.thread, now.place, now.overhears) == (thread("100"), "chan", False)
    assert [each.text for each in await store.history(now, 9)] == ["one", "two"]
    # Ids are looked up where they stand, and within a workspace only.
    for other in (
        mention("161", reply_to="150", of=thread("50")),
        mention("161", reply_to="150", of=thread("161", workspace="other")),
        mention("162", reply_to="151"),
    ):
        assert (await store.admit(other, NOW)).thread == other.thread


async def test_a_reply_says_what_it_is_about_unless_that_was_said_last(store: SqliteStore) -> None:
    async def quoted(message: str, reply_to: str, text: str = "why?") -> Quote | None:
        await store.admit(mention(message, of=FOLLOWED, text=text, reply_to=reply_to), NOW)
        turn = await claimed(store)
        (*_, question) = await store.history(turn, 9)
        await posted(store, turn, "100", f"{message}5")
        await store.conclude(turn, Conclusion(Outcome.ANSWERED, f"to {message}"), NOW)
        await store.end(turn, Outcome.ANSWERED, NOW)
        return question.quote

    assert await quoted("100", "") is None
    assert await quoted("110", "1005") is None, "it is what was said last"
    assert await quoted("120", "1005") == Quote("You", "to 100")
    assert await quoted("130", "1005", "") is None, "it asks nothing"
    await store.start_afresh(FOLLOWED, 140, NOW)
    assert await quoted("150", "1305") == Quote("You", "to 130"), "the model has forgotten it"
    await store.admit(MessageDeleted("discord", "guild", "100", "100"), NOW)
    assert await quoted("160", "1005") is None, "its question was taken back"


async def test_a_reply_to_a_notice_says_what_it_says(store: SqliteStore) -> None:
    await store.admit(mention("100", of=FOLLOWED), NOW)
    turn = await claimed(store)
    await store.conclude(turn, Conclusion(Outcome.FAILED, note="It is busy."), NOW)
    await store.begin_part(turn, Purpose.NOTICE, 0, "100", "n1", NOW)
    await store.mark_part(turn, Purpose.NOTICE, 0, PartState.SENT, "150", NOW)
    await store.end(turn, Outcome.FAILED, NOW)
    await store.admit(mention("160", of=FOLLOWED, text="why?", reply_to="150"), NOW)
    (*_, question) = await store.history(await claimed(store), 9)
    assert question.quote == Quote("You", "It is busy.")


async def test_a_reply_in_somebody_elses_thread_overhears_again(store: SqliteStore) -> None:
    await store.admit(mention("100", of=STRANGE), NOW)
    await posted(store, await claimed(store), "50", "150")
    reply = mention("160", of=STRANGE, reply_to="150", addressed=False)
    decision = await store.admit(reply, NOW)
    assert decision.verdict is Verdict.ADMITTED
    assert (await read(store, decision)).overhears is True


async def test_a_message_that_was_overheard_first_becomes_a_question(store: SqliteStore) -> None:
    await store.admit(mention("110", of=STRANGE), NOW)
    turn = await claimed(store)
    said = Overheard("105", 105, BEN, "old words", attachments=(attachment("f1", message="105"),))
    await store.add_overheard(turn, [said], NOW)

    late = mention("105", of=STRANGE, text="words", author=BEN)
    decision = await store.admit(late, NOW)

    assert decision.verdict is Verdict.ADMITTED
    now = await read(store, decision)
    assert now.prompt == "words"
    assert await select(store, "SELECT overheard, source FROM message WHERE position = 105") == [
        (0, "105")
    ]


async def test_quotes_and_files_come_with_their_message(store: SqliteStore) -> None:
    files = (attachment("f1"), attachment("f2", message="90"))
    event = mention("100", text="see", quote=Quote("Ben", "look"), attachments=files)
    await ended(store, event, answer="seen")
    turn = await read(store, await store.admit(mention("101", of=FOLLOWED, text="and?"), NOW))

    first, answer, last = await store.history(turn, 9)

    assert (first.quote, first.text) == (Quote("Ben", "look"), "see")
    assert [(file.position, file.n, file.attachment) for file in first.files] == [
        (100, 0, files[0]),
        (100, 1, files[1]),
    ]
    assert answer == ChatMessage(Role.ASSISTANT, "seen", position=100)
    assert last == ChatMessage(Role.USER, "and?", ANN.name, 101)
    assert len(await store.history(turn, 2)) == 2
    # Read again it is read another way.
    assert await store.history(turn, 9) == [first, answer, last]


async def test_of_two_conversations_at_a_place_the_followed_one_is_meant(
    store: SqliteStore,
) -> None:
    await store.admit(mention("760", of=thread("777")), NOW)
    await store.admit(asked("500"), NOW)
    await store.beat(WORKER, NOW, LATER)
    asking = [turn for turn in await store.claim(WORKER, NOW, 9) if turn.kind is TurnKind.ASK]
    await store.set_place(asking[0], "777")
    decision = await store.admit(mention("800", of=thread("777"), addressed=False), NOW)
    assert decision.thread == thread("500")
