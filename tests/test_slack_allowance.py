"""Slack is called as often as it allows, whoever calls: it hardly ever has to refuse."""

from __future__ import annotations

import asyncio
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.slack.allowance import Allowance, Window, windows_of
from bot.errors import Throttled, TooLong
from bot.events import Action, Button, Post
from tests.slack_speech import Speech, speech

__all__ = ["speech"]

pytestmark = pytest.mark.virtual

POST, UPDATE = "chat.postMessage", "chat.update"
START, APPEND, STOP = "chat.startStream", "chat.appendStream", "chat.stopStream"
HALT = Button(Action.STOP, "t1", "Stop")


async def post(speech: Speech, place: str, number: int) -> str:
    """Post as a turn does: again after what was put off."""
    while True:
        try:
            return await speech.outbound.post(place, Post(f"answer {number}"), f"n{number}")
        except Throttled as error:
            await speech.clock.sleep(error.retry_after)


def refusals(speech: Speech) -> Counter[str]:
    """Return how often Slack itself asked to wait, by method."""
    entries = speech.standin.history.entries
    return Counter(entry.route for entry in entries if entry.status == 429)


# --- counting ------------------------------------------------------------------------------------


@given(
    st.integers(1, 5),
    st.lists(st.tuples(st.floats(0, 3), st.booleans(), st.booleans()), max_size=60),
)
def test_no_window_ever_holds_too_many(most: int, calls: list[tuple[float, bool, bool]]) -> None:
    now = 0.0
    window = Window(("m", "T1"), most, 5.0)
    allowance = Allowance(lambda: now)
    left: list[float] = []
    for pause, spare, gone in calls:
        now += pause
        at = allowance.next_at((window,), spare=spare)
        assert at >= now
        allowance.take((window,), at, spare=spare)
        if gone:
            allowance.give_back((window,), at)
        else:
            left.append(at)
    for at in left:
        assert sum(at <= each < at + 5.0 for each in left) <= most


def test_nobody_calls_while_slack_asks_to_wait() -> None:
    now = 0.0
    allowance = Allowance(lambda: now)
    posts = windows_of(POST, "T1", "C1")
    allowance.hold(posts, 30.0)
    assert allowance.next_at(posts) == 30.0
    assert allowance.next_at(windows_of(POST, "T1", "C2")) == 0.0
    assert allowance.next_at(windows_of(UPDATE, "T1")) == 0.0
    now = 30.0
    assert allowance.next_at(posts) == 30.0


def test_what_says_nothing_any_more_is_forgotten() -> None:
    now = 0.0
    allowance = Allowance(lambda: now)
    for number in range(10_000):
        now += 1.0
        windows = windows_of(POST, "T1", f"C{number}")
        allowance.take(windows, allowance.next_at(windows))
    assert len(allowance._known) <= 4_097


# --- calling -------------------------------------------------------------------------------------


async def test_a_crowd_in_one_channel_posts_as_fast_as_it_may(speech: Speech) -> None:
    places = [speech.ask(f"question {number}") for number in range(30)]
    before = speech.clock.monotonic()
    await asyncio.gather(*(post(speech, place, n) for n, place in enumerate(places)))
    assert speech.clock.monotonic() - before < 35.0
    assert len(speech.ours(speech.general)) == 30
    assert not refusals(speech)


async def test_one_refusal_holds_all_who_would_be_refused(speech: Speech) -> None:
    places = [speech.ask(f"question {number}") for number in range(3)]
    messages = [await post(speech, place, n) for n, place in enumerate(places)]
    speech.refuse(UPDATE, "ratelimited", retry_after=20)
    waits = []
    for place, ts in zip(places, messages, strict=True):
        with pytest.raises(Throttled) as raised:
            await speech.outbound.edit(place, ts, Post("new"))
        waits.append(raised.value.retry_after)
    assert waits == [20.0, pytest.approx(20.0), pytest.approx(20.0)]
    assert len(speech.calls_of(UPDATE)) == 1
    await speech.clock.sleep(20.0)
    await speech.outbound.edit(places[0], messages[0], Post("new"))
    assert speech.text(places[0], messages[0]) == "new"


