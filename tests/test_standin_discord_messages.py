"""Everything that people's messages can carry, as the real discord.py reads it."""

from __future__ import annotations

from typing import Any

import aiohttp
import discord
import pytest
import yarl

from adapters.playground.discord import permissions, records
from adapters.playground.discord.people import People
from adapters.playground.discord.problems import Problem
from tests.standin_discord import Bot, Served, serve
from tests.standin_discord_scene import QUIET, ada, bot, general, people, served

__all__ = ["ada", "bot", "general", "people", "served"]


async def heard(bot: Bot, id_: str) -> discord.Message:
    message: discord.Message = await bot.wait_event("message", lambda one: str(one.id) == id_)
    return message


async def again(served: Served, posted: dict[str, Any]) -> dict[str, Any]:
    """Read a message over REST, which holds it against the document."""
    path = f"/channels/{posted['channel_id']}/messages/{posted['id']}"
    status, body, _ = await served.call("GET", path)
    assert status == 200
    read: dict[str, Any] = body
    return read


async def test_a_reply_pings_or_does_not(
    served: Served, bot: Bot, people: People, ada: str, general: str
) -> None:
    sent = await bot.get_partial_messageable(int(general)).send("answer")
    loud = people.post(ada, general, "why?", reply_to=str(sent.id))
    quiet = people.post(ada, general, "and why?", reply_to=str(sent.id), ping=False)
    first, second = await heard(bot, loud["id"]), await heard(bot, quiet["id"])
    assert (bot.user in first.mentions, bot.user in second.mentions) == (True, False)
    for one in (first, second):
        assert one.type is discord.MessageType.reply
        assert one.reference is not None
        assert one.reference.message_id == sent.id
        assert isinstance(one.reference.resolved, discord.Message)
        assert one.reference.resolved.content == "answer"
    await again(served, quiet)
    await sent.delete()
    assert (await again(served, quiet))["referenced_message"] is None


async def test_a_forward_brings_a_snapshot_and_does_not_say_whose(
    served: Served, bot: Bot, people: People, ada: str, general: str
) -> None:
    ben = people.find("ben")
    posted = people.post(ben, general, "look here", files=[("a.txt", b"inside")])
    forwarded = people.forward(ada, people.channel("random"), posted["id"], source=general)
    message = await heard(bot, forwarded["id"])
    assert message.content == ""
    assert message.flags.forwarded
    assert message.reference is not None
    assert message.reference.type is discord.MessageReferenceType.forward
    [snapshot] = message.message_snapshots
    assert snapshot.content == "look here"
    assert await snapshot.attachments[0].read() == b"inside"
    people.edit(ben, general, posted["id"], "changed since")
    read = await again(served, forwarded)
    assert read["message_snapshots"][0]["message"]["content"] == "look here"
    assert "author" not in read["message_snapshots"][0]["message"]
    with pytest.raises(Problem, match="50021"):
        people.forward(ada, general, forwarded["id"], source=people.channel("random"))


async def test_stickers_polls_and_voice_messages_have_no_words(
    served: Served, bot: Bot, people: People, ada: str, general: str
) -> None:
    sticker = people.post(ada, general, stickers=["Wave"])
    poll = people.poll(ada, general, "Tea?", ["yes", "no"])
    voice = people.speak(ada, general, 2.5)
    assert [one.name for one in (await heard(bot, sticker["id"])).stickers] == ["Wave"]
    asked = (await heard(bot, poll["id"])).poll
    assert asked is not None
    assert (asked.question, [one.text for one in asked.answers]) == ("Tea?", ["yes", "no"])
    spoken = await heard(bot, voice["id"])
    assert spoken.flags.voice
    assert spoken.flags.value & 8192
    assert spoken.attachments[0].is_voice_message()
    assert spoken.attachments[0].duration == 2.5
    for posted in (sticker, poll, voice):
        assert (await again(served, posted))["content"] == ""


async def test_a_link_to_a_file_expires_and_is_had_anew(
    served: Served, bot: Bot, people: People, ada: str, general: str
) -> None:
    served.standin.settings.link_seconds = 60
    posted = people.post(ada, general, "a", files=[("what a näme.txt", b"inside")])
    message = await heard(bot, posted["id"])
    url = yarl.URL(message.attachments[0].url)
    assert {"ex", "is", "hm"} <= set(url.query)
    assert int(url.query["ex"], 16) - int(url.query["is"], 16) == 60
    forged = url.update_query(ex=f"{int(url.query['ex'], 16) + 9999:x}")
    for bad in (forged, url.with_query({}), url.update_query(hm="0" * 64)):
        assert await _get(served.http, bad) == (404, "This content is no longer available.")
    assert (await _get(served.http, url))[0] == 200
    served.time.ms += 61_000
    assert await _get(served.http, url) == (404, "This content is no longer available.")
    fresh = await bot.get_partial_messageable(int(general)).fetch_message(message.id)
    assert await fresh.attachments[0].read() == b"inside"


