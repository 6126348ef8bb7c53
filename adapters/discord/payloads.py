"""The bodies of messages that we send: nothing in them pings, files go as a form."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import discord
from discord.http import MultipartParameters

from adapters.discord.components import components, cut
from bot.events import File, Post
from bot.text import is_blank

SUPPRESS_EMBEDS = 1 << 2
EPHEMERAL = 1 << 6
LOADING = 1 << 7
COMPONENTS_V2 = 1 << 15
_TEXT_DISPLAY, _MEDIA_GALLERY = 10, 12
MOST_ALT_TEXT = 1024
# What `attachment://` may name: https://docs.discord.com/developers/reference#uploading-files
_UNNAMEABLE = re.compile(r"[^A-Za-z0-9_.-]+")
# Nothing in a text of ours may ping anyone, not even the person replied to.
NO_PINGS: dict[str, list[str]] = {"parse": []}


def created(post: Post, nonce: str) -> dict[str, Any]:
    """Return the body of a new message; within its window a repeated nonce posts nothing."""
    payload: dict[str, Any] = {
        "allowed_mentions": NO_PINGS,
        "nonce": nonce,
        "enforce_nonce": True,
    }
    if post.gallery:
        payload |= {"flags": COMPONENTS_V2, "components": gallery(post)}
    else:
        payload |= {"flags": SUPPRESS_EMBEDS, "content": post.text}
        if post.buttons:
            payload["components"] = components(post.buttons)
    if post.reply_to:
        payload["message_reference"] = {"message_id": post.reply_to, "fail_if_not_exists": False}
    return payload


def gallery(post: Post) -> list[dict[str, Any]]:
    """Return a message of text, pictures side by side, and buttons.

    https://docs.discord.com/developers/components/reference#media-gallery
    """
    shown: list[dict[str, Any]] = []
    if not is_blank(post.text):
        shown.append({"type": _TEXT_DISPLAY, "content": post.text})
    items = [
        {"media": {"url": f"attachment://{file.name}"}}
        | ({"description": file.description} if file.description else {})
        for file in uploaded(post)
    ]
    if items:
        shown.append({"type": _MEDIA_GALLERY, "items": items})
    return shown + components(post.buttons)


def uploaded(post: Post) -> tuple[File, ...]:
    """Return a post's files as they go up: within a gallery by names that can be referred to."""
    if not post.gallery:
        return post.files
    return tuple(
        replace(
            file,
            name=f"{n}-{_UNNAMEABLE.sub('-', file.name).strip('-.') or 'picture'}",
            description=cut(file.description, MOST_ALT_TEXT),
        )
        for n, file in enumerate(post.files, 1)
    )


def filled(post: Post, rows: Sequence[Any] = ()) -> dict[str, Any]:
    """Return the body that makes an interaction's own message show a post, and other buttons."""
    return {
        "content": post.text,
        "allowed_mentions": NO_PINGS,
        "components": [*components(post.buttons), *rows],
        "flags": SUPPRESS_EMBEDS,
    }


def whispered(text: str, rows: Sequence[Any] = ()) -> dict[str, Any]:
    """Return the body of what one person alone is told, with buttons that are no turn's."""
    payload: dict[str, Any] = {
        "content": text,
        "allowed_mentions": NO_PINGS,
        "flags": EPHEMERAL | SUPPRESS_EMBEDS,
    }
    return payload | ({"components": list(rows)} if rows else {})


def responded(
    kind: int, data: dict[str, Any] | None, files: Sequence[File] = ()
) -> MultipartParameters:
    """Return the body of the first answer to an interaction."""
    payload: dict[str, Any] = {"type": kind}
    if data is not None:
        payload["data"] = data
    if not files:
        return MultipartParameters(payload=payload, multipart=None, files=None)
    return _with_files(payload, payload.setdefault("data", {}), files)


def parameters(payload: dict[str, Any], files: Sequence[File] = ()) -> MultipartParameters:
    """Return a request's body, as JSON or as a form with files."""
    if not files:
        return MultipartParameters(payload=payload, multipart=None, files=None)
    return _with_files(payload, payload, files)


def _with_files(
    payload: dict[str, Any], message: dict[str, Any], files: Sequence[File]
) -> MultipartParameters:
    """Return a form of a payload and the files that its message names."""
    uploads = [
        discord.File(
            io.BytesIO(file.content),
            file.name,
            description=cut(file.description, MOST_ALT_TEXT) or None,
        )
        for file in files
    ]
    message["attachments"] = [upload.to_dict(n) for n, upload in enumerate(uploads)]
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
