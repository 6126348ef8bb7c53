"""What the Discord adapter needs around it in tests: an intake, marks, a meter."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping

from bot.errors import StoreError
from bot.events import Incoming, MessageReceived, Verdict
from bot.ports import Decision


class MarkStore:
    """Keep watermarks in memory; `refuse` makes it fail as a full disk would."""

    def __init__(self) -> None:
        self.kept: dict[str, dict[str, int]] = {}
        self.refuse = False

    async def watermarks(self, platform: str, workspace: str) -> dict[str, int]:
        """See `bot.ports.WatermarkStore`."""
        if self.refuse:
            raise StoreError
        return dict(self.kept.get(workspace, {}))

    async def raise_watermarks(
        self, platform: str, workspace: str, marks: Mapping[str, int]
    ) -> None:
        """See `bot.ports.WatermarkStore`."""
        if self.refuse:
            raise StoreError
        kept = self.kept.setdefault(workspace, {})
        for channel, mark in marks.items():
            kept[channel] = max(mark, kept.get(channel, mark))


class Inbox:
    """Take events and decide about them as `decide` says, at once unless `slow`."""

    def __init__(self, decide: Callable[[Incoming], Verdict | None] | None = None) -> None:
        self.events: list[Incoming] = []
        self.slow = False
        self.waiting: list[tuple[asyncio.Future[Decision], Incoming]] = []
        self._decide = decide or (lambda event: Verdict.ADMITTED)

    def put(self, event: Incoming) -> asyncio.Future[Decision]:
        """See `bot.ports.Intake`."""
        future: asyncio.Future[Decision] = asyncio.get_running_loop().create_future()
        future.add_done_callback(lambda done: done.cancelled() or done.exception())
        self.events.append(event)
        if self.slow:
            self.waiting.append((future, event))
        else:
            self._settle(future, event)
        return future

    def catch_up(self) -> None:
        """Decide about what waits."""
        waiting, self.waiting = self.waiting, []
        for future, event in waiting:
            self._settle(future, event)

    @property
    def messages(self) -> list[MessageReceived]:
        """Return the messages that came, in order."""
        return [event for event in self.events if isinstance(event, MessageReceived)]

    @property
    def texts(self) -> list[str]:
        """Return the messages' texts, in order."""
        return [message.text for message in self.messages]

    def _settle(self, future: asyncio.Future[Decision], event: Incoming) -> None:
        verdict = self._decide(event)
        if verdict is None:
            future.set_exception(StoreError("full"))
        else:
            future.set_result(Decision(verdict, "turn"))


class Tally:
    """Count what is measured, by name and labels."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()

    def count(self, name: str, amount: float = 1, /, **labels: str) -> None:
        """See `bot.ports.Meter`."""
        self.counts[" ".join([name, *labels.values()])] += int(amount)

    def observe(self, name: str, value: float, /, **labels: str) -> None:
        """See `bot.ports.Meter`."""

    def gauge(self, name: str, value: float, /, **labels: str) -> None:
        """See `bot.ports.Meter`."""
