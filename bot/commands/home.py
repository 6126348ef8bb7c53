"""What a person sees who opens the bot's own page on the platform."""

from __future__ import annotations

from collections.abc import Sequence

from bot.commands import guide_texts, texts
from bot.commands.choices import chosen_here
from bot.commands.desk import Desk, backends_of
from bot.commands.rights import Grant
from bot.ports import Command


async def show_home(desk: Desk, grant: Grant, commands: Sequence[Command]) -> list[str]:
    """Return what the bot is, what this person may use, and what is set, in sections."""
    here = grant.request.here
    chosen = await chosen_here(desk, grant.request.call)
    default = desk.models.known()[0]
    return [
        guide_texts.home_intro(backends_of(desk.models)),
        *guide_texts.home_edits(
            here, guide_texts.edits_of(desk.editor, public=desk.uploads_public)
        ),
        guide_texts.home_uses(here, commands, grant.admin),
        *([texts.more_for_admins(here)] if grant.rights_unknown else []),
        guide_texts.home_settings(here, chosen, default, desk.system_prompt, desk.clock.now()),
    ]
