"""The composition root: settings -> storage -> backends -> turns -> platforms, joined."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from bot import config, quotas
from bot.alerts import Alerts
from bot.commands.desk import Desk
from bot.commands.dispatcher import Dispatcher
from bot.commands.quota_desk import QuotaDesk
from bot.commands.quota_forms import QuotaForms
from bot.composition.clock import SystemClock
from bot.composition.models import join_image_models, join_models, join_segmind
from bot.composition.platforms import Line, join_discord, join_slack
from bot.composition.service import VERSION, Connected, Service
from bot.errors import ConfigError
from bot.forms.desk import FormDesk
from bot.forms.forms import EditForms
from bot.forms.links import LinkKeys, LinkMaker, MaskLinks
from bot.pacing import Budget
from bot.ports import ChatModels, Clock, Limits, Meter, Scope
from bot.turns.intake import MOST_OPEN_PER_PERSON, EventIntake
from bot.turns.late import LateResults
from bot.turns.lease import Lease
from bot.turns.services import Services
from bot.turns.worker import Worker
from bot.values import is_loopback, micros

if TYPE_CHECKING:
    from adapters.backends.http import Http
    from adapters.files.worker import Worker as Decoder


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


def _public_name(settings: config.Settings) -> str | None:
    """Return PUBLIC_URL where it names us to the world, which comes by no loopback address."""
    host = urlsplit(settings.public_url or "").hostname or ""
    return None if is_loopback(host) else settings.public_url
