"""What there is in the world: plain records, as they are kept in the journal.

Times are UTC milliseconds. A record belongs to a workspace (`team`): ids mean nothing beyond it.
Texts are as Slack keeps them: `&`, `<` and `>` escaped, mentions and links in angle brackets.
"""

from __future__ import annotations

from typing import Any, Literal

import msgspec

SLACKBOT = "USLACKBOT"
CHANNEL = "channel"
GROUP = "group"
IM = "im"
MPIM = "mpim"

Json = dict[str, Any]


class Team(msgspec.Struct, kw_only=True, tag=True):
    """A workspace, the app's install in it, and what is switched on for it.

    `bot` is the app's user, `bot_id` its bot. `streams` and `statuses` are the error word that
    chat.startStream or assistant.threads.setStatus answer with, or empty. `agent`: the app is an
    agent here. `shared_files`: files that people post come as Slack Connect's stubs.
    `linked_files`: what people post are links to files of another service, which it names.
    `last` holds the last number given out per kind of id, `last_ts` the last ts in microseconds.
    """

    id: str
    name: str
    domain: str
    bot: str = ""
    bot_id: str = ""
    token: str = ""
    revoked: str = ""
    scopes: list[str] = []
    streams: str = ""
    statuses: str = ""
    agent: bool = True
    shared_files: bool = False
    linked_files: str = ""
    last: dict[str, int] = {}
    last_ts: int = 0


class User(msgspec.Struct, kw_only=True, tag=True):
    """A person or bot. `guest`: "" or "restricted" or "ultra_restricted".

    `home` is the workspace that a person of another company is of, who is here by Slack Connect.
    """

    team: str
    id: str
    name: str
    shown: str
    bot: bool = False
    bot_id: str = ""
    admin: bool = False
    owner: bool = False
    guest: str = ""
    stranger: bool = False
    home: str = ""
    deleted: bool = False
    tz: str = "Europe/Amsterdam"
    tz_offset: int = 3600


class Channel(msgspec.Struct, kw_only=True, tag=True):
    """A conversation of `members`. `posting`: the error word for the app's posts, or empty."""

    team: str
    id: str
    name: str
    kind: str = CHANNEL
    members: list[str] = []
    creator: str = ""
    at: int = 0
    topic: str = ""
    archived: bool = False
    posting: str = ""


class Edited(msgspec.Struct, kw_only=True):
    """By whom and at which ts a message was edited."""

    user: str
    ts: str


class Stream(msgspec.Struct, kw_only=True):
    """A streamed message: `live` until stopped by the app or a person, or too old (`broken`)."""

    at: int
    state: Literal["live", "stopped", "broken", "stopped_by_user"] = "live"
    shape: Literal["", "text", "chunks"] = ""
    text: str = ""
    chunks: list[Json] = []
    blocks: list[Json] = []


class Message(msgspec.Struct, kw_only=True, tag=True):
    """A message, or what only one person sees (`only_for`).

    `files` are ids. `subtype` is Slack's; a tombstone stands for a deleted parent.
    """

    team: str
    channel: str
    ts: str
    user: str
    text: str = ""
    at: int = 0
    bot_id: str = ""
    app: str = ""
    thread_ts: str = ""
    subtype: str = ""
    client_msg_id: str = ""
    blocks: list[Json] = []
    attachments: list[Json] = []
    files: list[str] = []
    metadata: Json | None = None
    edited: Edited | None = None
    reactions: dict[str, list[str]] = {}
    only_for: str = ""
    broadcast: bool = False
    username: str = ""
    icons: Json | None = None
    stream: Stream | None = None


class File(msgspec.Struct, kw_only=True, tag=True):
    """A file. `shares` are (channel, ts) with the time from which files.info tells them."""

    team: str
    id: str
    user: str
    name: str
    title: str
    mime: str
    size: int
    at: int
    alt: str = ""
    state: Literal["asked", "uploaded", "complete"] = "complete"
    stub: bool = False
    external: str = ""
    hidden: str = ""
    width: int = 0
    height: int = 0
    shares: list[tuple[str, str, int]] = []


class Group(msgspec.Struct, kw_only=True, tag=True):
    """A user group."""

    team: str
    id: str
    handle: str
    name: str
    users: list[str] = []


class View(msgspec.Struct, kw_only=True, tag=True):
    """A modal on somebody's screen (`open`), or somebody's App Home."""

    team: str
    id: str
    user: str
    kind: str
    body: Json
    hash: str
    at: int
    root: str = ""
    previous: str = ""
    open: bool = True
    failed: str = ""
    errors: dict[str, str] = {}


class Act(msgspec.Struct, kw_only=True, tag=True):
    """What somebody did that the app must ack: a command, press, shortcut or submission.

    `kind` is the payload's type, `slash_commands` for a command. `state`: pending -> acked;
    what is refused, or pending for 3 s, has failed and `error` is what its person reads.
    `uses` counts what was posted to its response_url, `told` are the messages that came so.
    """

    team: str
    id: str
    kind: str
    user: str
    at: int
    channel: str = ""
    message: str = ""
    thread: str = ""
    trigger: str = ""
    trigger_used: bool = False
    secret: str = ""
    uses: int = 0
    state: str = "pending"
    error: str = ""
    data: Json = {}
    told: list[str] = []
    view: str = ""


class Session(msgspec.Struct, kw_only=True, tag=True):
    """What the thread of an agent shows: its status line, title, prompts, and lifecycle.

    `status` is the agent session's (empty: there is none); `line` is that of
    assistant.threads.setStatus, gone with the next post or 2 minutes after `line_at`.
    """

    team: str
    channel: str
    thread: str
    status: str = ""
    status_at: int = 0
    title: str = ""
    line: str = ""
    line_at: int = 0
    loading: list[str] = []
    prompts: list[Json] = []
    prompts_title: str = ""


class Gone(msgspec.Struct, kw_only=True, tag=True):
    """The removal of a message or channel, in the journal; `key` is its key in its table."""

    key: list[str]


class Mark(msgspec.Struct, kw_only=True, tag=True):
    """Facts about the whole world: its one app, and the last number given to an event."""

    app: str
    events: int = 0


Record = Team | User | Channel | Message | File | Group | View | Act | Session | Gone | Mark
