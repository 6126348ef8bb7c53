"""Backends, and the models that they have."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Protocol

from bot.domain import ChatRequest, Model
from bot.events import BackendEvent


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
