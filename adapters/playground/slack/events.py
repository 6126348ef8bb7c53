"""Changes of the world as events: which the app is sent, and with what.

https://docs.slack.dev/reference/events
"""

from __future__ import annotations

from typing import Any

from adapters.playground.slack import texts
from adapters.playground.slack.payloads import EVENT_KINDS, render_message, render_view
from adapters.playground.slack.records import CHANNEL, GROUP, IM, MPIM, Channel, Message, Team
from adapters.playground.slack.world import Change, World

Json = dict[str, Any]

_SUBSCRIBED = {
    CHANNEL: ("message.channels", "channels:history"),
    GROUP: ("message.groups", "groups:history"),
    IM: ("message.im", "im:history"),
    MPIM: ("message.mpim", "mpim:history"),
}


def render_events(world: World, origin: str, change: Change) -> list[tuple[str, Json]]:
    """Return (workspace, event) of all events that a change is told by."""
    match change.record:
        case Message() as message:
            channel = world.channels.get((message.team, message.channel))
            if message.only_for or channel is None:
                return []
            found = _render_message(world, origin, change, message, channel)
        case Channel() as channel:
            found = _render_channel(world, change, channel)
        case Team() as team:
            found = _render_team(world, change, team)
        case _:
            return []
    team_id = found[0][0] if found else ""
    if not found or world.teams[team_id].revoked:
        return []
    return found


def _render_message(
    world: World, origin: str, change: Change, message: Message, channel: Channel
) -> list[tuple[str, Json]]:
    team = world.teams[channel.team]
    if team.bot not in channel.members:
        return []
    name, scope = _SUBSCRIBED[channel.kind]
    hears = name in world.settings.events and scope in team.scopes
    place = {"channel": channel.id, "channel_type": EVENT_KINDS[channel.kind]}
    match change.name:
        case "message":
            shown = _first(world, origin, message)
            events = [*_mentions(world, team, channel, message, shown)]
            alone = world.settings.mentions_with_files == "message" and message.files
            if alone:
                events = []
            if hears:
                if message.files and not message.bot_id:
                    shown = shown | {"subtype": "file_share"}
                events.append(shown | place | {"event_ts": message.ts})
            return [(team.id, one) for one in events]
        case "message_changed" if not change.extra.get("quiet"):
            counted = change.extra.get("counted")
            if counted and not world.settings.counters:
                return []
            shown = render_message(world, origin, message, metadata=True)
            events = []
            if message.edited and not counted and not message.bot_id:
                # An edit of a message that mentions the app is told as a mention once more.
                # https://github.com/slackapi/bolt-js/issues/960
                events = [*_mentions(world, team, channel, message, shown)]
            if hears:
                before = render_message(world, origin, change.extra["previous"], metadata=True)
                teams = {"source_team": team.id, "user_team": team.id}
                ts = world.new_ts(team.id)
                events.append(
                    {
                        "type": "message",
                        "subtype": "message_changed",
                        "message": shown | teams,
                        "previous_message": before,
                        "hidden": True,
                        "ts": ts,
                        "event_ts": ts,
                        **place,
                    }
                )
            return [(team.id, one) for one in events]
        case "message_deleted" if hears:
            ts = world.new_ts(team.id)
            event = {
                "type": "message",
                "subtype": "message_deleted",
                "previous_message": render_message(world, origin, message, metadata=True),
                "deleted_ts": message.ts,
                "hidden": True,
                "ts": ts,
                "event_ts": ts,
                **place,
            }
            return [(team.id, event)]
        case _:
            return []


def _first(world: World, origin: str, message: Message) -> Json:
    shown = render_message(world, origin, message, metadata=True)
    if message.broadcast:
        parent = world.message(message.team, message.channel, message.thread_ts)
        if parent:
            shown["root"] = render_message(world, origin, parent)
    return shown


def _mentions(
    world: World, team: Team, channel: Channel, message: Message, shown: Json
) -> list[Json]:
    """Return the event app_mention; in direct messages there is none.

    https://docs.slack.dev/reference/events/app_mention
    """
    if "app_mention" not in world.settings.events or "app_mentions:read" not in team.scopes:
        return []
    if channel.kind == IM or message.user == team.bot:
        return []
    if not texts.mentions(message.text, team.bot):
        return []
    event = {name: value for name, value in shown.items() if name != "metadata"}
    event |= {"type": "app_mention", "channel": channel.id}
    return [event | {"event_ts": message.edited.ts if message.edited else message.ts}]


def _render_channel(world: World, change: Change, channel: Channel) -> list[tuple[str, Json]]:
    private = channel.kind != CHANNEL
    ts = world.new_ts(channel.team)
    name = change.name.replace("channel_", "group_") if private else change.name
    if channel.kind in (IM, MPIM) or world.teams[channel.team].bot not in channel.members:
        return []
    event: Json = {"type": name, "channel": channel.id, "event_ts": ts}
    match change.name:
        case "channel_archive" | "channel_unarchive" | "channel_deleted":
            event["user"] = channel.creator
        case "member_joined_channel" | "member_left_channel":
            name = change.name
            event |= {"type": name, "user": change.extra["user"], "team": channel.team}
            event["channel_type"] = "G" if private else "C"
        case _:
            return []
    return [(channel.team, event)] if name in world.settings.events else []


def _render_team(world: World, change: Change, team: Team) -> list[tuple[str, Json]]:
    event: Json
    match change.name:
        case "tokens_revoked":
            event = {"tokens": {"oauth": [], "bot": [team.bot]}}
        case "app_uninstalled":
            event = {}
        case "app_home_opened":
            view = change.extra["view"]
            event = {
                "user": change.extra["user"],
                "channel": change.extra["channel"],
                "tab": change.extra["tab"],
            }
            if view is not None:
                event["view"] = render_view(view, world)
        case "agent_session_stopped":
            if not team.agent:
                return []
            event = dict(change.extra)
        case _:
            return []
    if change.name not in world.settings.events:
        return []
    return [(team.id, {"type": change.name, **event, "event_ts": world.new_ts(team.id)})]