async def _get(http: aiohttp.ClientSession, url: yarl.URL) -> tuple[int, str]:
    async with http.get(url) as response:
        return response.status, await response.text()


async def test_files_meet_their_limits(served: Served, people: People, ada: str) -> None:
    general = people.channel("general")
    served.standin.settings.file_bytes = 100
    with pytest.raises(Problem, match="40005"):
        people.post(ada, general, "x", files=[("a.bin", bytes(101))])
    with pytest.raises(Problem, match="50035"):
        people.post(ada, general, "x", files=[("a.bin", b"")] * 11)
    served.standin.world.set_overwrite(
        served.standin.world.channels[general], people.find("ben"), deny=permissions.ATTACH_FILES
    )
    with pytest.raises(Problem, match="50013"):
        people.post(people.find("ben"), general, "x", files=[("a.bin", b"1")])
    posted = people.post(ada, general, files=[("../a b.txt", b"1"), ("c.png", b"2")])
    assert [one["filename"] for one in posted["attachments"]] == ["a_b.txt", "c.png"]


async def test_an_edit_is_told_from_a_link_preview(
    bot: Bot, people: People, ada: str, general: str
) -> None:
    posted = people.post(ada, general, "https://example.com", files=[("a.txt", b"1")])
    people.show_preview(general, posted["id"], "https://example.com")
    event = await bot.wait_event("raw_message_edit")
    assert event.data["edited_timestamp"] is None
    assert event.data["embeds"][0]["url"] == "https://example.com"
    people.edit(ada, general, posted["id"], "changed", keep=[])
    event = await bot.wait_event("raw_message_edit", lambda one: one.data["edited_timestamp"])
    assert (event.data["content"], event.data["attachments"]) == ("changed", [])


async def test_messages_are_deleted_one_by_one_or_at_once(
    bot: Bot, people: People, ada: str, general: str
) -> None:
    ids = [people.post(ada, general, str(n))["id"] for n in range(3)]
    people.delete(ada, general, ids[0])
    assert str((await bot.wait_event("raw_message_delete")).message_id) == ids[0]
    people.purge(ada, general, ids[1:])
    event = await bot.wait_event("raw_bulk_message_delete")
    assert {str(one) for one in event.message_ids} == set(ids[1:])
    assert people.read(ada, general) == []
    with pytest.raises(Problem, match="50013"):
        people.purge(people.find("ben"), general, [])


async def test_a_deleted_channel_takes_its_threads_along(
    bot: Bot, people: People, ada: str, general: str
) -> None:
    posted = people.post(ada, general, "start")
    thread = people.start_thread(ada, general, "a thread", posted["id"])
    people.post(ada, thread, "inside")
    await bot.wait_event("message", lambda one: one.content == "inside")
    at = len(bot.got)
    people.delete_channel(ada, general)
    gone = await bot.wait_event("guild_channel_delete")
    assert str(gone.id) == general
    deleted = await bot.wait_event("raw_thread_delete", after=at)
    assert str(deleted.thread_id) == thread
    names = [name for name, _ in bot.got[at:]]
    assert names.count("raw_thread_delete") == 1
    with pytest.raises(discord.NotFound) as refused:
        await bot.get_partial_messageable(int(thread)).send("x")
    assert refused.value.code == 10003


async def test_a_forum_post_is_a_thread_with_its_first_message(
    served: Served, bot: Bot, people: People, ada: str
) -> None:
    forum = people.channel("ideas")
    channel = bot.get_channel(int(forum))
    assert isinstance(channel, discord.ForumChannel)
    tag = channel.available_tags[0]
    assert tag.name == "idea"
    text = f"{people.mention()} what of it?"
    posted = people.forum_post(ada, forum, "An idea", text, tags=[str(tag.id)])
    message = await heard(bot, posted["id"])
    assert message.id == message.channel.id
    assert isinstance(message.channel, discord.Thread)
    assert (message.channel.name, message.channel.parent) == ("An idea", channel)
    assert message.channel.applied_tags == [tag]
    assert bot.user in message.mentions
    await message.channel.send("an answer")
    read = people.read(ada, posted["id"])
    assert [one["type"] for one in read] == [records.DEFAULT, records.DEFAULT]
    await again(served, posted)
    with pytest.raises(discord.HTTPException) as refused:
        await bot.get_partial_messageable(int(forum)).send("x")
    assert refused.value.code == 50008
    for title, words in (("", "x"), ("x" * 101, "x"), ("x", " ")):
        with pytest.raises(Problem, match=r"50035|50006"):
            people.forum_post(ada, forum, title, words)


