"""How people use the bot's commands, buttons and forms."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from typing import Any

from adapters.playground.discord import (
    components,
    forms,
    interaction_payloads,
    options,
    payloads,
    permissions,
)
from adapters.playground.discord.interactions import (
    AUTOCOMPLETE,
    COMMAND,
    COMPONENT,
    MODAL_SUBMIT,
)
from adapters.playground.discord.looking import Onlooker
from adapters.playground.discord.messages import find_channel, need
from adapters.playground.discord.problems import problem
from adapters.playground.discord.records import Attachment, Channel, Command, Interaction

Json = dict[str, Any]
IN_GUILD, IN_BOT_DM = 0, 1


class Interactor(Onlooker):
    """Use the bot as the people do; what each of these starts is told by `interaction`."""

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

    # --- commands

    def commands(self, person: str, channel: str) -> list[Json]:
        """Return the commands that a person can use in a channel, by name."""
        found, granted = find_channel(self.world, channel, person)
        if not granted & permissions.USE_APPLICATION_COMMANDS:
            return []
        usable = [one for one in self.world.commands.values() if self._usable(person, found, one)]
        usable.sort(key=lambda one: str(one.body["name"]))
        shown = [interaction_payloads.render_command(self.world, one) for one in usable]
        return [each for one in shown for each in _unfolded(one)]

    def command(
        self,
        person: str,
        channel: str,
        name: str,
        given: Mapping[str, Any] | Sequence[Json] = (),
        *,
        kind: int = 1,
        target: str | None = None,
    ) -> str:
        """Use a command (`kind` 2, 3: on a user or message `target`); return the interaction.

        `given` are values by option; that of a file is (name, bytes). A list is taken as the
        options of the interaction, as it stands.
        """
        found, command, body = self._command(person, channel, name, kind)
        chosen = (
            options.fill(self.world, body, found.guild, given)
            if isinstance(given, Mapping)
            else options.Chosen([*given])
        )
        data = self._data(command, body, chosen, kind)
        if target:
            data["target_id"] = target
            data["resolved"] = self._resolve(person, found, target, kind)
        return self._interact(person, found, COMMAND, data, attachments=chosen.attachments)

    def complete(
        self,
        person: str,
        channel: str,
        name: str,
        option: str,
        typed: str,
        given: Mapping[str, Any] | None = None,
    ) -> str:
        """Ask what a half typed option could be; return the interaction, which gets choices.

        https://docs.discord.com/developers/interactions/application-commands#autocomplete
        """
        found, command, body = self._command(person, channel, name, 1)
        chosen = options.fill(self.world, body, found.guild, given or {}, focused=(option, typed))
        data = self._data(command, body, chosen, 1)
        return self._interact(person, found, AUTOCOMPLETE, data)

    def _usable(self, person: str, channel: Channel, command: Command) -> bool:
        if channel.guild and (channel.guild, self.world.bot) not in self.world.members:
            return False
        if command.guild not in (None, channel.guild):
            return False
        contexts = command.body.get("contexts")
        if contexts is not None:
            if (IN_GUILD if channel.guild else IN_BOT_DM) not in contexts:
                return False
        elif channel.guild is None and command.body.get("dm_permission") is False:
            return False
        needed = command.body.get("default_member_permissions")
        if not channel.guild or needed is None:
            return True
        granted = self.world.guild_permissions(person, channel.guild)
        # No permission at all stands for "administrators only".
        wanted = int(needed) or permissions.ADMINISTRATOR
        return granted & wanted == wanted

    def _command(
        self, person: str, channel: str, name: str, kind: int
    ) -> tuple[Channel, Command, Json]:
        """Return a command that a person may use, and what has the options: its subcommand, if
        it is named by two words.
        """
        first, _, second = name.partition(" ") if kind == 1 else (name, "", "")
        found, granted = find_channel(self.world, channel, person)
        need(granted, permissions.USE_APPLICATION_COMMANDS)
        for one in self.world.commands.values():
            same = one.body["name"] == first and (one.body.get("type") or 1) == kind
            if not same or not self._usable(person, found, one):
                continue
            nested = options.subcommands(one.body)
            body = nested.get(second) if nested or second else one.body
            if body is not None:
                return found, one, body
        raise problem(10063)

    @staticmethod
    def _data(command: Command, body: Json, chosen: options.Chosen, kind: int) -> Json:
        data: Json = {"id": command.id, "name": command.body["name"], "type": kind}
        if kind == 1:
            data["options"] = chosen.options
        if body is not command.body:
            nested = {"name": body["name"], "type": options.SUBCOMMAND, "options": chosen.options}
            data["options"] = [nested]
        if command.guild:
            data["guild_id"] = command.guild
        if chosen.resolved:
            data["resolved"] = chosen.resolved
        return data

    def _resolve(self, person: str, channel: Channel, target: str, kind: int) -> Json:
        """Return what a menu's target brings; a message has links, so it is told later."""
        if kind == 2 and target in self.world.users:
            return {"users": {target: payloads.render_user(self.world.users[target])}}
        message = self.world.messages.get(target) if kind == 3 else None
        if message is None or message.channel != channel.id:
            raise problem(50035)
        if message.only_for not in (None, person):
            raise problem(10008)
        return {}

    def menu(self, person: str, channel: str, message: str, name: str) -> str:
        """Use a command in the menu of a message; return the interaction's id."""
        return self.command(person, channel, name, kind=3, target=message)

    # --- forms

    def submit(self, person: str, interaction: str, fields: Mapping[str, Any]) -> str:
        """Submit the form that an interaction opened, by custom ids (see `forms.fill`)."""
        opened = self.world.interactions[interaction]
        if opened.modal is None or opened.user != person:
            raise problem(10062)
        filled = forms.fill(self.world, opened.modal, fields)
        return self._interact(
            person,
            self.world.channels[opened.channel],
            MODAL_SUBMIT,
            filled.data,
            message=opened.message,
            opened_by=opened.id,
            attachments=filled.attachments,
        )

    def _interact(
        self,
        person: str,
        channel: Channel,
        kind: int,
        data: Json,
        *,
        message: str | None = None,
        opened_by: str | None = None,
        attachments: Sequence[Attachment] = (),
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
            attachments=[*attachments],
        )
        self.world.save(interaction, "INTERACTION_CREATE")
        return interaction.id


def _unfolded(command: Json) -> list[Json]:
    """Return a command as people choose it: each of its subcommands for itself."""
    nested = options.subcommands(command)
    return [
        command | {"name": f"{command['name']} {name}", "options": [], **_without_type(one)}
        for name, one in nested.items()
    ] or [command]


def _without_type(subcommand: Json) -> Json:
    """Return what a subcommand has of its own; its type is that of an option."""
    return {key: subcommand[key] for key in ("description", "options") if key in subcommand}
