"""Messages as Discord's JSON.

`base` is the address at which the asker reached this stand-in, for links to files.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from adapters.playground.discord import media, records
from adapters.playground.discord.payloads import (
    render_channel,
    render_member,
    render_user,
    when,
)
from adapters.playground.discord.records import Attachment, Message, Origin, Poll, Snapshot
from adapters.playground.discord.world import INTENT_MESSAGE_CONTENT, World

Json = dict[str, Any]

# A public constant: it only makes the links of this stand-in expire, as Discord's do.
_LINK_KEY = b"playground"


def sign(path: str, expires: int) -> str:
    """Return the signature of a file's link."""
    return hmac.new(_LINK_KEY, f"{path}?{expires:x}".encode(), hashlib.sha256).hexdigest()


def render_attachment(
    world: World, base: str, channel: str, attachment: Attachment, *, ephemeral: bool = False
) -> Json:
    """Return an attachment with a link that expires; `ephemeral` ones are no message's.

    https://docs.discord.com/developers/reference#signed-attachment-cdn-urls
    """
    kind = "ephemeral-attachments" if ephemeral else "attachments"
    path = f"/cdn/{kind}/{channel}/{attachment.id}/{quote(attachment.filename)}"
    issued = world.now() // 1000
    expires = issued + round(world.settings.link_seconds)
    link = f"{base}{path}?ex={expires:x}&is={issued:x}&hm={sign(path, expires)}&"
    payload: Json = {
        "id": attachment.id,
        "filename": attachment.filename,
        "size": attachment.size,
        "url": link,
        "proxy_url": link,
        "content_type": attachment.content_type,
    }
    if attachment.description is not None:
        payload["description"] = attachment.description
    if attachment.width is not None and attachment.height is not None:
        payload |= {"width": attachment.width, "height": attachment.height}
    if attachment.duration is not None:
        payload |= {"duration_secs": attachment.duration, "waveform": attachment.waveform or ""}
    if ephemeral:
        payload["ephemeral"] = True
    return payload


def shows_content(world: World, message: Message, viewer: str, granted: bool) -> bool:
    """Tell whether the bot gets a message's content without, or with, the privileged intent.

    https://discord.com/developers/docs/events/gateway#message-content-intent
    """
    return (
        granted
        or message.guild is None
        or message.author == viewer
        or viewer in message.mentions
        or not world.users[viewer].bot
    )


def _render_stickers(stickers: list[records.Sticker]) -> list[Json]:
    return [{"id": one.id, "name": one.name, "format_type": 1} for one in stickers]


def _render_poll(poll: Poll) -> Json:
    return {
        "question": {"text": poll.question},
        "answers": [
            {"answer_id": n, "poll_media": {"text": text}} for n, text in enumerate(poll.answers, 1)
        ],
        "expiry": when(poll.ends_at),
        "allow_multiselect": False,
        "layout_type": 1,
        "results": {"answer_counts": [], "is_finalized": False},
    }


def _render_files(
    world: World,
    base: str,
    channel: str,
    attachments: Sequence[Attachment],
    components: Sequence[Json],
) -> Json:
    """Return what a message shows of its files: each in its components, or as an attachment."""
    rendered = {one.id: render_attachment(world, base, channel, one) for one in attachments}
    shown = media.shown_ids(components)
    return {
        "attachments": [one for id_, one in rendered.items() if id_ not in shown],
        "components": media.link(components, rendered),
    }


def _render_snapshot(world: World, base: str, snapshot: Snapshot, *, open_: bool) -> Json:
    payload: Json = {
        "type": snapshot.kind,
        "content": snapshot.content if open_ else "",
        "timestamp": when(snapshot.at),
        "edited_timestamp": when(snapshot.edited_at) if snapshot.edited_at else None,
        "mentions": [render_user(world.users[one]) for one in snapshot.mentions],
        "mention_roles": list(snapshot.mention_roles),
        "attachments": [],
        "embeds": snapshot.embeds if open_ else [],
        "components": [],
        "flags": snapshot.flags,
    }
    if open_:
        payload |= _render_files(
            world, base, snapshot.channel, snapshot.attachments, snapshot.components
        )
    if snapshot.stickers:
        payload["sticker_items"] = _render_stickers(snapshot.stickers)
    return payload


