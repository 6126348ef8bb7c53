"""Whom or what place a command about limits means, and whether that is somebody to be asked for.

An id of another server, of a bot, of ourselves and one that never was are all refused in the same
words: nobody learns by them what exists elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterable

from bot.commands import quota_texts as texts
from bot.commands.arguments import HERE, Unusable
from bot.commands.quota_desk import QuotaDesk
from bot.commands.quota_names import Named
from bot.commands.rights import Denied, Grant, Request
from bot.errors import PlatformError
from bot.ports import Scope, ScopeKind

# The options that name one, by what they name.
NAMED = {"user": ScopeKind.USER, "role": ScopeKind.ROLE, "channel": ScopeKind.CHANNEL}
SCOPE = "scope"
EVERYWHERE = "everywhere"
# What the option `scope` may say.
SERVER, MEMBER, EVERYTHING = "server", "member", "everything"
_BROAD = {
    MEMBER: ScopeKind.MEMBER,
    SERVER: ScopeKind.WORKSPACE,
    EVERYTHING: ScopeKind.EVERYTHING,
}


def read_scope(grant: Grant) -> Scope | None:
    """Return whom a command means, None where it names nobody. Raises `Unusable` or `Denied`."""
    request = grant.request
    check_place(request)
    given = [name for name in (*NAMED, SCOPE) if request.text(name)]
    everywhere = bool(request.flag(EVERYWHERE))
    if not given:
        if everywhere:
            raise Unusable(texts.NO_TARGET, lists=True)
        return None
    if len(given) > 1:
        raise Unusable(texts.ONE_TARGET)
    name, thread = given[0], request.call.thread
    kind = NAMED.get(name) or _BROAD[request.text(SCOPE)]
    if (everywhere or kind is ScopeKind.EVERYTHING) and not grant.owner:
        raise Denied(texts.ONLY_OWNERS)
    if kind is ScopeKind.EVERYTHING:
        return Scope(kind)
    if everywhere and kind is ScopeKind.MEMBER:
        return Scope(kind)
    if everywhere and kind is not ScopeKind.USER:
        raise Unusable(texts.NOT_EVERYWHERE, EVERYWHERE)
    workspace = "" if everywhere else thread.workspace
    if not workspace and kind in (ScopeKind.WORKSPACE, ScopeKind.CHANNEL, ScopeKind.ROLE):
        raise Unusable(texts.NO_WORKSPACE)
    id = request.text(name) if name in NAMED else ""
    if id == HERE and not thread.channel:
        # A channel without an id is each channel.
        raise Unusable(texts.NO_CHANNEL, name)
    if id == HERE:
        id = thread.channel
    return Scope(kind, thread.platform, workspace, id)


def need_scope(grant: Grant) -> Scope:
    """Return whom a command means. Raises `Unusable` where it names nobody, and `Denied`."""
    scope = read_scope(grant)
    if scope is None:
        raise Unusable(texts.NO_TARGET, lists=True)
    return scope


def check_place(request: Request) -> None:
    """Raise `Denied` where a direct message belongs to no workspace: there nobody is an admin."""
    thread = request.call.thread
    if request.call.direct and thread.thread == thread.channel:
        raise Denied(texts.not_in_direct(request.here))


async def name_scope(desk: QuotaDesk, scope: Scope, known: Iterable[Scope] = ()) -> Named:
    """Return a scope with what it is called. Raises `Unusable` where there is none such.

    One of `known` has been named before, so that it may be taken back when it is gone.
    """
    if not scope.id:
        return Named(scope)
    try:
        name = await desk.describe(scope)
    except PlatformError as error:
        if scope in known:
            return Named(scope, scope.id)
        raise Denied(texts.NOT_LOOKED_UP) from error
    if name is None and scope not in known:
        option = next((name for name, kind in NAMED.items() if kind is scope.kind), "")
        raise Unusable(texts.no_such(scope.kind), option)
    return Named(scope, name or scope.id)


async def call_scope(desk: QuotaDesk, scope: Scope) -> Named:
    """Return a scope that is listed somewhere with what it is called, its id if that is unknown."""
    try:
        name = await desk.describe(scope) if scope.id else ""
    except PlatformError:
        name = None
    return Named(scope, scope.id if name is None else name)
