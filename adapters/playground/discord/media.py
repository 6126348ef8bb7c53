"""What components show of a message's files: named when it is sent, linked when it is read.

Such files are in the components only, not in the message's list of attachments.
https://github.com/discord/discord-api-docs/issues/8277
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from typing import Any

from adapters.playground.discord.records import Attachment

Json = dict[str, Any]

REFERENCE = "attachment://"
# Components that show files have one in this field each; a gallery has several items.
_FIELDS = ("media", "file")


def bind(tree: Sequence[Json], attachments: Sequence[Attachment]) -> None:
    """Replace names of files by the attachments that they now are."""
    ids = {one.filename: one.id for one in attachments}
    for item, key in _shown(tree):
        name = str(item[key].get("url", "")).removeprefix(REFERENCE)
        if name in ids and item[key]["url"] != name:
            item[key] = {"attachment_id": ids[name]}


def shown_ids(tree: Sequence[Json]) -> set[str]:
    """Return the ids of the attachments that components show."""
    found = {str(item[key].get("attachment_id", "")) for item, key in _shown(tree)}
    return found - {""}


def link(tree: Sequence[Json], rendered: dict[str, Json]) -> list[Json]:
    """Return components with links to the attachments that they show, `rendered` by id."""
    return [_linked(one, rendered) for one in tree]


def _linked(component: Json, rendered: dict[str, Json]) -> Json:
    made = dict(component)
    for key in ("components", "items"):
        if key in made:
            made[key] = [_linked(one, rendered) for one in made[key]]
    if isinstance(made.get("accessory"), dict):
        made["accessory"] = _linked(made["accessory"], rendered)
    for key in _FIELDS:
        media = made.get(key) or {}
        file = rendered.get(str(media.get("attachment_id", "")))
        if file is not None:
            made[key] = _unfurled(file)
            if key == "file":
                made |= {"name": file["filename"], "size": file["size"]}
        elif url := media.get("url"):
            digest = hashlib.sha256(url.encode()).digest()
            made[key] = {"id": str(int.from_bytes(digest[:7])), "url": url, "proxy_url": url}
    return made


def _unfurled(file: Json) -> Json:
    """Return an attachment as a media item."""
    return {
        "id": file["id"],
        "attachment_id": file["id"],
        "url": file["url"],
        "proxy_url": file["proxy_url"],
        "content_type": file["content_type"],
        "width": file.get("width"),
        "height": file.get("height"),
    }


def _shown(tree: Sequence[Json]) -> Iterator[tuple[Json, str]]:
    """Yield what has a file of the message, and in which field."""
    for one in tree:
        for key in _FIELDS:
            if isinstance(one.get(key), dict):
                yield one, key
        for key in ("components", "items"):
            yield from _shown(one.get(key) or ())
        if isinstance(one.get("accessory"), dict):
            yield from _shown([one["accessory"]])
