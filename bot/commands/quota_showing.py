"""`/quota show`, `/quota audit` and `/usage`: what holds, how far it is used, who changed it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import replace

from bot.commands import quota_report_texts
from bot.commands import quota_texts as texts
from bot.commands import quota_use_texts as use_texts
from bot.commands.desk import Desk
from bot.commands.here import Here
from bot.commands.quota_desk import QuotaDesk
from bot.commands.quota_names import Named
from bot.commands.quota_scopes import call_scope, check_place, name_scope, read_scope
from bot.commands.rights import Grant
from bot.domain import ThreadRef
from bot.ports import PERSONAL, Limit, Scope, ScopeKind, Use, is_blocked

# What fits into one message that can still be read.
MOST_LINES = 20
MOST_CHANGES = 12
# Kinds in the order in which they are listed.
_ORDER = [
    ScopeKind.EVERYTHING,
    ScopeKind.WORKSPACE,
    ScopeKind.CHANNEL,
    ScopeKind.MEMBER,
    ScopeKind.ROLE,
    ScopeKind.USER,
]


async def show(desk: Desk, grant: Grant) -> str:
    """Show what holds for somebody or a place, or everything that is set here."""
    scope = read_scope(grant)
    if scope is None:
        return await _show_all(desk, grant)
    return await _show_one(desk, grant, scope)


async def _show_one(desk: Desk, grant: Grant, scope: Scope) -> str:
    quotas, here, now = desk.quotas, grant.request.here, desk.clock.now()
    made = await quotas.store.limits(scope.platform, scope.workspace)
    standings = await quotas.store.standings(scope.platform, scope.workspace)
    known = [*(each.scope for each in made), *(each.scope for each in standings)]
    named = await name_scope(quotas, scope, known)
    uses = await quotas.store.uses_of(scope, quotas.quota(now), now)
    who = texts.scope_named(named, here)
    lines = [_line(use, use.limit, "", scope) for use in uses]
    lines += [use_texts.standing_line(each, who) for each in standings if each.scope == scope]
    grants = await quotas.store.grants(scope.platform, scope.workspace, now)
    lines += [use_texts.grant_line(each, who) for each in grants if each.scope == scope]
    return use_texts.shown(who, lines, here, one=True)


async def _show_all(desk: Desk, grant: Grant) -> str:
    quotas, request, now = desk.quotas, grant.request, desk.clock.now()
    here, thread = request.here, request.call.thread
    place = thread.platform, thread.workspace
    made = await quotas.store.limits(*place)
    limits = [*made, *quotas.defaults]
    standings = await quotas.store.standings(*place)
    grants = await quotas.store.grants(*place, now)
    said = await say_scopes(
        quotas,
        here,
        [each.scope for each in limits]
        + [each.scope for each in standings]
        + [each.scope for each in grants],
    )
    limits.sort(key=lambda each: (_ORDER.index(each.scope.kind), said[each.scope]))
    lines: list[str] = []
    for limit in limits[:MOST_LINES]:
        use = await _use_of(quotas, limit, thread, now)
        lines.append(_line(use, limit, said[limit.scope], limit.scope))
    lines += [use_texts.standing_line(each, said[each.scope]) for each in standings[:MOST_LINES]]
    lines += [use_texts.grant_line(each, said[each.scope]) for each in grants[:MOST_LINES]]
    return use_texts.shown(use_texts.place_named(here, thread.workspace), lines, here)


async def _use_of(quotas: QuotaDesk, limit: Limit, thread: ThreadRef, now: int) -> Use | None:
    """Return how far a limit is used, None for one that counts each of several alone.

    Of one on each server that is how far it is used here.
    """
    scope = limit.scope
    if scope.kind is ScopeKind.WORKSPACE and not scope.workspace:
        if not thread.workspace:
            return None
        scope = replace(scope, platform=thread.platform, workspace=thread.workspace)
    if _is_many(scope):
        return None
    found = await quotas.store.uses_of(scope, quotas.quota(now), now)
    return next((each for each in found if each.limit == limit), None)


def _is_many(scope: Scope) -> bool:
    each_person = scope.kind in PERSONAL and scope.kind is not ScopeKind.USER
    return each_person or (scope.kind is ScopeKind.CHANNEL and not scope.id)


def _line(use: Use | None, limit: Limit, who: str, about: Scope) -> str:
    if use is None or _is_many(about):
        return use_texts.limit_line(limit, who or use_texts.scope_kind(limit.scope))
    return use_texts.use_line(use, who)


async def say_scopes(quotas: QuotaDesk, here: Here, scopes: Iterable[Scope]) -> dict[Scope, str]:
    """Return what each scope is called in texts; those that nobody knows any more by their ids."""
    once = list(dict.fromkeys(scopes))
    called = await asyncio.gather(*(call_scope(quotas, each) for each in once[: 4 * MOST_LINES]))
    said = {each.scope: texts.scope_named(each, here) for each in called}
    return {each: said.get(each) or texts.scope_named(Named(each), here) for each in once}


# --- audit ---------------------------------------------------------------------------------


async def audit(desk: Desk, grant: Grant) -> str:
    """Show who changed which limit, the newest first."""
    check_place(grant.request)
    thread, here = grant.request.call.thread, grant.request.here
    changes = await desk.quotas.store.audit(thread.platform, thread.workspace, MOST_CHANGES)
    scopes = [each.scope for each in changes]
    said = await say_scopes(desk.quotas, here, scopes)
    lines = [
        quota_report_texts.change_line(
            each, said[each.scope], quota_report_texts.actor(each.actor, each.name, here)
        )
        for each in changes
    ]
    return quota_report_texts.audit_shown(lines)


# --- usage ---------------------------------------------------------------------------------


async def usage(desk: Desk, grant: Grant) -> str:
    """Tell a person what they have used, what is left, and when it starts anew."""
    quotas, call, now = desk.quotas, grant.request.call, desk.clock.now()
    uses = await quotas.store.uses(call.thread, call.author, quotas.quota(now), now)
    standings = await quotas.store.standings(call.thread.platform, call.thread.workspace)
    covering = [each for each in standings if each.scope.covers(call.thread, call.author)]
    return use_texts.usage_shown(
        uses,
        is_blocked(standings, call.thread, call.author),
        any(not each.blocked for each in covering),
        grant.request.here,
        list_unpriced(desk),
        await find_cap_end(desk, now),
    )


async def find_cap_end(desk: Desk, now: int) -> int | None:
    """Return until when what the bot may spend is used up, None while something is left."""
    quotas = desk.quotas
    cap = quotas.rules.spend_cap
    if cap is None:
        return None
    period = quotas.periods(now)[cap.window]
    return period.ends if await quotas.store.billed(period.starts) >= cap.amount else None


def list_unpriced(desk: Desk) -> list[str]:
    """Return the models of which nobody knows what they cost."""
    chats = [
        each.id for each in desk.models.known() if None in (each.input_price, each.output_price)
    ]
    images = desk.image_models.known() if desk.image_models is not None else []
    return chats + [each.id for each in images if each.prices is None]
