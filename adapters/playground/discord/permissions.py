"""Permissions: bits, and what a member may do where.

https://discord.com/developers/docs/topics/permissions#permission-overwrites
"""

from __future__ import annotations

from collections.abc import Iterable

from adapters.playground.discord.records import Overwrite, Role

ADMINISTRATOR = 1 << 3
MANAGE_CHANNELS = 1 << 4
MANAGE_GUILD = 1 << 5
ADD_REACTIONS = 1 << 6
VIEW_CHANNEL = 1 << 10
SEND_MESSAGES = 1 << 11
MANAGE_MESSAGES = 1 << 13
EMBED_LINKS = 1 << 14
ATTACH_FILES = 1 << 15
READ_MESSAGE_HISTORY = 1 << 16
MENTION_EVERYONE = 1 << 17
USE_APPLICATION_COMMANDS = 1 << 31
MANAGE_THREADS = 1 << 34
CREATE_PUBLIC_THREADS = 1 << 35
CREATE_PRIVATE_THREADS = 1 << 36
SEND_MESSAGES_IN_THREADS = 1 << 38
ALL = (1 << 51) - 1

NAMES: dict[str, int] = {
    "administrator": ADMINISTRATOR,
    "manage_channels": MANAGE_CHANNELS,
    "manage_guild": MANAGE_GUILD,
    "add_reactions": ADD_REACTIONS,
    "view_channel": VIEW_CHANNEL,
    "send_messages": SEND_MESSAGES,
    "manage_messages": MANAGE_MESSAGES,
    "embed_links": EMBED_LINKS,
    "attach_files": ATTACH_FILES,
    "read_message_history": READ_MESSAGE_HISTORY,
    "mention_everyone": MENTION_EVERYONE,
    "use_application_commands": USE_APPLICATION_COMMANDS,
    "manage_threads": MANAGE_THREADS,
    "create_public_threads": CREATE_PUBLIC_THREADS,
    "create_private_threads": CREATE_PRIVATE_THREADS,
    "send_messages_in_threads": SEND_MESSAGES_IN_THREADS,
}

EVERYONE = (
    VIEW_CHANNEL
    | SEND_MESSAGES
    | EMBED_LINKS
    | ATTACH_FILES
    | READ_MESSAGE_HISTORY
    | ADD_REACTIONS
    | USE_APPLICATION_COMMANDS
    | CREATE_PUBLIC_THREADS
    | SEND_MESSAGES_IN_THREADS
)
BOT = EVERYONE
DIRECT = EVERYONE & ~(CREATE_PUBLIC_THREADS | SEND_MESSAGES_IN_THREADS)


def bits(names: Iterable[str]) -> int:
    """Return the bits of named permissions; an unknown name raises KeyError."""
    value = 0
    for name in names:
        value |= NAMES[name]
    return value


def in_guild(guild: str, owner: str, user: str, roles: Iterable[Role]) -> int:
    """Return what the roles of a member grant in the whole guild (`roles` with @everyone)."""
    if user == owner:
        return ALL
    value = 0
    for role in roles:
        value |= role.permissions
    return ALL if value & ADMINISTRATOR else value


def in_channel(
    granted: int, guild: str, user: str, roles: Iterable[str], overwrites: Iterable[Overwrite]
) -> int:
    """Apply a channel's overwrites: @everyone, then all roles at once, then the member."""
    if granted & ADMINISTRATOR:
        return ALL
    by_id = {(overwrite.kind, overwrite.id): overwrite for overwrite in overwrites}
    value = granted
    if everyone := by_id.get((0, guild)):
        value = (value & ~everyone.deny) | everyone.allow
    allow = deny = 0
    for role in roles:
        if role != guild and (overwrite := by_id.get((0, role))):
            allow |= overwrite.allow
            deny |= overwrite.deny
    value = (value & ~deny) | allow
    if own := by_id.get((1, user)):
        value = (value & ~own.deny) | own.allow
    # Without seeing a channel nothing else can be done in it.
    return value if value & VIEW_CHANNEL else 0
