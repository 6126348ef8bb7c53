"""People and places as Discord's JSON."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from adapters.playground.discord import permissions, records
from adapters.playground.discord.records import Channel, Guild, Member, Role, User
from adapters.playground.discord.world import World

Json = dict[str, Any]


def when(ms: int) -> str:
    """Return a time as Discord writes it."""
    return datetime.fromtimestamp(ms / 1000, UTC).isoformat(timespec="microseconds")


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
    if channel.kind == records.GUILD_FORUM:
        payload |= {
            "available_tags": [_render_tag(tag) for tag in channel.tags],
            "default_reaction_emoji": None,
            "default_sort_order": None,
            "default_forum_layout": 0,
        }
    if channel.kind in (records.GUILD_VOICE, records.GUILD_STAGE):
        payload |= {"bitrate": 64_000, "user_limit": 0, "rtc_region": None}
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
    if channel.applied_tags:
        payload["applied_tags"] = list(channel.applied_tags)
    if viewer in channel.members:
        payload["member"] = render_thread_member(channel, viewer)
    return payload


def _render_tag(tag: records.Tag) -> Json:
    return {
        "id": tag.id,
        "name": tag.name,
        "moderated": False,
        "emoji_id": None,
        "emoji_name": None,
    }


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
