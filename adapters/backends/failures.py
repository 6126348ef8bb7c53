"""Say what a provider's refusal means, and what of its words may be kept."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, assert_never

from bot.domain import ChatRequest, EditRequest
from bot.errors import BackendError, BackendFault

RETRY_AFTER_MIN_SECONDS = 1.0
RETRY_AFTER_MAX_SECONDS = 30.0
DETAIL_CHARS_MAX = 300
# Shorter echoes than this tell nobody anything.
_KEY_ECHO_CHARS = 8
_PROMPT_ECHO_CHARS = 24
_PROMPT_CHARS_SEARCHED = 64 * 1024

_FUNDS_403 = re.compile(r"credit|fund|balance|billing|subscription|verif", re.IGNORECASE)
_FUNDS = re.compile(
    r"insufficient[ _](quota|credit|fund|balance)|out of (credit|fund)|credit balance"
    r"|balance is (too low|insufficient)",
    re.IGNORECASE,
)
_QUOTA = re.compile(r"quota|subscription|free[- ]hour|plan limit|spend(ing)? limit", re.IGNORECASE)
_RATE = re.compile(
    r"rate[ _-]?limit|too many (requests|concurrent)|retry|per[ _-](second|minute)", re.IGNORECASE
)
_BUSY = re.compile(r"overload|capacity|unavailable|busy|try again later", re.IGNORECASE)
_LENGTH = re.compile(
    r"context[ _-]?(length|window|size)|maximum context|(prompt|input|request) is too (long|large)"
    r"|too many (input |prompt )?tokens|reduce (the|your) (length|prompt|message|input)"
    r"|string_above_max_length",
    re.IGNORECASE,
)
_POLICY = re.compile(
    r"content[ _-]?(policy|filter|management)|safety|moderation|flagged|responsible ?ai"
    r"|usage polic|polic(y|ies) violation|violat\w+ .{0,40}polic",
    re.IGNORECASE,
)
_MODEL = re.compile(
    r"model_not_found|(unknown|invalid|no such|unsupported) model"
    r"|model\b.{0,80}?(not found|not exist|not available|no longer|retired|decommissioned)",
    re.IGNORECASE | re.DOTALL,
)
# "Your organization must be verified to use the model": others may still be asked.
_NAMES_MODEL = re.compile(r"\bmodels?\b", re.IGNORECASE)
_PICTURE = re.compile(r"image|picture|photo|vision", re.IGNORECASE)
_MESSAGE = re.compile(r"\bmessages(?:\[|\.)([0-9]{1,6})\b", re.ASCII)
_AUTH = re.compile(r"api[ _-]?key|authenticat|unauthori[sz]ed|permission", re.IGNORECASE)
_TIMEOUT = re.compile(r"time[d ]?[ _-]?out|deadline", re.IGNORECASE)
_INVALID = re.compile(r"invalid_request|validation|bad[ _]request", re.IGNORECASE)

# Statuses that a proxy answers for a request whose fate it does not know, and Cloudflare's
# (https://developers.cloudflare.com/support/troubleshooting/http-status-codes/cloudflare-5xx-errors/):
# 521 to 523, 525, 526 and 530 say that the origin was not reached.
_UNKNOWN_FATE = frozenset({408, 499, 502, 504, 520, 524})

# A quota (429) or a refusal inside a stream may be that of one model.
_OF_ACCOUNT = frozenset({401, 402, 403, 407})
_TURNS_AWAY = frozenset({BackendFault.AUTH, BackendFault.FUNDS})


@dataclass(frozen=True, slots=True)
class Complaint:
    """What a provider said was wrong: words for logs, `code` for rules."""

    message: str
    code: str = ""
    status: int = 0

    @property
    def words(self) -> str:
        """Return all that it says."""
        return f"{self.code} {self.message}".strip()


def read_complaint(body: Any) -> Complaint:
    """Read an error body in any of the shapes that were seen.

    In order: `message`, `error.message`, `error` as text, `title`. `code` joins the error's
    `code`, `type` and `param`.
    """
    if not isinstance(body, dict):
        return Complaint(body if isinstance(body, str) else "")
    error = body.get("error")
    inner = error if isinstance(error, dict) else {}
    found = [body.get("message"), inner.get("message"), error, body.get("title")]
    message = next((text for text in found if isinstance(text, str) and text), "")
    words = [source.get(name) for source in (inner, body) for name in ("code", "type", "param")]
    code = " ".join(str(word) for word in words if isinstance(word, (str, int)) and word)
    return Complaint(message, code, _status_in([inner.get("code"), inner.get("status")]))


def _status_in(values: Iterable[Any]) -> int:
    """Return the HTTP status that a gateway put into an error object, or 0."""
    for value in values:
        if isinstance(value, bool) or not isinstance(value, (int, str)):
            continue
        if re.fullmatch(r"[45][0-9]{2}", str(value), re.ASCII):
            return int(value)
    return 0


def classify(status: int, complaint: Complaint) -> BackendFault:
    """Return the class of a refusal; `status` 0 is an error inside a stream."""
    status = status or complaint.status
    words = complaint.words
    match status:
        case 0:
            return _by_words(words)
        case 401 | 407:
            return BackendFault.AUTH
        case 402:
            return BackendFault.FUNDS
        case 403:
            return _by_first(
                words,
                BackendFault.AUTH,
                (_FUNDS, BackendFault.FUNDS),
                (_MODEL, BackendFault.NO_MODEL),
                (_POLICY, BackendFault.BLOCKED),
                (_NAMES_MODEL, BackendFault.NO_MODEL),
                (_FUNDS_403, BackendFault.FUNDS),
            )
        case 404 | 410:
            return BackendFault.NO_MODEL
        case 408 | 499 | 504 | 524:
            return BackendFault.TIMEOUT
        case 413:
            return BackendFault.TOO_LONG
        case 420 | 425 | 429:
            if _FUNDS.search(words) or (_QUOTA.search(words) and not _RATE.search(words)):
                return BackendFault.FUNDS
            return BackendFault.BUSY
        case 451:
            return BackendFault.BLOCKED
        case 503 | 529:
            return BackendFault.BUSY
        case _ if 400 <= status < 500:
            return _by_first(
                words,
                BackendFault.INVALID,
                (_LENGTH, BackendFault.TOO_LONG),
                (_FUNDS, BackendFault.FUNDS),
                (_POLICY, BackendFault.BLOCKED),
                (_MODEL, BackendFault.NO_MODEL),
            )
        case _ if status >= 500:
            return BackendFault.UPSTREAM
        case _:  # neither an answer nor an error: 1xx, 204, 206, 3xx
            return BackendFault.PROTOCOL


def _by_words(words: str) -> BackendFault:
    return _by_first(
        words,
        BackendFault.UPSTREAM,
        (_LENGTH, BackendFault.TOO_LONG),
        (_FUNDS, BackendFault.FUNDS),
        (_RATE, BackendFault.BUSY),
        (_QUOTA, BackendFault.FUNDS),
        (_POLICY, BackendFault.BLOCKED),
        (_MODEL, BackendFault.NO_MODEL),
        (_TIMEOUT, BackendFault.TIMEOUT),
        (_BUSY, BackendFault.BUSY),
        (_AUTH, BackendFault.AUTH),
        (_INVALID, BackendFault.INVALID),
    )


def _by_first(
    words: str, otherwise: BackendFault, *rules: tuple[re.Pattern[str], BackendFault]
) -> BackendFault:
    return next((fault for rule, fault in rules if rule.search(words)), otherwise)


def refusal(
    status: int, headers: Mapping[str, str], complaint: Complaint, now: float
) -> BackendError:
    """Return the error for an answer whose status is not 200."""
    fault = classify(status, complaint)
    return BackendError(
        fault,
        status=status,
        detail=complaint.words or "no words",
        ambiguous=status in _UNKNOWN_FATE,
        retry_after=read_retry_after(headers.get("Retry-After"), now),
        names_picture=names_picture(status, complaint),
        names_message=names_message(status, complaint),
        of_account=status in _OF_ACCOUNT and fault in _TURNS_AWAY,
    )


def names_picture(status: int, complaint: Complaint) -> bool:
    """Tell whether a refused request may be taken without its pictures, or some of them.

    OpenAI names the part (`messages[3].content[1].image_url`) or a code like
    `invalid_image_format`; Segmind says that an image URL could not be fetched.
    """
    if status not in (400, 415, 422):
        return False
    return _PICTURE.search(complaint.words) is not None


def names_message(status: int, complaint: Complaint) -> int | None:
    """Return the number of the message for which a request was refused, if it says so.

    OpenAI names it by its path: `messages[3].role`, `messages.3.content`.
    """
    found = _MESSAGE.search(complaint.words) if status in (400, 422) else None
    return int(found[1]) if found else None


def worded(error: BackendError, key: str, request: ChatRequest | EditRequest) -> BackendError:
    """Return the error with its provider's words made fit for a log."""
    match request:
        case ChatRequest():
            said = [message.text for message in request.messages]
            pictured = any(message.pictures for message in request.messages)
        case EditRequest():
            said, pictured = [request.prompt], True
        case _:
            assert_never(request)
    of_model = error.of_account and error.status == 403 and request.model.name in error.detail
    of_model = of_model and not _FUNDS.search(error.detail)
    fit = BackendError(
        BackendFault.NO_MODEL if of_model else error.fault,
        status=error.status,
        detail=redact(error.detail, key, said),
        ambiguous=error.ambiguous,
        retry_after=error.retry_after,
        names_picture=error.names_picture and pictured,
        names_message=error.names_message,
        of_account=error.of_account and not of_model,
    )
    fit.__cause__ = error.__cause__
    return fit


