"""chat.startStream, appendStream, stopStream: messages that grow, for five minutes at most.

https://docs.slack.dev/reference/methods/chat.startStream
https://github.com/slackapi/python-slack-sdk/issues/1859 (the life of a stream)
"""

from __future__ import annotations

from typing import Any

from adapters.playground.slack import drafts, limits, texts
from adapters.playground.slack.calls import Call, Method
from adapters.playground.slack.payloads import render_message
from adapters.playground.slack.problems import Problem, invalid_arguments
from adapters.playground.slack.records import IM, Message, Stream

Json = dict[str, Any]

_CHUNKS = ("markdown_text", "task_update", "plan_update", "blocks")
_TASK_STATES = ("pending", "in_progress", "complete", "error")
SESSION_STATES = ("active", "processing", "suspended", "closed")


def methods() -> dict[str, Method]:
    """Return the methods by name."""
    write = ("chat:write",)
    return {
        "chat.startStream": Method(start, write),
        "chat.appendStream": Method(append, write),
        "chat.stopStream": Method(stop, write),
    }


def check_life(call: Call, message: Message) -> None:
    """Break a stream that is too old: nothing finishes it any more, only an edit mends it."""
    stream = message.stream
    if not stream or stream.state != "live":
        return
    if call.world.now() >= stream.at + call.settings.stream_ms:
        stream.state = "broken"
        call.world.change(message, quiet=True)


def start(call: Call) -> Json:
    """Begin a message that grows."""
    if call.team.streams:
        raise Problem(call.team.streams)
    channel = call.target()
    _check_recipient(call, channel.kind)
    thread = call.ts("thread_ts", needed=False)
    if not thread and channel.kind == IM:
        # https://docs.slack.dev/reference/methods/chat.startStream: only in channels.
        raise Problem("invalid_thread_ts")
    if thread and call.world.message(channel.team, channel.id, thread) is None:
        raise Problem("invalid_thread_ts")
    text, chunks = _read(call)
    call.need_postable(channel)
    stream = Stream(at=call.world.now())
    message = drafts.compose(call, channel, drafts.Draft(), drafts.thread_of(call, channel))
    message.stream = stream
    _grow(message, stream, text, chunks)
    call.world.post(message)
    if call.team.agent and thread:
        session = call.world.session(channel.team, channel.id, thread)
        session.status, session.status_at = "processing", call.world.now()
        call.world.save(session, "session")
    return {"ok": True, "channel": channel.id, "ts": message.ts}


def append(call: Call) -> Json:
    """Add to a growing message."""
    message, stream = _growing(call)
    text, chunks = _read(call)
    if not text and not chunks:
        raise Problem("no_text")
    _check_fit(call, stream, text, chunks)
    _grow(message, stream, text, chunks)
    call.world.change(message, quiet=True)
    return {"ok": True, "channel": message.channel, "ts": message.ts}


def stop(call: Call) -> Json:
    """Finish a growing message: a last piece, blocks below it, metadata."""
    message, stream = _growing(call)
    text, chunks = _read(call)
    _check_fit(call, stream, text, chunks)
    metadata = drafts.read_metadata(call)
    status = call.arguments.text("session_status")
    if status and status not in SESSION_STATES:
        raise invalid_arguments("invalid session_status [json-pointer:/session_status]")
    sent = call.arguments.data("blocks")
    if sent is not None:
        stream.blocks = drafts.read_blocks(call, sent)
    _grow(message, stream, text, chunks)
    stream.state = "stopped"
    call.world.change(message, metadata=metadata or message.metadata)
    found = call.world.sessions.get((message.team, message.channel, message.thread_ts))
    if call.team.agent and found and found.status:
        found.status, found.status_at = status or "active", call.world.now()
        call.world.save(found, "session")
    shown = render_message(call.world, call.origin, message, metadata=True)
    return {"ok": True, "channel": message.channel, "ts": message.ts, "message": shown}


