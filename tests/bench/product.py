"""The product as it is served, but without its own limit on requests per second.

At 100 streams that limit would spare it most of the edits that the others make.
"""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Callable
from dataclasses import replace

from adapters.backends.http import Http
from adapters.discord import outbound
from bot import __main__ as program
from bot import config, logs
from bot.ports import ChatModels, Clock

UNLIMITED = 100_000.0
MakeModels = Callable[[config.Settings, Http, Clock], ChatModels]


async def serve(make_models: MakeModels | None = None) -> None:
    """Serve until SIGTERM."""
    settings = replace(config.Settings.load(os.environ), http_port=0)
    logs.configure(settings.log_level, settings.log_format, settings.secrets)
    outbound.LIMITS = replace(outbound.LIMITS, requests_per_second=UNLIMITED)
    service = await program.compose(
        settings, guild_ready_timeout=0.05, most_open=10**9, make_models=make_models
    )
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    await service.run(stop)


if __name__ == "__main__":
    asyncio.run(serve())
