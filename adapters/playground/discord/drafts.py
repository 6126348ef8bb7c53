"""Turn a checked message body into a message of the world: what posting and editing share."""

from __future__ import annotations

from collections.abc import Sequence

from adapters.playground.discord import bodies, components, media, permissions, records
from adapters.playground.discord.bodies import Draft
from adapters.playground.discord.problems import Form, problem
from adapters.playground.discord.records import Channel, Message, Reference
from adapters.playground.discord.world import World

_SETTABLE = records.SUPPRESS_EMBEDS | records.SUPPRESS_NOTIFICATIONS | records.COMPONENTS_V2


def is_empty(draft: Draft) -> bool:
    """Tell whether a new message would show nothing."""
    if (draft.flags or 0) & records.COMPONENTS_V2:
        return not draft.components
    return not (draft.content or draft.embeds or draft.components or draft.new_files)


def find_reference(world: World, channel: Channel, draft: Draft) -> Reference | None:
    """Return the message that a draft replies to, or refuse; a missing one may be let pass."""
    wanted = draft.reference
    if wanted is None:
        return None
    target = world.messages.get(str(wanted["message_id"]))
    if target is None or target.channel != channel.id or target.only_for:
        if wanted.get("fail_if_not_exists") is False:
            return None
        form = Form()
        form.wrong(("message_reference",), "REPLIES_UNKNOWN_MESSAGE", "Unknown message")
        form.done()
    elif target.kind not in records.EDITABLE_TYPES:
        form = Form()
        form.wrong(
            ("message_reference",),
            "REPLIES_CANNOT_REPLY_TO_SYSTEM_MESSAGE",
            "Cannot reply to a system message",
        )
        form.done()
    return Reference(channel=channel.id, message=str(wanted["message_id"]))


def check_automod(world: World, channel: Channel, author: str, content: str) -> None:
    """Refuse a text with a blocked word, as AutoMod does to all but server managers."""
    if not channel.guild:
        return
    words = world.guilds[channel.guild].blocked_words
    exempt = world.guild_permissions(author, channel.guild) & permissions.MANAGE_GUILD
    if not exempt and any(word.lower() in content.lower() for word in words):
        raise problem(200000)


def compose(
    world: World,
    channel: Channel,
    author: str,
    draft: Draft,
    *,
    kind: int = records.DEFAULT,
    reference: Reference | None = None,
) -> Message:
    """Return the new message of a draft; it is not yet in its channel."""
    granted = world.permissions(author, channel)
    replied = world.messages.get(reference.message) if reference else None
    mentions = bodies.find_mentions(
        world,
        draft.content or components.text_of(draft.components or []),
        channel.guild,
        allowed=draft.allowed_mentions,
        may_everyone=bool(granted & permissions.MENTION_EVERYONE),
        replied=replied.author if replied else None,
    )
    attachments = bodies.store_files(world, draft.new_files)
    media.bind(draft.components or [], attachments)
    return Message(
        id=world.new_id(),
        channel=channel.id,
        guild=channel.guild,
        author=author,
        at=world.now(),
        kind=records.REPLY if reference and kind == records.DEFAULT else kind,
        content=draft.content or "",
        mentions=mentions.users,
        mention_roles=mentions.roles,
        everyone=mentions.everyone,
        attachments=attachments,
        embeds=draft.embeds or [],
        components=draft.components or [],
        flags=(draft.flags or 0) & _SETTABLE,
        reference=reference,
        nonce=draft.nonce,
    )


def start_post(
    world: World, forum: Channel, author: str, draft: Draft, title: str, tags: Sequence[str]
) -> Message:
    """Start a post in a forum and return its first message, which has the thread's id."""
    thread = world.add_thread(forum, title, author, tags=tags)
    message = compose(world, thread, author, draft)
    message.id = thread.id
    world.add_message(message)
    return message


def revise(world: World, message: Message, draft: Draft) -> None:
    """Apply the fields that an edit brought; refuse if nothing would be left to see."""
    content = message.content if draft.content is None else draft.content
    embeds = message.embeds if draft.embeds is None else draft.embeds
    tree = message.components if draft.components is None else draft.components
    kept = message.attachments
    if draft.kept is not None:
        ids = {str(one["id"]): one for one in draft.kept}
        kept = [one for one in kept if one.id in ids]
        for one in kept:
            one.description = ids[one.id].get("description", one.description)
    if not (content or embeds or tree or kept or draft.new_files):
        raise problem(50006)
    channel = world.channels[message.channel]
    if draft.content is not None:
        granted = world.permissions(message.author, channel)
        replied = world.messages.get(message.reference.message) if message.reference else None
        mentions = bodies.find_mentions(
            world,
            content,
            channel.guild,
            allowed=draft.allowed_mentions,
            may_everyone=bool(granted & permissions.MENTION_EVERYONE),
            replied=replied.author if replied and replied.author in message.mentions else None,
        )
        message.mentions, message.mention_roles = mentions.users, mentions.roles
        message.everyone = mentions.everyone
    message.content, message.embeds, message.components = content, embeds, tree
    message.attachments = [*kept, *bodies.store_files(world, draft.new_files)]
    media.bind(tree, message.attachments)
    if draft.flags is not None:
        settable = records.SUPPRESS_EMBEDS | records.COMPONENTS_V2
        modern = message.flags & records.COMPONENTS_V2
        message.flags = (message.flags & ~settable) | (draft.flags & settable) | modern
    message.flags &= ~records.LOADING
    message.edited_at = world.now()
    world.save(message, "MESSAGE_UPDATE")
