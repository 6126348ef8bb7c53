"""The message that shows an edited picture: before and after together, with its buttons."""

from __future__ import annotations

import structlog

from bot import captions
from bot import notices_pictures as words
from bot.domain import StoredPicture, Turn
from bot.events import File, Post
from bot.ports import Limits, Unread
from bot.text import last_boundary
from bot.turns.originals import MOST_PICTURES
from bot.turns.services import Services

log = structlog.get_logger(__name__)

# What platforms that took more before have been seen to take, at least (Discord's limit was
# 25 MiB, then 10): https://docs.discord.com/developers/reference#uploading-files
SMALLER_BYTES = (8 * 1024 * 1024, 4 * 1024 * 1024, 1024 * 1024)


class Gallery:
    """Put one turn's picture message together."""

    def __init__(self, turn: Turn, services: Services, limits: Limits) -> None:
        self._turn = turn
        self._services = services
        self._limits = limits

    @property
    def sizes(self) -> tuple[int, ...]:
        """Return how large files may be, and what to try where that is found too much."""
        most = self._limits.file_bytes
        return (most, *(size for size in SMALLER_BYTES if size < most))

    async def build(self, most_bytes: int) -> Post | None:
        """Return the message with files of this size, or None where the picture is not kept."""
        turn = self._turn
        picture = await self._services.store.picture_made(turn.id)
        after = await self._file(picture, most_bytes) if picture is not None else None
        if picture is None or after is None:
            log.error("the picture of a turn is not kept")
            return None
        notes = [turn.note] if turn.note else []
        files, shrunk = [after[0]], after[1]
        before = await self._find_base(picture)
        if before is not None:
            shown = await self._file(before, most_bytes)
            if shown is None:
                notes.append(words.before_left_out(before.number))
            else:
                files.insert(0, shown[0])
        if shrunk and shrunk not in turn.note:
            notes.append(words.done_to_result(shrunk))
        buttons = words.picture_buttons(
            turn.id,
            made=picture.made,
            has_earlier=picture.base is not None,
            paints=self._services.paints,
        )
        text = "\n\n".join(filter(None, (turn.answer, "\n".join(notes))))
        return Post(self._cut(text), buttons, files=tuple(files), gallery=True)

    async def _find_base(self, picture: StoredPicture) -> StoredPicture | None:
        """Return the picture that this one was made from, if somebody may see it."""
        if picture.base is None:
            return None
        known = await self._services.store.pictures(self._turn.thread, MOST_PICTURES)
        base = next((each for each in known if each.number == picture.base), None)
        return base if base is not None and not base.removed else None

    async def _file(self, picture: StoredPicture, most_bytes: int) -> tuple[File, str] | None:
        """Return a picture as a file of this size, and what was done to it for that."""
        data = await self._services.blobs.get(picture.blob) if picture.blob else None
        if data is None:
            return None
        fitted = await self._services.pictures.fit(data, most_bytes)
        if isinstance(fitted, Unread):
            log.error("a kept picture does not fit", why=fitted.why, number=picture.number)
            return None
        name = captions.file_name(picture, fitted.mime)
        return File(name, fitted.data, captions.describe(picture)), fitted.note

    def _cut(self, text: str) -> str:
        """Return a text within one message: what was asked may be long, the notes stand last."""
        limits = self._limits
        over = limits.length(text) - limits.text
        while over > 0:
            text = text[: last_boundary(text, max(0, len(text) - max(1, over // 3) - 1))] + "…"
            over = limits.length(text) - limits.text
        return text
