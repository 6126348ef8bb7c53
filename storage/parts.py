"""The outbox: a row says `sending` before a message leaves, so a crash leaves no doubt unseen."""

from __future__ import annotations

from bot.domain import Turn
from bot.errors import Fenced, StoreError
from bot.ports import Part, PartState, Purpose
from storage.engine import Operation, Row
from storage.statements import load
from storage.turns import fence

SQL = load("parts")


def list_parts(turn: str) -> Operation[list[Part]]:
    """Return a turn's parts by purpose and index."""
    rows = yield SQL.list_parts, {"turn": turn}
    return [_part(row) for row in rows]


def begin(
    turn: Turn, purpose: Purpose, index: int, place: str, nonce: str, now: int
) -> Operation[None]:
    """Commit that a message is about to leave."""
    begun = yield (
        SQL.begin_part,
        {**_key(turn, purpose, index), "place": place, "nonce": nonce, "now": now},
    )
    if not begun:
        raise Fenced


def mark(
    turn: Turn,
    purpose: Purpose,
    index: int,
    state: PartState,
    message: str | None,
    now: int,
    again: bool = False,
) -> Operation[None]:
    """Record what became of a message."""
    if state is PartState.SENDING:
        raise StoreError("A part begins to be sent by begin_part only.")
    if (state is PartState.SENT) != bool(message):
        raise StoreError("A part has a message's id exactly when it is sent.")
    marked = yield (
        SQL.mark_part,
        {
            **_key(turn, purpose, index),
            "state": state.value,
            "message": message,
            "again": int(again),
            "now": now,
        },
    )
    if not marked:
        raise Fenced


def drop(turn: Turn, purpose: Purpose, index: int) -> Operation[None]:
    """Forget a part; one that is not there is fine."""
    dropped = yield SQL.drop_part, _key(turn, purpose, index)
    if not dropped and not (yield SQL.find_owned, fence(turn)):
        raise Fenced


def is_overtaken(turn: Turn, place: str) -> Operation[bool]:
    """Tell whether another turn spoke at a place since this one came."""
    rows = yield (
        SQL.find_overtaking,
        {
            "turn": turn.id,
            "platform": turn.thread.platform,
            "workspace": turn.thread.workspace,
            "place": place,
            "received_at": turn.received_at,
        },
    )
    return bool(rows)


def known_messages(platform: str, workspace: str, place: str) -> Operation[set[str]]:
    """Return the ids of our messages at a place."""
    rows = yield (
        SQL.known_messages,
        {"platform": platform, "workspace": workspace, "place": place},
    )
    return {row["message"] for row in rows}


def _key(turn: Turn, purpose: Purpose, index: int) -> dict[str, str | int]:
    return {**fence(turn), "purpose": purpose.value, "idx": index}


def _part(row: Row) -> Part:
    return Part(
        purpose=Purpose(row["purpose"]),
        index=row["idx"],
        state=PartState(row["state"]),
        place=row["place"],
        message=row["message"],
        sending_at=row["sending_at"],
        again=bool(row["again"]),
    )
