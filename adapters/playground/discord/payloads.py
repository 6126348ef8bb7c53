"""Records as Discord's JSON.

`base` is the address at which the asker reached this stand-in, for links to files.
"""

from __future__ import annotations

import hashlib
import hmac
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from adapters.playground.discord import limits, permissions, records
from adapters.playground.discord.records import (
    Attachment,
    Channel,
    Command,
    Guild,
    Interaction,
    Member,
    Message,
    Origin,
    Role,
    User,
)
from adapters.playground.discord.world import INTENT_MESSAGE_CONTENT, World

Json = dict[str, Any]

# A public constant: it only makes the links of this stand-in expire, as Discord's do.
_LINK_KEY = b"playground"


def when(ms: int) -> str:
    """Return a time as Discord writes it."""
    return datetime.fromtimestamp(ms / 1000, UTC).isoformat(timespec="microseconds")


def sign(path: str, expires: int) -> str:
    """Return the signature of a file's link."""
    return hmac.new(_LINK_KEY, f"{path}?{expires:x}".encode(), hashlib.sha256).hexdigest()


def render_user(user: User) -> Json:
    """Return a user."""
    payload: Json = {
        "id": user.id,
        "username": user.name,
        "global_name": None if user.bot else user.shown,
        "discriminator": "0000" if user.bot else "0",
        "avatar": None,
        "public_flags": 0,
        "flags": 0,
        "primary_guild": None,
    }
    if user.bot:
        payload["bot"] = True
    return payload


def render_member(member: Member, *, user: User | None = None) -> Json:
    """Return a member; messages carry it without its user."""
    payload: Json = {
        "avatar": None,
        "banner": None,
        "communication_disabled_until": None,
        "flags": 0,
        "joined_at": when(member.joined_at),
        "nick": None,
        "pending": False,
        "premium_since": None,
        "roles": list(member.roles),
        "mute": False,
        "deaf": False,
    }
    if user:
        payload["user"] = render_user(user)
    return payload


def render_role(role: Role) -> Json:
    """Return a role."""
    return {
        "id": role.id,
        "name": role.name,
        "permissions": str(role.permissions),
        "position": role.position,
        "color": 0,
        "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
        "hoist": False,
        "managed": False,
        "mentionable": False,
        "icon": None,
        "unicode_emoji": None,
        "flags": 0,
    }


def render_channel(world: World, channel: Channel, *, viewer: str | None = None) -> Json:
    """Return a channel, a thread (with the viewer's membership) or a DM."""
    payload: Json = {
        "id": channel.id,
        "type": channel.kind,
        "last_message_id": channel.last_message,
        "flags": 0,
    }
    if channel.kind == records.DM:
        return payload | {"recipients": [render_user(world.users[channel.recipient])]}
    payload |= {
        "guild_id": channel.guild,
        "name": channel.name,
        "parent_id": channel.parent,
        "rate_limit_per_user": channel.slow_mode,
    }
    if not channel.is_thread:
        return payload | {
            "topic": channel.topic,
            "position": channel.position,
            "nsfw": False,
            "permission_overwrites": [
                {
                    "id": one.id,
                    "type": one.kind,
                    "allow": str(one.allow),
                    "deny": str(one.deny),
                }
                for one in channel.overwrites
            ],
        }
    payload |= {
        "owner_id": channel.owner,
        "thread_metadata": {
            "archived": channel.archived,
            "archive_timestamp": when(channel.archive_changed_at),
            "auto_archive_duration": channel.auto_archive,
            "locked": channel.locked,
            "create_timestamp": when(channel.created_at),
        },
        "message_count": channel.message_count,
        "member_count": len(channel.members),
        "total_message_sent": channel.message_count,
    }
    if viewer in channel.members:
        payload["member"] = render_thread_member(channel, viewer)
    return payload


def render_thread_member(thread: Channel, user: str) -> Json:
    """Return a thread's member."""
    return {
        "id": thread.id,
        "user_id": user,
        "join_timestamp": when(thread.members[user]),
        "flags": 0,
    }