def _check_recipient(call: Call, kind: str) -> None:
    user = call.arguments.text("recipient_user_id")
    team = call.arguments.text("recipient_team_id")
    if kind != IM:
        if not team:
            raise Problem("missing_recipient_team_id")
        if not user:
            raise Problem("missing_recipient_user_id")
    if user and ((found := call.world.users.get((call.team.id, user))) is None or found.bot):
        raise Problem("user_not_found")
    if team and team != call.team.id:
        raise Problem("team_not_found")


def _growing(call: Call) -> tuple[Message, Stream]:
    channel = call.channel()
    ts = call.ts()
    if channel.kind != IM and call.team.bot not in channel.members:
        raise Problem("channel_not_found")
    message = call.world.message(channel.team, channel.id, ts)
    message = call.own(message, "message_not_owned_by_app")
    if channel.archived:
        raise Problem("is_archived")
    check_life(call, message)
    stream = message.stream
    if stream and stream.state == "stopped_by_user":
        raise Problem("stopped_by_user")
    if not stream or stream.state != "live":
        raise Problem("message_not_in_streaming_state")
    return message, stream


def _read(call: Call) -> tuple[str, list[Json]]:
    text = call.arguments.text("markdown_text")
    chunks = call.arguments.data("chunks")
    if "markdown_text" in call.arguments and chunks is not None:
        raise Problem("cannot_provide_both_markdown_text_and_chunks")
    most = call.settings.markdown_chars
    if len(text) > most:
        raise Problem("msg_too_long")
    if chunks is None:
        return text, []
    if not isinstance(chunks, list):
        raise Problem("invalid_chunks")
    for chunk in chunks:
        _check_chunk(chunk, most)
    return text, chunks


def _check_chunk(chunk: Any, most: int) -> None:
    match chunk:
        case {"type": "markdown_text", "text": str(text)}:
            if len(text) > most:
                raise Problem("msg_too_long")
        case {"type": "task_update", "id": str(), "title": str(title), "status": str(status)}:
            details = str(chunk.get("details") or "") + str(chunk.get("output") or "")
            if status not in _TASK_STATES or max(len(title), len(details)) > limits.TASK_CHARS:
                raise Problem("invalid_chunks")
        case {"type": "plan_update", "title": str(title)} if len(title) <= limits.TASK_CHARS:
            pass
        case {"type": "blocks", "blocks": list(found)} if len(found) <= limits.BLOCKS:
            if any(isinstance(one, dict) and one.get("type") == "file" for one in found):
                raise Problem("internal_error")
        case _:
            raise Problem("invalid_chunks")


def _words(text: str, chunks: list[Json]) -> str:
    return text + "".join(one["text"] for one in chunks if one["type"] == "markdown_text")


def _check_fit(call: Call, stream: Stream, text: str, chunks: list[Json]) -> None:
    shape = "text" if text else "chunks" if chunks else ""
    if shape and stream.shape and shape != stream.shape:
        raise Problem("streaming_mode_mismatch")
    most = call.settings.stream_chars
    if most is not None and len(stream.text) + len(_words(text, chunks)) > most:
        raise Problem("msg_too_long")


def _grow(message: Message, stream: Stream, text: str, chunks: list[Json]) -> None:
    if text or chunks:
        stream.shape = "text" if text else "chunks"
    stream.text += _words(text, chunks)
    for one in chunks:
        if one["type"] == "task_update":
            stream.chunks = [each for each in stream.chunks if each.get("id") != one["id"]]
        if one["type"] == "blocks":
            stream.blocks = [*stream.blocks, *one["blocks"]]
        elif one["type"] != "markdown_text":
            stream.chunks = [*stream.chunks, one]
    message.text = texts.keep(texts.escape(stream.text))
    shown: list[Json] = [{"type": "markdown", "block_id": "strm0", "text": stream.text}]
    message.blocks = [*(shown if stream.text else []), *stream.blocks]
