"""A short campaign of kills on Slack by sockets."""

from __future__ import annotations

from pathlib import Path

from tests.chaos.short import kill_a_few_times


async def test_a_few_kills_leave_no_trace(tmp_path: Path) -> None:
    await kill_a_few_times(tmp_path, "slack-socket", cycles=12)
