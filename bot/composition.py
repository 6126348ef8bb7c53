"""The composition root: settings -> storage -> backends -> turns -> platforms, joined.

Beside `bot.__main__` the only module of `bot` that knows the other folders. Platform adapters
are imported only when their platform is on: discord.py alone takes 0.2 s and 37 MB.
"""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import urlsplit

import structlog

from bot import config, notices, offered, quotas
from bot.alerts import Alerts
from bot.commands.desk import Desk
from bot.commands.dispatcher import Dispatcher
from bot.commands.quota_desk import QuotaDesk
from bot.commands.quota_forms import QuotaForms
from bot.console import Console, owner_of
from bot.domain import Model
from bot.errors import BackendError, ConfigError
from bot.forms.desk import FormDesk
from bot.forms.forms import EditForms
from bot.forms.links import LinkKeys, LinkMaker, MaskLinks
from bot.pacing import Budget
from bot.ports import ChatBackend, ChatModels, Clock, Forms, Limits, Links, Meter, Platform, Scope
from bot.turns.intake import MOST_OPEN_PER_PERSON, EventIntake
from bot.turns.late import LateResults
from bot.turns.lease import Lease
from bot.turns.services import Services
from bot.turns.worker import GRACE_SECONDS, Worker
from bot.values import Secret, is_loopback, micros

if TYPE_CHECKING:
    from adapters.backends.http import Http
    from adapters.backends.router import ImageModels, Models
    from adapters.backends.segmind_submissions import Account
    from adapters.discord.client import DiscordPlatform
    from adapters.fetch import Fetcher
    from adapters.files.reader import Reader
    from adapters.files.worker import Worker as Decoder
    from adapters.slack.client import SlackPlatform
    from adapters.web.surface import Surface
    from storage.store import SqliteStore

log = structlog.get_logger(__name__)

VERSION = "0.1.0"
READY_SECONDS = 5.0


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


class Connected(Platform, Protocol):
    """A platform, with the connection by which it is heard."""

    @property
    def ready(self) -> bool:
        """Tell whether people are heard and answers can be posted."""

    async def run(self) -> None:
        """Serve until `close` or `hush`. Raises `ConfigError` if a token is refused."""

    async def logged_in(self) -> None:
        """Return once the platform can be spoken to."""

    async def hush(self) -> None:
        """Hear nothing more; posting and editing go on until `close`."""

    async def close(self) -> None:
        """Stop everything."""

    def problems(self) -> list[str]:
        """Say what keeps the platform from working at this moment."""


