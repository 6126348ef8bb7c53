"""What people do on Discord becomes events: real discord.py against the stand-in."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from adapters.discord import held
from adapters.playground.discord import permissions, records
from bot.domain import ThreadRef
from bot.errors import ConfigError, Forbidden, Gone
from bot.events import MessageDeleted, MessageReceived, Post
from tests.discord_desk import Desk
from tests.virtual import until

pytestmark = pytest.mark.virtual


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    async with Desk() as desk:
        yield desk


async def heard(desk: Desk, count: int) -> list[MessageReceived]:
    """Return the messages once there are `count`, and a moment in which no more come."""
    await until(lambda: len(desk.inbox.messages) >= count, within=5)
    return desk.inbox.messages


async def test_a_mention_in_a_channel_opens_a_thread(desk: Desk) -> None:
    await desk.start()
    said = desk.say("@bot what is a monad?")
    (event,) = await heard(desk, 1)
    assert event.thread == ThreadRef("discord", desk.guild, desk.general, said)
    assert (event.message, event.position) == (said, int(said))
    assert event.text == "what is a monad?"
    assert event.addressed
    assert event.opens_thread
    assert event.author.name == "Ben"
    assert event.author.id == desk.people.find("ben")
    assert not event.author.moderator
    assert event.sent_at == desk.standin.world.messages[said].at


async def test_a_follow_up_in_a_thread_needs_no_mention(desk: Desk) -> None:
    await desk.start()
    root = desk.say("a topic")
    thread = desk.people.start_thread(desk.people.find("ben"), desk.general, "topic", root)
    said = desk.say("and then?", thread)
    (event,) = await heard(desk, 1)
    assert event.thread == ThreadRef("discord", desk.guild, desk.general, thread)
    assert event.message == said
    assert not event.addressed
    assert not event.opens_thread


async def test_a_direct_message_is_addressed(desk: Desk) -> None:
    await desk.start()
    dm = desk.people.open_dm(desk.people.find("ben"))
    desk.say("hi", dm)
    (event,) = await heard(desk, 1)
    assert event.thread == ThreadRef("discord", "@me", dm, dm)
    assert event.addressed
    assert not event.opens_thread


async def test_what_is_not_for_us_is_not_forwarded(desk: Desk) -> None:
    platform = await desk.start()
    desk.say("just talking")
    desk.say("@everyone look", who="ada")
    role = next(iter(desk.standin.world.roles.values()))
    desk.say(f"<@&{role.id}> look", who="ada")
    await platform.post(desk.general, Post("our own words"), "n1")
    desk.say("@bot now")
    assert [event.text for event in await heard(desk, 1)] == ["now"]


async def test_other_bots_are_not_answered(desk: Desk) -> None:
    await desk.start()
    world = desk.standin.world
    other = world.add_user("other", "Other", bot=True)
    world.join(world.guilds[desk.guild], other)
    desk.say("@bot hello", who="other")
    desk.say("@bot now")
    assert [event.text for event in await heard(desk, 1)] == ["now"]


async def test_events_keep_their_order(desk: Desk) -> None:
    await desk.start()
    for n in range(30):
        desk.say(f"@bot {n}")
    assert [event.text for event in await heard(desk, 30)] == [str(n) for n in range(30)]


async def test_names_stand_for_ids(desk: Desk) -> None:
    await desk.start()
    desk.say(f"@bot ask <@{desk.people.find('ada')}> in <#{desk.general}>")
    (event,) = await heard(desk, 1)
    assert event.text == "ask @Ada in #general"


async def test_moderators_are_known_by_their_roles(desk: Desk) -> None:
    await desk.start()
    desk.say("@bot one", who="ada")
    desk.say("@bot two", who="ben")
    ada, ben = await heard(desk, 2)
    assert ada.author.moderator
    assert not ben.author.moderator


async def test_admins_by_id_are_moderators(desk: Desk) -> None:
    await desk.start(admins={desk.people.find("ben")})
    desk.say("@bot one", who="ben")
    (event,) = await heard(desk, 1)
    assert event.author.moderator


async def test_a_deleted_message_is_told(desk: Desk) -> None:
    await desk.start()
    said = desk.say("@bot one")
    desk.people.delete(desk.people.find("ben"), desk.general, said)
    await until(lambda: len(desk.inbox.events) == 2, within=5)
    assert desk.inbox.events[1] == MessageDeleted("discord", desk.guild, desk.general, said)


async def test_a_thread_that_the_session_does_not_know_is_asked_for(desk: Desk) -> None:
    await desk.start()
    root = desk.say("a topic")
    thread = desk.people.start_thread(desk.people.find("ben"), desk.general, "topic", root)
    desk.standin.gateway.send_event(
        "THREAD_DELETE",
        {"id": thread, "guild_id": desk.guild, "parent_id": desk.general, "type": 11},
    )
    desk.say("one", thread)
    desk.say("two", thread)
    one, two = await heard(desk, 2)
    assert [one.text, two.text] == ["one", "two"]
    assert one.thread == ThreadRef("discord", desk.guild, desk.general, thread)


# --- the connection ---------------------------------------------------------------------


async def test_a_malformed_event_costs_only_itself(desk: Desk) -> None:
    platform = await desk.start()
    desk.standin.gateway.send_event("MESSAGE_CREATE", {"id": "1", "channel_id": desk.general})
    desk.say("@bot now")
    assert [event.text for event in await heard(desk, 1)] == ["now"]
    assert platform.ready
    assert desk.standin.gateway.identifies == 1
    assert desk.tally.counts["discord_malformed message_create"] == 1


async def test_a_session_that_cannot_be_understood_begins_again(desk: Desk) -> None:
    platform = await desk.start()
    desk.standin.gateway.send_event("READY", {"nothing": "of use"})
    await until(lambda: desk.standin.gateway.identifies == 2, within=60)
    await until(lambda: platform.ready, within=60)
    desk.say("@bot now")
    assert [event.text for event in await heard(desk, 1)] == ["now"]


async def test_a_lost_connection_is_resumed_without_loss(desk: Desk) -> None:
    await desk.start()
    desk.standin.gateway.drop_connections()
    desk.say("@bot meanwhile")
    assert [event.text for event in await heard(desk, 1)] == ["meanwhile"]
    assert desk.standin.gateway.identifies == 1
    assert desk.standin.gateway.resumes == 1


async def test_resumes_refused_for_ever_end_in_a_fresh_session(desk: Desk) -> None:
    platform = await desk.start()
    desk.say("@bot before")
    await heard(desk, 1)
    desk.standin.gateway.refuse_resumes(1000, resumable=True)
    desk.standin.gateway.drop_connections()
    await until(lambda: desk.standin.gateway.identifies == 2, within=120)
    await until(lambda: platform.ready, within=60)
    assert desk.standin.gateway.resumes <= 8
    desk.say("@bot after")
    await until(lambda: desk.inbox.texts[-1] == "after", within=30)


async def test_a_refused_token_is_said_with_the_way_to_a_new_one(desk: Desk) -> None:
    platform = desk.make(token="wrong")
    with pytest.raises(ConfigError, match=r"DISCORD_TOKEN.*discord\.com/developers"):
        await platform.run()
    await platform.close()


async def test_a_token_revoked_while_running_ends_the_run(desk: Desk) -> None:
    platform = desk.make()
    desk.standin.gateway._token = "another"
    with pytest.raises(ConfigError, match="DISCORD_TOKEN"):
        await platform.run()
    await platform.close()


async def test_login_waits_for_discord_to_come_back(desk: Desk) -> None:
    desk.fault("GET /users/@me", "refuse", status=503, times=3)
    platform = await desk.start()
    assert platform.ready


async def test_a_gateway_that_is_down_at_the_start_is_waited_for(desk: Desk) -> None:
    desk.standin.gateway.down = True
    platform = desk.begin()
    await until(lambda: desk.tally.counts["discord_gateway restarted"] >= 3, within=600)
    assert platform.problems() == ["discord: no gateway session"]
    desk.standin.gateway.down = False
    await until(lambda: platform.ready, within=600)


async def test_without_the_content_intent_mentions_still_work(desk: Desk) -> None:
    desk.standin.world.set_privileged(0)
    platform = await desk.start()
    assert platform.degraded
    root = desk.say("@bot one")
    thread = desk.people.start_thread(desk.people.find("ben"), desk.general, "topic", root)
    desk.say("not readable", thread)
    desk.say("@bot two", thread)
    heard_ = await heard(desk, 3)
    assert [event.text for event in heard_] == ["one", "", "two"]
    assert [event.unreadable for event in heard_] == [False, True, False]


async def test_readiness_says_what_is_missing(desk: Desk) -> None:
    platform = desk.make()
    assert platform.problems() == ["discord: not logged in yet"]
    platform = await desk.start()
    assert platform.problems() == []
    desk.standin.gateway.down = True
    desk.standin.gateway.drop_connections()
    await until(lambda: platform.problems() == ["discord: no gateway session"], within=30)
    desk.standin.gateway.down = False
    await until(lambda: platform.ready, within=600)


async def test_a_deaf_gateway_is_noticed(desk: Desk) -> None:
    await desk.start()
    desk.standin.gateway.silence(lose=True)
    desk.say("@bot can you hear me?")
    await until(lambda: desk.standin.gateway.identifies == 2, within=900, every=1)
    desk.standin.gateway.silence(False)
    await until(lambda: desk.inbox.texts == ["can you hear me?"], within=60)


# --- catch-up ---------------------------------------------------------------------------


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


# --- what must not be lost, and what must not be answered ---------------------------------


def forgotten_thread(desk: Desk, name: str = "topic") -> str:
    """Return a thread that the session has just been made to forget."""
    root = desk.say(name)
    thread = desk.people.start_thread(desk.people.find("ben"), desk.general, name, root)
    desk.standin.gateway.send_event(
        "THREAD_DELETE",
        {"id": thread, "guild_id": desk.guild, "parent_id": desk.general, "type": 11},
    )
    return thread


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


# --- servers that go ----------------------------------------------------------------------


async def test_an_outage_of_a_server_is_not_the_end_of_it(desk: Desk) -> None:
    platform = await desk.start()
    desk.standin.world.set_available(desk.guild, False)
    await desk.clock.sleep(60)
    assert platform.ready
    desk.standin.world.set_available(desk.guild, True)
    await desk.clock.sleep(5)
    desk.say("@bot back?")
    assert [event.text for event in await heard(desk, 1)] == ["back?"]
    await platform.post(desk.general, Post("yes"), "n")


async def test_after_being_removed_posts_are_refused_at_once(desk: Desk) -> None:
    platform = await desk.start()
    thread = desk.people.start_thread(
        desk.people.find("ben"), desk.general, "topic", desk.say("topic")
    )
    message = await platform.post(thread, Post("a"), "n0")
    desk.standin.world.kick_bot(desk.guild)
    started = desk.clock.monotonic()
    for place in (thread, desk.general):
        with pytest.raises((Forbidden, Gone)):
            await platform.post(place, Post("answer"), "n")
    with pytest.raises((Forbidden, Gone)):
        await platform.edit(thread, message, Post("ab"))
    with pytest.raises((Forbidden, Gone)):
        await platform.find_ours(thread, message)
    assert desk.clock.monotonic() - started < 5
    assert platform.ready, "other servers are served"


async def test_a_server_that_removes_us_while_it_is_read_is_forgotten(desk: Desk) -> None:
    first = await desk.start()
    await desk.stop(first)
    desk.say("@bot missed")
    desk.fault(HISTORY, "delay", seconds=15.0, times=9)
    platform = desk.begin()
    await until(lambda: platform.ready, within=30)
    desk.say("@bot live")
    desk.standin.world.kick_bot(desk.guild)
    await until(lambda: platform.caught_up, within=5)
    await desk.clock.sleep(30)
    assert "live" not in desk.inbox.texts


async def test_what_was_said_while_the_bot_was_removed_was_not_said_to_it(desk: Desk) -> None:
    await desk.start()
    world = desk.standin.world
    world.kick_bot(desk.guild)
    await desk.clock.sleep(1)
    desk.say("@bot meanwhile")
    role = world.add_role(world.guilds[desk.guild], "Bot again", permissions.BOT)
    world.join(world.guilds[desk.guild], world.users[world.bot], role)
    world.tell("GUILD_CREATE", world.guilds[desk.guild])
    await desk.clock.sleep(10)
    desk.say("@bot now")
    assert [event.text for event in await heard(desk, 1)] == ["now"]
