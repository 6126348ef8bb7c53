"""`/status` and `/help`: how the bot is, and what it can do."""

from __future__ import annotations

from bot.commands import guide_texts, texts
from bot.commands.choices import model_in_force
from bot.commands.desk import Desk, backends_of
from bot.commands.rights import Grant


async def status(desk: Desk, grant: Grant) -> str:
    """Show how the bot is; admins also see credits and alerts, and nobody sees anybody's words."""
    text = texts.status(
        desk.version,
        desk.clock.monotonic() - desk.started_at,
        await model_in_force(desk, grant.request.call),
        [(name, desk.is_refused(name)) for name in backends_of(desk.models)],
        await desk.store.count_open(),
    )
    if grant.rights_unknown:
        return f"{text}\n{texts.more_for_admins(grant.request.here)}"
    if not grant.admin:
        return text
    now = desk.clock.now()
    credits, alerts = await desk.store.credits(), await desk.store.standing()
    return f"{text}\n{texts.operations(credits, alerts, desk.low_credits_micros, now)}"


async def guide(desk: Desk, grant: Grant) -> str:
    """Show what can be done, by whom, and where words go."""
    edits = guide_texts.edits_of(desk.editor, public=desk.uploads_public)
    return guide_texts.guide(grant.request.here, backends_of(desk.models), edits)
