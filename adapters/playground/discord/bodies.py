"""Parse and check what a bot sends as a message: fields, embeds, files.

Every fault is reported at once, as Discord's 50035 with its tree of errors.
"""

from __future__ import annotations

import json
import mimetypes
import re
import struct
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from adapters.playground.discord import components, limits, records
from adapters.playground.discord.limits import Settings
from adapters.playground.discord.problems import Form, problem
from adapters.playground.discord.records import Attachment, Message
from adapters.playground.discord.world import World

Json = dict[str, Any]
_SNOWFLAKE = re.compile(r"0|[1-9][0-9]{0,19}")


@dataclass(slots=True)
class Upload:
    """One file of a multipart body."""

    filename: str
    content: bytes
    content_type: str


@dataclass(slots=True)
class Body:
    """A decoded request: its JSON and the files that came with it, by index."""

    json: Any
    files: dict[int, Upload] = field(default_factory=dict)

    def seen(self) -> Any:
        """Return what the history keeps: the JSON, and each file as a line of text."""
        if not self.files or not isinstance(self.json, dict):
            return self.json
        return self.json | {
            f"files[{index}]": f"{upload.filename} ({len(upload.content)} bytes)"
            for index, upload in self.files.items()
        }


async def read_body(request: web.Request) -> Body:
    """Read a JSON or multipart body; too large is 413, not JSON is 400."""
    try:
        if request.content_type != "multipart/form-data":
            raw = await request.read()
            return Body(_decode(raw) if raw else {})
        body = Body({})
        async for part in await request.multipart():
            name = getattr(part, "name", None) or ""
            content = bytes(await part.read(decode=False))  # type: ignore[union-attr]
            if name == "payload_json":
                body.json = _decode(content)
            elif match := re.fullmatch(r"files\[(\d{1,2})\]", name):
                filename = getattr(part, "filename", None) or "file"
                body.files[int(match[1])] = Upload(filename, content, type_of(filename))
        if sum(len(upload.content) for upload in body.files.values()) > limits.REQUEST_BYTES:
            raise problem(40005)
    except web.HTTPRequestEntityTooLarge:
        raise problem(40005) from None
    return body


def _decode(raw: bytes) -> Any:
    try:
        return json.loads(raw)
    except ValueError:
        raise problem(50109) from None


def type_of(filename: str) -> str:
    """Return the media type that a file's name stands for."""
    guessed = mimetypes.guess_type(filename)[0] or "application/octet-stream"
    return f"{guessed}; charset=utf-8" if guessed.startswith("text/") else guessed


@dataclass(slots=True)
class Draft:
    """The checked fields of a message. A field that was not sent is None."""

    content: str | None = None
    embeds: list[Json] | None = None
    components: list[Json] | None = None
    flags: int | None = None
    kept: list[Json] | None = None
    new_files: list[tuple[Upload, str | None]] = field(default_factory=list)
    reference: Json | None = None
    nonce: str | int | None = None
    enforce_nonce: bool = False
    allowed_mentions: Json | None = None


def parse_message(body: Body, settings: Settings, standing: Message | None = None) -> Draft:
    """Check a message body; raises 50035 with everything that is wrong, or 40005.

    `standing` is the message that it changes.
    """
    form = Form()
    data = body.json
    if not isinstance(data, dict):
        form.wrong((), "DICT_TYPE_CONVERT", "Only dictionaries may be used in a DictType")
        form.done()
    draft = Draft(allowed_mentions=data.get("allowed_mentions"))
    _parse_content(data, draft, settings, form)
    flags = data.get("flags")
    if flags is not None:
        if isinstance(flags, int) and not isinstance(flags, bool) and flags >= 0:
            draft.flags = flags
        else:
            form.wrong(("flags",), "NUMBER_TYPE_COERCE", f'Value "{flags}" is not int.')
    if "embeds" in data:
        draft.embeds = _parse_embeds(data["embeds"] or [], form)
    modern = bool(((draft.flags or 0) | _flags(standing)) & records.COMPONENTS_V2)
    if modern:
        _refuse_legacy(data, draft, standing, form)
    _check_mentions(data.get("allowed_mentions"), form)
    _parse_reference(data.get("message_reference"), draft, form)
    _parse_files(body, draft, form)
    if "components" in data:
        names = {upload.filename for upload, _ in draft.new_files}
        names |= {one.filename for one in standing.attachments} if standing else set()
        draft.components = components.parse(
            data["components"] or [], form, modern=modern, names=names
        )
    form.done()
    if any(len(upload.content) > settings.file_bytes for upload in body.files.values()):
        raise problem(40005)
    return draft


def _flags(standing: Message | None) -> int:
    return standing.flags if standing else 0


