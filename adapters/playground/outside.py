"""The outside world in small: every stand-in, and the page, on one address."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable
from typing import Any

from aiohttp import web

from adapters.playground import mishaps, removals, slack_weather
from adapters.playground.aimlapi import AimlapiStandIn
from adapters.playground.discord import DiscordStandIn
from adapters.playground.faults import FaultScript
from adapters.playground.feed import Feed
from adapters.playground.guard import add_headers, guard
from adapters.playground.history import Entry, History
from adapters.playground.interactions import Interactions
from adapters.playground.manifest import paste_manifest
from adapters.playground.process import BotProcess
from adapters.playground.room import Room
from adapters.playground.room_routes import RoomRoutes
from adapters.playground.routes import Page
from adapters.playground.segmind import SegmindStandIn
from adapters.playground.settings import LOOPBACK, PLATFORMS, Settings
from adapters.playground.slack import SlackStandIn
from adapters.playground.weather import Group, Weather
from adapters.playground.workspace import Workspace
from adapters.playground.workspace_examples import write_examples
from adapters.playground.workspace_routes import WorkspaceRoutes
from adapters.playground.workspace_uses import WorkspaceUses

Json = dict[str, Any]

# A playground may run for days; the file beside the world has everything.
KEPT_ENTRIES = 20_000
BOT_NAME = "Threadbot"
# What the history says when the bot is connected.
CONNECTED = {"event:READY": "discord", "event:RESUMED": "discord", "socket:hello": "slack"}
# Made up, of the shapes that the bot's own settings check; they open nothing else.
TOKEN = "MTIwMDAwMDAwMDAwMDAwMDAwMA.Gplayg.rounds-own-token-which-opens-nothing-els"  # noqa: S105
AIMLAPI_KEY = "playground-key-of-the-simulated-model"
# Until the bot itself has said, by its manifest, which commands it has.
FIRST_COMMANDS = {"/bot": "Settings and help", "/ask": "Ask a question"}
SEGMIND_RPM = 60
SEGMIND_KEY = "SG_playground0key0of0the0simulated0jobs"


def describe(settings: Settings) -> str:
    """Return in a sentence or two what is simulated, for the page's banner."""
    real = [name for name in PLATFORMS if name in settings.real]
    stands_in = [name for name in PLATFORMS if name not in settings.real]
    said = []
    if real:
        are = "is" if len(real) == 1 else "are"
        said.append(f"{' and '.join(real)} {are} connected for real: meet the bot there.")
    if not stands_in:
        return f"{said[0]} The channels here reach nobody."
    if not settings.real:
        names = f"{', '.join(stands_in)} and the models"
        return f"{names} are stand-ins on this computer; nothing leaves it."
    what = "is a stand-in" if len(stands_in) == 1 else "are stand-ins"
    said.append(f"{' and '.join(stands_in)} {what} on this computer.")
    said.append(f"Real, and may cost money: {', '.join(settings.real)}.")
    return " ".join(said)


