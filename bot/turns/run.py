"""Run one claimed turn to its one outcome.

`running`: reserve, ask the model, stream, store the result. `delivering`: show what is stored.
A turn found `running` after a crash starts its open step again; one found `delivering` only
goes on showing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import aclosing, suppress
from dataclasses import dataclass, replace
from time import perf_counter

import structlog

from bot import context, notices
from bot.domain import Amounts, ChatRequest, Model, Outcome, Turn, TurnKind, TurnState, Usage
from bot.errors import (
    BackendError,
    BackendFault,
    Fenced,
    Forbidden,
    PlatformError,
    PlatformRefused,
    StoreError,
)
from bot.events import Accepted, Completed, Finish, Post, ReasoningDelta, TextDelta
from bot.faults import fault_point, transition
from bot.ports import ChatBackend, Conclusion, Purpose, Step
from bot.text import estimate_tokens, title
from bot.turns.outbox import BACKOFF_SECONDS, Outbox, is_message_gone
from bot.turns.reply import Reply, final_buttons
from bot.turns.services import Services

log = structlog.get_logger(__name__)

# Everything a turn may take, its retries included; the slowest backend answers in minutes.
TURN_SECONDS = 600.0
# The window holds far fewer; this only bounds what is read.
MOST_HISTORY = 400


@dataclass(slots=True)
class _Answer:
    """What the stream has told so far, beside its text."""

    model: Model
    prompt_tokens: int
    step: Step
    end: Completed | None = None


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
        self._fresh = fresh
        self._waited = waited and turn.kind is TurnKind.PROMPT
        self._marking = marking
        self.wish = asyncio.Event()
        self._services = services
        self._platform = services.platforms[turn.thread.platform]
        self._outbox = Outbox(turn, services)
        self._reply = Reply(turn, services, self._outbox, self._open_place)
        self._restarting = False

    async def go(self) -> None:
        """Bring the turn to its end, or leave it to the next owner (`Fenced`)."""
        structlog.contextvars.bind_contextvars(
            turn=self.turn.id, platform=self.turn.thread.platform
        )
        try:
            await self._go()
        except Fenced:
            log.warning("turn taken over by another worker")
        except StoreError as error:
            # Nothing may be shown that is not stored; the turn stays open for the next start.
            log.error("turn left open", error=str(error))
            raise
        finally:
            self._reply.leave()

    async def _go(self) -> None:
        if not self._fresh:
            await self._outbox.load()
        unmark = asyncio.create_task(self._unmark())
        try:
            if self.turn.state is TurnState.RUNNING:
                await self._conclude(await self._work())
            # Once the turn has ended nobody would look for the mark again.
            await self._deliver(unmark)
        finally:
            unmark.cancel()

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
            return Conclusion(Outcome.CANCELLED)
        if not turn.prompt.strip() and turn.kind is TurnKind.PROMPT:
            return Conclusion(Outcome.REFUSED, note=notices.usage_hint(), error="no_question")
        answer: _Answer | None = None
        try:
            model, backend = self._services.models.find(None)
            answer, request = await self._start(model)
            return await self._race(answer, backend, request)
        except BackendError as error:
            return self._failed(answer, error)
        except (StoreError, Fenced):
            raise
        except Exception:
            log.exception("turn failed inside the bot")
            note = notices.internal(turn.id)
            return Conclusion(Outcome.FAILED, note=note, error="internal")

    async def _start(self, model: Model) -> tuple[_Answer, ChatRequest]:
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
        return _Answer(model, fitted.prompt_tokens, step), request

    async def _race(
        self, answer: _Answer, backend: ChatBackend, request: ChatRequest
    ) -> Conclusion:
        """Let model, writer, wishes and the clock run against each other."""
        reply = self._reply
        stream = asyncio.create_task(self._stream(answer, backend, request))
        writer = asyncio.create_task(reply.stream())
        wish = asyncio.create_task(self.wish.wait())
        try:
            await asyncio.wait(
                {stream, writer, wish},
                timeout=TURN_SECONDS,
                return_when=asyncio.FIRST_COMPLETED,
            )
            if writer.done() and not stream.done():
                # Nobody reads what cannot be shown: end the generation with it.
                return await self._unshown(answer, writer)
            if wish.done() and not stream.done():
                return await self._wished(answer)
            if not stream.done():
                return self._failed(answer, BackendError(BackendFault.TIMEOUT))
            try:
                await stream
            except BackendError as error:
                return self._failed(answer, error)
            return self._answered(answer)
        except asyncio.CancelledError:
            self._restarting = True
            raise
        finally:
            reply.close()
            for task in (stream, wish):
                task.cancel()
            await asyncio.gather(stream, wish, return_exceptions=True)
            # The writer ends after its call: a post cut in the middle would be unknown.
            with suppress(PlatformError):
                await writer
                if self._restarting:
                    await reply.pause()

    async def _stream(self, answer: _Answer, backend: ChatBackend, request: ChatRequest) -> None:
        append = self._reply.append
        started = perf_counter()
        first = True
        fault_point("before:request")
        async with aclosing(backend.stream(request)) as events:  # type: ignore[type-var]
            async for event in events:
                if type(event) is TextDelta:
                    if first:
                        first = False
                        fault_point("after:first_text")
                        self._services.meter.observe("first_text_seconds", perf_counter() - started)
                    append(event.text)
                    continue
                match event:
                    case Completed():
                        answer.end = event
                    case Accepted(request_id=request_id):
                        await transition(
                            "accept_step",
                            self._services.store.accept_step(self.turn, answer.step, request_id),
                        )
                    case ReasoningDelta() | TextDelta():
                        pass
        fault_point("after:request")

    async def _wished(self, answer: _Answer) -> Conclusion:
        """Do what was asked of a running turn: stop it, or cancel it."""
        now = await self._services.store.read(self.turn.id)
        text = self._reply.text
        if now is not None and now.cancel_requested:
            return self._part_answered(Outcome.CANCELLED, answer, text, "")
        note = notices.stopped(self.turn.id, bool(text.strip()))
        return self._part_answered(Outcome.STOPPED, answer, text, note)

    async def _unshown(self, answer: _Answer, writer: asyncio.Task[None]) -> Conclusion:
        """Conclude a turn whose messages the platform will not have."""
        error = writer.exception()
        text = self._reply.text
        if isinstance(error, PlatformError):
            if is_message_gone(error):
                # A moderator deleted our message: it is not forced back.
                return self._part_answered(Outcome.CANCELLED, answer, text, "")
            if not text.strip():
                note = notices.undeliverable(self.turn, error)
                return Conclusion(Outcome.FAILED, note=note, error="unshown", model=answer.model.id)
            note = notices.unshown(self.turn.id)
            return self._part_answered(Outcome.ANSWERED, answer, text, note, error="unshown")
        if isinstance(error, StoreError):
            raise error
        log.error("writer failed", exc_info=error)
        note = notices.internal(self.turn.id)
        return Conclusion(Outcome.FAILED, note=note, error="internal")

    # --- results ----------------------------------------------------------------------------

    def _answered(self, answer: _Answer) -> Conclusion:
        text = self._reply.text
        end = answer.end or Completed(Finish.UNKNOWN, Usage())
        if not text.strip():
            note = (
                notices.spent_on_reasoning(self.turn.id)
                if end.finish is Finish.LENGTH
                else notices.empty(self.turn.id)
            )
            if end.finish is Finish.BLOCKED:
                note = notices.backend_failed(self.turn.id, BackendError(BackendFault.BLOCKED))
            return Conclusion(
                Outcome.FAILED,
                note=note,
                error="empty",
                model=answer.model.id,
                finish=end.finish,
                usage=end.usage,
            )
        charge, estimated = context.charge(
            answer.model, end.usage, answer.prompt_tokens, estimate_tokens(text)
        )
        return Conclusion(
            Outcome.ANSWERED,
            answer=text,
            note=notices.ending(end.finish),
            error="length" if end.finish is Finish.LENGTH else "",
            model=answer.model.id,
            finish=end.finish,
            usage=end.usage,
            charge=charge,
            estimated=estimated,
        )

    def _failed(self, answer: _Answer | None, error: BackendError) -> Conclusion:
        """Keep the text of a cut stream; without text, say why there is none."""
        self._services.meter.count("backend_errors", fault=error.fault)
        log.warning("backend failed", fault=error.fault, status=error.status, detail=error.detail)
        text = self._reply.text
        if answer is not None and text.strip():
            note = notices.backend_cut(self.turn.id, error)
            return self._part_answered(
                Outcome.ANSWERED, answer, text, note, error=f"cut:{error.fault}"
            )
        note = notices.backend_failed(self.turn.id, error)
        model = answer.model.id if answer is not None else ""
        return Conclusion(Outcome.FAILED, note=note, error=error.fault, model=model)

    def _part_answered(
        self, outcome: Outcome, answer: _Answer, text: str, note: str, *, error: str = ""
    ) -> Conclusion:
        """Charge what was received, by estimate: the usage comes only with a stream's end."""
        charge = Amounts()
        if text.strip():
            charge, _ = context.charge(
                answer.model, Usage(), answer.prompt_tokens, estimate_tokens(text)
            )
        return Conclusion(
            outcome,
            answer=text if text.strip() else "",
            note=note,
            error=error,
            model=answer.model.id,
            charge=charge,
            estimated=True,
        )

    async def _conclude(self, end: Conclusion) -> None:
        """Store the result; from here on a crash costs nobody anything."""
        services = self._services
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

    # --- delivering -------------------------------------------------------------------------

    async def _deliver(self, unmark: asyncio.Task[None]) -> None:
        outcome = self.turn.outcome
        if outcome is None:
            raise StoreError("A turn that is being delivered has no outcome.")
        try:
            if self.turn.answer and self._outbox.count(Purpose.NOTICE):
                # An earlier owner had begun to say that it cannot be shown; that stands.
                raise PlatformRefused
            await self._show_result(outcome)
        except PlatformError as error:
            outcome = await self._fall_back(error, outcome)
        await unmark
        services = self._services
        await self._persist(
            f"end_{outcome}",
            lambda: services.store.end(self.turn, outcome, services.clock.now()),
        )
        services.meter.count("turns", outcome=outcome, platform=self.turn.thread.platform)
        log.info("turn ended", outcome=outcome, error=self.turn.error, attempt=self.turn.attempt)

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

    async def _fall_back(self, error: PlatformError, outcome: Outcome) -> Outcome:
        """Say in the parent channel that the answer could not be shown, or at least log it."""
        if outcome is Outcome.CANCELLED or is_message_gone(error):
            return outcome
        turn = self.turn
        post = Post(
            notices.undeliverable(turn, error),
            final_buttons(replace(turn, outcome=Outcome.UNDELIVERABLE)),
            turn.thread.thread if turn.thread.thread != turn.thread.channel else None,
        )
        log.error("answer not deliverable", error=str(error), code=error.code)
        try:
            if not self._outbox.is_sent(Purpose.NOTICE, 0):
                await self._outbox.show(Purpose.NOTICE, 0, turn.thread.channel, post)
        except PlatformError as second:
            log.error("notice not deliverable", error=str(second), code=second.code)
        return Outcome.UNDELIVERABLE

    async def _open_place(self) -> str:
        """Return where this turn's messages go, starting the thread if it has none yet."""
        turn = self.turn
        if turn.place is not None:
            return turn.place
        if not turn.opens_thread:
            return turn.thread.thread
        if not turn.prompt.strip():
            # A bare mention gets its hint in the channel: no thread for it.
            return turn.thread.channel
        fault_point("before:open_thread")
        try:
            place = await self._platform.open_thread(turn.thread, title(turn.prompt))
        except Forbidden:
            place = turn.thread.channel
        fault_point("after:open_thread")
        await transition("set_place", self._services.store.set_place(turn, place))
        self.turn = replace(self.turn, place=place)
        return place

    # --- small things ------------------------------------------------------------------------

    async def _persist(self, name: str, make: Callable[[], Awaitable[None]]) -> None:
        """Store what was already paid for, however long the disk is full."""
        for wait in BACKOFF_SECONDS:
            try:
                return await transition(name, make())
            except Fenced:
                raise
            except StoreError as error:
                log.error("not stored yet", transition=name, error=str(error))
                await self._services.clock.sleep(wait)
        return await transition(name, make())
