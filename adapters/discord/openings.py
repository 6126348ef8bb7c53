"""Parse what opens a form, and forms that were sent; nothing here waits or remembers."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

import discord

from adapters.discord.attachments import attached, attachment_of
from adapters.discord.components import split_id
from adapters.discord.interactions import (
    Invocation,
    author_of,
    data_of,
    ref_of,
    workspace_used,
)
from adapters.discord.modals import files_of, values_of
from adapters.discord.places import DIRECT, snowflake_ms, thread_of
from bot.events import ButtonPressed
from bot.ports import EDIT_MENU, FORM_AGAIN, FormCall, FormSent

# Forms that ask for more, and the buttons that open one again, by the id of the draft.
FORM = "form"

# The type of a command in the menu of messages.
# https://docs.discord.com/developers/interactions/application-commands#message-commands
MESSAGE_MENU = 3


def call_of(invocation: Invocation) -> FormCall:
    """Return what a command that opens a form asks."""
    call = invocation.call
    return FormCall(
        name=call.name,
        interaction=invocation.interaction,
        thread=call.thread,
        place=invocation.interaction.place,
        author=call.author,
        position=call.position,
        sent_at=snowflake_ms(call.position),
        in_thread=call.in_thread,
        direct=call.direct,
        arguments=call.arguments,
        attachments=invocation.attachments,
        files=invocation.files,
    )


def parse_menu(
    interaction: discord.Interaction, now: int, me: int, admins: Collection[str] = ()
) -> FormCall | None:
    """Return what the menu of a message asks, None for any other command.

    What a message of ours shows is known better than Discord tells.
    """
    data, channel = data_of(interaction), interaction.channel
    target = str(data.get("target_id", ""))
    row = ((data.get("resolved") or {}).get("messages") or {}).get(target)
    if data.get("type") != MESSAGE_MENU or channel is None or not isinstance(row, Mapping):
        return None
    ours = str((row.get("author") or {}).get("id", "")) == str(me)
    place = str(row.get("channel_id") or channel.id)
    files = () if ours else tuple(attachment_of(one, target, place) for one in attached(row))
    call = _call(interaction, EDIT_MENU, now, admins)
    return call and replace(call, message=target, attachments=files)


def opened_by(press: ButtonPressed) -> FormCall:
    """Return what a press of a button asks that opens a form."""
    direct = press.thread.workspace == DIRECT
    return FormCall(
        name=str(press.action),
        interaction=press.interaction,
        thread=press.thread,
        place=press.place,
        author=press.author,
        position=press.position,
        sent_at=snowflake_ms(press.position),
        in_thread=direct or press.place == press.thread.thread,
        direct=direct,
        turn=press.turn,
        message=press.message,
    )


def parse_sent(
    interaction: discord.Interaction, now: int, admins: Collection[str] = ()
) -> FormSent | None:
    """Return a form that was sent, None for one that asks for no more."""
    data = data_of(interaction)
    draft = draft_of(data)
    if not draft or interaction.channel is None:
        return None
    files = files_of(data)
    return FormSent(
        form=draft,
        interaction=ref_of(interaction, now),
        author=author_of(interaction, admins),
        position=interaction.id,
        sent_at=snowflake_ms(interaction.id),
        values=values_of(data),
        attachments=tuple(one for _, one in files),
        files=tuple(name for name, _ in files),
    )


def parse_again(
    interaction: discord.Interaction, now: int, admins: Collection[str] = ()
) -> FormCall | None:
    """Return a press of the button that opens a form again, None for any other button."""
    draft = draft_of(data_of(interaction))
    call = _call(interaction, FORM_AGAIN, now, admins) if draft else None
    return replace(call, form=draft) if call is not None else None


def draft_of(data: Mapping[str, Any]) -> str:
    """Return the draft that an id names, "" if it names none."""
    kind, draft = split_id(str(data.get("custom_id", "")))
    return draft if kind == FORM else ""


def _call(
    interaction: discord.Interaction, name: str, now: int, admins: Collection[str]
) -> FormCall | None:
    channel, workspace = interaction.channel, workspace_used(interaction)
    if channel is None:
        return None
    direct = workspace == DIRECT
    return FormCall(
        name=name,
        interaction=ref_of(interaction, now),
        thread=thread_of(channel, workspace, interaction.id),
        place=str(channel.id),
        author=author_of(interaction, admins),
        position=interaction.id,
        sent_at=snowflake_ms(interaction.id),
        in_thread=direct or isinstance(channel, discord.Thread),
        direct=direct,
    )
