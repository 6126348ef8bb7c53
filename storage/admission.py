"""Make turns: the rows that a question leaves, whatever it came by."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bot.domain import (
    Attachment,
    Author,
    Edit,
    InteractionRef,
    Options,
    Quote,
    ThreadRef,
    TurnKind,
)
from bot.ports import Purpose
from storage import deletions, files
from storage.engine import Operation, Row
from storage.packing import pack, pack_words
from storage.statements import load
from storage.turns import thread_key

SQL = load("admission")
PICTURES = load("pictures")


@dataclass(frozen=True, slots=True)
class Known:
    """A conversation that an event was found to belong to, and the words it replies to there.

    `shown_by` is the turn whose picture it replies to.
    """

    thread: ThreadRef
    followed: bool
    mentions: str = ""
    quote: Quote | None = None
    shown_by: str = ""


NO_OPTIONS = Options()
# Whose words ours are, to the model that reads them.
OURS = "You"


@dataclass(slots=True)
class NewTurn:
    """A turn as it is admitted; `thread` is its conversation's key."""

    id: str
    thread: ThreadRef
    source: str
    kind: TurnKind
    position: int
    author: Author
    sent_at: int
    once: str | None = None
    about: str = ""
    opens_thread: bool = False
    overhears: bool = False
    options: Options = NO_OPTIONS
    edit: Edit | None = None
    answer: str = ""
    note: str = ""
    error: str = ""


@dataclass(slots=True)
class Prompt:
    """A turn's question; `source` and `place` are those of the message that it stands in."""

    author: str
    name: str
    text: str
    source: str = ""
    place: str = ""
    hidden: bool = False
    has_files: bool = False
    quote: Quote | None = None


def find(thread: ThreadRef) -> Operation[Known | None]:
    """Return a thread's conversation, by its own key or by the place where it is."""
    rows = yield SQL.find_conversation, thread_key(thread)
    if not rows or not rows[0]["followed"]:
        # Of two conversations at one place, the one that is followed is meant.
        placed = yield (
            SQL.find_placed,
            {
                "platform": thread.platform,
                "workspace": thread.workspace,
                "place": thread.thread,
            },
        )
        if placed and (placed[0]["followed"] or not rows):
            rows = placed
    return _known(thread, rows[0], rows[0]["mentions"] or "") if rows else None


def find_replied(thread: ThreadRef, place: str, message: str) -> Operation[Known | None]:
    """Return the conversation of a message of ours that stands at `place`.

    With it comes what the message says, unless a reply to it goes without saying.
    """
    rows = yield (
        SQL.find_replied,
        {
            "platform": thread.platform,
            "workspace": thread.workspace,
            "place": place,
            "message": message,
        },
    )
    if not rows:
        return None
    said = rows[0]["said"]
    return replace(
        _known(thread, rows[0], ""),
        quote=Quote(OURS, said) if said else None,
        shown_by=rows[0]["turn"] if rows[0]["purpose"] == Purpose.PICTURE else "",
    )


def _known(thread: ThreadRef, row: Row, mentions: str) -> Known:
    found = ThreadRef(thread.platform, thread.workspace, row["channel"], row["thread"])
    return Known(found, bool(row["followed"]), mentions)


def asks_too_much(thread: ThreadRef, author: Author, most_open: int) -> Operation[bool]:
    """Tell whether a person has `most_open` open turns, wherever they asked."""
    counted = yield (
        SQL.count_open_of,
        {"platform": thread.platform, "author": author.id, "most": most_open},
    )
    return bool(counted[0]["turns"] >= most_open)


def add_turn(turn: NewTurn, now: int) -> Operation[bool]:
    """Add a turn, unless its source or its second key has one; tell whether it was added."""
    created = yield (
        SQL.insert_turn,
        {
            **thread_key(turn.thread),
            "id": turn.id,
            "source": turn.source,
            "once": turn.once,
            "kind": turn.kind.value,
            "about": turn.about,
            "position": turn.position,
            "author": turn.author.id,
            "name": turn.author.name,
            "roles": pack_words(turn.author.roles),
            "by_admin": int(turn.author.admin),
            "opens_thread": int(turn.opens_thread),
            "overhears": int(turn.overhears),
            "model": turn.options.model,
            "effort": turn.options.effort,
            "max_tokens": turn.options.max_tokens,
            "edit": pack(turn.edit),
            "answer": turn.answer,
            "note": turn.note,
            "error": turn.error,
            "sent_at": turn.sent_at,
            "now": now,
        },
    )
    if created and turn.edit is not None and turn.edit.mask_blob:
        yield PICTURES.add_mask, {"turn": turn.id, "blob": turn.edit.mask_blob, "now": now}
    return bool(created)


def touch(thread: ThreadRef, place: str | None, followed: bool, now: int) -> Operation[None]:
    """Have a conversation; `place` is where a new one is, None while that is to be opened."""
    yield (
        SQL.touch_conversation,
        {**thread_key(thread), "place": place, "followed": int(followed), "now": now},
    )


def add_prompt(turn: NewTurn, prompt: Prompt, now: int) -> Operation[None]:
    """Add a turn's question to its conversation."""
    quote = yield from deletions.keep_quote(turn.thread, prompt.place, prompt.quote)
    yield (
        SQL.insert_prompt,
        {
            **thread_key(turn.thread),
            "position": turn.position,
            "author": prompt.author,
            "name": prompt.name,
            "text": prompt.text,
            "turn": turn.id,
            "source": prompt.source,
            "place": prompt.place,
            "hidden": int(prompt.hidden),
            # Also of what was deleted since: who asked meant something by it.
            "extras": int(prompt.has_files or prompt.quote is not None),
            "quote_author": quote.author if quote else "",
            "quote_text": quote.text if quote else "",
            "quote_source": quote.message if quote else "",
            "now": now,
        },
    )


def add_files(turn: NewTurn, attachments: tuple[Attachment, ...]) -> Operation[None]:
    """Add the files that came with a turn's question."""
    yield from files.add(turn.thread, turn.position, attachments)


def add_interaction(turn: str, ref: InteractionRef) -> Operation[None]:
    """Keep what lets a turn's answer replace its placeholder."""
    yield (
        SQL.insert_interaction,
        {
            "turn": turn,
            "id": ref.id,
            "application": ref.application,
            "token": ref.token,
            "expires_at": ref.expires_at,
            "place": ref.place,
        },
    )