def render_guild(world: World, guild: Guild) -> Json:
    """Return a server as REST shows it."""
    return {
        "id": guild.id,
        "name": guild.name,
        "icon": None,
        "description": None,
        "home_header": None,
        "splash": None,
        "discovery_splash": None,
        "features": [],
        "banner": None,
        "owner_id": guild.owner,
        "application_id": None,
        "region": "deprecated",
        "afk_channel_id": None,
        "afk_timeout": 300,
        "system_channel_id": None,
        "system_channel_flags": 0,
        "widget_enabled": False,
        "widget_channel_id": None,
        "verification_level": 0,
        "roles": [render_role(role) for role in world.roles.values() if role.guild == guild.id],
        "default_message_notifications": 0,
        "mfa_level": 0,
        "explicit_content_filter": 0,
        "max_presences": None,
        "max_members": 500_000,
        "max_stage_video_channel_users": 50,
        "max_video_channel_users": 25,
        "vanity_url_code": None,
        "premium_tier": 0,
        "premium_subscription_count": 0,
        "preferred_locale": "en-US",
        "rules_channel_id": None,
        "safety_alerts_channel_id": None,
        "public_updates_channel_id": None,
        "premium_progress_bar_enabled": False,
        "nsfw": False,
        "nsfw_level": 0,
        "emojis": [],
        "stickers": [],
        "incidents_data": None,
    }


def render_guild_create(world: World, guild: Guild, viewer: str) -> Json:
    """Return a server as the gateway brings it: with channels, threads and members."""
    inside = [channel for channel in world.channels.values() if channel.guild == guild.id]
    members = [member for (id_, _), member in world.members.items() if id_ == guild.id]
    own = world.members[guild.id, viewer]
    return render_guild(world, guild) | {
        "joined_at": when(own.joined_at),
        "large": False,
        "unavailable": False,
        "member_count": len(members),
        "voice_states": [],
        "members": [render_member(one, user=world.users[one.user]) for one in members],
        # Hidden channels are listed too, as Discord does; only their messages are not told.
        "channels": [render_channel(world, one) for one in inside if not one.is_thread],
        "threads": [
            render_channel(world, one, viewer=viewer)
            for one in inside
            if one.is_thread
            and not one.archived
            and world.permissions(viewer, one) & permissions.VIEW_CHANNEL
        ],
        "presences": [],
        "stage_instances": [],
        "guild_scheduled_events": [],
        "soundboard_sounds": [],
    }


def render_attachment(world: World, base: str, channel: str, attachment: Attachment) -> Json:
    """Return an attachment with a link that expires."""
    path = f"/cdn/attachments/{channel}/{attachment.id}/{quote(attachment.filename)}"
    issued = world.now() // 1000
    expires = issued + limits.LINK_LIFE_MS // 1000
    link = f"{base}{path}?ex={expires:x}&is={issued:x}&hm={sign(path, expires)}&"
    payload: Json = {
        "id": attachment.id,
        "filename": attachment.filename,
        "size": attachment.size,
        "url": link,
        "proxy_url": link,
        "content_type": attachment.content_type,
    }
    if attachment.description is not None:
        payload["description"] = attachment.description
    if attachment.width is not None and attachment.height is not None:
        payload |= {"width": attachment.width, "height": attachment.height}
    return payload


def shows_content(world: World, message: Message, viewer: str, granted: bool) -> bool:
    """Tell whether the bot gets a message's content without, or with, the privileged intent.

    https://discord.com/developers/docs/events/gateway#message-content-intent
    """
    return (
        granted
        or message.guild is None
        or message.author == viewer
        or viewer in message.mentions
        or not world.users[viewer].bot
    )


def _render_reaction(emoji: str, who: list[str], viewer: str) -> Json:
    return {
        "emoji": {"id": None, "name": emoji},
        "count": len(who),
        "count_details": {"burst": 0, "normal": len(who)},
        "burst_colors": [],
        "me": viewer in who,
        "me_burst": False,
    }


