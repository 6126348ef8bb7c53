"""The real discord.py against the stand-in: it must not notice the difference."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator

import aiohttp
import discord
import pytest

from adapters.playground.discord import buckets, records
from adapters.playground.faults import Fault
from tests.openapi import Watch
from tests.standin_discord import Served, serve

POST = "POST /channels/{channel_id}/messages"
QUIET = discord.AllowedMentions.none()


@pytest.fixture
async def served(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Served]:
    """Serve a stand-in whose every REST call is held against Discord's document."""
    async with serve(monkeypatch) as one:
        watch = Watch()
        one.standin.history.watchers.append(watch)
        yield one
        assert watch.checked
        assert not watch.violations


async def test_a_mention_is_answered_in_a_thread(served: Served) -> None:
    people = served.standin.people
    ada, general = people.find("ada"), people.channel("general")
    async with served.bot(allowed_mentions=QUIET) as bot:
        assert bot.user is not None
        assert str(bot.user.id) == served.standin.world.bot
        guild = bot.guilds[0]
        assert guild.me.id == bot.user.id
        assert {channel.name for channel in guild.text_channels} == {"general", "random", "news"}

        posted = people.post(ada, general, f"{people.mention()} hello")
        message = await bot.wait_event("message")
        assert message.content == f"<@{bot.user.id}> hello"
        assert bot.user in message.mentions
        assert message.author.name == "ada"
        assert message.author.guild_permissions.manage_guild

        thread = await message.create_thread(name="hello")
        assert thread.id == message.id
        assert thread.owner_id == bot.user.id
        sent = await thread.send("first")
        await sent.edit(content="first and last")
        await thread.edit(name="Greeting", archived=True)
        shown = people.read(ada, str(thread.id))
        assert [one["type"] for one in shown] == [records.THREAD_STARTER, records.DEFAULT]
        assert shown[-1]["content"] == "first and last"
        assert shown[-1]["edited_timestamp"]
        assert people.read(ada, general)[0]["thread"]["name"] == "Greeting"
        assert people.read(ada, general)[0]["id"] == posted["id"]


async def test_the_same_nonce_posts_once_while_the_window_holds(served: Served) -> None:
    general = int(served.standin.people.channel("general"))
    async with served.bot(allowed_mentions=QUIET) as bot:
        channel = await bot.fetch_channel(general)
        assert isinstance(channel, discord.TextChannel)
        first = await channel.send("once", nonce="turn-1-0")
        again = await channel.send("twice", nonce="turn-1-0")
        assert (again.id, again.content) == (first.id, "once")
        served.time.ms += round(served.standin.settings.nonce_seconds * 1000) + 1
        later = await channel.send("once more", nonce="turn-1-0")
        assert later.id != first.id


async def test_a_post_whose_answer_is_lost_is_there_once(served: Served) -> None:
    general = int(served.standin.people.channel("general"))
    served.standin.faults.add(Fault(POST, "lose_answer"))
    async with served.bot(allowed_mentions=QUIET) as bot:
        channel = bot.get_partial_messageable(general)
        with pytest.raises(aiohttp.ClientError):
            await channel.send("once", nonce="n")
        sent = await channel.send("once", nonce="n")
        assert [one.id async for one in channel.history()] == [sent.id]
    effects = [entry.effect for entry in served.standin.history.of(POST)]
    assert effects == ["unacked", "ok"]


@pytest.mark.virtual
async def test_a_bucket_is_waited_out(served: Served) -> None:
    """Five edits fit in five seconds; the client waits for the reset instead of a 429."""
    general = int(served.standin.people.channel("general"))
    async with served.bot(allowed_mentions=QUIET) as bot:
        sent = await bot.get_partial_messageable(general).send("0")
        started = asyncio.get_running_loop().time()
        for n in range(6):
            await sent.edit(content=str(n + 1))
        assert 4.5 < asyncio.get_running_loop().time() - started < 5.5
    edits = list(served.standin.history.of(buckets.EDIT_MESSAGE))
    assert [entry.status for entry in edits] == [200] * 6
    assert [entry.headers["X-RateLimit-Remaining"] for entry in edits] == [*"432104"]


