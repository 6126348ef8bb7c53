"""Read what a person attached (`bot.ports.FileReader`): its content decides, never its name."""

from __future__ import annotations

import asyncio
import mimetypes
from importlib.util import find_spec
from typing import assert_never

import structlog

from adapters.files import sentences
from adapters.files.headers import BadHeader, Header, RareForm, read_header
from adapters.files.kinds import HEIC, SVG, Foreign, Form, root_element, sniff
from adapters.files.limits import FIT_SIDE, LEAST_SIDE, MOST_ASPECT, MOST_PIXELS
from adapters.files.texts import cut, read_text
from adapters.files.worker import Overtaxed, Worker
from bot.ports import FileRead, Meter, PictureRead, TextRead, Unread
from bot.text import is_blank

log = structlog.get_logger(__name__)

_MADE = {"image/png": Form.PNG, "image/jpeg": Form.JPEG}


class Reader:
    """Read pictures and PDFs in the decoder's process, and texts here."""

    def __init__(self, meter: Meter, worker: Worker | None = None) -> None:
        self.worker = worker or Worker(meter)
        # An extra of the packaging; looked for, not imported.
        self._reads_heic = find_spec("pillow_heif") is not None

    async def read(self, name: str, mime: str, data: bytes) -> FileRead:
        """Read a file. Never raises for what the bytes are."""
        if not data:
            return Unread(sentences.empty(name))
        form = sniff(data)
        match form:
            case Form.HEIC if not self._reads_heic:
                return Unread(sentences.foreign(name, HEIC))
            case Form.PNG | Form.JPEG | Form.WEBP | Form.GIF | Form.HEIC:
                return await self._read_picture(name, form, data)
            case Form.PDF:
                return await self._read_pdf(name, data)
            case Form.TEXT:
                return await asyncio.to_thread(_read_text, name, mime, data)
            case Foreign():
                return Unread(sentences.foreign(name, form))
            case _:
                assert_never(form)

    async def close(self) -> None:
        """End the decoder's process."""
        await self.worker.close()

    async def _read_picture(self, name: str, form: Form, data: bytes) -> FileRead:
        """Look at the header, and only then decode."""
        try:
            header = await asyncio.to_thread(read_header, form, data)
        except RareForm:
            return Unread(sentences.rare_picture(name))
        except BadHeader:
            return Unread(sentences.unreadable_picture(name))
        if why := refuse(name, header):
            return Unread(why)
        try:
            said, made = await self.worker.run({"job": "picture", "form": form.value}, data)
        except Overtaxed:
            return Unread(sentences.too_complex_picture(name))
        mime = str(said.get("mime", ""))
        try:
            size = read_header(_MADE[mime], made)
        except (KeyError, BadHeader, RareForm):
            return Unread(sentences.unreadable_picture(name))
        if max(size.width, size.height) > FIT_SIDE:
            return Unread(sentences.unreadable_picture(name))
        note = sentences.FIRST_FRAME if header.animated else ""
        return PictureRead(made, mime, size.width, size.height, note)

    async def _read_pdf(self, name: str, data: bytes) -> FileRead:
        try:
            said, made = await self.worker.run({"job": "pdf"}, data)
        except Overtaxed:
            return Unread(sentences.too_complex_pdf(name))
        match said:
            case {"end": "text", "read": int(read), "pages": int(pages)}:
                pass
            case {"end": "locked"}:
                return Unread(sentences.locked_pdf(name))
            case _:
                return Unread(sentences.unreadable_pdf(name))
        begun = made.decode("utf-8", "replace")
        text = cut(begun, len(begun))
        if is_blank(text.text):
            return Unread(sentences.pdf_without_text(name))
        notes = [sentences.pages_cut(read, pages)] if read < pages else []
        if text.cut:
            notes.append(sentences.document_cut())
        return TextRead(text.text, "; ".join(notes))


def refuse(name: str, header: Header) -> str:
    """Say why a picture of this size is not decoded; empty if it is."""
    width, height = header.width, header.height
    if width * height > MOST_PIXELS:
        return sentences.picture_too_large(name, header)
    if max(width, height) > MOST_ASPECT * min(width, height):
        return sentences.picture_too_thin(name, header)
    if min(width, height) < LEAST_SIDE:
        return sentences.picture_too_small(name, header)
    return ""


def _read_text(name: str, mime: str, data: bytes) -> FileRead:
    text = read_text(data)
    if text is None:
        return Unread(sentences.not_text(name))
    root = root_element(text.text)
    if root == "svg":
        return Unread(sentences.foreign(name, SVG))
    if claimed := _claims(name, mime):
        what = "an HTML page" if root == "html" else "a text"
        return Unread(sentences.not_as_claimed(name, what, claimed))
    if is_blank(text.text):
        return Unread(sentences.blank(name))
    return TextRead(text.text, sentences.text_cut(text.characters) if text.cut else "")


def _claims(name: str, mime: str) -> str:
    """Say what a text pretends to be: a sign-in page often comes in place of a picture.

    Sound and video are not asked about: `.ts` and `.m3u` are texts by those types.
    """
    types = (mime, mimetypes.guess_type(name, strict=False)[0] or "")
    if any(each.startswith("image/") for each in types):
        return "a picture"
    return "a PDF" if "application/pdf" in types else ""