def _refuse_legacy(data: Json, draft: Draft, standing: Message | None, form: Form) -> None:
    """Refuse what Components V2 leave no room for; an edit may turn them on, and never off.

    https://docs.discord.com/developers/components/using-message-components
    """
    content, embeds = draft.content, draft.embeds
    if standing:
        content = standing.content if content is None else content
        embeds = standing.embeds if embeds is None else embeds
    used = {
        "content": content,
        "embeds": embeds,
        "poll": data.get("poll"),
        "sticker_ids": data.get("sticker_ids"),
    }
    for name, value in used.items():
        if value:
            form.wrong(
                (name,),
                "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2",
                f"The '{name}' field cannot be used when using MessageFlags.IS_COMPONENTS_V2",
            )


def _parse_content(data: Json, draft: Draft, settings: Settings, form: Form) -> None:
    if "content" in data:
        content = data["content"]
        if content is None:
            draft.content = ""
        elif isinstance(content, str | int | float):
            # Discord trims what it stores; the limit counts what was sent.
            draft.content = str(content).strip()
            if len(str(content)) > settings.content_chars:
                form.too_long(("content",), settings.content_chars)
        else:
            form.wrong(("content",), "STRING_TYPE_CONVERT", "Could not interpret as string.")
    nonce = data.get("nonce")
    if nonce is not None:
        if not isinstance(nonce, str | int) or isinstance(nonce, bool):
            form.wrong(("nonce",), "STRING_TYPE_CONVERT", "Could not interpret as string.")
        elif isinstance(nonce, str) and len(nonce) > limits.NONCE_CHARS:
            form.wrong(("nonce",), "NONCE_TYPE_TOO_LONG", "Nonce is too long.")
        else:
            draft.nonce = nonce
    draft.enforce_nonce = data.get("enforce_nonce") is True and draft.nonce is not None


def _parse_reference(value: Any, draft: Draft, form: Form) -> None:
    if value is None:
        return
    if not isinstance(value, dict) or not _SNOWFLAKE.fullmatch(str(value.get("message_id"))):
        form.required(("message_reference", "message_id"))
    else:
        draft.reference = value


def _parse_embeds(embeds: Any, form: Form) -> list[Json]:
    if not isinstance(embeds, list) or not all(isinstance(one, dict) for one in embeds):
        form.wrong(("embeds",), "LIST_TYPE_CONVERT", "Only iterables may be used in a ListType")
        return []
    if len(embeds) > limits.EMBEDS:
        form.bad_length(("embeds",), 0, limits.EMBEDS)
    total = 0
    for index, embed in enumerate(embeds):
        fields = embed.get("fields") or []
        if len(fields) > limits.EMBED_FIELDS:
            form.bad_length(("embeds", index, "fields"), 0, limits.EMBED_FIELDS)
        texts: list[tuple[tuple[str | int, ...], Any, int]] = [
            (("title",), embed.get("title"), limits.EMBED_TITLE_CHARS),
            (("description",), embed.get("description"), limits.EMBED_DESCRIPTION_CHARS),
            (
                ("footer", "text"),
                (embed.get("footer") or {}).get("text"),
                limits.EMBED_FOOTER_CHARS,
            ),
            (
                ("author", "name"),
                (embed.get("author") or {}).get("name"),
                limits.EMBED_AUTHOR_CHARS,
            ),
        ]
        for n, one in enumerate(fields):
            for key, most in (
                ("name", limits.EMBED_FIELD_NAME_CHARS),
                ("value", limits.EMBED_FIELD_VALUE_CHARS),
            ):
                texts.append((("fields", n, key), one.get(key), most))
                if not one.get(key):
                    form.required(("embeds", index, "fields", n, key))
        for path, text, most in texts:
            if text is not None:
                total += len(str(text))
                if len(str(text)) > most:
                    form.too_long(("embeds", index, *path), most)
    if total > limits.EMBED_CHARS:
        form.wrong(
            ("embeds",),
            "MAX_EMBED_SIZE_EXCEEDED",
            f"Embed size exceeds maximum size of {limits.EMBED_CHARS}",
        )
    return [_answer_embed(embed) for embed in embeds]


def _answer_embed(embed: Json) -> Json:
    """Return an embed as it is stored: without empty fields and what only requests have."""
    kept = {key: value for key, value in embed.items() if value is not None and key != "flags"}
    kept["type"] = "rich"
    if "fields" in kept:
        kept["fields"] = [
            {"name": one["name"], "value": one["value"], "inline": bool(one.get("inline"))}
            for one in kept["fields"]
            if one.get("name") and one.get("value")
        ]
    return kept


def _check_mentions(value: Any, form: Form) -> None:
    if value is None:
        return
    if not isinstance(value, dict):
        form.wrong(
            ("allowed_mentions",),
            "DICT_TYPE_CONVERT",
            "Only dictionaries may be used in a DictType",
        )
        return
    parse = value.get("parse") or []
    for index, kind in enumerate(parse):
        if kind not in ("users", "roles", "everyone"):
            form.wrong(
                ("allowed_mentions", "parse", index),
                "BASE_TYPE_CHOICES",
                "Value must be one of ('users', 'everyone', 'roles').",
            )
    for kind in ("users", "roles"):
        listed = value.get(kind) or []
        if len(listed) > limits.MENTION_LIST:
            form.bad_length(("allowed_mentions", kind), 0, limits.MENTION_LIST)
        if listed and kind in parse:
            form.wrong(
                ("allowed_mentions",),
                "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE",
                f'parse:["{kind}"] and {kind}: [ids...] are mutually exclusive.',
            )