async def test_who_waits_while_another_is_refused_goes_on_waiting(speech: Speech) -> None:
    place = speech.ask()
    for number in range(4):
        await post(speech, place, number)
    speech.refuse(POST, "ratelimited", retry_after=3)
    tasks = [asyncio.create_task(post(speech, place, number)) for number in range(4, 8)]
    await asyncio.gather(*tasks)
    assert len(speech.ours(place)) == 8
    assert refusals(speech) == {POST: 1}


async def test_what_only_grows_leaves_room_for_last_words(speech: Speech) -> None:
    """chat.update is allowed 50 times a minute in a workspace, its channels together."""
    random = speech.people.channel("random")
    places = [speech.ask(), speech.ask(where=random)]
    stopped = speech.ask()
    messages = [
        await speech.outbound.post(place, Post("0", (HALT,), growing="0"), f"n{n}")
        for n, place in enumerate([*places, stopped])
    ]
    end = speech.clock.monotonic() + 60.0
    put_off = 0
    number = 0
    while speech.clock.monotonic() < end:
        number += 1
        try:
            grown = Post(f"{number}", (HALT,), growing=f"{number}")
            await speech.outbound.edit(places[number % 2], messages[number % 2], grown)
        except Throttled as error:
            put_off += 1
            await speech.clock.sleep(error.retry_after)
    assert put_off
    before = speech.clock.monotonic()
    for place, message in zip([*places, stopped], messages, strict=True):
        await speech.outbound.edit(place, message, Post("the end"))
    assert speech.clock.monotonic() - before < 0.5
    assert not refusals(speech)


async def test_what_is_put_off_takes_nobodys_turn(speech: Speech) -> None:
    place = speech.ask()
    ts = await speech.outbound.post(place, Post("0", (HALT,), growing="0"), "n")
    speech.calls.allowance.hold(windows_of(UPDATE, speech.team), 5.0)
    for _ in range(40):
        with pytest.raises(Throttled) as raised:
            await speech.outbound.edit(place, ts, Post("1", (HALT,), growing="1"))
        assert raised.value.retry_after == pytest.approx(5.0)
    await speech.clock.sleep(5.0)
    before = speech.clock.monotonic()
    await speech.outbound.edit(place, ts, Post("1", (HALT,), growing="1"))
    assert speech.clock.monotonic() == before


async def test_who_stops_waiting_gives_the_turn_back(speech: Speech) -> None:
    place = speech.ask()
    for number in range(4):
        await post(speech, place, number)
    waiting = [asyncio.create_task(post(speech, place, number)) for number in range(4, 8)]
    await asyncio.sleep(0.5)
    for task in waiting:
        task.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)
    before = speech.clock.monotonic()
    await asyncio.gather(*(post(speech, place, number) for number in range(8, 12)))
    assert speech.clock.monotonic() - before < 4.0
    assert len(speech.ours(place)) == 8


async def test_streams_begin_as_long_as_all_of_them_can_be_ended(speech: Speech) -> None:
    places = [speech.ask(f"question {number}") for number in range(24)]
    for number, place in enumerate(places):
        ts = await speech.outbound.post(place, Post("a", growing="a"), f"n{number}")
        await speech.outbound.edit(place, ts, Post("ab"))
    assert len(speech.calls_of(START)) == len(speech.calls_of(STOP)) == 18
    assert not refusals(speech)


async def test_a_smaller_limit_is_learnt_behind_a_door_as_well(speech: Speech) -> None:
    """What is refused after something was moved out of the way is no other refusal."""
    place = speech.ask()
    ts = await speech.outbound.post(place, Post("a"), "n1")
    speech.refuse(UPDATE, "streaming_state_conflict")
    speech.refuse(UPDATE, "msg_too_long", nth=2)
    with pytest.raises(TooLong):
        await speech.outbound.edit(place, ts, Post("a" * 10_000))
    asked = len(speech.calls_of(UPDATE))
    assert asked == 2
    with pytest.raises(TooLong):
        await speech.outbound.edit(place, ts, Post("a" * 10_000))
    assert len(speech.calls_of(UPDATE)) == asked
