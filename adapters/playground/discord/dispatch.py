"""Changes of the world as gateway events: which session is told what.

https://discord.com/developers/docs/events/gateway#list-of-intents
"""

from __future__ import annotations

from typing import Any

from adapters.playground.discord import (
    interaction_payloads,
    message_payloads,
    payloads,
    permissions,
    records,
)
from adapters.playground.discord.records import Channel, Guild, Interaction, Member, Message
from adapters.playground.discord.world import INTENT_MEMBERS, INTENT_MESSAGE_CONTENT, Change, World

INTENT_GUILDS = 1 << 0
INTENT_GUILD_MESSAGES = 1 << 9
INTENT_GUILD_REACTIONS = 1 << 10
INTENT_GUILD_TYPING = 1 << 11
INTENT_DIRECT_MESSAGES = 1 << 12
INTENT_DIRECT_REACTIONS = 1 << 13
INTENT_DIRECT_TYPING = 1 << 14


def render_event(
    world: World, base: str, intents: int, shard: tuple[int, int], change: Change
) -> tuple[str, Any] | None:
    """Return the event and its data for a session, or None if it is not told."""
    guild = _guild_of(change)
    number, count = shard
    if (int(guild) >> 22 if guild else 0) % count != number:
        return None
    away = guild is not None and (
        (guild, world.bot) not in world.members or guild in world.unavailable
    )
    if away and change.name != "GUILD_DELETE":
        return None
    data: dict[str, Any]
    match change.record:
        case Message() as message if change.name.startswith("MESSAGE_REACTION"):
            return _render_reaction(world, intents, change, message)
        case Message() as message:
            return _render_message(world, base, intents, change, message)
        case Channel() as channel:
            return _render_channel(world, intents, change, channel)
        case Guild() as server if intents & INTENT_GUILDS:
            if change.name == "GUILD_CREATE":
                return change.name, payloads.render_guild_create(world, server, world.bot)
            data = {"id": server.id}
            if change.extra.get("unavailable"):
                data |= {"unavailable": True}
            return change.name, data
        case Member() as member:
            if member.user == world.bot and intents & INTENT_GUILDS:
                joined = world.guilds[member.guild]
                data = payloads.render_guild_create(world, joined, world.bot)
                # Only a server that was known before says that it is available (again).
                del data["unavailable"]
                return "GUILD_CREATE", data
            if intents & INTENT_MEMBERS:
                data = payloads.render_member(member, user=world.users[member.user])
                return change.name, data | {"guild_id": member.guild}
            return None
        case Interaction() as interaction if change.name == "INTERACTION_CREATE":
            return change.name, interaction_payloads.render_interaction(world, base, interaction)
        case _:
            return None


def _guild_of(change: Change) -> str | None:
    match change.record:
        case Guild() as guild:
            return guild.id
        case Member() | Channel() | Message() | Interaction() as record:
            return record.guild
        case _:
            return None


def _sees(world: World, channel: Channel | None) -> bool:
    return channel is not None and bool(
        world.permissions(world.bot, channel) & permissions.VIEW_CHANNEL
    )


def _render_message(
    world: World, base: str, intents: int, change: Change, message: Message
) -> tuple[str, Any] | None:
    name = change.name
    wanted = INTENT_GUILD_MESSAGES if message.guild else INTENT_DIRECT_MESSAGES
    if not intents & wanted or message.only_for:
        return None
    if not _sees(world, world.channels.get(message.channel)):
        return None
    if name in ("MESSAGE_DELETE", "MESSAGE_DELETE_BULK"):
        bulk = name == "MESSAGE_DELETE_BULK"
        which = {"ids": change.extra["ids"]} if bulk else {"id": message.id}
        data: dict[str, Any] = which | {"channel_id": message.channel}
        if message.guild:
            data["guild_id"] = message.guild
        return name, data
    granted = bool(intents & INTENT_MESSAGE_CONTENT)
    return name, message_payloads.render_event_message(
        world, base, message, viewer=world.bot, granted=granted
    )


def _render_reaction(
    world: World, intents: int, change: Change, message: Message
) -> tuple[str, Any] | None:
    wanted = INTENT_GUILD_REACTIONS if message.guild else INTENT_DIRECT_REACTIONS
    if not intents & wanted or not _sees(world, world.channels.get(message.channel)):
        return None
    user = change.extra["user"]
    data: dict[str, Any] = {
        "user_id": user,
        "channel_id": message.channel,
        "message_id": message.id,
        "message_author_id": message.author,
        "emoji": {"id": None, "name": change.extra["emoji"]},
        "burst": False,
        "type": 0,
    }
    if message.guild:
        data["guild_id"] = message.guild
        if change.name == "MESSAGE_REACTION_ADD":
            member = world.members[message.guild, user]
            data["member"] = payloads.render_member(member, user=world.users[user])
    return change.name, data


def _render_channel(
    world: World, intents: int, change: Change, channel: Channel
) -> tuple[str, Any] | None:
    if not _sees(world, channel):
        return None
    if change.name == "TYPING_START":
        wanted = INTENT_GUILD_TYPING if channel.guild else INTENT_DIRECT_TYPING
        if not intents & wanted:
            return None
        user = change.extra["user"]
        data: dict[str, Any] = {
            "channel_id": channel.id,
            "user_id": user,
            "timestamp": world.now() // 1000,
        }
        if channel.guild:
            member = world.members[channel.guild, user]
            data |= {
                "guild_id": channel.guild,
                "member": payloads.render_member(member, user=world.users[user]),
            }
        return change.name, data
    if channel.kind == records.DM:
        # Bots are told of a DM by its first message only.
        return None
    if not intents & INTENT_GUILDS:
        return None
    if change.extra.get("with_parent"):
        # A client drops the threads of a channel itself when the channel is deleted.
        return None
    if change.name == "THREAD_DELETE":
        return change.name, {
            "id": channel.id,
            "guild_id": channel.guild,
            "parent_id": channel.parent,
            "type": channel.kind,
        }
    data = payloads.render_channel(world, channel, viewer=world.bot)
    if change.extra.get("newly_created"):
        data["newly_created"] = True
    return change.name, data
