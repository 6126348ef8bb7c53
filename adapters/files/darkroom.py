"""Work on the pictures of edits (`bot.ports.Pictures`), all of it in the decoder's process."""

from __future__ import annotations

import asyncio
from importlib.util import find_spec
from typing import Any

from adapters.files import sentences
from adapters.files.headers import BadHeader, Header, RareForm, read_header
from adapters.files.kinds import HEIC, Foreign, Form, sniff
from adapters.files.limits import MASK_BYTES, MOST_PIXELS, RESULT_BYTES
from adapters.files.reader import refuse
from adapters.files.worker import Overtaxed, Worker
from bot.ports import MaskRead, PictureRead, Unread

_READ = (Form.PNG, Form.JPEG, Form.WEBP, Form.GIF, Form.HEIC)
_MADE = {"image/png": Form.PNG, "image/jpeg": Form.JPEG, "image/webp": Form.WEBP}
_MIMES = {form: mime for mime, form in _MADE.items()}
# What the sentences about a result call it.
_NAME = "result"


class Darkroom:
    """Read results, fit pictures, make masks and compare, with the process that reads files."""

    def __init__(self, worker: Worker) -> None:
        self._worker = worker
        # An extra of the packaging; looked for, not imported.
        self._reads_heic = find_spec("pillow_heif") is not None

    async def read_result(self, data: bytes) -> PictureRead | Unread:
        """Read what a service made; see `bot.ports.Pictures`."""
        if not data:
            return Unread(sentences.empty(_NAME))
        if len(data) > RESULT_BYTES:
            return Unread(sentences.too_complex_picture(_NAME))
        found = await self._look(data)
        if isinstance(found, str):
            return Unread(found)
        form, header = found
        if why := refuse(_NAME, header):
            return Unread(why)
        read = await self._picture({"job": "result", "form": form.value}, data)
        if isinstance(read, Unread) or not header.animated:
            return read
        return PictureRead(read.data, read.mime, read.width, read.height, sentences.FIRST_FRAME)

    async def fit(self, data: bytes, most_bytes: int) -> PictureRead | Unread:
        """Encode a clean picture so that it fits; see `bot.ports.Pictures`."""
        found = await self._look(data)
        if isinstance(found, str):
            return Unread(found)
        form, header = found
        if len(data) <= most_bytes and form in _MIMES:
            return PictureRead(data, _MIMES[form], header.width, header.height)
        words = {"job": "fit", "form": form.value, "most": most_bytes}
        read = await self._picture(words, data, unless=sentences.not_fitting())
        if isinstance(read, Unread):
            return read
        before, after = len(data), len(read.data)
        note = sentences.compressed(before, after)
        if read.width < header.width and read.height < header.height:
            note = sentences.made_smaller(before, after, read.width, read.height)
        return PictureRead(read.data, read.mime, read.width, read.height, note)

    async def read_mask(self, data: bytes, width: int, height: int) -> MaskRead | Unread:
        """Read a mask for a picture of this size; see `bot.ports.Pictures`."""
        found = await self._look(data) if data else ""
        if isinstance(found, str):
            return Unread(sentences.unreadable_mask())
        form, header = found
        if header.width * header.height > MOST_PIXELS:
            return Unread(sentences.picture_too_large("mask", header))
        words = {"job": "mask", "form": form.value, "width": width, "height": height}
        said, made = await self._make_mask(words, data)
        match said:
            case {"end": "misshapen", "width": int(wide), "height": int(high)}:
                mask = Header(wide, high)
                return Unread(sentences.mask_of_other_shape(mask, width, height))
            case {"end": "mask", "width": int(wide), "height": int(high)}:
                scaled = (wide, high) != (width, height)
                note = sentences.mask_scaled(Header(wide, high), width, height) if scaled else ""
                return _mask(said, made, sentences.closed_mask(), note)
            case _:
                return _mask(said, made, sentences.closed_mask())

    async def open_transparency(self, data: bytes) -> MaskRead | Unread:
        """Return the mask of a picture's transparent part; see `bot.ports.Pictures`."""
        found = await self._look(data)
        if isinstance(found, str):
            return Unread(found)
        words = {"job": "transparency", "form": found[0].value}
        return _mask(*await self._make_mask(words, data), sentences.opaque())

    async def look_alike(self, one: bytes, other: bytes) -> bool:
        """Tell whether two pictures show the same; see `bot.ports.Pictures`."""
        if one == other:
            return True
        found = [await self._look(data) for data in (one, other)]
        match found:
            case [(first, _), (second, _)]:
                words = {"job": "alike", "form": first, "other": second, "first": len(one)}
            case _:
                return False
        try:
            both = await asyncio.to_thread(b"".join, (one, other))
            said, _ = await self._worker.run(words, both)
        except Overtaxed:
            return False
        return said.get("alike") is True

    # --- jobs ----------------------------------------------------------------------------

    async def _look(self, data: bytes) -> tuple[Form, Header] | str:
        """Return what a picture is by its header, or why it is not read."""
        form = sniff(data)
        if isinstance(form, Foreign):
            return sentences.foreign(_NAME, form)
        if form is Form.HEIC and not self._reads_heic:
            return sentences.foreign(_NAME, HEIC)
        if form not in _READ:
            return sentences.unreadable_picture(_NAME)
        try:
            return form, await asyncio.to_thread(read_header, form, data)
        except RareForm:
            return sentences.rare_picture(_NAME)
        except BadHeader:
            return sentences.unreadable_picture(_NAME)

    async def _picture(
        self, words: dict[str, Any], data: bytes, unless: str = ""
    ) -> PictureRead | Unread:
        """Do a job that makes a picture."""
        try:
            said, made = await self._worker.run(words, data, RESULT_BYTES)
        except Overtaxed:
            return Unread(sentences.too_complex_picture(_NAME))
        mime = str(said.get("mime", ""))
        try:
            size = read_header(_MADE[mime], made)
        except (KeyError, BadHeader, RareForm):
            return Unread(unless or sentences.unreadable_picture(_NAME))
        return PictureRead(made, mime, size.width, size.height)

    async def _make_mask(self, words: dict[str, Any], data: bytes) -> tuple[dict[str, Any], bytes]:
        """Do a job that makes a mask."""
        try:
            return await self._worker.run(words, data, MASK_BYTES)
        except Overtaxed:
            return {"end": "overtaxed"}, b""


def _mask(said: dict[str, Any], made: bytes, closed: str, note: str = "") -> MaskRead | Unread:
    """Return the mask that was made, or why there is none."""
    match said:
        case {"end": "mask", "share": float(share)} if 0 < share <= 1:
            return MaskRead(made, share, note)
        case {"end": "closed"}:
            return Unread(closed)
        case {"end": "overtaxed"}:
            return Unread(sentences.too_complex_picture("mask"))
        case _:
            return Unread(sentences.unreadable_mask())
