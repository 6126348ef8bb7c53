"""Name the permission that is missing, in the words of Discord's own settings."""

from __future__ import annotations

import base64
from collections.abc import Sequence

import discord

from adapters.discord.places import DIRECT
from bot.domain import ThreadRef
from bot.ports import Missing

# https://docs.discord.com/developers/topics/permissions
VIEW_CHANNEL = "View Channel"
NAMES = {
    "view_channel": VIEW_CHANNEL,
    "send_messages": "Send Messages",
    "send_messages_in_threads": "Send Messages in Threads",
    "create_public_threads": "Create Public Threads",
    "read_message_history": "Read Message History",
    "attach_files": "Attach Files",
}

# The six above, Embed Links and Add Reactions.
INVITE_PERMISSIONS = 309_237_763_136
INVITE_SCOPES = "bot+applications.commands"


def invite_url(application_id: str) -> str:
    """Return the link by which a server's admin adds the bot with what it needs."""
    return (
        f"https://discord.com/oauth2/authorize?client_id={application_id}"
        f"&permissions={INVITE_PERMISSIONS}&scope={INVITE_SCOPES}"
    )


def application_id(token: str) -> str | None:
    """Return the application that a bot token names, None if it has another shape.

    Its first segment is the id of the bot's user in base64, which for every application made
    since 2016 is the application's own.
    """
    head = token.split(".")[0]
    try:
        decoded = base64.urlsafe_b64decode(head + "=" * (-len(head) % 4)).decode("ascii")
    except ValueError:
        return None
    return decoded if decoded.isdigit() else None


def to_post(in_thread: bool, *, files: bool = False, reply: bool = False) -> tuple[str, ...]:
    """Return what posting needs, the most basic first."""
    needs = ["view_channel", "send_messages_in_threads" if in_thread else "send_messages"]
    needs += ["attach_files"] if files else []
    needs += ["read_message_history"] if reply else []
    return tuple(needs)


def missing(client: discord.Client, place: str, needs: Sequence[str]) -> str:
    """Return the name of the first permission the bot lacks at a place, "" if unknown."""
    channel = client.get_channel(int(place))
    if not isinstance(channel, discord.Thread | discord.abc.GuildChannel):
        return ""
    try:
        granted = channel.permissions_for(channel.guild.me)
    except (discord.ClientException, AttributeError):
        return ""
    return next((NAMES[need] for need in needs if not getattr(granted, need)), "")


def look_ahead(client: discord.Client, thread: ThreadRef, place: str | None) -> Missing:
    """Say, from what the gateway told, what would keep an answer from its place."""
    if thread.workspace == DIRECT:
        return Missing()
    if place is not None:
        return Missing(answer=missing(client, place, to_post(is_thread(client, place))))
    in_channel = missing(client, thread.channel, to_post(False))
    if not has_threads(client, thread.channel):
        return Missing(answer=in_channel)
    no_thread = missing(client, thread.channel, ("create_public_threads",))
    if no_thread:
        return Missing(answer=in_channel, thread=no_thread)
    return Missing(answer=missing(client, thread.channel, to_post(True)))


def is_thread(client: discord.Client, place: str) -> bool:
    """Tell whether a place is known to be a thread."""
    return isinstance(client.get_channel(int(place)), discord.Thread)


def has_threads(client: discord.Client, channel: str) -> bool:
    """Tell whether threads can be started from messages of a channel, or that is not known.

    https://docs.discord.com/developers/topics/threads: only text and announcement channels
    have such threads; voice and stage channels have a chat without, a forum has only posts.
    """
    known = client.get_channel(int(channel))
    return known is None or isinstance(known, discord.TextChannel)