def render_message(
    world: World,
    base: str,
    message: Message,
    *,
    viewer: str,
    granted: bool | None = None,
    quoted: bool = False,
) -> Json:
    """Return a message as `viewer` gets it."""
    if granted is None:
        granted = bool(world.privileged & INTENT_MESSAGE_CONTENT)
    open_ = shows_content(world, message, viewer, granted)
    payload: Json = {
        "id": message.id,
        "type": message.kind,
        "channel_id": message.channel,
        "author": render_user(world.users[message.author]),
        "content": message.content if open_ else "",
        "timestamp": when(message.at),
        "edited_timestamp": when(message.edited_at) if message.edited_at else None,
        "tts": False,
        "pinned": False,
        "mention_everyone": message.everyone,
        "mentions": [render_user(world.users[one]) for one in message.mentions],
        "mention_roles": list(message.mention_roles),
        "attachments": [
            render_attachment(world, base, message.channel, one) for one in message.attachments
        ]
        if open_
        else [],
        "embeds": message.embeds if open_ else [],
        "components": message.components if open_ else [],
        "flags": message.flags,
    }
    if message.reactions and not quoted:
        payload["reactions"] = [
            _render_reaction(emoji, who, viewer) for emoji, who in message.reactions.items()
        ]
    if message.application:
        payload |= {"application_id": message.application, "webhook_id": message.application}
    if message.origin:
        payload["interaction_metadata"] = _render_origin(world, message.guild, message.origin)
    if message.flags & records.HAS_THREAD and (thread := world.channels.get(message.id)):
        payload["thread"] = render_channel(world, thread, viewer=viewer)
    if message.reference:
        reference: Json = {
            "type": 0,
            "channel_id": message.reference.channel,
            "message_id": message.reference.message,
        }
        if message.guild:
            reference["guild_id"] = message.guild
        payload["message_reference"] = reference
        if not quoted:
            target = world.messages.get(message.reference.message)
            payload["referenced_message"] = target and render_message(
                world, base, target, viewer=viewer, granted=granted, quoted=True
            )
    return payload


def _render_origin(world: World, guild: str | None, origin: Origin) -> Json:
    payload: Json = {
        "id": origin.id,
        "type": origin.kind,
        "user": render_user(world.users[origin.user]),
        "authorizing_integration_owners": {"0": guild} if guild else {},
    }
    if origin.kind == 3:
        payload["interacted_message_id"] = origin.message
    if origin.trigger:
        payload["triggering_interaction_metadata"] = _render_origin(world, guild, origin.trigger)
    return payload


def render_event_message(
    world: World, base: str, message: Message, *, viewer: str, granted: bool
) -> Json:
    """Return a message as the gateway tells it: with guild, member and nonce."""
    payload = render_message(world, base, message, viewer=viewer, granted=granted)
    if message.nonce is not None:
        payload["nonce"] = message.nonce
    if message.guild:
        payload["guild_id"] = message.guild
        if member := world.members.get((message.guild, message.author)):
            payload["member"] = render_member(member)
    payload["mentions"] = [
        mention | {"member": render_member(member)}
        if message.guild and (member := world.members.get((message.guild, mention["id"])))
        else mention
        for mention in payload["mentions"]
    ]
    return payload


def render_command(world: World, command: Command) -> Json:
    """Return a registered command."""
    body = command.body
    mask = body.get("default_member_permissions")
    payload: Json = {
        "id": command.id,
        "application_id": world.application,
        "version": command.version,
        "default_member_permissions": None if mask is None else str(mask),
        "type": body.get("type") or 1,
        "name": body["name"],
        "description": body.get("description") or "",
        "nsfw": bool(body.get("nsfw")),
    }
    if command.guild:
        payload["guild_id"] = command.guild
    for key in ("options", "contexts", "integration_types"):
        if body.get(key):
            payload[key] = body[key]
    return payload


def render_interaction(world: World, base: str, interaction: Interaction) -> Json:
    """Return an interaction as the gateway brings it."""
    channel = world.channels[interaction.channel]
    user = world.users[interaction.user]
    payload: Json = {
        "id": interaction.id,
        "application_id": world.application,
        "type": interaction.kind,
        "token": interaction.token,
        "version": 1,
        "channel": render_channel(world, channel),
        "channel_id": channel.id,
        "data": interaction.data,
        "locale": "en-US",
        "entitlements": [],
        "authorizing_integration_owners": {"0": interaction.guild or "0"},
        "context": 0 if interaction.guild else 1,
        "attachment_size_limit": limits.FILE_BYTES,
        "app_permissions": str(world.permissions(world.bot, channel)),
    }
    if interaction.guild:
        member = world.members[interaction.guild, user.id]
        payload |= {
            "guild_id": interaction.guild,
            "guild": {"id": interaction.guild, "locale": "en-US", "features": []},
            "guild_locale": "en-US",
            "member": render_member(member, user=user)
            | {"permissions": str(world.permissions(user.id, channel))},
        }
    else:
        payload["user"] = render_user(user)
    if interaction.message and (message := world.messages.get(interaction.message)):
        payload["message"] = render_message(world, base, message, viewer=world.bot, granted=True)
    return payload
