"""Words that are changed or taken back, places and servers that go: told once, in order."""

from __future__ import annotations

import pytest

from adapters.discord.places import snowflake_ms
from adapters.playground.discord.message_payloads import render_event_message
from bot.domain import ThreadRef
from bot.events import (
    MessageDeleted,
    MessageEdited,
    PlaceDeleted,
    Post,
    WorkspaceJoined,
    WorkspaceLeft,
)
from tests.discord_desk import Desk, desk, forgotten_thread, heard
from tests.virtual import until

__all__ = ["desk"]

pytestmark = pytest.mark.virtual

HISTORY = "GET /channels/{channel_id}/messages"
ASKED = "GET /channels/{channel_id}"


def edits(desk: Desk) -> list[MessageEdited]:
    return [event for event in desk.inbox.events if isinstance(event, MessageEdited)]


def kinds(desk: Desk) -> list[str]:
    """Return what came, each repetition once."""
    found = [
        f"{type(event).__name__} {getattr(event, 'text', '')}".strip()
        for event in desk.inbox.events
    ]
    return list(dict.fromkeys(found))


async def wait_for(desk: Desk, kind: type[object]) -> None:
    await until(lambda: any(isinstance(one, kind) for one in desk.inbox.events), within=30)


# --- edits --------------------------------------------------------------------------------


async def test_an_edit_brings_the_new_words_and_what_is_still_attached(desk: Desk) -> None:
    await desk.start()
    ben = desk.people.find("ben")
    said = desk.say("@bot one", files=[("a.txt", b"a"), ("b.txt", b"b")])
    (event,) = await heard(desk, 1)
    await desk.clock.sleep(60)
    kept = event.attachments[1].id
    desk.people.edit(ben, desk.general, said, f"{desk.people.mention()} two", keep=[kept])
    await wait_for(desk, MessageEdited)
    (edit,) = edits(desk)
    assert (edit.workspace, edit.channel, edit.message) == (desk.guild, desk.general, said)
    assert (edit.text, edit.attachments, edit.author.id) == ("two", (kept,), ben)
    assert abs(snowflake_ms(edit.position) - desk.clock.now()) < 2000, "it is of now"
    assert edit.position > int(said)


async def test_a_link_preview_is_no_edit(desk: Desk) -> None:
    await desk.start()
    said = desk.say("@bot see https://example.org")
    await heard(desk, 1)
    desk.people.show_preview(desk.general, said, "https://example.org")
    desk.say("@bot next")
    await heard(desk, 2)
    assert edits(desk) == []


async def test_a_thread_started_from_a_message_is_no_edit(desk: Desk) -> None:
    platform = await desk.start()
    said = desk.say("@bot hello")
    await heard(desk, 1)
    await platform.open_thread(ThreadRef("discord", desk.guild, desk.general, said), "hello")
    desk.say("@bot next")
    await heard(desk, 2)
    assert edits(desk) == []


async def test_our_own_edits_are_not_told(desk: Desk) -> None:
    platform = await desk.start()
    ours = await platform.post(desk.general, Post("so far"), "n1")
    await platform.edit(desk.general, ours, Post("so far so good"))
    desk.say("@bot next")
    await heard(desk, 1)
    assert edits(desk) == []


async def test_hidden_words_are_not_taken_for_removed_ones(desk: Desk) -> None:
    desk.standin.world.set_privileged(0)
    await desk.start()
    ben = desk.people.find("ben")
    said = desk.say("@bot one")
    await heard(desk, 1)
    desk.people.edit(ben, desk.general, said, "without the mention it is hidden")
    desk.people.edit(ben, desk.general, said, f"{desk.people.mention()} two")
    await wait_for(desk, MessageEdited)
    assert [edit.text for edit in edits(desk)] == ["two"]


async def test_an_edit_comes_behind_the_message_that_catch_up_holds(desk: Desk) -> None:
    first = await desk.start()
    await desk.stop(first)
    desk.say("@bot missed")
    desk.fault(HISTORY, "delay", seconds=5.0, times=9)
    platform = desk.begin()
    await until(lambda: platform.ready, within=30)
    said = desk.say("@bot live")
    await desk.clock.sleep(1)
    desk.people.edit(desk.people.find("ben"), desk.general, said, "changed")
    await until(lambda: platform.caught_up, within=60)
    seen = kinds(desk)
    assert seen[0] == "MessageReceived missed"
    assert seen[-1] == "MessageEdited changed"


async def test_an_edit_waits_for_its_thread(desk: Desk) -> None:
    await desk.start()
    desk.fault(ASKED, "delay", seconds=5.0)
    thread = forgotten_thread(desk)
    said = desk.say("one", thread)
    await desk.clock.sleep(1)
    desk.people.edit(desk.people.find("ben"), thread, said, "two")
    await wait_for(desk, MessageEdited)
    assert kinds(desk) == ["MessageReceived one", "MessageEdited two"]


async def test_a_deletion_takes_the_held_edit_with_it(desk: Desk) -> None:
    await desk.start()
    desk.fault(ASKED, "delay", seconds=5.0)
    thread = forgotten_thread(desk)
    ben = desk.people.find("ben")
    said = desk.say("one", thread)
    await desk.clock.sleep(1)
    desk.people.edit(ben, thread, said, "two")
    desk.people.delete(ben, thread, said)
    desk.say("three", thread)
    await heard(desk, 1)
    assert kinds(desk) == ["MessageDeleted", "MessageReceived three"]


