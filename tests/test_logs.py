"""The logs: one line a record, structured, and no secret in any form."""

from __future__ import annotations

import base64
import io
import json
import logging
import sys
import threading
import warnings
from collections.abc import Iterator
from urllib.parse import quote

import discord
import pytest
import structlog
from aiohttp import ClientResponseError, RequestInfo
from hypothesis import given
from hypothesis import strategies as st
from multidict import CIMultiDict, CIMultiDictProxy
from yarl import URL

from bot import logs

CANARY = 'canary/"8s+Ölp=\\x7&'
TOKEN = "MTAwMDAwMDAwMDAwMDAwMDAw.GabcDe." + "s3cr3tCanary" * 3


@pytest.fixture(autouse=True)
def restored() -> Iterator[None]:
    """Put back what `configure` changes for the whole process."""
    root = logging.getLogger()
    before = root.handlers[:], root.level
    hooks = sys.excepthook, threading.excepthook, sys.unraisablehook
    yield
    root.handlers[:], root.level = before
    sys.excepthook, threading.excepthook, sys.unraisablehook = hooks
    logging.captureWarnings(capture=False)
    structlog.reset_defaults()
    structlog.contextvars.clear_contextvars()


def open_log(form: str = "json", level: str = "INFO") -> io.StringIO:
    stream = io.StringIO()
    logs.configure(level, form, [CANARY], stream)
    return stream


