"""What the command line is joined to: the database of a bot that may be running."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bot import config, quotas
from bot.commands.desk import Desk
from bot.commands.quota_desk import QuotaDesk
from bot.composition.clock import SystemClock
from bot.composition.models import join_image_models, join_models, join_segmind
from bot.composition.service import VERSION
from bot.console import Console, owner_of
from bot.values import micros


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
