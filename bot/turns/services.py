"""What every turn is handed: joined once, in the composition root."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.alerts import Alerts
from bot.breakers import Breakers
from bot.domain import ImageModel
from bot.errors import BackendError, BackendFault
from bot.estimates import Estimates
from bot.pacing import Budget
from bot.ports import (
    Blobs,
    ChatModels,
    Clock,
    FileReader,
    ImageBackend,
    ImageModels,
    Meter,
    Pictures,
    Platform,
    Store,
)
from bot.quotas import Quotas
from bot.turns.lease import Lease

# Each may hold a whole file in memory, which bounds what all turns together hold.
FILES_AT_ONCE = 2


class NoImageModels:
    """Find no image model: no service edits pictures."""

    def find(self, name: str | None) -> tuple[ImageModel, ImageBackend]:
        """Raise `BackendError(NO_MODEL)`."""
        raise BackendError(BackendFault.NO_MODEL, detail="no service edits pictures")

    def find_begun(self, name: str) -> tuple[ImageModel, ImageBackend]:
        """Raise `BackendError(NO_MODEL)`."""
        return self.find(name)

    def known(self) -> list[ImageModel]:
        """Return nothing."""
        return []


@dataclass(frozen=True, slots=True)
class Services:
    """The outside, as the turn machine sees it.

    `fallback_model` answers where the wanted one is not to be had; `context_tokens` is the
    budget of a prompt; below `low_credits_micros` of an account its owners are told. `secrets`
    are the bot's own, which no model may say. The bytes of pictures are kept for
    `image_retention_days`; `paints`: links to a page for painting masks can be given.
    `quotas` is what settings say of limits; above `spike_micros` within an hour the owners are
    told; `cost_line`: what an answer cost stands under those to admins.
    `look` is false only in a test that shows what is doubled without looking.
    """

    store: Store
    platforms: Mapping[str, Platform]
    models: ChatModels
    budgets: Mapping[str, Budget]
    clock: Clock
    meter: Meter
    lease: Lease
    system_prompt: str
    blobs: Blobs
    reader: FileReader
    pictures: Pictures
    alerts: Alerts
    image_models: ImageModels = field(default_factory=NoImageModels)
    fallback_model: str = ""
    context_tokens: int = 32_000
    low_credits_micros: int = 1_000_000
    image_retention_days: int = 30
    paints: bool = False
    secrets: tuple[str, ...] = ()
    quotas: Quotas = field(default_factory=Quotas)
    spike_micros: int | None = None
    cost_line: bool = False
    look: bool = True
    breakers: Breakers = field(default_factory=Breakers)
    estimates: Estimates = field(default_factory=Estimates)
    files_at_once: asyncio.Semaphore = field(
        default_factory=lambda: asyncio.Semaphore(FILES_AT_ONCE)
    )
