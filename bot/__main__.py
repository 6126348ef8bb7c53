"""The command line and the composition root: settings -> storage -> backends -> turns -> platforms.

The only module of `bot` that knows the other folders. Platform adapters are imported only when
their platform is on: discord.py alone takes 0.2 s and 37 MB.
"""

from __future__ import annotations

import asyncio
import os
import secrets
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import click
import structlog

from bot import config, logs
from bot.domain import Model
from bot.errors import BackendError, BotError, ConfigError
from bot.pacing import Budget
from bot.ports import ChatBackend, ChatModels, Clock, Platform
from bot.turns.intake import MOST_OPEN_PER_PERSON, EventIntake
from bot.turns.lease import Lease
from bot.turns.services import Services
from bot.turns.worker import GRACE_SECONDS, Worker
from bot.values import Secret

if TYPE_CHECKING:
    from adapters.backends.http import Http
    from adapters.backends.router import Models
    from adapters.discord.client import DiscordPlatform
    from adapters.web.surface import Surface
    from storage.store import SqliteStore

log = structlog.get_logger(__name__)

VERSION = "0.1.0"
# sysexits.h, so that a supervisor can tell a fault that a restart heals from one it does not.
EXIT_DAMAGED = 65
EXIT_PORT_IN_USE = 71
EXIT_UNWRITABLE = 73
EXIT_ALREADY_RUNNING = 75
EXIT_CONFIG = 78
# One Ctrl-C may come twice, from the terminal and from whatever started us.
SAME_SIGNAL_SECONDS = 0.5


class SystemClock:
    """The machine's clock."""

    def now(self) -> int:
        """Return UTC milliseconds."""
        return time.time_ns() // 1_000_000

    def monotonic(self) -> float:
        """Return seconds that never jump, on the clock that timeouts use."""
        return asyncio.get_running_loop().time()

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        await asyncio.sleep(seconds)


@dataclass(slots=True)
class Service:
    """The whole bot in one process, joined."""

    settings: config.Settings
    store: SqliteStore
    http: Http
    platform: DiscordPlatform
    intake: EventIntake
    worker: Worker
    surface: Surface
    clock: Clock
    model: str
    stopping: bool = False

    async def run(self, stop: asyncio.Event) -> None:
        """Serve until `stop` is set; raises what a part cannot go on from."""
        await self.surface.start()
        await self.worker.start()
        log.info(
            "bot started",
            version=VERSION,
            http=f"{self.settings.http_host}:{self.surface.port}",
            discord=self.settings.discord_api_base,
            model=self.model,
        )
        tasks = [
            asyncio.create_task(self.intake.run(), name="intake"),
            asyncio.create_task(self._work(), name="worker"),
            asyncio.create_task(self.platform.run(), name="discord"),
            asyncio.create_task(stop.wait(), name="stop"),
        ]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            for task in tasks:
                if task.get_name() not in ("worker", "intake"):
                    task.cancel()
            await self._close()
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _work(self) -> None:
        """Run turns once the platform can be spoken to."""
        await self.platform.logged_in()
        await self.worker.run()

    async def _close(self) -> None:
        """Hear nothing more, let running turns end, then let go of everything."""
        self.stopping = True
        log.info("stopping", running=self.worker.running)
        self.intake.close()
        await self.platform.hush()
        await self.worker.close(GRACE_SECONDS)
        await self.platform.close()
        await self.surface.close()
        await self.http.close()
        await self.store.aclose()
        log.info("stopped")


