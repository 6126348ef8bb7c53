"""One call of the Web API: by which workspace's app, with what, and what it may reach."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from adapters.playground.slack import limits, records
from adapters.playground.slack.arguments import Arguments
from adapters.playground.slack.limits import Settings
from adapters.playground.slack.problems import Problem, invalid_arguments, missing_scope
from adapters.playground.slack.records import Channel, Message, Team, User
from adapters.playground.slack.tables import base36
from adapters.playground.slack.world import World

Json = dict[str, Any]

_TS = re.compile(r"[0-9]{1,12}\.[0-9]{6}")
_FAMILY = {
    records.CHANNEL: "channels",
    records.GROUP: "groups",
    records.IM: "im",
    records.MPIM: "mpim",
}


@dataclass(frozen=True, slots=True)
class Call:
    """What a method works with. `origin` is the base of all addresses that Slack gives out."""

    world: World
    team: Team
    arguments: Arguments
    origin: str

    @property
    def settings(self) -> Settings:
        """Return the stand-in's settings."""
        return self.world.settings

    def need_scope(self, *any_of: str) -> None:
        """Refuse without one of these scopes."""
        if not set(any_of) & set(self.team.scopes):
            raise missing_scope(any_of[0], self.team.scopes)

    def need_channel_scope(self, channel: Channel, what: str) -> None:
        """Refuse without the scope for a conversation's kind, `history` or `read`."""
        self.need_kind_scope(channel.kind, what)

    def need_kind_scope(self, kind: str, what: str) -> None:
        """Refuse without the scope for a kind of conversations."""
        self.need_scope(f"{_FAMILY[kind]}:{what}")

    def channel(self, name: str = "channel") -> Channel:
        """Return the conversation that an argument names, if the app can know of it."""
        (id_,) = self.arguments.need(name)
        found = self.world.channels.get((self.team.id, id_))
        if found is None or not (found.kind == records.CHANNEL or self.team.bot in found.members):
            raise Problem("channel_not_found")
        return found

    def target(self, name: str = "channel") -> Channel:
        """Return where to post: a conversation, or the direct messages of a person."""
        id_ = self.arguments.text(name)
        if id_.startswith(("U", "W")) and (self.team.id, id_) in self.world.users:
            return self.world.open_dm(self.team.id, self.user(id_).id)
        return self.channel(name)

    def need_member(self, channel: Channel) -> None:
        """Refuse where the app is no member."""
        if self.team.bot not in channel.members:
            raise Problem("not_in_channel")

    def need_postable(self, channel: Channel, *, anywhere: bool = True) -> None:
        """Refuse where the app may not write; without `anywhere` also where it is no member."""
        if channel.archived:
            raise Problem("is_archived")
        public = channel.kind == records.CHANNEL and "chat:write.public" in self.team.scopes
        if not (anywhere and public):
            self.need_member(channel)
        if channel.posting:
            raise Problem(channel.posting)

    def user(self, id_: str) -> User:
        """Return a user."""
        found = self.world.users.get((self.team.id, id_))
        if found is None:
            raise Problem("user_not_found")
        return found

    def ts(self, name: str = "ts", *, needed: bool = True) -> str:
        """Return an argument that is the ts of a message."""
        value = self.arguments.text(name)
        if not value and needed:
            raise invalid_arguments(f"missing required field: {name}")
        if value and not _TS.fullmatch(value):
            code = "invalid_thread_ts" if name == "thread_ts" else "message_not_found"
            raise Problem(code)
        return value

    def own(self, message: Message | None, refusal: str) -> Message:
        """Return a message if it is the app's own and stands."""
        if message is None or message.subtype == "tombstone":
            raise Problem("message_not_found")
        if message.user != self.team.bot:
            raise Problem(refusal)
        return message

    def short_id(self) -> str:
        """Return an id as Slack gives to blocks and actions that have none."""
        return base36(self.world.new_number() % 36**5).rjust(5, "0")


@dataclass(frozen=True, slots=True)
class Method:
    """A Web API method: the scopes of which one is needed, and what it does."""

    run: Callable[[Call], Json]
    scopes: tuple[str, ...] = ()


def page_size(call: Call, default: int, most: int | None = None) -> int:
    """Return how many `limit` asks for, `most` at the most."""
    size = call.arguments.number("limit", default)
    if not 1 <= size <= limits.HISTORY_MOST + 1:
        raise Problem("invalid_limit")
    return size if most is None else min(size, most)


def page(
    call: Call,
    found: list[Any],
    default: int = limits.HISTORY_PAGE,
    most: int | None = None,
) -> tuple[list[Any], str]:
    """Return the page that `cursor` and `limit` ask for, and the next cursor or ""."""
    size = page_size(call, default, most)
    cursor = call.arguments.text("cursor")
    if cursor and not cursor.startswith("bmV4dDo"):
        raise Problem("invalid_cursor")
    start = int(cursor.removeprefix("bmV4dDo")) if cursor else 0
    more = start + size < len(found)
    return found[start : start + size], f"bmV4dDo{start + size}" if more else ""
