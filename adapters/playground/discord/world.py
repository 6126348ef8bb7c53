"""The world: guilds, channels, threads, people and messages, as they are.

It knows no HTTP and asks nobody for permission: `rest`, `interactions` and `people` do that
before they call it. Every change is journalled and told to the watchers, in order.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from adapters.playground.discord import permissions, records
from adapters.playground.discord.journal import Journal
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
    Overwrite,
    Record,
    Role,
    Tag,
    User,
)

DISCORD_EPOCH_MS = 1_420_070_400_000
INTENT_MEMBERS = 1 << 1
INTENT_PRESENCES = 1 << 8
INTENT_MESSAGE_CONTENT = 1 << 15
BOT_ROLE = "Bot"
PRIVILEGED = INTENT_MEMBERS | INTENT_PRESENCES | INTENT_MESSAGE_CONTENT


@dataclass(frozen=True, slots=True)
class Change:
    """Something happened. `name` is the gateway's event name where it has one."""

    name: str
    record: Any
    extra: dict[str, Any] = field(default_factory=dict)


class World:
    """Hold every record by id, and who wants to know of changes."""

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
        self._journal = Journal(folder)
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

    # --- making the world

    def set_privileged(self, intents: int) -> None:
        """Switch privileged intents on, as in the developer portal."""
        self.privileged = intents & PRIVILEGED
        self.save(self.mark())

    def add_user(self, name: str, shown: str, *, bot: bool = False) -> User:
        """Add a person (or the bot's user)."""
        user = User(id=self.new_id(), name=name, shown=shown, bot=bot)
        self.save(user)
        return user

    def add_guild(self, name: str, owner: User) -> Guild:
        """Add a server with its @everyone role and its owner as member."""
        guild = Guild(id=self.new_id(), name=name, owner=owner.id)
        self.save(guild)
        self.save(
            Role(id=guild.id, guild=guild.id, name="@everyone", permissions=permissions.EVERYONE)
        )
        self.join(guild, owner)
        return guild

    def add_role(self, guild: Guild, name: str, granted: int) -> Role:
        """Add a role."""
        count = sum(role.guild == guild.id for role in self.roles.values())
        role = Role(
            id=self.new_id(), guild=guild.id, name=name, permissions=granted, position=count
        )
        self.save(role)
        return role

    def join(self, guild: Guild, user: User, *roles: Role) -> Member:
        """Make a user a member."""
        member = Member(
            guild=guild.id,
            user=user.id,
            roles=[role.id for role in roles],
            joined_at=self.now(),
        )
        self.save(member, "GUILD_MEMBER_ADD")
        return member

    def add_channel(
        self,
        guild: Guild,
        name: str,
        kind: int = records.GUILD_TEXT,
        topic: str | None = None,
        tags: Iterable[str] = (),
    ) -> Channel:
        """Add a channel to a server; a forum with tags."""
        count = sum(
            channel.guild == guild.id and not channel.is_thread
            for channel in self.channels.values()
        )
        channel = Channel(
            id=self.new_id(),
            kind=kind,
            name=name,
            guild=guild.id,
            position=count,
            topic=topic,
            created_at=self.now(),
            tags=[Tag(id=self.new_id(), name=one) for one in tags],
        )
        self.save(channel, "CHANNEL_CREATE")
        return channel

    def dm_with(self, user: str) -> Channel:
        """Return the direct message channel of a person and the bot."""
        for channel in self.channels.values():
            if channel.kind == records.DM and channel.recipient == user:
                return channel
        channel = Channel(id=self.new_id(), kind=records.DM, recipient=user, created_at=self.now())
        self.save(channel, "CHANNEL_CREATE")
        return channel

    # --- permissions

    def set_overwrite(
        self, channel: Channel, target: str, *, allow: int = 0, deny: int = 0, kind: int = 1
    ) -> None:
        """Set what a channel allows and denies to a member (or with `kind` 0 to a role)."""
        rest = [one for one in channel.overwrites if (one.kind, one.id) != (kind, target)]
        if allow or deny:
            rest.append(Overwrite(id=target, kind=kind, allow=allow, deny=deny))
        channel.overwrites = rest
        self.save(channel, "CHANNEL_UPDATE")

    def deny_bot(self, channel: str, *names: str) -> None:
        """Deny named permissions to the bot in a channel; no names: deny nothing more."""
        self.set_overwrite(self.channels[channel], self.bot, deny=permissions.bits(names))

    def kick_bot(self, guild: str) -> None:
        """Remove the bot, and its commands there, from a server."""
        for command in [one for one in self.commands.values() if one.guild == guild]:
            self._journal.write(left := Gone(what="command", id=command.id))
            self._forget(left)
        self._journal.write(gone := Gone(what="member", id=f"{guild} {self.bot}"))
        self._forget(gone)
        self.tell("GUILD_DELETE", self.guilds[guild], unavailable=False)

    def invite_bot(self, guild: str) -> None:
        """Add the bot to a server, with the role that bots have there."""
        roles = [
            role for role in self.roles.values() if role.guild == guild and role.name == BOT_ROLE
        ]
        self.join(self.guilds[guild], self.users[self.bot], *roles)

    def set_available(self, guild: str, available: bool) -> None:
        """Begin or end an outage of a server."""
        if available:
            self.unavailable.discard(guild)
            self.tell("GUILD_CREATE", self.guilds[guild])
        else:
            self.unavailable.add(guild)
            self.tell("GUILD_DELETE", self.guilds[guild], unavailable=True)

    # --- messages and threads

    def add_message(self, message: Message) -> None:
        """Put a message into its channel, waking an archived thread."""
        channel = self.channels[message.channel]
        if message.only_for is None:
            if channel.is_thread and channel.archived:
                self.set_archived(channel, False)
            if message.kind != records.THREAD_STARTER:
                channel.message_count += 1
            channel.last_message = message.id
            if channel.is_thread and message.author not in channel.members:
                channel.members[message.author] = self.now()
            self.save(channel)
        self.save(message, "MESSAGE_CREATE")

    def say(self, channel: Channel, author: str, content: str) -> Message:
        """Put plain words into a channel, as somebody's."""
        message = Message(
            id=self.new_id(),
            channel=channel.id,
            guild=channel.guild,
            author=author,
            at=self.now(),
            content=content,
        )
        self.add_message(message)
        return message

    def delete_message(self, message: Message) -> None:
        """Remove a message."""
        self._remove(message)
        self.tell("MESSAGE_DELETE", message)

    def _remove(self, message: Message) -> None:
        channel = self.channels[message.channel]
        if message.only_for is None and message.kind != records.THREAD_STARTER:
            channel.message_count = max(0, channel.message_count - 1)
            self.save(channel)
        self._journal.write(gone := Gone(what="message", id=message.id))
        self._forget(gone)

    def delete_messages(self, messages: Sequence[Message]) -> None:
        """Remove several messages of one channel at once."""
        for message in messages:
            self._remove(message)
        ids = [message.id for message in messages]
        self.tell("MESSAGE_DELETE_BULK", messages[0], ids=ids)

    def add_thread(
        self,
        parent: Channel,
        name: str,
        owner: str,
        *,
        message: Message | None = None,
        auto_archive: int = 1440,
        slow_mode: int = 0,
        kind: int | None = None,
        tags: Iterable[str] = (),
    ) -> Channel:
        """Start a thread; from a message it takes that message's id."""
        now = self.now()
        if kind is None:
            announced = parent.kind == records.GUILD_ANNOUNCEMENT
            kind = records.ANNOUNCEMENT_THREAD if announced else records.PUBLIC_THREAD
        thread = Channel(
            id=message.id if message else self.new_id(),
            kind=kind,
            name=name,
            guild=parent.guild,
            parent=parent.id,
            owner=owner,
            auto_archive=auto_archive,
            slow_mode=slow_mode,
            archive_changed_at=now,
            created_at=now,
            members={owner: now},
            applied_tags=[*tags],
        )
        self.save(thread, "THREAD_CREATE", newly_created=True)
        if message:
            message.flags |= records.HAS_THREAD
            self.save(message, "MESSAGE_UPDATE")
            starter = Message(
                id=self.new_id(),
                channel=thread.id,
                guild=thread.guild,
                author=message.author,
                at=now,
                kind=records.THREAD_STARTER,
                reference=records.Reference(channel=parent.id, message=message.id),
            )
            self.add_message(starter)
        return thread

    def set_archived(self, thread: Channel, archived: bool, *, locked: bool | None = None) -> None:
        """Archive or reopen a thread."""
        thread.archived = archived
        thread.archive_changed_at = self.now()
        if locked is not None:
            thread.locked = locked
        self.save(thread, "THREAD_UPDATE")

    def delete_channel(self, channel: Channel) -> None:
        """Remove a channel with its threads, or a thread."""
        if not channel.is_thread:
            children = [one for one in self.channels.values() if one.parent == channel.id]
            for child in children:
                self._drop_channel(child, with_parent=True)
        self._drop_channel(channel)

    def _drop_channel(self, channel: Channel, **extra: Any) -> None:
        self._journal.write(gone := Gone(what="channel", id=channel.id))
        self._forget(gone)
        self.tell("THREAD_DELETE" if channel.is_thread else "CHANNEL_DELETE", channel, **extra)

    def set_commands(self, guild: str | None, bodies: list[dict[str, Any]]) -> list[Command]:
        """Replace all commands of a scope; those of the same name and type keep their id."""
        old = {
            (command.body.get("type", 1), command.body["name"]): command
            for command in self.commands.values()
            if command.guild == guild
        }
        made = []
        for body in bodies:
            kept = old.pop((body.get("type", 1), body["name"]), None)
            version = kept.version if kept and kept.body == body else self.new_id()
            command = Command(
                id=kept.id if kept else self.new_id(), guild=guild, version=version, body=body
            )
            self.save(command)
            made.append(command)
        for command in old.values():
            self._journal.write(gone := Gone(what="command", id=command.id))
            self._forget(gone)
        return made
