"""Commands and interactions as Discord's JSON."""

from __future__ import annotations

from typing import Any

from adapters.playground.discord.message_payloads import render_attachment, render_message
from adapters.playground.discord.payloads import render_channel, render_member, render_user
from adapters.playground.discord.records import Command, Interaction
from adapters.playground.discord.world import World

Json = dict[str, Any]


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
        "channel": render_channel(world, channel)
        | {"permissions": str(world.permissions(user.id, channel))},
        "channel_id": channel.id,
        "data": _render_data(world, base, interaction),
        "locale": "en-US",
        "entitlements": [],
        "authorizing_integration_owners": {"0": interaction.guild or "0"},
        "context": 0 if interaction.guild else 1,
        "attachment_size_limit": world.settings.file_bytes,
        "app_permissions": str(world.permissions(world.bot, channel)),
    }
    if interaction.guild:
        member = world.members[interaction.guild, user.id]
        granted = {"permissions": str(world.permissions(user.id, channel))}
        payload |= {
            "guild_id": interaction.guild,
            "guild": {"id": interaction.guild, "locale": "en-US", "features": []},
            "guild_locale": "en-US",
            "member": render_member(member, user=user)
            | (granted if world.settings.rights_told else {}),
        }
    else:
        payload["user"] = render_user(user)
    if interaction.message and (message := world.messages.get(interaction.message)):
        payload["message"] = render_message(world, base, message, viewer=world.bot, granted=True)
    return payload


def _render_data(world: World, base: str, interaction: Interaction) -> Json:
    """Return what was chosen; its files are links, so they are made when they are told."""
    resolved: Json = dict(interaction.data.get("resolved") or {})
    if interaction.attachments:
        resolved["attachments"] = {
            one.id: render_attachment(world, base, interaction.channel, one, ephemeral=True)
            for one in interaction.attachments
        }
    target = world.messages.get(str(interaction.data.get("target_id", "")))
    if target is not None:
        # A menu brings its message whole, whatever the bot may read otherwise.
        shown = render_message(world, base, target, viewer=world.bot, granted=True)
        resolved["messages"] = {target.id: shown}
    return interaction.data | ({"resolved": resolved} if resolved else {})
