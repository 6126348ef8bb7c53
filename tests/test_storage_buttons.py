"""Regenerate, and what people think of an answer."""

from __future__ import annotations

import asyncio

import pytest

from bot.domain import ChatMessage, Options, Outcome, Quote, Role, Turn, TurnKind
from bot.events import TOO_MANY, Action, MessageDeleted, ReasonGiven, StopAsked, Verdict
from bot.ports import Conclusion, Decision, PartState, Purpose
from storage.store import SqliteStore
from tests.stored import (
    ANN,
    BEN,
    HOLD,
    LATER,
    MODEL,
    NOW,
    admitted,
    asked,
    attachment,
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


async def answer(store: SqliteStore, text: str) -> Turn:
    """Bring the one turn that waits to its end."""
    turn = await claimed(store)
    await store.start_step(turn, MODEL, HOLD, NOW)
    await store.conclude(turn, Conclusion(Outcome.ANSWERED, text), NOW)
    await store.end(turn, Outcome.ANSWERED, NOW)
    return turn


async def test_regenerate_moves_the_question_with_all_it_has(store: SqliteStore) -> None:
    files, quote = (attachment("f1"), attachment("f2")), Quote("Ben", "look")
    event = mention("100", text="why?", attachments=files, quote=quote)
    old = await ended(store, event, answer="so")
    await ended(store, mention("101", of=thread("100"), text="and?"), answer="and so")

    decision = await store.admit(press(Action.REGENERATE, old.id, by=BEN), NOW)

    assert decision == Decision(Verdict.ADMITTED, decision.turn, thread("100"))
    turn = await claimed(store)
    assert (turn.kind, turn.about, turn.prompt) == (TurnKind.REGENERATE, old.id, "why?")
    assert turn.author.id == BEN.id
    *before, question = await store.history(turn, 9)
    assert before == [
        ChatMessage(Role.USER, "and?", ANN.name, 101),
        ChatMessage(Role.ASSISTANT, "and so", position=101),
    ]
    assert (question.text, question.author, question.quote) == ("why?", ANN.name, quote)
    assert [(file.position, file.attachment) for file in question.files] == [
        (900, each) for each in files
    ]


async def test_what_went_on_from_an_answer_goes_with_it(store: SqliteStore) -> None:
    first = await ended(store, mention("100", text="count"), answer="1, 2")
    await store.admit(press(Action.CONTINUE, first.id, interaction="900"), NOW)
    second = await answer(store, "3, 4")
    await store.admit(press(Action.CONTINUE, second.id, interaction="901"), NOW)
    await answer(store, "5, 6")
    await ended(store, mention("950", of=thread("100"), text="thanks"), answer="welcome")

    await store.admit(press(Action.REGENERATE, first.id, interaction="960"), NOW)

    turn = await claimed(store)
    assert [each.text for each in await store.history(turn, 9)] == ["thanks", "welcome", "count"]


async def test_what_still_goes_on_from_an_answer_is_no_part_of_what_replaces_it(
    store: SqliteStore,
) -> None:
    first = await ended(store, mention("100", text="count"), answer="1, 2")
    await store.admit(press(Action.CONTINUE, first.id, interaction="900"), NOW)
    running = await claimed(store)
    await store.start_step(running, MODEL, HOLD, NOW)
    await store.admit(press(Action.REGENERATE, first.id, interaction="960"), NOW)
    await store.conclude(running, Conclusion(Outcome.ANSWERED, "3, 4"), NOW)
    await store.end(running, Outcome.ANSWERED, NOW)
    turn = await claimed(store)
    assert [each.text for each in await store.history(turn, 9)] == ["count"]


async def test_what_waits_to_go_on_from_an_answer_is_not_asked_once_that_is_replaced(
    store: SqliteStore,
) -> None:
    first = await ended(store, mention("100", text="count"), answer="1, 2")
    await store.admit(mention("200", of=thread("100"), text="and?"), NOW)
    await claimed(store)
    waiting = await store.admit(press(Action.CONTINUE, first.id, interaction="900"), NOW)
    again = await store.admit(press(Action.REGENERATE, first.id, interaction="960"), NOW)
    for turn, cancelled in ((waiting.turn, True), (again.turn, False)):
        found = await store.read(turn)
        assert found is not None
        assert found.cancel_requested is cancelled


async def test_a_repeat_keeps_what_was_chosen_for_the_question(store: SqliteStore) -> None:
    options = Options("m", "high", 99)
    old = await ended(store, asked("500", of=thread("50"), options=options))
    for action, overhears in ((Action.CONTINUE, False), (Action.REGENERATE, True)):
        pressed = press(action, old.id, interaction=f"9{len(action)}")
        turn = await store.read((await store.admit(pressed, NOW)).turn)
        assert turn is not None
        assert (turn.options, turn.overhears, turn.kind) == (options, overhears, action.value)


async def test_regenerated_twice_it_is_one_turn(store: SqliteStore) -> None:
    old = await ended(store, mention("100"))
    first, again, other = await asyncio.gather(
        store.admit(press(Action.REGENERATE, old.id, interaction="900"), NOW),
        store.admit(press(Action.REGENERATE, old.id, interaction="900"), NOW),
        store.admit(press(Action.REGENERATE, old.id, interaction="901", by=BEN), NOW),
    )
    assert first.verdict is Verdict.ADMITTED
    assert again == other == Decision(Verdict.DUPLICATE, first.turn, thread("100"))
    # Its question is elsewhere now: neither of these has anything to go on from.
    for action in (Action.CONTINUE, Action.RETRY):
        assert (await store.admit(press(action, old.id), NOW)).verdict is Verdict.GONE
    # The new answer can be regenerated in turn.
    new = await answer(store, "better")
    once_more = await store.admit(press(Action.REGENERATE, new.id, interaction="902"), NOW)
    assert once_more.verdict is Verdict.ADMITTED


@pytest.mark.parametrize(
    ("outcome", "verdict"),
    [
        (Outcome.ANSWERED, Verdict.ADMITTED),
        (Outcome.STOPPED, Verdict.ADMITTED),
        (Outcome.FAILED, Verdict.ADMITTED),
        (Outcome.CANCELLED, Verdict.GONE),
    ],
)
async def test_regenerate_goes_on_from_certain_outcomes_only(
    store: SqliteStore, outcome: Outcome, verdict: Verdict
) -> None:
    old = await ended(store, mention("100"), outcome)
    assert (await store.admit(press(Action.REGENERATE, old.id), NOW)).verdict is verdict


async def test_nothing_is_regenerated_of_what_is_gone_or_runs(store: SqliteStore) -> None:
    await store.admit(mention("100"), NOW)
    turn = await claimed(store)
    pressed = press(Action.REGENERATE, turn.id)
    assert (await store.admit(pressed, NOW)).verdict is Verdict.GONE
    await store.conclude(turn, Conclusion(Outcome.ANSWERED, "x"), NOW)
    await store.end(turn, Outcome.ANSWERED, NOW)
    elsewhere = press(Action.REGENERATE, turn.id, workspace="other")
    assert (await store.admit(elsewhere, NOW)).verdict is Verdict.GONE
    await store.admit(MessageDeleted("discord", "guild", "chan", "100"), NOW)
    assert (await store.admit(pressed, NOW)).verdict is Verdict.GONE


# --- judging -----------------------------------------------------------------------------------

FEEDBACK = "SELECT turn, author, good, reason, at FROM feedback ORDER BY author"


async def test_a_person_judges_an_answer_once_and_may_change_it(store: SqliteStore) -> None:
    turn = await ended(store, mention("100"))
    done = Decision(Verdict.DONE, thread=thread("100"))
    assert await store.admit(press(Action.GOOD, turn.id), NOW) == done
    assert await store.admit(press(Action.BAD, turn.id, by=BEN), NOW) == done
    reason = ReasonGiven("discord", "guild", turn.id, BEN, "too long")
    assert await store.admit(reason, LATER) == done
    good, bad = (turn.id, ANN.id, 1, "", NOW), (turn.id, BEN.id, 0, "too long", LATER)
    assert await select(store, FEEDBACK) == [good, bad]
    # Pressed again it keeps its reason; turned round it has none.
    await store.admit(press(Action.BAD, turn.id, by=BEN), LATER)
    assert await select(store, FEEDBACK) == [good, bad]
    await store.admit(press(Action.GOOD, turn.id, by=BEN), LATER)
    assert await select(store, FEEDBACK) == [good, (turn.id, BEN.id, 1, "", LATER)]


async def test_a_reason_is_a_judgement_too(store: SqliteStore) -> None:
    turn = await ended(store, mention("100"))
    await store.admit(press(Action.GOOD, turn.id), NOW)
    await store.admit(ReasonGiven("discord", "guild", turn.id, ANN, "on second thought"), LATER)
    assert await select(store, FEEDBACK) == [(turn.id, ANN.id, 0, "on second thought", LATER)]


async def test_what_is_no_answer_is_not_judged(store: SqliteStore) -> None:
    failed = await ended(store, mention("100"), Outcome.FAILED, "")
    good = await ended(store, mention("200"))
    before = await dump(store)
    for event in (
        press(Action.GOOD, failed.id),
        press(Action.BAD, failed.id),
        ReasonGiven("discord", "guild", failed.id, ANN, "x"),
        press(Action.GOOD, "unknown"),
        press(Action.GOOD, good.id, workspace="other"),
        ReasonGiven("discord", "other", good.id, ANN, "x"),
        ReasonGiven("discord", "guild", "unknown", ANN, "x"),
    ):
        assert (await store.admit(event, NOW)).verdict is Verdict.GONE
    assert await dump(store) == before


async def test_a_button_is_no_way_round_the_most_that_may_be_open(store: SqliteStore) -> None:
    old = await ended(store, mention("100", text="why?"), answer="so")
    for action in (Action.REGENERATE, Action.CONTINUE):
        event = press(action, old.id, interaction=f"90{len(action)}")
        decision = await store.admit(event, NOW, 0)
        assert await store.admit(event, NOW, 0) == Decision(
            Verdict.DUPLICATE, decision.turn, thread("100")
        )
        refused = await claimed(store)
        assert (refused.id, refused.error, refused.about) == (decision.turn, TOO_MANY, "")
        await store.conclude(refused, Conclusion(Outcome.REFUSED, note="too many"), NOW)
        await store.end(refused, Outcome.REFUSED, NOW)
    # Nothing was taken from the old one: its button works once there is room.
    again = await store.admit(press(Action.REGENERATE, old.id, interaction="950"), NOW)
    assert again.verdict is Verdict.ADMITTED
    turn = await claimed(store)
    assert (turn.prompt, turn.error) == ("why?", "")


async def test_the_platforms_own_stop_stops_what_is_being_written(store: SqliteStore) -> None:
    first = await admitted(store, mention("100"))
    second = await admitted(store, mention("101", of=thread("100")))
    other = await admitted(store, mention("300"))
    stop = StopAsked(thread("100"), BEN, 200)

    # Nothing runs yet: what would run next.
    assert await store.admit(stop, NOW) == Decision(Verdict.DONE, first, thread("100"))
    await store.beat("w1", NOW, LATER)
    running = {turn.id: turn for turn in await store.claim("w1", NOW, 10)}
    assert running[first].stop_requested
    assert not running[other].stop_requested
    assert await store.admit(stop, NOW) == Decision(Verdict.DONE, first, thread("100"))

    # What is only to be shown cannot be stopped, and the next was not meant.
    await store.conclude(running[first], Conclusion(Outcome.STOPPED), NOW)
    assert await store.admit(stop, NOW) == Decision(Verdict.GONE, thread=thread("100"))
    await store.end(running[first], Outcome.STOPPED, NOW)
    assert await store.admit(stop, NOW) == Decision(Verdict.DONE, second, thread("100"))


async def test_where_nothing_is_written_there_is_nothing_to_stop(store: SqliteStore) -> None:
    await ended(store, mention("100"))
    before = await dump(store)
    for name in ("100", "900"):
        decision = await store.admit(StopAsked(thread(name), ANN, 950), NOW)
        assert decision == Decision(Verdict.GONE, thread=thread(name))
    assert await dump(store) == before


async def test_a_thread_that_a_command_began_is_stopped_by_its_place(store: SqliteStore) -> None:
    turn_id = await admitted(store, asked("500"))
    turn = await claimed(store)
    await store.set_place(turn, "777")
    decision = await store.admit(StopAsked(thread("777"), ANN, 800), NOW)
    assert decision == Decision(Verdict.DONE, turn_id, thread("500"))


async def test_a_stop_that_comes_late_stops_no_later_answer(store: SqliteStore) -> None:
    """Slack sends an event that it saw no answer to again, minutes after."""
    await ended(store, mention("100"))
    second = await admitted(store, mention("201", of=thread("100")))
    assert second
    late = StopAsked(thread("100"), BEN, 200)
    assert await store.admit(late, NOW) == Decision(Verdict.GONE, thread=thread("100"))
    turn = await claimed(store)
    assert not turn.stop_requested
    assert await store.admit(late, NOW) == Decision(Verdict.GONE, thread=thread("100"))


async def test_a_stop_is_about_the_answer_whose_message_it_names(store: SqliteStore) -> None:
    """Also where the next question was asked before the first answer was stopped."""
    first = await admitted(store, mention("100"))
    await admitted(store, mention("101", of=thread("100")))
    stop = StopAsked(thread("100"), BEN, 200, ("m1",))
    turn = await claimed(store)
    await store.begin_part(turn, Purpose.ANSWER, 0, "100", "n1", NOW)
    await store.mark_part(turn, Purpose.ANSWER, 0, PartState.SENT, "m1", NOW)
    assert await store.admit(stop, NOW) == Decision(Verdict.DONE, first, thread("100"))
    await store.conclude(turn, Conclusion(Outcome.STOPPED), NOW)
    await store.end(turn, Outcome.STOPPED, NOW)
    (later,) = await store.claim("w1", NOW, 10)
    assert await store.admit(stop, NOW) == Decision(Verdict.GONE, thread=thread("100"))
    # A message that is not stored yet is that of what is being written.
    unstored = StopAsked(thread("100"), BEN, 200, ("m2",))
    assert await store.admit(unstored, NOW) == Decision(Verdict.DONE, later.id, thread("100"))
