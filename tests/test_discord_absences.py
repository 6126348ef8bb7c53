"""What was deleted while the bot was away is found out, after what was said was read."""

from __future__ import annotations

import pytest

from adapters.absences import DAY_MS
from adapters.discord import absences
from bot.events import MessageDeleted, PlaceDeleted
from tests.discord_desk import Desk, desk, heard
from tests.virtual import until

__all__ = ["desk"]

pytestmark = pytest.mark.virtual

HISTORY = "GET /channels/{channel_id}/messages"
ONE = "GET /channels/{channel_id}/messages/{message_id}"


def deleted(desk: Desk) -> list[str]:
    return [one.message for one in desk.inbox.events if isinstance(one, MessageDeleted)]


async def away(desk: Desk, *said: tuple[str, str | None]) -> list[str]:
    """Have things said and stored, then end the adapter; return the messages' ids."""
    platform = await desk.start()
    ids = [desk.say(text, where) for text, where in said]
    await heard(desk, len(said))
    for event in desk.inbox.messages:
        places = desk.marks.sources.setdefault(event.thread.workspace, {})
        places.setdefault(event.place, []).append(event.message)
    await desk.stop(platform)
    desk.inbox.events.clear()
    return ids


def remove(desk: Desk, message: str) -> None:
    world = desk.standin.world
    world.delete_message(world.messages[message])


async def back(desk: Desk) -> None:
    """Start again, and wait until everything was looked at."""
    await desk.start()
    await desk.clock.sleep(30)


async def test_what_was_deleted_meanwhile_is_told(desk: Desk) -> None:
    dm = desk.people.open_dm(desk.people.find("ben"))
    one, two, three, four = await away(
        desk, ("@bot one", None), ("@bot two", None), ("three", dm), ("four", dm)
    )
    remove(desk, one)
    remove(desk, four)
    desk.say("others talk on")
    await back(desk)
    assert sorted(deleted(desk)) == [one, four]
    assert desk.tally.counts["catchup_deleted"] == 2
    assert {two, three}.isdisjoint(deleted(desk))


async def test_it_is_told_after_what_was_said(desk: Desk) -> None:
    (one,) = await away(desk, ("@bot one", None))
    remove(desk, one)
    desk.say("@bot missed")
    await back(desk)
    assert [type(event).__name__ for event in desk.inbox.events] == [
        "MessageReceived",
        "MessageDeleted",
    ]


async def test_the_only_message_of_a_channel_is_looked_for_by_itself(desk: Desk) -> None:
    (one,) = await away(desk, ("@bot one", None))
    remove(desk, one)
    await back(desk)
    assert deleted(desk) == [one]
    assert len(desk.bodies(ONE)) == 1


async def test_nothing_is_concluded_from_a_history_that_is_hidden(desk: Desk) -> None:
    await away(desk, ("@bot one", None))
    desk.standin.world.deny_bot(desk.general, "read_message_history")
    await back(desk)
    assert desk.inbox.events == []


async def test_nothing_is_concluded_where_one_may_not_look(desk: Desk) -> None:
    ben = desk.people.find("ben")
    thread = desk.people.start_thread(ben, desk.general, "topic", desk.say("topic"))
    await away(desk, ("one", thread))
    desk.people.archive(ben, thread)
    desk.standin.world.deny_bot(desk.general, "read_message_history")
    await back(desk)
    assert desk.inbox.events == []


async def test_an_archived_thread_is_looked_at_too(desk: Desk) -> None:
    ben = desk.people.find("ben")
    thread = desk.people.start_thread(ben, desk.general, "topic", desk.say("topic"))
    one, two = await away(desk, ("one", thread), ("two", thread))
    remove(desk, one)
    desk.people.archive(ben, thread)
    await back(desk)
    assert deleted(desk) == [one]
    assert two not in deleted(desk)


async def test_a_thread_that_is_gone_is_told_as_a_place(desk: Desk) -> None:
    ben = desk.people.find("ben")
    thread = desk.people.start_thread(ben, desk.general, "topic", desk.say("topic"))
    await away(desk, ("one", thread))
    desk.people.delete_channel(desk.people.find("ada"), thread)
    await back(desk)
    assert desk.inbox.events == [PlaceDeleted("discord", desk.guild, thread)]


