"""Conversations: what was said in a thread, and where the thread is."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from bot.domain import ChatMessage, Quote, Role, ThreadRef, Turn
from bot.errors import Fenced
from bot.ports import Overheard
from storage import admission, files
from storage.engine import ByOrder, Operation
from storage.statements import load
from storage.turns import fence, thread_key

SQL = load("conversations")
OWNED = load("parts")
# The most rows that are read for a turn.
HISTORY = ByOrder(SQL.history)

ROLES = {role.value: role for role in Role}


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
    found = yield from admission.find(thread)
    return found is not None and found.followed and found.mentions != "always"


def history(turn: Turn, most: int, characters: int) -> Operation[list[ChatMessage]]:
    """Return the newest visible messages up to the turn's prompt, oldest first."""
    rows = yield (
        HISTORY,
        {**thread_key(turn.thread), "position": turn.position, "most": most},
    )
    messages: list[ChatMessage] = []
    marked: list[int] = []
    for position, role, name, text, extras in reversed(rows):
        if extras:
            marked.append(len(messages))
        messages.append(ChatMessage(ROLES[role], text, name, position))
    if marked:
        yield from _complete(turn, messages, marked, characters)
    return messages


def _complete(
    turn: Turn, messages: list[ChatMessage], marked: Sequence[int], characters: int
) -> Operation[None]:
    """Add their files and quotes to those messages that have any."""
    first, last = messages[marked[0]].position, messages[marked[-1]].position
    attached = yield from files.read(turn, first, last, characters)
    rows = yield SQL.list_quotes, {**thread_key(turn.thread), "first": first, "last": last}
    quotes = {
        row["position"]: Quote(row["quote_author"], row["quote_text"], row["quote_source"])
        for row in rows
    }
    for at in marked:
        position = messages[at].position
        quote, taken = quotes.get(position), tuple(attached.get(position, ()))
        messages[at] = replace(
            messages[at], quote=quote, files=taken, bereft=quote is None and not taken
        )


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


def heard_to(turn: Turn) -> Operation[int]:
    """Return up to which position a thread is known, before the turn's."""
    rows = yield SQL.find_heard, {**thread_key(turn.thread), "position": turn.position}
    return max(0, rows[0]["heard"] or 0)


def add_overheard(turn: Turn, messages: Sequence[Overheard], now: int) -> Operation[None]:
    """Add what was said in somebody else's thread; what is stored already stays.

    An answer of ours is stored as its turn's, so the message that shows it is left out. What was
    deleted since it was read is left out as well.
    """
    if not (yield OWNED.find_owned, fence(turn)):
        raise Fenced
    thread = turn.thread
    place = turn.place or thread.thread
    yield SQL.touch, {**thread_key(thread), "now": now}
    deletions = yield (
        SQL.list_deletions,
        {
            "platform": thread.platform,
            "workspace": thread.workspace,
            "place": place,
            "channel": thread.channel,
        },
    )
    gone = {row["source"] for row in deletions}
    if "" in gone:
        return
    for message in messages:
        if message.message in gone:
            continue
        if message.ours and (
            yield (
                SQL.find_ours,
                {
                    "platform": thread.platform,
                    "workspace": thread.workspace,
                    "place": place,
                    "message": message.message,
                },
            )
        ):
            continue
        added = yield (
            SQL.insert_overheard,
            {
                **thread_key(thread),
                "position": message.position,
                "role": (Role.ASSISTANT if message.ours else Role.USER).value,
                "author": message.author.id,
                "name": "" if message.ours else message.author.name,
                "text": message.text,
                "source": message.message,
                "place": place,
                "extras": int(bool(message.attachments)),
                "now": now,
            },
        )
        if added:
            yield from files.add(thread, message.position, message.attachments)


def start_afresh(thread: ThreadRef, position: int, now: int) -> Operation[None]:
    """Leave everything up to a position out of a conversation."""
    found = yield from admission.find(thread)
    yield (
        SQL.start_afresh,
        {
            **thread_key(found.thread if found else thread),
            "place": thread.thread,
            "position": position,
            "now": now,
        },
    )


def follow(thread: ThreadRef, followed: bool, now: int) -> Operation[None]:
    """Answer, or no longer answer, in a thread without a mention."""
    found = yield from admission.find(thread)
    yield (
        SQL.follow,
        {
            **thread_key(found.thread if found else thread),
            "place": thread.thread,
            "followed": int(followed),
            "now": now,
        },
    )


def recent_threads(platform: str, workspace: str, since: int, most: int) -> Operation[list[str]]:
    """Return the places of threads that are followed, the newest first."""
    rows = yield (
        SQL.list_followed,
        {"platform": platform, "workspace": workspace, "since": since, "most": most},
    )
    return [row["place"] for row in rows]


def recent_sources(
    platform: str, workspace: str, since: int, most: int
) -> Operation[dict[str, list[str]]]:
    """Return the messages of people that are stored or quoted, the newest places first."""
    rows = yield (
        SQL.list_sources,
        {"platform": platform, "workspace": workspace, "since": since},
    )
    sources: dict[str, list[str]] = {}
    for row in rows:
        place = row["place"]
        if place not in sources and len(sources) >= most:
            continue
        known = sources.setdefault(place, [])
        for source in (row["source"], row["quote_source"]):
            if source and source not in known:
                known.append(source)
    return sources