@pytest.mark.virtual
async def test_a_429_of_discord_is_waited_out_and_one_of_the_proxy_raised(served: Served) -> None:
    general = int(served.standin.people.channel("general"))
    served.standin.faults.add(buckets.throttle(POST, 3.0))
    served.standin.faults.add(buckets.ban(POST, nth=3))
    async with served.bot(allowed_mentions=QUIET) as bot:
        channel = bot.get_partial_messageable(general)
        started = asyncio.get_running_loop().time()
        await channel.send("late")
        assert 2.9 < asyncio.get_running_loop().time() - started < 3.5
        with pytest.raises(discord.HTTPException) as raised:
            await channel.send("never")
        assert raised.value.status == 429
        assert raised.value.code == 0


async def test_events_missed_in_a_gap_are_replayed(served: Served) -> None:
    people = served.standin.people
    ada, general = people.find("ada"), people.channel("general")
    async with served.bot() as bot:
        served.standin.gateway.drop_connections()
        people.post(ada, general, "in the gap")
        message = await bot.wait_event("message")
        assert message.content == "in the gap"
        await bot.wait_event("resumed")
        assert (served.standin.gateway.identifies, served.standin.gateway.resumes) == (1, 1)
        assert served.standin.world.bot == str(bot.application_id)


async def test_a_resume_may_bring_an_event_again(served: Served) -> None:
    people = served.standin.people
    async with served.bot() as bot:
        people.post(people.find("ada"), people.channel("general"), "once")
        await bot.wait_event("message")
        served.standin.gateway.replay_again(1)
        served.standin.gateway.drop_connections(4000)
        await bot.wait_event("resumed")
        assert [name for name, _ in bot.got].count("message") == 2
    told = [entry.marks for entry in served.standin.history.of("event:MESSAGE_CREATE")]
    assert told == [(), ("replayed",)]


@pytest.mark.virtual
async def test_opcode_7_is_resumed_and_an_invalid_session_begins_anew(served: Served) -> None:
    people = served.standin.people
    ada, general = people.find("ada"), people.channel("general")
    gateway = served.standin.gateway
    async with served.bot() as bot:
        gateway.ask_reconnect()
        await bot.wait_event("resumed")
        after = len(bot.got)
        gateway.invalidate_sessions(resumable=True)
        await bot.wait_event("resumed", after=after)
        assert (gateway.identifies, gateway.resumes) == (1, 2)
        after = len(bot.got)
        gateway.invalidate_sessions()
        people.post(ada, general, "lost to the gateway")
        await bot.wait_event("ready", after=after)
        assert gateway.identifies == 2
        assert "message" not in [name for name, _ in bot.got]
        # What the session lost, the server's list of channels still tells.
        channel = bot.get_channel(int(general))
        assert isinstance(channel, discord.TextChannel)
        assert str(channel.last_message_id) == people.read(ada, general)[-1]["id"]


@pytest.mark.virtual
async def test_a_refused_resume_identifies_again(served: Served) -> None:
    async with served.bot() as bot:
        after = len(bot.got)
        served.standin.gateway.refuse_resumes(1, resumable=False)
        served.standin.gateway.drop_connections()
        await bot.wait_event("ready", after=after)
        assert served.standin.gateway.identifies == 2


async def test_a_silent_gateway_tells_what_it_held_on_resume(served: Served) -> None:
    people = served.standin.people
    async with served.bot() as bot:
        served.standin.gateway.silence()
        people.post(people.find("ada"), people.channel("general"), "held")
        await bot.fetch_channel(int(people.channel("general")))
        assert "message" not in [name for name, _ in bot.got]
        served.standin.gateway.drop_connections(4000)
        assert (await bot.wait_event("message")).content == "held"


async def test_without_the_intent_only_what_is_meant_for_the_bot_has_content(
    served: Served,
) -> None:
    people = served.standin.people
    ada, general = people.find("ada"), people.channel("general")
    intents = discord.Intents.default()
    async with served.bot(intents) as bot:
        people.post(ada, general, "among us")
        people.post(ada, general, f"{people.mention()} for you")
        people.post(ada, people.open_dm(ada), "between us")
        await bot.wait_event("message", lambda one: one.guild is None)
        texts = [thing.content for name, thing in bot.got if name == "message"]
        assert texts == ["", f"{people.mention()} for you", "between us"]


