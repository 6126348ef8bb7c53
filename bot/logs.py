"""Write structured logs, one line a record, from which no secret gets out.

Everything goes through one handler: our own records (structlog), those of libraries
(`logging`), warnings, and whatever no one caught. Redaction is by exact value, in every form in
which a value travels, and by shape or by the field's name for what is not known here.
"""

from __future__ import annotations

import base64
import json
import logging
import re
import sys
import threading
from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any, TextIO
from urllib.parse import quote, quote_plus

import structlog
from structlog.contextvars import bound_contextvars
from structlog.typing import EventDict, Processor, WrappedLogger

HIDDEN = "[secret]"
# A shorter value would be cut out of ordinary words.
SHORTEST_SECRET = 6
# Libraries whose records at DEBUG hold what people wrote, or tokens.
_TALKATIVE = ("discord", "aiohttp", "asyncio", "aiosqlite")
# discord.py says so at every start of a bot that is not for voice.
_IDLE = {
    "PyNaCl is not installed, voice will NOT be supported",
    "davey is not installed, voice will NOT be supported",
}


def about_turn(turn: str, platform: str) -> AbstractContextManager[Any]:
    """Name the turn, and its platform, in every record written within."""
    return bound_contextvars(turn=turn, platform=platform)


def configure(level: str, form: str, secrets: Iterable[str], stream: TextIO | None = None) -> None:
    """Send every record of the process to `stream`, as `console` or `json` lines."""
    stream = stream or sys.stderr
    handler = logging.StreamHandler(stream)
    handler.addFilter(_is_told)
    handler.addFilter(_plain_arguments)
    handler.setFormatter(_formatter(form, Redactor(secrets), stream))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(max(logging.getLevelName(level), logging.INFO))
    logging.captureWarnings(capture=True)
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *_SHARED,
            structlog.stdlib.PositionalArgumentsFormatter(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )
    _hear_the_uncaught()


def _is_told(record: logging.LogRecord) -> bool:
    return not (record.name == "discord.client" and record.msg in _IDLE)


# --- redaction ---------------------------------------------------------------------------

# Each `keep` group is what stands before a secret and may stay.
_SHAPES = re.compile(
    r"""(?x)
      (?P<keep1>\b(?:Bearer|Basic)(?:\s|%20|\+)+)[\w.~+/=-]{16,}   # authorization headers
    | xox[a-z]-[\w-]+ | xapp-[\w-]+                               # Slack's tokens
    | \b[\w-]{23,28}\.[\w-]{6}\.[\w-]{27,}                       # Discord's tokens
    | \beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*                          # JSON web tokens
    | \b(?:sk|pk|SG)[-_][\w-]{16,}                               # keys of model vendors
    # addresses that carry a token: Discord's webhooks and interactions, Slack's response_url
    | (?P<keep2>/(?:webhooks|interactions)/\d+/)[\w-]{16,}
    | (?P<keep3>hooks\.slack\.com/\w+/)[\w/-]+
    # a long value next to a word that says what it is
    | (?P<keep4>
        (?i:token|secret|password|passwd|api[-_ ]?key|authorization|signature|cookie)
        \\*["']?\s*[=:]\s*\\*["']?(?:(?:Bot|Bearer|Basic)\s+)?
      )(?!\[)[\w.~+/%=-]{8,}
    | (?P<keep5>://[^/\s:@"']{1,64}:)[^/\s@"']{1,256}(?=@)        # user:password@host
    """
)


class Redactor:
    """Replace secrets in a text."""

    def __init__(self, secrets: Iterable[str]) -> None:
        forms = {form for secret in secrets for form in _forms(secret)}
        longest_first = sorted(forms, key=len, reverse=True)
        self._exact = re.compile("|".join(map(re.escape, longest_first))) if forms else None

    def __call__(self, text: str) -> str:
        """Return the text without secrets."""
        if self._exact:
            text = self._exact.sub(HIDDEN, text)
        return _SHAPES.sub(_keep_prefix, text)


def _keep_prefix(found: re.Match[str]) -> str:
    return "".join(part for part in found.groups() if part) + HIDDEN


