"""Decide which history goes to the model: pure, oldest first out.

The estimate is the caller's (`bot.text.estimate_tokens`), so that reported usage may correct it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.domain import Amounts, ChatMessage, Model, Role, Usage

# Includes the model's reasoning, so generous: an answer of 4,000 words is about 6,000 tokens.
MAX_OUTPUT_TOKENS = 16_000
# What the wire format adds around each message (role, separators), by OpenAI's own count.
TOKENS_PER_MESSAGE = 4


@dataclass(frozen=True, slots=True)
class Context:
    """What is sent: messages, their estimated tokens, the output cap, how many were left out."""

    messages: tuple[ChatMessage, ...]
    prompt_tokens: int
    max_output_tokens: int
    dropped: int


def build(
    model: Model,
    system_prompt: str,
    history: Sequence[ChatMessage],
    estimate: Callable[[str], int],
) -> Context:
    """Fit the newest messages into the model's window.

    The last message (the question) is always kept, whatever its size. Where several people
    speak, each one's name stands before their words, so that the model can tell them apart.
    """
    max_output = min(model.max_output, MAX_OUTPUT_TOKENS, max(1, model.window // 2))
    room = model.window - max_output
    used = 0
    kept: list[ChatMessage] = []
    if system_prompt:
        used += estimate(system_prompt) + TOKENS_PER_MESSAGE
    speakers = {message.author for message in history if message.role is Role.USER}
    named = len(speakers) > 1
    for message in reversed(history):
        shown = _name(message) if named else message
        cost = estimate(shown.text) + TOKENS_PER_MESSAGE
        if kept and used + cost > room:
            break
        kept.append(shown)
        used += cost
    dropped = len(history) - len(kept)
    kept.reverse()
    system = (ChatMessage(Role.SYSTEM, system_prompt),) if system_prompt else ()
    return Context((*system, *kept), used, max_output, dropped)


def _name(message: ChatMessage) -> ChatMessage:
    """Put the speaker's name before a person's words."""
    if message.role is not Role.USER or not message.author:
        return message
    return ChatMessage(message.role, f"{message.author}: {message.text}", message.author)


def price(model: Model, prompt_tokens: int, completion_tokens: int) -> int | None:
    """Return micro-dollars, rounded up, or None where the model has no price."""
    if model.input_price is None or model.output_price is None:
        return None
    millionths = prompt_tokens * model.input_price + completion_tokens * model.output_price
    return -(-millionths // 1_000_000)


def hold(model: Model, context: Context) -> Amounts:
    """Return what one call may cost at the most: this is reserved before it is made."""
    tokens = context.prompt_tokens + context.max_output_tokens
    micros = price(model, context.prompt_tokens, context.max_output_tokens) or 0
    return Amounts(requests=1, tokens=tokens, micros=micros)


def charge(
    model: Model, usage: Usage, prompt_tokens: int, completion_tokens: int
) -> tuple[Amounts, bool]:
    """Return what one call did cost, and whether that is estimated.

    Reported figures win; the estimated `prompt_tokens` and `completion_tokens` fill the gaps.
    """
    prompt = usage.prompt if usage.prompt is not None else prompt_tokens
    completion = usage.completion if usage.completion is not None else completion_tokens
    total = usage.total if usage.total is not None else prompt + completion
    micros = usage.cost_micros
    if micros is None:
        micros = price(model, prompt, completion) or 0
    estimated = usage.prompt is None or usage.completion is None
    return Amounts(requests=1, tokens=total, micros=micros), estimated
