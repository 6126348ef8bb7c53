"""The models that we know, and what is assumed of those that a person names."""

from __future__ import annotations

from dataclasses import replace

from bot.domain import ImageModel, Model

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

# What the API of the model behind it takes; the first of each is its default.
# https://platform.openai.com/docs/api-reference/images/createEdit
_SIZES = ("auto", "1024x1024", "1536x1024", "1024x1536")
_QUALITIES = ("auto", "low", "medium", "high")
# List prices of the model behind it, in micro-dollars for what comes out (square, or not): Segmind
# publishes none of its own. https://platform.openai.com/docs/pricing#image-generation
_OUTPUT_PRICES = (("low", 5_000, 6_000), ("medium", 11_000, 15_000), ("high", 36_000, 52_000))
# Sixteen pictures at low fidelity and a prompt, by the list prices of what goes in.
_INPUT_PRICE = 13_000
_EDIT_PRICES = tuple(
    (quality, size, (square if size == "1024x1024" else oblong) + _INPUT_PRICE)
    for quality, square, oblong in _OUTPUT_PRICES
    for size in _SIZES[1:]
)
SEGMIND_IMAGE_MODELS = (
    ImageModel(
        backend="segmind",
        name="gpt-image-1-edit-mini",
        sizes=_SIZES,
        qualities=_QUALITIES,
        backgrounds=("opaque", "transparent"),
        formats=("png", "jpeg", "webp"),
        moderations=("auto", "low"),
        usual_seconds=42,
        prices=_EDIT_PRICES,
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


def segmind_image_model(name: str, price_micros: int | None = None) -> ImageModel:
    """Return an image model of Segmind; one that is not known here is taken for its like.

    `price_micros` is what the operator says that an image costs at most, whatever is chosen;
    without it only the models that are known have prices.
    """
    known = next((model for model in SEGMIND_IMAGE_MODELS if model.name == name), None)
    model = known or replace(SEGMIND_IMAGE_MODELS[0], name=name, prices=None)
    if price_micros is None:
        return model
    return replace(model, prices=(("", "", price_micros),))
