"""One way to call Discord: a deadline, and an outcome that is done, not done, or unknown."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import TypeGuard, TypeVar

import aiohttp
import discord
import structlog

from bot.errors import (
    Forbidden,
    Gone,
    PlatformError,
    PlatformRefused,
    PlatformUnknown,
    Throttled,
    TooBig,
    TooLong,
)
from bot.ports import Clock, Meter

log = structlog.get_logger(__name__)

_T = TypeVar("_T")

# https://docs.discord.com/developers/topics/opcodes-and-status-codes#json
NO_ACCESS = "50001"
NO_READ_HISTORY = "160002"
THREAD_EXISTS = "160004"
ARCHIVED = "50083"
_GONE = {
    10003: "The channel is no longer there.",
    10004: "The server is no longer there.",
    10008: "The message is no longer there.",
    10015: "The reply link of this button press is no longer valid.",
    10062: "The button press is too old.",
    50027: "The reply link of this button press is no longer valid.",
    50083: "The thread is archived.",
    160005: "The thread is locked.",
}
_FORBIDDEN = frozenset({50001, 50007, 50013, 160002})
# AutoMod did not like the text; no permission would help.
_BLOCKED = frozenset({200000, 200001})
# Too many edits of messages older than an hour; the window is not documented.
_OLD_EDITS = 30046
_OLD_EDITS_SECONDS = 20.0
# The channel lets one speak only now and then.
_SLOW_MODE = 20016
_TOO_BIG = 40005

# A ban by Cloudflare (429 without a Via header) may not say how long it lasts; whatever it
# says, it is not tried more often than this.
BAN_SECONDS = 30.0
# Nothing was sent before the deadline: the bucket or the global limit held the call back.
HELD_BACK_SECONDS = 5.0

_CONTENT_TOO_LONG = re.compile(r"\bcontent: .*\bfewer\b", re.ASCII)


@dataclass(slots=True)
class Attempts:
    """What is known about the requests that one call has made so far."""

    statuses: list[int] = field(default_factory=list)
    limited_globally: bool = False
    under_way: bool = False
    lost: bool = False

    @property
    def may_be_done(self) -> bool:
        """Tell whether Discord may have acted on one of them."""
        answered = any(status < 400 or status >= 500 for status in self.statuses)
        return self.under_way or self.lost or answered

    @property
    def succeeded(self) -> bool:
        """Tell whether the last one was answered with success."""
        return bool(self.statuses) and 200 <= self.statuses[-1] < 300


_attempts: ContextVar[Attempts | None] = ContextVar("discord_attempts", default=None)


def make_trace() -> aiohttp.TraceConfig:
    """Return what lets `Calls` see the requests that discord.py makes and repeats by itself."""
    trace = aiohttp.TraceConfig()
    trace.on_request_start.append(_on_start)
    trace.on_request_end.append(_on_end)
    trace.on_request_exception.append(_on_exception)
    return trace


async def _on_start(
    session: aiohttp.ClientSession,
    context: SimpleNamespace,
    params: aiohttp.TraceRequestStartParams,
) -> None:
    if attempts := _attempts.get():
        attempts.under_way = True


async def _on_end(
    session: aiohttp.ClientSession,
    context: SimpleNamespace,
    params: aiohttp.TraceRequestEndParams,
) -> None:
    if attempts := _attempts.get():
        attempts.under_way = False
        attempts.statuses.append(params.response.status)
        attempts.limited_globally = "X-RateLimit-Global" in params.response.headers


async def _on_exception(
    session: aiohttp.ClientSession,
    context: SimpleNamespace,
    params: aiohttp.TraceRequestExceptionParams,
) -> None:
    if attempts := _attempts.get():
        attempts.under_way = False
        if not isinstance(params.exception, aiohttp.ClientConnectorError):
            attempts.lost = True


class Calls:
    """Make calls. All of them raise `PlatformError` only, within `deadline` seconds.

    Deadlines run on the loop's clock, pauses on the injected one. While Discord shuts us out
    (a ban, or a long limit for all of its API) calls are refused without being made; when that
    should be over, one call finds out whether it is, and the others wait for it.
    """

    def __init__(self, clock: Clock, meter: Meter, *, deadline: float) -> None:
        self._clock = clock
        self._meter = meter
        self._deadline = deadline
        self._shut_out = False
        self._shut_until = 0.0
        self._probe: asyncio.Event | None = None

    async def run(
        self,
        name: str,
        make: Callable[[], Awaitable[_T]],
        *,
        when_late: Callable[[], _T] | None = None,
    ) -> _T:
        """Make a call and return its result.

        discord.py returns only after the bucket's reset if the call used its last token;
        `when_late` gives the result of a call that succeeded and was then held past the
        deadline.
        """
        probe = await self._enter()
        attempts = Attempts()
        token = _attempts.set(attempts)
        try:
            async with asyncio.timeout(self._deadline):
                result = await make()
        except PlatformError:
            raise
        except Exception as error:
            # Whatever it is (discord.py, aiohttp, the system, an answer that makes no sense),
            # callers have to know one thing: done, not done, or unknown.
            if isinstance(error, TimeoutError) and attempts.succeeded and when_late:
                self._meter.count("discord_calls", call=name, outcome="done")
                return when_late()
            refusal = classify(error, attempts)
            self._heed(error, attempts)
            self._note(name, refusal)
            raise refusal from error
        finally:
            _attempts.reset(token)
            if probe is not None:
                self._leave(probe, attempts)
            if 429 in attempts.statuses:
                self._meter.count("discord_throttled", attempts.statuses.count(429), call=name)
        self._meter.count("discord_calls", call=name, outcome="done")
        return result

    async def _enter(self) -> asyncio.Event | None:
        """Wait until calls may be made; return what to set if this is the one that finds out."""
        while True:
            left = self._shut_until - self._clock.monotonic()
            if left > 0:
                raise Throttled("Discord refuses this address for now.", retry_after=left)
            if not self._shut_out:
                return None
            if self._probe is None:
                self._probe = asyncio.Event()
                return self._probe
            try:
                async with asyncio.timeout(self._deadline):
                    await self._probe.wait()
            except TimeoutError:
                raise Throttled(
                    "Discord may still refuse this address.", retry_after=HELD_BACK_SECONDS
                ) from None

    def _leave(self, probe: asyncio.Event, attempts: Attempts) -> None:
        """Let the others go on: to Discord if it answered, else one of them to find out."""
        if attempts.statuses and self._shut_until <= self._clock.monotonic():
            self._shut_out = False
        self._probe = None
        probe.set()

    def _heed(self, error: BaseException, attempts: Attempts) -> None:
        """Make no call for a while if Discord has shut us out."""
        if is_ban(error):
            seconds = max(BAN_SECONDS, retry_after(error))
        elif isinstance(error, discord.RateLimited) and attempts.limited_globally:
            seconds = max(BAN_SECONDS, error.retry_after)
        else:
            return
        self._shut_out = True
        self._shut_until = self._clock.monotonic() + seconds

    def _note(self, name: str, error: PlatformError) -> None:
        outcome = type(error).__name__.lower()
        self._meter.count("discord_calls", call=name, outcome=outcome)
        log.info(
            "discord call failed", call=name, outcome=outcome, code=error.code, error=str(error)
        )


def is_ban(error: BaseException) -> TypeGuard[discord.HTTPException]:
    """Tell a Cloudflare ban from a rate limit: only the API's own answers carry `Via` or a code."""
    return (
        isinstance(error, discord.HTTPException)
        and error.status == 429
        and not error.code
        and not error.response.headers.get("Via")
    )


