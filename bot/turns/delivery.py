"""Show what is stored: the answer or the notice, and where neither can be, say why elsewhere."""

from __future__ import annotations

from dataclasses import replace

import structlog

from bot import notices_delivery, notices_pictures
from bot.domain import Outcome, Turn, TurnKind
from bot.errors import Forbidden, Gone, PlatformRefused, StoreError, Throttled, TooBig
from bot.events import Post
from bot.ports import Part, PartState, Purpose
from bot.turns import divisions
from bot.turns.calls import THREAD_GONE, is_taken_away
from bot.turns.gallery import Gallery
from bot.turns.outbox import Outbox
from bot.turns.parts import divide, file_words, final_buttons
from bot.turns.reply import Reply
from bot.turns.search import ALONE
from bot.turns.services import Services

log = structlog.get_logger(__name__)

# Of these kinds the turn takes the place of another, whose last message says so.
REPLACING = frozenset({TurnKind.RETRY, TurnKind.REGENERATE})
# A direct channel: there is nobody else to tell, and nowhere else.
DIRECT = "@me"


class Delivery:
    """Bring one concluded turn before people's eyes."""

    def __init__(self, turn: Turn, services: Services, outbox: Outbox, reply: Reply) -> None:
        self._turn = turn
        self._services = services
        self._platform = services.platforms[turn.thread.platform]
        self._outbox = outbox
        self._reply = reply

    async def go(self) -> Outcome:
        """Show the result, and return what the turn comes to by that.

        Raises `Throttled` and `PlatformUnknown` when the platform did not answer in the end:
        what is stored stays to be shown.
        """
        outcome = self._turn.outcome
        if outcome is None:
            raise StoreError("A turn that is being delivered has no outcome.")
        said = self._turn.answer and self._outbox.is_begun(Purpose.NOTICE, 0)
        if said or self._outbox.is_begun(*ALONE):
            # An earlier owner had begun to say that it cannot be shown; that stands.
            return await self._give_up(PlatformRefused(), outcome)
        try:
            outcome = await self._show(outcome)
        except Throttled:
            raise
        except PlatformRefused as error:
            return await self._give_up(error, outcome)
        # An earlier owner may have wanted to say, here or to a person alone, that it cannot be.
        for failed in ((Purpose.NOTICE, 0), ALONE):
            if not self._outbox.is_sent(*failed):
                await self._outbox.withdraw_ornament(*failed)
        if outcome is not Outcome.CANCELLED:
            await self._mark_replaced()
        return outcome

    async def _show(self, outcome: Outcome) -> Outcome:
        reply, turn = self._reply, self._turn
        match outcome:
            case Outcome.ANSWERED if turn.edit is not None:
                return await self._show_picture()
            case Outcome.ANSWERED:
                await reply.settle(turn)
            case Outcome.STOPPED if turn.answer:
                await reply.settle(turn)
            case Outcome.CANCELLED:
                await reply.withdraw(turn)
            case _:
                await reply.notice(turn)
        return outcome

    async def _show_picture(self) -> Outcome:
        """Post the turn's picture, smaller where the platform finds its file too big."""
        if self._outbox.is_sent(Purpose.PICTURE, 0):
            await self._reply.show_picture(Post("", gallery=True))
            return Outcome.ANSWERED
        gallery = Gallery(self._turn, self._services, self._platform.limits)
        refused: PlatformRefused = TooBig()
        for size in gallery.sizes:
            post = await gallery.build(size)
            if post is None:
                return await self._say_lost()
            try:
                await self._reply.show_picture(post)
                return Outcome.ANSWERED
            except TooBig as error:
                log.warning("picture too big", most=size, error=str(error))
                refused = error
        raise refused

    async def _say_lost(self) -> Outcome:
        """Say that the picture is not kept any more, unless an earlier owner posted it."""
        await self._outbox.clear_doubts()
        if self._outbox.is_sent(Purpose.PICTURE, 0):
            await self._reply.show_picture(Post("", gallery=True))
            return Outcome.ANSWERED
        turn = self._turn
        made = turn.edit is not None and turn.edit.shows is None
        lost = notices_pictures.lost(turn.id, charged=made)
        await self._reply.notice(replace(turn, answer="", note=lost))
        return Outcome.UNDELIVERABLE

    # --- where it cannot be shown -----------------------------------------------------------

    async def _give_up(self, error: PlatformRefused, outcome: Outcome) -> Outcome:
        """Say what became of it; no message of the answer is left in doubt by that."""
        outcome = await self._fall_back(error, outcome)
        await self._outbox.clear_doubts()
        return outcome

    async def _fall_back(self, error: PlatformRefused, outcome: Outcome) -> Outcome:
        """Say that the answer could not be shown: where it would stand if that place takes
        other words, else in the parent channel, else to the person alone, else in the log.
        """
        if outcome is Outcome.CANCELLED or is_taken_away(error):
            await self._outbox.drop_unsent()
            # With the whole thread its question went as well, and where nothing stands yet it
            # is the question that went.
            is_asked = error.code != THREAD_GONE and self._outbox.stands
            return outcome if is_asked else Outcome.CANCELLED
        turn = self._turn
        lost = replace(turn, outcome=Outcome.UNDELIVERABLE)
        post = Post(
            self._say_why(error),
            # In a thread that is closed or gone nothing helps but asking anew.
            () if isinstance(error, Gone) else final_buttons(lost),
        )
        log.error("answer not deliverable", error=str(error), code=error.code)
        told_alone = self._outbox.is_begun(*ALONE)
        if not told_alone and await self._say_in_place(error, replace(lost, note=post.text)):
            return Outcome.UNDELIVERABLE
        try:
            if told_alone:
                raise error
            await self._say_above(error, post)
        except Throttled:
            raise
        except PlatformRefused as second:
            log.error("notice not deliverable", error=str(second), code=second.code)
            await self._tell_alone(second)
        await self._outbox.dismiss_placeholder()
        return Outcome.UNDELIVERABLE

    def _say_why(self, error: PlatformRefused) -> str:
        """Say why the answer, or the picture, could not be posted."""
        turn = self._turn
        if (
            self._is_picture
            and not isinstance(error, Gone)
            and error.code != notices_delivery.AUTOMOD
        ):
            return notices_pictures.unpostable(turn, error)
        return notices_delivery.undeliverable(turn, error)

    @property
    def _is_picture(self) -> bool:
        """Tell whether what is to be shown is a picture."""
        return self._turn.edit is not None and bool(self._turn.answer)

    async def _say_above(self, error: PlatformRefused, post: Post) -> None:
        """Say it in the parent channel, or wherever an earlier owner had begun to say it.

        Raises `PlatformRefused`; at once where everything is said in threads.
        """
        if self._outbox.is_sent(Purpose.NOTICE, 0):
            return
        place = self._turn.thread.channel
        if self._platform.limits.always_threads:
            begun = self._outbox.place(Purpose.NOTICE, 0)
            if begun is None:
                raise error
            place = begun
        await self._outbox.show(Purpose.NOTICE, 0, place, post)

    async def _say_in_place(self, error: PlatformRefused, lost: Turn) -> bool:
        """Say it where the answer would stand, if only its words, or its pictures, were refused;
        tell whether.
        """
        # Where no files may be posted, words still may.
        shut = isinstance(error, Gone) or (isinstance(error, Forbidden) and not self._is_picture)
        if shut or self._outbox.is_begun(Purpose.NOTICE, 0):
            return False
        try:
            await self._reply.notice(lost)
        except Throttled:
            raise
        except PlatformRefused as second:
            log.error("notice not deliverable in its place", error=str(second), code=second.code)
            return False
        return True

    async def _tell_alone(self, error: PlatformRefused) -> None:
        """Write to the person who asked, and where they did if a command lets it: alone.

        If they take no messages, only the log knows.
        """
        turn = self._turn
        if turn.thread.workspace == DIRECT:
            return
        words = notices_delivery.undeliverable_alone(turn, error)
        if not self._outbox.is_begun(*ALONE):
            # Whoever typed a command looks there, and may take no messages.
            await self._outbox.errands.whisper(words)
        try:
            await self._outbox.tell(turn.author.id, Post(words))
        except Throttled:
            raise
        except PlatformRefused as third:
            log.error("nobody could be told", error=str(third), code=third.code)

    # --- the turn that this one takes the place of ---------------------------------------------

    async def _mark_replaced(self) -> None:
        """Take the buttons from what this answer replaces, and say so there.

        Only an ornament: done again it changes nothing, and not done it harms nobody.
        """
        turn, store = self._turn, self._services.store
        late_of = turn.edit.late_of if turn.edit is not None else ""
        about = turn.about if turn.kind in REPLACING else late_of
        if not about:
            return
        try:
            old = await store.read(about)
            parts = await store.parts(about)
            last = _find_last(parts)
            text = await self._words(old, parts, last) if old and last else None
        except StoreError as error:
            log.warning("replaced answer not read", error=str(error))
            return
        if last is None or last.message is None or text is None:
            return
        mark = notices_delivery.superseded(turn.kind is TurnKind.REGENERATE)
        mark = notices_pictures.CAME_LATE if about == late_of else mark
        limits = self._platform.limits
        text = notices_delivery.sent_again(text) if last.again else text
        marked = f"{text}\n{mark}"
        fits = limits.length(marked) <= limits.text
        await self._outbox.errands.retouch(last.place, last.message, Post(marked if fits else text))

    async def _words(self, old: Turn, parts: list[Part], last: Part) -> str | None:
        """Return what a turn's last message says; None if that is not known any more."""
        limits = self._platform.limits
        division = await divisions.recall(self._services.store, old, limits)
        if last.purpose is Purpose.FILE:
            return division.instead or file_words(old)
        if old.outcome is Outcome.UNDELIVERABLE:
            return notices_delivery.UNDELIVERABLE_BEFORE
        if not old.answer:
            return old.note or None
        pieces, _ = divide(old, limits, division)
        count = sum(1 for part in parts if part.purpose is Purpose.ANSWER)
        return pieces[-1].shown if len(pieces) == count else None


def _find_last(parts: list[Part]) -> Part | None:
    """Return the message of a turn that has its buttons."""
    order = (Purpose.ANSWER, Purpose.FILE, Purpose.NOTICE)
    shown = [
        part
        for part in parts
        if part.state is PartState.SENT
        and part.purpose in order
        and (part.purpose, part.index) != ALONE
    ]
    return max(shown, key=lambda part: (order.index(part.purpose), part.index), default=None)
