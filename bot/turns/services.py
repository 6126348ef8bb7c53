"""What every turn is handed: joined once, in the composition root."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.pacing import Budget
from bot.ports import ChatModels, Clock, Meter, Platform, Store
from bot.turns.lease import Lease


@dataclass(frozen=True, slots=True)
class Services:
    """The outside, as the turn machine sees it.

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
    look: bool = True
