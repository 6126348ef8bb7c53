"""The records of the world by id: kept in a journal, told to watchers, looked through."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from adapters.playground.discord import permissions, records
from adapters.playground.discord.limits import Settings
from adapters.playground.discord.records import (
    Channel,
    Command,
    Gone,
    Guild,
    Interaction,
    Mark,
    Member,
    Message,
    Record,
    Role,
    User,
)
from adapters.playground.journal import Journal

DISCORD_EPOCH_MS = 1_420_070_400_000
INTENT_MEMBERS = 1 << 1
INTENT_PRESENCES = 1 << 8
INTENT_MESSAGE_CONTENT = 1 << 15
PRIVILEGED = INTENT_MEMBERS | INTENT_PRESENCES | INTENT_MESSAGE_CONTENT


@dataclass(frozen=True, slots=True)
class Change:
    """Something happened. `name` is the gateway's event name where it has one."""

    name: str
    record: Any
    extra: dict[str, Any] = field(default_factory=dict)


class Tables:
    """Hold every record by id, and who wants to know of changes.

    Every change is journalled and told to the watchers, in order.
    """

    def __init__(
        self,
        now: Callable[[], int],
        folder: Path | None = None,
        settings: Settings | None = None,
    ) -> None:
        self.now = now
        self.settings = settings or Settings()
        self.users: dict[str, User] = {}
        self.guilds: dict[str, Guild] = {}
        self.roles: dict[str, Role] = {}
        self.members: dict[tuple[str, str], Member] = {}
        self.channels: dict[str, Channel] = {}
        self.messages: dict[str, Message] = {}
        self.commands: dict[str, Command] = {}
        self.interactions: dict[str, Interaction] = {}
        self.unavailable: set[str] = set()
        self.bot = ""
        self.application = ""
        self.privileged = PRIVILEGED
        self.watchers: list[Callable[[Change], None]] = []
        self._timelines: dict[str, list[int]] = {}
        self._nonces: dict[tuple[str, str], str] = {}
        self._last_id = 0
        self._journal: Journal[Record] = Journal(folder, Record)
        for record in self._journal.read():
            self._take(record)
        self._journal.begin(self._snapshot())

    def close(self) -> None:
        """Close the journal."""
        self._journal.close()

    # --- ids, journal, watchers

    def new_id(self) -> str:
        """Return a snowflake: later ones are greater, also after a restart."""
        self._last_id = max((self.now() - DISCORD_EPOCH_MS) << 22, self._last_id + 1)
        return str(self._last_id)

    def tell(self, name: str, record: Any, **extra: Any) -> None:
        """Tell the watchers of something that is not a record's change."""
        for watcher in tuple(self.watchers):
            watcher(Change(name, record, extra))

    def save(self, record: Record, name: str | None = None, **extra: Any) -> None:
        """Journal a changed record, and tell under `name`."""
        self._take(record)
        self._journal.write(record)
        if name:
            self.tell(name, record, **extra)

    def put_file(self, attachment: str, content: bytes) -> None:
        """Keep an upload's bytes."""
        self._journal.put_file(attachment, content)

    def get_file(self, attachment: str) -> bytes | None:
        """Return an upload's bytes."""
        return self._journal.get_file(attachment)

    def mark(self) -> Mark:
        """Return the facts about the whole world."""
        return Mark(
            bot=self.bot,
            application=self.application,
            last_id=self._last_id,
            privileged=self.privileged,
        )

    def _snapshot(self) -> Iterator[Record]:
        yield self.mark()
        tables: tuple[dict[Any, Any], ...] = (
            self.users,
            self.guilds,
            self.roles,
            self.members,
            self.channels,
            self.messages,
            self.commands,
            self.interactions,
        )
        for table in tables:
            yield from table.values()

    def _take(self, record: Record) -> None:
        match record:
            case User():
                self.users[record.id] = record
            case Guild():
                self.guilds[record.id] = record
            case Role():
                self.roles[record.id] = record
            case Member():
                self.members[record.guild, record.user] = record
            case Channel():
                self.channels[record.id] = record
            case Message():
                if record.id not in self.messages:
                    line = self._timelines.setdefault(record.channel, [])
                    line.insert(bisect_left(line, int(record.id)), int(record.id))
                self.messages[record.id] = record
                if record.nonce is not None:
                    self._nonces[record.author, str(record.nonce)] = record.id
                for attachment in record.attachments:
                    self._last_id = max(self._last_id, int(attachment.id))
            case Command():
                self.commands[record.id] = record
            case Interaction():
                self.interactions[record.id] = record
            case Gone():
                self._forget(record)
                return
            case Mark():
                self.bot, self.application = record.bot, record.application
                self.privileged = record.privileged
                self._last_id = max(self._last_id, record.last_id)
                return
        if not isinstance(record, Member):
            self._last_id = max(self._last_id, int(record.id))

    def _forget(self, gone: Gone) -> None:
        match gone.what:
            case "message":
                if message := self.messages.pop(gone.id, None):
                    line = self._timelines[message.channel]
                    del line[bisect_left(line, int(gone.id))]
            case "channel":
                self.channels.pop(gone.id, None)
                for id_ in self._timelines.pop(gone.id, []):
                    self.messages.pop(str(id_), None)
            case "command":
                self.commands.pop(gone.id, None)
            case "member":
                guild, _, user = gone.id.partition(" ")
                self.members.pop((guild, user), None)

    # --- reading

    def roles_of(self, guild: str, user: str) -> list[Role]:
        """Return a member's roles, with @everyone."""
        member = self.members.get((guild, user))
        ids = [guild, *member.roles] if member else []
        return [self.roles[id_] for id_ in ids if id_ in self.roles]

    def permissions(self, user: str, channel: Channel) -> int:
        """Return what a user may do in a channel; a thread takes its parent's."""
        if channel.guild is None:
            mine = user in (channel.recipient, self.bot)
            return permissions.DIRECT if mine else 0
        if (channel.guild, user) not in self.members:
            return 0
        placed = channel
        if channel.is_thread:
            parent = self.channels.get(channel.parent or "")
            if parent is None:
                return 0
            placed = parent
            if channel.kind == records.PRIVATE_THREAD and user not in channel.members:
                manages = self.permissions(user, parent) & permissions.MANAGE_THREADS
                if not manages:
                    return 0
        guild = self.guilds[channel.guild]
        roles = self.roles_of(guild.id, user)
        granted = permissions.in_guild(guild.id, guild.owner, user, roles)
        return permissions.in_channel(
            granted, guild.id, user, (role.id for role in roles), placed.overwrites
        )

    def guild_permissions(self, user: str, guild: str) -> int:
        """Return what a member may do in the whole guild."""
        found = self.guilds[guild]
        return permissions.in_guild(guild, found.owner, user, self.roles_of(guild, user))

    def threads(self, guild: str, *, archived: bool = False) -> list[Channel]:
        """Return the guild's active (or archived) threads."""
        return [
            channel
            for channel in self.channels.values()
            if channel.guild == guild and channel.is_thread and channel.archived is archived
        ]

    def page(
        self, channel: str, *, after: int | None = None, before: int | None = None, limit: int = 50
    ) -> list[Message]:
        """Return up to `limit` messages that everybody sees, oldest first.

        With `after` those just after it, else those just before `before` or the newest.
        """
        line = self._timelines.get(channel, [])
        found: list[Message] = []
        if after is not None:
            order: Iterable[int] = range(bisect_right(line, after), len(line))
        else:
            end = len(line) if before is None else bisect_left(line, before)
            order = range(end - 1, -1, -1)
        for index in order:
            message = self.messages[str(line[index])]
            if message.only_for is None:
                found.append(message)
                if len(found) == limit:
                    break
        return found if after is not None else found[::-1]

    def find_nonce(self, author: str, nonce: str | int | None, oldest: int) -> Message | None:
        """Return the author's message with a nonce, if it is newer than `oldest` and not gone."""
        found = self.messages.get(self._nonces.get((author, str(nonce)), ""))
        return found if found and found.at > oldest else None

    def everything(self, channel: str, user: str, limit: int) -> list[Message]:
        """Return the newest messages that a person sees, their own ephemeral ones too."""
        line = self._timelines.get(channel, [])
        messages = (self.messages[str(id_)] for id_ in reversed(line))
        mine = [message for message in messages if message.only_for in (None, user)]
        return mine[:limit][::-1]
