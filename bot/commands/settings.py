"""`/settings`: when the bot listens, and everything that holds here."""

from __future__ import annotations

from bot.commands import texts, usage_texts
from bot.commands.arguments import Unusable
from bot.commands.choices import choose, chosen_here
from bot.commands.desk import Desk
from bot.commands.rights import Grant, Request
from bot.ports import Chosen, Level, SettingName


def changes(request: Request) -> frozenset[Level]:
    """Return the levels that are changed: the channel by `mentions`, the thread by `follow`.

    Raises `Unusable`.
    """
    if request.text("mentions") and request.flag("reset"):
        raise Unusable(usage_texts.EITHER)
    levels = {Level.CHANNEL} if request.text("mentions") or request.flag("reset") else set()
    if request.flag("follow") is not None:
        levels.add(Level.THREAD)
    return frozenset(levels)


async def settings(desk: Desk, grant: Grant) -> str:
    """Change what is given; show everything where nothing is."""
    request = grant.request
    said: list[str] = []
    if rule := request.text("mentions"):
        said.append(await _set_mentions(desk, grant, rule))
    elif request.flag("reset"):
        said.append(await _set_mentions(desk, grant, ""))
    if (followed := request.flag("follow")) is not None:
        said.append(await _set_follow(desk, grant, followed))
    return "\n".join(said) or await _show(desk, grant)


async def _set_mentions(desk: Desk, grant: Grant, rule: str) -> str:
    """Set when the bot answers in a channel; "" takes the rule back."""
    call = grant.request.call
    if call.direct:
        return texts.ALWAYS_FOLLOWED
    await choose(desk, call, Chosen(Level.CHANNEL, SettingName.MENTIONS, rule))
    where = call.thread
    desk.listen(where.platform, where.workspace, where.channel, rule == "never")
    return texts.mentions_set(rule) if rule else texts.mentions_reset()


async def _set_follow(desk: Desk, grant: Grant, followed: bool) -> str:
    call = grant.request.call
    if call.direct:
        return texts.ALWAYS_FOLLOWED
    await desk.store.follow(call.thread, followed, desk.clock.now())
    return texts.follow_set(followed, grant.request.here)


async def _show(desk: Desk, grant: Grant) -> str:
    call = grant.request.call
    in_thread = call.in_thread and not call.direct
    followed = await desk.store.is_followed(call.thread) if in_thread else None
    chosen = await chosen_here(desk, call)
    default = desk.models.known()[0]
    now = desk.clock.now()
    return texts.settings_shown(
        grant.request.here, chosen, default, desk.system_prompt, followed, now
    )
