"""The connection to Discord: lost, refused, deaf, malformed; and the servers on it."""

from __future__ import annotations

import pytest

from adapters.playground.discord import permissions
from bot.errors import ConfigError, Forbidden, Gone
from bot.events import Post
from tests.discord_desk import Desk, desk, heard
from tests.virtual import until

__all__ = ["desk"]

pytestmark = pytest.mark.virtual

ASKED = "GET /channels/{channel_id}"
HISTORY = "GET /channels/{channel_id}/messages"


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
