"""How an answer was divided into its messages, so that they can be said again later.

What is divided the usual way needs no record: that can be done again. A record stands where parts
ended before they were full, had to be smaller, or should have had a file below them; it counts for
the attempt that made it.
"""

from __future__ import annotations

from dataclasses import dataclass

import msgspec

from bot.domain import Turn
from bot.ports import Limits, MemoStore
from bot.splitting import Cut


@dataclass(frozen=True, slots=True)
class Division:
    """How long parts were at most, and where they were ended before that.

    `instead` is what was said where a file should have carried the whole.
    """

    size: int
    cuts: tuple[Cut, ...] = ()
    instead: str = ""


@dataclass(frozen=True, slots=True)
class _Record:
    attempt: int
    division: Division


async def keep(store: MemoStore, turn: Turn, division: Division, limits: Limits) -> None:
    """Record, before they are shown, how the turn's messages are divided.

    Raises `StoreError`.
    """
    record = "" if division == Division(limits.text) else _encode(turn, division)
    if await store.memo(_name(turn)) != record:
        await store.put_memo(_name(turn), record)


async def recall(store: MemoStore, turn: Turn, limits: Limits) -> Division:
    """Return how an ended turn's messages are divided. Raises `StoreError`."""
    record = await _read(store, turn)
    if record is None or record.attempt != turn.attempt:
        return Division(limits.text)
    return record.division


async def recall_instead(store: MemoStore, turn: Turn) -> str:
    """Return what an earlier attempt was going to say in place of a file, "" if nothing.

    Raises `StoreError`.
    """
    record = await _read(store, turn)
    return record.division.instead if record is not None else ""


async def _read(store: MemoStore, turn: Turn) -> _Record | None:
    text = await store.memo(_name(turn))
    return msgspec.json.decode(text, type=_Record) if text else None


def _encode(turn: Turn, division: Division) -> str:
    return msgspec.json.encode(_Record(turn.attempt, division)).decode()


def _name(turn: Turn) -> str:
    return f"division:{turn.id}"
