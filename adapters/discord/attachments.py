"""Read files out of messages as Discord's own JSON has them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import unquote, urlsplit

from adapters.discord.components import walk
from bot.domain import Attachment
from bot.text import normalise

MOST_FILE_NAME = 200


def attachment_of(row: Mapping[str, Any], message: str = "", place: str = "") -> Attachment:
    """Return a file; without a message that has it, its link cannot be had anew."""
    return Attachment(
        id=str(row.get("id", "")),
        name=normalise(str(row.get("filename") or ""), MOST_FILE_NAME),
        size=int(row.get("size") or 0),
        mime=normalise(str(row.get("content_type") or ""), MOST_FILE_NAME),
        url=str(row.get("url", "")),
        message=message,
        place=place,
    )


def attached(row: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield the files of a message and of what it forwards."""
    yield from _of_one(row)
    for snapshot in row.get("message_snapshots") or ():
        yield from _of_one(snapshot.get("message") or {})


def _of_one(row: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield a message's files: those that its components show are in these only.

    https://github.com/discord/discord-api-docs/issues/8277
    """
    yield from row.get("attachments") or ()
    for component in walk(row.get("components") or ()):
        shown = [component, component.get("accessory"), *(component.get("items") or ())]
        for one in shown:
            media = one.get("media") or one.get("file") if isinstance(one, Mapping) else None
            if isinstance(media, Mapping) and media.get("attachment_id"):
                yield _as_file(media)


def _as_file(media: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a component shows as an attachment; its size is not told."""
    url = str(media.get("url", ""))
    return {
        "id": media["attachment_id"],
        "filename": unquote(urlsplit(url).path.rsplit("/", 1)[-1]),
        "content_type": media.get("content_type"),
        "url": url,
    }
