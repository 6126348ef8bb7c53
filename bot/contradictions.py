"""What is wrong, or odd, among settings that can each be read by itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from bot import values
from bot.settings import ROWS, TABLE, phrase_problem

if TYPE_CHECKING:
    from bot.config import Settings

_SLACK_SECRETS = ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET")


def contradictions(settings: Settings, misread: frozenset[str]) -> Iterator[str]:
    """Yield what is wrong among settings; what could not be read counts as given."""

    def given(*names: str) -> bool:
        return any(name in misread or getattr(settings, name.lower()) for name in names)

    if settings.discord_token and settings.discord_api_base == ROWS["DISCORD_API_BASE"].default:
        try:
            values.judge_discord_token(settings.discord_token)
        except ValueError as error:
            yield phrase_problem("DISCORD_TOKEN", str(error))
    yield from _incomplete_server(settings, misread)
    yield from _incomplete_slack(given)
    if "PLAYGROUND" in misread:
        return
    platform = given("DISCORD_TOKEN", *_SLACK_SECRETS)
    if settings.playground == "on" or (settings.playground == "auto" and not platform):
        ports = {"HTTP_PORT", "PLAYGROUND_PORT"}
        if settings.http_port == settings.playground_port and not ports & misread:
            yield "HTTP_PORT and PLAYGROUND_PORT are the same port; change one."
        return
    if not platform:
        yield (
            "No platform is set, and PLAYGROUND=off leaves nothing else to serve. Set"
            f" DISCORD_TOKEN (get it: {ROWS['DISCORD_TOKEN'].where}), or SLACK_BOT_TOKEN (get it:"
            f" {ROWS['SLACK_BOT_TOKEN'].where}) and SLACK_APP_TOKEN (get it:"
            f" {ROWS['SLACK_APP_TOKEN'].where})."
        )
    if not given("AIMLAPI_API_KEY", "SEGMIND_API_KEY", "OPENAI_COMPATIBLE_BASE_URL"):
        yield (
            "No chat backend is set. Set AIMLAPI_API_KEY"
            f" (get it: {ROWS['AIMLAPI_API_KEY'].where}), SEGMIND_API_KEY"
            f" (get it: {ROWS['SEGMIND_API_KEY'].where}), or OPENAI_COMPATIBLE_BASE_URL and"
            " OPENAI_COMPATIBLE_MODELS (a local server needs no key)."
        )


def knows_models(settings: Settings, misread: frozenset[str]) -> bool:
    """Tell whether it is clear which models there are."""
    server = bool(settings.openai_compatible_models) or not settings.openai_compatible_base_url
    unclear = {"PLAYGROUND", "AIMLAPI_API_KEY", "SEGMIND_API_KEY", "OPENAI_COMPATIBLE_BASE_URL"}
    unclear |= {"OPENAI_COMPATIBLE_MODELS", "MODELS", "DISCORD_TOKEN", "SLACK_BOT_TOKEN"}
    return server and not unclear & misread and (settings.has_backend or settings.wants_playground)


def _incomplete_server(settings: Settings, misread: frozenset[str]) -> Iterator[str]:
    url, models = "OPENAI_COMPATIBLE_BASE_URL", "OPENAI_COMPATIBLE_MODELS"
    if url in misread:
        return
    if settings.openai_compatible_base_url:
        if not settings.openai_compatible_models and models not in misread:
            yield phrase_problem(models, f"is missing; name what {url} serves")
        return
    for name in (models, "OPENAI_COMPATIBLE_API_KEY"):
        if settings.sources[name] != "default":
            yield phrase_problem(url, f"is missing, although {name} is set")
            return


def _incomplete_slack(given: Callable[..., bool]) -> Iterator[str]:
    """Yield what is missing to hear Slack or to speak there."""
    bot, app, secret = _SLACK_SECRETS
    if given(bot) and not given(app, secret):
        yield phrase_problem(
            app,
            f"is missing: {bot} needs it, or {secret} for Slack over HTTP (get that:"
            f" {ROWS[secret].where})",
        )
    elif not given(bot) and given(app, secret):
        yield phrase_problem(bot, f"is missing, although {app if given(app) else secret} is set")


def warnings(settings: Settings, twice: Sequence[str]) -> Iterator[str]:
    """Yield what is odd, but no reason not to start.

    `twice` are the names that have one value in the environment and another in `.env`.
    """
    for name in sorted(set(twice) & ROWS.keys()):
        yield f"{name} is set differently in the environment and in .env; the environment wins."
    if settings.sources["ADMIN_IDS"] != "default" and not settings.admin_ids:
        yield "ADMIN_IDS is empty: nobody is told of alerts."
    if settings.log_level == "DEBUG" and not settings.wants_playground:
        yield "LOG_LEVEL is DEBUG, which writes far more than a service needs."
    called = settings.slack_bot_token and not settings.slack_app_token
    vendor = settings.slack_api_base == ROWS["SLACK_API_BASE"].default
    if called and vendor and not settings.public_url:
        yield (
            "Slack is to call this bot over HTTP, but PUBLIC_URL is not set: set it to the https"
            f" address that leads to port {settings.http_port} of {settings.http_host} (set"
            " HTTP_HOST where that comes from another machine), or set SLACK_APP_TOKEN, which"
            " needs no address."
        )
    yield from _odd_about_pictures(settings)
    for group in TABLE:
        keys = [row.name for row in group.rows if row.secret]
        if group.later and any(getattr(settings, name.lower()) for name in keys):
            yield f"{group.title} is not available in this version; its settings are not used."
    for name, row in ROWS.items():
        url = getattr(settings, name.lower())
        if row.parse in (values.http_url, values.ws_url) and url and values.travels_open(url):
            yield f"{name} is not encrypted: keys and messages can be read on their way."
    backends = {
        "aimlapi": settings.aimlapi_api_key,
        "segmind": settings.segmind_api_key,
        "openai_compatible": settings.openai_compatible_base_url,
    }
    for model in settings.models:
        if not settings.wants_playground and not backends[model.backend]:
            yield f"MODELS names {model.id}, but {model.backend} is not set up."


def _odd_about_pictures(settings: Settings) -> Iterator[str]:
    """Yield what keeps pictures from being edited, or links from being opened."""
    if not settings.segmind_api_key and not settings.wants_playground:
        for name in ("IMAGE_MODEL", "IMAGE_PRICE"):
            if settings.sources[name] != "default":
                yield f"{name} is set, but SEGMIND_API_KEY is not: no picture can be edited."
    vendors = (
        (settings.discord_token, "DISCORD_API_BASE"),
        (settings.slack_bot_token, "SLACK_API_BASE"),
    )
    # Beside stand-ins of the platforms this machine is where people are.
    real = any(
        token and getattr(settings, base.lower()) == ROWS[base].default for token, base in vendors
    )
    host = urlsplit(settings.public_url or "").hostname or ""
    if real and host and values.is_loopback(host):
        yield (
            "PUBLIC_URL is this machine's own address: the links to paint masks that people are"
            " given open here only."
        )
