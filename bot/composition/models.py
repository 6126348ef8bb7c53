"""The models that settings name, each with the service that it is asked at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from bot import config, offered
from bot.composition.clock import SystemClock
from bot.domain import Model
from bot.errors import BackendError, ConfigError
from bot.ports import ChatBackend, Clock
from bot.values import Secret, micros

if TYPE_CHECKING:
    from adapters.backends.http import Http
    from adapters.backends.router import ImageModels, Models
    from adapters.backends.segmind_submissions import Account
    from adapters.fetch import Fetcher


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