def records(stream: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_a_record_has_its_time_level_logger_fields_and_turn() -> None:
    stream = open_log()
    with logs.about_turn("t-1", "discord"):
        structlog.get_logger("bot.turns").info("answered", parts=2)
    structlog.get_logger("bot.turns").info("idle")
    answered, idle = records(stream)
    time = str(answered.pop("timestamp"))
    assert time.endswith("Z")
    assert answered == {
        "event": "answered",
        "level": "info",
        "logger": "bot.turns",
        "parts": 2,
        "platform": "discord",
        "turn": "t-1",
    }
    assert "turn" not in idle


def test_records_of_libraries_go_the_same_way() -> None:
    stream = open_log()
    with logs.about_turn("t-1", "discord"):
        logging.getLogger("discord.gateway").warning("shard %s resumed", 3)
    (record,) = records(stream)
    assert (record["event"], record["logger"], record["turn"]) == (
        "shard 3 resumed",
        "discord.gateway",
        "t-1",
    )


def test_the_level_holds_and_libraries_never_go_below_info() -> None:
    stream = open_log(level="DEBUG")
    structlog.get_logger("bot").debug("ours")
    logging.getLogger("discord.http").debug("what people wrote")
    assert [record["event"] for record in records(stream)] == ["ours"]
    stream = open_log(level="ERROR")
    structlog.get_logger("bot").warning("too little")
    logging.getLogger("discord").warning("too little")
    assert stream.getvalue() == ""


def test_discord_py_does_not_warn_of_the_voice_that_we_do_not_use() -> None:
    stream = open_log()
    discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = True
    discord.Client(intents=discord.Intents.default())
    logging.getLogger("discord.client").warning("PyNaCl is installed, and so on")
    assert [record["event"] for record in records(stream)] == ["PyNaCl is installed, and so on"]


NASTY = "a\nb\r\x1b[31mc\x00\x85\u2028\u202e{%s}"


@pytest.mark.parametrize("form", ["json", "console"])
def test_a_record_is_one_line_without_control_characters(form: str) -> None:
    stream = open_log(form)
    structlog.get_logger("bot").info(NASTY, text=NASTY, many=[NASTY], error=ValueError(NASTY))
    logging.getLogger("lib").info("%s", NASTY)
    text = stream.getvalue()
    assert len(text.splitlines()) == 2
    assert not [char for char in text if char != "\n" and not char.isprintable()]


def test_the_console_keeps_the_lines_of_a_traceback() -> None:
    stream = open_log("console")
    try:
        raise ValueError("bad\x1b[31m")
    except ValueError:
        structlog.get_logger("bot").exception("failed")
    lines = stream.getvalue().splitlines()
    assert lines[1] == "Traceback (most recent call last):"
    assert lines[-1] == "ValueError: bad\\x1b[31m"


# --- secrets -----------------------------------------------------------------------------

FORMS = {
    "plain": CANARY,
    "quoted": quote(CANARY, safe=""),
    "json": json.dumps(CANARY),
    "repr": repr(CANARY),
    "base64": base64.b64encode(CANARY.encode()).decode(),
    "base64 url": base64.urlsafe_b64encode(CANARY.encode()).decode().rstrip("="),
    "basic": base64.b64encode(b"me:" + CANARY.encode()).decode(),
    "basic 2": base64.b64encode(b"user:" + CANARY.encode() + b"x").decode(),
}


def betrays(text: str) -> bool:
    """Tell whether half of the canary, in any form, is in a text."""
    return any(piece in text for form in FORMS.values() for piece in (form[4:14], form[-14:-4]))


@pytest.mark.parametrize("form", ["json", "console"])
@pytest.mark.parametrize("shown", FORMS.values(), ids=FORMS)
def test_a_known_secret_leaves_no_trace_in_any_form(form: str, shown: str) -> None:
    stream = open_log(form)
    logger = structlog.get_logger("bot")
    logger.info(f"with {shown}", key=shown, nested={"a": [shown], shown: 1})
    logging.getLogger("lib").warning("got %r and %s", shown, [shown])
    try:
        raise RuntimeError(f"no {shown} here")
    except RuntimeError:
        logger.exception("failed")
    text = stream.getvalue()
    assert text.count(logs.HIDDEN) >= 7
    assert not betrays(text)
    if form == "json":
        assert len(records(stream)) == 3


def test_the_canary_test_can_fail() -> None:
    assert all(betrays(f"x{form}y") for form in FORMS.values())


@pytest.mark.parametrize(
    "text",
    [
        f"login with {TOKEN} failed",
        "Authorization: Bearer s3cr3tCanary-s3cr3tCanary",
        "{'Authorization': 'Bot s3cr3tCanary-s3cr3tCanary'}",
        "xoxb-123-s3cr3tCanary and xapp-1-s3cr3tCanary",
        "key sk-s3cr3tCanarys3cr3tCanary",
        "POST https://discord.com/api/v10/webhooks/1000/s3cr3tCanarys3cr3tCanary?wait=true",
        "/api/v10/interactions/1000/s3cr3tCanarys3cr3tCanary/callback",
        "https://hooks.slack.com/commands/T1/2/s3cr3tCanary",
        'body {"token": "s3cr3tCanary12", "x": 1}',
        "api_key=s3cr3tCanary&x=1",
        "x-api-key: s3cr3tCanary",
        "postgresql://me:s3cr3tCanary@db/x",
        "eyJhbGciOiJIUzI1NiJ9.s3cr3tCanary.s3cr3tCanary",
    ],
)
def test_a_secret_of_unknown_value_is_known_by_its_shape(text: str) -> None:
    stream = open_log()
    structlog.get_logger("bot").info(text, nested={"inner": json.dumps({"said": text})})
    (record,) = records(stream)
    assert "s3cr3tCanary" not in json.dumps(record)
    assert logs.HIDDEN in str(record["event"])


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize("form", ["json", "console"])
def test_a_secret_is_known_by_the_name_of_its_field(form: str) -> None:
    stream = Terminal()
    logs.configure("INFO", form, [], stream)
    structlog.get_logger("bot").info("got", token="s3cr3tCanary", inner={"api_key": "s3cr3tCanary"})
    assert "s3cr3tCanary" not in stream.getvalue()
    assert stream.getvalue().count(logs.HIDDEN) == 2


@pytest.mark.parametrize(
    "text",
    [
        "Bot connected successfully as Threadbot#1234",
        "turn t-1 used prompt_tokens=123456789 of 200000000",
        "GET https://discord.com/api/v10/channels/100000000000000000/messages -> 200",
        "token bucket refilled",
        "a.b.c 2026-11-20T10:00:00.000Z 100000000000000000",
    ],
)
def test_what_is_no_secret_stays(text: str) -> None:
    assert logs.Redactor([CANARY, "short"])(text) == text


@given(st.text(min_size=logs.SHORTEST_SECRET, max_size=40), st.text(max_size=20))
def test_any_secret_is_found_in_base64_wherever_it_starts(secret: str, before: str) -> None:
    raw = secret.encode("utf-8", "surrogatepass")
    if b"\xed\xa0" in raw or any(0xD800 <= ord(char) < 0xE000 for char in secret + before):
        return
    shown = base64.b64encode(before.encode() + raw).decode()
    assert logs.HIDDEN in logs.Redactor([secret])(shown)


def test_an_http_error_is_logged_without_its_headers() -> None:
    stream = open_log()
    headers = CIMultiDictProxy(CIMultiDict({"X-Unheard-Of": "s3cr3tCanary"}))
    url = URL("https://api.example.org/v1")
    error = ClientResponseError(
        RequestInfo(url, "POST", headers, url), (), status=401, message="no", headers=headers
    )
    assert "s3cr3tCanary" in repr(error)
    logger = structlog.get_logger("bot")
    logger.warning("refused", error=error, nested=[error], headers=headers)
    logging.getLogger("aiohttp").warning("refused: %r %s", error, headers)
    logger.warning("failed", exc_info=error)
    assert "s3cr3tCanary" not in stream.getvalue()
    refused, library, failed = records(stream)
    assert str(refused["error"]).startswith("ClientResponseError: 401")
    assert str(library["event"]).startswith("refused: ClientResponseError: 401")
    assert "401" in str(failed["exception"])


def test_what_no_one_caught_is_redacted_too() -> None:
    stream = open_log()
    error = RuntimeError(f"lost {CANARY}")
    sys.excepthook(RuntimeError, error, None)
    thread = threading.Thread(target=lambda: (_ for _ in ()).throw(error))
    thread.start()
    thread.join()
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.warn(f"old {CANARY}", stacklevel=1)
    text = stream.getvalue()
    assert [record["level"] for record in records(stream)] == ["critical", "critical", "warning"]
    assert not betrays(text)
