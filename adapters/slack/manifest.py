"""The app's manifest, made from the table of commands: nobody copies scopes by hand. Pure.

https://docs.slack.dev/reference/app-manifest
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote, urlencode

from bot.ports import EDIT_MENU, Command, Option, OptionKind

PATH = "/slack/events"
CREATE_APP = "https://api.slack.com/apps"

SCOPES = (
    "app_mentions:read",
    "assistant:write",
    "channels:history",
    "channels:read",
    "chat:write",
    "commands",
    "files:read",
    "files:write",
    "groups:history",
    "groups:read",
    "im:history",
    "im:read",
    "im:write",
    "mpim:history",
    "mpim:read",
    "reactions:write",
    "usergroups:read",
    "users:read",
)
EVENTS = (
    "agent_session_stopped",
    "app_home_opened",
    "app_mention",
    "app_uninstalled",
    "channel_deleted",
    "group_deleted",
    "message.channels",
    "message.groups",
    "message.im",
    "message.mpim",
    "tokens_revoked",
)

_DESCRIPTION = "Answers questions in threads, and remembers what was said there"
_AGENT = "Answers questions about what you write and send, with the conversation in mind."
_PROMPTS = (
    ("What can you do?", "help"),
    ("Explain something", "Explain how a hash table works, in three short paragraphs."),
    ("Improve a text", "I will send you a text. Please make it shorter and clearer."),
)
_COLOUR = "#2c2d30"
_SHORTCUT = "Edit image"
_SHORTCUT_HINT = "Change a picture of this message, as you say"
_COMMAND = "Settings and help: everything but the questions themselves"
# Slack's own limits of a manifest.
MOST_NAME = 35
MOST_BOT_NAME = 80
MOST_COMMAND_TEXT = 2_000
MOST_HINT = 1_000


def manifest(
    commands: Sequence[Command], *, name: str, command: str, http: str | None
) -> dict[str, Any]:
    """Return the manifest of an app called `name`.

    `command` (`/bot`) takes the words of the whole table; one that asks or opens a form is one by
    itself too. `http` is the public address of the bot's HTTP surface, None for Socket Mode.
    """
    url = http.rstrip("/") + PATH if http else None
    return {
        "_metadata": {"major_version": 2, "minor_version": 1},
        "display_information": {
            "name": name[:MOST_NAME],
            "description": _DESCRIPTION,
            "background_color": _COLOUR,
        },
        "features": {
            "app_home": {
                "home_tab_enabled": True,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": False,
            },
            "bot_user": {"display_name": name[:MOST_BOT_NAME], "always_online": True},
            "agent_view": {
                "agent_description": _AGENT,
                "suggested_prompts": [
                    {"title": title, "message": message} for title, message in _PROMPTS
                ],
            },
            "slash_commands": _slash_commands(commands, command, url),
            **_shortcuts(commands),
        },
        "oauth_config": {"scopes": {"bot": list(SCOPES)}},
        "settings": {
            "event_subscriptions": _addressed({"bot_events": list(EVENTS)}, url),
            "interactivity": _addressed({"is_enabled": True}, url),
            "org_deploy_enabled": False,
            "socket_mode_enabled": url is None,
            "token_rotation_enabled": False,
        },
    }


def create_app_url(manifest: dict[str, Any]) -> str:
    """Return the link that creates an app of a manifest with one click.

    https://docs.slack.dev/app-manifests/configuring-apps-with-app-manifests
    """
    text = json.dumps(manifest, separators=(",", ":"), ensure_ascii=False)
    # Not every reader takes "+" for a blank.
    query = urlencode({"new_app": "1", "manifest_json": text}, quote_via=quote)
    return f"{CREATE_APP}?{query}"


def stands_alone(command: Command) -> bool:
    """Tell whether a command is a slash command by itself: what people ask for, they ask often."""
    return command.asks or command.opens


def _slash_commands(
    commands: Sequence[Command], command: str, url: str | None
) -> list[dict[str, Any]]:
    named = (each.group or each.name for each in commands if not stands_alone(each))
    words = "|".join(dict.fromkeys(named))
    rows = [_slash_command(command, _COMMAND, f"[{words}]", url)]
    rows += [
        _slash_command(f"/{each.name}", each.description, _hint(each.options), url)
        for each in commands
        if stands_alone(each)
    ]
    return rows


def _shortcuts(commands: Sequence[Command]) -> dict[str, Any]:
    """Return the entry in each message's own menu, where there is a command that it stands for.

    https://docs.slack.dev/reference/app-manifest#features
    """
    if not any(each.opens for each in commands):
        return {}
    row = {
        "name": _SHORTCUT,
        "type": "message",
        "callback_id": EDIT_MENU,
        "description": _SHORTCUT_HINT,
    }
    return {"shortcuts": [row]}


def _slash_command(command: str, description: str, hint: str, url: str | None) -> dict[str, Any]:
    row = {
        "command": command,
        "description": description[:MOST_COMMAND_TEXT],
        "usage_hint": hint[:MOST_HINT],
        # People and channels then come by their ids, not by names that can be anybody's.
        "should_escape": True,
    }
    return {**row, "url": url} if url else row


def _hint(options: Sequence[Option]) -> str:
    """Return how a command's options are typed, as its usage says too; files cannot be."""
    typed = [option for option in options if option.kind is not OptionKind.FILE]
    typed.sort(key=lambda option: option.required)
    shown = [f"{option.name}…" if option.required else f"[{option.name}:…]" for option in typed]
    return " ".join(shown)


def _addressed(row: dict[str, Any], url: str | None) -> dict[str, Any]:
    return {**row, "request_url": url} if url else row