def _render_reaction(emoji: str, who: list[str], viewer: str) -> Json:
    return {
        "emoji": {"id": None, "name": emoji},
        "count": len(who),
        "count_details": {"burst": 0, "normal": len(who)},
        "burst_colors": [],
        "me": viewer in who,
        "me_burst": False,
    }


def render_message(
    world: World,
    base: str,
    message: Message,
    *,
    viewer: str,
    granted: bool | None = None,
    quoted: bool = False,
) -> Json:
    """Return a message as `viewer` gets it."""
    if granted is None:
        granted = bool(world.privileged & INTENT_MESSAGE_CONTENT)
    open_ = shows_content(world, message, viewer, granted)
    payload: Json = {
        "id": message.id,
        "type": message.kind,
        "channel_id": message.channel,
        "author": render_user(world.users[message.author]),
        "content": message.content if open_ else "",
        "timestamp": when(message.at),
        "edited_timestamp": when(message.edited_at) if message.edited_at else None,
        "tts": False,
        "pinned": False,
        "mention_everyone": message.everyone,
        "mentions": [render_user(world.users[one]) for one in message.mentions],
        "mention_roles": list(message.mention_roles),
        "attachments": [],
        "embeds": message.embeds if open_ else [],
        "components": [],
        "flags": message.flags,
    }
    if open_:
        payload |= _render_files(
            world, base, message.channel, message.attachments, message.components
        )
    if message.stickers:
        payload["sticker_items"] = _render_stickers(message.stickers)
    if message.poll and open_:
        payload["poll"] = _render_poll(message.poll)
    if message.reactions and not quoted:
        payload["reactions"] = [
            _render_reaction(emoji, who, viewer) for emoji, who in message.reactions.items()
        ]
    if message.application:
        payload |= {"application_id": message.application, "webhook_id": message.application}
    if message.origin:
        payload["interaction_metadata"] = _render_origin(world, message.guild, message.origin)
    if message.flags & records.HAS_THREAD and (thread := world.channels.get(message.id)):
        payload["thread"] = render_channel(world, thread, viewer=viewer)
    if message.reference:
        reference: Json = {
            "type": int(message.reference.forwards),
            "channel_id": message.reference.channel,
            "message_id": message.reference.message,
        }
        if message.guild:
            reference["guild_id"] = message.guild
        payload["message_reference"] = reference
        if message.reference.forwards:
            payload["message_snapshots"] = [
                {"message": _render_snapshot(world, base, one, open_=open_)}
                for one in message.snapshots
            ]
        elif not quoted:
            target = world.messages.get(message.reference.message)
            payload["referenced_message"] = target and render_message(
                world, base, target, viewer=viewer, granted=granted, quoted=True
            )
    return payload


def _render_origin(world: World, guild: str | None, origin: Origin) -> Json:
    payload: Json = {
        "id": origin.id,
        "type": origin.kind,
        "user": render_user(world.users[origin.user]),
        "authorizing_integration_owners": {"0": guild} if guild else {},
    }
    if origin.kind == 3:
        payload["interacted_message_id"] = origin.message
    if origin.trigger:
        payload["triggering_interaction_metadata"] = _render_origin(world, guild, origin.trigger)
    return payload


def render_event_message(
    world: World, base: str, message: Message, *, viewer: str, granted: bool
) -> Json:
    """Return a message as the gateway tells it: with guild, member and nonce."""
    payload = render_message(world, base, message, viewer=viewer, granted=granted)
    if message.nonce is not None:
        payload["nonce"] = message.nonce
    if message.guild:
        payload["guild_id"] = message.guild
        if member := world.members.get((message.guild, message.author)):
            payload["member"] = render_member(member)
    payload["mentions"] = [
        mention | {"member": render_member(member)}
        if message.guild and (member := world.members.get((message.guild, mention["id"])))
        else mention
        for mention in payload["mentions"]
    ]
    return payload
