"""The platforms that settings name, joined to who hears what they hear.

Their adapters are imported only when their platform is on: discord.py alone takes 0.2 s and
37 MB.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot import config, notices
from bot.commands.dispatcher import Dispatcher
from bot.ports import Clock, Forms, Limits, Meter
from bot.turns.intake import EventIntake
from bot.values import Secret

if TYPE_CHECKING:
    from adapters.discord.client import DiscordPlatform
    from adapters.fetch import Fetcher
    from adapters.slack.client import SlackPlatform
    from storage.store import SqliteStore


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


def _reveal(secret: Secret | None) -> str:
    return secret.reveal() if secret else ""
