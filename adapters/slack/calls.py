"""One way to call Slack: a deadline, and an outcome that is done, not done, or unknown."""

from __future__ import annotations

import asyncio
import io
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from adapters.slack.allowance import Allowance, Window, windows_of
from adapters.slack.failures import RATE_LIMITED, REVOKED, read_failure
from bot.errors import PlatformError, PlatformRefused, PlatformUnknown, Throttled
from bot.ports import Clock, Meter

log = structlog.get_logger(__name__)

# Methods of these families take a JSON body; the others are read from a form for certain.
# https://docs.slack.dev/apis/web-api/#post-bodies
_TAKE_JSON = ("agents.", "assistant.", "chat.", "views.")
_PASSING = (408, 425, 429)
# So long it takes at most to find out whether the bot was removed.
DOUBT_SECONDS = 3.0
# Slack cannot be reached: tried again after 1, 2, 4, ... seconds.
MOST_UNREACHED = 5
# A call that has less time than this is not begun.
LEAST_SECONDS = 1.0
# A call waits for its turn no longer than this part of its time, then somebody else does.
WAITING_SHARE = 0.5
# What only shows a text grow is not worth waiting for: its last word would wait behind it.
SPARE_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class _Effort:
    """What several calls belong to: when (on the loop's clock) it ends, and what it is worth."""

    until: float | None = None
    spare: bool = False


_ALONE = _Effort()
_effort: ContextVar[_Effort] = ContextVar("slack_effort", default=_ALONE)


@dataclass(frozen=True, slots=True)
class Identity:
    """Who the bot is in a workspace: its user, and the bot that its messages name."""

    user: str
    bot: str