@dataclass(slots=True)
class Service:
    """The whole bot in one process, joined.

    `told` are set, by platform, once it told where the bot is.
    """

    settings: config.Settings
    store: SqliteStore
    http: Http
    platforms: dict[str, Connected]
    intake: EventIntake
    worker: Worker
    surface: Surface
    fetcher: Fetcher
    reader: Reader
    clock: Clock
    model: str
    links: Links
    told: dict[str, asyncio.Event] = field(default_factory=dict)
    stopping: bool = False

    @property
    def platform(self) -> Any:
        """Return the first platform."""
        return next(iter(self.platforms.values()))

    async def run(self, stop: asyncio.Event) -> None:
        """Serve until `stop` is set; raises what a part cannot go on from."""
        await self.surface.start()
        await self.worker.start()
        for name in self.platforms:
            await self.intake.load(name)
        log.info(
            "bot started",
            version=VERSION,
            http=f"{self.settings.http_host}:{self.surface.port}",
            model=self.model,
            **{name: getattr(self.settings, f"{name}_api_base") for name in self.platforms},
        )
        tasks = [
            asyncio.create_task(self.intake.run(), name="intake"),
            asyncio.create_task(self._work(), name="worker"),
            *(asyncio.create_task(each.run(), name=name) for name, each in self.platforms.items()),
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
        """Run turns once a platform can be spoken to.

        What the bot may do where is known only after a platform told where it is, so that is
        waited for a little, and no longer for a platform that cannot be reached: a turn that was
        left by a restart is not in a greater hurry.
        """
        spoken = asyncio.Event()

        async def come(name: str) -> None:
            await self.platforms[name].logged_in()
            spoken.set()
            await self.told[name].wait()

        coming = [asyncio.create_task(come(name)) for name in self.platforms]
        try:
            await spoken.wait()
            await asyncio.wait(coming, timeout=READY_SECONDS)
        finally:
            for task in coming:
                task.cancel()
        await self.worker.run()

    async def _close(self) -> None:
        """Hear nothing more, let running turns end, then let go of everything."""
        self.stopping = True
        log.info("stopping", running=self.worker.running)
        self.intake.close()
        await self._with_each(lambda platform: platform.hush())
        await self.worker.close(GRACE_SECONDS)
        await self._with_each(lambda platform: platform.close())
        await self.surface.close()
        await self.http.close()
        await self.fetcher.close()
        await self.reader.close()
        await self.store.aclose()
        log.info("stopped")

    async def _with_each(self, act: Callable[[Connected], Awaitable[None]]) -> None:
        """Do something with all platforms; where one fails the others are done."""
        ends = await asyncio.gather(
            *(act(platform) for platform in self.platforms.values()), return_exceptions=True
        )
        for name, end in zip(self.platforms, ends, strict=True):
            if isinstance(end, BaseException):
                log.error("platform not closed in order", platform=name, error=repr(end)[:200])


async def compose(
    settings: config.Settings,
    clock: Clock | None = None,
    *,
    guild_ready_timeout: float = 2.0,
    heartbeat_timeout: float = 60.0,
    look: bool = True,
    slack_limits: Limits | None = None,
    most_open: int = MOST_OPEN_PER_PERSON,
    make_decoder: Callable[[Meter], Decoder] | None = None,
    make_models: Callable[[config.Settings, Http, Clock], ChatModels] | None = None,
) -> Service:
    """Join all parts for these settings. Raises `ConfigError` and the storage's errors.

    The options are for tests and measurements.
    """
    from adapters.backends.http import Http
    from adapters.fetch import Fetcher
    from adapters.files.darkroom import Darkroom
    from adapters.files.drawings import Drawings
    from adapters.files.reader import Reader
    from adapters.web import mask_pages
    from adapters.web.meter import PrometheusMeter
    from adapters.web.surface import Surface
    from storage.blobs import FileBlobs
    from storage.store import open_store

    if not settings.has_platform:
        raise ConfigError(
            ["No platform is set: DISCORD_TOKEN connects Discord, SLACK_BOT_TOKEN Slack"]
        )
    clock = clock or SystemClock()
    meter = PrometheusMeter()
    store = await open_store(settings.database)
    http = Http()
    fetcher = Fetcher(meter)
    # Starts its process, which alone decodes pictures and PDFs, at the first of them.
    reader = Reader(meter, make_decoder(meter) if make_decoder is not None else None)
    account = join_segmind(settings, http, clock)
    if make_models is None:
        models: ChatModels = join_models(settings, http, clock, account)
    else:
        models = make_models(settings, http, clock)
    image_models = join_image_models(settings, account, fetcher)
    blobs = FileBlobs(settings.data_dir / "blobs", clock)
    platforms: dict[str, Connected] = {}
    budgets: dict[str, Budget] = {}
    services = Services(
        store=store,
        platforms=platforms,
        models=models,
        budgets=budgets,
        clock=clock,
        meter=meter,
        lease=Lease(f"w-{secrets.token_hex(6)}", store, clock),
        system_prompt=settings.system_prompt,
        blobs=blobs,
        reader=reader,
        pictures=Darkroom(reader.worker),
        image_models=image_models,
        alerts=Alerts(store, platforms, clock, sorted(settings.admin_ids)),
        fallback_model=settings.fallback_model or "",
        context_tokens=settings.context_tokens,
        low_credits_micros=micros(settings.segmind_low_credits),
        image_retention_days=settings.image_retention_days,
        paints=settings.public_url is not None,
        secrets=settings.secrets,
        quotas=quotas.join(settings.timezone, settings.limits, settings.spend_cap),
        spike_micros=settings.spike_alarm,
        cost_line=settings.cost_line == "admins",
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
        left=worker.left,
        lost=worker.lost,
        repeat_seconds=lambda name: platforms[name].limits.repeat_seconds,
        is_command=lambda words: dispatcher.recognise(words) is not None,
        most_open=most_open,
    )
    worker.also(LateResults(services, intake.put).run)

    async def describe(scope: Scope) -> str | None:
        platform = platforms.get(scope.platform)
        return scope.id if platform is None else await platform.describe(scope)

    quota_desk = QuotaDesk(store, services.quotas, describe, Drawings(reader.worker))
    desk = Desk(
        store=store,
        quotas=quota_desk,
        models=models,
        clock=clock,
        meter=meter,
        version=VERSION,
        started_at=clock.monotonic(),
        admins=settings.admin_ids,
        system_prompt=settings.system_prompt,
        listen=intake.listen,
        is_refused=services.breakers.is_open,
        fallback=settings.fallback_model or "",
        low_credits_micros=services.low_credits_micros,
        slack_command=settings.slack_command,
        image_models=image_models,
        uploads_public=settings.segmind_uploads == "on",
    )
    dispatcher = Dispatcher(desk)
    keys = LinkKeys(store, clock)
    form_desk = FormDesk(
        store=store,
        models=image_models,
        platforms=platforms,
        blobs=blobs,
        clock=clock,
        meter=meter,
        admins=settings.admin_ids,
        links=LinkMaker(keys, settings.public_url) if settings.public_url else None,
        price_is_set=settings.image_price is not None,
        uploads_public=settings.segmind_uploads == "on",
        slack_command=settings.slack_command,
    )
    told = {name: asyncio.Event() for name in ("discord", "slack")}
    line = Line(
        intake=intake,
        store=store,
        commands=dispatcher,
        forms=QuotaForms(dispatcher, quota_desk, clock, settings.admin_ids, EditForms(form_desk)),
        fetcher=fetcher,
        admins=settings.admin_ids,
        clock=clock,
        meter=meter,
    )
    routes: list[Any] = []
    if settings.discord_token is not None:
        platforms["discord"] = join_discord(
            settings,
            line,
            on_ready=told["discord"].set,
            guild_ready_timeout=guild_ready_timeout,
            heartbeat_timeout=heartbeat_timeout,
        )
    if settings.slack_bot_token is not None:
        slack = join_slack(settings, line, on_ready=told["slack"].set, limits=slack_limits)
        platforms["slack"] = slack
        if settings.slack_app_token is None:
            routes += slack.routes()
    links = MaskLinks(form_desk, keys, intake, services.pictures)
    routes += mask_pages.MaskPages(links, clock, meter, settings.public_url).routes()
    for name, platform in platforms.items():
        budgets[name] = Budget.of(platform.limits)

    def problems() -> list[str]:
        if service.stopping:
            return ["stopping"]
        found = [problem for platform in platforms.values() for problem in platform.problems()]
        lease = [] if services.lease.left > 0 else ["store: the heartbeat is not being stored"]
        return [*found, *lease]

    surface = Surface(
        settings.http_host,
        settings.http_port,
        meter,
        problems,
        clock=clock,
        public_url=_public_name(settings),
        routes=routes,
        bodies={mask_pages.PATH: mask_pages.BODY_BYTES},
    )
    service = Service(
        settings=settings,
        store=store,
        http=http,
        platforms=platforms,
        intake=intake,
        worker=worker,
        surface=surface,
        fetcher=fetcher,
        reader=reader,
        clock=clock,
        model=models.find(None)[0].id,
        links=links,
        told=told,
    )
    return service


@asynccontextmanager
async def open_console(
    settings: config.Settings, platform: str, workspace: str, *, draws: bool
) -> AsyncIterator[Console]:
    """Join what the command line needs, on the database of a bot that may be running.

    Raises the storage's errors.
    """
    from adapters.backends.http import Http
    from adapters.fetch import Fetcher
    from adapters.files.drawings import Drawings
    from adapters.files.worker import Worker as Decoder
    from adapters.web.meter import PrometheusMeter
    from storage.store import open_beside

    clock, meter = SystemClock(), PrometheusMeter()
    store = await open_beside(settings.database)
    decoder = Decoder(meter)
    rules = quotas.join(settings.timezone, settings.limits, settings.spend_cap)
    account = join_segmind(settings, Http(), clock)
    desk = Desk(
        store=store,
        models=join_models(settings, Http(), clock, account),
        clock=clock,
        meter=meter,
        version=VERSION,
        started_at=clock.monotonic(),
        admins=frozenset({owner_of(platform)}),
        system_prompt=settings.system_prompt,
        listen=lambda *_: None,
        is_refused=lambda _: False,
        # No platform is asked: whoever writes here knows whom an id means.
        quotas=QuotaDesk(store, rules, charts=Drawings(decoder) if draws else None),
        low_credits_micros=micros(settings.segmind_low_credits),
        image_models=join_image_models(settings, account, Fetcher(meter)),
    )
    try:
        yield Console(desk, settings.timezone, platform, workspace)
    finally:
        await decoder.close()
        await store.aclose()


# --- platforms ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Line:
    """What every platform is handed: who hears what it hears, and what it needs for that."""

    intake: EventIntake
    store: SqliteStore
    commands: Dispatcher
    forms: Forms
    fetcher: Fetcher
    admins: frozenset[str]
    clock: Clock
    meter: Meter


def join_discord(
    settings: config.Settings,
    line: Line,
    *,
    on_ready: Callable[[], None],
    guild_ready_timeout: float,
    heartbeat_timeout: float,
) -> DiscordPlatform:
    """Return Discord, not yet connected."""
    from adapters.discord.client import DiscordPlatform

    return DiscordPlatform(
        token=_reveal(settings.discord_token),
        api_base=settings.discord_api_base,
        gateway_url=settings.discord_gateway_url,
        cdn_base=settings.discord_cdn_base,
        intake=line.intake,
        store=line.store,
        commands=line.commands,
        forms=line.forms,
        sentences=notices.ASIDES,
        fetcher=line.fetcher,
        dev_server=settings.discord_dev_server,
        admins=line.admins,
        clock=line.clock,
        meter=line.meter,
        on_ready=on_ready,
        guild_ready_timeout=guild_ready_timeout,
        heartbeat_timeout=heartbeat_timeout,
    )


def join_slack(
    settings: config.Settings,
    line: Line,
    *,
    on_ready: Callable[[], None],
    limits: Limits | None = None,
) -> SlackPlatform:
    """Return Slack, not yet connected: by sockets where there is an app token, else by HTTP."""
    from adapters.slack.client import SlackPlatform
    from adapters.slack.outbound import LIMITS

    return SlackPlatform(
        bot_token=_reveal(settings.slack_bot_token),
        app_token=_reveal(settings.slack_app_token) or None,
        signing_secret=_reveal(settings.slack_signing_secret) or None,
        api_base=settings.slack_api_base,
        command=settings.slack_command,
        admin_group=settings.slack_admin_group or "",
        intake=line.intake,
        store=line.store,
        commands=line.commands,
        forms=line.forms,
        sentences=notices.ASIDES,
        fetcher=line.fetcher,
        admins=line.admins,
        clock=line.clock,
        meter=line.meter,
        on_ready=on_ready,
        limits=limits or LIMITS,
    )


def _public_name(settings: config.Settings) -> str | None:
    """Return PUBLIC_URL where it names us to the world, which comes by no loopback address."""
    host = urlsplit(settings.public_url or "").hostname or ""
    return None if is_loopback(host) else settings.public_url


def _reveal(secret: Secret | None) -> str:
    return secret.reveal() if secret else ""


# --- models ------------------------------------------------------------------------------


def join_segmind(settings: config.Settings, http: Http, clock: Clock) -> Account | None:
    """Return the account at Segmind, whose limit per minute chats and pictures share, if any."""
    from adapters.backends.segmind_submissions import Account

    if not settings.segmind_api_key:
        return None
    return Account(
        settings.segmind_base_url,
        settings.segmind_api_key.reveal(),
        http,
        api=settings.segmind_api,
        rpm=settings.segmind_rpm,
        upload_url=settings.segmind_upload_url,
        sleep=clock.sleep,
        now=lambda: clock.now() / 1000,
    )


def join_image_models(
    settings: config.Settings, account: Account | None, fetcher: Fetcher
) -> ImageModels:
    """Return the model that edits pictures, or none where no service is set up for that."""
    from adapters.backends.models import segmind_image_model
    from adapters.backends.router import ImageModels
    from adapters.backends.segmind_images import SegmindImages

    if account is None:
        return ImageModels({}, [])
    price = None if settings.image_price is None else micros(settings.image_price)
    slug = settings.image_model.partition(":")[2]
    backend = SegmindImages(account, fetcher, uploads=settings.segmind_uploads == "on")
    return ImageModels(
        {SegmindImages.name: backend},
        [segmind_image_model(slug, price)],
        {SegmindImages.name: partial(segmind_image_model, price_micros=price)},
    )


def join_models(
    settings: config.Settings, http: Http, clock: Clock, account: Account | None = None
) -> Models:
    """Return the configured models; the first backend's first is the default.

    `account` is that at Segmind, where it is shared. Raises `ConfigError` for rows of MODELS that
    contradict what they change.
    """
    from adapters.backends.chat_completions import AIMLAPI, OPENAI_COMPATIBLE, ChatCompletions
    from adapters.backends.models import AIMLAPI_MODELS, SEGMIND_MODELS, compatible_model
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
    if settings.segmind_api_key:
        from adapters.backends.segmind import Segmind

        backends[Segmind.name] = Segmind(
            settings.segmind_base_url,
            settings.segmind_api_key.reveal(),
            http,
            account=account or join_segmind(settings, http, clock),
        )
        models += SEGMIND_MODELS
    try:
        models = offered.merge(models, [row for row in settings.models if row.backend in backends])
    except ValueError as error:
        raise ConfigError([f"MODELS {error}"]) from error
    return Models(backends, models, settings.default_model)


def judge_models(settings: config.Settings) -> Mapping[str, str]:
    """Say what is wrong with the models that settings name; the simulated ones count too."""
    from adapters.backends.http import Http

    if settings.wants_playground:
        simulated = Secret("of-the-simulated-service")
        settings = replace(
            settings,
            aimlapi_api_key=settings.aimlapi_api_key or simulated,
            segmind_api_key=settings.segmind_api_key or simulated,
        )
    try:
        models = join_models(replace(settings, default_model=None), Http(), SystemClock())
    except ConfigError as error:
        return {"MODELS": str(error).removeprefix("MODELS ")}
    known = ", ".join(model.id for model in models.known())
    wrong: dict[str, str] = {}
    for name in ("DEFAULT_MODEL", "FALLBACK_MODEL"):
        try:
            models.find(getattr(settings, name.lower()))
        except BackendError:
            wrong[name] = f"must be one of the models that are set up: {known}"
    return wrong
