"""Files of messages: what the platform said of them, and what became of them."""

from __future__ import annotations

from collections.abc import Sequence

from bot.domain import Attachment, FileState, StoredFile, ThreadRef, Turn
from bot.errors import Fenced
from storage.engine import Operation, Row
from storage.statements import load
from storage.turns import fence, thread_key

SQL = load("files")
OWNED = load("parts")


def add(thread: ThreadRef, position: int, attachments: Sequence[Attachment]) -> Operation[None]:
    """Add a message's files, none of them fetched yet."""
    for n, attachment in enumerate(attachments):
        yield (
            SQL.insert_file,
            {
                **thread_key(thread),
                "position": position,
                "n": n,
                "attachment": attachment.id,
                "name": attachment.name,
                "size": attachment.size,
                "type": attachment.mime,
                "url": attachment.url,
                "message": attachment.message,
                "place": attachment.place,
            },
        )


def read(thread: ThreadRef, first: int, last: int) -> Operation[dict[int, list[StoredFile]]]:
    """Return the files of the messages between two positions, by position."""
    rows = yield SQL.list_files, {**thread_key(thread), "first": first, "last": last}
    found: dict[int, list[StoredFile]] = {}
    for row in rows:
        found.setdefault(row["position"], []).append(_file(row))
    return found


def put(turn: Turn, file: StoredFile) -> Operation[None]:
    """Store what became of a file; one whose message was deleted meanwhile is let go."""
    stored = yield (
        SQL.put_file,
        {
            **fence(turn),
            **thread_key(turn.thread),
            "position": file.position,
            "n": file.n,
            "state": file.state.value,
            "blob": file.blob,
            "mime": file.mime,
            "width": file.width,
            "height": file.height,
            "text": file.text,
            "note": file.note,
            "excluded": int(file.excluded),
        },
    )
    if not stored and not (yield OWNED.find_owned, fence(turn)):
        raise Fenced


def unused(among: Sequence[str]) -> Operation[set[str]]:
    """Return those of these blobs that no file names."""
    free: set[str] = set()
    for blob in among:
        if not (yield SQL.find_blob, {"blob": blob}):
            free.add(blob)
    return free


def _file(row: Row) -> StoredFile:
    return StoredFile(
        position=row["position"],
        n=row["n"],
        attachment=Attachment(
            id=row["attachment"],
            name=row["name"],
            size=row["size"],
            mime=row["type"],
            url=row["url"],
            message=row["message"],
            place=row["place"],
        ),
        state=FileState(row["state"]),
        blob=row["blob"],
        mime=row["mime"],
        width=row["width"],
        height=row["height"],
        text=row["text"],
        note=row["note"],
        excluded=bool(row["excluded"]),
    )
