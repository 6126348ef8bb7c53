"""Parse presses, commands and forms into events; nothing here waits or remembers."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import discord

from adapters.discord.attachments import attachment_of
from adapters.discord.components import split_id
from adapters.discord.inbound import MOST_NAME
from adapters.discord.modals import values_of
from adapters.discord.places import DIRECT, PLATFORM, roles_of, snowflake_ms, thread_of
from bot.domain import Attachment, Author, InteractionRef, Options
from bot.events import Action, Asked, ButtonPressed, ReasonGiven
from bot.ports import CONFIRM, CONFIRMED, Command, CommandCall, OptionKind
from bot.text import normalise

# The token lives 15 minutes; half a minute of it is left for the call itself.
# https://docs.discord.com/developers/interactions/receiving-and-responding
TOKEN_MS = 14 * 60_000 + 30_000

# The form that asks why an answer was bad, and its one field.
REASON_FORM = "reason"
REASON_FIELD = "words"
_MAX_ID = 2**63
# https://docs.discord.com/developers/interactions/application-commands#subcommands-and-subcommand-groups
_SUBCOMMAND = 1


def ref_of(interaction: discord.Interaction, now: int) -> InteractionRef:
    """Return what a reply to an interaction needs."""
    return InteractionRef(
        id=str(interaction.id),
        application=str(interaction.application_id),
        token=interaction.token,
        expires_at=now + TOKEN_MS,
        place=str(interaction.channel.id) if interaction.channel else "",
    )


def workspace_used(interaction: discord.Interaction) -> str:
    """Return the server's id, or `@me`."""
    return str(interaction.guild_id) if interaction.guild_id else DIRECT


def author_of(interaction: discord.Interaction, admins: Collection[str]) -> Author:
    """Return who acts; what they may do here is computed by Discord, in the very payload."""
    user, granted = interaction.user, interaction.permissions
    told = not interaction.guild_id or _are_told(user)
    known = str(user.id) in admins or granted.administrator
    return Author(
        id=str(user.id),
        name=normalise(user.display_name, MOST_NAME),
        moderator=known or granted.manage_messages,
        admin=known or granted.manage_guild,
        roles=roles_of(user),
        rights_unknown=not (told or known),
    )


def _are_told(user: discord.abc.User) -> bool:
    """Tell whether a payload says what its person may do; that is optional in a member.

    https://docs.discord.com/developers/resources/guild#guild-member-object
    """
    return isinstance(user, discord.Member) and user.resolved_permissions is not None


def parse_press(
    interaction: discord.Interaction, now: int, admins: Collection[str] = ()
) -> ButtonPressed | None:
    """Return the event for a press of one of our buttons, None for anything else."""
    message, channel = interaction.message, interaction.channel
    action, turn = split_id(str(data_of(interaction).get("custom_id", "")))
    if message is None or channel is None or action not in set(Action) or not turn:
        return None
    root = message.reference.message_id if message.reference else None
    return ButtonPressed(
        thread=thread_of(channel, workspace_used(interaction), root or message.id),
        interaction=ref_of(interaction, now),
        position=interaction.id,
        author=author_of(interaction, admins),
        action=Action(action),
        turn=turn,
        message=str(message.id),
        place=str(channel.id),
    )


def parse_reason(
    interaction: discord.Interaction, admins: Collection[str] = ()
) -> ReasonGiven | None:
    """Return the event for our form, None for anything else."""
    data = data_of(interaction)
    kind, turn = split_id(str(data.get("custom_id", "")))
    if kind != REASON_FORM or not turn:
        return None
    return ReasonGiven(
        platform=PLATFORM,
        workspace=workspace_used(interaction),
        turn=turn,
        author=author_of(interaction, admins),
        text=values_of(data).get(REASON_FIELD, "").strip(),
    )


@dataclass(frozen=True, slots=True)
class Invocation:
    """A command as it came: what was given, each file by its option in `files`, and the option
    that is being typed.
    """

    call: CommandCall
    interaction: InteractionRef
    attachments: tuple[Attachment, ...] = ()
    files: tuple[str, ...] = ()
    typing: str = ""

    @property
    def typed(self) -> str:
        """Return what was typed so far."""
        return str(self.call.arguments.get(self.typing, ""))


