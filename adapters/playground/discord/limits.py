"""Discord's documented limits, and the few settings of this stand-in.

https://discord.com/developers/docs/resources/message
https://discord.com/developers/docs/topics/threads
https://discord.com/developers/docs/topics/gateway#rate-limiting
"""

from __future__ import annotations

from dataclasses import dataclass

CONTENT_CHARS = 2000
NONCE_CHARS = 25
EMBEDS = 10
EMBED_CHARS = 6000
EMBED_TITLE_CHARS = 256
EMBED_DESCRIPTION_CHARS = 4096
EMBED_FIELDS = 25
EMBED_FIELD_NAME_CHARS = 256
EMBED_FIELD_VALUE_CHARS = 1024
EMBED_FOOTER_CHARS = 2048
EMBED_AUTHOR_CHARS = 256
ACTION_ROWS = 5
ROW_BUTTONS = 5
CUSTOM_ID_CHARS = 100
LABEL_CHARS = 80
SELECT_OPTIONS = 25
V2_COMPONENTS = 40
V2_TEXT_CHARS = 4000
GALLERY_ITEMS = 10
ALT_TEXT_CHARS = 1024
FILES = 10
FILE_BYTES = 10 * 1024 * 1024
REQUEST_BYTES = 25 * 1024 * 1024
THREAD_NAME_CHARS = 100
AUTO_ARCHIVE_MINUTES = (60, 1440, 4320, 10080)
SLOW_MODE_SECONDS = 21600
HISTORY_PAGE = 100
MENTION_LIST = 100
MODAL_TITLE_CHARS = 45
COMMANDS = {1: 100, 2: 15, 3: 15}
CHOICES = 25
COMMAND_NAME_CHARS = 32
COMMAND_DESCRIPTION_CHARS = 100
COMMAND_OPTIONS = 25
COMMAND_CHARS = 8000
CHOICE_CHARS = 100
OPTION_TEXT_CHARS = 6000
FORM_TEXT_CHARS = 4000
FORM_LABEL_CHARS = 45
FORM_HINT_CHARS = 100
SELECT_HINT_CHARS = 150
SELECT_OPTION_CHARS = 100
FORM_FILES = 10
PURGE = (2, 100)
STICKERS = 3

FIRST_ANSWER_MS = 3_000
TOKEN_LIFE_MS = 15 * 60_000
LINK_SECONDS = 24 * 3600.0
OLD_MESSAGE_MS = 3_600_000

HEARTBEAT_MS = 41_250
GATEWAY_PAYLOAD_BYTES = 4096
GATEWAY_SENDS = 120
GATEWAY_WINDOW_SECONDS = 60.0


@dataclass(slots=True)
class Settings:
    """What differs between servers or is not documented; tests change it as they need."""

    enforce: bool = True
    """Whether requests are rate limited at all (benchmarks switch it off)."""
    nonce_seconds: float = 300.0
    """Discord says "the past few minutes"."""
    file_bytes: int = FILE_BYTES
    """The largest file that is taken, and what interactions name as `attachment_size_limit`."""
    link_seconds: float = LINK_SECONDS
    """How long a link to a file works; a message that is read again has a new one."""
    content_chars: int = CONTENT_CHARS
    active_threads: int = 1000
    old_edits: int = 3
    old_edits_seconds: float = 20.0
    session_seconds: float = 120.0
    """How long a lost gateway session can be resumed."""
    session_events: int = 5000
    rights_told: bool = True
    """Whether an interaction says what its person may do, which is optional in a member."""
    heartbeat_check: bool = False
    """Close connections that stop beating. The client beats from a thread on the real clock,
    so this must stay off under virtual time."""
