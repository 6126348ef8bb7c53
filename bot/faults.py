"""Named points at which a test may let the process die; in production they do nothing."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar

T = TypeVar("T")


def _nothing(name: str) -> None:
    """Do nothing."""


_hook: Callable[[str], None] = _nothing


def fault_point(name: str) -> None:
    """Mark a place, just before or after a change of state."""
    _hook(name)


def install(hook: Callable[[str], None]) -> None:
    """Call `hook` at every fault point. For tests only."""
    global _hook
    _hook = hook


async def transition(name: str, work: Awaitable[T]) -> T:
    """Do a change of state with a fault point on both its sides."""
    fault_point(f"before:{name}")
    result = await work
    fault_point(f"after:{name}")
    return result
