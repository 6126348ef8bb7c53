"""Ask a model one turn's question: choose it, bring everything in, stream, try once more.

Tries again by itself only where the answer proves that nothing was run: a picture or a length
that the service refused before any text.
"""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from typing import assert_never

import structlog

from bot import choices, context, notices
from bot.context import Context
from bot.domain import ChatRequest, Model, Outcome, Turn
from bot.errors import BackendError, BackendFault, Fenced, StoreError
from bot.events import Accepted, Completed, Progress, ReasoningDelta, Submitting, TextDelta
from bot.faults import fault_point, transition
from bot.leaks import Guard
from bot.ports import ChatBackend, Conclusion, SettingName, Step
from bot.turns import results
from bot.turns.account import Account
from bot.turns.question import Question
from bot.turns.reply import Reply
from bot.turns.results import Answer
from bot.turns.services import Services

log = structlog.get_logger(__name__)


class Asking:
    """One turn's question on its way to a model.

    `answer` is there once a call was begun; `submitted_at` once a request that is not made twice
    was handed over (seconds of a clock that never jumps).
    """

    def __init__(self, turn: Turn, services: Services, reply: Reply) -> None:
        self._turn = turn
        self._services = services
        self._reply = reply
        self._question = Question(turn, services, reply)
        self.answer: Answer | None = None
        self._sent: tuple[Model, Context] | None = None
        self._persona = ""
        self._mended: set[BackendFault] = set()
        self._resume = ""
        self.submitted_at: float | None = None

    async def run(self) -> Conclusion:
        """Return what is to be stored. Raises `BackendError`, and what the store raises."""
        model, backend = await self._prepare()
        if (refused := await self._question.bring_in(model)) is not None:
            return refused
        while True:
            fitted = await self._question.fit(model, self._persona)
            if fitted.is_too_long:
                note = notices.question_too_long(self._turn.id, model.id)
                return Conclusion(Outcome.REFUSED, note=note, error="question_too_long")
            if self.answer is None:
                model, backend, fitted = await self._start(model, backend, fitted)
            else:
                await self._start_anew(model, backend, fitted)
            account = Account(backend.name, model.id, self._services)
            try:
                await self._stream(backend, await self._request(fitted))
            except BackendError as error:
                await account.failed(error)
                another = await self._mend(model, backend, fitted, error)
                if another is None:
                    raise
                if isinstance(another, Conclusion):
                    return another
                model, backend = another
                continue
            end = self._answer().end
            await account.worked(end.credits_micros if end else None)
            self._learn(model, fitted)
            return results.answered(self._turn, self._answer(), self._reply.text)

    @property
    def notes(self) -> list[str]:
        """Return what was left out of the question that was asked, and what was changed."""
        if self._sent is None:
            return self._question.notes
        return self._question.list_notes(*self._sent)

    def _answer(self) -> Answer:
        if self.answer is None:
            raise StoreError("No call of a model was begun.")
        return self.answer

    # --- before the call ------------------------------------------------------------------

    async def _prepare(self) -> tuple[Model, ChatBackend]:
        """Choose the model and the persona, and read the conversation."""
        await self._question.overhear()
        chosen, _ = await asyncio.gather(
            self._services.store.chosen(self._turn.thread), self._question.read()
        )
        persona = choices.held(chosen, SettingName.PERSONA)
        self._persona = persona or self._services.system_prompt
        return self._choose(self._turn.options.model or choices.held(chosen, SettingName.MODEL))

    def _choose(self, name: str) -> tuple[Model, ChatBackend]:
        try:
            return self._services.models.find(name or None)
        except BackendError:
            fallback = self._find_fallback(name)
            if fallback is None:
                raise
            return fallback

    def _find_fallback(self, wanted: str) -> tuple[Model, ChatBackend] | None:
        """Return the model that answers in the place of one that is not to be had."""
        if not self._services.fallback_model:
            return None
        try:
            model, backend = self._services.models.find(self._services.fallback_model)
        except BackendError as error:
            log.error("no fallback model", detail=error.detail)
            return None
        if wanted in (model.id, model.name):
            return None
        self._question.notes.append(notices.fell_back(wanted, model.id))
        return model, backend

    async def _start(
        self, model: Model, backend: ChatBackend, fitted: Context
    ) -> tuple[Model, ChatBackend, Context]:
        """Reserve and start the step.

        One that was under way when its process died goes on with the model that has it: what
        was paid for is fetched, whether or not the backend would take anything new.
        """
        services = self._services
        if self._turn.attempt == 1:
            Account(backend.name, model.id, services).check()
        step = await self._start_step(model, fitted, anew=False)
        if step.repeats:
            services.meter.count("steps_repeated")
        if step.request_id is not None and step.model != model.id:
            try:
                model, backend = services.models.find(step.model)
            except BackendError as error:
                raise BackendError(BackendFault.INTERRUPTED, detail=error.detail) from error
            fitted = await self._question.fit(model, self._persona)
        self._sent = model, fitted
        self.answer = Answer(model, fitted.prompt_tokens, step)
        if step.request_id == "":
            raise BackendError(BackendFault.INTERRUPTED)
        if step.request_id is not None and not backend.repeatable:
            self._resume = step.request_id
            self.submitted_at = services.clock.monotonic()
        elif self._turn.attempt > 1:
            Account(backend.name, model.id, services).check()
        return model, backend, fitted

    async def _start_anew(self, model: Model, backend: ChatBackend, fitted: Context) -> None:
        """Start the step once more, since the request surely came to nothing."""
        Account(backend.name, model.id, self._services).check()
        step = await self._start_step(model, fitted, anew=True)
        self._resume = ""
        self.submitted_at = None
        self._sent = model, fitted
        self.answer = Answer(model, fitted.prompt_tokens, step)

    async def _start_step(self, model: Model, fitted: Context, *, anew: bool) -> Step:
        services = self._services
        hold = context.hold(model, fitted)
        return await transition(
            "start_step",
            services.store.start_step(self._turn, model, hold, services.clock.now(), anew=anew),
        )

    async def _request(self, fitted: Context) -> ChatRequest:
        """Put the request together."""
        answer, options = self._answer(), self._turn.options
        step = answer.step
        return ChatRequest(
            model=answer.model,
            messages=await self._question.load(fitted),
            max_output_tokens=fitted.max_output_tokens,
            request_id=f"{self._turn.id}-{step.n}-{step.repeats + 1}",
            effort=choices.fit_effort(answer.model, options.effort),
            resume=self._resume,
            capped=options.max_tokens is not None,
        )

    # --- the call -------------------------------------------------------------------------

    async def _stream(self, backend: ChatBackend, request: ChatRequest) -> None:
        guard = Guard(self._services.secrets, self._withheld)
        fault_point("before:request")
        try:
            await self._hear(backend, request, guard)
        finally:
            if held := guard.end():
                self._reply.append(held)
        fault_point("after:request")

    async def _hear(self, backend: ChatBackend, request: ChatRequest, guard: Guard) -> None:
        clock = self._services.clock
        append = self._reply.append
        started = clock.monotonic()
        first = True
        async with aclosing(backend.stream(request)) as events:  # type: ignore[type-var]
            async for event in events:
                if type(event) is TextDelta:
                    if first:
                        first = False
                        fault_point("after:first_text")
                        self._services.meter.observe(
                            "first_text_seconds", clock.monotonic() - started
                        )
                    if text := guard.feed(event.text):
                        append(text)
                    continue
                match event:
                    case Completed():
                        self._answer().end = event
                    case Submitting():
                        await self._submit()
                    case Accepted(request_id=request_id, resumable=resumable):
                        if resumable or backend.repeatable:
                            await self._accept(request_id)
                    case Progress(stage=stage):
                        words = notices.stage(stage)
                        self._reply.report(words, request.model.usual_seconds, at_once=True)
                    case ReasoningDelta() | TextDelta():
                        pass
                    case _:
                        assert_never(event)

    def _withheld(self) -> None:
        """Raise the alarm: whoever has this secret can act as the bot."""
        self._services.meter.count("secrets_withheld")
        log.error("a secret of the bot's own was kept out of an answer")

    async def _submit(self) -> None:
        """Note, before it leaves, that a request was made which is not made twice."""
        self.submitted_at = self._services.clock.monotonic()
        step = self._answer().step
        await transition("submit_step", self._services.store.accept_step(self._turn, step, ""))

    async def _accept(self, request_id: str) -> None:
        """Note the provider's id of the call; without it the answer is as good."""
        step = self._answer().step
        try:
            await transition(
                "accept_step", self._services.store.accept_step(self._turn, step, request_id)
            )
        except Fenced:
            raise
        except StoreError as error:
            log.warning("request id not stored", error=str(error))

    # --- after the call -----------------------------------------------------------------------

    async def _mend(
        self, model: Model, backend: ChatBackend, fitted: Context, error: BackendError
    ) -> tuple[Model, ChatBackend] | Conclusion | None:
        """Mend what a service refused, where one more try can succeed; None where not.

        Each kind of refusal is mended once, and only before anything was written.
        """
        if not results.is_nothing(self._reply.text) or error.fault in self._mended:
            return None
        question = self._question
        poisoned = context.count_poisoned(fitted, error.names_message)
        another: tuple[Model, ChatBackend] | None = model, backend
        match error.fault:
            case BackendFault.INVALID if error.names_picture and fitted.pictures:
                if not await question.exclude_pictures(fitted):
                    note = notices.picture_refused(self._turn.id)
                    return Conclusion(Outcome.REFUSED, note=note, error="picture_refused")
            case BackendFault.INVALID | BackendFault.TOO_LONG if poisoned:
                question.cut(fitted, poisoned)
            case BackendFault.TOO_LONG if fitted.kept > 1:
                question.cut(fitted, fitted.kept // 2)
            case BackendFault.TOO_LONG:
                note = notices.question_too_long(self._turn.id, model.id)
                return Conclusion(Outcome.REFUSED, note=note, error=error.fault, model=model.id)
            case BackendFault.NO_MODEL:
                another = self._find_fallback(model.id)
            case _:
                return None
        if another is not None:
            self._mended.add(error.fault)
            self._services.meter.count("requests_mended", fault=error.fault)
            log.info("asked once more", fault=error.fault)
        return another

    def _learn(self, model: Model, fitted: Context) -> None:
        """Learn what a prompt did count; that of a picture is a guess of another kind."""
        end = self._answer().end
        if end is not None and not fitted.pictures:
            estimator = self._services.estimates.of(model.id)
            estimator.observe(fitted.prompt_tokens, end.usage.prompt)
