"""What an edit is made of: its pictures, brought in, numbered and chosen, and its mask.

Which they are is decided from what is stored alone, so that a turn that is taken up again is
made of the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import assert_never

import structlog

from bot import edits, references
from bot import notices_pictures as words
from bot.domain import (
    Edit,
    FileState,
    ImageModel,
    MaskKind,
    Outcome,
    Picture,
    StoredFile,
    StoredPicture,
    Turn,
)
from bot.faults import transition
from bot.ports import Conclusion, MaskRead, PictureRead, Unread
from bot.turns.brought import Brought, Refused
from bot.turns.services import Services

log = structlog.get_logger(__name__)

# So many pictures of a conversation can be named by their numbers.
MOST_PICTURES = 1_000
MASK_MIME = "image/png"


def memo(turn: str) -> str:
    """Return the name of what is remembered of a turn that is not over."""
    return f"edit:{turn}"


@dataclass(frozen=True, slots=True)
class Material:
    """What one request is made of: `numbers` are those of its pictures, the base first.

    `next_number` is that of the picture which will be made.
    """

    numbers: tuple[int, ...]
    is_masked: bool
    next_number: int


class Originals:
    """Bring in what one edit is made of. `notes` say what was left out or done to it.

    Bytes are held from when they were chosen to when they are first brought: many edits at once
    are long, and large.
    """

    def __init__(self, turn: Turn, edit: Edit, services: Services) -> None:
        self._turn = turn
        self._edit = edit
        self._services = services
        self._brought = Brought(turn, services)
        self._known: dict[int, StoredPicture] = {}
        self._numbers: tuple[int, ...] = ()
        self._files: tuple[StoredFile, ...] = ()
        self._model: ImageModel | None = None
        self._ready: tuple[Picture, ...] = ()
        self.notes: list[str] = []

    async def gather(self, model: ImageModel) -> Material:
        """Return what a request is to be made of, within the model's limits. Raises `Refused`.

        What was chosen is stored, and what is said of it: what the thread's latest is may change
        before the end, and what was left out is not found again.
        """
        files = await self._brought.read_own()
        numbers, said = await self._recall()
        if not (numbers or files or self._edit.numbers):
            await self._brought.overhear(model.most_pictures)
        self.notes += self._brought.notes
        await self._read_known()
        chosen = [self._find(each) for each in numbers] if numbers else await self._choose(files)
        if len(chosen) > model.most_pictures:
            left = [picture.number for picture in chosen[model.most_pictures :]]
            self.notes.append(words.pictures_left_out(left, model.most_pictures, model.id))
            chosen = chosen[: model.most_pictures]
        self._files, self._model = files, model
        self._numbers, self._ready = await self._fit(chosen, model)
        # What was left out before is not among what was chosen any more.
        self.notes = [*said, *(note for note in self.notes if note not in said)]
        await self._remember()
        return self._material()

    async def bring(self) -> tuple[Picture, ...]:
        """Return what is sent: the pictures, and last the mask if there is one. Raises `Refused`.

        It is the same each time, though not kept from one to the next.
        """
        ready, self._ready = self._ready, ()
        if ready or self._model is None:
            return ready
        said = list(self.notes)
        await self._read_known()  # Meanwhile one may have been deleted.
        try:
            chosen = [self._find(each) for each in self._numbers]
            _, ready = await self._fit(chosen, self._model)
        finally:
            self.notes = said
        return ready

    def let_go(self) -> None:
        """Hold no bytes while they are not needed: they can be brought again."""
        self._ready = ()

    async def read_base(self) -> bytes | None:
        """Return the picture that the edit goes on from, as it is kept, or None if it is not."""
        base = self._known.get(self._numbers[0]) if self._numbers else None
        return await self._services.blobs.get(base.blob) if base is not None and base.blob else None

    async def recall(self) -> Material:
        """Return what a request was made of that a service has already; nothing is refused."""
        await self._read_known()
        self._numbers, self.notes = await self._recall()
        return self._material()

    async def forget(self) -> None:
        """Forget what was chosen: it is stored with the picture."""
        await self._services.store.put_memo(self._memo, "")

    def _material(self) -> Material:
        is_masked = self._edit.mask is not MaskKind.NONE
        return Material(self._numbers, is_masked, max(self._known, default=0) + 1)

    @property
    def _memo(self) -> str:
        return memo(self._edit.late_of or self._turn.id)

    async def _recall(self) -> tuple[tuple[int, ...], list[str]]:
        """Return the pictures that were chosen before, if they were, and the notes about them."""
        numbers, *notes = (await self._services.store.memo(self._memo)).split("\n")
        return tuple(map(int, numbers.split())), notes

    async def _remember(self) -> None:
        """Store what was chosen: a line of numbers, then the notes, each on its own."""
        value = "\n".join([" ".join(map(str, self._numbers)), *self.notes])
        if value != await self._services.store.memo(self._memo):
            await transition("remember", self._services.store.put_memo(self._memo, value))

    async def _read_known(self) -> None:
        known = await self._services.store.pictures(self._turn.thread, MOST_PICTURES)
        self._known = {picture.number: picture for picture in known}

    async def _fit(
        self, chosen: Sequence[StoredPicture], model: ImageModel
    ) -> tuple[tuple[int, ...], tuple[Picture, ...]]:
        """Return what is sent, as the model takes it: numbers, and pictures with the mask last.

        The base is surely there.
        """
        fitted: list[tuple[int, PictureRead]] = []
        for picture in chosen:
            data = await self._services.blobs.get(picture.blob)
            if data is None:
                raise self._gone(picture)
            read = await self._services.pictures.fit(data, model.most_bytes)
            if isinstance(read, Unread):
                if not fitted:
                    raise self._refuse("picture_unfit", words.unfit(self._turn.id, read.why))
                self.notes.append(words.reference_left_out(picture.number, read.why))
                continue
            if read.note:
                self.notes.append(words.done_to_picture(picture.number, read.note))
            fitted.append((picture.number, read))
        base = fitted[0][1]
        mask = await self._read_mask(chosen[0], base.width, base.height, model)
        sent = [Picture(read.data, read.mime) for _, read in fitted]
        return tuple(number for number, _ in fitted), (*sent, *([mask] if mask else []))

    # --- pictures -------------------------------------------------------------------------------

    async def _choose(self, files: Sequence[StoredFile]) -> list[StoredPicture]:
        """Return the pictures of the edit, the base first."""
        edit, turn = self._edit, self._turn
        numbers = {picture.blob: picture.number for picture in self._known.values()}
        mask = edit.mask_file if edit.mask is MaskKind.ATTACHED else None
        own = [
            numbers[file.blob]
            for file in files
            if file.is_picture and file.n != mask and file.blob in numbers
        ]
        named = [*edit.numbers, *self._find_named()]
        order = list(dict.fromkeys([*own, *named] if edit.files_first else [*named, *own]))
        if order:
            return [self._find(number) for number in order]
        unread = [file for file in files if file.n != mask]
        whys = [file.note for file in unread if file.state is FileState.DECLINED]
        if whys:
            raise self._refuse("file_declined", words.files_declined(turn.id, whys))
        if self._brought.is_bereft:
            # The thread's latest is not what was meant.
            raise self._refuse("picture_taken_back", words.picture_taken_back(turn.id))
        latest = await self._services.store.latest_picture(turn.thread)
        if latest is not None and not unread:
            return [latest]
        if self._known and not unread:
            # There was one, which people may still see.
            raise self._gone(self._known[max(self._known)])
        note = "\n".join([words.no_picture(turn.id), *self._brought.notes])
        raise self._refuse("no_picture", note)

    def _find_named(self) -> list[int]:
        """Return the pictures that the words name."""
        return list(references.find(edits.strip(self._turn.prompt)))

    def _find(self, number: int) -> StoredPicture:
        picture = self._known.get(number)
        if picture is None:
            newest = max(self._known, default=0)
            note = words.no_such_picture(self._turn.id, number, newest)
            raise self._refuse("no_such_picture", note)
        if not picture.is_kept:
            raise self._gone(picture)
        return picture

    def _gone(self, picture: StoredPicture) -> Refused:
        days = self._services.image_retention_days
        note = words.picture_gone(self._turn.id, picture.number, days, removed=picture.removed)
        return self._refuse("picture_gone", note)

    def _refuse(self, error: str, note: str) -> Refused:
        return Refused(Conclusion(Outcome.REFUSED, note=note, error=error))

    # --- the mask -------------------------------------------------------------------------------

    async def _read_mask(
        self,
        base: StoredPicture,
        width: int,
        height: int,
        model: ImageModel,
    ) -> Picture | None:
        """Return the mask, of the size that the base has in the request."""
        pictures, turn = self._services.pictures, self._turn
        read: MaskRead | Unread
        match self._edit.mask:
            case MaskKind.NONE:
                return None
            case MaskKind.TRANSPARENCY:
                # As it was sent: fitted to the service, nothing of it may be transparent.
                read = await pictures.open_transparency(await self._get(base.blob))
                if isinstance(read, MaskRead) and (base.width, base.height) != (width, height):
                    read = await pictures.read_mask(read.data, width, height)
            case MaskKind.ATTACHED:
                blob = self._find_mask()
                read = await pictures.read_mask(await self._get(blob), width, height)
            case MaskKind.PAINTED:
                blob = self._edit.mask_blob
                read = await pictures.read_mask(await self._get(blob), width, height)
            case _:
                assert_never(self._edit.mask)
        if isinstance(read, Unread):
            raise self._refuse("mask_unfit", words.unfit(turn.id, read.why))
        if len(read.data) > model.most_mask_bytes:
            why = words.mask_too_big(model.most_mask_bytes)
            raise self._refuse("mask_unfit", words.unfit(turn.id, why))
        if read.note:
            self.notes.append(words.done_to_mask(read.note))
        return Picture(read.data, MASK_MIME)

    def _find_mask(self) -> str:
        """Return the blob of the attached mask."""
        for file in self._files:
            if file.n == self._edit.mask_file:
                if file.state is FileState.DECLINED:
                    raise self._refuse("mask_unfit", words.unfit(self._turn.id, file.note))
                return file.blob
        return ""

    async def _get(self, blob: str) -> bytes:
        """Return the bytes that a mask is made of."""
        data = await self._services.blobs.get(blob) if blob else None
        if data is None:
            raise self._refuse("no_mask", words.no_mask(self._turn.id))
        return data
