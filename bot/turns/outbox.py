"""One row per visible message, committed before the request leaves.

What is found in `sending` after a crash is *unknown*, never "not sent": it is looked for among
our own messages, and posted again, with the same nonce, only when it is not there.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import structlog

from bot import notices_delivery
from bot.domain import Turn
from bot.errors import Lost, PlatformRefused, PlatformUnknown, Throttled
from bot.events import Post
from bot.faults import transition
from bot.ports import PartState, Platform, Purpose
from bot.turns.calls import BACKOFF_SECONDS, Calls
from bot.turns.errands import Errands
from bot.turns.nonces import nonce
from bot.turns.placeholder import Placeholder
from bot.turns.search import ALONE, Search, Unreadable
from bot.turns.services import Services
from bot.turns.status import Status

log = structlog.get_logger(__name__)

_UNCLEAR = (PartState.UNKNOWN, PartState.SENDING)
# An ornament is not worth a longer wait.
ORNAMENT_SECONDS = 1.0
# A row that was committed so shortly before its message left tells when that was.
FRESH_MS = 1_000


@dataclass(slots=True)
class _Row:
    """A part as this process knows it; `shown` is what the platform last acknowledged.

    `ready`: its row says `sending` already, but no request has left yet. `again`: it says that
    it may stand there twice.
    """

    state: PartState
    place: str
    message: str | None
    sending_at: int
    shown: Post | None = None
    ready: bool = False
    again: bool = False

    @property
    def is_unclear(self) -> bool:
        """Tell whether nobody knows if the message is there."""
        return self.state in _UNCLEAR and not self.ready


class Outbox:
    """Post and edit one turn's messages, at most one platform call at a time.

    What stands beside them (`status`) is written by itself, and other things that are to be done
    there (`errands`) have no row.
    """

    def __init__(self, turn: Turn, services: Services) -> None:
        self._turn = turn
        self._services = services
        self._platform: Platform = services.platforms[turn.thread.platform]
        self._calls = Calls(self._platform, services)
        self._search = Search(turn, services, self._platform, self._calls)
        self._rows: dict[tuple[Purpose, int], _Row] = {}
        self._begun_anew = False
        self._placeholder = Placeholder(turn, services, self._platform, self._calls)
        self.errands = Errands(turn, self._platform, self._calls)
        self.status = Status(turn, services, self._platform, self._calls)

    @property
    def anchor(self) -> str | None:
        """Return what a message of ours in a channel replies to."""
        return self._search.anchor

    @anchor.setter
    def anchor(self, message: str | None) -> None:
        self._search.anchor = message

    def hurry(self) -> None:
        """Try nothing twice from now on: the caller wants the end of what is under way."""
        self._calls.hurry()

    def calm(self) -> None:
        """Be patient again."""
        self._calls.calm()

    async def load(self) -> None:
        """Read what earlier owners of the turn left."""
        for part in await self._services.store.parts(self._turn.id):
            if part.purpose is Purpose.STATUS:
                self.status.take_over(part.place)
                continue
            self._rows[(part.purpose, part.index)] = _Row(
                part.state, part.place, part.message, part.sending_at, again=part.again
            )

    def count(self, purpose: Purpose) -> int:
        """Return how many messages of a purpose have been begun."""
        return sum(1 for of, _ in self._rows if of is purpose)

    @property
    def stands(self) -> bool:
        """Tell whether anything of the turn is surely there, beside its question."""
        return any(
            row.state is PartState.SENT
            for (purpose, _), row in self._rows.items()
            if purpose is not Purpose.QUESTION
        )

    def shows(self, purpose: Purpose, index: int, post: Post) -> bool:
        """Tell whether the platform acknowledged exactly this."""
        row = self._rows.get((purpose, index))
        return row is not None and row.shown == post

    def is_begun(self, purpose: Purpose, index: int) -> bool:
        """Tell whether the message is there, or may be."""
        row = self._rows.get((purpose, index))
        return row is not None and not row.ready and row.state is not PartState.PLANNED

    def place(self, purpose: Purpose, index: int) -> str | None:
        """Return where the message is, or may be."""
        row = self._rows.get((purpose, index))
        return row.place if row is not None and self.is_begun(purpose, index) else None

    def is_unclear(self, purpose: Purpose, index: int) -> bool:
        """Tell whether nobody knows if the message is there."""
        row = self._rows.get((purpose, index))
        return row is not None and row.is_unclear

    def is_sent(self, purpose: Purpose, index: int) -> bool:
        """Tell whether the message is surely there."""
        row = self._rows.get((purpose, index))
        return row is not None and row.state is PartState.SENT

    def message(self, purpose: Purpose, index: int) -> str | None:
        """Return the id of a message that is surely there."""
        row = self._rows.get((purpose, index))
        return row.message if row is not None and row.state is PartState.SENT else None

    def wait_seconds(self, place: str, urgent: bool) -> float:
        """Return how long the budget asks to wait before the next call."""
        return self._calls.wait_seconds(place, urgent)

    async def prepare(self, purpose: Purpose, index: int, place: str) -> None:
        """Commit a message's row ahead of its text, which then leaves without waiting."""
        if (purpose, index) not in self._rows:
            self._rows[(purpose, index)] = await self._begin(purpose, index, place)
            self._rows[(purpose, index)].ready = True

    async def show(self, purpose: Purpose, index: int, place: str, post: Post) -> None:
        """Make the message show this: post it, or edit what stands there.

        Raises `PlatformRefused` when the platform will not have it, of that kind `Throttled`
        when it was asked to wait too often, and `PlatformUnknown` when it did not become clear
        in the end. After `hurry` the first failure is the last.

        A message that can no longer be changed stays, and a new one is begun; but where that
        happens again and again, each would keep a piece of a growing answer: then `Lost`.
        """
        try:
            await self._put(purpose, index, place, post)
        except Lost as error:
            if self._begun_anew and post.growing is not None:
                raise
            self._begun_anew = True
            log.warning("message begun anew", part=f"{purpose}/{index}", code=error.code)
            await self._abandon(purpose, index)
            await self._put(purpose, index, place, post)

    async def _put(self, purpose: Purpose, index: int, place: str, post: Post) -> None:
        row = self._rows.get((purpose, index))
        if row is not None and row.is_unclear:
            await self._resolve(purpose, index, row)
        if row is not None and row.state is PartState.SENT:
            # Pictures are posted whole: what is there is what was to be.
            if not post.gallery:
                await self._edit(row, post)
        else:
            await self._post(purpose, index, place, post)

    async def _abandon(self, purpose: Purpose, index: int) -> None:
        """Leave a message to itself; what came below it has to come below the new one."""
        for later in range(self.count(purpose) - 1, index, -1):
            await self.withdraw_ornament(purpose, later)
        row = self._rows[(purpose, index)]
        if row.message is not None:
            self._search.give_up(row.message)
        await self._forget(purpose, index)

    async def offer(self, purpose: Purpose, index: int, place: str, post: Post) -> bool:
        """Make an ornament show this, in one try; tell whether the platform may take it.

        Other words in it are worth no call that somebody else could need, and hold up nobody.
        """
        if self._calls.hurries or self.shows(purpose, index, post):
            return True
        row = self._rows.get((purpose, index))
        if row is not None and row.is_unclear:
            return True  # what became of it is found out at the end
        while (wait := self.wait_seconds(place, urgent=True)) > 0:
            if wait > ORNAMENT_SECONDS:
                return True
            await self._services.clock.sleep(wait)
        is_there = row is not None and row.state is PartState.SENT
        try:
            if row is not None and is_there:
                await self._edit(row, post, patient=False)
            else:
                await self._try_post(purpose, index, place, post)
        except Throttled as error:
            if is_there:
                log.info("ornament left as it is", part=f"{purpose}/{index}", error=str(error))
            else:
                self._calls.slow(place, error)
        except PlatformRefused as error:
            log.info("not offered", part=f"{purpose}/{index}", error=str(error))
            return False
        except PlatformUnknown as error:
            log.info("not known to be offered", part=f"{purpose}/{index}", error=str(error))
        return True

    async def withdraw(self, purpose: Purpose, index: int, *, patient: bool = True) -> None:
        """Remove a message, if it is there, and its row.

        Not `patient`: where nobody can look whether it is there, it is let be.
        """
        row = self._rows.get((purpose, index))
        if row is None:
            return
        if row.is_unclear:
            await self._resolve(purpose, index, row, patient=patient)
        if row.state is PartState.SENT and row.message is not None:
            message = row.message
            try:
                await self._calls.make(
                    "delete", row.place, lambda: self._platform.delete(row.place, message)
                )
            except Lost as error:
                log.warning("message left to itself", part=f"{purpose}/{index}", code=error.code)
                self._search.give_up(message)
        await self._forget(purpose, index)

    async def withdraw_ornament(self, purpose: Purpose, index: int) -> None:
        """Remove an ornament, unless the platform will not have that."""
        try:
            await self.withdraw(purpose, index, patient=False)
        except Throttled:
            raise
        except PlatformRefused as error:
            log.warning("ornament left", part=f"{purpose}/{index}", error=str(error))
            await self._forget(purpose, index)

    async def _forget(self, purpose: Purpose, index: int) -> None:
        await self._services.store.drop_part(self._turn, purpose, index)
        del self._rows[(purpose, index)]

    async def settle_card(self) -> None:
        """Find out whether a question's card is there; one that is not has no row any more.

        Then the placeholder that it was to replace is free for something else.
        """
        row = self._rows.get((Purpose.QUESTION, 0))
        if row is not None and row.is_unclear:
            await self._resolve(Purpose.QUESTION, 0, row)
        if row is not None and row.state is PartState.PLANNED:
            await self._forget(Purpose.QUESTION, 0)

    async def choose_placeholder(self, place: str) -> None:
        """Decide, before the first message, whether an interaction's placeholder becomes it."""
        if not self._is_placeholder_taken:
            await self._placeholder.choose(place)

    async def dismiss_placeholder(self) -> None:
        """Remove an interaction's placeholder, unless a message took its place."""
        if not self._is_placeholder_taken:
            await self._placeholder.dismiss()

    @property
    def _placeholder_key(self) -> tuple[Purpose, int]:
        """Return the message that an interaction's placeholder becomes: the turn's first."""
        card = (Purpose.QUESTION, 0)
        return card if card in self._rows else (Purpose.ANSWER, 0)

    @property
    def _is_placeholder_taken(self) -> bool:
        row = self._rows.get(self._placeholder_key)
        return row is not None and row.state is not PartState.PLANNED

    async def tell(self, person: str, post: Post) -> None:
        """Write to a person alone, once; raises as `show` does."""
        row = self._rows.get(ALONE)
        if row is None:
            platform = self._platform
            place = await self._calls.make("direct", person, lambda: platform.direct(person))
        else:
            place = row.place
            if row.is_unclear:
                await self._resolve(*ALONE, row)
        if not self.is_sent(*ALONE):
            await self._post(*ALONE, place, post)

    async def drop_unsent(self) -> None:
        """Leave no row of what is not there; what may be there is removed if it can be."""
        for (purpose, index), row in reversed(list(self._rows.items())):
            if row.state is not PartState.SENT:
                await self.withdraw_ornament(purpose, index)

    async def clear_doubts(self) -> None:
        """Find out which messages are there, where nothing more is going to be shown."""
        for (purpose, index), row in list(self._rows.items()):
            if not row.is_unclear:
                continue
            try:
                await self._resolve(purpose, index, row, patient=False)
            except Throttled:
                raise
            except PlatformRefused as error:
                log.warning("message left to itself", part=f"{purpose}/{index}", code=error.code)
                await self._forget(purpose, index)

    # --- the three ways to a platform ---------------------------------------------------

    async def _begin(self, purpose: Purpose, index: int, place: str) -> _Row:
        old = self._rows.get((purpose, index))
        key = nonce(self._turn.id, purpose, index)
        now = self._services.clock.now()
        await transition(
            "begin_part",
            self._services.store.begin_part(self._turn, purpose, index, place, key, now),
        )
        again = old is not None and old.again
        row = self._rows[(purpose, index)] = _Row(PartState.SENDING, place, None, now, again=again)
        return row

    def _is_stale(self, row: _Row) -> bool:
        """Tell whether a row that was prepared says too early a time of sending.

        From that time on it is counted how long a message may still come to be, so it is
        committed again where the text was waited for.
        """
        if self._platform.limits.settle_seconds <= 0:
            return False
        return self._services.clock.now() - row.sending_at > FRESH_MS

    async def _post(self, purpose: Purpose, index: int, place: str, post: Post) -> None:
        row = self._rows.get((purpose, index))
        first_try = row is None or row.ready
        for wait in (*BACKOFF_SECONDS, 0.0):
            try:
                row = await self._try_post(purpose, index, place, post)
                break
            except Throttled as error:
                await self._calls.obey(place, error)
            except PlatformUnknown as error:
                first_try = False
                await self._calls.rest(wait, error)
                row = self._rows[(purpose, index)]
                await self._resolve(purpose, index, row)
                if row.state is PartState.SENT:
                    break
        else:
            raise PlatformUnknown("The message could not be posted in many tries.")
        if first_try or post.gallery:
            return
        # A repeated nonce returns the message as it was first sent, and a message that was
        # found shows what was sent then: with what text, nobody knows.
        row.shown = None
        await self._edit(row, post)

    async def _try_post(self, purpose: Purpose, index: int, place: str, post: Post) -> _Row:
        """Send a message once, its row committed before and after."""
        row = self._rows.get((purpose, index))
        takes = purpose is Purpose.QUESTION or (purpose, index) == self._placeholder_key
        interaction = await self._placeholder.take(place) if takes else None
        if row is None or not row.ready or row.place != place or self._is_stale(row):
            row = await self._begin(purpose, index, place)
        row.ready = False
        sent = _word(row, post)
        if purpose is not Purpose.QUESTION and (purpose, index) != ALONE:
            sent = replace(sent, reply_to=self._search.reference(place))
        key = nonce(self._turn.id, purpose, index)
        try:
            row.message = await self._calls.once(
                "post", lambda: self._platform.post(place, sent, key, interaction)
            )
        except PlatformRefused:
            await self._mark(purpose, index, row, PartState.PLANNED)
            raise
        except PlatformUnknown:
            await self._mark(purpose, index, row, PartState.UNKNOWN)
            raise
        row.shown = post
        await self._mark(purpose, index, row, PartState.SENT)
        return row

    async def _edit(self, row: _Row, post: Post, *, patient: bool = True) -> None:
        """Make what stands there show a post.

        Not `patient`: in one try which, like those of what only grows, lets others go first.
        """
        if row.shown == post or row.message is None:
            return
        place, message = row.place, row.message
        sent = _word(row, post if patient else replace(post, growing=post.text))
        row.shown = None

        async def edit() -> None:
            await self._platform.edit(place, message, sent)

        if patient:
            await self._calls.make("edit", place, edit)
        else:
            await self._calls.once("edit", edit)
        row.shown = post

    async def _resolve(
        self, purpose: Purpose, index: int, row: _Row, *, patient: bool = True
    ) -> None:
        """Find out whether an unknown message is there.

        Not there: it may be sent again, with the nonce that it had (an earlier request that
        is still under way is then recognised by the platform). Where nobody can tell, the next
        one says that it may be the second.
        """
        lost = None
        if self._services.look:
            try:
                lost = await self._search.find(
                    purpose, index, row.place, row.sending_at, patient=patient
                )
            except Unreadable:
                log.error("nobody could look for a lost message", part=f"{purpose}/{index}")
                row.again = True
        self._services.meter.count("parts_resolved", found="yes" if lost else "no")
        if lost is None:
            await self._mark(purpose, index, row, PartState.PLANNED)
            return
        log.info("lost message found", part=f"{purpose}/{index}")
        row.message = lost
        await self._mark(purpose, index, row, PartState.SENT)

    async def _mark(self, purpose: Purpose, index: int, row: _Row, state: PartState) -> None:
        row.state = state
        now = self._services.clock.now()
        await transition(
            f"part_{state}",
            self._services.store.mark_part(
                self._turn, purpose, index, state, row.message, now, again=row.again
            ),
        )


def _word(row: _Row, post: Post) -> Post:
    """Return what is sent of a message: one that may stand there twice says so."""
    if not row.again:
        return post
    growing = None if post.growing is None else notices_delivery.sent_again(post.growing)
    return replace(post, text=notices_delivery.sent_again(post.text), growing=growing)
