"""Slack over HTTP: one address for events, commands and everything that is pressed.

https://docs.slack.dev/authentication/verifying-requests-from-slack
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections.abc import Sequence
from typing import Any, NoReturn
from urllib.parse import parse_qsl

import structlog
from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response

from adapters.slack.door import LATER, Door
from bot.ports import Clock, Meter

log = structlog.get_logger(__name__)

PATH = "/slack/events"
WINDOW_SECONDS = 300
# Slack sends a handful of fields; one that sends thousands is not Slack.
MOST_FIELDS = 100

_TIMESTAMP = re.compile(r"[0-9]{1,12}", re.ASCII)
_JSON = "application/json"


class Unreadable(ValueError):
    """The body is neither an object in JSON nor a form."""


class Endpoint:
    """Verify, read and hand on what Slack posts. `secret` is the app's signing secret."""

    def __init__(self, door: Door, secret: str, clock: Clock, meter: Meter) -> None:
        self._door = door
        self._secret = secret.encode()
        self._clock = clock
        self._meter = meter

    def routes(self) -> list[web.RouteDef]:
        """Return what the HTTP surface serves; its deadlines and caps are the surface's."""
        return [web.post(PATH, self.handle)]

    async def handle(self, request: web.Request) -> web.Response:
        """Answer a request of Slack's, once what it asks for is committed."""
        raw = await request.read()
        signed = self._is_signed(request, raw)
        if is_ssl_check(raw):
            return self._answered("ssl_check", 200)
        if not signed:
            return self._answered("unsigned", 401)
        try:
            payload = read_body(raw.decode("utf-8"), request.content_type)
        except (UnicodeDecodeError, Unreadable) as error:
            log.info("request not read", error=str(error)[:100])
            return self._answered("unreadable", 400)
        answer = await self._door.enter(payload)
        self._meter.count("slack_requests", outcome=_OUTCOMES.get(answer.status, "failed"))
        return await to_aiohttp_response(answer)

    def _answered(self, outcome: str, status: int) -> web.Response:
        self._meter.count("slack_requests", outcome=outcome)
        return web.Response(status=status)

    def _is_signed(self, request: web.Request, raw: bytes) -> bool:
        times = request.headers.getall("X-Slack-Request-Timestamp", [])
        signatures = request.headers.getall("X-Slack-Signature", [])
        return is_signed(self._secret, times, signatures, raw, self._clock.now() / 1000)


_OUTCOMES = {200: "taken", LATER: "later"}


def is_signed(
    secret: bytes, times: Sequence[str], signatures: Sequence[str], raw: bytes, now: float
) -> bool:
    """Tell whether a body was signed with the secret, at most five minutes from now.

    Each header has to be there exactly once. Bolt's own check raises for what is no number, no
    ASCII or no UTF-8, which its adapter answers with 500.
    """
    if len(times) != 1 or len(signatures) != 1:
        return False
    time, signature = times[0], signatures[0]
    if _TIMESTAMP.fullmatch(time) is None or not signature.isascii():
        return False
    if abs(now - int(time)) > WINDOW_SECONDS:
        return False
    signed = hmac.new(secret, b"v0:" + time.encode() + b":" + raw, hashlib.sha256)
    return hmac.compare_digest(b"v0=" + signed.hexdigest().encode(), signature.encode())


def is_ssl_check(raw: bytes) -> bool:
    """Tell whether Slack only looks at our certificate, for which it signs nothing.

    https://docs.slack.dev/interactivity/implementing-slash-commands
    """
    if len(raw) > 1_000 or b"ssl_check=1" not in raw:
        return False
    return (b"ssl_check", b"1") in parse_qsl(raw, keep_blank_values=True)


def read_body(body: str, content_type: str) -> dict[str, Any]:
    """Return the object that a body holds: JSON, a form, or JSON in a form's one field.

    Raises `Unreadable`.
    """
    if content_type == _JSON or body.startswith("{"):
        return _object(body)
    try:
        fields = dict(parse_qsl(body, keep_blank_values=True, max_num_fields=MOST_FIELDS))
    except ValueError as error:
        raise Unreadable(f"no form: {error}") from error
    if "payload" in fields:
        return _object(fields["payload"])
    if "command" not in fields:
        raise Unreadable("neither a command nor a payload")
    return fields


def _object(body: str) -> dict[str, Any]:
    """Parse JSON: one object, of numbers that are numbers."""
    try:
        found = json.loads(body, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise Unreadable(f"no JSON: {type(error).__name__}") from error
    if not isinstance(found, dict):
        raise Unreadable("no JSON object")
    return found


def _refuse_constant(name: str) -> NoReturn:
    raise Unreadable(f"{name} is no number")
