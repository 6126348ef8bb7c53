"""files.*: the upload in three steps, whose shares come late, and downloads by token.

https://docs.slack.dev/messaging/working-with-files
"""

from __future__ import annotations

import mimetypes
from typing import Any

from adapters.playground.slack import drafts, texts
from adapters.playground.slack.calls import Call, Method
from adapters.playground.slack.file_payloads import render_file
from adapters.playground.slack.problems import Problem, invalid_arguments
from adapters.playground.slack.records import File
from adapters.playground.slack.world import World

Json = dict[str, Any]

SIGN_IN = "<!DOCTYPE html><html><head><title>Sign in | Slack</title></head><body></body></html>"


def methods() -> dict[str, Method]:
    """Return the methods by name."""
    return {
        "files.getUploadURLExternal": Method(ask, ("files:write",)),
        "files.completeUploadExternal": Method(complete, ("files:write",)),
        "files.info": Method(info, ("files:read",)),
        "files.delete": Method(delete, ("files:write",)),
    }


def mime_of(name: str) -> str:
    """Return the type that a file's name says."""
    if name.endswith(".md"):
        return "text/markdown"
    return mimetypes.guess_type(name)[0] or "application/octet-stream"


def size_of(content: bytes) -> tuple[int, int]:
    """Return a PNG's width and height, which Slack tells of pictures; of others nothing."""
    if content[:8] != b"\x89PNG\r\n\x1a\n" or len(content) < 24:
        return 0, 0
    return int.from_bytes(content[16:20]), int.from_bytes(content[20:24])


def ask(call: Call) -> Json:
    """Return where to upload a file to."""
    (name,) = call.arguments.need("filename")
    length = call.arguments.number("length", 0)
    if length <= 0:
        raise invalid_arguments("must be greater than 0 [json-pointer:/length]")
    if length > call.settings.file_bytes:
        raise Problem("file_too_large")
    file = File(
        team=call.team.id,
        id=call.world.new_id(call.team.id, "F"),
        user=call.team.bot,
        name=name,
        title=name,
        mime=mime_of(name),
        size=length,
        at=call.world.now(),
        alt=call.arguments.text("alt_txt"),
        state="asked",
    )
    call.world.save(file)
    url = f"{call.origin}/upload/v1/{file.team}/{file.id}"
    return {"ok": True, "upload_url": url, "file_id": file.id}


def take(world: World, team: str, id_: str, content: bytes) -> str:
    """Take an upload's bytes, again until it is completed; return what Slack says of it."""
    file = world.files.get((team, id_))
    if file is None or file.state == "complete":
        raise Problem("not_found")
    file.size, file.state = len(content), "uploaded"
    file.width, file.height = size_of(content)
    world.put_file(file, content)
    world.save(file)
    return f"OK - {len(content)}"


def complete(call: Call) -> Json:
    """Finish uploads and share them; files.info tells only a while later where."""
    sent = call.arguments.data("files")
    if not isinstance(sent, list) or not sent:
        raise invalid_arguments("missing required field: files")
    found = []
    for one in sent:
        file = call.world.files.get((call.team.id, str(one.get("id"))))
        if file is None or file.user != call.team.bot:
            raise Problem("file_not_found")
        if file.state == "asked":
            raise Problem("file_not_found")
        if file.state == "complete":
            raise Problem("file_update_failed")
        found.append((file, str(one.get("title") or file.name)))
    channels = [
        id_
        for id_ in (
            call.arguments.text("channel_id"),
            *call.arguments.text("channels").split(","),
        )
        if id_
    ]
    comment, sent_blocks = call.arguments.text("initial_comment"), call.arguments.data("blocks")
    if comment and sent_blocks:
        raise invalid_arguments("initial_comment cannot be used with blocks")
    shown = drafts.read_blocks(call, sent_blocks) if sent_blocks else []
    for id_ in channels:
        channel = call.world.channels.get((call.team.id, id_))
        if channel is None or call.team.bot not in channel.members:
            raise Problem("channel_not_found")
        call.need_postable(channel)
    thread = call.ts("thread_ts", needed=False)
    if thread and not channels:
        raise invalid_arguments("thread_ts needs a channel_id")
    for file, title in found:
        file.state, file.title, file.at = "complete", title, call.world.now()
        call.world.save(file)
    # Files with an alt text are never shared: python-slack-sdk issue 1818.
    never = call.settings.share_never or any(file.alt for file, _ in found)
    for id_ in channels if not never else []:
        _share(call, id_, [file for file, _ in found], comment, shown)
    answers = [{"id": file.id, "title": file.title} for file, _ in found]
    return {"ok": True, "files": answers}


def _share(call: Call, id_: str, files: list[File], comment: str, shown: list[Json]) -> None:
    channel = call.world.channels[call.team.id, id_]
    draft = drafts.Draft(text=texts.keep(comment), blocks=shown)
    message = drafts.compose(call, channel, draft, drafts.thread_of(call, channel))
    message.files = [one.id for one in files]
    for file in files:
        when = call.world.now() + call.settings.shares_ms
        file.shares = [*file.shares, (channel.id, message.ts, when)]
        call.world.save(file)
    call.world.post(message)


def info(call: Call) -> Json:
    """Return a file that the app can see."""
    (id_,) = call.arguments.need("file")
    file = call.world.files.get((call.team.id, id_))
    if file is None or file.state != "complete" or not visible(call.world, file):
        raise Problem("file_not_found")
    shown = render_file(call.world, call.origin, file)
    return {"ok": True, "file": shown, "comments": [], "response_metadata": {"next_cursor": ""}}


def delete(call: Call) -> Json:
    """Delete one of the app's files, also where it was shared."""
    (id_,) = call.arguments.need("file")
    file = call.world.files.get((call.team.id, id_))
    if file is None:
        raise Problem("file_not_found")
    if file.user != call.team.bot:
        raise Problem("cant_delete_file")
    if file.hidden == "tombstone":
        raise Problem("file_deleted")
    file.hidden = "tombstone"
    call.world.save(file)
    return {"ok": True}


def visible(world: World, file: File) -> bool:
    """Tell whether the app sees a file: its own, shared where it is, or given to its modal."""
    bot = world.teams[file.team].bot
    if file.user == bot or not file.shares:
        return True
    placed = [world.channels.get((file.team, channel)) for channel, _, _ in file.shares]
    return any(one is not None and bot in one.members for one in placed)


def download(world: World, token: str, team: str, id_: str) -> tuple[bytes, str] | None:
    """Return a file's bytes and type, or None where Slack shows its sign-in page."""
    found = world.team_of_token(token)
    file = world.files.get((team, id_))
    if found is None or found.revoked or file is None or found.id != team:
        return None
    if "files:read" not in found.scopes or not visible(world, file) or file.hidden or file.external:
        return None
    content = world.get_file(team, id_)
    return None if content is None else (content, file.mime)
