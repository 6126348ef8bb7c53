"""What Slack told the bot of, and what it gave up telling."""

from __future__ import annotations

from collections import defaultdict

from adapters.playground.history import Entry, History


class Ledger:
    """Follow each event from its first attempt to its ack, or to the last attempt in vain."""

    def __init__(self, history: History, retries: int) -> None:
        self._last = f"attempt {retries}"
        self._events: dict[tuple[str, str], set[str]] = defaultdict(set)
        self._acked: set[str] = set()
        self._given_up: set[str] = set()
        history.watchers.append(self._hear)

    def _hear(self, entry: Entry) -> None:
        if entry.service != "slack" or not entry.route.startswith("event:"):
            return
        event, event_id = entry.request["event"], entry.request["event_id"]
        match event.get("subtype"):
            case None | "file_share":
                self._events["said", str(event.get("ts"))].add(event_id)
            case "message_deleted":
                self._events["deleted", str(event["deleted_ts"])].add(event_id)
            case "message_changed" if event["message"].get("subtype") == "tombstone":
                self._events["deleted", str(event["message"]["ts"])].add(event_id)
            case _:
                return
        if entry.effect == "ok":
            self._acked.add(event_id)
        elif entry.path == self._last:
            self._given_up.add(event_id)

    def untold(self) -> set[str]:
        """Return the messages that the bot never heard of, and never will."""
        return self._lost("said")

    def undeleted(self) -> set[str]:
        """Return the messages that were deleted without the bot being told."""
        return self._lost("deleted")

    def _lost(self, kind: str) -> set[str]:
        return {
            ts
            for (of, ts), events in self._events.items()
            if of == kind and events <= self._given_up
        }
