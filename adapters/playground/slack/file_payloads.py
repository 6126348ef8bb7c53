"""Files as Slack's JSON: whole, or as messages carry them.

https://docs.slack.dev/reference/objects/file-object
"""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from adapters.playground.slack.records import CHANNEL, File
from adapters.playground.slack.world import World

Json = dict[str, Any]

# How Slack names the types of files.
_FILE_TYPES = {
    "text/plain": ("text", "Plain Text"),
    "text/markdown": ("markdown", "Markdown (raw)"),
    "text/csv": ("csv", "CSV"),
    "application/pdf": ("pdf", "PDF"),
    "application/json": ("json", "JSON"),
    "image/png": ("png", "PNG"),
    "image/jpeg": ("jpg", "JPEG"),
    "image/gif": ("gif", "GIF"),
    "image/webp": ("webp", "WebP"),
}


def render_file(world: World, origin: str, file: File) -> Json:
    """Return a file, as files.info does: where it is shared only after a while."""
    kind, pretty = _FILE_TYPES.get(file.mime, (file.name.rpartition(".")[2], "Binary"))
    waiting = is_waiting(world, file) and file.mime
    mime = "" if waiting else file.mime
    at = f"{origin}/files-pri/{file.team}-{file.id}"
    shares: Json = {}
    for channel, ts, when in file.shares:
        if when <= world.now():
            placed = world.channels.get((file.team, channel))
            where = "public" if placed and placed.kind == CHANNEL else "private"
            shares.setdefault(where, {}).setdefault(channel, []).append(
                {"reply_users": [], "reply_users_count": 0, "reply_count": 0, "ts": ts}
            )
    found: Json = {
        "id": file.id,
        "created": file.at // 1000,
        "timestamp": file.at // 1000,
        "name": file.name,
        "title": file.title,
        "mimetype": mime,
        "filetype": "" if waiting else kind,
        "pretty_type": "" if waiting else pretty,
        "user": file.user,
        "user_team": file.team,
        "editable": False,
        "size": file.size,
        "mode": "hosted",
        "is_external": False,
        "external_type": "",
        "is_public": "public" in shares,
        "public_url_shared": False,
        "display_as_bot": False,
        "username": "",
        "url_private": f"{at}/{quote(file.name)}",
        "url_private_download": f"{at}/download/{quote(file.name)}",
        "media_display_type": "unknown",
        "permalink": f"https://{world.teams[file.team].domain}.slack.com/files/{file.id}",
        "has_rich_preview": False,
        "file_access": "visible",
        "channels": [*shares.get("public", {})],
        "groups": [one for one in shares.get("private", {}) if not one.startswith("D")],
        "ims": [one for one in shares.get("private", {}) if one.startswith("D")],
    }
    if file.external:
        found |= _elsewhere(file)
        del found["url_private_download"]
    if shares:
        found["shares"] = shares
    if file.width:
        found |= {"original_w": file.width, "original_h": file.height}
    if file.alt:
        found["alt_txt"] = file.alt
    return found


def _elsewhere(file: File) -> Json:
    """Return what differs in a file that lies with another service: Slack has but its address.

    https://docs.slack.dev/reference/objects/file-object
    """
    return {
        "size": 0,
        "mode": "external",
        "is_external": True,
        "external_type": file.external,
        "url_private": f"https://{file.external}.example/{file.id}",
    }


def is_waiting(world: World, file: File) -> bool:
    """Tell whether Slack has yet to look through a file."""
    own = file.user == world.teams[file.team].bot and file.mime.startswith("image/")
    takes = max(world.settings.mime_ms, world.settings.pictures_ms if own else 0)
    return file.at + takes > world.now()


def render_event_file(world: World, origin: str, file: File) -> Json:
    """Return a file as messages carry it: from another organisation only a stub.

    https://docs.slack.dev/reference/objects/file-object#slack_connect_files
    """
    if file.hidden:
        return {"id": file.id, "mode": file.hidden, "name": None}
    if file.stub:
        return {
            "id": file.id,
            "created": 0,
            "timestamp": 0,
            "mode": "file_access",
            "user": file.user,
            "file_access": "check_file_info",
        }
    found = render_file(world, origin, file)
    for name in ("shares", "channels", "groups", "ims"):
        found.pop(name, None)
    return found
