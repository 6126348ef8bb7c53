"""The nouns of the world, as they are kept in its journal."""

from __future__ import annotations

from typing import Any

import msgspec

GUILD_TEXT = 0
DM = 1
GUILD_VOICE = 2
GUILD_CATEGORY = 4
GUILD_ANNOUNCEMENT = 5
ANNOUNCEMENT_THREAD = 10
PUBLIC_THREAD = 11
PRIVATE_THREAD = 12
GUILD_STAGE = 13
GUILD_FORUM = 15
THREAD_KINDS = frozenset({ANNOUNCEMENT_THREAD, PUBLIC_THREAD, PRIVATE_THREAD})
TEXT_KINDS = (
    frozenset({GUILD_TEXT, DM, GUILD_VOICE, GUILD_ANNOUNCEMENT, GUILD_STAGE}) | THREAD_KINDS
)

DEFAULT = 0
THREAD_CREATED = 18
REPLY = 19
CHAT_INPUT_COMMAND = 20
THREAD_STARTER = 21
CONTEXT_MENU_COMMAND = 23
EDITABLE_TYPES = frozenset({DEFAULT, REPLY, CHAT_INPUT_COMMAND, CONTEXT_MENU_COMMAND})

SUPPRESS_EMBEDS = 1 << 2
HAS_THREAD = 1 << 5
EPHEMERAL = 1 << 6
LOADING = 1 << 7
SUPPRESS_NOTIFICATIONS = 1 << 12
IS_VOICE_MESSAGE = 1 << 13
HAS_SNAPSHOT = 1 << 14
COMPONENTS_V2 = 1 << 15


class User(msgspec.Struct, kw_only=True, tag=True):
    """A person, or the bot."""

    id: str
    name: str
    shown: str
    bot: bool = False
    dms_open: bool = True


class Role(msgspec.Struct, kw_only=True, tag=True):
    """A role of a guild; the one whose id is the guild's is @everyone."""

    id: str
    guild: str
    name: str
    permissions: int
    position: int = 0


class Guild(msgspec.Struct, kw_only=True, tag=True):
    """A server. `blocked_words` is its AutoMod in small."""

    id: str
    name: str
    owner: str
    blocked_words: list[str] = []


class Member(msgspec.Struct, kw_only=True, tag=True):
    """A user in a guild."""

    guild: str
    user: str
    roles: list[str]
    joined_at: int


class Overwrite(msgspec.Struct, kw_only=True):
    """What a channel allows or denies to a role (`kind` 0) or a member (`kind` 1)."""

    id: str
    kind: int
    allow: int = 0
    deny: int = 0


class Tag(msgspec.Struct, kw_only=True):
    """A tag that the posts of a forum may have."""

    id: str
    name: str


class Channel(msgspec.Struct, kw_only=True, tag=True):
    """A channel, a thread (`parent`, `owner`, `archived`, ...) or a DM (`recipient`).

    A forum has `tags`, its posts (threads) the ids of theirs in `applied_tags`.
    """

    id: str
    kind: int
    name: str = ""
    guild: str | None = None
    position: int = 0
    topic: str | None = None
    overwrites: list[Overwrite] = []
    last_message: str | None = None
    slow_mode: int = 0
    parent: str | None = None
    owner: str = ""
    archived: bool = False
    locked: bool = False
    auto_archive: int = 1440
    archive_changed_at: int = 0
    created_at: int = 0
    message_count: int = 0
    members: dict[str, int] = {}
    recipient: str = ""
    tags: list[Tag] = []
    applied_tags: list[str] = []

    @property
    def is_thread(self) -> bool:
        """Tell whether this is a thread."""
        return self.kind in THREAD_KINDS


class Attachment(msgspec.Struct, kw_only=True):
    """A file of a message; its bytes lie in the world's store of files.

    A voice message has `duration` (seconds) and `waveform` (base64).
    """

    id: str
    filename: str
    size: int
    content_type: str
    description: str | None = None
    width: int | None = None
    height: int | None = None
    duration: float | None = None
    waveform: str | None = None


class Reference(msgspec.Struct, kw_only=True):
    """What a message answers or (`forwards`) brings along."""

    channel: str
    message: str
    forwards: bool = False


class Sticker(msgspec.Struct, kw_only=True):
    """A sticker, as a message shows it."""

    id: str
    name: str


class Snapshot(msgspec.Struct, kw_only=True):
    """What a forwarded message was when it was forwarded; it does not say whose."""

    channel: str
    at: int
    kind: int = DEFAULT
    content: str = ""
    edited_at: int | None = None
    mentions: list[str] = []
    mention_roles: list[str] = []
    attachments: list[Attachment] = []
    embeds: list[dict[str, Any]] = []
    components: list[dict[str, Any]] = []
    flags: int = 0
    stickers: list[Sticker] = []


class Poll(msgspec.Struct, kw_only=True):
    """A question with answers to vote for."""

    question: str
    answers: list[str]
    ends_at: int


class Origin(msgspec.Struct, kw_only=True):
    """The interaction that a message came from; `trigger` opened its form."""

    id: str
    kind: int
    user: str
    name: str = ""
    message: str | None = None
    trigger: Origin | None = None


class Message(msgspec.Struct, kw_only=True, tag=True):
    """A message. `only_for` is set on ephemeral ones: one person sees them."""

    id: str
    channel: str
    author: str
    at: int
    guild: str | None = None
    kind: int = DEFAULT
    content: str = ""
    edited_at: int | None = None
    mentions: list[str] = []
    mention_roles: list[str] = []
    everyone: bool = False
    attachments: list[Attachment] = []
    embeds: list[dict[str, Any]] = []
    components: list[dict[str, Any]] = []
    flags: int = 0
    reference: Reference | None = None
    nonce: str | int | None = None
    application: str | None = None
    origin: Origin | None = None
    only_for: str | None = None
    reactions: dict[str, list[str]] = {}
    stickers: list[Sticker] = []
    snapshots: list[Snapshot] = []
    poll: Poll | None = None


class Command(msgspec.Struct, kw_only=True, tag=True):
    """A registered application command, as the bot sent it."""

    id: str
    guild: str | None
    version: str
    body: dict[str, Any]


class Interaction(msgspec.Struct, kw_only=True, tag=True):
    """A press, a command (also half typed) or a submitted form (of `opened_by`), and what the
    bot made of it. `attachments` are files that came with it; its `data` names them by id.

    `state`: pending -> deferred | answered; what stays pending for 3 s has failed.
    `response` is the id of the message that `@original` means.
    """

    id: str
    token: str
    kind: int
    user: str
    channel: str
    guild: str | None
    at: int
    data: dict[str, Any]
    message: str | None = None
    opened_by: str | None = None
    state: str = "pending"
    ephemeral: bool = False
    response: str | None = None
    modal: dict[str, Any] | None = None
    choices: list[dict[str, Any]] | None = None
    attachments: list[Attachment] = []


class Gone(msgspec.Struct, kw_only=True, tag=True):
    """The removal of a record, in the journal."""

    what: str
    id: str


class Mark(msgspec.Struct, kw_only=True, tag=True):
    """Facts about the whole world: its bot, what is switched on, the last id given out."""

    bot: str
    application: str
    last_id: int
    privileged: int


Record = User | Role | Guild | Member | Channel | Message | Command | Interaction | Gone | Mark