def backoff(tries: int, request_id: str) -> float:
    """Return 1 s, then 2 s, each up to half longer, so that many do not come back as one."""
    spread = zlib.crc32(request_id.encode("utf-8", "replace")) % 1000 / 2000
    return float(2 ** (tries - 1)) * (1 + spread)


def read_retry_after(value: str | None, now: float) -> float | None:
    """Return the seconds to wait, between 1 and 30, or None if the value says nothing.

    Seconds or a date: https://www.rfc-editor.org/rfc/rfc9110#field.retry-after
    """
    text = (value or "").strip()
    if re.fullmatch(r"[+-]?[0-9]{1,20}(\.[0-9]{0,20})?", text, re.ASCII):
        seconds = float(text)
    else:
        try:
            moment = parsedate_to_datetime(text)
        except ValueError:
            return None
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        seconds = (moment - datetime.fromtimestamp(now, UTC)).total_seconds()
    return min(max(seconds, RETRY_AFTER_MIN_SECONDS), RETRY_AFTER_MAX_SECONDS)


def redact(text: str, key: str, prompts: Iterable[str] = ()) -> str:
    """Return a provider's words fit for a log: cut, on one line, without our key or prompt."""
    text = " ".join(text.split())[: 2 * DETAIL_CHARS_MAX]
    text = _without_echo(text, key, _KEY_ECHO_CHARS, "[key]")
    for prompt in prompts:
        whole = " ".join(prompt[:_PROMPT_CHARS_SEARCHED].split())
        text = _without_echo(text, whole, _PROMPT_ECHO_CHARS, "[prompt]")
    text = re.sub(r"(?i)\b(bearer\s+)\S+", r"\1[key]", text)
    text = re.sub(r"\b(sk|pk|rk)-[\w*.-]{8,}", "[key]", text)
    return text[:DETAIL_CHARS_MAX]


def _without_echo(text: str, secret: str, least: int, label: str) -> str:
    """Replace every run of at least `least` characters (or all) that `secret` holds too."""
    if len(secret) < least:
        return text.replace(secret, label) if len(secret) >= 4 else text
    kept: list[str] = []
    i = 0
    while i < len(text):
        end = i + least
        if end <= len(text) and text[i:end] in secret:
            while end < len(text) and text[i : end + 1] in secret:
                end += 1
            kept.append(label)
            i = end
        else:
            kept.append(text[i])
            i += 1
    return "".join(kept)