async def compose(
    settings: config.Settings,
    clock: Clock | None = None,
    *,
    guild_ready_timeout: float = 2.0,
    look: bool = True,
    most_open: int = MOST_OPEN_PER_PERSON,
    make_models: Callable[[config.Settings, Http, Clock], ChatModels] | None = None,
) -> Service:
    """Join all parts for these settings. Raises `ConfigError` and the storage's errors.

    The options are for tests and measurements.
    """
    from adapters.backends.http import Http
    from adapters.discord.client import DiscordPlatform
    from adapters.discord.outbound import LIMITS
    from adapters.web.meter import PrometheusMeter
    from adapters.web.surface import Surface
    from storage.store import open_store

    clock = clock or SystemClock()
    meter = PrometheusMeter()
    store = await open_store(settings.database)
    http = Http()
    models = (make_models or _make_models)(settings, http, clock)
    platforms: dict[str, Platform] = {}
    services = Services(
        store=store,
        platforms=platforms,
        models=models,
        budgets={"discord": Budget(LIMITS.edit_seconds, LIMITS.requests_per_second)},
        clock=clock,
        meter=meter,
        lease=Lease(f"w-{secrets.token_hex(6)}", store, clock),
        system_prompt=settings.system_prompt,
        look=look,
    )
    worker = Worker(services)
    intake = EventIntake(
        store,
        clock,
        meter,
        admins=settings.admin_ids,
        admitting=worker.admitting,
        admitted=worker.admitted,
        wished=worker.wished,
        lost=worker.lost,
        most_open=most_open,
    )
    if settings.discord_token is None:
        raise ConfigError(["DISCORD_TOKEN is not set; it connects Discord"])
    platform = DiscordPlatform(
        token=settings.discord_token.reveal(),
        api_base=settings.discord_api_base,
        gateway_url=settings.discord_gateway_url,
        cdn_base=settings.discord_cdn_base,
        intake=intake,
        marks=store,
        clock=clock,
        meter=meter,
        guild_ready_timeout=guild_ready_timeout,
    )
    platforms["discord"] = platform

    def problems() -> list[str]:
        if service.stopping:
            return ["stopping"]
        lease = [] if services.lease.left > 0 else ["store: the heartbeat is not being stored"]
        return [*platform.problems(), *lease]

    surface = Surface(
        settings.http_host,
        settings.http_port,
        meter,
        problems,
        clock=clock,
        public_url=settings.public_url,
    )
    model = models.find(None)[0].id
    service = Service(settings, store, http, platform, intake, worker, surface, clock, model)
    return service


def _make_models(settings: config.Settings, http: Http, clock: Clock) -> Models:
    """Return the configured models; the first backend's first is the default."""
    from adapters.backends.chat_completions import AIMLAPI, OPENAI_COMPATIBLE, ChatCompletions
    from adapters.backends.models import AIMLAPI_MODELS, compatible_model
    from adapters.backends.router import Models

    backends: dict[str, ChatBackend] = {}
    models: list[Model] = []
    if settings.openai_compatible_base_url:
        key = settings.openai_compatible_api_key
        backends[OPENAI_COMPATIBLE.name] = ChatCompletions(
            OPENAI_COMPATIBLE,
            settings.openai_compatible_base_url,
            key.reveal() if key else None,
            http,
            sleep=clock.sleep,
        )
        models += [
            compatible_model(offered.name, offered.window, offered.max_output)
            for offered in settings.openai_compatible_models
        ]
    if settings.aimlapi_api_key:
        backends[AIMLAPI.name] = ChatCompletions(
            AIMLAPI,
            settings.aimlapi_base_url,
            settings.aimlapi_api_key.reveal(),
            http,
            sleep=clock.sleep,
        )
        models += AIMLAPI_MODELS
    return Models(backends, models, settings.default_model)


# --- the command line -------------------------------------------------------------------------


@click.group(invoke_without_command=True, help="A chat bot for Discord: one thread, one answer.")
@click.pass_context
def main(context: click.Context) -> None:
    """Run the bot when no other command is given."""
    if context.invoked_subcommand is None:
        context.invoke(run)


@main.command(help="Serve (the default).")
def run() -> None:
    """Serve until SIGTERM or Ctrl-C."""
    settings = _load()
    if settings.wants_playground:
        # The playground is the outside world: it starts the bot as its own child.
        os.execv(sys.executable, [sys.executable, "-m", "adapters.playground"])  # noqa: S606
    logs.configure(settings.log_level, settings.log_format, settings.secrets)
    for warning in settings.warnings:
        log.warning(warning)
    for line in config.show(settings).splitlines():
        log.debug("setting", line=line)
    sys.exit(asyncio.run(_serve(settings)))


