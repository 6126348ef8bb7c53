"""Run one claimed turn to its one outcome.

`running`: reserve, ask the model, stream, store the result. `delivering`: show what is stored.
A turn found `running` after a crash starts its open step again; one found `delivering` only
goes on showing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import aclosing, suppress
from dataclasses import replace

import structlog

from bot import context, notices
from bot.domain import ChatRequest, Model, Outcome, Turn, TurnKind, TurnState
from bot.errors import (
    BackendError,
    BackendFault,
    Fenced,
    Forbidden,
    Gone,
    PlatformError,
    PlatformRefused,
    StoreError,
    Throttled,
)
from bot.events import TOO_MANY, Accepted, Completed, Post, ReasoningDelta, TextDelta
from bot.faults import fault_point, transition
from bot.ports import ChatBackend, Conclusion, Purpose
from bot.text import estimate_tokens, title
from bot.turns import results
from bot.turns.outbox import BACKOFF_SECONDS, Outbox, is_message_gone
from bot.turns.reply import Reply, final_buttons
from bot.turns.results import Answer
from bot.turns.services import Services

log = structlog.get_logger(__name__)

# Everything a turn may take, its retries included; the slowest backend answers in minutes.
TURN_SECONDS = 600.0
# The window holds far fewer; this only bounds what is read.
MOST_HISTORY = 400
# The mark of waiting is an ornament: no thread waits longer for its removal.
UNMARK_SECONDS = 3.0
# A turn that ended before a model was asked: nothing could have been shown.
NOT_PERMITTED = "not_permitted"


class TurnRun:
    """One turn in the hands of this worker.

    `wish` is set when a stop or cancel was stored. `fresh`: nobody had it before. `waited`:
    the question may carry the mark of waiting, which `marking` may still be putting there.
    """

    def __init__(
        self,
        turn: Turn,
        services: Services,
        *,
        fresh: bool = False,
        waited: bool = False,
        marking: asyncio.Task[None] | None = None,
    ) -> None:
        self.turn = turn
        self.wish = asyncio.Event()
        self._fresh = fresh
        self._waited = waited and turn.kind is TurnKind.PROMPT
        self._marking = marking
        self._services = services
        self._platform = services.platforms[turn.thread.platform]
        self._outbox = Outbox(turn, services)
        self._reply = Reply(turn, services, self._outbox, self._open_place)
        self._writer: asyncio.Task[None] | None = None
        self._missing = self._platform.missing(turn.thread, turn.place)

    async def go(self) -> None:
        """Bring the turn to its end, or leave it to the next owner (`Fenced`).

        Raises what kept the turn from its end: then it stays open, and somebody has to take
        it up again.
        """
        structlog.contextvars.bind_contextvars(
            turn=self.turn.id, platform=self.turn.thread.platform
        )
        unmark = asyncio.create_task(self._unmark())
        try:
            if not self._fresh:
                await self._outbox.load()
            if self.turn.state is TurnState.RUNNING:
                await self._conclude(await self._work())
                await self._end_writing()
            outcome = await self._deliver()
            # Once the turn has ended nobody would look for the mark again.
            await asyncio.wait({unmark}, timeout=UNMARK_SECONDS)
            await self._end(outcome)
        except Fenced:
            log.warning("turn taken over by another worker")
            self._reply.close()
            await self._end_writing()
        except asyncio.CancelledError:
            await self._pause()
            raise
        finally:
            unmark.cancel()
            self._reply.leave()

    async def _unmark(self) -> None:
        """Take the mark of waiting from the question."""
        if not self._waited:
            return
        if self._marking is not None:
            await asyncio.wait({self._marking})
        thread = self.turn.thread
        place = thread.channel if self.turn.opens_thread else thread.thread
        await self._outbox.unmark(place, self.turn.source)

    # --- running ----------------------------------------------------------------------------

    async def _work(self) -> Conclusion:
        """Return what is to be stored. Never raises but for the store and takeovers."""
        turn = self.turn
        if turn.cancel_requested:
            return results.cancelled(None, "")
        if turn.answer:
            # Paid for and stored already, but it could not be shown: only that is tried again.
            return Conclusion(Outcome.ANSWERED, turn.answer, turn.note, turn.error)
        if turn.error == TOO_MANY:
            return Conclusion(Outcome.REFUSED, note=notices.too_many(turn.id), error=TOO_MANY)
        if not turn.prompt.strip() and turn.kind is TurnKind.PROMPT:
            return Conclusion(Outcome.REFUSED, note=notices.usage_hint(), error="no_question")
        if permission := self._missing.answer:
            note = notices.not_permitted(turn.id, permission)
            return Conclusion(Outcome.FAILED, note=note, error=NOT_PERMITTED)
        if self.wish.is_set():
            return await self._wished(None)
        answer: Answer | None = None
        try:
            model, backend = self._services.models.find(None)
            answer, request = await self._start(model)
            return await self._race(answer, backend, request)
        except BackendError as error:
            return self._failed(answer, error)
        except StoreError:
            raise
        except Exception:
            log.exception("turn failed inside the bot")
            note = notices.internal(turn.id)
            return Conclusion(Outcome.FAILED, note=note, error="internal")

    async def _start(self, model: Model) -> tuple[Answer, ChatRequest]:
        """Read the history, reserve, and start the step."""
        services = self._services
        history = await services.store.history(self.turn, MOST_HISTORY)
        fitted = context.build(model, services.system_prompt, history, estimate_tokens)
        step = await transition(
            "start_step",
            services.store.start_step(
                self.turn, model, context.hold(model, fitted), services.clock.now()
            ),
        )
        if step.repeats:
            services.meter.count("steps_repeated")
        request = ChatRequest(
            model=model,
            messages=fitted.messages,
            max_output_tokens=fitted.max_output_tokens,
            request_id=f"{self.turn.id}-{step.n}-{step.repeats + 1}",
        )
        return Answer(model, fitted.prompt_tokens, step), request

    async def _race(self, answer: Answer, backend: ChatBackend, request: ChatRequest) -> Conclusion:
        """Let model, writer, wishes and the clock run against each other.

        The writer is only asked to end: the result is stored without waiting for the call
        that it may be making.
        """
        clock = self._services.clock
        deadline = clock.monotonic() + TURN_SECONDS
        stream = asyncio.create_task(self._stream(answer, backend, request))
        writer = self._writer = asyncio.create_task(self._reply.stream())
        wish = asyncio.create_task(self.wish.wait())
        waiting: set[asyncio.Task[None] | asyncio.Task[bool]] = {stream, writer, wish}
        try:
            while True:
                done, _ = await asyncio.wait(
                    waiting,
                    timeout=max(0.0, deadline - clock.monotonic()),
                    return_when=asyncio.FIRST_COMPLETED,
                )
                if stream in done:
                    return self._streamed(answer, stream)
                if wish in done:
                    return await self._wished(answer)
                if writer not in done:
                    return self._failed(answer, BackendError(BackendFault.TIMEOUT))
                if (end := self._unshown(answer, writer)) is not None:
                    return end
                # What kept it from being shown may pass: the model writes on, and the end
                # shows all of it at once.
                waiting.discard(writer)
        finally:
            self._reply.close()
            for task in (stream, wish):
                task.cancel()
            await asyncio.gather(stream, wish, return_exceptions=True)

    async def _stream(self, answer: Answer, backend: ChatBackend, request: ChatRequest) -> None:
        append = self._reply.append
        clock = self._services.clock
        started = clock.monotonic()
        first = True
        fault_point("before:request")
        async with aclosing(backend.stream(request)) as events:  # type: ignore[type-var]
            async for event in events:
                if type(event) is TextDelta:
                    if first:
                        first = False
                        fault_point("after:first_text")
                        self._services.meter.observe(
                            "first_text_seconds", clock.monotonic() - started
                        )
                    append(event.text)
                    continue
                match event:
                    case Completed():
                        answer.end = event
                    case Accepted(request_id=request_id):
                        await self._accept(answer, request_id)
                    case ReasoningDelta() | TextDelta():
                        pass
        fault_point("after:request")

    async def _accept(self, answer: Answer, request_id: str) -> None:
        """Note the provider's id of the call; without it the answer is as good."""
        try:
            await transition(
                "accept_step",
                self._services.store.accept_step(self.turn, answer.step, request_id),
            )
        except Fenced:
            raise
        except StoreError as error:
            log.warning("request id not stored", error=str(error))

    def _streamed(self, answer: Answer, stream: asyncio.Task[None]) -> Conclusion:
        """Conclude what the model's stream came to."""
        try:
            stream.result()
        except BackendError as error:
            return self._failed(answer, error)
        return results.answered(self.turn.id, answer, self._reply.text)

    def _failed(self, answer: Answer | None, error: BackendError) -> Conclusion:
        self._services.meter.count("backend_errors", fault=error.fault)
        log.warning("backend failed", fault=error.fault, status=error.status, detail=error.detail)
        return results.failed(self.turn.id, answer, self._reply.text, error)

    async def _wished(self, answer: Answer | None) -> Conclusion:
        """Do what was asked of the turn: stop it, or cancel it."""
        now = await self._services.store.read(self.turn.id)
        if now is not None and now.cancel_requested:
            return results.cancelled(answer, self._reply.text)
        return results.stopped(self.turn.id, answer, self._reply.text)

    def _unshown(self, answer: Answer, writer: asyncio.Task[None]) -> Conclusion | None:
        """Conclude a turn that nobody can read, or return None if that may pass.

        A message that a moderator deleted is not forced back; where the thread is gone or
        closed to us, the generation ends with it.
        """
        error = writer.exception()
        text = self._reply.text
        match error:
            case StoreError():
                raise error
            case PlatformError() if is_message_gone(error):
                return results.cancelled(answer, text)
            case Gone() | Forbidden():
                if results.is_nothing(text):
                    note = notices.undeliverable(self.turn, error)
                    return Conclusion(Outcome.FAILED, note=note, error="unshown")
                note = notices.unshown(self.turn.id)
                return results.partly(Outcome.ANSWERED, answer, text, note, error="unshown")
            case PlatformError():
                log.warning("not shown while it is written", error=str(error))
            case _:
                log.error("writer failed", exc_info=error)
        return None

    async def _conclude(self, end: Conclusion) -> None:
        """Store the result; from here on a crash costs nobody anything."""
        services = self._services
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
        services.meter.count("cost_micros", end.charge.micros)

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

    # --- delivering -------------------------------------------------------------------------

    async def _deliver(self) -> Outcome:
        """Show the result, and return what the turn comes to by that.

        Raises `Throttled` and `PlatformUnknown` when the platform did not answer in the end:
        what is stored stays to be shown.
        """
        outcome = self.turn.outcome
        if outcome is None:
            raise StoreError("A turn that is being delivered has no outcome.")
        if self.turn.answer and self._outbox.is_begun(Purpose.NOTICE, 0):
            # An earlier owner had begun to say that it cannot be shown; that stands.
            return await self._fall_back(PlatformRefused(), outcome)
        try:
            await self._show_result(outcome)
        except Throttled:
            raise
        except PlatformRefused as error:
            return await self._fall_back(error, outcome)
        return outcome

    async def _show_result(self, outcome: Outcome) -> None:
        reply, turn = self._reply, self.turn
        match outcome:
            case Outcome.ANSWERED:
                await reply.settle(turn)
            case Outcome.STOPPED if turn.answer:
                await reply.settle(turn)
            case Outcome.CANCELLED:
                await reply.withdraw(turn)
            case _:
                await reply.notice(turn)

    async def _fall_back(self, error: PlatformRefused, outcome: Outcome) -> Outcome:
        """Say in the parent channel that the answer could not be shown, or at least log it."""
        if outcome is Outcome.CANCELLED or is_message_gone(error):
            return outcome
        turn = self.turn
        lost = replace(turn, outcome=Outcome.UNDELIVERABLE)
        post = Post(
            notices.undeliverable(turn, error),
            # In a thread that is closed or gone nothing helps but asking anew.
            () if isinstance(error, Gone) else final_buttons(lost),
        )
        log.error("answer not deliverable", error=str(error), code=error.code)
        try:
            if not self._outbox.is_sent(Purpose.NOTICE, 0):
                await self._outbox.show(Purpose.NOTICE, 0, turn.thread.channel, post)
        except Throttled:
            raise
        except PlatformRefused as second:
            log.error("notice not deliverable", error=str(second), code=second.code)
        return Outcome.UNDELIVERABLE

    async def _end(self, outcome: Outcome) -> None:
        """Close the turn: everything that had to be seen has been seen."""
        services = self._services
        await self._persist(
            f"end_{outcome}",
            lambda: services.store.end(self.turn, outcome, services.clock.now()),
        )
        services.meter.count("turns", outcome=outcome, platform=self.turn.thread.platform)
        log.info("turn ended", outcome=outcome, error=self.turn.error, attempt=self.turn.attempt)

    async def _open_place(self) -> str:
        """Return where this turn's messages go, starting the thread if it has none yet."""
        turn = self.turn
        if turn.error == NOT_PERMITTED:
            return turn.thread.channel
        if turn.place is not None:
            return turn.place
        if not turn.opens_thread:
            return turn.thread.thread
        if not turn.prompt.strip() or turn.error == TOO_MANY:
            # What is only told why it gets no answer is told in the channel.
            return turn.thread.channel
        place = await self._outbox.open_thread(turn.thread, title(turn.prompt))
        await transition("set_place", self._services.store.set_place(turn, place))
        self.turn = replace(self.turn, place=place)
        return place

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
