"""The world: guilds, channels, threads, people and messages, and how they change.

It knows no HTTP and asks nobody for permission: `rest`, `interactions` and `people` do that
before they call it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from adapters.playground.discord import permissions, records
from adapters.playground.discord.records import (
    Channel,
    Command,
    Gone,
    Guild,
    Member,
    Message,
    Overwrite,
    Role,
    Tag,
    User,
)
from adapters.playground.discord.tables import (
    DISCORD_EPOCH_MS,
    INTENT_MEMBERS,
    INTENT_MESSAGE_CONTENT,
    PRIVILEGED,
    Change,
    Tables,
)

__all__ = [
    "BOT_ROLE",
    "DISCORD_EPOCH_MS",
    "INTENT_MEMBERS",
    "INTENT_MESSAGE_CONTENT",
    "PRIVILEGED",
    "Change",
    "World",
]

BOT_ROLE = "Bot"


class World(Tables):
    """Change what there is, as Discord itself would."""

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
