"""Files of messages: what the platform said of them, and what became of them."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

from bot.domain import Attachment, FileState, StoredFile, ThreadRef, Turn
from bot.errors import Fenced
from storage import deletions, numbering
from storage.engine import Operation, Row, Rows
from storage.statements import load
from storage.turns import fence, thread_key

SQL = load("files")
OWNED = load("parts")
PICTURES = load("pictures")


def add(thread: ThreadRef, position: int, attachments: Sequence[Attachment]) -> Operation[None]:
    """Add a message's files, none of them fetched yet, each at its place in the list.

    Those of messages that were deleted since they were read are left out.
    """
    for n, attachment in enumerate((yield from deletions.blank(thread, attachments))):
        if attachment.is_gone:
            continue
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


def read(
    turn: Turn, first: int, last: int, characters: int
) -> Operation[dict[int, list[StoredFile]]]:
    """Return the files of the messages between two positions, by position.

    Texts are read as far as `characters`, the turn's own in any case.
    """
    rows = yield SQL.list_files, {**thread_key(turn.thread), "first": first, "last": last}
    texts = yield from _read_texts(turn, rows, characters)
    found: dict[int, list[StoredFile]] = {}
    for row in rows:
        text = texts.get((row["position"], row["n"]), "")
        found.setdefault(row["position"], []).append(_file(row, text))
    return found


def _read_texts(turn: Turn, rows: Rows, characters: int) -> Operation[dict[tuple[int, int], str]]:
    """Read texts, the newest messages' first, until there is no room for a whole message's.

    One that comes again takes no more room: a model is given it once.
    """
    sizes: dict[int, int] = {}
    for row in reversed(rows):
        if row["characters"]:
            sizes[row["position"]] = sizes.get(row["position"], 0) + row["characters"]
    waiting = deque(sizes.items())
    texts: dict[tuple[int, int], str] = {}
    known: dict[str, str] = {}
    room = characters
    while waiting:
        # As many as surely fit are read at a time, or else one message's, which may be known.
        first, size = waiting.popleft()
        last = first
        while waiting and size + waiting[0][1] <= room:
            first, more = waiting.popleft()
            size += more
        found = yield SQL.list_texts, {**thread_key(turn.thread), "first": first, "last": last}
        new = {row["text"]: row["text"] for row in found if row["text"] not in known}
        room -= sum(map(len, new))
        if new and room < 0 and last != turn.position:
            break
        known |= new
        texts |= {(row["position"], row["n"]): known[row["text"]] for row in found}
    return texts


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
            "read_at": turn.received_at,
        },
    )
    if stored:
        yield from numbering.number_file(turn, file)
    elif not (yield OWNED.find_owned, fence(turn)):
        raise Fenced


def unused(among: Sequence[str]) -> Operation[set[str]]:
    """Return those of these blobs that no file, picture or mask names."""
    free: set[str] = set()
    for blob in among:
        named = (yield SQL.find_blob, {"blob": blob}) or (yield PICTURES.find_blob, {"blob": blob})
        if not named:
            free.add(blob)
    return free


def _file(row: Row, text: str) -> StoredFile:
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
        text=text,
        note=row["note"],
        excluded=bool(row["excluded"]),
        omitted=bool(row["characters"]) and not text,
    )
