"""What somebody did, as the payload that the app gets.

https://docs.slack.dev/reference/interaction-payloads
"""

from __future__ import annotations

from typing import Any

from adapters.playground.slack.payloads import render_message, render_view
from adapters.playground.slack.records import CHANNEL, IM, Act, Channel, Message, User, View
from adapters.playground.slack.world import World

Json = dict[str, Any]

_TOKEN = "playground-verification"  # noqa: S105 - Slack's old token, checked by nobody


def response_url(origin: str, act: Act) -> str:
    """Return where the app may answer an act."""
    family = "commands" if act.kind == "slash_commands" else "actions"
    return f"{origin}/{family}/{act.team}/{act.id}/{act.secret}"


def render_command(world: World, origin: str, act: Act, channel: Channel) -> Json:
    """Return the fields of a slash command."""
    team, user = world.teams[act.team], world.users[act.team, act.user]
    names = {IM: "directmessage", CHANNEL: channel.name}
    return {
        "token": _TOKEN,
        "team_id": team.id,
        "team_domain": team.domain,
        "channel_id": channel.id,
        "channel_name": names.get(channel.kind, "privategroup"),
        "user_id": user.id,
        "user_name": user.name,
        "command": act.data["command"],
        "text": act.data["text"],
        "api_app_id": world.app,
        "is_enterprise_install": "false",
        "response_url": response_url(origin, act),
        "trigger_id": act.trigger,
    }


def _common(world: World, act: Act) -> Json:
    team, user = world.teams[act.team], world.users[act.team, act.user]
    return {
        "type": act.kind,
        "user": _render_person(user),
        "api_app_id": world.app,
        "token": _TOKEN,
        "team": {"id": team.id, "domain": team.domain},
        "enterprise": None,
        "is_enterprise_install": False,
    }


def _render_person(user: User) -> Json:
    return {"id": user.id, "username": user.name, "name": user.name, "team_id": user.team}


def _render_place(channel: Channel) -> Json:
    name = {IM: "directmessage", CHANNEL: channel.name}.get(channel.kind, "privategroup")
    return {"id": channel.id, "name": name}


def render_message_press(
    world: World, origin: str, act: Act, channel: Channel, message: Message, action: Json
) -> Json:
    """Return a press on an element of a message."""
    container: Json = {
        "type": "message",
        "message_ts": message.ts,
        "channel_id": channel.id,
        "is_ephemeral": bool(message.only_for),
    }
    if message.thread_ts:
        container["thread_ts"] = message.thread_ts
    payload = _common(world, act) | {
        "container": container,
        "trigger_id": act.trigger,
        "channel": _render_place(channel),
        "state": {"values": {}},
        "response_url": response_url(origin, act),
        "actions": [action],
    }
    if not message.only_for:
        payload["message"] = render_message(world, origin, message, metadata=True)
    return payload


def render_view_press(world: World, act: Act, view: View, action: Json) -> Json:
    """Return a press on an element of a view."""
    shown = render_view(view, world)
    return _common(world, act) | {
        "container": {"type": "view", "view_id": view.id},
        "trigger_id": act.trigger,
        "view": shown,
        "state": shown["state"],
        "actions": [action],
    }


def render_message_shortcut(
    world: World, origin: str, act: Act, channel: Channel, message: Message
) -> Json:
    """Return the use of a shortcut on a message."""
    return _common(world, act) | {
        "callback_id": act.data["callback_id"],
        "action_ts": act.data["action_ts"],
        "trigger_id": act.trigger,
        "response_url": response_url(origin, act),
        "message_ts": message.ts,
        "channel": _render_place(channel),
        "message": render_message(world, origin, message),
    }


def render_shortcut(world: World, act: Act) -> Json:
    """Return the use of a global shortcut."""
    return _common(world, act) | {
        "callback_id": act.data["callback_id"],
        "action_ts": act.data["action_ts"],
        "trigger_id": act.trigger,
    }


def render_submission(world: World, act: Act, view: View) -> Json:
    """Return the submission or the closing of a modal."""
    payload = _common(world, act) | {"view": render_view(view, world)}
    if act.kind == "view_closed":
        return payload | {"is_cleared": False}
    return payload | {"trigger_id": act.trigger, "response_urls": []}
