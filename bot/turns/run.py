"""Run one claimed turn to its one outcome.

`running`: reserve, ask the model, stream, store the result. `delivering`: show what is stored.
A turn found `running` after a crash starts its open step again; one found `delivering` only
goes on showing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace

import structlog

from bot import edits, notices
from bot import notices_limits as limits
from bot import notices_pictures as words
from bot.domain import Outcome, Turn, TurnKind, TurnState
from bot.errors import (
    BackendError,
    BackendFault,
    Fenced,
    Forbidden,
    Gone,
    PlatformError,
    Refused,
    StoreError,
)
from bot.events import TOO_MANY, UNREADABLE
from bot.faults import transition
from bot.ports import Conclusion, Refusal
from bot.text import is_blank
from bot.turns import results
from bot.turns.asking import Asking
from bot.turns.calls import BACKOFF_SECONDS, is_taken_away
from bot.turns.delivery import DIRECT, Delivery
from bot.turns.editing import Editing, remove, show_again
from bot.turns.outbox import Outbox
from bot.turns.parts import HELD_BACK
from bot.turns.place import (
    EDITED,
    EDITED_PICTURE,
    NO_IMAGE_MODEL,
    NO_QUESTION,
    NOT_PERMITTED,
    Place,
)
from bot.turns.reply import Reply
from bot.turns.services import Services

log = structlog.get_logger(__name__)

# Everything a turn may take, its retries included; the slowest backend answers in minutes. Of
# a request that is not made twice it is the time from when it was handed over.
TURN_SECONDS = 600.0
DAY_MS = 24 * 3_600 * 1_000
SHOWN = frozenset({Outcome.ANSWERED, Outcome.STOPPED})
# Who may ask by a file alone, or by what they reply to.
ASKS = frozenset({TurnKind.PROMPT, TurnKind.ASK, TurnKind.RETRY, TurnKind.REGENERATE})


class TurnRun:
    """One turn in the hands of this worker.

    `wish` is set when a stop or cancel was stored. `fresh`: nobody had it before.
    """

    def __init__(self, turn: Turn, services: Services, *, fresh: bool = False) -> None:
        self.turn = turn
        self.wish = asyncio.Event()
        self._fresh = fresh
        self._services = services
        self._platform = services.platforms[turn.thread.platform]
        self._outbox = Outbox(turn, services)
        self._place = Place(turn, services, self._outbox)
        self._reply = Reply(turn, services, self._outbox, self._place.open)
        self._asking: Asking | Editing
        if turn.edit is None:
            self._asking = Asking(turn, services, self._reply)
        else:
            self._asking = Editing(turn, turn.edit, services, self._reply)
        self._writer: asyncio.Task[None] | None = None
        self._began = services.clock.monotonic()
        self._missing = self._platform.missing(turn.thread, turn.place)

    async def go(self) -> None:
        """Bring the turn to its end, or leave it to the next owner (`Fenced`).

        Raises what kept the turn from its end: then it stays open, and somebody has to take
        it up again.
        """
        structlog.contextvars.bind_contextvars(
            turn=self.turn.id, platform=self.turn.thread.platform
        )
        try:
            if not self._fresh:
                await self._outbox.load()
            if self.turn.state is TurnState.RUNNING:
                await self._conclude(await self._work())
                await self._end_writing()
            outcome = await Delivery(self.turn, self._services, self._outbox, self._reply).go()
            await self._reply.clear()
            await self._end(outcome)
        except Fenced:
            log.warning("turn taken over by another worker")
            self._reply.close()
            await self._end_writing()
        except asyncio.CancelledError:
            await self._pause()
            raise
        except Exception:
            self._reply.close()
            with suppress(StoreError):
                await self._end_writing()
            raise
        finally:
            self._outbox.status.cancel()
            self._reply.leave()

    # --- running ----------------------------------------------------------------------------

    async def _work(self) -> Conclusion:
        """Return what is to be stored.

        Raises only for the store, for takeovers, and where a message could not be deleted.
        """
        turn = self.turn
        if turn.cancel_requested:
            return results.cancelled(None, "")
        edit = turn.edit
        if edit is not None and edit.removes is not None:
            return await remove(turn, self._services, self._outbox)
        if edit is not None and edit.shows is not None:
            return await show_again(turn, edit.shows, self._services)
        if turn.answer:
            # Paid for and stored already, but it could not be shown: only that is tried again.
            return Conclusion(Outcome.ANSWERED, turn.answer, turn.note, turn.error)
        refused = await self._refuse()
        if refused is not None:
            self._place.refused = refused.error
            return refused
        if self.wish.is_set():
            return await self._wished()
        try:
            return await self._race()
        except BackendError as error:
            return await self._failed(error)
        except Refused as held:
            return await self._held_back(held.refusal)
        except StoreError:
            raise
        except Exception:
            log.exception("turn failed inside the bot")
            note = notices.internal(turn.id)
            return Conclusion(Outcome.FAILED, note=note, error="internal", unsure=True)

    async def _held_back(self, refusal: Refusal) -> Conclusion:
        """Say which limit is used up, until when, and who can give more; nothing was started."""
        services, use = self._services, refusal.use
        services.meter.count("quota_refusals", kind=refusal.kind)
        log.info("refused by a limit", kind=refusal.kind, use=str(use), wanted=refusal.wanted)
        if use is not None and use.limit == services.quotas.spend_cap:
            text = limits.capped(use.limit.amount)
            await services.alerts.raise_alert("spend_cap", text, again_ms=DAY_MS)
        note = limits.refused(
            self.turn.id,
            refusal,
            self._moments(),
            is_picture=self.turn.edit is not None,
            direct=self.turn.thread.workspace == DIRECT,
        )
        return Conclusion(Outcome.REFUSED, note=note, error=refusal.kind)

    async def _refuse(self) -> Conclusion | None:
        """Say why a turn is told something instead of being put to a model, or None."""
        turn = self.turn
        if turn.error == TOO_MANY:
            return Conclusion(Outcome.REFUSED, note=notices.too_many(turn.id), error=TOO_MANY)
        if turn.error == UNREADABLE:
            return Conclusion(Outcome.REFUSED, note=notices.unreadable(), error=UNREADABLE)
        if turn.kind is TurnKind.EDITED:
            return await self._offer()
        if turn.edit is not None:
            return await self._refuse_edit()
        if is_blank(turn.prompt) and turn.kind in ASKS:
            question = await self._place.read_question()
            if question is None or (not question.files and question.quote is None):
                return Conclusion(Outcome.REFUSED, note=notices.usage_hint(), error=NO_QUESTION)
        return self._refuse_place()

    async def _refuse_edit(self) -> Conclusion | None:
        turn = self.turn
        if isinstance(self._asking, Editing):
            begun = await self._asking.find_begun()
            if begun is not None and begun.request_id is not None:
                # It may be made, and billed: what became of it is found out first.
                return None
        if not self._services.image_models.known():
            note = words.no_image_model(turn.id)
            return Conclusion(Outcome.REFUSED, note=note, error=NO_IMAGE_MODEL)
        is_late = turn.edit is not None and turn.edit.late_of
        if not is_late and edits.says_nothing(turn.prompt):
            return Conclusion(Outcome.REFUSED, note=words.no_words(turn.id), error=NO_QUESTION)
        return self._refuse_place()

    def _refuse_place(self) -> Conclusion | None:
        if permission := self._missing.answer:
            note = notices.not_permitted(self.turn.id, permission)
            return Conclusion(Outcome.FAILED, note=note, error=NOT_PERMITTED)
        return None

    async def _offer(self) -> Conclusion:
        """Offer to answer a changed question again, if its answer stands."""
        old = await self._services.store.read(self.turn.about)
        if old is None or not old.answer:
            return Conclusion(Outcome.CANCELLED, error=EDITED)
        if old.edit is not None:
            # The picture stands, and can be gone on from; nothing takes its place.
            note = words.request_edited(self.turn.id)
            return Conclusion(Outcome.REFUSED, note=note, error=EDITED_PICTURE)
        note = notices.question_edited(self.turn.id)
        return Conclusion(Outcome.REFUSED, note=note, error=EDITED)

    async def _race(self) -> Conclusion:
        """Let the asking, the writer, wishes and the clock run against each other.

        The writer is only asked to end: the result is stored without waiting for the call
        that it may be making.
        """
        clock = self._services.clock
        started = clock.monotonic()
        asking = asyncio.create_task(self._asking.run())
        writer = self._writer = asyncio.create_task(self._reply.stream())
        wish = asyncio.create_task(self.wish.wait())
        waiting: set[asyncio.Task[Conclusion] | asyncio.Task[None] | asyncio.Task[bool]]
        waiting = {asking, writer, wish}
        try:
            while True:
                since = self._asking.submitted_at or started
                done, _ = await asyncio.wait(
                    waiting,
                    timeout=max(0.0, since + TURN_SECONDS - clock.monotonic()),
                    return_when=asyncio.FIRST_COMPLETED,
                )
                if asking in done:
                    return asking.result()
                if wish in done:
                    return await self._wished()
                if not done and since != (self._asking.submitted_at or started):
                    continue  # meanwhile it was its turn: the clock began anew
                if writer not in done:
                    return await self._failed(BackendError(BackendFault.TIMEOUT))
                if (end := self._unshown(writer)) is not None:
                    return end
                # What kept it from being shown may pass: the model writes on, and the end
                # shows all of it at once.
                waiting.discard(writer)
        finally:
            self._reply.close()
            for task in (asking, wish):
                task.cancel()
            await asyncio.gather(asking, wish, return_exceptions=True)

    async def _failed(self, error: BackendError) -> Conclusion:
        self._services.meter.count("backend_errors", fault=error.fault)
        log.warning("backend failed", fault=error.fault, status=error.status, detail=error.detail)
        return await self._asking.failed(error)

    async def _wished(self) -> Conclusion:
        """Do what was asked of the turn: stop it, or cancel it."""
        now = await self._services.store.read(self.turn.id)
        if now is not None and now.cancel_requested:
            return self._asking.cancelled()
        return self._asking.stopped()

    def _unshown(self, writer: asyncio.Task[None]) -> Conclusion | None:
        """Conclude a turn that nobody can read, or return None if that may pass.

        A message that a moderator deleted is not forced back; where the thread is gone or
        closed to us, the generation ends with it.
        """
        error = writer.exception()
        match error:
            case StoreError():
                raise error
            case PlatformError() if is_taken_away(error):
                return self._asking.cancelled()
            case Gone() | Forbidden():
                return self._asking.unshown(error)
            case PlatformError():
                log.warning("not shown while it is written", error=str(error))
            case _:
                log.error("writer failed", exc_info=error)
        return None

    async def _conclude(self, end: Conclusion) -> None:
        """Store the result; from here on a crash costs nobody anything."""
        services = self._services
        if end.outcome in SHOWN and end.answer and not self.turn.answer:
            notes = *self._asking.notes, end.note, *await self._count_notes(end)
            end = replace(end, note="\n".join(filter(None, notes)))
        if self._missing.thread and self.turn.opens_thread and end.answer:
            why = notices.no_thread(self._missing.thread)
            end = replace(end, note=f"{end.note}\n{why}".strip())
        await self._persist(
            f"conclude_{end.outcome}",
            lambda: services.store.conclude(self.turn, end, services.clock.now()),
        )
        self.turn = replace(
            self.turn,
            state=TurnState.DELIVERING,
            outcome=end.outcome,
            answer=end.answer,
            note=end.note,
            error=end.error,
        )
        services.meter.count("tokens", end.charge.tokens)
        services.meter.count("images", end.charge.images)
        services.meter.count("cost_micros", end.charge.micros)

    async def _count_notes(self, end: Conclusion) -> list[str]:
        """Return what is said of limits that are nearly used up, and to admins of the cost."""
        services, turn, step = self._services, self.turn, self._asking.step
        notes: list[str] = []
        if step is not None and step.limited:
            now = services.clock.now()
            try:
                # Before it is said: said twice would be worse than never.
                near = await services.store.note_uses(
                    turn, end.charge, services.quotas.at(now), now
                )
                direct = turn.thread.workspace == DIRECT
                notes += [limits.nearly(use, self._moments(), direct=direct) for use in near]
            except StoreError as error:
                log.warning("use of limits not said", error=str(error))
        if services.cost_line and turn.by_admin and step is not None:
            seconds = services.clock.monotonic() - self._began
            notes.append(limits.cost_line(end.charge, seconds, end.model))
        return notes

    def _moments(self) -> limits.Moments:
        services = self._services
        platform = self.turn.thread.platform
        return limits.Moments(platform, services.quotas.zone, services.clock.now())

    async def _end_writing(self) -> None:
        """Wait for the call that the writer is making: cut in the middle it would be unknown."""
        if self._writer is not None:
            with suppress(PlatformError):
                await self._writer
        self._outbox.calm()

    async def _pause(self) -> None:
        """Leave the turn to the next start, and say so where nothing else is shown yet."""
        self._reply.close()
        with suppress(PlatformError, StoreError):
            await self._end_writing()
            if self.turn.state is TurnState.RUNNING:
                await self._reply.pause()

    # --- the end ---------------------------------------------------------------------------

    async def _end(self, outcome: Outcome) -> None:
        """Close the turn: everything that had to be seen has been seen."""
        services = self._services
        await self._persist(
            f"end_{outcome}",
            lambda: services.store.end(self.turn, outcome, services.clock.now()),
        )
        if isinstance(self._asking, Editing) and not self._is_held_back():
            with suppress(StoreError):
                await self._asking.tidy()
        services.meter.count("turns", outcome=outcome, platform=self.turn.thread.platform)
        log.info("turn ended", outcome=outcome, error=self.turn.error, attempt=self.turn.attempt)

    def _is_held_back(self) -> bool:
        """Tell whether a result came late and may be given out later, made of what it was."""
        edit = self.turn.edit
        return edit is not None and bool(edit.late_of) and self.turn.error in HELD_BACK

    async def _persist(self, name: str, make: Callable[[], Awaitable[None]]) -> None:
        """Store what was already paid for or shown, however long the disk is full."""
        tries = 0
        while True:
            try:
                return await transition(name, make())
            except Fenced:
                raise
            except StoreError as error:
                log.error("not stored yet", transition=name, error=str(error))
                await self._services.clock.sleep(BACKOFF_SECONDS[min(tries, 5)])
                tries += 1