class Calls:
    """Make Web API calls. All of them raise `PlatformError` only, within `deadline` seconds.

    `believes(team, code)` is asked when an answer says that the workspace has removed the bot;
    what is not to be believed (yet) is `Throttled`: whoever called asks again.
    The client repeats nothing by itself (`retry_handlers=[]`): it would post twice.
    https://github.com/slackapi/python-slack-sdk/blob/main/slack_sdk/http_retry/builtin_async_handlers.py
    """

    def __init__(
        self,
        client: AsyncWebClient,
        clock: Clock,
        meter: Meter,
        *,
        deadline: float,
        believes: Callable[[str, str], bool] | None = None,
    ) -> None:
        self.client = client
        self.clock = clock
        self.believes = believes
        self.allowance = Allowance(clock.monotonic)
        self._meter = meter
        self._deadline = deadline
        self._unreached = 0
        self._identities: dict[str, Identity] = {}

    async def make(self, team: str, method: str, /, **arguments: Any) -> dict[str, Any]:
        """Call a method and return its answer; arguments that are None are left out.

        Waits for its turn where Slack would refuse it for now; `Throttled` if that takes long.
        """
        channel = arguments.get("channel") or arguments.get("channel_id") or ""
        windows = windows_of(method, team, str(channel))
        await self._take_turn(method, windows)
        try:
            async with asyncio.timeout(self._left()):
                answer = await self.client.api_call(method, **_encode(method, arguments))
        except Exception as error:
            # Whatever it is (slack_sdk, aiohttp, the system, an answer that makes no sense),
            # callers have to know one thing: done, not done, or unknown. The original is not
            # passed on: it holds the request with its token.
            failure = self._read(method, error)
            if isinstance(failure, Throttled) and failure.code == RATE_LIMITED:
                self.allowance.hold(windows, failure.retry_after)
            failure = self._weigh(team, failure)
            self._note(method, failure)
            raise failure from None
        self._unreached = 0
        self._meter.count("slack_calls", call=method, outcome="done")
        return answer.data if isinstance(answer.data, dict) else {}

    @contextmanager
    def within(self, seconds: float | None, *, spare: bool = False) -> Iterator[None]:
        """Let all calls made in here end within so many seconds, or each in its own time.

        A call for which no time is left is not made, and `Throttled`. `spare`: others go first.
        """
        now = asyncio.get_running_loop().time()
        token = _effort.set(_Effort(None if seconds is None else now + seconds, spare))
        try:
            yield
        finally:
            _effort.reset(token)

    def _left(self) -> float:
        """Return how long a call may take. Raises `Throttled` if there is no time for one."""
        until = _effort.get().until
        if until is None:
            return self._deadline
        left = until - asyncio.get_running_loop().time()
        if left < LEAST_SECONDS:
            raise Throttled("No time is left for this call.", code="late", retry_after=1.0)
        return min(left, self._deadline)

    async def _take_turn(self, method: str, windows: Sequence[Window]) -> None:
        """Wait until Slack will take a call. Raises `Throttled` if that is too long to wait."""
        spare = _effort.get().spare
        most = min(self._left() * WAITING_SHARE, SPARE_SECONDS if spare else float("inf"))
        end = self.clock.monotonic() + most
        while True:
            at, now = self.allowance.next_at(windows, spare=spare), self.clock.monotonic()
            if at > end:
                log.info("slack call put off", call=method, seconds=round(at - now, 1))
                words = "Slack would not take this call yet."
                raise Throttled(words, code=RATE_LIMITED, retry_after=at - now)
            self.allowance.take(windows, at, spare=spare)
            if at <= now:
                return
            try:
                await self.clock.sleep(at - now)
            except asyncio.CancelledError:
                self.allowance.give_back(windows, at)
                raise
            if not self.allowance.is_held(windows):
                return
            # Somebody was refused meanwhile.
            self.allowance.give_back(windows, at)

    async def send_bytes(self, url: str, data: bytes, name: str) -> None:
        """Post the bytes of a file to an address that Slack gave for them, once.

        Raises `PlatformRefused` where it does not take them, or has them already.
        """
        session = self.client.session
        if session is None:
            raise RuntimeError("The Web API client has no session.")
        try:
            # As a file it leaves piece by piece: as bytes it would hold the event loop.
            content = io.BytesIO(data)
            async with (
                asyncio.timeout(self._deadline),
                session.post(url, data=content, allow_redirects=False) as answer,
            ):
                await answer.read()
                # "HTTP 200 if the upload was successful": whatever it says else.
                if answer.status in _PASSING or answer.status >= 500:
                    raise read_failure(name, answer.status, answer.headers, None)
                if answer.status != 200:
                    code = str(answer.status)
                    raise PlatformRefused("Slack does not take the bytes.", code=code)
        except Exception as error:
            failure = self._read(name, error)
            self._note(name, failure)
            raise failure from None
        self._meter.count("slack_calls", call=name, outcome="done")

    async def me(self, team: str) -> Identity:
        """Return who the bot is in a workspace; asked once."""
        known = self._identities.get(team)
        if known is None:
            answer = await self.make(team, "auth.test")
            known = Identity(str(answer.get("user_id") or ""), str(answer.get("bot_id") or ""))
            self._identities[team] = known
        return known

    def _read(self, method: str, error: Exception) -> PlatformError:
        """Translate what slack_sdk or aiohttp raised."""
        match error:
            case PlatformError():
                return error
            case SlackApiError(response=AsyncSlackResponse() as answer):
                return read_failure(method, answer.status_code, answer.headers, answer.data)
            case SlackApiError(response=aiohttp.ClientResponse() as answer):
                return read_failure(method, answer.status, answer.headers, None)
            case aiohttp.ClientConnectorError() | aiohttp.ConnectionTimeoutError():
                # Nobody was there to take it: surely not sent.
                wait = float(1 << min(self._unreached, MOST_UNREACHED))
                self._unreached += 1
                return Throttled("Slack cannot be reached.", code="unreached", retry_after=wait)
            case TimeoutError():
                return PlatformUnknown("Slack did not answer in time.")
            case _:
                return PlatformUnknown(f"The connection to Slack failed: {type(error).__name__}.")

    def _weigh(self, team: str, failure: PlatformError) -> PlatformError:
        """Return what a failure is that may say more than is so."""
        if failure.code not in REVOKED or self.believes is None:
            return failure
        if self.believes(team, failure.code):
            return failure
        words = "Slack does not know the bot at this moment."
        return Throttled(words, code=failure.code, retry_after=DOUBT_SECONDS)

    def _note(self, method: str, failure: PlatformError) -> None:
        outcome = type(failure).__name__.lower()
        self._meter.count("slack_calls", call=method, outcome=outcome)
        if isinstance(failure, Throttled):
            self._meter.count("slack_throttled", call=method)
        log.info(
            "slack call failed",
            call=method,
            outcome=outcome,
            code=failure.code,
            error=str(failure),
        )


def _encode(method: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Return a method's arguments as it takes them."""
    given = {name: value for name, value in arguments.items() if value is not None}
    if method.startswith(_TAKE_JSON):
        return {"json": given}
    return {"data": {name: _field(value) for name, value in given.items()}}


def _field(value: Any) -> str:
    """Return a value as a field of a form."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
