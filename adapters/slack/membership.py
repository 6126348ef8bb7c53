"""Whether the bot is still in its workspaces: one refusal is no proof, and no end for ever.

A call's answer may say that the bot was removed though it was not (a change of the app's scopes,
an outage); so it is asked again before that is believed, and now and then after it was.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine

import structlog

from adapters.slack.calls import Calls
from adapters.slack.failures import REVOKED
from bot.errors import PlatformError, Throttled
from bot.ports import Clock

log = structlog.get_logger(__name__)

# Between the questions whether it is so. What says that the token is no more is asked once.
DOUBT_SECONDS = (0.0, 2.0, 5.0)
REVOKED_FOR_CERTAIN = "token_revoked"
AGAIN_SECONDS = 60.0
LONGEST_PAUSE_SECONDS = 600.0


class Membership:
    """Doubt, leave and rejoin workspaces.

    `on_left(team)` is called when the bot's removal is believed, `on_back(team)` when it turns
    out to be there again, as a token that works tells.
    """

    def __init__(
        self,
        calls: Calls,
        clock: Clock,
        on_left: Callable[[str], None],
        on_back: Callable[[str], None],
    ) -> None:
        self._calls = calls
        self._clock = clock
        self._on_left = on_left
        self._on_back = on_back
        self._asking: dict[str, asyncio.Task[None]] = {}
        self._gone: set[str] = set()

    @property
    def is_doubted(self) -> bool:
        """Tell whether it is being found out if the bot was removed from anywhere."""
        return any(team not in self._gone for team in self._asking)

    def believes(self, team: str, code: str) -> bool:
        """Tell whether an answer that says so is to be believed; what is not, is found out."""
        if not team or team in self._gone:
            return True
        if team not in self._asking:
            log.warning("removed from a workspace, as a call says", workspace=team, code=code)
            waits = DOUBT_SECONDS[:1] if code == REVOKED_FOR_CERTAIN else DOUBT_SECONDS
            self._ask(team, self._doubt(team, waits))
        return False

    def leave(self, team: str) -> None:
        """Believe at once that the bot was removed: Slack told of it, or it was found out."""
        if team in self._gone:
            return
        log.error("removed from a workspace", workspace=team)
        self._gone.add(team)
        self._on_left(team)
        if task := self._asking.pop(team, None):
            task.cancel()
        self._ask(team, self._return(team))

    async def close(self) -> None:
        """Ask nothing more."""
        tasks = list(self._asking.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _ask(self, team: str, question: Coroutine[None, None, None]) -> None:
        task = self._asking[team] = asyncio.create_task(question)
        task.add_done_callback(lambda done: self._answered(team, done))

    def _answered(self, team: str, task: asyncio.Task[None]) -> None:
        if self._asking.get(team) is task:
            del self._asking[team]

    async def _doubt(self, team: str, waits: tuple[float, ...]) -> None:
        for wait in waits:
            await self._clock.sleep(wait)
            if await self._works():
                log.info("still in a workspace", workspace=team)
                return
        # This task is over now; the next one asks on.
        self._asking.pop(team, None)
        self.leave(team)

    async def _return(self, team: str) -> None:
        """Ask, ever more seldom, until the token works."""
        pause = AGAIN_SECONDS
        while True:
            await self._clock.sleep(pause)
            if await self._works():
                break
            pause = min(pause * 2, LONGEST_PAUSE_SECONDS)
        log.info("back in a workspace", workspace=team)
        self._gone.discard(team)
        self._on_back(team)

    async def _works(self) -> bool:
        """Tell whether Slack takes the token; asked until it says so or not.

        https://docs.slack.dev/reference/methods/auth.test
        """
        pause = 1.0
        while True:
            try:
                await self._calls.make("", "auth.test")
            except PlatformError as error:
                if error.code in REVOKED:
                    return False
                wait = error.retry_after if isinstance(error, Throttled) else pause
                await self._clock.sleep(max(wait, pause))
                pause = min(pause * 2, AGAIN_SECONDS)
            else:
                return True
