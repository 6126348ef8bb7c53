"""What a question brings along: the thread that it stands in, and its files.

Every step is stored before the next begins, so that a turn that is taken up again does only
what is missing. Bytes are kept by their hash: that a link expires later does not matter.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import assert_never

import structlog
from msgspec import structs

from bot import notices_files, notices_notes, notices_operators
from bot.domain import ChatMessage, FileState, Model, Outcome, StoredFile, Turn
from bot.errors import (
    Elsewhere,
    Forbidden,
    NotAFile,
    PlatformRefused,
    PlatformUnknown,
    Throttled,
    TooBig,
)
from bot.faults import fault_point, transition
from bot.ports import Conclusion, FileRead, Overheard, PictureRead, Platform, TextRead, Unread
from bot.text import excerpt, is_blank
from bot.turns.services import Services

log = structlog.get_logger(__name__)

MOST_FILES = 10
MOST_BYTES = 25 * 1024 * 1024
MOST_TEXT = 32_000
MOST_OVERHEARD = 50
NAME_CHARACTERS = 80
NAMELESS = "One file"
# Waits between the tries of what a platform could not give just now.
WAITS_SECONDS = (1.0, 4.0)
# Who asks for a longer wait is not waited for: other turns' files are behind this one.
LONGEST_WAIT_SECONDS = 15.0
DAY_MS = 24 * 3_600 * 1_000


class Unavailable(Exception):
    """A file of the question cannot be had now, but may be later."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


class NotPermitted(Exception):
    """A file of the question may not be read as long as an admin has not granted that."""

    def __init__(self, permission: str) -> None:
        super().__init__(permission)
        self.permission = permission


class Inputs:
    """Bring in what one turn's question refers to."""

    def __init__(self, turn: Turn, services: Services) -> None:
        self._turn = turn
        self._services = services
        self._platform: Platform = services.platforms[turn.thread.platform]

    # --- somebody else's thread -----------------------------------------------------------

    async def overhear(self) -> str:
        """Read the thread as far as it is not stored; return a note if that was not possible."""
        turn, store = self._turn, self._services.store
        after = await store.heard_to(turn)
        try:
            heard = await self._read_thread(turn.place or turn.thread.thread, after)
        except Forbidden as error:
            return notices_notes.not_overheard(error.permission)
        except (PlatformRefused, PlatformUnknown) as error:
            log.warning("thread not read", error=str(error), code=error.code)
            return notices_notes.not_overheard("")
        if heard:
            now = self._services.clock.now()
            await transition("add_overheard", store.add_overheard(turn, heard, now))
        return ""

    async def _read_thread(self, place: str, after: int) -> list[Overheard]:
        for wait in (*WAITS_SECONDS, None):
            fault_point("before:read_thread")
            try:
                return await self._platform.read_thread(
                    place, after, self._turn.position, MOST_OVERHEARD
                )
            except (PlatformUnknown, Throttled) as error:
                if wait is None or _asked(error) > LONGEST_WAIT_SECONDS:
                    raise
                await self._wait(wait, error)
        raise AssertionError

    # --- files ----------------------------------------------------------------------------

    async def read_files(self, model: Model, history: Sequence[ChatMessage]) -> list[ChatMessage]:
        """Fetch, read and keep what is still waiting; return the history with it.

        All files of the question; of earlier messages only pictures, the newest first, and
        only as many as the model takes. Raises `Unavailable` and `NotPermitted` for the
        question's own.
        """
        if not history:
            return []
        *before, question = history
        question = await self.read_question(question)
        room = model.pictures - sum(1 for file in question.files if file.is_picture)
        messages = [question]
        for message in reversed(before):
            if room > 0 and message.files:
                message, room = await self._read_pictures(message, room)
            messages.append(message)
        messages.reverse()
        return messages

    async def read_question(self, question: ChatMessage) -> ChatMessage:
        """Fetch, read and keep the files of one message; see `read_files`."""
        files: list[StoredFile] = []
        for number, file in enumerate(question.files):
            if file.state is FileState.WAITING:
                if number >= MOST_FILES:
                    why = notices_files.file_too_many(name_file(file), MOST_FILES)
                    file = await self._put(replace(file, state=FileState.DECLINED, note=why))
                else:
                    file = await self._take(file)
            files.append(file)
        return structs.replace(question, files=tuple(files)) if files else question

    async def read_pictures(self, messages: Sequence[ChatMessage], most: int) -> None:
        """Fetch, read and keep the newest pictures of earlier messages, `most` of them.

        The oldest of them comes first: as they come they are numbered. Raises `Unavailable` and
        `NotPermitted`.
        """
        waiting = [file for message in messages for file in message.files if _waits(file)]
        for file in waiting[-most:]:
            await self._take(file)

    async def _read_pictures(self, message: ChatMessage, room: int) -> tuple[ChatMessage, int]:
        """Read an earlier message's pictures; one that cannot be had is left where it is."""
        files: list[StoredFile] = []
        for file in message.files:
            if _waits(file) and room > 0:
                try:
                    file = await self._take(file)
                except (Unavailable, NotPermitted) as error:
                    log.warning("earlier picture not fetched", why=str(error))
            room -= 1 if file.is_picture and not file.excluded else 0
            files.append(file)
        return structs.replace(message, files=tuple(files)), room

    async def _take(self, file: StoredFile) -> StoredFile:
        """Fetch, read and keep one file, and store what became of it."""
        name = name_file(file)
        if file.attachment.size > MOST_BYTES:
            return await self._decline(file, notices_files.file_too_big(name, MOST_BYTES))
        async with self._services.files_at_once:
            try:
                data = await self._download(file)
            except TooBig:
                return await self._decline(file, notices_files.file_too_big(name, MOST_BYTES))
            except Elsewhere:
                return await self._decline(file, notices_files.file_elsewhere(name))
            except NotAFile:
                return await self._decline(file, notices_files.file_is_page(name))
            except (PlatformUnknown, Throttled) as error:
                raise Unavailable(name) from error
            except PlatformRefused as error:
                if isinstance(error, Forbidden) and error.permission:
                    await self._call_admins(error.permission)
                    raise NotPermitted(error.permission) from error
                log.info("file is gone", error=str(error), code=error.code)
                return await self._put(replace(file, state=FileState.LOST))
            await self._permitted()
            fault_point("before:read_file")
            read = await self._services.reader.read(
                file.attachment.name, file.attachment.mime, data
            )
            return await self._keep(file, read)

    async def _download(self, file: StoredFile) -> bytes:
        for wait in (*WAITS_SECONDS, None):
            fault_point("before:download")
            try:
                return await self._platform.download(file.attachment, MOST_BYTES)
            except (PlatformUnknown, Throttled) as error:
                if wait is None or _asked(error) > LONGEST_WAIT_SECONDS:
                    raise
                await self._wait(wait, error)
        raise AssertionError

    async def _permitted(self) -> None:
        """Know that files can be had: whoever had to mend that has."""
        thread = self._turn.thread
        await self._services.alerts.clear(f"files:{thread.platform}:{thread.workspace}")

    async def _call_admins(self, permission: str) -> None:
        """Tell the people who run the bot, once a day, what only they can mend."""
        thread = self._turn.thread
        name = f"files:{thread.platform}:{thread.workspace}"
        text = notices_operators.files_not_permitted_here(
            thread.platform, thread.workspace, permission
        )
        await self._services.alerts.raise_alert(name, text, again_ms=DAY_MS)

    async def _wait(self, seconds: float, error: PlatformUnknown | Throttled) -> None:
        log.info("asked again later", error=str(error), code=error.code)
        await self._services.clock.sleep(max(seconds, _asked(error)))

    async def _keep(self, file: StoredFile, read: FileRead) -> StoredFile:
        match read:
            case PictureRead():
                blob = await transition("put_blob", self._services.blobs.put(read.data))
                picture = replace(
                    file,
                    state=FileState.READ,
                    blob=blob,
                    mime=read.mime,
                    width=read.width,
                    height=read.height,
                    note=read.note,
                )
                return await self._put(picture)
            case TextRead():
                text = read.text[:MOST_TEXT]
                return await self._put(
                    replace(file, state=FileState.READ, text=text, note=read.note)
                )
            case Unread():
                return await self._decline(file, read.why)
            case _:
                assert_never(read)

    async def _decline(self, file: StoredFile, why: str) -> StoredFile:
        return await self._put(replace(file, state=FileState.DECLINED, note=why))

    async def _put(self, file: StoredFile) -> StoredFile:
        self._services.meter.count("files_read", result=_result(file))
        await transition("put_file", self._services.store.put_file(self._turn, file))
        return file


