"""What is shown beside a thread while an answer is made, and taken away at its end.

An app that is an agent also has a session there, during which Slack shows a Stop button of its
own. https://docs.slack.dev/reference/methods/assistant.threads.setStatus
"""

from __future__ import annotations

import asyncio
from weakref import WeakValueDictionary

import structlog

from adapters.slack.abilities import NO, OF_WORKSPACE, YES, Abilities, Ability
from adapters.slack.calls import Calls
from adapters.slack.failures import REVOKED
from adapters.slack.lately import Lately
from adapters.slack.places import Place
from bot.errors import Gone, PlatformError, PlatformRefused, Throttled

log = structlog.get_logger(__name__)

MOST_STATUS = 200
_STATUS, _SESSION = "assistant.threads.setStatus", "agents.sessions.setStatus"
_WORKING, _IDLE = "processing", "active"
# So long Slack lets a session be at work; a place that refused is asked again after it, too.
HOUR_SECONDS = 3_600.0
REST_SECONDS = 1.0
# A first text, once a day, waits so long at most to know whose Stop it has.
KNOWING_SECONDS = 1.0


class Statuses:
    """Write statuses, those of one thread strictly one after the other."""

    def __init__(self, calls: Calls, abilities: Abilities) -> None:
        self._calls = calls
        self._abilities = abilities
        self._locks: WeakValueDictionary[Place, asyncio.Lock] = WeakValueDictionary()
        self._finding: dict[str, asyncio.Task[None]] = {}
        # What is surely known of sessions: whether they are at work.
        self._at_work: Lately[Place, bool] = Lately(calls.clock, HOUR_SECONDS)
        # Where a status, a session was refused, which says nothing of other places.
        self._refused: Lately[Place, bool] = Lately(calls.clock, HOUR_SECONDS)
        self._without: Lately[Place, bool] = Lately(calls.clock, HOUR_SECONDS)

    def may(self, where: Place) -> bool:
        """Tell whether a status would be shown there."""
        if self._abilities.refuses(where.team, Ability.STATUS):
            return False
        return self._refused.get(where) is None

    def has_stop(self, where: Place) -> bool:
        """Tell whether Slack shows a Stop of its own there while the bot works."""
        if self._abilities.get(where.team, Ability.AGENT) != YES:
            return False
        return bool(self._at_work.get(where)) or self._without.get(where) is None

    def outlasts(self, where: Place, *, begun: bool) -> bool:
        """Tell whether a session may be at work that no status will end: none is shown there."""
        if self._abilities.get(where.team, Ability.AGENT) != YES:
            return False
        working = self._at_work.get(where)
        return begun if working is None else working and not self.may(where)

    def look(self, where: Place) -> None:
        """Find out, beside everything else, whether the app is an agent in a workspace."""
        if self._is_unknown(where) and where.team not in self._finding:
            task = asyncio.create_task(self._find_out(where))
            self._finding[where.team] = task
            task.add_done_callback(lambda _: self._finding.pop(where.team, None))

    async def know(self, where: Place) -> None:
        """Return once that is known, or takes too long. Never raises."""
        self.look(where)
        if task := self._finding.get(where.team):
            await asyncio.wait({task}, timeout=KNOWING_SECONDS)

    def note(self, where: Place, *, working: bool | None) -> None:
        """Note what Slack made of a session by itself; None: nobody knows."""
        if working is None:
            self._at_work.drop(where)
        else:
            self._at_work.put(where, working)

    async def show(self, where: Place, text: str) -> None:
        """Show a status; "" takes it away.

        A write that the caller no longer waits for is still ended before the next begins:
        otherwise it could arrive after the one that takes the status away.
        """
        lock = self._locks.setdefault(where, asyncio.Lock())
        task = asyncio.create_task(self._write(lock, where, text))
        task.add_done_callback(lambda done: done.cancelled() or done.exception())
        await asyncio.shield(task)

    async def work(self, where: Place) -> None:
        """Tell Slack that an agent works in a thread. Never raises; see `has_stop`.

        The begin of a stream tells it by itself.
        """
        if self._abilities.get(where.team, Ability.AGENT) == YES:
            async with self._locks.setdefault(where, asyncio.Lock()):
                await self._keep_session(where, working=True)

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

    async def rest_if_idle(self, where: Place) -> None:
        """Do the same where no work of this process is known, whatever Slack was told before."""
        if not self._at_work.get(where):
            self._at_work.drop(where)
            await self.rest(where)

    async def _write(self, lock: asyncio.Lock, where: Place, text: str) -> None:
        async with lock:
            try:
                await self._set(where, text)
            except Throttled:
                # Slack's own Stop needs no status, and comes and goes without one.
                await self._keep_session(where, working=bool(text))
                raise
            except Gone:
                raise
            except PlatformRefused as error:
                await self._heed(where, error, Ability.STATUS)
                if text:
                    raise
            await self._keep_session(where, working=bool(text))

    async def _set(self, where: Place, text: str) -> None:
        if text and not self._calls.allowance.is_roomy(_STATUS, where.team, where.channel):
            raise Throttled("Slack would not take it away in time.", code="busy")
        await self._calls.make(
            where.team,
            _STATUS,
            channel_id=where.channel,
            thread_ts=where.thread_ts,
            status=text[:MOST_STATUS],
        )

    async def _heed(self, where: Place, error: PlatformRefused, ability: Ability) -> None:
        """Remember a refusal: of the workspace for a day, of one place for an hour."""
        if error.code in OF_WORKSPACE:
            await self._abilities.put(where.team, ability, NO)
        elif error.code not in REVOKED:
            (self._refused if ability is Ability.STATUS else self._without).put(where, True)

    # --- the agent's session -----------------------------------------------------------------

    def _is_unknown(self, where: Place) -> bool:
        return bool(where.thread_ts) and not self._abilities.get(where.team, Ability.AGENT)

    async def _find_out(self, where: Place) -> None:
        try:
            async with self._locks.setdefault(where, asyncio.Lock()):
                if self._is_unknown(where):
                    await self._set_session(where, working=False)
        except PlatformError as error:
            log.info("not known whether the app is an agent", code=error.code)

    async def _keep_session(self, where: Place, *, working: bool) -> None:
        """Tell Slack whether the agent works there, unless it surely knows."""
        if self._abilities.refuses(where.team, Ability.AGENT):
            return
        if self._at_work.get(where) is working:
            return
        if working and not self._calls.allowance.is_roomy(_SESSION, where.team):
            # A session that could not be ended in time would show work where none is done.
            self._without.put(where, True)
            return
        try:
            await self._set_session(where, working=working)
        except PlatformError:
            # An ornament while it works; that the work is over has to arrive.
            self._at_work.drop(where)
            if not working:
                raise
            self._without.put(where, True)

    async def _set_session(self, where: Place, *, working: bool) -> None:
        """Set a session's status; learn by that whether the app is an agent."""
        try:
            answer = await self._calls.make(
                where.team,
                _SESSION,
                channel_id=where.channel,
                thread_ts=where.thread_ts,
                status=_WORKING if working else _IDLE,
            )
        except Throttled:
            raise
        except PlatformRefused as error:
            log.info("no agent here", code=error.code)
            self._at_work.drop(where)
            await self._heed(where, error, Ability.AGENT)
            return
        self._at_work.put(where, working)
        self._without.drop(where)
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
