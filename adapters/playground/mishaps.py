"""The mishaps that the page offers, in the stand-ins' own terms."""

from __future__ import annotations

from functools import partial

from adapters.playground.aimlapi import CHAT, TOKENS_PER_SECOND, AimlapiStandIn
from adapters.playground.discord import DiscordStandIn, buckets
from adapters.playground.faults import Fault
from adapters.playground.segmind import SUBMIT, SYNC, SegmindStandIn
from adapters.playground.simulated import KINDS
from adapters.playground.weather import Mishap, Switch

THROTTLED_SECONDS = 1.5
QUICK_TOKENS_PER_SECOND = 1000.0
# A client that repeats a refused request by itself would never show a fault of one request.
UNTIL_CLEARED = 1_000_000_000
# Those that differ in what the person is told; all others can be asked for in words.
OFFERED_KINDS = ("busy", "refused", "cut", "empty", "misconfigured", "funds", "length", "slow")
# In the words of a service that queues whole answers.
QUEUED_KINDS = {
    "busy": "429: too many requests; it says when there is room again",
    "refused": "the job is accepted and then fails: against the content policy",
    "cut": "requests are accepted, and the answer with their id is lost",
    "error": "the job is accepted and then fails",
    "empty": "an answer without text",
    "misconfigured": "401: the key is not accepted",
    "funds": "406: not enough credits",
    "gone": "410: the model was retired",
    "silent": "the job stays in the queue for ever",
}
# What comes in the place of an edited picture: options of `segmind_answers.Course`.
SPOILED: dict[str, tuple[str, str, dict[str, str]]] = {
    "unchanged": ("Unchanged", "edits send back the picture as it was", {"sends": "same"}),
    "unusable": ("Unusable", "edits send only half of the picture", {"sends": "truncated"}),
    "elsewhere": (
        "Elsewhere",
        "edited pictures are said to be at an address that nobody expects",
        {"host": "https://pictures.example.net/edited.png"},
    ),
}
QUICK_SPEED = 20.0
# An edit takes 42 seconds at the real service; whoever tries it out waits for 12.
BRISK_PICTURES = 3.5
LOW_BALANCE = 0.5


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


def of_model(model: AimlapiStandIn) -> tuple[Mishap | Switch, ...]:
    """Return what can go wrong with the simulated model's answers, and how fast they come."""

    def spoil(kind: str) -> None:
        model.faults.add(Fault(CHAT, "answer", times=UNTIL_CLEARED, options={"kind": kind}))

    def hurry(on: bool) -> str:
        model.tokens_per_second = QUICK_TOKENS_PER_SECOND if on else TOKENS_PER_SECOND
        return "Answers come at once." if on else "Answers come at the speed of a real model."

    mishaps = (
        Mishap(
            name,
            KINDS[name].title,
            f"From now on: {KINDS[name].happens}.",
            partial(spoil, name),
        )
        for name in OFFERED_KINDS
    )
    return (*mishaps, Switch("quick", "Quick answers", hurry))


def of_segmind(segmind: SegmindStandIn) -> tuple[Mishap | Switch, ...]:
    """Return what can go wrong with simulated Segmind, how fast it is, and what it has left."""

    def shape(options: dict[str, str]) -> None:
        for route in (SUBMIT, SYNC):
            segmind.faults.add(Fault(route, "answer", times=UNTIL_CLEARED, options=dict(options)))

    def spoil(kind: str) -> None:
        shape({"kind": kind})

    def forget() -> None:
        segmind.jobs.clear()

    def hurry(on: bool) -> str:
        segmind.speed = QUICK_SPEED if on else 1.0
        return "Jobs take a moment." if on else "Jobs take as long as Segmind's usually do."

    def slow_pictures(on: bool) -> str:
        segmind.picture_speed = 1.0 if on else BRISK_PICTURES
        return f"Edits of pictures take about {42 if on else 12} seconds."

    def drain(on: bool) -> str:
        segmind.balance = LOW_BALANCE if on else 10.0
        return f"Simulated Segmind has ${segmind.balance:.2f} of credit left."

    mishaps = (
        Mishap(kind, KINDS[kind].title, f"From now on: {happens}.", partial(spoil, kind))
        for kind, happens in QUEUED_KINDS.items()
    )
    spoiled = (
        Mishap(name, title, f"From now on: {happens}.", partial(shape, options))
        for name, (title, happens, options) in SPOILED.items()
    )
    expire = Mishap(
        "forget", "Forget its jobs", "Every job so far is unknown now (404).", forget, once=True
    )
    return (
        *mishaps,
        *spoiled,
        expire,
        Switch("segmind-quick", "Quick jobs", hurry),
        Switch(
            "segmind-pictures",
            "Slow edits",
            slow_pictures,
            "Edits of pictures take 42 seconds, as the real service's do, instead of 12.",
            lambda: segmind.picture_speed == 1.0,
        ),
        Switch("segmind-low", "Little credit", drain),
    )
