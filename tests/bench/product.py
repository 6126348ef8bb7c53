"""The product as it is served, but without its own limits on requests.

At 100 streams those limits would spare it most of the edits that the others make.
"""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Callable
from dataclasses import replace

from adapters.backends.http import Http
from bot import __main__ as program
from bot import config, logs
from bot.ports import ChatModels, Clock

UNLIMITED = 100_000.0
MakeModels = Callable[[config.Settings, Http, Clock], ChatModels]


def _lift_limits(settings: config.Settings) -> None:
    """Lift the limits of the platforms that are on, and import no other."""
    if settings.discord_token is not None:
        from adapters.discord import outbound as discord

        discord.LIMITS = replace(discord.LIMITS, requests_per_second=UNLIMITED)
    if settings.has_slack:
        from adapters.slack import allowance

        # Before anybody has taken it from there.
        allowance.windows_of = lambda method, team, channel="": ()
        from adapters.slack import outbound

        outbound.LIMITS = replace(outbound.LIMITS, requests_per_second=UNLIMITED)


async def serve(make_models: MakeModels | None = None) -> None:
    """Serve until SIGTERM."""
    settings = config.Settings.load(os.environ)
    if "HTTP_PORT" not in os.environ:
        settings = replace(settings, http_port=0)
    logs.configure(settings.log_level, settings.log_format, settings.secrets)
    _lift_limits(settings)
    service = await program.compose(
        settings, guild_ready_timeout=0.05, most_open=10**9, make_models=make_models
    )
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    await service.run(stop)


if __name__ == "__main__":
    asyncio.run(serve())
