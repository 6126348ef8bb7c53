"""The app's manifest, asked of the bot itself as a person would, and pasted into the stand-in."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Mapping
from typing import Any

from adapters.playground.slack import SlackStandIn
from adapters.playground.workspace import Workspace

Json = dict[str, Any]

COMMAND = (sys.executable, "-m", "bot", "manifest", "slack")
SECONDS = 20.0


async def ask_manifest(environ: Mapping[str, str]) -> Json | None:
    """Return what `bot manifest slack` prints, or None."""
    process = await asyncio.create_subprocess_exec(
        *COMMAND,
        env=dict(environ),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        said, _ = await asyncio.wait_for(process.communicate(), SECONDS)
    except (TimeoutError, asyncio.CancelledError):
        process.kill()
        await process.wait()
        raise
    try:
        found = json.loads(said)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def paste_manifest(manifest: Json, slack: SlackStandIn, workspace: Workspace) -> None:
    """Let the stand-in's app be as its manifest says: commands, shortcuts, scopes and events."""
    features = manifest.get("features", {})
    commands = features.get("slash_commands", [])
    slack.settings.commands = {one["command"]: one["description"] for one in commands}
    workspace.usages = {one["command"]: one.get("usage_hint", "") for one in commands}
    slack.settings.shortcuts = {
        one["callback_id"]: one["name"]
        for one in features.get("shortcuts", [])
        if one["type"] == "message"
    }
    workspace.prompts = features.get("agent_view", {}).get("suggested_prompts", [])
    settings = manifest.get("settings", {})
    slack.settings.events = tuple(settings["event_subscriptions"]["bot_events"])
