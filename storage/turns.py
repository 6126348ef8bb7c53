"""Turns as work: claimed by one worker, concluded once, ended once."""

from __future__ import annotations

import hashlib

from bot.domain import (
    Author,
    InteractionRef,
    Options,
    Outcome,
    ThreadRef,
    Turn,
    TurnKind,
    TurnState,
)
from bot.errors import Fenced, StoreError
from storage.engine import Operation, Params, Row
from storage.packing import unpack_edit, unpack_words
from storage.statements import load

SQL = load("turns")
PICTURES = load("pictures")

UNSEEN = frozenset({Outcome.UNDELIVERABLE, Outcome.CANCELLED})
OPEN = (TurnState.ADMITTED, TurnState.RUNNING, TurnState.DELIVERING)

# Crockford's base 32, https://www.crockford.com/base32.html: no letter is taken for another.
ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
ID_LENGTH = 13


def turn_id(platform: str, workspace: str, channel: str, source: str) -> str:
    """Return the id of the turn that a source makes: the same every time, in 65 bits."""
    key = "\0".join((platform, workspace, channel, source)).encode("utf-8", "surrogatepass")
    bits = int.from_bytes(hashlib.blake2b(key, digest_size=16).digest(), "big")
    return "".join(ALPHABET[(bits >> (123 - 5 * at)) & 31] for at in range(ID_LENGTH))


def fence(turn: Turn) -> dict[str, str | int]:
    """Return what every write of a turn's owner must still match."""
    return {"turn": turn.id, "worker": turn.worker, "attempt": turn.attempt}


def thread_key(thread: ThreadRef) -> dict[str, str]:
    """Return the columns that name a thread."""
    return {
        "platform": thread.platform,
        "workspace": thread.workspace,
        "channel": thread.channel,
        "thread": thread.thread,
    }


def read(turn: str) -> Operation[Turn | None]:
    """Return a turn as it stands."""
    rows = yield SQL.read_turn, {"turn": turn}
    return _turn(rows[0]) if rows else None


def claim(worker: str, now: int, most: int, most_of_person: int) -> Operation[list[Turn]]:
    """Take what dead workers left, then the heads of the threads that nobody works on."""
    claimed: list[Turn] = []
    heads = yield SQL.find_abandoned, {"worker": worker, "now": now, "most": most}
    for head in heads:
        yield from _take(worker, now, head, most_of_person, claimed)
    # Of a person's many heads only some are taken: the others' come after them.
    while len(claimed) < most:
        wanted = most - len(claimed)
        heads = yield SQL.find_waiting, {"most": wanted, "most_of_person": most_of_person}
        before = len(claimed)
        for head in heads:
            yield from _take(worker, now, head, most_of_person, claimed)
        if len(heads) < wanted or len(claimed) == before:
            break
    return claimed


def _take(
    worker: str, now: int, head: Row, most_of_person: int, claimed: list[Turn]
) -> Operation[None]:
    this: Params = {"turn": head["id"]}
    taken = yield (
        SQL.claim_turn,
        {
            **this,
            "attempt": head["attempt"],
            "worker": worker,
            "most_of_person": most_of_person,
            "now": now,
        },
    )
    if not taken:
        return
    if head["attempt"] > 0:
        yield SQL.doubt_parts, {**this, "now": now}
    rows = yield SQL.read_turn, this
    claimed.append(_turn(rows[0]))


def end(turn: Turn, outcome: Outcome, now: int) -> Operation[None]:
    """Close a delivered turn and forget its interaction's token."""
    ended = yield SQL.end_turn, {**fence(turn), "outcome": outcome.value, "now": now}
    if not ended:
        rows = yield SQL.read_turn, {"turn": turn.id}
        if rows and _is_owner(rows[0], turn) and rows[0]["state"] == TurnState.DELIVERING:
            raise StoreError(f"A turn that was {rows[0]['outcome']} cannot end {outcome}.")
        raise Fenced
    if outcome is Outcome.UNDELIVERABLE:
        yield SQL.hide_answer, {**thread_key(turn.thread), "position": turn.position}
    if turn.edit is not None and outcome in UNSEEN:
        yield PICTURES.step_back, {"turn": turn.id, **thread_key(turn.thread)}
        if outcome is Outcome.CANCELLED:
            yield PICTURES.erase_made, {"turn": turn.id}
    yield SQL.erase_token, {"turn": turn.id}


def count_open() -> Operation[dict[str, int]]:
    """Return how many turns stand in each state but `ended`."""
    rows = yield SQL.count_open, {}
    counts = {state.value: 0 for state in OPEN}
    counts.update({row["state"]: row["turns"] for row in rows})
    return counts


def _is_owner(row: Row, turn: Turn) -> bool:
    return bool(row["worker"] == turn.worker and row["attempt"] == turn.attempt)


def _turn(row: Row) -> Turn:
    return Turn(
        id=row["id"],
        thread=ThreadRef(row["platform"], row["workspace"], row["channel"], row["thread"]),
        kind=TurnKind(row["kind"]),
        source=row["source"],
        position=row["position"],
        author=Author(row["author"], row["name"], roles=unpack_words(row["roles"])),
        state=TurnState(row["state"]),
        attempt=row["attempt"],
        worker=row["worker"] or "",
        received_at=row["received_at"],
        sent_at=row["sent_at"],
        place=_place(row),
        opens_thread=bool(row["opens_thread"]),
        prompt=row["prompt"] or "",
        outcome=Outcome(row["outcome"]) if row["outcome"] else None,
        answer=row["answer"],
        note=row["note"],
        error=row["error"],
        stop_requested=bool(row["stop_requested"]),
        cancel_requested=bool(row["cancel_requested"]),
        interaction=_interaction(row),
        about=row["about"],
        overhears=bool(row["overhears"]),
        options=Options(row["model"], row["effort"], row["max_tokens"]),
        edit=unpack_edit(row["edit"]),
        by_admin=bool(row["by_admin"]),
        overtaken=bool(row["overtaken"]),
    )


def _place(row: Row) -> str | None:
    """Return where messages go, or None while the thread has yet to be opened.

    A message that stands in a thread names its place itself: on Discord a thread is a
    channel of its own.
    """
    if row["place"] is not None:
        return str(row["place"])
    return None if row["opens_thread"] else str(row["thread"])


def _interaction(row: Row) -> InteractionRef | None:
    """Return the interaction while its token is kept."""
    if not row["token"]:
        return None
    return InteractionRef(
        id=row["interaction"],
        application=row["application"],
        token=row["token"],
        expires_at=row["expires_at"],
        place=row["pressed_at"],
    )