def parse_command(
    interaction: discord.Interaction,
    table: Sequence[Command],
    now: int,
    admins: Collection[str] = (),
) -> tuple[Command, Invocation] | None:
    """Return which of our commands was used, and how; None for anything else."""
    data, channel = data_of(interaction), interaction.channel
    name, options = _chosen(data)
    command = next((one for one in table if one.name == name), None)
    if command is None or channel is None or data.get("type", 1) != 1:
        return None
    workspace = workspace_used(interaction)
    direct = workspace == DIRECT
    arguments, files, typing = _arguments(command, data, options)
    call = CommandCall(
        name=command.name,
        arguments=arguments,
        thread=thread_of(channel, workspace, interaction.id),
        author=author_of(interaction, admins),
        position=interaction.id,
        in_thread=direct or isinstance(channel, discord.Thread),
        direct=direct,
        key=str(interaction.id),
    )
    return command, Invocation(
        call,
        ref_of(interaction, now),
        attachments=tuple(one for _, one in files),
        files=tuple(name for name, _ in files),
        typing=typing,
    )


def parse_confirm(
    interaction: discord.Interaction, now: int, admins: Collection[str] = ()
) -> Invocation | None:
    """Return what confirms a command that was asked about first, None for any other button."""
    kind, asked = split_id(str(data_of(interaction).get("custom_id", "")))
    channel, workspace = interaction.channel, workspace_used(interaction)
    if kind != CONFIRM or not asked or channel is None:
        return None
    direct = workspace == DIRECT
    call = CommandCall(
        name=CONFIRM,
        arguments={CONFIRMED: asked},
        thread=thread_of(channel, workspace, interaction.id),
        author=author_of(interaction, admins),
        position=interaction.id,
        in_thread=direct or isinstance(channel, discord.Thread),
        direct=direct,
        key=str(interaction.id),
    )
    return Invocation(call, ref_of(interaction, now))


def ask_of(invocation: Invocation) -> Asked:
    """Return the event for a command that asks."""
    call = invocation.call
    most = call.arguments.get("max_tokens")
    return Asked(
        thread=call.thread,
        interaction=invocation.interaction,
        position=call.position,
        author=call.author,
        text=str(call.arguments.get("prompt", "")).strip(),
        options=Options(
            model=str(call.arguments.get("model", "")),
            effort=str(call.arguments.get("effort", "")),
            max_tokens=most if isinstance(most, int) else None,
        ),
        opens_thread=not call.in_thread,
        sent_at=snowflake_ms(call.position),
        attachments=invocation.attachments,
    )


def _chosen(data: Mapping[str, Any]) -> tuple[str, Sequence[Mapping[str, Any]]]:
    """Return a command's name, with that of its subcommand, and what was given to it."""
    name, options = str(data.get("name", "")), data.get("options") or ()
    first: Mapping[str, Any] = next(iter(options), {})
    if first.get("type") == _SUBCOMMAND:
        return f"{name} {first.get('name', '')}", first.get("options") or ()
    return name, options


def _arguments(
    command: Command, data: Mapping[str, Any], options: Sequence[Mapping[str, Any]]
) -> tuple[dict[str, str | int | bool], list[tuple[str, Attachment]], str]:
    """Return what was given by option, the files among it, and the option being typed."""
    kinds = {option.name: option.kind for option in command.options}
    arguments: dict[str, str | int | bool] = {}
    resolved = (data.get("resolved") or {}).get("attachments") or {}
    files: list[tuple[str, Attachment]] = []
    typing = ""
    for given in options:
        name, value = str(given.get("name", "")), given.get("value")
        kind = kinds.get(name)
        if kind is None or value is None:
            continue
        if given.get("focused"):
            typing = name
        if kind is OptionKind.FILE:
            if isinstance(file := resolved.get(str(value)), Mapping):
                files.append((name, attachment_of(file)))
        elif isinstance(value, str):
            arguments[name] = normalise(value)
        elif isinstance(value, bool | int) and abs(value) < _MAX_ID:
            arguments[name] = value
    return arguments, files, typing


def data_of(interaction: discord.Interaction) -> Mapping[str, Any]:
    """Return what was used, and what came with it."""
    data: Mapping[str, Any] = interaction.data or {}
    return data
