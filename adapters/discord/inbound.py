"""Parse messages into events, once, at the border; nothing here waits or remembers."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

import discord

from adapters.discord.attachments import MOST_FILE_NAME
from adapters.discord.markup import readable
from adapters.discord.places import (
    DIRECT,
    PLATFORM,
    moderates,
    roles_of,
    snowflake_ms,
    thread_of,
)
from bot.domain import Attachment, Author, Quote
from bot.events import MessageDeleted, MessageEdited, MessageReceived
from bot.ports import Overheard
from bot.text import normalise

# Everything else is a system message: joins, pins, boosts, the copy that starts a thread.
_SPOKEN = frozenset({discord.MessageType.default, discord.MessageType.reply})
# Answers to commands and menus are said, too, though never by people.
_HEARD = _SPOKEN | {
    discord.MessageType.chat_input_command,
    discord.MessageType.context_menu_command,
}
MOST_NAME = 80

Message = discord.Message


@dataclass(frozen=True, slots=True)
class Ears:
    """How the bot hears: who it is, who its admins are, and what Discord keeps from it.

    `degraded`: without the message content intent, what does not mention the bot comes
    without its words. `listens(workspace, channel)`: every message there is a question.
    """

    me: int
    admins: Collection[str]
    degraded: bool
    listens: Callable[[str, str], bool]


def workspace_of(message: Message) -> str:
    """Return the guild's id, or `@me` for a direct message."""
    guild = message.guild.id if message.guild else getattr(message.channel, "guild_id", None)
    return str(guild) if guild else DIRECT


def is_unplaced(message: Message) -> bool:
    """Tell whether the message stands in a server channel that is not known yet.

    Then nothing says whether that is a thread, and of what; it has to be asked for.
    """
    return isinstance(message.channel, discord.PartialMessageable) and (
        workspace_of(message) != DIRECT
    )


def parse_message(message: Message, ears: Ears) -> MessageReceived | None:
    """Return the event for a person's message that may concern us, else None.

    Ours are: mentions (by the platform's own list, so not those of a role or everyone),
    replies to us, direct messages, what is said where the bot listens, and everything said
    in a thread; of the last the core knows which.
    """
    if message.type not in _SPOKEN or not _is_person(message, ears.me):
        return None
    workspace, channel = workspace_of(message), message.channel
    direct = workspace == DIRECT
    in_thread = isinstance(channel, discord.Thread)
    thread = thread_of(channel, workspace, message.id)
    mentioned = _mentions(message, ears.me)
    answered = _answered(message, ears.me)
    listened = not (direct or in_thread) and ears.listens(workspace, thread.channel)
    if not (direct or in_thread or mentioned or answered or listened):
        return None
    text = readable(message, ears.me)
    quote = _quote(message, ears.me, answered)
    # What we attached to an answer is the answer, which is in the conversation already.
    attachments = _attachments(message, quoted=not answered)
    unreadable = ears.degraded and not (direct or mentioned) and _is_hidden(message)
    addressed = direct or mentioned or bool(answered)
    if not (addressed or unreadable or text or message.attachments or message.message_snapshots):
        # A sticker or a poll, said to others.
        return None
    return MessageReceived(
        thread=thread,
        message=str(message.id),
        position=message.id,
        author=_author(message, ears.admins),
        text=text,
        addressed=addressed,
        opens_thread=not (direct or in_thread),
        sent_at=snowflake_ms(message.id),
        attachments=attachments,
        quote=quote,
        reply_to=answered,
        roots=in_thread and message.id == channel.id,
        unreadable=unreadable,
    )


def parse_edit(message: Message, ears: Ears, position: int) -> MessageEdited | None:
    """Return the event for a person's change of their own words, else None.

    Discord also sends messages anew for link previews, pins and threads made of them: those
    were never edited, or they come with the same words, which the store can tell.
    """
    if message.type not in _SPOKEN or not _is_person(message, ears.me):
        return None
    if message.edited_at is None:
        return None
    told = workspace_of(message) == DIRECT or _mentions(message, ears.me)
    if ears.degraded and not told and _is_hidden(message):
        return None
    return MessageEdited(
        platform=PLATFORM,
        workspace=workspace_of(message),
        channel=str(message.channel.id),
        message=str(message.id),
        author=_author(message, ears.admins),
        text=readable(message, ears.me),
        attachments=tuple(file.id for file in _attachments(message)),
        position=position,
    )


