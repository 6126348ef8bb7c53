"""Decide what goes to the model: pure, oldest first out.

The estimate is the caller's, so that reported usage may correct it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from math import ceil

from msgspec.structs import replace

from bot.domain import Amounts, ChatMessage, FileState, Model, Quote, Role, StoredFile, Usage
from bot.text import excerpt, is_blank

# Includes the model's reasoning, so generous: an answer of 4,000 words is about 6,000 tokens.
MAX_OUTPUT_TOKENS = 16_000
# What the wire format adds around each message (role, separators), by OpenAI's own count.
TOKENS_PER_MESSAGE = 4
# No text has more tokens than bytes: that is what tokens are made of, whichever the model's are.
# What a model's template puts around each message, and around all of them, is bounded by those
# that are known: https://cookbook.openai.com/articles/openai-harmony is the longest.
MOST_PER_MESSAGE = 8
MOST_AROUND = 128
# A picture counts by patches of 32 pixels, up to a most of them, times the model's own factor:
# https://platform.openai.com/docs/guides/images-vision#calculating-costs
PATCH_PIXELS = 32
MOST_PATCHES = 1_536
TOKENS_PER_PATCH = 1.62
# Others count a picture by tiles, after it was made as small as this; the dearest of each.
# https://platform.openai.com/docs/guides/images-vision#calculating-costs
MOST_PER_PATCH = 2.46
TILE_PIXELS = 512
MOST_TILES = 8
MOST_PER_TILE = 170
MOST_PER_PICTURE = 85
QUOTE_CHARACTERS = 4_000
NAME_CHARACTERS = 100
NO_BUDGET = 2**31


@dataclass(frozen=True, slots=True)
class Context:
    """What is sent, and what was left out of it.

    `messages` have everything in their text; the pictures that go along are still `files`.
    `dropped` messages did not fit, of `kept` ones; `unseen` pictures of the question and
    `unseen_before` earlier ones are more than the model takes. `is_too_long`: the question
    alone is over the model's window. `prompt_tokens` is an estimate; no model counts more than
    `prompt_bound`.
    """

    messages: tuple[ChatMessage, ...]
    prompt_tokens: int
    max_output_tokens: int
    dropped: int
    kept: int = 0
    unseen: int = 0
    unseen_before: int = 0
    is_too_long: bool = False
    most_prompt_tokens: int = 0

    @property
    def prompt_bound(self) -> int:
        """Return the most that any model can count of what is sent."""
        return max(self.prompt_tokens, self.most_prompt_tokens)

    @property
    def pictures(self) -> list[StoredFile]:
        """Return the pictures that go along."""
        return [file for message in self.messages for file in message.files]


def build(
    model: Model,
    system_prompt: str,
    history: Sequence[ChatMessage],
    estimate: Callable[[str], int],
    *,
    budget: int = NO_BUDGET,
    bound: int = NO_BUDGET,
    max_tokens: int | None = None,
) -> Context:
    """Fit the newest messages into the model's window and the budget.

    `bound` is on the most that any model can count of them. The last message (the question) is
    always kept, whatever its size. Where several people speak, each one's name stands before
    their words, so that the model can tell them apart.
    """
    max_output = fit_output(model, max_tokens)
    room = model.window - max_output
    allowed = min(room, budget)
    used = estimate(system_prompt) + TOKENS_PER_MESSAGE if system_prompt else 0
    most = MOST_AROUND + (_bound(system_prompt) if system_prompt else 0)
    speakers = {message.author for message in history if message.role is Role.USER}
    named = len(speakers) > 1
    chosen = _choose_pictures(model, history)
    given: set[str] = set()
    kept: list[ChatMessage] = []
    is_too_long = False
    for message in reversed(history):
        # What was not even read is more than the rest has room for.
        if kept and any(file.omitted for file in message.files):
            break
        shown = _show(message, named, chosen, given)
        cost = estimate(shown.text) + TOKENS_PER_MESSAGE
        cost += sum(picture_tokens(file) for file in shown.files)
        worst = _bound(shown.text) + sum(most_picture_tokens(file) for file in shown.files)
        if kept and (used + cost > allowed or most + worst > bound):
            break
        kept.append(shown)
        used += cost
        most += worst
        if len(kept) == 1:
            is_too_long = used > room
    kept.reverse()
    system = (ChatMessage(Role.SYSTEM, system_prompt),) if system_prompt else ()
    sent = history[len(history) - len(kept) :]
    return Context(
        messages=(*system, *kept),
        prompt_tokens=used,
        max_output_tokens=max_output,
        dropped=len(history) - len(kept),
        kept=len(kept),
        unseen=_count_unseen(sent[-1:], sent, chosen),
        unseen_before=_count_unseen(sent[:-1], sent, chosen) if model.pictures else 0,
        is_too_long=is_too_long,
        most_prompt_tokens=most,
    )


def fit_output(model: Model, wanted: int | None) -> int:
    """Return the most tokens that an answer may have; never more than half of the window."""
    return max(1, min(model.max_output, wanted or MAX_OUTPUT_TOKENS, max(1, model.window // 2)))


def picture_tokens(file: StoredFile) -> int:
    """Estimate what a picture counts."""
    patches = ceil(file.width / PATCH_PIXELS) * ceil(file.height / PATCH_PIXELS)
    return ceil(min(patches, MOST_PATCHES) * TOKENS_PER_PATCH)


def most_picture_tokens(file: StoredFile) -> int:
    """Return the most that a model counts for a picture, whichever way it counts."""
    patches = ceil(file.width / PATCH_PIXELS) * ceil(file.height / PATCH_PIXELS)
    tiles = ceil(file.width / TILE_PIXELS) * ceil(file.height / TILE_PIXELS)
    by_tiles = MOST_PER_PICTURE + min(tiles, MOST_TILES) * MOST_PER_TILE
    return max(ceil(min(patches, MOST_PATCHES) * MOST_PER_PATCH), by_tiles)


def _bound(text: str) -> int:
    return len(text.encode("utf-8", "surrogatepass")) + MOST_PER_MESSAGE


def count_poisoned(context: Context, named: int | None) -> int:
    """Count the oldest messages up to the one that a service names, by its number in all sent.

    None where that is the question itself, or what the model is told first.
    """
    if named is None:
        return 0
    count = named - (len(context.messages) - context.kept) + 1
    return count if 0 < count < context.kept else 0


# --- pictures --------------------------------------------------------------------------------


def _choose_pictures(model: Model, history: Sequence[ChatMessage]) -> set[tuple[int, int]]:
    """Choose, by position and number, the pictures that go along: the newest messages' first.

    The same picture goes once; that its copies do not is no loss.
    """
    chosen: set[tuple[int, int]] = set()
    blobs: set[str] = set()
    for message in reversed(history):
        for file in message.files:
            if len(chosen) >= model.pictures:
                return chosen
            if file.is_picture and not file.excluded and file.blob not in blobs:
                chosen.add((file.position, file.n))
                blobs.add(file.blob)
    return chosen


def _count_unseen(
    messages: Sequence[ChatMessage], history: Sequence[ChatMessage], chosen: set[tuple[int, int]]
) -> int:
    """Count the pictures that a model would have been shown, had it taken more of them."""
    seen = {file.blob for file in _files(history) if (file.position, file.n) in chosen}
    return len(
        {file.blob for file in _files(messages) if file.is_picture and not file.excluded} - seen
    )


def _files(messages: Sequence[ChatMessage]) -> Iterator[StoredFile]:
    for message in messages:
        yield from message.files


# --- what a message says -------------------------------------------------------------------


def _show(
    message: ChatMessage, named: bool, chosen: set[tuple[int, int]], given: set[str]
) -> ChatMessage:
    """Put everything of a message into its text, but for the pictures that go along.

    The text of a file stands once, where it came last: `given` are those that stand already.
    """
    if message.role is not Role.USER:
        return message
    text = message.text
    if named and message.author:
        text = f"{excerpt(message.author, NAME_CHARACTERS)}: {text}"
    if message.quote is None and not message.files:
        return replace(message, text=text) if named else message
    pieces = [] if message.quote is None else [_show_quote(message.quote)]
    pieces += [] if is_blank(text) else [text]
    pieces += [_show_file(file, chosen, given) for file in message.files]
    pictures = tuple(file for file in message.files if (file.position, file.n) in chosen)
    return replace(message, text="\n\n".join(pieces), files=pictures, quote=None)


def _show_quote(quote: Quote) -> str:
    words = quote.text[:QUOTE_CHARACTERS] + ("…" if len(quote.text) > QUOTE_CHARACTERS else "")
    who = excerpt(quote.author, NAME_CHARACTERS) or "Somebody"
    return "\n".join((f"{who} wrote:", *(f"> {line}" for line in words.split("\n"))))


def _show_file(file: StoredFile, chosen: set[tuple[int, int]], given: set[str]) -> str:
    """Say what a file is, and what it says."""
    name = excerpt(file.attachment.name, NAME_CHARACTERS) or "file"
    if file.is_picture:
        shown = (file.position, file.n) in chosen
        return f"[Picture: {name}]" if shown else f"[Picture: {name}, which you are not shown]"
    if file.state is FileState.READ and file.text in given:
        return f"[File: {name}, whose text stands elsewhere here]"
    if file.state is FileState.READ:
        given.add(file.text)
        return f"File {name}:\n{_fence(file.text)}"
    return f"[File: {name}, which you are not shown]"


def _fence(text: str) -> str:
    """Put a fence around a text that nothing in the text can close."""
    longest = max((len(run) for run in re.findall("`{3,}", text)), default=2)
    fence = "`" * (longest + 1)
    return f"{fence}\n{text}\n{fence}"


# --- money -----------------------------------------------------------------------------------


def price(model: Model, prompt_tokens: int, completion_tokens: int) -> int | None:
    """Return micro-dollars, rounded up, or None where the model has no price."""
    if model.input_price is None or model.output_price is None:
        return None
    millionths = prompt_tokens * model.input_price + completion_tokens * model.output_price
    return -(-millionths // 1_000_000)


def hold(model: Model, context: Context) -> Amounts:
    """Return what one call may cost at the most: this is reserved before it is made."""
    tokens = context.prompt_bound + context.max_output_tokens
    micros = price(model, context.prompt_bound, context.max_output_tokens) or 0
    return Amounts(requests=1, tokens=tokens, micros=micros)


def charge(
    model: Model, usage: Usage, prompt_tokens: int, completion_tokens: int
) -> tuple[Amounts, bool]:
    """Return what one call did cost, and whether that is estimated.

    Reported figures win; the estimated `prompt_tokens` and `completion_tokens` fill the gaps.
    Nothing at all for what was there, and a total below its parts, are no figures.
    """
    prompt = usage.prompt or prompt_tokens
    completion = usage.completion or completion_tokens
    total = max(usage.total or 0, prompt + completion)
    micros = usage.cost_micros
    if micros is None:
        micros = price(model, prompt, completion) or 0
    estimated = not (usage.prompt and usage.completion)
    return Amounts(requests=1, tokens=total, micros=micros), estimated
