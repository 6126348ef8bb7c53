"""What every command is handed: joined once, in the composition root."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from bot.commands.here import SLACK_COMMAND
from bot.commands.quota_desk import QuotaDesk
from bot.domain import ThreadRef
from bot.ports import (
    Alert,
    ChatModels,
    Chosen,
    Clock,
    Credit,
    ImageModels,
    Meter,
)


class CommandStore(Protocol):
    """What commands read and change; part of `bot.ports.Store`."""

    async def chosen(self, thread: ThreadRef) -> list[Chosen]:
        """Return every setting that holds for a thread, the narrowest level first."""

    async def choose(self, thread: ThreadRef, choice: Chosen) -> None:
        """Store a setting; "" takes it back."""

    async def start_afresh(self, thread: ThreadRef, position: int, now: int) -> None:
        """Leave everything up to `position` out of the conversation from now on."""

    async def follow(self, thread: ThreadRef, followed: bool, now: int) -> None:
        """Answer, or no longer answer, in a thread without a mention."""

    async def is_followed(self, thread: ThreadRef) -> bool:
        """Tell whether a message in this thread is ours without a mention."""

    async def count_open(self) -> dict[str, int]:
        """Return how many turns stand in each state but `ended`."""

    async def credits(self) -> list[Credit]:
        """Return the newest figure of each backend."""

    async def standing(self) -> list[Alert]:
        """Return the alerts that stand."""


@dataclass(frozen=True, slots=True)
class Desk:
    """The outside, as commands see it.

    `listen(platform, workspace, channel, every)` is told when every message of a channel
    becomes a question, or no longer. `is_refused` tells whether a backend turns the bot away.
    Below `low_credits_micros` of an account its owners are told. `slack_command` takes all words
    of the table. `uploads_public`: whoever has the address of a picture that is edited can open it.
    """

    store: CommandStore
    models: ChatModels
    clock: Clock
    meter: Meter
    version: str
    started_at: float
    admins: frozenset[str]
    system_prompt: str
    listen: Callable[[str, str, str, bool], None]
    is_refused: Callable[[str], bool]
    quotas: QuotaDesk
    fallback: str = ""
    low_credits_micros: int = 0
    slack_command: str = SLACK_COMMAND
    image_models: ImageModels | None = None
    uploads_public: bool = True

    @property
    def editor(self) -> str:
        """Return the backend that edits pictures, "" if none does."""
        known = self.image_models.known() if self.image_models is not None else []
        return known[0].backend if known else ""


def backends_of(models: ChatModels) -> Sequence[str]:
    """Return the names of all backends, that of the default model first."""
    return list(dict.fromkeys(model.backend for model in models.known()))
