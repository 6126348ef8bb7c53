"""Signs of life of an answer that has no text yet, and the Stop button of one that grows.

How they are shown is the platform's manner: in the message that the answer then takes the place
of, or beside the thread; and Stop under that message, on one of its own, or by the platform.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from bot import notices, notices_pictures
from bot.domain import Turn
from bot.events import Button, Post
from bot.ports import Manner, Platform, Purpose
from bot.turns.outbox import Outbox
from bot.turns.services import Services

# A message of its own is worth no less waiting: most answers begin before it.
MESSAGE_AFTER_SECONDS = 2.0
STATUS_AFTER_SECONDS = 0.5
# One that counts the seconds is shown anew this often: it says no more for being newer.
PROGRESS_SECONDS = 5.0
# A platform forgets a status that is not repeated: Slack's lasts two minutes.
REPEAT_SECONDS = 60.0
# So soon it is known whether the platform's own Stop is really there.
SURE_SECONDS = 2.0
SETTLE_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class _Progress:
    """What is being done that has no text to show yet, since when, and its usual time."""

    what: str
    since: float
    usual_seconds: int


class Signs:
    """Give one turn's signs of life. `open` it at its place before anything else."""

    def __init__(self, turn: Turn, services: Services, platform: Platform, outbox: Outbox) -> None:
        self._turn = turn
        self._services = services
        self._platform = platform
        self._outbox = outbox
        self._place = ""
        self._manner = Manner()
        self._progress: _Progress | None = None
        self._stands_for_text = False
        # A status was turned away: until there is text, all is said in a message.
        self._has_no_status = False
        self._may_stand_alone = True
        self._words = notices.STATUS
        edits = turn.edit is not None
        self._stop_words = notices_pictures.STOP_HERE if edits else notices.STOP_HERE
        self._since = 0.0
        self._shown_at = 0.0

    def open(self, place: str) -> None:
        """Know where, and thereby how, the answer is shown."""
        self._since = self._shown_at = self._services.clock.monotonic()
        self._place = place
        self._manner = self._platform.manner(place, self._turn.author.id)
        self._choose_stop()

    def _choose_stop(self) -> None:
        """Know whose Stop there is at this moment: exactly one of both."""
        own_stop = self._platform.manner(self._place).own_stop
        # The platform's is there while it shows that the bot works: without that, ours is.
        self._manner = replace(self._manner, own_stop=own_stop and self._has_status)

    @property
    def _has_status(self) -> bool:
        """Tell whether what is being done is shown beside the messages."""
        return self._manner.status and not self._has_no_status

    def _heed_status(self) -> None:
        """Do without a status that was turned away: what stands there would only grow old."""
        if not (self._has_status and self._outbox.status.was_turned_away):
            return
        manner = self._platform.manner(self._place)
        if self._progress is None and manner.status and manner.own_stop:
            # As much as there is to say the platform says with its Stop.
            return
        self._has_no_status = True
        self._outbox.status.hide()

    # --- what there is to say ----------------------------------------------------------------

    def report(self, what: str, usual_seconds: int) -> bool:
        """Say from now on what is being done; tell whether that is new."""
        if self._progress is not None and self._progress.what == what:
            return False
        since = self._services.clock.monotonic()
        self._progress = _Progress(what, since, usual_seconds)
        return True

    @property
    def words(self) -> str:
        """Return what is being done, and for how long; what was said last if nobody tells."""
        progress = self._progress
        if progress is None:
            return self._words
        seconds = int(self._services.clock.monotonic() - progress.since)
        return notices.progress(progress.what, seconds, progress.usual_seconds)

    @property
    def again_after_seconds(self) -> float | None:
        """Return when there is something to say again though nothing happened."""
        if self._progress is not None:
            return PROGRESS_SECONDS
        if self._manner.own_stop and self._services.clock.monotonic() - self._since < SURE_SECONDS:
            return SURE_SECONDS
        return REPEAT_SECONDS if self._has_status and not self._stands_for_text else None

    # --- how it is shown ---------------------------------------------------------------------

    @property
    def waits(self) -> tuple[float, ...]:
        """Return how long to wait before each sign: beside the messages, and in one."""
        if not self._manner.status:
            return (MESSAGE_AFTER_SECONDS,)
        # A platform's own Stop is there as long as it knows that the bot works.
        soon = 0.0 if self._manner.own_stop else STATUS_AFTER_SECONDS
        return (soon, MESSAGE_AFTER_SECONDS - soon) if self.takes_message else (soon,)

    @property
    def takes_message(self) -> bool:
        """Tell whether a sign is shown, or could be, in the message of the answer."""
        return not self._manner.bare and not (self._has_status and self._manner.own_stop)

    @property
    def buttons(self) -> tuple[Button, ...]:
        """Return the buttons of a message that grows."""
        if self._manner.bare or self._manner.own_stop:
            return ()
        return (notices.stop_button(self._turn.id),)

    async def give(self, words: str, *, late: bool) -> None:
        """Give a sign; `late`: the answer waits so long that its message is begun without it."""
        self._words = words
        self._heed_status()
        self._choose_stop()
        if self.takes_message and (late or not self._has_status):
            await self._stand_in()
        else:
            await self._give_beside()

    async def repeat(self) -> None:
        """Say what is being done now."""
        waited = self._services.clock.monotonic() - self._since
        late = self._stands_for_text or waited >= MESSAGE_AFTER_SECONDS
        await self.give(self._words, late=late)

    async def _stand_in(self) -> None:
        """Give it in the message that the answer takes the place of."""
        post = Post(self.words, self.buttons)
        self._stands_for_text = True
        await self._outbox.show(Purpose.ANSWER, 0, self._place, post)
        self._outbox.status.hide()

    async def _give_beside(self) -> None:
        """Give it beside the answer's messages."""
        # First the message: one that comes takes a status away.
        await self._offer_stop(self._stop_words if self._has_status else self.words)
        if self._has_status:
            now = self._services.clock.monotonic()
            anew = now - self._shown_at >= REPEAT_SECONDS
            self._shown_at = now if anew else self._shown_at
            self._outbox.status.show(self._place, self.words, anew=anew)

    async def give_way(self) -> None:
        """Leave the place to the first text, which is there now; only Stop stays."""
        self._has_no_status = False
        self._choose_stop()
        if self._manner.own_stop:
            # As long as this is to be taken away, the platform's Stop is, too.
            self._outbox.status.show(self._place, self.words)
        else:
            self._outbox.status.hide()
        await self._offer_stop(self._stop_words)

    async def _offer_stop(self, words: str) -> None:
        """Put Stop up on a message of its own, where it needs one and may have it."""
        if self._manner.own_stop:
            if self._outbox.is_sent(Purpose.STOP, 0):
                await self._outbox.withdraw_ornament(Purpose.STOP, 0)
        elif self._manner.bare and self._may_stand_alone:
            post = Post(words, (notices.stop_button(self._turn.id),))
            offered = await self._outbox.offer(Purpose.STOP, 0, self._place, post)
            self._may_stand_alone = offered

    async def pause(self) -> None:
        """Say that the bot restarts, where a status says that it works."""
        if self._has_status and not self._stands_for_text:
            self._outbox.status.show(self._place, notices.STATUS_RESTARTING)
            await self._outbox.status.settle(SETTLE_SECONDS)

    async def close(self) -> None:
        """Take everything away that was to be there for a while only."""
        self._outbox.status.hide()
        await self._outbox.withdraw_ornament(Purpose.STOP, 0)
        await self._outbox.status.close()
