"""The floor of the whole path: a bare eager bot that remembers nothing and promises nothing.

discord.py + aiohttp + msgspec: a thread from the mention, one request, the first token posted
at once, an edit every 1.2 s, the whole text at the end. Takes the product's settings.
"""

from __future__ import annotations

import asyncio
import os
import signal
from contextlib import suppress

import aiohttp
import discord
import msgspec
import yarl
from discord.gateway import DiscordWebSocket

EDIT_SECONDS = 1.2
MODEL = "openai/gpt-5-mini-2025-08-07"


class Delta(msgspec.Struct):
    """What a chunk adds."""

    content: str | None = None


class Choice(msgspec.Struct):
    """One choice of a chunk."""

    delta: Delta


class Chunk(msgspec.Struct):
    """One event of the stream."""

    choices: list[Choice]


decode = msgspec.json.Decoder(Chunk).decode


class Answer:
    """The text so far, and whether that is all."""

    def __init__(self) -> None:
        self.pieces: list[str] = []
        self.begun = asyncio.Event()
        self.over = asyncio.Event()


class Reference(discord.Client):
    """Answer every mention."""

    def __init__(self) -> None:
        intents = discord.Intents(guilds=True, guild_messages=True, message_content=True)
        super().__init__(
            intents=intents,
            max_messages=None,
            allowed_mentions=discord.AllowedMentions.none(),
            chunk_guilds_at_startup=False,
            guild_ready_timeout=0.05,
        )
        self.url = os.environ["AIMLAPI_BASE_URL"] + "/chat/completions"
        self.headers = {"Authorization": f"Bearer {os.environ['AIMLAPI_API_KEY']}"}
        self.session: aiohttp.ClientSession
        self.tasks: set[asyncio.Task[None]] = set()

    async def setup_hook(self) -> None:
        """Open the one session."""
        self.session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0))

    async def on_message(self, message: discord.Message) -> None:
        """Start answering."""
        if self.user is not None and self.user in message.mentions and not message.author.bot:
            task = asyncio.create_task(self.reply(message))
            self.tasks.add(task)
            task.add_done_callback(self.tasks.discard)

    async def reply(self, message: discord.Message) -> None:
        """Ask the model and show its answer, side by side."""
        answer = Answer()
        async with asyncio.TaskGroup() as group:
            group.create_task(self.ask(message.content, answer))
            group.create_task(self.show(message, answer))

    async def ask(self, text: str, answer: Answer) -> None:
        """Read the stream into the answer."""
        body = {
            "model": MODEL,
            "messages": [{"role": "user", "content": text}],
            "stream": True,
        }
        try:
            async with self.session.post(self.url, json=body, headers=self.headers) as response:
                rest = b""
                async for piece in response.content.iter_any():
                    *blocks, rest = (rest + piece).split(b"\n\n")
                    for block in blocks:
                        if block == b"data: [DONE]":
                            continue
                        for choice in decode(block[6:]).choices:
                            if choice.delta.content:
                                answer.pieces.append(choice.delta.content)
                                answer.begun.set()
        finally:
            answer.over.set()
            answer.begun.set()

    async def show(self, message: discord.Message, answer: Answer) -> None:
        """Post the first text, then edit until the whole is shown."""
        thread = await message.create_thread(name=message.content[:60])
        await answer.begun.wait()
        shown = "".join(answer.pieces)
        post = await thread.send(shown)
        while not answer.over.is_set() or shown != "".join(answer.pieces):
            with suppress(TimeoutError):
                async with asyncio.timeout(EDIT_SECONDS):
                    await answer.over.wait()
            shown = "".join(answer.pieces)
            await post.edit(content=shown)


async def main() -> None:
    """Serve until SIGTERM."""
    discord.http.Route.BASE = os.environ["DISCORD_API_BASE"]
    DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(os.environ["DISCORD_GATEWAY_URL"])
    client = Reference()
    running = asyncio.create_task(client.start(os.environ["DISCORD_TOKEN"]))
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, running.cancel)
    with suppress(asyncio.CancelledError):
        await running
    await client.close()
    await client.session.close()


if __name__ == "__main__":
    asyncio.run(main())
