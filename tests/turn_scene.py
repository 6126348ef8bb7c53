"""What tests of turns share: what the platform and the model were asked, and what was kept."""

from __future__ import annotations

from tests.evidence import Database, Row
from tests.harness import Harness

POST = "POST /channels/{channel_id}/messages"
EDIT = "PATCH /channels/{channel_id}/messages/{message_id}"
DELETE = "DELETE /channels/{channel_id}/messages/{message_id}"
THREADS = "POST /channels/{channel_id}/messages/{message_id}/threads"
CHAT = "POST /v1/chat/completions"


def rows(h: Harness, table: str) -> list[Row]:
    return Database.rows(h.database, table)


def requests_to(h: Harness, route: str) -> int:
    return sum(1 for entry in h.standins.history.entries if entry.route == route)


async def writing(h: Harness, thread: str) -> None:
    """Wait until an answer is being written in a thread."""
    await h.until(lambda: any("SIMULATED" in each.text for each in h.ours(thread)))