async def test_an_intent_that_is_switched_off_is_fatal(served: Served) -> None:
    served.standin.world.set_privileged(0)
    with pytest.raises(discord.PrivilegedIntentsRequired):
        async with served.bot():
            pass


async def test_a_wrong_token_is_fatal(served: Served) -> None:
    client = discord.Client(intents=discord.Intents.default())
    with pytest.raises(discord.LoginFailure):
        await client.start("wrong")
    await client.close()


async def test_a_missing_permission_is_seen_and_enforced(served: Served) -> None:
    people, world = served.standin.people, served.standin.world
    ada, general = people.find("ada"), people.channel("general")
    async with served.bot(allowed_mentions=QUIET) as bot:
        people.post(ada, general, f"{people.mention()} hello")
        message = await bot.wait_event("message")
        world.deny_bot(general, "create_public_threads")
        await bot.wait_event("guild_channel_update")
        assert not message.channel.permissions_for(message.guild.me).create_public_threads
        with pytest.raises(discord.Forbidden) as raised:
            await message.create_thread(name="no")
        assert raised.value.code == 50013
        world.deny_bot(general, "read_message_history")
        with pytest.raises(discord.Forbidden) as raised:
            await message.reply("no")
        assert raised.value.code == 160002
        world.deny_bot(general, "view_channel")
        with pytest.raises(discord.Forbidden) as raised:
            await message.channel.send("no")
        assert raised.value.code == 50001


async def test_a_press_is_deferred_and_its_placeholder_edited(served: Served) -> None:
    people = served.standin.people
    ada, general = people.find("ada"), people.channel("general")
    async with served.bot(allowed_mentions=QUIET) as bot:
        view = discord.ui.View(timeout=None)
        view.add_item(discord.ui.Button(label="Retry", custom_id="retry:7"))
        sent = await bot.get_partial_messageable(int(general)).send("part", view=view)
        press = people.press(ada, general, str(sent.id), "retry:7")
        interaction = await bot.wait_event("interaction")
        assert interaction.data["custom_id"] == "retry:7"
        assert interaction.message.id == sent.id
        assert interaction.user.guild_permissions.manage_guild
        assert people.interaction(press)["state"] == "pending"
        await interaction.response.defer(thinking=True)
        assert people.interaction(press)["state"] == "deferred"
        assert people.read(ada, general)[-1]["flags"] & records.LOADING
        await interaction.edit_original_response(content="the answer")
        shown = people.read(ada, general)[-1]
        assert shown["content"] == "the answer"
        assert not shown["flags"] & records.LOADING
        assert people.interaction(press)["state"] == "answered"
        extra = await interaction.followup.send("and more", wait=True)
        assert extra.content == "and more"


async def test_an_ephemeral_answer_is_for_one_person(served: Served) -> None:
    people = served.standin.people
    ada, ben, general = people.find("ada"), people.find("ben"), people.channel("general")
    async with served.bot(allowed_mentions=QUIET) as bot:
        view = discord.ui.View(timeout=None)
        view.add_item(discord.ui.Button(label="Stop", custom_id="stop"))
        channel = bot.get_partial_messageable(int(general))
        sent = await channel.send("part", view=view)
        people.press(ben, general, str(sent.id), "stop")
        interaction = await bot.wait_event("interaction")
        await interaction.response.send_message("Only Ada may.", ephemeral=True)
        assert people.read(ben, general)[-1]["content"] == "Only Ada may."
        assert people.read(ada, general)[-1]["content"] == "part"
        assert [one.content async for one in channel.history()] == ["part"]


async def test_a_press_may_change_its_message(served: Served) -> None:
    people = served.standin.people
    ada, general = people.find("ada"), people.channel("general")
    async with served.bot(allowed_mentions=QUIET) as bot:
        view = discord.ui.View(timeout=None)
        view.add_item(discord.ui.Button(label="Stop", custom_id="stop"))
        sent = await bot.get_partial_messageable(int(general)).send("part", view=view)
        people.press(ada, general, str(sent.id), "stop")
        interaction = await bot.wait_event("interaction")
        await interaction.response.edit_message(content="stopped", view=None)
        shown = people.read(ada, general)[-1]
        assert (shown["content"], shown["components"]) == ("stopped", [])


