"""What is shown beside a thread while an answer is made, and taken away at its end.

An app that is an agent also has a session there, during which Slack shows a Stop button of its
own. https://docs.slack.dev/reference/methods/assistant.threads.setStatus
"""

from __future__ import annotations

import asyncio
from weakref import WeakValueDictionary

import structlog

from adapters.slack.abilities import NO, YES, Abilities, Ability
from adapters.slack.calls import Calls
from adapters.slack.failures import NOT_IN_CHANNEL, REVOKED
from adapters.slack.places import Place
from bot.errors import (
    Gone,
    PlatformError,
    PlatformRefused,
    PlatformUnknown,
    Throttled,
)

log = structlog.get_logger(__name__)

MOST_STATUS = 200
_WORKING, _IDLE = "processing", "active"
# These are about a thread or a channel, and say nothing of the workspace.
_OF_A_PLACE = frozenset({NOT_IN_CHANNEL, "invalid_thread_ts"})
REST_SECONDS = 1.0


class Statuses:
    """Write statuses, those of one thread strictly one after the other."""

    def __init__(self, calls: Calls, abilities: Abilities) -> None:
        self._calls = calls
        self._abilities = abilities
        self._locks: WeakValueDictionary[Place, asyncio.Lock] = WeakValueDictionary()
        self._working: set[Place] = set()

    async def show(self, where: Place, text: str) -> None:
        """Show a status; "" takes it away.

        A write that the caller no longer waits for is still ended before the next begins:
        otherwise it could arrive after the one that takes the status away.
        """
        lock = self._locks.setdefault(where, asyncio.Lock())
        task = asyncio.create_task(self._write(lock, where, text))
        task.add_done_callback(lambda done: done.cancelled() or done.exception())
        await asyncio.shield(task)

    async def rest(self, where: Place) -> None:
        """Tell Slack that an agent's work in a thread is over. Never raises: it is an ornament.

        Only the end of a stream tells it by itself, which one that a person stopped, or that
        grew too old, does not come to. https://docs.slack.dev/ai/agent-sessions
        """
        async with self._locks.setdefault(where, asyncio.Lock()):
            try:
                await self._keep_session(where, working=False)
            except PlatformError:
                await self._calls.clock.sleep(REST_SECONDS)
                try:
                    await self._keep_session(where, working=False)
                except PlatformError as error:
                    log.warning("session left at work", code=error.code)

    async def _write(self, lock: asyncio.Lock, where: Place, text: str) -> None:
        async with lock:
            try:
                await self._set(where, text)
            except (Throttled, Gone):
                raise
            except PlatformRefused as error:
                if error.code not in REVOKED | _OF_A_PLACE:
                    await self._abilities.put(where.team, Ability.STATUS, NO)
                if text:
                    raise
            await self._keep_session(where, working=bool(text))

    async def _set(self, where: Place, text: str) -> None:
        await self._calls.make(
            where.team,
            "assistant.threads.setStatus",
            channel_id=where.channel,
            thread_ts=where.thread_ts,
            status=text[:MOST_STATUS],
        )

    async def _keep_session(self, where: Place, *, working: bool) -> None:
        """Tell Slack whether the agent works there, and find out whether the app is one."""
        if self._abilities.refuses(where.team, Ability.AGENT):
            return
        if working and where in self._working:
            return
        try:
            answer = await self._calls.make(
                where.team,
                "agents.sessions.setStatus",
                channel_id=where.channel,
                thread_ts=where.thread_ts,
                status=_WORKING if working else _IDLE,
            )
        except (Throttled, PlatformUnknown):
            # An ornament while it works; that the work is over has to arrive.
            if not working:
                raise
            return
        except Gone:
            self._working.discard(where)
            return
        except PlatformRefused as error:
            log.info("no agent here", code=error.code)
            if error.code not in REVOKED | _OF_A_PLACE:
                await self._abilities.put(where.team, Ability.AGENT, NO)
            return
        (self._working.add if working else self._working.discard)(where)
        # A warning says that nobody hears the Stop button of such an app.
        able = NO if _warns(answer) else YES
        if self._abilities.get(where.team, Ability.AGENT) != able:
            await self._abilities.put(where.team, Ability.AGENT, able)


def _warns(answer: dict[str, object]) -> bool:
    """Tell whether an answer holds a warning.

    https://docs.slack.dev/apis/web-api/#responses
    """
    about = answer.get("response_metadata")
    return bool(answer.get("warning") or (isinstance(about, dict) and about.get("warnings")))
