"""A scope with what the platform calls it."""

from __future__ import annotations

from dataclasses import dataclass

from bot.ports import Scope


@dataclass(frozen=True, slots=True)
class Named:
    """A scope, and what the platform calls it ("" for those that need no name)."""

    scope: Scope
    name: str = ""
