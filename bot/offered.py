"""The models that settings name: those of a compatible server, and rows that add or change any.

Parsers are as in `bot.values`: they raise `ValueError` with a phrase for each wrong item.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from bot.domain import Model
from bot.values import decimal, items_of, micros, number, quoted

Item = TypeVar("Item")

LEAST_LIMIT = 256
MOST_LIMIT = 100_000_000
# Provider and model names as they are used: `openai/gpt-5-mini`, `llama3.2:3b`, `a@b+c`.
_NAME = r"\w[\w./@+-]*?(?::\w[\w./@+-]*?)*?"
BACKENDS = ("aimlapi", "openai_compatible", "segmind")


@dataclass(frozen=True, slots=True)
class OfferedModel:
    """A model of the compatible server; a limit is None where the setting leaves it out."""

    name: str
    window: int | None = None
    max_output: int | None = None


def offered_models(text: str) -> tuple[OfferedModel, ...]:
    """Accept `name[:window[:max_output]]`, separated by commas.

    A name may itself hold colons (`llama3.2:3b`): only numbers at the end are limits.
    """
    return _each(items_of(text), _offered_model, lambda model: model.name)


def _offered_model(item: str) -> OfferedModel:
    found = re.fullmatch(rf"({_NAME})((?::[0-9]+){{0,2}})", item)
    if not found or re.fullmatch(r"[0-9]+", found[1]):
        raise ValueError(
            f"holds {quoted(item)}, which is not a model; write name[:window[:max_output]]"
        )
    sizes = [int(size) for size in found[2].split(":")[1:]]
    window, max_output = [*sizes, None, None][:2]
    if any(not LEAST_LIMIT <= size <= MOST_LIMIT for size in sizes):
        raise ValueError(
            f"holds {quoted(item)} with a limit that is not from {LEAST_LIMIT} to"
            f" {MOST_LIMIT} tokens"
        )
    if window is not None and max_output is not None and max_output > window:
        raise ValueError(f"holds {quoted(item)}, whose max_output is over its window")
    return OfferedModel(found[1], window, max_output)


# --- rows of any backend -----------------------------------------------------------------


def _tokens(text: str) -> int:
    return number(text, LEAST_LIMIT, MOST_LIMIT, "tokens")


def _price(text: str) -> int:
    return micros(decimal(text))


def _pictures(text: str) -> int:
    return number(text, 0, 100, "pictures")


def _seconds(text: str) -> int:
    return number(text, 0, 600, "seconds")


def _efforts(text: str) -> tuple[str, ...]:
    words = items_of(text)
    if any(not re.fullmatch(r"[a-z]{2,16}", word) for word in words):
        raise ValueError("must be words like low,medium,high")
    return tuple(dict.fromkeys(words))


# The words of a row, the field of `Model` that each sets, and how it is read.
FIELDS: dict[str, tuple[str, Callable[[str], object]]] = {
    "window": ("window", _tokens),
    "output": ("max_output", _tokens),
    "in": ("input_price", _price),
    "out": ("output_price", _price),
    "pictures": ("pictures", _pictures),
    "seconds": ("usual_seconds", _seconds),
    "efforts": ("efforts", _efforts),
}


@dataclass(frozen=True, slots=True)
class ModelRow:
    """What a setting says of one model; `written` is how, `fields` what it sets."""

    backend: str
    name: str
    fields: tuple[tuple[str, Any], ...] = ()
    written: str = ""

    @property
    def id(self) -> str:
        """Return the id of the model that it is about."""
        return f"{self.backend}:{self.name}"

    def applied_to(self, model: Model | None) -> Model:
        """Return the model as this row changes it, or a new one. Raises `ValueError`."""
        said = dict(self.fields)
        if model is None:
            model = Model(self.backend, self.name)
            if "max_output" not in said and "window" in said:
                said["max_output"] = min(model.max_output, said["window"] // 2)
        changed = replace(model, **said)
        if changed.max_output > changed.window:
            raise ValueError(f"holds {quoted(self.id)}, whose output is over its window")
        return changed


def model_rows(text: str) -> tuple[ModelRow, ...]:
    """Accept `backend:model word=value ...`, separated by semicolons.

    Prices are dollars per million tokens, exactly as written.
    """
    return _each(items_of(text, ";"), _model_row, lambda row: row.id)


def _model_row(item: str) -> ModelRow:
    names, *words = item.split()
    backend, _, name = names.partition(":")
    if backend not in BACKENDS or not re.fullmatch(_NAME, name) or len(name) > 80:
        raise ValueError(
            f"holds {quoted(item)}, which does not begin with backend:model; the backends are"
            f" {', '.join(BACKENDS)}"
        )
    fields: dict[str, object] = {}
    for word in words:
        key, equals, value = word.partition("=")
        if not equals or key not in FIELDS:
            raise ValueError(
                f"holds {quoted(item)} with {quoted(word)}; the words are"
                f" {', '.join(f'{known}=' for known in FIELDS)}"
            )
        field, parse = FIELDS[key]
        if field in fields:
            raise ValueError(f"holds {quoted(item)}, which says {key}= twice")
        try:
            fields[field] = parse(value)
        except ValueError as error:
            raise ValueError(f"holds {quoted(item)}, in which {key}= {error}") from None
    return ModelRow(backend, name, tuple(fields.items()), " ".join([names, *words]))


def merge(models: Iterable[Model], rows: Sequence[ModelRow]) -> list[Model]:
    """Return the models with what rows say of them, and the new ones after. Raises `ValueError`."""
    merged = {model.id: model for model in models}
    for row in rows:
        merged[row.id] = row.applied_to(merged.get(row.id))
    return list(merged.values())


# --- both --------------------------------------------------------------------------------


def _each(
    items: list[str], parse: Callable[[str], Item], name: Callable[[Item], str]
) -> tuple[Item, ...]:
    """Read every item; what is wrong with any, and what is named twice, is told together."""
    read: list[Item] = []
    wrong: list[str] = []
    for item in items:
        try:
            read.append(parse(item))
        except ValueError as error:
            wrong.append(str(error))
    names = [name(item) for item in read]
    wrong += [f"names {quoted(one)} twice" for one in dict.fromkeys(names) if names.count(one) > 1]
    if wrong:
        raise ValueError(*wrong)
    return tuple(read)
