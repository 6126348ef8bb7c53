"""Ask a model one turn's question: choose it, bring everything in, stream, try once more.

Tries again by itself only where the answer proves that nothing was run: a picture or a length
that the service refused before any text.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import replace
from typing import assert_never

import structlog
from msgspec import structs

from bot import choices, context, notices
from bot.context import Context
from bot.domain import ChatMessage, ChatRequest, Model, Outcome, Picture, StoredFile, Turn
from bot.errors import BackendError, BackendFault, Fenced, StoreError
from bot.events import Accepted, Completed, Progress, ReasoningDelta, Submitting, TextDelta
from bot.faults import fault_point, transition
from bot.leaks import Guard
from bot.ports import ChatBackend, Chosen, Conclusion, Credit, SettingName, Step
from bot.turns import inputs, results
from bot.turns.inputs import Inputs, Unavailable
from bot.turns.reply import Reply
from bot.turns.results import Answer
from bot.turns.services import Services

log = structlog.get_logger(__name__)

# The window holds far fewer; this only bounds what is read.
MOST_HISTORY = 400


class Asking:
    """One turn's question on its way to a model.

    `answer` is there once a call was begun.
    """

    def __init__(self, turn: Turn, services: Services, reply: Reply) -> None:
        self._turn = turn
        self._services = services
        self._reply = reply
        self._inputs = Inputs(turn, services)
        self.answer: Answer | None = None
        self._notes: list[str] = []
        self._sent: tuple[Model, Context] | None = None
        self._persona = ""
        self._history: list[ChatMessage] = []
        self._cut = 0
        self._retried: set[BackendFault] = set()
        self._resume = ""

    async def run(self) -> Conclusion:
        """Return what is to be stored. Raises `BackendError`, and what the store raises."""
        model, backend = await self._prepare()
        if (refused := await self._bring_in(model)) is not None:
            return refused
        while True:
            fitted = self._fit(model)
            if fitted.is_too_long:
                note = notices.question_too_long(self._turn.id, model.id)
                return Conclusion(Outcome.REFUSED, note=note, error="question_too_long")
            if self.answer is None:
                model, backend, fitted = await self._start(model, backend, fitted)
            elif self._retried:
                await self._start_anew(model, fitted)
            request = await self._request(fitted)
            try:
                await self._stream(backend, request)
            except BackendError as error:
                await self._failed(backend, error)
                another = await self._once_more(model, backend, fitted, error)
                if another is None:
                    raise
                if isinstance(another, Conclusion):
                    return another
                model, backend = another
                continue
            await self._worked(backend, fitted)
            return results.answered(self._turn.id, self._answer(), self._reply.text)

    def _answer(self) -> Answer:
        if self.answer is None:
            raise StoreError("No call of a model was begun.")
        return self.answer

    # --- before the call ------------------------------------------------------------------

    async def _prepare(self) -> tuple[Model, ChatBackend]:
        """Choose the model and the persona, and read the conversation."""
        store, turn = self._services.store, self._turn
        if turn.overhears:
            self._reply.report(notices.READING_THREAD)
            if note := await self._inputs.overhear():
                self._notes.append(note)
        chosen, self._history = await asyncio.gather(
            store.chosen(turn.thread), store.history(turn, MOST_HISTORY)
        )
        persona = choices.held(chosen, SettingName.PERSONA)
        self._persona = persona or self._services.system_prompt
        return self._choose(chosen)

    def _choose(self, chosen: Sequence[Chosen]) -> tuple[Model, ChatBackend]:
        name = self._turn.options.model or choices.held(chosen, SettingName.MODEL)
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
        self._notes.append(notices.fell_back(wanted, model.id))
        return model, backend

    async def _bring_in(self, model: Model) -> Conclusion | None:
        """Read what files the question has, or say why it is refused for them."""
        if not any(message.files for message in self._history):
            return None
        self._reply.report(notices.READING_FILES)
        try:
            self._history = await self._inputs.read_files(model, self._history)
        except Unavailable as error:
            note = notices.file_unavailable(self._turn.id, error.name)
            return Conclusion(Outcome.FAILED, note=note, error="file_unavailable")
        self._reply.report(notices.THINKING)
        question = self._history[-1]
        self._notes += inputs.note_files(question)
        return inputs.refuse(self._turn, question)

    def _fit(self, model: Model) -> Context:
        return context.build(
            model,
            self._persona,
            self._history,
            self._services.estimates.of(model.id),
            budget=self._services.context_tokens,
            max_tokens=self._turn.options.max_tokens,
        )

    async def _start(
        self, model: Model, backend: ChatBackend, fitted: Context
    ) -> tuple[Model, ChatBackend, Context]:
        """Reserve and start the step.

        One that was under way when its process died goes on with the model that has it.
        """
        services = self._services
        services.breakers.check(backend.name, services.clock.monotonic())
        step = await self._start_step(model, fitted, anew=False)
        if step.repeats:
            services.meter.count("steps_repeated")
        if step.request_id is not None and step.model != model.id:
            try:
                model, backend = services.models.find(step.model)
            except BackendError as error:
                raise BackendError(BackendFault.INTERRUPTED, detail=error.detail) from error
            fitted = self._fit(model)
        self._sent = model, fitted
        self.answer = Answer(model, fitted.prompt_tokens, step)
        if step.request_id == "":
            raise BackendError(BackendFault.INTERRUPTED)
        if step.request_id is not None and not backend.repeatable:
            self._resume = step.request_id
        return model, backend, fitted

    async def _start_anew(self, model: Model, fitted: Context) -> None:
        """Start the step once more, since the request surely came to nothing."""
        step = await self._start_step(model, fitted, anew=True)
        self._resume = ""
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
            messages=await self._load_pictures(fitted),
            max_output_tokens=fitted.max_output_tokens,
            request_id=f"{self._turn.id}-{step.n}-{step.repeats + 1}",
            effort=choices.fit_effort(answer.model, options.effort),
            resume=self._resume,
            capped=options.max_tokens is not None,
        )

    async def _load_pictures(self, fitted: Context) -> tuple[ChatMessage, ...]:
        """Put the bytes of the chosen pictures into their messages."""
        if not fitted.pictures:
            return fitted.messages
        messages: list[ChatMessage] = []
        for message in fitted.messages:
            pictures: list[Picture] = []
            for file in message.files:
                data = await self._services.blobs.get(file.blob)
                if data is None:
                    log.error("picture is not kept", blob=file.blob)
                else:
                    pictures.append(Picture(data, file.mime))
            messages.append(structs.replace(message, files=(), pictures=tuple(pictures)))
        return tuple(messages)

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

    # --- after a failure --------------------------------------------------------------------

    async def _once_more(
        self, model: Model, backend: ChatBackend, fitted: Context, error: BackendError
    ) -> tuple[Model, ChatBackend] | Conclusion | None:
        """Mend what a service refused, where one more try can succeed; None where not.

        Each kind of refusal is mended once, and only before anything was written.
        """
        if not results.is_nothing(self._reply.text) or error.fault in self._retried:
            return None
        poisoned = context.count_poisoned(fitted, error.names_message)
        another: tuple[Model, ChatBackend] | Conclusion | None = None
        match error.fault:
            case BackendFault.INVALID if error.names_picture and fitted.pictures:
                another = await self._exclude_pictures(fitted) or (model, backend)
            case BackendFault.INVALID | BackendFault.TOO_LONG if poisoned:
                self._cut_history(fitted, poisoned)
                another = model, backend
            case BackendFault.TOO_LONG if fitted.kept > 1:
                self._cut_history(fitted, fitted.kept // 2)
                another = model, backend
            case BackendFault.TOO_LONG:
                note = notices.question_too_long(self._turn.id, model.id)
                another = Conclusion(Outcome.REFUSED, note=note, error=error.fault, model=model.id)
            case BackendFault.NO_MODEL:
                another = self._find_fallback(model.id)
            case _:
                pass
        if another is not None and not isinstance(another, Conclusion):
            self._retried.add(error.fault)
            self._services.meter.count("requests_mended", fault=error.fault)
            log.info("asked once more", fault=error.fault)
        return another

    def _cut_history(self, fitted: Context, cut: int) -> None:
        """Leave out the oldest of the messages that were sent."""
        self._cut += fitted.dropped + cut
        self._history = self._history[-(fitted.kept - cut) :]

    async def _exclude_pictures(self, fitted: Context) -> Conclusion | None:
        """Leave earlier pictures out for ever; one of the question itself cannot be."""
        position = self._history[-1].position
        old = [file for file in fitted.pictures if file.position != position]
        if not old:
            note = notices.picture_refused(self._turn.id)
            return Conclusion(Outcome.REFUSED, note=note, error="picture_refused")
        excluded = {(file.position, file.n) for file in old}
        for number, message in enumerate(self._history):
            files = tuple(_exclude(file, excluded) for file in message.files)
            if files != message.files:
                for file in files:
                    if (file.position, file.n) in excluded:
                        await transition(
                            "put_file", self._services.store.put_file(self._turn, file)
                        )
                self._history[number] = structs.replace(message, files=files)
        self._notes.append(notices.pictures_excluded(len(old)))
        return None

    async def _failed(self, backend: ChatBackend, error: BackendError) -> None:
        """Learn from a failure; where the bot itself is turned away, its owners are told."""
        services = self._services
        services.breakers.failed(backend.name, error.fault, services.clock.monotonic())
        if services.breakers.is_open(backend.name):
            text = notices.account_trouble(backend.name, error.fault)
            await services.alerts.raise_alert(f"account:{backend.name}", text)

    async def _worked(self, backend: ChatBackend, fitted: Context) -> None:
        """Learn from a success: what a prompt counted, and what is left on the account."""
        services, answer = self._services, self._answer()
        services.breakers.worked(backend.name)
        await services.alerts.clear(f"account:{backend.name}")
        end = answer.end
        if end is None:
            return
        if not fitted.pictures:
            estimator = services.estimates.of(answer.model.id)
            estimator.observe(fitted.prompt_tokens, end.usage.prompt)
        if end.credits_micros is not None:
            await self._note_credits(backend.name, end.credits_micros)

    async def _note_credits(self, backend: str, left: int) -> None:
        services = self._services
        try:
            await services.store.note_credits(Credit(backend, left, services.clock.now()))
        except StoreError as error:
            log.warning("credits not stored", error=str(error))
        name, limit = f"low_credits:{backend}", services.low_credits_micros
        if left < limit:
            await services.alerts.raise_alert(name, notices.low_credits(backend, left, limit))
        else:
            await services.alerts.clear(name)

    # --- what is said below the answer --------------------------------------------------------

    @property
    def notes(self) -> list[str]:
        """Return what was left out of the question that was asked, and what was changed."""
        if self._sent is None:
            return self._notes
        model, fitted = self._sent
        options = self._turn.options
        notes = list(self._notes)
        if fitted.dropped or self._cut or len(self._history) >= MOST_HISTORY:
            notes.append(notices.kept_messages(fitted.kept))
        if fitted.unseen:
            notes.append(notices.pictures_unseen(fitted.unseen, model.pictures, model.id))
        if fitted.unseen_before:
            notes.append(notices.pictures_unseen_before(fitted.unseen_before, model.pictures))
        if options.max_tokens and options.max_tokens > fitted.max_output_tokens:
            notes.append(notices.output_cut(fitted.max_output_tokens))
        effort = choices.fit_effort(model, options.effort)
        if options.effort and effort != options.effort:
            notes.append(notices.effort_changed(options.effort, effort, model.id))
        return notes


def _count_poisoned(fitted: Context, error: BackendError) -> int:
    """Count the messages to leave out where a service refused an earlier one by its number."""
    if error.names_message is None:
        return 0
    first = len(fitted.messages) - fitted.kept
    at = error.names_message - first
    return at + 1 if 0 <= at < fitted.kept - 1 else 0


def _exclude(file: StoredFile, excluded: set[tuple[int, int]]) -> StoredFile:
    """Mark a file if it is one of these."""
    return replace(file, excluded=True) if (file.position, file.n) in excluded else file
