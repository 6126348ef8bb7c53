"""What an event commits, and that it does so once."""

from __future__ import annotations

import asyncio

import pytest

from bot.domain import ChatMessage, InteractionRef, Outcome, Role, ThreadRef, TurnKind, TurnState
from bot.events import Action, MessageDeleted, Verdict
from bot.ports import Conclusion, Decision
from storage.buttons import CONTINUE_PROMPT
from storage.store import SqliteStore
from storage.turns import turn_id
from tests.stored import (
    ANN,
    BEN,
    LATER,
    MODERATOR,
    NOW,
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


# --- ids -----------------------------------------------------------------------------------


def test_a_turn_has_one_id_for_ever() -> None:
    # Nonces and buttons that are out in the world hang on it.
    assert turn_id("discord", "guild", "chan", "100") == "z011daanb1yny"


def test_the_parts_of_an_id_do_not_run_together() -> None:
    ids = {turn_id("d", "ab", "c", "1"), turn_id("d", "a", "bc", "1"), turn_id("da", "b", "c", "1")}
    assert len(ids) == 3
    assert all(len(each) == 13 and set(each).isdisjoint("ilou") for each in ids)


# --- messages ------------------------------------------------------------------------------


async def test_a_mention_in_a_channel_becomes_a_turn(store: SqliteStore) -> None:
    decision = await store.admit(mention("100", text="what is up?"), NOW)

    id = turn_id("discord", "guild", "chan", "100")
    assert decision == Decision(Verdict.ADMITTED, id, thread("100"))
    turn = await store.read(decision.turn)
    assert turn is not None
    assert (turn.state, turn.kind, turn.position) == (TurnState.ADMITTED, TurnKind.PROMPT, 100)
    assert (turn.prompt, turn.author, turn.thread) == ("what is up?", ANN, thread("100"))
    assert (turn.place, turn.opens_thread) == (None, True)
    assert (turn.received_at, turn.sent_at, turn.attempt, turn.worker) == (NOW, NOW - 5, 0, "")


async def test_the_second_time_it_is_a_duplicate_that_changes_nothing(store: SqliteStore) -> None:
    first = await store.admit(mention("100"), NOW)
    before = await dump(store)

    again = await store.admit(mention("100", text="another text"), LATER)

    assert again == Decision(Verdict.DUPLICATE, first.turn, thread("100"))
    assert await dump(store) == before


async def test_a_message_raises_no_mark_past_what_was_missed(store: SqliteStore) -> None:
    await store.raise_watermarks("discord", "guild", {"": 90, "chan": 90})
    await store.admit(mention("100"), NOW)
    await store.admit(mention("101", of=thread("100")), NOW)
    assert await store.watermarks("discord", "guild") == {"": 90, "chan": 90}


async def test_where_nothing_lists_the_channels_the_first_message_begins_a_mark(
    store: SqliteStore,
) -> None:
    direct = ThreadRef("discord", "@me", "dm", "dm")
    for message in ("100", "100", "105"):
        await store.admit(mention(message, of=direct), NOW)
    # Just below the first: reading on from there misses nothing and repeats what changes nothing.
    assert await store.watermarks("discord", "@me") == {"dm": 99}
    await store.raise_watermarks("discord", "@me", {"dm": 105})
    await store.admit(mention("103", of=direct), NOW)
    assert await store.watermarks("discord", "@me") == {"dm": 105}


async def test_follow_ups_belong_to_a_followed_thread_only(store: SqliteStore) -> None:
    followed = thread("100")
    unaddressed = mention("101", of=followed, addressed=False)
    assert (await store.admit(unaddressed, NOW)).verdict is Verdict.IGNORED
    assert (await dump(store))["turn"] == []

    await store.admit(mention("100"), NOW)
    decision = await store.admit(unaddressed, NOW)

    assert decision.verdict is Verdict.ADMITTED
    turn = await store.read(decision.turn)
    assert turn is not None
    # A thread on Discord is a channel of its own, and so is the place where it stood.
    assert turn.place == "100"


async def test_a_mention_in_a_strange_thread_does_not_follow_it(store: SqliteStore) -> None:
    strange = thread("50")
    assert (await store.admit(mention("101", of=strange), NOW)).verdict is Verdict.ADMITTED
    after = await store.admit(mention("102", of=strange, addressed=False), NOW)
    assert after.verdict is Verdict.IGNORED
    assert (await store.admit(mention("103", of=strange), NOW)).verdict is Verdict.ADMITTED


async def test_a_mention_in_our_own_thread_keeps_it_followed(store: SqliteStore) -> None:
    await store.admit(mention("100"), NOW)
    await store.admit(mention("101", of=thread("100")), NOW)
    after = await store.admit(mention("102", of=thread("100"), addressed=False), NOW)
    assert after.verdict is Verdict.ADMITTED


async def test_a_known_place_is_given_to_follow_ups(store: SqliteStore) -> None:
    await store.admit(mention("100"), NOW)
    turn = await claimed(store)
    await store.set_place(turn, "elsewhere")
    follow_up = await store.read(await admitted(store, mention("101", of=thread("100"))))
    assert follow_up is not None
    assert follow_up.place == "elsewhere"


async def test_two_workspaces_with_equal_ids_share_nothing(store: SqliteStore) -> None:
    here = await store.admit(mention("100", text="here"), NOW)
    there = await store.admit(mention("100", of=thread(workspace="other"), text="there"), NOW)
    assert here.turn != there.turn

    pressed = press(Action.STOP, here.turn, workspace="other", by=MODERATOR)
    assert (await store.admit(pressed, NOW)).verdict is Verdict.GONE
    deleted = MessageDeleted("discord", "third", "100", "100")
    assert (await store.admit(deleted, NOW)).verdict is Verdict.IGNORED

    await store.admit(MessageDeleted("discord", "other", "100", "100"), NOW)
    mine, theirs = await store.read(here.turn), await store.read(there.turn)
    assert mine is not None
    assert theirs is not None
    assert (mine.prompt, mine.cancel_requested) == ("here", False)
    assert (theirs.prompt, theirs.cancel_requested) == ("", True)
    assert await store.history(mine, 10) == [ChatMessage(Role.USER, "here", "Ann", 100)]


async def test_a_thousand_events_with_duplicates_make_one_turn_each(store: SqliteStore) -> None:
    events = [mention(str(1_000 + n % 250)) for n in range(1_000)]
    decisions = await asyncio.gather(*(store.admit(event, NOW) for event in events))

    verdicts = [decision.verdict for decision in decisions]
    assert verdicts.count(Verdict.ADMITTED) == 250
    assert verdicts.count(Verdict.DUPLICATE) == 750
    assert await select(store, "SELECT COUNT(*), COUNT(DISTINCT source) FROM turn") == [(250, 250)]
    assert await select(store, "SELECT COUNT(*) FROM message") == [(250,)]


async def test_a_value_that_the_database_cannot_hold_fails_alone(store: SqliteStore) -> None:
    good, bad = mention("100"), mention("101", text="lone \udc80 surrogate")
    results = await asyncio.gather(
        store.admit(good, NOW), store.admit(bad, NOW), return_exceptions=True
    )
    assert isinstance(results[0], Decision)
    assert type(results[1]).__name__ == "StoreError"
    assert await select(store, "SELECT source FROM turn") == [("100",)]


# --- deletions -----------------------------------------------------------------------------


async def test_deleting_an_open_question_cancels_and_erases_it(store: SqliteStore) -> None:
    turn = await admitted(store, mention("100", text="my secret"))

    decision = await store.admit(MessageDeleted("discord", "guild", "chan", "100"), NOW)

    assert decision == Decision(Verdict.DONE, turn, thread("100"))
    now = await store.read(turn)
    assert now is not None
    assert (now.cancel_requested, now.prompt) == (True, "")
    assert await select(store, "SELECT text, hidden FROM message") == [("", 1)]


async def test_deleting_an_answered_question_takes_both_out_of_history(store: SqliteStore) -> None:
    turn = await ended(store, mention("100", text="my secret"))

    decision = await store.admit(MessageDeleted("discord", "guild", "chan", "100"), NOW)

    assert decision == Decision(Verdict.DONE, thread=thread("100"))
    assert await store.history(turn, 10) == []
    now = await store.read(turn.id)
    assert now is not None
    assert (now.state, now.cancel_requested, now.prompt) == (TurnState.ENDED, False, "")


async def test_a_cancelled_answer_never_enters_history(store: SqliteStore) -> None:
    await store.admit(mention("100"), NOW)
    turn = await claimed(store)
    await store.admit(MessageDeleted("discord", "guild", "chan", "100"), NOW)
    await store.conclude(turn, Conclusion(Outcome.ANSWERED, "too late"), NOW)
    assert await select(store, "SELECT role, text FROM message") == [("user", "")]


async def test_a_follow_up_is_deleted_by_the_thread_where_it_stood(store: SqliteStore) -> None:
    await ended(store, mention("100"))
    turn = await admitted(store, mention("101", of=thread("100")))
    assert await store.admit(MessageDeleted("discord", "guild", "100", "101"), NOW) == Decision(
        Verdict.DONE, turn, thread("100")
    )
    # Slack's message ids repeat between channels.
    elsewhere = MessageDeleted("discord", "guild", "elsewhere", "101")
    assert (await store.admit(elsewhere, NOW)).verdict is Verdict.IGNORED


async def test_a_deleted_question_is_erased_from_its_retries_too(store: SqliteStore) -> None:
    first = await ended(store, mention("100", text="my secret"), Outcome.FAILED, answer="")
    await store.admit(press(Action.RETRY, first.id, interaction="900"), NOW)
    second = await claimed(store)
    await store.conclude(second, Conclusion(Outcome.FAILED), NOW)
    await store.end(second, Outcome.FAILED, NOW)
    third = await store.admit(press(Action.RETRY, second.id, interaction="901"), NOW)

    decision = await store.admit(MessageDeleted("discord", "guild", "chan", "100"), NOW)

    assert decision == Decision(Verdict.DONE, third.turn, thread("100"))
    assert await select(store, "SELECT text FROM message WHERE text <> ''") == []
    now = await store.read(third.turn)
    assert now is not None
    assert now.cancel_requested


# --- buttons -------------------------------------------------------------------------------


@pytest.mark.parametrize("by", [ANN, MODERATOR])
async def test_stop_is_for_the_author_and_moderators(store: SqliteStore, by: object) -> None:
    turn = await admitted(store, mention("100"))
    denied = await store.admit(press(Action.STOP, turn, by=BEN), NOW)
    assert denied.verdict is Verdict.DENIED
    before = await store.read(turn)
    assert before is not None
    assert not before.stop_requested

    assert isinstance(by, type(ANN))
    stopped = await store.admit(press(Action.STOP, turn, by=by), NOW)
    assert stopped == Decision(Verdict.DONE, turn, thread("100"))
    after = await store.read(turn)
    assert after is not None
    assert after.stop_requested


async def test_stop_comes_too_late_once_the_answer_is_stored(store: SqliteStore) -> None:
    await store.admit(mention("100"), NOW)
    turn = await claimed(store)
    await store.conclude(turn, Conclusion(Outcome.ANSWERED, "done"), NOW)
    assert (await store.admit(press(Action.STOP, turn.id), NOW)).verdict is Verdict.GONE
    await store.end(turn, Outcome.ANSWERED, NOW)
    assert (await store.admit(press(Action.STOP, turn.id), NOW)).verdict is Verdict.GONE
    assert (await store.admit(press(Action.STOP, "unknown"), NOW)).verdict is Verdict.GONE


async def test_retry_asks_again_in_the_words_of_the_first(store: SqliteStore) -> None:
    old = await ended(store, mention("100", text="why?"), Outcome.FAILED, answer="")

    decision = await store.admit(press(Action.RETRY, old.id, by=BEN), NOW)

    id = turn_id("discord", "guild", "chan", "900")
    assert decision == Decision(Verdict.ADMITTED, id, thread("100"))
    turn = await claimed(store)
    assert (turn.id, turn.kind, turn.prompt) == (decision.turn, TurnKind.RETRY, "why?")
    assert (turn.author.id, turn.position, turn.thread) == (BEN.id, 900, old.thread)
    assert turn.interaction == InteractionRef("900", "app", "token-900", LATER, "here")
    # The thread was never opened: this turn has it to open.
    assert (turn.place, turn.opens_thread) == (None, True)
    assert await store.history(turn, 10) == [ChatMessage(Role.USER, "why?", "Ann", 900)]


async def test_continue_goes_on_from_the_answer(store: SqliteStore) -> None:
    old = await ended(store, mention("100", text="count"), answer="1, 2")

    decision = await store.admit(press(Action.CONTINUE, old.id, by=BEN), NOW)

    turn = await claimed(store)
    assert (turn.id, turn.kind) == (decision.turn, TurnKind.CONTINUE)
    assert await store.history(turn, 10) == [
        ChatMessage(Role.USER, "count", "Ann", 100),
        ChatMessage(Role.ASSISTANT, "1, 2", position=100),
        ChatMessage(Role.USER, CONTINUE_PROMPT, "Ben", 900),
    ]


@pytest.mark.parametrize("action", [Action.RETRY, Action.CONTINUE])
async def test_pressed_twice_it_is_one_turn(store: SqliteStore, action: Action) -> None:
    outcome = Outcome.FAILED if action is Action.RETRY else Outcome.ANSWERED
    old = await ended(store, mention("100"), outcome)
    first, again, other = await asyncio.gather(
        store.admit(press(action, old.id, interaction="900"), NOW),
        store.admit(press(action, old.id, interaction="900"), NOW),
        store.admit(press(action, old.id, interaction="901", by=BEN), NOW),
    )
    assert first.verdict is Verdict.ADMITTED
    assert again == other == Decision(Verdict.DUPLICATE, first.turn, thread("100"))
    assert await select(store, "SELECT COUNT(*) FROM turn") == [(2,)]
    assert await select(store, "SELECT turn, id FROM interaction") == [(first.turn, "900")]


@pytest.mark.parametrize(
    ("action", "outcome", "answer", "verdict"),
    [
        (Action.RETRY, Outcome.FAILED, "", Verdict.ADMITTED),
        (Action.RETRY, Outcome.REFUSED, "", Verdict.ADMITTED),
        (Action.RETRY, Outcome.UNDELIVERABLE, "text", Verdict.ADMITTED),
        (Action.RETRY, Outcome.ANSWERED, "text", Verdict.GONE),
        (Action.RETRY, Outcome.STOPPED, "text", Verdict.GONE),
        (Action.RETRY, Outcome.CANCELLED, "", Verdict.GONE),
        (Action.CONTINUE, Outcome.ANSWERED, "text", Verdict.ADMITTED),
        (Action.CONTINUE, Outcome.STOPPED, "text", Verdict.ADMITTED),
        (Action.CONTINUE, Outcome.FAILED, "text", Verdict.GONE),
        (Action.CONTINUE, Outcome.FAILED, "", Verdict.GONE),
        (Action.CONTINUE, Outcome.STOPPED, "", Verdict.GONE),
        (Action.CONTINUE, Outcome.REFUSED, "text", Verdict.GONE),
        (Action.CONTINUE, Outcome.CANCELLED, "text", Verdict.GONE),
        (Action.CONTINUE, Outcome.UNDELIVERABLE, "text", Verdict.GONE),
    ],
)
async def test_a_button_goes_on_from_certain_outcomes_only(
    store: SqliteStore, action: Action, outcome: Outcome, answer: str, verdict: Verdict
) -> None:
    old = await ended(store, mention("100"), outcome, answer)
    before = await dump(store)
    decision = await store.admit(press(action, old.id), NOW)
    assert decision.verdict is verdict
    if verdict is Verdict.GONE:
        assert await dump(store) == before


@pytest.mark.parametrize("action", [Action.RETRY, Action.CONTINUE])
async def test_a_button_waits_for_its_turn_to_be_concluded(
    store: SqliteStore, action: Action
) -> None:
    await store.admit(mention("100"), NOW)
    turn = await claimed(store)
    assert (await store.admit(press(action, turn.id), NOW)).verdict is Verdict.GONE
    # Its notice can be read just before it is closed.
    outcome = Outcome.FAILED if action is Action.RETRY else Outcome.ANSWERED
    await store.conclude(turn, Conclusion(outcome, "text"), NOW)
    assert (await store.admit(press(action, turn.id), NOW)).verdict is Verdict.ADMITTED


@pytest.mark.parametrize("action", [Action.RETRY, Action.CONTINUE])
async def test_a_deleted_question_is_not_asked_again(store: SqliteStore, action: Action) -> None:
    old = await ended(store, mention("100"), Outcome.FAILED, "text")
    await store.admit(MessageDeleted("discord", "guild", "chan", "100"), NOW)
    assert (await store.admit(press(action, old.id), NOW)).verdict is Verdict.GONE
