"""Drafts: edits that a person has begun to ask for, each of them used once.

A form or a link says nothing but its draft's id; the row decides. It is used up in the
transaction that makes the turn.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from bot.domain import Attachment, Author, Edit, ThreadRef, Turn
from bot.errors import Fenced, StoreError
from bot.events import Verdict
from bot.ports import Decision, Draft, DraftKind
from storage import deletions, pictures
from storage.engine import Operation, Row
from storage.packing import (
    pack,
    pack_words,
    unpack_attachments,
    unpack_edit,
    unpack_words,
)
from storage.statements import load
from storage.turns import fence, thread_key

SQL = load("drafts")
OWNED = load("parts")


def add(draft: Draft) -> Operation[None]:
    """Keep a draft, as it would be if it had been there when what it is of was deleted."""
    author = draft.author
    files = yield from deletions.blank(draft.thread, draft.attachments)
    yield (
        SQL.add_draft,
        {
            **thread_key(draft.thread),
            "id": draft.id,
            "kind": draft.kind.value,
            "place": draft.place,
            "author": author.id,
            "name": author.name,
            "roles": pack_words(author.roles),
            "moderator": int(author.moderator),
            "admin": int(author.admin),
            "opens_thread": int(draft.opens_thread),
            "edit": pack(draft.edit),
            "prompt": draft.prompt,
            "attachments": pack(files),
            "about": draft.about,
            "created_at": draft.created_at,
            "expires_at": draft.expires_at,
        },
    )
    emptied = files != draft.attachments and not _offers_any(files)
    if emptied or (yield from _has_lost_words(draft.about, draft.prompt)):
        yield SQL.revoke, {"draft": draft.id}


def read(draft: str) -> Operation[Draft | None]:
    """Return a draft, whatever became of it."""
    rows = yield SQL.read_draft, {"draft": draft}
    return _draft(rows[0]) if rows else None


def refuse(
    draft: Draft | None, platform: str, workspace: str, author: str | None, now: int
) -> Decision | None:
    """Say why a draft cannot be used, or return None if it can.

    `author` is who sends it; None: whoever has its link is taken for its author.
    """
    if draft is None or (draft.thread.platform, draft.thread.workspace) != (platform, workspace):
        return Decision(Verdict.GONE)
    if author is not None and author != draft.author.id:
        return Decision(Verdict.DENIED)
    if draft.used:
        return Decision(Verdict.DUPLICATE, draft.used)
    if draft.revoked or draft.expires_at <= now:
        return Decision(Verdict.GONE)
    return None


def use(draft: str, turn: str, now: int) -> Operation[None]:
    """Use a draft up; the turn is undone if somebody else just did."""
    if not (yield SQL.use_draft, {"draft": draft, "turn": turn, "now": now}):
        raise StoreError("A draft was used, revoked or expired meanwhile.")


def count_tries(draft: str) -> Operation[int]:
    """Return how many turns were made of a draft, of all of which nothing came."""
    rows = yield SQL.read_draft, {"draft": draft}
    return int(rows[0]["tries"]) if rows else 0


def note_try(draft: str) -> Operation[None]:
    """Remember that a turn was made which only says that it cannot be done now."""
    yield SQL.try_draft, {"draft": draft}


def give_back(turn: str) -> Operation[None]:
    """Let the link that a turn came by be used once more, since the turn was refused."""
    yield SQL.give_back, {"turn": turn}


# --- what is no more -------------------------------------------------------------------


def revoke_about(
    thread: ThreadRef, turns: Collection[str], *, number: int | None = None
) -> Operation[None]:
    """Revoke the drafts that go on from turns, or from a picture of their thread.

    What was used is emptied as well: its words are its turn's, which was erased.
    """
    for row in (yield from _list(thread)):
        edit = unpack_edit(row["edit"]) or Edit()
        shown = number in edit.numbers and _is_in(row, thread)
        told = row["about"] in turns or row["used"] in turns
        if shown or told or (yield from _has_lost_words(row["about"], row["prompt"])):
            yield SQL.revoke, {"draft": row["id"]}


def _has_lost_words(about: str, prompt: str) -> Operation[bool]:
    """Tell whether a draft says what is said of its picture no more, since that was deleted.

    Whoever goes on from a picture is shown the words that it was made by.
    """
    picture = (yield from pictures.made_by(about)) if about and prompt else None
    return picture is not None and not picture.prompt


def forget_files(
    platform: str, workspace: str, place: str, message: str, kept: Collection[str] = ()
) -> Operation[None]:
    """Take a message's files out of drafts, and revoke those that have no others.

    `kept` are the ids of those that still are on it. What is left keeps its place, by which a
    form's values name it.
    """
    for row in (yield from _list(ThreadRef(platform, workspace, "", ""))):
        files = unpack_attachments(row["attachments"])
        left = deletions.take_out(files, {(place, message)}, kept)
        if left == files:
            continue
        this = {"draft": row["id"]}
        if _offers_any(left):
            yield SQL.replace_files, {**this, "attachments": pack(left)}
        else:
            yield SQL.revoke, this


def _offers_any(files: Sequence[Attachment]) -> bool:
    """Tell whether there is anything to choose from: a mask alone is nothing."""
    return any(file.message for file in files)


def revoke_in(platform: str, workspace: str, place: str) -> Operation[None]:
    """Revoke the drafts of a channel or thread that is no more; "" is the whole workspace."""
    for row in (yield from _list(ThreadRef(platform, workspace, "", ""))):
        if not place or place in (row["channel"], row["thread"], row["place"]):
            yield SQL.revoke, {"draft": row["id"]}


def _list(thread: ThreadRef) -> Operation[list[Row]]:
    tenant = {"platform": thread.platform, "workspace": thread.workspace}
    return (yield SQL.list_drafts, tenant)


def _is_in(row: Row, thread: ThreadRef) -> bool:
    """Tell whether a draft is about a conversation; it may name it by its place."""
    return row["channel"] == thread.channel and thread.thread in (row["thread"], row["place"])


# --- results that are yet to come --------------------------------------------------------


def await_result(turn: Turn, now: int) -> Operation[None]:
    """Remember that a service may yet have the result of a turn's step."""
    awaited = yield SQL.await_result, {**fence(turn), "now": now}
    if not awaited and not (yield OWNED.find_owned, fence(turn)):
        raise Fenced


