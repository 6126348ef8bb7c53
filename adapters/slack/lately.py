"""Remember what was so lately: for a time, and no more of it than so much."""

from __future__ import annotations

from collections import OrderedDict
from typing import Generic, TypeVar

from bot.ports import Clock

Key = TypeVar("Key")
Value = TypeVar("Value")

MOST = 4_096


class Lately(Generic[Key, Value]):
    """Keep values for so many seconds, the newest `most` of them."""

    def __init__(self, clock: Clock, seconds: float, most: int = MOST) -> None:
        self._clock = clock
        self._seconds = seconds
        self._most = most
        self._kept: OrderedDict[Key, tuple[Value, float]] = OrderedDict()

    def put(self, key: Key, value: Value) -> None:
        """Remember a value from now on."""
        self._kept[key] = (value, self._clock.monotonic())
        self._kept.move_to_end(key)
        while len(self._kept) > self._most:
            self._kept.popitem(last=False)

    def get(self, key: Key) -> Value | None:
        """Return a value, None if nothing is known, or nothing so new."""
        value, since = self._kept.get(key, (None, 0.0))
        if value is not None and self._clock.monotonic() - since >= self._seconds:
            del self._kept[key]
            return None
        return value

    def drop(self, key: Key) -> None:
        """Forget a value."""
        self._kept.pop(key, None)
