"""Name places and times as the core does, and say what a person may do there."""

from __future__ import annotations

import discord

from bot.domain import ThreadRef

PLATFORM = "discord"
DIRECT = "@me"

# https://docs.discord.com/developers/reference#snowflakes
EPOCH_MS = 1_420_070_400_000


def snowflake_ms(snowflake: int) -> int:
    """Return when an id was made, in UTC milliseconds."""
    return (snowflake >> 22) + EPOCH_MS


def first_snowflake(ms: int) -> int:
    """Return the least id made at or after a time."""
    return max(0, ms - EPOCH_MS) << 22


def thread_of(channel: object, workspace: str, root: int) -> ThreadRef:
    """Name the conversation (see `bot.domain.ThreadRef`); `root` starts one in a channel."""
    here = str(getattr(channel, "id", 0))
    if workspace == DIRECT:
        return ThreadRef(PLATFORM, DIRECT, here, here)
    if isinstance(channel, discord.Thread):
        return ThreadRef(PLATFORM, workspace, str(channel.parent_id), here)
    return ThreadRef(PLATFORM, workspace, here, str(root))


def moderates(author: discord.abc.User, channel: object) -> tuple[bool, bool] | None:
    """Tell whether the roles in an event let its author manage messages there, and the server.

    None: that is not known. In a direct message nobody has a say.
    """
    if isinstance(channel, discord.DMChannel | discord.GroupChannel):
        return False, False
    if not isinstance(author, discord.Member):
        # A webhook's or a message read later, which come without roles.
        return None
    if not isinstance(channel, discord.Thread | discord.abc.GuildChannel):
        return None
    try:
        granted = channel.permissions_for(author)
    except (discord.ClientException, AttributeError):
        # The thread's parent, or the server itself, is not in the cache.
        return None
    return granted.manage_messages, granted.manage_guild


def roles_of(author: discord.abc.User) -> tuple[str, ...]:
    """Return the ids of the roles that an event says its author has; not that of everyone."""
    if not isinstance(author, discord.Member):
        return ()
    return tuple(str(role.id) for role in author.roles if not role.is_default())
