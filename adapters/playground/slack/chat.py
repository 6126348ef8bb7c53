"""chat.*: post, edit, delete, and show something to one person.

https://docs.slack.dev/reference/methods/chat.postMessage (and its neighbours)
"""

from __future__ import annotations

from typing import Any

from adapters.playground.slack import drafts, texts
from adapters.playground.slack.calls import Call, Method
from adapters.playground.slack.payloads import render_message
from adapters.playground.slack.problems import Problem
from adapters.playground.slack.records import IM, Channel, Message
from adapters.playground.slack.streams import check_life

Json = dict[str, Any]


def methods() -> dict[str, Method]:
    """Return the methods by name."""
    write = ("chat:write",)
    return {
        "chat.postMessage": Method(post, write),
        "chat.update": Method(update, write),
        "chat.delete": Method(delete, write),
        "chat.postEphemeral": Method(post_ephemeral, write),
        "chat.getPermalink": Method(permalink),
    }


def post(call: Call) -> Json:
    """Post a message."""
    channel = call.target()
    draft = drafts.read(call)
    drafts.need_content(draft)
    call.need_postable(channel)
    message = drafts.compose(call, channel, draft, drafts.thread_of(call, channel))
    message.broadcast = bool(message.thread_ts) and call.arguments.flag("reply_broadcast")
    if message.broadcast:
        message.subtype = "thread_broadcast"
    if not message.thread_ts:
        message.subtype = "bot_message" if message.username else ""
    call.world.post(message)
    shown = render_message(call.world, call.origin, message, metadata=True)
    answer = {"ok": True, "channel": channel.id, "ts": message.ts, "message": shown}
    return drafts.warn(answer, draft.warnings)


def update(call: Call) -> Json:
    """Edit one of the app's messages."""
    channel = call.channel()
    message = _standing(call, channel, "cant_update_message")
    draft = drafts.read(call, most=call.settings.edit_chars)
    sent = (draft.text, draft.blocks, draft.attachments, call.arguments.get("file_ids"))
    if all(one is None for one in sent):
        raise Problem("no_text")
    if draft.text == "" and not draft.blocks and not draft.attachments:
        raise Problem("no_text")
    if channel.archived:
        raise Problem("is_archived")
    if channel.posting:
        raise Problem(channel.posting)
    check_life(call, message)
    if message.stream and message.stream.state == "live":
        raise Problem("streaming_state_conflict")
    window = call.settings.edit_window_ms
    if window is not None and call.world.now() > message.at + window:
        raise Problem("edit_window_closed")
    facts: Json = {"stream": None}
    if draft.text is not None:
        facts["text"] = draft.text
        # Blocks that are not sent again go: the text takes their place.
        facts["blocks"] = draft.blocks or []
    elif draft.blocks is not None:
        facts["blocks"] = draft.blocks
    if draft.attachments is not None:
        facts["attachments"] = draft.attachments
    if draft.metadata is not None:
        facts["metadata"] = draft.metadata
    if (carried := drafts.read_files(call)) is not None:
        facts["files"] = [one.id for one in carried]
        when = call.world.now() + call.settings.shares_ms
        for one in carried:
            one.shares = [*one.shares, (message.channel, message.ts, when)]
            call.world.save(one)
    if draft.blocks:
        call.world.change(message, **facts)
    else:
        call.world.edit(message, call.team.bot, **facts)
    shown = render_message(call.world, call.origin, message, metadata=True)
    return {
        "ok": True,
        "channel": channel.id,
        "ts": message.ts,
        "text": message.text,
        "message": shown,
    }


def delete(call: Call) -> Json:
    """Delete one of the app's messages."""
    channel = call.channel()
    message = _standing(call, channel, "cant_delete_message")
    check_life(call, message)
    if message.stream and message.stream.state == "live":
        raise Problem("cant_delete_message")
    call.world.remove(message)
    return {"ok": True, "channel": channel.id, "ts": message.ts}


def _standing(call: Call, channel: Channel, refusal: str) -> Message:
    """Return the app's message that `ts` names, seen from a channel that it is in."""
    ts = call.ts()
    if channel.kind != IM and call.team.bot not in channel.members:
        raise Problem("channel_not_found")
    return call.own(call.world.message(channel.team, channel.id, ts), refusal)


def post_ephemeral(call: Call) -> Json:
    """Show a message to one person only."""
    channel = call.channel()
    (user,) = call.arguments.need("user")
    draft = drafts.read(call)
    drafts.need_content(draft)
    call.need_postable(channel, anywhere=False)
    if user not in channel.members:
        raise Problem("user_not_in_channel")
    message = drafts.compose(call, channel, draft, drafts.thread_of(call, channel))
    message.only_for = user
    call.world.post(message)
    answer = {"ok": True, "message_ts": message.ts}
    return drafts.warn(answer, draft.warnings)


def permalink(call: Call) -> Json:
    """Return a message's address."""
    channel = call.channel()
    ts = call.ts("message_ts")
    if call.world.message(channel.team, channel.id, ts) is None:
        raise Problem("message_not_found")
    at = f"https://{call.team.domain}.slack.com/archives/{channel.id}/p{ts.replace('.', '')}"
    return {"ok": True, "channel": channel.id, "permalink": texts.keep(at)}
