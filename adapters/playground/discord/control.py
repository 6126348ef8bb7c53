"""What another process may do with the stand-in: `POST /_control/{part}/{method}`.

A file is {"name": ..., "base64": ...} there.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from adapters.playground.discord.gateway import Gateway
from adapters.playground.discord.people import People
from adapters.playground.discord.world import World


def methods_of(people: People, gateway: Gateway, world: World) -> dict[str, Callable[..., Any]]:
    """Return the methods by "part.method"."""
    named: dict[str, tuple[Any, tuple[str, ...]]] = {
        "people": (
            people,
            (
                *("everyone", "find", "channel", "channels", "read", "interaction", "mention"),
                *("edit", "delete", "type", "open_dm", "start_thread", "archive", "lock"),
                *("delete_channel", "press", "menu", "add", "close_dms"),
                *("commands", "complete", "forward", "forum_post", "poll", "purge"),
                *("show_preview", "kick_bot", "invite_bot", "examples"),
            ),
        ),
        "gateway": (
            gateway,
            (
                *("drop_connections", "ask_reconnect", "invalidate_sessions"),
                *("refuse_resumes", "silence", "replay_again", "send_event"),
            ),
        ),
        "world": (
            world,
            ("kick_bot", "set_available", "set_privileged"),
        ),
    }
    methods = {
        f"{part}.{name}": getattr(thing, name)
        for part, (thing, names) in named.items()
        for name in names
    }

    def post(person: str, channel: str, content: str, reply_to: str | None = None) -> Any:
        return people.post(person, channel, content, reply_to=reply_to)

    def deny_bot(channel: str, names: Sequence[str] = ()) -> None:
        world.deny_bot(channel, *names)

    def command(given: Any = (), **rest: Any) -> Any:
        return people.command(given=_with_files(given), **rest)

    def submit(fields: Mapping[str, Any], **rest: Any) -> Any:
        return people.submit(fields=_with_files(fields), **rest)

    methods |= {
        "people.post": post,
        "people.command": command,
        "people.submit": submit,
        "world.deny_bot": deny_bot,
    }
    return methods


def _with_files(value: Any) -> Any:
    """Return values with files in them: JSON has each as {"name": ..., "base64": ...}."""
    if isinstance(value, Mapping):
        if set(value) == {"name", "base64"}:
            return str(value["name"]), base64.b64decode(value["base64"], validate=True)
        return {key: _with_files(one) for key, one in value.items()}
    return [_with_files(one) for one in value] if isinstance(value, list) else value
