"""Let what is said in one channel go on in the order in which it came, whatever is looked up."""

from __future__ import annotations

import asyncio
from types import TracebackType


class Turnstile:
    """Hand out places in line, by channel. Whoever stands in line waits for nothing for long."""

    def __init__(self) -> None:
        self._last: dict[str, Place] = {}

    def join(self, channel: str) -> Place:
        """Return a place behind everybody who came before; taken with the call itself."""
        place = self._last[channel] = Place(self, channel, self._last.get(channel))
        return place

    def leave(self, place: Place) -> None:
        """Let the next one go."""
        if self._last.get(place.channel) is place:
            del self._last[place.channel]


class Place:
    """A place in line: left at the end of the block, however that ends."""

    def __init__(self, line: Turnstile, channel: str, ahead: Place | None) -> None:
        self.channel = channel
        self._line = line
        self._ahead = ahead
        self._left = asyncio.Event()

    async def first(self) -> None:
        """Return once nobody is ahead; at once where nobody is."""
        ahead, self._ahead = self._ahead, None
        if ahead is not None:
            await ahead._left.wait()

    def __enter__(self) -> Place:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._left.set()
        self._line.leave(self)
