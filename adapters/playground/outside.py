"""The outside world in small: every stand-in, and the page, on one address."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable

from aiohttp import web

from adapters.playground import mishaps, removals
from adapters.playground.aimlapi import AimlapiStandIn
from adapters.playground.discord import DiscordStandIn
from adapters.playground.faults import FaultScript
from adapters.playground.feed import Feed
from adapters.playground.guard import add_headers, guard
from adapters.playground.history import Entry, History
from adapters.playground.interactions import Interactions
from adapters.playground.process import BotProcess
from adapters.playground.room import Room
from adapters.playground.room_routes import RoomRoutes
from adapters.playground.routes import Page
from adapters.playground.segmind import SegmindStandIn
from adapters.playground.settings import Settings
from adapters.playground.weather import Group, Weather

# A playground may run for days; the file beside the world has everything.
KEPT_ENTRIES = 20_000
BOT_NAME = "Threadbot"
# Made up, of the shapes that the bot's own settings check; they open nothing else.
TOKEN = "MTIwMDAwMDAwMDAwMDAwMDAwMA.Gplayg.rounds-own-token-which-opens-nothing-els"  # noqa: S105
AIMLAPI_KEY = "playground-key-of-the-simulated-model"
SEGMIND_KEY = "SG_playground0key0of0the0simulated0jobs"


def describe(settings: Settings) -> str:
    """Return in a sentence or two what is simulated, for the page's banner."""
    if not settings.discord:
        return "Discord is connected for real: meet the bot there. The channels here reach nobody."
    if not settings.real:
        return "Discord and the models are stand-ins on this computer; nothing leaves it."
    return (
        "Discord is a stand-in on this computer. Real, and may cost money: "
        f"{', '.join(settings.real)}."
    )


class Outside:
    """Every stand-in with its world, and the page onto it, at `base`.

    `started` is called whenever the bot's gateway session is up.
    """

    def __init__(self, settings: Settings, base: str, started: Callable[[], None]) -> None:
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
            examples=True,
        )
        _name_bot(self.discord)
        room = Room(self.discord.people, self.feed)
        self._rooms = [RoomRoutes(room, Interactions(self.discord.people, room))]
        self.aimlapi = AimlapiStandIn(_now, self.history, FaultScript(), key=AIMLAPI_KEY)
        self.segmind = SegmindStandIn(_now, self.history, FaultScript(), key=SEGMIND_KEY)
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
                    "Lasts until you switch it off. Choose such a model with /model.",
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
        if self._settings.aimlapi:
            settings |= {
                "AIMLAPI_API_KEY": AIMLAPI_KEY,
                "AIMLAPI_BASE_URL": f"{self._base}/aimlapi/v1",
            }
        if self._settings.segmind:
            settings |= {
                "SEGMIND_API_KEY": SEGMIND_KEY,
                "SEGMIND_BASE_URL": f"{self._base}/segmind",
            }
        return settings

    async def serve(self, server: socket.socket, process: BotProcess) -> None:
        """Serve on a listening socket."""
        port = int(server.getsockname()[1])
        app = web.Application(middlewares=[guard(self._settings.host, port)])
        app.on_response_prepare.append(add_headers)
        page = Page(
            self.feed,
            process,
            self.weather,
            ["discord"],
            describe(self._settings),
            self._settings.simulated,
        )
        app.add_routes(page.routes())
        for room in self._rooms:
            app.add_routes(room.routes())
        app.on_shutdown.append(page.close_streams)
        app.add_subapp("/discord", self.discord.app)
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

    def _heard(self, entry: Entry) -> None:
        if entry.route in ("event:READY", "event:RESUMED"):
            self._started()


def _now() -> int:
    return time.time_ns() // 1_000_000


def _name_bot(discord: DiscordStandIn) -> None:
    """Give the bot of a fresh world the product's name."""
    bot = discord.world.users[discord.world.bot]
    if bot.shown != BOT_NAME:
        bot.name, bot.shown = BOT_NAME.lower(), BOT_NAME
        discord.world.save(bot)