def parse_deletes(
    payload: discord.RawMessageDeleteEvent | discord.RawBulkMessageDeleteEvent,
) -> list[MessageDeleted]:
    """Return one event per deleted message."""
    workspace = str(payload.guild_id) if payload.guild_id else DIRECT
    if isinstance(payload, discord.RawMessageDeleteEvent):
        ids = [payload.message_id]
    else:
        ids = sorted(payload.message_ids)
    return [
        MessageDeleted(PLATFORM, workspace, str(payload.channel_id), str(message))
        for message in ids
    ]


def overhear(message: Message, me: int) -> Overheard | None:
    """Return what a message of a thread adds to the conversation, None if nothing."""
    ours = message.author.id == me
    if message.type not in _HEARD or message.flags.loading:
        return None
    text, quote = readable(message, me), _quote(message, me, "")
    if quote and message.message_snapshots:
        text = f"{text}\n{quote.text}".strip()
    attachments = () if ours else _attachments(message, quoted=False)
    if not text and not attachments:
        return None
    return Overheard(
        message=str(message.id),
        position=message.id,
        author=_author(message, ()),
        text=text,
        ours=ours,
        attachments=attachments,
    )


def pictures_of(message: Message, me: int) -> list[Attachment]:
    """Return the pictures that a person's message has, as Discord calls them."""
    if message.type not in _SPOKEN or not _is_person(message, me):
        return []
    return [one for one in _attachments(message, quoted=False) if one.mime.startswith("image/")]


def _is_person(message: Message, me: int) -> bool:
    author = message.author
    return not (message.webhook_id or author.bot or author.system or author.id == me)


def _mentions(message: Message, me: int) -> bool:
    return any(user.id == me for user in message.mentions)


def _is_hidden(message: Message) -> bool:
    """Tell whether a message came without what it must have had.

    https://docs.discord.com/developers/events/gateway#message-content-intent
    """
    return not (
        message.content
        or message.attachments
        or message.stickers
        or message.poll
        or message.message_snapshots
    )


def _referenced(message: Message) -> Message | None:
    """Return the message that this one replies to, if Discord shows it."""
    if message.reference is None or message.type is not discord.MessageType.reply:
        return None
    resolved = message.reference.resolved
    return resolved if isinstance(resolved, discord.Message) else None


def _answered(message: Message, me: int) -> str:
    """Return the message of ours that a message replies to, "" if there is none."""
    referenced = _referenced(message)
    if referenced is None or referenced.author.id != me:
        return ""
    return str(referenced.id)


def _quote(message: Message, me: int, answered: str) -> Quote | None:
    """Return whose words a message replies to or forwards; our own are known."""
    if message.message_snapshots:
        words = [readable(message, me, one.content) for one in message.message_snapshots]
        text = "\n".join(filter(None, words))
        # Discord does not say whose words were forwarded.
        return Quote("", text) if text else None
    referenced = _referenced(message)
    if referenced is None or answered:
        return None
    text = readable(referenced, me)
    return Quote(_name(referenced.author), text, str(referenced.id)) if text else None


def _attachments(message: Message, *, quoted: bool = True) -> tuple[Attachment, ...]:
    """Return a message's files, and those of what it forwards or replies to."""
    files = _files(message.attachments, message.id, message.channel.id)
    for snapshot in message.message_snapshots:
        files += _files(snapshot.attachments, message.id, message.channel.id)
    referenced = _referenced(message)
    if quoted and referenced is not None and message.reference is not None:
        # In a thread discord.py takes a message of the parent for one of the thread.
        files += _files(referenced.attachments, referenced.id, message.reference.channel_id)
    return files


def _files(
    attachments: Sequence[discord.Attachment], message: int, place: int
) -> tuple[Attachment, ...]:
    return tuple(
        Attachment(
            id=str(one.id),
            name=normalise(one.filename, MOST_FILE_NAME),
            size=one.size,
            mime=normalise(one.content_type or "", MOST_FILE_NAME),
            url=one.url,
            message=str(message),
            place=str(place),
        )
        for one in attachments
    )


def _author(message: Message, admins: Collection[str]) -> Author:
    author = message.author
    known = str(author.id) in admins
    rights = moderates(author, message.channel)
    moderator, admin = rights or (False, False)
    return Author(
        id=str(author.id),
        name=_name(author),
        moderator=known or moderator,
        admin=known or admin,
        roles=roles_of(author),
        rights_unknown=rights is None and not known,
    )


def _name(author: discord.abc.User) -> str:
    return normalise(author.display_name, MOST_NAME)
