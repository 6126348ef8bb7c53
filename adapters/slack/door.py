"""The one way in, by socket or by HTTP: what Bolt would trip over stays outside.

Bolt answers 500 to what it cannot read, so that Slack sends it again and in the end nothing
more; and it answers people of workspaces that are not ours with an apology.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import structlog
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.middleware.async_middleware import AsyncMiddleware
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.beside import Beside
from adapters.slack.hearing import Hearing
from adapters.slack.inbound import Ears
from adapters.slack.payloads import Kind, kind_of, teams_of
from bot.ports import Meter

log = structlog.get_logger(__name__)

LATER = 503
_TICKET = re.compile(r"(?<=ticket=)[^&\s'\"]+")
_OURS = "slack_ours"


class _Quiet(logging.Filter):
    """Keep one line of what a library says: no tickets of sockets, no traces of a lost line."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Mend a record; never drop one but that of a choice that was made on purpose."""
        record.msg, record.args = _TICKET.sub("[secret]", record.getMessage()), None
        record.exc_info = record.exc_text = None
        return "`token` will be unused" not in record.msg


def library_logger() -> logging.Logger:
    """Return the logger for Slack's libraries, which at DEBUG tell what people wrote."""
    logger = logging.getLogger("slack")
    # With no level of its own they would write up every request before it is dropped.
    logger.setLevel(max(logging.getLogger().getEffectiveLevel(), logging.INFO))
    if not logger.filters:
        logger.addFilter(_Quiet())
    return logger


def make_app(client: AsyncWebClient, authorize: Callable[..., Awaitable[Any]]) -> AsyncApp:
    """Return a Bolt app that trusts its doors to have verified what they let in."""
    return AsyncApp(
        name="slack",
        logger=library_logger(),
        client=client,
        authorize=authorize,
        request_verification_enabled=False,
    )


class Listening(AsyncMiddleware):
    """Bolt's last global middleware: it answers everything, and lets Bolt answer nothing."""

    def __init__(self, hearing: Hearing, beside: Beside) -> None:
        self._hearing = hearing
        self._beside = beside

    async def async_process(
        self,
        *,
        req: AsyncBoltRequest,
        resp: BoltResponse,
        next: Callable[[], Awaitable[BoltResponse]],
    ) -> BoltResponse:
        """Take a payload, and acknowledge it once it is committed."""
        del resp, next
        answer = await self._hearing.take(req.context[_OURS], req.body)
        if answer.then is not None:
            self._beside.start(answer.then())
        if not answer.taken:
            return BoltResponse(status=LATER, body="")
        return BoltResponse(status=200, body=dict(answer.said) if answer.said else "")


class Door:
    """Let payloads in to Bolt. `ears(team)` is None for a workspace that is not ours.

    `is_open`: until the bot knows which workspaces are its own, Slack has to come again.
    """

    def __init__(
        self,
        client: AsyncWebClient,
        hearing: Hearing,
        beside: Beside,
        ears: Callable[[str], Ears | None],
        is_open: Callable[[], bool],
        meter: Meter,
    ) -> None:
        self._ears = ears
        self._is_open = is_open
        self._meter = meter

        # Bolt reads the names of a function's parameters, of which a method's first is no value.
        async def authorize(context: Mapping[str, Any]) -> AuthorizeResult:
            return self._authorize(context[_OURS])

        self._app = make_app(client, authorize)
        self._app.middleware(Listening(hearing, beside))

    async def enter(self, payload: dict[str, Any]) -> BoltResponse:
        """Take a payload that was verified, and return how Slack is answered."""
        kind = kind_of(payload)
        if kind is Kind.VERIFICATION:
            return await self._dispatch(payload, "")
        if kind is None or (kind is Kind.EVENT and not isinstance(payload.get("event"), dict)):
            return self._malformed(payload, "no such kind, or no event")
        if kind is Kind.LIMITED:
            self._meter.count("slack_ignored", why="limited")
            log.error("Slack holds back events: there were too many")
            return BoltResponse(status=200, body="")
        if not self._is_open():
            return BoltResponse(status=LATER, body="")
        team = next((team for team in teams_of(payload) if self._ears(team)), None)
        if team is None:
            self._meter.count("slack_ignored", why="workspace")
            return BoltResponse(status=200, body="")
        return await self._dispatch(payload, team)

    async def _dispatch(self, payload: dict[str, Any], team: str) -> BoltResponse:
        """Let Bolt have a payload, parsed: it reads commands with "payload" in them as empty.

        Only in Socket Mode does Bolt take what is parsed; its mode changes nothing else.
        https://github.com/slackapi/bolt-python/blob/main/slack_bolt/request/internals.py
        """
        try:
            request = AsyncBoltRequest(mode="socket_mode", body=payload, context={_OURS: team})
        except Exception as error:
            # It looks for ids, whatever stands in their place.
            return self._malformed(payload, repr(error)[:200])
        try:
            response = await self._app.async_dispatch(request)
        except Exception as error:
            log.error("bolt failed", error=repr(error)[:200])
            response = BoltResponse(status=500, body="")
        if response.status == 500:
            self._meter.count("slack_handler_errors", handler="bolt")
        return response

    def _malformed(self, payload: dict[str, Any], why: str) -> BoltResponse:
        """Count a payload; the answer that it failed would bring it back, and no better."""
        kind = kind_of(payload)
        word = kind.value if kind else "unknown"
        self._meter.count("slack_malformed", kind=word)
        log.error("not understood", kind=word, error=why)
        return BoltResponse(status=200, body="")

    def _authorize(self, team: str) -> AuthorizeResult:
        """Tell Bolt who we are, by which it drops what we said ourselves."""
        ears = self._ears(team)
        return AuthorizeResult(
            enterprise_id=None,
            team_id=team,
            bot_id=ears.bot if ears else None,
            bot_user_id=ears.user if ears else None,
        )