def _waits(file: StoredFile) -> bool:
    """Tell whether a file is a picture, as its platform says, that was not fetched yet."""
    return file.state is FileState.WAITING and file.attachment.mime.startswith("image/")


def name_file(file: StoredFile) -> str:
    """Return a file's name as people may be shown it; of some a platform tells none."""
    name = excerpt(file.attachment.name, NAME_CHARACTERS).replace("`", "")
    return NAMELESS if is_blank(name) else f"`{name}`"


def _asked(error: PlatformUnknown | Throttled) -> float:
    """Return the seconds that a platform asks to wait."""
    return error.retry_after if isinstance(error, Throttled) else 0.0


def _result(file: StoredFile) -> str:
    if file.state is FileState.READ:
        return "picture" if file.is_picture else "text"
    return file.state.value


# --- what the files come to: decided from what is stored alone --------------------------------


def refuse(turn: Turn, question: ChatMessage) -> Conclusion | None:
    """Refuse a question whose file is lost, or of which nothing could be read."""
    lost = [name_file(file) for file in question.files if file.state is FileState.LOST]
    if lost:
        note = notices_files.files_lost(turn.id, " and ".join(lost))
        return Conclusion(Outcome.REFUSED, note=note, error="file_lost")
    asked = not is_blank(question.text) or question.quote is not None
    declined = [file.note for file in question.files if file.state is FileState.DECLINED]
    if not asked and declined and len(declined) == len(question.files):
        note = notices_files.files_declined(turn.id, declined)
        return Conclusion(Outcome.REFUSED, note=note, error="file_declined")
    return None


def note_files(question: ChatMessage) -> list[str]:
    """Return the notes about the question's files that belong under its answer."""
    unread = [file.note for file in question.files if file.state is FileState.DECLINED]
    done = [
        notices_notes.done_to_file(name_file(file), file.note)
        for file in question.files
        if file.state is FileState.READ and file.note
    ]
    return [*done, *notices_files.files_unread(unread)]
