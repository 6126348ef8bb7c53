"""What another process may do with the stand-in: `POST /_control/{part}/{method}`.

A file is [name, bytes in base64] there.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence
from typing import Any

from adapters.playground.slack.deliveries import Deliveries
from adapters.playground.slack.people import People
from adapters.playground.slack.sockets import Sockets

_PEOPLE = (
    *("everyone", "is_admin", "find", "channel", "channels", "read", "thread", "message", "look"),
    *("view", "home", "status", "interaction", "mention", "say_as_bot", "open_dm", "open_mpim"),
    *("edit", "delete", "react", "show_preview", "command", "press", "press_view", "shortcut"),
    *("close_view", "open_home", "stop_session", "add", "add_team", "invite_bot", "archive"),
    *("delete_channel", "restrict", "set_admin", "uninstall", "install", "revoke_tokens"),
    "switch",
)
_SOCKETS = ("drop", "ask_reconnect")
_DELIVERIES = ("resend", "verify")


def methods_of(
    people: People, sockets: Sockets, deliveries: Deliveries
) -> dict[str, Callable[..., Any]]:
    """Return the methods by "part.method"."""
    named: dict[str, tuple[Any, tuple[str, ...]]] = {
        "people": (people, _PEOPLE),
        "sockets": (sockets, _SOCKETS),
        "deliveries": (deliveries, _DELIVERIES),
    }
    methods: dict[str, Callable[..., Any]] = {
        f"{part}.{name}": getattr(thing, name)
        for part, (thing, names) in named.items()
        for name in names
    }

    def say(files: Sequence[Sequence[str]] = (), **rest: Any) -> str:
        return people.say(files=_files(files), **rest)

    def submit_view(person: str, view: str, values: dict[str, Any]) -> str:
        given = {
            name: _files(value) if isinstance(value, list) else value
            for name, value in values.items()
        }
        return people.submit_view(person, view, given)

    return methods | {"people.say": say, "people.submit_view": submit_view}


def _files(files: Sequence[Sequence[str]]) -> list[tuple[str, bytes]]:
    """Return files whose bytes came as base64."""
    return [(name, base64.b64decode(content)) for name, content in files]
