"""conversations.* and reactions.*: what stands where, who is in it, and emoji on it.

https://docs.slack.dev/reference/methods/conversations.replies (and its neighbours)
"""

from __future__ import annotations

import base64
import binascii
from typing import Any

from adapters.playground.slack import limits, records
from adapters.playground.slack.calls import Call, Method, page, page_size
from adapters.playground.slack.payloads import render_channel, render_message
from adapters.playground.slack.problems import Problem
from adapters.playground.slack.records import Channel, Message

Json = dict[str, Any]

_NAME_CHARS = 100
_KINDS = {
    "public_channel": records.CHANNEL,
    "private_channel": records.GROUP,
    "mpim": records.MPIM,
    "im": records.IM,
}
# How the cursor of a channel's history begins, before it is encoded: with a time.
_NEXT = "next_ts:"


def methods() -> dict[str, Method]:
    """Return the methods by name."""
    react = ("reactions:write",)
    return {
        "conversations.history": Method(history),
        "conversations.replies": Method(replies),
        "conversations.info": Method(info),
        "conversations.list": Method(list_all),
        "conversations.members": Method(members),
        "conversations.open": Method(open_),
        "conversations.join": Method(join, ("channels:join",)),
        "users.conversations": Method(list_joined),
        "reactions.add": Method(add_reaction, react),
        "reactions.remove": Method(remove_reaction, react),
    }


def _span(call: Call, found: list[Message]) -> list[Message]:
    """Return the messages between `oldest` and `latest`."""
    oldest, latest = call.arguments.text("oldest"), call.arguments.text("latest")
    inclusive = call.arguments.flag("inclusive")

    def wanted(ts: str) -> bool:
        key = _moment(ts)
        after = not oldest or key > _moment(oldest) or (inclusive and key == _moment(oldest))
        before = not latest or key < _moment(latest) or (inclusive and key == _moment(latest))
        return after and before

    return [one for one in found if wanted(one.ts)]


def _moment(ts: str) -> int:
    seconds, _, micros = ts.partition(".")
    try:
        return int(seconds) * 1_000_000 + int(micros.ljust(6, "0")[:6] or 0)
    except ValueError:
        raise Problem("invalid_ts_latest") from None


def _answer(call: Call, found: list[Message], cursor: str) -> Json:
    metadata = call.arguments.flag("include_all_metadata")
    shown = [render_message(call.world, call.origin, one, metadata=metadata) for one in found]
    answer: Json = {"ok": True, "messages": shown, "has_more": bool(cursor)}
    if cursor:
        answer["response_metadata"] = {"next_cursor": cursor}
    return answer


def history(call: Call) -> Json:
    """Return what stands in a conversation itself, newest first."""
    channel = call.channel()
    call.need_channel_scope(channel, "history")
    call.need_member(channel)
    standing = [
        one
        for one in call.world.timeline(channel.team, channel.id)
        if not one.only_for and (one.thread_ts in ("", one.ts) or one.broadcast)
    ]
    found, cursor = _newest(call, _span(call, standing)[::-1])
    return _answer(call, found, cursor) | {"pin_count": 0}


def _newest(call: Call, found: list[Message]) -> tuple[list[Message], str]:
    """Return a page, newest first: what is said meanwhile moves no page by a message."""
    size = page_size(call, limits.HISTORY_PAGE, call.settings.history_most)
    if cursor := call.arguments.text("cursor"):
        last = _read_cursor(cursor)
        found = [one for one in found if _moment(one.ts) <= last]
    shown, rest = found[:size], found[size:]
    if not rest:
        return shown, ""
    made = f"{_NEXT}{_moment(rest[0].ts)}".encode()
    return shown, base64.b64encode(made).decode()


def _read_cursor(cursor: str) -> int:
    try:
        said = base64.b64decode(cursor, validate=True).decode()
        return int(said.removeprefix(_NEXT)) if said.startswith(_NEXT) else int("")
    except (binascii.Error, ValueError):
        raise Problem("invalid_cursor") from None


def replies(call: Call) -> Json:
    """Return a thread, its first message first; of a reply's ts, just that reply."""
    channel = call.channel()
    call.need_channel_scope(channel, "history")
    call.need_member(channel)
    ts = call.ts()
    parent = call.world.message(channel.team, channel.id, ts)
    if parent is None:
        raise Problem("thread_not_found")
    answers = call.world.answers(parent)
    most = call.settings.history_most
    found, cursor = page(call, _span(call, answers), default=1000, most=most)
    return _answer(call, [parent, *found], cursor)


def info(call: Call) -> Json:
    """Return a conversation."""
    channel = call.channel()
    call.need_channel_scope(channel, "read")
    found = render_channel(channel, call.team.bot)
    if call.arguments.flag("include_num_members"):
        found["num_members"] = len(channel.members)
    return {"ok": True, "channel": found}


