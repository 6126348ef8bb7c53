"""The bodies of messages that we send: nothing in them pings, files go as a form."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from typing import Any

import discord
from discord.http import MultipartParameters

from adapters.discord.components import components
from bot.events import File, Post

SUPPRESS_EMBEDS = 1 << 2
EPHEMERAL = 1 << 6
LOADING = 1 << 7
# Nothing in a text of ours may ping anyone, not even the person replied to.
NO_PINGS: dict[str, list[str]] = {"parse": []}


def created(post: Post, nonce: str) -> dict[str, Any]:
    """Return the body of a new message; within its window a repeated nonce posts nothing."""
    payload: dict[str, Any] = {
        "content": post.text,
        "allowed_mentions": NO_PINGS,
        "flags": SUPPRESS_EMBEDS,
        "nonce": nonce,
        "enforce_nonce": True,
    }
    if post.buttons:
        payload["components"] = components(post.buttons)
    if post.reply_to:
        payload["message_reference"] = {"message_id": post.reply_to, "fail_if_not_exists": False}
    return payload


def filled(post: Post) -> dict[str, Any]:
    """Return the body that makes an interaction's own message show a post."""
    return {
        "content": post.text,
        "allowed_mentions": NO_PINGS,
        "components": components(post.buttons),
        "flags": SUPPRESS_EMBEDS,
    }


def whispered(text: str) -> dict[str, Any]:
    """Return the body of what one person alone is told."""
    return {
        "content": text,
        "allowed_mentions": NO_PINGS,
        "flags": EPHEMERAL | SUPPRESS_EMBEDS,
    }


def parameters(payload: dict[str, Any], files: Sequence[File] = ()) -> MultipartParameters:
    """Return a request's body, as JSON or as a form with files."""
    if not files:
        return MultipartParameters(payload=payload, multipart=None, files=None)
    uploads = [
        discord.File(io.BytesIO(file.content), file.name, description=file.description or None)
        for file in files
    ]
    payload["attachments"] = [upload.to_dict(n) for n, upload in enumerate(uploads)]
    form: list[dict[str, Any]] = [
        {"name": "payload_json", "value": json.dumps(payload, ensure_ascii=False)}
    ]
    form += [
        {
            "name": f"files[{n}]",
            "value": upload.fp,
            "filename": upload.filename,
            "content_type": "application/octet-stream",
        }
        for n, upload in enumerate(uploads)
    ]
    return MultipartParameters(payload=None, multipart=form, files=uploads)
