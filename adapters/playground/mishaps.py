"""The mishaps that the page offers, in the stand-ins' own terms."""

from __future__ import annotations

from functools import partial

from adapters.playground.aimlapi import CHAT, AimlapiStandIn
from adapters.playground.discord import DiscordStandIn, buckets
from adapters.playground.faults import Fault
from adapters.playground.simulated import KINDS
from adapters.playground.weather import Mishap

THROTTLED_SECONDS = 1.5
# A client that repeats a refused request by itself would never show a fault of one request.
UNTIL_CLEARED = 1_000_000_000
# Those that differ in what the person is told; all others can be asked for in words.
OFFERED_KINDS = ("busy", "refused", "cut", "empty", "misconfigured", "funds", "length", "slow")


def of_discord(discord: DiscordStandIn) -> tuple[Mishap, ...]:
    """Return what can go wrong between Discord and the bot."""

    def throttle() -> None:
        for route in (buckets.CREATE_MESSAGE, buckets.EDIT_MESSAGE):
            discord.faults.add(buckets.throttle(route, THROTTLED_SECONDS, times=2))

    return (
        Mishap(
            "throttle",
            "Rate limit it",
            "The bot's next two posts and next two edits are rate limited.",
            throttle,
        ),
        Mishap(
            "drop",
            "Cut the connection",
            "The gateway connection was cut; the bot resumes where it was.",
            discord.gateway.drop_connections,
        ),
        Mishap(
            "invalidate",
            "Forget its session",
            "Discord forgot the bot's session; it connects anew and catches up.",
            discord.gateway.invalidate_sessions,
        ),
    )


def of_model(model: AimlapiStandIn) -> tuple[Mishap, ...]:
    """Return what can go wrong with the simulated model's answers."""

    def spoil(kind: str) -> None:
        model.faults.add(Fault(CHAT, "answer", times=UNTIL_CLEARED, options={"kind": kind}))

    return tuple(
        Mishap(
            name,
            KINDS[name].title,
            f"From now on: {KINDS[name].happens}.",
            partial(spoil, name),
        )
        for name in OFFERED_KINDS
    )
