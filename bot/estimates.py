"""Correct the estimate of tokens, for each model, by what its provider reports."""

from __future__ import annotations

from math import ceil

from bot.text import estimate_tokens

# Beyond these it is not the estimate that is wrong, but the report.
LEAST_FACTOR = 0.5
MOST_FACTOR = 2.0
# What one report counts against all before it.
WEIGHT = 0.3
# The report on a short prompt is mostly the wire format's own tokens.
LEAST_TOKENS = 50


class Estimator:
    """Estimate how many tokens one model counts."""

    def __init__(self) -> None:
        self.factor = 1.0

    def __call__(self, text: str) -> int:
        """Return the corrected estimate for a text."""
        return ceil(estimate_tokens(text) * self.factor)

    def observe(self, estimated: int, reported: int | None) -> None:
        """Learn what a prompt that was estimated at so many tokens did count."""
        if reported is None or reported <= 0 or estimated < LEAST_TOKENS:
            return
        right = min(max(self.factor * reported / estimated, LEAST_FACTOR), MOST_FACTOR)
        self.factor += WEIGHT * (right - self.factor)


class Estimates:
    """Keep an estimator for each model."""

    def __init__(self) -> None:
        self._models: dict[str, Estimator] = {}

    def of(self, model: str) -> Estimator:
        """Return the estimator of a model, by the model's id."""
        return self._models.setdefault(model, Estimator())