class Outside:
    """Every stand-in with its world, and the page onto it, at `base`.

    `started` is called with a platform's id whenever the bot has a connection to it.
    """

    def __init__(self, settings: Settings, base: str, started: Callable[[str], None]) -> None:
        self.feed = Feed()
        self._settings = settings
        self._base = base
        self._started = started
        self._runner: web.AppRunner | None = None
        history_file = settings.world / "history.jsonl"
        history_file.unlink(missing_ok=True)
        self.history = History(_now, history_file, keep=KEPT_ENTRIES)
        self.history.watchers.append(self._heard)
        self.discord = DiscordStandIn(
            _now,
            settings.world,
            history=self.history,
            token=TOKEN,
            prefix="/discord",
            examples=BOT_NAME,
        )
        _name_bot(self.discord)
        room = Room(self.discord.people, self.feed)
        self.slack = SlackStandIn(
            _now, settings.world / "slack", history=self.history, prefix="/slack"
        )
        self.slack.origin = base
        self.slack.settings.commands = dict(FIRST_COMMANDS)
        self.workspace = Workspace(self.slack, self.feed)
        self._rooms = (
            RoomRoutes(room, Interactions(self.discord.people, room)),
            WorkspaceRoutes(self.workspace, WorkspaceUses(self.slack, self.workspace)),
        )
        self.aimlapi = AimlapiStandIn(_now, self.history, FaultScript(), key=AIMLAPI_KEY)
        self.segmind = SegmindStandIn(
            _now,
            self.history,
            FaultScript(),
            key=SEGMIND_KEY,
            picture_speed=mishaps.BRISK_PICTURES,
        )
        self.weather = Weather(self.discord.world, self._groups())

    def _groups(self) -> list[Group]:
        """Return what can go wrong here: nothing with a provider that is real."""
        groups = [
            Group(
                "server",
                "The server",
                "What its owner, Discord's portal or an outage can take from the bot.",
                removals.of_server(self.discord),
                platform="discord",
            ),
            Group(
                "discord",
                "The line to Discord",
                "Each happens once; no answer is lost by it.",
                mishaps.of_discord(self.discord),
                platform="discord",
            ),
        ]
        groups += [
            Group(
                "workspace",
                "The workspace",
                "What it grants to the app, and what its admins can take away.",
                slack_weather.of_workspace(self.slack),
                platform="slack",
            ),
            Group(
                "slack",
                "The line to Slack",
                "Each happens once; no answer is lost by it.",
                slack_weather.of_line(self.slack),
                platform="slack",
            ),
        ]
        if self._settings.aimlapi:
            groups.append(
                Group(
                    "aimlapi",
                    "The model that streams (AI/ML API)",
                    "Lasts until you switch it off. After a refused key or an empty account"
                    " the bot waits a minute before it asks again.",
                    mishaps.of_model(self.aimlapi),
                    self.aimlapi.faults,
                )
            )
        if self._settings.segmind:
            groups.append(
                Group(
                    "segmind",
                    "The models that answer as a whole (Segmind)",
                    "Lasts until you switch it off. Choose such a model with /model, on"
                    " Slack /bot model.",
                    mishaps.of_segmind(self.segmind),
                    self.segmind.faults,
                )
            )
        return groups

    def bot_settings(self) -> dict[str, str]:
        """Return the settings that make the bot use the stand-ins, and nothing else."""
        settings = {"PLAYGROUND": "off", "DATA_DIR": str(self._settings.bot_data)}
        if self._settings.discord:
            settings |= {
                "DISCORD_TOKEN": TOKEN,
                "DISCORD_API_BASE": self.discord.rest_url(self._base),
                "DISCORD_GATEWAY_URL": self.discord.gateway_url(self._base),
                "DISCORD_CDN_BASE": self.discord.cdn_url(self._base),
            }
        if self._settings.slack:
            settings |= {
                "SLACK_BOT_TOKEN": self.slack.bot_token,
                "SLACK_APP_TOKEN": self.slack.app_token,
                "SLACK_API_BASE": self.slack.api_url(self._base).rstrip("/"),
            }
        if self._settings.aimlapi:
            settings |= {
                "AIMLAPI_API_KEY": AIMLAPI_KEY,
                "AIMLAPI_BASE_URL": f"{self._base}/aimlapi/v1",
            }
        if self._settings.segmind:
            settings |= {
                "SEGMIND_API_KEY": SEGMIND_KEY,
                "SEGMIND_BASE_URL": f"{self._base}/segmind",
                "SEGMIND_UPLOAD_URL": f"{self._base}/segmind/upload-asset",
                # Whoever tries the buttons is not to wait for the real service's allowance.
                "SEGMIND_RPM": str(SEGMIND_RPM),
            }
        own = self._settings
        alone = own.discord and own.slack and own.reaches_loopback
        if alone and own.http_port and not own.public_url:
            # Everybody who is given a link to paint a mask is the one who looks at the page.
            settings["PUBLIC_URL"] = f"http://{LOOPBACK}:{own.http_port}"
        return settings

    async def serve(self, server: socket.socket, process: BotProcess) -> None:
        """Serve on a listening socket."""
        port = int(server.getsockname()[1])
        write_examples(self.slack.people, self.workspace.bot_name)
        app = web.Application(middlewares=[guard(self._settings.host, port)])
        app.on_response_prepare.append(add_headers)
        page = Page(
            self.feed,
            process,
            self.weather,
            self._settings.platforms or ("discord", "slack"),
            describe(self._settings),
            self._settings.simulated,
        )
        app.add_routes(page.routes())
        for room in self._rooms:
            app.add_routes(room.routes())
        app.on_shutdown.append(page.close_streams)
        app.add_subapp("/discord", self.discord.app)
        app.add_subapp("/slack", self.slack.app)
        app.add_subapp("/aimlapi", self.aimlapi.app("/aimlapi"))
        app.add_subapp("/segmind", self.segmind.app("/segmind"))
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
        await self._runner.setup()
        await web.SockSite(self._runner, server).start()

    async def close(self) -> None:
        """End every connection and close the world."""
        if self._runner:
            await self._runner.cleanup()
        self.history.close()

    def learn(self, manifest: Json) -> None:
        """Take the app's manifest, and show what it changes."""
        paste_manifest(manifest, self.slack, self.workspace)
        self.feed.publish("slack-world", self.workspace.app())

    def _heard(self, entry: Entry) -> None:
        if platform := CONNECTED.get(entry.route):
            self._started(platform)


def _now() -> int:
    return time.time_ns() // 1_000_000


def _name_bot(discord: DiscordStandIn) -> None:
    """Give the bot of a fresh world the product's name."""
    bot = discord.world.users[discord.world.bot]
    if bot.shown != BOT_NAME:
        bot.name, bot.shown = BOT_NAME.lower(), BOT_NAME
        discord.world.save(bot)