@pytest.mark.parametrize("name", ["lounge", "stage"])
async def test_a_voice_channel_has_a_chat_and_no_threads(
    served: Served, bot: Bot, people: People, ada: str, name: str
) -> None:
    place = people.channel(name)
    posted = people.post(ada, place, f"{people.mention()} hello")
    message = await heard(bot, posted["id"])
    await message.reply("hi")
    with pytest.raises(discord.HTTPException) as refused:
        await message.create_thread(name="x")
    assert refused.value.code == 50024
    assert (await served.call("GET", f"/channels/{place}"))[1]["bitrate"] == 64_000


async def test_an_announcement_has_a_thread_of_its_kind(bot: Bot, people: People, ada: str) -> None:
    posted = people.post(ada, people.channel("news"), "hear, hear")
    message = await heard(bot, posted["id"])
    thread = await message.create_thread(name="what they say")
    assert thread.type is discord.ChannelType.news_thread


async def test_without_the_intent_words_are_hidden_but_for_what_is_for_the_bot(
    served: Served, people: People, ada: str, general: str
) -> None:
    async with served.bot(discord.Intents.default(), allowed_mentions=QUIET) as bot:
        own = await bot.get_partial_messageable(int(general)).send("own words")
        files = [("a.txt", b"1")]
        plain = people.post(ada, general, "among us", files=files)
        poll = people.poll(ada, general, "Tea?", ["yes"])
        reply = people.post(ada, general, "to you", reply_to=str(own.id), files=files)
        silent = people.post(ada, general, "psst", reply_to=str(own.id), ping=False)
        direct = people.post(ada, people.open_dm(ada), "between us", files=files)
        moved = people.forward(ada, general, plain["id"], source=general)
        hidden, shown = await heard(bot, plain["id"]), await heard(bot, reply["id"])
        assert (hidden.content, hidden.attachments) == ("", [])
        assert (await heard(bot, poll["id"])).poll is None
        assert (shown.content, len(shown.attachments)) == ("to you", 1)
        quiet = await heard(bot, silent["id"])
        assert quiet.content == ""
        assert quiet.reference is not None
        assert isinstance(quiet.reference.resolved, discord.Message)
        assert quiet.reference.resolved.content == "own words"
        assert (await heard(bot, direct["id"])).content == "between us"
        assert (await heard(bot, moved["id"])).message_snapshots[0].content == ""


async def test_the_bot_is_kicked_and_comes_back(
    bot: Bot, people: People, ada: str, general: str
) -> None:
    people.kick_bot(people.find("ben"))
    assert bot.guilds
    people.kick_bot(ada)
    await bot.wait_event("guild_remove")
    with pytest.raises(discord.Forbidden):
        await bot.get_partial_messageable(int(general)).send("x")
    at = len(bot.got)
    people.invite_bot(ada)
    guild = await bot.wait_event("guild_join", after=at)
    assert guild.me.guild_permissions.send_messages
    await bot.get_partial_messageable(int(general)).send("back")


async def test_an_outage_is_no_kick(served: Served, bot: Bot, people: People) -> None:
    guild = next(iter(served.standin.world.guilds))
    served.standin.world.set_available(guild, False)
    await bot.wait_event("guild_unavailable")
    served.standin.world.set_available(guild, True)
    await bot.wait_event("guild_available")
    names = [name for name, _ in bot.got]
    assert "guild_remove" not in names
    assert "guild_join" not in names


async def test_who_takes_no_messages_is_not_reached(bot: Bot, people: People, ada: str) -> None:
    user = bot.get_user(int(ada)) or await bot.fetch_user(int(ada))
    await user.send("hello")
    assert people.read(ada, people.open_dm(ada))[-1]["content"] == "hello"
    people.close_dms(ada)
    with pytest.raises(discord.Forbidden) as refused:
        await user.send("hello?")
    assert refused.value.code == 50007


async def test_the_example_thread_is_one_of_people(monkeypatch: pytest.MonkeyPatch) -> None:
    async with serve(monkeypatch, examples="Threadbot") as served:
        people, world = served.standin.people, served.standin.world
        found = people.examples()
        assert len(found) >= 8
        thread = world.channels[found[0]["thread"]]
        assert {one["thread"] for one in found} == {thread.id}
        for message in world.messages.values():
            assert message.author != world.bot
            assert not message.mentions
            assert message.channel in (thread.id, thread.parent)
            # What is copied from there, not pressed, has to reach the bot too.
            assert "@bot" not in message.content
        assert any("`@Threadbot What" in one.content for one in world.messages.values())
        names = {channel.name for channel in world.channels.values()}
        assert {one["channel"] for one in found} <= names
