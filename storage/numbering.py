"""Numbers of the pictures that people send to a conversation."""

from __future__ import annotations

from bot.domain import StoredFile, Turn
from bot.errors import Fenced
from storage.engine import Operation, Row
from storage.statements import load
from storage.turns import fence, thread_key

SQL = load("pictures")
OWNED = load("parts")


def number_own(turn: Turn, blob: str, mime: str, width: int, height: int) -> Operation[int]:
    """Number a picture that a turn brought."""
    if not (yield OWNED.find_owned, fence(turn)):
        raise Fenced
    sender = (turn.id, turn.author.id, turn.author.name)
    return (yield from _number(turn, sender, blob, mime, width, height))


def number_file(turn: Turn, file: StoredFile) -> Operation[None]:
    """Number a picture that was read for a turn; it belongs to whoever sent it.

    A mask is no picture of the conversation: nobody wants to go on from it.
    """
    if not file.is_picture:
        return
    edit = turn.edit
    if edit is not None and (file.position, file.n) == (turn.position, edit.mask_file):
        return
    rows = yield SQL.find_sender, {**thread_key(turn.thread), "position": file.position}
    row = rows[0] if rows else None
    sender = (row["turn"], row["author"], _sender(row, file)) if row else ("", "", "")
    yield from _number(turn, sender, file.blob, file.mime, file.width, file.height)


def _sender(row: Row, file: StoredFile) -> str:
    """Return who sent a file that a message brought, which may be another's; "" if unknown."""
    brought_by = file.attachment.message
    if brought_by in ("", row["source"]):
        return str(row["name"])
    return str(row["quote_author"]) if brought_by == row["quote_source"] else ""


def _number(
    turn: Turn, sender: tuple[str, str, str], blob: str, mime: str, width: int, height: int
) -> Operation[int]:
    """Return the number of a picture of these bytes, which is that of its first coming.

    What is sent again is kept, and is the last that was sent, from then on.
    """
    key = thread_key(turn.thread)
    rows = yield SQL.find_same, {**key, "blob": blob}
    if rows:
        number = int(rows[0]["number"])
        yield SQL.renew, {**key, "number": number, "now": turn.received_at}
        return number
    brought, author, name = sender
    added = yield (
        SQL.add_picture,
        {
            **key,
            "turn": brought,
            "made": 0,
            "blob": blob,
            "mime": mime,
            "width": width,
            "height": height,
            "base": None,
            "inputs": "[]",
            "prompt": "",
            "model": "",
            "options": "{}",
            "masked": 0,
            "author": author,
            "name": name,
            "now": turn.received_at,
        },
    )
    return int(added[0]["number"])
