"""The stand-ins on a port of their own, with the people that tests speak as.

What people do is done on the first platform; `folk` has those of each.
"""

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
from adapters.playground.discord.limits import Settings
from adapters.playground.discord.problems import Problem
from adapters.playground.discord.world import World as DiscordWorld
from adapters.playground.faults import FaultScript
from adapters.playground.history import Entry, History
from adapters.playground.segmind import SegmindStandIn
from adapters.playground.segmind_images import IMAGES
from adapters.playground.slack import SlackStandIn
from tests import kept_edits, openapi, slack_calls
from tests.evidence import Database, Evidence, Job, Seen, World, merged
from tests.folk import Folk
from tests.folk_discord import DiscordFolk
from tests.folk_slack import SlackFolk

DISCORD = "discord"
SLACK = "slack"
MODEL = "model"
SEGMIND = "segmind"
# Made up, of the shapes that the settings check; found anywhere they are a leak.
TOKEN = "MTAwMDAwMDAwMDAwMDAwMDAwMA.Canary.discord-canary-which-opens-nothing-"
KEY = "model-canary-which-opens-nothing-either"
SEGMIND_KEY = "SG_canary_which_opens_nothing_as_well"
SLACK_BOT_TOKEN = "xoxb-1111111111-2222222222-slackCanaryWhichOpensNo"
SLACK_APP_TOKEN = "xapp-1-A0THREADBOT-3333333333-5lackcanarywhichopensnothingeither"
SLACK_SIGNING_SECRET = "5c4a6e1d0c4a7a51d0e5a9b0c0ffee00"
CANARIES = (TOKEN, KEY, SEGMIND_KEY, SLACK_BOT_TOKEN, SLACK_APP_TOKEN, SLACK_SIGNING_SECRET)

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
    """Platforms and model services, served at `base`, with one history for all."""

    def __init__(
        self,
        folder: Path | None,
        now: Callable[[], int],
        *,
        limits: bool,
        tokens_per_second: float,
        segmind: bool,
        platforms: Sequence[str],
    ) -> None:
        self._now = now
        self.deleted: dict[str, int] = {}
        self.history = History(now)
        self.faults = {name: FaultScript() for name in (DISCORD, SLACK, MODEL, SEGMIND)}
        self._discord: DiscordStandIn | None = None
        if DISCORD in platforms:
            self._discord = DiscordStandIn(
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
            kept_edits.install()
            faults = self.faults[SEGMIND]
            self.segmind = SegmindStandIn(now, self.history, faults, key=SEGMIND_KEY)
        self.slack: SlackStandIn | None = None
        if SLACK in platforms:
            self.slack = SlackStandIn(
                now,
                folder / "slack" if folder is not None else None,
                history=self.history,
                faults=self.faults[SLACK],
                bot_token=SLACK_BOT_TOKEN,
                app_token=SLACK_APP_TOKEN,
                signing_secret=SLACK_SIGNING_SECRET,
                prefix="/slack",
                limits=limits,
            )
        self.watch = openapi.Watch()
        self.slack_watch = slack_calls.Watch()
        self.history.watchers += [self.watch, self.slack_watch]
        self.base = ""
        self.folk: dict[str, Folk] = {name: self._folk(name) for name in platforms}
        self.here = self.folk[platforms[0]]

    @property
    def discord(self) -> DiscordStandIn:
        """Return the stand-in Discord, which must be one of the platforms."""
        assert self._discord is not None
        return self._discord

    @property
    def world(self) -> DiscordWorld:
        """Return Discord's world."""
        return self.discord.world

    @property
    def discord_settings(self) -> Settings:
        """Return how Discord behaves."""
        return self.discord.settings

    def _folk(self, platform: str) -> Folk:
        if platform == DISCORD:
            return DiscordFolk(self.discord)
        assert self.slack is not None
        return SlackFolk(self.slack)

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
        platforms: Sequence[str] = (DISCORD,),
    ) -> AsyncIterator[StandIns]:
        """Serve on a free port of loopback; the first of `platforms` is the one of most tests."""
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)
        standins = cls(
            folder,
            now,
            limits=limits,
            tokens_per_second=tokens_per_second,
            segmind=segmind,
            platforms=platforms,
        )
        app = web.Application()
        if DISCORD in platforms:
            app.add_subapp("/discord", standins.discord.app)
        app.add_subapp("/aimlapi", standins.model.app("/aimlapi"))
        if standins.segmind is not None:
            app.add_subapp("/segmind", standins.segmind.app("/segmind"))
        if standins.slack is not None:
            app.add_subapp("/slack", standins.slack.app)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        standins.base = site.name
        if standins.slack is not None:
            standins.slack.origin = site.name
        try:
            yield standins
        finally:
            await runner.cleanup()

    def environment(self, data: Path) -> dict[str, str]:
        """Return the ordinary settings that make a bot use these stand-ins."""
        found = {
            "PLAYGROUND": "off",
            "DATA_DIR": str(data),
            "AIMLAPI_API_KEY": KEY,
            "AIMLAPI_BASE_URL": f"{self.base}/aimlapi/v1",
        }
        if DISCORD in self.folk:
            found |= {
                "DISCORD_TOKEN": TOKEN,
                "DISCORD_API_BASE": self.discord.rest_url(self.base),
                "DISCORD_GATEWAY_URL": self.discord.gateway_url(self.base),
                "DISCORD_CDN_BASE": self.discord.cdn_url(self.base),
            }
        if self.slack is not None:
            found |= {
                "SLACK_BOT_TOKEN": SLACK_BOT_TOKEN,
                "SLACK_API_BASE": self.slack.api_url(self.base).rstrip("/"),
            }
            if self.slack.settings.transport == "socket":
                found["SLACK_APP_TOKEN"] = SLACK_APP_TOKEN
            else:
                # Nobody calls it there: the stand-in knows the bot's port.
                found["SLACK_SIGNING_SECRET"] = SLACK_SIGNING_SECRET
                found["PUBLIC_URL"] = "https://bot.example"
        if self.segmind is not None:
            found |= {
                "SEGMIND_API_KEY": SEGMIND_KEY,
                "SEGMIND_BASE_URL": f"{self.base}/segmind",
                "SEGMIND_UPLOAD_URL": f"{self.base}/segmind/upload-asset",
            }
        return found

    # --- people of the first platform -------------------------------------------------------

    @property
    def people(self) -> list[str]:
        """Return the ids of people; the first is an admin."""
        return self.here.people

    @property
    def channels(self) -> list[str]:
        """Return the ids of channels."""
        return self.here.channels

    def say(self, person: str, place: str, text: str, **carried: Any) -> str:
        """Write a message and return its id (see `Folk.say`)."""
        return self.here.say(person, place, text, **carried)

    def mention(self, person: str, place: str, text: str, **carried: Any) -> str:
        """Write a message that mentions the bot and return its id."""
        return self.here.mention(person, place, text, **carried)

    def edit(self, message: str, text: str, *, keep: Sequence[str] | None = None) -> None:
        """Change a person's message, as its author (see `Folk.edit`)."""
        self.here.edit(message, text, keep=keep)

    def delete(self, message: str) -> None:
        """Delete a person's message, as its author."""
        self.deleted.setdefault(message, self._now())
        self.here.delete(message)

    def remove(self, message: str) -> None:
        """Delete any message, as a moderator."""
        self.here.remove(message)

    def marks(self, message: str) -> list[str]:
        """Return the bot's reactions on a message."""
        return self.here.marks(message)

    def file_of(self, message: str, name: str) -> bytes:
        """Return the bytes of a file of a message."""
        return self.here.file_of(message, name)

    def buttons(self) -> list[tuple[str, str]]:
        """Return (message, custom id) of every button of the bot's, newest message first."""
        return self.here.buttons()

    def press(self, message: str, custom_id: str, person: str | None = None) -> str:
        """Press a button, as the admin or as `person`; return the interaction's id."""
        return self.here.press(message, custom_id, person or self.people[0])

    def command(self, person: str, place: str, name: str, given: Mapping[str, Any]) -> str:
        """Use a command and return the interaction's id; a file is (name, bytes)."""
        return self.here.command(person, place, name, given)

    def submit(self, interaction: str, person: str, text: str) -> str:
        """Submit the form that an interaction opened, with this text in its only field."""
        (name,) = self.here.form(interaction)
        return self.here.submit(interaction, person, {name: text})

    def prompt(self, dice: random.Random) -> str:
        """Return a question of any kind."""
        return f"{dice.choice(QUESTIONS)} ({dice.randrange(1_000_000)})"

    # --- evidence ---------------------------------------------------------------------------

    def ours(self, place: str | None = None, after: str = "0") -> list[Seen]:
        """Return the bot's lasting messages (see `Folk.ours`), in the order of time."""
        several = (folk.ours(place, after) for folk in self.folk.values())
        return World([each for seen in several for each in seen]).ours()

    def look(self) -> World:
        """Return what people see now."""
        seen = [folk.look(self.history.entries) for folk in self.folk.values()]
        return merged(seen)

    def evidence(self, database: Path) -> Evidence:
        """Return everything that the checker judges by."""
        entries: list[Entry] = self.history.entries
        jobs = self.segmind.jobs.values() if self.segmind is not None else ()
        return Evidence(
            self.look(),
            entries,
            Database.read(database),
            jobs=[
                Job(job.id, job.question, job.course.error is not None, job.slug.name in IMAGES)
                for job in jobs
            ],
            deleted=self.deleted,
            blobs=database.parent / "blobs",
            canaries=CANARIES,
            strange=[*self.watch.violations, *self.slack_watch.violations],
        )


__all__ = ["DISCORD", "KEY", "MODEL", "SEGMIND", "SEGMIND_KEY", "TOKEN", "Problem", "StandIns"]
