"""Signed requests to the app's own server: events, commands and interactivity by HTTP.

https://docs.slack.dev/authentication/verifying-requests-from-slack
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import aiohttp

from adapters.playground.slack.limits import Settings
from adapters.playground.slack.sockets import Reply

Json = dict[str, Any]

_FORM = "application/x-www-form-urlencoded"


class Requests:
    """Post to the app's request URL."""

    def __init__(self, now: Callable[[], int], settings: Settings, secret: str) -> None:
        self._now = now
        self._settings = settings
        self.secret = secret
        self._session: aiohttp.ClientSession | None = None

    def sign(self, body: bytes, at: int | None = None) -> dict[str, str]:
        """Return the headers that prove who sent a body."""
        seconds = str(self._now() // 1000 if at is None else at)
        signed = hmac.new(
            self.secret.encode(), b"v0:" + seconds.encode() + b":" + body, hashlib.sha256
        )
        return {
            "X-Slack-Request-Timestamp": seconds,
            "X-Slack-Signature": f"v0={signed.hexdigest()}",
        }

    @staticmethod
    def encode(kind: str, payload: Json) -> tuple[bytes, str]:
        """Return a payload's body and content type."""
        match kind:
            case "slash_commands":
                return urlencode(payload).encode(), _FORM
            case "interactive":
                return urlencode({"payload": json.dumps(payload)}).encode(), _FORM
            case _:
                return json.dumps(payload).encode(), "application/json"

    async def send(
        self, kind: str, payload: Json, attempt: int, reason: str, seconds: float
    ) -> Reply:
        """Post a payload and read the answer, which must be a 2xx in time."""
        body, content_type = self.encode(kind, payload)
        headers = {
            "Content-Type": content_type,
            "Accept": "application/json,*/*",
            "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
            **self.sign(body),
        }
        if attempt:
            headers |= {"X-Slack-Retry-Num": str(attempt), "X-Slack-Retry-Reason": reason}
        if self._session is None or self._session.closed:
            self._session = aiohttp.ClientSession(trust_env=False)
        try:
            async with self._session.post(
                self._settings.request_url,
                data=body,
                headers=headers,
                allow_redirects=False,
                timeout=aiohttp.ClientTimeout(total=seconds),
            ) as response:
                raw = await response.text(errors="replace")
                if not 200 <= response.status < 300:
                    final = response.headers.get("X-Slack-No-Retry") == "1"
                    return Reply(False, raw, "http_error", final)
                return Reply(True, _decode(raw, response.content_type))
        except TimeoutError:
            return Reply(False, reason="http_timeout")
        except (aiohttp.ClientError, OSError, ValueError):
            return Reply(False, reason="connection_failed")

    async def close(self) -> None:
        """Close the connections."""
        if self._session:
            await self._session.close()


def _decode(raw: str, content_type: str) -> Any:
    if not raw:
        return None
    if content_type != "application/json":
        return {"text": raw}
    try:
        return json.loads(raw)
    except ValueError:
        return {"text": raw}
