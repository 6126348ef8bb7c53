"""What Slack is told of events that were put in the queue."""

from __future__ import annotations

import asyncio

from adapters.slack.presses import NOT_TAKEN, NOTED, Answer
from bot.errors import StoreError
from bot.ports import Decision

Commit = asyncio.Future[Decision]


async def committed(*commits: Commit) -> Answer:
    """Acknowledge what is committed; to give up waiting does not take it back."""
    if commits:
        await asyncio.wait(commits)
    try:
        for commit in commits:
            commit.result()
    except StoreError:
        return NOT_TAKEN
    return NOTED
