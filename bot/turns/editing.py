"""Have one turn's picture edited: choose what it is made of, submit once, read what comes.

The twin of `Asking`. Nothing is asked of a service twice: what was handed over is resumed by the
id that the service gave it, or ends in a notice.
"""

from __future__ import annotations

from contextlib import aclosing
from typing import assert_never

import structlog

from bot import breakers, captions, edits, references
from bot import notices_pictures as words
from bot.domain import (
    Edit,
    EditOptions,
    EditRequest,
    ImageModel,
    Outcome,
    Turn,
    TurnKind,
)
from bot.errors import BackendError, BackendFault, PlatformError
from bot.events import Accepted, PictureMade, Progress, Stage, Submitting
from bot.faults import fault_point, transition
from bot.ports import Conclusion, ImageBackend, Made, PictureRead, Spent, Step, Unread
from bot.turns.account import Account
from bot.turns.brought import Refused
from bot.turns.originals import Material, Originals
from bot.turns.outbox import Outbox
from bot.turns.reply import Reply
from bot.turns.services import Services
from bot.turns.submission import Submission

log = structlog.get_logger(__name__)

# After these the service may still have the picture in the end.
UNDECIDED = frozenset({BackendFault.TIMEOUT, BackendFault.CUT, BackendFault.UNREACHABLE})
TOLD_TO_OWNERS = breakers.FAULTS | {BackendFault.NO_MODEL}


