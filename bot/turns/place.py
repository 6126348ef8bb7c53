"""Where a turn's messages go: its thread, started where there is none yet."""

from __future__ import annotations

from dataclasses import replace

from bot import edits, notices_delivery
from bot.domain import ChatMessage, Turn, TurnKind
from bot.events import TOO_MANY, UNREADABLE, Post
from bot.faults import transition
from bot.ports import PartState, Purpose
from bot.text import FALLBACK_TITLE, is_blank, title
from bot.turns.outbox import Outbox
from bot.turns.services import Services

# Turns that end before a model is asked: nothing could have been shown, or nothing was asked.
NOT_PERMITTED = "not_permitted"
NO_QUESTION = "no_question"
NO_IMAGE_MODEL = "no_image_model"
EDITED = "edited"
EDITED_PICTURE = "edited_picture"
# Who is only told why there is no answer gets no thread for that.
TOLD_IN_CHANNEL = frozenset(
    {
        NOT_PERMITTED,
        NO_QUESTION,
        NO_IMAGE_MODEL,
        EDITED,
        EDITED_PICTURE,
        TOO_MANY,
        UNREADABLE,
    }
)
# Turns made of each other by buttons: further than this nobody looks for the first.
MOST_REPEATS = 50


class Place:
    """Find out, and make, where one turn is answered.

    `refused` is why it is not put to a model, if it is not.
    """

    def __init__(self, turn: Turn, services: Services, outbox: Outbox) -> None:
        self._turn = turn
        self._services = services
        self._outbox = outbox
        self.refused = turn.error
        self._question: ChatMessage | None = None

    async def open(self) -> str:
        """Return where this turn's messages go, starting the thread if it has none yet."""
        turn = self._turn
        if not turn.opens_thread:
            return turn.place or turn.thread.thread
        threads = self._services.platforms[turn.thread.platform].limits.always_threads
        elsewhere = self.refused == NOT_PERMITTED and not threads
        if turn.place not in (None, turn.thread.channel) and not elsewhere:
            return turn.place
        first = await self._find_first()
        by_command = first.kind is TurnKind.ASK
        if by_command:
            self._outbox.anchor = await self._find_card(first)
        if turn.place is not None or (self.refused in TOLD_IN_CHANNEL and not threads):
            return turn.thread.channel
        thread = turn.thread
        if by_command:
            card = self._outbox.anchor or await self._show_card()
            self._outbox.anchor = card
            thread = replace(thread, thread=card)
        place = await self._outbox.errands.open_thread(thread, await self._name())
        await transition("set_place", self._services.store.set_place(turn, place))
        return place

    async def read_question(self) -> ChatMessage | None:
        """Return the question with what came along with its words."""
        if self._question is None:
            history = await self._services.store.history(self._turn, 1)
            self._question = history[-1] if history else None
        return self._question

    async def _find_first(self) -> Turn:
        """Return the turn that this one was made of by buttons, which may be itself."""
        turn = self._turn
        for _ in range(MOST_REPEATS):
            before = await self._services.store.read(turn.about) if turn.about else None
            if before is None:
                break
            turn = before
        return turn

    async def _find_card(self, first: Turn) -> str | None:
        """Return the message that shows what was asked by command, if it is there."""
        if first.id == self._turn.id:
            return self._outbox.message(Purpose.QUESTION, 0)
        for part in await self._services.store.parts(first.id):
            if part.purpose is Purpose.QUESTION and part.state is PartState.SENT:
                return part.message
        return self._outbox.message(Purpose.QUESTION, 0)

    async def _show_card(self) -> str:
        turn = self._turn
        files = _name_files(await self.read_question())
        words = notices_delivery.question_card(turn.author.name, turn.prompt, files)
        await self._outbox.show(Purpose.QUESTION, 0, turn.thread.channel, Post(words))
        return self._outbox.message(Purpose.QUESTION, 0) or turn.thread.thread

    async def _name(self) -> str:
        """Name the thread by the question, else by what came with it."""
        prompt = self._turn.prompt if self._turn.edit is None else edits.strip(self._turn.prompt)
        if (name := title(prompt)) != FALLBACK_TITLE:
            return name
        question = await self.read_question()
        quoted = question.quote.text if question and question.quote else ""
        for words in (quoted, *_name_files(question)):
            if not is_blank(words) and (name := title(words)) != FALLBACK_TITLE:
                return name
        return FALLBACK_TITLE


def _name_files(question: ChatMessage | None) -> list[str]:
    return [file.attachment.name for file in question.files] if question else []
