"""What a new or changed message is made of, out of what the app sent.

https://docs.slack.dev/reference/methods/chat.postMessage
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import msgspec

from adapters.playground.slack import blocks, limits, texts
from adapters.playground.slack.calls import Call
from adapters.playground.slack.file_payloads import is_waiting
from adapters.playground.slack.problems import Problem, invalid_arguments, invalid_blocks
from adapters.playground.slack.records import Channel, File, Message

Json = dict[str, Any]

# What pictures begin with that can stand in a message, whatever they are called.
# https://docs.slack.dev/reference/block-kit/composition-objects/slack-file-object
_SHOWN = {
    "image/png": b"\x89PNG\r\n\x1a\n",
    "image/jpeg": b"\xff\xd8\xff",
    "image/gif": b"GIF8",
}


@dataclass(slots=True)
class Draft:
    """The contents of a message; None is what was not sent."""

    text: str | None = None
    blocks: list[Json] | None = None
    attachments: list[Json] | None = None
    metadata: Json | None = None
    warnings: list[str] = field(default_factory=list)


def read(call: Call, *, most: int | None = None) -> Draft:
    """Return what was sent; a `text` beyond `most` is refused, else cut where Slack cuts."""
    arguments = call.arguments
    draft = Draft(metadata=read_metadata(call))
    sent = arguments.data("blocks")
    markdown = arguments.text("markdown_text")
    if markdown and (sent or "text" in arguments):
        raise Problem("markdown_text_conflict")
    if markdown:
        if len(markdown) > call.settings.markdown_chars:
            raise Problem("msg_too_long")
        sent = [{"type": "markdown", "text": markdown}]
        draft.text = texts.escape(markdown)
    if sent is not None:
        draft.blocks = read_blocks(call, sent)
    attachments = arguments.data("attachments")
    if attachments is not None:
        if not isinstance(attachments, list):
            raise Problem("invalid_attachments")
        if len(attachments) > 100:
            raise Problem("too_many_attachments")
        draft.attachments = attachments
    if "text" in arguments:
        text = arguments.text("text")
        if most is not None and len(text) > most:
            raise Problem("msg_too_long")
        if len(text) > call.settings.text_chars:
            text = text[: call.settings.text_chars]
            draft.warnings.append("message_truncated")
        draft.text = texts.keep(text)
    return draft


def read_blocks(call: Call, sent: Any) -> list[Json]:
    """Return checked blocks with all their ids."""
    checked = blocks.check(sent, markdown_chars=call.settings.markdown_chars)
    for n, block in enumerate(checked):
        if block["type"] == "image" and isinstance(file := block.get("slack_file"), dict):
            _check_picture(call, str(file.get("id", "")), n)
    return blocks.name_all(checked, call.short_id)


def _check_picture(call: Call, id_: str, n: int) -> None:
    """Refuse what is no picture that Slack shows, or has not looked through yet."""
    found = call.world.files.get((call.team.id, id_))
    begins = _SHOWN.get(found.mime) if found else None
    if (
        found is None
        or begins is None
        or found.hidden
        or found.state != "complete"
        or is_waiting(call.world, found)
        or not (call.world.get_file(found.team, found.id) or b"").startswith(begins)
    ):
        raise invalid_blocks(f"invalid slack file [json-pointer:/blocks/{n}/slack_file]")


def read_files(call: Call) -> list[File] | None:
    """Return the uploaded files that a message shall carry from now on, None if none were named.

    https://docs.slack.dev/reference/methods/chat.update (`file_ids`)
    """
    sent = call.arguments.data("file_ids")
    if sent is None:
        return None
    if not isinstance(sent, list):
        raise invalid_arguments("must be an array [json-pointer:/file_ids]")
    found = [call.world.files.get((call.team.id, str(id_))) for id_ in sent]
    mine = [one for one in found if one and one.user == call.team.bot and one.state == "complete"]
    if len(mine) != len(sent):
        raise Problem("file_not_found")
    return mine


def read_metadata(call: Call) -> Json | None:
    """Return the metadata of a message, if any was sent."""
    found = call.arguments.data("metadata")
    if found is None:
        return None
    if (
        not isinstance(found, dict)
        or not isinstance(found.get("event_type"), str)
        or not isinstance(found.get("event_payload"), dict)
    ):
        raise Problem("invalid_metadata_format")
    if len(msgspec.json.encode(found)) > limits.METADATA_BYTES:
        raise Problem("metadata_too_large")
    return {"event_type": found["event_type"], "event_payload": found["event_payload"]}


def need_content(draft: Draft) -> None:
    """Refuse a message without anything to see."""
    if not (draft.text or "").strip() and not draft.blocks and not draft.attachments:
        raise Problem("no_text")


def thread_of(call: Call, channel: Channel) -> str:
    """Return the thread a new message goes to.

    If its first message is gone, Slack takes the reply all the same and puts it into the
    channel itself.
    """
    ts = call.ts("thread_ts", needed=False)
    if not ts:
        return ""
    parent = call.world.message(channel.team, channel.id, ts)
    if parent is None:
        return ""
    if parent.thread_ts and parent.thread_ts != parent.ts:
        raise Problem("cannot_reply_to_message")
    return ts


def compose(call: Call, channel: Channel, draft: Draft, thread: str = "") -> Message:
    """Return the app's message, not yet posted."""
    arguments = call.arguments
    custom = [name for name in ("username", "icon_emoji", "icon_url") if arguments.text(name)]
    if custom:
        call.need_scope("chat:write.customize")
    emoji, url = arguments.text("icon_emoji"), arguments.text("icon_url")
    icons = {"emoji": emoji} if emoji else {"image_48": url} if url else None
    return Message(
        team=channel.team,
        channel=channel.id,
        ts=call.world.new_ts(channel.team),
        user=call.team.bot,
        bot_id=call.team.bot_id,
        app=call.world.app,
        text=draft.text or "",
        blocks=draft.blocks or [],
        attachments=draft.attachments or [],
        metadata=draft.metadata,
        thread_ts=thread,
        username=arguments.text("username"),
        icons=icons,
    )


def warn(answer: Json, warnings: list[str]) -> Json:
    """Return an answer with its warnings."""
    if not warnings:
        return answer
    return answer | {
        "warning": ",".join(warnings),
        "response_metadata": {"warnings": warnings},
    }
