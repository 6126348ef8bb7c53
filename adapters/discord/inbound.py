"""Parse what Discord sends into events, once, at the border; nothing here waits or remembers."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from typing import Any

import discord

from bot.domain import Author, InteractionRef, ThreadRef
from bot.events import Action, ButtonPressed, MessageDeleted, MessageReceived
from bot.text import normalise

PLATFORM = "discord"
DIRECT = "@me"

# https://docs.discord.com/developers/reference#snowflakes
EPOCH_MS = 1_420_070_400_000

# The token lives 15 minutes; half a minute of it is left for the call itself.
# https://docs.discord.com/developers/interactions/receiving-and-responding
TOKEN_MS = 14 * 60_000 + 30_000

# Everything else is a system message: joins, pins, boosts, the copy that starts a thread.
_SPOKEN = frozenset({discord.MessageType.default, discord.MessageType.reply})

# https://docs.discord.com/developers/reference#message-formatting
_MARKUP = re.compile(
    r"<(?:(?P<kind>@!?|@&|\#)(?P<id>[0-9]{1,25})"
    r"|a?:(?P<emoji>[A-Za-z0-9_]{1,64}):[0-9]{1,25}"
    r"|/(?P<command>[^<>:\n]{1,100}):[0-9]{1,25})>",
    re.ASCII,
)
_MAX_ID = 2**63

Message = discord.Message


def snowflake_ms(snowflake: int) -> int:
    """Return when an id was made, in UTC milliseconds."""
    return (snowflake >> 22) + EPOCH_MS


def first_snowflake(ms: int) -> int:
    """Return the least id made at or after a time."""
    return max(0, ms - EPOCH_MS) << 22


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


def parse_message(
    message: Message, me: int, admins: Collection[str] = ()
) -> MessageReceived | None:
    """Return the event for a person's message that may concern us, else None.

    Ours are: mentions (by the platform's own list, so not those of a role or everyone),
    direct messages, and everything said in a thread; of the last the core knows which.
    """
    author = message.author
    if message.type not in _SPOKEN or message.webhook_id is not None:
        return None
    if author.bot or author.system or author.id == me:
        return None
    workspace = workspace_of(message)
    in_thread = isinstance(message.channel, discord.Thread)
    direct = workspace == DIRECT
    mentioned = any(user.id == me for user in message.mentions)
    if not (direct or in_thread or mentioned):
        return None
    return MessageReceived(
        thread=_thread_of(message.channel, workspace, message.id),
        message=str(message.id),
        position=message.id,
        author=Author(
            id=str(author.id),
            name=normalise(author.display_name),
            moderator=str(author.id) in admins or _moderates(author, message.channel),
        ),
        text=readable(message, me),
        addressed=direct or mentioned,
        opens_thread=not (direct or in_thread),
        sent_at=snowflake_ms(message.id),
    )


def parse_press(
    interaction: discord.Interaction, now: int, admins: Collection[str] = ()
) -> ButtonPressed | None:
    """Return the event for a press of one of our buttons, None for anything else."""
    message, channel = interaction.message, interaction.channel
    data: Mapping[str, Any] = interaction.data or {}
    custom_id = str(data.get("custom_id", ""))
    action, _, turn = custom_id.partition(":")
    if message is None or channel is None or action not in set(Action) or not turn:
        return None
    workspace = str(interaction.guild_id) if interaction.guild_id else DIRECT
    root = message.reference.message_id if message.reference else None
    user = interaction.user
    return ButtonPressed(
        thread=_thread_of(channel, workspace, root or message.id),
        interaction=InteractionRef(
            id=str(interaction.id),
            application=str(interaction.application_id),
            token=interaction.token,
            expires_at=now + TOKEN_MS,
            place=str(channel.id),
        ),
        position=interaction.id,
        author=Author(
            id=str(user.id),
            name=normalise(user.display_name),
            # Computed by Discord for this channel, in the very payload.
            moderator=str(user.id) in admins or interaction.permissions.manage_messages,
        ),
        action=Action(action),
        turn=turn,
        message=str(message.id),
        place=str(channel.id),
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


def readable(message: Message, me: int) -> str:
    """Return the text as people see it: our mention removed, ids shown as names."""
    users = {user.id: user.display_name for user in message.mentions}
    roles = {role.id: role.name for role in message.role_mentions}
    channels = {message.channel.id: getattr(message.channel, "name", "") or ""}
    guild = message.guild

    def name(kind: str, snowflake: int) -> str:
        match kind:
            case "#":
                channel = guild.get_channel_or_thread(snowflake) if guild else None
                return channel.name if channel else channels.get(snowflake, "")
            case "@&":
                role = guild.get_role(snowflake) if guild else None
                return roles.get(snowflake) or (role.name if role else "")
            case _:
                return users.get(snowflake, "")

    return normalise(replace_markup(message.content, me, name)).strip()


def replace_markup(content: str, me: int, name: Callable[[str, int], str]) -> str:
    """Replace Discord's markup; `name(kind, id)` is empty where the name is not known."""

    def show(match: re.Match[str]) -> str:
        if emoji := match["emoji"]:
            return f":{emoji}:"
        if command := match["command"]:
            return f"/{command}"
        kind, snowflake = match["kind"].rstrip("!"), int(match["id"])
        if snowflake >= _MAX_ID:
            return match[0]
        known = name(kind, snowflake)
        return f"{kind[0]}{known}" if known else match[0]

    own = re.compile(rf"[ \t]*<@!?{me}>[ \t]*", re.ASCII)
    return _MARKUP.sub(show, own.sub(_closed_gap, content))


def _closed_gap(match: re.Match[str]) -> str:
    """Leave one space where our mention stood between words, none at a line's edge."""
    text, start, end = match.string, match.start(), match.end()
    at_edge = start == 0 or end == len(text) or text[start - 1] == "\n" or text[end] == "\n"
    return "" if at_edge else " "


def _thread_of(channel: object, workspace: str, root: int) -> ThreadRef:
    """Name the conversation (see `bot.domain.ThreadRef`); `root` starts one in a channel."""
    here = str(getattr(channel, "id", 0))
    if workspace == DIRECT:
        return ThreadRef(PLATFORM, DIRECT, here, here)
    if isinstance(channel, discord.Thread):
        return ThreadRef(PLATFORM, workspace, str(channel.parent_id), here)
    return ThreadRef(PLATFORM, workspace, here, str(root))


def _moderates(author: discord.abc.User, channel: object) -> bool:
    """Tell whether the roles in the event let its author manage messages there."""
    if not isinstance(author, discord.Member):
        return False
    if not isinstance(channel, discord.Thread | discord.abc.GuildChannel):
        return False
    try:
        return channel.permissions_for(author).manage_messages
    except (discord.ClientException, AttributeError):
        # The thread's parent, or the server itself, is not in the cache.
        return False
