"""`/quota set`, `unset`, `grant`, `reset`, `block`, `unblock`, `exempt`: change what limits hold.

Whoever runs one is an admin, as the dispatcher has seen. Each change is written down with what it
changed, and a command that comes twice is run once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.commands import quota_change_texts as change_texts
from bot.commands import quota_texts as texts
from bot.commands import quota_use_texts as use_texts
from bot.commands.arguments import Unusable
from bot.commands.choices import find, near
from bot.commands.desk import Desk
from bot.commands.quota_changes import NONE, bare_change, limit_change, log_change
from bot.commands.quota_confirming import ask_first
from bot.commands.quota_reading import LARGE, read_amount
from bot.commands.quota_scopes import NAMED, name_scope, need_scope
from bot.commands.quota_showing import list_unpriced
from bot.commands.rights import Denied, Grant, Request
from bot.commands.usage_texts import not_a_model
from bot.errors import BackendError
from bot.ports import CommandReply, Limit, Metric, Scope, ScopeKind, Standing, Use, Window

# --- limits --------------------------------------------------------------------------------


async def set_limit(desk: Desk, grant: Grant) -> CommandReply | str:
    """Set a limit; old and new are shown."""
    request, quotas = grant.request, desk.quotas
    scope = need_scope(grant)
    metric, amount = read_amount(request.text("amount"), request.text("metric"))
    window = Window(request.text("per"))
    limit = Limit(scope, metric, window, amount, read_model(desk, request))
    async with quotas.line:
        made = await quotas.store.limits(scope.platform, scope.workspace)
        named = await name_scope(quotas, scope, [each.scope for each in made])
        before = _before(limit, made, quotas.defaults)
        if not request.confirmed and _is_large(limit, before):
            lines = change_texts.about_to_set(named, limit, before, request.here)
            return await ask_first(quotas.store, request, lines, desk.clock.now())
        now = desk.clock.now()
        change = limit_change(desk, request, "set", limit, before, texts.limit_said(limit))
        if not await quotas.store.set_limit(limit, change):
            return texts.NO_CHANGE
    log_change(change)
    uses = await quotas.store.uses_of(scope, quotas.quota(now), now)
    use = next((each for each in uses if each.limit == limit), None)
    said = change_texts.limit_set(named, limit, before, use, request.here)
    unpriced = list_unpriced(desk) if metric is Metric.MONEY else []
    return f"{said}\n{use_texts.unpriced(unpriced)}" if unpriced else said


async def unset_limit(desk: Desk, grant: Grant) -> CommandReply | str:
    """Take back each limit of a scope that fits what is said of it."""
    request, quotas = grant.request, desk.quotas
    scope, model = need_scope(grant), read_model(desk, request)
    async with quotas.line:
        made = await quotas.store.limits(scope.platform, scope.workspace)
        gone = [
            each
            for each in made
            if each.scope == scope
            and request.text("metric") in ("", each.metric)
            and request.text("per") in ("", each.window)
            and model in ("", each.model)
        ]
        named = await name_scope(quotas, scope, [each.scope for each in made])
        if not gone:
            raise Denied(texts.NO_LIMIT)
        if not request.confirmed:
            lines = change_texts.about_to_unset(named, gone, request.here)
            return await ask_first(quotas.store, request, lines, desk.clock.now())
        done = False
        for n, each in enumerate(gone):
            change = limit_change(desk, request, "unset", each, each, NONE)
            change = replace(change, key=f"{change.key}:{n}" if change.key else "")
            if await quotas.store.unset_limit(each, change):
                log_change(change)
                done = True
    return change_texts.limits_unset(named, gone, request.here) if done else texts.NO_CHANGE


def _before(limit: Limit, made: Sequence[Limit], defaults: Sequence[Limit]) -> Limit | None:
    """Return the limit that another takes the place of: that from chat, or that of a setting."""
    same = [each for each in made if _key(each) == _key(limit)]
    default = [
        each
        for each in defaults
        if each.scope.kind is limit.scope.kind
        and each.scope.platform in ("", limit.scope.platform)
        and each.scope.workspace in ("", limit.scope.workspace)
        and each.scope.id in ("", limit.scope.id)
        and (each.metric, each.window, each.model) == (limit.metric, limit.window, limit.model)
    ]
    return next(iter([*same, *default]), None)


def _key(limit: Limit) -> tuple[Scope, Metric, Window, str]:
    return limit.scope, limit.metric, limit.window, limit.model


def _is_large(limit: Limit, before: Limit | None) -> bool:
    """Tell whether a limit is asked about first: it shuts out, or opens far, or is for many more
    than are here.
    """
    if not limit.amount or limit.scope.kind is ScopeKind.EVERYTHING or not limit.scope.workspace:
        return True
    more = before is None or limit.amount > before.amount
    return more and limit.amount > LARGE[limit.metric]


def read_model(desk: Desk, request: Request) -> str:
    """Return the id of the model that is named, "" if none is. Raises `Unusable`."""
    name = request.text("model")
    if not name:
        return ""
    if (found := find(desk.models, name)) is not None:
        return found.id
    if desk.image_models is not None:
        try:
            return desk.image_models.find(name)[0].id
        except BackendError:
            pass
    raise Unusable(not_a_model("model", near(desk.models, name)), "model")


# --- what was used, and by whom it may be ---------------------------------------------------


async def reset_use(desk: Desk, grant: Grant) -> CommandReply | str:
    """Let what somebody or a place has used count no more."""
    request, quotas, now = grant.request, desk.quotas, desk.clock.now()
    scope = need_scope(grant)
    named = await name_scope(quotas, scope)
    uses = await quotas.store.uses_of(scope, quotas.quota(now), now)
    if not request.confirmed:
        lines = change_texts.about_to_reset(named, uses, request.here)
        return await ask_first(quotas.store, request, lines, now)
    change = bare_change(desk, request, "reset", scope, _spent(uses), change_texts.NOTHING_COUNTS)
    if not await quotas.store.reset_use(scope, change):
        return texts.NO_CHANGE
    log_change(change)
    return change_texts.was_reset(named, request.here)


def _spent(uses: Sequence[Use]) -> str:
    said = [change_texts.part_said(use) for use in uses if use.spent]
    return "; ".join(said[:4]) or change_texts.WHAT_WAS_USED


async def block(desk: Desk, grant: Grant) -> CommandReply | str:
    """Let a person or role ask nothing."""
    return await _stand(desk, grant, "block", blocked=True, holds=True)


async def unblock(desk: Desk, grant: Grant) -> CommandReply | str:
    """Let a person or role ask again."""
    return await _stand(desk, grant, "unblock", blocked=True, holds=False)


async def exempt(desk: Desk, grant: Grant) -> CommandReply | str:
    """Lift the limits for a person or role, or let them hold again."""
    holds = not grant.request.flag("reset")
    return await _stand(desk, grant, "exempt", blocked=False, holds=holds)


async def _stand(
    desk: Desk, grant: Grant, what: str, *, blocked: bool, holds: bool
) -> CommandReply | str:
    """Let a block (`blocked`) or an exemption hold, or take it back, but never the other."""
    request, quotas = grant.request, desk.quotas
    if not any(request.text(name) for name in NAMED):
        raise Unusable(texts.NO_PERSON_OR_ROLE)
    scope = need_scope(grant)
    async with quotas.line:
        found = await quotas.store.standings(scope.platform, scope.workspace)
        before = _standing(found, scope)
        named = await name_scope(quotas, scope, [each.scope for each in found])
        if not holds and before is not blocked:
            raise Denied(change_texts.not_so(named, before, blocked, request.here))
        if holds and not request.confirmed:
            lines = change_texts.about_to_stand(named, blocked, before, request.here)
            return await ask_first(quotas.store, request, lines, desk.clock.now())
        stands = blocked if holds else None
        was, now = texts.standing_said(before), texts.standing_said(stands)
        change = bare_change(desk, request, what, scope, was, now)
        if not await quotas.store.put_standing(scope, stands, change):
            return texts.NO_CHANGE
    log_change(change)
    return change_texts.standing_set(named, stands, before, request.here)


def _standing(found: Sequence[Standing], scope: Scope) -> bool | None:
    return next((each.blocked for each in found if each.scope == scope), None)