def _load() -> config.Settings:
    try:
        return config.Settings.load(os.environ, Path(".env"), judge_model=_judge_model)
    except ConfigError as error:
        click.echo("The settings need attention:", err=True)
        for problem in error.problems:
            click.echo(f"  - {problem}", err=True)
        sys.exit(EXIT_CONFIG)


def _judge_model(settings: config.Settings) -> str | None:
    """Say what is wrong with DEFAULT_MODEL; the playground's simulated models count too."""
    from adapters.backends.http import Http

    if settings.wants_playground and settings.aimlapi_api_key is None:
        settings = replace(settings, aimlapi_api_key=Secret("of-the-simulated-service"))
    models = _make_models(replace(settings, default_model=None), Http(), SystemClock())
    try:
        models.find(settings.default_model)
    except BackendError:
        known = ", ".join(model.id for model in models.known())
        return f"must be one of the models that are set up: {known}"
    return None


def stop_on_signals(stop: asyncio.Event) -> None:
    """Set `stop` at the first SIGTERM or Ctrl-C, and end the process at the second."""

    loop = asyncio.get_running_loop()
    asked_at = 0.0

    def heard(number: int) -> None:
        nonlocal asked_at
        if stop.is_set():
            if loop.time() - asked_at < SAME_SIGNAL_SECONDS:
                return
            log.warning("ending now; what was under way goes on at the next start")
            os._exit(128 + number)
        asked_at = loop.time()
        stop.set()
        log.info(
            f"asked to stop: answers under way get up to {GRACE_SECONDS:.0f} s;"
            " Ctrl-C or SIGTERM again ends now"
        )

    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, heard, name)


async def _serve(settings: config.Settings) -> int:
    from adapters.web.surface import PortInUse
    from storage import errors as stored

    stop = asyncio.Event()
    stop_on_signals(stop)
    codes: dict[type[BotError], int] = {
        ConfigError: EXIT_CONFIG,
        PortInUse: EXIT_PORT_IN_USE,
        stored.AlreadyRunning: EXIT_ALREADY_RUNNING,
        stored.Unwritable: EXIT_UNWRITABLE,
        stored.Damaged: EXIT_DAMAGED,
        stored.TooNew: EXIT_DAMAGED,
        stored.Changed: EXIT_DAMAGED,
        stored.Unsupported: EXIT_CONFIG,
    }
    try:
        service = await compose(settings)
        await service.run(stop)
    except BotError as error:
        log.error("cannot go on", reason=str(error))
        return next((code for kind, code in codes.items() if isinstance(error, kind)), 1)
    return 0


@main.command(help="Ask the running bot whether it is well; for container health checks.")
def health() -> None:
    """Exit 0 if the bot that runs with these settings answers."""
    from adapters.web.probe import ask

    settings = _load()
    well, words = ask(settings.http_host, settings.http_port)
    click.echo(words)
    sys.exit(0 if well else 1)


@main.command(help="Print the version.")
def version() -> None:
    """Print the version."""
    click.echo(f"threadbot {VERSION}")


@main.command(help="Print the link that invites the bot to a Discord server.")
@click.argument("application", required=False)
def links(application: str | None) -> None:
    """Print the invite link of an application: the given one, or the token's."""
    from adapters.discord.permissions import application_id, invite_url

    if application is None:
        token = _load().discord_token
        application = application_id(token.reveal()) if token else None
    if application is None:
        click.echo(
            "Set DISCORD_TOKEN, or give the application's id: its General Information page at"
            " https://discord.com/developers/applications shows it.",
            err=True,
        )
        sys.exit(EXIT_CONFIG)
    click.echo(invite_url(application))


@main.group(name="config", help="Show settings.")
def config_group() -> None:
    """Group the commands about settings."""


@config_group.command(help="Print an example .env file.")
def example() -> None:
    """Print the example file."""
    from bot.settings import example as text

    click.echo(text(), nl=False)


@config_group.command(help="Print the settings in force, secrets hidden.")
def show() -> None:
    """Print each setting, where it came from, and its value unless it is secret."""
    click.echo(config.show(_load()), nl=False)


if __name__ == "__main__":
    main()
