"""Pictures of conversations: their numbers, which came from which, and how long bytes are kept."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeGuard

from bot.domain import StoredPicture, ThreadRef, Turn
from bot.errors import Fenced
from bot.ports import Made
from storage import admission
from storage.engine import Operation, Row
from storage.packing import pack, unpack_edit, unpack_numbers, unpack_options
from storage.statements import load
from storage.turns import fence, thread_key

SQL = load("pictures")
OWNED = load("parts")


def list_newest(thread: ThreadRef, most: int) -> Operation[list[StoredPicture]]:
    """Return the newest pictures of a conversation, by number."""
    key = yield from _find_key(thread)
    rows = yield SQL.list_pictures, {**key, "most": most}
    return [_picture(row) for row in reversed(rows)]


def latest(thread: ThreadRef) -> Operation[StoredPicture | None]:
    """Return the picture that an edit goes on from."""
    rows = yield SQL.find_latest, (yield from _find_key(thread))
    return _picture(rows[0]) if rows else None


def find(thread: ThreadRef, number: int) -> Operation[StoredPicture | None]:
    """Return a picture of a conversation, which is named by its own key."""
    rows = yield SQL.find_picture, {**thread_key(thread), "number": number}
    return _picture(rows[0]) if rows else None


def made_by(turn: str) -> Operation[StoredPicture | None]:
    """Return the picture that a turn made or showed."""
    rows = yield SQL.find_made, {"turn": turn}
    if rows:
        return _picture(rows[0])
    rows = yield SQL.read_edit, {"turn": turn}
    edit = unpack_edit(rows[0]["edit"]) if rows else None
    if edit is None or edit.shows is None:
        return None
    return (yield from find(_thread(rows[0]), edit.shows))


def shown_at(
    platform: str, workspace: str, place: str, message: str
) -> Operation[tuple[ThreadRef, StoredPicture] | None]:
    """Return the picture that a message of ours shows, and its conversation."""
    rows = yield (
        SQL.find_shown,
        {"platform": platform, "workspace": workspace, "place": place, "message": message},
    )
    picture = (yield from made_by(rows[0]["id"])) if rows else None
    return (_thread(rows[0]), picture) if picture is not None else None


def messages_of(thread: ThreadRef, number: int) -> Operation[list[tuple[str, str]]]:
    """Return the messages (place, message) that show a picture as theirs."""
    picture = yield from find(thread, number)
    maker = picture.turn if picture is not None and picture.made else ""
    found: list[tuple[str, str]] = []
    for row in (yield SQL.list_showing, thread_key(thread)):
        edit = unpack_edit(row["edit"])
        if row["id"] == maker or (edit is not None and edit.shows == number):
            found.append((row["place"], row["message"]))
    return found


def is_kept(picture: StoredPicture | None) -> TypeGuard[StoredPicture]:
    """Tell whether a picture can still be worked on."""
    return picture is not None and picture.is_kept


# --- made, shown, removed ----------------------------------------------------------------


def conclude(turn: Turn, made: Made | None, cancelled: bool, now: int) -> Operation[None]:
    """Store what a turn made, and erase what it was to remove.

    What nobody waits for any more is not the latest, and its words were taken back.
    """
    edit = turn.edit
    if edit is not None and edit.removes is not None:
        yield from erase(turn.thread, edit.removes)
    if made is None:
        return
    key = thread_key(turn.thread)
    added = yield (
        SQL.add_picture,
        {
            **key,
            "turn": turn.id,
            "made": 1,
            "blob": made.blob,
            "mime": made.mime,
            "width": made.width,
            "height": made.height,
            "base": made.inputs[0] if made.inputs else None,
            "inputs": pack(made.inputs),
            "prompt": "" if cancelled else made.prompt,
            "model": made.model,
            "options": pack(made.options),
            "masked": int(made.masked),
            "author": turn.author.id,
            "name": turn.author.name,
            "now": now,
        },
    )
    if not cancelled:
        yield SQL.set_latest, {**key, "number": added[0]["number"]}


def show(turn: Turn, number: int) -> Operation[None]:
    """Make a picture the thread's latest, shown by this turn."""
    if not (yield OWNED.find_owned, fence(turn)):
        raise Fenced
    yield from choose(turn.thread, number)


def choose(thread: ThreadRef, number: int) -> Operation[None]:
    """Make a picture the one that later edits go on from."""
    yield SQL.set_latest, {**thread_key(thread), "number": number}


def erase(thread: ThreadRef, number: int) -> Operation[None]:
    """Forget a picture's bytes, and those of the files that it came by."""
    picture = yield from find(thread, number)
    if picture is None:
        return
    yield SQL.erase_picture, {**thread_key(thread), "number": number}
    if picture.blob and not picture.made:
        yield SQL.erase_files, {**thread_key(thread), "blob": picture.blob}


def erase_sent(thread: dict[str, str], blobs: Iterable[str]) -> Operation[None]:
    """Forget the pictures of files that were removed, unless others of the thread have them."""
    for blob in blobs:
        if blob:
            yield SQL.erase_sent, {**thread, "blob": blob}


def expire(before: int, most: int) -> Operation[int]:
    """Forget the bytes of older pictures, and of the files and masks that are as old.

    Returns how many of a kind were forgotten at most, so that 0 means that nothing is left.
    """
    old = {"before": before, "most": most}
    pictures = yield SQL.list_old, old
    for row in pictures:
        yield SQL.expire_picture, _key(row) | {"number": row["number"]}
    files = yield SQL.list_old_files, old
    for row in files:
        yield SQL.expire_file, _key(row) | {"position": row["position"], "n": row["n"]}
    masks = yield SQL.expire_masks, {"before": before}
    return max(len(pictures), len(files), len(masks))


def _find_key(thread: ThreadRef) -> Operation[dict[str, str]]:
    """Return the key of the conversation that is meant, which may be named by its place."""
    found = yield from admission.find(thread)
    return thread_key(found.thread if found else thread)


def _key(row: Row) -> dict[str, str | int]:
    return {name: row[name] for name in ("platform", "workspace", "channel", "thread")}


def _thread(row: Row) -> ThreadRef:
    return ThreadRef(row["platform"], row["workspace"], row["channel"], row["thread"])


def _picture(row: Row) -> StoredPicture:
    return StoredPicture(
        number=row["number"],
        turn=row["turn"],
        blob=row["blob"],
        mime=row["mime"],
        width=row["width"],
        height=row["height"],
        made=bool(row["made"]),
        base=row["base"],
        inputs=unpack_numbers(row["inputs"]),
        prompt=row["prompt"],
        model=row["model"],
        options=unpack_options(row["options"]),
        masked=bool(row["masked"]),
        author=row["author"],
        name=row["name"],
        created_at=row["created_at"],
        removed=bool(row["removed"]),
    )
