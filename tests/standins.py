"""The stand-ins on a port of their own, with the people that tests speak as."""

from __future__ import annotations

import random
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from aiohttp import web

from adapters.playground.aimlapi import AimlapiStandIn
from adapters.playground.discord import DiscordStandIn
from adapters.playground.discord.problems import Problem
from adapters.playground.faults import FaultScript
from adapters.playground.history import Entry, History
from tests.evidence import Database, Evidence, World
from tests.observer import Observer, custom_ids
from tests.openapi import Watch

DISCORD = "discord"
MODEL = "model"
# Made up, of the shapes that the settings check; found anywhere they are a leak.
TOKEN = "MTAwMDAwMDAwMDAwMDAwMDAwMA.Canary.discord-canary-which-opens-nothing-"
KEY = "model-canary-which-opens-nothing-either"

QUESTIONS = (
    "What is a monad?",
    "Tell me about tides.",
    "Some code please",
    "A table and code, please",
    "write 30 words",
    "write 500 words",
    "write 900 words",
    "simulate cut",
    "simulate error",
    "simulate empty",
    "simulate overloaded",
    "simulate length",
)


def _now() -> int:
    return time.time_ns() // 1_000_000


class StandIns:
    """Discord and the model service, served at `base`, with one history for both."""

    def __init__(
        self, folder: Path | None, now: Callable[[], int], *, limits: bool, tokens_per_second: float
    ) -> None:
        self.history = History(now)
        self.faults = {DISCORD: FaultScript(), MODEL: FaultScript()}
        self.discord = DiscordStandIn(
            now,
            folder,
            history=self.history,
            faults=self.faults[DISCORD],
            token=TOKEN,
            prefix="/discord",
            limits=limits,
        )
        self.model = AimlapiStandIn(
            now, self.history, self.faults[MODEL], key=KEY, tokens_per_second=tokens_per_second
        )
        self.world = self.discord.world
        self.discord_settings = self.discord.settings
        self.observer = Observer(self.world)
        self.watch = Watch()
        self.history.watchers.append(self.watch)
        self.base = ""
        people = self.discord.people
        # The first is the admin.
        self.people = [people.find("ada"), people.find("ben")]
        self.channels = [people.channel("general"), people.channel("random")]

    @classmethod
    @asynccontextmanager
    async def serve(
        cls,
        folder: Path | None = None,
        now: Callable[[], int] = _now,
        *,
        limits: bool = True,
        tokens_per_second: float = 40.0,
    ) -> AsyncIterator[StandIns]:
        """Serve on a free port of loopback."""
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)
        standins = cls(folder, now, limits=limits, tokens_per_second=tokens_per_second)
        app = web.Application()
        app.add_subapp("/discord", standins.discord.app)
        app.add_subapp("/aimlapi", standins.model.app("/aimlapi"))
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        standins.base = site.name
        try:
            yield standins
        finally:
            await runner.cleanup()

    def environment(self, data: Path) -> dict[str, str]:
        """Return the ordinary settings that make a bot use these stand-ins."""
        return {
            "PLAYGROUND": "off",
            "DATA_DIR": str(data),
            "DISCORD_TOKEN": TOKEN,
            "DISCORD_API_BASE": self.discord.rest_url(self.base),
            "DISCORD_GATEWAY_URL": self.discord.gateway_url(self.base),
            "DISCORD_CDN_BASE": self.discord.cdn_url(self.base),
            "AIMLAPI_API_KEY": KEY,
            "AIMLAPI_BASE_URL": f"{self.base}/aimlapi/v1",
        }

    # --- people -----------------------------------------------------------------------------

    def say(self, person: str, place: str, text: str) -> str:
        """Write a message and return its id."""
        return str(self.discord.people.post(person, place, text)["id"])

    def mention(self, person: str, place: str, text: str) -> str:
        """Write a message that mentions the bot and return its id."""
        return self.say(person, place, f"{self.discord.people.mention()} {text}")

    def delete(self, message: str) -> None:
        """Delete a person's message, as its author."""
        found = self.world.messages.get(message)
        if found is not None:
            self.discord.people.delete(found.author, found.channel, message)

    def remove(self, message: str) -> None:
        """Delete any message, as a moderator."""
        self.world.delete_message(self.world.messages[message])

    def marks(self, message: str) -> list[str]:
        """Return the bot's reactions on a message."""
        reactions = self.world.messages[message].reactions
        return [emoji for emoji, who in reactions.items() if self.world.bot in who]

    def file_of(self, message: str, name: str) -> bytes:
        """Return the bytes of a file of a message."""
        for attachment in self.world.messages[message].attachments:
            if attachment.filename == name:
                return self.world.get_file(attachment.id) or b""
        raise AssertionError(f"there is no file {name}")

    def buttons(self) -> list[tuple[str, str]]:
        """Return (message, custom id) of every button of the bot's, newest message first."""
        return [
            (message.id, custom_id)
            for message in sorted(self.world.messages.values(), key=lambda m: -int(m.id))
            if message.author == self.world.bot
            for custom_id in custom_ids(message.components)
        ]

    def press(self, message: str, custom_id: str, person: str | None = None) -> str:
        """Press a button, as the admin or as `person`; return the interaction's id."""
        channel = self.world.messages[message].channel
        return self.discord.people.press(person or self.people[0], channel, message, custom_id)

    def prompt(self, dice: random.Random) -> str:
        """Return a question of any kind."""
        return f"{dice.choice(QUESTIONS)} ({dice.randrange(1_000_000)})"

    # --- evidence ---------------------------------------------------------------------------

    def look(self) -> World:
        """Return what people see now."""
        return self.observer.world(self.history.entries)

    def evidence(self, database: Path) -> Evidence:
        """Return everything that the checker judges by."""
        entries: list[Entry] = self.history.entries
        return Evidence(
            self.look(),
            entries,
            Database.read(database),
            canaries=(TOKEN, KEY),
            strange=[str(each) for each in self.watch.violations],
        )


__all__ = ["DISCORD", "KEY", "MODEL", "TOKEN", "Problem", "StandIns"]
