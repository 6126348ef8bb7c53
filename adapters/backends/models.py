"""The models that we know, and what is assumed of those that a person names."""

from __future__ import annotations

from bot.domain import Model

EFFORTS = ("low", "medium", "high")
# Far below what the models take (500), since each is paid for again with every answer.
PICTURES_MAX = 10

# https://docs.aimlapi.com/api-references/text-models-llm/openai/gpt-5-mini for the efforts;
# window and output: https://platform.openai.com/docs/models/gpt-5-mini; list prices.
AIMLAPI_MODELS = (
    Model(
        backend="aimlapi",
        name="openai/gpt-5-mini-2025-08-07",
        window=400_000,
        max_output=128_000,
        input_price=250_000,
        output_price=2_000_000,
        efforts=EFFORTS,
        pictures=PICTURES_MAX,
    ),
)

# Window and output: the models' own pages there; usual seconds: the averages of its list of
# models (August 2026). It bills what it reports; until it does, the list prices of the models
# stand in, for it publishes none per token for the first. Efforts are passed on unread.
SEGMIND_MODELS = (
    Model(
        backend="segmind",
        name="gpt-5-mini",
        window=400_000,
        max_output=128_000,
        input_price=250_000,
        output_price=2_000_000,
        efforts=EFFORTS,
        pictures=PICTURES_MAX,
        usual_seconds=48,
    ),
    Model(
        backend="segmind",
        name="gpt-5.4-mini",
        window=400_000,
        max_output=128_000,
        input_price=750_000,
        output_price=4_500_000,
        efforts=EFFORTS,
        pictures=PICTURES_MAX,
        usual_seconds=5,
    ),
)

WINDOW_ASSUMED = 128_000
MAX_OUTPUT_ASSUMED = 16_384


def compatible_model(name: str, window: int | None = None, max_output: int | None = None) -> Model:
    """Return a model of an OpenAI-compatible server; half of a small window may be answer."""
    window = window or WINDOW_ASSUMED
    return Model(
        backend="openai_compatible",
        name=name,
        window=window,
        max_output=max_output or min(MAX_OUTPUT_ASSUMED, max(1, window // 2)),
    )
