"""What was deleted a short while ago: what was read of it before is not stored any more.

Between its reading and its storing a message may be deleted; the row of that decides, in the
transaction that would store it. It is kept for longer than anything is being read.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from bot.domain import Attachment, Quote, ThreadRef
from storage.engine import Operation
from storage.statements import load

SQL = load("changes")


def remember(platform: str, workspace: str, place: str, message: str, now: int) -> Operation[None]:
    """Remember that a message was deleted."""
    if not message:
        return
    stood = {"platform": platform, "workspace": workspace, "place": place, "source": message}
    yield SQL.remember_deletion, {**stood, "now": now}


def is_deleted(thread: ThreadRef, place: str, message: str) -> Operation[bool]:
    """Tell whether a message at a place, which a thread's own words refer to, was deleted."""
    found = yield (
        SQL.find_deletion,
        {
            "platform": thread.platform,
            "workspace": thread.workspace,
            "place": place,
            "channel": thread.channel,
            "source": message,
        },
    )
    return bool(found)


def blank(
    thread: ThreadRef, attachments: Sequence[Attachment]
) -> Operation[tuple[Attachment, ...]]:
    """Return files without those of deleted messages; what is left keeps its place in the list."""
    gone: set[tuple[str, str]] = set()
    for place, message in dict.fromkeys((file.place, file.message) for file in attachments):
        if message and (yield from is_deleted(thread, place, message)):
            gone.add((place, message))
    return take_out(attachments, gone)


def take_out(
    attachments: Sequence[Attachment],
    gone: Collection[tuple[str, str]],
    kept: Collection[str] = (),
) -> tuple[Attachment, ...]:
    """Return files without those of the messages (place, id) that are gone, but for `kept` ids."""
    return tuple(
        Attachment(file.id, "", 0, "", "")
        if (file.place, file.message) in gone and file.id not in kept
        else file
        for file in attachments
    )


def keep_quote(thread: ThreadRef, place: str, quote: Quote | None) -> Operation[Quote | None]:
    """Return what a message at a place quotes, None if that was deleted."""
    if quote is None or not quote.message:
        return quote
    return None if (yield from is_deleted(thread, place, quote.message)) else quote
