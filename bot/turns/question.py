"""What one turn asks: the conversation up to its question, and what came along with it.

It fits itself to a model, and knows what had to be left out for that.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import structlog
from msgspec import structs

from bot import choices, context, notices, notices_files, notices_notes
from bot.context import Context
from bot.domain import ChatMessage, Model, Outcome, Picture, Quote, Role, StoredFile, Turn, TurnKind
from bot.faults import transition
from bot.ports import Conclusion
from bot.turns import inputs
from bot.turns.inputs import Inputs, NotPermitted, Unavailable
from bot.turns.reply import Reply
from bot.turns.services import Services

log = structlog.get_logger(__name__)

# The window holds far fewer; this only bounds what is read.
MOST_HISTORY = 400
# Twice what is usual: no estimate is corrected by more.
MOST_CHARACTERS_PER_TOKEN = 8
# To count the tokens of so many characters takes some 5 ms.
MOST_COUNTED_AT_ONCE = 16_000
# Of an answer to go on from, its end is enough to know where that was.
MOST_RECALLED = 2_000
REPEATS = frozenset({TurnKind.RETRY, TurnKind.REGENERATE})


class Question:
    """A turn's question with its conversation. `read` it before anything else.

    `notes` say what was left out or changed, whatever model it is put to.
    """

    def __init__(self, turn: Turn, services: Services, reply: Reply) -> None:
        self._turn = turn
        self._services = services
        self._reply = reply
        self._inputs = Inputs(turn, services)
        self._history: list[ChatMessage] = []
        self._cut = 0
        self.notes: list[str] = []

    async def overhear(self) -> None:
        """Read somebody else's thread, where the question stands in one."""
        if self._turn.overhears:
            self._reply.report(notices.READING_THREAD)
            if note := await self._inputs.overhear():
                self.notes.append(note)

    async def read(self) -> None:
        """Read the conversation."""
        characters = self._services.context_tokens * MOST_CHARACTERS_PER_TOKEN
        store = self._services.store
        self._history = await store.history(self._turn, MOST_HISTORY, characters)
        answer = await self._goes_on_from()
        if answer and not _says(self._history[-2:-1], answer):
            # More was said since, or the conversation began afresh: it would go on from that.
            quote = Quote("You", answer[-MOST_RECALLED:])
            self._history[-1] = structs.replace(self._history[-1], quote=quote)

    async def _goes_on_from(self) -> str:
        """Return the answer that this turn is to go on from, "" if it asks something else."""
        turn: Turn | None = self._turn
        while turn is not None and turn.kind in REPEATS:
            turn = await self._services.store.read(turn.about)
        if turn is None or turn.kind is not TurnKind.CONTINUE:
            return ""
        old = await self._services.store.read(turn.about)
        return old.answer if old is not None else ""

    async def bring_in(self, model: Model) -> Conclusion | None:
        """Read what files it has, or say why it is refused for them."""
        if not any(message.files for message in self._history):
            return None
        self._reply.report(notices.READING_FILES)
        try:
            self._history = await self._inputs.read_files(model, self._history)
        except Unavailable as error:
            note = notices_files.file_unavailable(self._turn.id, error.name)
            return Conclusion(Outcome.FAILED, note=note, error="file_unavailable")
        except NotPermitted as error:
            note = notices_files.files_not_permitted(self._turn.id, error.permission)
            return Conclusion(Outcome.REFUSED, note=note, error="file_not_permitted")
        self._reply.report(notices.THINKING)
        question = self._history[-1]
        self.notes += inputs.note_files(question)
        return inputs.refuse(self._turn, question)

    async def fit(self, model: Model, persona: str, bound: int = context.NO_BUDGET) -> Context:
        """Return what of it goes to a model, where no model counts more than `bound` of it.

        The question itself always goes. Counting much text does not hold the event loop.
        """
        build = partial(
            context.build,
            model,
            persona,
            tuple(self._history),
            self._services.estimates.of(model.id),
            budget=self._services.context_tokens,
            bound=bound,
            max_tokens=self._turn.options.max_tokens,
        )
        if sum(map(_count_characters, self._history)) <= MOST_COUNTED_AT_ONCE:
            return build()
        return await asyncio.to_thread(build)

    async def load(self, fitted: Context) -> tuple[ChatMessage, ...]:
        """Return the messages with the bytes of their pictures."""
        if not fitted.pictures:
            return fitted.messages
        messages: list[ChatMessage] = []
        for message in fitted.messages:
            pictures: list[Picture] = []
            for file in message.files:
                data = await self._services.blobs.get(file.blob)
                if data is None:
                    log.error("picture is not kept", blob=file.blob)
                else:
                    pictures.append(Picture(data, file.mime))
            messages.append(structs.replace(message, files=(), pictures=tuple(pictures)))
        return tuple(messages)

    # --- less of it -------------------------------------------------------------------------

    def cut(self, fitted: Context, count: int) -> None:
        """Leave out the oldest of the messages that were sent."""
        self._cut += fitted.dropped + count
        self._history = self._history[-(fitted.kept - count) :]

    async def exclude_pictures(self, fitted: Context) -> bool:
        """Leave earlier pictures out, of every later question too; tell whether there were any."""
        position = self._history[-1].position
        old = {(each.position, each.n) for each in fitted.pictures if each.position != position}
        for number, message in enumerate(self._history):
            if any((file.position, file.n) in old for file in message.files):
                files = [await self._exclude(file, old) for file in message.files]
                self._history[number] = structs.replace(message, files=tuple(files))
        if old:
            self.notes.append(notices_notes.pictures_excluded(len(old)))
        return bool(old)

    async def _exclude(self, file: StoredFile, old: set[tuple[int, int]]) -> StoredFile:
        if (file.position, file.n) not in old:
            return file
        excluded = replace(file, excluded=True)
        await transition("put_file", self._services.store.put_file(self._turn, excluded))
        return excluded

    # --- what is said of it -------------------------------------------------------------------

    def list_notes(self, model: Model, fitted: Context) -> list[str]:
        """Return the notes on what was sent to a model."""
        options = self._turn.options
        notes = list(self.notes)
        if fitted.dropped or self._cut or len(self._history) >= MOST_HISTORY:
            notes.append(notices_notes.kept_messages(fitted.kept))
        if fitted.unseen:
            notes.append(notices_notes.pictures_unseen(fitted.unseen, model.pictures, model.id))
        if fitted.unseen_before:
            notes.append(notices_notes.pictures_unseen_before(fitted.unseen_before, model.pictures))
        if options.max_tokens and options.max_tokens > fitted.max_output_tokens:
            notes.append(notices_notes.output_cut(fitted.max_output_tokens))
        effort = choices.fit_effort(model, options.effort)
        if options.effort and effort != options.effort:
            notes.append(notices_notes.effort_changed(options.effort, effort, model.id))
        return notes


def _says(messages: Sequence[ChatMessage], answer: str) -> bool:
    return any(each.role is Role.ASSISTANT and each.text == answer for each in messages)


def _count_characters(message: ChatMessage) -> int:
    return len(message.text) + sum(len(file.text) for file in message.files)
