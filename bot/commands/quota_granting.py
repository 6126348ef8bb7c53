"""`/quota grant`: give a one-off extra, and say whether it is of use yet."""

from __future__ import annotations

import secrets
from dataclasses import replace

from bot.commands import quota_change_texts as change_texts
from bot.commands import quota_texts as texts
from bot.commands.arguments import Unusable
from bot.commands.desk import Desk
from bot.commands.quota_changes import NONE, log_change, who_changes
from bot.commands.quota_confirming import ask_first
from bot.commands.quota_names import Named
from bot.commands.quota_reading import AMOUNT, LARGE, read_amount, read_end
from bot.commands.quota_scopes import call_scope, name_scope, need_scope
from bot.commands.quota_showing import find_cap_end
from bot.commands.rights import Grant, Request
from bot.domain import Author
from bot.ports import (
    PERSONAL,
    Change,
    CommandReply,
    Limit,
    Metric,
    Scope,
    ScopeKind,
    Use,
    is_blocked,
)
from bot.ports import Grant as Extra

# How long an extra can be used where nobody says how long.
USUAL_END = "7d"


async def add_grant(desk: Desk, grant: Grant) -> CommandReply | str:
    """Give a one-off extra."""
    request, quotas, now = grant.request, desk.quotas, desk.clock.now()
    scope = need_scope(grant)
    metric, amount = read_amount(request.text("amount"), request.text("metric"))
    if not amount:
        raise Unusable(texts.LEAST_EXTRA, AMOUNT)
    ends = read_end(request.text("until") or USUAL_END, now, quotas.zone)
    named = await name_scope(quotas, scope)
    extra = Extra(
        secrets.token_hex(8), scope, metric, amount, ends, at=now, by=request.call.author.id
    )
    async with quotas.line:
        left = await _extra_left(desk, extra)
        large = amount > LARGE[metric] or not scope.workspace
        if large and not request.confirmed:
            lines = change_texts.about_to_grant(named, extra, left, request.here)
            return await ask_first(quotas.store, request, lines, now)
        change = Change(
            **who_changes(desk, request),
            what="grant",
            scope=scope,
            metric=metric.value,
            window="",
            model="",
            before=change_texts.extra_said(metric, left) if left else NONE,
            after=change_texts.more(metric, amount),
        )
        if not await quotas.store.add_grant(extra, change):
            return texts.NO_CHANGE
    log_change(change)
    uses = await quotas.store.uses_of(scope, quotas.quota(now), now)
    held = [each for each in uses if each.limit.metric is metric]
    beside = await _used_up_beside(desk, request, extra, uses)
    capped = await find_cap_end(desk, now)
    standings = await quotas.store.standings(scope.platform, scope.workspace)
    person = Author(scope.id, "") if scope.kind is ScopeKind.USER else None
    blocked = person is not None and is_blocked(standings, request.call.thread, person)
    return change_texts.granted(
        named, extra, left, held, request.here, beside=beside, capped=capped, blocked=blocked
    )


async def _extra_left(desk: Desk, extra: Extra) -> int:
    """Return what is left of the extras for the same, of the same."""
    scope = extra.scope
    found = await desk.quotas.store.grants(scope.platform, scope.workspace, extra.at)
    return sum(
        each.amount - each.used
        for each in found
        if each.scope == scope and each.metric is extra.metric
    )


# --- whether it is of use yet --------------------------------------------------------------


async def _used_up_beside(
    desk: Desk, request: Request, extra: Extra, uses: list[Use]
) -> list[tuple[Named, Limit]]:
    """Return the limits that refuse the same question all the same, and whose each is.

    `uses` are those of the extra's own scope; the others are those of the places around it.
    """
    quotas, now = desk.quotas, extra.at
    found = [(extra.scope, each) for each in uses if each.limit.metric is not extra.metric]
    for scope in _around(extra.scope, request):
        found += [
            (scope, each) for each in await quotas.store.uses_of(scope, quotas.quota(now), now)
        ]
    counted = _COUNTED_IN.get(extra.metric, _OF_AN_ANSWER)
    over = [
        (scope, each.limit)
        for scope, each in found
        if not each.left and each.limit.metric in counted
    ]
    return [(await call_scope(quotas, scope), limit) for scope, limit in over]


# What the same question is counted in.
_OF_AN_ANSWER = frozenset({Metric.REQUESTS, Metric.TOKENS, Metric.MONEY})
_COUNTED_IN = {Metric.IMAGES: frozenset({Metric.REQUESTS, Metric.IMAGES, Metric.MONEY})}


def _around(scope: Scope, request: Request) -> list[Scope]:
    """Return the other places in which somebody asks for whom an extra is, as far as is known.

    It is known where the admin is: there the refusal was most likely read.
    """
    thread = request.call.thread
    whole = Scope(ScopeKind.WORKSPACE, thread.platform, thread.workspace)
    places = [whole, Scope(ScopeKind.EVERYTHING)] if thread.workspace else []
    if thread.channel and (scope.kind in PERSONAL or scope.kind is ScopeKind.WORKSPACE):
        places.insert(0, replace(whole, kind=ScopeKind.CHANNEL, id=thread.channel))
    return [each for each in places or [Scope(ScopeKind.EVERYTHING)] if each != scope]
