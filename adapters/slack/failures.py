"""What a failed call means: Slack's words, in the bot's. Pure.

https://docs.slack.dev/apis/web-api/#responses ; each method's page lists its errors.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from bot.errors import (
    Forbidden,
    Gone,
    Lost,
    PlatformError,
    PlatformRefused,
    PlatformUnknown,
    Throttled,
    TooBig,
    TooLong,
)

RATE_LIMITED = "ratelimited"
MESSAGE_NOT_FOUND = "message_not_found"
THREAD_NOT_FOUND = "thread_not_found"
NOT_IN_CHANNEL = "not_in_channel"
MISSING_SCOPE = "missing_scope"

# The workspace has taken the bot's rights away altogether.
REVOKED = frozenset({"token_revoked", "account_inactive", "invalid_auth", "not_authed"})
# A message of ours that is still wanted, but whose text can no longer be changed.
_LOST = frozenset(
    {
        "cant_delete_message",
        "cant_update_message",
        "edit_window_closed",
        "message_not_owned_by_app",
    }
)
_CHANGES = frozenset({"chat.appendStream", "chat.stopStream", "chat.update"})
_GONE = frozenset(
    {
        "channel_not_found",
        "is_archived",
        "file_deleted",
        "file_not_found",
        MESSAGE_NOT_FOUND,
        THREAD_NOT_FOUND,
        "user_not_found",
        "users_not_found",
    }
)
_FORBIDDEN = frozenset(
    {
        NOT_IN_CHANNEL,
        MISSING_SCOPE,
        "access_denied",
        "cannot_dm_bot",
        "cannot_reply_to_message",
        "ekm_access_denied",
        "enterprise_is_restricted",
        "file_uploads_disabled",
        "file_uploads_except_images_disabled",
        "is_inactive",
        "messages_tab_disabled",
        "no_permission",
        "not_allowed_token_type",
        "org_login_required",
        "posting_to_channel_denied",
        "posting_to_general_channel_denied",
        "team_access_not_granted",
        "team_not_found",
        "token_expired",
        "two_factor_setup_required",
        "user_disabled",
        "user_is_restricted",
    }
)
_TOO_LONG = frozenset({"msg_too_long", "msg_blocks_too_long"})
_TOO_BIG = frozenset({"file_upload_size_restricted", "file_too_large", "storage_limit_reached"})
# "It's possible some aspect of the operation succeeded before the error was raised."
_UNCLEAR = frozenset({"fatal_error", "internal_error", "request_timeout", "service_unavailable"})
# The workspace moves to an organisation: "intermittently unavailable until the transition ends".
_MOVING = frozenset({"team_added_to_org"})

LONGEST_WAIT_SECONDS = 60.0
USUAL_WAIT_SECONDS = 5.0
_WAIT = re.compile(r"[0-9]{1,9}(?:\.[0-9]{1,6})?", re.ASCII)


def read_failure(method: str, status: int, headers: Mapping[str, str], body: Any) -> PlatformError:
    """Return what an answer means that is no success: one without `ok`, or with a bad status."""
    answer = body if isinstance(body, Mapping) else {}
    code = str(answer.get("error") or "")
    if status == 429 or code in (RATE_LIMITED, "rate_limited"):
        wait = retry_after(headers)
        return Throttled("Slack asks to wait.", code=RATE_LIMITED, retry_after=wait)
    if status >= 500 or not code:
        # A page instead of an answer says nothing of what was done, whatever its status.
        return PlatformUnknown("Slack gave no usable answer.", code=code or str(status))
    return read_code(method, code, answer)


def read_code(method: str, code: str, answer: Mapping[str, Any]) -> PlatformError:
    """Return what one of Slack's error words means."""
    if code in _UNCLEAR:
        return PlatformUnknown("Slack had an internal error.", code=code)
    if code in _MOVING:
        wait = LONGEST_WAIT_SECONDS
        return Throttled("Slack moves the workspace.", code=code, retry_after=wait)
    if code in _LOST or (code == MESSAGE_NOT_FOUND and method in _CHANGES):
        return Lost(f"Slack does not change this message any more ({code}).", code=code)
    if code in _GONE:
        return Gone(f"Slack no longer has this ({code}).", code=code)
    if code in REVOKED:
        return Forbidden("The workspace has removed the bot.", code=code)
    if code in _FORBIDDEN or code.startswith("restricted_action"):
        needed = str(answer.get("needed") or "") if code == MISSING_SCOPE else ""
        return Forbidden(f"Slack does not permit this ({code}).", code=code, permission=needed)
    if code in _TOO_LONG:
        return TooLong("The text is too long for Slack.", code=code)
    if code in _TOO_BIG:
        return TooBig("The file is too large for Slack.", code=code)
    return PlatformRefused(f"Slack refused the call ({code}).", code=code)


def retry_after(headers: Mapping[str, str]) -> float:
    """Return how many seconds an answer asks to wait, within reason."""
    said = next((value for key, value in headers.items() if key.lower() == "retry-after"), "")
    if _WAIT.fullmatch(said) is None:
        return USUAL_WAIT_SECONDS
    return min(max(float(said), 1.0), LONGEST_WAIT_SECONDS)