def awaited() -> Operation[list[tuple[str, str, str, str, str, int]]]:
    """Return what is awaited, the oldest first."""
    rows = yield SQL.list_awaited, {}
    return [
        (
            row["platform"],
            row["workspace"],
            row["turn"],
            row["model"],
            row["request_id"],
            row["since"],
        )
        for row in rows
    ]


def is_awaited(turn: str) -> Operation[bool]:
    """Tell whether a service may yet have the result of a turn's step."""
    return bool((yield SQL.find_awaited, {"turn": turn}))


def forget_awaited(turn: str) -> Operation[bool]:
    """Await a turn's result no more; tell whether it was awaited."""
    return bool((yield SQL.forget_awaited, {"turn": turn}))


def _draft(row: Row) -> Draft:
    return Draft(
        id=row["id"],
        kind=DraftKind(row["kind"]),
        thread=ThreadRef(row["platform"], row["workspace"], row["channel"], row["thread"]),
        place=row["place"],
        author=Author(
            row["author"],
            row["name"],
            moderator=bool(row["moderator"]),
            admin=bool(row["admin"]),
            roles=unpack_words(row["roles"]),
        ),
        opens_thread=bool(row["opens_thread"]),
        edit=unpack_edit(row["edit"]) or Edit(),
        prompt=row["prompt"],
        attachments=unpack_attachments(row["attachments"]),
        about=row["about"],
        created_at=row["created_at"],
        expires_at=row["expires_at"],
        used=row["used"],
        revoked=bool(row["revoked"]),
    )
