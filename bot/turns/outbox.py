"""One row per visible message, committed before the request leaves.

What is found in `sending` after a crash is *unknown*, never "not sent": it is looked for among
our own messages, and posted again, with the same nonce, only when it is not there.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import TypeVar

import structlog

from bot.domain import ThreadRef, Turn, TurnKind
from bot.errors import Forbidden, Gone, PlatformError, PlatformRefused, PlatformUnknown, Throttled
from bot.events import Post
from bot.faults import fault_point, transition
from bot.ports import PartState, Platform, Purpose
from bot.turns.nonces import nonce
from bot.turns.services import Services

log = structlog.get_logger(__name__)

T = TypeVar("T")

# Waits between tries of a call whose outcome stayed unknown, and of one that was throttled.
BACKOFF_SECONDS = (0.5, 1.0, 2.0, 4.0, 8.0, 15.0, 30.0, 60.0)
_UNCLEAR = (PartState.UNKNOWN, PartState.SENDING)


@dataclass(slots=True)
class _Row:
    """A part as this process knows it; `shown` is what the platform last acknowledged.

    `ready`: its row says `sending` already, but no request has left yet.
    """

    state: PartState
    place: str
    message: str | None
    shown: Post | None = None
    ready: bool = False


class Outbox:
    """Post and edit one turn's messages, at most one platform call at a time."""

    def __init__(self, turn: Turn, services: Services) -> None:
        self._turn = turn
        self._services = services
        self._platform: Platform = services.platforms[turn.thread.platform]
        self._budget = services.budgets[turn.thread.platform]
        self._rows: dict[tuple[Purpose, int], _Row] = {}
        self._last_call = float("-inf")
        self._interaction = turn.interaction
        self._hurry = asyncio.Event()
        # In a channel a message of ours replies to this one, which asked.
        asked = turn.source if turn.kind is TurnKind.PROMPT else turn.thread.thread
        self.anchor: str | None = asked

    def hurry(self) -> None:
        """Try nothing twice from now on: the caller wants the end of what is under way."""
        self._hurry.set()

    def calm(self) -> None:
        """Be patient again."""
        self._hurry.clear()

    async def load(self) -> None:
        """Read what earlier owners of the turn left."""
        for part in await self._services.store.parts(self._turn.id):
            self._rows[(part.purpose, part.index)] = _Row(part.state, part.place, part.message)

    def count(self, purpose: Purpose) -> int:
        """Return how many messages of a purpose have been begun."""
        return sum(1 for of, _ in self._rows if of is purpose)

    def shows(self, purpose: Purpose, index: int, post: Post) -> bool:
        """Tell whether the platform acknowledged exactly this."""
        row = self._rows.get((purpose, index))
        return row is not None and row.shown == post

    def is_begun(self, purpose: Purpose, index: int) -> bool:
        """Tell whether the message is there, or may be."""
        row = self._rows.get((purpose, index))
        return row is not None and not row.ready and row.state is not PartState.PLANNED

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
        now = self._services.clock.monotonic()
        return max(0.0, self._budget.next_at(place, self._last_call, now, urgent) - now)

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
        """
        key = (purpose, index)
        row = self._rows.get(key)
        if row is not None and row.state in _UNCLEAR and not row.ready:
            await self._resolve(purpose, index, row)
        if row is not None and row.state is PartState.SENT:
            await self._edit(row, post)
        else:
            await self._post(purpose, index, place, post)

    async def withdraw(self, purpose: Purpose, index: int) -> None:
        """Remove a message, if it is there, and its row."""
        row = self._rows.get((purpose, index))
        if row is None:
            return
        if row.state in _UNCLEAR and not row.ready:
            await self._resolve(purpose, index, row)
        if row.state is PartState.SENT and row.message is not None:
            message = row.message
            await self._call("delete", row.place, lambda: self._platform.delete(row.place, message))
        await self._services.store.drop_part(self._turn, purpose, index)
        del self._rows[(purpose, index)]

    async def settle_card(self) -> None:
        """Find out whether a question's card is there; one that is not has no row any more.

        Then the placeholder that it was to replace is free for something else.
        """
        row = self._rows.get((Purpose.QUESTION, 0))
        if row is not None and row.state in _UNCLEAR and not row.ready:
            await self._resolve(Purpose.QUESTION, 0, row)
        if row is not None and row.state is PartState.PLANNED:
            await self._services.store.drop_part(self._turn, Purpose.QUESTION, 0)
            del self._rows[(Purpose.QUESTION, 0)]

    async def choose_placeholder(self, place: str) -> None:
        """Decide, before the first message, whether an interaction's placeholder becomes it.

        One that stands elsewhere (the thread was opened since), or above what another turn
        said meanwhile, is removed: an answer does not begin above what came before it.
        """
        interaction = self._interaction
        if interaction is None or self._is_placeholder_taken:
            return
        overtaken = await self._services.store.is_overtaken(self._turn, place)
        if interaction.place != place or overtaken:
            await self.dismiss_placeholder()

    async def dismiss_placeholder(self) -> None:
        """Remove an interaction's placeholder, unless a message took its place."""
        if not self._is_placeholder_taken:
            await self._dismiss()

    @property
    def _placeholder_key(self) -> tuple[Purpose, int]:
        """Return the message that an interaction's placeholder becomes: the turn's first."""
        card = (Purpose.QUESTION, 0)
        return card if card in self._rows else (Purpose.ANSWER, 0)

    @property
    def _is_placeholder_taken(self) -> bool:
        row = self._rows.get(self._placeholder_key)
        return row is not None and row.state is not PartState.PLANNED

    async def _dismiss(self) -> None:
        interaction = self._turn.interaction
        if interaction is None:
            return
        self._interaction = None
        try:
            await self._call(
                "dismiss", interaction.place, lambda: self._platform.dismiss(interaction)
            )
        except PlatformError as error:
            log.info("placeholder not dismissed", error=str(error))

    async def retouch(self, place: str, message: str, post: Post) -> None:
        """Edit a message of an earlier turn. Best effort: it is an ornament of this one's."""
        try:
            await self._once("edit", lambda: self._platform.edit(place, message, post))
        except PlatformError as error:
            log.info("earlier message not marked", error=str(error))

    async def tell(self, person: str, post: Post) -> None:
        """Write to a person alone."""
        key = nonce(self._turn.id, Purpose.NOTICE, 1)
        await self._call("tell", person, lambda: self._platform.tell(person, post, key))

    async def open_thread(self, thread: ThreadRef, title: str) -> str:
        """Start the turn's thread and return where its messages go."""
        return await self._call(
            "open_thread", thread.channel, lambda: self._platform.open_thread(thread, title)
        )

    async def unmark(self, place: str, message: str) -> None:
        """Take the mark of waiting from a question."""
        try:
            await self._call(
                "unmark", place, lambda: self._platform.mark_queued(place, message, False)
            )
        except PlatformError as error:
            log.info("queue mark not taken away", error=str(error))

    # --- the three ways to a platform ---------------------------------------------------

    async def _begin(self, purpose: Purpose, index: int, place: str) -> _Row:
        key = nonce(self._turn.id, purpose, index)
        now = self._services.clock.now()
        await transition(
            "begin_part",
            self._services.store.begin_part(self._turn, purpose, index, place, key, now),
        )
        return _Row(PartState.SENDING, place, None)

    async def _post(self, purpose: Purpose, index: int, place: str, post: Post) -> None:
        key = nonce(self._turn.id, purpose, index)
        reference = None if purpose is Purpose.QUESTION else self._reference(place)
        sent = replace(post, reply_to=reference)
        takes = purpose is Purpose.QUESTION or (purpose, index) == self._placeholder_key
        interaction = self._interaction if takes else None
        if interaction is not None and interaction.place != place:
            # An earlier owner had begun it elsewhere; its message surely is not there.
            await self._dismiss()
            interaction = None
        row = self._rows.get((purpose, index))
        first_try = row is None or row.ready
        for wait in (*BACKOFF_SECONDS, 0.0):
            if row is None or not row.ready or row.place != place:
                row = self._rows[(purpose, index)] = await self._begin(purpose, index, place)
            row.ready = False
            try:
                row.message = await self._once(
                    "post", lambda: self._platform.post(place, sent, key, interaction)
                )
            except PlatformRefused as error:
                await self._mark(purpose, index, row, PartState.PLANNED)
                if not isinstance(error, Throttled):
                    raise
                await self._wait_throttled(place, error)
            except PlatformUnknown as error:
                first_try = False
                await self._mark(purpose, index, row, PartState.UNKNOWN)
                await self._rest(wait, error)
                await self._resolve(purpose, index, row)
                if row.state is PartState.SENT:
                    break
            else:
                await self._mark(purpose, index, row, PartState.SENT)
                break
        else:
            raise PlatformUnknown("The message could not be posted in many tries.")
        if first_try:
            row.shown = post
            return
        # A repeated nonce returns the message as it was first sent, and a message that was
        # found shows what was sent then: with what text, nobody knows.
        await self._edit(row, post)

    async def _edit(self, row: _Row, post: Post) -> None:
        if row.shown == post or row.message is None:
            return
        message = row.message
        row.shown = None
        await self._call("edit", row.place, lambda: self._platform.edit(row.place, message, post))
        row.shown = post

    async def _resolve(self, purpose: Purpose, index: int, row: _Row) -> None:
        """Find out whether an unknown message is there.

        Every message of ours has a row, so the lost one is the one in that place, newer than
        the question, that no row holds; of several of this turn the first: parts are sent in
        order.
        Not there: it may be sent again, with the nonce that it had (an earlier request that
        is still under way is then recognised by the platform).
        """
        lost = await self._look(row.place) if self._services.look else None
        self._services.meter.count("parts_resolved", found="yes" if lost else "no")
        if lost is None:
            await self._mark(purpose, index, row, PartState.PLANNED)
            return
        log.info("lost message found", part=f"{purpose}/{index}")
        row.message = lost
        await self._mark(purpose, index, row, PartState.SENT)

    async def _look(self, place: str) -> str | None:
        """Return the first message of ours at a place that no row holds, if there is one."""
        after = self._turn.position
        if self._turn.kind is TurnKind.EDITED:
            after -= 1  # a moment, which a message of that very moment may have for its id
        try:
            found = await self._call(
                "look", place, lambda: self._platform.find_ours(place, str(after))
            )
        except Forbidden as error:
            # Without the right to read, only the repeated nonce protects from a double.
            log.warning("not allowed to look", place=place, code=error.code)
            return None
        thread = self._turn.thread
        known = await self._services.store.known_messages(thread.platform, thread.workspace, place)
        interaction = self._turn.interaction.id if self._turn.interaction else ""
        # What came from somebody else's interaction is surely not this turn's.
        lost = [
            each
            for each in found
            if each.message not in known and each.interaction in ("", interaction)
        ]
        # An interaction or the buttons of a message tell whose it is; one without any is told
        # by what it refers to, which in a place of this conversation alone may be nothing.
        wanted = self._reference(place)
        ours = {self._turn.id}
        if self._turn.kind is TurnKind.EDITED:
            ours.add(self._turn.about)  # its button is about the turn that it offers to repeat
        named = [each for each in lost if each.turn in ours or each.interaction]
        mute = [each for each in lost if not each.turn and not each.interaction]
        exact = [each for each in mute if each.reply_to == wanted]
        bare = [] if self._is_shared(place) else [each for each in mute if not each.reply_to]
        return next((each.message for each in (*named, *exact, *bare)), None)

    def _is_shared(self, place: str) -> bool:
        """Tell whether other conversations post at a place too."""
        thread = self._turn.thread
        return place == thread.channel != thread.thread

    def _reference(self, place: str) -> str | None:
        """Return what a message there replies to, where others stand between it and that.

        In a channel that is the message its thread would have been started from.
        """
        if self._is_shared(place):
            return self.anchor
        return self._turn.source if self._turn.is_late else None

    async def _mark(self, purpose: Purpose, index: int, row: _Row, state: PartState) -> None:
        row.state = state
        await transition(
            f"part_{state}",
            self._services.store.mark_part(
                self._turn, purpose, index, state, row.message, self._services.clock.now()
            ),
        )

    # --- calls ----------------------------------------------------------------------------

    async def _call(self, name: str, place: str, make: Callable[[], Awaitable[T]]) -> T:
        """Make a call that may be repeated: wait out throttling and unknown outcomes."""
        for wait in BACKOFF_SECONDS:
            try:
                return await self._once(name, make)
            except Throttled as error:
                await self._wait_throttled(place, error)
            except PlatformUnknown as error:
                await self._rest(wait, error)
        return await self._once(name, make)

    async def _once(self, name: str, make: Callable[[], Awaitable[T]]) -> T:
        services = self._services
        await services.lease.hold(self._platform.limits.call_seconds)
        fault_point(f"before:{name}")
        result = "ok"
        try:
            return await make()
        except PlatformError as error:
            result = type(error).__name__
            log.warning("platform call failed", call=name, error=str(error), code=error.code)
            raise
        finally:
            self._last_call = services.clock.monotonic()
            services.meter.count(
                "platform_calls", platform=self._platform.name, call=name, result=result
            )
            fault_point(f"after:{name}")

    async def _wait_throttled(self, place: str, error: Throttled) -> None:
        self._budget.throttled(place, error.retry_after, self._services.clock.monotonic())
        await self._rest(error.retry_after, error)

    async def _rest(self, seconds: float, error: PlatformError) -> None:
        """Wait before the next try; where the caller hurries there is none."""
        try:
            async with asyncio.timeout(seconds):
                await self._hurry.wait()
        except TimeoutError:
            return
        raise error


def is_message_gone(error: PlatformError) -> bool:
    """Tell whether only the message is gone (a moderator deleted it), not its place."""
    return isinstance(error, Gone) and error.code in MESSAGE_GONE_CODES


# Discord's "Unknown Message"; Slack's words join when its adapter does.
# https://docs.discord.com/developers/topics/opcodes-and-status-codes
MESSAGE_GONE_CODES = frozenset({"10008", "message_not_found"})
