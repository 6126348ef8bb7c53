"""Know, over a restart, who waits for what becomes of a command: Slack sends none again.

What an acknowledged command did before the bot ended, nobody knows: its person is told so, once.
"""

from __future__ import annotations

import asyncio
import json
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import structlog

from adapters.slack.invocations import URL_MS, Asker
from adapters.slack.payloads import text
from bot.domain import InteractionRef
from bot.errors import StoreError
from bot.ports import Clock, MemoStore

log = structlog.get_logger(__name__)

MEMO = "slack:unanswered"
# The most that are remembered at a time; of more, the oldest are forgotten.
MOST = 100
# An acknowledgement waits no longer for the store: the command is run all the same.
NOTE_SECONDS = 0.5


class Unanswered:
    """Remember the commands that are being run, by the process that runs them all."""

    def __init__(self, memos: MemoStore, clock: Clock) -> None:
        self._memos = memos
        self._clock = clock
        self._waiting: OrderedDict[str, Asker] = OrderedDict()
        self._stored = ""
        self._lock = asyncio.Lock()
        self._storing: set[asyncio.Task[None]] = set()

    async def note(self, asker: Asker) -> None:
        """Remember that a command is going to be run. Never raises."""
        said = asker.interaction
        # What was said in a message can be answered for ever; after so long nobody waits for it.
        until = said.expires_at or self._clock.now() + URL_MS
        self._waiting[said.id] = replace(asker, interaction=replace(said, expires_at=until))
        while len(self._waiting) > MOST:
            self._waiting.popitem(last=False)
        storing = asyncio.create_task(self._store())
        self._storing.add(storing)
        storing.add_done_callback(self._storing.discard)
        await asyncio.wait({storing}, timeout=NOTE_SECONDS)

    async def drop(self, asker: Asker) -> None:
        """Forget a command: its person knows what became of it. Never raises."""
        if self._waiting.pop(asker.interaction.id, None) is not None:
            await self._store()

    async def take_over(self) -> list[Asker]:
        """Return whom an earlier process left waiting, and forget them. Never raises.

        That has to be done before anything is noted. Whom Slack lets nobody answer any more is
        left out.
        """
        try:
            async with self._lock:
                left = await self._memos.memo(MEMO)
                if left:
                    # First of all: nobody is told of it twice.
                    await self._memos.put_memo(MEMO, "")
        except StoreError as error:
            log.warning("unanswered commands not read", error=str(error))
            return []
        now = self._clock.now()
        return [one for one in _read(left) if now < one.interaction.expires_at]

    async def _store(self) -> None:
        """Write down who waits now."""
        async with self._lock:
            said = json.dumps([*map(_note, self._waiting.values())]) if self._waiting else ""
            if said == self._stored:
                return
            try:
                await self._memos.put_memo(MEMO, said)
            except StoreError as error:
                log.warning("unanswered command not noted", error=str(error))
            else:
                self._stored = said


def _note(asker: Asker) -> dict[str, Any]:
    """Return what has to be known of a person to answer them."""
    said = asker.interaction
    return {
        "team": asker.team,
        "user": asker.user,
        "id": said.id,
        "url": said.token,
        "until": said.expires_at,
        "place": said.place,
    }


def _read(said: str) -> Iterator[Asker]:
    """Yield what notes hold; what makes no sense is nobody's."""
    try:
        notes = json.loads(said) if said else []
    except ValueError:
        notes = []
    for note in notes if isinstance(notes, list) else ():
        if isinstance(note, Mapping) and isinstance(note.get("until"), int):
            where = InteractionRef(
                id=text(note, "id"),
                application="",
                token=text(note, "url"),
                expires_at=note["until"],
                place=text(note, "place"),
            )
            yield Asker(text(note, "team"), text(note, "user"), where)
