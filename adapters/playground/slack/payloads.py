"""People, channels, messages and views as Slack's JSON."""

from __future__ import annotations

from typing import Any

from adapters.playground.slack import limits
from adapters.playground.slack.file_payloads import render_event_file
from adapters.playground.slack.records import (
    CHANNEL,
    GROUP,
    IM,
    MPIM,
    Channel,
    Message,
    Session,
    User,
    View,
)
from adapters.playground.slack.world import World

Json = dict[str, Any]

# The type of a conversation in events, which is not its kind in every place.
EVENT_KINDS = {CHANNEL: "channel", GROUP: "group", IM: "im", MPIM: "mpim"}


def render_user(user: User) -> Json:
    """Return a user, as users.info does."""
    return {
        "id": user.id,
        "team_id": user.home or user.team,
        "name": user.name,
        "deleted": user.deleted,
        "color": "9f69e7",
        "real_name": user.shown,
        "tz": user.tz,
        "tz_label": user.tz,
        "tz_offset": user.tz_offset,
        "profile": _render_profile(user),
        "is_admin": user.admin or user.owner,
        "is_owner": user.owner,
        "is_primary_owner": user.owner,
        "is_restricted": bool(user.guest),
        "is_ultra_restricted": user.guest == "ultra_restricted",
        "is_bot": user.bot,
        "is_app_user": False,
        "is_stranger": user.stranger,
        "updated": 1_700_000_000,
        "is_email_confirmed": True,
        "who_can_share_contact_card": "EVERYONE",
    }


def _render_profile(user: User) -> Json:
    found: Json = {
        "title": "",
        "phone": "",
        "skype": "",
        "real_name": user.shown,
        "real_name_normalized": user.shown,
        "display_name": "" if user.bot else user.shown,
        "display_name_normalized": "" if user.bot else user.shown,
        "status_text": "",
        "status_emoji": "",
        "avatar_hash": "g",
        "first_name": user.shown,
        "last_name": "",
        "team": user.home or user.team,
    }
    return found | {"bot_id": user.bot_id} if user.bot else found


def render_channel(channel: Channel, bot: str) -> Json:
    """Return a conversation, as conversations.info does."""
    base: Json = {
        "id": channel.id,
        "created": channel.at // 1000,
        "is_archived": channel.archived,
        "is_channel": channel.kind == CHANNEL,
        "is_group": channel.kind == GROUP,
        "is_im": channel.kind == IM,
        "is_mpim": channel.kind == MPIM,
        "is_private": channel.kind != CHANNEL,
        "is_org_shared": False,
        "context_team_id": channel.team,
        "updated": channel.at,
    }
    if channel.kind == IM:
        other = next((one for one in channel.members if one != bot), "")
        return base | {"user": other, "is_user_deleted": False, "priority": 0}
    return base | {
        "name": channel.name,
        "name_normalized": channel.name,
        "is_general": channel.name == "general",
        "unlinked": 0,
        "is_shared": False,
        "is_pending_ext_shared": False,
        "pending_shared": [],
        "creator": channel.creator,
        "is_ext_shared": False,
        "shared_team_ids": [channel.team],
        "pending_connected_team_ids": [],
        "is_member": bot in channel.members,
        "topic": {"value": channel.topic, "creator": "", "last_set": 0},
        "purpose": {"value": "", "creator": "", "last_set": 0},
        "previous_names": [],
    }


def render_message(world: World, origin: str, message: Message, *, metadata: bool = False) -> Json:
    """Return a message as Slack's history has it; with `metadata` also that."""
    found: Json = {"type": "message", "user": message.user, "ts": message.ts}
    if message.client_msg_id:
        found["client_msg_id"] = message.client_msg_id
    found["text"] = message.text
    if message.subtype:
        found["subtype"] = message.subtype
    if message.subtype == "tombstone":
        found |= {"hidden": True}
    else:
        found["team"] = message.team
    if message.bot_id:
        found |= {"bot_id": message.bot_id, "app_id": message.app}
        found["bot_profile"] = _render_bot(world, message)
    if message.username:
        found["username"] = message.username
    if message.icons:
        found["icons"] = message.icons
    for name, value in (("blocks", message.blocks), ("attachments", message.attachments)):
        if value:
            found[name] = value
    if message.files:
        files = [world.files.get((message.team, one)) for one in message.files]
        found["files"] = [render_event_file(world, origin, one) for one in files if one]
        found |= {"upload": False, "display_as_bot": False}
    if message.edited:
        found["edited"] = {"user": message.edited.user, "ts": message.edited.ts}
    found |= _render_thread(world, message)
    if message.reactions:
        found["reactions"] = [
            {"name": name, "users": users, "count": len(users)}
            for name, users in message.reactions.items()
        ]
    if message.metadata and metadata:
        found["metadata"] = message.metadata
    if message.stream:
        found["streaming_state"] = "in_progress" if message.stream.state == "live" else "completed"
    return found


def _render_bot(world: World, message: Message) -> Json:
    user = world.users.get((message.team, message.user))
    return {
        "id": message.bot_id,
        "app_id": message.app,
        "name": user.shown if user else "",
        "team_id": message.team,
        "deleted": False,
        "updated": 1_700_000_000,
        "icons": {},
    }


def _render_thread(world: World, message: Message) -> Json:
    if not message.thread_ts:
        return {}
    found: Json = {"thread_ts": message.thread_ts}
    if message.thread_ts != message.ts:
        parent = world.message(message.team, message.channel, message.thread_ts)
        return found | ({"parent_user_id": parent.user} if parent else {})
    answers = world.answers(message)
    people = [*dict.fromkeys(one.user for one in answers)]
    if not answers:
        return found
    return found | {
        "reply_count": len(answers),
        "reply_users_count": len(people),
        "latest_reply": answers[-1].ts,
        "reply_users": people[:5],
        "is_locked": False,
        "subscribed": False,
    }


def render_view(view: View, world: World) -> Json:
    """Return a view, as views.open and payloads do."""
    team = world.teams[view.team]
    body = view.body
    return {
        "id": view.id,
        "team_id": view.team,
        "type": body.get("type", view.kind),
        "blocks": body.get("blocks", []),
        "private_metadata": body.get("private_metadata", ""),
        "callback_id": body.get("callback_id", ""),
        "state": {"values": body.get("state", {})},
        "hash": view.hash,
        "title": body.get("title"),
        "clear_on_close": body.get("clear_on_close", False),
        "notify_on_close": body.get("notify_on_close", False),
        "close": body.get("close"),
        "submit": body.get("submit"),
        "previous_view_id": view.previous or None,
        "root_view_id": view.root or view.id,
        "app_id": world.app,
        "external_id": body.get("external_id", ""),
        "app_installed_team_id": view.team,
        "bot_id": team.bot_id,
    }


def render_session(world: World, session: Session) -> Json:
    """Return what a thread shows of the app's work now; it times out by itself."""
    now = world.now()
    line = session.line if now < session.line_at + limits.STATUS_LINE_MS else ""
    status = session.status
    if status == "processing" and now >= session.status_at + limits.SESSION_MS:
        status = "active"
    return {
        "channel": f"{session.team}/{session.channel}",
        "thread_ts": session.thread,
        "line": line,
        "loading_messages": session.loading if line else [],
        "status": status,
        "title": session.title,
        "prompts": session.prompts,
        "prompts_title": session.prompts_title,
        "stoppable": status == "processing" and "agent_session_stopped" in world.settings.events,
    }
