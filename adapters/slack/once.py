"""Do what a message asks for once, however often it is told of: by its `ts`, also after a restart.

Slack tells of a mention twice, repeats what was not acknowledged, and what was heard just before
the bot died may be read again in its channel's history.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from dataclasses import dataclass

from adapters.slack.places import PLATFORM
from adapters.slack.presses import NOT_TAKEN, NOTED, Answer
from bot.errors import StoreError
from bot.events import MessageReceived
from bot.ports import Clock, OnceStore

MOST_REMEMBERED = 1_000
COMMAND = "command"


@dataclass(slots=True)
class _Claim:
    """What is being stored of a message, and whether anybody was told to do what it asks."""

    storing: asyncio.Task[bool]
    is_used: bool = False


class Once:
    """Know the messages whose commands were run."""

    def __init__(self, store: OnceStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._claims: OrderedDict[tuple[str, str], _Claim] = OrderedDict()

    async def take(self, message: MessageReceived, answer: Answer) -> Answer:
        """Return how a message is answered: by `answer` the first time, then as one that is known.

        It is committed before anything is done: what is told of again is not done again, though
        the bot may have ended in between.
        """
        key = (message.place, message.message)
        claim = self._claims.get(key)
        if claim is None:
            claim = self._claims[key] = _Claim(asyncio.create_task(self._claim(message)))
            while len(self._claims) > MOST_REMEMBERED:
                self._claims.popitem(last=False)
        try:
            # Whoever waits no longer does not take it back: it comes again, and finds it done.
            is_first = await asyncio.shield(claim.storing)
        except StoreError:
            self._claims.pop(key, None)
            return NOT_TAKEN
        if not is_first or claim.is_used:
            return NOTED
        claim.is_used = True
        return answer

    async def _claim(self, message: MessageReceived) -> bool:
        workspace, name = message.thread.workspace, f"{COMMAND}:{message.message}"
        now = self._clock.now()
        return await self._store.note_done(PLATFORM, workspace, message.place, name, now)