def list_all(call: Call) -> Json:
    """Return the conversations that the app can know of."""
    return _list(call, joined=False)


def list_joined(call: Call) -> Json:
    """Return the conversations that the app is in.

    https://docs.slack.dev/reference/methods/users.conversations
    """
    return _list(call, joined=True)


def _list(call: Call, *, joined: bool) -> Json:
    wanted = (call.arguments.text("types") or "public_channel").split(",")
    found = []
    for kind in wanted:
        if kind.strip() not in _KINDS:
            raise Problem("invalid_types")
        of = _KINDS[kind.strip()]
        call.need_kind_scope(of, "read")
        for channel in call.world.channels.values():
            if channel.team != call.team.id or channel.kind != of:
                continue
            if call.team.bot in channel.members or (of == records.CHANNEL and not joined):
                found.append(channel)
    if call.arguments.flag("exclude_archived"):
        found = [one for one in found if not one.archived]
    shown, cursor = page(call, found)
    return {
        "ok": True,
        "channels": [render_channel(one, call.team.bot) for one in shown],
        "response_metadata": {"next_cursor": cursor},
    }


def members(call: Call) -> Json:
    """Return who is in a conversation."""
    channel = call.channel()
    call.need_channel_scope(channel, "read")
    found, cursor = page(call, channel.members)
    return {"ok": True, "members": found, "response_metadata": {"next_cursor": cursor}}


def open_(call: Call) -> Json:
    """Open direct messages with a person, or a conversation with several."""
    users = [one.strip() for one in call.arguments.text("users").split(",") if one.strip()]
    if not users and call.arguments.text("channel"):
        channel = call.channel()
    elif not users:
        raise Problem("users_list_not_supplied")
    elif len(users) > limits.OPEN_MEMBERS:
        raise Problem("too_many_users")
    else:
        channel = _open(call, [call.user(one).id for one in users])
    full = call.arguments.flag("return_im")
    shown = render_channel(channel, call.team.bot) if full else {"id": channel.id}
    return {"ok": True, "channel": shown}


def _open(call: Call, users: list[str]) -> Channel:
    if len(users) == 1:
        call.need_scope("im:write")
        person = call.user(users[0])
        if person.bot:
            raise Problem("cannot_dm_bot")
        if person.deleted:
            raise Problem("user_disabled")
        return call.world.open_dm(call.team.id, users[0])
    call.need_scope("mpim:write")
    who = {*users, call.team.bot}
    for one in call.world.channels.values():
        if one.team == call.team.id and one.kind == records.MPIM and set(one.members) == who:
            return one
    name = "mpdm-" + "--".join(call.user(one).name for one in [*users, call.team.bot]) + "-1"
    return call.world.add_channel(call.team.id, name, [*users, call.team.bot], kind=records.MPIM)


def join(call: Call) -> Json:
    """Become a member of a public channel."""
    channel = call.channel()
    if channel.kind != records.CHANNEL:
        raise Problem("method_not_supported_for_channel_type")
    if channel.archived:
        raise Problem("is_archived")
    already = call.team.bot in channel.members
    call.world.join(channel, call.team.bot)
    answer: Json = {"ok": True, "channel": render_channel(channel, call.team.bot)}
    if already:
        warning = "already_in_channel"
        answer |= {"warning": warning, "response_metadata": {"warnings": [warning]}}
    return answer


# --- reactions


def _reacted(call: Call) -> tuple[Message, str]:
    (name,) = call.arguments.need("name")
    if not call.arguments.text("timestamp") or not call.arguments.text("channel"):
        raise Problem("no_item_specified")
    channel = call.channel()
    message = call.world.message(channel.team, channel.id, call.ts("timestamp"))
    if message is None or message.subtype == "tombstone":
        raise Problem("message_not_found")
    call.need_member(channel)
    if channel.archived:
        raise Problem("is_archived")
    if len(name) > _NAME_CHARS or not all(one.isalnum() or one in "_-+':" for one in name):
        raise Problem("invalid_name")
    return message, name


def add_reaction(call: Call) -> Json:
    """Put an emoji on a message."""
    message, name = _reacted(call)
    users = message.reactions.get(name, [])
    if call.team.bot in users:
        raise Problem("already_reacted")
    message.reactions = message.reactions | {name: [*users, call.team.bot]}
    call.world.save(message, "reaction_added", user=call.team.bot, emoji=name)
    return {"ok": True}


def remove_reaction(call: Call) -> Json:
    """Take an emoji off a message."""
    message, name = _reacted(call)
    users = message.reactions.get(name, [])
    if call.team.bot not in users:
        raise Problem("no_reaction")
    left = [one for one in users if one != call.team.bot]
    rest = {one: who for one, who in message.reactions.items() if one != name}
    message.reactions = rest | ({name: left} if left else {})
    call.world.save(message, "reaction_removed", user=call.team.bot, emoji=name)
    return {"ok": True}
