"""The files that an edit can be made of: its question's own, or those of somebody else's thread."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import TypeVar

from bot import notices_files
from bot.domain import ChatMessage, Outcome, StoredFile, Turn
from bot.ports import Conclusion
from bot.turns import inputs
from bot.turns.inputs import Inputs, NotPermitted, Unavailable
from bot.turns.services import Services

Read = TypeVar("Read")


class Refused(Exception):
    """An edit that cannot be asked for; `end` says why."""

    def __init__(self, end: Conclusion) -> None:
        super().__init__(end.error)
        self.end = end


class Brought:
    """Bring in the files of one edit. `notes` say what could not be read, and what was done.

    `is_bereft`: what came along with the question was deleted since.
    """

    def __init__(self, turn: Turn, services: Services) -> None:
        self._turn = turn
        self._services = services
        self._inputs = Inputs(turn, services)
        self.is_bereft = False
        self.notes: list[str] = []

    async def read_own(self) -> tuple[StoredFile, ...]:
        """Return the question's own files, read. Raises `Refused`."""
        question = await self._find_question()
        self.is_bereft = question is not None and question.bereft
        if question is None or not question.files:
            return ()
        question = await self._try(self._inputs.read_question(question))
        if (lost := inputs.refuse(self._turn, question)) is not None:
            raise Refused(lost)
        self.notes += inputs.note_files(question)
        return question.files

    async def overhear(self, most: int) -> None:
        """Read the newest pictures of somebody else's thread, where one of them is meant.

        In any thread it is the latest that was made, if there is one. Raises `Refused`.
        """
        turn, store = self._turn, self._services.store
        if not turn.overhears or self.is_bereft:
            return
        latest = await store.latest_picture(turn.thread)
        if latest is not None and latest.made:
            return
        if note := await self._inputs.overhear():
            self.notes.append(note)
        heard = await store.history(turn, inputs.MOST_OVERHEARD)
        before = [message for message in heard if message.position < turn.position]
        await self._try(self._inputs.read_pictures(before, most))

    async def _find_question(self) -> ChatMessage | None:
        history = await self._services.store.history(self._turn, 1)
        found = history[-1] if history else None
        return found if found is not None and found.position == self._turn.position else None

    async def _try(self, reading: Awaitable[Read]) -> Read:
        """Return what was read. Raises `Refused` where files cannot be had."""
        try:
            return await reading
        except Unavailable as error:
            note = notices_files.file_unavailable(self._turn.id, error.name)
            end = Conclusion(Outcome.FAILED, note=note, error="file_unavailable")
            raise Refused(end) from error
        except NotPermitted as error:
            note = notices_files.files_not_permitted(self._turn.id, error.permission)
            end = Conclusion(Outcome.REFUSED, note=note, error="file_not_permitted")
            raise Refused(end) from error
