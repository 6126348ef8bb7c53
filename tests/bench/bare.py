"""The floor of a start: discord.py and Bolt connected side by side, and nothing else.

Takes the product's settings.
"""

from __future__ import annotations

import asyncio
import os
from contextlib import suppress

import discord
import yarl
from discord.gateway import DiscordWebSocket

from tests.bench import acker


async def serve() -> None:
    """Serve until SIGTERM."""
    discord.http.Route.BASE = os.environ["DISCORD_API_BASE"]
    DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(os.environ["DISCORD_GATEWAY_URL"])
    intents = discord.Intents(guilds=True, guild_messages=True, message_content=True)
    client = discord.Client(intents=intents, max_messages=None, chunk_guilds_at_startup=False)
    running = asyncio.create_task(client.start(os.environ["DISCORD_TOKEN"]))
    await acker.serve()
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running
    await client.close()


if __name__ == "__main__":
    asyncio.run(serve())