def _forms(secret: str) -> Iterable[str]:
    """Yield a secret as it is, and as it stands in URLs, JSON, reprs and base64."""
    if len(secret) < SHORTEST_SECRET:
        return
    yield from (secret, quote(secret), quote(secret, safe=""), quote_plus(secret))
    for once in _escapes(secret):
        yield once
        yield from _escapes(once)
    # Within a longer text (user:secret) the base64 depends on what stands before it: for each
    # of the three offsets the digits that depend on the secret alone are looked for.
    raw = secret.encode()
    for offset in range(3):
        for encode in (base64.b64encode, base64.urlsafe_b64encode):
            digits = encode(b"\0" * offset + raw).decode().rstrip("=")
            whole = (offset + len(raw)) * 8 // 6
            yield digits[(offset * 8 + 5) // 6 : whole]


def _escapes(text: str) -> Iterable[str]:
    yield json.dumps(text)[1:-1]
    yield json.dumps(text, ensure_ascii=False)[1:-1]
    yield repr(text)[1:-1]


# --- records -----------------------------------------------------------------------------

# Control characters, and what a terminal or a line reader takes for one.
_CONTROLS = {
    **{code: f"\\x{code:02x}" for code in [*range(32), *range(0x7F, 0xA0)] if chr(code) != "\n"},
    ord("\t"): "\\t",
    ord("\r"): "\\r",
    0x2028: "\\u2028",
    0x2029: "\\u2029",
    **{code: f"\\u{code:04x}" for code in [*range(0x202A, 0x202F), *range(0x2066, 0x206A)]},
}


def _one_line(text: str) -> str:
    return text.translate(_CONTROLS).replace("\n", "\\n")


# Their reprs, and those of their errors, show the headers of a request or a response.
_HEADER_SHOWERS = {"aiohttp", "discord", "multidict", "openai", "httpx", "slack_sdk"}


def _plain(value: object, depth: int = 0) -> object:
    """Make a value safe to write, and ready for JSON."""
    match value:
        case None | bool() | int() | float() | str():
            return value
        case Mapping() if depth < 3 and not _shows_headers(value):
            return {str(key): _plain(item, depth + 1) for key, item in value.items()}
        case list() | tuple() | set() | frozenset() if depth < 3:
            return [_plain(item, depth + 1) for item in value]
        case _:
            return _described(value)


def _described(value: object) -> str:
    if isinstance(value, BaseException):
        return f"{type(value).__name__}: {value}"
    return f"<{type(value).__name__}>" if _shows_headers(value) else str(value)


def _shows_headers(value: object) -> bool:
    return type(value).__module__.partition(".")[0] in _HEADER_SHOWERS


class _Described(str):
    """The description of an object, which stays itself under %r."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)


def _plain_arguments(record: logging.LogRecord) -> bool:
    """Keep `logger.error("... %r", error)` of a library from showing an error's repr."""
    if isinstance(record.args, tuple):
        record.args = tuple(
            _Described(_described(arg))
            if isinstance(arg, BaseException) or _shows_headers(arg)
            else arg
            for arg in record.args
        )
    return True


def _plain_values(logger: WrappedLogger, name: str, event: EventDict) -> EventDict:
    return {key: _plain(value) for key, value in event.items()}


_SECRET_FIELD = re.compile(r"(?i).*(token|secret|password|api[-_ ]?key|authorization|cookie)")


def _redacted(value: Any, redact: Redactor) -> Any:
    match value:
        case str():
            return redact(value)
        case dict():
            return {
                redact(key): HIDDEN
                if isinstance(item, str) and _SECRET_FIELD.fullmatch(key)
                else _redacted(item, redact)
                for key, item in value.items()
            }
        case list():
            return [_redacted(item, redact) for item in value]
    return value


def _escaped(logger: WrappedLogger, name: str, event: EventDict) -> EventDict:
    """Escape what could forge a line or drive a terminal; a traceback keeps its lines."""
    for key, value in event.items():
        if key == "exception":
            event[key] = str(value).translate(_CONTROLS)
        elif isinstance(value, str):
            event[key] = _one_line(value)
        elif not isinstance(value, int | float | None):
            event[key] = _one_line(json.dumps(value, ensure_ascii=False, default=str))
    return event


_SHARED: Sequence[Processor] = (
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
)


def _formatter(form: str, redact: Redactor, stream: TextIO) -> logging.Formatter:
    render: list[Processor]
    if form == "json":
        # Pure ASCII: every control character and line separator is escaped by JSON itself.
        render = [structlog.processors.JSONRenderer(default=str)]
    else:
        colors = hasattr(stream, "isatty") and stream.isatty()
        render = [
            _escaped,
            structlog.dev.ConsoleRenderer(
                colors=colors, exception_formatter=structlog.dev.plain_traceback
            ),
        ]

    def redacted(logger: WrappedLogger, name: str, event: EventDict) -> EventDict:
        hidden: EventDict = _redacted(event, redact)
        return hidden

    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[*_SHARED],
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            _plain_values,
            redacted,  # before a renderer escapes it once more
            *render,
        ],
    )


# --- what no one caught ------------------------------------------------------------------


def _hear_the_uncaught() -> None:
    """Log what would otherwise be printed as it is."""
    logger = structlog.get_logger("uncaught")

    def main(kind: type[BaseException], error: BaseException, trace: Any) -> None:
        if issubclass(kind, KeyboardInterrupt):
            return
        logger.critical("uncaught", exc_info=(kind, error, trace))

    def thread(args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None and not isinstance(args.exc_value, SystemExit):
            logger.critical("uncaught in a thread", exc_info=args.exc_value)

    def unraisable(args: sys.UnraisableHookArgs) -> None:
        logger.error("unraisable", exc_info=args.exc_value)

    sys.excepthook = main
    threading.excepthook = thread
    sys.unraisablehook = unraisable
