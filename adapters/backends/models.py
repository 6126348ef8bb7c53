"""The models that we know, and what is assumed of those that a person names."""

from __future__ import annotations

from bot.domain import Model

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
        efforts=("low", "medium", "high"),
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
