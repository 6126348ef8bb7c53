"""What of a channel's history was missed, told as Slack would have told it. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from adapters.slack.inbound import Ears, concerns, is_addressed
from adapters.slack.pages import MOST_MESSAGES, Row, position_in
from adapters.slack.payloads import Body, text
from adapters.slack.places import channel_path

# Direct channels are as many as people: the newest are read.
MOST_DIRECT = 50
# Slack brings an event up to five minutes after it failed, and no two in order: what is only
# that much older than what was heard may not have been heard.
# https://docs.slack.dev/apis/events-api/#retries
REPEATS = 7 * 60 * 1_000_000
# The kinds of conversations as lists are asked for them.
KINDS = ("public_channel", "private_channel", "mpim", "im")
# What was said before the bot came to a channel was not said to it.
_JOINED = frozenset({"channel_join", "group_join"})


@dataclass(frozen=True, slots=True)
class Unread:
    """A channel to be read: `kind` in the words of events, `after` the position heard up to.

    `since` is the position from which it is read: for some time events come late. From the
    position `live` on it is heard, while its history is still waited for.
    """

    channel: str
    kind: str
    after: int
    since: int
    live: int


@dataclass(frozen=True, slots=True)
class Missed:
    """A message that may have been missed, as the event that tells of it.

    `again`: it is older than what was heard, or so new that it may well have been heard.
    """

    event: Body
    position: int
    again: bool


def plan(
    team: str,
    listed: Iterable[Row],
    known: Mapping[str, int],
    floor: int,
    live: int,
    heard_to: int | None = None,
) -> list[Unread]:
    """Return what is to be read of the conversations that the bot is in.

    What was heard last comes first. `known` are the marks: a channel that has none was heard
    up to the baseline, and nothing before that is read. Since `heard_to` (if any) nothing was
    heard surely, whatever they say.
    """
    baseline = known.get("", 0)
    floor = max(floor, baseline)
    newest: list[tuple[int, Unread]] = []
    for row in listed:
        channel = text(row, "id")
        mark = max(known.get(channel_path(team, channel), 0), baseline)
        after = max(mark if heard_to is None else min(mark, heard_to), floor)
        if channel:
            since = max(after - REPEATS, floor)
            unread = Unread(channel, _kind(row), after, since, live)
            newest.append((max(mark, _made(row)), unread))
    newest.sort(key=lambda one: one[0], reverse=True)
    left = {one.channel for one in [one for _, one in newest if one.kind == "im"][MOST_DIRECT:]}
    return [one for _, one in newest if one.channel not in left]


def _kind(row: Row) -> str:
    """Return the kind of a conversation in the words of events."""
    if row.get("is_im"):
        return "im"
    if row.get("is_mpim"):
        return "mpim"
    return "group" if row.get("is_private") else "channel"


def active_threads(rows: Iterable[Row], followed: Iterable[str], since: int) -> list[str]:
    """Return the first messages of the threads to read: in which something was said since.

    Of those whose first message is not among the rows nobody knows; they are read if followed.
    """
    seen = {text(row, "ts"): position_in(row, "latest_reply") for row in rows}
    active = [ts for ts, latest in seen.items() if latest > since]
    return [*active, *(ts for ts in followed if ts not in seen)]


def select(rows: Iterable[Row], unread: Unread, ears: Ears) -> list[Missed]:
    """Return what may be ours of a channel's and its threads' messages, oldest first.

    Of what was heard already only what is said to the bot: a thread that became ours since
    makes no question of what was said in it before. Of very much the newest is left.
    """
    once = {position_in(row): row for row in rows}
    came = max((at for at, row in once.items() if _is_our_coming(row, ears)), default=0)
    after = max(unread.since, came)
    found: list[Missed] = []
    for position, row in sorted(once.items()):
        event = {**row, "channel": unread.channel, "channel_type": unread.kind}
        again = position <= unread.after or position >= unread.live
        if (
            position > after
            and concerns(event, ears)
            and not (again and not is_addressed(event, ears))
        ):
            found.append(Missed(event, position, again))
    fresh = [one.position for one in found if not one.again]
    first = fresh[-MOST_MESSAGES:][0] if fresh else 0
    return [one for one in found if one.again or one.position >= first]


def newest_of(rows: Iterable[Row]) -> int:
    """Return the position of the newest message, 0 where there is none."""
    return max(map(position_in, rows), default=0)


def _is_our_coming(row: Row, ears: Ears) -> bool:
    return text(row, "subtype") in _JOINED and text(row, "user") == ears.user


def _made(row: Mapping[str, Any]) -> int:
    """Return when a conversation was opened, as a position."""
    made = row.get("created")
    return made * 1_000_000 if isinstance(made, int) and 0 < made < 2**40 else 0


def threads_in(places: Iterable[str], channel: str) -> list[str]:
    """Return the first messages of those places that are threads of a channel (by its path)."""
    parted = (place.rpartition("/") for place in places)
    return [ts for where, _, ts in parted if where == channel]
