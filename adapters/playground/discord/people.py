"""The human side: what the people of the world do, for the page and for tests.

Everything answers with the same JSON that Discord's own client would get. A refusal is the
same `Problem` that the bot would meet.
"""

from __future__ import annotations

import asyncio
import mimetypes
import secrets
from collections.abc import Sequence
from typing import Any

from adapters.playground.discord import (
    bodies,
    components,
    drafts,
    limits,
    message_payloads,
    payloads,
    permissions,
    records,
)
from adapters.playground.discord.bodies import Upload
from adapters.playground.discord.interactions import COMMAND, COMPONENT, MODAL_SUBMIT
from adapters.playground.discord.messages import check_open, find_channel, need
from adapters.playground.discord.problems import problem
from adapters.playground.discord.records import Channel, Interaction, Message, User
from adapters.playground.discord.world import Change, World

Json = dict[str, Any]


class Subscription:
    """The changes that one person sees, in order: `async for name, data in subscription`."""

    def __init__(self, people: People, person: str) -> None:
        self._people = people
        self._person = person
        self._queue: asyncio.Queue[tuple[str, Json]] = asyncio.Queue()
        people.world.watchers.append(self._tell)

    def _tell(self, change: Change) -> None:
        if event := self._people.render_change(self._person, change):
            self._queue.put_nowait(event)

    def __aiter__(self) -> Subscription:
        return self

    async def __anext__(self) -> tuple[str, Json]:
        return await self._queue.get()

    def close(self) -> None:
        """Stop listening."""
        self._people.world.watchers.remove(self._tell)


