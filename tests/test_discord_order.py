"""What must not be lost, and what must not be answered, when things come out of order."""

from __future__ import annotations

import pytest

from adapters.discord import held
from bot.events import MessageDeleted
from tests.discord_desk import Desk, desk, forgotten_thread, heard
from tests.virtual import until

__all__ = ["desk"]

pytestmark = pytest.mark.virtual

ASKED = "GET /channels/{channel_id}"
HISTORY = "GET /channels/{channel_id}/messages"


async def test_asking_for_a_thread_goes_on_through_a_hiccup(desk: Desk) -> None:
    await desk.start()
    hiccup = desk.fault(ASKED, "refuse", status=503, times=3)
    thread = forgotten_thread(desk)
    desk.say("one", thread)
    await until(lambda: hiccup.hits == 2, within=30)
    desk.say("two", thread)
    await until(lambda: desk.inbox.texts == ["one", "two"], within=30)


async def test_a_thread_that_cannot_be_asked_for_is_read_by_the_next_start(desk: Desk) -> None:
    first = await desk.start()
    outage = desk.fault(ASKED, "refuse", status=503, times=999)
    thread = forgotten_thread(desk)
    desk.say("one", thread)
    await until(lambda: outage.hits == 10, within=600, every=1)
    await desk.clock.sleep(5)
    desk.standin.faults.clear()
    desk.say("two", thread)
    await heard(desk, 1)
    await desk.stop(first)
    desk.inbox.events.clear()
    await desk.start()
    assert desk.inbox.texts == ["one", "two"]


async def test_a_deletion_does_not_overtake_what_waits_for_catch_up(desk: Desk) -> None:
    first = await desk.start()
    await desk.stop(first)
    desk.say("@bot missed")
    desk.fault(HISTORY, "delay", seconds=5.0, times=9)
    platform = desk.begin()
    await until(lambda: platform.ready, within=30)
    regretted = desk.say("@bot regretted")
    desk.say("@bot meant")
    await desk.clock.sleep(1)
    desk.people.delete(desk.people.find("ben"), desk.general, regretted)
    await until(lambda: platform.caught_up, within=60)
    # What is read and what is held may overlap; intake takes the second for what it is.
    assert list(dict.fromkeys(desk.inbox.texts)) == ["missed", "meant"]


async def test_what_is_deleted_while_it_is_read_is_deleted_after_it_was_taken(desk: Desk) -> None:
    first = await desk.start()
    await desk.stop(first)
    regretted = desk.say("@bot regretted")
    # discord.py hands a page over only when the bucket that it emptied is full again.
    desk.standin.buckets.rules[HISTORY] = (1, 15.0)
    platform = desk.begin()
    await until(lambda: list(desk.standin.history.of(HISTORY)), within=30)
    await desk.clock.sleep(1)
    assert desk.inbox.texts == []
    desk.people.delete(desk.people.find("ben"), desk.general, regretted)
    await until(lambda: platform.caught_up, within=60)
    assert desk.inbox.texts == ["regretted"]
    assert isinstance(desk.inbox.events[-1], MessageDeleted)


async def test_a_deletion_does_not_overtake_what_waits_for_its_thread(desk: Desk) -> None:
    await desk.start()
    desk.fault(ASKED, "delay", seconds=5.0)
    thread = forgotten_thread(desk)
    regretted = desk.say("regretted", thread)
    desk.say("meant", thread)
    await desk.clock.sleep(1)
    desk.people.delete(desk.people.find("ben"), thread, regretted)
    await until(lambda: desk.inbox.texts, within=30)
    assert desk.inbox.texts == ["meant"]


async def test_what_is_held_for_a_thread_is_bounded_and_the_rest_read_later(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(held, "MOST_HELD", 3)
    first = await desk.start()
    desk.fault(ASKED, "delay", seconds=5.0)
    thread = forgotten_thread(desk)
    for n in range(6):
        desk.say(str(n), thread)
    await until(lambda: desk.inbox.texts == ["0", "1", "2"], within=30)
    desk.say("6", thread)
    await heard(desk, 4)
    await desk.stop(first)
    desk.inbox.events.clear()
    await desk.start()
    assert desk.inbox.texts == [str(n) for n in range(7)]


async def test_what_catch_up_holds_is_bounded_and_the_rest_read_later(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(held, "MOST_HELD", 3)
    first = await desk.start()
    await desk.stop(first)
    desk.say("@bot missed")
    desk.inbox.slow = True
    second = desk.begin()
    await until(lambda: second.ready and desk.inbox.texts, within=30)
    for n in range(6):
        desk.say(f"@bot {n}")
    await desk.clock.sleep(1)
    desk.inbox.slow = False
    desk.inbox.catch_up()
    await until(lambda: second.caught_up, within=30)
    assert desk.inbox.texts == ["missed", "0", "1", "2"]
    await desk.stop(second)
    desk.inbox.events.clear()
    await desk.start()
    # The mark stays where the reading began, so all of it comes once more.
    assert desk.inbox.texts == ["missed", *"012345"]


async def test_a_fresh_session_closes_the_gap_that_the_one_before_left(desk: Desk) -> None:
    first = await desk.start()
    await desk.stop(first)
    desk.say("@bot missed")
    desk.fault(HISTORY, "refuse", status=503, times=99)
    second = await desk.start()
    desk.standin.faults.clear()
    desk.standin.gateway.refuse_resumes(1, resumable=False)
    desk.standin.gateway.drop_connections()
    await until(lambda: desk.inbox.texts == ["missed"], within=120)
    await until(lambda: second.caught_up, within=30)
    await desk.clock.sleep(5)
    await desk.stop(second)
    desk.inbox.events.clear()
    await desk.start()
    assert desk.inbox.texts == []


async def test_marks_wait_for_the_reading_that_they_were_thawed_for(desk: Desk) -> None:
    first = await desk.start()
    await desk.stop(first)
    desk.say("@bot missed")
    desk.marks.refuse = True
    second = await desk.start()
    desk.marks.refuse = False
    desk.say("@bot live")
    await heard(desk, 1)
    desk.fault(HISTORY, "delay", seconds=15.0, times=9)
    desk.standin.gateway.refuse_resumes(1, resumable=False)
    desk.standin.gateway.drop_connections()
    await until(lambda: desk.standin.gateway.identifies == 3 and second.ready, within=120)
    await desk.clock.sleep(10)
    await desk.kill(second)
    desk.standin.faults.clear()
    desk.inbox.events.clear()
    await desk.start()
    assert desk.inbox.texts == ["missed", "live"]
