"""Read Discord's markup as people see it: ids become names, our own mention goes."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime

import discord

from bot.text import normalise

# https://docs.discord.com/developers/reference#message-formatting
_MARKUP = re.compile(
    r"<(?:(?P<kind>@!?|@&|\#)(?P<id>[0-9]{1,25})"
    r"|a?:(?P<emoji>[A-Za-z0-9_]{1,64}):[0-9]{1,25}"
    r"|/(?P<command>[^<>:\n]{1,100}):[0-9]{1,25}"
    r"|t:(?P<seconds>-?[0-9]{1,12})(?::[A-Za-z])?)>",
    re.ASCII,
)
_MAX_ID = 2**63


def readable(message: discord.Message, me: int, content: str | None = None) -> str:
    """Return a message's text, or what it forwards as `content`, as people see it."""
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

    said = message.content if content is None else content
    return normalise(replace_markup(said, me, name)).strip()


def replace_markup(content: str, me: int, name: Callable[[str, int], str]) -> str:
    """Replace Discord's markup; `name(kind, id)` is empty where the name is not known."""

    def show(match: re.Match[str]) -> str:
        if emoji := match["emoji"]:
            return f":{emoji}:"
        if command := match["command"]:
            return f"/{command}"
        if seconds := match["seconds"]:
            return _moment(int(seconds)) or match[0]
        kind, snowflake = match["kind"].rstrip("!"), int(match["id"])
        if snowflake >= _MAX_ID:
            return match[0]
        known = name(kind, snowflake)
        return f"{kind[0]}{known}" if known else match[0]

    own = re.compile(rf"[ \t]*<@!?{me}>[ \t]*", re.ASCII)
    return _MARKUP.sub(show, own.sub(_closed_gap, content))


def _moment(seconds: int) -> str:
    """Return a time as everybody reads it, "" where no calendar has it."""
    try:
        return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d %H:%M} UTC"
    except (ValueError, OverflowError, OSError):
        return ""


def _closed_gap(match: re.Match[str]) -> str:
    """Leave one space where our mention stood between words, none at a line's edge."""
    text, start, end = match.string, match.start(), match.end()
    at_edge = start == 0 or end == len(text) or text[start - 1] == "\n" or text[end] == "\n"
    return "" if at_edge else " "