def _parse_files(body: Body, draft: Draft, form: Form) -> None:
    listed = body.json.get("attachments")
    if len(body.files) > limits.FILES or (listed and len(listed) > limits.FILES):
        form.bad_length(("attachments",), 0, limits.FILES)
    described: dict[int, Json] = {}
    if listed is not None:
        draft.kept = []
        for index, one in enumerate(listed):
            id_ = str(one.get("id", "")) if isinstance(one, dict) else ""
            if not _SNOWFLAKE.fullmatch(id_):
                form.wrong(
                    ("attachments", index, "id"),
                    "NUMBER_TYPE_COERCE",
                    f'Value "{id_}" is not snowflake.',
                )
            elif int(id_) in body.files:
                described[int(id_)] = one
            elif int(id_) < 100:
                form.wrong(
                    ("attachments", index, "id"),
                    "ATTACHMENT_NOT_FOUND",
                    "Attachment data missing",
                )
            else:
                draft.kept.append(one)
    for index, upload in sorted(body.files.items()):
        about = described.get(index, {})
        upload.filename = clean_name(str(about.get("filename") or upload.filename))
        upload.content_type = type_of(upload.filename)
        draft.new_files.append((upload, about.get("description")))


def clean_name(name: str) -> str:
    """Return a file name as Discord keeps it: no paths, odd characters replaced."""
    cleaned = re.sub(r"[^\w.\-]", "_", name.replace("\\", "/").rsplit("/", 1)[-1])
    return cleaned.strip("._")[:260] or "unknown"


def store_files(world: World, files: list[tuple[Upload, str | None]]) -> list[Attachment]:
    """Keep the files' bytes and return their attachments."""
    stored = []
    for upload, description in files:
        size = _size_of(upload.content)
        attachment = Attachment(
            id=world.new_id(),
            filename=upload.filename,
            size=len(upload.content),
            content_type=upload.content_type,
            description=description,
            width=size and size[0],
            height=size and size[1],
        )
        world.put_file(attachment.id, upload.content)
        stored.append(attachment)
    return stored


def attach(world: World, name: str, content: bytes) -> Attachment:
    """Keep a file that comes with an interaction; too large is 40005."""
    if len(content) > world.settings.file_bytes:
        raise problem(40005)
    cleaned = clean_name(name)
    return store_files(world, [(Upload(cleaned, content, type_of(cleaned)), None)])[0]


def _size_of(content: bytes) -> tuple[int, int] | None:
    """Return width and height of a PNG, GIF or JPEG, read from its header."""
    if content[:8] == b"\x89PNG\r\n\x1a\n" and len(content) >= 24:
        return struct.unpack(">II", content[16:24])
    if content[:6] in (b"GIF87a", b"GIF89a") and len(content) >= 10:
        return struct.unpack("<HH", content[6:10])
    if content[:2] == b"\xff\xd8":
        at = 2
        while at + 9 <= len(content) and content[at] == 0xFF:
            marker = content[at + 1]
            if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
                height, width = struct.unpack(">HH", content[at + 5 : at + 9])
                return width, height
            at += 2 + int.from_bytes(content[at + 2 : at + 4])
    return None


@dataclass(frozen=True, slots=True)
class Mentions:
    """Whom a message pings."""

    users: list[str]
    roles: list[str]
    everyone: bool


# A block or a span of code, as Discord's client reads it: as many back-ticks close it.
_CODE = re.compile(r"(?<!`)(`+)(?!`)(?:.*?[^`])\1(?!`)", re.DOTALL)


def find_mentions(
    world: World,
    content: str,
    guild: str | None,
    *,
    allowed: Json | None = None,
    may_everyone: bool = False,
    replied: str | None = None,
) -> Mentions:
    """Find whom a text pings: nobody within code. Without `allowed` all the rest counts.

    https://discord.com/developers/docs/resources/message#allowed-mentions-object
    """
    content = _CODE.sub(" ", content)
    users = list(dict.fromkeys(re.findall(r"<@!?(\d+)>", content)))
    roles = list(dict.fromkeys(re.findall(r"<@&(\d+)>", content)))
    everyone = may_everyone and bool(re.search(r"@(everyone|here)\b", content))
    ping_replied = True
    if allowed is not None:
        parse = allowed.get("parse") or []
        listed = [str(one) for one in allowed.get("users") or []]
        users = users if "users" in parse else [one for one in users if one in listed]
        listed = [str(one) for one in allowed.get("roles") or []]
        roles = roles if "roles" in parse else [one for one in roles if one in listed]
        everyone = everyone and "everyone" in parse
        ping_replied = bool(allowed.get("replied_user"))
    users = [one for one in users if one in world.users]
    if replied and ping_replied and replied not in users:
        users.append(replied)
    in_guild = [one for one in roles if one in world.roles and world.roles[one].guild == guild]
    return Mentions(users, in_guild, everyone)