async def test_a_malformed_edit_costs_only_itself(desk: Desk) -> None:
    platform = await desk.start()
    world = desk.standin.world
    said = desk.say("@bot one")
    await heard(desk, 1)
    payload = render_event_message(world, "", world.messages[said], viewer=world.bot, granted=True)
    payload["edited_timestamp"] = payload["timestamp"]
    for change in ({"author": None}, {"content": None}, {"mentions": 5}):
        desk.standin.gateway.send_event("MESSAGE_UPDATE", payload | change)
    desk.say("@bot two")
    await heard(desk, 2)
    assert edits(desk) == []
    assert platform.ready


# --- deletions ----------------------------------------------------------------------------


async def test_several_messages_deleted_at_once_are_told_one_by_one(desk: Desk) -> None:
    await desk.start()
    said = [desk.say(f"@bot {n}") for n in range(3)]
    await heard(desk, 3)
    desk.people.purge(desk.people.find("ada"), desk.general, said)
    await until(lambda: len(desk.inbox.events) == 6, within=5)
    assert [one.message for one in desk.inbox.events if isinstance(one, MessageDeleted)] == said


async def test_a_deleted_thread_is_a_place_that_is_no_more(desk: Desk) -> None:
    await desk.start()
    ben = desk.people.find("ben")
    thread = desk.people.start_thread(ben, desk.general, "topic", desk.say("topic"))
    desk.people.delete_channel(desk.people.find("ada"), thread)
    await wait_for(desk, PlaceDeleted)
    assert desk.inbox.events == [PlaceDeleted("discord", desk.guild, thread)]


async def test_a_deleted_channel_is_told_with_its_threads(desk: Desk) -> None:
    await desk.start()
    ben = desk.people.find("ben")
    thread = desk.people.start_thread(ben, desk.general, "topic", desk.say("topic"))
    await desk.clock.sleep(1)
    channel = desk.general
    desk.people.delete_channel(desk.people.find("ada"), channel)
    await until(lambda: len(desk.inbox.events) >= 2, within=5)
    gone = {one.channel for one in desk.inbox.events if isinstance(one, PlaceDeleted)}
    assert gone == {channel, thread}


async def test_what_was_held_of_a_deleted_place_is_dropped(desk: Desk) -> None:
    first = await desk.start()
    await desk.stop(first)
    ben = desk.people.find("ben")
    thread = desk.people.start_thread(ben, desk.general, "topic", desk.say("topic"))
    desk.say("missed", thread)
    desk.fault(HISTORY, "delay", seconds=5.0, times=9)
    platform = desk.begin()
    await until(lambda: platform.ready, within=30)
    desk.say("held", thread)
    await desk.clock.sleep(1)
    desk.people.delete_channel(desk.people.find("ada"), thread)
    await until(lambda: platform.caught_up, within=60)
    assert "held" not in desk.inbox.texts
    assert isinstance(desk.inbox.events[-1], PlaceDeleted)


# --- servers --------------------------------------------------------------------------------


async def test_servers_are_told_once(desk: Desk) -> None:
    first = await desk.start()
    await until(lambda: desk.inbox.servers, within=5)
    await desk.stop(first)
    await desk.start()
    assert desk.inbox.servers == [WorkspaceJoined("discord", desk.guild)]


async def test_leaving_and_coming_back_is_told(desk: Desk) -> None:
    await desk.start()
    await until(lambda: desk.inbox.servers, within=5)
    guild = desk.guild
    desk.standin.world.kick_bot(guild)
    await until(lambda: len(desk.inbox.servers) == 2, within=5)
    desk.standin.world.invite_bot(guild)
    await until(lambda: len(desk.inbox.servers) == 3, within=5)
    assert desk.inbox.servers == [
        WorkspaceJoined("discord", guild),
        WorkspaceLeft("discord", guild),
        WorkspaceJoined("discord", guild),
    ]


async def test_an_outage_is_no_leaving(desk: Desk) -> None:
    await desk.start()
    await until(lambda: desk.inbox.servers, within=5)
    desk.standin.world.set_available(desk.guild, False)
    await desk.clock.sleep(60)
    desk.standin.world.set_available(desk.guild, True)
    await desk.clock.sleep(5)
    assert desk.inbox.servers == [WorkspaceJoined("discord", desk.guild)]


async def test_coming_and_going_while_away_is_found_out(desk: Desk) -> None:
    first = await desk.start()
    await until(lambda: desk.inbox.servers, within=5)
    guild = desk.guild
    await desk.stop(first)
    desk.standin.world.kick_bot(guild)
    second = await desk.start()
    await until(lambda: len(desk.inbox.servers) == 2, within=5)
    await desk.stop(second)
    desk.standin.world.invite_bot(guild)
    await desk.start()
    await until(lambda: len(desk.inbox.servers) == 3, within=5)
    assert desk.inbox.servers[1:] == [
        WorkspaceLeft("discord", guild),
        WorkspaceJoined("discord", guild),
    ]


async def test_a_server_that_could_not_be_stored_is_told_again(desk: Desk) -> None:
    desk.inbox.decide_servers = False
    first = await desk.start()
    await until(lambda: desk.inbox.servers, within=5)
    await desk.stop(first)
    desk.inbox.decide_servers = True
    await desk.start()
    await until(lambda: len(desk.inbox.servers) == 2, within=5)
    assert isinstance(desk.inbox.servers[1], WorkspaceJoined)