async def test_commands_are_synchronised_and_used(served: Served) -> None:
    people = served.standin.people
    ada, general = people.find("ada"), people.channel("general")
    async with served.bot(allowed_mentions=QUIET) as bot:
        tree = discord.app_commands.CommandTree(bot)

        @tree.command(name="ask", description="Ask the model")
        async def ask(interaction: discord.Interaction, text: str) -> None:
            await interaction.response.send_message(f"You asked: {text}")

        [synced] = await tree.sync()
        assert [one.id for one in await tree.fetch_commands()] == [synced.id]
        assert (await tree.sync())[0].id == synced.id
        options = [{"type": 3, "name": "text", "value": "why?"}]
        used = people.command(ada, general, "ask", options)
        await bot.wait_event("message")
        assert people.read(ada, general)[-1]["content"] == "You asked: why?"
        assert people.read(ada, general)[-1]["type"] == records.CHAT_INPUT_COMMAND
        assert people.interaction(used)["state"] == "answered"


async def test_files_go_up_and_come_down(served: Served) -> None:
    people = served.standin.people
    ada, general = people.find("ada"), people.channel("general")
    async with served.bot(allowed_mentions=QUIET) as bot:
        channel = bot.get_partial_messageable(int(general))
        file = discord.File(io.BytesIO("héllo".encode()), "answer.md", description="All of it")
        sent = await channel.send("long", file=file)
        assert sent.attachments[0].filename == "answer.md"
        assert await sent.attachments[0].read() == "héllo".encode()
        kept = await sent.edit(content="kept", attachments=sent.attachments)
        assert kept.attachments[0].description == "All of it"
        people.post(ada, general, "look", files=[("a.txt", b"inside")])
        came = await bot.wait_event("message", lambda one: one.content == "look")
        assert await came.attachments[0].read() == b"inside"
        served.time.ms += 25 * 3_600_000
        with pytest.raises(discord.NotFound):
            await came.attachments[0].read()
        fresh = await channel.fetch_message(came.id)
        assert await fresh.attachments[0].read() == b"inside"


async def test_typing_and_deletion_are_told_both_ways(served: Served) -> None:
    people = served.standin.people
    ada, general = people.find("ada"), people.channel("general")
    heard = people.subscribe(ada)
    async with served.bot(allowed_mentions=QUIET) as bot:
        channel = bot.get_partial_messageable(int(general))
        async with channel.typing():
            sent = await channel.send("thinking")
        await sent.delete()
        names = [(await anext(heard))[0] for _ in range(3)]
        assert names == ["TYPING_START", "MESSAGE_CREATE", "MESSAGE_DELETE"]
        posted = people.post(ada, general, "a slip")
        people.edit(ada, general, posted["id"], "a correction")
        people.delete(ada, general, posted["id"])
        update = await bot.wait_event("raw_message_edit")
        assert update.data["content"] == "a correction"
        gone = await bot.wait_event(
            "raw_message_delete", lambda one: str(one.message_id) == posted["id"]
        )
        assert str(gone.channel_id) == general
    heard.close()


@pytest.mark.virtual
async def test_a_reaction_is_told(served: Served) -> None:
    people = served.standin.people
    async with served.bot() as bot:
        people.post(people.find("ada"), people.channel("general"), "hello")
        message = await bot.wait_event("message")
        await message.add_reaction("⏳")
        told = await bot.wait_event("raw_reaction_add")
        assert (str(told.emoji), told.message_id) == ("⏳", message.id)
        assert bot.user is not None
        await message.remove_reaction("⏳", bot.user)
        await bot.wait_event("raw_reaction_remove")


async def test_an_outage_and_a_kick_are_told(served: Served) -> None:
    world = served.standin.world
    guild = next(iter(world.guilds))
    async with served.bot() as bot:
        world.set_available(guild, False)
        await bot.wait_event("guild_unavailable")
        world.set_available(guild, True)
        await bot.wait_event("guild_available")
        world.kick_bot(guild)
        await bot.wait_event("guild_remove")
        assert not bot.guilds
