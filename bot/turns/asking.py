"""Ask a model one turn's question: choose it, bring everything in, stream, try once more.

Tries again by itself only where the answer proves that nothing was run: a picture or a length
that the service refused before any text.
"""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from typing import assert_never

import structlog

from bot import (
    breakers,
    choices,
    context,
    notices,
    notices_delivery,
    notices_notes,
    notices_pictures,
    quotas,
)
from bot import notices_limits as limits
from bot.context import Context
from bot.domain import ChatRequest, Model, Outcome, Turn
from bot.errors import BackendError, BackendFault, PlatformError, Refused, StoreError
from bot.events import Accepted, Completed, Finish, Progress, ReasoningDelta, Submitting, TextDelta
from bot.faults import fault_point
from bot.leaks import Guard
from bot.ports import ChatBackend, Conclusion, Refusal, SettingName, Step
from bot.turns import results
from bot.turns.account import Account
from bot.turns.question import Question
from bot.turns.reply import Reply
from bot.turns.results import Answer
from bot.turns.services import Services
from bot.turns.submission import Submission

log = structlog.get_logger(__name__)

# How often a request is made smaller, to fit what others leave of limits meanwhile.
MOST_SHRINKS = 6


class Asking:
    """One turn's question on its way to a model; `answer` is there once a call was begun."""

    def __init__(self, turn: Turn, services: Services, reply: Reply) -> None:
        self._turn = turn
        self._services = services
        self._reply = reply
        self._question = Question(turn, services, reply)
        self.answer: Answer | None = None
        self._sent: tuple[Model, Context] | None = None
        self._persona = ""
        self._mended: set[BackendFault] = set()
        self._shortened = False
        self._submission = Submission(turn, services)

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
                fitted = await self._start_anew(model, backend, fitted)
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
            concluded = results.answered(self._turn, self._answer(), self._reply.text)
            if self._shortened and concluded.finish is not Finish.STOP:
                # Of an answer that found room enough there is nothing to say.
                self._question.notes.append(limits.kept_short(fitted.max_output_tokens))
            if fitted.pictures and concluded.outcome is Outcome.ANSWERED:
                await self._offer_editing()
            return concluded

    @property
    def submitted_at(self) -> float | None:
        """Return when a request that is not made twice was handed over, if it was."""
        return self._submission.submitted_at

    @property
    def step(self) -> Step | None:
        """Return the step, if it was started."""
        return self.answer.step if self.answer is not None else None

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
        self._question.notes.append(notices_notes.fell_back(wanted, model.id))
        return model, backend

    async def _start(
        self, model: Model, backend: ChatBackend, fitted: Context
    ) -> tuple[Model, ChatBackend, Context]:
        """Reserve and start the step.

        One that was under way when its process died goes on with the model that has it.
        """
        step, fitted = await self._reserve(model, backend.name, fitted, anew=False)
        if step.request_id is not None and step.model != model.id:
            try:
                model, backend = self._services.models.find(step.model)
            except BackendError as error:
                raise BackendError(BackendFault.INTERRUPTED, detail=error.detail) from error
            fitted = await self._question.fit(model, self._persona)
        if step.capped:
            # What was reserved once is all that it may come to, whatever was said since.
            fitted = quotas.fit(model, fitted, step.hold)
        self._sent = model, fitted
        self.answer = Answer(model, fitted.prompt_tokens, step)
        self._submission.take_up(backend.name, model.id, repeatable=backend.repeatable)
        return model, backend, fitted

    async def _start_anew(self, model: Model, backend: ChatBackend, fitted: Context) -> Context:
        """Start the step once more, since the request surely came to nothing."""
        step, fitted = await self._reserve(model, backend.name, fitted, anew=True)
        self._sent = model, fitted
        self.answer = Answer(model, fitted.prompt_tokens, step)
        return fitted

    async def _reserve(
        self, model: Model, backend: str, fitted: Context, *, anew: bool
    ) -> tuple[Step, Context]:
        """Start the step, for a shorter answer where little is left. Raises `Refused`."""
        submission, priced = self._submission, quotas.is_priced(model)
        start = submission.start_anew if anew else submission.start
        self._shortened = False
        for _ in range(MOST_SHRINKS):
            try:
                step = await start(model, backend, context.hold(model, fitted), priced=priced)
            except Refused as refused:
                smaller = quotas.shrink(model, fitted, refused.refusal)
                smaller = smaller or await self._forget(model, fitted, refused.refusal)
                if smaller is None:
                    raise Refused(quotas.least(model, fitted, refused.refusal)) from refused
                fitted, self._shortened = smaller, True
                continue
            return step, fitted
        # Others take what is left as fast as we look: then it is as good as nothing.
        step = await start(model, backend, context.hold(model, fitted), priced=priced)
        return step, fitted

    async def _forget(self, model: Model, fitted: Context, refusal: Refusal) -> Context | None:
        """Return the question with less of what was said before it, if that fits what is left."""
        room = quotas.prompt_room(model, fitted, refusal)
        if room is None or fitted.kept <= 1 or fitted.prompt_bound <= room:
            return None
        smaller = await self._question.fit(model, self._persona, room)
        return smaller if smaller.prompt_bound <= room else None

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
            resume=self._submission.resume,
            capped=options.max_tokens is not None or step.capped,
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
                        await self._submission.submit()
                    case Accepted(request_id=request_id, resumable=resumable):
                        if resumable or backend.repeatable:
                            await self._submission.accept(request_id)
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

    async def _offer_editing(self) -> None:
        """Say, once to each person in a workspace, that pictures can be edited."""
        turn, services = self._turn, self._services
        if not services.image_models.known():
            return
        name = f"told_of_edits:{turn.thread.platform}:{turn.thread.workspace}:{turn.author.id}"
        try:
            if not await services.store.memo(name):
                # Before it is said: said twice would be worse than never.
                await services.store.put_memo(name, "1")
                self._question.notes.append(notices_pictures.try_editing())
        except StoreError as error:
            log.warning("not said that pictures can be edited", error=str(error))

    def _learn(self, model: Model, fitted: Context) -> None:
        """Learn what a prompt did count; that of a picture is a guess of another kind."""
        end = self._answer().end
        if end is not None and not fitted.pictures:
            estimator = self._services.estimates.of(model.id)
            estimator.observe(fitted.prompt_tokens, end.usage.prompt)

    # --- where no whole answer came ---------------------------------------------------------------

    async def failed(self, error: BackendError) -> Conclusion:
        """Conclude a question whose answer broke off, or never came."""
        return results.failed(
            self._turn,
            self.answer,
            self._reply.text,
            error,
            unfinished=self.submitted_at is not None,
            owners_told=error.fault in breakers.FAULTS and self._services.alerts.reaches_people,
        )

    def stopped(self) -> Conclusion:
        """Conclude a question that a person stopped."""
        return results.stopped(self._turn.id, self.answer, self._reply.text)

    def cancelled(self) -> Conclusion:
        """Conclude a question that nobody waits for any more."""
        return results.cancelled(self.answer, self._reply.text)

    def unshown(self, error: PlatformError) -> Conclusion:
        """Conclude a question whose answer nobody could read."""
        text = self._reply.text
        if self.answer is None or results.is_nothing(text):
            note = notices_delivery.undeliverable(self._turn, error)
            return Conclusion(Outcome.FAILED, note=note, error="unshown")
        note = notices_delivery.unshown(self._turn.id)
        return results.partly(Outcome.ANSWERED, self.answer, text, note, error="unshown")
