"""Measures."""

from __future__ import annotations

from typing import Protocol


class Meter(Protocol):
    """Count. Labels are bounded words, never text of users."""

    def count(self, name: str, amount: float = 1, /, **labels: str) -> None:
        """Add to a counter."""

    def observe(self, name: str, value: float, /, **labels: str) -> None:
        """Add to a histogram."""

    def gauge(self, name: str, value: float, /, **labels: str) -> None:
        """Set a gauge."""