def classify(error: BaseException, attempts: Attempts) -> PlatformError:
    """Translate what discord.py or aiohttp raised, given what was sent.

    discord.py repeats a request that met a server error; what the repetition is refused for
    says nothing about the first one, which may have been done.
    """
    match error:
        case discord.RateLimited() | discord.HTTPException() if attempts.may_be_done:
            return PlatformUnknown("Discord had an internal error.", code=_code(error))
        case discord.RateLimited():
            return Throttled("Discord asks to wait.", retry_after=error.retry_after)
        case discord.HTTPException():
            return _classify_answer(error)
        case TimeoutError() if not attempts.may_be_done:
            return Throttled("Discord held the call back.", retry_after=HELD_BACK_SECONDS)
        case TimeoutError():
            return PlatformUnknown("Discord did not answer in time.")
        case _:
            return PlatformUnknown(f"The connection to Discord failed: {type(error).__name__}.")


def _classify_answer(error: discord.HTTPException) -> PlatformError:
    code = _code(error)
    if error.status == 429 or error.code in (_OLD_EDITS, _SLOW_MODE):
        return Throttled("Discord asks to wait.", code=code, retry_after=retry_after(error))
    if error.status >= 500:
        return PlatformUnknown("Discord had an internal error.", code=code or str(error.status))
    if error.status == 413 or error.code == _TOO_BIG:
        return TooBig("The file is too large for Discord.", code=code)
    if error.code in _GONE:
        return Gone(_GONE[error.code], code=code)
    if error.code in _FORBIDDEN:
        return Forbidden("Discord does not permit this.", code=code)
    if _CONTENT_TOO_LONG.search(error.text):
        return TooLong("The text is too long for Discord.", code=code)
    if error.status == 404:
        return Gone("Discord no longer knows this.", code=code)
    if error.status == 403 and error.code not in _BLOCKED:
        return Forbidden("Discord does not permit this.", code=code)
    return PlatformRefused(f"Discord refused the call ({error.status}, {code}).", code=code)


def _code(error: BaseException) -> str:
    return str(getattr(error, "code", None) or "")


def retry_after(error: discord.HTTPException) -> float:
    """Return how many seconds an answer asks to wait, or what is sensible if it does not say."""
    try:
        seconds = float(error.response.headers.get("Retry-After", ""))
    except ValueError:
        return _OLD_EDITS_SECONDS if error.code == _OLD_EDITS else BAN_SECONDS
    return min(max(seconds, 0.1), 3600.0)
