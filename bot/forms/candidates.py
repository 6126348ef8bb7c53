"""The pictures that a form offers to choose from: those of its thread, or the place's newest."""

from __future__ import annotations

import asyncio
import mimetypes
from collections.abc import Sequence

import structlog

from bot.domain import Attachment, StoredPicture, ThreadRef
from bot.errors import PlatformError
from bot.forms import texts
from bot.forms.desk import FormDesk
from bot.ports import Platform

log = structlog.get_logger(__name__)

# Both platforms give a form three seconds; what is not there by then is not offered.
# https://docs.discord.com/developers/interactions/receiving-and-responding
RECENT_SECONDS = 2.0
MOST_OFFERED = 10

# Chooses all pictures of a message, the first of them as the one to edit.
ALL = "all"
# Chooses what is uploaded; where nothing is, what was posted last.
NEWEST = ""


def is_picture(file: Attachment) -> bool:
    """Tell whether a file says of itself that it is a picture."""
    mime = file.mime or mimetypes.guess_type(file.name)[0] or ""
    return mime.startswith("image/") and not mime.startswith("image/svg")


def at(place: int) -> str:
    """Return the value that chooses a file of a draft by its place."""
    return f"@{place}"


def read_place(value: str) -> int | None:
    """Return which file of a draft a value chooses, or None if it chooses none."""
    digits = value.removeprefix("@")
    return int(digits) if value[:1] == "@" and digits.isascii() and digits.isdigit() else None


def list_files(files: Sequence[Attachment], *, together: bool = False) -> list[tuple[str, str]]:
    """Return (label, value) of files to choose from; `together`: all of them can be meant.

    One whose message was deleted is not shown, and the others keep their values.
    """
    shown = [
        (texts.posted(file.name, n + 1), at(n)) for n, file in enumerate(files) if not file.is_gone
    ]
    return [*shown, (texts.ALL_OF_THEM, ALL)] if together and len(files) > 1 else shown


async def list_numbered(desk: FormDesk, thread: ThreadRef) -> list[StoredPicture]:
    """Return the pictures of a thread that are still kept, the newest first. Raises StoreError."""
    return [each for each in reversed(await desk.store.pictures(thread)) if each.is_kept]


async def find_recent(desk: FormDesk, platform: str, place: str) -> list[Attachment]:
    """Return what people posted last at a place, none where that cannot be known in time."""
    speaker = desk.platforms.get(platform)
    if speaker is None:
        return []
    looking = asyncio.ensure_future(_look(speaker, place))
    patience = asyncio.ensure_future(desk.clock.sleep(RECENT_SECONDS))
    try:
        await asyncio.wait({looking, patience}, return_when=asyncio.FIRST_COMPLETED)
        return looking.result() if looking.done() else []
    finally:
        looking.cancel()
        patience.cancel()


async def _look(platform: Platform, place: str) -> list[Attachment]:
    try:
        return await platform.recent_pictures(place, MOST_OFFERED)
    except PlatformError as error:
        log.info("recent pictures not known", platform=platform.name, error=str(error)[:200])
        return []
