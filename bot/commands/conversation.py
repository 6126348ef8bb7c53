"""`/new`: start a conversation afresh."""

from __future__ import annotations

from bot.commands import texts
from bot.commands.desk import Desk
from bot.commands.rights import Grant


async def new(desk: Desk, grant: Grant) -> str:
    """Leave everything before the command out of the conversation."""
    call = grant.request.call
    if not call.in_thread:
        return texts.new_in_channel(grant.request.here)
    await desk.store.start_afresh(call.thread, call.position, desk.clock.now())
    return texts.STARTED_AFRESH