async def test_nothing_is_concluded_from_an_outage(desk: Desk) -> None:
    (one,) = await away(desk, ("@bot one", None))
    remove(desk, one)
    desk.fault(HISTORY, "refuse", status=503, times=99)
    await back(desk)
    assert desk.inbox.events == []
    desk.standin.faults.clear()
    desk.standin.gateway.refuse_resumes(1, resumable=False)
    desk.standin.gateway.drop_connections()
    await until(lambda: deleted(desk) == [one], within=120)


async def test_the_store_may_fail(desk: Desk) -> None:
    await away(desk, ("@bot one", None))
    platform = await desk.start()
    desk.marks.refuse = True
    desk.standin.gateway.refuse_resumes(1, resumable=False)
    desk.standin.gateway.drop_connections()
    await desk.clock.sleep(120)
    assert platform.ready
    assert not any(name.startswith("discord_handler") for name in desk.tally.counts)


async def test_much_talk_in_between_is_read_through(desk: Desk) -> None:
    ids = await away(desk, ("@bot one", None), ("@bot two", None))
    for n in range(250):
        desk.say(f"talk {n}")
    desk.marks.sources[desk.guild][desk.general] = ids
    remove(desk, ids[1])
    await back(desk)
    assert deleted(desk) == [ids[1]]


async def test_nothing_is_concluded_beyond_what_was_read(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(absences, "MOST_PAGES", 1)
    (one,) = await away(desk, ("@bot one", None))
    for n in range(150):
        desk.say(f"talk {n}")
    far = desk.say("far away")
    desk.marks.sources[desk.guild][desk.general] = [one, far]
    remove(desk, one)
    remove(desk, far)
    await back(desk)
    assert deleted(desk) == [one]


async def test_what_was_quoted_lately_may_be_old(desk: Desk) -> None:
    old = [desk.say(f"old {n}") for n in range(3)]
    for n in range(600):
        desk.say(f"talk {n}")
    await desk.clock.sleep(2 * DAY_MS / 1_000)
    (one,) = await away(desk, ("@bot one", None))
    desk.marks.sources[desk.guild][desk.general] += old
    remove(desk, old[1])
    remove(desk, one)
    await back(desk)
    assert sorted(deleted(desk)) == sorted([old[1], one])


async def test_looking_keeps_to_five_calls_a_second(desk: Desk) -> None:
    ben = desk.people.find("ben")
    threads = [
        desk.people.start_thread(ben, desk.general, f"t{n}", desk.say(f"t{n}")) for n in range(25)
    ]
    await away(desk, *((f"in {thread}", thread) for thread in threads))
    before = len(desk.bodies(HISTORY))
    began = desk.clock.monotonic()
    await desk.start()
    await until(lambda: len(desk.bodies(HISTORY)) >= before + 25, within=60)
    assert desk.clock.monotonic() - began >= 24 / 5
    assert deleted(desk) == []


async def test_looking_in_many_servers_does_not_keep_what_was_said_from_being_read(
    desk: Desk,
) -> None:
    world = desk.standin.world
    ben, bot = world.users[desk.people.find("ben")], world.users[world.bot]
    for n in range(8):
        server = world.add_guild(f"server {n}", ben)
        world.join(server, bot)
        for number in range(6):
            channel = world.add_channel(server, f"channel-{number}")
            said = desk.say("hello", channel.id)
            desk.marks.sources.setdefault(server.id, {})[channel.id] = [said]
    busy = world.guilds[desk.guild]
    channels = [world.add_channel(busy, f"busy-{n}").id for n in range(12)]
    await desk.stop(await desk.start())
    await desk.clock.sleep(60)
    missed = [desk.say("@bot missed", channel) for channel in channels]
    platform = desk.begin()
    await until(lambda: platform.ready, within=5)
    began = desk.clock.monotonic()
    await until(lambda: len(desk.inbox.messages) >= len(missed), within=60)
    # Five pages a second, of which what was deleted may take every other one.
    assert desk.clock.monotonic() - began < 2.2 * len(missed) / 5
    await until(lambda: len(pages_of(desk)) >= len(missed) + 8 * 6, within=60)


def pages_of(desk: Desk) -> list[object]:
    return list(desk.standin.history.of(HISTORY))
