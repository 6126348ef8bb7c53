"""Slack's documented limits, and the few settings of this stand-in.

https://docs.slack.dev/apis/web-api/rate-limits
https://docs.slack.dev/reference/block-kit/blocks
https://docs.slack.dev/reference/methods/chat.postMessage#truncating
"""

from __future__ import annotations

from dataclasses import dataclass, field

TEXT_CHARS = 40_000
EDIT_CHARS = 4_000
MARKDOWN_CHARS = 12_000
ALL_BLOCKS_CHARS = 13_200
BLOCKS = 50
VIEW_BLOCKS = 100
BLOCK_ID_CHARS = 255
SECTION_CHARS = 3_000
FIELDS = 10
FIELD_CHARS = 2_000
HEADER_CHARS = 150
CONTEXT_ELEMENTS = 10
ACTIONS = 25
CONTEXT_ACTIONS = 5
BUTTON_CHARS = 75
BUTTON_VALUE_CHARS = 2_000
ACTION_ID_CHARS = 255
ALT_CHARS = 2_000
URL_CHARS = 3_000
OPTIONS = 100
OPTION_CHARS = 75
OPTION_VALUE_CHARS = 150
PLACEHOLDER_CHARS = 150
INPUT_CHARS = 3_000
HINT_CHARS = 2_000
TABLE_ROWS = 100
TABLE_COLUMNS = 20
FILE_INPUT_FILES = 10
FILE_INPUT_BYTES = 10 * 1024 * 1024
VIEW_CHARS = 250_000
IMAGE_TITLE_CHARS = 2_000
VIEW_TITLE_CHARS = 24
CALLBACK_CHARS = 255
PRIVATE_METADATA_CHARS = 3_000
LABEL_CHARS = 2_000
VIEWS_DEEP = 3
METADATA_BYTES = 8_000
TASK_CHARS = 256
STATUS_LINES = 10
PROMPTS = 4
SESSION_TITLE_CHARS = 200
HISTORY_PAGE = 100
HISTORY_MOST = 999
OPEN_MEMBERS = 8

STREAM_MS = 5 * 60_000
STATUS_LINE_MS = 2 * 60_000
SESSION_MS = 3_600_000
TRIGGER_MS = 3_000
RESPONSE_MS = 30 * 60_000
RESPONSE_USES = 5
SOCKETS = 10
TICKET_MS = 30_000

# Calls per minute, by method: https://docs.slack.dev/apis/web-api/rate-limits and, for the
# methods it does not name, the table of Slack's Java SDK.
TIERS = {1: 1, 2: 20, 3: 50, 4: 100, 5: 600}
METHOD_TIERS = {
    "chat.startStream": 2,
    "chat.stopStream": 2,
    "conversations.list": 2,
    "users.list": 2,
    "usergroups.list": 2,
    "usergroups.users.list": 2,
    "reactions.remove": 2,
    "chat.update": 3,
    "chat.delete": 3,
    "conversations.history": 3,
    "conversations.replies": 3,
    "conversations.info": 3,
    "conversations.open": 3,
    "conversations.join": 3,
    "users.conversations": 3,
    "reactions.add": 3,
    "users.lookupByEmail": 3,
    "team.info": 3,
    "apps.connections.open": 3,
    "assistant.threads.setTitle": 3,
    "assistant.threads.setSuggestedPrompts": 3,
    "agents.sessions.setStatus": 3,
    "agents.sessions.rename": 3,
    "files.delete": 3,
    "chat.appendStream": 4,
    "chat.postEphemeral": 4,
    "files.info": 4,
    "files.getUploadURLExternal": 4,
    "files.completeUploadExternal": 4,
    "users.info": 4,
    "views.open": 4,
    "views.update": 4,
    "views.push": 4,
    "views.publish": 4,
    "conversations.members": 4,
    "auth.test": 5,
    "chat.getPermalink": 5,
}
STATUS_LINES_A_MINUTE = 60
# What reads history, which an app that is sold beside Slack's Marketplace may do once a minute.
# https://docs.slack.dev/changelog/2025/05/29/rate-limit-changes-for-non-marketplace-apps
HISTORY_METHODS = ("conversations.history", "conversations.replies")
UNLISTED_TIER = 1
UNLISTED_PAGE = 15
# "1 per second per channel; short bursts may be allowed", and several hundred a minute in all.
POSTS_BURST = 5
POSTS_A_MINUTE = 300

BOT_EVENTS = (
    "app_mention",
    "message.channels",
    "message.groups",
    "message.im",
    "message.mpim",
    "app_home_opened",
    "agent_session_stopped",
    "app_uninstalled",
    "tokens_revoked",
    "channel_deleted",
    "group_deleted",
)
SCOPES = (
    "app_mentions:read",
    "assistant:write",
    "channels:history",
    "channels:join",
    "channels:read",
    "chat:write",
    "commands",
    "files:read",
    "files:write",
    "groups:history",
    "groups:read",
    "im:history",
    "im:read",
    "im:write",
    "mpim:history",
    "mpim:read",
    "reactions:write",
    "usergroups:read",
    "users:read",
)


@dataclass(slots=True)
class Settings:
    """What belongs to the app, differs between workspaces or is not documented."""

    enforce: bool = True
    """Whether Web API methods have rate tiers at all (benchmarks switch it off)."""
    enforce_posts: bool = True
    """Whether chat.postMessage is held to 1/s a channel (with a burst) and 300/min."""
    unlisted: bool = False
    """Whether the app is sold, and not in Slack's Marketplace: it then reads little history."""
    transport: str = "socket"
    """How the app is reached: "socket" or "http"."""
    request_url: str = ""
    """Where events, commands and interactivity are posted to, with transport "http"."""
    events: tuple[str, ...] = BOT_EVENTS
    """The bot events that the app subscribes to."""
    retry_seconds: tuple[float, ...] = (0.0, 60.0, 300.0)
    """How long Slack waits before each repetition of an event that was not acked."""
    retry_said_seconds: tuple[float, ...] | None = None
    """The same for an event that tells of a new message, if not as of all others."""
    ack_seconds: float = 3.0
    """How long an ack may take."""
    shares_ms: int = 1_500
    """How long after completeUploadExternal files.info tells where a file was shared."""
    share_never: bool = False
    """Answer ok to completeUploadExternal and never share."""
    mime_ms: int = 0
    """How long a file that a person uploads has an empty mimetype (the malware scan)."""
    pictures_ms: int = 700
    """How long a picture of the app's has no mimetype, and cannot stand in a message's blocks."""
    mentions_with_files: str = "both"
    """What a mention with files arrives as: "both" twins, or "message" alone."""
    counters: bool = True
    """Whether a reply sends a message_changed of its parent, whose counters changed."""
    edit_window_ms: int | None = None
    """How long an edit is allowed, if it is not for ever."""
    text_chars: int = TEXT_CHARS
    edit_chars: int = EDIT_CHARS
    markdown_chars: int = MARKDOWN_CHARS
    """What one message's markdown may hold; smaller, answers are `msg_too_long`."""
    stream_chars: int | None = None
    """What a whole stream may hold, if not for ever more; each call is held to the above."""
    stream_ms: int = STREAM_MS
    file_bytes: int = 1 << 30
    commands: dict[str, str] = field(default_factory=dict)
    """The app's slash commands and what they are for; none: any command is the app's."""
    shortcuts: dict[str, str] = field(default_factory=dict)
    """The app's shortcuts by callback_id, and their names."""

    @property
    def history_most(self) -> int | None:
        """Return how much history a call brings at the most, None where only `limit` says so."""
        return UNLISTED_PAGE if self.unlisted else None
