"""Conversations: what was said in a thread, and where the thread is."""

from __future__ import annotations

from bot.domain import ChatMessage, Role, ThreadRef, Turn
from bot.errors import Fenced
from storage.engine import Operation
from storage.statements import load
from storage.turns import fence, thread_key

SQL = load("conversations")


def set_place(turn: Turn, place: str) -> Operation[None]:
    """Remember where a thread's messages are posted."""
    placed = yield (
        SQL.set_place,
        {**fence(turn), **thread_key(turn.thread), "place": place},
    )
    if not placed:
        raise Fenced


def is_followed(thread: ThreadRef) -> Operation[bool]:
    """Tell whether a thread's messages are ours without a mention."""
    rows = yield SQL.find_followed, thread_key(thread)
    return bool(rows)


def history(turn: Turn, most: int) -> Operation[list[ChatMessage]]:
    """Return the newest visible messages up to the turn's prompt, oldest first."""
    rows = yield (
        SQL.history,
        {**thread_key(turn.thread), "position": turn.position, "most": most},
    )
    return [ChatMessage(Role(row["role"]), row["text"], row["name"]) for row in reversed(rows)]


def add_answer(turn: Turn, text: str, now: int) -> Operation[None]:
    """Add a turn's answer to its conversation."""
    yield (
        SQL.insert_answer,
        {
            **thread_key(turn.thread),
            "position": turn.position,
            "text": text,
            "turn": turn.id,
            "now": now,
        },
    )
