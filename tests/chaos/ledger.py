"""What was deleted on Slack, and of which deletions it gave up telling the bot."""

from __future__ import annotations

from collections import defaultdict

from adapters.playground.history import Entry, History


class Ledger:
    """Follow each event from its first attempt to its ack, or to the last attempt in vain.

    What was said is the bot's business, however little Slack tells: it has the history to read.
    """

    def __init__(self, history: History, retries: int) -> None:
        self._last = f"attempt {retries}"
        self._events: dict[str, set[str]] = defaultdict(set)
        self._given_up: set[str] = set()
        history.watchers.append(self._hear)

    def _hear(self, entry: Entry) -> None:
        if entry.service != "slack" or not entry.route.startswith("event:"):
            return
        event, event_id = entry.request["event"], entry.request["event_id"]
        match event.get("subtype"):
            case "message_deleted":
                self._events[str(event["deleted_ts"])].add(event_id)
            case "message_changed" if event["message"].get("subtype") == "tombstone":
                self._events[str(event["message"]["ts"])].add(event_id)
            case _:
                return
        if entry.effect != "ok" and entry.path == self._last:
            self._given_up.add(event_id)

    def undeleted(self) -> set[str]:
        """Return the messages that were deleted without the bot being told."""
        return {ts for ts, events in self._events.items() if events <= self._given_up}
