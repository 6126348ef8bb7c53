"""The stand-ins on a port of their own, with the people that tests speak as."""

from __future__ import annotations

import random
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from aiohttp import web

from adapters.playground.aimlapi import AimlapiStandIn
from adapters.playground.discord import DiscordStandIn
from adapters.playground.discord.problems import Problem
from adapters.playground.faults import FaultScript
from adapters.playground.history import Entry, History
from adapters.playground.segmind import SegmindStandIn
from tests.evidence import Database, Evidence, Job, World
from tests.observer import Observer, custom_ids
from tests.openapi import Watch

DISCORD = "discord"
MODEL = "model"
SEGMIND = "segmind"
# Made up, of the shapes that the settings check; found anywhere they are a leak.
TOKEN = "MTAwMDAwMDAwMDAwMDAwMDAwMA.Canary.discord-canary-which-opens-nothing-"
KEY = "model-canary-which-opens-nothing-either"
SEGMIND_KEY = "SG_canary_which_opens_nothing_as_well"

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
        self,
        folder: Path | None,
        now: Callable[[], int],
        *,
        limits: bool,
        tokens_per_second: float,
        segmind: bool,
    ) -> None:
        self.history = History(now)
        self.faults = {DISCORD: FaultScript(), MODEL: FaultScript(), SEGMIND: FaultScript()}
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
        # Off, the bot has no key for it and knows none of its models.
        self.segmind: SegmindStandIn | None = None
        if segmind:
            faults = self.faults[SEGMIND]
            self.segmind = SegmindStandIn(now, self.history, faults, key=SEGMIND_KEY)
        self.world = self.discord.world
        self.discord_settings = self.discord.settings
        self.observer = Observer(self.world)
        self.watch = Watch()
        self.history.watchers.append(self.watch)
        self.base = ""
        people = self.discord.people
        # The first is the admin.
        self.people = [people.find("ada"), people.find("ben"), people.find("cleo")]
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
        segmind: bool = False,
    ) -> AsyncIterator[StandIns]:
        """Serve on a free port of loopback."""
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)
        standins = cls(
            folder, now, limits=limits, tokens_per_second=tokens_per_second, segmind=segmind
        )
        app = web.Application()
        app.add_subapp("/discord", standins.discord.app)
        app.add_subapp("/aimlapi", standins.model.app("/aimlapi"))
        if standins.segmind is not None:
            app.add_subapp("/segmind", standins.segmind.app("/segmind"))
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
        found = {
            "PLAYGROUND": "off",
            "DATA_DIR": str(data),
            "DISCORD_TOKEN": TOKEN,
            "DISCORD_API_BASE": self.discord.rest_url(self.base),
            "DISCORD_GATEWAY_URL": self.discord.gateway_url(self.base),
            "DISCORD_CDN_BASE": self.discord.cdn_url(self.base),
            "AIMLAPI_API_KEY": KEY,
            "AIMLAPI_BASE_URL": f"{self.base}/aimlapi/v1",
        }
        if self.segmind is not None:
            found |= {"SEGMIND_API_KEY": SEGMIND_KEY, "SEGMIND_BASE_URL": f"{self.base}/segmind"}
        return found

    # --- people -----------------------------------------------------------------------------

    def say(self, person: str, place: str, text: str, **carried: Any) -> str:
        """Write a message and return its id; `carried` is what `People.post` takes."""
        return str(self.discord.people.post(person, place, text, **carried)["id"])

    def mention(self, person: str, place: str, text: str, **carried: Any) -> str:
        """Write a message that mentions the bot and return its id."""
        return self.say(person, place, f"{self.discord.people.mention()} {text}", **carried)

    def edit(self, message: str, text: str, *, keep: Sequence[str] | None = None) -> None:
        """Change a person's message, as its author; files stay, or those with ids in `keep`.

        A mention of the bot that it began with stays.
        """
        found = self.world.messages[message]
        mention = self.discord.people.mention()
        if found.content.startswith(mention):
            text = f"{mention} {text}"
        self.discord.people.edit(found.author, found.channel, message, text, keep=keep)

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

    def command(self, person: str, place: str, name: str, given: Mapping[str, Any]) -> str:
        """Use a slash command and return the interaction's id; a file is (name, bytes)."""
        return self.discord.people.command(person, place, name, given)

    def submit(self, interaction: str, person: str, text: str) -> str:
        """Submit the form that an interaction opened, with this text in its only field."""
        form = self.discord.people.interaction(interaction)["modal"]
        (name,) = custom_ids(form["components"])
        return self.discord.people.submit(person, interaction, {name: text})

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
        jobs = self.segmind.jobs.values() if self.segmind is not None else ()
        return Evidence(
            self.look(),
            entries,
            Database.read(database),
            jobs=[Job(job.id, job.question, job.course.error is not None) for job in jobs],
            blobs=database.parent / "blobs",
            canaries=(TOKEN, KEY, SEGMIND_KEY),
            strange=[str(each) for each in self.watch.violations],
        )


__all__ = ["DISCORD", "KEY", "MODEL", "SEGMIND", "SEGMIND_KEY", "TOKEN", "Problem", "StandIns"]
