"""A growing answer, shown: a view of the turn, never its record.

The backend appends to a buffer and nothing else. One writer shows the newest whole text as
fast as the platform's budget allows; the exact final text always comes last.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace

import structlog

from bot import notices, notices_delivery
from bot.domain import Turn
from bot.errors import PlatformRefused, Throttled, TooLong
from bot.events import File, Post
from bot.pacing import Budget
from bot.ports import Purpose
from bot.splitting import Splitter
from bot.text import clean_output
from bot.turns import divisions
from bot.turns.divisions import Division
from bot.turns.growth import Grown, Growth
from bot.turns.outbox import Outbox
from bot.turns.parts import divide, file_words, final_buttons, lead, visible
from bot.turns.services import Services
from bot.turns.signs import Signs

log = structlog.get_logger(__name__)


class Reply:
    """Show one turn's answer or notice.

    `open_place` returns where to post; it is awaited once, before the first message.
    """

    def __init__(
        self,
        turn: Turn,
        services: Services,
        outbox: Outbox,
        open_place: Callable[[], Awaitable[str]],
    ) -> None:
        self._turn = turn
        self._services = services
        self._outbox = outbox
        self._open_place = open_place
        self._limits = services.platforms[turn.thread.platform].limits
        self._signs = Signs(turn, services, services.platforms[turn.thread.platform], outbox)
        self._pieces: list[str] = []
        self._text = ""
        self._dirty = asyncio.Event()
        self._closed = asyncio.Event()
        self._place: str | None = None
        self._growth = Growth(self._limits)
        self.first_shown_at: float | None = None

    # --- while the model writes -----------------------------------------------------------

    def append(self, text: str) -> None:
        """Take more text. Called for every token, so it does nothing else."""
        self._pieces.append(text)
        if not self._dirty.is_set():
            self._dirty.set()

    @property
    def text(self) -> str:
        """Return the whole text so far."""
        if self._pieces:
            self._text += "".join(self._pieces)
            self._pieces.clear()
        return self._text

    def report(self, what: str, usual_seconds: int = 0, *, at_once: bool = False) -> None:
        """Show, as long as there is no text, what is being done and for how long."""
        if self._signs.report(what, usual_seconds) and at_once:
            self._dirty.set()

    def close(self) -> None:
        """Ask the writer to end after the call that it is making, without another try."""
        self._closed.set()
        self._dirty.set()
        self._outbox.hurry()

    async def stream(self) -> None:
        """Show the text as it grows, until `close`.

        Raises `PlatformError` when it cannot be shown any more; then nobody reads it.
        """
        await self._outbox.prepare(Purpose.ANSWER, 0, await self._ensure_place())
        await self._give_first_sign()
        while not self._closed.is_set():
            await self._changed()
            is_call = bool(self.text) or self._signs.takes_message
            if is_call and not await self._pace(urgent=self._is_first):
                return
            self._dirty.clear()
            await self._show_growing()

    async def _give_first_sign(self) -> None:
        """Say that the bot works, unless there is text soon enough."""
        signs = self._signs
        if self._turn.attempt > 1 and self._outbox.is_sent(Purpose.ANSWER, 0):
            await self._give(notices.STATUS_AGAIN, late=False)
            return
        for number, wait in enumerate(signs.waits):
            if wait and await self._within(self._dirty, wait):
                return
            await self._give(notices.STATUS, late=number > 0)

    async def _give(self, words: str, *, late: bool) -> None:
        """Give a sign of life, which in a message needs the budget's leave."""
        if self._signs.takes_message and not await self._pace(urgent=True):
            return
        if not self._closed.is_set():
            await self._signs.give(words, late=late)

    async def _changed(self) -> None:
        """Wait for more text, or for the time to say that there is none yet."""
        again = self._signs.again_after_seconds
        if again is None or self.first_shown_at is not None:
            await self._dirty.wait()
        else:
            await self._within(self._dirty, again)

    @property
    def _is_first(self) -> bool:
        """Tell whether what is shown next is a sign of life or the first text."""
        if self.first_shown_at is not None:
            return False
        return bool(self.text) or not self._outbox.is_begun(Purpose.ANSWER, 0)

    async def _show_growing(self) -> None:
        written = clean_output(self.text, final=False)
        if written.strip():
            try:
                await self._show_parts(lead(self._turn, self._limits) + written)
            except TooLong:
                if not self._growth.make_smaller():
                    raise
                log.warning("parts made smaller", size=self._growth.sizes[0])
                self._dirty.set()
            return
        is_waiting = self.first_shown_at is None and not self._closed.is_set()
        if is_waiting and self._signs.again_after_seconds is not None:
            await self._signs.repeat()

    async def _show_parts(self, text: str) -> None:
        clock = self._services.clock
        is_paced = True
        for part in self._growth.plan(text, clock.monotonic()):
            post = self._word(part)
            if not self._outbox.shows(Purpose.ANSWER, part.index, post):
                if not is_paced and not await self._pace(urgent=False):
                    return
                is_paced = False
                await self._outbox.show(
                    Purpose.ANSWER, part.index, await self._ensure_place(), post
                )
            self._growth.showed(part, clock.monotonic())
            if self.first_shown_at is None:
                self.first_shown_at = clock.monotonic()
            await self._signs.give_way()
            if self._closed.is_set():
                return

    def _word(self, part: Grown) -> Post:
        buttons = self._signs.buttons if part.is_last else ()
        return Post(part.piece.shown, buttons, growing=part.piece.growing if part.grows else None)

    async def pause(self) -> None:
        """Say, where nothing but a placeholder stands yet, that the bot restarts."""
        if self._place is None or self.first_shown_at is not None:
            return
        if self._signs.takes_message and self._outbox.is_sent(Purpose.ANSWER, 0):
            post = Post(notices.STATUS_RESTARTING, ())
            await self._outbox.show(Purpose.ANSWER, 0, self._place, post)
        else:
            await self._signs.pause()

    # --- when the result is stored ----------------------------------------------------------

    async def settle(self, turn: Turn) -> None:
        """Show exactly what was stored: the answer, its note and its buttons.

        A text that the platform finds too long (its limit may have changed) is split again,
        smaller; in the end it goes as a file.
        """
        place = await self._ensure_place()
        begun = self._outbox.is_begun(Purpose.FILE, 0)
        instead = await divisions.recall_instead(self._services.store, turn) if begun else ""
        cuts = self._growth.cuts
        *_, smallest = ways = [Division(size, cuts, instead) for size in self._growth.sizes]
        for division in ways:
            try:
                await self._settle_parts(turn, place, division)
                return
            except TooLong:
                continue
        await self._settle_file(turn, place, 0, smallest)

    async def _settle_parts(self, turn: Turn, place: str, division: Division) -> None:
        parts, in_file = divide(turn, self._limits, division)
        if len(parts) > 1 or in_file:
            await divisions.keep(self._services.store, turn, division, self._limits)
        for index, piece in enumerate(parts):
            last = index == len(parts) - 1 and not in_file
            post = Post(piece.shown, final_buttons(turn) if last else ())
            if not self._outbox.shows(Purpose.ANSWER, index, post):
                await self._pace(urgent=True)
                await self._outbox.show(Purpose.ANSWER, index, place, post)
        for index in range(self._outbox.count(Purpose.ANSWER) - 1, len(parts) - 1, -1):
            await self._outbox.withdraw(Purpose.ANSWER, index)
        if in_file:
            await self._settle_file(turn, place, len(parts), division)
        else:
            # Where the parts of an earlier owner ended elsewhere, one may have been needed.
            await self._outbox.withdraw(Purpose.FILE, 0)

    async def show_picture(self, post: Post) -> None:
        """Post pictures, once, and take away what stood for them.

        What stands for them may be known to nobody, and would be found in their place: so that is
        found out first.
        """
        await self._outbox.settle_card()
        place = await self._ensure_place()
        if self._outbox.is_unclear(Purpose.ANSWER, 0):
            await self._outbox.withdraw(Purpose.ANSWER, 0)
        if not self._outbox.is_sent(Purpose.PICTURE, 0):
            await self._pace(urgent=True)
            await self._outbox.show(Purpose.PICTURE, 0, place, post)
        for index in range(self._outbox.count(Purpose.ANSWER) - 1, -1, -1):
            await self._outbox.withdraw_ornament(Purpose.ANSWER, index)
        await self._outbox.dismiss_placeholder()

    async def _settle_file(self, turn: Turn, place: str, after: int, division: Division) -> None:
        """Post the whole answer as a file, below the parts that are shown.

        Where an earlier owner had begun to say why there is none, that stands.
        """
        for index in range(self._outbox.count(Purpose.ANSWER) - 1, after - 1, -1):
            await self._outbox.withdraw(Purpose.ANSWER, index)
        if self._outbox.is_sent(Purpose.FILE, 0):
            return
        file = File("answer.md", clean_output(turn.answer).encode(), "The whole answer")
        post = Post(file_words(turn), final_buttons(turn), files=(file,))
        await self._pace(urgent=True)
        why = division.instead
        if not why:
            try:
                await self._outbox.show(Purpose.FILE, 0, place, post)
                return
            except Throttled:
                raise
            except PlatformRefused as error:
                # What is above stands there; that it is not all must be said in the same place.
                why = notices_delivery.file_refused(len(turn.answer), error)
        said = replace(division, instead=why)
        await divisions.keep(self._services.store, turn, said, self._limits)
        await self._outbox.show(Purpose.FILE, 0, place, replace(post, text=why, files=()))

    async def notice(self, turn: Turn) -> None:
        """Show a notice in place of the answer: over its placeholder, if one is there."""
        await self._outbox.settle_card()
        place = await self._ensure_place()
        post = Post(turn.note, final_buttons(turn))
        # One that was begun elsewhere (in the parent channel) stays the only one.
        begun = self._outbox.is_begun(Purpose.NOTICE, 0)
        over = self._outbox.is_begun(Purpose.ANSWER, 0) and not begun
        card = self._outbox.is_begun(Purpose.QUESTION, 0)
        placeholder = turn.interaction is not None and not begun and not card
        purpose = Purpose.ANSWER if over or placeholder else Purpose.NOTICE
        for index in range(self._outbox.count(Purpose.ANSWER) - 1, 0 if over else -1, -1):
            await self._outbox.withdraw(Purpose.ANSWER, index)
        if purpose is Purpose.NOTICE:
            await self._outbox.dismiss_placeholder()
        await self._pace(urgent=True)
        await self._outbox.show(purpose, 0, place, post)

    async def withdraw(self, turn: Turn) -> None:
        """Close a cancelled turn: a placeholder goes, text that was shown stays as it is."""
        await self._outbox.settle_card()
        # First of all, so that whoever takes over decides alike.
        await self._outbox.clear_doubts()
        begun = self._outbox.count(Purpose.ANSWER)
        place = await self._ensure_place() if begun else ""
        splitter = Splitter(self._growth.sizes[0], self._limits.length, self._growth.cuts)
        before = lead(turn, self._limits)
        splitter.feed(before + clean_output(turn.answer) if turn.answer else "")
        parts, _ = visible(splitter.pieces)
        for index in range(begun - 1, -1, -1):
            if index < len(parts) and self._outbox.is_sent(Purpose.ANSWER, index):
                post = Post(parts[index].shown, ())
                await self._pace(urgent=True)
                await self._outbox.show(Purpose.ANSWER, index, place, post)
            else:
                await self._outbox.withdraw(Purpose.ANSWER, index)
        await self._outbox.dismiss_placeholder()

    async def clear(self) -> None:
        """Take away what was to be there only while the answer was not."""
        await self._signs.close()

    # --- the same for all -----------------------------------------------------------------

    async def _ensure_place(self) -> str:
        if self._place is None:
            self._place = await self._open_place()
            self._budget.join(self._place)
            self._signs.open(self._place)
            await self._outbox.choose_placeholder(self._place)
        return self._place

    def leave(self) -> None:
        """Give the place's share of the budget back."""
        if self._place is not None:
            self._budget.leave(self._place)

    @property
    def _budget(self) -> Budget:
        return self._services.budgets[self._turn.thread.platform]

    async def _pace(self, urgent: bool) -> bool:
        """Wait for the budget; return False when the reply was closed meanwhile.

        The final text (after `close`) waits too, but nothing can cut that wait short.
        """
        while True:
            wait = self._outbox.wait_seconds(await self._ensure_place(), urgent)
            if self._closed.is_set() and not urgent:
                return False
            if wait <= 0:
                return True
            if self._closed.is_set():
                await self._services.clock.sleep(wait)
            else:
                await self._within(self._closed, wait)

    async def _within(self, event: asyncio.Event, seconds: float) -> bool:
        """Wait for an event at most so long; tell whether it came."""
        try:
            async with asyncio.timeout(seconds):
                await event.wait()
        except TimeoutError:
            return False
        return True
