"""Stores of pictures and of drafts."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from bot.domain import Attachment, Author, Edit, EditOptions, StoredPicture, ThreadRef, Turn


@dataclass(frozen=True, slots=True)
class Made:
    """A picture that an edit made, as it is stored with the turn's conclusion."""

    blob: str
    mime: str
    width: int
    height: int
    inputs: tuple[int, ...]
    prompt: str
    model: str
    options: EditOptions
    masked: bool = False


class DraftKind(StrEnum):
    """What a draft waits for: a form to be sent, or a mask to be painted on a page."""

    FORM = "form"
    PAINT = "paint"


@dataclass(frozen=True, slots=True)
class Draft:
    """An edit that a person has begun to ask for. It can be used once, by its author only.

    `about` is the turn whose picture it goes on from. `opens_thread` and `thread` as in `Asked`:
    the thread of a form from a channel is named by the interaction that sends it. `used`: the
    turn that came of it. `revoked`: the picture, its turn or its thread is no more.
    """

    id: str
    kind: DraftKind
    thread: ThreadRef
    place: str
    author: Author
    opens_thread: bool
    edit: Edit
    prompt: str
    attachments: tuple[Attachment, ...]
    about: str
    created_at: int
    expires_at: int
    used: str = ""
    revoked: bool = False


class PictureStore(Protocol):
    """Keep what pictures conversations have, which came from which, and drafts."""

    async def pictures(self, thread: ThreadRef, most: int = 100) -> list[StoredPicture]:
        """Return the newest pictures of a conversation, by number; removed ones too."""

    async def latest_picture(self, thread: ThreadRef) -> StoredPicture | None:
        """Return the picture that an edit goes on from: the one chosen last, made last or, where
        none was made, sent last. None where there is none (any more).
        """

    async def picture_made(self, turn: str) -> StoredPicture | None:
        """Return the picture that a turn made or showed."""

    async def picture_at(
        self, platform: str, workspace: str, place: str, message: str
    ) -> tuple[ThreadRef, StoredPicture] | None:
        """Return the picture that a message of ours shows, and its conversation."""

    async def picture_messages(self, thread: ThreadRef, number: int) -> list[tuple[str, str]]:
        """Return the messages of ours (place, message) that show a picture as theirs: where it
        was made, and wherever somebody went back to it.
        """

    async def number_picture(
        self, turn: Turn, blob: str, mime: str, width: int, height: int
    ) -> int:
        """Number a picture that a turn brought; one of the same bytes keeps its number."""

    async def show_picture(self, turn: Turn, number: int) -> None:
        """Make a picture the thread's latest, shown by this turn."""

    async def add_draft(self, draft: Draft) -> None:
        """Keep a draft."""

    async def draft(self, draft: str) -> Draft | None:
        """Return a draft, whatever became of it."""

    async def await_result(self, turn: Turn, now: int) -> None:
        """Remember that a service may yet have the result of a turn's step."""

    async def awaited(self) -> list[tuple[str, str, str, str, str, int]]:
        """Return what is awaited: platform, workspace, turn, model, request id, since when."""

    async def forget_awaited(self, turn: str) -> None:
        """Await a turn's result no more."""

    async def expire_pictures(self, before: int, most: int) -> int:
        """Forget the bytes of pictures that are older, and return of how many."""