class People:
    """Act as the people. `person`, `channel` and `message` are ids."""

    def __init__(self, world: World, prefix: str) -> None:
        self.world = world
        self._base = prefix

    # --- looking

    def everyone(self) -> list[Json]:
        """Return the people that one can be."""
        return [
            payloads.render_user(user) | {"admin": self.is_admin(user.id)}
            for user in self.world.users.values()
            if not user.bot
        ]

    def is_admin(self, person: str) -> bool:
        """Tell whether a person manages a server."""
        return any(
            user == person and self.world.guild_permissions(user, guild) & permissions.MANAGE_GUILD
            for guild, user in self.world.members
        )

    def find(self, name: str) -> str:
        """Return the id of the user with a name."""
        return next(user.id for user in self.world.users.values() if user.name == name)

    def channel(self, name: str) -> str:
        """Return the id of the channel (or else the thread) with a name."""
        found = sorted(
            (one for one in self.world.channels.values() if one.name == name),
            key=lambda one: one.is_thread,
        )
        return found[0].id

    def channels(self, person: str) -> list[Json]:
        """Return the channels, threads and DMs that a person sees."""
        return [
            payloads.render_channel(self.world, channel, viewer=person)
            for channel in self.world.channels.values()
            if self.world.permissions(person, channel) & permissions.VIEW_CHANNEL
        ]

    def read(self, person: str, channel: str, limit: int = 100) -> list[Json]:
        """Return the newest messages of a channel that a person sees, oldest first."""
        found, _ = find_channel(self.world, channel, person)
        messages = self.world.everything(found.id, person, limit)
        return [self._render(person, message) for message in messages]

    def interaction(self, interaction: str) -> Json:
        """Return what became of a press or command: pending, deferred, answered or failed."""
        found = self.world.interactions[interaction]
        state = found.state
        if state == "pending" and self.world.now() - found.at > limits.FIRST_ANSWER_MS:
            state = "failed"
        return {
            "id": found.id,
            "state": state,
            "response": found.response,
            "modal": found.modal,
            "choices": found.choices,
        }

    def subscribe(self, person: str) -> Subscription:
        """Follow the changes that a person sees, by gateway event names."""
        return Subscription(self, person)

    def render_change(self, person: str, change: Change) -> tuple[str, Json] | None:
        """Return a change as a person sees it, or None."""
        world = self.world
        match change.record:
            case Message() as message:
                if message.only_for not in (None, person):
                    return None
                channel = world.channels.get(message.channel)
                if channel is None or not self._sees(person, channel):
                    return None
                if change.name == "MESSAGE_DELETE":
                    return change.name, {"id": message.id, "channel_id": message.channel}
                return change.name, self._render(person, message)
            case Channel() as channel if self._sees(person, channel):
                payload = payloads.render_channel(world, channel, viewer=person)
                if "user" in change.extra:
                    payload = {"channel_id": channel.id, "user_id": change.extra["user"]}
                return change.name, payload
            case Interaction() as interaction if interaction.user == person:
                return "INTERACTION_UPDATE", self.interaction(interaction.id)
            case _:
                return None

    def _sees(self, person: str, channel: Channel) -> bool:
        return bool(self.world.permissions(person, channel) & permissions.VIEW_CHANNEL)

    def _render(self, person: str, message: Message) -> Json:
        return message_payloads.render_message(self.world, self._base, message, viewer=person)

    # --- talking

    def mention(self) -> str:
        """Return the text that mentions the bot."""
        return f"<@{self.world.bot}>"

    def post(
        self,
        person: str,
        channel: str,
        content: str,
        *,
        reply_to: str | None = None,
        files: Sequence[tuple[str, bytes]] = (),
    ) -> Json:
        """Post a message as a person."""
        found, granted = find_channel(self.world, channel, person)
        draft = bodies.Draft(content=content.strip())
        draft.new_files = [(_upload(name, data), None) for name, data in files]
        if reply_to:
            draft.reference = {"message_id": reply_to}
        if found.kind not in records.TEXT_KINDS:
            raise problem(50008)
        if found.is_thread:
            if found.locked and not granted & permissions.MANAGE_THREADS:
                raise problem(160005)
            need(granted, permissions.SEND_MESSAGES_IN_THREADS)
        else:
            need(granted, permissions.SEND_MESSAGES)
        if drafts.is_empty(draft):
            raise problem(50006)
        if len(content) > limits.CONTENT_CHARS:
            raise problem(50035)
        drafts.check_automod(self.world, found, person, content)
        reference = drafts.find_reference(self.world, found, draft)
        message = drafts.compose(self.world, found, person, draft, reference=reference)
        self.world.add_message(message)
        return self._render(person, message)

    def edit(self, person: str, channel: str, message: str, content: str) -> Json:
        """Edit one's own message."""
        found, granted = find_channel(self.world, channel, person)
        target = self._target(found, message)
        if target.author != person:
            raise problem(50005)
        check_open(found, granted)
        drafts.revise(self.world, target, bodies.Draft(content=content.strip()))
        return self._render(person, target)

    def delete(self, person: str, channel: str, message: str) -> None:
        """Delete one's own message, with permission anybody's."""
        found, granted = find_channel(self.world, channel, person)
        target = self._target(found, message)
        if person not in (target.author, target.only_for):
            need(granted, permissions.MANAGE_MESSAGES)
        self.world.delete_message(target)

    def type(self, person: str, channel: str) -> None:
        """Show that a person types."""
        found, _ = find_channel(self.world, channel, person)
        self.world.tell("TYPING_START", found, user=person)

    def open_dm(self, person: str) -> str:
        """Return the channel of a person's direct messages with the bot."""
        return self.world.dm_with(person).id

    def start_thread(self, person: str, channel: str, name: str, message: str | None = None) -> str:
        """Start a thread, from a message or without one; return its id."""
        found, granted = find_channel(self.world, channel, person)
        if found.kind not in (records.GUILD_TEXT, records.GUILD_ANNOUNCEMENT):
            raise problem(50024)
        need(granted, permissions.CREATE_PUBLIC_THREADS)
        target = self._target(found, message) if message else None
        if target and target.id in self.world.channels:
            raise problem(160004)
        return self.world.add_thread(found, name, person, message=target).id

    def archive(self, person: str, thread: str, *, archived: bool = True) -> None:
        """Archive or reopen a thread."""
        found, _ = find_channel(self.world, thread, person)
        self.world.set_archived(found, archived)

    def lock(self, person: str, thread: str, *, locked: bool = True) -> None:
        """Lock (and archive) or unlock a thread, as a moderator."""
        found, granted = find_channel(self.world, thread, person)
        need(granted, permissions.MANAGE_THREADS)
        self.world.set_archived(found, locked, locked=locked)

    def delete_channel(self, person: str, channel: str) -> None:
        """Delete a channel or thread, as a moderator."""
        found, granted = find_channel(self.world, channel, person)
        need(
            granted,
            permissions.MANAGE_THREADS if found.is_thread else permissions.MANAGE_CHANNELS,
        )
        self.world.delete_channel(found)

    def _target(self, channel: Channel, message: str) -> Message:
        target = self.world.messages.get(message)
        if target is None or target.channel != channel.id:
            raise problem(10008)
        return target

    # --- interacting

    def press(
        self,
        person: str,
        channel: str,
        message: str,
        custom_id: str,
        values: Sequence[str] | None = None,
    ) -> str:
        """Press a button or choose in a select; return the interaction's id."""
        found, _ = find_channel(self.world, channel, person)
        target = self._target(found, message)
        if target.only_for not in (None, person):
            raise problem(10008)
        component = components.find(target.components, custom_id)
        if component is None or component.get("disabled"):
            raise problem(50035)
        data: Json = {
            "component_type": component["type"],
            "custom_id": custom_id,
            "id": component["id"],
        }
        if values is not None:
            data["values"] = [*values]
        return self._interact(person, found, COMPONENT, data, message=target.id)

    def command(
        self,
        person: str,
        channel: str,
        name: str,
        options: Sequence[Json] = (),
        *,
        kind: int = 1,
        target: str | None = None,
    ) -> str:
        """Use a command (`kind` 2, 3: on a user or message `target`); return the interaction."""
        found, granted = find_channel(self.world, channel, person)
        need(granted, permissions.USE_APPLICATION_COMMANDS)
        command = next(
            (
                one
                for one in self.world.commands.values()
                if one.body["name"] == name
                and (one.body.get("type") or 1) == kind
                and one.guild in (None, found.guild)
            ),
            None,
        )
        if command is None:
            raise problem(10063)
        data: Json = {"id": command.id, "name": name, "type": kind, "options": [*options]}
        if command.guild:
            data["guild_id"] = command.guild
        if target:
            data["target_id"] = target
            data["resolved"] = self._resolve(target, kind)
        return self._interact(person, found, COMMAND, data)

    def submit(self, person: str, interaction: str, fields: Json) -> str:
        """Submit the form that an interaction opened: custom ids and their values."""
        opened = self.world.interactions[interaction]
        if opened.modal is None or opened.user != person:
            raise problem(10062)
        data = {
            "custom_id": opened.modal["custom_id"],
            "components": [_fill(one, fields) for one in opened.modal["components"]],
        }
        channel = self.world.channels[opened.channel]
        return self._interact(
            person, channel, MODAL_SUBMIT, data, message=opened.message, opened_by=opened.id
        )

    def _resolve(self, target: str, kind: int) -> Json:
        if kind == 3 and target in self.world.messages:
            message = self.world.messages[target]
            rendered = message_payloads.render_message(
                self.world, self._base, message, viewer=self.world.bot, granted=True
            )
            return {"messages": {target: rendered}}
        if kind == 2 and target in self.world.users:
            return {"users": {target: payloads.render_user(self.world.users[target])}}
        raise problem(50035)

    def _interact(
        self,
        person: str,
        channel: Channel,
        kind: int,
        data: Json,
        *,
        message: str | None = None,
        opened_by: str | None = None,
    ) -> str:
        interaction = Interaction(
            id=self.world.new_id(),
            token=secrets.token_urlsafe(64),
            kind=kind,
            user=person,
            channel=channel.id,
            guild=channel.guild,
            at=self.world.now(),
            data=data,
            message=message,
            opened_by=opened_by,
        )
        self.world.save(interaction, "INTERACTION_CREATE")
        return interaction.id

    # --- the people themselves

    def add(self, name: str, shown: str, *, admin: bool = False) -> str:
        """Add a person to every server; an admin gets its highest role."""
        user: User = self.world.add_user(name, shown)
        for guild in self.world.guilds.values():
            roles = [
                role
                for role in self.world.roles.values()
                if role.guild == guild.id
                and role.id != guild.id
                and admin
                and role.permissions & permissions.ADMINISTRATOR
            ]
            self.world.join(guild, user, *roles)
        return user.id

    def close_dms(self, person: str, *, closed: bool = True) -> None:
        """Stop taking direct messages from the bot."""
        user = self.world.users[person]
        user.dms_open = not closed
        self.world.save(user)


def _upload(name: str, data: bytes) -> Upload:
    return Upload(name, data, mimetypes.guess_type(name)[0] or "application/octet-stream")


def _fill(component: Json, fields: Json) -> Json:
    """Return a form's component as it is submitted."""
    if "component" in component:
        return {"type": component["type"], "component": _fill(component["component"], fields)}
    if "components" in component:
        inner = [_fill(one, fields) for one in component["components"]]
        return {"type": component["type"], "components": inner}
    custom_id = component.get("custom_id", "")
    filled: Json = {"type": component["type"], "custom_id": custom_id}
    value = fields.get(custom_id, component.get("value") or "")
    filled["values" if isinstance(value, list) else "value"] = value
    return filled
