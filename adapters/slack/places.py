"""Ids: Slack's own mean something only within a workspace, so ours are paths. Pure.

`T1` is a workspace, `T1/C1` a channel, `T1/C1/1700000000.000100` a thread (the `ts` of its first
message), `T1/U1` a person, `T1/S1` a user group. A message is named by its `ts`, and ordered by
it: seconds and microseconds, of which the integer without the point is the position.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.domain import ThreadRef

PLATFORM = "slack"
_TS = re.compile(r"([0-9]{1,12})\.([0-9]{6})")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a message stands: in a channel, or in the thread of message `thread_ts` there."""

    team: str
    channel: str
    thread_ts: str = ""


def read_place(place: str) -> Place:
    """Return the parts of a place's path. Raises `ValueError` for anything else."""
    team, channel, *rest = place.split("/")
    if not team or not channel or len(rest) > 1:
        raise ValueError(f"{place!r} is no place of Slack")
    return Place(team, channel, rest[0] if rest else "")


def read_person(person: str) -> tuple[str, str]:
    """Return the workspace and the user of a person's path. Raises `ValueError`."""
    team, _, user = person.partition("/")
    if not team or not user or "/" in user:
        raise ValueError(f"{person!r} is no person of Slack")
    return team, user


def channel_path(team: str, channel: str) -> str:
    """Return a channel's path."""
    return f"{team}/{channel}"


def thread_path(team: str, channel: str, ts: str) -> str:
    """Return the path of the thread that a message starts."""
    return f"{team}/{channel}/{ts}"


def person_path(team: str, user: str) -> str:
    """Return a person's path."""
    return f"{team}/{user}"


def group_path(team: str, group: str) -> str:
    """Return a user group's path."""
    return f"{team}/{group}"


def thread_of(team: str, channel: str, ts: str) -> ThreadRef:
    """Name the conversation in the thread of message `ts`."""
    return ThreadRef(PLATFORM, team, channel_path(team, channel), thread_path(team, channel, ts))


def position_of(ts: str) -> int:
    """Return a message's place among messages: microseconds. Raises `ValueError`."""
    found = _TS.fullmatch(ts)
    if found is None:
        raise ValueError(f"{ts!r} is no ts")
    return int(found[1] + found[2])


def ts_of(position: int) -> str:
    """Return the `ts` of a position."""
    seconds, micros = divmod(position, 1_000_000)
    return f"{seconds}.{micros:06d}"
