"""Backends, and the models that they have."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Protocol

from bot.domain import ChatRequest, EditRequest, ImageModel, Model
from bot.events import BackendEvent, ImageEvent


class ChatBackend(Protocol):
    """Answer a conversation.

    `repeatable`: a request that was under way when the process died may be made again. Where
    it is not, `stream` yields `Submitting` before a request leaves and `Accepted` with a
    `resumable` id as soon as there is one; with `ChatRequest.resume` it asks for that one
    and submits nothing.
    """

    name: str
    repeatable: bool

    def stream(self, request: ChatRequest) -> AsyncIterator[BackendEvent]:
        """Yield events; the last is `Completed`. Raises only `BackendError`.

        Closing the iterator closes the request. Nothing is repeated by itself once the
        request may have been run.
        """


class ChatModels(Protocol):
    """Find the model, and the backend that has it, by name."""

    def find(self, name: str | None) -> tuple[Model, ChatBackend]:
        """Return the named model, or the default. Raises `BackendError(NO_MODEL)`."""

    def known(self) -> list[Model]:
        """Return every model that can be chosen, the default first."""


class ImageBackend(Protocol):
    """Edit pictures. No request is ever made twice: see `ChatBackend.repeatable`."""

    name: str

    def edit(self, request: EditRequest) -> AsyncIterator[ImageEvent]:
        """Yield events; the last is `PictureMade`. Raises only `BackendError`.

        `Submitting` comes before a request leaves, `Accepted` with a `resumable` id as soon as
        there is one; with `EditRequest.resume` that one is asked for and nothing is submitted.
        Closing the iterator closes the request. What `EditRequest.bring` raises passes through.
        """

    async def is_done(self, request_id: str) -> bool:
        """Tell whether an accepted request has come to an end. Raises `BackendError`."""

    def usual_seconds(self, model: ImageModel) -> int:
        """Return what an edit takes by what it took of late, 0 where nobody can know."""


class ImageModels(Protocol):
    """Find the image model, and the backend that has it, by name."""

    def find(self, name: str | None) -> tuple[ImageModel, ImageBackend]:
        """Return the named model, or the default. Raises `BackendError(NO_MODEL)`."""

    def find_begun(self, name: str) -> tuple[ImageModel, ImageBackend]:
        """Return a model that a request was begun with; it may no longer be offered.

        Its service can be asked for it all the same. Raises `BackendError(NO_MODEL)`.
        """

    def known(self) -> list[ImageModel]:
        """Return every image model, the default first; none where no backend has any."""
