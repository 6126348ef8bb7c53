"""What was said while the bot was away is read before what is said now."""

from __future__ import annotations

import pytest

from adapters.playground.discord import permissions, records
from tests.discord_desk import Desk, desk, heard
from tests.virtual import until

__all__ = ["desk"]

pytestmark = pytest.mark.virtual

ASKED = "GET /channels/{channel_id}"
HISTORY = "GET /channels/{channel_id}/messages"


async def test_a_first_start_answers_nothing_old(desk: Desk) -> None:
    desk.say("@bot from before")
    await desk.start()
    desk.say("@bot now")
    assert [event.text for event in await heard(desk, 1)] == ["now"]


async def test_a_restart_reads_what_was_missed_and_only_that(desk: Desk) -> None:
    dm = desk.people.open_dm(desk.people.find("ben"))
    first = await desk.start()
    root = desk.say("@bot one")
    thread = desk.people.start_thread(desk.people.find("ben"), desk.general, "topic", root)
    desk.say("two", thread)
    desk.say("three", dm)
    await heard(desk, 3)
    await desk.stop(first)
    missed = [desk.say("@bot four"), desk.say("five", thread), desk.say("six", dm)]
    desk.say("just talking")
    desk.inbox.events.clear()
    asked = len(list(desk.standin.history.of("GET /channels/{channel_id}/messages")))
    await desk.start()
    assert sorted(event.message for event in desk.inbox.messages) == sorted(missed)
    pages = list(desk.standin.history.of("GET /channels/{channel_id}/messages"))[asked:]
    assert len(pages) == 3, "the silent channel was not asked for"
    assert desk.tally.counts["catchup_recovered"] == 3


async def test_marks_lost_with_the_process_only_repeat(desk: Desk) -> None:
    first = await desk.start()
    desk.say("@bot one")
    await heard(desk, 1)
    await desk.kill(first)
    await desk.start()
    assert desk.inbox.texts == ["one", "one"], "intake takes the second for what it is"


async def test_a_message_that_was_not_committed_is_read_again(desk: Desk) -> None:
    first = await desk.start()
    desk.inbox.slow = True
    desk.say("@bot one")
    await heard(desk, 1)
    await desk.stop(first)
    desk.inbox.slow = False
    await desk.start()
    assert desk.inbox.texts == ["one", "one"]


async def test_missed_messages_come_before_live_ones(desk: Desk) -> None:
    first = await desk.start()
    root = desk.say("@bot zero")
    thread = desk.people.start_thread(desk.people.find("ben"), desk.general, "topic", root)
    await heard(desk, 1)
    await desk.stop(first)
    desk.inbox.events.clear()
    for n in range(3):
        desk.say(f"missed {n}", thread)
    desk.fault("GET /channels/{channel_id}/messages", "delay", seconds=5.0, times=9)
    platform = desk.begin()
    await until(lambda: platform.ready, within=30)
    desk.say("live", thread)
    await until(lambda: "live" in desk.inbox.texts, within=60)
    texts = list(dict.fromkeys(desk.inbox.texts))
    assert texts == ["missed 0", "missed 1", "missed 2", "live"]


async def test_after_a_long_absence_only_the_last_day_is_read(desk: Desk) -> None:
    first = await desk.start()
    await desk.stop(first)
    desk.say("@bot too old")
    await desk.clock.sleep(25 * 3600)
    desk.say("@bot recent")
    await desk.start()
    assert desk.inbox.texts == ["recent"]


async def test_of_very_much_only_the_newest_is_read(desk: Desk) -> None:
    first = await desk.start()
    await desk.stop(first)
    for n in range(130):
        desk.say(f"@bot {n}")
    await desk.start()
    assert desk.inbox.texts == [str(n) for n in range(30, 130)]


async def test_a_channel_made_meanwhile_is_read_from_its_beginning(desk: Desk) -> None:
    first = await desk.start()
    await desk.stop(first)
    world = desk.standin.world
    channel = world.add_channel(world.guilds[desk.guild], "new")
    desk.say("@bot first words", channel.id)
    await desk.start()
    assert desk.inbox.texts == ["first words"]


async def test_a_gap_that_cannot_be_read_is_left_for_the_next_start(desk: Desk) -> None:
    first = await desk.start()
    await desk.stop(first)
    desk.say("@bot missed")
    broken = desk.fault("GET /channels/{channel_id}/messages", "refuse", status=503, times=99)
    second = await desk.start()
    assert broken.hits
    desk.standin.faults.clear()
    desk.say("@bot live")
    await heard(desk, 1)
    await desk.stop(second)
    desk.inbox.events.clear()
    await desk.start()
    assert desk.inbox.texts == ["missed", "live"]


async def test_marks_that_could_not_be_read_are_not_raised(desk: Desk) -> None:
    dm = desk.people.open_dm(desk.people.find("ben"))
    first = await desk.start()
    desk.say("known", dm)
    await heard(desk, 1)
    await desk.stop(first)
    missed = {desk.say("@bot missed"), desk.say("missed too", dm)}
    desk.marks.refuse = True
    second = await desk.start()
    desk.marks.refuse = False
    desk.inbox.events.clear()
    live = {desk.say("@bot live"), desk.say("live too", dm)}
    await heard(desk, 2)
    await desk.clock.sleep(10)
    await desk.stop(second)
    desk.inbox.events.clear()
    await desk.start()
    assert {event.message for event in desk.inbox.messages} == missed | live


async def test_one_malformed_message_does_not_hide_the_others(desk: Desk) -> None:
    first = await desk.start()
    await desk.stop(first)
    bad = desk.say("@bot bad")
    desk.say("@bot good")
    desk.standin.world.messages[bad].kind = None  # type: ignore[assignment]
    await desk.start()
    assert desk.inbox.texts == ["good"]
    assert len(desk.watch.violations) == 1
    desk.watch.violations.clear()


async def test_a_new_server_starts_with_everything_read(desk: Desk) -> None:
    await desk.start()
    world = desk.standin.world
    ada = world.users[desk.people.find("ada")]
    guild = world.add_guild("Second", ada)
    world.join(guild, world.users[desk.people.find("ben")])
    channel = world.add_channel(guild, "hall", records.GUILD_TEXT)
    desk.say("@bot before you came", channel.id)
    role = world.add_role(guild, "Bot", permissions.BOT)
    world.join(guild, world.users[world.bot], role)
    world.tell("GUILD_CREATE", guild)
    await until(lambda: guild.id in desk.marks.kept, within=30)
    desk.say("@bot now", channel.id)
    assert [event.text for event in await heard(desk, 1)] == ["now"]


async def test_a_server_back_from_an_outage_is_caught_up(desk: Desk) -> None:
    await desk.start()
    desk.say("@bot before")
    await heard(desk, 1)
    desk.standin.world.set_available(desk.guild, False)
    desk.standin.gateway.silence(lose=True)
    desk.say("@bot during")
    desk.standin.gateway.silence(False)
    await desk.clock.sleep(5)
    desk.standin.world.set_available(desk.guild, True)
    await until(lambda: "during" in desk.inbox.texts, within=30)