class Editing:
    """One turn's edit on its way to an image model and back."""

    def __init__(self, turn: Turn, edit: Edit, services: Services, reply: Reply) -> None:
        self._turn = turn
        self._edit = edit
        self._services = services
        self._reply = reply
        self._submission = Submission(turn, services)
        self._originals = Originals(turn, edit, services)
        self._model = ""
        self._own_notes: list[str] = []
        self.step: Step | None = None

    @property
    def notes(self) -> list[str]:
        """Return what was left out of the edit, and what was done to its pictures."""
        return [*self._originals.notes, *self._own_notes]

    @property
    def submitted_at(self) -> float | None:
        """Return when the request was handed over, if it was."""
        return self._submission.submitted_at

    async def run(self) -> Conclusion:
        """Return what is to be stored. Raises `BackendError`, and what the store raises."""
        self._reply.report(words.PREPARING)
        begun = await self.find_begun()
        model, backend = self._find_model(begun)
        options, left = edits.fit_options(self._edit.options, model)
        if left:
            self._own_notes.append(words.options_left_out(left, model.id))
        prompt = edits.strip(await self._find_prompt())
        is_begun = begun is not None or bool(self._edit.late_of)
        if is_begun:
            # What may have been handed over is found out before anything can be refused.
            await self._start(model, backend, options)
        if not self._submission.resume and len(prompt) > model.most_prompt:
            note = words.prompt_too_long(self._turn.id, model.most_prompt)
            return Conclusion(Outcome.REFUSED, note=note, error="prompt_too_long")
        try:
            if self._submission.resume:
                material = await self._originals.recall()
            else:
                material = await self._originals.gather(model)
        except Refused as refused:
            return refused.end
        if not is_begun:
            await self._start(model, backend, options)
        request = self._request(model, prompt, material, options)
        account = Account(backend.name, model.id, self._services)
        try:
            made = await self._hear(backend, request)
        except Refused as refused:
            return refused.end
        except BackendError as error:
            await account.failed(error)
            await self._learn(model, error)
            raise
        await account.worked(made.credits_micros)
        await self._learn(model, None)
        return await self._keep(made, request, prompt, material)

    async def _find_prompt(self) -> str:
        """Return what was asked: of a late result, by the turn that gave up waiting."""
        if not self._edit.late_of:
            return self._turn.prompt
        asked = await self._services.store.read(self._edit.late_of)
        return asked.prompt if asked is not None else ""

    async def find_begun(self) -> Spent | None:
        """Return the step that an earlier owner, or the turn that gave up waiting, began."""
        if self._turn.attempt == 1 and not self._edit.late_of:
            return None
        return await self._services.store.spent(self._edit.late_of or self._turn.id)

    def _find_model(self, begun: Spent | None) -> tuple[ImageModel, ImageBackend]:
        """Return the model that edits now, or the one which has what was begun.

        Raises `BackendError`: nobody can be asked.
        """
        if begun is None or begun.request_id is None:
            return self._services.image_models.find(None)
        self._model = begun.model
        try:
            return self._services.image_models.find_begun(begun.model)
        except BackendError as error:
            self._submission.lose()
            raise BackendError(
                BackendFault.INTERRUPTED, detail=error.detail, ambiguous=True
            ) from error

    async def tidy(self) -> None:
        """Forget what only a turn that is not over needs, or one whose result may yet come."""
        awaited = await self._services.store.awaited()
        if all(turn != self._turn.id for _, _, turn, *_ in awaited):
            await self._originals.forget()

    # --- the request ------------------------------------------------------------------------------

    async def _start(self, model: ImageModel, backend: ImageBackend, options: EditOptions) -> None:
        """Reserve and start the step, or go on with the one that was under way."""
        self._model, is_late = model.id, bool(self._edit.late_of)
        hold = edits.hold(model, options)
        priced = edits.price(model, options) is not None
        self.step = await self._submission.start(
            model, backend.name, hold, priced=priced, asks=not is_late
        )
        self._submission.take_up(backend.name, model.id, repeatable=False)
        if is_late and not self._submission.resume:
            raise BackendError(BackendFault.INTERRUPTED, detail="no request is known")

    def _request(
        self, model: ImageModel, prompt: str, material: Material, options: EditOptions
    ) -> EditRequest:
        step = self._submission.step
        return EditRequest(
            model=model,
            prompt=references.rename(prompt, material.numbers),
            bring=self._originals.bring,
            options=options,
            request_id=f"{self._turn.id}-{step.n}-{step.repeats + 1}",
            masked=material.is_masked,
            resume=self._submission.resume,
        )

    async def _hear(self, backend: ImageBackend, request: EditRequest) -> PictureMade:
        """Return what the service made."""
        made: PictureMade | None = None
        fault_point("before:request")
        async with aclosing(backend.edit(request)) as events:  # type: ignore[type-var]
            async for event in events:
                match event:
                    case Submitting():
                        await self._submission.submit()
                    case Accepted(request_id=request_id, resumable=resumable):
                        if resumable:
                            await self._submission.accept(request_id)
                    case Progress(stage=stage):
                        if stage is Stage.PACED:
                            self._originals.let_go()
                        usual = request.model.usual_seconds
                        self._reply.report(words.stage(stage), usual, at_once=True)
                    case PictureMade():
                        made = event
                    case _:
                        assert_never(event)
        fault_point("after:request")
        if made is None:
            raise BackendError(BackendFault.PROTOCOL, detail="the edit ended without a picture")
        return made

    async def _learn(self, model: ImageModel, error: BackendError | None) -> None:
        """Tell admins of a model that is no more; only another setting helps."""
        name = f"image_model:{model.id}"
        if error is None:
            await self._services.alerts.clear(name)
        elif error.fault is BackendFault.NO_MODEL:
            text = words.image_model_retired(model)
            await self._services.alerts.raise_alert(name, text)

    # --- what came of it --------------------------------------------------------------------------

    async def _keep(
        self, made: PictureMade, request: EditRequest, prompt: str, material: Material
    ) -> Conclusion:
        """Read what came, fit it to the platform and keep it."""
        self._reply.report(words.FINISHING)
        model, options = request.model, request.options
        read = await self._read(made.data)
        if isinstance(read, Unread):
            log.error("unusable result", why=read.why, model=model.id, size=len(made.data))
            note = words.unusable(self._turn)
            return Conclusion(
                Outcome.FAILED,
                note=note,
                error="unusable",
                model=model.id,
                usage=made.usage,
                unsure=True,
            )
        blob = await transition("put_blob", self._services.blobs.put(read.data))
        charge, estimated = edits.charge(model, options, made.usage)
        if self._edit.late_of:
            self._own_notes.append(words.came_late())
        return Conclusion(
            Outcome.ANSWERED,
            answer=captions.caption(
                prompt,
                material.numbers,
                material.next_number,
                model.id,
                options,
                masked=material.is_masked,
            ),
            model=model.id,
            finish="stop",
            usage=made.usage,
            charge=charge,
            estimated=estimated,
            made=Made(
                blob=blob,
                mime=read.mime,
                width=read.width,
                height=read.height,
                inputs=material.numbers,
                prompt=prompt,
                model=model.id,
                options=options,
                masked=material.is_masked,
            ),
        )

    async def _read(self, data: bytes) -> PictureRead | Unread:
        """Return the picture as it is kept and posted."""
        pictures = self._services.pictures
        fault_point("before:read_result")
        read = await pictures.read_result(data)
        fault_point("after:read_result")
        if isinstance(read, Unread):
            return read
        base = await self._originals.read_base()
        if base is not None and await pictures.look_alike(base, read.data):
            self._own_notes.append(words.same_picture())
        limits = self._services.platforms[self._turn.thread.platform].limits
        fitted = await pictures.fit(read.data, limits.file_bytes)
        for note in (read.note, "" if isinstance(fitted, Unread) else fitted.note):
            if note:
                self._own_notes.append(words.done_to_result(note))
        return fitted

    # --- where none came --------------------------------------------------------------------------

    async def failed(self, error: BackendError) -> Conclusion:
        """Conclude an edit that broke; what the service may yet have is awaited."""
        services, turn = self._services, self._turn
        # What the service itself answered will be no other later.
        undecided = error.fault in UNDECIDED and not error.status
        if self._submission.accepted and undecided and not self._edit.late_of:
            now = services.clock.now()
            await transition("await_result", services.store.await_result(turn, now))
            note = words.still_working(turn.id)
        else:
            told = services.alerts.reaches_people and error.fault in TOLD_TO_OWNERS
            unsure = self._is_unsure(error)
            note = words.failed(turn, error, owners_told=told, unsure=unsure)
        return self._ended(Outcome.FAILED, note, error.fault, unsure=self._is_unsure(error))

    def stopped(self) -> Conclusion:
        """Conclude an edit that a person stopped."""
        note = words.stopped(self._turn.id, submitted=self.submitted_at is not None)
        return self._ended(Outcome.STOPPED, note, unsure=self.submitted_at is not None)

    def cancelled(self) -> Conclusion:
        """Conclude an edit that nobody waits for any more."""
        return self._ended(Outcome.CANCELLED, unsure=self.submitted_at is not None)

    def unshown(self, error: PlatformError) -> Conclusion:
        """Conclude an edit that nobody could see."""
        log.warning("nobody could see the picture", error=str(error), code=error.code)
        note = words.unshowable(self._turn.id, submitted=self.submitted_at is not None)
        return self._ended(Outcome.FAILED, note, "unshown", unsure=self.submitted_at is not None)

    def _is_unsure(self, error: BackendError) -> bool:
        """Tell whether the service may bill what came to nothing."""
        if self.submitted_at is None:
            return False
        return error.ambiguous or error.fault in UNDECIDED

    def _ended(
        self, outcome: Outcome, note: str = "", error: str = "", *, unsure: bool
    ) -> Conclusion:
        """Conclude without a picture."""
        return Conclusion(outcome, note=note, error=error, model=self._model, unsure=unsure)


async def show_again(turn: Turn, number: int, services: Services) -> Conclusion:
    """Make an earlier picture the latest, to be posted once more; no model is asked."""
    picture = await services.store.picture_made(turn.id)
    if picture is None or not picture.is_kept:
        removed = picture is not None and picture.removed
        days = services.image_retention_days
        note = words.picture_gone(turn.id, number, days, removed=removed)
        return Conclusion(Outcome.REFUSED, note=note, error="picture_gone")
    await transition("show_picture", services.store.show_picture(turn, number))
    unseen = turn.kind is TurnKind.RETRY and picture.made
    caption = captions.of(picture) if unseen else captions.shown_again(picture)
    return Conclusion(Outcome.ANSWERED, caption)


async def remove(turn: Turn, services: Services, outbox: Outbox) -> Conclusion:
    """Delete every message that shows the picture as its own; what is kept goes with the end.

    Raises `PlatformUnknown` and `Throttled`: then it is not known to be gone.
    """
    number = turn.edit.removes if turn.edit is not None else None
    if number is not None:
        for place, message in await services.store.picture_messages(turn.thread, number):
            await outbox.errands.remove(place, message)
    return Conclusion(Outcome.CANCELLED)
