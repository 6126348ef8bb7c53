"""Look into what Slack sends, whatever it is: nothing of it is proven. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any

Body = Mapping[str, Any]
_EMPTY: Body = {}


class Kind(StrEnum):
    """What a payload is about, in Slack's own words; a command has no `type`.

    https://docs.slack.dev/reference/interaction-payloads
    """

    EVENT = "event_callback"
    COMMAND = "command"
    PRESS = "block_actions"
    FORM = "view_submission"
    FORM_CLOSED = "view_closed"
    SHORTCUT = "shortcut"
    MESSAGE_SHORTCUT = "message_action"
    CHOICES = "block_suggestion"
    VERIFICATION = "url_verification"
    LIMITED = "app_rate_limited"


def kind_of(body: Body) -> Kind | None:
    """Return a payload's kind, None for one that nobody here knows."""
    said = body.get("type")
    if said is None and isinstance(body.get("command"), str):
        return Kind.COMMAND
    return Kind(said) if isinstance(said, str) and said in set(Kind) else None


def teams_of(body: Body) -> list[str]:
    """Return the workspaces that a payload names, the one that it was sent for first.

    In a channel that is shared with other organisations `team_id` may be theirs.
    https://docs.slack.dev/apis/events-api/#authorizations
    """
    view = part(body, "view")
    named = [view.get("app_installed_team_id")]
    named += [each.get("team_id") for each in parts(body, "authorizations")]
    named += [part(body, "team").get("id"), body.get("team_id"), view.get("team_id")]
    named += [part(body, "user").get("team_id"), part(body, "message").get("team")]
    return list(dict.fromkeys(each for each in named if isinstance(each, str) and each))


def part(body: Body, name: str) -> Body:
    """Return an object of a payload, an empty one where there is none."""
    found = body.get(name)
    return found if isinstance(found, dict) else _EMPTY


def parts(body: Body, name: str) -> Sequence[Body]:
    """Return the objects of a list of a payload."""
    found = body.get(name)
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else ()


def text(body: Body, name: str) -> str:
    """Return a text of a payload, "" where there is none."""
    found = body.get(name)
    return found if isinstance(found, str) else ""
