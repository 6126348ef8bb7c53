from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.standin_discord import Served, serve


@pytest.fixture
async def served(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Served]:
    async with serve(monkeypatch) as one:
        yield one


async def test_the_real_client_logs_in_and_answers_a_mention_in_a_thread(served: Served) -> None:
    people = served.standin.people
    ada, general = people.find("ada"), people.channel("general")
    async with served.bot() as bot:
        assert bot.user is not None
        assert str(bot.user.id) == served.standin.world.bot
        guild = bot.guilds[0]
        assert guild.me.id == bot.user.id
        assert {channel.name for channel in guild.text_channels} == {"general", "random"}

        posted = people.post(ada, general, f"{people.mention()} hello")
        message = await bot.wait_event("message")
        assert message.content == f"<@{bot.user.id}> hello"
        assert bot.user in message.mentions
        assert message.author.name == "ada"
        assert message.author.guild_permissions.manage_guild

        thread = await message.create_thread(name="hello")
        assert thread.id == message.id
        assert thread.owner_id == bot.user.id
        sent = await thread.send(
            "first", nonce="n1", allowed_mentions=discord.AllowedMentions.none()
        )
        again = await thread.send("first", nonce="n1")
        assert sent.id == again.id
        await sent.edit(content="first and last")
        shown = people.read(ada, str(thread.id))
        assert [one["type"] for one in shown] == [21, 0]
        assert shown[-1]["content"] == "first and last"
        assert shown[-1]["edited_timestamp"]
        assert people.read(ada, general)[0]["thread"]["id"] == posted["id"]
