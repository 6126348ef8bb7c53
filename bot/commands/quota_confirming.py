"""Ask once more before what is hard to take back: what was asked is kept until it is confirmed.

Of each person in a workspace the last such command is kept, so that a button works after a
restart and takes no more room than there are admins.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

from bot.commands import quota_change_texts as texts
from bot.commands.rights import Request
from bot.ports import CONFIRMED, CommandCall, CommandReply

# How long a button may be pressed.
CONFIRM_MS = 3_600_000


class Memos(Protocol):
    """Where it is kept."""

    async def memo(self, name: str) -> str:
        """Return a fact, or ""."""

    async def put_memo(self, name: str, value: str) -> None:
        """Store a fact."""


async def ask_first(store: Memos, request: Request, lines: Sequence[str], now: int) -> CommandReply:
    """Keep a command, and ask whether it is to be run."""
    token = secrets.token_urlsafe(12)
    kept = {
        "token": token,
        "name": request.call.name,
        "arguments": dict(request.arguments),
        "channel": request.call.thread.channel,
        "until": now + CONFIRM_MS,
    }
    await store.put_memo(_name(request.call), json.dumps(kept))
    return CommandReply(texts.confirm(lines, request.here), confirm=token)


async def find_asked(store: Memos, call: CommandCall, now: int) -> CommandCall | None:
    """Return the command that a person confirms, None if there is none (any more).

    What it is kept by holds the person and the workspace, so nobody confirms for another.
    """
    try:
        kept = json.loads(await store.memo(_name(call)))
    except ValueError:
        return None
    token = str(call.arguments.get(CONFIRMED, ""))
    if not token or kept["token"] != token or now >= kept["until"]:
        return None
    return replace(
        call,
        name=kept["name"],
        arguments=kept["arguments"],
        thread=replace(call.thread, channel=kept["channel"]),
        # Pressed twice it is run once.
        key=f"confirm:{token}",
    )


def _name(call: CommandCall) -> str:
    thread = call.thread
    return f"confirm:{thread.platform}:{thread.workspace}:{call.author.id}"
